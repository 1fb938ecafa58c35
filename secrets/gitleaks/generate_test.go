package gitleaks_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/gitleaks"
)

// generator writes configurations: most are right, some have mistakes of every
// kind that gitleaks stops at, some lean on its conversions of types.
type generator struct {
	*rand.Rand
	b strings.Builder
	// spelled is how keys are written in this file: of two spellings gitleaks
	// takes either.
	spelled map[string]string
}

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// key writes a key, in capitals now and then.
func (g *generator) key(name string) string {
	if g.spelled[name] == "" {
		g.spelled[name] = name
		if g.chance(15) {
			g.spelled[name] = g.one(strings.ToUpper(name), strings.ToLower(name))
		}
	}
	return g.spelled[name]
}

func (g *generator) line(percent int, name string, value func() string) {
	if g.chance(percent) {
		fmt.Fprintf(&g.b, "%s = %s\n", g.key(name), value())
	}
}

func (g *generator) odd(right string) string {
	if g.IntN(200) > 0 {
		return right
	}
	return g.one("3", "2.5", "true", "''", "'x'", "[]", "['a']", "{}", "{a = 1}", "1979-05-27", "[1, true, 2.5]", "[[1]]", "-1", "'a,b'", "'0x10'")
}

func (g *generator) regex() string {
	return g.odd("'''" + g.one("a+", "tok_([a-z]+)", "(x)(y)?", "(?i)k[0-9]{2,4}", "^b$", ".*", "\\bq") + "'''")
}

func (g *generator) broken() string {
	if g.IntN(100) == 0 {
		return g.one("'(a'", "'a{2,1}'", "'(?=a)'", "'[z-a]'")
	}
	return g.regex()
}

func (g *generator) list(of func() string) func() string {
	return func() string {
		items := make([]string, g.IntN(4))
		for i := range items {
			items[i] = of()
		}
		return g.odd("[" + strings.Join(items, ", ") + "]")
	}
}

func (g *generator) quoted(of ...string) func() string {
	return func() string { return g.odd("\"" + g.one(of...) + "\"") }
}

var ids = []string{"one", "two", "three", "four"}

func (g *generator) allowBody(ofFile bool) {
	g.line(30, "description", g.quoted("d", "e"))
	g.line(30, "condition", g.quoted("AND", "or", "&&", "||", "", "and", "or", "and", "xor"))
	g.line(30, "regexTarget", g.quoted("match", "line", "secret", "", "line", "match", "path"))
	g.line(30, "commits", g.list(g.quoted("ABC", "abc ", "def")))
	g.line(30, "paths", g.list(g.broken))
	g.line(85, "regexes", g.list(g.broken))
	g.line(40, "stopwords", g.list(g.quoted("Stop", "stop", "go")))
	if ofFile {
		g.line(20, "targetRules", g.list(g.quoted(ids...)))
	}
}

func (g *generator) rule() {
	g.b.WriteString("[[" + g.key("rules") + "]]\n")
	g.line(99, "id", g.quoted(ids...))
	g.line(50, "description", g.quoted("d1", "d2"))
	g.line(92, "regex", g.broken)
	g.line(25, "path", g.broken)
	g.line(25, "secretGroup", func() string { return g.odd(g.one("0", "1", "2")) })
	g.line(40, "entropy", func() string { return g.odd(g.one("0", "3", "3.5")) })
	g.line(60, "keywords", g.list(g.quoted("Tok_", "k", "x")))
	g.line(30, "tags", g.list(g.quoted("t1", "t2")))
	g.line(15, "skipReport", func() string { return g.odd(g.one("true", "false")) })
	g.line(5, "nonsense", g.regex)
	switch {
	case g.chance(20):
		g.b.WriteString("[" + g.key("rules") + "." + g.key("allowlist") + "]\n")
		g.allowBody(false)
	case g.chance(30):
		for range 1 + g.IntN(2) {
			g.b.WriteString("[[" + g.key("rules") + "." + g.key("allowlists") + "]]\n")
			g.allowBody(false)
		}
	}
	if g.chance(15) {
		g.b.WriteString("[[" + g.key("rules") + ".required]]\n")
		g.line(99, "id", g.quoted(ids...))
		g.line(50, "withinLines", func() string { return g.odd("3") })
		g.line(50, "withinColumns", func() string { return g.odd("0") })
	}
}

// config writes a whole file.
func (g *generator) config(extend []string) string {
	g.b.Reset()
	g.spelled = map[string]string{}
	g.line(50, "title", g.quoted("t"))
	g.line(20, "minVersion", func() string { return g.one(`"v8.25.0"`, `"9.1"`, `""`) })
	if len(extend) > 0 {
		g.b.WriteString("[" + g.key("extend") + "]\n")
		for _, line := range extend {
			g.b.WriteString(line + "\n")
		}
		g.line(50, "disabledRules", g.list(g.quoted(ids...)))
		g.line(5, "url", g.quoted("x"))
	}
	for range 1 + g.IntN(4) {
		g.rule()
	}
	switch {
	case g.chance(20):
		g.b.WriteString("[" + g.key("allowlist") + "]\n")
		g.allowBody(true)
	case g.chance(40):
		for range 1 + g.IntN(2) {
			g.b.WriteString("[[" + g.key("allowlists") + "]]\n")
			g.allowBody(true)
		}
	}
	return g.b.String()
}

// sameAsGitleaks loads a text in both ways and reports whether it is right.
func sameAsGitleaks(t *testing.T, text string) bool {
	t.Helper()
	want, err := translate(text)
	got, diagnostics, loadErr := gitleaks.Load(gitleaks.Options{Getenv: func(name string) string {
		return map[string]string{gitleaks.EnvConfigTOML: text}[name]
	}})
	if loadErr != nil {
		t.Fatal(loadErr)
	}
	for _, d := range diagnostics {
		if d.Location.Range.IsZero() {
			t.Errorf("%s has no place\n%s", d.Message, text)
		}
	}
	switch {
	case err != nil && got != nil:
		t.Errorf("gitleaks refuses this: %v\n%s", err, text)
	case err == nil && got == nil:
		t.Errorf("gitleaks takes this\n%s\n%s", lines(diagnostics), text)
	case err == nil:
		if diff := diffRules(ruleSetOf(want), got.Rules); diff != "" {
			t.Errorf("%s\n%s", diff, text)
		}
	}
	return err == nil
}

func lines(diagnostics []envtight.Diagnostic) string {
	var out strings.Builder
	for _, d := range diagnostics {
		fmt.Fprintf(&out, "%s: %s: %s [%s]\n", d.Location, d.Severity, d.Message, d.Rule)
	}
	return out.String()
}

// TestGenerated compares configurations made at random with what gitleaks makes
// of them, chains of extended files among them.
func TestGenerated(t *testing.T) {
	dir := t.TempDir()
	g := &generator{Rand: rand.New(rand.NewPCG(4, 2))}
	right := 0
	for n := range 3000 {
		var extend []string
		if g.chance(40) {
			for i := range g.IntN(4) {
				path := filepath.Join(dir, fmt.Sprintf("%d-%d.toml", n, i))
				if err := os.WriteFile(path, []byte(g.config(extend)), 0o600); err != nil {
					t.Fatal(err)
				}
				extend = []string{fmt.Sprintf("path = '%s'", path)}
			}
		}
		if sameAsGitleaks(t, g.config(extend)) {
			right++
		}
		if t.Failed() {
			return
		}
	}
	if right < 500 || right > 2500 {
		t.Errorf("%d of 3000 configurations are right: the generator tests only one side", right)
	}
}

// TestGeneratedUponDefault does so with changes of the built-in rules, of which
// gitleaks takes long to compile all.
func TestGeneratedUponDefault(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(7, 2))}
	ids = append(ids, "generic-api-key", "aws-access-token", "private-key")
	defer func() { ids = ids[:4] }()
	right := 0
	for range 40 {
		if sameAsGitleaks(t, g.config([]string{"useDefault = true"})) {
			right++
		}
	}
	if right < 5 {
		t.Errorf("%d of 40 configurations are right: the generator tests only one side", right)
	}
}
