package ecma

import (
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
)

// wrapper is a function that reads the variable that an argument names:
// const env = (name) => process.env[name].
type wrapper struct {
	name   string
	method bool // it is called as a property
	index  int  // of the argument, from 0
	// pattern is the variable's name, with "*" for the argument.
	pattern string
	kind    usage.Kind
	// fallback is the index of the argument that is taken instead of a variable that
	// is not set, or none.
	fallback int
}

// inferReaders finds the functions of the file that read what they are told, and
// those that hand on to them what they are told.
func (m *matcher) inferReaders() {
	for range maxRounds {
		news := false
		for i := range m.list {
			if m.list[i].kind != wordToken {
				continue
			}
			if o, ok := m.environment(i); ok {
				news = m.readerOfElement(o) || news
			} else if w := m.called(i); w != nil {
				news = m.readerOfCall(i, w) || news
			} else {
				news = m.readerOfDeno(i) || news
			}
		}
		if !news {
			return
		}
		m.resolve()
	}
}

// readerOfElement looks whether process.env[...] stands in such a function.
func (m *matcher) readerOfElement(o object) bool {
	open := o.end
	if m.op(open) == opChain {
		open++
	}
	end := m.closing(open)
	if m.op(open) != '[' || end < 0 || m.ofReader[open] {
		return false
	}
	word, pattern := m.told(open+1, end)
	if word < 0 || m.written(object{o.start, end + 1}) {
		return false
	}
	if !m.newReader(word, pattern, m.kind(object{o.start, end + 1})) {
		return false
	}
	m.ofReader[open] = true
	return true
}

// told returns the only word of which the expression makes a name, and the pattern
// of the name.
func (m *matcher) told(start, end int) (word int, pattern string) {
	word = none
	names, pattern := m.key(start, end)
	if len(names) > 0 || strings.Count(pattern, "*") != 1 {
		return none, ""
	}
	for i := start; i < end; i++ {
		if m.word(i) == wAs || m.word(i) == wSatisfies {
			break
		}
		if !m.isWord(i) {
			continue
		}
		if word >= 0 || m.accessed(i) || m.op(i+1) == '.' || m.op(i+1) == '(' {
			return none, ""
		}
		word = i
	}
	return word, pattern
}

// newReader notes the function of which the word is a parameter.
func (m *matcher) newReader(word int, pattern string, kind usage.Kind) bool {
	f, ok := m.functionAround(word)
	for ok {
		if index := m.parameterNamed(f, m.name(word)); index >= 0 {
			break
		}
		f, ok = m.functionAround(f.params)
	}
	if !ok || f.name < 0 {
		return false
	}
	w := &wrapper{name: m.name(f.name), method: f.method, index: m.parameterNamed(f, m.name(word)), pattern: pattern, kind: kind, fallback: none}
	if kind != usage.Defaulted && m.refuses(f.body, f.end) {
		w.kind = usage.Required
	}
	m.findFallback(f, w)
	m.readers = append(m.readers, w)
	if !w.method {
		m.bind(f.name, reader, len(m.readers)-1)
	} else {
		m.methods[w.name] = w
	}
	return true
}

// parameterNamed returns the position of a parameter, or none.
func (m *matcher) parameterNamed(f function, name string) int {
	const most = 8
	for n := range most {
		if at := m.parameterAt(f, n); at >= 0 && m.name(at) == name {
			return n
		}
	}
	return none
}

// findFallback finds the parameter that stands behind "??" or "||", or is returned,
// in the function.
func (m *matcher) findFallback(f function, w *wrapper) {
	const longest = 400
	for i := f.body; i < min(f.end, f.body+longest); i++ {
		if !m.isWord(i) || m.accessed(i) {
			continue
		}
		switch o := m.op(i - 1); {
		case o == opNullish || o == opOr || o == ':' || o == '?' || m.word(i-1) == wReturn:
		default:
			continue
		}
		if n := m.parameterNamed(f, m.name(i)); n >= 0 && n != w.index {
			w.fallback = n
			if at := m.parameterAt(f, n); m.hasDefault(at) {
				w.kind = usage.Defaulted
			}
			return
		}
	}
}

// hasDefault reports whether the parameter at i has a default.
func (m *matcher) hasDefault(i int) bool {
	const longest = 30
	for range longest {
		switch i = m.after(i); m.op(i) {
		case '=':
			return true
		case ',', ')':
			return false
		}
	}
	return false
}

// called returns the function that the word at i is a use of, or nil.
func (m *matcher) called(i int) *wrapper {
	if m.accessed(i) {
		if m.op(m.callBrackets(i)) != '(' {
			return nil
		}
		return m.calledMethod(i)
	}
	if m.isKey(i) {
		return nil
	}
	if means, b := m.means(i); means == reader && b.at != i {
		return m.readers[b.ref]
	}
	return nil
}

// calledMethod returns the reader that the property at i is, or nil.
func (m *matcher) calledMethod(i int) *wrapper {
	name := m.name(i)
	if w := m.methods[name]; w != nil {
		return w
	}
	if means, b := m.means(i - 2); means == module && !m.accessed(i-2) && b.ref < len(m.modules) {
		return m.modules[b.ref][name]
	}
	return m.serviceAt(i)
}

// callBrackets returns where the arguments of a call of the word at i would begin:
// behind its type arguments.
func (m *matcher) callBrackets(i int) int {
	const longest = 30
	j := i + 1
	if m.op(j) == opChain {
		j++
	}
	if m.op(j) != '<' {
		return j
	}
	for k := j + 1; k < j+longest; k++ {
		if m.op(k) == '>' && m.op(k+1) == '(' {
			return k + 1
		}
	}
	return j
}

// argumentOf returns the tokens of an argument of the call whose brackets begin at
// open.
func (m *matcher) argumentOf(open, index int) (start, end int, ok bool) {
	limit := m.closing(open)
	if limit < 0 || m.op(open) != '(' {
		return 0, 0, false
	}
	start = open + 1
	for ; index > 0 && start < limit; index-- {
		start = m.next(start, limit)
	}
	end = m.next(start, limit)
	if m.op(end-1) == ',' && end > start {
		end--
	}
	return start, end, start < end
}

// readerOfCall looks whether a call of a reader hands on what its function is told.
func (m *matcher) readerOfCall(i int, w *wrapper) bool {
	open := m.callBrackets(i)
	start, end, ok := m.argumentOf(open, w.index)
	if !ok || m.ofReader[open] {
		return false
	}
	word, pattern := m.told(start, end)
	if word < 0 || !m.newReader(word, strings.Replace(w.pattern, "*", pattern, 1), m.callKind(i, open, w)) {
		return false
	}
	m.ofReader[open] = true
	return true
}

// readerUse notes the variable that a call of a reader asks for.
func (m *matcher) readerUse(i int) {
	w := m.called(i)
	if w == nil {
		return
	}
	open := m.callBrackets(i)
	start, end, ok := m.argumentOf(open, w.index)
	if !ok {
		if m.op(open) != '(' && !w.method && !m.mentioned(i) {
			m.unnamed(w.pattern, usage.Dynamic, m.name(i), i, i+1)
		}
		return
	}
	kind := m.callKind(i, open, w)
	names, pattern := m.key(start, end)
	for _, at := range names {
		name, _ := m.literal(at)
		if name = strings.Replace(w.pattern, "*", name, 1); isName(name) && (!w.method || isUpper(name)) {
			tok := m.at(at)
			m.emit(name, kind, m.name(i), tok.start+1, tok.end-1)
		}
	}
	if len(names) == 0 && !w.method && !m.ofReader[open] {
		m.unnamed(squeeze(strings.Replace(w.pattern, "*", pattern, 1)), usage.Dynamic, m.name(i), i, m.closing(open)+1)
	}
}

// mentioned reports whether the word at i is exported or imported only, or declared.
func (m *matcher) mentioned(i int) bool {
	if _, _, declares := m.declared(i); declares {
		return true
	}
	open := int(m.at(i).parent)
	return m.op(open) == '{' && m.word(open-1) == wExport || m.word(i-1) == wDefault || m.word(i-1) == wTypeof || m.op(i+1) == '='
}

// callKind returns the kind of the read that a call of a reader is.
func (m *matcher) callKind(i, open int, w *wrapper) usage.Kind {
	if w.fallback >= 0 {
		if start, _, given := m.argumentOf(open, w.fallback); given && m.name(start) != "undefined" {
			return usage.Defaulted
		}
	}
	if w.kind != usage.Plain {
		return w.kind
	}
	switch end := m.closing(open); { // of env-var
	case m.op(end+1) == '.' && m.name(end+2) == "required":
		return usage.Required
	case m.op(end+1) == '.' && m.name(end+2) == "default":
		return usage.Defaulted
	}
	start := i
	for m.accessed(start) && m.isWord(start-2) {
		start -= 2
	}
	return m.kind(object{start, m.closing(open) + 1})
}

// isName reports whether a text can be the name of a variable.
func isName(s string) bool {
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == '$' || class[s[i]]&isPart == 0 {
			return false
		}
	}
	return true
}

// isUpper reports whether a name is written as those of variables are.
func isUpper(s string) bool { return isName(s) && strings.ToUpper(s) == s && s[0] != '_' }
