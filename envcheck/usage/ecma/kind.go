package ecma

import "github.com/envtight/envtight/envcheck/usage"

// kind tells what the code does when the variable is not set that the expression
// reads.
func (m *matcher) kind(o object) usage.Kind {
	k, sure := m.condition(o)
	if sure {
		return k
	}
	o = m.asserted(m.converted(m.widen(o)))
	if m.op(o.start-1) == '=' {
		if at := m.target(o); at >= 0 {
			if k := m.later(at); k != usage.Plain {
				return k
			}
		}
	}
	if m.isAsserted(o) || m.demanded(o) {
		return usage.Required
	}
	return m.parsed(o)
}

// condition finds the default or condition that the expression is part of. It
// reports false when there is none.
func (m *matcher) condition(o object) (usage.Kind, bool) {
	o = m.asserted(m.converted(m.widen(o)))
	if m.op(o.start-1) == '(' && m.name(o.start-2) == "Boolean" {
		return usage.Defaulted, true
	}
	switch m.op(o.end) {
	case opNullish, opOr, opFill:
		if m.refuses(o.end+1, o.end+8) {
			return usage.Required, true
		}
		return m.guard(o), true
	case '?', opChain:
		return usage.Defaulted, true
	case opAnd, opEqual, opUnequal:
		return m.guard(o), true
	}
	switch m.op(o.start - 1) {
	case '!', opEqual, opUnequal:
		return m.guard(o), true
	}
	if open := int(m.at(o.start).parent); m.op(open) == '(' && m.word(open-1).heads() && !m.accessed(open-1) {
		if w := m.word(open - 1); w == wIf || w == wWhile {
			return m.guard(o), true
		}
	}
	if m.word(o.start-1) == wTypeof {
		return m.guard(o), true
	}
	return usage.Plain, false
}

// converted widens the expression by calls that change the type of a value only.
func (m *matcher) converted(o object) object {
	for m.op(o.start-1) == '(' && (m.op(o.end) == ')' || m.op(o.end) == ',') {
		switch m.name(o.start - 2) {
		case "Number", "parseInt", "parseFloat", "String", "BigInt":
		default:
			return o
		}
		end := m.closing(o.start - 1)
		if end < 0 {
			return o
		}
		o.start, o.end = o.start-2, end+1
		if m.op(o.start-1) == '.' && m.name(o.start-2) == "Number" {
			o.start -= 2
		}
		o = m.widen(o)
	}
	return o
}

// asserted widens the expression by "as string".
func (m *matcher) asserted(o object) object {
	if m.word(o.end) == wAs && m.name(o.end+1) == "string" {
		o.end += 2
	}
	return o
}

// isAsserted reports whether the expression ends with what says that the value is
// there: "!" or "as string".
func (m *matcher) isAsserted(o object) bool {
	for m.op(o.end-1) == ')' && m.opening(o.end-1) == o.start {
		o.start, o.end = o.start+1, o.end-1
	}
	return m.op(o.end-1) == '!' || m.word(o.end-2) == wAs && m.name(o.end-1) == "string"
}

// target returns the variable that is declared as the expression, or none.
func (m *matcher) target(o object) int {
	switch m.op(o.end) {
	case ';', ',', ')', '}', 0:
		if at := m.assigned(o); at >= 0 && m.op(at-1) != '.' {
			return at
		}
	}
	return none
}

// later finds what the code does, behind its declaration, with a variable that holds
// the value.
func (m *matcher) later(at int) usage.Kind {
	const longest = 400
	name := m.text[m.at(at).start:m.at(at).end]
	kind := usage.Plain
	for i := at + 1; i < min(at+longest, len(m.list)); i++ {
		tok := &m.list[i]
		if tok.kind != wordToken || int(tok.end-tok.start) != len(name) || string(m.text[tok.start:tok.end]) != string(name) || m.accessed(i) {
			continue
		}
		if m.demanded(object{i, i + 1}) {
			return usage.Required
		}
		switch k, sure := m.condition(object{i, i + 1}); {
		case sure && k == usage.Required:
			return k
		case sure:
			kind = k
		}
	}
	return kind
}

// guard returns Required when the expression is tested for being absent and the code
// then refuses to go on: if (!process.env.NAME) throw. Else there is a default.
func (m *matcher) guard(o object) usage.Kind {
	if !m.absence(o) {
		return usage.Defaulted
	}
	const most = 4
	at := o.start
	for range most {
		open := int(m.at(at).parent)
		if m.op(open) != '(' {
			return usage.Defaulted
		}
		if m.word(open-1) == wIf && !m.accessed(open-1) {
			end := m.closing(open)
			if end >= 0 && !m.alternative(open, end) && m.refuses(end+1, m.statementEnd(end+1)) {
				return usage.Required
			}
			return usage.Defaulted
		}
		if m.isCall(open) {
			return usage.Defaulted
		}
		at = open
	}
	return usage.Defaulted
}

// absence reports whether the expression is compared in a way that holds when the
// variable is not set.
func (m *matcher) absence(o object) bool {
	for m.op(o.start-1) == '(' && m.op(o.end) == ')' && !m.isCall(o.start-1) {
		o.start, o.end = o.start-1, o.end+1
	}
	if m.op(o.start-1) == '!' {
		return m.op(o.start-2) != '!'
	}
	if m.word(o.start-1) == wTypeof {
		o.start--
	}
	if m.op(o.end) != opEqual {
		return false
	}
	switch m.name(o.end + 1) {
	case "undefined", "null", `"undefined"`, "'undefined'", `""`, "''":
		return true
	}
	return false
}

// alternative reports whether the condition from open up to end needs several things
// at once.
func (m *matcher) alternative(open, end int) bool {
	i := open + 1
	for range farthest {
		if i >= end {
			return false
		}
		if m.op(i) == opAnd {
			return true
		}
		i = m.after(i)
	}
	return true
}

// refuses reports whether the tokens from start up to end, or the first of many,
// throw or end the process.
func (m *matcher) refuses(start, end int) bool {
	const longest = 80
	for i := start; i < min(end, start+longest); i++ {
		switch {
		case m.word(i) == wThrow && !m.accessed(i):
			return true
		case m.word(i) == wProcess && m.op(i+1) == '.' && m.name(i+2) == "exit":
			return true
		}
	}
	return false
}

// demanding are functions that throw when their first argument is not there.
var demanding = map[string]bool{"assert": true, "invariant": true, "ok": true, "nullthrows": true, "assertDefined": true, "assertExists": true, "ensure": true, "required": true}

// demanded reports whether the expression is the first argument of such a function.
func (m *matcher) demanded(o object) bool {
	return m.op(o.start-1) == '(' && m.isWord(o.start-2) && demanding[m.name(o.start-2)]
}

// parsed returns what the schema says that parses the expression:
// z.string().optional().parse(process.env.NAME).
func (m *matcher) parsed(o object) usage.Kind {
	if m.op(o.start-1) != '(' || m.op(o.start-3) != '.' {
		return usage.Plain
	}
	if name := m.name(o.start - 2); name != "parse" && name != "parseAsync" {
		return usage.Plain
	}
	const longest = 60
	j := o.start - 4
	for range longest {
		switch {
		case m.op(j) == ')' && m.opening(j) >= 0:
			j = m.opening(j) - 1
		case m.isWord(j) && lenient[m.name(j)]:
			return usage.Defaulted
		case m.isWord(j) && m.op(j-1) == '.':
			j -= 2
		case m.isWord(j):
			if isSchemaModule(m.name(j)) {
				return usage.Required
			}
			return usage.Plain
		default:
			return usage.Plain
		}
	}
	return usage.Plain
}

// lenient are the methods of schemas that let a value be absent.
var lenient = map[string]bool{
	"optional": true, "default": true, "prefault": true, "catch": true, "nullish": true, "exactOptional": true,
	"fallback": true, "undefinedable": true, "optionalOr": true,
}

// isSchemaModule reports whether a schema is built with what the word names.
func isSchemaModule(name string) bool {
	switch name {
	case "z", "zod", "v", "s", "yup", "Joi", "joi":
		return true
	}
	return false
}
