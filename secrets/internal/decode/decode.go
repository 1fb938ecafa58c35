// Package decode reads what is encoded in a text: percent, Unicode escapes,
// hexadecimal, base64. It finds and decodes exactly what the passes of gitleaks
// 8.30 do (its package detect/codec), by scanners of its own that run at the speed
// of memory where nothing is encoded.
//
// A pass replaces every segment that it can decode in place; the next pass looks
// at the outcome, so that what was encoded twice is read in the second one. A
// segment is decoded when it gives printable ASCII (Unicode escapes: anything).
//
// Time and memory are linear in the length of the text, for each pass.
package decode

import (
	"fmt"
	"sort"
	"sync"

	"github.com/envtight/envtight"
)

// Segments are what one pass decoded, in order; they do not overlap. They are
// never changed, and safe for concurrent use.
type Segments struct {
	list     []segment
	previous *Segments
	depth    int
	joined   bool

	once   sync.Once
	breaks []int // places of line breaks in the decoded text
}

type segment struct {
	// encoded is where it stood before the pass, decoded where it stands now.
	encoded, decoded envtight.Span
	// kinds are its own encoding and those of the segments of earlier passes
	// that it was made of.
	kinds kind
}

// Decode does one pass over a text. previous are the segments of the pass that
// made the text, nil for the first one. When there is nothing to decode, both
// results are nil, and the passes are over.
func Decode(text []byte, previous *Segments) ([]byte, *Segments) {
	var out []byte
	var list []segment
	joined := previous.Joined()
	end := 0
	each(text, func(m match) bool {
		if out == nil {
			out = make([]byte, 0, len(text))
		}
		out = append(out, text[end:m.start]...)
		s := segment{encoded: envtight.Span{Start: m.start, End: m.end}, kinds: m.kind}
		s.decoded.Start = len(out)
		out = m.append(out, text)
		s.decoded.End = len(out)
		s.kinds |= previous.kinds(s.encoded)
		list = append(list, s)
		joined = joined || m.kind == unicode && text[m.end-1] == '\n'
		end = m.end
		return true
	})
	if list == nil {
		return nil, nil
	}
	out = append(out, text[end:]...)
	return out, &Segments{list: list, previous: previous, depth: previous.Depth() + 1, joined: joined}
}

// Depth is the number of the pass, from 1; 0 of nil.
func (s *Segments) Depth() int {
	if s == nil {
		return 0
	}
	return s.depth
}

// Joined tells that this pass or one before took a line break for a part of a
// segment (it may follow a code point such as U+0041), so that lines do not stand
// for themselves.
func (s *Segments) Joined() bool { return s != nil && s.joined }

// All returns where the segments stand in the decoded text.
func (s *Segments) All() []envtight.Span {
	if s == nil {
		return nil
	}
	out := make([]envtight.Span, len(s.list))
	for i := range s.list {
		out[i] = s.list[i].decoded
	}
	return out
}

// Part is the segments that a range of the decoded text touches.
type Part struct {
	of   *Segments
	list []segment
}

// Touching returns the segments that span of the decoded text overlaps, or that it
// ends or begins beside. There are none when span is plain text, which the pass
// before has seen already.
func (s *Segments) Touching(span envtight.Span) (Part, bool) {
	if s == nil {
		return Part{}, false
	}
	list := s.touching(span)
	return Part{of: s, list: list}, len(list) > 0
}

func (s *Segments) touching(span envtight.Span) []segment {
	first := sort.Search(len(s.list), func(i int) bool { return s.list[i].decoded.End >= span.Start })
	n := sort.Search(len(s.list)-first, func(i int) bool { return s.list[first+i].decoded.Start > span.End })
	return s.list[first : first+n]
}

// kinds are the encodings of the segments that span of the decoded text touches.
func (s *Segments) kinds(span envtight.Span) kind {
	var out kind
	if s == nil {
		return out
	}
	for _, t := range s.touching(span) {
		out |= t.kinds
	}
	return out
}

// Tags are those that gitleaks gives to a match there: "decoded:base64" for each
// encoding, and "decode-depth:1".
func (p Part) Tags() []string {
	var kinds kind
	for i := range p.list {
		kinds |= p.list[i].kinds
	}
	var out []string
	for i, name := range names {
		if kinds&(1<<i) != 0 {
			out = append(out, "decoded:"+name)
		}
	}
	return append(out, fmt.Sprintf("decode-depth:%d", p.of.depth))
}

// Original maps a span of the decoded text, the one that the part was made for, to
// the text before the first pass. What is encoded is not divided: of a span inside a
// segment the original is the whole of it.
func (p Part) Original(span envtight.Span) envtight.Span {
	return p.of.original(span, p.list)
}

func (s *Segments) original(span envtight.Span, touching []segment) envtight.Span {
	for len(touching) > 0 {
		span = widen(span, touching)
		s = s.previous
		if s == nil {
			break
		}
		touching = s.touching(span)
	}
	return span
}

// widen maps a span one pass back.
func widen(span envtight.Span, touching []segment) envtight.Span {
	// At most two begin before the span and touch it. The first that holds it
	// counts.
	for _, s := range touching {
		if s.decoded.Start > span.Start {
			break
		}
		if span.End <= s.decoded.End {
			return s.encoded
		}
	}
	first, last := touching[0], touching[len(touching)-1]
	return envtight.Span{
		Start: first.encoded.Start + min(0, span.Start-first.decoded.Start),
		End:   last.encoded.End + max(0, span.End-last.decoded.End),
	}
}

// Line is what gitleaks takes for the line of a match there: from the line break
// before the part, itself included, to the one behind. text is the decoded text.
func (p Part) Line(text []byte) envtight.Span {
	s := p.of
	s.once.Do(func() {
		for i, c := range text {
			if c == '\n' {
				s.breaks = append(s.breaks, i)
			}
		}
	})
	first, last := p.list[0].decoded, p.list[len(p.list)-1].decoded
	line := envtight.Span{Start: 0, End: len(text)}
	if i := sort.SearchInts(s.breaks, first.Start+1); i > 0 {
		line.Start = s.breaks[i-1]
	}
	if i := sort.SearchInts(s.breaks, last.End); i < len(s.breaks) {
		line.End = s.breaks[i]
	}
	return line
}

// after maps a place of the text before the pass, outside of its segments, to the
// decoded text.
func (s *Segments) after(place int) int {
	i := sort.Search(len(s.list), func(i int) bool { return s.list[i].encoded.End > place })
	if i == 0 {
		return place
	}
	return place - s.list[i-1].encoded.End + s.list[i-1].decoded.End
}
