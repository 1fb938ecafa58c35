package match

import "regexp/syntax"

// A Set is expressions that are looked for together. It is safe for concurrent
// use; the work is done by scanners, of which each goroutine has its own.
type Set struct {
	anchors []*compiled
	// targets has, for each literal of the filter, the anchors that have it.
	targets [][]uint16
	filter  *filter
	whole   []whole
}

// compiled is an anchor of one expression, ready to be looked for.
type compiled struct {
	expression int
	// before is how many bytes a match can have before the literal, and made
	// what they are made of.
	before int
	made   byteSet
	// boundary is set when the place before the literal must be one between a
	// letter, digit or underscore and something else.
	boundary bool
	rest     *automaton
}

// whole is an expression without anchors, which is looked for in whole texts.
type whole struct {
	expression int
	anywhere   *automaton
}

// NewSet makes a set of expressions in the syntax of package regexp. They are known
// by their indexes. Empty ones are never found, nor are those that regexp cannot
// compile.
func NewSet(expressions []string) *Set {
	s := &Set{}
	known := map[literal]int{}
	var literals []literal
	for i, expression := range expressions {
		if expression == "" {
			continue
		}
		tree, err := syntax.Parse(expression, syntax.Perl)
		if err != nil {
			continue
		}
		anchors := anchorsOf(tree)
		if len(anchors) == 0 || len(literals)+len(anchors)*maxAlternatives > maxLiterals {
			s.whole = append(s.whole, whole{i, newAutomaton(anywhere(tree))})
			continue
		}
		for _, a := range anchors {
			n := uint16(len(s.anchors))
			s.anchors = append(s.anchors, compile(i, a))
			for _, l := range a.literals {
				at, ok := known[l]
				if !ok {
					at = len(literals)
					known[l] = at
					literals = append(literals, l)
					s.targets = append(s.targets, nil)
				}
				s.targets[at] = append(s.targets[at], n)
			}
		}
	}
	s.filter = newFilter(literals)
	return s
}

func compile(expression int, a anchor) *compiled {
	before := extentOfAll(a.before)
	return &compiled{
		expression: expression,
		before:     before.max, made: before.made,
		boundary: len(a.before) > 0 && a.before[len(a.before)-1].Op == syntax.OpWordBoundary,
		rest:     newAutomaton(concat(a.rest)),
	}
}

// anywhere is an expression behind any text.
func anywhere(tree *syntax.Regexp) *syntax.Regexp {
	anything := &syntax.Regexp{Op: syntax.OpAnyChar}
	return concat([]*syntax.Regexp{{Op: syntax.OpStar, Flags: syntax.NonGreedy, Sub: []*syntax.Regexp{anything}}, tree})
}

// A Hit is a place where an expression may match.
type Hit struct {
	// Expression is its index.
	Expression int
	// At is where the literal is that was found.
	At int
	// No match with this literal at this place begins before Start. What
	// Maybe says, and what matches from At on, depends only on the bytes from
	// Start to End; and on the text's begin or end when they are there.
	Start, End int
	// Maybe is false when there is no match with this literal at this place.
	Maybe bool
	// Unknown is set, with Maybe, when there was no room for the answer. It
	// may depend on all bytes behind At.
	Unknown bool
}

// A Scanner looks for the expressions of a set. It is for one goroutine.
type Scanner struct {
	set    *Set
	budget int
	found  []found
	lasts  []last
	// wanted says which expressions are looked for; nil for all.
	wanted []bool
}

// last is the last place of an anchor, and where matches through it may begin.
type last struct{ at, start int }

// NewScanner makes a scanner.
func (s *Set) NewScanner() *Scanner {
	return &Scanner{
		set:   s,
		found: make([]found, 0, 1024),
		lasts: make([]last, len(s.anchors)),
	}
}

// Steps are bounded by this for each byte of a text, so that texts made to have
// long ways from many places take no longer than others.
const stepsPerByte = 32

// Scan tells of the places in text where a literal begins from from on and before
// to, in order: those where an expression may match, and those where none does but
// that depends on more than long bytes behind the place. Every match of an
// expression with anchors whose literal begins there is inside a hit; see
// [Scanner.Whole] for the others.
//
// A scan of a text may take several calls, for ascending ranges, when only the
// first has Reset before it.
func (c *Scanner) Scan(text []byte, from, to, long int, yield func(Hit)) {
	for from < to {
		c.found, from = c.set.filter.find(text, from, to, c.found[:0])
		for _, f := range c.found {
			for _, n := range c.set.targets[f.literal] {
				if hit, ok := c.look(text, n, f.at, long); ok {
					yield(hit)
				}
			}
		}
	}
}

// Reset prepares for another text.
func (c *Scanner) Reset(text []byte) {
	c.budget = stepsPerByte*len(text) + 1<<16
	for i := range c.lasts {
		c.lasts[i] = last{}
	}
}

// look asks the automaton of an anchor about a place.
func (c *Scanner) look(text []byte, n uint16, at, long int) (Hit, bool) {
	a := c.set.anchors[n]
	if c.wanted != nil && !c.wanted[a.expression] {
		return Hit{}, false
	}
	if a.boundary && (at > 0 && isWord(text[at-1])) == isWord(text[at]) {
		return Hit{}, false
	}
	v := a.rest.run(text, at, &c.budget)
	if !v.maybe && v.end-at <= long {
		return Hit{}, false
	}
	return Hit{
		Expression: a.expression, At: at, Start: c.start(text, n, at), End: v.end,
		Maybe: v.maybe, Unknown: v.unknown,
	}, true
}

func isWord(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_'
}

// start goes back from a literal as far as a match can reach. Where that is
// unbounded, it goes no further than to the last place of the same anchor.
func (c *Scanner) start(text []byte, n uint16, at int) int {
	a := c.set.anchors[n]
	prev := c.lasts[n]
	i := at
	for i > 0 && at-i < a.before && a.made[text[i-1]] {
		i--
		if a.before >= unbounded && i == prev.at && prev.at > 0 {
			i = prev.start
			break
		}
	}
	c.lasts[n] = last{at, i}
	return i
}
