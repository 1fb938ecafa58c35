package history

import (
	"strings"
	"testing"

	"github.com/envtight/envtight/internal/gitstore"
)

// lines runs git and splits what it writes.
func lines(t testing.TB, dir string, args ...string) []string {
	t.Helper()
	return strings.Fields(git(t, dir, nil, args...))
}

// newRepo makes an empty bare repository.
func newRepo(t testing.TB, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, nil, append([]string{"init", "-q", "--bare", "-b", "main"}, args...)...)
	return dir
}

func openStore(t testing.TB, dir string, o gitstore.Options) *gitstore.Store {
	t.Helper()
	dirs, err := gitstore.Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := gitstore.Open(dirs, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// noProblem fails the test.
func noProblem(t testing.TB) func(*gitstore.Error) {
	return func(e *gitstore.Error) { t.Errorf("problem: %v", e) }
}

func parseID(t testing.TB, s string) gitstore.ID {
	t.Helper()
	id, ok := gitstore.ParseID(s)
	if !ok {
		t.Fatalf("%q is no ID", s)
	}
	return id
}
