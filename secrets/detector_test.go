package secrets_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

var _ envtight.Masker = (*secrets.Detector)(nil)

func detector(t testing.TB, rules ...secrets.Rule) *secrets.Detector {
	t.Helper()
	d, err := secrets.NewDetector(secrets.RuleSet{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// marked writes text with its spans in brackets.
func marked(text string, spans []envtight.Span) string {
	var out strings.Builder
	at := 0
	for _, s := range spans {
		out.WriteString(text[at:s.Start] + "[" + text[s.Start:s.End] + "]")
		at = s.End
	}
	return out.String() + text[at:]
}

func TestSpans(t *testing.T) {
	token := secrets.Rule{ID: "token", Regex: `tok_[a-z]{4}`, Keywords: []string{"tok_"}}
	tests := []struct {
		name string
		rule secrets.Rule
		text string
		want string
	}{
		{"whole match", token, "a tok_abcd b tok_efgh", "a [tok_abcd] b [tok_efgh]"},
		{"keyword in any case", secrets.Rule{ID: "x", Regex: `(?i)tok_[a-z]{4}`, Keywords: []string{"tok_"}}, "TOK_ABcd", "[TOK_ABcd]"},
		{"no keyword in the text", secrets.Rule{ID: "x", Regex: `[a-z]+`, Keywords: []string{"tok_"}}, "abc", "abc"},
		{"no keywords in the rule", secrets.Rule{ID: "x", Regex: `[a-z]+`}, "1 abc", "1 [abc]"},
		{"one-letter keyword", secrets.Rule{ID: "x", Regex: `q[0-9]+`, Keywords: []string{"q"}}, "q77", "[q77]"},
		{"keyword at the very end", secrets.Rule{ID: "x", Regex: `[0-9]+(?:zz)`, Keywords: []string{"zz"}}, "77zz", "[77zz]"},
		{"first group that matched", secrets.Rule{ID: "x", Regex: `a=([0-9]+)|b=([0-9]+)`}, "b=12 a=3", "b=[12] a=[3]"},
		{"named group", secrets.Rule{ID: "x", Regex: `(a|b)=([0-9]+)`, SecretGroup: 2}, "b=12", "b=[12]"},
		{"named group took no part", secrets.Rule{ID: "x", Regex: `(a)=|b=([0-9]+)`, SecretGroup: 2}, "a= b=12", "[a]= b=[12]"},
		{"placeholder", secrets.Rule{ID: "x", Regex: `k=(\S+)`, Allow: []secrets.Allowlist{{Regexes: []string{`^<.*>$`}}}}, "k=<your key> k=<key> k=abc", "k=[<your] key> k=<key> k=[abc]"},
		{"path and entropy are not asked", secrets.Rule{ID: "x", Regex: `k=(\S+)`, Entropy: 9, Path: `\.php$`}, "k=aaaa", "k=[aaaa]"},
		{"names of variables stay", secrets.Rule{ID: "x", Regex: `k=(\S+)`},
			"k=process.env.R2_KEY k=R2_ACCESS_KEY_ID k=AUTH0_SECRET_2 k=ABCDEFGHIJKLMNOP k=A1B2C3D4_E5 k=process.envx.A",
			"k=process.env.R2_KEY k=R2_ACCESS_KEY_ID k=AUTH0_SECRET_2 k=[ABCDEFGHIJKLMNOP] k=[A1B2C3D4_E5] k=[process.envx.A]"},
		{"the next assignment is no secret", secrets.Rule{ID: "x", Regex: `key=\s*([\w=]{3,})`}, "key=\nother=\nexport name=\nkey=\n  key=abc\nkey=\nab=key=xyz",
			"key=\nother=\nexport name=\nkey=\n  key=[abc]\nkey=\nab=key=[xyz]"},
		{"a secret on the next line", secrets.Rule{ID: "x", Regex: `key=\s*(\w{3,})`}, "key=\n  abcd\n", "key=\n  [abcd]\n"},
		{"empty match", secrets.Rule{ID: "x", Regex: `z*`}, "aza", "a[z]a"},
		{"path rule", secrets.Rule{ID: "x", Path: `\.p12$`}, "abc", "abc"},
		{"broken expression hides its lines", secrets.Rule{ID: "x", Regex: `(`, Keywords: []string{"tok_"}}, "a\nB TOK_ c\nd", "a\n[B TOK_ c\n]d"},
		{"broken expression without keywords hides all", secrets.Rule{ID: "x", Regex: `(`}, "a\nb", "[a\nb]"},
		{"missing group hides its lines", secrets.Rule{ID: "x", Regex: `tok_(a)`, SecretGroup: 2, Keywords: []string{"tok_"}}, "x\ntok_a", "x\n[tok_a]"},
		{"broken placeholder hides its lines", secrets.Rule{ID: "x", Regex: `tok_a`, Allow: []secrets.Allowlist{{Regexes: []string{"["}}}, Keywords: []string{"tok_"}}, "x\ntok_a", "x\n[tok_a]"},
		{"a value that stands once more", secrets.Rule{ID: "x", Regex: `k=(\w+)`}, "f(abcdef) k=abcdef abcdef=xabcdefx abcde", "f([abcdef]) k=[abcdef] [abcdef]=x[abcdef]x abcde"},
		{"a short value stands in many words", secrets.Rule{ID: "x", Regex: `k=(\w+)`}, "abc k=abc", "abc k=[abc]"},
		{"nothing", token, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := marked(tt.text, detector(t, tt.rule).Mask("x.env", []byte(tt.text)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMaskOfLargeText(t *testing.T) {
	d := detector(t, secrets.Rule{ID: "x", Regex: "a{3}"})
	text := bytes.Repeat([]byte("b"), 1<<20+1)
	if diff := cmp.Diff([]envtight.Span{{Start: 0, End: len(text)}}, d.Mask("x", text)); diff != "" {
		t.Error(diff)
	}
	if spans := d.Mask("x", text[1:]); len(spans) != 0 {
		t.Errorf("%d spans in a text of 1 MiB that matches nothing", len(spans))
	}
}

func TestMistakes(t *testing.T) {
	for _, rules := range [][]secrets.Rule{{{Regex: "a"}}, {{ID: "a"}, {ID: "b"}, {ID: "a"}}} {
		if d, err := secrets.NewDetector(secrets.RuleSet{Rules: rules}); err == nil {
			t.Errorf("NewDetector accepts %+v: %v", rules, d)
		}
	}
	err := detector(t, secrets.Rule{ID: "good", Regex: "a"}, secrets.Rule{ID: "bad", Regex: "("},
		secrets.Rule{ID: "group", Regex: "a", SecretGroup: 1}).Compile()
	if err == nil || strings.Contains(err.Error(), "good") ||
		!strings.Contains(err.Error(), "rule bad") || !strings.Contains(err.Error(), "rule group") {
		t.Errorf("Compile() = %v, want an error about bad and group", err)
	}
}

// TestRun shows that what a rule matches is blanked in the snippet of any
// finding, in a file that no other masker knows.
func TestRun(t *testing.T) {
	token := "tok_" + "abcd"
	text := []byte("url: https://u:" + token + "@host\n")
	report, err := envtight.Run(context.Background(), []envtight.Check{check{text}}, envtight.Options{
		FS:      fstest.MapFS{"a.yml": {Data: text}},
		Maskers: []envtight.Masker{detector(t, secrets.Rule{ID: "x", Regex: `tok_\w+`, Keywords: []string{"tok_"}})},
	})
	if err != nil || len(report.Diagnostics) != 1 {
		t.Fatal(err, len(report.Diagnostics))
	}
	if got, want := report.Diagnostics[0].Snippet.Text, "url: https://u:[redacted]@host"; got != want {
		t.Errorf("the snippet differs from %q", want)
	}
}

type check struct{ text []byte }

func (check) Rules() []*envtight.Rule {
	return []*envtight.Rule{{ID: "test/url", Default: envtight.Error}}
}

func (c check) Run(_ context.Context, pass *envtight.Pass) error {
	pass.Report(envtight.Diagnostic{
		Rule: "test/url", Message: "here",
		Location: envtight.FileRange("a.yml", c.text, envtight.Span{Start: 0, End: 3}),
	})
	return nil
}

func TestConcurrent(t *testing.T) {
	var rules []secrets.Rule
	for i := range 20 {
		rules = append(rules, secrets.Rule{ID: fmt.Sprint(i), Regex: fmt.Sprintf("tok%d_[a-z]+", i), Keywords: []string{"tok"}})
	}
	d := detector(t, rules...)
	text := []byte("tok1_a tok2_b tok19_c")
	want := d.Spans(text)
	fresh := detector(t, rules...)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if diff := cmp.Diff(want, fresh.Spans(text)); diff != "" {
				t.Error(diff)
			}
		})
	}
	wg.Wait()
}

// TestKeywords compares the one-pass search with the obvious one.
func TestKeywords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	letters := "abAB_\xc4\x8a"
	word := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(letters[random.IntN(len(letters))])
		}
		return b.String()
	}
	for range 3000 {
		var rules []secrets.Rule
		for i := range 4 {
			keywords := []string{strings.ToLower(word(2 + random.IntN(3))), strings.ToLower(word(2 + random.IntN(2)))}
			rules = append(rules, secrets.Rule{ID: fmt.Sprint(i), Regex: `(?s).+`, Keywords: keywords})
		}
		text := []byte(word(random.IntN(12)))
		want := map[string]bool{}
		for _, r := range rules {
			for _, k := range r.Keywords {
				if len(text) > 0 && bytes.Contains(bytes.ToLower(text), []byte(k)) {
					want[r.ID] = true
				}
			}
		}
		got := map[string]bool{}
		for _, m := range detector(t, rules...).Detect(secrets.File{}, text) {
			got[m.Rule.ID] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q with %+v: %s", text, rules, diff)
		}
	}
}
