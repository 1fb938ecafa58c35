package python

// place is where a name is bound: a scope, -1 for the file.
type place struct {
	name  string
	scope int32
}

// names is what the names of a file stand for. Of names that stand for nothing known
// anywhere in the file there is no entry.
type names struct {
	known map[string]bool
	// at holds nil where the name stands for something else.
	at map[place]*symbol
}

// bind notes what a name stands for in a scope. What is known wins over what is not:
// the two branches of a condition bind one name.
func (n *names) bind(p place, sym *symbol) {
	if old := n.at[p]; old == nil {
		n.at[p] = sym
		n.known[p.name] = true
	}
}

// lookup returns what a name stands for, seen from a scope. Names that a class binds
// are not seen in its methods.
func (s *script) lookup(name string, scope int32) *symbol {
	if s.names.known[name] {
		for at, inner := scope, true; ; at, inner = s.scopes[at].outer, false {
			if at < 0 || inner || !s.scopes[at].class {
				if sym, ok := s.names.at[place{name, at}]; ok {
					return sym
				}
			}
			if at < 0 {
				break
			}
		}
	}
	// The module may come by "from settings import *".
	if name == "os" {
		return library(name)
	}
	return nil
}

// findBindings finds the names under which the environment, or what reads it, is
// known: by import, assignment, default of a parameter, or loop over constants.
func (s *script) findBindings() {
	for _, im := range s.imports {
		if im.as == "" {
			continue
		}
		if sym := s.importedSymbol(im); sym != nil || im.as == "os" {
			s.names.bind(place{im.as, im.scope}, sym)
		}
	}
	for n := range s.lines {
		s.bindLine(int32(n))
	}
	s.bindOthers()
}

func (s *script) importedSymbol(im imported) *symbol {
	if im.level == 0 {
		path := im.module
		if im.name != "" {
			path += "." + im.name
		}
		if sym := library(path); sym != nil {
			return sym
		}
	}
	if s.extern != nil {
		return s.extern(im)
	}
	return nil
}

// bindLine binds what a line gives a name to.
func (s *script) bindLine(n int32) {
	if sc := s.begun[n]; sc >= 0 {
		for _, p := range s.scopes[sc].params {
			if p.def.end > p.def.first {
				s.bindValue([]string{p.name}, sc, p.def.first, p.def.end, s.scopes[sc].outer)
			}
		}
		return
	}
	s.eachTarget(n, func(t target) {
		if t.loop {
			if values := s.loopValues(t.value, t.scope); values != nil {
				s.names.bind(place{t.names[0], t.scope}, &symbol{values: values})
			}
			return
		}
		s.bindValue(t.names, t.scope, t.value, t.end, t.scope)
	})
}

// target is what an assignment or a loop gives one value to.
type target struct {
	names []string
	scope int32
	loop  bool
	// value and end are the tokens of the value; end is not set for a loop.
	value, end int32
}

// eachTarget calls found for what a line assigns to.
func (s *script) eachTarget(n int32, found func(target)) {
	l := s.lines[n]
	var open target
	for i := l.first; i < l.end; i++ {
		switch t := &s.tokens[i]; {
		case t.kind == sign && t.parent < 0 && t.end-t.start <= 2 && s.text[t.end-1] == '=':
			if name, ok := s.target(l.first, i); ok {
				open.names = append(open.names, name)
				open.value, open.scope = i+1, s.scopeAt(n, i)
			}
		case t.kind == word && t.first == 'f' && s.is(i, "for") && s.kindOf(i+1) == word && s.is(i+2, "in"):
			found(target{names: []string{s.string(i + 1)}, scope: s.scopeAt(n, i), loop: true, value: i + 3})
		case len(open.names) > 0 && t.parent < 0 && s.ends(i):
			open.end = i
			found(open)
			open = target{}
		}
	}
}

// target returns the name that the "=" at token i of a line assigns to: "name =" or
// "name: T =" where a statement begins, or "name =" behind another "=".
func (s *script) target(first, i int32) (string, bool) {
	t := &s.tokens[i]
	if t.end-t.start == 2 && (t.first == '=' || t.first == '!' || t.first == '<' || t.first == '>' || t.first == ':') {
		return "", false
	}
	if s.kindOf(i-1) == word && (s.begins(i-1) && !s.isAnnotation(i-1) || s.is(i-2, "=")) {
		return s.string(i - 1), true
	}
	if s.kindOf(first) == word && s.is(first+1, ":") && !s.isAny(first, "else", "try", "finally") {
		return s.string(first), true
	}
	return "", false
}

// isAnnotation reports whether word i is the type in "name: T".
func (s *script) isAnnotation(i int32) bool {
	return s.is(i-1, ":") && s.kindOf(i-2) == word && s.begins(i-2) && !s.isAny(i-2, "else", "try", "finally")
}

// bindValue binds names to the expression of tokens [first, end), as it is seen from
// a scope, if that is something known.
func (s *script) bindValue(to []string, scope, first, end, seen int32) {
	var sym *symbol
	if values := s.constants(first, end); values != nil {
		sym = &symbol{values: values}
	} else {
		at := s.alternative(first, end)
		var after int32
		sym, after = s.resolve(at, seen)
		if sym == nil || sym.whole || sym.harmless || sym.values != nil || after != end && !s.isAny(after, "if", "or") {
			return
		}
		s.aliased[at] = true
	}
	for _, name := range to {
		s.names.bind(place{name, scope}, sym)
		if s.is(first, name) {
			s.aliased[first] = true // env = env or os.environ
		}
	}
}

// alternative returns where in an expression its last alternative begins, as in
// "env or os.environ" and "env if env else os.environ".
func (s *script) alternative(first, end int32) int32 {
	at := first
	for i := first; i < end; i = s.next(i) {
		if s.isAny(i, "or", "else") {
			at = i + 1
		}
	}
	return at
}

// loopValues returns the texts that a loop goes through, nil when they are not known.
func (s *script) loopValues(i, scope int32) []constant {
	if s.isAny(i, "(", "[", "{") {
		return s.elements(i)
	}
	if s.kindOf(i) == word && !s.isAny(i+1, ".", "(", "[") {
		if sym := s.lookup(s.string(i), scope); sym != nil {
			return sym.values
		}
	}
	return nil
}

// constants returns the texts of tokens [first, end): one literal, or a list of them.
func (s *script) constants(first, end int32) []constant {
	if end == first+1 {
		if text, ok := s.literal(first); ok {
			return []constant{{text, first}}
		}
		return nil
	}
	if s.isAny(first, "(", "[", "{") && s.next(first) == end {
		return s.elements(first)
	}
	return nil
}

// maxConstants is how many texts a list may have that names stand for.
const maxConstants = 256

// elements returns the texts of a list, nil when anything else stands in it.
func (s *script) elements(open int32) []constant {
	args := s.arguments(open)
	if len(args) > maxConstants {
		return nil
	}
	var out []constant
	for _, a := range args {
		text, ok := s.literalArgument(a)
		if !ok || a.keyword != "" || a.stars > 0 {
			return nil
		}
		out = append(out, constant{text, a.first})
	}
	return out
}

// bindOthers notes where a name that is known elsewhere in the file means something
// else: parameters, and what functions assign. A name with two values stands for
// neither.
func (s *script) bindOthers() {
	times := map[place]int{}
	count := func(name string, scope int32) {
		if s.names.known[name] {
			p := place{name, scope}
			s.names.bind(p, nil)
			times[p]++
		}
	}
	for n := range s.scopes {
		for _, p := range s.scopes[n].params {
			count(p.name, int32(n))
		}
	}
	for n := range s.lines {
		s.eachTarget(int32(n), func(t target) {
			for _, name := range t.names {
				count(name, t.scope)
			}
		})
	}
	for p, n := range times {
		if sym := s.names.at[p]; n > 1 && sym != nil && sym.values != nil {
			s.names.at[p] = nil
		}
	}
}
