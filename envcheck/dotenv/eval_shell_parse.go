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
