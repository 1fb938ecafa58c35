package dotenv

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/envtight/envtight/internal/lazyregexp"
)

// evalGodotenv follows Unmarshal of joho/godotenv 1.5.1, whose results are kept
// as they are: ${X:-y} loses its beginning only, a name without "=" at the end of
// the file becomes the value of the empty name, and names are tested byte by byte
// as if they were Latin-1.
func evalGodotenv(src string, _ EvalOptions) (Values, error) {
	p := godotenvParser{text: strings.ReplaceAll(src, "\r\n", "\n")}
	for {
		p.skipComments()
		if p.pos == len(p.text) {
			return p.out.values(), nil
		}
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		if p.size += len(value); p.size > maxExpanded {
			return nil, p.fail(TooLarge)
		}
		p.out.set(key, value)
	}
}

type godotenvParser struct {
	text string
	pos  int
	size int
	out  vars
}

func (p *godotenvParser) fail(kind ErrorKind) error {
	return &EvalError{Dialect: Godotenv, Kind: kind, Line: 1 + strings.Count(p.text[:p.pos], "\n")}
}

func (p *godotenvParser) skipComments() {
	for {
		k := strings.IndexFunc(p.text[p.pos:], notSpace)
		if k < 0 {
			p.pos = len(p.text)
			return
		}
		p.pos += k
		if p.text[p.pos] != '#' {
			return
		}
		if k = strings.IndexByte(p.text[p.pos:], '\n'); k < 0 {
			p.pos = len(p.text)
			return
		}
		p.pos += k
	}
}

func notSpace(r rune) bool { return !unicode.IsSpace(r) }

// goBlank is the white space of godotenv and compose-go within a line.
func goBlank(r rune) bool {
	switch r {
	case '\t', '\v', '\f', '\r', ' ', 0x85, 0xA0:
		return true
	}
	return false
}

func (p *godotenvParser) skipBlanks() {
	p.pos += len(p.text[p.pos:]) - len(strings.TrimLeftFunc(p.text[p.pos:], goBlank))
}

// key reads a name and its "=" or ":". If the text ends first, the name is empty
// and what was read stays to be read as the value.
func (p *godotenvParser) key() (string, error) {
	p.skipBlanks()
	if rest, ok := strings.CutPrefix(p.text[p.pos:], "export"); ok {
		if r, _ := utf8.DecodeRuneInString(rest); goBlank(r) {
			p.pos += len("export")
			p.skipBlanks()
		}
	}
	if p.pos == len(p.text) {
		return "", p.fail(Malformed)
	}
	name := ""
	for i := p.pos; i < len(p.text); i++ {
		c := p.text[i]
		if c == '=' || c == ':' {
			name = strings.TrimRightFunc(p.text[p.pos:i], unicode.IsSpace)
			p.pos = i + 1
			break
		}
		r := rune(c) // not decoded
		if c != '_' && c != '.' && !goBlank(r) && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			p.pos = i
			return "", p.fail(BadName)
		}
	}
	p.skipBlanks()
	return name, nil
}

func (p *godotenvParser) value() (string, error) {
	rest := p.text[p.pos:]
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return p.unquoted(), nil
	}
	quote := rest[0]
	for i := 1; i < len(rest); i++ {
		if rest[i] != quote || rest[i-1] == '\\' {
			continue
		}
		p.pos += i + 1
		value := strings.Trim(rest[:i], string(quote))
		if quote == '"' {
			value = p.expand(godotenvEscapes(value))
		}
		return value, nil
	}
	return "", p.fail(Unterminated)
}

// unquoted reads to the end of the line, without the comment: the last "#" that
// white space precedes.
func (p *godotenvParser) unquoted() string {
	rest := p.text[p.pos:]
	if k := strings.IndexAny(rest, "\n\r"); k >= 0 {
		rest = rest[:k]
	}
	p.pos += len(rest)
	line := []rune(rest)
	end := len(line)
	for i := end - 1; i > 0; i-- {
		if line[i] == '#' && goBlank(line[i-1]) {
			end = i
			break
		}
	}
	return p.expand(strings.TrimFunc(string(line[:end]), goBlank))
}

var (
	godotenvEscape   = lazyregexp.New(`\\.`)
	godotenvUnescape = lazyregexp.New(`\\([^$])`)
	godotenvVariable = lazyregexp.New(`(\\)?(\$)(\()?\{?([A-Z0-9_]+)?\}?`)
)

func godotenvEscapes(value string) string {
	value = godotenvEscape().ReplaceAllStringFunc(value, func(match string) string {
		switch match {
		case `\n`:
			return "\n"
		case `\r`:
			return "\r"
		}
		return match
	})
	return godotenvUnescape().ReplaceAllString(value, "$1")
}

// expand replaces references by names above; an escaped one loses its backslash.
func (p *godotenvParser) expand(value string) string {
	if !strings.Contains(value, "$") {
		return value
	}
	var out strings.Builder
	done := 0
	for _, m := range godotenvVariable().FindAllStringSubmatchIndex(value, -1) {
		out.WriteString(value[done:m[0]])
		done = m[1]
		switch {
		case m[2] >= 0:
			out.WriteString(value[m[0]+1 : m[1]])
		case m[8] >= 0:
			entry, _ := p.out.get(value[m[8]:m[9]])
			out.WriteString(entry.value)
		default:
			out.WriteString(value[m[0]:m[1]])
		}
		if out.Len() > maxExpanded {
			break
		}
	}
	out.WriteString(value[done:])
	return out.String()
}
