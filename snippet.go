package envtight

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSnippet is the length in code points above which a shown line is cut.
const maxSnippet = 160

// Curtain hides spans of a text wherever something of the text is shown. It is
// safe for concurrent use while nobody changes the text.
type Curtain struct {
	lines *Lines
	hide  []Span // sorted, disjoint
	// opaque tells that nothing is shown: in a text with NUL (UTF-16, or no
	// text at all) values may not be where maskers look for them.
	opaque bool
}

// NewCurtain hides spans, which may come in any order and overlap.
func NewCurtain(lines *Lines, hide []Span) *Curtain {
	return &Curtain{lines: lines, hide: disjoint(slices.Clone(hide), len(lines.text)), opaque: bytes.IndexByte(lines.text, 0) >= 0}
}

// Snippet returns the first line of a range of the text, with what is hidden
// replaced by [Redacted]. It is nil when there is nothing that may be shown, as
// for the zero Range.
func (c *Curtain) Snippet(at Range) *Snippet {
	n := at.Start.Line
	if at.IsZero() || c.opaque || n < 1 || n > c.lines.Count() {
		return nil
	}
	line := c.lines.Span(n)
	mark := Span{Start: clamp(at.Start.Offset, line), End: clamp(at.End.Offset, line)}
	s := c.blank(line, mark)
	s.Line = n
	return s.cut()
}

// Text returns a span of the text with what is hidden replaced by [Redacted];
// empty when nothing may be shown.
func (c *Curtain) Text(span Span) string {
	if c.opaque {
		return ""
	}
	return c.blank(span, span).Text
}

// disjoint sorts spans, joins those that touch and drops what lies outside a
// text of the given size.
func disjoint(spans []Span, size int) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	out := spans[:0]
	for _, s := range spans {
		s.Start, s.End = max(s.Start, 0), min(s.End, size)
		switch {
		case s.Len() <= 0:
		case len(out) > 0 && s.Start <= out[len(out)-1].End:
			out[len(out)-1].End = max(out[len(out)-1].End, s.End)
		default:
			out = append(out, s)
		}
	}
	return out
}

func clamp(offset int, to Span) int { return max(to.Start, min(offset, to.End)) }

// blank writes a line with its masks replaced, and moves the marked span along.
func (c *Curtain) blank(line, mark Span) *Snippet {
	source, masks := c.lines.text, c.hide
	var text strings.Builder
	s := &Snippet{}
	column := func() int { return utf8.RuneCountInString(text.String()) + 1 }
	at := line.Start
	advance := func(to int) {
		for _, stop := range []struct {
			offset int
			column *int
		}{{mark.Start, &s.Start}, {mark.End, &s.End}} {
			if *stop.column == 0 && stop.offset >= at && stop.offset <= to {
				text.Write(source[at:stop.offset])
				at = stop.offset
				*stop.column = column()
			}
		}
		text.Write(source[at:to])
		at = to
	}
	first, _ := slices.BinarySearchFunc(masks, line.Start, func(m Span, start int) int { return cmp.Compare(m.End, start+1) })
	for _, m := range masks[first:] {
		if m.Start >= line.End {
			break
		}
		advance(max(m.Start, line.Start))
		if s.Start == 0 && mark.Start < m.End {
			s.Start = column()
		}
		text.WriteString(Redacted)
		if s.End == 0 && mark.End <= m.End {
			s.End = column()
		}
		at = min(m.End, line.End)
	}
	advance(line.End)
	s.Text = string([]rune(text.String())) // each invalid byte becomes one U+FFFD, as columns count them
	s.Start = max(s.Start, 1)
	s.End = max(s.End, s.Start)
	return s
}

// cut shortens a long line to the part round the mark.
func (s *Snippet) cut() *Snippet {
	runes := []rune(s.Text)
	if len(runes) <= maxSnippet {
		return s
	}
	from := max(0, min(s.Start-1-maxSnippet/4, len(runes)-maxSnippet))
	to := from + maxSnippet
	text := string(runes[from:to])
	shift := -from
	if from > 0 {
		text, shift = "…"+text, shift+1
	}
	if to < len(runes) {
		text += "…"
	}
	last := utf8.RuneCountInString(text) + 1
	return &Snippet{Line: s.Line, Text: text, Start: min(s.Start+shift, last), End: min(s.End+shift, last)}
}
