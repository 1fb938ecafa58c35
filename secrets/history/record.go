package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/internal/regular"
)

// A record is what runs remember of a repository: which blobs hold nothing that
// the rules look for, which are no text, which may hold something, and what was
// found when the refs were the same. It holds no text and nothing that is made
// from one.
//
// It lies in the common directory of the repository, in a file of its own for
// each key, which says which engine, rules and limits the answers are from.
type record struct {
	blobs [kinds]idSet
	facts []byte // see facts.go; empty when there are none
}

const (
	recordMagic = "envtight record 5\n"
	// recordDir is a directory in the common directory of a repository. Git
	// leaves alone what it does not know there.
	recordDir = "envtight"
	// maxRecord bounds the size in bytes of a record; beyond it none is kept.
	// It is enough for three million blobs.
	maxRecord = 64 << 20
	// maxRecords is how many files are left beside a new record: those of other
	// keys, and those that are being written or whose writers were killed.
	maxRecords = 7
)

func newRecord(idSize int) *record {
	r := &record{}
	for kind := range r.blobs {
		r.blobs[kind].size = idSize
	}
	return r
}

func (r *record) counts() (n [kinds]int) {
	for kind := range r.blobs {
		n[kind] = r.blobs[kind].len()
	}
	return n
}

// kind returns what is known of a blob.
func (r *record) kind(id gitstore.ID) (kind int, ok bool) {
	raw := id.Bytes()
	for kind := range r.blobs {
		if r.blobs[kind].has(raw) {
			return kind, true
		}
	}
	return 0, false
}

// A recordKey says whose answers a record holds.
type recordKey [sha256.Size]byte

// An idSet is IDs of one size, in order, one after the other.
type idSet struct {
	size int
	ids  []byte
}

func (s idSet) len() int {
	if s.size == 0 {
		return 0
	}
	return len(s.ids) / s.size
}

func (s idSet) at(i int) []byte { return s.ids[i*s.size : (i+1)*s.size] }

func (s idSet) has(id []byte) bool {
	i := sort.Search(s.len(), func(i int) bool { return bytes.Compare(s.at(i), id) >= 0 })
	return i < s.len() && bytes.Equal(s.at(i), id)
}

// newIDSet makes a set of IDs, which it sorts.
func newIDSet(size int, ids []gitstore.ID) idSet {
	slices.SortFunc(ids, gitstore.ID.Compare)
	ids = slices.Compact(ids)
	out := idSet{size: size, ids: make([]byte, 0, size*len(ids))}
	for _, id := range ids {
		out.ids = append(out.ids, id.Bytes()...)
	}
	return out
}

// encode writes a record: the magic line, the key, the sets, the facts, and the
// SHA-256 of all that.
func (r *record) encode(key recordKey) []byte {
	var out []byte
	out = append(out, recordMagic...)
	out = append(out, key[:]...)
	for kind := range r.blobs {
		out = appendPart(out, r.blobs[kind].ids)
	}
	out = appendPart(out, r.facts)
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

func appendPart(out, part []byte) []byte {
	return append(binary.AppendUvarint(out, uint64(len(part))), part...)
}

// decodeRecord reads what encode wrote for the same key, of IDs of the size. It
// returns false for anything else. The record refers to data.
func decodeRecord(data []byte, key recordKey, size int) (*record, bool) {
	head := recordMagic + string(key[:])
	if len(data) < len(head)+sha256.Size || string(data[:len(head)]) != head {
		return nil, false
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(want[:], sum) {
		return nil, false
	}
	in := &reader{data: body[len(head):]}
	r := newRecord(size)
	for kind := range r.blobs {
		r.blobs[kind] = in.idSet(size)
	}
	r.facts = in.bytes()
	return r, in.done()
}

// A reader takes data apart. After the first thing that does not fit, it returns
// zeros.
type reader struct {
	data   []byte
	failed bool
}

func (r *reader) fail() { r.failed, r.data = true, nil }

// done tells that everything fitted and nothing is left.
func (r *reader) done() bool { return !r.failed && len(r.data) == 0 }

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[size:]
	return n
}

// count reads how many things follow, each of at least one byte.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.data)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) take(n int) []byte {
	if n > len(r.data) {
		r.fail()
		return nil
	}
	out := r.data[:n:n]
	r.data = r.data[n:]
	return out
}

func (r *reader) bytes() []byte { return r.take(r.count()) }

// idSet reads IDs, which must be in order, each once.
func (r *reader) idSet(size int) idSet {
	s := idSet{size: size, ids: r.bytes()}
	if len(s.ids)%size != 0 {
		r.fail()
		return idSet{size: size}
	}
	for i := 1; i < s.len(); i++ {
		if bytes.Compare(s.at(i-1), s.at(i)) >= 0 {
			r.fail()
			return idSet{size: size}
		}
	}
	return s
}

// A shelf is where the records of a repository are.
type shelf struct {
	common string
	owned  func(fs.FileInfo) bool // replaced in tests
}

func newShelf(store *gitstore.Store) *shelf {
	return &shelf{common: store.Dirs().CommonDir, owned: regular.Owned}
}

func (s *shelf) dir() string { return filepath.Join(s.common, recordDir) }

func (s *shelf) file(key recordKey) string {
	return filepath.Join(s.dir(), "history-"+hex.EncodeToString(key[:8]))
}

// mine tells that only this user can have written what info is about.
func (s *shelf) mine(info fs.FileInfo) bool { return s.owned(info) && !regular.WritableByOthers(info) }

// mineDir tells that a directory, which must not be a link, is this user's.
func (s *shelf) mineDir(dir string) bool {
	info, err := os.Lstat(dir)
	return err == nil && info.IsDir() && s.mine(info)
}

// load returns the record of a key. Whatever is wrong with it, there is just none.
func (s *shelf) load(key recordKey, size int) *record {
	if s.mineDir(s.dir()) {
		if data, ok := regular.ReadOwn(s.file(key), maxRecord, s.mine); ok {
			if r, ok := decodeRecord(data, key, size); ok {
				return r
			}
		}
	}
	return newRecord(size)
}

// store keeps a record, if the repository is this user's and can be written to. A
// run that keeps none has lost time only, so that nothing is said of it.
func (s *shelf) store(key recordKey, r *record) {
	info, err := os.Stat(s.common)
	if err != nil || !s.owned(info) {
		return
	}
	data := r.encode(key)
	if len(data) > maxRecord {
		return
	}
	_ = os.Mkdir(s.dir(), 0o700) // it may be there
	if !s.mineDir(s.dir()) {
		return
	}
	if regular.Replace(s.file(key), "new-*", data) == nil {
		s.sweep(s.file(key))
	}
}

// sweep removes what was written longest ago. A run whose file goes while it is
// being written keeps no record.
func (s *shelf) sweep(kept string) {
	entries, err := os.ReadDir(s.dir())
	if err != nil {
		return
	}
	var others []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && e.Type().IsRegular() && e.Name() != filepath.Base(kept) {
			others = append(others, info)
		}
	}
	slices.SortFunc(others, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, old := range others[min(len(others), maxRecords):] {
		_ = os.Remove(filepath.Join(s.dir(), old.Name()))
	}
}
