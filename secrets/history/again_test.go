package history

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// sameFindings compares all that is told; secrets by what they are.
var sameFindings = cmp.Options{
	cmp.Comparer(func(a, b envtight.Secret) bool { return a.Reveal() == b.Reveal() }),
	cmp.Comparer(func(a, b *secrets.Rule) bool { return a.ID == b.ID }),
	cmpopts.EquateEmpty(),
}

func compareResults(t *testing.T, what string, want, got result) {
	t.Helper()
	if diff := cmp.Diff(want.findings, got.findings, sameFindings); diff != "" {
		t.Errorf("%s: findings without (-) and with the record (+):\n%s", what, diff)
	}
	if diff := cmp.Diff(want.incomplete, got.incomplete); diff != "" {
		t.Errorf("%s: left out without (-) and with the record (+):\n%s", what, diff)
	}
	if diff := cmp.Diff(want.looked, got.looked); diff != "" {
		t.Errorf("%s: looked at without (-) and with the record (+):\n%s", what, diff)
	}
}

// besides are rules that records are harder for: of paths, of two secrets.
func besides() secrets.RuleSet {
	set := rules()
	set.Rules = append(set.Rules,
		secrets.Rule{ID: "path", Path: `\.key$`},
		secrets.Rule{ID: "pair", Regex: `user=\w+`, Keywords: []string{"user="}, Required: []secrets.Required{{Rule: "token"}}},
	)
	return set
}

// someText is what a file has: plain lines, secrets of all forms, marks.
func someText(r *rand.Rand) string {
	pieces := []func() string{
		func() string { return fmt.Sprintf("line %d", r.IntN(30)) },
		func() string { return "a = " + token(r.IntN(4)) + " b = " + token(r.IntN(4)) },
		func() string { return "x = " + token(r.IntN(9)) + " # gitleaks:allow" },
		func() string { return "user=someone" },
		func() string { return block(r.IntN(3), 2) },
		func() string { return base64.StdEncoding.EncodeToString([]byte("in it: " + token(r.IntN(4)))) },
	}
	var out []string
	for range 1 + r.IntN(5) {
		out = append(out, pieces[r.IntN(len(pieces))]())
	}
	return strings.Join(out, "\n") + "\n"
}

// exceptPath sets aside what is found at one path.
type exceptPath string

func (e exceptPath) Except(f *secrets.Finding, text []byte) *envtight.Suppressed {
	if f.Location.Path != string(e) || len(text) == 0 {
		return nil
	}
	return &envtight.Suppressed{By: "test"}
}

func (exceptPath) Unused(bool) []envtight.Diagnostic { return nil }

// TestRunAgain changes a repository in many ways: with a record of whatever was there
// before, the report is that of a run without one, and so is the next.
func TestRunAgain(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 5))
		dir := newRepo(t)
		commits := 0
		commit := func() {
			commits++
			branch := fmt.Sprintf("refs/heads/b%d", r.IntN(3))
			var b bytes.Buffer
			say := "say " + []string{"nothing", token(r.IntN(3))}[r.IntN(2)]
			fmt.Fprintf(&b, "commit %s\ncommitter C <c@example.com> %d +0000\ndata %d\n%s\n", branch, 1600000000+60*commits, len(say), say)
			if git(t, dir, nil, "for-each-ref", branch) != "" {
				fmt.Fprintf(&b, "from %s^0\n", branch)
			}
			for range 1 + r.IntN(3) {
				text := someText(r)
				fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", []string{"a", "b.env", "d/c.key", "d/e.json"}[r.IntN(4)], len(text), text)
			}
			git(t, dir, b.Bytes(), "fast-import", "--quiet")
		}
		anyRef := func() string {
			refs := strings.Fields(git(t, dir, nil, "for-each-ref", "--format=%(refname)"))
			return refs[r.IntN(len(refs))]
		}
		for range 5 {
			commit()
		}
		steps := map[string]func(){
			"nothing":  func() {},
			"a commit": commit,
			"a ref is moved": func() {
				to := strings.Fields(git(t, dir, nil, "rev-list", "--all"))
				git(t, dir, nil, "update-ref", "refs/heads/moved", to[r.IntN(len(to))])
			},
			"a tag": func() { git(t, dir, nil, "tag", "-f", "-a", "-m", "x", fmt.Sprintf("t%d", r.IntN(3)), anyRef()) },
			"a ref goes": func() {
				if ref := anyRef(); len(strings.Fields(git(t, dir, nil, "for-each-ref", "--format=%(refname)"))) > 1 {
					git(t, dir, nil, "update-ref", "-d", ref)
				}
			},
			"packed":      func() { git(t, dir, nil, "repack", "-adfq") },
			"collected":   func() { git(t, dir, nil, "gc", "-q", "--prune=now") },
			"refs packed": func() { git(t, dir, nil, "pack-refs", "--all") },
			"cut off": func() {
				ids := strings.Fields(git(t, dir, nil, "rev-list", "--all"))
				if err := os.WriteFile(filepath.Join(dir, "shallow"), []byte(ids[r.IntN(len(ids))]+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			"whole again": func() { _ = os.Remove(filepath.Join(dir, "shallow")) },
			"the record is torn": func() {
				files, _ := filepath.Glob(filepath.Join(dir, recordDir, "*"))
				for _, file := range files {
					if err := os.Truncate(file, 50); err != nil {
						t.Fatal(err)
					}
				}
			},
		}
		names := make([]string, 0, len(steps))
		for name := range steps {
			names = append(names, name)
		}
		slices.Sort(names)
		sets := []secrets.RuleSet{rules(), besides()}
		for n := range 8 {
			name := names[r.IntN(len(names))]
			steps[name]()
			d := detector(t, sets[r.IntN(2)])
			so := secrets.Options{Exceptions: []secrets.Exceptions{&secrets.Marks{}}}
			if r.IntN(2) == 0 {
				so.Exceptions = append(so.Exceptions, exceptPath("a"))
			}
			want := scan(t, dir, Options{NoRecord: true}, d, so)
			for run := range 2 {
				compareResults(t, fmt.Sprintf("seed %d, step %d (%s), run %d", seed, n, name, run), want, scan(t, dir, Options{}, d, so))
			}
			if _, _, _, ok := recall(t, dir, d); !ok {
				t.Errorf("seed %d, step %d (%s): nothing is recalled", seed, n, name)
			}
			holdsNoText(t, dir)
		}
	}
}

// holdsNoText makes sure that no part of a text is in a record.
func holdsNoText(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, recordDir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	parts := []string{"tok_", "BEGIN", "line ", "user=", "say "}
	for n := range 9 {
		encoded := base64.StdEncoding.EncodeToString([]byte("in it: " + token(n)))
		parts = append(parts, token(n)[8:16], block(n, 1)[11:19], encoded[16:24])
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range parts {
			if bytes.Contains(data, []byte(part)) {
				t.Errorf("part %d of a text is in the record", i)
			}
		}
	}
}

// TestRunsAtOnce: runs that read and write one record do not hurt each other.
func TestRunsAtOnce(t *testing.T) {
	dir, _ := build(t, story())
	want := scan(t, dir, Options{NoRecord: true}, detector(t, rules()), secrets.Options{})
	results := make([]result, 8)
	var runs sync.WaitGroup
	for i := range results {
		runs.Go(func() { results[i] = scan(t, dir, Options{}, detector(t, rules()), secrets.Options{}) })
	}
	runs.Wait()
	for i, got := range results {
		compareResults(t, fmt.Sprintf("run %d", i), want, got)
	}
}

// TestGoneBetweenRuns: what is missing is said again by each run, until it is there.
func TestGoneBetweenRuns(t *testing.T) {
	dir, _ := build(t, story())
	whole := scan(t, dir, Options{NoRecord: true}, detector(t, rules()), secrets.Options{})
	blob := whole.findings[0].Location.Object.Blob
	unpack(t, dir)
	file := filepath.Join(dir, "objects", blob[:2], blob[2:])
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	remove := func() {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	remove()
	want := scan(t, dir, Options{NoRecord: true}, detector(t, rules()), secrets.Options{})
	if len(want.incomplete) == 0 {
		t.Fatal("nothing is missing")
	}
	for range 3 {
		compareResults(t, "missing", want, scan(t, dir, Options{}, detector(t, rules()), secrets.Options{}))
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		compareResults(t, "there again", whole, scan(t, dir, Options{}, detector(t, rules()), secrets.Options{}))
	}
	remove()
	compareResults(t, "missing again", want, scan(t, dir, Options{}, detector(t, rules()), secrets.Options{}))
}

// unpack makes all objects of a repository loose.
func unpack(t *testing.T, dir string) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*"))
	if err != nil {
		t.Fatal(err)
	}
	aside := t.TempDir()
	for _, pack := range packs {
		if err := os.Rename(pack, filepath.Join(aside, filepath.Base(pack))); err != nil {
			t.Fatal(err)
		}
	}
	moved, _ := filepath.Glob(filepath.Join(aside, "*.pack"))
	for _, pack := range moved {
		data, err := os.ReadFile(pack)
		if err != nil {
			t.Fatal(err)
		}
		git(t, dir, data, "unpack-objects", "-q")
	}
}

// TestAnotherText: what a record says of a text is not believed of another one that is
// kept under its name.
func TestAnotherText(t *testing.T) {
	dir, _ := build(t, story())
	first := scan(t, dir, Options{}, detector(t, rules()), secrets.Options{})
	unpack(t, dir)
	if _, _, _, ok := recall(t, dir, detector(t, rules())); !ok {
		t.Fatal("nothing is recalled")
	}
	blob := first.findings[0].Location.Object.Blob
	text := git(t, dir, nil, "cat-file", "blob", blob) + "\n"
	text = "0 = " + token(77) + "\n" + text // all places have moved
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	fmt.Fprintf(w, "blob %d\x00%s", len(text), text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "objects", blob[:2], blob[2:])
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, _, ok := recall(t, dir, detector(t, rules())); ok {
		t.Error("it is believed")
	}
}
