package decode

import (
	"bytes"
	"math"
)

// match is something that looks encoded.
type match struct {
	kind       kind
	start, end int
}

// none is the match behind all others.
var none = match{start: math.MaxInt, end: math.MaxInt}

// kind is a set of encodings. Of two matches that touch, the one of the lower kind
// goes first.
type kind uint8

const (
	percent kind = 1 << iota
	unicode
	hexadecimal
	base64
)

// names are in the order of the constants.
var names = []string{"percent", "unicode", "hex", "base64"}

// each yields the segments of a pass, in order, until yield returns false: what
// looks encoded, can be decoded, and has no neighbour that goes first.
func each(text []byte, yield func(match) bool) {
	s := newScanner(text)
	before, m := match{start: -1, end: -1}, s.next(0)
	for m != none {
		after := s.next(m.end)
		wins := (before.end < m.start || before.kind >= m.kind) && (after.start > m.end || after.kind >= m.kind)
		if wins && m.decodes(text) && !yield(m) {
			return
		}
		before, m = m, after
	}
}

// finders return the first match of a family that begins at from or behind, or
// none.
var finders = [...]func(text []byte, from int) match{nextPercent, nextPoints, nextEscapes, nextRun}

// scanner finds matches from left to right, as one expression with an alternative
// for each encoding would. It keeps the next match of each family, so that every
// byte is looked at a bounded number of times.
type scanner struct {
	text  []byte
	ahead [len(finders)]match
}

func newScanner(text []byte) scanner {
	s := scanner{text: text}
	for i, find := range finders {
		s.ahead[i] = find(text, 0)
	}
	return s
}

// next returns the first match that begins at from or behind, or none. from must
// not go down.
func (s *scanner) next(from int) match {
	// No two begin at one place: code points that a run of base64 could begin
	// with are followed by a space, and too short for one.
	first := none
	for i := range s.ahead {
		if s.ahead[i].start < from {
			s.ahead[i] = finders[i](s.text, from)
		}
		if s.ahead[i].start < first.start {
			first = s.ahead[i]
		}
	}
	return first
}

// nextPercent finds "%41", with everything up to the last one on its line.
func nextPercent(text []byte, from int) match {
	for {
		i := bytes.IndexByte(text[from:], '%')
		if i < 0 {
			return none
		}
		from += i
		if hexAt(text, from+1, 2) {
			break
		}
		from++
	}
	line := text[from:]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	last := bytes.LastIndexByte(line, '%')
	for !hexAt(line, last+1, 2) {
		last = bytes.LastIndexByte(line[:last], '%')
	}
	return match{percent, from, from + last + 3}
}

// nextPoints finds "U+0041", repeated, a space or the end of the text behind each.
func nextPoints(text []byte, from int) match {
	for {
		i := bytes.Index(text[from:], []byte("U+"))
		if i < 0 {
			return none
		}
		from += i
		if end := skipAll(text, from, skipPoint); end > from {
			return match{unicode, from, end}
		}
		from += 2
	}
}

// nextEscapes finds "\u0041" or "\\u0041", repeated.
func nextEscapes(text []byte, from int) match {
	for {
		i := bytes.IndexByte(text[from:], '\\')
		if i < 0 {
			return none
		}
		from += i
		if end := skipAll(text, from, skipEscape); end > from {
			return match{unicode, from, end}
		}
		from++
	}
}

// skipAll skips as many as there are.
func skipAll(text []byte, at int, skip func([]byte, int) int) int {
	for {
		next := skip(text, at)
		if next == at {
			return at
		}
		at = next
	}
}

// pointLen is the length of "U+0041".
const pointLen = 6

// skipPoint returns the end of the code point at a place, or the place.
func skipPoint(text []byte, at int) int {
	end := at + pointLen
	if end > len(text) || text[at] != 'U' || text[at+1] != '+' || !hexAt(text, at+2, 4) {
		return at
	}
	if end == len(text) {
		return end
	}
	switch text[end] {
	case '\t', '\n', '\f', '\r', ' ':
		return end + 1
	}
	return at
}

// skipEscape returns the end of the escape at a place, or the place.
func skipEscape(text []byte, at int) int {
	u := at
	for u < len(text) && u < at+2 && text[u] == '\\' {
		u++
	}
	if u == at || u == len(text) || text[u]|0x20 != 'u' || !hexAt(text, u+1, 4) {
		return at
	}
	return u + 5
}

// minRun is the length of the shortest run of base64 that is looked at, minHex
// that of hexadecimal.
const (
	minRun = 16
	minHex = 32
)

// nextRun finds characters of base64 in a row, with their padding, or the
// hexadecimal ones that such a run begins with.
func nextRun(text []byte, from int) match {
	for from+minRun <= len(text) {
		// Backwards, so that most bytes of a text need not be looked at.
		at := from + minRun - 1
		for at >= from && classes[text[at]]&inRun != 0 {
			at--
		}
		if at < from {
			return runAt(text, from)
		}
		from = at + 1
	}
	return none
}

func runAt(text []byte, start int) match {
	end := start
	for end < len(text) && classes[text[end]]&isHex != 0 {
		end++
	}
	if end-start >= minHex {
		return match{hexadecimal, start, end}
	}
	for end < len(text) && classes[text[end]]&inRun != 0 {
		end++
	}
	for padded := end + 2; end < len(text) && end < padded && text[end] == '='; {
		end++
	}
	return match{base64, start, end}
}

// hexAt tells whether n hexadecimal digits stand at a place.
func hexAt(text []byte, at, n int) bool {
	if at+n > len(text) {
		return false
	}
	for _, c := range text[at : at+n] {
		if classes[c]&isHex == 0 {
			return false
		}
	}
	return true
}
