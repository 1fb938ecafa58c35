package git

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFiles(t *testing.T) {
	s := newSandbox(t)
	s.write(".gitignore", "ignored\n")
	for _, path := range []string{"a", "dir/b", "dir/ignored", "ignored/x", "forced", "odd\n\tname \xc3\xa9"} {
		s.write(path, "x")
	}
	s.git("add", "a", "dir/b")
	s.git("add", "-f", "dir/ignored")
	s.git("commit", "-q", "-m", "one")
	s.write("dir/untracked", "x")
	inner := newSandbox(t)
	inner.write("x", "x")
	inner.git("add", "x")
	inner.git("commit", "-q", "-m", "one")
	s.git("clone", "-q", inner.dir, "dir/clone")

	repo := s.open(s.dir)
	files, closed, err := repo.Files(t.Context())
	want := []string{".gitignore", "a", "dir/b", "dir/clone", "dir/ignored", "dir/untracked", "forced", "odd\n\tname \xc3\xa9"}
	if diff := cmp.Diff(want, files); diff != "" || err != nil || closed != nil {
		t.Errorf("%v %v %s", err, closed, diff)
	}
	files, _, err = s.open(filepath.Join(s.dir, "dir")).Files(t.Context())
	if diff := cmp.Diff([]string{"b", "clone", "ignored", "untracked"}, files); diff != "" || err != nil {
		t.Errorf("from below: %v %s", err, diff)
	}
	clone, err := repo.Inner(t.Context(), "dir/clone")
	if err != nil {
		t.Fatal(err)
	}
	files, _, err = clone.Files(t.Context())
	if diff := cmp.Diff([]string{"x"}, files); diff != "" || err != nil {
		t.Errorf("inside: %v %s", err, diff)
	}
	if _, err := repo.Inner(t.Context(), "dir"); !errors.Is(err, ErrNotARepo) {
		t.Errorf("a directory of the repository's own: %v", err)
	}

	// Three entries of one file.
	s.git("checkout", "-q", "-b", "other")
	s.write("a", "y")
	s.git("commit", "-q", "-a", "-m", "two")
	s.git("checkout", "-q", "main")
	s.write("a", "z")
	s.git("commit", "-q", "-a", "-m", "three")
	if _, err := s.try("merge", "-q", "other"); err == nil {
		t.Fatal("the merge is to conflict")
	}
	files, _, err = repo.Files(t.Context())
	if diff := cmp.Diff(want, files); diff != "" || err != nil {
		t.Errorf("in a merge: %v %s", err, diff)
	}
}

func TestClosedDirectories(t *testing.T) {
	said := "warning: could not open directory 'dir/a b/': Permission denied\nwarning: unable to access 'x': No\nwarning: could not open directory 'dir/it's: x/': Permission denied\n"
	if diff := cmp.Diff([]string{"a b", "it's: x"}, closedDirectories(said, "dir/")); diff != "" {
		t.Error(diff)
	}
}
