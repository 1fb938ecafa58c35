package ecma

import (
	"bytes"

	"github.com/envtight/envtight"
)

// lexer cuts a text into tokens. It never fails: what its language would refuse is
// cut in the way that loses the least of what stands behind. It keeps no recursion,
// and looks again at no more than a fixed multiple of the text.
type lexer struct {
	tokens
	// jsx tells that "<a>" may be an element.
	jsx bool
	at  int
	// fresh tells that a line began since the last token.
	fresh bool

	brackets brackets
	modes    []mode

	// commentEnd is the first "*/" behind the last comment that was looked at, or the
	// end of the text.
	commentEnd int
	// again is how many more bytes may be looked at a second time.
	again int
	// broken tells that the text has a back quote too many: see template.go. Signs of
	// that are odd, a quote or bracket without a partner, and long texts of templates
	// that look like code.
	broken bool
	odd    bool
	long   []envtight.Span
	// noElement holds the places that begin no JSX element though they look like it.
	noElement map[int]bool
	// unclosed holds names of elements that no tag of the rest of the text closes.
	unclosed map[string]bool
}

// mode is what the text at hand is: code, the text of a template, a JSX tag or what
// stands between two tags.
type mode struct {
	kind modeKind
	// base is the number of brackets that were open when it began; the mode's own
	// bracket is the last of them.
	base  int
	count counts
	// Of an element: where it starts, its name, and what there was before it.
	start, tokens, nameStart, nameEnd int
}

type modeKind uint8

const (
	codeMode modeKind = iota
	templateMode
	tagMode
	childrenMode
)

// relex is how often, at most, a text is looked at again, in multiples of its length.
const relex = 16

// lex cuts a text into tokens, which replace those of l.
func (l *lexer) lex(text []byte, jsx, typed bool) {
	l.tokens = tokens{text: text, list: l.list[:0], typed: typed}
	l.jsx = jsx
	l.again = relex*len(text) + 1<<16
	l.broken = false
	l.restart()
	if !l.run() || l.suspicious() {
		l.broken = true
		l.restart()
		l.run()
	}
}

func (l *lexer) restart() {
	l.list, l.modes = l.list[:0], l.modes[:0]
	l.brackets.reset()
	l.noElement, l.unclosed = nil, nil
	l.odd, l.long, l.commentEnd = false, l.long[:0], 0
	l.at, l.fresh = 0, true
	if bytes.HasPrefix(l.text, []byte("\xef\xbb\xbf")) {
		l.at = 3
	}
	if bytes.HasPrefix(l.text[l.at:], []byte("#!")) {
		l.skipLine()
	}
}

// run cuts to the end of the text. It reports false when a template was open there,
// and the text has to be cut again with that in mind.
func (l *lexer) run() bool {
	for {
		switch l.mode() {
		case templateMode:
			l.template()
		case tagMode:
			l.tag()
		case childrenMode:
			l.children()
		default:
			l.code()
		}
		if l.at < len(l.text) {
			continue
		}
		if !l.end() {
			return l.broken
		}
		if l.at >= len(l.text) {
			return true
		}
	}
}

// end is called at the end of the text: an element that is still open was none, and
// the text behind its "<" is cut again. It reports false for an open template.
func (l *lexer) end() bool {
	for i := range l.modes {
		switch l.modes[i].kind {
		case templateMode:
			if !l.broken {
				return false
			}
		case tagMode, childrenMode:
			l.unclose(l.modes[i])
			l.backOff(i)
			return true
		}
	}
	return true
}

func (l *lexer) mode() modeKind {
	if len(l.modes) == 0 {
		return codeMode
	}
	return l.modes[len(l.modes)-1].kind
}

func (l *lexer) add(k kind, o op, start, end int) {
	l.list = append(l.list, token{
		kind: k, op: o, line: l.fresh, start: int32(start), end: int32(end), match: none, parent: l.brackets.top(),
	})
	l.fresh = false
	l.at = end
}

func (l *lexer) skipLine() {
	if end := bytes.IndexByte(l.text[l.at:], '\n'); end >= 0 {
		l.at += end
		return
	}
	l.at = len(l.text)
}

// byte classes
const (
	isSpace = 1 << iota
	isStart // may begin a word
	isPart  // may go on in a word
	isDigit
	isBracket
)

var class = func() (t [256]uint8) {
	for c := range 256 {
		switch b := byte(c); {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			t[c] = isSpace
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b == '$' || b >= 0x80:
			t[c] = isStart | isPart
		case b >= '0' && b <= '9':
			t[c] = isDigit | isPart
		case b == '(' || b == '[' || b == '{' || b == ')' || b == ']' || b == '}':
			t[c] = isBracket
		}
	}
	return t
}()

// code cuts code until the mode changes.
func (l *lexer) code() {
	text, depth := l.text, len(l.modes)
	for l.at < len(text) && len(l.modes) == depth {
		i := l.at
		c := text[i]
		switch k := class[c]; {
		case k&isSpace != 0:
			if c == '\n' {
				l.fresh = true
			}
			l.at++
		case k&isStart != 0:
			l.wordAt(i)
		case k&isBracket != 0:
			l.bracket(c)
		case k&isDigit != 0:
			l.number(i)
		case c == '"' || c == '\'':
			l.quoted(i, c)
		case c == '`':
			l.openTemplate()
		case c == '/':
			l.slash(i)
		case l.conflict(i):
			l.skipLine()
		case c == '<' && l.jsx && l.elementAt(i):
			l.openElement(i)
		default:
			o, n := operator(text[i:])
			l.add(punctToken, o, i, i+n)
		}
	}
}

func (l *lexer) wordAt(i int) {
	j := i + 1
	for j < len(l.text) && class[l.text[j]]&isPart != 0 {
		j++
	}
	l.add(wordToken, 0, i, j)
	l.list[len(l.list)-1].word = wordOf(l.text[i:j])
}

func (l *lexer) number(i int) {
	j := i + 1
	for j < len(l.text) && (class[l.text[j]]&isPart != 0 || l.text[j] == '.') {
		j++
	}
	l.add(numberToken, 0, i, j)
}

// quoted cuts a string. One that does not end on its line is a stray quote, a byte.
func (l *lexer) quoted(i int, quote byte) {
	for j := i + 1; j < len(l.text); j++ {
		switch l.text[j] {
		case quote:
			l.add(stringToken, 0, i, j+1)
			return
		case '\n':
			l.stray()
			return
		case '\\':
			j++
			if j+1 < len(l.text) && l.text[j] == '\r' && l.text[j+1] == '\n' {
				j++
			}
		}
	}
	l.stray()
}

// stray passes over a byte that has no partner.
func (l *lexer) stray() {
	l.odd = true
	l.at++
}

// slash cuts a comment, a regular expression or a division.
func (l *lexer) slash(i int) {
	rest := l.text[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		l.skipLine()
		return
	case bytes.HasPrefix(rest, []byte("/*")):
		l.comment(i)
		return
	}
	if l.operandNext() {
		if n := regexpLength(rest); n > 0 {
			l.add(regexpToken, 0, i, i+n)
			return
		}
	}
	o, n := operator(rest)
	l.add(punctToken, o, i, i+n)
}

// comment passes over a block comment. One that does not end is no comment; nor is
// one that holds the beginning of another on a later line: an end was forgotten.
func (l *lexer) comment(i int) {
	if l.commentEnd < i+2 {
		l.commentEnd = len(l.text)
		if n := bytes.Index(l.text[i+2:], []byte("*/")); n >= 0 {
			l.commentEnd = i + 2 + n
		}
	}
	if l.commentEnd == len(l.text) || l.forgotten(l.text[i+2:l.commentEnd]) {
		l.odd = true
		l.at += 2
		return
	}
	if bytes.IndexByte(l.text[i:l.commentEnd], '\n') >= 0 {
		l.fresh = true
	}
	l.at = l.commentEnd + 2
}

// forgotten reports whether the inside of a comment holds the beginning of another on
// a later line.
func (l *lexer) forgotten(inside []byte) bool {
	at := bytes.IndexByte(inside, '\n')
	if at < 0 || l.again < 0 {
		return false
	}
	l.again -= at
	for {
		n := bytes.Index(inside[at:], []byte("/*"))
		if n < 0 {
			return false
		}
		l.again -= n
		at += n + 2
		if before := inside[at-3]; class[before]&isSpace != 0 || before == '{' || before == '(' {
			return true
		}
	}
}

// regexpLength returns the length of the regular expression that rest begins with, 0
// when it does not end on its line.
func regexpLength(rest []byte) int {
	set := false
	for j := 1; j < len(rest); j++ {
		switch rest[j] {
		case '\n':
			return 0
		case '\\':
			j++
		case '[':
			set = true
		case ']':
			set = false
		case '/':
			if set {
				continue
			}
			for j++; j < len(rest) && class[rest[j]]&isPart != 0; j++ {
			}
			return j
		}
	}
	return 0
}

// conflict reports whether a line of git's conflict marks begins at i.
func (l *lexer) conflict(i int) bool {
	if i+7 > len(l.text) || i > 0 && l.text[i-1] != '\n' {
		return false
	}
	switch string(l.text[i : i+7]) {
	case "<<<<<<<", ">>>>>>>", "|||||||", "=======":
		return true
	}
	return false
}

// operandNext reports whether an operand is expected behind the last token, so that
// "/" begins a regular expression and "<" an element.
func (l *lexer) operandNext() bool {
	last := len(l.list) - 1
	tok := l.tokens.at(last)
	switch tok.kind {
	case wordToken:
		return tok.word.operand() && !l.accessed(last)
	case stringToken, numberToken, regexpToken:
		return false
	case templateToken, markupToken:
		return tok.op != '>'
	}
	switch tok.op {
	case ']', opStep:
		return false
	case ')':
		open := l.opening(last)
		return l.word(open-1).heads() && !l.accessed(open-1)
	case '!':
		// "x! / y": the "!" stands right behind an operand.
		before := l.tokens.at(last - 1)
		return before.end != tok.start || !l.ends(last-1)
	}
	return true
}

// ends reports whether an operand ends with the token.
func (t *tokens) ends(i int) bool {
	tok := t.at(i)
	switch tok.kind {
	case wordToken:
		return !tok.word.operand() || t.accessed(i)
	case punctToken:
		return tok.op == ')' || tok.op == ']'
	}
	return i >= 0
}

// operator returns the operator that rest begins with, and its length.
func operator(rest []byte) (op, int) {
	c := rest[0]
	var d, e byte
	if len(rest) > 1 {
		d = rest[1]
	}
	if len(rest) > 2 {
		e = rest[2]
	}
	switch c {
	case '?':
		switch {
		case d == '.' && class[e]&isDigit == 0:
			return opChain, 2
		case d == '?' && e == '=':
			return opFill, 3
		case d == '?':
			return opNullish, 2
		}
	case '=':
		switch {
		case d == '=' && e == '=':
			return opEqual, 3
		case d == '=':
			return opEqual, 2
		case d == '>':
			return opArrow, 2
		}
	case '!':
		switch {
		case d == '=' && e == '=':
			return opUnequal, 3
		case d == '=':
			return opUnequal, 2
		}
	case '|', '&':
		return logical(c, d, e)
	case '+', '-':
		if d == c {
			return opStep, 2
		}
		if d == '=' {
			return opUpdate, 2
		}
	case '.':
		if d == '.' && e == '.' {
			return opSpread, 3
		}
	case '*', '/', '%', '^':
		if d == '=' {
			return opUpdate, 2
		}
	case '<', '>':
		if d == '=' {
			return opCompare, 2
		}
	}
	return op(c), 1
}

func logical(c, d, e byte) (op, int) {
	switch {
	case d == c && e == '=' && c == '|':
		return opFill, 3
	case d == c && e == '=':
		return opUpdate, 3
	case d == c && c == '|':
		return opOr, 2
	case d == c:
		return opAnd, 2
	case d == '=':
		return opUpdate, 2
	}
	return op(c), 1
}
