package history

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets"
)

func TestParseShard(t *testing.T) {
	gitlab := map[string]string{"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "3"}
	for _, test := range []struct {
		text string
		env  map[string]string
		want string // or a part of the error
	}{
		{"1/1", nil, "1/1"},
		{"2/4", gitlab, "2/4"},
		{"auto", gitlab, "2/3"},
		{"auto/5", gitlab, "2/5"},
		{"auto/4", map[string]string{"JOB_COMPLETION_INDEX": "0"}, "1/4"},
		{"auto/4", map[string]string{"AWS_BATCH_JOB_ARRAY_INDEX": "3"}, "4/4"},
		{"auto", map[string]string{"JOB_COMPLETION_INDEX": "0"}, "no variable says how many"},
		{"auto/4", nil, "no variable says which"},
		{"auto/4", map[string]string{"JOB_COMPLETION_INDEX": "x"}, "JOB_COMPLETION_INDEX is no number"},
		{"auto/4", map[string]string{"JOB_COMPLETION_INDEX": "4"}, "want I/N"},
		{"", nil, "want I/N"}, {"1", nil, "want I/N"}, {"0/2", nil, "want I/N"}, {"3/2", nil, "want I/N"},
		{"1/x", nil, "want I/N"}, {"1/2/3", nil, "want I/N"}, {"-1/2", nil, "want I/N"}, {"1/99999", nil, "want I/N"},
	} {
		s, err := ParseShard(test.text, func(name string) string { return test.env[name] })
		if err != nil && !strings.Contains(err.Error(), test.want) || err == nil && s.String() != test.want {
			t.Errorf("%q: %v, %v; want %s", test.text, s, err, test.want)
		}
	}
}

// shards lets n shards look at a repository, and returns what they write.
func shards(t *testing.T, dir string, n int, d *secrets.Detector) []*Partial {
	t.Helper()
	var out []*Partial
	for i := range n {
		src, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := src.Partial(t.Context(), d, Shard{i + 1, n}, secrets.Options{Progress: func(int64, int64) {}})
		if err != nil {
			t.Fatal(err)
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
		var file bytes.Buffer
		if err := p.Write(&file); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(file.String(), "tok_") {
			t.Fatal("a partial holds a secret")
		}
		again, err := ReadPartial(&file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Errorf("written (-) and read (+):\n%s", diff)
		}
		out = append(out, again)
	}
	return out
}

// damaged breaks an object that many others are made from.
func damaged(t *testing.T, dir string) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatal(packs, err)
	}
	data, err := os.ReadFile(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		data[2*len(data)/3+i] ^= 0x55
	}
	if err := errors.Join(os.Chmod(packs[0], 0o600), os.WriteFile(packs[0], data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// TestMerge: what shards found out is what a run that is not divided finds out, in
// whatever order it is merged and however often, and however the clones are packed.
func TestMerge(t *testing.T) {
	for _, test := range []struct {
		name    string
		commits []commit
		change  func(t *testing.T, dir string)
	}{
		{"story", story(), func(*testing.T, string) {}},
		{"edits", edited(7, 120), func(t *testing.T, dir string) { git(t, dir, nil, "repack", "-adfq", "--depth=50") }},
		{"damage", edited(7, 60), damaged},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, number := build(t, test.commits)
			test.change(t, dir)
			d := detector(t, rules())
			want := scan(t, dir, Options{NoRecord: true}, d, secrets.Options{})
			if len(want.findings) == 0 || (len(want.incomplete) > 0) != (test.name == "damage") {
				t.Fatalf("%d findings, %v", len(want.findings), want.incomplete)
			}
			for _, n := range []int{1, 3} {
				all := shards(t, dir, n, d)
				looked := 0
				for _, p := range all {
					looked += len(p.Something)
				}
				if n > 1 && len(all[0].Something) == looked {
					t.Error("one shard does everything")
				}
				slices.Reverse(all)
				got := scan(t, dir, Options{Partials: append(all, all[0])}, d, secrets.Options{})
				if diff := cmp.Diff(want.lines(number), got.lines(number)); diff != "" {
					t.Errorf("%d shards: undivided (-) and merged (+):\n%s", n, diff)
				}
				if diff := cmp.Diff(want.looked, got.looked); diff != "" {
					t.Errorf("%d shards: undivided (-) and merged (+):\n%s", n, diff)
				}
				if diff := cmp.Diff(want.incomplete, got.incomplete); diff != "" {
					t.Errorf("%d shards: undivided (-) and merged (+):\n%s", n, diff)
				}
			}
		})
	}
}

// TestShardsOfOtherClones: clones may be packed differently.
func TestShardsOfOtherClones(t *testing.T) {
	dir, number := build(t, story())
	d := detector(t, rules())
	first := shards(t, dir, 2, d)[0]
	git(t, dir, nil, "repack", "-adfq", "--depth=0")
	second := shards(t, dir, 2, d)[1]
	want := scan(t, dir, Options{NoRecord: true}, d, secrets.Options{})
	got := scan(t, dir, Options{Partials: []*Partial{first, second}}, d, secrets.Options{})
	if diff := cmp.Diff(want.lines(number), got.lines(number)); diff != "" {
		t.Error(diff)
	}
}

// TestMissingShard: nothing is called clean that nobody has looked at.
func TestMissingShard(t *testing.T) {
	dir, number := build(t, story())
	d := detector(t, rules())
	all := shards(t, dir, 3, d)
	whole := scan(t, dir, Options{NoRecord: true}, d, secrets.Options{})
	unseen := 0
	for i := range all {
		got := scan(t, dir, Options{Partials: slices.Delete(slices.Clone(all), i, i+1)}, d, secrets.Options{})
		if len(got.incomplete) != 1 || !strings.Contains(got.incomplete[0].Cause, fmt.Sprintf("shard %d/3 is missing", i+1)) {
			t.Errorf("%v", got.incomplete)
			continue
		}
		unseen += got.incomplete[0].Count
		for _, line := range got.lines(number) {
			path, _, _ := strings.Cut(line, ":")
			if !slices.ContainsFunc(whole.lines(number), func(l string) bool { return strings.HasPrefix(l, path) }) {
				t.Errorf("a finding in %s, where there is none", path)
			}
		}
	}
	if want := whole.looked["blobs"]; unseen != want {
		t.Errorf("the shards that are missing, each in its turn, were to look at %d blobs, and there are %d", unseen, want)
	}
}

func TestPartialsThatDoNotBelong(t *testing.T) {
	dir, _ := build(t, story())
	other, _ := build(t, story()[:5])
	fewer := rules()
	fewer.Rules = fewer.Rules[:1]
	d := detector(t, rules())
	good := shards(t, dir, 2, d)
	for _, test := range []struct {
		with []*Partial
		want string
	}{
		{shards(t, dir, 3, d), "do not go together"},
		{shards(t, dir, 2, detector(t, fewer)), "other rules"},
		{shards(t, other, 2, d), "another history"},
	} {
		src, err := Open(dir, Options{Partials: append(slices.Clone(good), test.with...)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = src.Close() }()
		for _, err := range secrets.Scan(t.Context(), src, d, secrets.Options{}) {
			if _, ok := errors.AsType[*PartialError](err); !ok || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		}
	}
}

func FuzzReadPartial(f *testing.F) {
	f.Add([]byte(`{"version":1,"kind":"envtight-shard","shard":1,"of":2,"key":"","history":"","something":["` + strings.Repeat("0a", 20) + `"],"binary":[],"unread":[]}`))
	f.Add([]byte(`{"version":2,"kind":"envtight-shard"}`))
	f.Add([]byte(`{"version":1,"kind":"envtight-shard","shard":1,"of":2,"more":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ReadPartial(bytes.NewReader(data))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := p.Write(&out); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadPartial(&out); err != nil || !cmp.Equal(p, again) {
			t.Errorf("what was read is written otherwise: %v", err)
		}
	})
}
