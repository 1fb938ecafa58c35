package python

import (
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
)

// findReads goes through the tokens for what reads.
func (s *script) findReads() {
	for n := range s.lines {
		l := s.lines[n]
		for i := l.first; i < l.end; i++ {
			begins := s.begins(i)
			if begins {
				s.beginStatement(i)
			}
			if s.tokens[i].kind != word {
				continue
			}
			if begins && s.isAny(i, "import", "from") {
				for !s.ends(i) {
					i = s.next(i)
				}
				continue
			}
			s.use(int32(n), i)
		}
	}
}

// statement is the statement that is looked at.
type statement struct {
	first int32
	// assigned is its last "=" outside of brackets and before a ":", -1 without.
	assigned int32
}

func (s *script) beginStatement(i int32) {
	s.statement = statement{i, -1}
	for ; !s.ends(i) && !s.is(i, ":"); i = s.next(i) {
		if s.is(i, "=") {
			s.statement.assigned = i
		}
	}
}

// resolve returns what the expression at token i stands for, through attributes and
// calls of classes that make readers, and the token behind that.
func (s *script) resolve(i, scope int32) (*symbol, int32) {
	if s.kindOf(i) != word {
		return nil, i
	}
	sym := s.lookup(s.string(i), scope)
	i++
	for sym != nil {
		switch {
		case sym.make != nil && s.is(i, "(") && s.match(i) > 0:
			sym = sym.make(s, s.arguments(i), scope)
			i = s.match(i) + 1
		case sym.member != nil && s.is(i, ".") && s.kindOf(i+1) == word:
			member := sym.member(s.string(i + 1))
			if member == nil {
				return sym, i
			}
			sym = member
			i += 2
		default:
			return sym, i
		}
	}
	return nil, i
}

// use looks at the word at token i of a line.
func (s *script) use(n, i int32) {
	if s.is(i-1, ".") && !s.is(i, "os") {
		s.useMember(n, i)
		return
	}
	if s.is(i+1, "=") && (s.tokens[i].parent >= 0 || s.begins(i)) {
		s.useKeyword(n, i)
		return
	}
	name := s.bytes(i)
	if !s.names.known[string(name)] && string(name) != "os" {
		return
	}
	if s.isAny(i-1, "def", "class") || s.isParam(n, i) {
		return
	}
	sym, end := s.resolve(i, s.scopeAt(n, i))
	switch {
	case sym == nil || s.aliased[i]:
	case sym.environ:
		s.useEnvironment(n, i, end)
	case sym.whole:
		s.whole(n, i, end)
	case sym.reader != nil && s.is(end, "("):
		s.call(n, i, end, sym.reader)
	case sym.reader != nil && !sym.object && !s.is(end, "."):
		// Who gets the function may ask for anything.
		s.add(read{name: "*", kind: usage.Dynamic, via: sym.reader.via, span: s.span(i, end), line: n, first: i, end: end, function: -1})
	}
}

// isParam reports whether word i is a parameter in the head of a function.
func (s *script) isParam(n, i int32) bool {
	sc, open := s.begun[n], s.tokens[i].parent
	return sc >= 0 && !s.scopes[sc].class && open >= 0 && s.tokens[open].parent < 0 && s.is(open, "(") && s.isAny(i-1, "(", ",", "*")
}

func (s *script) add(r read) { s.reads = append(s.reads, r) }

func (s *script) whole(n, first, end int32) {
	s.add(read{kind: usage.Whole, span: s.span(first, end), line: n, first: first, end: end, function: -1})
}

// useEnvironment looks at what is done with the environment of tokens [i, end).
func (s *script) useEnvironment(n, i, end int32) {
	switch {
	case s.is(end, "[") && s.closing(end) >= 0:
		closing, behind := s.closing(end), s.behind(end)
		if s.isWritten(i, behind) {
			return
		}
		s.ask(question{line: n, first: i, end: behind, name: argument{first: end + 1, end: closing}, kind: usage.Required})
	case s.is(i-1, "in"):
		s.usePresence(n, i, end)
	case s.is(end, ".") && s.is(end+1, "keys") && s.is(i-1, "in") || s.isPatched(i):
	case s.isDeleted(i):
	default:
		s.whole(n, i, end)
	}
}

// usePresence looks at `"X" in os.environ`. In a loop it is the whole environment.
func (s *script) usePresence(n, i, end int32) {
	last := i - 2
	if s.is(last, "not") {
		last--
	}
	first := last
	for s.kindOf(first) == literal && s.kindOf(first-1) == literal {
		first--
	}
	switch {
	case s.kindOf(last) == newline:
	case s.is(first-1, "for"), s.inLoop(last):
		s.whole(n, i, end)
	default:
		if s.kindOf(last) != literal && s.kindOf(last) != word || s.isAny(first-1, ".", "+", "%") {
			first = s.operand(last)
		}
		s.ask(question{line: n, first: first, end: end, name: argument{first: first, end: last + 1}, kind: usage.Defaulted})
	}
}

// inLoop reports whether the words that end at token last are those between "for"
// and "in".
func (s *script) inLoop(last int32) bool {
	for i := last; s.kindOf(i) == word || s.isAny(i, ",", "(", ")"); i-- {
		if s.is(i, "for") {
			return true
		}
		if s.isAny(i, "in", "if", "and", "or", "not") {
			return false
		}
	}
	return false
}

// operand returns where the operand begins that ends at token last: a string, or a
// chain of names, calls, subscripts and additions.
func (s *script) operand(last int32) int32 {
	i := last
	for {
		if m := s.match(i); m >= 0 && m < i {
			i = m
			if s.kindOf(i-1) == word {
				i--
			}
		}
		// A format string is found by its fields' closing bracket only when it ends
		// with one; its own token stands before them.
		for p := s.tokens[i].parent; p >= 0 && s.is(p, "{") && s.kindOf(p-1) == format; p = s.tokens[i].parent {
			i = p - 1
		}
		if !s.isAny(i-1, ".", "+", "%") || s.kindOf(i-2) == newline {
			return i
		}
		i -= 2
	}
}

// isWritten reports whether the subscript of the environment that begins at token i
// and ends before end is assigned to or deleted. "+=" reads, too.
func (s *script) isWritten(i, end int32) bool {
	if s.isDeleted(i) || s.is(end, "=") {
		return true
	}
	open := s.tokens[i].parent
	if open < 0 {
		// one of several targets, or os.environ["X"]: str = ...
		return s.is(end, ",") && i < s.statement.assigned || s.is(end, ":") && s.begins(i) && !s.ends(end+1)
	}
	return (s.is(end, ",") || end == s.match(open)) && open == s.statement.first && s.match(open)+1 == s.statement.assigned
}

// isDeleted reports whether what begins at token i is a target of a del statement.
func (s *script) isDeleted(i int32) bool {
	open := s.tokens[i].parent
	return s.is(s.statement.first, "del") && (open < 0 || s.tokens[open].parent < 0 && open == s.statement.first+1)
}

// isPatched reports whether the environment at token i is what a test sets for its
// time: patch.dict(os.environ, ...), monkeypatch.setitem(os.environ, ...).
func (s *script) isPatched(i int32) bool {
	open := s.tokens[i].parent
	if open < 0 || open+1 != i {
		return false
	}
	return s.is(open-1, "dict") && s.is(open-2, ".") && s.isAny(open-3, "patch") || s.isAny(open-1, "setitem", "delitem") && s.is(open-2, ".")
}

// call looks at the call, with its "(" at token open, of what begins at token i.
func (s *script) call(n, i, open int32, r *reader) {
	if s.closing(open) < 0 {
		return
	}
	args, end := s.arguments(open), s.behind(open)
	if r.takes && s.begins(i) && s.ends(end) {
		return
	}
	a, ok := pick(args, r.position, r.keyword)
	if !ok {
		if r.implicit != "" && len(args) == 0 {
			s.add(read{name: r.implicit, kind: r.missing, via: r.via, span: s.span(i, open), line: n, first: i, end: end, function: -1})
		} else if len(args) > 0 && args[0].stars > 0 {
			s.add(read{name: "*", kind: usage.Dynamic, via: r.via, span: s.span(i, end), line: n, first: i, end: end, function: -1})
		}
		return
	}
	q := question{line: n, first: i, end: end, name: a, kind: r.missing, via: r.via}
	position := r.fallback
	if position < 0 {
		position = len(args)
	}
	if d, ok := pick(args, position, r.fallbackKey); ok && (r.noneIsDefault || !s.is(d.first, "None") || d.end > d.first+1) {
		q.kind = usage.Defaulted
		if d.end == d.first+1 && s.kindOf(d.first) == word {
			q.fallback = s.string(d.first)
		}
	}
	from := len(s.reads)
	s.ask(q)
	for k := range s.reads[from:] {
		s.finish(&s.reads[from+k], r)
	}
}

// finish puts round the name what the reader puts round it.
func (s *script) finish(found *read, r *reader) {
	if r.upper {
		found.name = strings.ToUpper(found.name)
	}
	found.name = r.before + found.name + r.after
	if r.scoped {
		found.name = s.prefixed(found.line) + found.name
	}
	if r.defaulted[found.name] && found.kind == usage.Required {
		found.kind = usage.Defaulted
	}
	found.call = r.wrapping
}

// prefixed returns what blocks "with env.prefixed(...)" round a line, and the line
// itself, put before names.
func (s *script) prefixed(n int32) string {
	prefix := ""
	for ; n >= 0; n = s.lines[n].owner {
		own, ok := s.prefixes[n]
		if !ok {
			own = s.ownPrefix(n)
			s.prefixes[n] = own
		}
		prefix = own + prefix
	}
	return prefix
}

func (s *script) ownPrefix(n int32) string {
	l := s.lines[n]
	if !s.is(l.first, "with") {
		return ""
	}
	for i := l.first; i < l.end; i++ {
		if s.is(i, "prefixed") && s.is(i-1, ".") && s.is(i+1, "(") {
			text, _ := s.literal(i + 2)
			return text
		}
	}
	return ""
}

// question is an expression that asks for a variable.
type question struct {
	line int32
	// first and end are its tokens.
	first, end int32
	name       argument
	kind       usage.Kind
	via        string
	// fallback is the name of the variable that gives the default.
	fallback string
}

// ask notes a read.
func (s *script) ask(q question) {
	if q.name.first >= q.name.end {
		return
	}
	r := read{kind: q.kind, via: q.via, span: s.span(q.name.first, q.name.end), line: q.line, first: q.first, end: q.end, named: q.name.first, function: -1}
	what := s.asked(q.name.first, q.name.end, s.scopeAt(q.line, q.first))
	if q.name.stars > 0 {
		what = asked{pattern: "*", param: -1}
	}
	for _, found := range what.names {
		r.name, r.span = found.text, found.span
		s.add(r)
	}
	if len(what.names) > 0 {
		return
	}
	r.name, r.kind = what.pattern, usage.Dynamic
	if what.param >= 0 {
		r.function = what.param
		s.wrap(what, q)
	}
	s.add(r)
}

// useMember looks at word i behind a ".": what needs no import to be known.
func (s *script) useMember(n, i int32) {
	switch {
	case s.is(i, "from_envvar") && s.is(i+1, "("):
		s.call(n, i, i+1, flaskEnvvar)
	case s.isReceiver(i-2) && s.methods[string(s.bytes(i))] != nil && s.is(i+1, "("):
		s.call(n, i, i+1, s.methods[s.string(i)])
	case s.is(i, "from_prefixed_env") && s.is(i+1, "(") && s.match(i+1) > 0:
		prefix := "FLASK"
		if a, ok := pick(s.arguments(i+1), 0, "prefix"); ok {
			prefix, _ = s.literalArgument(a)
		}
		s.add(read{name: prefix + "_*", kind: usage.Dynamic, via: "from_prefixed_env", span: s.span(i, i+1), line: n, first: i, end: s.match(i+1) + 1, function: -1})
	}
}

// isReceiver reports whether word i is what a method of this file is called on.
func (s *script) isReceiver(i int32) bool {
	return s.kindOf(i) == word && (s.isAny(i, "self", "cls") || s.classes[string(s.bytes(i))])
}

// flaskEnvvar is Config.from_envvar of Flask.
//
// Source: flask.palletsprojects.com/api/#configuration.
var flaskEnvvar = &reader{keyword: "variable_name", fallback: 1, fallbackKey: "silent", missing: usage.Required, via: "from_envvar"}

// useKeyword looks at word i before "=": keywords by which libraries take names.
//
// Sources: click.palletsprojects.com/options; typer.tiangolo.com/tutorial;
// dynaconf.com/configuration.
func (s *script) useKeyword(n, i int32) {
	if s.tokens[i].first != 'e' && s.tokens[i].first != 'a' || s.tokens[i].parent < 0 {
		return
	}
	value := i + 2
	switch {
	case s.is(i, "envvar"):
		kind := s.optionKind(s.tokens[i].parent)
		if s.isAny(value, "[", "(") {
			for _, a := range s.arguments(value) {
				s.ask(question{line: n, first: i, end: a.end, name: a, kind: usage.Defaulted, via: "envvar"})
			}
			return
		}
		if k := s.kindOf(value); k == literal || k == format {
			end := s.next(value)
			for s.kindOf(end) == literal {
				end++
			}
			s.ask(question{line: n, first: i, end: end, name: argument{first: value, end: end}, kind: kind, via: "envvar"})
		}
	case s.is(i, "auto_envvar_prefix"), s.is(i, "envvar_prefix"):
		if prefix, ok := s.literal(value); ok {
			s.add(read{name: prefix + "_*", kind: usage.Dynamic, via: s.string(i), span: s.nameSpan(value, value+1), line: n, first: i, end: value + 1, function: -1})
		}
	}
}

// optionKind is the kind of an option of a command, by its other arguments: the value
// may always come by the command line, but who demands it demands it.
func (s *script) optionKind(open int32) usage.Kind {
	if s.option.open == open {
		return s.option.kind
	}
	s.option.open, s.option.kind = open, usage.Defaulted
	for _, a := range s.arguments(open) {
		if a.keyword == "required" && s.is(a.first, "True") || a.keyword == "" && s.is(a.first, ".") && s.is(a.first+2, ".") {
			s.option.kind = usage.Plain
		}
	}
	return s.option.kind
}
