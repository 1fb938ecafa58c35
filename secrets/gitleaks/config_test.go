package gitleaks_test

import (
	"bytes"
	"fmt"
	"github.com/google/go-cmp/cmp"
	"github.com/zricethezav/gitleaks/v8/config"
	"golang.org/x/tools/txtar"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
)

func defaultRules(t testing.TB) secrets.RuleSet {
	t.Helper()
	rules, err := gitleaks.Default()
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// load reads a configuration from files.
func load(t testing.TB, files map[string]string, o gitleaks.Options) (*gitleaks.Config, []envtight.Diagnostic) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	o.ReadFile = func(path string) ([]byte, error) { return fs.ReadFile(fsys, path) }
	c, diagnostics, err := gitleaks.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, diagnostics
}

// TestMistakes shows where mistakes are reported and in which words, which never
// repeat what stands there.
func TestMistakes(t *testing.T) {
	const rule = "[[rules]]\nid = 'one'\nregex = 'a'\n"
	tests := []struct{ name, text, want string }{
		{"no TOML", "title = 'x'\nrules = [\n", "2:10 error this is not TOML"},
		{"a table twice", "[extend]\n[extend]\n", "2:2 error this is defined a second time"},
		{"a type", "[[rules]]\nid = 'one'\nregex = {a = 1}\n", "1:3 error this rule has neither regex nor path, so it would find nothing\n" +
			"3:1 error regex must be a string"},
		{"a list of what", rule + "keywords = [['x']]\n", "4:1 error keywords must be a list of strings"},
		{"a number", rule + "secretGroup = 'first'\n", "4:15 error secretGroup must be a whole number"},
		{"brackets of the old form", "[[allowlist]]\npaths = ['a']\n", "1:3 error allowlist must be a table: [allowlist]"},
		{"an expression", "[[rules]]\nid = 'one'\nregex = '''(a'''\npath = '''(?!b)'''\n",
			"3:9 error this is no regular expression: missing closing )\n4:8 error this is no regular expression: invalid or unsupported Perl syntax"},
		{"expressions of allowlists", "[[allowlists]]\npaths = [\n  'a',\n  '[',\n]\nregexes = ['+']\n",
			"4:3 error this is no regular expression: missing closing ]\n6:12 error this is no regular expression: missing argument to repetition operator"},
		{"a group", "[[rules]]\nid = 'one'\nregex = '(a)'\nsecretGroup = 2\n", "4:15 error secretGroup is 2, and the expression has 1 groups"},
		{"no ID", "[[rules]]\nregex = 'a'\n", "1:3 error this rule has no ID"},
		{"words of allowlists", "[[rules]]\nid = 'one'\nregex = 'a'\n[[rules.allowlists]]\ncondition = 'not'\nregexTarget = 'file'\n",
			"4:9 error this allowlist has none of commits, paths, regexes and stopwords\n5:13 error condition must be AND or OR\n" +
				"6:15 error regexTarget must be secret, match or line"},
		{"both forms", rule + "[rules.allowlist]\npaths = ['a']\n[[rules.allowlists]]\npaths = ['a']\n[allowlist]\npaths = ['a']\n[[allowlists]]\npaths = ['a']\n",
			"4:8 error this rule has allowlists of the old form and of the new one\n8:2 error there are allowlists of the old form and of the new one"},
		{"required", rule + "[[rules.required]]\nid = 'on'\n[[rules.required]]\n",
			"5:6 error there is no such rule in this file; did you mean \"one\"?\n6:9 error this names no rule"},
		{"targets", rule + "[[allowlists]]\npaths = ['a']\ntargetRules = ['one', 'oen']\n", "6:23 error targetRules names a rule that is not there; did you mean \"one\"?"},
		{"a version", "minVersion = 'latest'\n", "1:14 error minVersion is no version"},
		{"both bases", "[extend]\nuseDefault = true\npath = 'x'\n", "1:2 error extend has both path and useDefault"},
		{"no base", "[extend]\npath = 'x'\n", "2:8 error extend.path names a file that is not there"},
		{"a default rule that is not extended", "[[rules]]\nid = 'generic-api-key'\n[[rules.allowlists]]\npaths = ['a']\n",
			"1:3 error this rule has neither regex nor path, so it would find nothing"},
		{"two spellings", rule + "REGEX = 'b'\n", "4:1 error this key stands here twice, in other capitals"},

		{"an unknown key", rule + "regexs = 'b'\n[[rules.allowlists]]\npaths = ['a']\ntargetRules = ['one']\n",
			"4:1 warning gitleaks knows no such key in a rule, so it says nothing; did you mean \"regex\"?\n" +
				"7:1 warning gitleaks knows no such key in an allowlist, so it says nothing"},
		{"any capitals", "[[RULES]]\nID = 'one'\nRegEx = 'a'\nsecretgroup = 0\n", ""},
		{"a string for a list", rule + "keywords = 'a,b'\n", "4:12 warning this string in place of a list is parted at its commas"},
		{"one ID twice", rule + rule, "1:3 warning a later rule of this file has the same ID and replaces this one"},
		{"a newer gitleaks", "minVersion = 'v99.0'\n", "1:14 warning this asks for a newer gitleaks than 8.30.1, whose rules and formats are known here"},
		{"this gitleaks", "minVersion = '8.30.1.0'\n[extend]\nuseDefault = true\n", ""},
		{"a base of somewhere", "[extend]\nurl = 'https://example.org'\n", "2:7 warning gitleaks does not read extend.url, so it says nothing"},
		{"nothing to disable", "[extend]\ndisabledRules = ['one']\n", "1:2 warning disabledRules has no effect, as nothing is extended"},
		{"disabled and not there", "[extend]\nuseDefault = true\ndisabledRules = ['generic-api-kye']\n",
			"3:18 warning disabledRules names a rule that the extended file does not have; did you mean \"generic-api-key\"?"},
		{"parts that are not joined", "[extend]\nuseDefault = true\n[[rules]]\nid = 'generic-api-key'\nskipReport = true\n",
			"3:3 warning required and skipReport have no effect on a rule that the extended file has, too"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, diagnostics := load(t, map[string]string{gitleaks.ConfigName: tt.text}, gitleaks.Options{})
			var got []string
			for _, d := range diagnostics {
				if d.Location.Path != gitleaks.ConfigName || d.Location.Kind != envtight.AtConfig {
					t.Errorf("%s is at %+v", d.Message, d.Location)
				}
				got = append(got, fmt.Sprintf("%d:%d %s %s", d.Location.Range.Start.Line, d.Location.Range.Start.Column, d.Severity, d.Message))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
			if failed := strings.Contains(tt.want, " error "); failed == (c != nil) {
				t.Errorf("there is a configuration: %v", c != nil)
			}
		})
	}
}

// TestLookup holds the order in which gitleaks looks for a configuration.
func TestLookup(t *testing.T) {
	files := map[string]string{}
	for _, path := range []string{"flag.toml", "variable.toml", gitleaks.ConfigName, "sub/" + gitleaks.ConfigName} {
		files[path] = "[[rules]]\nid = '" + path + "'\nregex = 'a'\n"
	}
	env := func(names ...string) func(string) string {
		values := map[string]string{
			gitleaks.EnvConfig:     "variable.toml",
			gitleaks.EnvConfigTOML: "[[rules]]\nid = 'text'\nregex = 'a'\n",
		}
		return func(name string) string {
			if slices.Contains(names, name) {
				return values[name]
			}
			return ""
		}
	}
	tests := []struct {
		name     string
		options  gitleaks.Options
		id, path string
	}{
		{"flag", gitleaks.Options{Path: "flag.toml", Getenv: env(gitleaks.EnvConfig, gitleaks.EnvConfigTOML)}, "flag.toml", "flag.toml"},
		{"path in the environment", gitleaks.Options{Getenv: env(gitleaks.EnvConfig, gitleaks.EnvConfigTOML)}, "variable.toml", "variable.toml"},
		{"text in the environment", gitleaks.Options{Getenv: env(gitleaks.EnvConfigTOML)}, "text", ""},
		{"working directory", gitleaks.Options{Getenv: env()}, gitleaks.ConfigName, gitleaks.ConfigName},
		{"target", gitleaks.Options{Target: "sub"}, "sub/" + gitleaks.ConfigName, "sub/" + gitleaks.ConfigName},
		{"none there", gitleaks.Options{Target: "other"}, "1password-secret-key", ""},
		{"no directory", gitleaks.Options{NoTarget: true}, "1password-secret-key", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := load(t, files, tt.options)
			if c.Rules.Rules[0].ID != tt.id || filepath.ToSlash(c.Path) != tt.path {
				t.Errorf("the first rule is %s, of the file %q; want %s, %q", c.Rules.Rules[0].ID, c.Path, tt.id, tt.path)
			}
		})
	}
}

// TestUnreadable shows that a file that was named and cannot be read stops, with
// its name and without its text.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, gitleaks.ConfigName), 0o700); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(dir, "large.toml")
	if err := os.WriteFile(large, bytes.Repeat([]byte("#\n"), 2<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		options gitleaks.Options
		want    string
	}{
		{gitleaks.Options{Path: filepath.Join(dir, "gone.toml")}, "gone.toml cannot be read: no such file"},
		{gitleaks.Options{Target: dir}, gitleaks.ConfigName + " cannot be read: it is a directory"},
		{gitleaks.Options{Path: large}, "large.toml cannot be read: it is larger than 4 MiB"},
		{gitleaks.Options{Path: os.DevNull}, "cannot be read: it is no regular file"},
	} {
		if _, _, err := gitleaks.Load(tt.options); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("the error is %v, want one with %q", err, tt.want)
		}
	}
}

// TestExtendedFiles shows names and order of files that extend each other, and
// that the third extension of a chain, and a loop, come to an end.
func TestExtendedFiles(t *testing.T) {
	rule := func(id, extend string) string {
		return "[extend]\npath = '" + extend + "'\n[[rules]]\nid = '" + id + "'\nregex = 'a'\n"
	}
	files := map[string]string{
		gitleaks.ConfigName: rule("d", "a/1.toml"), "a/1.toml": rule("c", "a/2.toml"), "a/2.toml": rule("b", "a/3.toml"), "a/3.toml": rule("a", ""),
		"loop/" + gitleaks.ConfigName:   rule("x", "loop/"+gitleaks.ConfigName),
		"broken/" + gitleaks.ConfigName: rule("x", "broken/1.toml"), "broken/1.toml": "\n[[rules]]\nid = 'a'\nregex = '('\n",
	}
	name := func(path string) string { return "root/" + filepath.ToSlash(path) }
	c, diagnostics := load(t, files, gitleaks.Options{Name: name})
	var ids, read []string
	for _, r := range c.Rules.Rules {
		ids = append(ids, r.ID)
	}
	for _, f := range c.Files {
		read = append(read, f.Name)
	}
	if diff := cmp.Diff([]string{"b", "c", "d"}, ids); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"root/.gitleaks.toml", "root/a/1.toml", "root/a/2.toml"}, read); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("root/a/2.toml:1:2: warning: this extend has no effect: it is the third of a chain [config/gitleaks-no-effect]\n", lines(diagnostics)); diff != "" {
		t.Error(diff)
	}
	if c, _ := load(t, map[string]string{"sub/.gitleaks.toml": rule("a", "b.toml"), "sub/b.toml": rule("b", "")}, gitleaks.Options{Dir: "sub"}); len(c.Rules.Rules) != 2 {
		t.Errorf("below a directory there are %d rules", len(c.Rules.Rules))
	}
	if c, _ := load(t, files, gitleaks.Options{Target: "loop"}); len(c.Rules.Rules) != 1 || len(c.Files) != 3 {
		t.Errorf("a loop gives %d rules of %d files", len(c.Rules.Rules), len(c.Files))
	}
	c, diagnostics = load(t, files, gitleaks.Options{Target: "broken"})
	if diff := cmp.Diff("broken/1.toml:4:9: error: this is no regular expression: missing closing ) [config/gitleaks-file]\n", lines(diagnostics)); diff != "" || c != nil {
		t.Error(diff, c != nil)
	}
}

// TestAllowFiles shows that only the files themselves are passed over.
func TestAllowFiles(t *testing.T) {
	d, err := secrets.NewDetector(secrets.RuleSet{Allow: []secrets.Allowlist{gitleaks.AllowFiles("./conf/g.toml", "base.json")}})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"conf/g.toml": true, "base.json": true, "conf/g-toml": false, "a/base.json": false, "base.jsonl": false} {
		if got := d.Allows(secrets.File{Path: path}); got != want {
			t.Errorf("%s is passed over: %v", path, got)
		}
	}
}

// TestExamples runs the examples of the rules.
func TestExamples(t *testing.T) {
	for _, rule := range gitleaks.Rules() {
		for _, example := range rule.Examples {
			files := map[string]string{}
			for _, f := range txtar.Parse([]byte(example.Files)).Files {
				files[f.Name] = string(f.Data)
			}
			_, diagnostics := load(t, files, gitleaks.Options{})
			_, ignored := loadIgnore(t, gitleaks.IgnoreOptions{}, files)
			var got []string
			for _, d := range append(diagnostics, ignored...) {
				if d.Rule == rule.ID {
					got = append(got, d.Location.String()+": "+d.Message)
				}
			}
			if diff := cmp.Diff(example.Want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("%s %s: %s", rule.ID, example.Title, diff)
			}
		}
		if len(rule.Examples) == 0 && rule.Topic() == "config" {
			t.Errorf("%s has no example", rule.ID)
		}
	}
}

// TestRelease holds that the release in messages is the one that is required.
func TestRelease(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	required := regexp.MustCompile(`zricethezav/gitleaks/v8 v(\S+)`).FindSubmatch(mod)
	if required == nil {
		t.Fatal("go.mod does not require gitleaks")
	}
	_, diagnostics := load(t, map[string]string{gitleaks.ConfigName: "minVersion = '999'\n"}, gitleaks.Options{})
	if len(diagnostics) != 1 || !strings.Contains(diagnostics[0].Message, " "+string(required[1])+",") {
		t.Errorf("%s does not name %s", lines(diagnostics), required[1])
	}
}

// BenchmarkDefault is what every command that looks for secrets pays once.
func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		defaultRules(b)
	}
}

// BenchmarkLoad reads a copy of the default configuration as a user's file, in
// which every expression is checked.
func BenchmarkLoad(b *testing.B) {
	files := map[string]string{gitleaks.ConfigName: config.DefaultConfig}
	for b.Loop() {
		load(b, files, gitleaks.Options{})
	}
}

// TestNoRules: a file without rules is no clean bill.
func TestNoRules(t *testing.T) {
	for _, text := range []string{"", "title = \"ours\"\n", "[[allowlists]]\npaths = [\"x\"]\n"} {
		_, told, err := gitleaks.Load(gitleaks.Options{Path: "rules.toml", ReadFile: func(string) ([]byte, error) { return []byte(text), nil }})
		if err != nil {
			t.Fatal(err)
		}
		if len(told) != 1 || told[0].Rule != "config/gitleaks-no-effect" || !strings.Contains(told[0].Message, "no rules") {
			t.Errorf("%q: %+v", text, told)
		}
	}
}
