package gitleaks

import (
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
