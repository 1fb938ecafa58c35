package match

import "encoding/binary"

// A filter finds many literals in one pass over a text. It looks at every second
// place: at the four bytes there, whatever their case, hashed into a table of
// bits. A literal that begins at such a place is filed under its first four bytes.
// One that begins between two is filed under its bytes from the second on, or,
// when it is too short for that, under the byte before it, whatever that is, with
// its first three.
type filter struct {
	bits [1 << filterBits / 64]uint64
	// Where the bits say that something may be, the first three bytes of
	// literals are looked up: heads has, for their hash, one more than the
	// first entry.
	heads    [1 << headBits]uint16
	nexts    []uint16 // of each literal: one more than the next with its hash
	literals []literal
}

const (
	filterBits = 18
	headBits   = 12
	hashFactor = 0x9E3779B1
	caseBits   = 0x20202020
	// longLiteral is from where on a literal has four bytes behind its first.
	longLiteral = 5
	// maxLiterals is how many literals a filter has room for.
	maxLiterals = 1<<16 - 1
)

func hash4(four uint32) uint32 { return (four | caseBits) * hashFactor >> (32 - filterBits) }

func hash3(four uint32) uint32 {
	return (four&0xffffff | caseBits&0xffffff) * hashFactor >> (32 - headBits)
}

// newFilter takes at most maxLiterals literals of at least minLiteral bytes each.
func newFilter(list []literal) *filter {
	f := &filter{literals: list, nexts: make([]uint16, len(list))}
	for i, l := range list {
		four := uint32(l.bytes)
		if l.len >= 4 {
			f.set(four)
		} else {
			anyByte(func(b uint32) { f.set(four | b<<24) })
		}
		if l.len >= longLiteral {
			f.set(uint32(l.bytes >> 8))
		} else {
			anyByte(func(b uint32) { f.set(four<<8 | b) })
		}
		h := hash3(four)
		f.nexts[i] = f.heads[h]
		f.heads[h] = uint16(i + 1)
	}
	return f
}

// anyByte calls set for each byte that has the bit of case: it is set in all that
// is hashed.
func anyByte(set func(b uint32)) {
	for b := range uint32(256) {
		if b&0x20 != 0 {
			set(b)
		}
	}
}

func (f *filter) set(four uint32) {
	h := hash4(four)
	f.bits[h/64] |= 1 << (h % 64)
}

func (f *filter) has(four uint32) uint64 {
	h := hash4(four)
	return f.bits[h/64%uint32(len(f.bits))] >> (h % 64) & 1
}

// found is a literal at a place of a text.
type found struct {
	literal uint16
	at      int
}

// find appends the literals that begin in text[from:to] to out, ordered by place,
// and stops when there are as many as fit. It returns where to go on.
func (f *filter) find(text []byte, from, to int, out []found) ([]found, int) {
	const most = 4 * 3 * 4 // more than one step usually adds
	i := from
	for i < to && i+10 <= len(text) {
		if cap(out)-len(out) < most && len(out) > 0 {
			return out, i
		}
		w := binary.LittleEndian.Uint64(text[i:])
		a := f.has(uint32(w))
		b := f.has(uint32(w >> 16))
		c := f.has(uint32(w >> 32))
		d := f.has(binary.LittleEndian.Uint32(text[i+6:]))
		if a|b|c|d != 0 {
			if a != 0 {
				out = f.near(text, i, from, to, out)
			}
			if b != 0 {
				out = f.near(text, i+2, from, to, out)
			}
			if c != 0 {
				out = f.near(text, i+4, from, to, out)
			}
			if d != 0 {
				out = f.near(text, i+6, from, to, out)
			}
		}
		i += 8
	}
	return f.findLast(text, i, from, to, out), to
}

// near looks for literals round a place: all that begin there, long ones that
// begin before it, short ones that begin behind it.
func (f *filter) near(text []byte, i, from, to int, out []found) []found {
	if i > from && i <= to {
		out = f.lookUp(text, i-1, longLiteral, maxLiteral, out)
	}
	if i < to {
		out = f.lookUp(text, i, 0, maxLiteral, out)
	}
	if i+1 < to {
		out = f.lookUp(text, i+1, 0, longLiteral-1, out)
	}
	return out
}

// findLast looks at what is left of a text when steps do not fit any more: from
// the place i on, and at long literals before it.
func (f *filter) findLast(text []byte, i, from, to int, out []found) []found {
	if i > from && i <= to {
		out = f.lookUp(text, i-1, longLiteral, maxLiteral, out)
	}
	for ; i < to; i++ {
		out = f.lookUp(text, i, 0, maxLiteral, out)
	}
	return out
}

// lookUp appends the literals of some lengths that are at a place.
func (f *filter) lookUp(text []byte, at int, shortest, longest uint8, out []found) []found {
	if len(text)-at < minLiteral {
		return out
	}
	var four uint32
	if len(text)-at >= 4 {
		four = binary.LittleEndian.Uint32(text[at:])
	} else {
		four = uint32(text[at]) | uint32(text[at+1])<<8 | uint32(text[at+2])<<16
	}
	for n := f.heads[hash3(four)]; n != 0; n = f.nexts[n-1] {
		l := &f.literals[n-1]
		if l.len >= shortest && l.len <= longest && l.at(text, at) {
			out = append(out, found{n - 1, at})
		}
	}
	return out
}
