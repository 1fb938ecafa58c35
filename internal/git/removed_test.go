package git

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/envtight/envtight/internal/program"
)

func TestRemoved(t *testing.T) {
	s := newSandbox(t)
	s.env = append(s.env, "GIT_COMMITTER_DATE=2026-03-04T05:06:07+02:00")
	for _, path := range []string{"apps/web/a", "apps/old/a", "apps/old/b/c", "apps/[x]/a", "apps/x/a", "apps/sparse/a", "apps/again/a"} {
		s.write(path, "x")
	}
	s.git("add", ".")
	s.git("commit", "-q", "-m", "one")
	s.git("rm", "-q", "apps/old/a")
	s.git("commit", "-q", "-m", "two")
	s.git("rm", "-q", "-r", "apps/old", ":(literal)apps/[x]", "apps/again")
	s.git("commit", "-q", "-m", "three")
	want := s.git("rev-parse", "HEAD")
	s.write("apps/again/a", "y")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "four")
	s.git("update-index", "--skip-worktree", "apps/sparse/a")
	if err := os.RemoveAll(filepath.Join(s.dir, "apps", "sparse")); err != nil {
		t.Fatal(err)
	}
	repo := s.open(s.dir)
	for dir, removed := range map[string]bool{
		"apps/old": true, "apps/old/b": true, "apps/[x]": true,
		"apps/web": false, "apps/x": false, "apps/sparse": false, "apps/again": false,
		"apps/never": false, "apps/*": false, "": false, ".": false, "../x": false, "/apps/old": false, "--all": false, "a\x00b": false, ":(top)apps/old": false,
	} {
		got, err := repo.Removed(t.Context(), dir)
		switch {
		case err != nil:
			t.Errorf("%q: %v", dir, err)
		case (got != nil) != removed:
			t.Errorf("%q: got %v, want removed %v", dir, got, removed)
		case removed && (got.Commit != want || got.Author != "a" || got.At.Format("2006-01-02 15:04 MST") != "2026-03-04 03:06 UTC"):
			t.Errorf("%q: got %+v", dir, got)
		}
	}
	below := s.open(filepath.Join(s.dir, "apps", "web"))
	if got, err := below.Removed(t.Context(), "apps/old"); err != nil || got == nil {
		t.Errorf("from below: %v, %v", got, err)
	}
}

func TestRemovedWithoutHistory(t *testing.T) {
	s := newSandbox(t)
	if got, err := s.open(s.dir).Removed(t.Context(), "apps/old"); got != nil || err != nil {
		t.Errorf("an unborn branch: %v, %v", got, err)
	}
	s.write("apps/old/a", "x")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "one")
	s.git("rm", "-q", "-r", "apps")
	s.git("commit", "-q", "--allow-empty", "-m", "two")
	s.git("commit", "-q", "--allow-empty", "-m", "three")
	shallow := filepath.Join(t.TempDir(), "shallow")
	git, err := program.Find("git", s.env)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(git, "clone", "-q", "--depth=1", "file://"+filepath.ToSlash(s.dir), shallow)
	cmd.Env = append(slices.Clone(s.env), "GIT_ALLOW_PROTOCOL=file")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("git cannot clone here: %s", out)
	}
	repo := s.open(shallow)
	if got, err := repo.Removed(t.Context(), "apps/old"); got != nil || err != nil || !repo.Shallow() {
		t.Errorf("a shallow clone: %v, %v, shallow %v", got, err, repo.Shallow())
	}
}

func TestLastNamed(t *testing.T) {
	s := newSandbox(t)
	s.git("commit", "-q", "--allow-empty", "-m", "none")
	if got, err := s.open(s.dir).LastNamed(t.Context(), "API_KEY", "", nil); got != nil || err != nil {
		t.Errorf("a word that was never there: %v, %v", got, err)
	}
	s.write("apps/a.ts", "read(API_KEY, API_KEY)")
	s.write("README.md", "API_KEY")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "one")
	s.write("apps/a.ts", "read(API_KEY)")
	s.git("commit", "-q", "-a", "-m", "two")
	s.write("apps/a.ts", "read()")
	s.git("commit", "-q", "-a", "-m", "three")
	want := s.git("rev-parse", "HEAD")
	s.write("README.md", "")
	s.git("commit", "-q", "-a", "-m", "four")
	for _, dir := range []string{"", "apps"} {
		got, err := s.open(filepath.Join(s.dir, dir)).LastNamed(t.Context(), "API_KEY", "", []string{"**/*.md"})
		if err != nil || got == nil || got.Commit != want {
			t.Errorf("from %q: %v, %v; want %s", dir, got, err, want)
		}
	}
	got, err := s.open(s.dir).LastNamed(t.Context(), "API_KEY", "README.md", nil)
	if err != nil || got == nil || got.Commit != s.git("rev-parse", "HEAD") {
		t.Errorf("in one file: %v, %v", got, err)
	}
}
