package gitstore

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// staged is what git says of an index, one line a file, as "path old new", each side
// a mode and an ID.
func stagedByGit(t testing.TB, dir string) []string {
	t.Helper()
	head := "HEAD"
	if len(bytes.TrimSpace(git(t, dir, nil, "for-each-ref"))) == 0 {
		head = strings.TrimSpace(string(git(t, dir, nil, "hash-object", "-t", "tree", "--stdin")))
	}
	out := strings.Split(string(git(t, dir, nil, "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index", head)), "\x00")
	var lines []string
	for i := 0; i+1 < len(out); i += 2 {
		f := strings.Fields(strings.TrimPrefix(out[i], ":"))
		line := fmt.Sprintf("%q %s %s %s %s", out[i+1], f[0], f[2], f[1], f[3])
		if f[4] == "U" {
			line = fmt.Sprintf("%q in conflict", out[i+1])
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

func stagedByUs(t testing.TB, dir string) ([]string, error) {
	t.Helper()
	dirs, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dirs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	changes, conflicts, err := s.Staged("")
	if !slices.IsSortedFunc(changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) }) || !slices.IsSorted(conflicts) {
		t.Error("changes are not in order")
	}
	lines := []string{}
	side := func(f Staged) string {
		if f.ID.IsZero() {
			return "000000 " + strings.Repeat("0", 2*s.format.Size())
		}
		return fmt.Sprintf("%06o %s", f.Mode, f.ID)
	}
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%q %s %s", c.Path, side(c.Old), side(c.New)))
	}
	for _, path := range conflicts {
		lines = append(lines, fmt.Sprintf("%q in conflict", path))
	}
	slices.Sort(lines)
	return lines, err
}

// workTree makes an empty repository with a work tree.
func workTree(t testing.TB, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, nil, append([]string{"init", "-q", "-b", "main"}, args...)...)
	return dir
}

// TestStagedLikeGit edits, adds, moves, removes and commits at random, and asks both
// after each step.
func TestStagedLikeGit(t *testing.T) {
	for _, variant := range []struct {
		name string
		init []string
		set  []string
	}{
		{"version 2", nil, []string{"index.version=2"}},
		{"version 3 and 4", nil, []string{"index.version=4"}},
		{"sha256", []string{"--object-format=sha256"}, nil},
		{"many files", nil, []string{"feature.manyFiles=true", "index.skipHash=true"}},
		{"untracked cache", nil, []string{"core.untrackedCache=true", "index.threads=2"}},
	} {
		t.Run(variant.name, func(t *testing.T) {
			dir := workTree(t, variant.init...)
			for _, setting := range variant.set {
				name, value, _ := strings.Cut(setting, "=")
				git(t, dir, nil, "config", name, value)
			}
			r := rand.New(rand.NewPCG(7, uint64(len(variant.name))))
			for step := range 60 {
				changeTree(t, r, dir)
				want := stagedByGit(t, dir)
				got, err := stagedByUs(t, dir)
				if diff := gocmp.Diff(want, got, gocmpEmpty); diff != "" || err != nil {
					t.Fatalf("step %d: %v %s", step, err, diff)
				}
			}
		})
	}
}

var gocmpEmpty = gocmp.Transformer("nil", func(lines []string) string { return strings.Join(lines, "\n") })

// changeTree does one thing to a work tree and its index.
func changeTree(t testing.TB, r *rand.Rand, dir string) {
	t.Helper()
	parts := []string{"a", "b", "a.b", "a-b", "a0", "c d", "é"}
	name := parts[r.IntN(len(parts))]
	for range r.IntN(3) {
		name += "/" + parts[r.IntN(len(parts))]
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	var files []string
	for line := range strings.SplitSeq(string(git(t, dir, nil, "ls-files", "-s", "-z")), "\x00") {
		if facts, file, ok := strings.Cut(line, "\t"); ok && strings.HasPrefix(facts, "100") {
			files = append(files, file)
		}
	}
	some := ""
	if len(files) > 0 {
		some = files[r.IntN(len(files))]
	}
	makeRoom := func() { // what is in the way of a file
		for up := path; up != dir; up = filepath.Dir(up) {
			if info, err := os.Lstat(up); err == nil && (up == path || !info.IsDir()) {
				_ = os.RemoveAll(up)
			}
		}
		_ = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	switch k := r.IntN(12); {
	case k < 4:
		makeRoom()
		if err := os.WriteFile(path, fmt.Appendf(nil, "%d\n", r.IntN(5)), 0o644); err != nil {
			t.Fatal(err)
		}
		git(t, dir, nil, "add", "-A", ".")
	case k == 4:
		makeRoom()
		if err := os.WriteFile(path, []byte("intent"), 0o755); err != nil {
			t.Fatal(err)
		}
		git(t, dir, nil, "add", "-N", ".")
	case k == 5:
		makeRoom()
		if err := os.Symlink("target", path); err == nil {
			git(t, dir, nil, "add", "-A", ".")
		}
	case k == 6 && some != "":
		git(t, dir, nil, "rm", "-q", "-f", "--cached", "--", some)
	case k == 7 && some != "":
		git(t, dir, nil, "update-index", "--chmod=+x", "--assume-unchanged", "--", some)
	case k == 8 && some != "":
		git(t, dir, nil, "update-index", "--force-remove", "--", some)
	case k == 9:
		id := strings.TrimSpace(string(git(t, dir, nil, "hash-object", "--stdin")))
		git(t, dir, nil, "update-index", "--add", "--replace", "--cacheinfo", "160000,"+id+","+cmp.Or(some, "module"))
	case k == 10:
		git(t, dir, nil, "commit", "-q", "--allow-empty", "-m", "x")
	default:
		git(t, dir, nil, "commit", "-q", "--allow-empty", "-m", "x")
		git(t, dir, nil, "reset", "-q")
	}
}

// TestStagedInConflict has all stages, in a linked work tree.
func TestStagedInConflict(t *testing.T) {
	dir := workTree(t)
	write := func(dir, name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"both", "gone", "same"} {
		write(dir, name, "base\n")
	}
	git(t, dir, nil, "add", ".")
	git(t, dir, nil, "commit", "-q", "-m", "base")
	git(t, dir, nil, "branch", "other")
	write(dir, "both", "ours\n")
	git(t, dir, nil, "rm", "-q", "gone")
	git(t, dir, nil, "commit", "-q", "-a", "-m", "ours")
	linked := filepath.Join(t.TempDir(), "linked")
	git(t, dir, nil, "worktree", "add", "-q", linked, "other")
	write(linked, "both", "theirs\n")
	write(linked, "gone", "theirs\n")
	write(linked, "new", "theirs\n")
	git(t, linked, nil, "add", ".")
	git(t, linked, nil, "commit", "-q", "-m", "theirs")
	git(t, linked, nil, "read-tree", "-m", "HEAD~1", "HEAD", "main")
	want := stagedByGit(t, linked)
	got, err := stagedByUs(t, linked)
	if diff := gocmp.Diff(want, got, gocmpEmpty); diff != "" || err != nil || !slices.Contains(got, `"both" in conflict`) {
		t.Errorf("%v %s", err, diff)
	}
}

// TestStagedOfFormsLeftToGit refuses what it would have to guess at, and reads
// a sparse index.
func TestStagedOfFormsLeftToGit(t *testing.T) {
	dir := workTree(t)
	for _, name := range []string{"a/b/c", "a/d", "e/f", "g"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, nil, "add", ".")
	git(t, dir, nil, "commit", "-q", "-m", "one")
	git(t, dir, nil, "update-index", "--split-index")
	if _, err := stagedByUs(t, dir); !errors.Is(err, ErrStaged) {
		t.Errorf("a split index: %v", err)
	}
	git(t, dir, nil, "update-index", "--no-split-index")
	git(t, dir, nil, "config", "index.sparse", "true")
	git(t, dir, nil, "sparse-checkout", "set", "--cone", "--sparse-index", "e")
	if !bytes.Contains(git(t, dir, nil, "ls-files", "--sparse"), []byte("a/\n")) {
		t.Skip("this git has no sparse index")
	}
	if err := os.WriteFile(filepath.Join(dir, "g"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	git(t, dir, nil, "add", "g")
	want := stagedByGit(t, dir)
	got, err := stagedByUs(t, dir)
	if diff := gocmp.Diff(want, got, gocmpEmpty); diff != "" || err != nil || len(got) != 1 {
		t.Errorf("%v %s", err, diff)
	}
	git(t, dir, nil, "reset", "-q", "--soft", strings.TrimSpace(string(git(t, dir, []byte("x"), "commit-tree", strings.TrimSpace(string(git(t, dir, nil, "mktree")))))))
	if _, err := stagedByUs(t, dir); !errors.Is(err, ErrStaged) {
		t.Errorf("a sparse directory that changed: %v", err)
	}
}

func TestStagedErrors(t *testing.T) {
	dir := workTree(t)
	if got, err := stagedByUs(t, dir); err != nil || len(got) != 0 {
		t.Errorf("without an index and a commit: %v %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	git(t, dir, nil, "add", "a")
	git(t, dir, nil, "commit", "-q", "-m", "one")
	tree := strings.TrimSpace(string(git(t, dir, nil, "rev-parse", "HEAD^{tree}")))
	git(t, dir, nil, "update-index", "--add", "--cacheinfo", "100644,"+strings.Repeat("1", 40)+",b")
	if got, err := stagedByUs(t, dir); err != nil || len(got) != 1 {
		t.Errorf("with an object that is missing: %v %v", got, err)
	}
	if err := os.Remove(filepath.Join(dir, ".git", "objects", tree[:2], tree[2:])); err != nil {
		t.Fatal(err)
	}
	if _, err := stagedByUs(t, dir); !errors.Is(err, ErrMissing) {
		t.Errorf("without the tree: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git", "refs", "heads", "main"), []byte("junk"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := stagedByUs(t, dir); !errors.Is(err, ErrRef) {
		t.Errorf("with a broken ref: %v", err)
	}
}

// TestHeadReadsLittle compares HEAD with what all refs say.
func TestHeadReadsLittle(t *testing.T) {
	dir := workTree(t)
	git(t, dir, nil, "commit", "-q", "--allow-empty", "-m", "one")
	check := func(what string) {
		t.Helper()
		dirs, err := Find(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Open(dirs, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		var problems []string
		got := s.Head(func(e *Error) { problems = append(problems, e.Error()) })
		r := s.refReader(func(*Error) {})
		all := r.worktree(dirs.GitDir)
		head, _ := all.find("HEAD")
		want := r.resolve(all, head)
		if got != want {
			t.Errorf("%s: got %v, want %v (%v)", what, got, want, problems)
		}
	}
	check("loose")
	git(t, dir, nil, "pack-refs", "--all")
	check("packed")
	if err := os.MkdirAll(filepath.Join(dir, ".git", "refs", "heads", "main"), 0o755); err != nil {
		t.Fatal(err)
	}
	check("packed, below an empty directory")
	git(t, dir, nil, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
	git(t, dir, nil, "symbolic-ref", "HEAD", "refs/heads/alias")
	check("through another")
	git(t, dir, nil, "symbolic-ref", "refs/heads/alias", "refs/heads/none")
	check("to nothing")
	for from, to := range map[string]string{"HEAD": "refs/heads/x", "refs/heads/x": "refs/heads/y", "refs/heads/y": "refs/heads/x"} {
		if err := os.WriteFile(filepath.Join(dir, ".git", filepath.FromSlash(from)), []byte("ref: "+to+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check("in a circle")
}

// FuzzStagedIndex damages indexes that git has written: nothing panics, and what is
// accepted is in order and inside the file.
func FuzzStagedIndex(f *testing.F) {
	for _, version := range []string{"2", "3", "4"} {
		dir := workTree(f)
		for i := range 6 {
			name := filepath.Join(dir, strings.Repeat("d/", i%3), fmt.Sprint("file", i))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				f.Fatal(err)
			}
			if err := os.WriteFile(name, nil, 0o644); err != nil {
				f.Fatal(err)
			}
		}
		git(f, dir, nil, "config", "index.version", version)
		git(f, dir, nil, "add", ".")
		git(f, dir, nil, "commit", "-q", "-m", "x") // for the cache of trees
		if version == "3" {
			git(f, dir, nil, "rm", "-q", "--cached", "file0")
			git(f, dir, nil, "add", "-N", "file0")
		}
		data, err := os.ReadFile(filepath.Join(dir, ".git", "index"))
		if err != nil {
			f.Fatal(err)
		}
		if got := binary.BigEndian.Uint32(data[4:]); fmt.Sprint(got) != version && version != "3" {
			f.Fatalf("git wrote version %d", got)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := SHA1.parseIndex(data)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for i := range x.entries {
			e := &x.entries[i]
			key := fmt.Sprint(string(e.name), e.stage)
			if seen[key] || x.id(e).size != sha1.Size || i > 0 && !x.entries[i-1].before(e) {
				t.Fatalf("entry %d of %d", i, len(x.entries))
			}
			seen[key] = true
		}
		var count func(c *cachedTree, most int)
		count = func(c *cachedTree, most int) {
			if c.count > most {
				t.Fatalf("%d of %d entries", c.count, most)
			}
			for i := range c.below {
				count(&c.below[i], most)
			}
		}
		if x.trees != nil {
			count(x.trees, len(x.entries))
		}
	})
}

// TestIndexIsBounded refuses numbers that the file cannot hold before it takes
// memory for them.
func TestIndexIsBounded(t *testing.T) {
	header := func(entries uint32) []byte {
		return binary.BigEndian.AppendUint32([]byte("DIRC\x00\x00\x00\x02"), entries)
	}
	extension := func(name, body string) []byte {
		return append(binary.BigEndian.AppendUint32([]byte(name), uint32(len(body))), body...)
	}
	sum := make([]byte, sha1.Size)
	for name, data := range map[string][]byte{
		"entries":  append(header(1<<31), sum...),
		"none":     append(header(1), sum...),
		"children": slices.Concat(header(0), extension("TREE", "\x00-1 1000000000\n"), sum),
		"depth":    slices.Concat(header(0), extension("TREE", strings.Repeat("\x00-1 1\n", 10_000)), sum),
		"count":    slices.Concat(header(0), extension("TREE", "\x001 0\n"+strings.Repeat("i", 20)), sum),
		"size":     slices.Concat(header(0), []byte("TREE\xff\xff\xff\xff"), sum),
		"unknown":  slices.Concat(header(0), extension("what", ""), sum),
	} {
		if _, err := SHA1.parseIndex(data); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	long := []byte("DIRC\x00\x00\x00\x04\x00\x00\x27\x10") // 10,000 entries that share a long name
	for i := range 10_000 {
		long = append(long, make([]byte, 60)...)
		long = append(long, 0x0f, 0xff, 0)
		if i == 0 {
			long = append(long, bytes.Repeat([]byte("a"), 100_000)...)
		}
		long = append(long, 'b', 0)
	}
	if _, err := SHA1.parseIndex(append(long, sum...)); !errors.Is(err, errIndexName) {
		t.Errorf("names without end: %v", err)
	}
	if _, err := SHA1.parseIndex(slices.Concat(header(0), extension("WHAT", "x"), sum)); err != nil {
		t.Errorf("an optional extension: %v", err)
	}
}
