package history

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// story is a history in which secrets come, move, are merged and go.
func story() []commit {
	return []commit{
		1: {branch: "main", files: map[string]string{"a": "one\n" + token(1) + "\n", "clean": "nothing\n"}},
		2: {branch: "main", files: map[string]string{"a": "zero\none\n" + token(1) + "\n"}}, // moved down
		3: {branch: "main", files: map[string]string{"a": "", "dir/b": "zero\none\n" + token(1) + "\n"}},
		4: {branch: "side", from: []int{2}, files: map[string]string{"s": token(2)}},
		5: {branch: "main", from: []int{3, 4}, files: map[string]string{"s": token(2), "evil": token(3)}},
		6: {branch: "main", files: map[string]string{"dir/b": "zero\none\n"}},
		7: {branch: "main", files: map[string]string{"dir/b": "zero\none\nkey " + token(1) + "\n", "evil": token(3) + " " + token(3) + "\n" + block(1, 3)}},
		8: {branch: "main", files: map[string]string{"copy": token(2), "s": token(2) + " # why\n"}},
		9: {branch: "main", files: map[string]string{"copy": ""}},
	}[1:]
}

func TestStory(t *testing.T) {
	dir, number := build(t, story())
	want := []string{
		"a:2:1 token by 1 at refs/heads/side",
		"copy:1:1 token by 8 gone by 9",
		"dir/b:3:1 token by 3, again by 7 at refs/heads/main",
		"evil:1:1 token by 5, again by 7 at refs/heads/main",
		"evil:2:1 block by 7 at refs/heads/main",
		"s:1:1 token by 4, again by 8 at refs/heads/main refs/heads/side",
	}
	for _, o := range []secrets.Options{{}, {Workers: 1}, {Workers: 7}} {
		for _, h := range []Options{{}, {whole: true}} {
			got := scan(t, dir, h, detector(t, rules()), o)
			if diff := cmp.Diff(want, got.lines(number)); diff != "" {
				t.Errorf("%d workers (-want +got):\n%s", o.Workers, diff)
			}
			if diff := cmp.Diff([]envtight.Incompleteness(nil), got.incomplete); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(map[string]int{"blobs": 9, "commits": 9}, got.looked); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// TestCommit: the commit of a finding is told as it was made, but for what must not
// be shown.
func TestCommit(t *testing.T) {
	dir, number := build(t, []commit{{branch: "main", say: "use " + token(7) + " now\n", files: map[string]string{"a": token(7)}}})
	f := scan(t, dir, Options{}, detector(t, rules()), secrets.Options{}).findings[0]
	var id string
	for id = range number {
	}
	want := secrets.Commit{ID: id, Author: "A1", Email: "a@example.com", Message: "use " + envtight.Redacted + " now\n"}
	if diff := cmp.Diff(want, f.History.Introduced, cmpopts.IgnoreFields(secrets.Commit{}, "Time")); diff != "" {
		t.Error(diff)
	}
	if got := f.History.Introduced.Time.Format("2006-01-02T15:04:05-07:00"); got != "2020-09-13T13:26:40+01:00" {
		t.Errorf("made at %s", got)
	}
}

// TestPaths: what is at paths that are passed over is not looked at, and some paths
// say enough.
func TestPaths(t *testing.T) {
	dir, number := build(t, []commit{
		{branch: "main", files: map[string]string{"vendor/a": token(1), "both": token(2), "vendor/both": token(2), "key.p12": "\x00\x01", "vendor/key.p12": "\x00"}},
		{branch: "main", files: map[string]string{"moved": token(1), "key.p12": "\x00\x02"}},
		{branch: "main", files: map[string]string{"key.p12": "", "only.test": token(3), "other": token(3)}},
	})
	set := rules()
	set.Allow = []secrets.Allowlist{{Paths: []string{`^vendor/`}}}
	set.Rules[0].Allow = []secrets.Allowlist{{Paths: []string{`\.test$`}}}
	set.Rules = append(set.Rules, secrets.Rule{ID: "p12", Path: `\.p12$`})
	want := []string{
		"both:1:1 token by 1 at refs/heads/main",
		"key.p12:0:0 p12 by 1 gone by 3",
		"moved:1:1 token by 2 at refs/heads/main",
		"other:1:1 token by 3 at refs/heads/main",
	}
	passed := []envtight.Incompleteness{{
		Silence: envtight.NotAsked, Count: 1, // vendor/key.p12; the others in vendor are elsewhere, too
		Cause: "git history: blobs that the rules pass over by their paths were not looked at",
	}}
	for _, o := range []Options{{NoRecord: true}, {NoRecord: true, whole: true}, {}, {}, {Partials: shards(t, dir, 2, detector(t, set))}} {
		got := scan(t, dir, o, detector(t, set), secrets.Options{})
		if diff := cmp.Diff(want, got.lines(number)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", o, diff)
		}
		if diff := cmp.Diff(passed, got.incomplete); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", o, diff)
		}
	}
	part := scan(t, dir, Options{Range: Range{Revisions: []string{"main~1..main"}}}, detector(t, set), secrets.Options{})
	if diff := cmp.Diff(want[3:], part.lines(number)); diff != "" {
		t.Errorf("a part of it (-want +got):\n%s", diff)
	}
	if len(part.incomplete) > 0 {
		t.Errorf("a part of it: %+v", part.incomplete)
	}
}

// TestAllowedCommit: a commit that is allowed brings nothing, and others do.
func TestAllowedCommit(t *testing.T) {
	dir, number := build(t, []commit{
		{branch: "main", files: map[string]string{"a": token(1), "b": token(2)}},
		{branch: "main", files: map[string]string{"a": "x"}},
		{branch: "main", files: map[string]string{"a": token(1) + "\n"}},
	})
	set := rules()
	for id, n := range number {
		if n == 1 {
			set.Allow = []secrets.Allowlist{{Commits: []string{id}}}
		}
	}
	for range 2 { // the second time from the record
		got := scan(t, dir, Options{}, detector(t, set), secrets.Options{})
		if diff := cmp.Diff([]string{"a:1:1 token by 3 at refs/heads/main"}, got.lines(number)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
