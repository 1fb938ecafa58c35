package git

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clone makes a clone of s in a directory of its own.
func (s *sandbox) clone(args ...string) *sandbox {
	s.t.Helper()
	c := &sandbox{t: s.t, dir: s.t.TempDir(), env: s.env}
	c.git(append(append([]string{"-c", "protocol.file.allow=always", "clone", "-q"}, args...), "file://"+filepath.ToSlash(s.dir), ".")...)
	return c
}

func (s *sandbox) branches() Branches {
	s.t.Helper()
	b, err := s.open(s.dir).Branches(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// upstream is a repository with three branches.
func upstream(t *testing.T) *sandbox {
	t.Helper()
	s := newSandbox(t)
	s.write("a", "x")
	s.git("add", "a")
	s.git("commit", "-q", "-m", "one")
	s.git("branch", "dev")
	s.git("branch", "feat/login")
	return s
}

func TestBranches(t *testing.T) {
	s := upstream(t)
	c := s.clone()
	c.git("branch", "mine")
	b := c.branches()
	if diff := cmp.Diff([]string{"dev", "feat/login", "main", "mine"}, b.Names); diff != "" || b.Unknown != "" {
		t.Errorf("%s %q", diff, b.Unknown)
	}
	if since := time.Since(b.AsOf); since < 0 || since > time.Hour {
		t.Errorf("a new clone asked %v ago", since)
	}

	// A fetch says when; one of a single branch does not say it of all.
	fetched := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	head := filepath.Join(c.dir, ".git", "FETCH_HEAD")
	for _, fetch := range []struct {
		args string
		want bool
	}{{"fetch -q origin main", false}, {"fetch -q origin main dev", false}, {"fetch -q --prune", true}} {
		c.git(strings.Fields("-c protocol.file.allow=always " + fetch.args)...)
		if err := os.Chtimes(head, fetched, fetched); err != nil {
			t.Fatal(err)
		}
		if got := c.branches().AsOf.Equal(fetched); got != fetch.want {
			t.Errorf("%s: the time of the fetch counts: %v", fetch.args, got)
		}
	}

	s.git("branch", "-D", "feat/login")
	c.git("-c", "protocol.file.allow=always", "fetch", "-q", "--prune")
	if diff := cmp.Diff([]string{"dev", "main", "mine"}, c.branches().Names); diff != "" {
		t.Errorf("after the end of a branch: %s", diff)
	}
}

func TestBranchesNotKnown(t *testing.T) {
	s := upstream(t)
	tests := map[string]struct {
		clone func() *sandbox
		want  string
	}{
		"shallow":       {func() *sandbox { return s.clone("--depth=1", "--no-single-branch") }, "shallow"},
		"single branch": {func() *sandbox { return s.clone("--single-branch") }, "does not fetch all branches"},
		"leaves some out": {func() *sandbox {
			c := s.clone()
			c.git("config", "--add", "remote.origin.fetch", "^refs/heads/feat/*")
			return c
		}, "does not fetch all branches"},
		"no remote": {func() *sandbox { return s }, "does not fetch all branches"},
		"never fetched": {func() *sandbox {
			c := newSandbox(t)
			c.git("remote", "add", "origin", "https://git.example/acme/shop.git")
			return c
		}, "no more than one branch"},
		"no log and no fetch": {func() *sandbox {
			c := s.clone()
			if err := os.RemoveAll(filepath.Join(c.dir, ".git", "logs")); err != nil {
				t.Fatal(err)
			}
			return c
		}, "nobody knows when"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if b := tt.clone().branches(); !strings.Contains(b.Unknown, tt.want) || b.Names != nil || b.Advice == "" {
				t.Errorf("%+v, want unknown: %s", b, tt.want)
			}
		})
	}
}

// The log of HEAD is only read for the time of the clone.
func TestCloned(t *testing.T) {
	const who = "0000000000000000000000000000000000000000 1111111111111111111111111111111111111111 A B <a@b.example> "
	tests := map[string]time.Time{
		who + "1767225600 +0100\tclone: from https://git.example/x\n":    time.Unix(1767225600, 0),
		who + "1767225600 +0100\tcommit (initial): clone: from nobody\n": {},
		who + "later +0100\tclone: from x\n":                             {},
		who + "-5 +0100\tclone: from x\n":                                {},
		"\tclone: from x\n":                                              {},
		"x\n":                                                            {},
		"":                                                               {},
	}
	for text, want := range tests {
		path := filepath.Join(t.TempDir(), "HEAD")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := cloned(path); !got.Equal(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got := cloned(filepath.Join(t.TempDir(), "none")); !got.IsZero() {
		t.Errorf("no log: %v", got)
	}
}
