package ecma

import (
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
)

// field is a variable that a schema names: the key is the token at.
type field struct {
	at   int
	kind usage.Kind
}

// schema is what an expression says of the variables that it wants.
type schema struct {
	fields []field
	// outside are schemas of other files that are part of it.
	outside []importBinding
	// partial tells that nothing of what is outside is required.
	partial bool
	// unchecked tells that nothing refuses to go on without what is outside.
	unchecked bool
}

// wanted is a schema of another file that this one applies to the environment.
type wanted struct {
	module, name string
	via          string
	client       bool
	partial      bool
	unchecked    bool
	// whole is the read that it is when the schema cannot be found.
	whole read
}

// maxSchemaSteps bounds how many expressions of one file are read as schemas.
const maxSchemaSteps = 5000

// objects are the functions that make a schema of an object, and those that add to
// one, of zod, valibot, arktype, typebox, yup, joi, superstruct and effect.
var objects = map[string]bool{
	"object": true, "strictObject": true, "looseObject": true, "objectAsync": true, "Object": true, "interface": true, "Struct": true, "struct": true,
	"type": true, "keys": true, "extend": true, "safeExtend": true, "merge": true, "and": true, "augment": true, "shape": true,
}

// composers are functions that make a schema of others.
var composers = map[string]bool{
	"pipe": true, "intersect": true, "intersection": true, "union": true, "variant": true, "or": true, "partial": true, "deepPartial": true, "required": true,
	"preprocess": true, "assign": true, "mergeDefs": true,
}

// evaluate reads the expression that begins at i as a schema. It returns nil when it
// is none that can be read.
func (m *matcher) evaluate(i, depth int) *schema {
	const deepest = 12
	if m.steps++; depth > deepest || m.steps > maxSchemaSteps || i < 0 {
		return nil
	}
	switch {
	case m.op(i) == '{' && m.closing(i) >= 0:
		return m.fieldsOf(i, depth)
	case m.op(i) == '(':
		return m.evaluate(i+1, depth+1)
	case !m.isWord(i):
		return nil
	}
	var out *schema
	j := i + 1
	if open := m.callBrackets(i); m.op(open) == '(' {
		out, j = m.apply(nil, i, open, depth), m.after(open)
	} else if !m.isBuilder(i) {
		out = m.referred(i, depth)
	}
	for range farthest {
		if o := m.op(j); o != '.' && o != opChain || !m.isWord(j+1) {
			break
		}
		method := j + 1
		open := m.callBrackets(method)
		if j = method + 1; m.op(open) == '(' && m.closing(open) >= 0 {
			out, j = m.apply(out, method, open, depth), m.after(open)
		}
	}
	return out
}

// isBuilder reports whether the word at i is what schemas are made with: z.
func (m *matcher) isBuilder(i int) bool {
	return isSchemaModule(m.name(i)) && m.initializerOf(m.name(i)) < 0
}

// referred returns the schema that a name stands for: of this file, or of the one
// that it is imported from.
func (m *matcher) referred(i, depth int) *schema {
	name := m.name(i)
	if at := m.initializerOf(name); at >= 0 {
		return m.evaluate(at, depth+1)
	}
	for _, b := range m.imports.bindings {
		if b.local == name && !b.typesOnly {
			if b.name == "*" && m.op(i+1) == '.' && m.isWord(i+2) {
				b.name = m.name(i + 2)
			}
			return &schema{outside: []importBinding{b}}
		}
	}
	return nil
}

// apply returns the schema that the method makes of one, with the arguments in the
// brackets at open.
func (m *matcher) apply(to *schema, method, open, depth int) *schema {
	name := m.name(method)
	switch {
	case objects[name]:
		return join(to, m.evaluate(open+1, depth+1))
	case name == "omit" && to != nil:
		to.keep(m, open, false)
	case name == "pick" && to != nil:
		to.keep(m, open, true)
	case composers[name]:
		end := m.closing(open)
		for i := open + 1; i < end; i = m.next(i, end) {
			if last := m.closing(i); m.op(i) == '[' && last >= 0 {
				for k := i + 1; k < last; k = m.next(k, last) {
					to = join(to, m.evaluate(k, depth+1))
				}
				continue
			}
			to = join(to, m.evaluate(i, depth+1))
		}
		if to != nil && (strings.Contains(strings.ToLower(name), "partial") || name == "union" || name == "or" || name == "variant") {
			to.relax()
		}
	}
	return to
}

func join(a, b *schema) *schema {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	return &schema{
		fields: append(a.fields, b.fields...), outside: append(a.outside, b.outside...),
		partial: a.partial || b.partial, unchecked: a.unchecked || b.unchecked,
	}
}

// relax makes all fields optional.
func (s *schema) relax() {
	s.partial = true
	for i := range s.fields {
		s.fields[i].kind = usage.Defaulted
	}
}

// uncheck makes the required fields plain: the values are used without a look.
func (s *schema) uncheck() {
	s.unchecked = true
	for i, f := range s.fields {
		if f.kind == usage.Required {
			s.fields[i].kind = usage.Plain
		}
	}
}

// keep leaves only the fields that the brackets at open list, or only the others.
func (s *schema) keep(m *matcher, open int, listed bool) {
	names := map[string]bool{}
	for i := open + 1; i < m.closing(open); i++ {
		if text, ok := m.literal(i); ok {
			names[text] = true
		} else if m.isWord(i) {
			names[m.name(i)] = true
		}
	}
	var out []field
	for _, f := range s.fields {
		if names[m.keyName(f.at)] == listed {
			out = append(out, f)
		}
	}
	s.fields = out
}

func (m *matcher) keyName(at int) string {
	if text, ok := m.literal(at); ok {
		return strings.TrimSuffix(text, "?")
	}
	return m.name(at)
}

// fieldsOf reads the object at open, whose keys are variables.
func (m *matcher) fieldsOf(open, depth int) *schema {
	out := &schema{}
	end := m.closing(open)
	for i := open + 1; i < end; i = m.next(i, end) {
		limit := m.next(i, end)
		switch {
		case m.op(i) == opSpread:
			out = join(out, m.evaluate(i+1, depth+1))
		case !m.isWord(i) && m.at(i).kind != stringToken || !isName(m.keyName(i)):
		case m.op(i+1) == ':':
			kind := m.fieldKind(i+2, limit, depth)
			if text, ok := m.literal(i); ok && strings.HasSuffix(text, "?") { // arktype
				kind = usage.Defaulted
			}
			out.fields = append(out.fields, field{i, kind})
		case m.isWord(i) && (m.op(i+1) == ',' || i+1 == end):
			kind := usage.Required
			if at := m.initializerOf(m.name(i)); at >= 0 {
				kind = m.fieldKind(at, at+farthest, depth)
			}
			out.fields = append(out.fields, field{i, kind})
		}
	}
	return out
}

// fieldKind returns whether the schema of one variable, from i up to limit, lets it
// be absent.
func (m *matcher) fieldKind(i, limit, depth int) usage.Kind {
	if text, ok := m.literal(i); ok { // arktype: "string?", "string = 'x'"
		if strings.HasSuffix(text, "?") || strings.Contains(text, " = ") || strings.Contains(text, "undefined") {
			return usage.Defaulted
		}
		return usage.Required
	}
	if m.isWord(i) && m.op(i+1) != '(' && depth < 12 {
		if at := m.initializerOf(m.name(i)); at >= 0 && m.word(at) != wRequire && m.fieldKind(at, at+farthest, depth+1) == usage.Defaulted {
			return usage.Defaulted
		}
	}
	strict := m.name(i) == "Joi" || m.name(i) == "joi" || m.name(i) == "yup"
	kind := usage.Required
	if strict { // their fields are optional unless they say that they are not
		kind = usage.Defaulted
	}
	for j := i; j < min(limit, len(m.list)); {
		name := ""
		if m.isWord(j) {
			name = m.name(j)
		}
		switch o := m.op(j); {
		case lenient[name], name == "Optional", name == "UndefinedOr", name == "optionalWith", name == "NullishOr":
			return usage.Defaulted
		case name == "required" && strict:
			kind = usage.Required
		case (o == ',' || o == ';') && j > i, o == '}' || o == ')' || o == ']':
			return kind
		case o == '?' || o == opOr || o == opNullish:
			return usage.Defaulted // it depends
		case o == '(' && m.opened(j):
			return usage.Defaulted
		}
		j = m.after(j)
	}
	return kind
}

// opened reports whether an argument of the call at open makes a field optional:
// str({ default: "x" }), z.preprocess(f, z.string().optional()).
func (m *matcher) opened(open int) bool {
	const longest = 200
	inner := m.isWord(open-1) && (composers[m.name(open-1)] || m.name(open-1) == "lazy" || m.name(open-1) == "Type")
	depth := 0
	for i := open + 1; i < min(m.closing(open), open+longest); i++ {
		switch m.op(i) {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			depth--
		}
		if !m.isWord(i) {
			continue
		}
		name := m.name(i)
		if inner && m.accessed(i) && lenient[name] || depth == 1 && m.isKey(i) && name == "default" && m.op(open+1) == '{' ||
			depth == 1 && m.isKey(i) && name == "optional" && m.name(i+2) == "true" {
			return true
		}
	}
	return false
}

// want notes the variables of a schema. It reports false when there is none.
func (m *matcher) want(s *schema, via string, client bool, whole object) bool {
	if s == nil || len(s.fields)+len(s.outside) == 0 {
		return false
	}
	for _, f := range s.fields {
		m.wantField(f, via, client)
	}
	for _, b := range s.outside {
		w := wanted{module: b.from, name: b.name, via: via, client: client, partial: s.partial, unchecked: s.unchecked}
		if whole.end > whole.start {
			w.whole = read{kind: usage.Whole, scope: m.scope, start: int(m.at(whole.start).start), end: int(m.at(whole.end - 1).end)}
		}
		m.wanted = append(m.wanted, w)
	}
	return true
}

func (m *matcher) wantField(f field, via string, client bool) {
	tok := m.at(f.at)
	start, end := tok.start, tok.end
	if tok.kind == stringToken {
		start, end = start+1, end-1
	}
	name := m.keyName(f.at)
	m.reads = append(m.reads, read{
		name: name, kind: f.kind, scope: m.scope, via: via, client: client,
		start: int(start), end: min(int(end), int(start)+len(name)),
	})
}

// parsers are the methods that apply a schema: of zod, yup, joi, arktype and others.
var parsers = map[string]bool{
	"parse": true, "safeParse": true, "parseAsync": true, "safeParseAsync": true, "validate": true, "validateSync": true, "validateAsync": true, "cast": true,
	"assert": true, "decode": true, "decodeUnknownSync": true, "Parse": true, "Decode": true, "create": true, "parseEnv": true, "cleanEnv": true, "customCleanEnv": true,
	"envsafe": true, "from": true,
}

// applied finds the schema that the environment is checked with as a whole, and
// notes what it asks for.
func (m *matcher) applied(o object) bool {
	o = m.spreadInto(o)
	open := int(m.at(o.start).parent)
	if m.op(open) != '(' || m.op(o.start-1) != '(' && m.op(o.start-1) != ',' {
		return m.runtimeOf(o)
	}
	method := open - 1
	if m.op(method) == '>' {
		method = m.beforeGenerics(method)
	}
	if !m.isWord(method) {
		return false
	}
	name := m.name(method)
	position := m.position(open, o.start)
	if !parsers[name] {
		// arktype: Env(process.env)
		return position == 0 && !m.accessed(method) && m.isSchema(name) && m.want(m.referred(method, 0), name, false, o)
	}
	other := 1 - position
	if start, _, ok := m.argumentOf(open, other); ok && (position == 1 || name == "parseEnv" || name == "cleanEnv" || name == "customCleanEnv" || !m.accessed(method)) {
		return m.want(m.evaluate(start, 0), name, false, o)
	}
	if !m.accessed(method) {
		return false
	}
	receiver := m.chainStart(method)
	return m.want(m.evaluate(receiver, 0), m.label(receiver), false, o)
}

// isSchema reports whether a name is declared as type({ ... }) of arktype.
func (m *matcher) isSchema(name string) bool {
	at := m.initializerOf(name)
	return at >= 0 && m.word(at) == wType && m.op(at+1) == '('
}

// label is what a schema is called: the function that makes it, or its name.
func (m *matcher) label(i int) string {
	if m.isBuilder(i) && m.op(i+1) == '.' {
		return m.name(i) + "." + m.name(i+2)
	}
	return m.name(i)
}

// spreadInto widens the environment to an object or brackets that it is spread into:
// { ...process.env, A: 1 }.
func (m *matcher) spreadInto(o object) object {
	open := int(m.at(o.start).parent)
	if end := m.closing(open); m.op(o.start-1) == opSpread && m.op(open) == '{' && end >= 0 {
		return object{open, end + 1}
	}
	return o
}

// chainStart returns where the chain of properties and calls begins that leads to the
// method at i.
func (m *matcher) chainStart(i int) int {
	for range farthest {
		if !m.accessed(i) {
			return i
		}
		i -= 2
		for m.op(i) == ')' && m.opening(i) >= 0 {
			i = m.opening(i) - 1
			i = m.beforeGenerics(i)
		}
	}
	return i
}

// runtimes are the keys of createEnv that take the environment.
var runtimes = map[string]bool{"runtimeEnv": true, "runtimeEnvStrict": true, "experimental__runtimeEnv": true, "env": true, "source": true}

// runtimeOf reports whether the environment is what createEnv is to look into: what
// it asks for, its schema says.
func (m *matcher) runtimeOf(o object) bool {
	open := int(m.at(o.start).parent)
	return m.op(o.start-1) == ':' && runtimes[m.name(o.start-2)] && m.op(open-1) == '(' && m.isCreateEnv(open-2)
}

func (m *matcher) isCreateEnv(i int) bool {
	switch m.name(i) {
	case "createEnv", "defineEnv", "arkenv":
		return m.isWord(i) && !m.accessed(i)
	}
	return false
}

// createEnv notes what createEnv of T3 asks for.
func (m *matcher) createEnv(i int) bool {
	if !m.isCreateEnv(i) || m.op(i+1) != '(' || m.op(i+2) != '{' {
		return false
	}
	other := m.renamed(m.propertyOf(i+2, "runtimeEnv"), m.propertyOf(i+2, "runtimeEnvStrict"), m.propertyOf(i+2, "experimental__runtimeEnv"))
	unchecked := m.isTrue(m.propertyOf(i+2, "skipValidation"))
	for _, section := range []string{"server", "client", "shared"} {
		s := m.evaluate(m.propertyOf(i+2, section), 0)
		if s == nil {
			continue
		}
		kept := s.fields[:0]
		for _, f := range s.fields {
			if !other[m.keyName(f.at)] {
				kept = append(kept, f)
			}
		}
		s.fields = kept
		if unchecked {
			s.uncheck()
		}
		m.want(s, m.name(i), section == "client", object{})
	}
	return true
}

// isTrue reports whether the value of a property that begins at i is true and nothing
// else. What depends on something may be false when it counts.
func (m *matcher) isTrue(i int) bool {
	return m.isWord(i) && m.name(i) == "true" && (m.op(i+1) == ',' || m.op(i+1) == '}')
}

// renamed returns the keys of objects whose values read variables of other names
// only.
func (m *matcher) renamed(opens ...int) map[string]bool {
	out := map[string]bool{}
	for _, open := range opens {
		end := m.closing(open)
		for i := open + 1; m.op(open) == '{' && i < end; i = m.next(i, end) {
			if m.op(i+1) != ':' {
				continue
			}
			key, limit, reads, same := m.keyName(i), m.next(i, end), false, false
			for j := i + 2; j < limit; j++ {
				if m.accessed(j) && m.word(j-2) == wEnv {
					reads = true
					same = same || m.name(j) == key
				}
			}
			if reads && !same {
				out[key] = true
			}
		}
	}
	return out
}

// propertyOf returns the first token of the value of a key of the object at open, or
// none.
func (m *matcher) propertyOf(open int, key string) int {
	end := m.closing(open)
	for i := open + 1; i < end; i = m.next(i, end) {
		if m.keyName(i) != key {
			continue
		}
		if m.op(i+1) == ':' {
			return i + 2
		}
		return i
	}
	return none
}

// initializerOf returns the first token of what a name is declared to be somewhere in
// the file, or none.
func (m *matcher) initializerOf(name string) int {
	if m.initializers == nil {
		m.initializers = map[string]int{}
		for i := range m.list {
			if !m.list[i].word.declares() || !m.isWord(i+1) {
				continue
			}
			if at := m.initializer(i + 1); at >= 0 {
				if _, known := m.initializers[m.name(i+1)]; !known {
					m.initializers[m.name(i+1)] = at
				}
			}
		}
	}
	if at, ok := m.initializers[name]; ok {
		return at
	}
	return none
}
