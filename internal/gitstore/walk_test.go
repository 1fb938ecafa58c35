package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// layouts are ways to store the same history.
var layouts = []struct {
	name  string
	init  []string
	loose bool
	after func(t *testing.T, dir string)
}{
	{name: "as imported"},
	{name: "loose", loose: true},
	{name: "sha256", init: []string{"--object-format=sha256"}},
	{name: "sha256 loose", init: []string{"--object-format=sha256"}, loose: true},
	{name: "deep deltas", after: func(t *testing.T, dir string) {
		git(t, dir, nil, "repack", "-adfq", "--depth=250", "--window=250")
	}},
	{name: "deltas by name", after: func(t *testing.T, dir string) {
		git(t, dir, nil, "-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50")
	}},
	{name: "index version 1", after: func(t *testing.T, dir string) {
		git(t, dir, nil, "-c", "pack.indexVersion=1", "repack", "-adfq")
	}},
	{name: "wide offsets", after: func(t *testing.T, dir string) {
		git(t, dir, nil, "repack", "-adfq")
		pack := glob(t, filepath.Join(dir, "objects/pack/*.pack"))[0]
		git(t, dir, nil, "index-pack", "--index-version=2,0x100", "-o", filepath.Join(dir, "wide.idx"), pack)
		if err := os.Rename(filepath.Join(dir, "wide.idx"), strings.TrimSuffix(pack, ".pack")+".idx"); err != nil {
			t.Fatal(err)
		}
	}},
	{name: "several packs and multi-pack-index, with duplicates", after: func(t *testing.T, dir string) {
		// Two packs overlap, and some of their objects are loose too.
		for _, tip := range []string{"main", "main~40", "side"} {
			git(t, dir, []byte(tip+"\n"), "pack-objects", "--revs", "-q", "--delta-base-offset", filepath.Join(dir, "objects/pack/pack"))
		}
		git(t, dir, git(t, dir, nil, "cat-file", "blob", "main:run.sh"), "hash-object", "-w", "--stdin")
		git(t, dir, nil, "multi-pack-index", "write")
	}},
	{name: "stored without compression", after: func(t *testing.T, dir string) {
		git(t, dir, nil, "-c", "core.compression=0", "repack", "-adfFq")
	}},
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no %s (%v)", pattern, err)
	}
	return paths
}

func TestWalkGivesWhatGitGives(t *testing.T) {
	for _, layout := range layouts {
		t.Run(layout.name, func(t *testing.T) {
			dir := initRepo(t, layout.init...)
			fill(t, dir, 80, layout.loose)
			if layout.after != nil {
				layout.after(t, dir)
			}
			want := oracle(t, dir)
			for _, o := range []struct {
				open Options
				walk WalkOptions
			}{
				{},
				{walk: WalkOptions{Workers: 1, Verify: true}},
				{walk: WalkOptions{Workers: 7}},
				{open: Options{NoMap: true}, walk: WalkOptions{Workers: 3}},
				{walk: WalkOptions{Memory: 1, Workers: 3}},
			} {
				s := open(t, dir, o.open)
				got := walkAll(t, s, o.walk)
				if len(got.problems)+len(s.Problems()) > 0 {
					t.Errorf("problems: %v %v", got.problems, s.Problems())
				}
				if got.promised != len(want) {
					t.Errorf("%d objects were announced of %d", got.promised, len(want))
				}
				if diff := cmp.Diff(want, got.objects, cmp.AllowUnexported(ID{})); diff != "" {
					t.Errorf("%+v: git (-) and the walk (+) differ:\n%.2000s", o.walk, diff)
				}
			}
			testRandomAccess(t, dir, want)
		})
	}
}

func testRandomAccess(t *testing.T, dir string, want map[ID]object) {
	for _, o := range []Options{{}, {NoMap: true, CacheSize: -1}, {CacheSize: 1 << 16}} {
		s := open(t, dir, o)
		var buf []byte
		for id, w := range want {
			typ, size, err := s.Stat(id)
			if err != nil || typ.String() != w.Type || size != int64(len(w.Data)) {
				t.Errorf("Stat(%s) = %v %d %v", id, typ, size, err)
			}
			typ, buf, err = s.Object(id, buf)
			if err != nil || typ.String() != w.Type || string(buf) != w.Data {
				t.Errorf("Object(%s) = %v, %d bytes, %v", id, typ, len(buf), err)
			}
			if !s.Has(id) {
				t.Errorf("Has(%s) is false", id)
			}
		}
		none := s.Format().Sum(TypeBlob, []byte("there is none"))
		if _, _, err := s.Object(none, nil); !errors.Is(err, ErrMissing) || s.Has(none) {
			t.Errorf("an object that is not there: %v", err)
		}
		if _, _, err := s.Stat(ID{}); !errors.Is(err, ErrMissing) {
			t.Errorf("no name: %v", err)
		}
	}
}

func TestWalkFilters(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 60, false)
	git(t, dir, nil, "repack", "-adfq", "--depth=50")
	git(t, dir, []byte("loose"), "hash-object", "-w", "--stdin")
	want := oracle(t, dir)
	s := open(t, dir, Options{})
	for _, types := range []Types{TypesOf(TypeBlob), TypesOf(TypeCommit, TypeTag), TypesOf(TypeTree)} {
		got := walkAll(t, s, WalkOptions{Types: types})
		n := 0
		for id, o := range want {
			typ, _ := parseType([]byte(o.Type))
			if _, ok := got.objects[id]; ok != types.has(typ) {
				t.Errorf("%v: %s %s is handed out: %v", types, o.Type, id, ok)
			}
			if types.has(typ) {
				n++
			}
		}
		if len(got.objects) != n || len(got.problems) > 0 {
			t.Errorf("%v: %d objects of %d, %v", types, len(got.objects), n, got.problems)
		}
	}
	// Of every third object that is wanted, bases that are not are not seen.
	third := func(id ID, _ Type) bool { return id.sum[0]%3 == 0 }
	got := walkAll(t, s, WalkOptions{Types: TypesOf(TypeBlob), Want: third})
	if got.known >= got.deltas || got.known == 0 {
		t.Errorf("of %d deltas, %d bases are known", got.deltas, got.known)
	}
	for id, o := range want {
		if _, ok := got.objects[id]; ok != (o.Type == "blob" && third(id, 0)) {
			t.Errorf("%s %s is handed out: %v", o.Type, id, ok)
		}
	}
}

func TestWalkSharesOneFamily(t *testing.T) {
	dir := initRepo(t)
	p := newPack()
	// A family like a binary tree: each worker must get some of it.
	text := strings.Repeat("x", 1000)
	_, off := p.whole(TypeBlob, text)
	offs, lens := []int64{off}, []int{len(text)}
	texts := []string{text}
	for i := 1; i < 2000; i++ {
		base := (i - 1) / 2
		line := fmt.Sprintf("line %d\n", i)
		texts = append(texts, texts[base]+line)
		id := SHA1.Sum(TypeBlob, []byte(texts[i]))
		offs = append(offs, p.offsetDelta(id, offs[base], insertDelta(lens[base], lens[base], line)))
		lens = append(lens, len(texts[i]))
	}
	p.write(t, dir, "family", nil)
	s := open(t, dir, Options{})
	seen := make(map[ID]bool)
	visitor := func(v *Visit, _ *int) (int, error) {
		seen[v.ID] = true
		return 0, nil
	}
	w := newWalk[int](s, WalkOptions{Workers: 3, Memory: 1 << 20, MaxTotal: 1 << 30, Verify: true, Problem: noProblem(t)})
	if err := w.prepare(); err != nil {
		t.Fatal(err)
	}
	// As if two others waited, the first worker gives two subtrees away.
	w.waiting = 2
	w.count()
	root := w.forests[0].roots[0]
	w.newWorker(visitor).tree(task[int]{f: w.forests[0], node: root})
	given := 0
	for _, task := range w.queue {
		n := int(w.forests[0].need[task.node])
		if n < 200 {
			t.Errorf("a tree of %d objects is given away", n)
		}
		given += n
	}
	if len(w.queue) != 2 || len(seen)+given != 2000 {
		t.Errorf("%d trees with %d objects are given away, and %d objects visited", len(w.queue), given, len(seen))
	}
	// The others take them.
	w.next.Store(w.roots)
	w.newWorker(visitor).run()
	if len(seen) != 2000 {
		t.Errorf("%d objects are handed out", len(seen))
	}
}

func TestWalkKeepsToItsMemory(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 120, false)
	git(t, dir, nil, "repack", "-adfq", "--depth=250", "--window=250")
	s := open(t, dir, Options{})
	for _, memory := range []int64{1, 1 << 16, 1 << 22} {
		w := newWalk[int](s, WalkOptions{Workers: 1, Memory: memory, MaxTotal: 1 << 40, Problem: noProblem(t)})
		if err := w.prepare(); err != nil {
			t.Fatal(err)
		}
		peak := int64(0)
		w.newWorker(func(*Visit, *int) (int, error) {
			peak = max(peak, w.memory.used.Load())
			return 0, nil
		}).run()
		// One object and its base, of at most 300,000 bytes each.
		if limit := memory + 800_000; peak > limit {
			t.Errorf("memory %d: %d bytes in use", memory, peak)
		}
		if again := w.rebuilt.Load(); (again > 0) != (memory < 1<<20) {
			t.Errorf("memory %d: %d bases were made again", memory, again)
		}
		if left := w.memory.used.Load(); left != 0 {
			t.Errorf("memory %d: %d bytes are still held", memory, left)
		}
	}
}

func TestWalkStops(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 30, false)
	s := open(t, dir, Options{})
	stop := errors.New("enough")
	n := 0
	err := Walk(context.Background(), s, WalkOptions{Workers: 1}, func(int) Visitor[int] {
		return func(*Visit, *int) (int, error) {
			if n++; n == 5 {
				return 0, stop
			}
			return 0, nil
		}
	})
	if !errors.Is(err, stop) || n != 5 {
		t.Errorf("%d objects, then %v", n, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = Walk(ctx, s, WalkOptions{Workers: 2}, func(int) Visitor[int] {
		return func(*Visit, *int) (int, error) {
			cancel()
			<-ctx.Done()
			return 0, nil
		}
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if err := Walk(context.Background(), s, WalkOptions{MaxTotal: 1000}, func(int) Visitor[int] {
		return func(*Visit, *int) (int, error) { return 0, nil }
	}); !errors.Is(err, ErrTooMuch) {
		t.Errorf("more than may be made: %v", err)
	}
}

func TestStoreClosed(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 5, false)
	dirs, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dirs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	id := s.Head(noProblem(t)).ID
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if _, _, err := s.Object(id, nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Object: %v", err)
	}
	if s.Has(id) {
		t.Error("Has is true")
	}
	if err := Walk(context.Background(), s, WalkOptions{}, func(int) Visitor[int] { return nil }); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Walk: %v", err)
	}
}
