package python

import (
	"bytes"
	"math"
)

// kind is the kind of a token.
type kind uint8

const (
	word    kind = iota + 1 // an identifier or keyword
	literal                 // a string without fields
	format                  // a string with fields: f"" or t""; the tokens of its fields follow it
	number
	sign    // an operator or bracket
	newline // the end of a logical line
)

// token is a stretch of the text. Indices of tokens are int32: a file is no larger
// than that.
type token struct {
	kind kind
	// first is the first byte, of strings the quote.
	first      byte
	start, end int32
	// match is the other bracket of a pair; of a format string the first token
	// behind it. It is -1 for a bracket without a partner.
	match int32
	// parent is the innermost bracket that is open here, -1 outside of all.
	parent int32
}

// line is a logical line: tokens [first, end), the last of which is its newline.
type line struct {
	first, end int32
	indent     int32
	// owner is the line that begins the block it stands in, -1 at the outside.
	owner int32
}

// maxNesting is how deep format strings are read into one another; what is nested
// deeper is taken for text.
const maxNesting = 32

// lexer cuts a text into tokens. It never goes back, but for one unclosed
// triple-quoted string in a file (see [lexer.run]).
type lexer struct {
	text   []byte
	tokens []token
	lines  []line
	// open are the brackets that are open, and of each kind how many in the
	// innermost field of a format string.
	open  []int32
	depth [3]int32
	// lineStart tells that no token was seen since the text's last line break.
	lineStart bool
	// nesting counts the format strings that are open.
	nesting int
	// lost tells that a statement begins where brackets are open: they are given
	// up, and so are the strings round them.
	lost bool
	// stray is the offset of a triple quote that opens and closes nothing, or -1.
	stray int
	// unclosed tells that a triple-quoted string does not end.
	unclosed bool
	// triples are the offsets of the triple quotes outside of format strings' fields:
	// one that opens a string, one that closes it, and so on.
	triples []int
}

// classes of bytes.
const (
	other = iota
	space
	lineBreak
	comment
	quote
	letter
	digit
	opening
	closing
	backslash
)

var classOf = classes()

func classes() (table [256]uint8) {
	set := func(class uint8, bytes string) {
		for i := range len(bytes) {
			table[bytes[i]] = class
		}
	}
	set(space, " \t\f")
	set(lineBreak, "\r\n")
	set(comment, "#")
	set(quote, `"'`)
	set(digit, "0123456789")
	set(opening, "([{")
	set(closing, ")]}")
	set(backslash, `\`)
	set(letter, "_")
	for c := range 256 {
		if c|32 >= 'a' && c|32 <= 'z' && c < 128 || c >= 128 {
			table[c] = letter
		}
	}
	return table
}

func bracketKind(c byte) int {
	switch c {
	case '(', ')':
		return 0
	case '[', ']':
		return 1
	default:
		return 2
	}
}

// run cuts the text. A triple quote too many turns all code behind it into text and
// all text into code; so when the last triple-quoted string does not end, the quote
// that is most likely the one too many is passed over in a second and last run.
func (l *lexer) run(text []byte) {
	if len(text) > math.MaxInt32/2 {
		text = text[:math.MaxInt32/2]
	}
	l.reset(text, -1)
	l.cut(start(text), false)
	if l.unclosed {
		l.reset(text, l.strayTriple())
		l.cut(start(text), false)
	}
	l.endLine(len(text))
	l.own()
}

func (l *lexer) reset(text []byte, stray int) {
	*l = lexer{text: text, tokens: l.tokens[:0], lines: l.lines[:0], open: l.open[:0], triples: l.triples[:0], lineStart: true, stray: stray}
}

// start is the offset behind a byte order mark.
func start(text []byte) int {
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		return 3
	}
	return 0
}

func (l *lexer) add(k kind, first byte, start, end int) {
	parent := int32(-1)
	if n := len(l.open); n > 0 {
		parent = l.open[n-1]
	}
	l.tokens = append(l.tokens, token{kind: k, first: first, start: int32(start), end: int32(end), match: -1, parent: parent})
	l.lineStart = false
}

// cut cuts from offset i to the end of the text, or, in a field of a format string,
// to what ends its expression: "}", ":" or "!". It returns where it stopped.
func (l *lexer) cut(i int, field bool) int {
	text := l.text
	base := len(l.open)
	for i < len(text) && !l.lost {
		c := text[i]
		switch classOf[c] {
		case space:
			i++
		case lineBreak:
			i = l.lineBreak(i, field)
		case comment:
			i = lineEnd(text, i)
		case quote:
			i = l.quoted(i, i)
		case letter:
			i = l.word(i)
		case digit:
			i = l.number(i)
		case opening:
			l.push(i)
			i++
		case closing:
			if field && c == '}' && len(l.open) == base {
				return i
			}
			l.pop(i, base)
			i++
		case backslash:
			i = continued(text, i)
		default:
			if field && len(l.open) == base && (c == ':' || c == '!' && at(text, i+1) != '=') {
				return i
			}
			i = l.sign(i)
		}
		if l.lost && !field {
			l.recover(i)
		}
	}
	return i
}

// at is the byte at offset i, or 0 behind the end.
func at(text []byte, i int) byte {
	if i < len(text) {
		return text[i]
	}
	return 0
}

// lineEnd is the offset of the line break that ends the line of offset i.
func lineEnd(text []byte, i int) int {
	end := bytes.IndexByte(text[i:], '\n')
	if end < 0 {
		end = len(text) - i
	}
	if cr := bytes.IndexByte(text[i:i+end], '\r'); cr >= 0 {
		end = cr
	}
	return i + end
}

// continued passes over a backslash and the line break behind it.
func continued(text []byte, i int) int {
	i++
	if at(text, i) == '\r' {
		i++
	}
	if at(text, i) == '\n' {
		i++
	}
	return i
}

func (l *lexer) lineBreak(i int, field bool) int {
	if l.text[i] == '\r' && at(l.text, i+1) == '\n' {
		i++
	}
	if len(l.open) == 0 && !field {
		l.endLine(i)
	}
	l.lineStart = true
	i++
	if isConflictMark(l.text[i:]) {
		i = lineEnd(l.text, i)
	}
	return i
}

// isConflictMark reports whether a line of a merge that nobody finished begins here.
func isConflictMark(text []byte) bool {
	if len(text) < 7 {
		return false
	}
	switch c := text[0]; c {
	case '<', '>', '=', '|':
		for _, other := range text[1:7] {
			if other != c {
				return false
			}
		}
		return len(text) == 7 || text[7] == ' ' || text[7] == '\n' || text[7] == '\r'
	}
	return false
}

// endLine ends the logical line, unless it is empty.
func (l *lexer) endLine(i int) {
	first := int32(0)
	if n := len(l.lines); n > 0 {
		first = l.lines[n-1].end
	}
	if int(first) == len(l.tokens) {
		return
	}
	l.add(newline, '\n', i, i)
	l.lines = append(l.lines, line{first: first, end: int32(len(l.tokens)), indent: l.indent(first), owner: -1})
}

// indent is the width of the space before a token, by the rule of tab stops.
func (l *lexer) indent(i int32) int32 {
	end := int(l.tokens[i].start)
	begin := end
	for begin > 0 && classOf[l.text[begin-1]] == space {
		begin--
	}
	width := int32(0)
	for _, c := range l.text[begin:end] {
		switch c {
		case '\t':
			width = (width/8 + 1) * 8
		case '\f':
			width = 0
		default:
			width++
		}
	}
	return width
}

// own finds the line that begins the block of each line: the nearest one before it
// that stands further left.
func (l *lexer) own() {
	var blocks []int32
	for i := range l.lines {
		for len(blocks) > 0 && l.lines[blocks[len(blocks)-1]].indent >= l.lines[i].indent {
			blocks = blocks[:len(blocks)-1]
		}
		if len(blocks) > 0 {
			l.lines[i].owner = blocks[len(blocks)-1]
		}
		blocks = append(blocks, int32(i))
	}
}

func (l *lexer) word(i int) int {
	text := l.text
	end := i + 1
	for end < len(text) && (classOf[text[end]] == letter || classOf[text[end]] == digit) {
		end++
	}
	if c := at(text, end); (c == '"' || c == '\'') && isPrefix(text[i:end]) {
		return l.quoted(i, end)
	}
	if l.lineStart && (len(l.open) > 0 || l.nesting > 0) && beginsStatement(text[i:end]) {
		l.lost = true
		return i
	}
	l.add(word, text[i], i, end)
	return end
}

// beginsStatement reports whether a word is a keyword that no expression holds.
func beginsStatement(w []byte) bool {
	switch string(w) {
	case "def", "class", "import", "return", "raise", "while", "with", "try", "del", "pass", "assert", "global", "nonlocal",
		"continue", "break", "elif", "except", "finally":
		return true
	}
	return false
}

// recover gives up the brackets and strings that are open, and begins a line.
func (l *lexer) recover(i int) {
	l.open = l.open[:0]
	l.depth = [3]int32{}
	l.nesting = 0
	l.lost = false
	l.triples = l.triples[:len(l.triples)&^1] // closes the string that is given up
	l.endLine(i)
	l.lineStart = true
}

func (l *lexer) number(i int) int {
	end := i + 1
	for end < len(l.text) && (classOf[l.text[end]] == letter || classOf[l.text[end]] == digit || l.text[end] == '.') {
		end++
	}
	l.add(number, l.text[i], i, end)
	return end
}

func (l *lexer) sign(i int) int {
	c, next := l.text[i], at(l.text, i+1)
	end := i + 1
	switch c {
	case '-':
		if next == '>' || next == '=' {
			end++
		}
	case '=', '!', '<', '>', '+', '*', '/', '%', '&', '|', '^', ':', '@':
		if next == '=' {
			end++
		}
	}
	l.add(sign, c, i, end)
	return end
}

func (l *lexer) push(i int) {
	l.add(sign, l.text[i], i, i+1)
	l.open = append(l.open, int32(len(l.tokens)-1))
	l.depth[bracketKind(l.text[i])]++
}

// pop closes the innermost bracket of the kind, and those inside it that were left
// open. Brackets outside of the field that is read, below base, are left alone.
func (l *lexer) pop(i, base int) {
	k := bracketKind(l.text[i])
	if l.depth[k] == 0 {
		l.add(sign, l.text[i], i, i+1)
		return
	}
	for len(l.open) > base {
		opener := l.open[len(l.open)-1]
		l.open = l.open[:len(l.open)-1]
		kind := bracketKind(l.tokens[opener].first)
		l.depth[kind]--
		if kind == k {
			l.add(sign, l.text[i], i, i+1)
			l.pair(opener)
			return
		}
	}
}

// pair joins a bracket with the last token.
func (l *lexer) pair(opener int32) {
	last := int32(len(l.tokens) - 1)
	l.tokens[opener].match, l.tokens[last].match = last, opener
}
