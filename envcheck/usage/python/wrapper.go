package python

import (
	"slices"

	"github.com/envtight/envtight/envcheck/usage"
)

// wrapper is what is known of a function whose parameter names a variable that it
// reads.
type wrapper struct {
	asked
	// checks tells that it looks whether the variable is there; required, that it
	// needs it.
	checks, required, plain bool
	// fallback is the parameter with the default, "" without.
	fallback string
	// torn tells that it reads by two parameters, or in two ways: what a call reads
	// is not known then.
	torn bool
}

// wrap notes that a function reads the variable that its parameter names.
func (s *script) wrap(what asked, q question) {
	w := s.wraps[what.param]
	if w == nil {
		w = &wrapper{asked: what}
		s.wraps[what.param] = w
	}
	w.torn = w.torn || w.position != what.position || w.before != what.before || w.after != what.after || w.upper != what.upper
	switch {
	case q.fallback != "" && s.hasParam(what.param, q.fallback):
		w.fallback = q.fallback
		w.plain = true
	case q.kind == usage.Required:
		w.required = true
	case q.kind == usage.Defaulted:
		w.checks = true
	default:
		w.plain = true
	}
}

func (s *script) hasParam(scope int32, name string) bool {
	_, ok := s.params[place{name, scope}]
	return ok
}

// fallbackNames are what functions call the parameter with the default.
var fallbackNames = []string{"default", "fallback", "default_value", "default_val"}

// findWrappers makes readers of the functions that wrap reads, and reports whether
// there are some that were not known.
func (s *script) findWrappers(path string) bool {
	found := false
	for n := range s.scopes {
		w, sc := s.wraps[int32(n)], &s.scopes[n]
		if w == nil || w.torn || sc.name == "__init__" {
			continue
		}
		if sc.outer >= 0 && s.scopes[sc.outer].class {
			if s.methods[sc.name] == nil {
				s.methods[sc.name] = s.reader(int32(n), w, path)
				found = true
			}
			continue
		}
		p := place{sc.name, sc.outer}
		if s.names.at[p] == nil {
			s.names.bind(p, &symbol{reader: s.reader(int32(n), w, path)})
			found = true
		}
	}
	return found
}

func (s *script) reader(n int32, w *wrapper, path string) *reader {
	sc := &s.scopes[n]
	r := &reader{
		position: w.position, keyword: sc.params[w.position].name, before: w.before, after: w.after, upper: w.upper,
		fallback: -1, via: sc.name, wrapping: &wrapping{path, n},
	}
	if sc.params[w.position].keyOnly {
		r.position = len(sc.params)
	}
	shift := 0
	if sc.outer >= 0 && s.scopes[sc.outer].class && slices.Contains([]string{"self", "cls"}, sc.params[0].name) {
		shift = 1
	}
	r.position -= shift
	fallback := w.fallback
	for _, name := range fallbackNames {
		if fallback == "" && s.hasParam(n, name) {
			fallback = name
		}
	}
	always := w.checks && !w.required && !w.plain
	if fallback != "" {
		at := s.params[place{fallback, n}]
		p := sc.params[at]
		r.fallbackKey = fallback
		if !p.keyOnly {
			r.fallback = at - shift
		}
		always = always || p.def.end > p.def.first && !s.is(p.def.first, "None")
	}
	switch {
	case always:
		r.missing = usage.Defaulted
	case w.required && !w.checks, s.raises(n):
		r.missing = usage.Required
	}
	return r
}

// raises reports whether a function raises an exception somewhere.
func (s *script) raises(scope int32) bool {
	for n := s.scopes[scope].header + 1; int(n) < len(s.lines) && s.lines[n].indent > s.lines[s.scopes[scope].header].indent; n++ {
		if s.is(s.lines[n].first, "raise") {
			return true
		}
	}
	return false
}
