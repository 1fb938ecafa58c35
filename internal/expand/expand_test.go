package expand

import (
	"fmt"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/template"
	"github.com/google/go-cmp/cmp"
)

func TestVariables(t *testing.T) {
	for _, c := range []struct {
		text  string
		style Style
		want  string
	}{
		{"$A ${B} ${C:-x} ${D?no} ${E+y} $1 $ ${", Compose, "A@1 B@5 C:-@10 D?@18 E+@26"},
		{"$$A $${B} ${A:-${B:?x}}${C}", Compose, "A:-@12 B:?@17(nested) C@25"},
		{`\$A '$B' "$C" "it's $D"`, Dockerfile, "C@11 D@21"},
		{"'$A'", Compose, "A@2"},
		{"kill $$ $HOME", Shell, "HOME@9"},
		{"${é} $é", Compose, ""},
	} {
		var got []string
		for _, v := range Variables(c.text, c.style) {
			word := fmt.Sprintf("%s%s@%d", v.Name, v.Operator, v.NameStart)
			if v.Nested {
				word += "(nested)"
			}
			got = append(got, word)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

// FuzzCompose compares with compose's own, which finds each name once: what it
// takes for a variable that is not inside another has to be found.
func FuzzCompose(f *testing.F) {
	for _, seed := range []string{"$A ${B:-${C}}", "$${A}", "${A:?b}${", "${A-}$B$$$C"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 {
			return
		}
		ours := map[string]bool{}
		for _, v := range Variables(text, Compose) {
			if text[v.NameStart:v.NameStart+len(v.Name)] != v.Name || text[v.Start] != '$' {
				t.Fatalf("%q: %+v is at another place", text, v)
			}
			ours[v.Name] = true
		}
		if _, err := template.Substitute(text, func(string) (string, bool) { return "x", true }); err != nil {
			return
		}
		for name := range template.ExtractVariables(map[string]any{"a": text}, template.DefaultPattern) {
			if name != "" && !ours[name] {
				t.Errorf("%q: compose knows %s", text, name)
			}
		}
	})
}
