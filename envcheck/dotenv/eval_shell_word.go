package dotenv

import "strings"

// The inside of words: quotes and expansions.

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
