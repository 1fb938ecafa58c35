package match

// A Hit is a place where an expression may match.
type Hit struct {
	// Expression is its index.
	Expression int
	// At is where the literal is that was found.
	At int
	// No match with this literal at this place begins before Start. What
	// Maybe says, and what matches from At on, depends only on the bytes from
	// Start to End and the one before them, or that there is none.
	Start, End int
	// ToEnd is set when it depends, too, on the text ending at End.
	ToEnd bool
	// Maybe is false when there is no match with this literal at this place.
	Maybe bool
	// Unknown is set, with Maybe, when there was no room for the answer. It
	// may depend on all bytes behind At.
	Unknown bool
	// Keyword is set when the literal is a keyword of an expression without
	// anchors: [Set.May] tells whether that matches anywhere.
	Keyword bool
	// Anchor is the place in the expression that the literal is for; see
	// [Scanner.Again].
	Anchor uint16
}

// A Scanner looks for the expressions of a set. It is for one goroutine.
type Scanner struct {
	set    *Set
	budget int
	found  []found
	lasts  []last
	// wanted says which expressions are looked for; nil for all.
	wanted []bool

	backtracker backtracker
	again       []found
	memo        Memo
}

// last is the last place of an anchor, and where matches through it may begin.
type last struct{ at, start int }

// NewScanner makes a scanner.
func (s *Set) NewScanner() *Scanner {
	return &Scanner{
		set:   s,
		found: make([]found, 0, 1024),
		again: make([]found, 0, 256),
		lasts: make([]last, len(s.anchors)),
	}
}

// Set is what the scanner is of.
func (c *Scanner) Set() *Set { return c.set }

// Memo belongs to the scanner, and lasts as long.
func (c *Scanner) Memo() *Memo { return &c.memo }

// stepsPerByte bounds the steps of automata for each byte of a text, so that texts
// made to have long ways from many places take no longer than others.
const stepsPerByte = 32

// Reset prepares for another text of a length.
func (c *Scanner) Reset(length int) {
	c.budget = stepsPerByte*length + 1<<16
	clear(c.lasts)
}

// Scan tells of the places in text where a literal begins from from on and before
// to, in order: those where an expression may match, and those where none does but
// that depends on more than long bytes behind the place. What is not told depends on
// no more than one byte before the place. Every match of an expression with anchors
// whose literal begins there is inside a hit.
//
// A text may be scanned in several calls for ascending ranges, when [Scanner.Reset]
// is called before the first.
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

// Again looks once more for the anchor of a hit, in a text that was edited.
func (c *Scanner) Again(text []byte, anchor uint16, at, long int) (Hit, bool) {
	for _, l := range c.set.anchors[anchor].literals {
		if l.at(text, at) {
			return c.look(text, anchor, at, long)
		}
	}
	return Hit{}, false
}

// look asks the automaton of an anchor about a place.
func (c *Scanner) look(text []byte, n uint16, at, long int) (Hit, bool) {
	a := c.set.anchors[n]
	if c.wanted != nil && !c.wanted[a.expression] {
		return Hit{}, false
	}
	if a.rest == nil {
		end := min(at+maxLiteral, len(text))
		return Hit{Expression: a.expression, At: at, Start: at, End: end, Maybe: true, Keyword: true, Anchor: n}, true
	}
	if a.boundary && (at > 0 && isWord(text[at-1])) == isWord(text[at]) {
		return Hit{}, false
	}
	v := a.rest.run(text, at, &c.budget)
	if !v.maybe && v.end-at <= long {
		return Hit{}, false
	}
	return Hit{
		Expression: a.expression, At: at, Start: c.start(text, n, at), End: v.end, ToEnd: v.toEnd,
		Maybe: v.maybe, Unknown: v.unknown, Anchor: n,
	}, true
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
