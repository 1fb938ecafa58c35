package history

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// TestSeenOnce: what an earlier run looked at is not read again, and the report is
// the same.
func TestSeenOnce(t *testing.T) {
	dir, number := build(t, story())
	looked := func(o Options, set secrets.RuleSet) (result, int64) {
		var total int64
		r := scan(t, dir, o, detector(t, set), secrets.Options{Progress: func(_, n int64) { total = n }})
		return r, total
	}
	first, n := looked(Options{}, rules())
	if n != 9 {
		t.Errorf("the first run looks at %d blobs, want 9", n)
	}
	second, n := looked(Options{}, rules())
	if n != 0 {
		t.Errorf("the second run looks at %d blobs", n)
	}
	if diff := cmp.Diff(first.lines(number), second.lines(number)); diff != "" {
		t.Errorf("first (-) and second (+) run:\n%s", diff)
	}
	if diff := cmp.Diff(first.looked, second.looked); diff != "" {
		t.Errorf("first (-) and second (+) run:\n%s", diff)
	}

	other := rules()
	other.Rules = other.Rules[:1]
	for name, test := range map[string]struct {
		o   Options
		set secrets.RuleSet
	}{
		"no record":       {Options{NoRecord: true}, rules()},
		"another version": {Options{Version: "2"}, rules()},
		"another limit":   {Options{MaxBlob: 1 << 20}, rules()},
		"other rules":     {Options{}, other},
	} {
		if _, n := looked(test.o, test.set); n != 9 {
			t.Errorf("%s: %d blobs are looked at, want 9", name, n)
		}
	}

	// A repository that grows, and is packed anew.
	head := git(t, dir, nil, "rev-parse", "main")
	more := "commit refs/heads/main\ncommitter C <c@example.com> 1700000000 +0000\ndata 1\nx\nfrom " + head +
		"\nM 100644 inline new\ndata 29\n" + token(9) + "\n\nM 100644 inline more\ndata 4\nmore\n"
	git(t, dir, []byte(more), "fast-import", "--quiet")
	git(t, dir, nil, "repack", "-adfq")
	grown, n := looked(Options{}, rules())
	if n != 2 {
		t.Errorf("%d blobs are looked at, want the 2 new ones", n)
	}
	if len(grown.findings) != len(first.findings)+1 {
		t.Errorf("%d findings, and %d before", len(grown.findings), len(first.findings))
	}
}

// recall is what the record says in a run, if it is enough.
func recall(t *testing.T, dir string, d *secrets.Detector) (*run, []*appearance, []secrets.Finding, bool) {
	t.Helper()
	src, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	r := src.run(d, secrets.Options{})
	f := r.remember().facts(r.sel, src.store)
	if f == nil {
		return r, nil, nil, false
	}
	found, told, ok := r.recall(t.Context(), f)
	return r, found, told, ok
}

// TestRecall: while the refs are the same, findings are made of the record and the
// blobs that they are in.
func TestRecall(t *testing.T) {
	dir, number := build(t, story())
	d := detector(t, rules())
	want := scan(t, dir, Options{}, d, secrets.Options{})
	r, found, told, ok := recall(t, dir, d)
	if !ok {
		t.Fatal("nothing is recalled")
	}
	got := result{}
	r.tell(found, told, func(f secrets.Finding, _ error) bool { got.findings = append(got.findings, f); return true })
	if diff := cmp.Diff(want.lines(number), got.lines(number)); diff != "" {
		t.Errorf("found (-) and recalled (+):\n%s", diff)
	}
	for _, change := range [][]string{
		{"update-ref", "refs/heads/new", "main~1"},
		{"update-ref", "-d", "refs/heads/new"}, // as it was
		{"update-ref", "--no-deref", "HEAD", "main~1"},
	} {
		git(t, dir, nil, change...)
		if _, _, _, ok := recall(t, dir, d); ok != (change[1] == "-d") {
			t.Errorf("git %v: recalled: %v", change, ok)
		}
	}
}

// FuzzDecodeFacts: whatever is read as facts is written in the same way.
func FuzzDecodeFacts(f *testing.F) {
	id := gitstore.SHA1.Sum(gitstore.TypeBlob, nil)
	f.Add((&facts{}).encode())
	f.Add((&facts{
		commits: 7, cut: 2, absent: map[gitstore.Kind][]gitstore.ID{gitstore.ErrMissing: {id}},
		found:  []fact{{path: "a", blob: id, seen: secrets.Sighting{Rule: "token", Span: envtight.Span{Start: 1, End: 2}, Whole: envtight.Span{End: 3}, StartColumn: 4, Decoded: []string{"decoded:hex"}, Passes: 1, Secret: envtight.Span{End: 3}}, exact: true, added: []addition{{id, 3}}, tips: []int{0, 5, 6}}},
		hidden: map[gitstore.ID]secrets.Hidden{id: {{Start: 1, End: 7}: {{Start: 0, End: 3}}}},
		masks:  map[gitstore.ID]masks{id: {{{Start: 2, End: 3}}, nil, {{Start: 1, End: 2}}}},
	}).encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		read, ok := decodeFacts(data)
		if !ok {
			return
		}
		for kind := range read.absent {
			if kind != gitstore.ErrMissing && kind != gitstore.ErrTooLarge {
				return // never written
			}
		}
		again, ok := decodeFacts(read.encode())
		if diff := cmp.Diff(read, again, cmp.AllowUnexported(facts{}, fact{}, addition{}), cmp.Comparer(func(a, b gitstore.ID) bool { return a == b })); !ok || diff != "" {
			t.Errorf("%v: read (-) and read again (+):\n%s", ok, diff)
		}
	})
}

// TestRecordHoldsNoText: nothing of what was looked at is in the record.
func TestRecordHoldsNoText(t *testing.T) {
	dir, _ := build(t, story())
	scan(t, dir, Options{}, detector(t, rules()), secrets.Options{})
	files, err := filepath.Glob(filepath.Join(dir, recordDir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"tok_", token(1)[4:10], "BEGIN", "one\n"} {
		if bytes.Contains(data, []byte(part)) {
			t.Error("a part of a text is in the record")
		}
	}
}

// TestQuarantine: a hook that looks at objects which may be refused keeps nothing.
func TestQuarantine(t *testing.T) {
	dir, _ := build(t, story())
	scan(t, dir, Options{Objects: filepath.Join(dir, "objects")}, detector(t, rules()), secrets.Options{})
	if _, err := os.Stat(filepath.Join(dir, recordDir)); err == nil {
		t.Error("a record is kept")
	}
}
