package ecma

// object is an expression: the tokens from start up to end.
type object struct{ start, end int }

// environment tells whether an expression that is the environment begins with the
// word at i, and returns it with the brackets and assertions around it.
func (m *matcher) environment(i int) (object, bool) {
	o, known := m.root(i)
	if !known {
		return object{}, false
	}
	if o.end < 0 { // it is the environment itself
		o.end = -o.end
		return m.widen(o), true
	}
	o = m.widen(o)
	switch next := m.op(o.end); {
	case (next == '.' || next == opChain) && m.word(o.end+1) == wEnv:
		o.end += 2
	case next == opChain && m.op(o.end+1) == '[' && m.isEnvKey(o.end+2):
		o.end += 4
	case next == '[' && m.isEnvKey(o.end+1):
		o.end += 3
	default:
		return object{}, false
	}
	return m.widen(o), true
}

func (m *matcher) isEnvKey(i int) bool {
	key, _ := m.literal(i)
	return key == "env" && m.op(i+1) == ']'
}

// root returns the expression at i whose property "env" is the environment. The end
// is negative when the expression is the environment already.
func (m *matcher) root(i int) (object, bool) {
	o := object{i, i + 1}
	switch m.word(i) {
	case wProcess:
		return m.process(i)
	case wImport:
		return object{i, i + 3}, m.op(i+1) == '.' && m.word(i+2) == wMeta && !m.accessed(i)
	case wBun:
		return o, !m.accessed(i) || m.global(i-2)
	case wRequire:
		name, _ := m.literal(i + 2)
		return object{i, i + 4}, m.op(i+1) == '(' && m.op(i+3) == ')' && isProcess(name) && !m.accessed(i)
	case wDeno:
		end := m.closing(i + 5) // Deno.env.toObject()
		ok := m.op(i+1) == '.' && m.word(i+2) == wEnv && m.op(i+3) == '.' && m.name(i+4) == "toObject" && m.op(i+5) == '(' && end >= 0
		return object{i, -(end + 1)}, ok
	}
	if m.accessed(i) || m.isKey(i) {
		return o, false
	}
	switch means, b := m.means(i); means {
	case environment:
		o.end = -o.end
		return o, b.at != i
	case processes:
		return o, b.at != i
	case giver:
		if end := m.closing(i + 1); m.op(i+1) == '(' && end >= 0 && b.at != i {
			return object{i, -(end + 1)}, true
		}
	}
	return o, false
}

// process returns the expression that ends with the word "process" at i.
func (m *matcher) process(i int) (object, bool) {
	if m.accessed(i) {
		o := object{i, i + 1}
		if m.global(i - 2) {
			o.start = i - 2
			return o, true
		}
		// (globalThis as any).process
		if open := m.opening(i - 2); m.op(i-2) == ')' && m.global(open+1) && !m.isCall(open) {
			o.start = open
			return o, true
		}
		return o, false
	}
	means, b := m.means(i)
	return object{i, i + 1}, !m.isKey(i) && (b == nil || means == processes && b.at != i)
}

// global reports whether the word at i is the global object.
func (m *matcher) global(i int) bool {
	if m.accessed(i) {
		return false
	}
	switch m.word(i) {
	case wGlobalThis, wGlobal, wWindow, wSelf:
		return true
	}
	means, _ := m.means(i)
	return means == globals
}

// isKey reports whether the word at i is the key of a property: { process: 1 }.
func (t *tokens) isKey(i int) bool {
	if t.op(i+1) != ':' {
		return false
	}
	switch t.op(i - 1) {
	case '{':
		return true
	case ',', ';':
		return t.op(int(t.at(i).parent)) == '{'
	}
	return false
}

func isProcess(module string) bool { return module == "process" || module == "node:process" }

// widen returns the expression together with what is around it and changes nothing
// of what it is: brackets, "!", "as T", "<T>", "?? {}".
func (t *tokens) widen(o object) object {
	for {
		switch {
		case t.op(o.end) == '!' && !t.at(o.end).line:
			o.end++
		case t.op(o.start-1) == '(' && t.closing(o.start-1) >= o.end && !t.isCall(o.start-1) && t.unchanged(o.end, t.closing(o.start-1)):
			o.start, o.end = o.start-1, t.closing(o.start-1)+1
		case t.typed && t.op(o.start-1) == '>' && t.cast(o.start-1) >= 0:
			o.start = t.cast(o.start - 1)
		default:
			return o
		}
	}
}

// unchanged reports whether what stands from i up to the end of brackets leaves the
// value before it as it is.
func (t *tokens) unchanged(i, end int) bool {
	switch {
	case i == end:
		return true
	case t.word(i) == wAs || t.word(i) == wSatisfies:
		return true
	case t.op(i) == opNullish || t.op(i) == opOr:
		return t.op(i+1) == '{' && t.closing(i+1) == i+2 && i+3 == end
	}
	return false
}

// cast returns where the cast begins whose ">" is at i, or none.
func (t *tokens) cast(i int) int {
	const longest = 12
	for j := i - 1; j > 0 && j > i-longest; j-- {
		if t.op(j) != '<' {
			continue
		}
		switch t.op(j - 1) {
		case '(', '=', ',', ':', '{', opArrow, '[':
			return j
		}
		if t.word(j - 1).operand() {
			return j
		}
		return none
	}
	return none
}

// isCall reports whether the "(" at i holds arguments or parameters, or a condition.
func (t *tokens) isCall(i int) bool {
	before := t.at(i - 1)
	switch before.kind {
	case wordToken:
		return !before.word.operand() || t.accessed(i-1)
	case punctToken:
		switch before.op {
		case ')', ']', opChain:
			return true
		case '>': // f<T>(x); a > (x) has a space
			return before.end == t.at(i).start
		}
	}
	return false
}
