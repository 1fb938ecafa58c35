package ecma

// What is looked at around one token is bounded, so that the work grows with the
// text only: brackets outwards, and tokens or groups of them onwards.
const (
	deepest  = 500
	farthest = 500
)

// declared tells whether the word at i declares a variable, and the tokens between
// which it is known by that name.
func (t *tokens) declared(i int) (from, to int, ok bool) {
	if t.op(i+1) == opArrow && t.word(i) == 0 { // x => ...
		from, to = i, t.arrowEnd(i+1)
		return from, to, true
	}
	switch w := t.word(i - 1); {
	case w.declares():
		return t.variableScope(i - 1)
	case w == wFunction || w == wClass || w == wEnum || w == wNamespace:
		from, to = t.block(i)
		return from, to, true
	case w == wImport:
		return 0, len(t.list), true
	case w == wType && t.word(i-2) == wImport:
		return 0, 0, false
	case w == wAs && t.op(i-2) == '*':
		return 0, len(t.list), t.word(i-3) == wImport
	case t.op(i-1) == '*' && t.word(i-2) == wFunction:
		from, to = t.block(i)
		return from, to, true
	}
	if !t.bindable(i) {
		return 0, 0, false
	}
	return t.pattern(i)
}

// bindable reports whether the word at i stands where a pattern or a list of
// parameters would name a variable.
func (t *tokens) bindable(i int) bool {
	switch t.op(i + 1) {
	case ',', ')', '=', ':', '?', '}', ']':
	default:
		if t.word(i+1) != wIn && t.word(i+1) != wOf && !(t.word(i-1) == wAs) && !t.at(i+1).line {
			return false
		}
	}
	switch t.op(i - 1) {
	case ',', '(', '{', '[', ':', opSpread:
		return true
	}
	switch t.word(i - 1) {
	case wPrivate, wProtected, wPublic, wReadonly, wAs:
		return true
	}
	return false
}

// pattern follows a name outwards through the patterns around it to what declares
// it: a declaration, an import or a list of parameters.
func (t *tokens) pattern(i int) (from, to int, ok bool) {
	for range deepest {
		p := int(t.at(i).parent)
		switch t.op(p) {
		case '{':
			if t.op(i+1) == ':' || t.word(i-1) == wAs && t.word(p-1) != wImport && !t.importsAt(p) {
				return 0, 0, false
			}
		case '[':
		case '(':
			return t.parameter(i, p)
		default:
			return t.listed(i)
		}
		switch before := t.word(p - 1); {
		case before.declares():
			return t.variableScope(p - 1)
		case t.importsAt(p):
			return 0, len(t.list), true
		}
		if !t.bindablePattern(p) {
			return t.listed(i)
		}
		i = p
	}
	return 0, 0, false
}

// importsAt reports whether the braces at p list what is imported.
func (t *tokens) importsAt(p int) bool {
	end := t.closing(p)
	if end < 0 || t.word(end+1) != wFrom {
		return false
	}
	switch {
	case t.word(p-1) == wImport:
		return true
	case t.word(p-1) == wType && t.word(p-2) == wImport:
		return true
	}
	return t.op(p-1) == ',' && t.isWord(p-2) && (t.word(p-3) == wImport || t.word(p-3) == wType && t.word(p-4) == wImport)
}

// bindablePattern reports whether the bracket at p may be a pattern inside another,
// or in a list of parameters.
func (t *tokens) bindablePattern(p int) bool {
	switch t.op(p - 1) {
	case ',', '(', ':', '[', opSpread:
		end := t.closing(p)
		switch t.op(end + 1) {
		case ',', ')', '=', ':', '}', ']':
			return end >= 0
		}
	}
	return false
}

// listed tells whether the word at i is one of several variables that one
// declaration makes: const a = 1, i = 2.
func (t *tokens) listed(i int) (from, to int, ok bool) {
	if t.op(i-1) != ',' || t.op(i+1) == ')' {
		return 0, 0, false
	}
	parent := t.at(i).parent
	j := i - 1
	for range farthest {
		if j < 0 || t.op(j) == ';' {
			break
		}
		if m := t.opening(j); m >= 0 {
			j = m - 1
			continue
		}
		if t.at(j).parent != parent {
			break
		}
		if t.word(j).declares() && !t.accessed(j) {
			return t.variableScope(j)
		}
		j--
	}
	return 0, 0, false
}

// variableScope returns where the variables are known that the "const", "let" or
// "var" at i declares. Those of "declare" say what is outside.
func (t *tokens) variableScope(i int) (from, to int, ok bool) {
	if t.word(i-1) == wDeclare {
		return 0, 0, false
	}
	if p := int(t.at(i).parent); t.op(p) == '(' && (t.word(p-1) == wFor || t.word(p-1) == wAwait) {
		if end := t.closing(p); end >= 0 {
			return p, t.statementEnd(end + 1), true
		}
	}
	from, to = t.block(i)
	if t.word(i) == wVar {
		from, to = t.body(i)
	}
	return from, to, true
}

// block returns the innermost braces around i, or the whole file.
func (t *tokens) block(i int) (from, to int) {
	p := int(t.at(i).parent)
	for n := 0; p >= 0 && t.op(p) != '{'; n++ {
		if p = int(t.at(p).parent); n == deepest {
			p = none
		}
	}
	return t.inside(p)
}

// body returns the innermost braces around i that are the body of a function, or the
// whole file.
func (t *tokens) body(i int) (from, to int) {
	p := int(t.at(i).parent)
	for n := 0; p >= 0 && !(t.op(p) == '{' && t.functionBrace(p)); n++ {
		if p = int(t.at(p).parent); n == deepest {
			p = none
		}
	}
	return t.inside(p)
}

// functionBrace reports whether "{" at p may begin a function's body.
func (t *tokens) functionBrace(p int) bool {
	if t.op(p-1) == opArrow {
		return true
	}
	open := t.opening(p - 1)
	return t.op(p-1) == ')' && !(t.word(open-1).heads() && !t.accessed(open-1)) && t.word(open-1) != wCatch
}

func (t *tokens) inside(p int) (from, to int) {
	if p < 0 {
		return 0, len(t.list)
	}
	if end := t.closing(p); end >= 0 {
		return p, end
	}
	return p, len(t.list)
}

// statementEnd returns the index behind the block or statement at i.
func (t *tokens) statementEnd(i int) int {
	if t.op(i) == '{' {
		return t.after(i)
	}
	parent := t.at(i).parent
	for range farthest {
		if t.op(i) == ';' || t.at(i).parent != parent {
			break
		}
		i = t.after(i)
	}
	return min(i, len(t.list))
}

// parameter tells whether the word or pattern at i, directly in the brackets at p,
// is a parameter, and returns the function.
func (t *tokens) parameter(i, p int) (from, to int, ok bool) {
	switch t.op(i - 1) {
	case '(', ',', opSpread:
	default:
		switch t.word(i - 1) {
		case wPrivate, wProtected, wPublic, wReadonly:
		default:
			return 0, 0, false
		}
	}
	_, to, ok = t.functionOf(p)
	return p, to, ok
}

// functionOf tells whether the brackets at p are a list of parameters, and returns
// the tokens of the body.
func (t *tokens) functionOf(p int) (body, end int, ok bool) {
	closing := t.closing(p)
	if closing < 0 || t.op(p) != '(' {
		return 0, 0, false
	}
	if w := t.word(p - 1); w.heads() && !t.accessed(p-1) || w == wReturn {
		if w != wReturn || t.op(closing+1) != opArrow && t.op(closing+1) != ':' {
			return 0, 0, false
		}
	}
	j := closing + 1
	if t.op(j) == ':' {
		j = t.typeEnd(j + 1)
	}
	switch t.op(j) {
	case opArrow:
		return j + 1, t.arrowEnd(j), true
	case '{':
		if end := t.closing(j); end >= 0 {
			return j, end, true
		}
		return j, len(t.list), true
	}
	return 0, 0, false
}

// typeEnd returns where the result's type that begins at i ends: at the "=>" or "{"
// of the function's body.
func (t *tokens) typeEnd(i int) int {
	const longest = 80
	for range longest {
		switch t.op(i) {
		case opArrow:
			return i
		case ';', ')', '}', ']', '=':
			return none
		case '{':
			end := t.closing(i)
			switch after := t.op(end + 1); {
			case end < 0:
				return i
			case after == '{' || after == opArrow || after == '|' || after == '&' || after == '[' || after == '>' || after == ',':
				i = end + 1
				continue
			}
			return i
		}
		i = t.after(i)
	}
	return none
}

// arrowEnd returns where the body of the function ends whose "=>" is at i.
func (t *tokens) arrowEnd(i int) int {
	i++
	if t.op(i) == '{' {
		return t.after(i)
	}
	for range farthest {
		switch t.op(i) {
		case ';', ',', ')', ']', '}':
			return i
		}
		if i = t.after(i); i >= len(t.list) {
			return len(t.list)
		}
	}
	return i
}
