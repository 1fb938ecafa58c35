package history

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/envtight/envtight/internal/gitstore"
)

// FuzzTrees makes a tree of another by copying and inserting, and compares what is
// read, by sharing as much as possible, with what its bytes say.
func FuzzTrees(f *testing.F) {
	entry := func(mode, name string) string { return mode + " " + name + "\x00" + strings.Repeat(name[:1], 20) }
	var tree strings.Builder
	for _, name := range []string{"a", "bb", "ccc", "d", "e", "f", "g", "h", "i", "jj", "k", "l"} {
		tree.WriteString(entry([]string{"100644", "40000", "160000"}[len(name)-1], name))
	}
	base := []byte(tree.String())
	f.Add(base, []byte(entry("100644", "new")), uint16(28), uint16(28), uint16(400))
	f.Add(base, []byte("x"), uint16(40), uint16(41), uint16(0))
	f.Add(base, []byte(nil), uint16(30), uint16(60), uint16(29))
	f.Add(base[:50], []byte("100644 q\x00"), uint16(28), uint16(36), uint16(10))
	f.Add([]byte("100644 a\x00short"), []byte(" "), uint16(3), uint16(1), uint16(2))
	f.Fuzz(func(t *testing.T, base, insert []byte, head, tail, again uint16) {
		var target []byte
		var ops []gitstore.Op
		copied := func(from, to int) {
			if from < to {
				ops = append(ops, gitstore.Op{Base: int64(from), Len: int64(to - from)})
				target = append(target, base[from:to]...)
			}
		}
		copied(0, min(int(head), len(base)))
		if len(insert) > 0 {
			ops = append(ops, gitstore.Op{Base: -1, Len: int64(len(insert))})
			target = append(target, insert...)
		}
		copied(int(tail), len(base))
		copied(int(again), len(base))

		g := newGraph(nil, gitstore.SHA1.Size(), nil, &problems{})
		r := g.newTreeReader()
		parts, err := r.read(gitstore.SHA1.Sum(gitstore.TypeTree, base), base, nil, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		id := gitstore.SHA1.Sum(gitstore.TypeTree, target)
		if _, err := r.read(id, target, base, parts, ops); err != nil {
			t.Fatal(err)
		}
		at, _ := g.trees.find(id.Bytes())
		malformed := g.tree[at].malformed
		content := g.content(at)
		want := gitstore.SHA1.ReadTree(target)
		for e := (gitstore.TreeEntry{}); want.Next(&e); content = content[1:] {
			if len(content) == 0 {
				t.Fatalf("%q is lost", e.Name)
			}
			got := content[0]
			if g.names.names[got.name] != string(e.Name) || got.child.isTree() != e.IsTree() || (got.child == nothing) != e.IsModule() {
				t.Fatalf("%q is read as %q", e.Name, g.names.names[got.name])
			}
			if got.child.isTree() && g.trees.id(got.child.number()) != e.ID || got.child.isBlob() && g.blobs.id(got.child.number()) != e.ID {
				t.Fatalf("%q has another object", e.Name)
			}
		}
		if len(content) > 0 || malformed != (want.Err() != nil) {
			t.Fatalf("%d entries too many, malformed: %v", len(content), malformed)
		}
	})
}

// FuzzRevisions: whatever is asked, the answer is a commit or an error, and what
// git takes for a commit as well is the same one.
func FuzzRevisions(f *testing.F) {
	dir := newRepo(f)
	git(f, dir, []byte("commit refs/heads/main\ncommitter C <c@example.com> 1 +0000\ndata 1\nx\ncommit refs/heads/main\ncommitter C <c@example.com> 2 +0000\ndata 1\ny\nmerge refs/heads/main\n"), "fast-import", "--quiet")
	git(f, dir, nil, "tag", "-a", "-m", "x", "v1", "main~1")
	s := openStore(f, dir, gitstore.Options{})
	names := readNames(s, noProblem(f))
	for _, seed := range []string{"main", "HEAD~1^{commit}", "v1^{}~0", "@{u}", "main..", "a...b", "^", "~", "HEAD^-", "v1^2", "HEAD^{tree}", "dead", "refs/", "@", "main@{upstream}^"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, revision string) {
		ids, err := names.commits(revision)
		if err != nil || strings.ContainsAny(revision, "\x00\n") || strings.HasPrefix(revision, "-") {
			return
		}
		cmd := exec.Command("git", "rev-parse", "--quiet", "--verify", revision+"^{commit}")
		cmd.Dir = dir
		out, err := cmd.Output()
		if err == nil && string(bytes.TrimSpace(out)) != ids[0].String() {
			t.Errorf("%q is %s, git says %s", revision, ids[0], out)
		}
	})
}
