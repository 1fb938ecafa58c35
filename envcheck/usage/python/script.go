package python

import (
	"bytes"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// script is one file while it is looked at.
type script struct {
	lexer
	scopes []scope
	// lineScope is the scope that a line stands in, and begun the one that it
	// begins, -1 for none; by line.
	lineScope, begun []int32
	imports          []imported
	names            names
	// aliased are the tokens at which the environment, or what reads it, is given
	// another name and not used.
	aliased map[int32]bool
	// params are the positions of parameters; assigned are those that the function
	// gives another value.
	params   map[place]int
	assigned map[place]bool
	// classes are the names of the file's classes, and methods those of their methods
	// that wrap a read.
	classes map[string]bool
	methods map[string]*reader
	wraps   map[int32]*wrapper
	reads   []read

	// what the search remembers on its way
	statement statement
	prefixes  map[int32]string // by line
	giving    map[int32]bool   // by line
	option    struct {
		open int32
		kind usage.Kind
	}
	nested   int
	expanded int

	// extern finds what a name of another file of the repository stands for; it
	// returns nil when nothing is known of it.
	extern func(from imported) *symbol
}

// read is a read before its place is turned into lines and columns.
type read struct {
	name string
	kind usage.Kind
	via  string
	span envtight.Span
	// line is the logical line; first and end are the tokens of the expression.
	line       int32
	first, end int32
	// named is the first token of what gives the name.
	named int32
	// function is the scope whose parameter names the variable, -1 if none does.
	function int32
	call     *wrapping
}

func (s *script) is(i int32, text string) bool {
	if i < 0 || int(i) >= len(s.tokens) {
		return false
	}
	t := &s.tokens[i]
	return (t.kind == word || t.kind == sign) && int(t.end-t.start) == len(text) && t.first == text[0] && string(s.text[t.start:t.end]) == text
}

// isAny reports whether token i is one of the words or signs.
func (s *script) isAny(i int32, texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return s.is(i, text) })
}

func (s *script) kindOf(i int32) kind {
	if i < 0 || int(i) >= len(s.tokens) {
		return newline
	}
	return s.tokens[i].kind
}

func (s *script) bytes(i int32) []byte { return s.text[s.tokens[i].start:s.tokens[i].end] }

func (s *script) string(i int32) string { return string(s.bytes(i)) }

// match is the other bracket of the pair, or -1.
func (s *script) match(i int32) int32 { return s.tokens[i].match }

// closing is the token that ends what bracket i opens. Where its partner is missing,
// that is what stands behind a literal; -1 when there is none.
func (s *script) closing(i int32) int32 {
	if m := s.match(i); m >= 0 || s.kindOf(i+1) != literal {
		return m
	}
	return i + 2
}

// behind is the token behind what bracket i opens and [script.closing] closes.
func (s *script) behind(i int32) int32 {
	if m := s.match(i); m >= 0 {
		return m + 1
	}
	return s.closing(i)
}

// next is the token behind i, or behind the brackets or the string that i opens.
func (s *script) next(i int32) int32 {
	if m := s.tokens[i].match; m > i {
		if s.tokens[i].kind == format {
			return m
		}
		return m + 1
	}
	return i + 1
}

// argument is an argument of a call, or an element of a list: tokens [first, end).
type argument struct {
	keyword    string
	stars      int
	first, end int32
}

// arguments returns what stands between a bracket and its partner, by commas; none
// when there is no partner.
func (s *script) arguments(open int32) []argument {
	var out []argument
	closing := s.closing(open)
	for i := open + 1; i < closing; {
		a := argument{first: i}
		if s.kindOf(i) == word && s.is(i+1, "=") {
			a.keyword, a.first = s.string(i), i+2
		}
		for s.is(a.first, "*") {
			a.first++
			a.stars++
		}
		for i = a.first; i < closing && !s.is(i, ","); {
			i = s.next(i)
		}
		a.end = min(i, closing)
		if a.end > a.first {
			out = append(out, a)
		}
		i++
	}
	return out
}

// pick returns the argument at a position, or of a keyword.
func pick(args []argument, position int, keyword string) (argument, bool) {
	n := 0
	for _, a := range args {
		switch {
		case a.keyword != "":
			if a.keyword == keyword {
				return a, true
			}
		case a.stars == 0:
			if n == position {
				return a, true
			}
			n++
		default:
			// What is unpacked takes an unknown number of positions.
			n = len(args)
		}
	}
	return argument{}, false
}

// content returns the span of what a literal says, without prefix and quotes, and
// whether it stands there as it is, without escapes.
func (s *script) content(i int32) (span envtight.Span, plain bool) {
	t := &s.tokens[i]
	text := s.bytes(i)
	q := bytes.IndexAny(text, `'"`)
	prefix, quotes := text[:q], text[q:]
	width := 1
	if len(quotes) >= 6 && quotes[1] == quotes[0] && quotes[2] == quotes[0] {
		width = 3
	}
	span = envtight.Span{Start: int(t.start) + q + width, End: int(t.end)}
	if n := len(quotes); n >= 2*width && quotes[n-1] == quotes[0] {
		span.End -= width
	}
	span.End = max(span.Start, span.End)
	raw := bytes.ContainsAny(prefix, "rR")
	return span, raw || !bytes.ContainsRune(span.Of(s.text), '\\')
}

// literal returns what a single literal says.
func (s *script) literal(i int32) (string, bool) {
	if s.kindOf(i) != literal {
		return "", false
	}
	span, plain := s.content(i)
	return string(span.Of(s.text)), plain
}

// literalArgument returns what an argument says that is one literal.
func (s *script) literalArgument(a argument) (string, bool) {
	if a.end != a.first+1 {
		return "", false
	}
	return s.literal(a.first)
}

// span is the stretch of tokens [first, end).
func (s *script) span(first, end int32) envtight.Span {
	return envtight.Span{Start: int(s.tokens[first].start), End: int(s.tokens[end-1].end)}
}

// begins reports whether a statement begins at token i: a line, or what stands behind
// ";" or behind the ":" of a block on one line.
func (s *script) begins(i int32) bool {
	return s.kindOf(i-1) == newline || s.tokens[i].parent < 0 && s.isAny(i-1, ";", ":")
}

// ends reports whether a statement ends before token i.
func (s *script) ends(i int32) bool { return s.kindOf(i) == newline || s.is(i, ";") }

// dotted returns the name a.b.c that begins at token i, and the token behind it.
func (s *script) dotted(i int32) (string, int32) {
	var b strings.Builder
	for s.kindOf(i) == word {
		b.Write(s.bytes(i))
		i++
		if !s.is(i, ".") || s.kindOf(i+1) != word {
			break
		}
		b.WriteByte('.')
		i++
	}
	return b.String(), i
}
