package document

import (
	"bytes"

	"github.com/tailscale/hujson"
)

var bom = []byte("\xef\xbb\xbf")

// ParseJSON reads JSON, with comments and trailing commas.
func ParseJSON(text []byte) (*Document, error) {
	clean := bytes.TrimPrefix(text, bom)
	if !shallow(clean) {
		return nil, ErrNested
	}
	value, err := hujson.Parse(clean)
	if err != nil {
		return nil, ErrSyntax // the parser's own quotes the file
	}
	return newDocument(text, []*Node{jsonNode(&value, len(text)-len(clean))}), nil
}

// shallow reports whether values are nested at most maxDepth deep: the parser is
// recursive. Of what is no JSON it may say either.
func shallow(text []byte) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '/':
			i = pastComment(text, i)
		case '[', '{':
			if depth++; depth > maxDepth {
				return false
			}
		case ']', '}':
			depth--
		}
	}
	return true
}

// pastComment returns the last byte of the comment that begins at i, or i.
func pastComment(text []byte, i int) int {
	for _, c := range []struct{ open, end string }{{"//", "\n"}, {"/*", "*/"}} {
		if bytes.HasPrefix(text[i:], []byte(c.open)) {
			n := bytes.Index(text[i+2:], []byte(c.end))
			if n < 0 {
				return len(text)
			}
			return i + 2 + n + len(c.end) - 1
		}
	}
	return i
}

func jsonNode(v *hujson.Value, moved int) *Node {
	n := &Node{Start: v.StartOffset + moved}
	switch value := v.Value.(type) {
	case *hujson.Object:
		n.Kind = Mapping
		for i := range value.Members {
			m := &value.Members[i]
			n.Members = append(n.Members, Member{jsonNode(&m.Name, moved), jsonNode(&m.Value, moved)})
		}
	case *hujson.Array:
		n.Kind = List
		for i := range value.Elements {
			n.Items = append(n.Items, jsonNode(&value.Elements[i], moved))
		}
	case hujson.Literal:
		switch value.Kind() {
		case '"':
			n.Kind, n.Text = String, value.String()
			n.Start++
		case 'n':
		default:
			n.Kind, n.Text = Scalar, string(value)
		}
	}
	return n
}
