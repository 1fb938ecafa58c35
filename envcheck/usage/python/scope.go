package python

// scope is a function or a class: what is bound in it is not seen outside.
type scope struct {
	header int32 // its first line
	// body is the first token that belongs to it, the one behind its name.
	body  int32
	outer int32 // the scope round it, -1 for the file
	class bool
	name  string
	// params are in order; self and cls are among them.
	params []param
}

type param struct {
	name    string
	token   int32
	stars   int
	keyOnly bool
	// def are the tokens of its default, [0, 0) for none.
	def argument
}

// findScopes finds the functions and classes, and in which of them each line stands.
func (s *script) findScopes() {
	s.lineScope = make([]int32, len(s.lines))
	s.begun = make([]int32, len(s.lines))
	for i := range s.lines {
		l := &s.lines[i]
		s.lineScope[i], s.begun[i] = -1, -1
		if l.owner >= 0 {
			s.lineScope[i] = s.lineScope[l.owner]
			if begun := s.begun[l.owner]; begun >= 0 {
				s.lineScope[i] = begun
			}
		}
		at := l.first
		if s.is(at, "async") {
			at++
		}
		class := s.is(at, "class")
		if !class && !s.is(at, "def") || s.kindOf(at+1) != word {
			continue
		}
		sc := scope{header: int32(i), body: at + 2, outer: s.lineScope[i], class: class, name: s.string(at + 1)}
		open := at + 2
		if s.is(open, "[") && s.match(open) > 0 {
			open = s.match(open) + 1
		}
		if !class && s.is(open, "(") {
			sc.params = s.parameters(open)
		}
		s.begun[i] = int32(len(s.scopes))
		s.scopes = append(s.scopes, sc)
	}
}

// parameters reads the parameters of a function from their bracket.
func (s *script) parameters(open int32) []param {
	var out []param
	keyOnly := false
	closing := s.match(open)
	for i := open + 1; i < closing; i++ {
		p := param{keyOnly: keyOnly}
		for s.is(i, "*") {
			p.stars++
			i++
		}
		keyOnly = keyOnly || p.stars == 1
		if s.kindOf(i) == word {
			p.name, p.token = s.string(i), i
		}
		for i < closing && !s.is(i, ",") {
			if s.is(i, "=") && p.def.first == 0 {
				p.def.first = i + 1
			}
			i = s.next(i)
		}
		if p.def.first > 0 {
			p.def.end = min(i, closing)
		}
		if p.name != "" {
			out = append(out, p)
		}
	}
	return out
}

// scopeAt is the scope of a token of a line, -1 for the file.
func (s *script) scopeAt(line, i int32) int32 {
	if begun := s.begun[line]; begun >= 0 && i >= s.scopes[begun].body {
		return begun
	}
	return s.lineScope[line]
}
