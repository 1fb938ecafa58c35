package gitleaks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"
)

// FuzzTOML holds that what go-toml's decoder takes is taken here, and is the same.
func FuzzTOML(f *testing.F) {
	f.Add(config.DefaultConfig[:3000])
	f.Add("a = 1\n[b.c]\nd.e = [1, {f = 'x'}, 0x_1]\n[[g]]\nh = 1_0.5e3\n[[g.i]]\n[g.j]\n[[g]]\n")
	f.Add("a = {b.c = 1, d = {}}\n\"x y\".'z' = inf\nt = 1979-05-27T07:32:00Z\n")
	f.Add("[a]\nb = 1\n[a.b]\n")
	many := ""
	for n := range 2 * fewEntries {
		many += fmt.Sprintf("k%d = %d\n", n, n)
	}
	f.Add(many)
	f.Add(many + "k3 = 4\n")
	f.Add("a = [[[[1]]]]\nb = \"\"\"\n\\\n x\"\"\"\nc = -0b1\nd = 1e999\n")
	f.Fuzz(func(t *testing.T, text string) {
		var want map[string]any
		err := toml.Unmarshal([]byte(text), &want)
		root, wrong := parseTOML([]byte(text))
		if (err == nil) != (wrong == nil) {
			t.Fatalf("go-toml says %v, we say %v", err, wrong)
		}
		if wrong != nil {
			if wrong.at.Start < 0 || wrong.at.End < wrong.at.Start || wrong.at.End > len(text) {
				t.Errorf("a mistake at %+v of a text of %d bytes", wrong.at, len(text))
			}
			return
		}
		if diff := cmp.Diff(plainMap(want), plain(&value{kind: isTable, table: root}), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

// plain turns a value into what go-toml's decoder makes.
func plain(v *value) any {
	switch v.kind {
	case isText:
		return v.text
	case isNumber:
		return v.number
	case isFraction:
		return v.fraction
	case isTruth:
		return v.truth
	case isList:
		out := []any{}
		for _, item := range v.items {
			out = append(out, plain(item))
		}
		return out
	case isTable:
		out := map[string]any{}
		for _, e := range v.table.entries {
			out[e.name] = plain(e.value)
		}
		return out
	default:
		return "a date"
	}
}

// plainMap takes the dates out of what go-toml's decoder makes: nobody needs them.
func plainMap(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, item := range v {
			out[name] = plainMap(item)
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, plainMap(item))
		}
		return out
	case string, int64, float64, bool:
		return v
	default:
		return "a date"
	}
}

// FuzzConfig holds that any text gives rules or a mistake with a place, and that
// no message quotes it.
func FuzzConfig(f *testing.F) {
	f.Add("[extend]\nuseDefault = true\n[[rules]]\nid = 'generic-api-key'\nentropy = 4\n[[rules.allowlists]]\nregexes = ['a']\n")
	f.Add("[[rules]]\nid = 'a'\nregex = '('\nregexs = 'b'\n[allowlist]\npaths = ['a']\n[[allowlists]]\ncondition = 'x'\n")
	f.Add("rules = [{id = 1, regex = true, required = {id = 'a', withinLines = '3'}}]\nminVersion = 'v9-rc1'\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, diagnostics, err := Load(Options{Getenv: func(name string) string {
			return map[string]string{EnvConfigTOML: text}[name]
		}})
		if err != nil {
			t.Fatal(err)
		}
		failed := false
		for _, d := range diagnostics {
			failed = failed || d.Rule == ruleFile.ID
			if d.Message == "" || strings.ContainsAny(d.Message, "\n\x00") {
				t.Errorf("the message is %q", d.Message)
			}
		}
		if failed == (c != nil) {
			t.Errorf("%d diagnostics, failed: %v, with a configuration: %v", len(diagnostics), failed, c != nil)
		}
	})
}

// FuzzIgnore holds that an entry sets aside the finding that has it as its
// fingerprint, whatever stands round it.
func FuzzIgnore(f *testing.F) {
	f.Add("# why\na.txt:r:1\n\nb:c.txt:r:2", "a.txt", "r", 1)
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:a.txt:r:1\r\n:::\n", "b c:d", "x-y", 70)
	f.Fuzz(func(t *testing.T, text, path, rule string, line int) {
		i := &Ignore{entries: map[fingerprint][]*ignoreEntry{}, looked: map[string]bool{}}
		var r reporter
		i.read(newSource(IgnoreName, []byte(text), 0), &r)
		if len(i.all)+len(r.found) > strings.Count(text, "\n")+1 {
			t.Errorf("%d entries and %d mistakes in %d lines", len(i.all), len(r.found), strings.Count(text, "\n")+1)
		}
		entry := fmt.Sprintf("%s:%s:%d", path, rule, line)
		if line < 0 || rule == "" || cleanPath(path) != path || path == "" || strings.ContainsAny(rule, ":\r\n") || strings.ContainsAny(path, "\r\n") ||
			strings.TrimSpace(entry) != entry || strings.HasPrefix(entry, "#") {
			return
		}
		if commit, _, found := strings.Cut(path, ":"); found && isCommit(commit) {
			return
		}
		i.read(newSource(IgnoreName, []byte(text+"\n"+entry+"\n"), 0), &r)
		if i.use(fingerprint{path: path, rule: rule, line: line}) == nil {
			t.Errorf("%q sets nothing aside", entry)
		}
	})
}

// FuzzBaseline holds that what is no report is refused without being quoted.
func FuzzBaseline(f *testing.F) {
	f.Add(`[{"RuleID": "r", "StartLine": 1, "Secret": "REDACTED", "File": "a.txt", "Entropy": 3.5, "Tags": [], "Fragment": {}}]`)
	f.Add("null")
	f.Add(`[{"Secret": "abc...", "StartLine": 1e3}, {}]`)
	f.Fuzz(func(t *testing.T, text string) {
		b := newBaseline("base.json")
		err := b.read(strings.NewReader(text))
		if err != nil && err.Error() != "it is no report of gitleaks in JSON" {
			t.Errorf("the error says more than that it is none")
		}
		if unused := b.Unused(true); (b.count > 0) != (len(unused) == 1) {
			t.Errorf("of %d entries, none of which matched, %d are told of", b.count, len(unused))
		}
	})
}
