package history

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/internal/gitstore"
)

func idsOf(t testing.TB, n int, text string) idSet {
	t.Helper()
	var ids []gitstore.ID
	for i := range n {
		ids = append(ids, gitstore.SHA1.Sum(gitstore.TypeBlob, fmt.Appendf(nil, "%s %d", text, i)))
	}
	return newIDSet(20, append(ids, ids...))
}

func sample(t testing.TB) *record {
	return &record{
		blobs: [kinds]idSet{holdsNothing: idsOf(t, 1000, "nothing"), isBinaryBlob: idsOf(t, 2, "binary"), holdsSomething: idsOf(t, 3, "something")},
		facts: []byte("facts"),
	}
}

var compareRecords = cmp.AllowUnexported(record{}, idSet{})

func TestRecordRoundTrip(t *testing.T) {
	key := recordKey{1}
	want := sample(t)
	got, ok := decodeRecord(want.encode(key), key, 20)
	if !ok {
		t.Fatal("it is not taken")
	}
	if diff := cmp.Diff(want, got, compareRecords); diff != "" {
		t.Error(diff)
	}
	if n := got.blobs[holdsNothing].len(); n != 1000 {
		t.Errorf("%d IDs", n)
	}
	for i := range got.blobs[holdsNothing].len() {
		if id := got.blobs[holdsNothing].at(i); !got.blobs[holdsNothing].has(id) || got.blobs[holdsSomething].has(id) {
			t.Fatalf("%x is not where it belongs", id)
		}
	}
}

// TestRecordNotTaken: a record is taken as it was written or not at all.
func TestRecordNotTaken(t *testing.T) {
	key := recordKey{1}
	data := sample(t).encode(key)
	if _, ok := decodeRecord(data, recordKey{2}, 20); ok {
		t.Error("the record of another key is taken")
	}
	if _, ok := decodeRecord(data, key, 32); ok {
		t.Error("a record of IDs of another size is taken")
	}
	for _, n := range []int{0, 1, len(recordMagic), len(data) / 2, len(data) - 1} {
		if _, ok := decodeRecord(data[:n], key, 20); ok {
			t.Errorf("it is taken when only %d bytes are left", n)
		}
	}
	for i := 0; i < len(data); i += 7 {
		torn := bytes.Clone(data)
		torn[i] ^= 1
		if _, ok := decodeRecord(torn, key, 20); ok {
			t.Fatalf("it is taken with byte %d changed", i)
		}
	}
}

// FuzzDecodeRecord seals whatever comes, so that the parts behind the checksum
// are reached.
func FuzzDecodeRecord(f *testing.F) {
	key := recordKey{}
	head := len(recordMagic) + len(key)
	whole := sample(f).encode(key)
	f.Add(whole[head:len(whole)-sha256.Size], false)
	f.Add([]byte{0, 0, 0, 0}, true)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, false)
	f.Fuzz(func(t *testing.T, body []byte, long bool) {
		size := 20
		if long {
			size = 32
		}
		data := append(append([]byte(recordMagic), key[:]...), body...)
		sum := sha256.Sum256(data)
		r, ok := decodeRecord(append(data, sum[:]...), key, size)
		if !ok {
			return
		}
		again, ok := decodeRecord(r.encode(key), key, size)
		if diff := cmp.Diff(r, again, compareRecords); !ok || diff != "" {
			t.Errorf("what was read is written otherwise: %v %s", ok, diff)
		}
	})
}

func newTestShelf(t *testing.T) *shelf {
	t.Helper()
	return &shelf{common: t.TempDir(), owned: func(fs.FileInfo) bool { return true }}
}

// TestShelf says whose records are taken.
func TestShelf(t *testing.T) {
	key := recordKey{1}
	for name, test := range map[string]struct {
		between func(s *shelf) error
		taken   bool
	}{
		"as it was written":       {func(*shelf) error { return nil }, true},
		"gone":                    {func(s *shelf) error { return os.RemoveAll(s.dir()) }, false},
		"cut short":               {func(s *shelf) error { return os.Truncate(s.file(key), 100) }, false},
		"empty":                   {func(s *shelf) error { return os.Truncate(s.file(key), 0) }, false},
		"others may write it":     {func(s *shelf) error { return os.Chmod(s.file(key), 0o620) }, false},
		"others may write beside": {func(s *shelf) error { return os.Chmod(s.dir(), 0o777) }, false},
		"others may read it":      {func(s *shelf) error { return os.Chmod(s.file(key), 0o644) }, true},
		"a link": {func(s *shelf) error {
			return errors.Join(os.Rename(s.file(key), s.file(key)+"-moved"), os.Symlink(s.file(key)+"-moved", s.file(key)))
		}, false},
		"in a directory behind a link": {func(s *shelf) error {
			return errors.Join(os.Rename(s.dir(), s.dir()+"-moved"), os.Symlink(s.dir()+"-moved", s.dir()))
		}, false},
		"a directory":      {func(s *shelf) error { return errors.Join(os.Remove(s.file(key)), os.Mkdir(s.file(key), 0o700)) }, false},
		"somebody else's":  {func(s *shelf) error { s.owned = func(i fs.FileInfo) bool { return i.IsDir() }; return nil }, false},
		"in somebody's":    {func(s *shelf) error { s.owned = func(i fs.FileInfo) bool { return !i.IsDir() }; return nil }, false},
		"of another's key": {func(s *shelf) error { return os.Rename(s.file(key), s.file(recordKey{2})) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" {
				t.Skip("there are no such permissions")
			}
			s := newTestShelf(t)
			s.store(key, sample(t))
			if err := test.between(s); err != nil {
				t.Fatal(err)
			}
			if got := s.load(key, 20).blobs[holdsNothing].len() > 0; got != test.taken {
				t.Errorf("taken: %v, want %v", got, test.taken)
			}
		})
	}
}

// TestNoShelf: where there is no place for a record none is kept, and nothing else
// is touched.
func TestNoShelf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such permissions")
	}
	for name, prepare := range map[string]func(s *shelf) error{
		"somebody else's repository": func(s *shelf) error { s.owned = func(fs.FileInfo) bool { return false }; return nil },
		"a file":                     func(s *shelf) error { return os.WriteFile(s.dir(), nil, 0o600) },
		"a link":                     func(s *shelf) error { return os.Symlink(t.TempDir(), s.dir()) },
		"open to all":                func(s *shelf) error { return errors.Join(os.Mkdir(s.dir(), 0o700), os.Chmod(s.dir(), 0o777)) },
		"no repository":              func(s *shelf) error { return os.RemoveAll(s.common) },
	} {
		s := newTestShelf(t)
		if err := prepare(s); err != nil {
			t.Fatal(err)
		}
		s.store(recordKey{1}, sample(t))
		if _, err := os.Stat(s.file(recordKey{1})); err == nil {
			t.Errorf("%s: a record is kept", name)
		}
	}
}

// TestManyRecords: runs at once do not hurt each other, and old records go.
func TestManyRecords(t *testing.T) {
	s := newTestShelf(t)
	var runs sync.WaitGroup
	for i := range 20 {
		runs.Go(func() {
			key := recordKey{byte(i % 10)}
			s.store(key, sample(t))
			r := s.load(key, 20)
			if n := r.blobs[holdsNothing].len(); n != 0 && n != 1000 {
				t.Errorf("a record of %d IDs", n)
			}
		})
	}
	runs.Wait()
	files, err := filepath.Glob(filepath.Join(s.dir(), "*"))
	if err != nil || len(files) > maxRecords+1+20 {
		t.Errorf("%d files, %v", len(files), err)
	}
	s.store(recordKey{99}, sample(t))
	if files, _ := filepath.Glob(filepath.Join(s.dir(), "*")); len(files) != maxRecords+1 {
		t.Errorf("%d files are left, want %d", len(files), maxRecords+1)
	}
}
