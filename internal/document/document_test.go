package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// places renders the strings of a document with their places.
func places(d *Document) string {
	var out strings.Builder
	var walk func(n *Node, path string)
	walk = func(n *Node, path string) {
		switch {
		case n == nil:
		case n.Kind == String:
			at := d.RangeOf(n)
			fmt.Fprintf(&out, "%s=%s %d:%d-%d:%d %q\n", path, n.Text, at.Start.Line, at.Start.Column, at.End.Line, at.End.Column, d.Text[at.Start.Offset:at.End.Offset])
		default:
			for _, m := range n.Fields() {
				at := d.RangeOf(m.Key)
				fmt.Fprintf(&out, "%s.%s %d:%d\n", path, m.Key.Text, at.Start.Line, at.Start.Column)
				walk(m.Value, path+"."+m.Key.Text)
			}
			for i, item := range n.Items {
				walk(item, fmt.Sprintf("%s[%d]", path, i))
			}
		}
	}
	for _, root := range d.Roots {
		walk(root, "")
	}
	return out.String()
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		name  string
		parse func([]byte) (*Document, error)
		text  string
		want  string
	}{
		{"json", ParseJSON, "\xef\xbb\xbf{ // one\n  \"a\": [\"X\", \"é\\u0041\", 1, null,],\n  /* { */ \"bé\": {\"c\": \"Y\"} }", `.a 2:4
.a[0]=X 2:10-2:11 "X"
.a[1]=éA 2:15-2:15 ""
.bé 3:12
.bé.c 3:19
.bé.c=Y 3:24-3:25 "Y"
`},
		{"yaml", ParseYAML, "a: &x\n  'K': \"v ${A}\"\n  é: !!str plain # no\nb:\n  <<: *x\n  K: >-\n    folded\n    text\nc: *x\n---\n- &y Z=1\n- *y\n", `.a 1:1
.a.K 2:4
.a.K=v ${A} 2:9-2:15 "v ${A}"
.a.é 3:3
.a.é=plain 3:12-3:17 "plain"
.b 4:1
.b.K 6:3
.b.K=folded text 6:6-6:6 ""
.b.é 3:3
.b.é=plain 3:12-3:17 "plain"
.c 9:1
.c.K 2:4
.c.K=v ${A} 2:9-2:15 "v ${A}"
.c.é 3:3
.c.é=plain 3:12-3:17 "plain"
[0]=Z=1 11:6-11:9 "Z=1"
[1]=Z=1 11:6-11:9 "Z=1"
`},
		{"toml", ParseTOML, "name = \"w\"\n[vars]\nA = 'x'\n\"B é\" = \"\"\"\ny\"\"\"\n[env.prod.vars]\nC = { d = \"z\" }\n[[list]]\nk = [\"p\", 1]\n[[list]]\nk = []\n", `.name 1:1
.name=w 1:9-1:10 "w"
.vars 2:2
.vars.A 3:1
.vars.A=x 3:6-3:7 "x"
.vars.B é 4:2
.vars.B é=y 5:1-5:2 "y"
.env 6:2
.env.prod 6:6
.env.prod.vars 6:11
.env.prod.vars.C 7:1
.env.prod.vars.C.d 7:7
.env.prod.vars.C.d=z 7:12-7:13 "z"
.list 8:3
.list[0].k 9:1
.list[0].k[0]=p 9:7-9:8 "p"
.list[1].k 11:1
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := c.parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, places(d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCursor(t *testing.T) {
	d, err := ParseYAML([]byte("a: |\n  $$A ${A}\n  ${A:-x}\nb: \"\\x24{A} $A\" # ${A}\nc: ${A}\n"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(key string, parts ...string) (out []string) {
		c := d.Cursor(d.Root().Get(key))
		for _, part := range parts {
			r := d.Range(c.Next(part))
			out = append(out, fmt.Sprintf("%d:%d", r.Start.Line, r.Start.Column))
		}
		return out
	}
	got := [][]string{at("a", "$$", "${A", "${A"), at("b", "${A", "$A"), at("c", "${A")}
	want := [][]string{{"2:3", "2:7", "3:3"}, {"4:19", "4:5"}, {"5:4"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefused(t *testing.T) {
	bomb := "a: &a0 [x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("b%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 8), ","))
	}
	for _, c := range []struct {
		name  string
		parse func([]byte) (*Document, error)
		text  string
		want  error
	}{
		{"json", ParseJSON, `{"a": tru}`, ErrSyntax},
		{"deep json", ParseJSON, strings.Repeat("[", 1<<20), ErrNested},
		{"deep json behind a comment", ParseJSON, "// \"\n" + strings.Repeat("[", 1<<20), ErrNested},
		{"yaml", ParseYAML, "a: [", ErrSyntax},
		{"deep yaml", ParseYAML, strings.Repeat("[", 300) + strings.Repeat("]", 300), ErrNested},
		{"many aliases", ParseYAML, bomb, ErrAlias},
		{"toml", ParseTOML, "a = ", ErrSyntax},
		{"deep toml", ParseTOML, strings.Repeat("a.", 300) + "a = 1", ErrNested},
	} {
		if _, err := c.parse([]byte(c.text)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := ParseYAML([]byte("a: &a [*a, {<<: *a}]\n")); err != nil {
		t.Errorf("an alias to what holds it: %v", err)
	}
}

// plain turns a tree into what decoders make of the text, with every scalar as text.
func plain(n *Node) any {
	switch {
	case n == nil || n.Kind == Null:
		return nil
	case n.Kind == Mapping:
		out := map[string]any{}
		for _, m := range n.Members {
			out[m.Key.Text] = plain(m.Value)
		}
		return out
	case n.Kind == List:
		out := []any{}
		for _, item := range n.Items {
			out = append(out, plain(item))
		}
		return out
	case n.Kind == String:
		return n.Text
	default:
		return scalar
	}
}

// scalar stands for numbers, booleans and dates, which decoders make various
// things of.
const scalar = "\x00scalar"

func normal(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return v
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, normal(item))
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key, item := range v {
			out[key] = normal(item)
		}
		return out
	default:
		return scalar
	}
}

// inside checks that all places lie in the text.
func inside(t *testing.T, d *Document) {
	var walk func(n *Node, depth int)
	walk = func(n *Node, depth int) {
		if n == nil || depth > 4 {
			return
		}
		if at := d.RangeOf(n); at.Start.Offset < 0 || at.End.Offset > len(d.Text) {
			t.Errorf("a value lies at %+v of %d bytes", at, len(d.Text))
		}
		for _, m := range n.Members {
			walk(m.Key, depth+1)
			walk(m.Value, depth+1)
		}
		for _, item := range n.Items {
			walk(item, depth+1)
		}
	}
	for _, root := range d.Roots {
		walk(root, 0)
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x",null,{"b":true}]}`, "{\"a\":1,}", "// x\n[]", `{"a":1,"a":2}`, `"\u0041"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ParseJSON(text)
		var want any
		if json.Unmarshal(text, &want) == nil && json.Valid(text) {
			if errors.Is(err, ErrNested) {
				return
			}
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if diff := cmp.Diff(normal(want), plain(d.Root())); diff != "" {
				t.Fatalf("%q: %s", text, diff)
			}
		}
		if err == nil {
			inside(t, d)
		}
	})
}

func FuzzYAML(f *testing.F) {
	for _, seed := range []string{"a: &x {b: 1}\nc: *x\n", "<<: {a: b}\n", "- |\n  x\n- 'y'\n", "a: [", "? a\n: b\n", "a: \u2028b\n", "\xef\xbb\xbfa: b", "&a [*a]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ParseYAML(text)
		if err != nil {
			return
		}
		inside(t, d)
		var node yaml.Node
		if err := yaml.Unmarshal(text, &node); err != nil {
			t.Fatalf("%q is taken, and the parser says %v", text, err)
		}
	})
}

func FuzzTOML(f *testing.F) {
	for _, seed := range []string{"a = 1\n[b]\nc = 'x'\n", "[[a]]\nb = [1, {c = \"d\"}]\n", "a.b.\"c d\" = \"\"\"\nx\"\"\"\n", "a = 1979-05-27\n", "[a]\n[a.b]\n[[a.c]]\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ParseTOML(text)
		var want map[string]any
		if toml.Unmarshal(text, &want) == nil {
			if errors.Is(err, ErrNested) {
				return
			}
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if diff := cmp.Diff(normal(want), plain(d.Root())); diff != "" {
				t.Fatalf("%q: %s", text, diff)
			}
		}
		if err == nil {
			inside(t, d)
		}
	})
}
