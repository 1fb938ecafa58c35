package yamldoc

import (
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// FuzzText holds that letters of a value are found where the span says, and that no
// span leaves the text.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"a: b c", "a: 'it''s'", "k: \"a\\\n  b\"", "k: |\n  a\n   b\n", "- >2\n   a\n- &x !!str b", "a: b\u2028c: d", "\ufeffa: é"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := Parse(text)
		if err != nil {
			return
		}
		eachScalar(doc.Root, func(n *yaml.Node) {
			traced := doc.Text(n)
			for i, r := range n.Value {
				span := traced.Span(i, i+1)
				if span.Start < 0 || span.Start > span.End || span.End > len(text)+1 {
					t.Fatalf("span %v of a text of %d bytes", span, len(text))
				}
				if span.Len() == 1 && span.End <= len(text) && r < unicode.MaxASCII && unicode.IsLetter(r) && i < traced.known && text[span.Start] != n.Value[i] {
					t.Fatalf("%q at %d is %q in the text", n.Value[i], span.Start, text[span.Start])
				}
			}
		})
	})
}

func eachScalar(n *yaml.Node, do func(*yaml.Node)) {
	if n == nil {
		return
	}
	if n.Kind == yaml.ScalarNode {
		do(n)
	}
	for _, below := range n.Content {
		eachScalar(below, do)
	}
}
