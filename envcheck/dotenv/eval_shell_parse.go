package dotenv

import "strings"

// The part of the shell's grammar that files of assignments are made of. What is
// outside of it stops the parser with a [shellStop].

// shellPart is a piece of a word.
type shellPart struct {
	kind   shellPartKind
	quoted bool
	text   string      // a literal; the name of a parameter
	op     string      // how a parameter is expanded: "", "#", ":-", "%" …
	word   []shellPart // the operand of op
	prefix bool        // op stands before the name, as in ${#X}
}

type shellPartKind uint8

const (
	shellLiteral shellPartKind = iota
	shellParam
	shellOpaque // a command, arithmetic: known to stand there, not what it gives
)

// shellWord is a word; assign is the name before its "=", if it is an assignment.
type shellWord struct {
	assign string
	append bool // "+=" of bash
	parts  []shellPart
}

// shellCommand is a simple command.
type shellCommand struct {
	line       int
	words      []shellWord
	background bool
}

// shellStop is the panic-free way out of the parser.
type shellStop struct {
	kind ErrorKind
	line int
}

type shellParser struct {
	text string
	pos  int
	line int
	bash bool
	stop *shellStop

	nested int // operands of expansions that are open
	depth  int // expansions and substitutions that are open
}

// shellDepth bounds how deep expansions may nest, so that no file can exhaust the
// stack. No file that anyone wrote comes near.
const shellDepth = 200

func (p *shellParser) fail(kind ErrorKind, line int) {
	if p.stop == nil {
		p.stop = &shellStop{kind, line}
	}
	p.pos = len(p.text)
}

// next returns the byte at the position, or 0 at the end: there is no NUL in the
// text. Escaped line ends count as nothing and are skipped.
func (p *shellParser) next() byte {
	for strings.HasPrefix(p.text[p.pos:], "\\\n") {
		p.pos += 2
		p.line++
	}
	return p.raw()
}

// raw is next within single quotes.
func (p *shellParser) raw() byte {
	if p.pos >= len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *shellParser) advance() byte {
	c := p.text[p.pos]
	p.pos++
	if c == '\n' {
		p.line++
	}
	return c
}

// take is advance for a caller that wants text; a byte is not a rune here.
func (p *shellParser) take() string {
	p.advance()
	return p.text[p.pos-1 : p.pos]
}

// parseLine returns the commands up to the next line end: the shell reads as much
// before it runs anything.
func (p *shellParser) parseLine() []shellCommand {
	var commands []shellCommand
	current := shellCommand{line: p.line}
	for p.stop == nil {
		switch c := p.next(); c {
		case 0, '\n':
			if c != 0 {
				p.advance()
			}
			if len(current.words) > 0 {
				commands = append(commands, current)
			}
			return commands
		case ' ', '\t':
			p.advance()
		case '#':
			for p.raw() != 0 && p.raw() != '\n' {
				p.advance()
			}
		case ';', '&':
			commands = p.endCommand(commands, &current)
		case '|', '<', '>':
			p.fail(Undecidable, p.line)
		case '(', ')':
			// Subshells, functions, arrays and mistakes.
			p.fail(Undecidable, p.line)
		default:
			first := len(current.words) == 0
			if first {
				current.line = p.line
			}
			line := p.line
			word := p.parseWord(allAssign(current.words) || isExport(current.words))
			if first && shellReserved[word.literal()] {
				p.fail(Undecidable, line)
			}
			current.words = append(current.words, word)
		}
	}
	return nil
}

func (p *shellParser) endCommand(commands []shellCommand, current *shellCommand) []shellCommand {
	line := p.line
	c := p.advance()
	switch after := p.next(); {
	case len(current.words) == 0:
		p.fail(Malformed, line)
	case after == c, after == '>' && c == '&':
		p.fail(Undecidable, line)
	}
	current.background = c == '&'
	commands = append(commands, *current)
	*current = shellCommand{line: p.line}
	return commands
}

// allAssign reports whether a word behind these can be an assignment.
func allAssign(words []shellWord) bool {
	for _, w := range words {
		if w.assign == "" {
			return false
		}
	}
	return true
}

// isExport reports whether words are the arguments of export, which the shells
// expand like assignments.
func isExport(words []shellWord) bool {
	return len(words) > 0 && words[0].literal() == "export"
}

// literal returns the text of a word without quotes and expansions, or "".
func (w shellWord) literal() string {
	if w.assign != "" || len(w.parts) != 1 || w.parts[0].kind != shellLiteral || w.parts[0].quoted {
		return ""
	}
	return w.parts[0].text
}

// shellReserved are the words that begin or end compound commands.
var shellReserved = map[string]bool{
	"if": true, "then": true, "elif": true, "else": true, "fi": true, "do": true, "done": true,
	"case": true, "esac": true, "while": true, "until": true, "for": true, "{": true, "}": true, "!": true,
	"[[": true, "function": true, "select": true, "time": true, "coproc": true,
}

func (p *shellParser) parseWord(mayAssign bool) shellWord {
	var word shellWord
	b := partBuilder{}
	if mayAssign {
		word.assign, word.append = p.assignment()
	}
	if word.assign != "" && p.bash && p.next() == '(' {
		p.fail(Undecidable, p.line)
		return word
	}
	for p.stop == nil {
		c := p.next()
		if c == 0 || strings.IndexByte(" \t\n;&|<>()", c) >= 0 {
			break
		}
		p.unquoted(&b)
	}
	word.parts = b.done()
	return word
}

// assignment reads NAME= if it stands here.
func (p *shellParser) assignment() (name string, add bool) {
	pos, line := p.pos, p.line
	var b strings.Builder
	for {
		c := p.next()
		switch {
		case isNameStart(c) || b.Len() > 0 && isDigit(c):
			b.WriteByte(c)
			p.pos++
			continue
		case b.Len() == 0:
		case c == '=':
			p.pos++
			return b.String(), false
		case c == '+' && p.bash:
			p.pos++
			if p.next() == '=' {
				p.pos++
				return b.String(), true
			}
		}
		p.pos, p.line = pos, line
		return "", false
	}
}

// partBuilder joins neighboring literals of the same kind.
type partBuilder struct {
	parts []shellPart
	text  strings.Builder
	quote bool
	open  bool
}

func (b *partBuilder) literal(text string, quoted bool) {
	if b.open && b.quote != quoted {
		b.flush()
	}
	b.open, b.quote = true, quoted
	b.text.WriteString(text)
}

func (b *partBuilder) flush() {
	if b.open {
		b.parts = append(b.parts, shellPart{kind: shellLiteral, quoted: b.quote, text: b.text.String()})
		b.text.Reset()
		b.open = false
	}
}

func (b *partBuilder) add(part shellPart) {
	b.flush()
	b.parts = append(b.parts, part)
}

func (b *partBuilder) done() []shellPart {
	b.flush()
	return b.parts
}

// unquoted reads one piece outside of quotes.
func (p *shellParser) unquoted(b *partBuilder) {
	line := p.line
	switch c := p.next(); c {
	case '\'':
		p.advance()
		b.literal(p.singleQuoted(line), true)
	case '"':
		p.advance()
		p.doubleQuoted(b, line)
	case '\\':
		p.advance()
		if p.raw() == 0 {
			b.literal("\\", true)
			return
		}
		b.literal(p.take(), true)
	case '$':
		p.dollar(b, false)
	case '`':
		p.backquote(b, false)
	default:
		b.literal(p.take(), false)
	}
}

func (p *shellParser) singleQuoted(line int) string {
	end := strings.IndexByte(p.text[p.pos:], '\'')
	if end < 0 {
		p.fail(Unterminated, line)
		return ""
	}
	text := p.text[p.pos : p.pos+end]
	p.line += strings.Count(text, "\n")
	p.pos += end + 1
	return text
}

// doubleQuoted reads up to the closing quote.
func (p *shellParser) doubleQuoted(b *partBuilder, line int) {
	b.literal("", true)
	for p.stop == nil {
		switch c := p.next(); c {
		case 0:
			p.fail(Unterminated, line)
		case '"':
			p.advance()
			return
		default:
			p.inDoubleQuotes(b, "$`\"\\")
		}
	}
}

// inDoubleQuotes reads one piece between double quotes, where a backslash escapes
// the given characters only.
func (p *shellParser) inDoubleQuotes(b *partBuilder, escapable string) {
	switch c := p.next(); c {
	case '\\':
		p.advance()
		if next := p.raw(); next == 0 || strings.IndexByte(escapable, next) < 0 {
			b.literal("\\", true)
			return
		}
		b.literal(p.take(), true)
	case '$':
		p.dollar(b, true)
	case '`':
		p.backquote(b, true)
	default:
		b.literal(p.take(), true)
	}
}

// dollar reads what begins with a dollar sign.
func (p *shellParser) dollar(b *partBuilder, quoted bool) {
	line := p.line
	if p.depth++; p.depth > shellDepth {
		p.fail(Undecidable, line)
		return
	}
	defer func() { p.depth-- }()
	p.advance()
	switch c := p.next(); {
	case c == '{':
		p.advance()
		p.braced(b, quoted, line)
	case c == '(':
		p.advance()
		p.substitution(b, quoted, line)
	case c == '[' && p.bash:
		p.fail(Undecidable, line)
	case c == '\'' && p.bash && !quoted:
		p.advance()
		p.ansiQuoted(b, line)
	case c == '"' && p.bash && !quoted:
		p.advance()
		p.doubleQuoted(b, line)
	case isNameStart(c):
		b.add(shellPart{kind: shellParam, quoted: quoted, text: p.name()})
	case isDigit(c) || c != 0 && strings.IndexByte("@*#?-$!", c) >= 0:
		p.advance()
		if after := p.next(); c == '$' && (after == '{' || after == '(') {
			// To find the end of quotes, bash reads "${" here.
			p.fail(Undecidable, line)
		}
		b.add(shellPart{kind: shellParam, quoted: quoted, text: string(c)})
	default:
		b.literal("$", true)
	}
}

// name reads a name or digits.
func (p *shellParser) name() string {
	var b strings.Builder
	digits := isDigit(p.next())
	for c := p.next(); isDigit(c) || isNameStart(c) && !digits; c = p.next() {
		b.WriteByte(c)
		p.pos++
	}
	return b.String()
}

// braced reads what follows "${".
func (p *shellParser) braced(b *partBuilder, quoted bool, line int) {
	part := shellPart{kind: shellParam, quoted: quoted}
	c := p.next()
	switch {
	case c == '#' && p.nested > 0 && !p.bash:
		// Where dash skips an operand, it loses count at this form.
		p.fail(Undecidable, line)
		return
	case c == '#':
		p.advance()
		if after := p.next(); !isNameStart(after) {
			p.fail(Undecidable, line)
			return
		}
		part.op, part.prefix, part.text = "#", true, p.name()
	case isNameStart(c) || isDigit(c):
		part.text = p.name()
	default:
		p.badSubstitution(c, line)
		return
	}
	if p.next() == '}' {
		p.advance()
		b.add(part)
		return
	}
	if c = p.next(); c == '#' && p.nested > 0 && !p.bash {
		p.fail(Undecidable, line) // as above
		return
	}
	if part.prefix || !p.operator(&part) {
		p.badSubstitution(p.next(), line)
		return
	}
	var word partBuilder
	p.nested++
	defer func() { p.nested-- }()
	for p.stop == nil {
		switch c := p.next(); {
		case c == 0:
			p.fail(Unterminated, line)
		case c == '}':
			p.advance()
			part.word = word.done()
			b.add(part)
			return
		case quoted && (c == '\'' || c == '"') && (p.bash || strings.ContainsAny(part.op, "%#")):
			// Quotes within quotes: versions and modes of bash differ.
			p.fail(Undecidable, line)
		case c == '"' && quoted:
			p.advance()
			p.doubleQuoted(&word, line)
		case quoted:
			p.inDoubleQuotes(&word, "$`\"\\}")
		default:
			p.unquoted(&word)
		}
	}
}

// badSubstitution stops at a form that is not understood here.
func (p *shellParser) badSubstitution(c byte, line int) {
	if c == 0 {
		p.fail(Unterminated, line)
		return
	}
	p.fail(Undecidable, line)
}

// operator reads the operator of an expansion.
func (p *shellParser) operator(part *shellPart) bool {
	c := p.next()
	colon := c == ':'
	if colon {
		p.advance()
		c = p.next()
	}
	if c == 0 || strings.IndexByte("-=?+", c) < 0 && (colon || c != '%' && c != '#') {
		return false
	}
	p.advance()
	part.op = string(c)
	if colon {
		part.op = ":" + part.op
	}
	if (c == '%' || c == '#') && p.next() == c {
		p.advance()
		part.op += string(c)
	}
	return true
}

// substitution skips $(...). Where its end is not plain, the parser stops.
func (p *shellParser) substitution(b *partBuilder, quoted bool, line int) {
	for depth := 1; p.stop == nil; {
		switch c := p.next(); c {
		case 0:
			p.fail(Unterminated, line)
		case '(':
			depth++
			p.advance()
		case ')':
			p.advance()
			if depth--; depth == 0 {
				b.add(shellPart{kind: shellOpaque, quoted: quoted})
				return
			}
		case '#', '<', '`', '{':
			p.fail(Undecidable, line)
		default:
			if strings.HasPrefix(p.text[p.pos:], "case") {
				p.fail(Undecidable, line)
				return
			}
			p.unquoted(&partBuilder{})
		}
	}
}

// backquote skips `...`.
func (p *shellParser) backquote(b *partBuilder, quoted bool) {
	line := p.line
	p.advance()
	for p.stop == nil {
		switch p.raw() {
		case 0:
			p.fail(Unterminated, line)
		case '`':
			p.advance()
			b.add(shellPart{kind: shellOpaque, quoted: quoted})
			return
		case '\\':
			p.advance()
			if p.raw() != 0 {
				p.advance()
			}
		default:
			p.advance()
		}
	}
}
