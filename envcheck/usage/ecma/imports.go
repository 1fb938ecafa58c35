package ecma

import "bytes"

// imports are what a file loads.
type imports struct {
	edges    []edge
	bindings []importBinding
	// computed tells that a file is loaded whose name is not written out.
	computed bool
}

// edge is a module that a file loads, by the name that it writes.
type edge struct {
	module    string
	typesOnly bool
}

// importBinding is a name that an import brings.
type importBinding struct {
	at        int    // the token of the name in this file
	nameAt    int    // that of the name there
	local     string // the name in this file
	from      string // the module
	name      string // the name there; "default", or "*" for all
	typesOnly bool
}

// findImports goes through the tokens of a file, or of its beginning.
func (t *tokens) findImports() imports {
	var out imports
	for i := range t.list {
		switch t.list[i].word {
		case wImport:
			if !t.accessed(i) {
				out.importAt(t, i)
			}
		case wExport:
			if !t.accessed(i) {
				out.exportAt(t, i)
			}
		case wRequire:
			if !t.accessed(i) || t.op(i-1) == opSpread {
				out.requireAt(t, i)
			}
		}
	}
	return out
}

func (m *imports) load(module string, typesOnly bool) {
	m.edges = append(m.edges, edge{module: module, typesOnly: typesOnly})
}

// importAt reads an import declaration, or import("module").
func (m *imports) importAt(t *tokens, i int) {
	if module, ok := t.literal(i + 1); ok {
		m.load(module, false)
		return
	}
	switch {
	case t.op(i+1) == '(':
		m.importCall(t, i)
		return
	case t.op(i+1) == '.' || t.op(i+1) == ':':
		return
	}
	j, typesOnly := i+1, false
	if t.word(j) == wType && t.word(j+1) != wFrom && t.op(j+1) != ',' {
		j, typesOnly = j+1, true
	}
	first := len(m.bindings)
	someValues := false
	const parts = 8
	for range parts {
		switch {
		case t.word(j) == wFrom && t.at(j+1).kind == stringToken:
			module, ok := t.literal(j + 1)
			if !ok {
				return
			}
			for k := first; k < len(m.bindings); k++ {
				m.bindings[k].from = module
				someValues = someValues || !m.bindings[k].typesOnly
			}
			m.load(module, typesOnly || len(m.bindings) > first && !someValues)
			return
		case t.op(j) == '{':
			m.named(t, j, typesOnly)
			j = t.after(j)
			continue
		case t.op(j) == '*' && t.word(j+1) == wAs:
			m.bind(t, j+2, j, "*", typesOnly)
			j += 3
			continue
		case t.isWord(j) && len(m.bindings) == first && t.word(j) != wImport:
			if t.op(j+1) == '=' && t.word(j+2) == wRequire { // import x = require("x")
				return
			}
			m.bind(t, j, j, "default", typesOnly)
		case t.op(j) != ',':
			m.bindings = m.bindings[:first]
			return
		}
		j++
	}
	m.bindings = m.bindings[:first]
}

func (m *imports) bind(t *tokens, at, nameAt int, name string, typesOnly bool) {
	m.bindings = append(m.bindings, importBinding{at: at, nameAt: nameAt, local: t.name(at), name: name, typesOnly: typesOnly})
}

// named reads { a, b as c, type D }.
func (m *imports) named(t *tokens, open int, typesOnly bool) {
	end := t.closing(open)
	for i := open + 1; i < end; i = t.next(i, end) {
		only := typesOnly
		if t.word(i) == wType && t.isWord(i+1) && t.word(i+1) != wAs {
			i, only = i+1, true
		}
		name := t.name(i)
		if literal, ok := t.literal(i); ok {
			name = literal
		} else if !t.isWord(i) {
			continue
		}
		at := i
		if t.word(i+1) == wAs {
			at = i + 2
		}
		if t.isWord(at) {
			m.bind(t, at, i, name, only)
		}
	}
}

// importCall reads import("module"), and what const { a } = await import("module")
// brings.
func (m *imports) importCall(t *tokens, i int) {
	module, ok := t.literal(i + 2)
	if after := t.op(i + 3); !ok || after != ')' && after != ',' {
		m.compute(t, i+2)
		return
	}
	inType := t.op(i-1) == ':' || t.op(i-1) == '<' || t.word(i-1) == wTypeof
	m.load(module, inType && t.op(i+4) == '.')
	start := i
	if t.word(i-1) == wAwait {
		start--
	}
	m.taken(t, start, module)
}

// compute notes a module of which only the beginning is written out, if it is a file
// beside this one and can be code.
func (m *imports) compute(t *tokens, i int) {
	tok := t.at(i)
	end := t.closing(i)
	if tok.kind != templateToken || end < 0 || t.text[tok.end] != '.' {
		return
	}
	text := t.text[tok.start:t.list[end].start]
	if !bytes.HasSuffix(text, []byte(".json")) && !bytes.HasSuffix(text, []byte(".md")) && !bytes.HasSuffix(text, []byte(".mdx")) {
		m.computed = true
	}
}

// requireAt reads require("module").
func (m *imports) requireAt(t *tokens, i int) {
	open := i + 1
	if t.op(open) == '.' && t.name(open+1) == "resolve" {
		open += 2
	}
	if t.op(open) != '(' {
		return
	}
	module, ok := t.literal(open + 1)
	if !ok || t.op(open+2) != ')' {
		m.compute(t, open+1)
		return
	}
	m.load(module, false)
	m.taken(t, i, module)
}

// taken reads the names of const { a, b: c } = require("module").
func (m *imports) taken(t *tokens, start int, module string) {
	if t.op(start-1) != '=' {
		return
	}
	first := len(m.bindings)
	if t.isWord(start-2) && (t.word(start-3).declares() || t.word(start-3) == wImport) {
		m.bind(t, start-2, start-2, "*", false)
	} else if open := t.opening(start - 2); t.op(start-2) == '}' && open >= 0 && t.word(open-1).declares() {
		for i := open + 1; i < start-2; i = t.next(i, start-2) {
			at := i
			if t.op(i+1) == ':' {
				at = i + 2
			}
			if t.isWord(i) && t.isWord(at) {
				m.bind(t, at, i, t.name(i), false)
			}
		}
	}
	for k := first; k < len(m.bindings); k++ {
		m.bindings[k].from = module
	}
}

// exportAt reads export { a } from "module" and export * from "module".
func (m *imports) exportAt(t *tokens, i int) {
	j, typesOnly := i+1, false
	if t.word(j) == wType {
		j, typesOnly = j+1, true
	}
	switch {
	case t.op(j) == '{':
		j = t.after(j)
	case t.op(j) == '*':
		if j++; t.word(j) == wAs {
			j += 2
		}
	default:
		return
	}
	if module, ok := t.literal(j + 1); ok && t.word(j) == wFrom {
		m.load(module, typesOnly)
	}
}
