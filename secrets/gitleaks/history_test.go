package gitleaks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zricethezav/gitleaks/v8/cmd/scm"
	"github.com/zricethezav/gitleaks/v8/detect"
	gitleaksreport "github.com/zricethezav/gitleaks/v8/report"
	"github.com/zricethezav/gitleaks/v8/sources"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
	"github.com/envtight/envtight/secrets/history"
)

const historyConfig = `[[rules]]
id = "token"
regex = '''name = "(tok_[0-9a-z]+)"'''
[[rules]]
id = "block"
regex = '''BEGIN[\s\S]+?END'''
`

// versions are commits, each with the texts of its files.
func versions() []map[string]string {
	token := func(n int) string { return fmt.Sprintf("name = \"tok_%d%d\"\n", n, n*n*7919) }
	block := "BEGIN\nabc\ndef\nEND\n"
	return []map[string]string{
		{"a.txt": token(1) + "x\n" + token(2), "dir/b c.txt": "x\n" + block},
		{"a.txt": "new\n" + token(1) + "x\n" + token(2) + token(3), "dir/b c.txt": "x\n" + block + "  " + token(4)},
		{"a.txt": "gone\n", "dir/b c.txt": "y\nz\n" + token(5) + block},
		{"a.txt": "back\n" + token(1), "dir/b c.txt": "y\nz\n" + token(5) + block},
	}
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.autocrlf=false"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
}

// gitleaksOn runs gitleaks itself over a history.
func gitleaksOn(t *testing.T, dir string) []gitleaksreport.Finding {
	t.Helper()
	c, err := translate(historyConfig)
	if err != nil {
		t.Fatal(err)
	}
	d := detect.NewDetector(c)
	log, err := sources.NewGitLogCmdContext(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	found, err := d.DetectSource(t.Context(), &sources.Git{
		Cmd: log, Config: &d.Config, Remote: sources.NewRemoteInfoContext(t.Context(), scm.NoPlatform, dir), Sema: d.Sema,
	})
	if err != nil || len(found) == 0 {
		t.Fatal(len(found), err)
	}
	return found
}

// TestHistoryOfTheirs takes what gitleaks finds in a history for an ignore file and
// for baselines: each entry sets something aside, and nothing is left.
func TestHistoryOfTheirs(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	for n, files := range versions() {
		for name, text := range files {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-q", "-m", fmt.Sprint("commit ", n))
	}
	found := gitleaksOn(t, dir)
	var ignored strings.Builder
	redacted := make([]gitleaksreport.Finding, len(found))
	for i, f := range found {
		ignored.WriteString(f.Fingerprint + "\n")
		f.Redact(100)
		redacted[i] = f
	}
	ignore, wrong := loadIgnore(t, gitleaks.IgnoreOptions{History: true}, map[string]string{gitleaks.IgnoreName: ignored.String()})
	all := map[string]secrets.Exceptions{"ignore file": ignore, "baseline": baselineOf(t, found), "redacted baseline": baselineOf(t, redacted)}
	if len(wrong) > 0 {
		t.Fatal(lines(wrong))
	}
	c, _ := load(t, map[string]string{gitleaks.ConfigName: historyConfig}, gitleaks.Options{})
	d, err := secrets.NewDetector(c.Rules)
	if err != nil {
		t.Fatal(err)
	}
	s, err := history.Open(dir, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	n := 0
	for f, err := range secrets.Scan(t.Context(), s, d, secrets.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		for name, e := range all {
			if e.Except(&f, nil) == nil {
				t.Errorf("%s: %s at %s is new; it was added by %+v", name, f.Rule.ID, f.Location, f.History.Added)
			}
		}
	}
	for name, e := range all {
		if unused := e.Unused(true); len(unused) > 0 {
			t.Errorf("%s: %s", name, lines(unused))
		}
	}
	if n != 6 {
		t.Errorf("there are %d findings, want one for each secret and path", n)
	}
}

func baselineOf(t *testing.T, found []gitleaksreport.Finding) *gitleaks.Baseline {
	t.Helper()
	text, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	b, err := loadBaseline(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
