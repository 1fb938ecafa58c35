package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"sync"
)

// A pack is an index that is open and the pack beside it, which is opened when
// it is first needed.
type pack struct {
	store *Store
	path  string // of the .pack
	idx   *index
	idxf  *file

	once sync.Once
	file *file
	err  *Error // why there is no file
	end  int64  // where the entries end and the checksum begins

	offsetsOnce sync.Once
	sorted      offsetTable
}

const (
	packHeader = 12
	// maxEntryHeader is the most that a size and a base can take.
	maxEntryHeader = 10 + 32
	// minEntry is the least that an entry takes: a byte, and the zlib stream
	// of nothing.
	minEntry = 1 + 8
)

var (
	errMagic     = errors.New("it does not begin as a pack does")
	errPackVer   = errors.New("its version is not known")
	errCount     = errors.New("they hold different numbers of objects")
	errChecksum  = errors.New("their checksums differ")
	errEntrySize = errors.New("its size has too many bits")
	errEntryType = errors.New("its type is not known")
	errEntryBase = errors.New("its base is outside")
)

func (s *Store) openIndex(path, packPath string) (*pack, error) {
	f, err := openFile(path, s.options.NoMap)
	if err != nil {
		return nil, &Error{Kind: ErrUnreadable, File: path, Err: err}
	}
	if f.data == nil {
		data, err := readAll(f)
		if err != nil {
			return nil, &Error{Kind: ErrUnreadable, File: path, Err: err}
		}
		f = &file{path: path, size: int64(len(data)), data: data}
	}
	idx, err := parseIndex(f.data, s.format)
	if err != nil {
		return nil, errors.Join(&Error{Kind: ErrIndex, File: path, Err: err}, f.close())
	}
	return &pack{store: s, path: packPath, idx: idx, idxf: f}, nil
}

// readAll reads a file that is not mapped, and closes it.
func readAll(f *file) ([]byte, error) {
	var data []byte
	data, err := f.bytes(0, f.size, &data)
	return data, errors.Join(err, f.close())
}

// open opens the pack itself. All calls give the same answer.
func (p *pack) open() *Error {
	p.once.Do(func() {
		f, err := openFile(p.path, p.store.options.NoMap)
		if err != nil {
			p.err = &Error{Kind: ErrUnreadable, File: p.path, Err: err}
			return
		}
		if p.err = p.check(f); p.err != nil {
			// The file was only read: nothing is lost if closing fails.
			_ = f.close()
			return
		}
		p.file = f
	})
	return p.err
}

// check compares the pack's outline with its index.
func (p *pack) check(f *file) *Error {
	size := int64(p.store.format.Size())
	fail := func(kind Kind, err error) *Error { return &Error{Kind: kind, File: p.path, Err: err} }
	if f.size < packHeader+size {
		return fail(ErrPack, errShort)
	}
	var scratch []byte
	head, err := f.bytes(0, packHeader, &scratch)
	if err != nil || len(head) < packHeader {
		return fail(ErrUnreadable, err)
	}
	version := binary.BigEndian.Uint32(head[4:])
	switch {
	case string(head[:4]) != "PACK":
		return fail(ErrPack, errMagic)
	case version != 2 && version != 3:
		return fail(ErrPack, errPackVer)
	case uint64(binary.BigEndian.Uint32(head[8:])) != uint64(p.idx.count):
		return fail(ErrMismatch, errCount)
	}
	p.end = f.size - size
	if int64(p.idx.count) > (p.end-packHeader)/minEntry || p.idx.count > math.MaxInt32 {
		return fail(ErrMismatch, errCount)
	}
	sum, err := f.bytes(p.end, f.size, &scratch)
	switch {
	case err != nil:
		return fail(ErrUnreadable, err)
	case !bytes.Equal(sum, p.idx.packSum):
		return fail(ErrMismatch, errChecksum)
	}
	return nil
}

func (p *pack) close() error {
	err := p.idxf.close()
	if p.file != nil {
		err = errors.Join(err, p.file.close())
	}
	return err
}

// id is the ID at a place of the index.
func (p *pack) id(i int) ID { return p.idx.format.id(p.idx.id(i)) }

// An entry is the header of an object in a pack.
type entry struct {
	typ  Type   // of an object, or of a delta
	size uint64 // of what is compressed: the object, or the delta
	data int64  // where the compressed bytes begin
	base int64  // of a typeOffset: where its base begins
	ref  []byte // of a typeRef: the ID of its base
}

func (e *entry) isDelta() bool { return e.typ == typeOffset || e.typ == typeRef }

// parseEntry reads the header at the start of b, which stands at off.
func parseEntry(b []byte, off int64, format Format) (entry, error) {
	var e entry
	if len(b) == 0 {
		return e, errShort
	}
	c := b[0]
	e.typ = Type(c >> 4 & 7)
	e.size = uint64(c & 15)
	n := 1
	for shift := 4; c&0x80 != 0; shift += 7 {
		if n == len(b) {
			return e, errShort
		}
		c = b[n]
		n++
		if shift > 57 {
			return e, errEntrySize
		}
		e.size |= uint64(c&0x7f) << shift
	}
	if e.size > 1<<62 {
		return e, errEntrySize
	}
	switch e.typ {
	case TypeCommit, TypeTree, TypeBlob, TypeTag:
	case typeOffset:
		back, used := backVarint(b[n:])
		if used <= 0 {
			return e, errEntryBase
		}
		if back == 0 || back > uint64(off-packHeader) {
			return e, errEntryBase
		}
		e.base = off - int64(back)
		n += used
	case typeRef:
		if len(b)-n < format.Size() {
			return e, errShort
		}
		e.ref = b[n : n+format.Size()]
		n += format.Size()
	default:
		return e, errEntryType
	}
	e.data = off + int64(n)
	return e, nil
}

// backVarint reads the numbers that packs use for distances and reftables for
// everything: seven bits a byte, high ones first, and one more for each byte
// that follows. It returns 0 bytes used when b ends early or the number has too
// many bits.
func backVarint(b []byte) (uint64, int) {
	var v uint64
	for i, c := range b {
		if i > 0 {
			v++
		}
		if v > 1<<55 {
			return 0, 0
		}
		v = v<<7 | uint64(c&0x7f)
		if c&0x80 == 0 {
			return v, i + 1
		}
	}
	return 0, 0
}

// entryAt reads the header at off. The entry's ref may lie in *scratch.
func (p *pack) entryAt(off int64, scratch *[]byte) (entry, *Error) {
	if off < packHeader || off >= p.end {
		return entry{}, &Error{Kind: ErrEntry, File: p.path, Offset: off, Err: errOffset}
	}
	b, err := p.file.bytes(off, min(off+maxEntryHeader, p.end), scratch)
	if err != nil {
		return entry{}, &Error{Kind: ErrUnreadable, File: p.path, Offset: off, Err: err}
	}
	e, err := parseEntry(b, off, p.store.format)
	if err != nil {
		return e, &Error{Kind: ErrEntry, File: p.path, Offset: off, Err: err}
	}
	return e, nil
}

// An offsetTable holds the offsets of a pack in order, with the place in the
// index that each has.
type offsetTable struct {
	offsets []int64 // one more than places: the end of the last entry
	places  []uint32
	// bad are places whose offset is outside the pack or is taken already.
	bad []uint32
}

// offsets sorts the index by offset, once.
func (p *pack) offsets() *offsetTable {
	p.offsetsOnce.Do(func() { p.sorted = sortOffsets(p.idx, p.end) })
	return &p.sorted
}

type offsetPlace struct {
	offset int64
	place  uint32
}

func sortOffsets(x *index, end int64) offsetTable {
	var t offsetTable
	all := make([]offsetPlace, 0, x.count)
	for i := range x.count {
		off := x.offset(i)
		if off < packHeader || off >= end {
			t.bad = append(t.bad, uint32(i))
			continue
		}
		all = append(all, offsetPlace{off, uint32(i)})
	}
	all = radixSort(all, end)
	t.offsets = make([]int64, 0, len(all)+1)
	t.places = make([]uint32, 0, len(all))
	for i, e := range all {
		// Two names for one entry are equal names, or one of them lies.
		if i > 0 && e.offset == all[i-1].offset {
			t.bad = append(t.bad, e.place)
			continue
		}
		t.offsets = append(t.offsets, e.offset)
		t.places = append(t.places, e.place)
	}
	t.offsets = append(t.offsets, end)
	return t
}

// radixSort sorts by offset, below limit, stably and in linear time: an index
// of a million objects takes some milliseconds.
func radixSort(a []offsetPlace, limit int64) []offsetPlace {
	const bits = 11
	b := make([]offsetPlace, len(a))
	for shift := 0; limit>>shift > 0; shift += bits {
		var starts [1 << bits]int
		for i := range a {
			starts[a[i].offset>>shift&(1<<bits-1)]++
		}
		sum := 0
		for i, n := range starts {
			starts[i] = sum
			sum += n
		}
		for i := range a {
			digit := a[i].offset >> shift & (1<<bits - 1)
			b[starts[digit]] = a[i]
			starts[digit]++
		}
		a, b = b, a
	}
	return a
}

// at finds the entry that begins at off.
func (t *offsetTable) at(off int64) (int, bool) { return t.near(off, len(t.places)) }

// near is at for an offset that is likely to be a little before the i-th, as
// bases are before their deltas: it looks near first.
func (t *offsetTable) near(off int64, i int) (int, bool) {
	hi, step := i, 1
	lo := hi - step
	for lo > 0 && t.offsets[lo] > off {
		hi = lo
		step *= 4
		lo -= step
	}
	lo = max(lo, 0)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if t.offsets[mid] < off {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(t.places) && t.offsets[lo] == off
}
