package match

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// unbounded is the length of what has none.
const unbounded = 1 << 40

// byteSet is a set of bytes.
type byteSet [256]bool

func (s *byteSet) add(t *byteSet) {
	for i := range s {
		s[i] = s[i] || t[i]
	}
}

// An extent says how long a match can be, at most, and of which bytes it is made.
type extent struct {
	max  int
	made byteSet
}

func (e *extent) then(f extent) {
	e.max = min(e.max+f.max, unbounded)
	e.made.add(&f.made)
}

func extentOfAll(list []*syntax.Regexp) (out extent) {
	for _, re := range list {
		out.then(extentOf(re))
	}
	return out
}

func extentOf(re *syntax.Regexp) (out extent) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			out.then(extentOfRune(r, re.Flags&syntax.FoldCase != 0))
		}
	case syntax.OpCharClass:
		out = extentOfClass(re.Rune)
	case syntax.OpAnyChar:
		out = extentOfClass([]rune{0, unicode.MaxRune})
	case syntax.OpAnyCharNotNL:
		out = extentOfClass([]rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune})
	case syntax.OpStar, syntax.OpPlus:
		out = extentOf(re.Sub[0]).times(-1)
	case syntax.OpRepeat:
		out = extentOf(re.Sub[0]).times(re.Max)
	case syntax.OpQuest, syntax.OpCapture:
		out = extentOf(re.Sub[0])
	case syntax.OpConcat:
		out = extentOfAll(re.Sub)
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			e := extentOf(sub)
			out.max = max(out.max, e.max)
			out.made.add(&e.made)
		}
	}
	return out
}

// times repeats at most n times; -1 is without bounds.
func (e extent) times(n int) extent {
	switch {
	case e.max == 0:
	case n < 0 || e.max >= unbounded:
		e.max = unbounded
	default:
		e.max = min(e.max*n, unbounded)
	}
	return e
}

func extentOfRune(r rune, fold bool) extent {
	ranges := []rune{r, r}
	if fold {
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			ranges = append(ranges, o, o)
		}
	}
	return extentOfClass(ranges)
}

// extentOfClass counts every byte that is no ASCII to a class that has runes
// beyond ASCII: bytes that are no UTF-8 may match, too.
func extentOfClass(ranges []rune) (out extent) {
	for i := 0; i+1 < len(ranges); i += 2 {
		out.max = max(out.max, utf8.RuneLen(ranges[i+1]))
		for b := ranges[i]; b <= ranges[i+1] && b < utf8.RuneSelf; b++ {
			out.made[b] = true
		}
		if ranges[i+1] >= utf8.RuneSelf {
			for b := utf8.RuneSelf; b < len(out.made); b++ {
				out.made[b] = true
			}
		}
	}
	return out
}
