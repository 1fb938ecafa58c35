package match

import (
	"regexp/syntax"
	"unicode/utf8"
)

// maxVisited bounds the memory of a backtracker: one bit for each instruction at
// each place.
const maxVisited = 1 << 21

// A backtracker finds what package regexp would, with groups, from one place on. It
// is for the few places that an automaton leaves, and for one goroutine.
type backtracker struct {
	visited []uint64
	jobs    []job
	groups  []int
}

// A job is a place in the program and the text to go on from; with restore, it
// sets a group back instead.
type job struct {
	pc, at  int
	restore bool
}

// match matches prog at a place of a text, preferring what regexp prefers. It
// returns the places of the groups, the whole match first, -1 for those that took no
// part; they hold until the next call. known is false when there was no room for an
// answer. It does not look behind end, except that the text goes on there.
func (b *backtracker) match(prog *syntax.Prog, text []byte, at, end int) (groups []int, known bool) {
	places := end - at + 1
	size := len(prog.Inst) * places
	if size > maxVisited {
		return nil, false
	}
	words := size/64 + 1
	if cap(b.visited) < words {
		b.visited = make([]uint64, words)
	}
	b.visited = b.visited[:words]
	clear(b.visited)
	b.groups = append(b.groups[:0], make([]int, prog.NumCap)...)
	for i := range b.groups {
		b.groups[i] = -1
	}
	b.groups[0] = at
	b.jobs = append(b.jobs[:0], job{pc: prog.Start, at: at})
	for len(b.jobs) > 0 {
		j := b.jobs[len(b.jobs)-1]
		b.jobs = b.jobs[:len(b.jobs)-1]
		if j.restore {
			b.groups[j.pc] = j.at
			continue
		}
		if stop, ok := b.follow(prog, text, j, at, end); ok {
			b.groups[1] = stop
			return b.groups, true
		}
	}
	return nil, true
}

// follow goes on from a job until it fails or matches, and leaves what else can be
// tried to further jobs.
func (b *backtracker) follow(prog *syntax.Prog, text []byte, j job, begin, end int) (stop int, ok bool) {
	pc, at := j.pc, j.at
	for {
		bit := pc*(end-begin+1) + at - begin
		if b.visited[bit/64]>>(bit%64)&1 != 0 {
			return 0, false
		}
		b.visited[bit/64] |= 1 << (bit % 64)
		inst := &prog.Inst[pc]
		switch inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			b.jobs = append(b.jobs, job{pc: int(inst.Arg), at: at})
			pc = int(inst.Out)
		case syntax.InstCapture:
			b.jobs = append(b.jobs, job{pc: int(inst.Arg), at: b.groups[inst.Arg], restore: true})
			b.groups[inst.Arg] = at
			pc = int(inst.Out)
		case syntax.InstNop:
			pc = int(inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^context(text, at) != 0 {
				return 0, false
			}
			pc = int(inst.Out)
		case syntax.InstMatch:
			return at, true
		case syntax.InstFail:
			return 0, false
		default:
			if at >= end {
				return 0, false
			}
			r, width := utf8.DecodeRune(text[at:])
			if at+width > end || !takes(inst, r) {
				return 0, false
			}
			pc = int(inst.Out)
			at += width
		}
	}
}

// context is what holds between two runes of a text.
func context(text []byte, at int) syntax.EmptyOp {
	before, after := rune(-1), rune(-1)
	if at > 0 {
		before, _ = utf8.DecodeLastRune(text[:at])
	}
	if at < len(text) {
		after, _ = utf8.DecodeRune(text[at:])
	}
	return syntax.EmptyOpContext(before, after)
}

// Dismissed tells whether no match of an expression through a hit can be what is
// looked for. dismiss is asked about each text that may be the secret of such a
// match: what the group of this number matched; when it is 0, the first group that
// matched something, or the match when there are no groups. It is told the end of
// the match, too, from the hit on. When it is not certain what the secret can be,
// the answer is false.
//
// As gitleaks does, the expression is tried once more on the match alone, without
// line breaks at its ends, to tell the secret.
func (c *Scanner) Dismissed(text []byte, h Hit, group int, dismiss func(secret, tail []byte) bool) bool {
	if h.Unknown || h.Keyword {
		return false
	}
	groups, known := c.backtracker.match(c.set.anchors[h.Anchor].rest.program(), text, h.At, h.End)
	if !known {
		return false
	}
	if groups == nil {
		return true // The automaton took something to hold that does not.
	}
	if e := c.set.expressions[h.Expression]; !e.told || group > e.groups {
		return false
	}
	match := text[:groups[1]]
	for len(match) > h.At && match[len(match)-1] == '\n' {
		match = match[:len(match)-1]
	}
	again := false
	c.again, _ = c.set.filter.find(match, h.Start, len(match), c.again[:0])
	if len(c.again) > cap(c.again)/2 {
		return false
	}
	for _, f := range c.again {
		for _, n := range c.set.targets[f.literal] {
			if c.set.anchors[n].expression != h.Expression {
				continue
			}
			groups, known := c.backtracker.match(c.set.anchors[n].rest.program(), match, f.at, len(match))
			if !known {
				return false
			}
			if groups == nil {
				continue
			}
			again = again || f.at == h.At
			secret := secretOf(groups, group)
			if secret.Start >= secret.End || !dismiss(match[secret.Start:secret.End], match[h.At:]) {
				return false
			}
		}
	}
	return again
}

// secretOf picks a group as gitleaks does.
func secretOf(groups []int, group int) Span {
	if group > 0 {
		if 2*group >= len(groups) || groups[2*group] < 0 {
			return Span{}
		}
		return Span{groups[2*group], groups[2*group+1]}
	}
	for g := 2; g < len(groups); g += 2 {
		if groups[g+1] > groups[g] {
			return Span{groups[g], groups[g+1]}
		}
	}
	return Span{groups[0], groups[1]}
}
