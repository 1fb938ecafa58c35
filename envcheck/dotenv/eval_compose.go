package dotenv

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/envtight/envtight/internal/lazyregexp"
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

var composeEscape = lazyregexp.New(`\\(?:[abcfnrtv$"\\]|0\d{0,3})`)

// composeEscapes decodes the escapes of double quotes. One that Go's syntax does
// not know stays, an octal one without its zero.
func composeEscapes(value string) string {
	if !strings.Contains(value, `\`) {
		return value
	}
	return composeEscape().ReplaceAllStringFunc(value, func(match string) string {
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

// composeRef is a match of the pattern of compose-go's templates,
//
//	\$(?i:(\$)|([_a-z][_a-z0-9]*)|{(?:([_a-z][_a-z0-9]*(?::?[-+?](.*))?)}|()))
//
// whose "." ends at a line and is greedy, so that a match with an operator reaches
// to the last brace of the line.
type composeRef struct {
	start, end int
	named      string // $NAME, or "$" for two dollar signs
	braced     string // what stands in braces
}

// nextComposeRef returns the first match from i on. LastBrace returns the place of
// the last brace of the line that a place is in, or -1.
func nextComposeRef(value string, i int, lastBrace func(int) int) (composeRef, bool) {
	for {
		k := strings.IndexByte(value[i:], '$')
		if k < 0 {
			return composeRef{}, false
		}
		start := i + k
		i = start + 1
		rest := value[i:]
		if strings.HasPrefix(rest, "$") {
			return composeRef{start: start, end: i + 1, named: "$"}, true
		}
		if n := composeName(rest); n > 0 {
			return composeRef{start: start, end: i + n, named: rest[:n]}, true
		}
		if !strings.HasPrefix(rest, "{") {
			continue
		}
		n := composeName(rest[1:])
		invalid := composeRef{start: start, end: i + 1}
		after := strings.TrimPrefix(rest[1+n:], ":")
		switch {
		case n == 0:
			return invalid, true
		case rest[1+n:] != "" && rest[1+n] == '}':
			return composeRef{start: start, end: i + n + 2, braced: rest[1 : 1+n]}, true
		case after == "" || strings.IndexByte("-+?", after[0]) < 0:
			return invalid, true
		}
		end := lastBrace(i)
		if operand := len(value) - len(after) + 1; end < operand {
			return invalid, true
		}
		return composeRef{start: start, end: end + 1, braced: value[i+1 : end]}, true
	}
}

// composeName returns the length of the name that s begins with. The expression
// ignores case, which adds two letters to those of ASCII.
func composeName(s string) int {
	for i, r := range s {
		letter := r < utf8.RuneSelf && isNameStart(byte(r)) || r == '\u017f' || r == '\u212a'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return i
		}
	}
	return len(s)
}

// lastBraces returns a function that looks at each line of value once.
func lastBraces(value string) func(int) int {
	lineEnd, brace := -1, -1
	return func(i int) int {
		if i > lineEnd {
			lineEnd = len(value)
			if k := strings.IndexByte(value[i:], '\n'); k >= 0 {
				lineEnd = i + k
			}
			brace = -1
			if k := strings.LastIndexByte(value[i:lineEnd], '}'); k >= 0 {
				brace = i + k
			}
		}
		if brace < i {
			return -1
		}
		return brace
	}
}

// expand is template.Substitute.
func (p *composeParser) expand(value string) (string, error) {
	if !strings.Contains(value, "$") {
		return value, nil
	}
	if p.work += len(value); p.work > composeWork {
		return "", p.fail(TooLarge)
	}
	var out strings.Builder
	lastBrace := lastBraces(value)
	done := 0
	for {
		ref, ok := nextComposeRef(value, done, lastBrace)
		if !ok {
			out.WriteString(value[done:])
			return out.String(), nil
		}
		text, used, err := p.substitute(ref, value[ref.start:ref.end])
		if err != nil {
			return "", err
		}
		out.WriteString(value[done:ref.start])
		out.WriteString(text)
		done = ref.start + used
		if out.Len() > maxExpanded {
			return "", p.fail(TooLarge)
		}
	}
}

// composeWork bounds the bytes that the templates of one file are matched
// against: nested defaults are matched once for each level.
const composeWork = 64 << 20

// substitute replaces one match and says how much of it that took; the rest is
// a template again. The operator is the one that stands first in the whole match,
// even behind the brace that closes the reference.
func (p *composeParser) substitute(ref composeRef, match string) (text string, used int, err error) {
	switch {
	case ref.named == "$":
		return "$", len(match), nil
	case ref.named != "":
		text, _ = p.get(ref.named)
		return text, len(match), nil
	case ref.braced == "":
		return "", 0, p.fail(Malformed)
	}
	op := composeOperator(match)
	braced, used := ref.braced, len(match)
	if i := closingBrace(match); i >= 0 {
		braced, used = match[2:i], i+1
	}
	text, applied, err := p.apply(op, braced)
	if err != nil || applied {
		return text, used, err
	}
	text, _ = p.get(braced)
	return text, len(match), nil
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
