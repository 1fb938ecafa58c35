package match

import (
	"cmp"
	"regexp"
	"slices"
	"unicode/utf8"
)

// A Span is a range of bytes of a text.
type Span struct{ Start, End int }

func (s Span) of(text []byte) []byte { return text[s.Start:s.End] }

// Windows tells for each wanted expression that may match in text where: every
// match is inside one of the spans, which are in order and do not touch. Expressions
// come in no particular order. wanted says for each expression whether it is looked
// for; nil is all.
func (c *Scanner) Windows(text []byte, wanted []bool, yield func(expression int, spans []Span)) {
	c.Reset(len(text))
	c.wanted = wanted
	touched := map[int][]Span{}
	c.Scan(text, 0, len(text), len(text), func(h Hit) {
		switch {
		case h.Keyword:
			touched[h.Expression] = nil
		case h.Maybe:
			touched[h.Expression] = append(touched[h.Expression], Span{h.Start, h.End})
		}
	})
	c.wanted = nil
	for expression, spans := range touched {
		if len(spans) > 0 {
			yield(expression, merge(spans))
		} else {
			c.inWhole(text, expression, yield)
		}
	}
	for _, expression := range c.set.whole {
		if wanted == nil || wanted[expression] {
			c.inWhole(text, expression, yield)
		}
	}
}

func (c *Scanner) inWhole(text []byte, expression int, yield func(expression int, spans []Span)) {
	var spans []Span
	c.set.expressions[expression].each(text, func(s Span) bool {
		spans = append(spans, s)
		return true
	})
	if len(spans) > 0 {
		yield(expression, merge(spans))
	}
}

func merge(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	out := spans[:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s.Start <= last.End {
			last.End = max(last.End, s.End)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// FindAll is what re.FindAllIndex(text, -1) returns, when the spans are those that
// [Scanner.Windows] gave for the expression. memo may be nil.
func FindAll(re *regexp.Regexp, text []byte, spans []Span, memo *Memo) [][]int {
	var all finds
	for _, s := range spans {
		all = all.with(re, text, s, memo)
	}
	var out [][]int
	for _, f := range all {
		out = append(out, f.matches...)
	}
	return out
}

// finds are spans with the matches in them.
type finds []struct {
	span    Span
	matches [][]int
}

// with looks at a span with some text before it, as an expression may ask what is
// there. What it finds to begin before the span would not be there if there was
// more text; so it takes more then. When that reaches into the span before, they
// are looked at together.
func (all finds) with(re *regexp.Regexp, text []byte, s Span, memo *Memo) finds {
	for margin := utf8.UTFMax; ; margin *= 8 {
		from := max(0, s.Start-margin)
		for n := 0; from > 0 && n < utf8.UTFMax && !utf8.RuneStart(text[from]); n++ {
			from--
		}
		if last := len(all) - 1; last >= 0 && from <= all[last].span.End {
			s.Start = all[last].span.Start
			return all[:last].with(re, text, s, memo)
		}
		matches := memo.FindAllIndex(re, text[from:s.End])
		if from > 0 && len(matches) > 0 && from+matches[0][0] < s.Start {
			continue
		}
		moved := make([][]int, len(matches))
		for i, m := range matches {
			moved[i] = []int{from + m[0], from + m[1]}
		}
		return append(all, struct {
			span    Span
			matches [][]int
		}{s, moved})
	}
}
