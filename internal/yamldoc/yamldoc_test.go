package yamldoc_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/envtight/envtight/internal/yamldoc"
)

// marks are written as <X> in the values of all styles, where they have to be found.
func TestTextOfAllStyles(t *testing.T) {
	for name, text := range map[string]string{
		"plain":               "k: a <X> b",
		"plain with comment":  "k: a <X> b # <X>",
		"plain over lines":    "k: a\n  b\n\n  <X>\n  c <X>\nd: e",
		"single":              "k: 'it''s <X> ''<X>'''",
		"single over lines":   "k: 'it''s\n  <X>\n\n  <X>'",
		"double":              `k: "\ta \u00e9 \x41 \"<X>\" \\<X>"`,
		"double over lines":   "k: \"a \\\n   <X>\n   b \\n <X>\"",
		"literal":             "k: |\n    a\n      b <X>\n\n    <X>\nd: e",
		"literal, stripped":   "k: |-  # <X is no mark\n  <X>\n",
		"folded":              "k: >\n  a\n  <X>\n\n    b\n  <X>\n",
		"flow":                "k: [a, {b: <X>}, '<X>']",
		"anchor and tag":      "k: &a !!str <X>",
		"anchored and quoted": "k: &a \"<X>\"",
		"not ASCII":           "é: ü <X> \U0001F600 <X>",
		"CRLF":                "a: b\r\nk: |\r\n  c <X>\r\n  <X>\r\nd: <X>\r\n",
		"CR":                  "a: b\rk: <X>\r",
		"NEL, LS, PS":         "a: b\u0085c: <X>\u2028d: <X>\u2029e: <X>",
		"byte order mark":     "\ufeffk: <X>",
		"key":                 "? '<X>'\n: <X>\n<X> y: b",
	} {
		doc, err := yamldoc.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := 0
		scalars(doc.Root, func(n *yaml.Node) {
			traced := doc.Text(n)
			for at := 0; ; {
				next := strings.Index(n.Value[at:], "<X>")
				if next < 0 {
					return
				}
				at += next + len("<X>")
				if got := string(traced.Span(at-len("<X>"), at).Of([]byte(text))); got != "<X>" {
					t.Errorf("%s: %q", name, got)
				}
				found++
			}
		})
		if want := strings.Count(strings.NewReplacer("# <X>", "").Replace(text), "<X>"); found != want {
			t.Errorf("%s: found %d, want %d", name, found, want)
		}
	}
}

func scalars(n *yaml.Node, do func(*yaml.Node)) {
	if n == nil {
		return
	}
	if n.Kind == yaml.ScalarNode {
		do(n)
	}
	for _, below := range n.Content {
		scalars(below, do)
	}
}

func TestWhole(t *testing.T) {
	text := "a: 'x''y'\nb: |\n  one\n  two\nc: \"\"\nd:\n"
	doc, err := yamldoc.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, value := range yamldoc.Pairs(doc.Root) {
		got = append(got, string(doc.Text(value).Whole().Of([]byte(text))))
	}
	if diff := cmp.Diff([]string{"x''y", "one\n  two", `"`, "\n"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]int{"a: [\n": 1, "a: b\n\tc: d": 2, "\xff\xfea\x00": 1, "a: *b": 1} {
		_, err := yamldoc.Parse([]byte(text))
		line := yamldoc.LineOf(err)
		if err == nil || line < 1 || line > want+1 {
			t.Errorf("%q: line %d, %v", text, line, err)
		}
	}
	if doc, err := yamldoc.Parse(nil); err != nil || doc.Root != nil {
		t.Errorf("an empty text is an empty document: %v", err)
	}
}

func TestLookups(t *testing.T) {
	doc, err := yamldoc.Parse([]byte("base: &b {x: [1, 2]}\ncopy: *b\n"))
	if err != nil {
		t.Fatal(err)
	}
	var items []string
	for item := range yamldoc.Items(yamldoc.Get(yamldoc.Get(doc.Root, "copy"), "x")) {
		items = append(items, item.Value)
	}
	if diff := cmp.Diff([]string{"1", "2"}, items); diff != "" {
		t.Error(diff)
	}
	if yamldoc.Get(doc.Root, "nothing") != nil || yamldoc.Get(nil, "x") != nil || yamldoc.IsScalar(nil) {
		t.Error("what is not there is nil")
	}
}
