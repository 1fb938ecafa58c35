package secrets

import (
	"bytes"
	"slices"

	"github.com/envtight/envtight"
)

// places turns offsets of a text into lines and columns as gitleaks counts them.
// A last line that does not end in LF counts as if it did.
type places struct {
	text []byte
	ends []int // offsets of the LFs; nil until they are needed
}

func (p *places) lineEnds() []int {
	if p.ends != nil {
		return p.ends
	}
	p.ends = make([]int, 0, bytes.Count(p.text, []byte{'\n'})+1)
	for at := 0; ; at++ {
		i := bytes.IndexByte(p.text[at:], '\n')
		if i < 0 {
			break
		}
		at += i
		p.ends = append(p.ends, at)
	}
	if len(p.ends) == 0 || p.ends[len(p.ends)-1] != len(p.text)-1 {
		p.ends = append(p.ends, len(p.text))
	}
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
