package secrets

import (
	"bytes"
	"slices"

	"github.com/envtight/envtight"
)

// places turns offsets of a text into lines and columns as gitleaks counts them.
// The end of the text counts as the end of a line.
type places struct {
	text []byte
	// ends are offsets of the LFs, marks of allow marks; nil until they are
	// needed.
	ends, marks []int
}

func (p *places) lineEnds() []int {
	if p.ends != nil {
		return p.ends
	}
	p.ends = allOf(p.text, "\n")
	p.ends = append(p.ends, len(p.text))
	return p.ends
}

// place is a stretch of text with its lines from 0, and columns as in [Match].
type place struct {
	startLine, endLine, startColumn, endColumn int
	// line holds everything from the LF before the first line, itself
	// included, to before the LF of the last.
	line envtight.Span
}

// of is called with a span that is not empty.
func (p *places) of(s envtight.Span) place {
	ends := p.lineEnds()
	// The LF itself belongs to the line after it.
	first, _ := slices.BinarySearch(ends, s.Start+1)
	last, _ := slices.BinarySearch(ends, s.End)
	first, last = min(first, len(ends)-1), min(last, len(ends)-1)
	before := func(line int) int {
		if line == 0 {
			return 0
		}
		return ends[line-1]
	}
	return place{
		startLine: first, startColumn: s.Start - before(first) + 1,
		endLine: last, endColumn: s.End - before(last),
		line: envtight.Span{Start: before(first), End: max(ends[last], before(first))},
	}
}

const allowMark = "gitleaks:allow"

// isMarked tells whether a line bears an allow mark.
func (p *places) isMarked(line envtight.Span) bool {
	if p.marks == nil {
		p.marks = allOf(p.text, allowMark)
	}
	i, _ := slices.BinarySearch(p.marks, line.Start)
	return i < len(p.marks) && p.marks[i]+len(allowMark) <= line.End
}

// allOf returns the offsets of part in text, never nil.
func allOf(text []byte, part string) []int {
	out := make([]int, 0, bytes.Count(text, []byte(part))+1)
	for at := 0; ; at++ {
		i := bytes.Index(text[at:], []byte(part))
		if i < 0 {
			return out
		}
		at += i
		out = append(out, at)
	}
}
