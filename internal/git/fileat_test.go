package git

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestFileAt(t *testing.T) {
	s := newSandbox(t)
	s.write("dir/file", "first\n")
	s.write("odd *name\u00e9", "odd\n")
	if err := os.Symlink("file", filepath.Join(s.dir, "dir", "link")); err != nil {
		t.Skip("no symbolic links here")
	}
	s.git("add", ".")
	s.git("commit", "-q", "-m", "one")
	s.write("dir/file", "second\n")
	s.git("commit", "-q", "-a", "-m", "two")
	s.write("dir/file", "not committed\n")
	first, second := s.git("rev-parse", "HEAD~1"), s.git("rev-parse", "HEAD")
	top := s.open(s.dir)
	for _, tt := range []struct {
		commit, path, want string
		found              bool
	}{
		{first, "dir/file", "first\n", true},
		{second, "dir/file", "second\n", true},
		{second, "odd *name\u00e9", "odd\n", true},
		{second, "dir", "", false},
		{second, "dir/link", "", false},
		{second, "dir/none", "", false},
		{second, "*", "", false},
		{second, "../x", "", false},
		{second, "", "", false},
	} {
		text, found, err := top.FileAt(t.Context(), tt.commit, tt.path)
		if err != nil || found != tt.found || string(text) != tt.want {
			t.Errorf("%q: %q, %v, %v; want %q, %v", tt.path, text, found, err, tt.want, tt.found)
		}
	}
	if text, found, err := s.open(filepath.Join(s.dir, "dir")).FileAt(t.Context(), second, "file"); err != nil || !found || string(text) != "second\n" {
		t.Errorf("from below: %q, %v, %v", text, found, err)
	}
	for _, commit := range []string{"--help", "HEAD", "main"} {
		if _, _, err := top.FileAt(t.Context(), commit, "dir/file"); !errors.Is(err, ErrUnknownRef) {
			t.Errorf("%q: %v, want ErrUnknownRef", commit, err)
		}
	}
	if _, _, err := top.FileAt(t.Context(), "0123456789012345678901234567890123456789", "dir/file"); err == nil {
		t.Error("a commit that is not there gave no error")
	}
}
