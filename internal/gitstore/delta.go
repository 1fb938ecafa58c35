package gitstore

import "errors"

// An Op is a run of a delta's result: copied from the base, or new.
type Op struct {
	// Base is where the run stands in the base; negative when it is new.
	Base int64
	// Len is its length in bytes, at least 1.
	Len int64
}

// Copied tells whether the run is from the base.
func (o Op) Copied() bool { return o.Base >= 0 }

var (
	errDeltaShort  = errors.New("it ends early")
	errDeltaBase   = errors.New("it is for a base of another size")
	errDeltaCopy   = errors.New("it copies from outside its base")
	errDeltaZero   = errors.New("it has a reserved instruction")
	errDeltaResult = errors.New("it makes another size than it declares")
)

// deltaSizes reads the sizes at a delta's start: of the base, of the result.
func deltaSizes(delta []byte) (base, result uint64, rest []byte, err error) {
	base, rest, err = deltaVarint(delta)
	if err == nil {
		result, rest, err = deltaVarint(rest)
	}
	return base, result, rest, err
}

func deltaVarint(b []byte) (uint64, []byte, error) {
	var v uint64
	for i, c := range b {
		if i > 8 {
			break
		}
		v |= uint64(c&0x7f) << (7 * i)
		if c&0x80 == 0 {
			return v, b[i+1:], nil
		}
	}
	return 0, nil, errDeltaShort
}

// applyDelta fills dst from base by the instructions, which are a delta without
// its sizes, and appends to ops what it did. Runs that follow each other in the
// base as in the result are one Op, and so are runs of new bytes.
func applyDelta(dst, base, instructions []byte, ops []Op) ([]Op, error) {
	n, in := 0, instructions
	for len(in) > 0 {
		c := in[0]
		in = in[1:]
		if c == 0 {
			return ops, errDeltaZero
		}
		if c&0x80 == 0 {
			size := int(c)
			if size > len(in) {
				return ops, errDeltaShort
			}
			if size > len(dst)-n {
				return ops, errDeltaResult
			}
			n += copy(dst[n:], in[:size])
			in = in[size:]
			if k := len(ops) - 1; k >= 0 && ops[k].Base < 0 {
				ops[k].Len += int64(size)
			} else {
				ops = append(ops, Op{Base: -1, Len: int64(size)})
			}
			continue
		}
		var off, size uint64
		if need := copyArguments[c&0x7f]; int(need) > len(in) {
			return ops, errDeltaShort
		}
		if c&0x01 != 0 {
			off, in = uint64(in[0]), in[1:]
		}
		if c&0x02 != 0 {
			off, in = off|uint64(in[0])<<8, in[1:]
		}
		if c&0x04 != 0 {
			off, in = off|uint64(in[0])<<16, in[1:]
		}
		if c&0x08 != 0 {
			off, in = off|uint64(in[0])<<24, in[1:]
		}
		if c&0x10 != 0 {
			size, in = uint64(in[0]), in[1:]
		}
		if c&0x20 != 0 {
			size, in = size|uint64(in[0])<<8, in[1:]
		}
		if c&0x40 != 0 {
			size, in = size|uint64(in[0])<<16, in[1:]
		}
		if size == 0 {
			size = 0x10000
		}
		if off+size > uint64(len(base)) {
			return ops, errDeltaCopy
		}
		if size > uint64(len(dst)-n) {
			return ops, errDeltaResult
		}
		n += copy(dst[n:], base[off:off+size])
		if k := len(ops) - 1; k >= 0 && ops[k].Base >= 0 && ops[k].Base+ops[k].Len == int64(off) {
			ops[k].Len += int64(size)
		} else {
			ops = append(ops, Op{Base: int64(off), Len: int64(size)})
		}
	}
	if n != len(dst) {
		return ops, errDeltaResult
	}
	return ops, nil
}

// copyArguments is how many bytes follow a copy instruction: one for each of
// its seven flags.
var copyArguments = countBits()

func countBits() (table [128]uint8) {
	for i := range table {
		table[i] = table[i/2] + uint8(i&1)
	}
	return table
}
