package git

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHooksDir(t *testing.T) {
	s := newSandbox(t)
	config := filepath.Join(t.TempDir(), "config")
	s.env = append(s.env, "GIT_CONFIG_GLOBAL="+config)
	s.write("sub/x", "x\n")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "one")
	linked := filepath.Join(t.TempDir(), "linked tree")
	s.git("worktree", "add", "-q", "-b", "linked", linked)
	want := func(dir, path, scope string) {
		t.Helper()
		got, err := s.open(dir).HooksDir(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.Scope != scope || !samePath(filepath.Dir(got.Path), filepath.Dir(path)) || filepath.Base(got.Path) != filepath.Base(path) {
			t.Errorf("%s: got %+v, want %s (%s)", dir, got, path, scope)
		}
	}
	usual := filepath.Join(s.dir, ".git", "hooks")
	want(s.dir, usual, "")
	want(filepath.Join(s.dir, "sub"), usual, "")
	want(linked, usual, "")

	// What is set for everybody, then for this repository, then for one tree.
	home := t.TempDir()
	s.git("config", "--global", "core.hooksPath", filepath.Join(home, "all hooks"))
	want(s.dir, filepath.Join(home, "all hooks"), "global")
	s.git("config", "core.hooksPath", "own")
	want(s.dir, filepath.Join(s.dir, "own"), "local")
	want(filepath.Join(s.dir, "sub"), filepath.Join(s.dir, "own"), "local")
	want(linked, filepath.Join(linked, "own"), "local")
	s.git("config", "extensions.worktreeConfig", "true")
	s.git("config", "--worktree", "core.hooksPath", "here")
	want(s.dir, filepath.Join(s.dir, "here"), "worktree")
	want(linked, filepath.Join(linked, "own"), "local")
}

func TestStaged(t *testing.T) {
	s := newSandbox(t)
	staged := func(dir string) []string {
		t.Helper()
		got, err := s.open(dir).Staged(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	check := func(want []string, got []string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, path := range []string{"a", "b c", "gone", "moved", "sub/ü"} {
		s.write(path, path+"\n")
	}
	check([]string{}, staged(s.dir))
	s.git("add", ".")
	check([]string{"a", "b c", "gone", "moved", "sub/ü"}, staged(s.dir)) // before the first commit
	s.git("commit", "-q", "-m", "one")
	s.write("a", "changed\n")
	s.write("b c", "changed\n")
	s.git("add", "b c")
	s.git("rm", "-q", "gone")
	s.git("mv", "moved", "sub/moved")
	if err := os.Remove(filepath.Join(s.dir, "b c")); err != nil {
		t.Fatal(err)
	}
	check([]string{"b c", "gone", "moved", "sub/moved"}, staged(s.dir))
	check([]string{"moved"}, staged(filepath.Join(s.dir, "sub")))
}
