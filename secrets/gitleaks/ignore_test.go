package gitleaks_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/report"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
)

var (
	_ secrets.Exceptions = (*gitleaks.Ignore)(nil)
	_ secrets.Exceptions = (*gitleaks.Baseline)(nil)
)

const (
	commitA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	commitB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// findingAt is a finding in a file.
func findingAt(path, rule string, line int) *secrets.Finding {
	return &secrets.Finding{
		Location: envtight.WholeFile(path),
		Match: secrets.Match{
			Rule: &secrets.Rule{ID: rule, Description: "a rule"}, Secret: envtight.NewSecret("k" + rule), Whole: envtight.Span{Start: 0, End: 4},
			StartLine: line - 1, EndLine: line - 1, StartColumn: 3, EndColumn: 6, Entropy: 1.5,
		},
	}
}

// added makes it one of a history.
func added(f *secrets.Finding, at ...secrets.Added) *secrets.Finding {
	f.Location.Kind = envtight.AtObject
	f.History = &secrets.History{Added: at}
	return f
}

func loadIgnore(t testing.TB, o gitleaks.IgnoreOptions, files map[string]string) (*gitleaks.Ignore, []envtight.Diagnostic) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	o.ReadFile = func(path string) ([]byte, error) {
		if info, err := fs.Stat(fsys, path); err == nil && info.IsDir() {
			return nil, fs.ErrNotExist
		}
		return fs.ReadFile(fsys, path)
	}
	i, diagnostics, err := gitleaks.LoadIgnore(o)
	if err != nil {
		t.Fatal(err)
	}
	return i, diagnostics
}

func TestIgnore(t *testing.T) {
	member := findingAt("a.zip", "r", 1)
	member.Location.Kind, member.Location.Member = envtight.AtMember, "in/b.txt"
	path := findingAt("key.p12", "r", 1)
	path.Match = secrets.Match{Rule: path.Rule}
	tests := []struct {
		name, entry string
		finding     *secrets.Finding
		want        bool
	}{
		{"path", "a/b.txt:r:3", findingAt("a/b.txt", "r", 3), true},
		{"another path", "b.txt:r:3", findingAt("a/b.txt", "r", 3), false},
		{"another rule", "a.txt:r:3", findingAt("a.txt", "rr", 3), false},
		{"another line", "a.txt:r:3", findingAt("a.txt", "r", 4), false},
		{"backslashes", `a\b.txt:r:3`, findingAt("a/b.txt", "r", 3), true},
		{"from here", "./a.txt:r:3", findingAt("a.txt", "r", 3), true},
		{"spaces and a carriage return", "\t a b.txt:r:3 \r", findingAt("a b.txt", "r", 3), true},
		{"a colon in the path", "a:b:c.txt:r:3", findingAt("a:b:c.txt", "r", 3), true},
		{"a colon in a path of three parts", "a:c.txt:r:3", findingAt("c.txt", "r", 3), false},
		{"a member", "a.zip!in/b.txt:r:1", member, true},
		{"a path is the finding", "key.p12:r:0", path, true},
		{"a commit", commitA + ":a.txt:r:3", added(findingAt("a.txt", "r", 9), secrets.Added{Commit: commitB, Line: 9}, secrets.Added{Commit: commitA, Line: 3}), true},
		{"a commit in capitals", strings.ToUpper(commitA) + ":a.txt:r:3", added(findingAt("a.txt", "r", 3), secrets.Added{Commit: commitA, Line: 3}), true},
		{"a commit, another line", commitA + ":a.txt:r:9", added(findingAt("a.txt", "r", 9), secrets.Added{Commit: commitB, Line: 9}, secrets.Added{Commit: commitA, Line: 3}), false},
		{"a commit and a colon", commitA + ":a:b.txt:r:3", added(findingAt("a:b.txt", "r", 3), secrets.Added{Commit: commitA, Line: 3}), true},
		{"a commit, no history", commitA + ":a.txt:r:3", findingAt("a.txt", "r", 3), false},
		{"a commit by SHA-256", strings.Repeat(commitA, 2)[:64] + ":a.txt:r:3", added(findingAt("a.txt", "r", 3), secrets.Added{Commit: strings.Repeat("a", 64), Line: 3}), true},
		{"any commit", "a.txt:r:3", added(findingAt("a.txt", "r", 9), secrets.Added{Commit: commitB, Line: 9}, secrets.Added{Commit: commitA, Line: 3}), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i, diagnostics := loadIgnore(t, gitleaks.IgnoreOptions{History: true}, map[string]string{gitleaks.IgnoreName: tt.entry})
			if len(diagnostics) != 0 {
				t.Fatal(lines(diagnostics))
			}
			s := i.Except(tt.finding, nil)
			if (s != nil) != tt.want || (len(i.Unused(true)) == 0) != tt.want {
				t.Errorf("it is set aside: %v, unused: %d", s != nil, len(i.Unused(true)))
			}
			if s != nil && (s.By != "ignore-file" || s.Location.Path != gitleaks.IgnoreName || s.Location.Range.Start.Line != 1) {
				t.Errorf("it is set aside by %s at %s", s.By, s.Location)
			}
		})
	}
}

func TestIgnoreFile(t *testing.T) {
	text := `# a sample of the vendor,
# public
a.txt:r:1
b.txt:r:1

c.txt:r:1
nonsense
a.txt:r:x
:r:1
a.txt::1
` + commitA + `::r:1
` + commitA + `:d.txt:r:1
a.txt:r:1
`
	i, diagnostics := loadIgnore(t, gitleaks.IgnoreOptions{}, map[string]string{gitleaks.IgnoreName: text})
	want := ""
	for line := 7; line <= 11; line++ {
		want += fmt.Sprintf(".gitleaksignore:%d:1: warning: this is no entry, so it sets nothing aside [config/gitleaks-ignore]\n", line)
	}
	if diff := cmp.Diff(want, lines(diagnostics)); diff != "" {
		t.Error(diff)
	}
	for path, reason := range map[string]string{"a.txt": "a sample of the vendor, public", "b.txt": "a sample of the vendor, public", "c.txt": "listed in .gitleaksignore"} {
		if s := i.Except(findingAt(path, "r", 1), nil); s == nil || s.Reason != reason {
			t.Errorf("%s is set aside because of %+v", path, s)
		}
	}
	if unused := i.Unused(true); len(unused) != 0 {
		t.Errorf("without a history, an entry of a commit proves nothing, and one that is there twice is used twice: %s", lines(unused))
	}
	i, _ = loadIgnore(t, gitleaks.IgnoreOptions{History: true}, map[string]string{gitleaks.IgnoreName: text})
	i.Except(findingAt("a.txt", "r", 1), nil)
	if diff := cmp.Diff([]int{4, 6, 12}, linesOf(i.Unused(true))); diff != "" {
		t.Error(diff)
	}
}

// TestIgnoreUnused: an entry about what was not looked at is not unused.
func TestIgnoreUnused(t *testing.T) {
	text := "looked.txt:r:1\nthere.txt:r:1\ngone.txt:r:1\n" + commitA + ":looked.txt:r:1\nused.txt:r:1\n"
	for _, test := range []struct {
		history, whole bool
		want           []int
	}{
		{false, false, []int{1}},
		{false, true, []int{1, 3}},
		{true, true, []int{1, 3, 4}},
	} {
		i, _ := loadIgnore(t, gitleaks.IgnoreOptions{
			History: test.history, There: func(path string) bool { return path != "gone.txt" },
		}, map[string]string{gitleaks.IgnoreName: text})
		for _, path := range []string{"looked.txt", "used.txt", "other.txt"} {
			i.LookedAtFile(path)
		}
		i.Except(findingAt("used.txt", "r", 1), nil)
		if diff := cmp.Diff(test.want, linesOf(i.Unused(test.whole))); diff != "" {
			t.Errorf("%+v: %s", test, diff)
		}
	}
}

func linesOf(diagnostics []envtight.Diagnostic) []int {
	var out []int
	for _, d := range diagnostics {
		out = append(out, d.Location.Range.Start.Line)
	}
	return out
}

// TestIgnoreLookup holds where gitleaks looks for ignore files: in the one that was
// named or its directory, and in the target.
func TestIgnoreLookup(t *testing.T) {
	files := map[string]string{
		".gitleaksignore": "here:r:1\n", "dir/.gitleaksignore": "dir:r:1\n", "target/.gitleaksignore": "target:r:1\n", "other.txt": "other:r:1\n",
	}
	for _, tt := range []struct {
		options gitleaks.IgnoreOptions
		want    string
	}{
		{gitleaks.IgnoreOptions{}, ".gitleaksignore"},
		{gitleaks.IgnoreOptions{Target: "."}, ".gitleaksignore"},
		{gitleaks.IgnoreOptions{Target: "target"}, ".gitleaksignore target/.gitleaksignore"},
		{gitleaks.IgnoreOptions{Path: "dir", Target: "target"}, "dir/.gitleaksignore target/.gitleaksignore"},
		{gitleaks.IgnoreOptions{Path: "other.txt"}, "other.txt"},
		{gitleaks.IgnoreOptions{Path: ".", Dir: "dir", Target: "."}, "dir/.gitleaksignore"},
		{gitleaks.IgnoreOptions{Path: "gone", Target: "gone"}, ""},
	} {
		i, _ := loadIgnore(t, tt.options, files)
		var read []string
		for _, f := range i.Files() {
			read = append(read, f.Name)
		}
		if diff := cmp.Diff(tt.want, strings.Join(read, " ")); diff != "" {
			t.Errorf("%+v: %s", tt.options, diff)
		}
	}
}

// TestIgnoreOnDisk shows that a directory without an ignore file is none, and that
// a file that cannot be read is no empty one.
func TestIgnoreOnDisk(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ignore.txt")
	if err := os.WriteFile(file, []byte("a.txt:r:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{dir: 0, file: 1, filepath.Join(dir, "gone"): 0} {
		i, _, err := gitleaks.LoadIgnore(gitleaks.IgnoreOptions{Path: path, Target: dir})
		if err != nil || len(i.Files()) != want {
			t.Errorf("%s: %d files, %v", path, len(i.Files()), err)
		}
	}
	if _, _, err := gitleaks.LoadIgnore(gitleaks.IgnoreOptions{Path: os.DevNull}); err == nil {
		t.Error("a device is read")
	}
}

// TestIgnoreIsTheirs compares entries with what gitleaks does with them, for
// findings with and without a commit.
func TestIgnoreIsTheirs(t *testing.T) {
	entries := []string{
		"a.txt:r:1", `b\c.txt:r:1`, commitA + ":a.txt:r:1", commitA + `:b\c.txt:r:1`, "  a.txt:r:1  ", "#a.txt:r:1", "a.txt:r:2", "a.txt:q:1", "r:1", "",
	}
	for _, entry := range entries {
		for _, path := range []string{"a.txt", "b/c.txt"} {
			for _, commit := range []string{"", commitA, commitB} {
				file := filepath.Join(t.TempDir(), "ignore")
				if err := os.WriteFile(file, []byte(entry+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				d := detect.NewDetector(gitleaksConfig(t))
				if err := d.AddGitleaksIgnore(file); err != nil {
					t.Fatal(err)
				}
				d.AddFinding(report.Finding{File: path, RuleID: "r", StartLine: 1, Commit: commit})
				f := findingAt(path, "r", 1)
				if commit != "" {
					f = added(f, secrets.Added{Commit: commit, Line: 1})
				}
				i, _ := loadIgnore(t, gitleaks.IgnoreOptions{}, map[string]string{gitleaks.IgnoreName: entry})
				if ours, theirs := i.Except(f, nil) != nil, len(d.Findings()) == 0; ours != theirs {
					t.Errorf("%q, %s, commit %q: gitleaks ignores it: %v", entry, path, commit, theirs)
				}
			}
		}
	}
}
