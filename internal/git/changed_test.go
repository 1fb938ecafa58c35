package git

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// branched is a repository whose branch "work" left main after the first commit;
// both went on.
func branched(t *testing.T) *sandbox {
	s := newSandbox(t)
	for _, path := range []string{"a/one", "a/two", "b/one", "b/moved", "c/gone", "odd name\u00e9"} {
		s.write(path, path+"\n")
	}
	s.write(".gitignore", "*.log\n")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "one")
	s.git("branch", "work")
	s.write("b/one", "changed on main\n")
	s.git("commit", "-q", "-a", "-m", "two")
	s.git("switch", "-q", "work")
	return s
}

func changed(t *testing.T, repo *Repo, ref string) []string {
	t.Helper()
	got, err := repo.Changed(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestChanged(t *testing.T) {
	s := branched(t)
	if got := changed(t, s.open(s.dir), "main"); len(got) != 0 {
		t.Errorf("nothing changed here: %q", got)
	}
	s.write("a/one", "committed\n")
	s.git("mv", "b/moved", "c/moved")
	s.git("rm", "-q", "c/gone")
	s.git("commit", "-q", "-a", "-m", "three")
	s.write("odd name\u00e9", "staged\n")
	s.git("add", ".")
	s.write("odd name\u00e9", "odd name\u00e9\n") // put back, and still staged
	s.write("a/two", "in the work tree\n")
	s.write("d/new", "untracked\n")
	s.write("d/new.log", "ignored\n")

	want := []string{"a/one", "a/two", "b/moved", "c/gone", "c/moved", "d/new", "odd name\u00e9"}
	for _, ref := range []string{"main", "HEAD~1", s.git("rev-parse", "main"), "refs/heads/main"} {
		if diff := cmp.Diff(want, changed(t, s.open(s.dir), ref)); diff != "" {
			t.Errorf("since %s: %s", ref, diff)
		}
	}
	if diff := cmp.Diff([]string{"one", "two"}, changed(t, s.open(filepath.Join(s.dir, "a")), "main")); diff != "" {
		t.Errorf("below a directory: %s", diff)
	}
	linked := filepath.Join(t.TempDir(), "tree")
	s.git("worktree", "add", "-q", "-b", "other", linked, "main")
	if got := changed(t, s.open(linked), "main"); len(got) != 0 {
		t.Errorf("nothing changed in the linked work tree: %q", got)
	}
	if diff := cmp.Diff([]string{"b/one"}, changed(t, s.open(linked), "main~1")); diff != "" {
		t.Errorf("in a linked work tree: %s", diff)
	}
}

func TestChangedRefuses(t *testing.T) {
	s := branched(t)
	repo := s.open(s.dir)
	for _, ref := range []string{"", "nowhere", "origin/main", "-h", "--all", "--output=x", "main..work", "main:a/one", "HEAD^{tree}", "a\nb", strings.Repeat("0", 40)} {
		if _, err := repo.Changed(t.Context(), ref); !errors.Is(err, ErrUnknownRef) {
			t.Errorf("%q: %v", ref, err)
		}
	}
	s.git("checkout", "-q", "--orphan", "alone")
	if _, err := repo.Changed(t.Context(), "main"); !errors.Is(err, ErrNoMergeBase) {
		t.Errorf("before the first commit: %v", err)
	}
	s.git("commit", "-q", "-m", "alone")
	if _, err := repo.Changed(t.Context(), "main"); !errors.Is(err, ErrNoMergeBase) {
		t.Errorf("without a common commit: %v", err)
	}
	if repo.Shallow() {
		t.Error("the repository is said to be shallow")
	}
}

// TestChangedShallow: what a clone of one commit can tell, and what it cannot.
func TestChangedShallow(t *testing.T) {
	s := branched(t)
	s.write("a/one", "committed\n")
	s.git("commit", "-q", "-a", "-m", "three")
	origin := s.dir
	s.dir = t.TempDir()
	s.git("clone", "-q", "--depth=1", "--branch=work", "file://"+filepath.ToSlash(origin), "clone")
	s.dir = filepath.Join(s.dir, "clone")
	repo := s.open(s.dir)
	if !repo.Shallow() {
		t.Fatal("the clone is not shallow")
	}
	if _, err := repo.Changed(t.Context(), "origin/main"); !errors.Is(err, ErrUnknownRef) {
		t.Errorf("a branch that was not fetched: %v", err)
	}
	s.git("fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
	if _, err := repo.Changed(t.Context(), "origin/main"); !errors.Is(err, ErrNoMergeBase) {
		t.Errorf("a branch of one commit: %v", err)
	}
	s.git("fetch", "-q", "--unshallow", "origin")
	if diff := cmp.Diff([]string{"a/one"}, changed(t, repo, "origin/main")); diff != "" {
		t.Error(diff)
	}
}

// TestChangedRunsNothing: neither filters nor drivers of the repository run, and
// no git looks into its submodules.
func TestChangedRunsNothing(t *testing.T) {
	s := branched(t)
	trace := filepath.Join(t.TempDir(), "trace")
	program := filepath.Join(t.TempDir(), "program.sh")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho ran >>'"+trace+"'\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.write(".gitattributes", "* filter=evil diff=evil\n")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "attributes")
	for _, key := range []string{"filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.fsmonitor"} {
		s.git("config", key, program)
	}
	s.git("config", "filter.evil.required", "true")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(s.dir, "a", "one"), later, later); err != nil {
		t.Fatal(err)
	}
	s.write("a/two", "changed\n")
	got := changed(t, s.open(s.dir), "main")
	if diff := cmp.Diff([]string{".gitattributes", "a/two"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("a program of the repository ran")
	}
	s.git("config", "filter.a=b.clean", program)
	if _, err := s.open(s.dir).Changed(t.Context(), "main"); err == nil || errors.Is(err, ErrUnknownRef) {
		t.Errorf("a filter that cannot be switched off: %v", err)
	}
}
