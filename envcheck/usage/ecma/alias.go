package ecma

// seed notes what the file says about names before any of them is followed:
// imports, parameters by their types, and constants.
func (m *matcher) seed() {
	m.follow("process")
	for i := range m.list {
		switch m.list[i].word {
		case wProcess:
			m.fromProcess(i)
		case wProcessEnv:
			m.typedAsEnvironment(i)
		case wConfigService:
			m.typedAsService(i)
		case wLoadEnv:
			m.viteEnv(i)
		case wRuntimeConfig:
			m.nuxt(i)
		case wGlobalThis, wGlobal, wWindow:
			if at := m.assigned(m.widen(object{i, i + 1})); at >= 0 {
				m.bind(at, globals, 0)
			}
		}
	}
	for _, b := range m.imports.bindings {
		m.imported(b)
	}
}

// givers are modules of which an export is the environment, or like process.
var givers = map[string]map[string]meaning{
	"process":              {"env": environment, "default": processes, "*": processes},
	"node:process":         {"env": environment, "default": processes, "*": processes},
	"bun":                  {"env": environment},
	"std-env":              {"env": environment, "process": processes},
	"cloudflare:workers":   {"env": environment},
	"$env/dynamic/private": {"env": environment},
	"$env/dynamic/public":  {"env": environment},
	"$env/static/private":  {"*": environment},
	"$env/static/public":   {"*": environment},
}

// fromProcess binds the "env" of const { env } = process.
func (m *matcher) fromProcess(i int) {
	if m.accessed(i) || m.op(i-1) != '=' || m.op(i-2) != '}' || m.op(i+1) == '.' || m.op(i+1) == opChain {
		return
	}
	open := m.opening(i - 2)
	if open < 0 {
		return
	}
	for k := open + 1; k < i-2; k = m.next(k, i-2) {
		if m.word(k) != wEnv {
			continue
		}
		switch {
		case m.op(k+1) != ':':
			m.bind(k, environment, 0)
		case m.op(k+2) == '{':
			m.destructure(k + 2)
		case m.isWord(k + 2):
			m.bind(k+2, environment, 0)
		}
	}
}

// typedAsEnvironment binds a parameter whose type is NodeJS.ProcessEnv.
func (m *matcher) typedAsEnvironment(i int) {
	k := i - 1
	if m.op(k) == '.' && m.word(k-1) == wNodeJS {
		k -= 2
	}
	if m.op(k) != ':' || m.op(i+1) == '[' || m.op(i+1) == '.' {
		return
	}
	if k--; m.op(k) == '?' {
		k--
	}
	if m.isWord(k) && m.op(int(m.at(k).parent)) == '(' {
		m.bind(k, environment, 0)
	}
}

// spread follows the environment into the variables that take it, and reports
// whether there is a new one.
func (m *matcher) spread() bool {
	news, followed := false, len(m.names)
	for i := range m.list {
		if m.list[i].kind != wordToken {
			continue
		}
		o, ok := m.environment(i)
		if !ok {
			continue
		}
		o = m.choice(o)
		if at := m.assigned(o); at >= 0 {
			news = m.hold(at) || news
		} else if m.given(o) {
			news = m.giver(o) || news
		} else if at := m.argument(o); at >= 0 {
			news = m.bind(at, environment, 0) || news
		}
	}
	return news || len(m.names) > followed
}

// hold notes that the variable named at holds the environment.
func (m *matcher) hold(at int) bool {
	if _, _, declares := m.declared(at); declares {
		return m.bind(at, environment, 0)
	}
	g := m.follow(m.name(at))
	if !g.followed {
		return false // its declaration is known in the next round
	}
	if means, b := m.means(at); b != nil && means == unknown {
		b.meaning = environment
		return true
	}
	return false
}

// choice widens the environment to an expression that may be it: a ?? process.env,
// condition ? process.env : {}.
func (m *matcher) choice(o object) object {
	const longest = 40
	end := o.end
	if m.op(end) == opNullish || m.op(end) == opOr {
		end = m.operandEnd(end + 1)
	}
	switch m.op(o.start - 1) {
	case opNullish, opOr, '?', ':':
	default:
		o.end = end
		return m.widen(o)
	}
	if m.op(o.start-1) == ':' && m.isKey(o.start-2) {
		return o
	}
	j := o.start - 1
	for range longest {
		if open := m.opening(j); open >= 0 {
			j = open - 1
			continue
		}
		switch m.op(j) {
		case '=', '(', '{', '[', ',', ';', opArrow:
			return m.widen(object{j + 1, m.choiceEnd(end)})
		}
		if m.word(j) == wReturn {
			return m.widen(object{j + 1, m.choiceEnd(end)})
		}
		if j--; j < 0 {
			break
		}
	}
	return o
}

// choiceEnd passes over the other branch of a condition.
func (m *matcher) choiceEnd(end int) int {
	if m.op(end) == ':' {
		return m.operandEnd(end + 1)
	}
	return end
}

// operandEnd returns the index behind the operand that begins at i: a chain of
// properties and calls.
func (t *tokens) operandEnd(i int) int {
	const longest = 60
	for t.op(i) == '!' {
		i++
	}
	for range longest {
		i = t.after(i)
		switch t.op(i) {
		case '.', opChain:
			i++
		case '(', '[':
		default:
			return min(i, len(t.list))
		}
	}
	return min(i, len(t.list))
}

// assigned returns the word that the expression is assigned to, or none: a variable
// that is declared, one that was, or a parameter with a default.
func (m *matcher) assigned(o object) int {
	if m.op(o.start-1) != '=' {
		return none
	}
	switch m.op(o.end) {
	case '.', opChain, '[', '(', opEqual, opUnequal, '?', opAnd:
		return none
	}
	i := o.start - 2
	if m.isWord(i) && !m.accessed(i) && m.op(i-1) != ':' && m.word(i-1) != wType {
		return i
	}
	return m.typedName(i)
}

// typedName returns the word before a type that ends at i, or none: NAME: T =.
func (t *tokens) typedName(i int) int {
	const longest = 30
	for range longest {
		if open := t.opening(i); open >= 0 {
			i = open - 1
			continue
		}
		switch t.op(i) {
		case ';', '=', '{', '(':
			return none
		case ':':
			if i--; t.op(i) == '?' {
				i--
			}
			if t.isWord(i) && !t.accessed(i) {
				return i
			}
			return none
		}
		if i--; i < 0 {
			return none
		}
	}
	return none
}

// given reports whether the expression is what a function returns.
func (m *matcher) given(o object) bool {
	switch m.op(o.end) {
	case '.', opChain, '[', '(', opEqual, opUnequal, '?', opAnd:
		return false
	}
	return m.word(o.start-1) == wReturn || m.op(o.start-1) == opArrow
}

// giver notes that the function around the expression returns the environment.
func (m *matcher) giver(o object) bool {
	f, ok := m.functionAround(o.start)
	if !ok || f.method || f.name < 0 {
		return false
	}
	return m.bind(f.name, giver, 0)
}

// binding returns the binding that the word at i declares, or nil.
func (m *matcher) binding(i int) *binding {
	if g := m.names[m.name(i)]; g != nil {
		return g.byToken[i]
	}
	return nil
}

// argument returns the parameter of a function of this file that takes the
// expression, or none.
func (m *matcher) argument(o object) int {
	open := int(m.at(o.start).parent)
	if m.op(open) != '(' || !m.isWord(open-1) || m.accessed(open-1) {
		return none
	}
	if before := m.op(o.start - 1); before != '(' && before != ',' {
		return none
	}
	if after := m.op(o.end); after != ')' && after != ',' {
		return none
	}
	g := m.follow(m.name(open - 1))
	_, b := m.means(open - 1)
	if !g.followed || b == nil {
		return none
	}
	f, ok := m.functionNamed(b.at)
	if !ok {
		return none
	}
	return m.parameterAt(f, m.position(open, o.start))
}
