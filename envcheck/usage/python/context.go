package python

import "github.com/envtight/envtight/envcheck/usage"

// nameOn is a name that is asked for on a line.
type nameOn struct {
	name string
	line int32
}

// settle finds out from what stands round each read what happens without a value.
func (s *script) settle() {
	soft := map[nameOn]bool{}
	for i := range s.reads {
		r := &s.reads[i]
		if r.kind == usage.Plain {
			r.kind = s.plainKind(r)
		}
		if r.kind == usage.Defaulted {
			soft[nameOn{r.name, r.line}] = true
		}
	}
	tries := map[int32]bool{}
	for i := range s.reads {
		if r := &s.reads[i]; r.kind == usage.Required && s.isGuarded(r, soft, tries) {
			r.kind = usage.Defaulted
		}
	}
}

// plainKind is the kind of a read that gives None where there is no value.
func (s *script) plainKind(r *read) usage.Kind {
	before, after := r.first-1, r.end
	for s.is(before, "(") && s.is(after, ")") && s.kindOf(before-1) != word {
		before--
		after++
	}
	l := s.lines[r.line]
	switch {
	case s.isAny(after, "or", "==", "!=", "in") || s.isAny(before, "or", "and", "if", "elif", "while", "not") || s.is(before, "(") && s.is(before-1, "bool"),
		s.isAny(after, "is", "and", "not"):
	case s.is(before, "assert"):
		return usage.Required
	default:
		return s.assignedKind(r, before, after)
	}
	missing := s.is(before, "not") || s.is(after, "is") && s.is(after+1, "None")
	if s.is(l.first, "if") && missing && !s.isAny(after, "and") && s.givesUp(r.line) {
		return usage.Required
	}
	if s.is(l.first, "assert") && !missing {
		return usage.Required
	}
	return usage.Defaulted
}

// lookAhead is how many lines behind an assignment are searched for a check of what
// was assigned.
const lookAhead = 12

// assignedKind is the kind of a read whose value a variable takes, by the check of
// the variable that follows.
func (s *script) assignedKind(r *read, before, after int32) usage.Kind {
	l := s.lines[r.line]
	if before != l.first+1 || !s.is(before, "=") || s.kindOf(l.first) != word || !s.ends(after) {
		return usage.Plain
	}
	name := s.string(l.first)
	for n, seen := r.line+1, 0; int(n) < len(s.lines) && seen < lookAhead && s.lines[n].indent >= l.indent; n++ {
		seen++
		if s.lines[n].indent > l.indent {
			continue
		}
		first := s.lines[n].first
		if !s.isAny(first, "if", "assert") {
			continue
		}
		at := s.mention(n, name)
		if at < 0 {
			continue
		}
		missing := s.is(at-1, "not") || s.is(at+1, "is") && s.is(at+2, "None")
		switch {
		case s.is(first, "assert") && !missing, missing && s.givesUp(n):
			return usage.Required
		}
		return usage.Defaulted
	}
	return usage.Plain
}

// mention returns the token of a line that is the variable, -1 when none is.
func (s *script) mention(n int32, name string) int32 {
	l := s.lines[n]
	for i := l.first; i < min(l.end, l.first+64); i++ {
		if s.is(i, name) && !s.is(i-1, ".") {
			return i
		}
	}
	return -1
}

// givesUp reports whether a block ends the program, or raises: the one that line n
// begins.
func (s *script) givesUp(n int32) bool {
	gives, ok := s.giving[n]
	if !ok {
		gives = s.blockGivesUp(n)
		s.giving[n] = gives
	}
	return gives
}

func (s *script) blockGivesUp(n int32) bool {
	l := s.lines[n]
	for i := l.first; i < l.end; i++ {
		if s.is(i, "raise") && s.is(i-1, ":") {
			return true
		}
	}
	for m := n + 1; int(m) < len(s.lines) && s.lines[m].indent > l.indent; m++ {
		if s.lines[m].owner == n && s.leaves(s.lines[m].first) {
			return true
		}
	}
	return false
}

// leaves reports whether a statement raises or ends the program.
func (s *script) leaves(i int32) bool {
	return s.is(i, "raise") || s.is(i, "sys") && s.is(i+2, "exit") || s.isAny(i, "exit", "quit") && s.is(i+1, "(")
}

// isGuarded reports whether a read that needs a value comes only where there is one,
// or where its failure is caught.
func (s *script) isGuarded(r *read, soft map[nameOn]bool, tries map[int32]bool) bool {
	if soft[nameOn{r.name, r.line}] {
		return true
	}
	for n := s.lines[r.line].owner; n >= 0; n = s.lines[n].owner {
		first := s.lines[n].first
		switch {
		case s.isAny(first, "if", "elif", "while"):
			if soft[nameOn{r.name, n}] {
				return true
			}
		case s.is(first, "try"):
			caught, ok := tries[n]
			if !ok {
				caught = s.isCaught(n)
				tries[n] = caught
			}
			if caught {
				return true
			}
		case s.isAny(first, "def", "class", "async"):
			return false
		}
	}
	return false
}

// isCaught reports whether the "try" at line n goes on when a key is missing.
func (s *script) isCaught(n int32) bool {
	l := s.lines[n]
	for m := n + 1; int(m) < len(s.lines); m++ {
		handler := s.lines[m]
		if handler.indent > l.indent {
			continue
		}
		if handler.indent < l.indent || !s.is(handler.first, "except") {
			return false
		}
		for i := handler.first; i < handler.end; i++ {
			if s.is(i, "except") && s.is(i+1, ":") || s.isAny(i, "KeyError", "Exception", "BaseException", "LookupError", "EnvError", "UndefinedValueError", "ImproperlyConfigured") {
				return !s.givesUp(m)
			}
		}
	}
	return false
}
