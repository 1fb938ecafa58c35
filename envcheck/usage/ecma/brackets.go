package ecma

// brackets are those that are open, the innermost last, each as the index of its
// token.
type brackets struct {
	open  []int32
	count counts
}

// counts is how many brackets of each shape are open since the mode began: "(", "["
// and "{". It saves looking for a partner that is not there.
type counts [3]int

func shape(o op) int {
	switch o {
	case '(', ')':
		return 0
	case '[', ']':
		return 1
	}
	return 2
}

func (b *brackets) reset() { b.open, b.count = b.open[:0], counts{} }

func (b *brackets) top() int32 {
	if len(b.open) == 0 {
		return none
	}
	return b.open[len(b.open)-1]
}

// push opens the bracket that is the last token.
func (l *lexer) push(o op) {
	l.brackets.open = append(l.brackets.open, int32(len(l.list)-1))
	l.brackets.count[shape(o)]++
}

// pop closes the innermost bracket with a token of that kind.
func (l *lexer) pop(k kind, o op, start, end int) {
	open := l.brackets.top()
	l.brackets.open = l.brackets.open[:len(l.brackets.open)-1]
	l.add(k, o, start, end)
	last := int32(len(l.list) - 1)
	l.list[open].match, l.list[last].match = last, open
}

// bracket cuts a bracket of code. One that closes what is not innermost closes it
// all the same, and those inside stay without a partner; one that closes nothing is
// left alone.
func (l *lexer) bracket(c byte) {
	i := l.at
	if c == '(' || c == '[' || c == '{' {
		l.add(punctToken, op(c), i, i+1)
		l.push(op(c))
		return
	}
	want := shape(op(c))
	if l.brackets.count[want] == 0 {
		if c == '}' && len(l.modes) > 0 {
			l.leaveCode()
			return
		}
		l.odd = true
		l.add(punctToken, op(c), i, i+1)
		return
	}
	for {
		o := shape(l.list[l.brackets.top()].op)
		l.brackets.count[o]--
		if o == want {
			break
		}
		l.odd = true
		l.brackets.open = l.brackets.open[:len(l.brackets.open)-1]
	}
	l.pop(punctToken, op(c), i, i+1)
}

// enterCode begins code in braces inside a template or element: "{" is the last
// token.
func (l *lexer) enterCode() {
	l.brackets.open = append(l.brackets.open, int32(len(l.list)-1))
	l.modes = append(l.modes, mode{kind: codeMode, base: len(l.brackets.open), count: l.brackets.count})
	l.brackets.count = counts{}
}

// leaveCode ends it at "}".
func (l *lexer) leaveCode() {
	m := l.modes[len(l.modes)-1]
	l.modes = l.modes[:len(l.modes)-1]
	l.odd = l.odd || len(l.brackets.open) > m.base
	l.brackets.open = l.brackets.open[:m.base]
	l.brackets.count = m.count
	l.pop(punctToken, '}', l.at, l.at+1)
}
