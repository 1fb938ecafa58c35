package python

import (
	"strings"

	"github.com/envtight/envtight"
)

// piece is a part of the expression of a name.
type piece struct {
	text string
	// any tells that it is known at run time only.
	any bool
	// param is the function whose parameter it is, position the parameter's; any is
	// set, too.
	param    int32
	position int
	upper    bool
	// values are what a constant or a loop variable stands for; any is set, too.
	values []constant
}

var unknown = piece{any: true, param: -1}

// maxParentheses is how deep the expression of a name is looked into.
const maxParentheses = 8

// pieces takes the expression of tokens [first, end) apart.
func (s *script) pieces(first, end, scope int32) []piece {
	var out []piece
	for i := first; i < end; {
		term := i
		for i < end && !s.is(i, "+") {
			i = s.next(i)
		}
		out = append(out, s.term(term, min(i, end), scope)...)
		i++
	}
	return out
}

// term takes apart what stands between two "+".
func (s *script) term(first, end, scope int32) []piece {
	if first >= end {
		return []piece{unknown}
	}
	at := first
	var out []piece
	for at < end && (s.kindOf(at) == literal || s.kindOf(at) == format) {
		out = append(out, s.quotedPieces(at, scope)...)
		at = s.next(at)
	}
	if len(out) > 0 {
		switch {
		case at == end:
			return out
		case s.is(at, "%"):
			return placeholders(out, '%')
		case s.is(at, ".") && s.is(at+1, "format") && s.is(at+2, "(") && s.next(at+2) == end:
			return placeholders(out, '{')
		}
		return []piece{unknown}
	}
	if s.is(first, "(") && s.next(first) == end && s.nested < maxParentheses {
		s.nested++
		out := s.pieces(first+1, end-1, scope)
		s.nested--
		return out
	}
	if s.kindOf(first) == word {
		return []piece{s.variable(first, end, scope)}
	}
	return []piece{unknown}
}

// variable is a name, or name.upper().
func (s *script) variable(first, end, scope int32) piece {
	upper := s.is(first+1, ".") && s.is(first+2, "upper") && s.is(first+3, "(") && end == first+5
	if end != first+1 && !upper {
		return unknown
	}
	name := s.string(first)
	if sym := s.lookup(name, scope); sym != nil && sym.values != nil && !upper {
		return piece{any: true, param: -1, values: sym.values}
	}
	for at := scope; at >= 0; at = s.scopes[at].outer {
		position, ok := s.params[place{name, at}]
		switch {
		case !ok:
		case s.scopes[at].params[position].stars > 0 || s.assigned[place{name, at}]:
			return unknown
		default:
			return piece{any: true, param: at, position: position, upper: upper}
		}
	}
	return unknown
}

// findParams notes the parameters of all functions, and which of them are given
// another value.
func (s *script) findParams() {
	s.params, s.assigned = map[place]int{}, map[place]bool{}
	for n, sc := range s.scopes {
		for i, p := range sc.params {
			s.params[place{p.name, int32(n)}] = i
		}
	}
	if len(s.params) == 0 {
		return
	}
	for n := range s.lines {
		s.eachTarget(int32(n), func(t target) {
			for _, name := range t.names {
				if _, ok := s.params[place{name, t.scope}]; ok {
					s.assigned[place{name, t.scope}] = true
				}
			}
		})
	}
}

// quotedPieces takes a string apart.
func (s *script) quotedPieces(i, scope int32) []piece {
	span, plain := s.content(i)
	if !plain {
		return []piece{unknown}
	}
	if s.kindOf(i) == literal {
		return []piece{{text: string(span.Of(s.text))}}
	}
	var out []piece
	from := span.Start
	text := func(to int) {
		if to > from {
			t := string(s.text[from:to])
			out = append(out, piece{text: strings.NewReplacer("{{", "{", "}}", "}").Replace(t)})
		}
	}
	for at := i + 1; at < s.match(i); at = s.next(at) {
		if !s.is(at, "{") {
			continue
		}
		text(int(s.tokens[at].start))
		closing := s.match(at)
		if closing < 0 {
			return append(out, unknown)
		}
		if int(s.tokens[closing].start) == int(s.tokens[closing-1].end) {
			out = append(out, s.pieces(at+1, closing, scope)...)
		} else {
			out = append(out, unknown)
		}
		from = int(s.tokens[closing].end)
	}
	text(span.End)
	return out
}

// placeholders replaces what "%" or format fill in.
func placeholders(in []piece, mark byte) []piece {
	var out []piece
	for _, p := range in {
		if p.any {
			out = append(out, p)
			continue
		}
		rest := p.text
		for rest != "" {
			at := strings.IndexByte(rest, mark)
			if at < 0 {
				at = len(rest)
			}
			if at > 0 {
				out = append(out, piece{text: rest[:at]})
			}
			if rest = rest[at:]; rest != "" {
				out = append(out, unknown)
				rest = rest[placeholder(rest, mark):]
			}
		}
	}
	return out
}

// placeholder is the length of the placeholder at the beginning of a text.
func placeholder(text string, mark byte) int {
	end := byte('}')
	if mark == '%' {
		if len(text) < 2 || text[1] != '(' {
			return min(2, len(text))
		}
		end = ')'
	}
	i := strings.IndexByte(text, end)
	switch {
	case i < 0:
		return len(text)
	case mark == '%':
		return min(i+2, len(text))
	}
	return i + 1
}

// asked is what is known of the name that an expression asks for.
type asked struct {
	// names are the names, with the places they stand at; empty when the name is
	// known at run time only.
	names []named
	// pattern is what is known of it then.
	pattern string
	// param is set when the name is a parameter of a function, with what is put
	// round it.
	param         int32
	position      int
	before, after string
	upper         bool
}

type named struct {
	text string
	span envtight.Span
}

// maxExpanded is how many reads the constants and loops of a file make at most.
const maxExpanded = 10_000

// asked evaluates the expression of tokens [first, end) as seen from a scope.
func (s *script) asked(first, end, scope int32) asked {
	pieces := s.pieces(first, end, scope)
	out := asked{param: -1}
	var variable *piece
	variables := 0
	for i, p := range pieces {
		if p.any {
			variables++
			variable = &pieces[i]
		}
	}
	before, after, pattern := join(pieces)
	switch {
	case variables == 0:
		out.names = []named{{before, s.nameSpan(first, end)}}
	case variables == 1 && variable.values != nil && s.expanded+len(variable.values) <= maxExpanded:
		s.expanded += len(variable.values)
		for _, v := range variable.values {
			span := s.span(first, end)
			if v.token >= 0 && len(variable.values) > 1 {
				span, _ = s.content(v.token)
			}
			out.names = append(out.names, named{before + v.text + after, span})
		}
	default:
		out.pattern = pattern
		if variables == 1 && variable.param >= 0 {
			out.param, out.position, out.before, out.after, out.upper = variable.param, variable.position, before, after, variable.upper
		}
	}
	return out
}

// join returns the text before the first variable and behind it, and the whole with
// "*" for variables.
func join(pieces []piece) (before, after, pattern string) {
	var all strings.Builder
	seen := false
	for _, p := range pieces {
		if p.any {
			if !strings.HasSuffix(all.String(), "*") {
				all.WriteByte('*')
			}
			seen = true
			continue
		}
		all.WriteString(p.text)
		if seen {
			after += p.text
		} else {
			before += p.text
		}
	}
	return before, after, all.String()
}

// nameSpan is where a name stands that is all literals: without quotes.
func (s *script) nameSpan(first, end int32) envtight.Span {
	if k := s.kindOf(first); k != literal && k != format {
		return s.span(first, end)
	}
	from, _ := s.content(first)
	last := first
	for i := first; i < end; i = s.next(i) {
		if k := s.kindOf(i); k == literal || k == format {
			last = i
		}
	}
	to, _ := s.content(last)
	return envtight.Span{Start: from.Start, End: to.End}
}
