package git

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStagedChanges(t *testing.T) {
	s := newSandbox(t)
	s.write("a", "x")
	s.write("dir/odd\n\tname", "x")
	s.git("add", ".")
	blob := s.git("rev-parse", ":a")
	none := strings.Repeat("0", 40)
	want := []Change{
		{Path: "a", NewMode: 0o100644, OldBlob: none, NewBlob: blob},
		{Path: "dir/odd\n\tname", NewMode: 0o100644, OldBlob: none, NewBlob: blob},
	}
	repo := s.open(s.dir)
	check := func(what string) {
		t.Helper()
		got, err := repo.StagedChanges(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", what, err, diff)
		}
	}
	check("before the first commit")
	s.git("commit", "-q", "-m", "one")
	s.write("intent", "x")
	s.git("add", "-N", "intent")
	s.git("mv", "a", "b")
	s.git("update-index", "--chmod=+x", "dir/odd\n\tname")
	want = []Change{
		{Path: "a", OldMode: 0o100644, OldBlob: blob, NewBlob: none},
		{Path: "b", NewMode: 0o100644, OldBlob: none, NewBlob: blob},
		{Path: "dir/odd\n\tname", OldMode: 0o100644, NewMode: 0o100755, OldBlob: blob, NewBlob: blob},
	}
	check("moved")
	s.git("reset", "-q", "--hard")
	s.write("a", "y")
	s.git("commit", "-q", "-a", "-m", "two")
	s.git("checkout", "-q", "-b", "other", "HEAD~1")
	s.write("a", "z")
	s.git("commit", "-q", "-a", "-m", "three")
	if _, err := s.try("merge", "-q", "main"); err == nil {
		t.Fatal("the merge is to conflict")
	}
	got, err := repo.StagedChanges(t.Context())
	if err != nil || len(got) == 0 || !got[0].Conflict || got[0].Path != "a" {
		t.Errorf("in conflict: %v %v", got, err)
	}
}

func TestParseChangesRefuses(t *testing.T) {
	for _, out := range []string{"x", ":100644 100644 aaaa bbbb M", "100644 100644 aaaa bbbb M\x00p\x00", ":100644 x aaaa bbbb M\x00p\x00", ":100644 100644 aaaa M\x00p\x00", ":100644 100644 aaaa bbbb M\x00\x00", ":1 1 aaaa -b M\x00p\x00"} {
		if got, err := parseChanges(out); err == nil {
			t.Errorf("%q: %v", out, got)
		}
	}
}
