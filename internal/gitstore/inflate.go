package gitstore

import (
	"encoding/binary"
	"errors"
	"hash/adler32"
	"io"
	"math/bits"
)

// An inflater reads zlib streams (RFC 1950), one after another. The whole input
// is at hand and the size of the output is known, so output is its own window:
// nothing is copied twice, and nothing is asked twice. It is the only place that
// knows how streams are decompressed.
type inflater struct {
	lens  [maxLiterals + maxDistances]uint8
	lit   [litTable]symbol
	dist  [distTable]symbol
	heads [1 << headBits]symbol
}

var (
	errZlibHeader = errors.New("it does not begin as a zlib stream does")
	errTooShort   = errors.New("they make fewer bytes than declared")
	errTooLong    = errors.New("they make more bytes than declared")
	errAdler      = errors.New("their checksum differs")
	errRatio      = errors.New("they are too few for the size declared")
	errDeflate    = errors.New("they are no deflate stream")

	// errFull ends a stream of which only the start was wanted.
	errFull = errors.New("there is no room for more")
)

// maxRatio is the most that deflate can expand, rounded up: 258 bytes for two
// bits.
const maxRatio = 1032

// plausible tells whether n compressed bytes can make size bytes. It keeps a
// size that is a lie from allocating memory.
func plausible(size uint64, n int64) bool {
	return n > 0 && size <= uint64(n)*maxRatio
}

// inflate fills dst from the stream at the start of src, which must make
// exactly that many bytes; its checksum is verified. More may follow in src.
func (z *inflater) inflate(dst, src []byte) error {
	n, used, err := z.run(dst, src)
	switch {
	case errors.Is(err, errFull):
		return errTooLong
	case err != nil:
		return err
	case n < len(dst):
		return errTooShort
	case len(src)-used < 4:
		return io.ErrUnexpectedEOF
	case binary.BigEndian.Uint32(src[used:]) != adler32.Checksum(dst):
		return errAdler
	}
	return nil
}

// prefix fills dst with the first bytes of the stream, as many as there are,
// and returns how many. src may end early.
func (z *inflater) prefix(dst, src []byte) (int, error) {
	n, _, err := z.run(dst, src)
	if errors.Is(err, errFull) || n > 0 && errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// run returns how many bytes of dst it filled and how many of src it took,
// without the checksum.
func (z *inflater) run(dst, src []byte) (n, used int, err error) {
	// Deflate with a window of at most 32 KiB, and no dictionary.
	if len(src) < 2 || src[0]&0x8f != 0x08 || src[1]&0x20 != 0 || (uint(src[0])<<8|uint(src[1]))%31 != 0 {
		return 0, 0, errZlibHeader
	}
	in := bitReader{src: src, pos: 2}
	for {
		in.fill()
		if in.n < 3 {
			return n, 0, io.ErrUnexpectedEOF
		}
		last, kind := in.take(1), in.take(2)
		switch kind {
		case 0:
			n, err = in.stored(dst, n)
		case 1:
			n, err = in.block(dst, n, fixedLiterals[:], fixedBits, fixedDistances[:], 5)
		case 2:
			var litBits, distBits uint
			if litBits, distBits, err = z.readTables(&in); err == nil {
				n, err = in.block(dst, n, z.lit[:], litBits, z.dist[:], distBits)
			}
		default:
			err = errDeflate
		}
		if err != nil {
			return n, 0, err
		}
		if last == 1 {
			return n, in.pos - int(in.n/8), nil
		}
	}
}

// A bitReader takes bits off src, low ones first.
type bitReader struct {
	src []byte
	pos int
	b   uint64
	n   uint // of bits in b that count
}

// fill makes n at least 56, unless src ends before.
func (r *bitReader) fill() {
	if r.pos+8 <= len(r.src) {
		r.b |= binary.LittleEndian.Uint64(r.src[r.pos:]) << (r.n & 63)
		r.pos += int((63 - r.n) >> 3)
		r.n |= 56
		return
	}
	for r.n <= 56 && r.pos < len(r.src) {
		r.b |= uint64(r.src[r.pos]) << (r.n & 63)
		r.pos++
		r.n += 8
	}
}

// take needs that many bits to be there.
func (r *bitReader) take(n uint) uint {
	v := uint(r.b) & (1<<n - 1)
	r.b >>= n
	r.n -= n
	return v
}

// stored copies a block that is not compressed.
func (r *bitReader) stored(dst []byte, n int) (int, error) {
	pos := r.pos - int(r.n/8)
	r.b, r.n = 0, 0
	if len(r.src)-pos < 4 {
		return n, io.ErrUnexpectedEOF
	}
	size := int(binary.LittleEndian.Uint16(r.src[pos:]))
	if size^0xffff != int(binary.LittleEndian.Uint16(r.src[pos+2:])) {
		return n, errDeflate
	}
	pos += 4
	have := r.src[pos:min(pos+size, len(r.src))]
	copied := copy(dst[n:], have)
	n += copied
	r.pos = pos + len(have)
	switch {
	case copied < len(have):
		return n, errFull
	case len(have) < size:
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

// A symbol is what a code stands for. From the lowest bits: how many bits the
// code has (8), how many more bits belong to the value (5), what it is (3), and
// the value (16): a byte, or the least length or distance. A link leads to the
// table at its value, for as many further bits as it says.
type symbol uint32

const (
	isLiteral symbol = 1 << 13
	isLink    symbol = 1 << 14
	isOther   symbol = 1 << 15 // the block's end, when the value is 0, or no code
	isEnd            = isOther
	noCode           = isOther | 1<<16
)

func (s symbol) bits() uint  { return uint(s & 63) }
func (s symbol) extra() uint { return uint(s >> 8 & 31) }
func (s symbol) value() int  { return int(s >> 16) }

// lookup finds the code at the start of b.
func lookup(table []symbol, bits uint, b uint64) symbol {
	s := table[b&(1<<bits-1)]
	if s&isLink != 0 {
		s = table[uint64(s>>16)+b>>bits&(1<<s.extra()-1)]
	}
	return s
}

// fastMargin is how many bytes the fast loop may write in one turn: the longest
// match, rounded up to whole words, after three literals.
const fastMargin = 3 + 258 + 8

// block decodes a block that is compressed, from dst[n:] on.
func (r *bitReader) block(dst []byte, n int, lit []symbol, litBits uint, dist []symbol, distBits uint) (int, error) {
	src, pos, b, have := r.src, r.pos, r.b, r.n
	litMask, distMask := uint64(1)<<litBits-1, uint64(1)<<distBits-1
	for n+fastMargin <= len(dst) && pos+16 <= len(src) {
		b |= binary.LittleEndian.Uint64(src[pos:]) << (have & 63)
		pos += int((63 - have) >> 3)
		have |= 56
		s := lit[b&litMask]
		if s&isLiteral != 0 {
			b >>= s.bits()
			have -= s.bits()
			dst[n] = byte(s >> 16)
			n++
			s = lit[b&litMask]
			if s&isLiteral != 0 {
				b >>= s.bits()
				have -= s.bits()
				dst[n] = byte(s >> 16)
				n++
				s = lit[b&litMask]
			}
		}
		// At least 26 bits are left: enough for a code and its extra bits.
		if s&isLink != 0 {
			s = lit[uint64(s>>16)+b>>litBits&(1<<s.extra()-1)]
		}
		b >>= s.bits()
		have -= s.bits()
		if s&isLiteral != 0 {
			dst[n] = byte(s >> 16)
			n++
			continue
		}
		if s&isOther != 0 {
			r.pos, r.b, r.n = pos, b, have
			if s == isEnd|s&63 {
				return n, nil
			}
			return n, errDeflate
		}
		length := s.value() + int(b&(1<<s.extra()-1))
		b >>= s.extra()
		have -= s.extra()

		b |= binary.LittleEndian.Uint64(src[pos:]) << (have & 63)
		pos += int((63 - have) >> 3)
		have |= 56
		s = dist[b&distMask]
		if s&isLink != 0 {
			s = dist[uint64(s>>16)+b>>distBits&(1<<s.extra()-1)]
		}
		b >>= s.bits()
		have -= s.bits()
		back := s.value() + int(b&(1<<s.extra()-1))
		b >>= s.extra()
		have -= s.extra()
		if s&isOther != 0 || back > n {
			return n, errDeflate
		}
		if back >= 8 {
			// Whole words; what is too much is overwritten.
			for from, to, end := n-back, n, n+length; to < end; from, to = from+8, to+8 {
				binary.LittleEndian.PutUint64(dst[to:], binary.LittleEndian.Uint64(dst[from:]))
			}
		} else {
			for i := n; i < n+length; i++ {
				dst[i] = dst[i-back]
			}
		}
		n += length
	}
	r.pos, r.b, r.n = pos, b, have
	return r.carefully(dst, n, lit, litBits, dist, distBits)
}

// carefully is block near the ends of input and output.
func (r *bitReader) carefully(dst []byte, n int, lit []symbol, litBits uint, dist []symbol, distBits uint) (int, error) {
	for {
		r.fill()
		s := lookup(lit, litBits, r.b)
		if s.bits()+s.extra() > r.n {
			return n, io.ErrUnexpectedEOF
		}
		r.take(s.bits())
		switch {
		case s&isLiteral != 0:
			if n == len(dst) {
				return n, errFull
			}
			dst[n] = byte(s >> 16)
			n++
			continue
		case s == isEnd|s&63:
			return n, nil
		case s&isOther != 0:
			return n, errDeflate
		}
		length := s.value() + int(r.take(s.extra()))
		r.fill()
		s = lookup(dist, distBits, r.b)
		if s.bits()+s.extra() > r.n {
			return n, io.ErrUnexpectedEOF
		}
		r.take(s.bits())
		back := s.value() + int(r.take(s.extra()))
		if s&isOther != 0 || back > n {
			return n, errDeflate
		}
		for ; length > 0; length-- {
			if n == len(dst) {
				return n, errFull
			}
			dst[n] = dst[n-back]
			n++
		}
	}
}

// Sizes of tables, as deflate's alphabets and the bits of a first look-up need
// them at most (zlib's examples/enough.c counts them).
const (
	maxLiterals  = 288
	maxDistances = 32
	maxBits      = 15
	fixedBits    = 9
	firstLit     = 10
	firstDist    = 8
	headBits     = 7
	litTable     = 1334
	distTable    = 402
)

// headOrder is the order in which the lengths of the codes for lengths come.
var headOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// readTables reads the codes of a block.
func (z *inflater) readTables(r *bitReader) (litBits, distBits uint, err error) {
	r.fill()
	if r.n < 14 {
		return 0, 0, io.ErrUnexpectedEOF
	}
	lits, dists, heads := r.take(5)+257, r.take(5)+1, r.take(4)+4
	if lits > 286 || dists > 30 {
		return 0, 0, errDeflate
	}
	var headLens [19]uint8
	for i := range heads {
		if r.fill(); r.n < 3 {
			return 0, 0, io.ErrUnexpectedEOF
		}
		headLens[headOrder[i]] = uint8(r.take(3))
	}
	bits, ok := buildTable(z.heads[:], headLens[:], headBits, false, headSymbols[:])
	if !ok {
		return 0, 0, errDeflate
	}
	lens := z.lens[:lits+dists]
	for i := 0; i < len(lens); {
		r.fill()
		s := z.heads[r.b&(1<<bits-1)]
		if s.bits()+s.extra() > r.n {
			return 0, 0, io.ErrUnexpectedEOF
		}
		r.take(s.bits())
		v := s.value()
		if v < 16 {
			lens[i] = uint8(v)
			i++
			continue
		}
		// A run: of the last length, or of zeros.
		run, of := 3+int(r.take(s.extra())), uint8(0)
		switch v {
		case 16:
			if i == 0 {
				return 0, 0, errDeflate
			}
			of = lens[i-1]
		case 18:
			run += 8
		}
		if run > len(lens)-i {
			return 0, 0, errDeflate
		}
		for range run {
			lens[i] = of
			i++
		}
	}
	if lens[256] == 0 {
		return 0, 0, errDeflate
	}
	litBits, ok = buildTable(z.lit[:], lens[:lits], firstLit, true, literalSymbols[:])
	if ok {
		distBits, ok = buildTable(z.dist[:], lens[lits:], firstDist, true, distanceSymbols[:])
	}
	if !ok {
		return 0, 0, errDeflate
	}
	return litBits, distBits, nil
}

// buildTable makes the table of a code that is given by the length of each
// symbol's code, and returns how many bits look up first. A code must be
// complete; with single, one code of one bit, or none at all, may be too, as for
// zlib.
func buildTable(table []symbol, lens []uint8, first uint, single bool, symbols []symbol) (uint, bool) {
	var count, next [maxBits + 1]uint16
	for _, l := range lens {
		count[l]++
	}
	longest := uint(maxBits)
	for longest > 0 && count[longest] == 0 {
		longest--
	}
	left := 1
	for l := 1; l <= maxBits; l++ {
		if left = left<<1 - int(count[l]); left < 0 {
			return 0, false
		}
		if l < maxBits {
			next[l+1] = next[l] + count[l]
		}
	}
	if left > 0 {
		if !single || longest > 1 {
			return 0, false
		}
		table[0], table[1] = noCode|1, noCode|1
		for i, l := range lens {
			if l == 1 {
				table[0] = symbols[i] | 1
			}
		}
		return 1, true
	}
	var sorted [maxLiterals]uint16
	for i, l := range lens {
		if l > 0 {
			sorted[next[l]] = uint16(i)
			next[l]++
		}
	}
	first = min(first, longest)
	fillTable(table, sorted[:], &count, first, longest, symbols)
	return first, true
}

// fillTable goes through the codes from short to long. code has its bits in the
// order of the stream, so the next code is one more from the highest bit on.
func fillTable(table []symbol, sorted []uint16, count *[maxBits + 1]uint16, first, longest uint, symbols []symbol) {
	code, at := uint(0), 0
	size := 1
	for l := uint(1); l <= first; l++ {
		// What shorter codes stand for, they do whatever bit follows.
		copy(table[size:2*size], table[:size])
		size *= 2
		for range count[l] {
			table[code] = symbols[sorted[at]] | symbol(l)
			at++
			code = nextCode(code, l)
		}
	}
	end, prefix, start, sub := size, ^uint(0), 0, uint(0)
	for l := first + 1; l <= longest; l++ {
		for n := count[l]; n > 0; n-- {
			if p := code & (1<<first - 1); p != prefix {
				// Codes with the same first bits have a table of their own, as
				// large as the longest of them needs.
				prefix, start, sub = p, end, l-first
				for used := int(n); used < 1<<sub && first+sub < maxBits; {
					sub++
					used = used<<1 + int(count[first+sub])
				}
				end += 1 << sub
				table[p] = isLink | symbol(start)<<16 | symbol(sub)<<8 | symbol(first)
			}
			for i := code >> first; i < 1<<sub; i += 1 << (l - first) {
				table[start+int(i)] = symbols[sorted[at]] | symbol(l)
			}
			at++
			code = nextCode(code, l)
		}
	}
}

func nextCode(code, length uint) uint {
	// The highest of its bits that is 0 becomes 1, and those above it 0.
	above := bits.LeadingZeros(^(code << (bits.UintSize - length)))
	if above >= int(length) {
		return 0 // that was the last one
	}
	bit := uint(1) << (int(length) - 1 - above)
	return code&(bit-1) | bit
}

// The alphabets of RFC 1951, and the codes that it fixes.
var (
	headSymbols     = makeHeadSymbols()
	literalSymbols  = makeLiteralSymbols()
	distanceSymbols = makeDistanceSymbols()
	fixedLiterals   = makeFixedLiterals()
	fixedDistances  = makeFixedDistances()
)

func makeHeadSymbols() (s [19]symbol) {
	for i := range s {
		s[i] = symbol(i) << 16
	}
	s[16] |= 2 << 8
	s[17] |= 3 << 8
	s[18] |= 7 << 8
	return s
}

func makeLiteralSymbols() (s [maxLiterals]symbol) {
	for i := range 256 {
		s[i] = isLiteral | symbol(i)<<16
	}
	s[256] = isEnd
	length := 3
	for i := 257; i < 285; i++ {
		extra := max(0, (i-261)/4)
		s[i] = symbol(length)<<16 | symbol(extra)<<8
		length += 1 << extra
	}
	s[285] = 258 << 16
	s[286], s[287] = noCode, noCode
	return s
}

func makeDistanceSymbols() (s [maxDistances]symbol) {
	distance := 1
	for i := range 30 {
		extra := max(0, i/2-1)
		s[i] = symbol(distance)<<16 | symbol(extra)<<8
		distance += 1 << extra
	}
	s[30], s[31] = noCode, noCode
	return s
}

func makeFixedLiterals() (table [1 << fixedBits]symbol) {
	var lens [maxLiterals]uint8
	for i := range lens {
		switch {
		case i < 144:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		case i < 280:
			lens[i] = 7
		default:
			lens[i] = 8
		}
	}
	buildTable(table[:], lens[:], fixedBits, false, literalSymbols[:])
	return table
}

func makeFixedDistances() (table [1 << 5]symbol) {
	var lens [maxDistances]uint8
	for i := range lens {
		lens[i] = 5
	}
	buildTable(table[:], lens[:], 5, false, distanceSymbols[:])
	return table
}
