package gitstore

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWithPrefixFindsWhatGitFinds(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		dir := initRepo(t, "--object-format="+format)
		fill(t, dir, 60, false)
		git(t, dir, []byte("loose"), "hash-object", "-w", "--stdin")
		s := open(t, dir, Options{})
		r := rand.New(rand.NewPCG(3, 4))
		var ids []string
		for id := range oracle(t, dir) {
			ids = append(ids, id.String())
		}
		slices.Sort(ids)
		for range 40 {
			id := ids[r.IntN(len(ids))]
			prefix := id[:4+r.IntN(len(id)-3)]
			want := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !strings.HasPrefix(id, prefix) })
			var got []string
			for _, id := range s.WithPrefix(strings.ToUpper(prefix), 1000) {
				got = append(got, id.String())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", prefix, diff)
			}
		}
		id := ids[0]
		for _, odd := range []string{"", id[:3], "xyzw", id[:4] + "g", id + "0", id[:4] + "/", "../.."} {
			if got := s.WithPrefix(odd, 10); got != nil {
				t.Errorf("%q: %v", odd, got)
			}
		}
		if got := s.WithPrefix(id[:4], 0); len(got) != 0 {
			t.Errorf("%d objects, none were asked for", len(got))
		}
	}
}

func TestUpstream(t *testing.T) {
	dir := initRepo(t)
	for _, setting := range [][2]string{
		{"remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"},
		{"remote.fork.fetch", "refs/heads/rel-*-x:refs/remotes/fork/*/y"},
		{"remote.one.fetch", "refs/heads/main:refs/remotes/one/only"},
		{"branch.main.remote", "origin"}, {"branch.main.merge", "refs/heads/trunk"},
		{"branch.local.remote", "."}, {"branch.local.merge", "refs/heads/main"},
		{"branch.rel.remote", "fork"}, {"branch.rel.merge", "refs/heads/rel-1-x"},
		{"branch.only.remote", "one"}, {"branch.only.merge", "refs/heads/main"},
		{"branch.other.remote", "one"}, {"branch.other.merge", "refs/heads/dev"},
		{"branch.short.remote", "fork"}, {"branch.short.merge", "refs/heads/rel-x"},
		{"branch.half.remote", "origin"},
	} {
		git(t, dir, nil, "config", "--add", setting[0], setting[1])
	}
	git(t, dir, history(1), "fast-import", "--quiet")
	s := open(t, dir, Options{})
	for branch, want := range map[string]string{
		"main": "refs/remotes/origin/trunk", "local": "refs/heads/main", "rel": "refs/remotes/fork/1/y",
		"only": "refs/remotes/one/only", "other": "", "short": "", "half": "", "none": "",
	} {
		if got := s.Upstream(branch); got != want {
			t.Errorf("%s follows %q, want %q", branch, got, want)
		}
		if want == "" || branch == "local" {
			continue
		}
		// git agrees when both refs are there.
		git(t, dir, nil, "update-ref", "refs/heads/"+branch, "main")
		git(t, dir, nil, "update-ref", want, "main")
		if got := strings.TrimSpace(string(git(t, dir, nil, "rev-parse", "--symbolic-full-name", branch+"@{u}"))); got != want {
			t.Errorf("git says that %s follows %s", branch, got)
		}
	}
}

func TestCommonHistoryIsExcluded(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 100, false)
	s := open(t, dir, Options{})
	for _, pair := range [][2]string{{"main", "side"}, {"side", "main~3"}, {"main", "main"}, {"v1", "side"}, {"main~20", "side"}} {
		want := strings.Fields(string(git(t, dir, nil, "rev-list", "--date-order", pair[0]+"..."+pair[1])))
		ids := resolveAll(t, dir, pair[:])
		var got []string
		o := CommitOptions{Tips: ids, Common: [][2]ID{{ids[0], ids[1]}}}
		if err := s.Commits(context.Background(), o, func(n *CommitNode) error {
			got = append(got, n.ID.String())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
			t.Errorf("%v: %s", pair, diff)
		}
	}
}
