package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/internal/gitstore"
)

// tangle is a history with branches, merges, an octopus, a second root and tags.
func tangle(t *testing.T, args ...string) string {
	t.Helper()
	dir := newRepo(t, args...)
	var b strings.Builder
	commit := func(mark int, branch string, parents ...int) {
		fmt.Fprintf(&b, "commit refs/heads/%s\nmark :%d\ncommitter C <c@example.com> %d +0000\ndata 1\nx\n", branch, mark, 1600000000+60*mark)
		for i, p := range parents {
			fmt.Fprintf(&b, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], p)
		}
		fmt.Fprintf(&b, "M 100644 inline f%d\ndata 1\n%d\n", mark%3, mark%10)
	}
	commit(1, "main")
	commit(2, "main", 1)
	commit(3, "topic/a", 2)
	commit(4, "main", 2)
	commit(5, "topic/b", 3)
	commit(6, "main", 4, 5)
	commit(7, "beef", 6)
	commit(8, "orphan")
	commit(9, "main", 6, 3, 8)
	commit(10, "topic/a", 3, 4)
	git(t, dir, []byte(b.String()), "fast-import", "--quiet")
	git(t, dir, nil, "tag", "-a", "-m", "x", "v1", "main~1")
	git(t, dir, nil, "tag", "-a", "-m", "x", "v1-again", "v1")
	git(t, dir, nil, "tag", "-a", "-m", "x", "tree", "main^{tree}")
	git(t, dir, nil, "tag", "main", "topic/b") // a tag comes before a branch
	git(t, dir, nil, "update-ref", "refs/remotes/origin/main", "refs/heads/main~1")
	git(t, dir, nil, "update-ref", "refs/remotes/origin/old", "refs/heads/orphan")
	git(t, dir, nil, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	git(t, dir, nil, "config", "branch.main.remote", "origin")
	git(t, dir, nil, "config", "branch.main.merge", "refs/heads/main")
	git(t, dir, nil, "config", "remote.origin.url", "https://example.com/x")
	git(t, dir, nil, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
	return dir
}

// selected lists the commits of a range as git rev-list does.
func selected(t *testing.T, s *gitstore.Store, r Range) ([]string, error) {
	t.Helper()
	sel, err := r.resolve(s, noProblem(t))
	if err != nil {
		return nil, err
	}
	var got []string
	o := gitstore.CommitOptions{Tips: sel.begin(), Exclude: sel.exclude, Common: sel.common}
	err = s.Commits(context.Background(), o, func(n *gitstore.CommitNode) error {
		got = append(got, n.ID.String())
		return nil
	})
	return got, err
}

func TestRevisionsAreThoseOfGit(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) { compareRevisions(t, tangle(t, "--object-format="+format)) })
	}
}

func compareRevisions(t *testing.T, dir string) {
	s := openStore(t, dir, gitstore.Options{})
	id := lines(t, dir, "rev-parse", "refs/heads/main~2")[0]
	for _, words := range []string{
		"HEAD", "@", "main", "heads/main", "refs/heads/main", "tags/main", "v1", "v1-again", "origin", "origin/old", "topic/a", "beef",
		"HEAD~", "HEAD~2", "HEAD^", "HEAD^2", "HEAD^3", "HEAD^0", "HEAD~1^2~1", "HEAD^^", "@~1", "v1^{}", "v1^{commit}", "v1-again^{tag}", "v1-again~1",
		"@{u}", "main@{upstream}~1", "main@{U}",
		id, id[:7], strings.ToUpper(id[:9]), id[:12] + "~1", id[:7] + "^{commit}",
		"v1..HEAD", "..topic/a", "topic/a..", "topic/a..topic/b", "HEAD..HEAD", "topic/a...topic/b", "topic/a...", "...orphan", "v1...topic/a",
		"HEAD ^topic/b", "HEAD topic/a ^v1 ^orphan", "^HEAD topic/a", "HEAD^!", "HEAD^@", "HEAD^-", "HEAD^-2", "^HEAD^@ HEAD", "topic/a^!",
		"--all", "--branches", "--tags", "--remotes", "--remotes=origin --not orphan", "HEAD --not --remotes", "HEAD --not --tags --not topic/a", "--all --not --branches",
	} {
		got, err := selected(t, s, Range{Revisions: strings.Fields(words)})
		if err != nil {
			t.Errorf("%s: %v", words, err)
			continue
		}
		args := append([]string{"rev-list", "--date-order"}, strings.Fields(strings.ReplaceAll(words, "--remotes=origin", "--remotes=origin/*"))...)
		if diff := cmp.Diff(lines(t, dir, args...), append([]string{}, got...)); diff != "" {
			t.Errorf("%s: git (-) and we (+):\n%s", words, diff)
		}
	}
}

func TestRevisionsThatLeadNowhere(t *testing.T) {
	dir := tangle(t)
	s := openStore(t, dir, gitstore.Options{})
	none := strings.Repeat("1", 40)
	for words, want := range map[string]string{
		"mian..HEAD":                `revision "mian": there is no such ref or object in this clone; did you mean "main"?`,
		"topic/c":                   `revision "topic/c": there is no such ref or object in this clone; did you mean "topic/a"?`,
		"nothing-like-it":           `revision "nothing-like-it": there is no such ref or object in this clone; fetch it first, or see git for-each-ref for what there is`,
		none:                        `revision "` + none + `": object ` + none + ` is not in this clone; fetch it first (a shallow clone has no old commits)`,
		"tree":                      `revision "tree": it names a tree, not a commit`,
		"HEAD^{tree}":               `revision "HEAD^{tree}": it names a tree, not a commit`,
		"HEAD^4":                    `revision "HEAD^4": the commit has no parent number 4`,
		"HEAD~99":                   `revision "HEAD~99": the commit has no parent number 1`,
		"HEAD^-4":                   `revision "HEAD^-4": the commit has no parent number 4`,
		"HEAD@{1}":                  `revision "HEAD@{1}": reflogs are not read; name the commit itself`,
		"@{yesterday}":              `revision "@{yesterday}": reflogs are not read; name the commit itself`,
		"beef@{u}":                  `revision "beef@{u}": no upstream is set; set one with git branch --set-upstream-to, or name the commit`,
		"HEAD^{/fix}":               `revision "HEAD^{/fix}": messages are not searched; name the commit itself`,
		"HEAD:f1":                   `revision "HEAD:f1": it names a file, not a commit`,
		"HEAD~2x":                   `revision "HEAD~2x": it has not the form of a revision`,
		"HEAD^{":                    `revision "HEAD^{": it has not the form of a revision`,
		"HEAD~99999999999999999999": `revision "HEAD~99999999999999999999": it has not the form of a revision`,
		"--since=2020":              `revision "--since=2020": this option of git is not known here; name commits and refs, as in BASE..HEAD`,
		"^HEAD":                     `revision "^HEAD": it only says what to leave out; name what to begin from as well, as in HEAD`,
		"--not --all":               `revision "--not --all": it only says what to leave out; name what to begin from as well, as in HEAD`,
	} {
		_, err := selected(t, s, Range{Revisions: strings.Fields(words)})
		if _, ok := errors.AsType[*RevisionError](err); !ok {
			t.Errorf("%s: %v is no RevisionError", words, err)
		}
		if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
			t.Errorf("%s: %s", words, diff)
		}
	}
}

// TestAmbiguousDigits holds that one commit among objects that begin alike is
// found by its digits, as git does.
func TestAmbiguousDigits(t *testing.T) {
	dir := newRepo(t)
	var b strings.Builder
	for i := range 700 {
		fmt.Fprintf(&b, "commit refs/heads/main\ncommitter C <c@example.com> %d +0000\ndata 1\nx\nM 100644 inline f\ndata 4\n%04d\n", 1600000000+i, i)
	}
	git(t, dir, []byte(b.String()), "fast-import", "--quiet")
	s := openStore(t, dir, gitstore.Options{})
	one, several := 0, 0
	for _, id := range lines(t, dir, "rev-list", "main") {
		count := len(s.WithPrefix(id[:4], 10))
		if count < 2 {
			continue
		}
		want := lines(t, dir, "rev-parse", "--disambiguate="+id[:4])
		commits := slices.DeleteFunc(want, func(id string) bool { return strings.TrimSpace(git(t, dir, nil, "cat-file", "-t", id)) != "commit" })
		got, err := Range{Revisions: []string{id[:4]}}.resolve(s, noProblem(t))
		if len(commits) == 1 {
			one++
			if err != nil || got.tips[0].String() != id {
				t.Errorf("%s: %v", id[:4], err)
			}
			continue
		}
		several++
		if err == nil || !strings.Contains(err.Error(), "give more digits") {
			t.Errorf("%s means %d commits: %v", id[:4], len(commits), err)
		}
	}
	if one == 0 || several == 0 {
		t.Errorf("%d abbreviations name one commit, %d several: the case is not shown", one, several)
	}
}

func TestEverythingThatIsHeld(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "repo")
	git(t, ".", nil, "init", "-q", "-b", "main", dir)
	commit := func(dir, text string) {
		t.Helper()
		git(t, dir, nil, "commit", "-q", "--allow-empty", "-m", text)
	}
	commit(dir, "one")
	git(t, dir, nil, "worktree", "add", "-q", "--detach", "../linked")
	linked := filepath.Join(filepath.Dir(dir), "linked")
	commit(linked, "held by a detached HEAD of a linked work tree")
	git(t, linked, nil, "update-ref", "refs/worktree/own", "HEAD")
	commit(linked, "two")
	git(t, linked, nil, "notes", "add", "-m", "a note")
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	git(t, dir, nil, "add", "f")
	git(t, dir, nil, "stash", "-q")
	want := lines(t, dir, "rev-list", "--date-order", "--all")
	if len(want) != 6 {
		t.Fatalf("git knows %d commits", len(want))
	}
	for at, names := range map[string][]string{
		dir:    {"refs/heads/main", "refs/notes/commits", "refs/stash", "worktrees/linked/HEAD", "worktrees/linked/refs/worktree/own"},
		linked: {"HEAD", "refs/heads/main", "refs/notes/commits", "refs/stash", "refs/worktree/own"},
	} {
		s := openStore(t, at, gitstore.Options{})
		got, err := selected(t, s, Range{})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: git (-) and we (+):\n%s", at, diff)
		}
		sel, err := Range{}.resolve(s, noProblem(t))
		if err != nil || !sel.whole {
			t.Fatal(sel, err)
		}
		var holders []string
		for _, h := range sel.holders {
			holders = append(holders, h.name)
		}
		if diff := cmp.Diff(names, holders); diff != "" {
			t.Errorf("%s: %s", at, diff)
		}
	}
	git(t, linked, nil, "checkout", "-q", "--orphan", "unborn")
	s := openStore(t, linked, gitstore.Options{})
	_, err := selected(t, s, Range{Revisions: []string{"HEAD"}})
	if err == nil || !strings.Contains(err.Error(), "there is no commit yet") {
		t.Error(err)
	}
}

func TestPush(t *testing.T) {
	dir := tangle(t)
	s := openStore(t, dir, gitstore.Options{})
	id := func(name string) string { return lines(t, dir, "rev-parse", name)[0] }
	zero, unknown := strings.Repeat("0", 40), strings.Repeat("1", 40)
	main, topic := id("refs/heads/main"), id("topic/a")
	for _, c := range []struct {
		name, remote, lines string
		want                []string // arguments of git rev-list; nil for nothing
	}{
		{"new branch", "origin", "refs/heads/topic/a " + topic + " refs/heads/topic/a " + zero, []string{topic, "--not", "--remotes=origin"}},
		{"new branch of an unknown remote", "other", "refs/heads/topic/a " + topic + " refs/heads/topic/a " + zero, []string{topic}},
		{"to an address", "https://example.com/x.git", "refs/heads/topic/a " + topic + " refs/heads/topic/a " + id("topic/a~1"), []string{topic, "^" + id("topic/a~1")}},
		{"update", "origin", "refs/heads/main " + main + " refs/heads/main " + id("refs/heads/main~2"), []string{main, "--not", "--remotes=origin"}},
		{"over what was never fetched", "none", "HEAD~0 " + main + " refs/heads/main " + unknown, []string{main}},
		{"several", "none", "refs/heads/main " + main + " refs/heads/main " + id("v1^{}") + "\nrefs/heads/topic/a " + topic + " refs/heads/x " + zero + "\n", []string{main, topic, "^v1"}},
		{"an expression with spaces", "none", "HEAD^{/a b c} " + main + " refs/heads/main " + topic, []string{main, "^" + topic}},
		{"a tag", "origin", "refs/tags/v1-again " + id("v1-again") + " refs/tags/v1-again " + zero, []string{"v1-again", "--not", "--remotes=origin"}},
		{"deletion", "origin", "(delete) " + zero + " refs/heads/main " + main, nil},
		{"nothing", "origin", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := selected(t, s, Range{Push: &Push{Remote: c.remote, Lines: []byte(c.lines)}})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			if c.want != nil {
				want = lines(t, dir, append([]string{"rev-list", "--date-order"}, c.want...)...)
			}
			if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
				t.Errorf("git (-) and we (+):\n%s", diff)
			}
		})
	}
	for _, odd := range []string{"x", "refs/heads/main " + main, "a b c d", "refs/heads/main " + main + " refs/heads/main x"} {
		if _, err := selected(t, s, Range{Push: &Push{Lines: []byte("\n" + odd)}}); err == nil || err.Error() != "line 2 of the input is not what git writes to a pre-push hook" {
			t.Errorf("%q: %v", odd, err)
		}
	}
}

// TestReceiveInQuarantine takes a push as a server does: what is new lies in a
// directory of its own, and the refs are still the old ones.
func TestReceiveInQuarantine(t *testing.T) {
	server := tangle(t)
	objects := filepath.Join(server, "objects")
	quarantine := t.TempDir()
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, server, nil, "clone", "-q", "--shared", server, clone)
	git(t, clone, nil, "checkout", "-q", "-b", "new")
	git(t, clone, nil, "commit", "-q", "--allow-empty", "-m", "new one")
	git(t, clone, nil, "merge", "-q", "-m", "merge", "--allow-unrelated-histories", "origin/topic/a")
	// What the clone has and the server has not.
	if err := os.CopyFS(quarantine, os.DirFS(filepath.Join(clone, ".git", "objects"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(quarantine, "info", "alternates")); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, server, gitstore.Options{Objects: quarantine, Alternates: []string{objects}})
	id, zero := lines(t, clone, "rev-parse", "HEAD")[0], strings.Repeat("0", 40)
	old := lines(t, server, "rev-parse", "topic/b")[0]
	for lines, want := range map[string]int{
		zero + " " + id + " refs/heads/new\n":                                           2,
		zero + " " + id + " refs/heads/new\n" + old + " " + zero + " refs/heads/gone\n": 2,
		old + " " + zero + " refs/heads/gone\n":                                         0,
		zero + " " + old + " refs/heads/again\n":                                        0,
		strings.Repeat("1", 40) + " " + id + " refs/heads/new\n":                        2,
	} {
		got, err := selected(t, s, Range{Receive: &Receive{Lines: []byte(lines)}})
		if err != nil || len(got) != want {
			t.Errorf("%q: %d commits, want %d (%v)", lines, len(got), want, err)
		}
	}
	_, err := selected(t, s, Range{Receive: &Receive{Lines: []byte(zero + " " + id + " refs/heads/a b")}})
	if err == nil || err.Error() != "line 1 of the input is not what git writes to a pre-receive hook" {
		t.Error(err)
	}
}
