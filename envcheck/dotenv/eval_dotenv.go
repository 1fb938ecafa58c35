package dotenv

import (
	"strings"
	"unicode/utf8"
)

// evalDotenv follows parse of motdotla/dotenv 16 to 18.
func evalDotenv(src string, _ EvalOptions) (Values, error) {
	parsed := parseDotenv(decodeUTF8(src))
	return parsed.values(), nil
}

// parseDotenv reads a text as the one regular expression of dotenv does, which
// @next/env has too:
//
//	(?:^|^)\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)
//	(\s*'(?:\\'|[^'])*'|\s*"…"|\s*`…`|[^#\r\n]+)?\s*(?:#.*)?(?:$|$)
//
// with the flags m and g. The expression backtracks; this reader takes the same
// choices in one pass. Two facts carry it. A line that starts with a key has
// a match in any case, because an unquoted value may be any text up to "#" or the
// end of the line. And \s matches line ends, so that a key, its "=" and an opening
// quote may stand on different lines.
func parseDotenv(text string) *jsObject {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	p := dotenvParser{text: text, out: new(jsObject)}
	for p.pos < len(text) {
		p.pos = p.skipSpace(p.pos)
		if !p.assignment() {
			p.pos = p.lineEnd(p.pos)
		}
	}
	return p.out
}

type dotenvParser struct {
	text string
	pos  int // at the start of the text or at a line end between steps
	out  *jsObject
}

func (p *dotenvParser) skipSpace(i int) int {
	for i < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		if !jsSpace(r) {
			break
		}
		i += size
	}
	return i
}

// lineEnd returns the place of the next line end from i on.
func (p *dotenvParser) lineEnd(i int) int {
	for i < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		if jsLineEnd(r) {
			break
		}
		i += size
	}
	return i
}

// assignment reads one from p.pos on, behind the white space of a line, and
// leaves p.pos at a line end. On failure p.pos is where the expression would be
// tried again, at the next line end.
func (p *dotenvParser) assignment() bool {
	start := p.pos
	if rest := p.text[start:]; strings.HasPrefix(rest, "export") {
		afterWord := start + len("export")
		key := p.skipSpace(afterWord)
		if key > afterWord && p.keyEnd(key) > key {
			if p.named(key) {
				return true
			}
			// The line end that \s+ ran over is a start again.
			p.pos = afterWord
			return false
		}
	}
	return p.named(start)
}

// keyEnd returns the end of the key at i, which is i when there is none.
func (p *dotenvParser) keyEnd(i int) int {
	for i < len(p.text) && dotenvKeyByte(p.text[i]) {
		i++
	}
	return i
}

func dotenvKeyByte(c byte) bool {
	return c == '_' || c == '.' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// named reads an assignment whose key stands at start.
func (p *dotenvParser) named(start int) bool {
	keyEnd := p.keyEnd(start)
	if keyEnd == start {
		return false
	}
	i := p.skipSpace(keyEnd)
	switch {
	case i < len(p.text) && p.text[i] == '=':
		i++
	case i > keyEnd || i == len(p.text) || p.text[i] != ':':
		p.pos = keyEnd
		return false
	default: // a colon wants one space, which may be a line end
		r, size := utf8.DecodeRuneInString(p.text[i+1:])
		if size == 0 || !jsSpace(r) {
			p.pos = keyEnd
			return false
		}
		i += 1 + size
	}
	name := p.text[start:keyEnd]
	value, end, ok := p.quoted(i)
	if !ok {
		value, end = p.unquoted(i)
	}
	p.out.set(name, value)
	p.pos = end
	return true
}

// quoted reads a quoted value after the "=" before i. The closing quote is the
// first that has no backslash before it, if only a comment follows; else the
// last of the escaped ones before it for which that holds.
func (p *dotenvParser) quoted(i int) (value string, end int, ok bool) {
	open := p.skipSpace(i)
	if open == len(p.text) {
		return "", 0, false
	}
	quote := p.text[open]
	if quote != '"' && quote != '\'' && quote != '`' {
		return "", 0, false
	}
	closing, after := -1, 0
	for j := open + 1; ; j++ {
		k := strings.IndexByte(p.text[j:], quote)
		if k < 0 {
			break
		}
		j += k
		if tail, clean := p.tail(j + 1); clean {
			closing, after = j, tail
		}
		if p.text[j-1] != '\\' {
			break
		}
	}
	if closing < 0 {
		return "", 0, false
	}
	value = p.text[open+1 : closing]
	if quote == '"' {
		value = dotenvEscapes(value)
	}
	return value, p.lineEnd(after), true
}

// tail skips blanks from i on and reports whether the line ends there or
// a comment begins.
func (p *dotenvParser) tail(i int) (int, bool) {
	for i < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		if jsLineEnd(r) || r == '#' {
			return i, true
		}
		if !jsSpace(r) {
			return i, false
		}
		i += size
	}
	return i, true
}

// unquoted reads a value up to "#" or the end of the line.
func (p *dotenvParser) unquoted(i int) (value string, end int) {
	end = i
	if k := strings.IndexAny(p.text[i:], "#\n"); k >= 0 {
		end += k
	} else {
		end = len(p.text)
	}
	value = jsTrim(p.text[i:end])
	doubleQuote := strings.HasPrefix(value, `"`)
	value = stripQuotes(value)
	if doubleQuote {
		value = dotenvEscapes(value)
	}
	return value, p.lineEnd(end)
}

func dotenvEscapes(value string) string {
	value = strings.ReplaceAll(value, `\n`, "\n")
	return strings.ReplaceAll(value, `\r`, "\r")
}

// stripQuotes is value.replace(/^(['"`])([\s\S]*)\1$/mg, "$2") for a value
// without \n: lines end only at U+2028 and U+2029 here.
func stripQuotes(value string) string {
	if !strings.ContainsAny(value, "\u2028\u2029") {
		if n := len(value); n >= 2 && strings.IndexByte("'\"`", value[0]) >= 0 && value[n-1] == value[0] {
			return value[1 : n-1]
		}
		return value
	}
	// The last place of each quote before a line end.
	var last [256]int
	previous := '\n'
	for i := len(value); i > 0; {
		r, size := utf8.DecodeLastRuneInString(value[:i])
		i -= size
		if jsLineEnd(previous) && r < utf8.RuneSelf && strings.IndexByte("'\"`", byte(r)) >= 0 && last[r] == 0 {
			last[r] = i
		}
		previous = r
	}
	var out strings.Builder
	atStart := true
	for i := 0; i < len(value); {
		r, size := utf8.DecodeRuneInString(value[i:])
		if atStart && (r == '\'' || r == '"' || r == '`') && last[r] > i {
			out.WriteString(value[i+1 : last[r]])
			i = last[r] + 1
			atStart = false
			continue
		}
		out.WriteString(value[i : i+size])
		i += size
		atStart = jsLineEnd(r)
	}
	return out.String()
}
