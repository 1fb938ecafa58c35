package dotenv

import (
	"strings"
	"unicode/utf8"
)

// evalPython follows dotenv_values of python-dotenv 1.2.3 with interpolation.
// The file is opened in text mode, so that every line ending is a line feed, and
// bytes that are not UTF-8 are an exception. A line that cannot be parsed is
// skipped with a warning.
//
// Versions differ in three points: 1.2.4 takes "K= # note" for empty, where all
// others read the comment as the value; up to 1.2.2 a byte order mark is part of
// the first name, and "\\" before a closing quote escapes the quote.
func evalPython(src string, opts EvalOptions) (Values, error) {
	if !utf8.ValidString(src) {
		return nil, &EvalError{Dialect: PythonDotenv, Kind: BadEncoding, Line: invalidLine(src)}
	}
	src = strings.ReplaceAll(src, "\r\n", "\n")
	src = strings.ReplaceAll(src, "\r", "\n")
	p := pythonParser{text: strings.TrimPrefix(src, byteOrderMark)}
	var out vars
	size := 0
	for p.pos < len(p.text) {
		b, ok := p.binding()
		if !ok || b.null && b.name == "" {
			continue
		}
		if !b.null {
			b.value = pythonResolve(b.value, &out, opts)
			if size += len(b.value); size > maxExpanded {
				return nil, &EvalError{Dialect: PythonDotenv, Kind: TooLarge}
			}
		}
		out.put(b)
	}
	return out.values(), nil
}

// invalidLine returns the line of the first byte that is not UTF-8.
func invalidLine(src string) int {
	for i, r := range src {
		if r == utf8.RuneError && !strings.HasPrefix(src[i:], "\ufffd") {
			return 1 + strings.Count(src[:i], "\n")
		}
	}
	return 0
}

// pythonSpace reports whether \s of a Python expression matches r; rstrip
// removes the same set.
func pythonSpace(r rune) bool {
	switch {
	case r <= ' ':
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1C && r <= 0x1F
	case r == 0x85:
		return true
	}
	return r != 0xFEFF && jsSpace(r)
}

// pythonParser stands for the Reader of python-dotenv.
type pythonParser struct {
	text string
	pos  int
}

func (p *pythonParser) peek() byte {
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

// space skips white space, line ends only if lines is true.
func (p *pythonParser) space(lines bool) {
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.pos:])
		if !pythonSpace(r) || r == '\n' && !lines {
			return
		}
		p.pos += size
	}
}

// line skips what is left of the line, but not its end.
func (p *pythonParser) line() string {
	start := p.pos
	if k := strings.IndexByte(p.text[start:], '\n'); k >= 0 {
		p.pos += k
	} else {
		p.pos = len(p.text)
	}
	return p.text[start:p.pos]
}

// binding reads one statement. Where it fails, it goes on behind the line that
// the reader is in then, which after a quoted value is the line of the closing
// quote. The name of a comment is empty and the value null.
func (p *pythonParser) binding() (variable, bool) {
	b, ok := p.statement()
	if !ok {
		p.line()
	}
	if p.pos < len(p.text) && (!ok || p.text[p.pos] == '\n') {
		p.pos++
	}
	return b, ok
}

func (p *pythonParser) statement() (variable, bool) {
	none := variable{null: true}
	p.space(true)
	if p.pos == len(p.text) {
		return none, true
	}
	p.export()
	name, ok := p.key()
	if !ok {
		return none, false
	}
	b := variable{name: name, null: true}
	p.space(false)
	if p.peek() == '=' {
		p.pos++
		p.space(false)
		b.null = false
		if b.value, ok = p.value(); !ok {
			return none, false
		}
	}
	mark := p.pos
	p.space(false)
	if p.peek() == '#' {
		p.line()
	} else {
		p.pos = mark
	}
	p.space(false)
	if p.pos < len(p.text) && p.text[p.pos] != '\n' {
		return none, false
	}
	return b, true
}

// export skips the word if white space on the same line follows.
func (p *pythonParser) export() {
	const word = "export"
	if !strings.HasPrefix(p.text[p.pos:], word) {
		return
	}
	mark := p.pos
	p.pos += len(word)
	start := p.pos
	if p.space(false); p.pos == start {
		p.pos = mark
	}
}

// key reads a name: anything but "=", "#" and white space, or anything at all in
// single quotes. Before a comment it is empty.
func (p *pythonParser) key() (string, bool) {
	start := p.pos
	switch p.peek() {
	case '#':
		return "", true
	case '\'':
		k := strings.IndexByte(p.text[start+1:], '\'')
		if k < 1 {
			return "", false
		}
		p.pos = start + k + 2
		return p.text[start+1 : start+1+k], true
	}
	k := strings.IndexFunc(p.text[start:], func(r rune) bool {
		return r == '=' || r == '#' || pythonSpace(r)
	})
	if k < 0 {
		k = len(p.text) - start
	}
	p.pos += k
	return p.text[start:p.pos], k > 0
}

func (p *pythonParser) value() (string, bool) {
	switch quote := p.peek(); quote {
	case '\'', '"':
		return p.quoted(quote)
	default:
		return pythonUnquoted(p.line()), true
	}
}

// quoted reads up to the first quote that no backslash escapes. Without one, the
// reader stays where it is.
func (p *pythonParser) quoted(quote byte) (string, bool) {
	start := p.pos + 1
	escaped := false
	for i := start; i < len(p.text); i++ {
		switch {
		case p.text[i] == '\\':
			escaped = true
			i++
		case p.text[i] == quote:
			p.pos = i + 1
			value := p.text[start:i]
			if escaped {
				value = pythonEscapes(value, quote)
			}
			return value, true
		}
	}
	return "", false
}

// pythonEscapes decodes the escapes that a kind of quotes knows; others stay.
func pythonEscapes(value string, quote byte) string {
	known, meant := `\'`, `\'`
	if quote == '"' {
		known, meant = `\'"abfnrtv`, "\\'\"\a\b\f\n\r\t\v"
	}
	var out strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) {
			if k := strings.IndexByte(known, value[i+1]); k >= 0 {
				out.WriteByte(meant[k])
				i++
				continue
			}
		}
		out.WriteByte(value[i])
	}
	return out.String()
}

// pythonUnquoted is re.sub(r"\s+#.*", "", part).rstrip().
func pythonUnquoted(part string) string {
	space := false
	for i, r := range part {
		if r == '#' && space {
			part = part[:i]
			break
		}
		space = pythonSpace(r)
	}
	return strings.TrimRightFunc(part, pythonSpace)
}

// pythonResolve replaces the matches of \$\{([^\}:]*)(?::-([^\}]*))?\}. Names
// of the file win over the environment; the default counts only for a name that
// neither has.
func pythonResolve(value string, out *vars, opts EvalOptions) string {
	lastBrace := strings.LastIndexByte(value, '}')
	var result strings.Builder
	done := 0
	stop := 0 // the next "}" or ":" at or behind the place looked at last
	for i := 0; ; {
		k := strings.Index(value[i:], "${")
		if k < 0 || i+k > lastBrace {
			break
		}
		start := i + k
		i = start + 2
		if stop < i {
			stop = i + strings.IndexAny(value[i:], "}:")
		}
		name, word, end := value[i:stop], "", stop
		if value[stop] == ':' {
			if !strings.HasPrefix(value[stop:], ":-") {
				continue
			}
			brace := strings.IndexByte(value[stop:], '}')
			if brace < 0 {
				break
			}
			end = stop + brace
			word = value[stop+2 : end]
		}
		result.WriteString(value[done:start])
		result.WriteString(pythonGet(name, word, out, opts))
		done, i = end+1, end+1
		if result.Len() > maxExpanded {
			break
		}
	}
	if done == 0 {
		return value
	}
	result.WriteString(value[done:])
	return result.String()
}

func pythonGet(name, word string, out *vars, opts EvalOptions) string {
	if e, ok := out.get(name); ok {
		return e.value
	}
	if text, ok := opts.lookup(name); ok {
		return text
	}
	return word
}
