package ecma

import "github.com/envtight/envtight/envcheck/usage"

// constants follows the names that stand for a variable's name: const KEY = "NAME".
func (m *matcher) constants() {
	for i := range m.list {
		if m.list[i].kind != wordToken {
			continue
		}
		o, ok := m.environment(i)
		if !ok {
			continue
		}
		key := o.end
		if m.op(key) == opChain {
			key++
		}
		if m.op(key) == '[' && m.isWord(key+1) {
			m.follow(m.name(key + 1))
		}
	}
	m.resolve()
	for _, g := range m.names {
		for _, b := range g.bindings {
			if at := m.initializer(b.at); b.meaning == unknown && m.word(b.at-1) == wConst && m.at(at).kind == stringToken && m.op(at+1) != '+' && m.op(at+1) != '.' {
				b.meaning, b.ref = constant, at
			}
		}
	}
}

// listedKey notes the names of process.env[key] where the key goes through a list
// that the file spells out: for (const key of ["A", "B"]), ["A", "B"].forEach((key) =>
// ...).
func (m *matcher) listedKey(start, end int, whole object) bool {
	word, pattern := m.told(start, end)
	if word < 0 || pattern != "*" {
		return false
	}
	list, body, stop := m.listOf(word)
	if list < 0 {
		return false
	}
	kind := m.kind(whole)
	if m.refuses(body, stop) {
		kind = usage.Required
	}
	limit := m.closing(list)
	for i := list + 1; i < limit; i = m.next(i, limit) {
		if _, ok := m.literal(i); !ok {
			return false
		}
	}
	for i := list + 1; i < limit; i = m.next(i, limit) {
		m.named(i, kind, "list")
	}
	return true
}

// listOf returns the "[" of the list that the variable at the word goes through, and
// the tokens of what is done with each, or none.
func (m *matcher) listOf(word int) (list, body, stop int) {
	name := m.name(word)
	if f, ok := m.functionAround(word); ok && m.parameterNamed(f, name) == 0 {
		open := f.params - 1
		if m.op(open) == '(' && m.accessed(open-1) {
			return m.listBefore(open - 3), f.body, f.end
		}
	}
	const most = 6
	p := int(m.at(word).parent)
	for range most {
		if open := m.opening(p - 1); m.op(p) == '{' && m.word(open-1) == wFor && m.word(open+1).declares() && m.name(open+2) == name && m.word(open+3) == wOf {
			return m.listAt(open + 4), p, m.after(p)
		}
		p = int(m.at(p).parent)
	}
	return none, 0, 0
}

func (m *matcher) listBefore(i int) int {
	if open := m.opening(i); m.op(i) == ']' && open >= 0 {
		return m.listAt(open)
	}
	return m.listAt(i)
}

// listAt returns the "[" of the list at i, or of the one that the constant at i is.
func (m *matcher) listAt(i int) int {
	if m.op(i) == '[' && m.closing(i) >= 0 {
		return i
	}
	if !m.isWord(i) || m.accessed(i) {
		return none
	}
	if at := m.initializerOf(m.name(i)); m.op(at) == '[' && m.closing(at) >= 0 {
		return at
	}
	return none
}
