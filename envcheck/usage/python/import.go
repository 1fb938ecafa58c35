package python

import "strings"

// imported is one name that an import statement binds.
type imported struct {
	// module is dotted; level is the number of dots before it.
	module string
	level  int
	// name is what is taken from the module, "*" for everything; empty when the
	// module itself is bound.
	name string
	// as is the name that is bound; empty for "*".
	as string
	// types tells that it is there for type checkers only.
	types bool
	// scope is the scope that it is bound in.
	scope int32
}

// findImports reads the import statements.
func (s *script) findImports() {
	for n := range s.lines {
		l := &s.lines[n]
		for i := l.first; i < l.end; i++ {
			if c := s.tokens[i].first; c != 'i' && c != 'f' || s.kindOf(i) != word || !s.begins(i) {
				continue
			}
			var found []imported
			switch {
			case s.is(i, "import"):
				found = s.importStatement(i + 1)
			case s.is(i, "from"):
				found = s.fromStatement(i + 1)
			}
			for _, im := range found {
				im.scope = s.scopeAt(int32(n), i)
				im.types = s.forTypes(int32(n))
				s.imports = append(s.imports, im)
			}
		}
	}
}

// forTypes reports whether a line stands in a block "if TYPE_CHECKING:".
func (s *script) forTypes(n int32) bool {
	for n = s.lines[n].owner; n >= 0; n = s.lines[n].owner {
		first := s.lines[n].first
		if s.is(first, "if") && (s.is(first+1, "TYPE_CHECKING") || s.is(first+2, ".") && s.is(first+3, "TYPE_CHECKING")) {
			return true
		}
	}
	return false
}

func (s *script) importStatement(i int32) (out []imported) {
	for s.kindOf(i) == word {
		module, end := s.dotted(i)
		im := imported{module: module}
		im.as, _, _ = strings.Cut(module, ".")
		if s.is(end, "as") && s.kindOf(end+1) == word {
			im.as = s.string(end + 1)
			end += 2
		} else if im.as != module {
			// "import a.b" binds a, and loads both.
			out = append(out, imported{module: module})
			im.module = im.as
		}
		out = append(out, im)
		if !s.is(end, ",") {
			break
		}
		i = end + 1
	}
	return out
}

func (s *script) fromStatement(i int32) (out []imported) {
	level := 0
	for ; s.is(i, "."); i++ {
		level++
	}
	module := ""
	if !s.is(i, "import") {
		module, i = s.dotted(i)
	}
	if !s.is(i, "import") || module == "" && level == 0 {
		return nil
	}
	i++
	if s.is(i, "*") {
		return []imported{{module: module, level: level, name: "*"}}
	}
	if s.is(i, "(") {
		i++
	}
	for s.kindOf(i) == word {
		im := imported{module: module, level: level, name: s.string(i)}
		im.as = im.name
		i++
		if s.is(i, "as") && s.kindOf(i+1) == word {
			im.as = s.string(i + 1)
			i += 2
		}
		out = append(out, im)
		if !s.is(i, ",") {
			break
		}
		i++
	}
	return out
}
