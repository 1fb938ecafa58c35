package match

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// An Expression is what a set looks for.
type Expression struct {
	// Regex is in the syntax of package regexp. When it is empty, the
	// expression is found where one of the keywords is.
	Regex string
	// Keywords are lower case. The expression is looked for only in texts that
	// have one of them, when they are put in lower case as a whole; in all
	// when there are none.
	Keywords []string
}

// A Set is expressions that are looked for together. It is safe for concurrent
// use; the work is done by scanners, of which each goroutine has its own.
type Set struct {
	expressions []expression
	anchors     []*compiled
	literals    []literal
	known       map[literal]int // indexes of literals
	// targets has, for each literal, the anchors that have it.
	targets [][]uint16
	filter  *filter
	// whole are the expressions that have no anchors at all.
	whole []int
}

// expression is what is known of an Expression.
type expression struct {
	groups int
	// told is set when what follows a literal tells the secret; see
	// [Scanner.Dismissed].
	told bool
	// anywhere finds an expression without anchors, near runs when it has some.
	anywhere *automaton
	run      *requiredRun
}

// compiled is an anchor of one expression, ready to be looked for.
type compiled struct {
	expression int
	literals   []literal
	// rest is nil for keywords, which only say that the expression has to be
	// looked for in the whole text.
	rest *automaton
	// before is how many bytes a match can have before the literal, and made
	// what they are made of.
	before int
	made   byteSet
	// boundary is set when the place before the literal must be one between a
	// letter, digit or underscore and something else.
	boundary bool
}

// NewSet makes a set of expressions. They are known by their indexes. Those that
// package regexp cannot compile are never found.
func NewSet(expressions []Expression) *Set {
	s := &Set{expressions: make([]expression, len(expressions)), known: map[literal]int{}}
	for i, e := range expressions {
		if e.Regex == "" {
			if len(e.Keywords) > 0 && !s.addKeywords(i, e.Keywords) {
				s.whole = append(s.whole, i)
			}
			continue
		}
		if tree, err := syntax.Parse(e.Regex, syntax.Perl); err == nil {
			s.add(i, tree, e.Keywords)
		}
	}
	s.filter = newFilter(s.literals)
	return s
}

func (s *Set) add(i int, tree *syntax.Regexp, keywords []string) {
	e := &s.expressions[i]
	e.groups = tree.MaxCap()
	anchors := anchorsOf(tree)
	if len(anchors) > 0 && s.hasRoom(len(anchors)) {
		e.told = true
		for _, a := range anchors {
			e.told = e.told && a.tells(e.groups)
			before := extentOfAll(a.before)
			s.addAnchor(a.literals, &compiled{
				expression: i,
				rest:       newAutomaton(concat(a.rest)),
				before:     before.max, made: before.made,
				boundary: len(a.before) > 0 && a.before[len(a.before)-1].Op == syntax.OpWordBoundary,
			})
		}
		return
	}
	e.anywhere, e.run = newAutomaton(anywhere(tree)), runOf(tree)
	if len(keywords) == 0 || !s.addKeywords(i, keywords) {
		s.whole = append(s.whole, i)
	}
}

// hasRoom tells whether the filter has room for the literals of some anchors.
func (s *Set) hasRoom(anchors int) bool {
	return len(s.literals)+anchors*maxAlternatives <= maxLiterals && len(s.anchors)+anchors <= maxLiterals
}

func (s *Set) addAnchor(literals []literal, a *compiled) {
	n := uint16(len(s.anchors))
	a.literals = literals
	s.anchors = append(s.anchors, a)
	for _, l := range literals {
		at, ok := s.known[l]
		if !ok {
			at = len(s.literals)
			s.known[l] = at
			s.literals = append(s.literals, l)
			s.targets = append(s.targets, nil)
		}
		s.targets[at] = append(s.targets[at], n)
	}
}

// addKeywords makes keywords anchors. It returns false when one of them is none
// that the filter can find.
func (s *Set) addKeywords(expression int, keywords []string) bool {
	var literals []literal
	for _, word := range keywords {
		some := keywordLiterals(word)
		if some == nil {
			return false
		}
		literals = append(literals, some...)
	}
	if !s.hasRoom(1 + len(literals)/maxAlternatives) {
		return false
	}
	s.addAnchor(distinct(literals), &compiled{expression: expression})
	return true
}

// keywordLiterals returns what strings.ToLower makes the begin of a keyword.
func keywordLiterals(word string) []literal {
	out := []literal{{}}
	for _, r := range word {
		ranges := []rune{r, r}
		switch {
		case r == 'k':
			ranges = append(ranges, 'K', 'K', '\u212a', '\u212a')
		case r == 'i':
			ranges = append(ranges, 'I', 'I', '\u0130', '\u0130')
		case 'a' <= r && r <= 'z':
			ranges = append(ranges, r-'a'+'A', r-'a'+'A')
		case r >= 0x80:
			return nil
		}
		more := cross(out, literalsOfClass(ranges))
		if more == nil {
			break
		}
		out = more
	}
	if out[0].len < minLiteral {
		return nil
	}
	return out
}

// tells says whether what follows the literal tells the secret, wherever a match
// begins. That needs all groups of the expression there. And the way to the literal
// must still be open when there is nothing before the match: it is when it begins
// with no line break, which would be cut off, and asks nothing about word
// boundaries, but for one before a literal that begins with a letter.
func (a *anchor) tells(groups int) bool {
	before := extentOfAll(a.before)
	if a.cut || before.made['\n'] || groups == 0 && before.max > 0 {
		return false
	}
	for i, re := range a.before {
		if re.Op == syntax.OpWordBoundary && i == len(a.before)-1 {
			if slices.ContainsFunc(a.literals, func(l literal) bool { return !isWord(byte(l.bytes)) }) {
				return false
			}
		} else if re.MaxCap() > 0 || asksAround(re) {
			return false
		}
	}
	return true
}

// asksAround tells whether an expression asks for what may hold inside of a text
// and not at its begin.
func asksAround(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpEndLine, syntax.OpEndText:
		return true
	}
	return slices.ContainsFunc(re.Sub, asksAround)
}

// anywhere is an expression behind any text.
func anywhere(tree *syntax.Regexp) *syntax.Regexp {
	anything := &syntax.Regexp{Op: syntax.OpAnyChar}
	return concat([]*syntax.Regexp{{Op: syntax.OpStar, Flags: syntax.NonGreedy, Sub: []*syntax.Regexp{anything}}, tree})
}

// Whole returns the expressions that have no anchors: they are not found by
// scanning, but for those that ask for keywords, which are found there. See
// [Set.May].
func (s *Set) Whole() []int { return s.whole }

// May tells whether an expression without anchors may match in text.
func (s *Set) May(expression int, text []byte) (may bool) {
	s.expressions[expression].each(text, func(Span) bool {
		may = true
		return false
	})
	return may
}

// MayNear is May for a text that was made from one where the expression cannot match:
// spans, in order, are where it differs, its begin and end among them. It is false, and
// not known, when that may depend on all of the text.
func (s *Set) MayNear(expression int, text []byte, spans []Span) (may, known bool) {
	e := &s.expressions[expression]
	if !e.isLocal() {
		return false, false
	}
	done := 0
	for _, span := range spans {
		span.Start = max(0, span.Start-e.run.after-utf8.UTFMax)
		span.End = min(len(text), span.End+e.run.before)
		done = e.run.each(text, span, done, func(run Span) bool {
			may = e.matches(e.round(run, text).of(text))
			return !may
		})
		if may {
			break
		}
	}
	return may, true
}

// maxRound is how much may be round a run for each to be looked at on its own.
const maxRound = 256

// isLocal tells whether what is round a run that it needs tells whether an expression
// without anchors matches there.
func (e *expression) isLocal() bool {
	return e.anywhere != nil && e.run != nil && e.run.before+e.run.after <= maxRound
}

// round is where a match with a run may be. Further back than that, what is there does
// not matter; behind, one code point does.
func (e *expression) round(run Span, text []byte) Span {
	return Span{
		Start: run.Start - min(run.Start, e.run.before),
		End:   run.End + min(len(text)-run.End, e.run.after+utf8.UTFMax),
	}
}

// each yields spans, in order, in which an expression without anchors may match.
func (e *expression) each(text []byte, yield func(Span) bool) {
	all := Span{0, len(text)}
	switch {
	case e.anywhere == nil:
		yield(all)
	case e.run == nil:
		if e.matches(text) {
			yield(all)
		}
	case !e.isLocal():
		e.run.each(text, all, 0, func(Span) bool {
			if e.matches(text) {
				yield(all)
			}
			return false
		})
	default:
		e.run.each(text, all, 0, func(run Span) bool {
			span := e.round(run, text)
			return !e.matches(span.of(text)) || yield(span)
		})
	}
}

// matches tells whether an expression without anchors may match in text.
func (e *expression) matches(text []byte) bool {
	budget := (1 + stateCost) * (len(text) + 1)
	return e.anywhere.run(text, 0, &budget).maybe
}

// Expression returns the expression that an anchor is of.
func (s *Set) Expression(anchor uint16) int { return s.anchors[anchor].expression }

func isWord(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_'
}
