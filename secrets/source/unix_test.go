//go:build unix

package source_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/source"
)

// TestDirOddFiles meets what must not be opened, what cannot be read, and names
// that are no text.
func TestDirOddFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a\xff\xfe", token)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Skip("no pipes here")
	}
	if listener, err := net.Listen("unix", filepath.Join(dir, "socket")); err == nil {
		defer func() { _ = listener.Close() }()
	} else {
		t.Skip("no sockets here")
	}
	for _, git := range []bool{false, true} {
		got := run(t, source.NewDir(source.DirOptions{Root: dir, Environ: environ(t), NoGit: !git}), secrets.Options{})
		if diff := cmp.Diff([]string{"a\xff\xfe:1:1"}, got.found); diff != "" || got.err != nil {
			t.Errorf("%v %s", got.err, diff)
		}
		if diff := cmp.Diff([]string{"not asked: pipes, sockets and devices were not read"}, got.causes()); diff != "" || got.incomplete[0].Count != 2 {
			t.Errorf("%+v %s", got.incomplete, diff)
		}
	}
	got := run(t, source.NewDir(source.DirOptions{Root: dir, Paths: []string{"pipe"}}), secrets.Options{})
	if got.err == nil || !strings.Contains(got.err.Error(), "no file and no directory") {
		t.Errorf("a pipe that was named: %v", got.err)
	}
}

func TestDirUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir, env := t.TempDir(), environ(t)
	for _, name := range []string{"a", "b", "closed/x", "open"} {
		write(t, dir, name, token)
	}
	for name, mode := range map[string]os.FileMode{"a": 0, "b": 0, "closed": 0} {
		path := filepath.Join(dir, name)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(path, 0o755) })
	}
	for _, repository := range []bool{false, true} {
		if repository {
			git(t, env, dir, "init", "-q")
			// What is tracked in a directory is not told beside it.
			blob := git(t, env, dir, "hash-object", "-w", "open")
			git(t, env, dir, "update-index", "--add", "--cacheinfo", "100644,"+blob+",closed/x")
		}
		got := run(t, source.NewDir(source.DirOptions{Root: dir, Environ: env}), secrets.Options{})
		if diff := cmp.Diff([]string{"open:1:1"}, got.found); diff != "" || got.err != nil {
			t.Errorf("%v %s", got.err, diff)
		}
		want := []string{"failed: a directory could not be opened: closed", "failed: could not be read (permission denied): a, b"}
		if diff := cmp.Diff(want, got.causes()); diff != "" {
			t.Errorf("in a repository: %v %s", repository, diff)
		}
	}
}

// TestDirSparse refuses a file whose size is made up, without taking memory for it.
func TestDirSparse(t *testing.T) {
	dir := t.TempDir()
	for name, begin := range map[string]string{"holes": "", "text": strings.Repeat("a", 9000)} {
		write(t, dir, name, begin)
		if err := os.Truncate(filepath.Join(dir, name), 1<<40); err != nil {
			t.Skip("no sparse files here")
		}
	}
	got := run(t, source.NewDir(source.DirOptions{Root: dir}), secrets.Options{})
	want := []string{"not asked: binary files were not looked at", "failed: larger than 100 MiB: text"}
	if diff := cmp.Diff(want, got.causes()); diff != "" || len(got.found) != 0 {
		t.Errorf("%v %s", got.found, diff)
	}
}
