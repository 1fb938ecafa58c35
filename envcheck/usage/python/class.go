package python

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// class is what is kept of a class that may be one of settings.
type class struct {
	name string
	path string
	// at is where its name stands.
	at    envtight.Range
	bases []string // dotted, as written
	// config is what its model_config, its inner class Config, or its head sets.
	config map[string]setting
	fields []field
}

// setting is a value of a class's configuration.
type setting struct {
	texts []string
	// unknown tells that it is no literal.
	unknown bool
}

func (s setting) text() string {
	if len(s.texts) == 0 {
		return ""
	}
	return s.texts[0]
}

// field is a field of a class.
type field struct {
	name string
	at   envtight.Range
	// defaulted tells that it has a default, and optional that its type allows None.
	defaulted, optional bool
	aliases             []alias
	// odd tells that it has an alias that is no literal.
	odd bool
	// types are the dotted names in its annotation.
	types []string
}

type alias struct {
	name string
	at   envtight.Range
}

// findClasses reads the classes that have bases.
func (s *script) findClasses(path string) []*class {
	lines := envtight.NewLines(s.text)
	var out []*class
	for n := range s.scopes {
		sc := &s.scopes[n]
		if !sc.class {
			continue
		}
		open := sc.body
		if s.is(open, "[") && s.match(open) > 0 {
			open = s.match(open) + 1
		}
		if !s.is(open, "(") {
			continue
		}
		c := &class{name: sc.name, path: path, at: lines.Range(s.span(sc.body-1, sc.body)), config: map[string]setting{}}
		for _, a := range s.arguments(open) {
			switch {
			case a.keyword != "":
				c.config[a.keyword] = s.setting(a)
			case a.stars == 0:
				base, _ := s.dotted(a.first)
				c.bases = append(c.bases, base)
			}
		}
		s.readBody(c, sc, lines)
		out = append(out, c)
	}
	return out
}

// readBody reads the lines of a class's own block.
func (s *script) readBody(c *class, sc *scope, lines *envtight.Lines) {
	header := sc.header
	for n := header + 1; int(n) < len(s.lines) && s.lines[n].indent > s.lines[header].indent; n++ {
		l := s.lines[n]
		owner := l.owner
		first := l.first
		switch {
		case owner != header:
			if s.is(s.lines[owner].first, "class") && s.is(s.lines[owner].first+1, "Config") && s.lines[owner].owner == header && s.kindOf(first) == word && s.is(first+1, "=") {
				c.config[s.string(first)] = s.setting(argument{first: first + 2, end: l.end - 1})
			}
		case s.kindOf(first) != word:
		case s.is(first, "model_config"):
			s.readConfig(c, l)
		case s.is(first+1, ":") && !s.isAny(first, "else", "try", "finally") && !s.is(first+2, "ClassVar") && !(s.is(first+3, ".") && s.is(first+4, "ClassVar")):
			if f, ok := s.field(l, lines); ok {
				c.fields = append(c.fields, f)
			}
		}
	}
}

// readConfig reads model_config = SettingsConfigDict(a=b), or {"a": b}.
func (s *script) readConfig(c *class, l line) {
	for i := l.first; i < l.end; i++ {
		if s.is(i, "=") && s.isAny(i+1, "{") {
			for _, a := range s.arguments(i + 1) {
				key, ok := s.literal(a.first)
				if ok && s.is(a.first+1, ":") {
					c.config[key] = s.setting(argument{first: a.first + 2, end: a.end})
				}
			}
			return
		}
		if s.is(i, "(") {
			for _, a := range s.arguments(i) {
				if a.keyword != "" {
					c.config[a.keyword] = s.setting(a)
				}
			}
			return
		}
	}
}

// setting reads a value: a literal, several of them, or a word as True.
func (s *script) setting(a argument) setting {
	if values := s.constants(a.first, a.end); values != nil {
		var out setting
		for _, v := range values {
			out.texts = append(out.texts, v.text)
		}
		return out
	}
	if a.end == a.first+1 && s.kindOf(a.first) == word {
		w := s.string(a.first)
		if sym := s.lookup(w, -1); sym != nil && len(sym.values) == 1 {
			return setting{texts: []string{sym.values[0].text}}
		}
		switch w {
		case "True", "False", "None":
			return setting{texts: []string{w}}
		}
	}
	return setting{unknown: true}
}

// field reads "name: T = value".
func (s *script) field(l line, lines *envtight.Lines) (field, bool) {
	f := field{name: s.string(l.first), at: lines.Range(s.span(l.first, l.first+1))}
	if strings.HasPrefix(f.name, "_") {
		return f, false
	}
	value := int32(-1)
	for i := l.first + 2; i < l.end-1; i = s.next(i) {
		if s.is(i, "=") {
			value = i + 1
			break
		}
	}
	end := l.end - 1
	if value > 0 {
		end = value - 1
	}
	s.annotation(&f, l.first+2, end, lines)
	if value < 0 {
		return f, true
	}
	if s.is(value, "Field") && s.is(value+1, "(") {
		s.fieldCall(&f, value+1, lines)
		return f, true
	}
	f.defaulted = !s.isEllipsis(value)
	return f, true
}

// annotation reads the type of a field: Annotated[T, Field(...)] holds more.
func (s *script) annotation(f *field, first, end int32, lines *envtight.Lines) {
	for i := first; i < end; i++ {
		switch {
		case s.kindOf(i) == literal:
			// a type that is written as text
			text, _ := s.literal(i)
			f.types = append(f.types, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("[]|, ", r) })...)
		case s.kindOf(i) != word:
		case s.is(i, "Field") && s.is(i+1, "("):
			s.fieldCall(f, i+1, lines)
			i = s.next(i+1) - 1
		case s.isAny(i, "None", "Optional"):
			f.optional = true
		default:
			name, after := s.dotted(i)
			f.types = append(f.types, name)
			i = after - 1
		}
	}
}

func (s *script) isEllipsis(i int32) bool { return s.is(i, ".") && s.is(i+1, ".") && s.is(i+2, ".") }

// fieldCall reads Field(default, validation_alias=..., alias=...).
func (s *script) fieldCall(f *field, open int32, lines *envtight.Lines) {
	args := s.arguments(open)
	if d, ok := pick(args, 0, "default"); ok && !s.isEllipsis(d.first) {
		f.defaulted = true
	}
	if slices.ContainsFunc(args, func(a argument) bool { return a.keyword == "default_factory" }) {
		f.defaulted = true
	}
	for _, key := range []string{"validation_alias", "alias", "env"} {
		for _, a := range args {
			if a.keyword == key && !s.is(a.first, "None") && len(f.aliases) == 0 && !f.odd {
				s.readAlias(f, a, lines)
			}
		}
	}
}

// readAlias reads "X", AliasChoices("X", AliasPath("Y", 0)), or a list.
func (s *script) readAlias(f *field, a argument, lines *envtight.Lines) {
	if name, ok := s.literalArgument(a); ok {
		span, _ := s.content(a.first)
		f.aliases = append(f.aliases, alias{name, lines.Range(span)})
		return
	}
	open := a.first
	_, after := s.dotted(open)
	if s.kindOf(open) == word {
		open = after
	}
	if !s.isAny(open, "(", "[", "{") || s.match(open) < 0 {
		f.odd = true
		return
	}
	path := s.is(open-1, "AliasPath")
	for _, choice := range s.arguments(open) {
		first := choice.first
		if !path && s.kindOf(first) == word {
			// AliasPath("X", 0): the variable is the first part
			if _, after := s.dotted(first); s.is(after, "(") {
				first = after + 1
			}
		}
		name, ok := s.literal(first)
		if !ok {
			f.odd = true
			continue
		}
		span, _ := s.content(first)
		f.aliases = append(f.aliases, alias{name, lines.Range(span)})
		if path {
			break
		}
	}
}
