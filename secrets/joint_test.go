package secrets

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
)

// TestSpansAcrossJoints hides a secret that is written in pieces, and nothing beside it.
func TestSpansAcrossJoints(t *testing.T) {
	d, err := NewDetector(RuleSet{Rules: []Rule{{ID: "token", Regex: `\btok_[0-9a-f]{16}\b`, Keywords: []string{"tok_"}}}})
	if err != nil {
		t.Fatal(err)
	}
	whole := "tok_" + strings.Repeat("5", 16)
	for text, want := range map[string]string{
		`a = "tok_" + "0123456789abcdef"; b = "x"`:                                  `a = "*"; b = "x"`,
		`$a = 'tok_0123' . '456789abcdef';`:                                         `$a = '*';`,
		`a = "tok_" "0123456789" 'abcdef'`:                                          `a = "*'`,
		"a = `tok_0123` ..\n  \"456789abcdef\"\n":                                   "a = `*\"\n",
		"a = \"tok_\" \\\n    \"0123456789abcdef\"":                                 `a = "*"`,
		`"x" + "y"; a = "tok_" ++ "0123456789abcdef" + "-" + ` + "\"" + whole + `"`: `"x" + "y"; a = "*" + "-" + "*"`,
		"one \"a\" + \"b\"\n\n" + whole + "\n\"tok_\" & \"0123456789abcdef\"":       "one \"a\" + \"b\"\n\n*\n\"*\"",
		`a = "tok_", "0123456789abcdef"`:                                            `a = "tok_", "0123456789abcdef"`,
		`a = "tok" - "_0123456789abcdef"`:                                           `a = "tok" - "_0123456789abcdef"`,
		`a = "tok_" + "0123"`:                                                       `a = "tok_" + "0123"`,
		`"" + ""`:                                                                   `"" + ""`,
	} {
		if diff := cmp.Diff(want, starred(text, d.Spans([]byte(text)))); diff != "" {
			t.Errorf("%d bytes: %s", len(text), diff)
		}
	}
}

// starred writes a star in place of what is hidden.
func starred(text string, spans []envtight.Span) string {
	var out strings.Builder
	at := 0
	for _, s := range spans {
		if s.Start > at || s.Start == 0 {
			out.WriteString(text[at:s.Start] + "*")
		}
		at = max(at, s.End)
	}
	return out.String() + text[at:]
}

// FuzzJoin holds that each byte knows where it stood, and that no joint is left.
func FuzzJoin(f *testing.F) {
	f.Add([]byte(`a = "b" + "c" "d"`))
	f.Add([]byte("x\n\"a\" +\n 'b'\ny\n`c` . \"d\"\n\n'' ''"))
	f.Fuzz(func(t *testing.T, text []byte) {
		gaps := joints().FindAllIndex(text, -1)
		if len(gaps) == 0 {
			return
		}
		j := join(text, gaps)
		if len(j.joints) != len(gaps) || len(j.text) > len(text) {
			t.Fatalf("%d joints of %d, %d bytes of %d", len(j.joints), len(gaps), len(j.text), len(text))
		}
		last := -1
		for i, c := range j.text {
			at := j.origin(i)
			if at <= last || text[at] != c {
				t.Fatalf("byte %d stood at %d, after %d", i, at, last)
			}
			last = at
		}
	})
}
