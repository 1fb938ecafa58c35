package document

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxWeight is how many nodes a document may stand for when each alias counts as
// all that it refers to.
const maxWeight = 1 << 20

// ParseYAML reads all documents of a file.
func ParseYAML(text []byte) (d *Document, err error) {
	defer func() {
		if recover() != nil { // the parser is known to panic on odd input
			d, err = nil, ErrSyntax
		}
	}()
	clean := bytes.TrimPrefix(text, bom)
	y := &yamlReader{text: clean, moved: len(text) - len(clean), starts: yamlLines(clean), nodes: map[*yaml.Node]*Node{}}
	decoder := yaml.NewDecoder(bytes.NewReader(clean))
	var roots []*Node
	for {
		var document yaml.Node
		if err := decoder.Decode(&document); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return nil, ErrSyntax // the parser's own may quote the file
		}
		for _, child := range document.Content {
			root, err := y.node(child, 0)
			if err != nil {
				return nil, err
			}
			roots = append(roots, root)
		}
	}
	return newDocument(text, roots), nil
}

type yamlReader struct {
	text   []byte
	moved  int
	starts []int // of the lines, as YAML counts them
	nodes  map[*yaml.Node]*Node

	// at is the offset of a line and column that was asked for.
	line, column, at int
}

// yamlLines finds the lines as the parser counts them: YAML 1.1 knows five ends.
func yamlLines(text []byte) []int {
	starts := []int{0}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		i += size
		switch r {
		case '\r':
			if i < len(text) && text[i] == '\n' {
				i++
			}
			starts = append(starts, i)
		case '\n', '\u0085', '\u2028', '\u2029':
			starts = append(starts, i)
		}
	}
	return starts
}

// offset turns the parser's line and column, in code points, into an offset. Nodes
// mostly come in order, so each line is gone through about once.
func (y *yamlReader) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(y.starts) {
		return len(y.text)
	}
	if n.Line != y.line || n.Column < y.column {
		y.line, y.column, y.at = n.Line, 1, y.starts[n.Line-1]
	}
	for ; y.column < n.Column && y.at < len(y.text); y.column++ {
		_, size := utf8.DecodeRune(y.text[y.at:])
		y.at += size
	}
	return y.at
}

// content is where a scalar begins behind its anchor, tag and quote.
func (y *yamlReader) content(n *yaml.Node) int {
	at := y.offset(n)
	for at < len(y.text) && (y.text[at] == '&' || y.text[at] == '!') {
		for at < len(y.text) && !bytes.ContainsRune([]byte(" \t\r\n"), rune(y.text[at])) {
			at++
		}
		for at < len(y.text) && bytes.ContainsRune([]byte(" \t\r\n"), rune(y.text[at])) {
			at++
		}
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		at++
	}
	return min(at, len(y.text))
}

func (y *yamlReader) node(n *yaml.Node, depth int) (*Node, error) {
	if depth > maxDepth {
		return nil, ErrNested
	}
	if n.Kind == yaml.AliasNode {
		if target := y.nodes[n.Alias]; target != nil && !target.open {
			return target, nil
		}
		return &Node{Start: y.moved + y.offset(n), weight: 1}, nil // a cycle
	}
	out := &Node{Start: y.moved + y.offset(n), weight: 1, open: true}
	y.nodes[n] = out
	defer func() { out.open = false }()
	switch n.Kind {
	case yaml.ScalarNode:
		y.scalar(n, out)
	case yaml.SequenceNode:
		out.Kind = List
		for _, child := range n.Content {
			item, err := y.node(child, depth+1)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
			out.weight += item.weight
		}
	case yaml.MappingNode:
		if err := y.mapping(n, out, depth); err != nil {
			return nil, err
		}
	}
	if out.weight > maxWeight {
		return nil, ErrAlias
	}
	return out, nil
}

func (y *yamlReader) scalar(n *yaml.Node, out *Node) {
	out.Text = n.Value
	switch n.Tag {
	case "!!null":
		out.Kind = Null
	case "!!bool", "!!int", "!!float":
		out.Kind = Scalar
	default:
		out.Kind = String
	}
	out.Start = y.moved + y.content(n)
}

func (y *yamlReader) mapping(n *yaml.Node, out *Node, depth int) error {
	out.Kind = Mapping
	known := map[string]bool{}
	var merged []*Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, err := y.node(n.Content[i], depth+1)
		if err != nil {
			return err
		}
		value, err := y.node(n.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		if n.Content[i].Tag == "!!merge" {
			merged = append(merged, value.Each()...)
			continue
		}
		known[key.Text] = true
		out.Members = append(out.Members, Member{key, value})
		out.weight += key.weight + value.weight
	}
	for _, m := range merged {
		out.weight += m.weight
		if out.weight > maxWeight {
			return ErrAlias
		}
		for _, member := range m.Members {
			if !known[member.Key.Text] {
				known[member.Key.Text] = true
				out.Members = append(out.Members, member)
			}
		}
	}
	return nil
}
