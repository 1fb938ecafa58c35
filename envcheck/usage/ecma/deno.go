package ecma

import "github.com/envtight/envtight/envcheck/usage"

// deno notes Deno.env.get("NAME") and Deno.env.has("NAME").
func (m *matcher) deno(i int) bool {
	if m.word(i) != wDeno || m.accessed(i) || m.word(i+2) != wEnv || !m.accessed(i+4) || m.op(i+5) != '(' {
		return false
	}
	method := m.name(i + 4)
	start, end, ok := m.argumentOf(i+5, 0)
	if !ok || method != "get" && method != "has" {
		return true
	}
	names, pattern := m.key(start, end)
	call := object{i, m.closing(i+5) + 1}
	kind := m.kind(call)
	if method == "has" && kind == usage.Plain {
		kind = usage.Defaulted
	}
	for _, at := range names {
		m.named(at, kind, "")
	}
	if len(names) > 0 || m.ofReader[i+5] {
		return true
	}
	m.unnamed(pattern, usage.Dynamic, "", call.start, call.end)
	return true
}

// readerOfDeno looks whether Deno.env.get(name) stands in a function that is told
// the name.
func (m *matcher) readerOfDeno(i int) bool {
	if m.word(i) != wDeno || m.accessed(i) || m.word(i+2) != wEnv || m.name(i+4) != "get" || m.ofReader[i+5] {
		return false
	}
	start, end, ok := m.argumentOf(i+5, 0)
	if !ok {
		return false
	}
	word, pattern := m.told(start, end)
	if word < 0 || !m.newReader(word, pattern, m.kind(object{i, m.closing(i+5) + 1})) {
		return false
	}
	m.ofReader[i+5] = true
	return true
}
