package ecma

import "bytes"

// Elements of JSX are tried: what a "<" begins where an operand is expected may also
// be a list of type parameters. Only an element whose tags all close is one; else
// the lexer backs off, and what follows the "<" is code.

// elementAt reports whether an element may begin at the "<" at i.
func (l *lexer) elementAt(i int) bool {
	if i+1 >= len(l.text) || l.noElement[i] || l.again < 0 {
		return false
	}
	if c := l.text[i+1]; class[c]&isStart == 0 && c != '>' {
		return false
	}
	if !l.operandNext() {
		return false
	}
	return l.unclosed == nil || !l.unclosed[string(l.text[i+1:l.nameEnd(i+1)])]
}

func (l *lexer) nameEnd(i int) int {
	for i < len(l.text) && (class[l.text[i]]&isPart != 0 || l.text[i] == '-' || l.text[i] == '.' || l.text[i] == ':') {
		i++
	}
	return i
}

// openElement begins the element whose "<" is at i.
func (l *lexer) openElement(i int) {
	end := l.nameEnd(i + 1)
	l.modes = append(l.modes, mode{
		kind: tagMode, base: len(l.brackets.open), count: l.brackets.count,
		start: i, tokens: len(l.list), nameStart: i + 1, nameEnd: end,
	})
	l.add(markupToken, '<', i, end)
	l.typeArguments()
	l.space()
	if l.at < len(l.text) && l.text[l.at] == ',' || wordOf(l.text[i+1:end]) == wConst {
		l.notAnElement()
	}
}

// typeArguments passes over those of a tag: "<List<Item> items={...}>".
func (l *lexer) typeArguments() {
	const most = 1000
	if l.at >= len(l.text) || l.text[l.at] != '<' {
		return
	}
	depth := 0
	for i := l.at; i < min(len(l.text), l.at+most); i++ {
		switch {
		case l.text[i] == '<':
			depth++
		case l.text[i] == '>' && l.text[i-1] != '=':
			depth--
		}
		if depth == 0 {
			l.at = i + 1
			return
		}
	}
}

// space passes over white space and comments in a tag.
func (l *lexer) space() {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		switch {
		case class[rest[0]]&isSpace != 0:
			l.at++
		case bytes.HasPrefix(rest, []byte("//")):
			l.skipLine()
		case bytes.HasPrefix(rest, []byte("/*")):
			before := l.at
			if l.comment(before); l.at == before+2 {
				l.at = before
				return
			}
		default:
			return
		}
	}
}

// tag goes on in the first tag of an element, behind its name or an attribute.
func (l *lexer) tag() {
	for {
		l.space()
		if l.at >= len(l.text) {
			return
		}
		switch c := l.text[l.at]; {
		case c == '>':
			l.at++
			l.modes[len(l.modes)-1].kind = childrenMode
			return
		case c == '/':
			l.at++
			if l.space(); l.at >= len(l.text) || l.text[l.at] != '>' {
				l.notAnElement()
				return
			}
			l.closeElement(l.at + 1)
			return
		case c == '{':
			l.container()
			return
		case class[c]&isStart == 0:
			l.notAnElement()
			return
		case !l.attribute():
			return
		}
	}
}

// attribute passes over the name and value of an attribute. It reports false when
// the mode changed.
func (l *lexer) attribute() bool {
	start := l.at
	l.at = l.nameEnd(start)
	name := l.text[start:l.at]
	l.space()
	if l.at >= len(l.text) || l.text[l.at] != '=' {
		if wordOf(name) == wExtends { // <T extends object>(...) => ...
			l.notAnElement()
			return false
		}
		return true
	}
	l.at++
	l.space()
	if l.at >= len(l.text) {
		return true
	}
	switch c := l.text[l.at]; c {
	case '"', '\'':
		end := bytes.IndexByte(l.text[l.at+1:], c)
		if end < 0 {
			l.notAnElement()
			return false
		}
		l.at += end + 2
		return true
	case '{':
		return true
	case '<':
		l.openElement(l.at)
		return false
	}
	l.notAnElement()
	return false
}

// container enters the code in braces that stands for an attribute or a child.
func (l *lexer) container() {
	l.add(markupToken, '{', l.at, l.at)
	l.add(punctToken, '{', l.at, l.at+1)
	l.enterCode()
}

// children goes on between two tags.
func (l *lexer) children() {
	for l.at < len(l.text) {
		i := l.at
		switch c := l.text[i]; {
		case c == '{':
			l.container()
			return
		case l.conflict(i):
			l.skipLine()
		case c != '<' || i+1 >= len(l.text):
			l.at++
		case l.text[i+1] == '/':
			l.closingTag()
			return
		case class[l.text[i+1]]&isStart != 0 || l.text[i+1] == '>':
			l.openElement(i)
			return
		default:
			l.at++
		}
	}
}

func (l *lexer) closingTag() {
	const most = 300
	rest := l.text[l.at+2 : min(len(l.text), l.at+most)]
	end := bytes.IndexByte(rest, '>')
	m := &l.modes[len(l.modes)-1]
	if end < 0 || !bytes.Equal(bytes.TrimSpace(rest[:end]), l.text[m.nameStart:m.nameEnd]) {
		l.notAnElement()
		return
	}
	l.closeElement(l.at + 2 + end + 1)
}

func (l *lexer) closeElement(end int) {
	l.modes = l.modes[:len(l.modes)-1]
	l.at = end
	if l.mode() == codeMode {
		l.add(markupToken, '>', end, end)
	}
}

// notAnElement backs off from the element at hand, and from those around it.
func (l *lexer) notAnElement() {
	k := len(l.modes) - 1
	for k > 0 && (l.modes[k-1].kind == tagMode || l.modes[k-1].kind == childrenMode) {
		k--
	}
	l.backOff(k)
}

// backOff takes back all since the element of modes[k] began. Neither that one nor
// those open inside are tried again.
func (l *lexer) backOff(k int) {
	if l.noElement == nil {
		l.noElement = map[int]bool{}
	}
	for _, inner := range l.modes[k:] {
		if inner.kind == tagMode || inner.kind == childrenMode {
			l.noElement[inner.start] = true
		}
	}
	m := l.modes[k]
	l.again -= l.at - m.start
	l.commentEnd = 0
	l.modes = l.modes[:k]
	l.list = l.list[:m.tokens]
	l.brackets.open = l.brackets.open[:m.base]
	l.brackets.count = m.count
	l.add(punctToken, '<', m.start, m.start+1)
}

// unclose notes that no tag behind the element m closes its name, if that is so.
func (l *lexer) unclose(m mode) {
	name := l.text[m.nameStart:m.nameEnd]
	l.again -= len(l.text) - m.start
	if len(name) == 0 || bytes.Contains(l.text[m.nameEnd:], append([]byte("</"), name...)) {
		return
	}
	if l.unclosed == nil {
		l.unclosed = map[string]bool{}
	}
	l.unclosed[string(name)] = true
}
