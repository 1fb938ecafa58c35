package dotenv

import (
	"strconv"
	"strings"
)

// ansiQuoted reads $'...' of bash behind its opening quote.
func (p *shellParser) ansiQuoted(b *partBuilder, line int) {
	var text strings.Builder
	cut := false // an escaped NUL ends the text
	emit := func(s string) {
		if !cut {
			text.WriteString(s)
		}
	}
	for p.stop == nil {
		switch c := p.raw(); c {
		case 0:
			p.fail(Unterminated, line)
		case '\'':
			p.advance()
			b.literal(text.String(), true)
			return
		case '\\':
			p.advance()
			if p.raw() == 0 {
				p.fail(Unterminated, line)
				return
			}
			decoded := p.ansiEscape(line)
			cut = cut || decoded == "\x00"
			emit(decoded)
		default:
			emit(p.take())
		}
	}
}

// ansiEscape decodes what follows a backslash.
func (p *shellParser) ansiEscape(line int) string {
	const letters, meant = "abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?"
	c := p.advance()
	if i := strings.IndexByte(letters, c); i >= 0 {
		return meant[i : i+1]
	}
	switch {
	case c >= '0' && c <= '7':
		p.pos--
		return p.ansiNumber(3, 8)
	case c == 'x':
		if digits := p.ansiNumber(2, 16); digits != "" {
			return digits
		}
	case c == 'u' || c == 'U' || c == 'c':
		p.fail(Undecidable, line) // depends on the locale
	}
	return "\\" + string([]byte{c})
}

// ansiNumber decodes up to most digits to a byte, or returns "".
func (p *shellParser) ansiNumber(most int, base int) string {
	start := p.pos
	for p.pos < len(p.text) && p.pos-start < most {
		if _, err := strconv.ParseUint(p.text[p.pos:p.pos+1], base, 8); err != nil {
			break
		}
		p.pos++
	}
	if start == p.pos {
		return ""
	}
	n, _ := strconv.ParseUint(p.text[start:p.pos], base, 16)
	return string([]byte{byte(n)})
}
