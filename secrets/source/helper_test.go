package source_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// token is what the detector of the tests finds.
const token = "tok_" + "0123456789abcdef"

func detector(t testing.TB) *secrets.Detector {
	t.Helper()
	d, err := secrets.NewDetector(secrets.RuleSet{Rules: []secrets.Rule{
		{ID: "token", Description: "A token.", Regex: `tok_[0-9a-f]{16}`, Keywords: []string{"tok_"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// scan runs a source and returns what it yields as "path:line:column", with what
// it says.
type scan struct {
	found      []string
	findings   []secrets.Finding
	looked     map[string]int
	incomplete []envtight.Incompleteness
	shown      map[string]string
	err        error
}

func run(t testing.TB, s secrets.Source, o secrets.Options) scan {
	t.Helper()
	got := scan{looked: map[string]int{}, shown: map[string]string{}}
	o.Incomplete = func(i envtight.Incompleteness) { got.incomplete = append(got.incomplete, i) }
	o.Looked = func(what string, n int) { got.looked[what] += n }
	o.Text = func(path string, text []byte) { got.shown[path] = string(text) }
	for f, err := range secrets.Scan(t.Context(), s, detector(t), o) {
		if err != nil {
			got.err = err
			break
		}
		got.findings = append(got.findings, f)
		got.found = append(got.found, f.Location.String())
	}
	return got
}

// causes are what a scan says was not looked at.
func (s scan) causes() []string {
	var out []string
	for _, i := range s.incomplete {
		out = append(out, string(i.Silence)+": "+i.Cause)
	}
	return out
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// environ is an environment in which no configuration but a repository's own
// counts.
func environ(t testing.TB) []string {
	t.Helper()
	home := t.TempDir()
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES=" + os.TempDir(),
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}
}

// git runs git in dir.
func git(t testing.TB, env []string, dir string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir, cmd.Env = dir, slices.Clone(env)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSuffix(string(out), "\n")
}
