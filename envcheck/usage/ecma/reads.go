package ecma

import (
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
)

// use finds what is done with the environment.
func (m *matcher) use(o object) {
	key := o.end
	if m.op(key) == opChain && m.op(key+1) == '[' {
		key++
	}
	switch next := m.op(key); {
	case (next == '.' || next == opChain) && m.isWord(key+1):
		m.property(o, key+1)
	case next == '[':
		m.element(o, key)
	case m.word(o.start-1) == wIn && !m.loops(o.start-2):
		m.tested(o)
	default:
		m.entire(o)
	}
}

// ownProperty are methods that every object has, of which an argument is the name.
func ownProperty(name string) bool { return name == "hasOwnProperty" || name == "propertyIsEnumerable" }

// property notes process.env.NAME.
func (m *matcher) property(o object, at int) {
	whole := object{o.start, at + 1}
	name := m.name(at)
	if m.op(at+1) == '(' {
		switch {
		case ownProperty(name):
			if _, ok := m.literal(at + 2); ok {
				m.named(at+2, usage.Defaulted, "")
				return
			}
			m.unnamed("*", usage.Dynamic, "", o.start, at+1)
			return
		case name == "toString" || name == "valueOf":
			return
		}
	}
	if !m.written(whole) && !m.inType(o) {
		m.named(at, m.kind(whole), "")
	}
}

// element notes process.env[...].
func (m *matcher) element(o object, open int) {
	end := m.closing(open)
	if end < 0 {
		end = min(open+2, len(m.list)-1)
	}
	whole := object{o.start, end + 1}
	if m.written(whole) || m.inType(o) {
		return
	}
	names, pattern := m.key(open+1, end)
	for _, at := range names {
		m.named(at, m.kind(whole), "")
	}
	if len(names) == 0 && !m.ofReader[open] && !m.listedKey(open+1, end, whole) {
		m.unnamed(pattern, usage.Dynamic, "", o.start, end+1)
	}
}

// key reads the expression from start up to end as a name: the strings that it may
// be, else what is known of it as a pattern.
func (m *matcher) key(start, end int) (names []int, pattern string) {
	for m.op(start) == '(' && m.closing(start) == end-1 {
		start, end = start+1, end-1
	}
	limit := start
	for limit < end && m.word(limit) != wAs && m.word(limit) != wSatisfies {
		limit = m.after(limit)
	}
	for limit > start+1 && m.op(limit-1) == '!' {
		limit--
	}
	end = min(limit, end)
	if at := m.stringAt(start); at >= 0 && end == start+1 {
		return []int{at}, ""
	}
	// condition ? "A" : "B"
	if n := end - start; n > 4 && m.op(end-2) == ':' && m.op(end-4) == '?' {
		a, b := m.stringAt(end-3), m.stringAt(end-1)
		if a >= 0 && b >= 0 {
			return []int{a, b}, ""
		}
	}
	return nil, m.nameOf(start, end)
}

// stringAt returns the token of the string that stands at i, or that the constant at
// i is, or none.
func (m *matcher) stringAt(i int) int {
	if _, ok := m.literal(i); ok {
		return i
	}
	if means, b := m.means(i); means == constant && !m.accessed(i) {
		return b.ref
	}
	return none
}

// nameOf returns what is known of the text that the expression from start up to
// end makes, with "*" for what is not.
func (m *matcher) nameOf(start, end int) string {
	var b strings.Builder
	for i := start; i < end; i = m.after(i) {
		switch at := m.stringAt(i); {
		case at >= 0:
			text, _ := m.literal(at)
			b.WriteString(text)
		case m.at(i).kind == templateToken:
			m.templatePattern(&b, i)
		case m.op(i) == '+':
			continue
		case m.op(i) == '?' || m.op(i) == opNullish || m.op(i) == opOr || m.op(i) == opAnd:
			return "*" // a choice, not a sum
		case m.op(i) == '(' || m.op(i) == '.' || m.accessed(i):
			// goes on with the operand before
			if i == start || m.op(i) == '(' && m.op(i-1) == '+' {
				b.WriteByte('*')
			} else if !strings.HasSuffix(b.String(), "*") {
				return "*" // a method of a string: its result is another
			}
		default:
			b.WriteByte('*')
		}
	}
	return squeeze(b.String())
}

// templatePattern writes the text of the template at i with "*" for substitutions.
func (m *matcher) templatePattern(b *strings.Builder, i int) {
	end := m.closing(i)
	at := int(m.list[i].end)
	for j := i + 1; j < end; j = m.after(j) {
		if m.op(j) != '{' || m.closing(j) < 0 {
			break
		}
		b.Write(m.text[at:max(at, int(m.list[j].start)-1)])
		b.WriteByte('*')
		at = int(m.list[m.closing(j)].end)
	}
	if end >= 0 {
		b.Write(m.text[at:m.list[end].start])
	}
}

// squeeze makes one "*" of several. A text that no name could match says nothing.
func squeeze(pattern string) string {
	for strings.Contains(pattern, "**") {
		pattern = strings.ReplaceAll(pattern, "**", "*")
	}
	for _, r := range pattern {
		if r != '*' && (r >= 0x80 || class[byte(r)]&isPart == 0 || r == '$') {
			return "*"
		}
	}
	if !strings.Contains(pattern, "*") {
		return "*"
	}
	return pattern
}

// tested notes "NAME" in process.env.
func (m *matcher) tested(o object) {
	if at := m.stringAt(o.start - 2); at >= 0 {
		m.named(at, m.guard(object{o.start - 2, o.end}), "")
		return
	}
	m.unnamed("*", usage.Dynamic, "", o.start-2, o.end)
}

// loops reports whether the word at i is the variable of: for (const k in ...).
func (m *matcher) loops(i int) bool {
	return m.word(i-1).declares() || m.op(i-1) == '(' && m.word(i-2) == wFor
}

// entire finds what is done with the environment as a whole.
func (m *matcher) entire(o object) {
	switch {
	case m.transferred(o.start):
		return
	case m.op(o.end) == '=' || m.inType(o) || m.word(o.start-1) == wTypeof || m.word(o.start-1) == wDelete:
		return
	case m.destructured(o):
		return
	case m.asked(o) || m.filled(o):
		return
	}
	wide := m.choice(o)
	if at := m.assigned(wide); at >= 0 {
		if _, _, declares := m.declared(at); declares && m.op(at-1) != '.' {
			return
		}
		if means, _ := m.means(at); means == environment {
			return
		}
	}
	if open := m.patternBefore(wide); open >= 0 {
		m.destructure(open)
		return
	}
	if m.given(wide) {
		if f, ok := m.functionAround(o.start); ok && f.name >= 0 && !f.method {
			if b := m.binding(f.name); b != nil && b.meaning == giver {
				return
			}
		}
	}
	if at := m.argument(wide); at >= 0 {
		if b := m.binding(at); b != nil && b.meaning == environment {
			return
		}
	}
	if m.applied(wide) {
		return
	}
	m.unnamed("", usage.Whole, "", o.start, o.end)
}

// transferred reports whether the word at i stands in a list of what is imported or
// exported.
func (m *matcher) transferred(i int) bool {
	open := int(m.at(i).parent)
	return m.op(open) == '{' && (m.word(open-1) == wExport || m.importsAt(open))
}

// asked reports whether the environment is only looked at whether it is there.
func (m *matcher) asked(o object) bool {
	switch m.op(o.end) {
	case opAnd, opEqual, opUnequal, '?':
		return true
	case ')':
		open := int(m.at(o.start).parent)
		if m.op(open) == '(' && m.word(open-1) == wIf {
			return true
		}
	}
	return m.op(o.start-1) == '!' || m.op(o.end) == ';' && m.op(o.start-1) == ';'
}

// filled reports whether the environment is the target of Object.assign.
func (m *matcher) filled(o object) bool {
	if m.op(o.start-1) != '(' || m.op(o.end) != ',' || !m.accessed(o.start-2) {
		return false
	}
	return m.name(o.start-4) == "Object" && (m.name(o.start-2) == "assign" || m.name(o.start-2) == "defineProperty")
}

// destructured notes const { NAME } = process.env.
func (m *matcher) destructured(o object) bool {
	open := m.patternBefore(o)
	if open < 0 {
		return false
	}
	m.destructure(open)
	return true
}

// patternBefore returns the "{" of the pattern that takes the expression, or none.
func (m *matcher) patternBefore(o object) int {
	if m.op(o.start-1) != '=' {
		return none
	}
	if m.op(o.start-2) == '}' {
		open := m.opening(o.start - 2)
		if open >= 0 && m.op(open-1) != ':' {
			return open
		}
		if open >= 0 && m.isPatternKey(open) {
			return open
		}
	}
	// { NAME }: T =
	const longest = 30
	j := o.start - 2
	for range longest {
		if open := m.opening(j); open >= 0 {
			if m.op(j+1) == ':' && m.op(j) == '}' && m.patternHead(open) {
				return open
			}
			j = open - 1
			continue
		}
		if o := m.op(j); o == ';' || o == '=' || o == '(' || o == '{' || j < 0 {
			return none
		}
		j--
	}
	return none
}

func (m *matcher) patternHead(open int) bool {
	switch m.op(open - 1) {
	case '(', ',':
		return true
	}
	return m.word(open - 1).declares()
}

// isPatternKey reports whether the pattern at open is the value of a key in another
// pattern: { env: { NAME } = process.env }. Types look alike: env: { A?: T } = x.
func (m *matcher) isPatternKey(open int) bool {
	return m.op(int(m.at(open).parent)) == '{' && m.patternHead(int(m.at(open).parent))
}

// destructure notes the names of the pattern at open.
func (m *matcher) destructure(open int) {
	end := m.closing(open)
	for i := open + 1; i < end; i = m.next(i, end) {
		limit := m.next(i, end)
		switch {
		case m.op(i) == opSpread:
			m.unnamed("", usage.Whole, "", i+1, i+2)
		case m.isWord(i) || m.at(i).kind == stringToken:
			m.named(i, m.elementKind(i, limit), "")
		case m.op(i) == '[':
			m.computedElement(i, limit)
		}
	}
}

func (m *matcher) computedElement(open, limit int) {
	end := m.closing(open)
	if end < 0 {
		return
	}
	names, pattern := m.key(open+1, end)
	for _, at := range names {
		m.named(at, m.elementKind(end, limit), "")
	}
	if len(names) == 0 {
		m.unnamed(pattern, usage.Dynamic, "", open, end+1)
	}
}

// elementKind returns the kind of the element of a pattern that stands from i up to
// limit: NAME: variable = default.
func (m *matcher) elementKind(i, limit int) usage.Kind {
	variable := i
	for j := i; j < limit; j = m.after(j) {
		switch m.op(j) {
		case '=':
			return usage.Defaulted
		case ':':
			variable = j + 1
		}
	}
	if !m.isWord(variable) {
		return usage.Plain
	}
	return m.later(variable)
}

// written reports whether the variable is set or deleted, not read.
func (m *matcher) written(o object) bool {
	o = m.widen(o)
	return m.op(o.end) == '=' || m.word(o.start-1) == wDelete || m.op(o.end) == opStep
}

// inType reports whether the environment stands in a type: keyof typeof process.env.
func (m *matcher) inType(o object) bool {
	if m.word(o.start-1) != wTypeof {
		return false
	}
	switch m.op(o.start - 2) {
	case '<', '|', '&':
		return true
	case '=':
		return m.isWord(o.start-3) && m.word(o.start-4) == wType
	}
	switch m.word(o.start - 2) {
	case wKeyof, wAs, wExtends, wSatisfies:
		return true
	}
	return false
}
