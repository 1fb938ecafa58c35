package document

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"
)

// ParseTOML reads TOML. A table that is opened again is continued, which TOML
// itself refuses.
func ParseTOML(text []byte) (*Document, error) {
	clean := bytes.TrimPrefix(text, bom)
	t := &tomlReader{moved: len(text) - len(clean), root: &Node{Kind: Mapping}, index: map[*Node]map[string]*Node{}}
	t.table = t.root
	t.parser.Reset(clean)
	for t.parser.NextExpression() {
		if err := t.expression(t.parser.Expression()); err != nil {
			return nil, err
		}
	}
	if t.parser.Error() != nil {
		return nil, ErrSyntax
	}
	return newDocument(text, []*Node{t.root}), nil
}

type tomlReader struct {
	parser unstable.Parser
	moved  int
	root   *Node
	table  *Node // the one that keys go to
	index  map[*Node]map[string]*Node
}

func (t *tomlReader) expression(e *unstable.Node) error {
	switch e.Kind {
	case unstable.Table:
		table, err := t.path(t.root, e.Key(), nil)
		t.table = table
		return err
	case unstable.ArrayTable:
		list, err := t.path(t.root, e.Key(), &Node{Kind: List})
		if err != nil || list.Kind != List {
			t.table = &Node{Kind: Mapping}
			return err
		}
		t.table = &Node{Kind: Mapping, Start: list.Start}
		list.Items = append(list.Items, t.table)
		return nil
	case unstable.KeyValue:
		return t.keyValue(t.table, e)
	default:
		return nil
	}
}

func (t *tomlReader) keyValue(table *Node, e *unstable.Node) error {
	value, err := t.value(e.Value())
	if err != nil {
		return err
	}
	_, err = t.path(table, e.Key(), value)
	return err
}

// path walks down the keys and makes the tables that are not there; the last key
// takes last, where that is given and the key is new.
func (t *tomlReader) path(at *Node, keys unstable.Iterator, last *Node) (*Node, error) {
	for depth := 0; keys.Next(); depth++ {
		if depth > maxDepth {
			return nil, ErrNested
		}
		k := keys.Node()
		if at.Kind == List && len(at.Items) > 0 {
			at = at.Items[len(at.Items)-1]
		}
		child := t.index[at][string(k.Data)]
		if child == nil {
			child = &Node{Kind: Mapping, Start: t.start(k)}
			if keys.IsLast() && last != nil {
				child = last
			}
			t.add(at, &Node{Kind: String, Text: string(k.Data), Start: t.keyStart(k)}, child)
		}
		at = child
	}
	return at, nil
}

func (t *tomlReader) add(table, key, value *Node) {
	table.Members = append(table.Members, Member{key, value})
	if t.index[table] == nil {
		t.index[table] = map[string]*Node{}
	}
	t.index[table][key.Text] = value
}

func (t *tomlReader) start(n *unstable.Node) int { return t.moved + int(n.Raw.Offset) }

// keyStart is where the text of a key begins: behind its quote, if it has one.
func (t *tomlReader) keyStart(n *unstable.Node) int {
	raw := t.parser.Raw(n.Raw)
	return t.start(n) + quotes(raw)
}

// quotes is the number of bytes that open a string.
func quotes(raw []byte) int {
	for _, q := range []string{`"""`, "'''", `"`, "'"} {
		if bytes.HasPrefix(raw, []byte(q)) {
			return len(q)
		}
	}
	return 0
}

func (t *tomlReader) value(v *unstable.Node) (*Node, error) {
	n := &Node{Start: t.start(v)}
	switch v.Kind {
	case unstable.String:
		n.Kind, n.Text = String, string(v.Data)
		n.Start += quotes(t.parser.Raw(v.Raw))
	case unstable.Array:
		n.Kind = List
		for items := v.Children(); items.Next(); {
			item, err := t.value(items.Node())
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, item)
		}
	case unstable.InlineTable:
		n.Kind = Mapping
		for members := v.Children(); members.Next(); {
			if err := t.keyValue(n, members.Node()); err != nil {
				return nil, err
			}
		}
	default:
		n.Kind, n.Text = Scalar, string(v.Data)
	}
	return n, nil
}
