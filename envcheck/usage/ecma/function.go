package ecma

// function is a function of a file, in tokens.
type function struct {
	// name is the word that it is called by, or none; method tells that it is called
	// as a property.
	name   int
	method bool
	// params is the "(" of its parameters, or its only parameter.
	params int
	// body and end are what it does.
	body, end int
}

// functionAround returns the innermost function whose parameters or body hold the
// token at i.
func (t *tokens) functionAround(i int) (function, bool) {
	steps := 4 * farthest
	for steps > 0 && i >= 0 {
		parent := int(t.at(i).parent)
		for j := i - 1; steps > 0 && j > parent; steps-- {
			if open := t.opening(j); open >= 0 {
				j = open - 1
				continue
			}
			if o := t.op(j); o == ';' || o == ',' {
				break
			} else if o == opArrow {
				return t.arrow(j)
			}
			j--
		}
		switch t.op(parent) {
		case '{':
			if f, ok := t.functionOfBrace(parent); ok {
				return f, true
			}
		case '(':
			if _, _, ok := t.functionOf(parent); ok {
				return t.functionAt(parent)
			}
		}
		i = parent
		steps--
	}
	return function{}, false
}

// functionOfBrace returns the function whose body begins with the "{" at p.
func (t *tokens) functionOfBrace(p int) (function, bool) {
	if t.op(p-1) == opArrow {
		return t.arrow(p - 1)
	}
	open := t.resultOf(p)
	if open < 0 || t.word(open-1) == wCatch {
		return function{}, false
	}
	if body, _, ok := t.functionOf(open); !ok || body != p {
		return function{}, false
	}
	return t.functionAt(open)
}

// arrow returns the function whose "=>" is at i.
func (t *tokens) arrow(i int) (function, bool) {
	if t.isWord(i-1) && !t.isTypeBefore(i-1) {
		f := function{params: i - 1, body: i + 1, end: t.arrowEnd(i)}
		f.name, f.method = t.assignee(i - 1)
		return f, true
	}
	open := t.resultOf(i)
	if open < 0 {
		return function{}, false
	}
	return t.functionAt(open)
}

// isTypeBefore reports whether the word at i is the type of a result: ): T =>.
func (t *tokens) isTypeBefore(i int) bool {
	switch t.op(i - 1) {
	case ':', '.', '|', '&':
		return true
	}
	return t.word(i-1) == wIs || t.word(i-1) == wKeyof
}

// resultOf returns the "(" of the parameters before a "=>" or "{" at i, with or
// without the type of a result between, or none.
func (t *tokens) resultOf(i int) int {
	const longest = 60
	j := i - 1
	for range longest {
		if t.op(j) == ')' && (j == i-1 || t.op(j+1) == ':') {
			return t.opening(j)
		}
		if o := t.op(j); o == ';' || o == '=' || o == opArrow || j < 0 {
			return none
		}
		if open := t.opening(j); open >= 0 {
			j = open
		}
		j--
	}
	return none
}

// functionAt returns the function whose parameters begin with the "(" at open.
func (t *tokens) functionAt(open int) (function, bool) {
	body, end, ok := t.functionOf(open)
	if !ok {
		return function{}, false
	}
	f := function{name: none, params: open, body: body, end: end}
	k := t.beforeGenerics(open - 1)
	switch {
	case t.word(k) == wFunction || t.op(k) == '*' && t.word(k-1) == wFunction:
		if t.op(k) == '*' {
			k--
		}
		f.name, f.method = t.assignee(t.beforeAsync(k))
	case t.word(k) == wAsync && t.op(body-1) == opArrow:
		f.name, f.method = t.assignee(k)
	case t.isWord(k) && (t.word(k-1) == wFunction || t.op(k-1) == '*' && t.word(k-2) == wFunction):
		f.name = k
	case t.isWord(k) && t.op(body-1) != opArrow:
		f.name, f.method = k, true
	default:
		f.name, f.method = t.assignee(k + 1)
	}
	return f, true
}

func (t *tokens) beforeAsync(i int) int {
	if t.word(i-1) == wAsync {
		return i - 1
	}
	return i
}

// beforeGenerics passes over the type parameters that end with the ">" at i.
func (t *tokens) beforeGenerics(i int) int {
	const longest = 60
	if t.op(i) != '>' {
		return i
	}
	depth := 0
	for j := i; j >= 0 && j > i-longest; j-- {
		switch t.op(j) {
		case '>':
			depth++
		case '<':
			if depth--; depth == 0 {
				return j - 1
			}
		}
	}
	return i
}

// assignee returns the word that takes the function that begins at i: a variable or
// the key of a property.
func (t *tokens) assignee(i int) (name int, property bool) {
	switch {
	case t.op(i-1) == ':' && t.isKey(i-2):
		return i - 2, true
	case t.op(i-1) != '=':
		return none, false
	}
	at := i - 2
	if !t.isWord(at) || t.op(at-1) == ':' || t.op(at-1) == '|' || t.op(at-1) == '.' && t.op(at-3) == ':' {
		at = t.typedName(i - 2)
	}
	return at, t.accessed(at)
}

// parameterAt returns the word of the parameter at a position, from 0, or none when
// it is a pattern or there is none.
func (t *tokens) parameterAt(f function, position int) int {
	if t.isWord(f.params) {
		if position == 0 {
			return f.params
		}
		return none
	}
	end := t.closing(f.params)
	i := f.params + 1
	for ; position > 0 && i < end; position-- {
		i = t.next(i, end)
	}
	for i < end && t.isModifier(i) {
		i++
	}
	if i < end && t.isWord(i) {
		return i
	}
	return none
}

func (t *tokens) isModifier(i int) bool {
	switch t.word(i) {
	case wPrivate, wProtected, wPublic, wReadonly:
		return true
	}
	return false
}

// position counts the arguments or parameters before the token at i of the brackets
// that begin at open. It is none when they are too many.
func (t *tokens) position(open, i int) int {
	const most = 16
	at := open + 1
	for n := range most {
		if at = t.next(at, i); at >= i {
			if t.op(i-1) == ',' {
				return n + 1
			}
			return n
		}
	}
	return none
}

// functionNamed returns the function that the declaration of the word at i makes.
func (t *tokens) functionNamed(i int) (function, bool) {
	open := i + 1
	if t.word(i - 1).declares() {
		open = t.initializer(i)
		if t.word(open) == wAsync {
			open++
		}
		if t.word(open) == wFunction {
			open++
		}
		if t.op(open+1) == opArrow && t.isWord(open) {
			return t.arrow(open + 1)
		}
	}
	if t.op(open) == '<' {
		for n := 0; n < 60 && t.op(open) != '('; n++ {
			open++
		}
	}
	if t.op(open) != '(' {
		return function{}, false
	}
	return t.functionAt(open)
}

// initializer returns the first token of what the variable at i is declared to be,
// or none.
func (t *tokens) initializer(i int) int {
	const longest = 60
	j := i + 1
	if t.op(j) == ':' {
		for n := 0; n < longest && t.op(j) != '=' && t.op(j) != ';'; n++ {
			j = t.after(j)
		}
	}
	if t.op(j) != '=' {
		return none
	}
	return j + 1
}
