// Package document reads JSON, YAML and TOML into one kind of tree that keeps the
// places, so that who reads a configuration file need not care how it is written.
package document

import (
	"bytes"
	"errors"
	"slices"

	"github.com/envtight/envtight"
)

// Errors of the parsers. They name no text of the file.
var (
	ErrSyntax = errors.New("the syntax is not valid")
	ErrNested = errors.New("the values are nested too deeply")
	ErrAlias  = errors.New("the aliases stand for too much")
)

// maxDepth is how deep values may be nested. No configuration is that deep.
const maxDepth = 256

// Kind is what a [Node] is.
type Kind uint8

// The kinds.
const (
	Null    Kind = iota
	Scalar       // a number, a boolean or a date
	String       // of YAML: every scalar that is not null, a boolean or a number
	List         //
	Mapping      // with members in the order of the file
)

// Node is a value. A nil Node is one that is not there: all methods accept it.
type Node struct {
	Kind Kind
	// Text is the decoded text of a scalar or string.
	Text string
	// Start is where it begins, and of a string its content: behind the quote.
	Start int
	// Members are those of a mapping. Of YAML, those of merged mappings ("<<")
	// follow the mapping's own.
	Members []Member
	// Items are those of a list.
	Items []*Node

	// end is where the text of the next value begins, at the latest.
	end int
	// weight is the number of nodes that it stands for, with aliases counted each
	// time.
	weight int
	// open tells that it is being built: an alias to it is a cycle.
	open bool
}

// Member is a key of a mapping with its value.
type Member struct {
	Key, Value *Node
}

// Get returns the value of a key of a mapping, the last one; nil when there is
// none.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := len(n.Members) - 1; i >= 0; i-- {
		if m := &n.Members[i]; m.Key.Text == key {
			return m.Value
		}
	}
	return nil
}

// At returns the value at the end of a path of keys.
func (n *Node) At(path ...string) *Node {
	for _, key := range path {
		n = n.Get(key)
	}
	return n
}

// Fields returns the members of a mapping, none for what is no mapping.
func (n *Node) Fields() []Member {
	if n == nil {
		return nil
	}
	return n.Members
}

// Each returns the items of a list, and a single value as the only item; none for
// null.
func (n *Node) Each() []*Node {
	switch {
	case n == nil || n.Kind == Null:
		return nil
	case n.Kind == List:
		return n.Items
	default:
		return []*Node{n}
	}
}

// String returns the text of a string, and "" for everything else.
func (n *Node) String() string {
	if n == nil || n.Kind != String {
		return ""
	}
	return n.Text
}

// Strings returns the items of a list, or a single value, that are strings.
func (n *Node) Strings() []*Node {
	return slices.DeleteFunc(slices.Clone(n.Each()), func(item *Node) bool { return item.Kind != String })
}

// Document is a parsed file.
type Document struct {
	Text []byte
	// Roots are the values of the documents in the file; JSON and TOML have one.
	Roots []*Node

	lines *envtight.Lines
}

func newDocument(text []byte, roots []*Node) *Document {
	d := &Document{Text: text, Roots: roots, lines: envtight.NewLines(text)}
	d.limit()
	return d
}

// Root returns the first value, nil when there is none.
func (d *Document) Root() *Node {
	if len(d.Roots) == 0 {
		return nil
	}
	return d.Roots[0]
}

// Range returns the range of a span of the text.
func (d *Document) Range(span envtight.Span) envtight.Range { return d.lines.Range(span) }

// limit tells each node where the next one begins.
func (d *Document) limit() {
	var all []*Node
	seen := map[*Node]bool{}
	var walk func(n *Node)
	walk = func(n *Node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		all = append(all, n)
		for i := range n.Members {
			walk(n.Members[i].Key)
			walk(n.Members[i].Value)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	for _, root := range d.Roots {
		walk(root)
	}
	slices.SortStableFunc(all, func(a, b *Node) int { return a.Start - b.Start })
	end := len(d.Text)
	for i := len(all) - 1; i >= 0; i-- {
		all[i].end = end
		if i > 0 && all[i-1].Start < all[i].Start {
			end = all[i].Start
		}
	}
}

// Cursor finds parts of a string's decoded text in the file, from front to back.
// Where escapes hide a part, its place is that of the whole string.
type Cursor struct {
	d    *Document
	node *Node
	at   int
	lost bool
}

// Cursor returns a cursor at the start of a string.
func (d *Document) Cursor(n *Node) *Cursor { return &Cursor{d: d, node: n, at: n.Start} }

// Next returns the span of the next place in the file where part stands.
func (c *Cursor) Next(part string) envtight.Span {
	if !c.lost && c.at <= c.node.end {
		if i := bytes.Index(c.d.Text[c.at:c.node.end], []byte(part)); i >= 0 {
			start := c.at + i
			c.at = start + len(part)
			return envtight.Span{Start: start, End: c.at}
		}
	}
	c.lost = true
	return envtight.Span{Start: c.node.Start, End: c.node.Start}
}

// RangeOf returns where a whole string stands, without its quotes; where escapes
// or folded lines change its text, the place at which it begins.
func (d *Document) RangeOf(n *Node) envtight.Range { return d.Range(d.Cursor(n).prefix(n.Text)) }

// RangeOfStart returns where a part that the string begins with stands.
func (d *Document) RangeOfStart(n *Node, part string) envtight.Range {
	return d.Range(d.Cursor(n).prefix(part))
}

// prefix returns the span of part when the string begins with it.
func (c *Cursor) prefix(part string) envtight.Span {
	if bytes.HasPrefix(c.d.Text[c.at:c.node.end], []byte(part)) {
		return envtight.Span{Start: c.at, End: c.at + len(part)}
	}
	return c.Next(part)
}
