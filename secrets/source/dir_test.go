package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/source"
)

func TestDirOfARepository(t *testing.T) {
	dir, env := t.TempDir(), environ(t)
	git(t, env, dir, "init", "-q")
	write(t, dir, ".gitignore", "ignored\n*.log\n")
	write(t, dir, "tracked.txt", "a\nx "+token+"\n")
	write(t, dir, "gone.txt", token)
	write(t, dir, "tracked.log", token)
	git(t, env, dir, "add", "-f", ".")
	git(t, env, dir, "commit", "-q", "-m", "one")
	if err := os.Remove(filepath.Join(dir, "gone.txt")); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "a/untracked.txt", token)
	write(t, dir, "a-b.txt", token)
	write(t, dir, "ignored/x.txt", token)
	write(t, dir, "x.log", token)
	write(t, dir, ".hidden/x", token)

	got := run(t, source.NewDir(source.DirOptions{Root: dir, Environ: env}), secrets.Options{})
	want := []string{".hidden/x:1:1", "a-b.txt:1:1", "a/untracked.txt:1:1", "tracked.log:1:1", "tracked.txt:2:3"}
	if diff := cmp.Diff(want, got.found); diff != "" || got.err != nil {
		t.Errorf("%v %s", got.err, diff)
	}
	if diff := cmp.Diff(map[string]int{"files": 6}, got.looked); diff != "" {
		t.Error(diff)
	}
	if len(got.incomplete) != 0 {
		t.Errorf("said to be incomplete: %q", got.causes())
	}
	if got.shown["tracked.txt"] != "a\nx "+token+"\n" || got.shown[".gitignore"] != "" {
		t.Error("texts with findings are to be handed on, and no others")
	}
	f := got.findings[4]
	if f.Snippet == nil || f.Snippet.Text != "x [redacted]" || f.Secret.Reveal() != token {
		t.Errorf("snippet %+v", f.Snippet)
	}

	// What is named is looked at, in any way of naming it.
	for _, test := range []struct {
		options source.DirOptions
		want    []string
	}{
		{source.DirOptions{Paths: []string{"a", "tracked.txt", "./a/untracked.txt"}}, []string{"a/untracked.txt:1:1", "tracked.txt:2:3"}},
		{source.DirOptions{Paths: []string{"ignored"}}, []string{"ignored/x.txt:1:1"}},
		{source.DirOptions{Paths: []string{".hidden"}}, []string{".hidden/x:1:1"}},
		{source.DirOptions{Paths: []string{"x.log"}}, []string{"x.log:1:1"}},
		{source.DirOptions{Paths: []string{filepath.Join(dir, "a")}}, []string{"a/untracked.txt:1:1"}},
		{source.DirOptions{Root: filepath.Join(dir, "a")}, []string{"untracked.txt:1:1"}},
		{source.DirOptions{NoGit: true, Paths: []string{"a", "ignored", "x.log"}}, []string{"a/untracked.txt:1:1", "ignored/x.txt:1:1", "x.log:1:1"}},
	} {
		if test.options.Root == "" {
			test.options.Root = dir
		}
		test.options.Environ = env
		if got := run(t, source.NewDir(test.options), secrets.Options{}); got.err != nil || !cmp.Equal(test.want, got.found) {
			t.Errorf("%v: %v %v", test.options.Paths, got.err, cmp.Diff(test.want, got.found))
		}
	}
	outside := t.TempDir()
	write(t, outside, "x", token)
	got = run(t, source.NewDir(source.DirOptions{Root: dir, Paths: []string{outside}, Environ: env}), secrets.Options{})
	if diff := cmp.Diff([]string{filepath.ToSlash(outside) + "/x:1:1"}, got.found); diff != "" {
		t.Error(diff)
	}
}

func TestDirOutsideOfARepository(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b/c/d", "b/c.x", ".git/config", "b/.git", "\u00e9 \n\t.txt", ".env"} {
		write(t, dir, name, token)
	}
	want := []string{".env:1:1", "a:1:1", "b/c.x:1:1", "b/c/d:1:1", "\u00e9 \n\t.txt:1:1"}
	for _, env := range [][]string{environ(t), nil} {
		got := run(t, source.NewDir(source.DirOptions{Root: dir, Environ: env}), secrets.Options{})
		if diff := cmp.Diff(want, got.found); diff != "" || got.err != nil {
			t.Errorf("%v %s", got.err, diff)
		}
	}
}

// TestDirOfRepositoriesInside looks also into submodules and other repositories,
// each by its own rules.
func TestDirOfRepositoriesInside(t *testing.T) {
	inner, env := t.TempDir(), environ(t)
	git(t, env, inner, "init", "-q")
	write(t, inner, "x", token)
	git(t, env, inner, "add", ".")
	git(t, env, inner, "commit", "-q", "-m", "one")
	dir := t.TempDir()
	git(t, env, dir, "init", "-q")
	git(t, env, dir, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "sub")
	write(t, dir, "sub/.gitignore", "ignored\n")
	write(t, dir, "sub/ignored", token)
	git(t, env, dir, "clone", "-q", inner, "deep/clone")
	write(t, dir, "deep/empty/.git/HEAD", "no repository")
	write(t, dir, "deep/empty/y", token)
	// As git leaves it while nobody has fetched the submodule.
	git(t, env, dir, "update-index", "--add", "--cacheinfo", "160000,"+git(t, env, inner, "rev-parse", "HEAD")+",absent")
	if err := os.Mkdir(filepath.Join(dir, "absent"), 0o755); err != nil {
		t.Fatal(err)
	}
	got := run(t, source.NewDir(source.DirOptions{Root: dir, Environ: env}), secrets.Options{})
	want := []string{"deep/clone/x:1:1", "deep/empty/y:1:1", "sub/x:1:1"}
	if diff := cmp.Diff(want, got.found); diff != "" || got.err != nil || len(got.incomplete) != 0 {
		t.Errorf("%v %q %s", got.err, got.causes(), diff)
	}
}

// TestDirSilences holds that what is not looked at is said.
func TestDirSilences(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "binary", "\x00"+token)
	write(t, dir, "binary2", strings.Repeat("a", 7999)+"\x00"+token)
	write(t, dir, "late", strings.Repeat("a", 8000)+"\x00"+token)
	write(t, dir, "wide", "t\x00o\x00k\x00 \x00"+strings.Join(strings.Split(" "+token, ""), "\x00")+"\x00")
	write(t, dir, "wide mark", "\xfe\xff\x00"+strings.Join(strings.Split(token, ""), "\x00"))
	write(t, dir, "large", strings.Repeat("a\n", 10_000)+token)
	write(t, dir, "larger", strings.Repeat("a\n", 20_000)+token)
	write(t, dir, "large binary", "\x00"+strings.Repeat("a\n", 20_000))
	write(t, dir, "empty", "")
	got := run(t, source.NewDir(source.DirOptions{Root: dir, MaxFile: 10_000}), secrets.Options{})
	if diff := cmp.Diff([]string{"late:1:8002", "wide:1:11", "wide mark:1:3"}, got.found); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"not asked: binary files were not looked at",
		"failed: larger than 10000 bytes: large, larger",
	}
	if diff := cmp.Diff(want, got.causes()); diff != "" {
		t.Error(diff)
	}
	if got.incomplete[0].Count != 3 || got.incomplete[1].Count != 2 || got.looked["files"] != 4 {
		t.Errorf("counts: %+v, %v", got.incomplete, got.looked)
	}
	if got := run(t, source.NewDir(source.DirOptions{Root: dir, Paths: []string{"none"}}), secrets.Options{}); !errors.Is(got.err, os.ErrNotExist) {
		t.Errorf("a path that does not exist: %v", got.err)
	}
	if got := run(t, source.NewDir(source.DirOptions{Root: filepath.Join(dir, "none")}), secrets.Options{}); !errors.Is(got.err, os.ErrNotExist) {
		t.Errorf("a root that does not exist: %v", got.err)
	}
}

func TestDirLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write(t, outside, "secret", token)
	write(t, dir, "inside/x", token)
	for name, target := range map[string]string{
		"file": filepath.Join(outside, "secret"), "dir": outside, "loop": "loop", "up": "..", "inside/back": "../inside", "text": token, "dangling": "nowhere",
	} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	want := []string{"inside/x:1:1", "text:1:1"}
	env := environ(t)
	for _, repository := range []bool{false, true} {
		if repository {
			git(t, env, dir, "init", "-q")
			git(t, env, dir, "add", ".")
		}
		got := run(t, source.NewDir(source.DirOptions{Root: dir, Environ: env}), secrets.Options{})
		if diff := cmp.Diff(want, got.found); diff != "" || got.err != nil || len(got.incomplete) != 0 {
			t.Errorf("%v %q %s", got.err, got.causes(), diff)
		}
	}
	// A link that is named is meant.
	got := run(t, source.NewDir(source.DirOptions{Root: dir, Paths: []string{"file", "dir"}, Environ: env}), secrets.Options{})
	if diff := cmp.Diff([]string{"dir/secret:1:1", "file:1:1"}, got.found); diff != "" || got.err != nil {
		t.Errorf("%v %s", got.err, diff)
	}
	// For git, a tracked file below a link is deleted.
	if err := os.RemoveAll(filepath.Join(dir, "inside")); err != nil {
		t.Fatal(err)
	}
	write(t, outside, "x", token)
	if err := os.Symlink(outside, filepath.Join(dir, "inside")); err != nil {
		t.Fatal(err)
	}
	got = run(t, source.NewDir(source.DirOptions{Root: dir, Environ: env}), secrets.Options{})
	if diff := cmp.Diff([]string{"text:1:1"}, got.found); diff != "" {
		t.Error(diff)
	}
}

// TestDirIsOrdered compares scans with one worker and with many, and leaves some of
// them early.
func TestDirIsOrdered(t *testing.T) {
	dir := t.TempDir()
	for i := range 300 {
		write(t, dir, fmt.Sprintf("d%d/e%d/f%d", i%7, i%3, i), strings.Repeat(token+"\n", i%5))
	}
	s := source.NewDir(source.DirOptions{Root: dir})
	one := run(t, s, secrets.Options{Workers: 1})
	if len(one.found) != 600 {
		t.Fatalf("%d findings", len(one.found))
	}
	var last int64
	many := run(t, s, secrets.Options{Workers: 8, Progress: func(done, total int64) {
		if done < last || done > total || total == 0 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	}})
	if diff := cmp.Diff(one.found, many.found); diff != "" {
		t.Error(diff)
	}
	for stop := range 40 {
		n := 0
		for _, err := range secrets.Scan(t.Context(), s, detector(t), secrets.Options{Workers: 4}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n > stop*20 {
				break
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range secrets.Scan(ctx, s, detector(t), secrets.Options{Workers: 4}) {
		if n++; n == 10 {
			cancel()
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if n == 600 {
		t.Error("the scan went on after its context was done")
	}
}

// except sets findings at odd lines aside.
type except struct{ asked int }

func (e *except) Except(f *secrets.Finding, text []byte) *envtight.Suppressed {
	e.asked++ // a race where calls overlap
	if !strings.Contains(string(text), f.Secret.Reveal()) {
		return &envtight.Suppressed{Reason: "wrong text"}
	}
	if f.Location.Range.Start.Line%2 == 1 {
		return &envtight.Suppressed{Reason: "odd"}
	}
	return nil
}

func (*except) Unused(bool) []envtight.Diagnostic { return nil }

func TestDirExceptions(t *testing.T) {
	dir := t.TempDir()
	for i := range 100 {
		write(t, dir, fmt.Sprint(i), strings.Repeat(token+"\n", 3))
	}
	e := &except{}
	got := run(t, source.NewDir(source.DirOptions{Root: dir}), secrets.Options{Workers: 8, Exceptions: []secrets.Exceptions{e}})
	if e.asked != 300 || len(got.findings) != 300 {
		t.Errorf("%d findings, asked of %d", len(got.findings), e.asked)
	}
	for _, f := range got.findings {
		if odd := f.Location.Range.Start.Line%2 == 1; odd != (f.Suppressed != nil) || odd && f.Suppressed.Reason != "odd" {
			t.Errorf("%s: %+v", f.Location, f.Suppressed)
		}
	}
}

// TestDirInsists: a file that was named and is no text is a failure, where that is asked.
func TestDirInsists(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "d/binary", "\x00"+token)
	write(t, dir, "text", token)
	for _, test := range []struct {
		insist bool
		paths  []string
		want   []string
	}{
		{true, []string{"."}, []string{"not asked: binary files were not looked at"}},
		{true, []string{"d/binary", "."}, []string{"failed: no text: d/binary"}},
		{true, []string{".", "d/binary"}, []string{"failed: no text: d/binary"}},
		{false, []string{"d/binary"}, []string{"not asked: binary files were not looked at"}},
		{true, []string{"text"}, nil},
	} {
		got := run(t, source.NewDir(source.DirOptions{Root: dir, Paths: test.paths, Insist: test.insist}), secrets.Options{})
		if diff := cmp.Diff(test.want, got.causes()); diff != "" || got.err != nil {
			t.Errorf("%+v: %v %s", test, got.err, diff)
		}
	}
}
