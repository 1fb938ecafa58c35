package match

import "encoding/binary"

// A filter finds many literals in one pass over a text. It looks at every second
// place: at the four bytes there, whatever their case, hashed into a table of
// bits. A literal that begins at such a place is filed under its first four bytes.
// One that begins between two is filed under its bytes from the second on, or,
// when it is too short for that, under the byte before it, whatever that is, with
// its first three.
type filter struct {
	// bits are those of the other tables together: of literals that begin at
	// the place, one byte before it, one byte behind it.
	bits               bitTable
	at, before, behind bitTable
	// Where the bits say that something may be, the first three bytes of
	// literals are looked up: heads has, for their hash, one more than the
	// first entry.
	heads    [1 << headBits]uint16
	nexts    []uint16 // of each literal: one more than the next with its hash
	literals []literal
}

type bitTable [1 << filterBits / 64]uint64

const (
	filterBits = 20
	headBits   = 12
	hashFactor = 0x9E3779B1
	caseBits   = 0x2020202020202020
	// longLiteral is from where on a literal has four bytes behind its first.
	longLiteral = 5
	// maxLiterals is how many literals a filter has room for.
	maxLiterals = 1<<16 - 1
)

const (
	bitShift  = 32 - filterBits
	wordShift = bitShift + 6
)

func hash4(four uint32) uint32 { return (four | caseBits&0xffffffff) * hashFactor }

func hash3(four uint32) uint32 {
	return (four&0xffffff | caseBits&0xffffff) * hashFactor >> (32 - headBits)
}

// A bitTable is asked by the upper bits of a hash.
func (t *bitTable) set(h uint32) { t[h>>wordShift] |= 1 << (h >> bitShift & 63) }

func (t *bitTable) has(h uint32) uint64 { return t[h>>wordShift] >> (h >> bitShift & 63) & 1 }

// newFilter takes at most maxLiterals literals of at least minLiteral bytes each.
func newFilter(list []literal) *filter {
	f := &filter{literals: list, nexts: make([]uint16, len(list))}
	for i, l := range list {
		four := uint32(l.bytes)
		if l.len >= 4 {
			f.set(&f.at, four)
		} else {
			anyByte(func(b uint32) { f.set(&f.at, four|b<<24) })
		}
		if l.len >= longLiteral {
			f.set(&f.before, uint32(l.bytes>>8))
		} else {
			anyByte(func(b uint32) { f.set(&f.behind, four<<8|b) })
		}
		h := hash3(four)
		f.nexts[i] = f.heads[h]
		f.heads[h] = uint16(i + 1)
	}
	return f
}

func (f *filter) set(table *bitTable, four uint32) {
	h := hash4(four)
	table.set(h)
	f.bits.set(h)
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

// found is a literal at a place of a text.
type found struct {
	literal uint16
	at      int
}

// find appends the literals that begin in text[from:to] to out, ordered by place,
// and stops when there are as many as fit. It returns where to go on.
func (f *filter) find(text []byte, from, to int, out []found) ([]found, int) {
	const most = 64 // more than one step usually adds
	i := from
	for {
		i += f.bits.skip(text[i:], to-i)
		if i >= to || len(text)-i < window {
			return f.findLast(text, i, from, to, out), to
		}
		if cap(out)-len(out) < most && len(out) > 0 {
			// Whoever goes on at i does not look before it.
			if i > from {
				out = f.lookUp(text, i-1, longLiteral, maxLiteral, out)
			}
			return out, i
		}
		for end := i + step; i < end; i += 2 {
			if h := hash4(binary.LittleEndian.Uint32(text[i:])); f.bits.has(h) != 0 {
				out = f.near(text, i, h, from, to, out)
			}
		}
	}
}

const (
	step   = 8        // how many bytes are gone on at once
	window = step + 2 // and how many are looked at for that
)

// skip returns how many bytes of a text, as steps, can be gone on until the table
// has something or the limit is reached, or the text ends.
func (t *bitTable) skip(text []byte, limit int) int {
	left := text
	for len(left) >= window && len(text)-len(left) < limit {
		w := binary.LittleEndian.Uint64(left) | caseBits
		a, b, c := uint32(w)*hashFactor, uint32(w>>16)*hashFactor, uint32(w>>32)*hashFactor
		d := (binary.LittleEndian.Uint32(left[step-2:]) | caseBits&0xffffffff) * hashFactor
		// Spelt out, as this is where most of the time is spent.
		some := t[a>>wordShift]>>(a>>bitShift&63) | t[b>>wordShift]>>(b>>bitShift&63) |
			t[c>>wordShift]>>(c>>bitShift&63) | t[d>>wordShift]>>(d>>bitShift&63)
		if some&1 != 0 {
			break
		}
		left = left[step:]
	}
	return len(text) - len(left)
}

// near looks for literals round a place with the hash h: those that begin there,
// long ones that begin before it, short ones that begin behind it.
func (f *filter) near(text []byte, i int, h uint32, from, to int, out []found) []found {
	if f.before.has(h) != 0 && i > from && i <= to {
		out = f.lookUp(text, i-1, longLiteral, maxLiteral, out)
	}
	if f.at.has(h) != 0 && i < to {
		out = f.lookUp(text, i, 0, maxLiteral, out)
	}
	if f.behind.has(h) != 0 && i+1 < to {
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
	three := uint32(text[at]) | uint32(text[at+1])<<8 | uint32(text[at+2])<<16
	for n := f.heads[hash3(three)%uint32(len(f.heads))]; n != 0; n = f.nexts[n-1] {
		l := &f.literals[n-1]
		if l.len >= shortest && l.len <= longest && l.at(text, at) {
			out = append(out, found{n - 1, at})
		}
	}
	return out
}
