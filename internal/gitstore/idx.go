package gitstore

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// An index is a pack's .idx file: the IDs of its objects in order, and where
// each is. It is a view of the file's bytes. Source: gitformat-pack(5).
type index struct {
	format Format
	count  int
	fanout []byte // 256 running counts
	// IDs stand stride bytes apart, from idAt within each record.
	ids          []byte
	stride, idAt int
	// Offsets of four bytes; those with the highest bit set are places in
	// wide. Version 1 has them in ids, before each ID.
	offsets []byte
	wide    []byte
	packSum []byte
}

const (
	idxMagic   = "\xfftOc"
	fanoutSize = 256 * 4
)

var (
	errShort  = errors.New("the file is too short")
	errSize   = errors.New("the file's size does not fit its counts")
	errFanout = errors.New("its counts do not rise")
	errOrder  = errors.New("its names are not in order")
	errIdxVer = errors.New("its version is not known")
	errOffset = errors.New("an offset is outside")
)

// parseIndex reads version 2 and the one before it, which has no number. It
// looks at the file's outline only; checkOrder looks at every name.
func parseIndex(b []byte, format Format) (*index, error) {
	x := &index{format: format}
	size := format.Size()
	v2 := bytes.HasPrefix(b, []byte(idxMagic))
	if v2 {
		if len(b) < 8 {
			return nil, errShort
		}
		if binary.BigEndian.Uint32(b[4:]) != 2 {
			return nil, errIdxVer
		}
		b = b[8:]
	}
	if len(b) < fanoutSize+2*size {
		return nil, errShort
	}
	x.fanout, b = b[:fanoutSize], b[fanoutSize:]
	for i := 1; i < 256; i++ {
		if x.upTo(i) < x.upTo(i-1) {
			return nil, errFanout
		}
	}
	count := uint64(x.upTo(255))
	x.packSum = b[len(b)-2*size : len(b)-size]
	b = b[:len(b)-2*size]
	have := uint64(len(b))
	if !v2 {
		if have != count*uint64(4+size) {
			return nil, errSize
		}
		x.count, x.ids, x.stride, x.idAt = int(count), b, 4+size, 4
		return x, nil
	}
	record := uint64(size + 4 + 4) // name, checksum, offset
	if have < count*record || (have-count*record)%8 != 0 || (have-count*record)/8 > count {
		return nil, errSize
	}
	x.count, x.stride = int(count), size
	x.ids, b = b[:x.count*size], b[x.count*size:]
	b = b[x.count*4:]
	x.offsets, x.wide = b[:x.count*4], b[x.count*4:]
	return x, nil
}

// upTo is how many IDs begin with a byte of at most first.
func (x *index) upTo(first int) uint32 { return binary.BigEndian.Uint32(x.fanout[4*first:]) }

// id returns the bytes of the i-th ID.
func (x *index) id(i int) []byte {
	at := i*x.stride + x.idAt
	return x.ids[at : at+x.format.Size() : at+x.format.Size()]
}

// offset is where the i-th object begins in the pack, which may be outside it;
// negative when the index itself does not say.
func (x *index) offset(i int) int64 {
	if x.offsets == nil {
		return int64(binary.BigEndian.Uint32(x.ids[i*x.stride:]))
	}
	off := binary.BigEndian.Uint32(x.offsets[4*i:])
	if off&(1<<31) == 0 {
		return int64(off)
	}
	at := 8 * int64(off&(1<<31-1))
	if at+8 > int64(len(x.wide)) {
		return -1
	}
	return int64(binary.BigEndian.Uint64(x.wide[at:]))
}

// find looks an ID up. In an index whose names are not in order it may miss.
func (x *index) find(id []byte) (int, bool) {
	lo, hi := 0, int(x.upTo(int(id[0])))
	if id[0] > 0 {
		lo = int(x.upTo(int(id[0]) - 1))
	}
	end := hi
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if bytes.Compare(x.id(mid), id) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < end && bytes.Equal(x.id(lo), id)
}

// checkOrder verifies that names rise and stand where the counts say. Equal
// names may follow each other.
func (x *index) checkOrder() error {
	var last []byte
	first := -1
	for i := range x.count {
		id := x.id(i)
		if last != nil && bytes.Compare(last, id) > 0 {
			return errOrder
		}
		last = id
		for first < int(id[0]) {
			first++
			if first > 0 && x.upTo(first-1) != uint32(i) {
				return errFanout
			}
		}
	}
	for ; first < 255; first++ {
		if first >= 0 && x.upTo(first) != uint32(x.count) {
			return errFanout
		}
	}
	return nil
}
