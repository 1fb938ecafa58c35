package secrets_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets"
)

// found writes matches as "rule:secret", with what else is to be seen.
func found(matches []secrets.Match) string {
	var out []string
	for _, m := range matches {
		s := m.Rule.ID + ":" + m.Secret.Reveal()
		if len(m.Decoded) > 0 {
			s += "(" + strings.Join(m.Decoded, " ") + ")"
		}
		for _, r := range m.Required {
			s += "+" + r.Rule.ID + ":" + r.Secret.Reveal()
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func ptr(n int) *int { return &n }

// TestDetect holds what rules mean. That gitleaks means the same is tested with
// gitleaks itself, in package secrets/gitleaks.
func TestDetect(t *testing.T) {
	word := secrets.Rule{ID: "x", Regex: `k=(\w+)`}
	with := func(change func(*secrets.Rule)) []secrets.Rule {
		r := word
		change(&r)
		return []secrets.Rule{r}
	}
	allow := func(lists ...secrets.Allowlist) []secrets.Rule {
		return with(func(r *secrets.Rule) { r.Allow = lists })
	}
	app := secrets.File{Path: "src/app.env", Commit: "abc1"}
	tests := []struct {
		name  string
		rules []secrets.Rule
		set   secrets.RuleSet // but for the rules
		file  secrets.File
		text  string
		want  string
	}{
		{"group", []secrets.Rule{word}, secrets.RuleSet{}, app, "k=a1 k=b2", "x:a1 x:b2"},
		{"group by number", []secrets.Rule{{ID: "x", Regex: `(a)(b)?`, SecretGroup: 2}}, secrets.RuleSet{}, app, "ab a", "x:b x:"},
		{"line breaks are cut off", []secrets.Rule{{ID: "x", Regex: `\n+a\n+`}}, secrets.RuleSet{}, app, "\n\na\n\n", "x:a"},
		{"what is cut off is missed", []secrets.Rule{{ID: "x", Regex: `k=(\w)\n`}}, secrets.RuleSet{}, app, "k=a\n", "x:k=a"},
		{"empty matches are none", []secrets.Rule{{ID: "x", Regex: `z*`}}, secrets.RuleSet{}, app, "aza", "x:z"},
		{"keyword", with(func(r *secrets.Rule) { r.Keywords = []string{"Foo"} }), secrets.RuleSet{}, app, "k=a fOO", "x:a"},
		{"no keyword", with(func(r *secrets.Rule) { r.Keywords = []string{"foo"} }), secrets.RuleSet{}, app, "k=a", ""},
		{"keyword with a Kelvin sign", with(func(r *secrets.Rule) { r.Keywords = []string{"kel"} }), secrets.RuleSet{}, app, "k=a \u212ael", "x:a"},
		{"keyword with a dotted I", with(func(r *secrets.Rule) { r.Keywords = []string{"api"} }), secrets.RuleSet{}, app, "k=a AP\u0130", "x:a"},
		{"entropy is above", with(func(r *secrets.Rule) { r.Entropy = 1 }), secrets.RuleSet{}, app, "k=ab k=abc", "x:abc"},
		{"broken expression", []secrets.Rule{{ID: "x", Regex: "("}, {ID: "y", Regex: "k"}}, secrets.RuleSet{}, app, "k", "y:k"},
		{"expression as deep as it may be", []secrets.Rule{{ID: "x", Regex: strings.Repeat("(", 999) + "k" + strings.Repeat(")", 999)}}, secrets.RuleSet{}, app, "k", "x:k"},
		{"missing group", with(func(r *secrets.Rule) { r.SecretGroup = 2 }), secrets.RuleSet{}, app, "k=a", ""},

		{"path", with(func(r *secrets.Rule) { r.Path = `\.env$` }), secrets.RuleSet{}, app, "k=a", "x:a"},
		{"other path", with(func(r *secrets.Rule) { r.Path = `\.yml$` }), secrets.RuleSet{}, app, "k=a", ""},
		{"no path", with(func(r *secrets.Rule) { r.Path = `\.yml$` }), secrets.RuleSet{}, secrets.File{}, "k=a", ""},
		{"broken path", with(func(r *secrets.Rule) { r.Path = `(` }), secrets.RuleSet{}, app, "k=a", ""},
		{"path alone with a keyword", []secrets.Rule{{ID: "x", Path: `\.env$`, Keywords: []string{"foo"}}}, secrets.RuleSet{}, app, "foo", "x:"},
		{"path alone without its keyword", []secrets.Rule{{ID: "x", Path: `\.env$`, Keywords: []string{"foo"}}}, secrets.RuleSet{}, app, "fo", ""},

		{"allowed secret", allow(secrets.Allowlist{Regexes: []string{"^a"}}), secrets.RuleSet{}, app, "k=ab k=ba", "x:ba"},
		{"allowed match", allow(secrets.Allowlist{Regexes: []string{"^k=a"}, Target: secrets.TargetMatch}), secrets.RuleSet{}, app, "k=ab k=ba", "x:ba"},
		{"allowed line", allow(secrets.Allowlist{Regexes: []string{"ok$"}, Target: secrets.TargetLine}), secrets.RuleSet{}, app, "k=a ok\nk=b\nok", "x:b"},
		{"stop word", allow(secrets.Allowlist{StopWords: []string{"AB"}}), secrets.RuleSet{}, app, "k=xAbx k=b", "x:b"},
		{"allowed path", allow(secrets.Allowlist{Paths: []string{"^src/"}}), secrets.RuleSet{}, app, "k=a", ""},
		{"allowed commit", allow(secrets.Allowlist{Commits: []string{" ABC1"}}), secrets.RuleSet{}, app, "k=a", ""},
		{"part of a commit", allow(secrets.Allowlist{Commits: []string{"abc"}}), secrets.RuleSet{}, app, "k=a", "x:a"},
		{"all: one is missing", allow(secrets.Allowlist{All: true, Regexes: []string{"^a"}, Paths: []string{"^lib/"}}), secrets.RuleSet{}, app, "k=a", "x:a"},
		{"all: text and path", allow(secrets.Allowlist{All: true, Regexes: []string{"^a"}, Paths: []string{"^src/"}}), secrets.RuleSet{}, app, "k=a k=b", "x:b"},
		{"all: path and commit", allow(secrets.Allowlist{All: true, Commits: []string{"abc1"}, Paths: []string{"^src/"}}), secrets.RuleSet{}, app, "k=a", ""},
		{"all: words and expressions", allow(secrets.Allowlist{All: true, StopWords: []string{"b"}, Regexes: []string{"^a"}}), secrets.RuleSet{}, app, "k=ab k=ac k=bb", "x:ac x:bb"},
		{"nothing allows nothing", allow(secrets.Allowlist{}, secrets.Allowlist{All: true}), secrets.RuleSet{}, app, "k=a", "x:a"},
		{"flags hold for all expressions of a list", allow(secrets.Allowlist{Regexes: []string{"(?i)^a", "^b"}}), secrets.RuleSet{}, app, "k=A k=B", ""},
		{"broken and good expression", allow(secrets.Allowlist{Regexes: []string{"(", "^b"}}), secrets.RuleSet{}, app, "k=a k=b", "x:a"},
		{"allowed for all rules", []secrets.Rule{word}, secrets.RuleSet{Allow: []secrets.Allowlist{{Regexes: []string{"a"}}}}, app, "k=a k=b", "x:b"},
		{"path allowed for all rules", []secrets.Rule{word}, secrets.RuleSet{Allow: []secrets.Allowlist{{Paths: []string{"env$"}}}}, app, "k=a", ""},

		{"mark", []secrets.Rule{word}, secrets.RuleSet{}, app, "k=a # gitleaks:allow\nk=b", "x:b"},
		{"mark on the line of the end", []secrets.Rule{{ID: "x", Regex: `a\nb`}}, secrets.RuleSet{}, app, "a\nb gitleaks:allow\n", ""},
		{"mark elsewhere, on a last line without a break", []secrets.Rule{word}, secrets.RuleSet{}, app, "gitleaks:allow\nk=b", "x:b"},
		{"marks ignored", []secrets.Rule{word}, secrets.RuleSet{IgnoreMarks: true}, app, "k=a # gitleaks:allow", "x:a"},

		{"decoded", []secrets.Rule{{ID: "x", Regex: `k=(\w{9,})`}}, secrets.RuleSet{}, app, "é 6b3d6162636465666768696a6b6c6d6e6f70\n", "x:abcdefghijklmnop(decoded:hex decode-depth:1)"},
		{"decoded not at all", []secrets.Rule{{ID: "x", Regex: `k=(\w{9,})`}}, secrets.RuleSet{DecodeDepth: -1}, app, "6b3d6162636465666768696a6b6c6d6e6f70\n", ""},
		{"decoded twice", []secrets.Rule{{ID: "x", Regex: `k=(\w{3})`}}, secrets.RuleSet{}, app, "k%25%33%44abc\n", "x:abc(decoded:percent decode-depth:2)"},
		{"decoded once", []secrets.Rule{{ID: "x", Regex: `k=(\w{3})`}}, secrets.RuleSet{DecodeDepth: 1}, app, "k%25%33%44abc\n", ""},

		{"required", []secrets.Rule{{ID: "x", Regex: `k=(\w)`, Required: []secrets.Required{{Rule: "y"}}}, {ID: "y", Regex: "q.", SkipReport: true}}, secrets.RuleSet{}, app, "k=a\nq1 q2", "x:a+y:q1+y:q2"},
		{"required and missing", []secrets.Rule{{ID: "x", Regex: `k=(\w)`, Required: []secrets.Required{{Rule: "y"}}}, {ID: "y", Regex: "q."}}, secrets.RuleSet{}, app, "k=a", ""},
		{"required on near lines", []secrets.Rule{{ID: "x", Regex: `k=(\w)`, Required: []secrets.Required{{Rule: "y", WithinLines: ptr(1)}}}, {ID: "y", Regex: "q.", SkipReport: true}}, secrets.RuleSet{}, app, "k=a\nk=b\nq1\n\nk=c", "x:b+y:q1"},
		{"required in near columns", []secrets.Rule{{ID: "x", Regex: `k=(\w)`, Required: []secrets.Required{{Rule: "y", WithinColumns: ptr(4)}}}, {ID: "y", Regex: "q.", SkipReport: true}}, secrets.RuleSet{}, app, "q0      k=a q1", "x:a+y:q1"},
		{"required, without its keyword", []secrets.Rule{{ID: "x", Regex: `k=(\w)`, Required: []secrets.Required{{Rule: "y"}}}, {ID: "y", Regex: "q.", Keywords: []string{"zz"}}}, secrets.RuleSet{}, app, "k=a q1", "x:a+y:q1"},
		{"required of another path", []secrets.Rule{{ID: "x", Regex: `k=(\w)`, Required: []secrets.Required{{Rule: "y"}}}, {ID: "y", Regex: "q.", Path: "yml$", SkipReport: true}}, secrets.RuleSet{}, app, "k=a q1", ""},
		{"required, and no rule", []secrets.Rule{{ID: "x", Regex: `k=(\w)`, Required: []secrets.Required{{Rule: "z"}}}}, secrets.RuleSet{}, app, "k=a", ""},
		{"not reported", []secrets.Rule{{ID: "x", Regex: "a", SkipReport: true}}, secrets.RuleSet{}, app, "a", ""},

		{"generic gives way", []secrets.Rule{{ID: "my-Generic", Regex: `\w+`}, {ID: "x", Regex: "k=.."}}, secrets.RuleSet{}, app, "k=ab ab\nab", "x:k=ab my-Generic:ab"},
		{"generic and a rule of another path", []secrets.Rule{{ID: "generic", Regex: `a\w`}, {ID: "x", Regex: "k=..", Path: "yml$"}}, secrets.RuleSet{}, app, "k=ab", "generic:ab"},

		{"swallowed by the gap", []secrets.Rule{{ID: "x", Regex: `call(?:.*|.*(?:\n.*){1,5}) -u (\w+)`}}, secrets.RuleSet{}, app, "call\ncall -u bob\nx -u eve", "x:eve x:bob"},
		{"swallowed delimiter", []secrets.Rule{{ID: "x", Regex: ` (tok\w+) `}}, secrets.RuleSet{}, app, " toka tokb tokc ", "x:toka x:tokb x:tokc"},
		{"inside of the secret", []secrets.Rule{{ID: "x", Regex: `key=([\w=]+)`}}, secrets.RuleSet{}, app, "key=key=abc", "x:key=abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := tt.set
			set.Rules = tt.rules
			d, err := secrets.NewDetector(set)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, found(d.Detect(tt.file, []byte(tt.text)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDetectPath(t *testing.T) {
	d, err := secrets.NewDetector(secrets.RuleSet{
		Rules: []secrets.Rule{
			{ID: "p12", Path: `\.p12$`, Allow: []secrets.Allowlist{{Commits: []string{"abc"}}}},
			{ID: "hidden", Path: `.`, SkipReport: true},
			{ID: "word", Path: `.`, Keywords: []string{"foo"}},
			{ID: "text", Path: `.`, Regex: "."},
		},
		Allow: []secrets.Allowlist{{Paths: []string{"^vendor/"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[secrets.File]string{
		{Path: "a/b.p12"}:                "p12:",
		{Path: "a/b.pem"}:                "",
		{Path: "vendor/b.p12"}:           "",
		{Path: "a/b.p12", Commit: "ABC"}: "",
		{}:                               "",
	} {
		if got := found(d.DetectPath(file)); got != want {
			t.Errorf("%+v: %q, want %q", file, got, want)
		}
		if want := strings.HasPrefix(file.Path, "vendor/"); d.Allows(file) != want {
			t.Errorf("Allows(%+v) is not %t", file, want)
		}
	}
}

func TestCompileNamesMissingRules(t *testing.T) {
	err := detector(t, secrets.Rule{ID: "x", Regex: "a", Path: "(", Required: []secrets.Required{{Rule: "y"}}},
		secrets.Rule{ID: "list", Regex: "a", Allow: []secrets.Allowlist{{Paths: []string{"a", "[", "b"}}}}).Compile()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"rule x", `requires "y"`, "missing closing )", "rule list", "missing closing ]"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestPlaces(t *testing.T) {
	d := detector(t, secrets.Rule{ID: "x", Regex: `k=(\w+)\n?`}, secrets.Rule{ID: "y", Regex: `\n+a`})
	for text, want := range map[string][]int{ // lines, columns, Whole
		"k=ab":       {0, 0, 1, 4, 0, 4},
		"é\n k=ab":   {1, 1, 3, 6, 4, 8},
		"k=ab\n":     {0, 0, 1, 4, 0, 4},
		"é\n\nk=a\n": {2, 2, 2, 4, 4, 7},
		"é\n\na":     {1, 1, 1, 1, 4, 5}, // where gitleaks says it is
	} {
		matches := d.Detect(secrets.File{}, []byte(text))
		if len(matches) != 1 {
			t.Errorf("%q: %d matches", text, len(matches))
			continue
		}
		m := matches[0]
		got := []int{m.StartLine, m.EndLine, m.StartColumn, m.EndColumn, m.Whole.Start, m.Whole.End}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// TestUTF16 finds in UTF-16 what is found in UTF-8, at its own place.
func TestUTF16(t *testing.T) {
	d := detector(t, secrets.Rule{ID: "x", Regex: `k=(\w+)`})
	text := "a plain line\r\nand \U0001F511 or é: k=abc\r\n"
	encode := func(text string, bom, big bool) []byte {
		units := utf16.Encode([]rune(text))
		if bom {
			units = append([]uint16{0xfeff}, units...)
		}
		var out []byte
		for _, u := range units {
			if big {
				out = append(out, byte(u>>8), byte(u))
			} else {
				out = append(out, byte(u), byte(u>>8))
			}
		}
		return out
	}
	for _, big := range []bool{false, true} {
		for _, bom := range []bool{false, true} {
			t.Run(fmt.Sprint(big, bom), func(t *testing.T) {
				text := text
				if !bom {
					text = strings.Repeat("0123456789abcdef", 16) + text
				}
				wide := encode(text, bom, big)
				matches := d.Detect(secrets.File{}, wide)
				if got := found(matches); got != "x:abc" {
					t.Fatalf("found %q", got)
				}
				if diff := cmp.Diff(encode("abc", false, big), matches[0].Span.Of(wide)); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(encode("k=abc", false, big), matches[0].Whole.Of(wide)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
	// Half a code point, half a pair, and something else altogether.
	for _, text := range []string{"\xff\xfea", "\xff\xfe\x00\xd8", "\xfe\xff\xd8\x00\x00k\x00=\x00a", "\xff\xfe\x00\x00k=a", "k\x00=\x00a\x00"} {
		d.Detect(secrets.File{}, []byte(text))
	}
}

// TestManyMatches would not end if work grew with the square of the matches on a
// line: of generic rules and others, of lists that look at the line, of marks, of
// rules that are required, of secrets inside of matches.
func TestManyMatches(t *testing.T) {
	const n = 30_000
	near := []secrets.Required{{Rule: "part"}, {Rule: "part", WithinColumns: ptr(30)}, {Rule: "part", WithinLines: ptr(0)}}
	d := detector(t,
		secrets.Rule{ID: "generic", Regex: `id=(\d+)`, Allow: []secrets.Allowlist{{Regexes: []string{"never"}, Target: secrets.TargetLine}}},
		secrets.Rule{ID: "x", Regex: `key=(\w+);`},
		secrets.Rule{ID: "part", Regex: `id=\d`, SkipReport: true},
		secrets.Rule{ID: "pair", Regex: `key=(\w)`, Required: near},
	)
	var line strings.Builder
	for i := range n {
		fmt.Fprintf(&line, "id=%d key=k%dk;", i, i)
	}
	for _, text := range []string{line.String(), strings.ReplaceAll(line.String(), ";", ";\n")} {
		matches := d.Detect(secrets.File{Path: "a"}, []byte(text))
		counts := map[string]int{}
		for _, m := range matches {
			counts[m.Rule.ID]++
		}
		want := map[string]int{"x": n, "pair": n} // generic ones give way
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Error(diff)
		}
		if got := d.Fingerprints([]byte(text), matches[:1000]); len(got) != 1000 {
			t.Errorf("%d fingerprints", len(got))
		}
	}
}

// TestConcurrentInspect is for the race detector: everything is made on first use.
func TestConcurrentInspect(t *testing.T) {
	rules := []secrets.Rule{
		{ID: "x", Regex: `key=(\w+) `, Keywords: []string{"key"}, Allow: []secrets.Allowlist{{Regexes: []string{"^no"}, Paths: []string{"b$"}}}},
		{ID: "y", Regex: `\w`, Required: []secrets.Required{{Rule: "x"}}, Path: "a$"},
	}
	d := detector(t, rules...)
	text := []byte("key=a key=b key=no key%3Dc%20")
	inspection := d.Inspect(text)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			file := secrets.File{Path: "a"}
			one := found(d.Detect(file, text))
			if two := found(inspection.Matches(file)); one == "" || one != two {
				t.Errorf("%q and %q", one, two)
			}
		})
	}
	wg.Wait()
}
