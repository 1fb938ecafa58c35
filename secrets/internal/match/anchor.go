package match

import (
	"cmp"
	"math"
	"regexp/syntax"
	"slices"
)

// An anchor is a place in an expression where every match that takes this way
// through it has one of some literals.
type anchor struct {
	literals []literal
	// before is what can stand in a match before the literal, and rest what
	// stands from the literal's first byte on.
	before, rest []*syntax.Regexp
	// cut is set when a group holds the literal and something before it, so
	// that rest does not tell where the group begins.
	cut bool
}

// A choice is anchors of which every match has one, with an estimate of how often
// a text has one at a place.
type choice struct {
	anchors []anchor
	cost    float64
}

// minLiteral is what the filter needs.
const minLiteral = 3

// anchorsOf returns the best anchors of an expression; nil when it has none that
// are any good.
func anchorsOf(re *syntax.Regexp) []anchor {
	return finder{depth: 3}.best(flatten(re)).anchors
}

// flatten takes concatenations and literals apart.
func flatten(re *syntax.Regexp) []*syntax.Regexp {
	switch {
	case re.Op == syntax.OpEmptyMatch:
		return nil
	case re.Op == syntax.OpConcat:
		var out []*syntax.Regexp
		for _, sub := range re.Sub {
			out = append(out, flatten(sub)...)
		}
		return out
	case re.Op == syntax.OpLiteral && len(re.Rune) > 1:
		out := make([]*syntax.Regexp, len(re.Rune))
		for i := range re.Rune {
			out[i] = &syntax.Regexp{Op: syntax.OpLiteral, Flags: re.Flags, Rune: re.Rune[i : i+1]}
		}
		return out
	}
	return []*syntax.Regexp{re}
}

func (c *choice) consider(d choice) {
	if len(d.anchors) > 0 && (len(c.anchors) == 0 || d.cost < c.cost) {
		*c = d
	}
}

// A finder looks for anchors. Its depth says in how many alternations, one in the
// other, it may still try what stands before them with each branch: that
// multiplies the work.
type finder struct{ depth int }

// best looks at every place of a sequence.
func (f finder) best(seq []*syntax.Regexp) (out choice) {
	elements := make([]element, len(seq))
	cost := 1.0
	for i, re := range seq {
		elements[i].prefixes, elements[i].whole = prefixes(re)
		elements[i].cost = cost
		if cost == 1 && isUnbounded(re) {
			// A place with less before it is a little better.
			cost = 2
		}
	}
	for i := range seq {
		work := elements[i].cost
		if isGap(seq[i:], elements[i:]) {
			work *= 16
		}
		if lits, cost := literalAt(elements[i:], work); lits != nil {
			out.consider(choice{[]anchor{{literals: lits, before: seq[:i], rest: seq[i:]}}, cost})
		}
		inner := f.inside(seq, i)
		inner.cost *= elements[i].cost
		out.consider(inner)
	}
	return out
}

// An element of a sequence: what it begins with, whether that is all of it, and by
// how much costlier its place is.
type element struct {
	prefixes []literal
	whole    bool
	cost     float64
}

func isUnbounded(re *syntax.Regexp) bool {
	if re.Op == syntax.OpStar || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat && re.Max < 0 {
		return true
	}
	return slices.ContainsFunc(re.Sub, isUnbounded)
}

// isGap tells whether the first elements are followed by much that can be nearly
// anything, so that an automaton has far to go from there.
func isGap(seq []*syntax.Regexp, elements []element) bool {
	for i, re := range seq {
		if !elements[i].whole && takesSome(re) {
			return startsGap(re)
		}
	}
	return false
}

func startsGap(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpStar, syntax.OpPlus, syntax.OpRepeat:
		sub := re.Sub[0]
		_, sub = underCaptures(sub)
		isWide := sub.Op == syntax.OpAnyChar || sub.Op == syntax.OpAnyCharNotNL
		return isWide && (re.Op != syntax.OpRepeat || re.Max < 0 || re.Max > 32)
	case syntax.OpCapture, syntax.OpConcat:
		return startsGap(re.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, startsGap)
	}
	return false
}

// literalAt takes the first elements for the literal, as many as are worth it.
func literalAt(elements []element, work float64) (out []literal, cost float64) {
	lits := []literal{{}}
	for i, e := range elements {
		if i == 0 && slices.ContainsFunc(e.prefixes, func(l literal) bool { return l.len == 0 }) {
			return nil, 0
		}
		if lits = distinct(cross(lits, e.prefixes)); lits == nil {
			break
		}
		if c := costOf(lits, work); c < math.Inf(1) && (out == nil || c < cost) {
			out, cost = lits, c
		}
		if !e.whole || !slices.ContainsFunc(lits, func(l literal) bool { return l.len < maxLiteral }) {
			break
		}
	}
	return out, cost
}

// costOf estimates the work per place of a text: how often the literals are there,
// times the work there, and how often the filter is mistaken for the room that they
// take in it.
func costOf(lits []literal, work float64) (cost float64) {
	for _, l := range lits {
		switch {
		case l.len < minLiteral:
			return math.Inf(1)
		case l.len == 3:
			cost += 3e-4
		case l.len == 4:
			cost += 1.5e-4
		default:
			cost += 2e-6
		}
		cost += work * l.frequency()
	}
	return cost
}

// distinct leaves out what is there twice. Lists are mostly short, or without.
func distinct(list []literal) []literal {
	if len(list) < 2 {
		return list
	}
	slices.SortFunc(list, func(a, b literal) int {
		return cmp.Or(cmp.Compare(a.bytes, b.bytes), cmp.Compare(a.fold, b.fold), cmp.Compare(a.len, b.len))
	})
	return slices.Compact(list)
}

// inside takes anchors inside the element at i.
func (f finder) inside(seq []*syntax.Regexp, i int) choice {
	re := seq[i]
	switch re.Op {
	case syntax.OpCapture:
		if _, alternate := underCaptures(re); alternate.Op != syntax.OpAlternate {
			return f.best(flatten(re.Sub[0])).within(re).at(seq[:i], seq[i+1:])
		}
		return f.branches(seq, i)
	case syntax.OpAlternate:
		return f.branches(seq, i)
	case syntax.OpPlus:
		again := &syntax.Regexp{Op: syntax.OpStar, Flags: re.Flags, Sub: re.Sub}
		return f.best(flatten(re.Sub[0])).at(seq[:i], slices.Concat([]*syntax.Regexp{again}, seq[i+1:]))
	case syntax.OpRepeat:
		if re.Min == 0 {
			return choice{}
		}
		after := seq[i+1:]
		if re.Max != 1 {
			again := &syntax.Regexp{Op: syntax.OpRepeat, Flags: re.Flags, Sub: re.Sub, Min: re.Min - 1, Max: re.Max}
			if re.Max > 0 {
				again.Max--
			}
			after = slices.Concat([]*syntax.Regexp{again}, after)
		}
		return f.best(flatten(re.Sub[0])).at(seq[:i], after)
	}
	return choice{}
}

// at puts a choice between what is before and behind it.
func (c choice) at(before, after []*syntax.Regexp) choice {
	out := choice{cost: c.cost}
	for _, a := range c.anchors {
		a.before = slices.Concat(before, a.before)
		a.rest = slices.Concat(a.rest, after)
		out.anchors = append(out.anchors, a)
	}
	return out
}

// within puts a choice into a group.
func (c choice) within(group *syntax.Regexp) choice {
	out := choice{cost: c.cost}
	for _, a := range c.anchors {
		if slices.ContainsFunc(a.before, takesSome) {
			// What the group holds is not all told by rest: a little worse.
			a.cut = true
			out.cost = 4 * c.cost
		} else {
			a.rest = []*syntax.Regexp{inGroup(group, concat(a.rest))}
		}
		out.anchors = append(out.anchors, a)
	}
	return out
}

// takesSome tells whether an expression can match more than nothing.
func takesSome(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	}
	return slices.ContainsFunc(re.Sub, takesSome)
}

func inGroup(group, sub *syntax.Regexp) *syntax.Regexp {
	return &syntax.Regexp{Op: syntax.OpCapture, Flags: group.Flags, Cap: group.Cap, Name: group.Name, Sub: []*syntax.Regexp{sub}}
}

func concat(seq []*syntax.Regexp) *syntax.Regexp {
	switch len(seq) {
	case 0:
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}
	case 1:
		return seq[0]
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: seq}
}

// underCaptures returns the groups round an expression, outermost first.
func underCaptures(re *syntax.Regexp) (groups []*syntax.Regexp, inner *syntax.Regexp) {
	for re.Op == syntax.OpCapture {
		groups = append(groups, re)
		re = re.Sub[0]
	}
	return groups, re
}

func isWhole(re *syntax.Regexp) bool {
	lits, whole := prefixes(re)
	return lits != nil && whole
}

// maxShared is how many elements before an alternation are put in front of each of
// its branches: "sk-(?:a|b)" has the literals "sk-a" and "sk-b".
const maxShared = 4

// branches takes the best anchors of each branch of the alternation at i. The
// anchors of one branch tell nothing about the others, so all need some.
func (f finder) branches(seq []*syntax.Regexp, i int) (out choice) {
	groups, alternate := underCaptures(seq[i])
	inner := finder{depth: max(0, f.depth-1)}
	most := maxShared
	if f.depth == 0 {
		most = 0
	}
	for shared := 0; shared <= min(most, i); shared++ {
		from := i - shared
		if shared > 0 && !isWhole(seq[from]) {
			break
		}
		all := choice{}
		for _, branch := range alternate.Sub {
			for _, group := range slices.Backward(groups) {
				branch = inGroup(group, branch)
			}
			c := inner.best(slices.Concat(seq[from:i], flatten(branch)))
			if len(c.anchors) == 0 {
				all = choice{cost: math.Inf(1)}
				break
			}
			all.cost += c.cost
			all.anchors = append(all.anchors, c.anchors...)
		}
		out.consider(all.at(seq[:from], seq[i+1:]))
	}
	return out
}
