package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/source"
)

// other is a second token.
const other = "tok_" + "fedcba9876543210"

// repository is one that a test stages in.
type repository struct {
	testing.TB
	dir string
	env []string
}

func newRepository(t testing.TB, args ...string) *repository {
	t.Helper()
	r := &repository{t, t.TempDir(), environ(t)}
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	return r
}

func (r *repository) git(args ...string) string { r.Helper(); return git(r, r.env, r.dir, args...) }

func (r *repository) write(name, text string) { r.Helper(); write(r, r.dir, name, text) }

// staged wants findings at places, with nothing said.
func (r *repository) staged(what string, want ...string) {
	r.Helper()
	got := run(r, source.NewStaged(source.StagedOptions{Dir: r.dir, Environ: r.env}), secrets.Options{})
	if diff := cmp.Diff(want, got.found); diff != "" || got.err != nil || len(got.incomplete) != 0 {
		r.Errorf("%s: %v %q %s", what, got.err, got.causes(), diff)
	}
}

func TestStaged(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		r := newRepository(t, "--object-format="+format)
		r.staged("nothing")
		r.write("first", "a\n"+token+"\n")
		r.staged("not added")
		r.git("add", ".")
		r.write("first", "other text in the work tree")
		r.staged("before the first commit", "first:2:1")
		r.git("add", "-N", "first")
		r.git("commit", "-q", "-m", "one")
		r.staged("committed")

		r.write("first", "a\nb\n"+token+"\n")
		r.git("add", ".")
		r.staged("a line above")
		r.write("first", "a\n"+token+"\n"+other+"\n")
		r.git("add", ".")
		r.staged("a second one", "first:3:1")
		r.git("reset", "-q", "--hard")
		r.staged("reset")

		r.git("mv", "first", "second")
		r.staged("moved")
		r.write("second", "a\n"+token+"\n"+other+"\nb")
		r.git("add", ".")
		r.staged("moved and changed", "second:3:1")
		r.git("reset", "-q", "--hard")
		r.write("copy", token)
		r.git("add", ".")
		r.staged("copied", "copy:1:1")
		r.git("rm", "-q", "--cached", "copy")
		r.git("add", "-N", "copy")
		r.staged("the name alone is added")
		if err := os.Remove(filepath.Join(r.dir, "copy")); err != nil {
			t.Fatal(err)
		}
		r.git("reset", "-q", "--hard")

		if err := os.Symlink(token, filepath.Join(r.dir, "link")); err == nil {
			r.git("add", ".")
			r.staged("a link", "link:1:1")
		}
		r.git("update-index", "--chmod=+x", "first")
		r.git("update-index", "--add", "--cacheinfo", "160000,"+r.git("rev-parse", "HEAD")+",module")
		r.git("rm", "-q", "--cached", "--ignore-unmatch", "link")
		r.staged("a mode and a submodule")
	}
}

// TestStagedSnippet shows the line as it is staged.
func TestStagedSnippet(t *testing.T) {
	r := newRepository(t)
	r.write("f", "x "+token+" y\n")
	r.git("add", ".")
	r.write("f", "z\n")
	got := run(t, source.NewStaged(source.StagedOptions{Dir: r.dir, Environ: r.env}), secrets.Options{})
	f := got.findings[0]
	if f.Snippet == nil || f.Snippet.Text != "x [redacted] y" || f.Location.Object.Blob != r.git("rev-parse", ":f") {
		t.Errorf("got %+v at %+v", f.Snippet, f.Location)
	}
	if got.looked["staged files"] != 1 {
		t.Errorf("looked at %v", got.looked)
	}
}

// TestStagedIndexes meets indexes of all kinds.
func TestStagedIndexes(t *testing.T) {
	r := newRepository(t)
	r.write("a/b/c", "x")
	r.write("d", "x")
	r.git("add", ".")
	r.git("commit", "-q", "-m", "one")
	r.write("a/b/c", token)
	r.git("add", ".")
	const want = "a/b/c:1:1"
	for _, args := range [][]string{
		{"update-index", "--index-version=4"}, {"update-index", "--index-version=3"}, {"update-index", "--split-index"}, {"update-index", "--no-split-index"},
		{"update-index", "--untracked-cache"}, {"update-index", "--assume-unchanged", "a/b/c"}, {"update-index", "--skip-worktree", "a/b/c"},
	} {
		r.git(args...)
		r.staged(strings.Join(args, " "), want)
	}

	// As a commit of chosen files has it.
	index := filepath.Join(r.dir, ".git", "next-index.lock")
	for _, name := range []string{index, ".git/next-index.lock"} {
		told := &repository{t, r.dir, append(r.env, "GIT_INDEX_FILE="+name)}
		told.git("read-tree", "HEAD")
		told.staged("an index of its own")
		told.write("d", other)
		told.git("add", "d")
		told.staged("an index of its own", "d:1:1")
		(&repository{t, r.dir, append(told.env, "GIT_DIR=.git")}).staged("and its repository", "d:1:1")
		elsewhere := newRepository(t)
		(&repository{t, r.dir, append(told.env, "GIT_DIR="+filepath.Join(elsewhere.dir, ".git"))}).staged("of another repository", want)
		r.git("checkout", "-q", "d")
	}

	linked := &repository{t, filepath.Join(t.TempDir(), "linked"), r.env}
	r.git("worktree", "add", "-q", linked.dir, "-b", "linked")
	linked.staged("a linked work tree")
	linked.write("e", token)
	linked.git("add", ".")
	linked.staged("a linked work tree", "e:1:1")
	below := &repository{t, filepath.Join(linked.dir, "a", "b"), r.env}
	below.staged("from below", "e:1:1")
}

func TestStagedSilences(t *testing.T) {
	r := newRepository(t)
	r.write("old", "a\n"+token)
	r.git("add", ".")
	r.git("commit", "-q", "-m", "one")
	old := r.git("rev-parse", ":old")
	r.write("old", "b\n"+token)
	r.write("binary", "\x00")
	r.write("large", strings.Repeat("a\n", 1000))
	r.write("gone", "x")
	r.git("add", ".")
	for _, blob := range []string{old, r.git("rev-parse", ":gone")} {
		if err := os.Remove(filepath.Join(r.dir, ".git", "objects", blob[:2], blob[2:])); err != nil {
			t.Fatal(err)
		}
	}
	s := source.NewStaged(source.StagedOptions{Dir: r.dir, Environ: r.env, MaxFile: 1000})
	got := run(t, s, secrets.Options{})
	if diff := cmp.Diff([]string{"old:2:1"}, got.found); diff != "" || got.err != nil {
		t.Errorf("%v %s", got.err, diff)
	}
	want := []string{
		"not asked: binary files were not looked at",
		"failed: what is staged could not be read (object is missing): gone",
		"failed: larger than 1000 bytes: large",
		"undecidable: the committed version could not be read (object is missing), so all its secrets count as new",
	}
	if diff := cmp.Diff(want, got.causes()); diff != "" {
		t.Error(diff)
	}

	r = newRepository(t)
	r.write("f", "x")
	r.git("add", ".")
	r.git("commit", "-q", "-m", "one")
	for what, dir := range map[string]string{"no repository": t.TempDir(), "bare": r.git("clone", "-q", "--bare", ".", "bare.git") + filepath.Join(r.dir, "bare.git")} {
		if got := run(t, source.NewStaged(source.StagedOptions{Dir: dir, Environ: r.env}), secrets.Options{}); got.err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if err := os.WriteFile(filepath.Join(r.dir, ".git", "index"), []byte("DIRCjunk"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := run(t, source.NewStaged(source.StagedOptions{Dir: r.dir, Environ: r.env}), secrets.Options{}); got.err == nil || !strings.Contains(got.err.Error(), "nobody knows what is staged") {
		t.Errorf("a damaged index: %v", got.err)
	}
}

// TestStagedConflict says that nothing can be said of files in conflict.
func TestStagedConflict(t *testing.T) {
	r := newRepository(t)
	r.write("f", "base")
	r.git("add", ".")
	r.git("commit", "-q", "-m", "base")
	for _, branch := range []string{"ours", "theirs"} {
		r.git("checkout", "-q", "-b", branch, "main")
		r.write("f", branch+token)
		r.git("commit", "-q", "-a", "-m", branch)
	}
	r.git("read-tree", "-m", "main", "theirs", "ours")
	for _, split := range []string{"--no-split-index", "--split-index"} {
		r.git("update-index", split)
		got := run(t, source.NewStaged(source.StagedOptions{Dir: r.dir, Environ: r.env}), secrets.Options{})
		if diff := cmp.Diff([]string{"undecidable: files in conflict have no staged version yet"}, got.causes()); diff != "" || got.err != nil || len(got.found) != 0 {
			t.Errorf("%s: %v %v %s", split, got.err, got.found, diff)
		}
	}
}

// TestStagedMoves moves a tree of files with secrets, and finds only the new ones.
func TestStagedMoves(t *testing.T) {
	r := newRepository(t)
	for i := range 50 {
		r.write(fmt.Sprintf("old/%02d", i), fmt.Sprintf("%d\n%s\n", i, token))
	}
	r.git("add", ".")
	r.git("commit", "-q", "-m", "one")
	r.git("mv", "old", "new")
	r.write("new/07", "changed\n"+token+"\n")
	r.write("new/11", "changed\n"+token+"\n"+other+"\n")
	r.git("add", ".")
	r.staged("moved", "new/11:3:1")
}

// TestStagedMerge: in the middle of a merge, what one of its sides has is not new.
func TestStagedMerge(t *testing.T) {
	r := newRepository(t)
	r.write("both", "a\n")
	r.git("add", ".")
	r.git("commit", "-q", "-m", "one")
	r.git("checkout", "-q", "-b", "side")
	r.write("both", "b "+token+"\n")
	r.write("theirs", "c "+token+"\n")
	r.git("add", ".")
	r.git("commit", "-q", "-m", "two")
	r.git("checkout", "-q", "main")
	r.write("both", "d "+other+"\n")
	r.git("add", ".")
	r.git("commit", "-q", "-m", "three")
	r.git("-c", "merge.conflictStyle=merge", "merge", "-q", "--no-commit", "--strategy-option=ours", "side")
	r.write("both", "d "+other+"\nb "+token+"\n")
	r.git("add", ".")
	r.staged("a merge")
	r.write("new", token)
	r.write("both", "d "+other+"\nb "+token+"\ne tok_"+strings.Repeat("1", 16)+"\n")
	r.git("add", ".")
	r.staged("more than a merge", "both:3:3", "new:1:1")
	r.write(".git/MERGE_HEAD", "odd\n")
	got := run(t, source.NewStaged(source.StagedOptions{Dir: r.dir, Environ: r.env}), secrets.Options{})
	if diff := cmp.Diff([]string{"undecidable: what a merge brings could not be told from what is new (object is malformed)"}, got.causes()); diff != "" || len(got.found) != 4 {
		t.Errorf("%v %s", got.found, diff)
	}
}
