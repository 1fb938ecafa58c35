package config_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/config"
)

// Halves of tokens, joined when the tests run.
var tokens = []string{
	"ghp_" + "Zq7vXw2Lk9Rt4Yp1Ns8Bd3Hf6Jm5Cg0Ae",
	"github_pat_" + "11ABCDEFG0abcdefghijkl_mnopqrstuv",
	"AKIA" + "Q3EGRZ7PLM2VXKTW",
	"sk-" + "proj-abcdefghij1234567890",
	"eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
	"x9Fk2LmQ8rTz4VbN6" + "cWyP3sD",
	"Bearer " + "abcdefgh12345678",
	"postgres://shop:" + "hunter2pass@db/shop",
}

// quotedLiterals are the spans of the texts of all strings of a file.
func quotedLiterals(src string) []envtight.Span {
	lexed, _ := hclsyntax.LexConfig([]byte(src), "", hcl.InitialPos)
	var out []envtight.Span
	for _, token := range lexed {
		if token.Type == hclsyntax.TokenQuotedLit {
			out = append(out, envtight.Span{Start: token.Range.Start.Byte, End: token.Range.End.Byte})
		}
	}
	return out
}

// reportOf runs the check on a file and returns all that writers would show.
func reportOf(t *testing.T, src string) (text string, findings int) {
	t.Helper()
	c, diagnostics := config.Parse("envtight.hcl", []byte(src), known())
	diagnostics = append(diagnostics, c.CheckApps([]string{"web"})...)
	report, err := envtight.Run(t.Context(), []envtight.Check{config.NewCheck("envtight.hcl", []byte(src), diagnostics)},
		envtight.Options{Maskers: []envtight.Masker{envtight.MaskerFunc(config.Mask)}})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	return string(shown) + render(diagnostics), len(diagnostics)
}

// TestPastedTokensDoNotShow puts a token in place of each string of a whole
// configuration, one after the other.
func TestPastedTokensDoNotShow(t *testing.T) {
	for _, at := range quotedLiterals(sample) {
		for i, token := range tokens {
			text, findings := reportOf(t, sample[:at.Start]+token+sample[at.End:])
			where := fmt.Sprintf("token %d in place of %q", i, sample[at.Start:at.End])
			if strings.Contains(text, token[:min(len(token), 10)]) || strings.Contains(text, token[len(token)-8:]) {
				t.Errorf("%s shows", where)
			}
			if findings == 0 {
				t.Errorf("%s: nobody notices", where)
			}
		}
	}
}

// TestTokensBesideStrings puts tokens where no string stands.
func TestTokensBesideStrings(t *testing.T) {
	token := tokens[0]
	for _, src := range []string{
		"version = 1\n# " + token + "\n",
		"version = 1\n// " + token + "\nbroken",
		"version = " + token + "\n",
		"version = 1\n" + token + " = 1\n",
		"version = 1\n" + token + " {}\n",
		"version = 1\napp " + token + " {}\n",
		"version = 1\napp \"" + token + "\" {}\napp \"" + token + "\" {}\n",
		"version = 1\nenvironment \"" + token + "\" {}\nvariable \"X\" { required_in = [\"" + token[:len(token)-1] + "\"] }\n",
		"version = 1\nfail_on = <<EOT\n" + token + "\nEOT\n",
		"version = 1\napp \"web\" {\n  platform \"vercel\" {\n    token = \"" + token + "\n",
	} {
		text, findings := reportOf(t, src)
		if strings.Contains(text, token[4:14]) || strings.Contains(text, token[len(token)-8:]) {
			t.Errorf("shows: %q", strings.ReplaceAll(src, token, "TOKEN"))
		}
		if findings == 0 {
			t.Errorf("nobody notices: %q", strings.ReplaceAll(src, token, "TOKEN"))
		}
	}
}

// TestRefusedValuesDoNotShow: what is given to a refused attribute is blanked
// whatever it looks like.
func TestRefusedValuesDoNotShow(t *testing.T) {
	const secret = "plain-words-canary"
	for _, value := range []string{`"` + secret + `"`, secret, `["` + secret + `"]`, `{ dev = "` + secret + `" }`, "{\n dev = \"" + secret + "\"\n}", `{ dev = { x = "` + secret + `" } }`} {
		for _, attribute := range []string{"token", "api_key", "password", "url", "host", "command", "token_env", "TOKEN"} {
			src := "version = 1\napp \"web\" {\n  path = \"web\"\n  platform \"vercel\" {\n    project = \"x\"\n    " + attribute + " = " + value + "\n  }\n}\n"
			text, findings := reportOf(t, src)
			if strings.Contains(text, secret) || findings == 0 {
				t.Errorf("%s = %s: shown %t, %d findings", attribute, value, strings.Contains(text, secret), findings)
			}
		}
	}
}

// TestOrdinaryValuesAreNotMasked: a snippet that hides everything explains
// nothing.
func TestOrdinaryValuesAreNotMasked(t *testing.T) {
	for _, file := range []string{"envtight.hcl", "apps/envtight.hcl"} {
		if spans := config.Mask(file, []byte(sample)); len(spans) > 0 {
			t.Errorf("%s: masks %q", file, spans[0].Of([]byte(sample)))
		}
	}
	for _, id := range []string{
		"prj_" + "Zq7vXw2Lk9Rt4Yp1Ns8Bd3Hf6Jm5", "team_" + "Zq7vXw2Lk9Rt4Yp1Ns8Bd3Hf", "b7c1e1a2-6f0e-4d55-9d7e-0c4b3f0f9a11",
		"feat/a-rather-long-name-of-a-branch-2", "packages/internationalization2026", "@acme/some-long-package-name",
	} {
		src := "version = 1\napp \"web\" {\n  path = \"web\"\n  platform \"vercel\" { project = \"" + id + "\" }\n}\n"
		if spans := config.Mask("envtight.hcl", []byte(src)); len(spans) > 0 {
			t.Errorf("masks the id that begins with %.5s", id)
		}
		if _, diagnostics := config.Parse("envtight.hcl", []byte(src), known()); len(diagnostics) > 0 {
			t.Error(render(diagnostics))
		}
	}
	if spans := config.Mask("main.tf", []byte("token = \"x\"\n")); len(spans) > 0 {
		t.Error("masks another file")
	}
}

// TestHostileFiles ends soon, without exhausting the stack, with a finding.
func TestHostileFiles(t *testing.T) {
	repeat := func(s string, size int) string { return strings.Repeat(s, size/len(s)) }
	const size = 48 << 10
	tests := map[string]string{
		"too large":    repeat("#", 1<<20),
		"lists":        "a = " + repeat("[", size),
		"objects":      "a = " + repeat("{a=", size),
		"blocks":       repeat("a {\n", size),
		"templates":    "a = " + repeat(`"${`, size),
		"negations":    "a = " + repeat("!", size),
		"minus":        "a = " + repeat("-", size),
		"parentheses":  "a = " + repeat("(", size),
		"conditionals": "a = " + repeat("a?a:", size),
		"for":          "a = " + repeat("[for x in ", size),
		"heredocs":     repeat("a = <<E\n", size/4),
		"indices":      "a = " + repeat("a[", size),
		"attributes": func() string {
			var b strings.Builder
			for i := range 12000 {
				fmt.Fprintf(&b, "requird_%d = 1\n", i)
			}
			return b.String()
		}(),
		"double attributes":  repeat("version = 1\n", size),
		"unknown blocks":     repeat("aplicattion \"web\" {}\n", size),
		"double blocks":      repeat("naming {}\n", size),
		"empty suppressions": repeat("suppress {}\n", size),
		"unknown names":      "version = 1\nvariable \"A\" { required_in = [" + repeat(`"prodx",`, size/4) + "] }",
		"tokens":             repeat("# ghp_"+"aaaaaaaaaaaaaaaa\n", size),
		"open values":        repeat("token = [", size),
		"many references":    "version = 1\nvariable \"A\" { apps = [" + repeat(`"x",`, size) + "] }",
		"quotes":             repeat(`"`, size),
		"NUL":                "version = 1\x00",
		"not UTF-8":          "version = \"\xff\xfe\"",
		"UTF-16":             "v\x00e\x00r\x00",
		"closing":            repeat("}", size),
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			c, diagnostics := config.Parse("envtight.hcl", []byte(src), known())
			if c == nil || !config.HasErrors(diagnostics) || len(diagnostics) > 101 {
				t.Errorf("%d diagnostics", len(diagnostics))
			}
			config.Mask("envtight.hcl", []byte(src))
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	for _, rule := range config.Rules() {
		for _, example := range rule.Examples {
			_, src, _ := strings.Cut(example.Files, "\n")
			f.Add([]byte(src))
		}
	}
	for _, src := range []string{"", "\xef\xbb\xbfversion = 1\n", "a = <<E\n${x}\nE\n", "a = \"\\u{110000}\"", "version = 1e999999999", "app x {}", "environments = {(1)=2}", "\r\n\r"} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, diagnostics := config.Parse("envtight.hcl", src, known())
		if c == nil {
			t.Fatal("no configuration")
		}
		for i := range diagnostics {
			d := &diagnostics[i]
			r := d.Location.Range
			if r.Start.Line < 1 || r.Start.Offset < 0 || r.End.Offset > len(src) || r.End.Offset < r.Start.Offset {
				t.Errorf("impossible range %+v", r)
			}
			if d.Message == "" || !utf8.ValidString(d.Message+d.Advice+d.Location.Block) {
				t.Errorf("message %q", d.Message)
			}
			if !slices.ContainsFunc(append(config.Rules(), envtight.Rules()...), func(r *envtight.Rule) bool { return r.ID == d.Rule }) {
				t.Errorf("unlisted rule %s", d.Rule)
			}
		}
		for _, span := range config.Mask("envtight.hcl", src) {
			if span.Start < 0 || span.End > len(src) || span.Len() < 0 {
				t.Errorf("impossible span %+v", span)
			}
		}
		if !config.HasErrors(diagnostics) {
			again, more := config.Parse("envtight.hcl", config.Write(c, nil), known())
			if config.HasErrors(more) || len(again.Apps) != len(c.Apps) || len(again.Environments) != len(c.Environments) {
				t.Errorf("what was read cannot be written and read:\n%s", render(more))
			}
		}
	})
}
