package gitstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func resolveAll(t *testing.T, dir string, names []string) (ids []ID) {
	t.Helper()
	for _, name := range names {
		id, ok := ParseID(strings.TrimSpace(string(git(t, dir, nil, "rev-parse", name))))
		if !ok {
			t.Fatal(name)
		}
		ids = append(ids, id)
	}
	return ids
}

// compareCommits compares a walk with git rev-list.
func compareCommits(t *testing.T, dir string, tips, exclude []string) {
	t.Helper()
	args := append([]string{"rev-list", "--date-order", "--parents", "--timestamp"}, tips...)
	for _, e := range exclude {
		args = append(args, "^"+e)
	}
	want := string(git(t, dir, nil, args...))
	s := open(t, dir, Options{})
	var got strings.Builder
	err := s.Commits(context.Background(), CommitOptions{Tips: resolveAll(t, dir, tips), Exclude: resolveAll(t, dir, exclude)}, func(n *CommitNode) error {
		fmt.Fprintf(&got, "%d %s", n.Time, n.ID)
		if !n.Shallow {
			for _, p := range n.Parents {
				fmt.Fprintf(&got, " %s", p)
			}
		}
		got.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Errorf("%v ^%v: %v", tips, exclude, err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("%v ^%v: git (-) and we (+) differ:\n%.2000s", tips, exclude, diff)
	}
}

func TestCommitsAsGitListsThem(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 100, false)
	for _, c := range []struct{ tips, exclude []string }{
		{tips: []string{"main"}},
		{tips: []string{"main", "side", "v1-again"}},
		{tips: []string{"main"}, exclude: []string{"main~10"}},
		{tips: []string{"main"}, exclude: []string{"side"}},
		{tips: []string{"side"}, exclude: []string{"main"}},
		{tips: []string{"main~5", "side"}, exclude: []string{"v1"}},
		{tips: []string{"main"}, exclude: []string{"main"}},
	} {
		compareCommits(t, dir, c.tips, c.exclude)
	}
	stop := errors.New("enough")
	s := open(t, dir, Options{})
	tips := resolveAll(t, dir, []string{"main", "tree"})
	if err := s.Commits(context.Background(), CommitOptions{Tips: tips}, func(*CommitNode) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

func TestMissingCommits(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 20, true)
	gone := resolveAll(t, dir, []string{"main~4"})[0]
	if err := os.Remove(loosePath(filepath.Join(dir, "objects"), gone)); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, Options{})
	tips := resolveAll(t, dir, []string{"main"})
	nowhere := SHA1.Sum(TypeCommit, nil)
	var missing []ID
	n := 0
	err := s.Commits(context.Background(), CommitOptions{
		Tips: append(tips, nowhere),
		Missing: func(id ID, err error) {
			if !errors.Is(err, ErrMissing) {
				t.Errorf("%s: %v", id, err)
			}
			missing = append(missing, id)
		},
	}, func(*CommitNode) error { n++; return nil })
	if err != nil || n < 4 || !slices.Equal(missing, []ID{nowhere, gone}) {
		t.Errorf("%d commits, missing %v, %v", n, missing, err)
	}
	if err := s.Commits(context.Background(), CommitOptions{Tips: tips}, func(*CommitNode) error { return nil }); !errors.Is(err, ErrMissing) {
		t.Errorf("nobody takes what is missing: %v", err)
	}
}

func TestParseCommit(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 30, false)
	s := open(t, dir, Options{})
	var c Commit
	for id, o := range oracle(t, dir) {
		if o.Type != "commit" {
			continue
		}
		if err := s.Format().ParseCommit([]byte(o.Data), &c); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		got := fmt.Sprint(c.Tree, c.Parents, string(c.Author.Name), string(c.Author.Email), c.Author.Time, c.Committer.Time, string(c.Message))
		format := "%T%n%P%n%an%n%ae%n%at%n%ct%n%B"
		lines := strings.SplitN(string(git(t, dir, nil, "show", "-s", "--format="+format, id.String())), "\n", 7)
		want := fmt.Sprint(lines[0], "["+lines[1]+"]", lines[2], lines[3], " ", lines[4], " ", lines[5], strings.TrimSuffix(lines[6], "\n"))
		if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s: %s, and git says %s", id, got, want)
		}
	}
	id := strings.Repeat("ab", 20)
	text := "tree " + id + "\nparent " + id + "\nparent " + id +
		"\nauthor A <a@b> c> 12 -0130\ncommitter nobody\nmergetag object " + id + "\n tree x\n parent y\n author Z <z> 1 +0000\n \nencoding latin1\ngpgsig -----\n encoding no\n\nmessage\n\nmore"
	if err := SHA1.ParseCommit([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Parents) != 2 || string(c.Author.Email) != "a@b> c" || c.Author.Time != 12 || c.Author.Zone != -90 ||
		c.Committer.Dated || string(c.Committer.Name) != "nobody" || string(c.Encoding) != "latin1" || string(c.Message) != "message\n\nmore" {
		t.Errorf("%+v", c)
	}
	for _, bad := range []string{"", "tree", "tree " + id[1:], "parent " + id, "tree " + id + "\nparent x\n", "tree " + id + "0\n"} {
		if err := SHA1.ParseCommit([]byte(bad), &c); !errors.Is(err, ErrParse) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if n := testing.AllocsPerRun(10, func() { _ = SHA1.ParseCommit([]byte(text), &c) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestParseTag(t *testing.T) {
	id := strings.Repeat("ab", 20)
	var tag Tag
	if err := SHA1.ParseTag([]byte("object "+id+"\ntype tree\ntag x\ntagger T <t@e> 5 +0100\n\nmessage\n"), &tag); err != nil {
		t.Fatal(err)
	}
	if tag.Object.String() != id || tag.Type != TypeTree || string(tag.Name) != "x" || tag.Tagger.Time != 5 || string(tag.Message) != "message\n" {
		t.Errorf("%+v", tag)
	}
	for _, bad := range []string{"", "object " + id, "object " + id + "\ntype x\n", "object x\ntype blob\n"} {
		if err := SHA1.ParseTag([]byte(bad), &tag); !errors.Is(err, ErrParse) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestPeelDamaged(t *testing.T) {
	dir := initRepo(t)
	p := newPack()
	blob, _ := p.whole(TypeBlob, "x")
	lying, _ := p.whole(TypeTag, "object "+blob.String()+"\ntype commit\ntag x\n\n")
	odd, _ := p.whole(TypeTag, "odd")
	astray, _ := p.whole(TypeTag, "object "+strings.Repeat("ab", 20)+"\ntype commit\ntag x\n\n")
	at := blob
	for range maxPeel + 1 {
		typ := "tag"
		if at == blob {
			typ = "blob"
		}
		at, _ = p.whole(TypeTag, "object "+at.String()+"\ntype "+typ+"\ntag x\n\n")
	}
	p.write(t, dir, "a", nil)
	s := open(t, dir, Options{})
	for id, kind := range map[ID]Kind{lying: ErrType, odd: ErrParse, astray: ErrMissing, at: ErrDepth} {
		if _, _, err := s.Peel(id); !errors.Is(err, kind) {
			t.Errorf("%v, not %v", err, kind)
		}
	}
}

func TestReadTree(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		dir := initRepo(t, "--object-format="+format)
		fill(t, dir, 10, false)
		s := open(t, dir, Options{})
		for id, o := range oracle(t, dir) {
			if o.Type != "tree" {
				continue
			}
			var got strings.Builder
			r := s.Format().ReadTree([]byte(o.Data))
			for e := (TreeEntry{}); r.Next(&e); {
				typ := "blob"
				if e.IsTree() {
					typ = "tree"
				}
				fmt.Fprintf(&got, "%06o %s %s\t%s\x00", e.Mode, typ, e.ID, e.Name)
			}
			if err := r.Err(); err != nil {
				t.Errorf("%s: %v", id, err)
			}
			if diff := cmp.Diff(string(git(t, dir, nil, "ls-tree", "-z", id.String())), got.String()); diff != "" {
				t.Errorf("%s: %s", id, diff)
			}
		}
	}
	id := string(bytes.Repeat([]byte{1}, 20))
	for _, bad := range []string{"1", " x\x00" + id, "100644 \x00" + id, "100644 x\x00" + id[1:], "100644 x" + id, "189 x\x00" + id, "12345671 x\x00" + id} {
		var e TreeEntry
		r := SHA1.ReadTree([]byte(bad))
		if r.Next(&e) || !errors.Is(r.Err(), ErrParse) {
			t.Errorf("%q is read as %+v", bad, e)
		}
	}
	data := []byte("160000 sub\x00" + id + "40000 dir\x00" + id)
	var e TreeEntry
	if n := testing.AllocsPerRun(10, func() {
		r := SHA1.ReadTree(data)
		for r.Next(&e) {
		}
	}); n > 0 || !e.IsTree() || e.IsModule() {
		t.Errorf("%v allocations, the last entry is %+v", n, e)
	}
}
