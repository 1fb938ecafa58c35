package yamldoc

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/envtight/envtight/internal/lazyregexp"
)

// Document is the first document of a text, or all of them. It keeps the text and is
// safe for concurrent use.
type Document struct {
	// Root is that of the first document, nil when that is empty.
	Root *yaml.Node
	// Roots are those of all documents that were asked for and are not empty.
	Roots []*yaml.Node

	text   []byte
	starts []int // of lines, as YAML counts them

	mu   sync.Mutex
	last cursor
}

// cursor is a place whose offset is known. Nodes are mostly asked for in order, so
// that each line is gone through about once, however long it is.
type cursor struct{ line, column, offset int }

// Error says why a text is no YAML.
type Error struct {
	// Line counts from 1, as far as it is known; 0: it is not.
	Line int
	// Reason is the parser's, without text of the file; empty: it has none.
	Reason string
}

func (e *Error) Error() string {
	if e.Reason == "" {
		return "not valid YAML"
	}
	return "not valid YAML: " + e.Reason
}

var errorLine = lazyregexp.New(`^yaml: (?:line (\d+): )?`)

// Parse returns the first document of text, which must not be changed afterwards.
// The error is an [*Error].
func Parse(text []byte) (*Document, error) { return parse(text, 1) }

// ParseAll is Parse for all documents of text.
func ParseAll(text []byte) (*Document, error) { return parse(text, math.MaxInt) }

func parse(text []byte, documents int) (doc *Document, err error) {
	defer func() {
		if recover() != nil { // the parser is known to panic on odd input
			doc, err = nil, &Error{}
		}
	}()
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, &Error{Line: 1, Reason: "it is in UTF-16"} // the parser would count in another text than this one
	}
	skip := len(text) - len(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	doc = &Document{text: text, starts: lineStarts(text, skip)}
	decoder := yaml.NewDecoder(bytes.NewReader(text[skip:]))
	for n := range documents {
		var root yaml.Node
		if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, newError(err)
		}
		if n == 0 && len(root.Content) > 0 {
			doc.Root = root.Content[0]
		}
		doc.Roots = append(doc.Roots, root.Content...)
	}
	return doc, nil
}

func newError(err error) *Error {
	said := err.Error()
	match := errorLine().FindStringSubmatch(said)
	if len(match) == 0 {
		return &Error{Reason: said}
	}
	line, _ := strconv.Atoi(match[1])
	return &Error{Line: line, Reason: strings.TrimPrefix(said, match[0])}
}

// LineOf returns the line of a failed [Parse], at least 1.
func LineOf(err error) int {
	if failed, ok := errors.AsType[*Error](err); ok {
		return max(failed.Line, 1)
	}
	return 1
}

// lineStarts returns where the lines of a text begin: YAML breaks lines also at CR
// alone, NEL, LS and PS.
func lineStarts(text []byte, from int) []int {
	starts := []int{from}
	for i := from; i < len(text); {
		size := breakLen(text[i:])
		if size > 0 {
			starts = append(starts, i+size)
		}
		i += max(size, 1)
	}
	return starts
}

// breakLen is the length of the line break that text begins with; 0: none.
func breakLen(text []byte) int {
	switch {
	case len(text) == 0:
		return 0
	case text[0] == '\n':
		return 1
	case text[0] == '\r':
		if len(text) > 1 && text[1] == '\n' {
			return 2
		}
		return 1
	case bytes.HasPrefix(text, []byte("\u0085")):
		return 2
	case bytes.HasPrefix(text, []byte("\u2028")), bytes.HasPrefix(text, []byte("\u2029")):
		return 3
	}
	return 0
}

// Offset returns where a node begins: at its anchor or tag, if it has one, else at
// its first byte.
func (d *Document) Offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(d.starts) {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if n.Line != d.last.line || n.Column < d.last.column {
		d.last = cursor{n.Line, 1, d.starts[n.Line-1]}
	}
	for ; d.last.column < n.Column && d.last.offset < len(d.text); d.last.column++ {
		_, size := utf8.DecodeRune(d.text[d.last.offset:])
		d.last.offset += size
	}
	return d.last.offset
}

// Value follows an alias. A chain of aliases is not valid YAML.
func Value(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// Pairs yields the keys and values of a mapping, in order; nothing for other nodes,
// nil included. Values that are aliases are followed.
func Pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		n = Value(n)
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], Value(n.Content[i+1])) {
				return
			}
		}
	}
}

// Get returns the value of a key of a mapping; nil when there is none.
func Get(n *yaml.Node, key string) *yaml.Node {
	for k, value := range Pairs(n) {
		if k.Value == key {
			return value
		}
	}
	return nil
}

// Items yields the items of a sequence, in order; nothing for other nodes, nil
// included. Items that are aliases are followed.
func Items(n *yaml.Node) iter.Seq[*yaml.Node] {
	return func(yield func(*yaml.Node) bool) {
		n = Value(n)
		if n == nil || n.Kind != yaml.SequenceNode {
			return
		}
		for _, item := range n.Content {
			if !yield(Value(item)) {
				return
			}
		}
	}
}

// IsScalar reports whether a node is a text, number or the like; nil is none.
func IsScalar(n *yaml.Node) bool { return n != nil && n.Kind == yaml.ScalarNode }
