package secrets

import (
	"cmp"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/internal/match"
)

// Op is a run of bytes of an edited text: copied from its base, or new.
type Op struct {
	// Base is where the run stands in the base; negative when it is new.
	Base int64
	// Len is its length in bytes, at least 1.
	Len int64
}

// Sieve tells quickly whether a text can hold anything, looking at an edited text
// only where it was edited. It is for one goroutine; its detector may have many.
type Sieve struct {
	detector *Detector
	set      *match.Set
	scanner  *match.Scanner
	// view scans what was decoded, while scanner is at work on the text.
	view *match.Scanner

	text   []byte
	traces []trace
	full   bool // there are more traces than are kept
	// What is needed for an edited text.
	baseLength int
	runs       []run
	fresh      []envtight.Span
	lines      []envtight.Span
	// asked remembers what was asked about the whole text, by rule; absent and
	// absentBefore are those of Traces, of the text and of its base.
	asked                map[int]bool
	absent, absentBefore []int
	changed              []match.Span
}

// NewSieve makes a sieve.
func (d *Detector) NewSieve() *Sieve {
	set := d.matchers()
	return &Sieve{detector: d, set: set, scanner: set.NewScanner(), view: set.NewScanner(), asked: map[int]bool{}}
}

// Traces are the places of a text where something may be. They hold no text, and
// are never changed, so that goroutines may share them.
type Traces struct {
	// list is ordered by place. It is nil when whole is set.
	list []trace
	// absent are rules without anchors that are known not to match.
	absent []int
	// length is that of the text.
	length int
	some   bool
	// whole is set when a text that is made from this one has to be looked at
	// as a whole.
	whole bool
}

// A trace is a place that something is remembered of.
type trace struct {
	// What is known depends on the bytes from start to end and the one before
	// them, or that there is none. An end behind that of the text means that
	// it depends on that the text ends.
	start, end int32
	// at is where the anchor's literal is, and of encoded text, where the
	// lines begin that were looked at, of this size.
	at, size int32
	anchor   uint16
	kind     kindOfTrace
}

type kindOfTrace uint8

const (
	// none: nothing is there, but to know it more bytes were looked at than
	// are round every edit.
	none kindOfTrace = iota
	// candidate: a rule may match.
	candidateTrace
	// keyword: a rule that can be anywhere may match, as its keyword is here.
	keyword
	// plain and encoded: lines that can be decoded, and hold nothing or
	// perhaps something then.
	plain
	encoded
	// liveTrace: a live value is here.
	liveTrace
)

const (
	// longTrace is how many bytes from a literal on an automaton may look at to
	// dismiss it before that is remembered. As many are looked at again before
	// every edit.
	longTrace = 32
	// maxTraces bounds the traces of a text.
	maxTraces = 1 << 12
	// maxSieved is the size in bytes above which a text is not looked at:
	// places are kept in 32 bits.
	maxSieved = 1 << 30
)

// None tells that [Detector.Inspect] finds nothing in the text, whatever its path.
func (t Traces) None() bool { return !t.some }

// Text looks at a whole text.
func (s *Sieve) Text(text []byte) Traces {
	if utf16, ok := fromUTF16(text); ok {
		return Traces{some: s.Text(utf16.text).some, whole: true}
	}
	if !s.begin(text) {
		return Traces{some: true, whole: true}
	}
	s.scanner.Scan(text, 0, len(text), longTrace, func(h match.Hit) { s.hit(h) })
	s.lines = append(s.lines[:0], envtight.Span{Start: 0, End: len(text)})
	s.seekLive()
	s.decodeLines()
	return s.end()
}

func (s *Sieve) begin(text []byte) bool {
	s.text = text
	s.traces, s.absent, s.absentBefore = s.traces[:0], s.absent[:0], nil
	s.full = false
	s.scanner.Reset(len(text))
	return len(text) <= maxSieved
}

// hit remembers a place.
func (s *Sieve) hit(h match.Hit) {
	if s.detector.rules[h.Expression].SkipReport {
		return
	}
	t := trace{start: int32(h.Start), end: int32(endOf(h)), at: int32(h.At), anchor: h.Anchor, kind: none}
	switch {
	case h.Keyword:
		t.kind = keyword
	case h.Maybe && !s.dismissed(s.scanner, s.text, h):
		t.kind = candidateTrace
	}
	s.full = s.full || h.Unknown
	s.add(t)
}

// endOf is where the bytes begin that do not matter for a hit.
func endOf(h match.Hit) int {
	if h.ToEnd {
		return h.End + 1
	}
	return h.End
}

func (s *Sieve) add(t trace) {
	if len(s.traces) >= maxTraces {
		s.full = true
		return
	}
	s.traces = append(s.traces, t)
}

// dismissed tells whether a hit can be no finding, as the secret can only be
// something that its rule does not take for one.
func (s *Sieve) dismissed(c *match.Scanner, text []byte, h match.Hit) bool {
	r := s.detector.rules[h.Expression]
	return c.Dismissed(text, h, r.SecretGroup, func(secret, tail []byte) bool {
		return r.dismisses(secret, tail, s.detector.allow)
	})
}

// end makes the traces of what was found.
func (s *Sieve) end() Traces {
	if s.full {
		return Traces{some: true, whole: true}
	}
	slices.SortFunc(s.traces, func(a, b trace) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.anchor, b.anchor)) })
	out := Traces{some: s.some(), length: len(s.text)}
	if len(s.traces) > 0 {
		out.list = slices.Clone(s.traces)
	}
	if out.absent = s.absentBefore; !slices.Equal(s.absent, s.absentBefore) {
		out.absent = slices.Clone(s.absent)
	}
	return out
}

// some tells whether what was found may be a finding. What holds for the text as a
// whole is asked last.
func (s *Sieve) some() bool {
	clear(s.asked)
	decodes, keywords := false, false
	for _, t := range s.traces {
		switch t.kind {
		case encoded, liveTrace:
			return true
		case plain:
			decodes = true
			if s.isReached(t) {
				return true
			}
		case keyword:
			keywords = true
			if s.anywhere(s.set.Expression(t.anchor)) {
				return true
			}
		case candidateTrace:
			if s.hasKeyword(s.set.Expression(t.anchor), t) {
				return true
			}
		}
	}
	// A rule without anchors may match what is decoded.
	if decodes && (keywords || len(s.set.Whole()) > 0) {
		return true
	}
	return slices.ContainsFunc(s.set.Whole(), s.anywhere)
}

// anywhere tells whether a rule without anchors may match.
func (s *Sieve) anywhere(rule int) bool {
	may, ok := s.asked[rule]
	if !ok {
		may = s.may(rule)
		s.asked[rule] = may
		if !may {
			s.absent = append(s.absent, rule)
		}
	}
	return may
}

// may asks the text, but only near the edits when the base has no match.
func (s *Sieve) may(rule int) bool {
	if slices.Contains(s.absentBefore, rule) {
		s.changed = s.changed[:0]
		for _, f := range s.fresh {
			s.changed = append(s.changed, match.Span(f))
		}
		if may, known := s.set.MayNear(rule, s.text, s.changed); known {
			return may
		}
	}
	return s.set.May(rule, s.text)
}

// hasKeyword tells whether the text has a keyword of the rule. Mostly it is in what
// the rule matches.
func (s *Sieve) hasKeyword(rule int, t trace) bool {
	words := s.detector.rules[rule].words
	if words == nil || words.in(lower(s.text[t.start:min(int(t.end), len(s.text))])) {
		return true
	}
	has, ok := s.asked[rule]
	if !ok {
		has = words.in(lower(s.text))
		s.asked[rule] = has
	}
	return has
}

// Edited looks at a text that was made from a base by ops, which cover it from
// start to end; traces are those of the base. It finds what Text would.
func (s *Sieve) Edited(text []byte, base Traces, ops []Op) Traces {
	if _, _, ok := isUTF16(text); ok || base.whole || !s.begin(text) {
		return s.Text(text)
	}
	s.baseLength, s.absentBefore = base.length, base.absent
	s.layOut(ops)
	s.seekLive()
	s.inherit(base.list)
	for _, f := range s.fresh {
		s.scanner.Scan(text, f.Start, f.End, longTrace, func(h match.Hit) {
			if !s.isInherited(h) {
				s.hit(h)
			}
		})
	}
	s.decodeLines()
	return s.end()
}

// seekLive looks for live values near s.lines, which are in order.
func (s *Sieve) seekLive() {
	if s.detector.live == nil {
		return
	}
	for i := 0; i < len(s.lines); {
		window := s.detector.live.near(s.lines[i], len(s.text))
		for i++; i < len(s.lines); i++ {
			next := s.detector.live.near(s.lines[i], len(s.text))
			if next.Start > window.End {
				break
			}
			window.End = next.End
		}
		for _, hit := range s.detector.live.find(s.text, window) {
			at := int32(hit.Start)
			s.add(trace{start: at, end: int32(hit.End), at: at, kind: liveTrace})
		}
	}
}

// A run is bytes that were copied from the base.
type run struct{ at, base, len int }

// layOut finds the runs, and what has to be looked at: places whose bytes changed,
// or that something changed near.
func (s *Sieve) layOut(ops []Op) {
	s.runs, s.fresh, s.lines = s.runs[:0], s.fresh[:0], s.lines[:0]
	at, changed := 0, 0
	for _, op := range ops {
		if op.Base >= 0 {
			if n := len(s.runs); n > 0 && s.runs[n-1].goesOn(at, int(op.Base)) {
				s.runs[n-1].len += int(op.Len)
			} else {
				s.edit(changed, at)
				s.runs = append(s.runs, run{at: at, base: int(op.Base), len: int(op.Len)})
			}
			changed = at + int(op.Len)
		}
		at += int(op.Len)
	}
	s.edit(changed, at)
}

func (r run) goesOn(at, base int) bool { return r.at+r.len == at && r.base+r.len == base }

// edit notes that the text is new from start to end, or joined from two places of
// the base when they are one.
func (s *Sieve) edit(start, end int) {
	// Before a literal, one byte is looked at without remembering it.
	fresh := envtight.Span{Start: max(0, start-longTrace), End: min(len(s.text), end+1)}
	if n := len(s.fresh); n > 0 && s.fresh[n-1].End >= fresh.Start {
		s.fresh[n-1].End = max(s.fresh[n-1].End, fresh.End)
	} else {
		s.fresh = append(s.fresh, fresh)
	}
	s.lines = append(s.lines, envtight.Span{Start: start, End: end})
}

// isFresh tells whether a place is looked at anyway.
func (s *Sieve) isFresh(at int) bool {
	i, _ := slices.BinarySearchFunc(s.fresh, at, func(f envtight.Span, at int) int { return cmp.Compare(f.End, at+1) })
	return i < len(s.fresh) && s.fresh[i].Start <= at
}

// inherit takes over what is known of runs, and looks again where it is not known
// any more. The list is ordered by place.
func (s *Sieve) inherit(list []trace) {
	if len(list) == 0 {
		return
	}
	// Lines may begin before a run and end in it.
	longest := slices.MaxFunc(list, func(a, b trace) int { return cmp.Compare(a.size, b.size) }).size
	for _, r := range s.runs {
		from, _ := slices.BinarySearchFunc(list, r.base-int(longest), func(t trace, at int) int { return cmp.Compare(int(t.at), at) })
		for _, t := range list[from:] {
			if int(t.at) >= r.base+r.len {
				break
			}
			s.inheritTrace(t, r)
		}
	}
}

func (s *Sieve) inheritTrace(t trace, r run) {
	shift := int32(r.at - r.base)
	moved := t
	moved.start, moved.end, moved.at = t.start+shift, t.end+shift, t.at+shift
	switch {
	case t.kind == liveTrace:
		// Near an edit it has been looked for, and is known if it is there still.
		if s.holds(r, int(t.start), int(t.end)) && !slices.Contains(s.traces, moved) {
			s.add(moved)
		}
	case s.holds(r, int(t.start), int(t.end)):
		s.add(moved)
	case t.kind == plain || t.kind == encoded:
		from, to := max(int(t.at), r.base), min(int(t.at+t.size), r.base+r.len)
		if from < to {
			s.lines = append(s.lines, envtight.Span{Start: from + int(shift), End: to + int(shift)})
		}
	case int(t.at) >= r.base && !s.isFresh(int(moved.at)):
		if h, ok := s.scanner.Again(s.text, t.anchor, int(moved.at), longTrace); ok {
			s.hit(h)
		}
	}
}

// holds tells whether what depends on the bytes of the base from start to end, and
// on the one before them, is as it was: they are all in the run. Where the base
// begins or ends, the text must, too.
func (s *Sieve) holds(r run, start, end int) bool {
	begins := r.base < start || start == 0 && r.base == 0 && r.at == 0
	ends := end <= r.base+r.len || end > s.baseLength && r.base+r.len == s.baseLength && r.at+r.len == len(s.text)
	return begins && ends
}

// isInherited tells whether the base has the same hit, and what is known of it was
// taken over.
func (s *Sieve) isInherited(h match.Hit) bool {
	i, ok := slices.BinarySearchFunc(s.runs, h.At, func(r run, at int) int { return cmp.Compare(r.at, at) })
	if !ok {
		i--
	}
	if i < 0 {
		return false
	}
	back := s.runs[i].base - s.runs[i].at
	return s.holds(s.runs[i], h.Start+back, endOf(h)+back)
}
