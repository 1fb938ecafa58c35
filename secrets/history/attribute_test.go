package history

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
)

// A told is a change as git tells it.
type told struct {
	Commit, Path, Blob string
	Before             []string
}

// changesOf asks git what the commits of a range change, those of merges against
// all parents, in the order of time.
func changesOf(t *testing.T, dir string, words ...string) []told {
	t.Helper()
	list := git(t, dir, nil, append([]string{"rev-list", "--reverse", "--date-order", "--parents"}, words...)...)
	parents := map[string][]string{}
	var order []string
	for line := range strings.Lines(list) {
		ids := strings.Fields(line)
		order = append(order, ids[0])
		parents[ids[0]] = ids[1:]
	}
	// The tree of nothing is in no repository, but git knows it.
	return readDiffs(t, dir, order, parents, git(t, dir, nil, "hash-object", "-t", "tree", "--stdin"))
}

// readDiffs compares each commit with each of its parents.
func readDiffs(t *testing.T, dir string, order []string, parents map[string][]string, empty string) []told {
	t.Helper()
	var out []told
	for _, commit := range order {
		if len(parents[commit]) == 0 {
			for path, blobs := range rawDiff(t, dir, empty, commit) {
				if blobs[1] != "" {
					out = append(out, told{commit, path, blobs[1], nil})
				}
			}
			continue
		}
		var diffs []map[string][2]string
		for _, parent := range parents[commit] {
			diffs = append(diffs, rawDiff(t, dir, parent, commit))
		}
		now := map[string]string{}
		for _, diff := range diffs {
			for path, blobs := range diff {
				now[path] = blobs[1]
			}
		}
		for path, blob := range now {
			var before []string
			for _, diff := range diffs {
				was, differs := diff[path]
				if !differs {
					was[0] = blob
				}
				if !slices.Contains(before, was[0]) {
					before = append(before, was[0])
				}
			}
			if !slices.Equal(before, []string{blob}) {
				out = append(out, told{commit, path, blob, before})
			}
		}
	}
	return out
}

// rawDiff returns what two trees have at the paths at which they differ; empty
// for no file.
func rawDiff(t *testing.T, dir, a, b string) map[string][2]string {
	t.Helper()
	out := map[string][2]string{}
	fields := strings.Split(git(t, dir, nil, "diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", a, b), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		f := strings.Fields(strings.TrimPrefix(fields[i], ":")) // modes, blobs, status
		for k := range 2 {
			if f[k] == "160000" || f[k] == "000000" {
				f[k+2] = ""
			}
		}
		out[fields[i+1]] = [2]string{f[2], f[3]}
	}
	return out
}

func graphOf(t *testing.T, dir string, r Range) *graph {
	t.Helper()
	s := openStore(t, dir, gitstore.Options{})
	p := &problems{store: s}
	sel, err := r.resolve(s, p.add)
	if err != nil {
		t.Fatal(err)
	}
	g, err := readGraph(context.Background(), s, sel, p, 2)
	if err != nil {
		t.Fatal(err)
	}
	p.tell(func(i envtight.Incompleteness) { t.Errorf("incomplete: %s", i.Cause) })
	return g
}

// changesIn lists the changes of lives as git tells them.
func changesIn(all []life) []told {
	var out []told
	for _, l := range all {
		for _, c := range l.changes {
			one := told{Commit: c.commit.String(), Path: l.path, Blob: c.blob.String()}
			for _, b := range c.before {
				one.Before = append(one.Before, b.String())
			}
			out = append(out, one)
		}
	}
	return out
}

// sameChanges compares, with the order of each path's changes.
func sameChanges(t *testing.T, what string, want, got []told) {
	t.Helper()
	for _, list := range [][]told{want, got} {
		for i := range list {
			list[i].Before = append([]string{}, list[i].Before...)
			slices.Sort(list[i].Before)
		}
		slices.SortStableFunc(list, func(a, b told) int { return strings.Compare(a.Path, b.Path) })
	}
	if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
		t.Errorf("%s: git (-) and we (+):\n%.3000s", what, diff)
	}
}

// TestLivesAreWhatGitSays compares changes and tips in random histories.
func TestLivesAreWhatGitSays(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			format := []string{"sha1", "sha256"}[seed%2]
			dir := newRandom(t, seed, 40, "--object-format="+format)
			all := changesOf(t, dir, "--all")
			if len(all) < 30 {
				t.Fatalf("%d changes show nothing", len(all))
			}
			r := rand.New(rand.NewPCG(seed, 3))
			for _, share := range []int{1, 3, 20} {
				g := graphOf(t, dir, Range{})
				wanted := map[gitstore.ID]bool{}
				for n := range g.blobs.count() {
					if r.IntN(share) == 0 {
						wanted[g.blobs.id(uint32(n))] = true
					}
				}
				lives, err := g.lives(context.Background(), wanted)
				if err != nil {
					t.Fatal(err)
				}
				sameChanges(t, fmt.Sprintf("one in %d", share), keepWanted(all, wanted), changesIn(lives))
				sameTips(t, dir, lives, wanted)
			}
		})
	}
}

// keepWanted is what is left of changes when blobs that are not wanted are taken for
// nothing.
func keepWanted(all []told, wanted map[gitstore.ID]bool) []told {
	keep := func(blob string) string {
		if id, ok := gitstore.ParseID(blob); ok && wanted[id] {
			return blob
		}
		return ""
	}
	var out []told
	for _, c := range all {
		one := told{Commit: c.Commit, Path: c.Path, Blob: keep(c.Blob)}
		for _, b := range c.Before {
			if b = keep(b); !slices.Contains(one.Before, b) {
				one.Before = append(one.Before, b)
			}
		}
		if !slices.Equal(one.Before, []string{one.Blob}) && (one.Blob != "" || len(one.Before) > 0) {
			out = append(out, one)
		}
	}
	return out
}

func sameTips(t *testing.T, dir string, lives []life, wanted map[gitstore.ID]bool) {
	t.Helper()
	var want, got []string
	for _, ref := range lines(t, dir, "for-each-ref", "--format=%(refname)") {
		for _, line := range strings.Split(git(t, dir, nil, "ls-tree", "-r", "-z", ref+"^{tree}"), "\x00") {
			facts, path, ok := strings.Cut(line, "\t")
			if fields := strings.Fields(facts); ok && wanted[parseID(t, fields[2])] && fields[1] == "blob" {
				want = append(want, path+" "+fields[2]+" "+ref)
			}
		}
	}
	for _, l := range lives {
		for _, tip := range l.tips {
			for _, ref := range tip.refs {
				got = append(got, l.path+" "+tip.blob.String()+" "+ref)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
		t.Errorf("tips: git (-) and we (+):\n%.2000s", diff)
	}
}

// TestChangesOfParts compares what parts of histories change. Trees are read one by
// one, and all at once.
func TestChangesOfParts(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := newRandom(t, 100+seed, 40)
			for _, words := range []string{"b0..b1", "b2 ^b0", "b1...b3", "--all --not b1 b2", "b0 --not b0~2", "b3^!", "--branches ^t0", "b1..b1"} {
				g := graphOf(t, dir, Range{Revisions: strings.Fields(words)})
				want := changesOf(t, dir, strings.Fields(words)...)
				wanted := map[gitstore.ID]bool{}
				brought := map[string]bool{}
				for _, c := range want {
					if c.Blob != "" && !slices.Contains(c.Before, c.Blob) {
						wanted[parseID(t, c.Blob)] = true
						brought[c.Path] = true
					}
				}
				if diff := cmp.Diff(wanted, marked(g)); diff != "" {
					t.Errorf("%s: blobs: git (-) and we (+):\n%s", words, diff)
				}
				want = slices.DeleteFunc(want, func(c told) bool { return !brought[c.Path] })
				lives, err := g.lives(context.Background(), wanted)
				if err != nil {
					t.Fatal(err)
				}
				sameChanges(t, words, want, changesIn(lives))
				sameBeyond(t, words, g, lives, wanted)
			}
		})
	}
}

// marked are the blobs that a graph asks for.
func marked(g *graph) map[gitstore.ID]bool {
	out := map[gitstore.ID]bool{}
	for n := range g.blobs.count() {
		if id := g.blobs.id(uint32(n)); g.wants(id, gitstore.TypeBlob) {
			out[id] = true
		}
	}
	return out
}

// sameBeyond holds that every blob that lives name is looked at.
func sameBeyond(t *testing.T, what string, g *graph, lives []life, looked map[gitstore.ID]bool) {
	t.Helper()
	named := map[gitstore.ID]bool{}
	for _, l := range lives {
		for _, c := range l.changes {
			named[c.blob] = true
			for _, b := range c.before {
				named[b] = true
			}
		}
		for _, tip := range l.tips {
			named[tip.blob] = true
		}
		for _, id := range l.known {
			named[id] = true
		}
	}
	delete(named, gitstore.ID{})
	for id := range looked {
		delete(named, id)
	}
	want := slices.SortedFunc(func(yield func(gitstore.ID) bool) {
		for id := range named {
			if !yield(id) {
				return
			}
		}
	}, gitstore.ID.Compare)
	if got := g.beyond(lives); !slices.Equal(want, got) {
		t.Errorf("%s: %d blobs are to be looked at, want %d", what, len(got), len(want))
	}
}

// TestReached compares the blobs of a whole history, and of what one branch leads
// to.
func TestReached(t *testing.T) {
	dir := newRandom(t, 7, 60)
	for _, words := range []string{"--all", "b1", "b0 t1~1"} {
		r := Range{Revisions: strings.Fields(words)}
		g := graphOf(t, dir, r)
		var commits []string
		for _, c := range slices.Backward(g.order) {
			commits = append(commits, g.commits.id(c).String())
		}
		args := append([]string{"rev-list", "--date-order"}, r.Revisions...)
		if diff := cmp.Diff(lines(t, dir, args...), commits); diff != "" {
			t.Errorf("%s: commits: git (-) and we (+):\n%s", words, diff)
		}
		want := map[gitstore.ID]bool{}
		objects := git(t, dir, nil, append([]string{"rev-list", "--objects", "--no-object-names"}, r.Revisions...)...)
		for line := range strings.Lines(git(t, dir, []byte(objects), "cat-file", "--batch-check")) {
			if id, _, ok := strings.Cut(line, " blob "); ok {
				want[parseID(t, id)] = true
			}
		}
		if diff := cmp.Diff(want, marked(g)); diff != "" {
			t.Errorf("%s: blobs: git (-) and we (+):\n%s", words, diff)
		}
		g.missing()
		g.problems.tell(func(i envtight.Incompleteness) { t.Errorf("incomplete: %s", i.Cause) })
	}
}

// TestTreesAreRead compares every tree with its bytes, deltas among them.
func TestTreesAreRead(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		dir := newRandom(t, 9, 80, "--object-format="+format)
		g := graphOf(t, dir, Range{})
		copied, read := 0, 0
		for n := range uint32(g.trees.count()) {
			_, data, err := g.store.Object(g.trees.id(n), nil)
			if err != nil {
				t.Fatal(err)
			}
			content := g.content(n)
			r := g.store.Format().ReadTree(data)
			for e := (gitstore.TreeEntry{}); r.Next(&e); content = content[1:] {
				got := content[0]
				name, id := g.names.names[got.name], gitstore.ID{}
				switch {
				case got.child.isTree():
					id = g.trees.id(got.child.number())
				case got.child.isBlob():
					id = g.blobs.id(got.child.number())
				}
				if name != string(e.Name) || got.child.isTree() != e.IsTree() || (got.child == nothing) != e.IsModule() || got.child != nothing && id != e.ID {
					t.Fatalf("tree %s: entry %q is %q", g.trees.id(n), e.Name, name)
				}
				read++
			}
			if len(content) > 0 {
				t.Fatalf("tree %s has %d entries too many", g.trees.id(n), len(content))
			}
			copied += len(g.tree[n].parts)
		}
		chunks := map[uint32]bool{}
		for _, n := range g.tree {
			for _, p := range n.parts {
				chunks[p.chunk] = true
			}
		}
		if 4*len(chunks) > 3*copied || read < 1000 {
			t.Errorf("%d entries; %d parts are made of %d chunks: too few are shared to show anything", read, copied, len(chunks))
		}
	}
}
