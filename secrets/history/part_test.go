package history

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// secretHistory has secrets in its files, several times in some.
func secretHistory(t *testing.T, seed uint64) string {
	t.Helper()
	h := &randomHistory{Rand: rand.New(rand.NewPCG(seed, 5)), digits: 40}
	for i := range 10 {
		text := fmt.Sprintf("line %d\n", i)
		for range h.IntN(3) {
			text += fmt.Sprintf("%d %s\n", h.IntN(2), token(h.IntN(4)))
		}
		h.texts = append(h.texts, text)
	}
	for i := range 50 {
		h.commit(i)
	}
	dir := newRepo(t)
	git(t, dir, h.out.Bytes(), "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet")
	return dir
}

// happened are the findings without what depends on how they were found.
func happened(all []secrets.Finding) []string {
	var out []string
	for _, f := range all {
		line := fmt.Sprintf("%s:%d %s %s by %s", f.Location.Path, f.Location.Range.Start.Line, f.Rule.ID, f.Secret.Reveal(), f.History.Introduced.ID)
		for _, a := range f.History.Added {
			line += fmt.Sprintf(", added by %s:%d", a.Commit, a.Line)
		}
		if line += " at " + strings.Join(f.History.Tips, " "); f.History.Gone != nil {
			line += " gone by " + f.History.Gone.ID
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// TestPartsAreJudgedAlike: it makes no difference whether few commits are looked at
// for what they change, or many with all that they have; and what a part brings
// is what the whole says that its commits brought.
func TestPartsAreJudgedAlike(t *testing.T) {
	found := 0
	for seed := range uint64(5) {
		dir := secretHistory(t, seed)
		whole := scan(t, dir, Options{NoRecord: true}, detector(t, rules()), secrets.Options{}).findings
		for _, words := range []string{"b0..b1", "b1..b0", "b2 ^b0", "b1...b3", "--all --not b1 b2", "b0 --not b0~2", "b3^!"} {
			o := Options{NoRecord: true, Range: Range{Revisions: strings.Fields(words)}}
			few := scan(t, dir, o, detector(t, rules()), secrets.Options{})
			o.many = true
			many := scan(t, dir, o, detector(t, rules()), secrets.Options{})
			if diff := cmp.Diff(happened(few.findings), happened(many.findings)); diff != "" {
				t.Errorf("%d, %s: looked at for changes (-) and whole (+):\n%s", seed, words, diff)
			}
			found += len(few.findings)
			commits := map[string]bool{}
			for _, id := range lines(t, dir, append([]string{"rev-list"}, o.Range.Revisions...)...) {
				commits[id] = true
			}
			sameBrought(t, fmt.Sprintf("%d, %s", seed, words), whole, few.findings, commits)
		}
	}
	if found < 20 {
		t.Errorf("%d findings show nothing", found)
	}
}

// sameBrought holds that a part yields nothing that the whole does not, and all
// that the whole says was brought by the part's commits alone.
func sameBrought(t *testing.T, what string, whole, part []secrets.Finding, commits map[string]bool) {
	t.Helper()
	type key struct{ path, secret string }
	got := map[key]bool{}
	for _, f := range part {
		got[key{f.Location.Path, f.Secret.Reveal()}] = true
		if !commits[f.History.Introduced.ID] {
			t.Errorf("%s: %s was brought by a commit that is not looked at", what, f.Location.Path)
		}
	}
	for _, f := range whole {
		inside := 0
		for _, a := range f.History.Added {
			if commits[a.Commit] {
				inside++
			}
		}
		switch has := got[key{f.Location.Path, f.Secret.Reveal()}]; {
		case has && inside == 0:
			t.Errorf("%s: %s is new, and no commit that is looked at added it", what, f.Location.Path)
		case !has && inside == len(f.History.Added):
			t.Errorf("%s: %s is lost", what, f.Location.Path)
		}
	}
}

// TestKnownSecretsAreNotNew: what the base has at a path already is not brought by
// the other side, even if that side brought it by itself.
func TestKnownSecretsAreNotNew(t *testing.T) {
	dir, number := build(t, []commit{
		1: {branch: "main", files: map[string]string{"a": "x\n", "old": token(1)}},
		2: {branch: "side", from: []int{1}, files: map[string]string{"a": token(2), "b": token(3), "old": "# " + token(1)}},
		3: {branch: "main", from: []int{1}, files: map[string]string{"a": "picked\n" + token(2)}},
		4: {branch: "side", from: []int{2, 3}, files: map[string]string{"a": token(2), "old": token(1) + token(4), "new": token(1)}},
		5: {branch: "side", from: []int{4}, files: map[string]string{"old": token(4)}},
	}[1:])
	got := scan(t, dir, Options{NoRecord: true, Range: Range{Revisions: []string{"main..side"}}}, detector(t, rules()), secrets.Options{})
	want := []string{
		"b:1:1 token by 2 at refs/heads/side",
		"new:1:1 token by 4 at refs/heads/side",
		"old:1:1 token by 5 at refs/heads/side",
	}
	if diff := cmp.Diff(want, got.lines(number)); diff != "" {
		t.Error(diff)
	}
}

// TestClonesThatLackObjects: what a clone left out is told; the rest is looked at.
func TestClonesThatLackObjects(t *testing.T) {
	origin, _ := build(t, []commit{
		1: {branch: "main", files: map[string]string{"a": token(1), "d/b": "x"}},
		2: {branch: "main", files: map[string]string{"a": token(2)}},
		3: {branch: "main", files: map[string]string{"a": "clean", "d/c": token(3)}},
	}[1:])
	git(t, origin, nil, "config", "uploadpack.allowFilter", "true")
	for _, c := range []struct {
		how      string
		findings int
		want     envtight.Incompleteness
	}{
		{"--depth=2", 2, envtight.Incompleteness{
			Silence: envtight.Failed, Count: 1,
			Cause:  "git history: this clone is shallow: what was before one commit was not fetched",
			Advice: "fetch the rest: git fetch --unshallow (in GitHub Actions: fetch-depth: 0); to look at the files that are here: envtight secrets dir",
		}},
		{"--filter=blob:none", 0, envtight.Incompleteness{
			Silence: envtight.Failed, Count: 5,
			Cause:  "git history: left out of this partial clone: object is missing: ",
			Advice: "fetch what was left out: git fetch --refetch --no-filter",
		}},
		{"--filter=tree:0", 0, envtight.Incompleteness{
			Silence: envtight.Failed, Count: 3,
			Cause:  "git history: left out of this partial clone: object is missing: ",
			Advice: "fetch what was left out: git fetch --refetch --no-filter",
		}},
	} {
		dir := t.TempDir()
		git(t, dir, nil, "clone", "-q", "--bare", "--no-local", c.how, "file://"+origin, "clone")
		scan(t, dir+"/clone", Options{}, detector(t, rules()), secrets.Options{})
		got := scan(t, dir+"/clone", Options{}, detector(t, rules()), secrets.Options{}) // by the record of the first
		if len(got.findings) != c.findings || len(got.incomplete) != 1 {
			t.Errorf("%s: %d findings, %d lines: %+v", c.how, len(got.findings), len(got.incomplete), got.incomplete)
			continue
		}
		i := got.incomplete[0]
		if !strings.HasPrefix(i.Cause, c.want.Cause) {
			t.Errorf("%s: %s", c.how, i.Cause)
		}
		i.Cause = c.want.Cause
		if diff := cmp.Diff(c.want, i); diff != "" {
			t.Errorf("%s: %s", c.how, diff)
		}
	}
}

// TestShallow: a clone that lacks old commits is not the whole history, and may be the
// whole of a part.
func TestShallow(t *testing.T) {
	origin, _ := build(t, []commit{
		{branch: "main", files: map[string]string{"a": token(1)}},
		{branch: "main", files: map[string]string{"a": token(2)}},
		{branch: "main", files: map[string]string{"a": token(3)}},
		{branch: "main", files: map[string]string{"a": token(4)}},
	})
	dir := t.TempDir()
	git(t, dir, nil, "clone", "-q", "--bare", "--no-local", "--depth=3", "file://"+origin, "clone")
	head := git(t, dir+"/clone", nil, "rev-parse", "main")
	apart := git(t, dir+"/clone", nil, "commit-tree", "main^{tree}", "-m", "apart")
	push := "refs/heads/main " + head + " refs/heads/main " + strings.Repeat("0", 40) + "\n"
	for name, c := range map[string]struct {
		of   Range
		want []envtight.Silence
	}{
		"all":          {Range{}, []envtight.Silence{envtight.Failed}},
		"a branch":     {Range{Revisions: []string{"main"}}, []envtight.Silence{envtight.Failed}},
		"one commit":   {Range{Revisions: []string{"main~1..main"}}, nil},
		"what it cuts": {Range{Revisions: []string{"main", "^" + apart}}, []envtight.Silence{envtight.NotAsked}},
		"a push":       {Range{Push: &Push{Remote: "origin", Lines: []byte(push)}}, []envtight.Silence{envtight.NotAsked}},
	} {
		var got []envtight.Silence
		for _, i := range scan(t, dir+"/clone", Options{Range: c.of}, detector(t, rules()), secrets.Options{}).incomplete {
			got = append(got, i.Silence)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestUnreachable: what nothing leads to is looked at when that is asked, and what
// a tag holds without a commit is, always.
func TestUnreachable(t *testing.T) {
	dir, number := build(t, []commit{
		1: {branch: "main", files: map[string]string{"a": token(1)}},
		2: {branch: "gone", from: []int{1}, files: map[string]string{"d/b": token(2), "d/z": token(2)}},
		3: {branch: "kept", from: []int{1}, files: map[string]string{"k": token(3)}},
	}[1:])
	git(t, dir, nil, "tag", "tree", "kept^{tree}")
	blob := git(t, dir, []byte(token(4)), "hash-object", "-w", "--stdin")
	git(t, dir, nil, "tag", "blob", blob)
	git(t, dir, []byte(token(5)), "hash-object", "-w", "--stdin")
	sub := git(t, dir, []byte("100644 blob "+git(t, dir, []byte(token(6)), "hash-object", "-w", "--stdin")+"\tf\n"), "mktree")
	git(t, dir, []byte("040000 tree "+sub+"\tdangling\n"), "mktree")
	git(t, dir, nil, "update-ref", "-d", "refs/heads/gone")
	git(t, dir, nil, "update-ref", "-d", "refs/heads/kept")
	held := []string{
		":1:1 token by 0 at refs/tags/blob",
		"a:1:1 token by 1 at refs/heads/main",
		"k:1:1 token by 0 at refs/tags/tree",
	}
	lost := []string{
		":1:1 token by 0",
		"d/b:1:1 token by 0",
		"dangling/f:1:1 token by 0",
	}
	for _, unreachable := range []bool{false, true} {
		want := held
		if unreachable {
			want = slices.Concat(held, lost)
		}
		got := scan(t, dir, Options{NoRecord: true, Unreachable: unreachable}, detector(t, rules()), secrets.Options{}).lines(number)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("unreachable: %v: %s", unreachable, diff)
		}
	}
}

// TestPushedTagOfATree: what a tag of a tree holds is looked at, too, when it is
// pushed.
func TestPushedTagOfATree(t *testing.T) {
	dir, number := build(t, []commit{{branch: "main", files: map[string]string{"a": "x"}}})
	tree := git(t, dir, []byte("100644 blob "+git(t, dir, []byte(token(1)), "hash-object", "-w", "--stdin")+"\tf\n"), "mktree")
	git(t, dir, nil, "tag", "-a", "-m", "x", "t", tree)
	tag := lines(t, dir, "rev-parse", "t")[0]
	git(t, dir, nil, "update-ref", "refs/remotes/origin/main", "main")
	push := &Push{Remote: "origin", Lines: []byte("refs/tags/t " + tag + " refs/tags/t " + strings.Repeat("0", 40))}
	got := scan(t, dir, Options{NoRecord: true, Range: Range{Push: push}}, detector(t, rules()), secrets.Options{})
	if diff := cmp.Diff([]string{"f:1:1 token by 0 at refs/tags/t"}, got.lines(number)); diff != "" {
		t.Error(diff)
	}
}

// TestBombs: trees that name each other again and again have more paths than can
// be listed, and directories may be nested without end. Both end soon, and are
// told.
func TestBombs(t *testing.T) {
	dir := newRepo(t)
	at := git(t, dir, []byte("100644 blob "+git(t, dir, []byte(token(1)), "hash-object", "-w", "--stdin")+"\tf\n"), "mktree")
	for range 20 {
		var tree strings.Builder
		for i := range 10 {
			fmt.Fprintf(&tree, "040000 tree %s\td%d\n", at, i)
		}
		at = git(t, dir, []byte(tree.String()), "mktree")
	}
	git(t, dir, nil, "update-ref", "refs/heads/main", git(t, dir, nil, "commit-tree", "-m", "x", at))
	deep, _ := build(t, []commit{{branch: "main", files: map[string]string{strings.Repeat("d/", maxLevels+10) + "f": token(1)}}})
	for dir, want := range map[string]string{
		dir:  "git history: directories have more paths than can be followed",
		deep: "git history: directories are nested too deep",
	} {
		empty := git(t, dir, nil, "commit-tree", "-m", "x", git(t, dir, nil, "hash-object", "-t", "tree", "-w", "--stdin"))
		for _, words := range [][]string{nil, {"main", "^" + empty}} {
			s := openStore(t, dir, gitstore.Options{})
			p := &problems{store: s}
			sel, err := Range{Revisions: words}.resolve(s, p.add)
			if err != nil {
				t.Fatal(err)
			}
			g, err := readGraph(t.Context(), s, sel, p, 2)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := g.lives(t.Context(), marked(g)); err != nil {
				t.Fatal(err)
			}
			var got []string
			p.tell(func(i envtight.Incompleteness) { got = append(got, i.Cause) })
			if diff := cmp.Diff([]string{want}, got); diff != "" {
				t.Errorf("%q: %s", words, diff)
			}
		}
	}
}
