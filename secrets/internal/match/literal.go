package match

import (
	"encoding/binary"
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// maxLiteral is how many bytes of a literal are looked at: as many as are
// compared at once. More would be hardly rarer.
const maxLiteral = 8

// maxAlternatives bounds how many literals stand for one place of an expression.
const maxAlternatives = 96

// A literal is a sequence of at most maxLiteral bytes, the first in the lowest
// bits. Where fold has a bit, that bit of the text does not matter: letters in any
// case. All bits of fold are set in bytes, too.
type literal struct {
	bytes, fold uint64
	len         uint8
}

func byteLiteral(b, fold byte) literal { return literal{uint64(b), uint64(fold), 1} }

func runeLiteral(r rune) (l literal) {
	for i, b := range []byte(string(r)) {
		l.bytes |= uint64(b) << (8 * i)
		l.len++
	}
	return l
}

// mask has the bits of the literal's length.
func (l literal) mask() uint64 { return uint64(1)<<(8*l.len) - 1 }

// then joins literals and cuts them off after maxLiteral bytes.
func (l literal) then(m literal) literal {
	if l.len < maxLiteral {
		l.bytes |= m.bytes << (8 * l.len)
		l.fold |= m.fold << (8 * l.len)
		l.len = min(l.len+m.len, maxLiteral)
	}
	return l
}

// at tells whether text has the literal at a place.
func (l *literal) at(text []byte, at int) bool {
	if len(text)-at >= 8 {
		return (binary.LittleEndian.Uint64(text[at:])|l.fold)&l.mask() == l.bytes
	}
	if len(text)-at < int(l.len) {
		return false
	}
	var last [8]byte
	copy(last[:], text[at:])
	return (binary.LittleEndian.Uint64(last[:])|l.fold)&l.mask() == l.bytes
}

// byFrequency has the bytes of source code, roughly, most frequent first; what is
// not in this list is rare.
const byFrequency = " etaoinrslcdpumhfg.\n\"-yb_/(),=:'vkwxT10ESACIRNP{}2D>;<OLM$Fj3q`U[]+B*GVz45\t\\H#86790K&@WXY|!J%?ZQ~^"

var byteFrequencies = func() (out [256]float64) {
	for i := range out {
		out[i] = 0.0002
	}
	share := 0.10
	for i := range len(byFrequency) {
		out[byFrequency[i]] = share
		share *= 0.94
	}
	return out
}()

// frequency estimates how often a text has the literal at a place.
func (l literal) frequency() float64 {
	f := 1.0
	for i := range l.len {
		b, fold := byte(l.bytes>>(8*i)), byte(l.fold>>(8*i))
		share := byteFrequencies[b]
		if fold != 0 {
			share += byteFrequencies[b&^fold]
		}
		f *= share
	}
	return f
}

// prefixes returns literals one of which every match of an expression begins with,
// and whether they are all of it (but for what is cut off). It returns nil when
// there are too many, or nothing is known.
func prefixes(re *syntax.Regexp) (out []literal, whole bool) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []literal{{}}, true
	case syntax.OpLiteral:
		out = []literal{{}}
		for _, r := range re.Rune {
			out = cross(out, literalsOfRune(r, re.Flags&syntax.FoldCase != 0))
		}
		return out, out != nil
	case syntax.OpCharClass:
		out = literalsOfClass(re.Rune)
		return out, out != nil
	case syntax.OpCapture:
		return prefixes(re.Sub[0])
	case syntax.OpQuest:
		out, whole = prefixes(re.Sub[0])
		return union([]literal{{}}, out), whole
	case syntax.OpPlus:
		out, _ = prefixes(re.Sub[0])
		return out, false
	case syntax.OpRepeat:
		if re.Min == 0 {
			return nil, false
		}
		return prefixesOfAll(func(yield func(*syntax.Regexp) bool) {
			for range min(re.Min, maxLiteral) {
				if !yield(re.Sub[0]) {
					return
				}
			}
		}, re.Min == re.Max && re.Min <= maxLiteral)
	case syntax.OpConcat:
		return prefixesOfAll(func(yield func(*syntax.Regexp) bool) {
			for _, sub := range re.Sub {
				if !yield(sub) {
					return
				}
			}
		}, true)
	case syntax.OpAlternate:
		out, whole = []literal{}, true
		for _, sub := range re.Sub {
			some, all := prefixes(sub)
			out = union(out, some)
			whole = whole && all
		}
		return out, whole
	}
	return nil, false
}

// prefixesOfAll stops where there would be too many.
func prefixesOfAll(list func(func(*syntax.Regexp) bool), whole bool) ([]literal, bool) {
	out := []literal{{}}
	for sub := range list {
		each, all := prefixes(sub)
		more := cross(out, each)
		if more == nil {
			return out, false
		}
		if out = more; !all {
			return out, false
		}
	}
	return out, whole
}

// cross joins each of a with each of b; nil when one is nil or it is too much.
func cross(a, b []literal) []literal {
	if a == nil || b == nil {
		return nil
	}
	if len(b) == 1 {
		out := make([]literal, len(a))
		for i, x := range a {
			out[i] = x.then(b[0])
		}
		return out
	}
	if len(a)*len(b) > maxAlternatives {
		return nil
	}
	out := make([]literal, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, x.then(y))
			if x.len == maxLiteral {
				break
			}
		}
	}
	return out
}

// union is nil when one is nil or it is too much.
func union(a, b []literal) []literal {
	if a == nil || b == nil || len(a)+len(b) > maxAlternatives {
		return nil
	}
	return append(a, b...)
}

// literalsOfRune returns nil for U+FFFD, which in package regexp stands for any
// byte that is no UTF-8.
func literalsOfRune(r rune, fold bool) []literal {
	if !fold {
		if r == utf8.RuneError {
			return nil
		}
		return []literal{runeLiteral(r)}
	}
	orbit := []rune{r, r}
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		orbit = append(orbit, o, o)
	}
	return literalsOfClass(orbit)
}

// literalsOfClass takes ranges of runes, as in the syntax tree.
func literalsOfClass(ranges []rune) []literal {
	n := 0
	for i := 0; i+1 < len(ranges); i += 2 {
		n += int(ranges[i+1]-ranges[i]) + 1
		if n > maxAlternatives || ranges[i] <= utf8.RuneError && utf8.RuneError <= ranges[i+1] {
			return nil
		}
	}
	var ascii [utf8.RuneSelf]bool
	out := make([]literal, 0, n)
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if r < utf8.RuneSelf {
				ascii[r] = true
			} else {
				out = append(out, runeLiteral(r))
			}
		}
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1] && r < utf8.RuneSelf; r++ {
			const bit = 'a' - 'A'
			switch {
			case 'a' <= r && r <= 'z' && ascii[r-bit]:
				out = append(out, byteLiteral(byte(r), bit))
			case 'A' <= r && r <= 'Z' && ascii[r+bit]:
			default:
				out = append(out, byteLiteral(byte(r), 0))
			}
		}
	}
	return out
}
