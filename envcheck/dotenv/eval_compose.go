package dotenv

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// evalCompose follows ParseWithLookup of compose-go 2.16, which reads env_file
// and the project's .env for docker compose. In expansions the process
// environment wins over names above; a name alone on its line is inherited from
// the process environment.
func evalCompose(src string, opts EvalOptions) (Values, error) {
	p := composeParser{text: strings.TrimPrefix(src, byteOrderMark), opts: opts}
	for {
		p.skipComments()
		if p.pos == len(p.text) {
			return p.out.values(), nil
		}
		key, inherit, err := p.key()
		if err != nil {
			return nil, err
		}
		if inherit {
			if value, ok := opts.lookup(key); ok {
				p.out.set(key, value)
			}
			continue
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

type composeParser struct {
	text string
	pos  int
	size int
	work int // bytes that templates were matched against
	opts EvalOptions
	out  vars
}

func (p *composeParser) fail(kind ErrorKind) error {
	return &EvalError{Dialect: Compose, Kind: kind, Line: 1 + strings.Count(p.text[:p.pos], "\n")}
}

func (p *composeParser) skipComments() {
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

func (p *composeParser) skipBlanks() {
	p.pos += len(p.text[p.pos:]) - len(strings.TrimLeftFunc(p.text[p.pos:], goBlank))
}

// key reads a name and its "=" or ":"; a line end says that the value is
// inherited. If the text ends first, the name is empty and what was read stays to
// be read as the value.
func (p *composeParser) key() (name string, inherit bool, err error) {
	if rest, ok := strings.CutPrefix(p.text[p.pos:], "export"); ok {
		// The expression for it is \s+, which knows ASCII only, and the
		// function that skips then knows more.
		if rest != "" && strings.IndexByte("\t\n\f\r ", rest[0]) >= 0 {
			p.pos += len("export")
			p.skipBlanks()
		}
	}
	rest := p.text[p.pos:]
	if rest == "" {
		return "", false, p.fail(Malformed)
	}
scan:
	for i, r := range rest {
		switch {
		case goBlank(r):
		case r == '=' || r == ':' || r == '\n':
			name = strings.TrimRightFunc(rest[:i], unicode.IsSpace)
			inherit = r == '\n'
			if strings.Contains(name, " ") {
				return "", false, p.fail(BadName)
			}
			p.pos += i + 1
			break scan
		case strings.ContainsRune("_.-[]", r), unicode.IsLetter(r), unicode.IsNumber(r):
		default:
			return "", false, p.fail(BadName)
		}
	}
	p.skipBlanks()
	return name, inherit, nil
}

func (p *composeParser) value() (string, error) {
	rest := p.text[p.pos:]
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		return p.quoted(rest[0])
	}
	value, _, _ := strings.Cut(rest, "\n")
	skip := min(len(value)+1, len(rest))
	value, _, _ = strings.Cut(value, " #")
	value, err := p.expand(strings.TrimRightFunc(value, unicode.IsSpace))
	p.pos += skip
	return value, err
}

// quoted reads up to a quote that no backslash escapes. A backslash stays unless
// it escapes the quote, and after an escaped character the next backslash
// begins anew.
func (p *composeParser) quoted(quote byte) (string, error) {
	rest := p.text[p.pos:]
	var chars strings.Builder
	escaped := false
	for i := 1; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c == quote && !escaped:
			value := chars.String()
			if quote == '"' {
				var err error
				if value, err = p.expand(composeEscapes(value)); err != nil {
					return "", err
				}
			}
			p.pos += i + 1
			return value, nil
		case c == quote:
			escaped = false
			chars.WriteByte(c)
		case c == '\\' && !escaped:
			escaped = true
		default:
			if escaped {
				escaped = false
				chars.WriteByte('\\')
			}
			chars.WriteByte(c)
		}
	}
	return "", p.fail(Unterminated)
}

var composeEscape = regexp.MustCompile(`\\(?:[abcfnrtv$"\\]|0\d{0,3})`)

// composeEscapes decodes the escapes of double quotes. One that Go's syntax does
// not know stays, an octal one without its zero.
func composeEscapes(value string) string {
	if !strings.Contains(value, `\`) {
		return value
	}
	return composeEscape.ReplaceAllStringFunc(value, func(match string) string {
		if match == `\$` {
			return "$$"
		}
		if strings.HasPrefix(match, `\0`) {
			match = `\` + match[2:]
		}
		r, _, _, err := strconv.UnquoteChar(match, '"')
		if err != nil {
			return match
		}
		return string(r)
	})
}

// composeVariable is the pattern of compose-go's templates. Its "." ends at a line
// and is greedy, so a match reaches to the last brace of the line.
var composeVariable = regexp.MustCompile(
	`\$(?i:(?P<escaped>\$)|(?P<named>[_a-z][_a-z0-9]*)|{(?:(?P<braced>[_a-z][_a-z0-9]*(?::?[-+?](.*))?)}|(?P<invalid>)))`)

// expand is template.Substitute.
func (p *composeParser) expand(value string) (string, error) {
	if !strings.Contains(value, "$") {
		return value, nil
	}
	if p.work += len(value); p.work > composeWork {
		return "", p.fail(TooLarge)
	}
	var out strings.Builder
	done := 0
	for _, m := range composeVariable.FindAllStringIndex(value, -1) {
		out.WriteString(value[done:m[0]])
		done = m[1]
		text, err := p.substitute(value[m[0]:m[1]])
		if err != nil {
			return "", err
		}
		out.WriteString(text)
		if out.Len() > maxExpanded {
			return "", p.fail(TooLarge)
		}
	}
	out.WriteString(value[done:])
	return out.String(), nil
}

// composeWork bounds the bytes that the templates of one file are matched
// against: nested defaults are matched once for each level.
const composeWork = 16 << 20

// substitute replaces one match. The operator is the one that stands first in the
// whole match, even behind the brace that closes the reference.
func (p *composeParser) substitute(match string) (string, error) {
	op := composeOperator(match)
	rest := ""
	if i := closingBrace(match); i >= 0 {
		match, rest = match[:i+1], match[i+1:]
	}
	m := composeVariable.FindStringSubmatch(match)
	if m == nil {
		return "", p.fail(Crash)
	}
	escaped, named, braced := m[1], m[2], m[3]
	switch {
	case escaped != "":
		return escaped, nil
	case named != "":
		text, _ := p.get(named)
		return text, nil
	case braced == "":
		return "", p.fail(Malformed)
	}
	text, applied, err := p.apply(op, braced)
	if err != nil {
		return "", err
	}
	if !applied {
		text, _ = p.get(braced)
		return text, nil
	}
	rest, err = p.expand(rest)
	return text + rest, err
}

func (p *composeParser) get(name string) (string, bool) {
	if text, ok := p.opts.lookup(name); ok {
		return text, true
	}
	e, ok := p.out.get(name)
	return e.value, ok
}

// composeOperator returns the operator that stands first, or ":?".
func composeOperator(match string) string {
	i := strings.IndexAny(match, "?-+")
	if i < 0 {
		return ":?"
	}
	if i > 0 && match[i-1] == ':' {
		return match[i-1 : i+1]
	}
	return match[i : i+1]
}

// closingBrace returns the place of the brace that closes the first one, or -1.
// The character after each opening brace is not looked at.
func closingBrace(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '}' {
			depth--
			if depth == 0 {
				return i
			}
		}
		if s[i] == '{' {
			depth++
			i++
		}
	}
	return -1
}

// apply evaluates what stands in braces. It does not apply when the operator is
// not in it.
func (p *composeParser) apply(op, braced string) (text string, applied bool, err error) {
	name, word, found := strings.Cut(braced, op)
	if !found {
		return "", false, nil
	}
	value, set := p.get(name)
	notEmpty := op[0] != ':' || value != ""
	switch op[len(op)-1] {
	case '+':
		if !set || !notEmpty {
			return value, true, nil
		}
	case '-':
		if set && notEmpty {
			return value, true, nil
		}
	default:
		if set && notEmpty {
			return value, true, nil
		}
		if _, err := p.expand(word); err != nil {
			return "", false, err
		}
		return "", false, p.fail(Required)
	}
	text, err = p.expand(word)
	return text, true, err
}
