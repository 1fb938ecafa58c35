package gitstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// kinds counts problems by their kind.
func kinds(problems []*Error) map[Kind]int {
	n := make(map[Kind]int)
	for _, p := range problems {
		n[p.Kind]++
	}
	return n
}

// TestEveryByteDamaged holds that whatever byte of a pack or its index is
// changed, each object is handed out right or named, or the file as a whole is.
func TestEveryByteDamaged(t *testing.T) {
	dir := initRepo(t)
	p := newPack()
	text := strings.Repeat("what a base is made of\n", 10)
	id, off := p.whole(TypeBlob, text)
	for _, more := range []string{"one", "two"} {
		p.offsetDelta(SHA1.Sum(TypeBlob, []byte(text[:50]+more)), off, insertDelta(len(text), 50, more))
		p.refDelta(SHA1.Sum(TypeBlob, []byte(text[:60]+more)), id, insertDelta(len(text), 60, more))
	}
	p.whole(TypeCommit, "not much of a commit")
	var pack, idx []byte
	p.write(t, dir, "x", func(a, b []byte) ([]byte, []byte) {
		pack, idx = a, b
		return a, b
	})
	s := open(t, dir, Options{})
	want := walkAll(t, s, WalkOptions{Verify: true}).objects
	if len(want) != 6 {
		t.Fatalf("there are %d objects", len(want))
	}
	check := func(what string, at int) {
		t.Helper()
		s := open(t, dir, Options{NoMap: at%2 == 0})
		got := walkAll(t, s, WalkOptions{Verify: true, Workers: 2})
		files := len(s.Problems())
		named := make(map[ID]bool)
		for _, problem := range got.problems {
			if problem.ID.IsZero() {
				files++
			}
			named[problem.ID] = true
		}
		for id, w := range want {
			if o, ok := got.objects[id]; ok && o != w {
				t.Errorf("%s %d: %s is handed out wrong", what, at, id)
			} else if !ok && !named[id] && files == 0 && what == "pack" {
				t.Errorf("%s %d: %s is not named", what, at, id)
			}
		}
		if len(got.objects) < len(want) && len(got.problems)+files == 0 {
			t.Errorf("%s %d: %d objects of %d, and nothing is named", what, at, len(got.objects), len(want))
		}
	}
	write := func(ext string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "objects/pack/pack-x"+ext), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for ext, whole := range map[string][]byte{".pack": pack, ".idx": idx} {
		for at := range whole {
			// The fanout is long and dull.
			if ext == ".idx" && at > 16 && at < 1000 && at%37 != 0 {
				continue
			}
			for _, flip := range []byte{0x01, 0x80, 0xff} {
				damaged := bytes.Clone(whole)
				damaged[at] ^= flip
				write(ext, damaged)
				check(ext[1:], at)
			}
			if at%7 == 0 {
				write(ext, whole[:at])
				check(ext[1:]+" cut at", at)
			}
		}
		write(ext, whole)
	}
}

func TestDamagedEntries(t *testing.T) {
	blob := func(text string) ID { return SHA1.Sum(TypeBlob, []byte(text)) }
	const text = "a text that is long enough to be a base"
	small := Options{MaxObject: 1 << 16}
	for name, test := range map[string]struct {
		build func(p *packBuilder)
		kind  Kind
		lost  int // objects, beside "good" which is in every pack
	}{
		"type 0":                 {func(p *packBuilder) { p.raw(blob("x"), 0, 1, deflate([]byte("x"))) }, ErrEntry, 1},
		"type 5":                 {func(p *packBuilder) { p.raw(blob("x"), 5, 1, deflate([]byte("x"))) }, ErrEntry, 1},
		"stream too short":       {func(p *packBuilder) { p.raw(blob("x"), TypeBlob, 2, deflate([]byte("x"))) }, ErrStream, 1},
		"stream too long":        {func(p *packBuilder) { p.raw(blob("x"), TypeBlob, 1, deflate([]byte("xy"))) }, ErrStream, 1},
		"no stream":              {func(p *packBuilder) { p.raw(blob("x"), TypeBlob, 1, []byte("not deflated")) }, ErrStream, 1},
		"size of a terabyte":     {func(p *packBuilder) { p.raw(blob("x"), TypeBlob, 1<<40, deflate([]byte("x"))) }, ErrTooLarge, 1},
		"size beyond ratio":      {func(p *packBuilder) { p.raw(blob("x"), TypeBlob, 1<<16, deflate([]byte("x"))) }, ErrStream, 1},
		"more than allowed":      {func(p *packBuilder) { p.whole(TypeBlob, strings.Repeat("x", 1<<16+1)) }, ErrTooLarge, 1},
		"base before the pack":   {func(p *packBuilder) { p.offsetDelta(blob("x"), -50, insertDelta(0, 0, "x")) }, ErrEntry, 1},
		"base inside the header": {func(p *packBuilder) { p.offsetDelta(blob("x"), 4, insertDelta(0, 0, "x")) }, ErrEntry, 1},
		"base is no entry": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			p.offsetDelta(blob("x"), off+1, insertDelta(0, 0, "x"))
		}, ErrBase, 1},
		"base is itself": {func(p *packBuilder) {
			p.raw(blob("x"), typeOffset, 1, distance(0), deflate([]byte("x")))
		}, ErrEntry, 1},
		"base is missing":    {func(p *packBuilder) { p.refDelta(blob("x"), blob("nowhere"), insertDelta(7, 7, "x")) }, ErrBase, 1},
		"base has that name": {func(p *packBuilder) { p.refDelta(blob("x"), blob("x"), insertDelta(1, 1, "x")) }, ErrCycle, 1},
		"two are each other's base": {func(p *packBuilder) {
			p.refDelta(blob("x"), blob("y"), insertDelta(1, 1, "x"))
			p.refDelta(blob("y"), blob("x"), insertDelta(1, 1, "x"))
		}, ErrCycle, 2},
		"base of another size": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			p.offsetDelta(blob("x"), off, insertDelta(len(text)+1, 3, "x"))
		}, ErrDelta, 1},
		"copy beyond the base": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			p.offsetDelta(blob("x"), off, insertDelta(len(text), len(text)+1, "x"))
		}, ErrDelta, 1},
		"reserved instruction": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			p.offsetDelta(blob("x"), off, []byte{byte(len(text)), 1, 0})
		}, ErrDelta, 1},
		"delta without end": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			p.offsetDelta(blob("x"), off, []byte{byte(len(text)), 9, 9, 'x'})
		}, ErrDelta, 1},
		"delta without sizes": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			p.offsetDelta(blob("x"), off, []byte{0x80})
		}, ErrDelta, 1},
		"empty delta": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			p.offsetDelta(blob("x"), off, nil)
		}, ErrDelta, 1},
		"result smaller than declared": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			p.offsetDelta(blob("x"), off, []byte{byte(len(text)), 9, 1, 'x'})
		}, ErrDelta, 1},
		"bomb": {func(p *packBuilder) {
			_, off := p.whole(TypeBlob, text)
			d := binary.AppendUvarint([]byte{byte(len(text))}, 1<<30)
			p.offsetDelta(blob("x"), off, append(d, bytes.Repeat([]byte{0x90, 30}, 100)...))
		}, ErrTooLarge, 1},
		"deltas on a damaged one": {func(p *packBuilder) {
			off := p.raw(blob("x"), TypeBlob, 2, deflate([]byte("x")))
			off = p.offsetDelta(blob("y"), off, insertDelta(2, 2, "y"))
			p.offsetDelta(blob("z"), off, insertDelta(3, 3, "z"))
		}, ErrBase, 3},
	} {
		t.Run(name, func(t *testing.T) {
			dir := initRepo(t)
			p := newPack()
			test.build(p)
			good, _ := p.whole(TypeBlob, "good")
			p.write(t, dir, "bad", nil)
			for _, o := range []Options{small, {MaxObject: small.MaxObject, NoMap: true}} {
				s := open(t, dir, o)
				got := walkAll(t, s, WalkOptions{Verify: true, Workers: 2})
				if n := kinds(got.problems); n[test.kind] == 0 || len(got.problems) != test.lost {
					t.Errorf("problems: %v", got.problems)
				}
				if _, ok := got.objects[good]; !ok || len(got.objects) != p.count-test.lost {
					t.Errorf("%d objects of %d are handed out", len(got.objects), p.count-test.lost)
				}
				for _, problem := range got.problems {
					if problem.ID.IsZero() || problem.File == "" {
						t.Errorf("%v names no object or no file", problem)
					}
					if _, _, err := s.Object(problem.ID, nil); err == nil {
						t.Errorf("Object reads %s", problem.ID)
					}
				}
			}
		})
	}
}

func TestDamagedFiles(t *testing.T) {
	for name, test := range map[string]struct {
		change func(pack, idx []byte) ([]byte, []byte)
		kind   Kind
	}{
		"another pack's index": {func(p, i []byte) ([]byte, []byte) { p[len(p)-1] ^= 1; return p, i }, ErrMismatch},
		"no pack":              {func(_, i []byte) ([]byte, []byte) { return []byte("#!/bin/sh\nthis is no pack at all, is it\n"), i }, ErrPack},
		"empty pack":           {func(_, i []byte) ([]byte, []byte) { return nil, i }, ErrPack},
		"empty index":          {func(p, _ []byte) ([]byte, []byte) { return p, nil }, ErrIndex},
		"version 4":            {func(p, i []byte) ([]byte, []byte) { p[7] = 4; return p, i }, ErrPack},
		"index version 3":      {func(p, i []byte) ([]byte, []byte) { i[7] = 3; return p, i }, ErrIndex},
		"count of the pack":    {func(p, i []byte) ([]byte, []byte) { p[8] = 0xff; return p, i }, ErrMismatch},
		"count of the index":   {func(p, i []byte) ([]byte, []byte) { i[8+4*255] = 0x7f; return p, i }, ErrIndex},
		"names out of order": {func(p, i []byte) ([]byte, []byte) {
			ids := i[8+fanoutSize:]
			ids[0], ids[20] = ids[20], ids[0]
			return p, i
		}, ErrIndex},
		"offset outside": {func(p, i []byte) ([]byte, []byte) {
			n := len(i) - 40 - 2*4
			binary.BigEndian.PutUint32(i[n:], 1<<31-1)
			return p, i
		}, ErrIndex},
		"offset in no table": {func(p, i []byte) ([]byte, []byte) {
			n := len(i) - 40 - 2*4
			binary.BigEndian.PutUint32(i[n:], 1<<31)
			return p, i
		}, ErrIndex},
		"offset of another": {func(p, i []byte) ([]byte, []byte) {
			n := len(i) - 40 - 2*4
			copy(i[n:], i[n+4:n+8])
			return p, i
		}, ErrIndex},
	} {
		t.Run(name, func(t *testing.T) {
			dir := initRepo(t)
			p := newPack()
			p.whole(TypeBlob, "one")
			p.whole(TypeBlob, "two")
			p.write(t, dir, "bad", test.change)
			sound := newPack()
			id, _ := sound.whole(TypeBlob, "three")
			sound.write(t, dir, "good", nil)
			s := open(t, dir, Options{})
			got := walkAll(t, s, WalkOptions{Verify: true})
			problems := append(s.Problems(), got.problems...)
			if kinds(problems)[test.kind] == 0 {
				t.Errorf("problems: %v", problems)
			}
			if _, ok := got.objects[id]; !ok {
				t.Error("the sound pack is not walked over")
			}
		})
	}
}

func TestDamagedCopyIsReplaced(t *testing.T) {
	dir := initRepo(t)
	base := strings.Repeat("the base\n", 20)
	one, two := base+"one", base+"two"
	id := func(s string) ID { return SHA1.Sum(TypeBlob, []byte(s)) }
	p := newPack()
	off := p.raw(id(base), TypeBlob, len(base), []byte("damaged"))
	p.offsetDelta(id(one), off, insertDelta(len(base), len(base), "one"))
	p.refDelta(id(two), id(base), insertDelta(len(base), len(base), "two"))
	p.write(t, dir, "a", nil)
	s := open(t, dir, Options{})
	if got := walkAll(t, s, WalkOptions{}); len(got.problems) != 3 || kinds(got.problems)[ErrBase] != 2 {
		t.Errorf("without a copy: %v", got.problems)
	}
	write(t, loosePath(filepath.Join(dir, "objects"), id(base)), string(deflate(append(appendHeader(nil, TypeBlob, len(base)), base...))))
	s = open(t, dir, Options{})
	got := walkAll(t, s, WalkOptions{Verify: true})
	if len(got.problems) != 0 || len(got.objects) != 3 {
		t.Errorf("with a loose copy: %d objects, %v", len(got.objects), got.problems)
	}
	for _, want := range []string{base, one, two} {
		if _, data, err := s.Object(id(want), nil); err != nil || string(data) != want {
			t.Errorf("Object: %d bytes, %v", len(data), err)
		}
	}
}

// A chain that is longer than any that git writes is walked over all the same;
// a single object at its end is not read, since that could be made to take long.
func TestLongChain(t *testing.T) {
	dir := initRepo(t)
	p := newPack()
	const size, links = 20, maxDepth + 100
	id, off := p.whole(TypeBlob, strings.Repeat("x", size))
	for i := range links {
		text := fmt.Sprintf("%08d", i)
		id = SHA1.Sum(TypeBlob, []byte("x"+text))
		off = p.offsetDelta(id, off, insertDelta(size-min(i, 1)*11, 1, text))
	}
	p.write(t, dir, "a", nil)
	s := open(t, dir, Options{})
	got := walkAll(t, s, WalkOptions{Verify: true, Memory: 1})
	if len(got.objects) != links+1 || len(got.problems) > 0 {
		t.Errorf("%d objects, %v", len(got.objects), got.problems)
	}
	if _, _, err := s.Object(id, nil); !errors.Is(err, ErrDepth) {
		t.Errorf("Object: %v", err)
	}
	if _, _, err := s.Stat(id); !errors.Is(err, ErrDepth) {
		t.Errorf("Stat: %v", err)
	}
}

// What a walk makes again for want of memory counts, too: a pack cannot make it
// take forever.
func TestRebuiltBytesAreBounded(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 60, false)
	git(t, dir, nil, "repack", "-adfq", "--depth=250", "--window=250")
	s := open(t, dir, Options{})
	total := int64(0)
	for _, o := range walkAll(t, s, WalkOptions{}).objects {
		total += int64(len(o.Data))
	}
	for memory, want := range map[int64]error{1: ErrTooMuch, 1 << 26: nil} {
		err := Walk(context.Background(), s, WalkOptions{Workers: 1, Memory: memory, MaxTotal: total}, func(int) Visitor[int] {
			return func(*Visit, *int) (int, error) { return 0, nil }
		})
		if !errors.Is(err, want) {
			t.Errorf("memory %d: %v", memory, err)
		}
	}
}

func TestThinPack(t *testing.T) {
	dir := initRepo(t)
	base := strings.Repeat("the base\n", 20)
	id := func(s string) ID { return SHA1.Sum(TypeBlob, []byte(s)) }
	p := newPack()
	p.refDelta(id(base+"x"), id(base), insertDelta(len(base), len(base), "x"))
	p.write(t, dir, "a", nil)
	whole := newPack()
	whole.whole(TypeBlob, base)
	whole.write(t, dir, "b", nil)
	for _, types := range []Types{0, TypesOf(TypeBlob)} {
		got := walkAll(t, open(t, dir, Options{}), WalkOptions{Verify: true, Types: types})
		if len(got.problems) != 0 || len(got.objects) != 2 || got.deltas != 1 || got.known != 0 {
			t.Errorf("%d objects, %d deltas, %d known, %v", len(got.objects), got.deltas, got.known, got.problems)
		}
	}
	if got := walkAll(t, open(t, dir, Options{}), WalkOptions{Types: TypesOf(TypeTree)}); len(got.objects) != 0 {
		t.Errorf("%d trees", len(got.objects))
	}
}

func TestSameObjectTwiceInAPack(t *testing.T) {
	dir := initRepo(t)
	p := newPack()
	p.whole(TypeBlob, "twin")
	p.whole(TypeBlob, "twin")
	p.write(t, dir, "a", nil)
	got := walkAll(t, open(t, dir, Options{}), WalkOptions{Verify: true})
	if len(got.objects) != 1 || len(got.problems) != 0 {
		t.Errorf("%d objects, %v", len(got.objects), got.problems)
	}
}

func TestDamagedLooseObjects(t *testing.T) {
	for name, test := range map[string]struct {
		data []byte
		kind Kind
	}{
		"empty":         {nil, ErrStream},
		"no zlib":       {[]byte("blob 1\x00x"), ErrStream},
		"no header":     {deflate([]byte("x")), ErrLoose},
		"type":          {deflate([]byte("blub 1\x00x")), ErrLoose},
		"size":          {deflate([]byte("blob -1\x00x")), ErrLoose},
		"too long":      {deflate([]byte("blob 1\x00xy")), ErrStream},
		"too short":     {deflate([]byte("blob 3\x00xy")), ErrStream},
		"huge":          {deflate([]byte("blob 99999999999\x00xy")), ErrTooLarge},
		"beyond ratio":  {deflate([]byte("blob 999999\x00xy")), ErrStream},
		"another":       {deflate([]byte("blob 1\x00y")), ErrHash},
		"cut":           {deflate([]byte("blob 1\x00x"))[:8], ErrLoose},
		"wrong check":   {append(deflate([]byte("blob 1\x00x"))[:15], 1, 2), ErrStream},
		"stream as git": {deflate([]byte("blob 1\x00x")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := initRepo(t)
			id := SHA1.Sum(TypeBlob, []byte("x"))
			path := loosePath(filepath.Join(dir, "objects"), id)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, test.data, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, types := range []Types{0, TypesOf(TypeBlob)} {
				got := walkAll(t, open(t, dir, Options{}), WalkOptions{Verify: true, Types: types})
				switch {
				case test.kind == "" && len(got.problems) == 0 && len(got.objects) == 1:
				case test.kind != "" && len(got.problems) == 1 && got.problems[0].Kind == test.kind && len(got.objects) == 0 && got.problems[0].ID == id:
				default:
					t.Errorf("%d objects, %v", len(got.objects), got.problems)
				}
			}
		})
	}
}

func TestPackIsNoRegularFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs symbolic links and devices")
	}
	dir := initRepo(t)
	p := newPack()
	id, _ := p.whole(TypeBlob, "one")
	p.write(t, dir, "a", nil)
	pack := filepath.Join(dir, "objects/pack/pack-a.pack")
	if err := os.Rename(pack, filepath.Join(dir, "moved")); err != nil {
		t.Fatal(err)
	}
	for target, ok := range map[string]bool{filepath.Join(dir, "moved"): true, os.DevNull: false, dir: false, "nowhere": false} {
		if err := os.Symlink(target, pack); err != nil {
			t.Fatal(err)
		}
		got := walkAll(t, open(t, dir, Options{}), WalkOptions{})
		if _, found := got.objects[id]; found != ok || (kinds(got.problems)[ErrUnreadable] == 0) != ok {
			t.Errorf("%s: found %v, %v", target, found, got.problems)
		}
		if err := os.Remove(pack); err != nil {
			t.Fatal(err)
		}
	}
}

// A pack that is cut short while it is mapped faults where it is read. It must
// not bring the program down.
func TestPackIsCutWhileMapped(t *testing.T) {
	dir := initRepo(t)
	fill(t, dir, 30, false)
	s := open(t, dir, Options{CacheSize: -1})
	id := s.Head(noProblem(t)).ID
	if _, _, err := s.Object(id, nil); err != nil {
		t.Fatal(err)
	}
	if s.packs[0].file.data == nil {
		t.Skip("packs are not mapped here")
	}
	if err := os.Chmod(s.packs[0].path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(s.packs[0].path, 0); err != nil {
		t.Skipf("a mapped file cannot be cut here: %v", err)
	}
	if _, _, err := s.Object(id, nil); !errors.Is(err, ErrVanished) {
		t.Errorf("Object: %v", err)
	}
	if _, _, err := s.Stat(id); !errors.Is(err, ErrVanished) {
		t.Errorf("Stat: %v", err)
	}
}
