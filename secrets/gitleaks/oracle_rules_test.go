package gitleaks_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/envtight/envtight/secrets"
)

// ruleWriter makes configurations that use all of what gitleaks' rules can say.
type ruleWriter struct {
	writer
	toml        strings.Builder
	expressions []string
}

var (
	someExpressions = []string{
		`tok_[a-z0-9]{4,8}`, `(?i)key\s*=\s*["']?([a-z0-9]{3,10})`, `\bsec-(\d{1,3})-([a-f]+)\b`, `pw:(\S+)`,
		`(?s)BEGIN.{3,20}?END`, `\n+x([a-z]{3})\n`, `[a-z]{6}$`, `(?m)^line=(.*)$`, `(foo)?bar=(\w*)`, `^start\w+`,
		`(?i)\b(?:api|key)[\w.-]{0,10}?[ =:"']{1,3}([\w-]{4,20})["'\s;]`, `é[a-zà-ü]{2,5}`, `\D(\d{4})\D`,
	}
	somePaths     = []string{`\.env$`, `^src/`, `(?i)\.ya?ml$`, `config`, `.`}
	someKeywords  = []string{"tok_", "key", "KEY", "sec-", "pw", "begin", "x", "bar", "start", "=", "é", "api"}
	someStopWords = []string{"abc", "TOK_a", "1", "zz", "é"}
	someRegexes   = []string{`^[a-m]+$`, `(?i)A`, `\d{2}`, `^\s*x`, `line=`, `tok_[a-c]`, `b$`}
	someCommits   = []string{"abc123", " DEF456 ", "0123456789"}
	someFiles     = []secrets.File{
		{}, {Path: "a.env"}, {Path: "src/config.ts"}, {Path: "src/A.YML", Commit: "ABC123"}, {Commit: "def456"},
		{Path: "config.yaml", Commit: "0123456789"}, {Path: "b/c.txt", Commit: "ffff"},
	}
)

func (w *ruleWriter) some(list []string) []string {
	var out []string
	for range 1 + w.IntN(2) {
		out = append(out, list[w.IntN(len(list))])
	}
	return out
}

func (w *ruleWriter) one(of ...string) string { return of[w.IntN(len(of))] }

func (w *ruleWriter) list(key string, values []string) {
	fmt.Fprintf(&w.toml, "%s = ['''%s''']\n", key, strings.Join(values, "''', '''"))
}

func (w *ruleWriter) allowlist(title string, rules int) {
	fmt.Fprintf(&w.toml, "[[%s]]\n", title)
	if rules > 0 && w.IntN(4) == 0 {
		w.list("targetRules", []string{w.id(w.IntN(rules))})
	}
	if w.IntN(2) == 0 {
		fmt.Fprintf(&w.toml, "condition = %q\n", w.one("AND", "and", "&&", "OR", "||"))
	}
	if w.IntN(2) == 0 {
		fmt.Fprintf(&w.toml, "regexTarget = %q\n", w.one("match", "line", "secret"))
	}
	which := 1 + w.IntN(15)
	for bit, f := range []func(){
		func() { w.list("regexes", w.some(someRegexes)) },
		func() { w.list("paths", w.some(somePaths)) },
		func() { w.list("stopwords", w.some(someStopWords)) },
		func() { w.list("commits", w.some(someCommits)) },
	} {
		if which&(1<<bit) != 0 {
			f()
		}
	}
}

func (w *ruleWriter) id(n int) string {
	return fmt.Sprint([]string{"a", "Generic-b", "c", "my-generic"}[n%4], n)
}

func (w *ruleWriter) rules() string {
	n := 1 + w.IntN(6)
	for i := range n {
		fmt.Fprintf(&w.toml, "[[rules]]\nid = %q\n", w.id(i))
		expression := someExpressions[w.IntN(len(someExpressions))]
		w.expressions = append(w.expressions, expression)
		// gitleaks lets findings about paths take part in what generic
		// rules give way to; we do not.
		about := w.IntN(10) == 0 && !isGeneric(w.id(i))
		if !about {
			fmt.Fprintf(&w.toml, "regex = '''%s'''\n", expression)
		}
		if groups := strings.Count(expression, "(") - strings.Count(expression, "(?"); !about && groups > 0 && w.IntN(3) == 0 {
			fmt.Fprintf(&w.toml, "secretGroup = %d\n", 1+w.IntN(groups))
		}
		if about || w.IntN(4) == 0 {
			fmt.Fprintf(&w.toml, "path = '''%s'''\n", somePaths[w.IntN(len(somePaths))])
		}
		if w.IntN(3) == 0 {
			fmt.Fprintf(&w.toml, "entropy = %s\n", w.one("0.5", "1.5", "2", "2.5"))
		}
		if w.IntN(2) == 0 {
			w.list("keywords", w.some(someKeywords))
		}
		if w.IntN(3) == 0 {
			w.list("tags", []string{"t"})
		}
		if w.IntN(8) == 0 {
			fmt.Fprintln(&w.toml, "skipReport = true")
		}
		for range w.IntN(3) / 2 * (1 + w.IntN(2)) {
			w.allowlist("rules.allowlists", 0)
		}
		for range w.IntN(4) / 3 * (1 + w.IntN(3)) {
			fmt.Fprintf(&w.toml, "[[rules.required]]\nid = %q\n", w.id(w.IntN(n)))
			if w.IntN(2) == 0 {
				fmt.Fprintf(&w.toml, "withinLines = %d\n", w.IntN(4))
			}
			if w.IntN(3) == 0 {
				fmt.Fprintf(&w.toml, "withinColumns = %d\n", w.IntN(12))
			}
		}
	}
	for range w.IntN(3) {
		w.allowlist("allowlists", n)
	}
	return w.toml.String()
}

// encoded hides a token in one or more encodings.
func (w writer) encoded(token string) string {
	for range 1 + w.IntN(3) {
		switch w.IntN(5) {
		case 0:
			token = base64.StdEncoding.EncodeToString([]byte(token))
		case 1:
			token = base64.RawURLEncoding.EncodeToString([]byte(token))
		case 2:
			token = hex.EncodeToString([]byte(token))
		case 3:
			token = url.QueryEscape(token)
		case 4:
			var out strings.Builder
			for _, c := range token {
				fmt.Fprintf(&out, `\u%04x`, c)
			}
			token = out.String()
		}
	}
	return token
}

func (w *ruleWriter) lines() string {
	var out strings.Builder
	for range 1 + w.IntN(8) {
		token := w.matching(w.expressions[w.IntN(len(w.expressions))])
		if w.IntN(4) == 0 {
			token = w.encoded(token + w.one("", " and more", "\n"))
		}
		out.WriteString(token + w.one("\n", " ", "", ";", "\n\n", " # gitleaks:allow\n", "=", "\r\n", "\xff", "\u212aey", "ap\u0130"))
	}
	text := out.String()
	if strings.Contains(text, "\n") {
		text += "\n" // see compare: other ends are another test's
	}
	return text
}

// compareRules compares us with gitleaks with rules and texts made of a seed.
func compareRules(t *testing.T, seed uint64) (found int) {
	t.Helper()
	w := &ruleWriter{writer: writer{rand.New(rand.NewPCG(seed, 7))}}
	config := w.rules()
	o := newOracle(t, config)
	for range 4 {
		text := w.lines()
		for _, file := range someFiles {
			found += o.compare(t, file, text)
		}
		if t.Failed() {
			// No secrets: all of it was made here.
			t.Fatalf("seed %d\n%s\n%q", seed, config, text)
		}
	}
	return found
}

func TestRuleSets(t *testing.T) {
	found := 0
	for seed := range uint64(300) {
		found += compareRules(t, seed)
	}
	if found < 3000 {
		t.Errorf("only %d matches were compared", found)
	}
}

func FuzzRuleSets(f *testing.F) {
	f.Add(uint64(1000))
	f.Fuzz(func(t *testing.T, seed uint64) { compareRules(t, seed) })
}
