package history

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

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
