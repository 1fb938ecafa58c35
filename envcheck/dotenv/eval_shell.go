package dotenv

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func evalBash(src string, opts EvalOptions) (Values, error) { return evalShell(src, Bash, opts) }
func evalDash(src string, opts EvalOptions) (Values, error) { return evalShell(src, Dash, opts) }

// evalShell follows "set -a; . file" of bash 5.2 and dash 0.5.12 without positional
// parameters. It knows what files of assignments are made of: quotes, escapes,
// parameter expansion, comments, export, and ";" and "&" between commands. A command
// is an error of kind Undecidable, and what comes after it is evaluated as if the
// command had set nothing. At a control structure, a pipe, a redirection or a builtin
// that changes variables the evaluation ends, and so it does at a syntax error,
// where the shell ends too; what the lines above set is returned.
func evalShell(src string, d Dialect, opts EvalOptions) (Values, error) {
	s := &shell{
		dialect: d, opts: opts,
		p: shellParser{text: strings.ReplaceAll(src, "\x00", ""), line: 1, bash: d == Bash},
	}
	if d == Bash {
		text, ok := bashText(src)
		if !ok {
			return Values{}, &EvalError{Dialect: d, Kind: BadEncoding}
		}
		s.p.text = text
	}
	for s.p.pos < len(s.p.text) && !s.ended {
		commands := s.p.parseLine()
		if stop := s.p.stop; stop != nil {
			s.report(stop.kind, stop.line)
			break
		}
		for _, c := range commands {
			if !c.background && !s.ended {
				s.run(c)
			}
		}
	}
	values := s.out.values()
	if s.err != nil {
		return values, s.err
	}
	return values, nil
}

// bashText returns what bash reads of a file that holds NUL bytes. It drops the first
// of two in a row and takes the second for the end of the text. After 256 dropped
// ones, the file is a binary to it.
func bashText(src string) (text string, ok bool) {
	dropped := 0
	for i := 0; i < len(src); i++ {
		if src[i] == 0 {
			dropped++
			i++ // one that follows stays
		}
	}
	src, _, _ = strings.Cut(src, "\x00\x00")
	return strings.ReplaceAll(src, "\x00", ""), dropped <= 256
}

type shell struct {
	dialect Dialect
	opts    EvalOptions
	p       shellParser
	out     vars
	size    int // bytes of all values
	err     *EvalError
	ended   bool // nothing more is run
	line    int  // of the command that runs
}

// report keeps the first error.
func (s *shell) report(kind ErrorKind, line int) {
	if s.err == nil {
		s.err = &EvalError{Dialect: s.dialect, Kind: kind, Line: line}
	}
}

// end stops the evaluation.
func (s *shell) end(kind ErrorKind) {
	s.report(kind, s.line)
	s.ended = true
}

// shellChangers are builtins that set or unset variables or end the script.
var shellChangers = map[string]bool{
	"unset": true, "readonly": true, "declare": true, "typeset": true, "local": true, "read": true, "eval": true,
	"source": true, ".": true, "set": true, "shift": true, "getopts": true, "printf": true, "mapfile": true,
	"readarray": true, "let": true, "exit": true, "return": true, "exec": true, "cd": true, "pushd": true, "popd": true,
	"trap": true, "shopt": true, "alias": true, "enable": true, "builtin": true, "command": true, "break": true, "continue": true,
}

func (s *shell) run(c shellCommand) {
	s.line = c.line
	assigns := 0
	for assigns < len(c.words) && c.words[assigns].assign != "" {
		assigns++
	}
	if assigns < len(c.words) {
		name := c.words[assigns].literal()
		if name == "export" && assigns == 0 {
			s.export(c.words[1:])
			return
		}
		if shellChangers[name] || name == "export" {
			s.end(Undecidable)
			return
		}
		if s.isCommand(c.words[assigns:]) {
			// Its own assignments hold for the command alone.
			s.report(Undecidable, c.line)
			return
		}
	}
	for _, w := range c.words[:assigns] {
		if s.ended {
			return
		}
		s.assign(w)
	}
}

// isCommand expands words and reports whether anything is left to be run.
func (s *shell) isCommand(words []shellWord) bool {
	command := false
	for _, w := range words {
		for _, part := range w.parts {
			text := s.expandPart(part, true)
			if part.quoted || part.kind != shellParam || strings.Trim(text.text, " \t\n") != "" || !text.decided {
				command = true
			}
		}
	}
	return command
}

// export expands all arguments before it sets anything.
func (s *shell) export(args []shellWord) {
	var ready []shellAssignment
	for _, w := range args {
		if w.assign == "" {
			name := w.literal()
			if nameLength(name) != len(name) || name == "" {
				s.end(Undecidable)
				return
			}
			continue
		}
		a, ok := s.evaluate(w)
		if !ok {
			return
		}
		// An argument is subject to brace expansion, an assignment is not.
		if s.dialect == Bash && hasUnquoted(w.parts, "{") {
			a.value.decided = false
		}
		ready = append(ready, a)
	}
	for _, a := range ready {
		s.perform(a)
	}
}

func hasUnquoted(parts []shellPart, chars string) bool {
	for _, part := range parts {
		if part.kind == shellLiteral && !part.quoted && strings.ContainsAny(part.text, chars) {
			return true
		}
	}
	return false
}

func (s *shell) assign(w shellWord) {
	if a, ok := s.evaluate(w); ok {
		s.perform(a)
	}
}

// shellAssignment is an assignment whose value is expanded.
type shellAssignment struct {
	name   string
	value  shellText
	append bool
}

func (s *shell) perform(a shellAssignment) {
	value := a.value
	if a.append {
		before := s.lookup(a.name)
		value = shellText{before.text + value.text, before.decided && value.decided}
	}
	s.put(variable{name: a.name, value: value.text, undecidable: !value.decided})
}

func (s *shell) put(v variable) {
	if s.size += len(v.value); s.size > maxExpanded {
		s.end(TooLarge)
		return
	}
	s.out.put(v)
}

// evaluate expands an assignment. It is false when the evaluation ended.
func (s *shell) evaluate(w shellWord) (shellAssignment, bool) {
	if shellSpecial(w.assign) == shellDynamic || w.assign == "POSIXLY_CORRECT" {
		s.end(Undecidable)
		return shellAssignment{}, false
	}
	value := s.expandWord(w.parts, tildeEverywhere)
	return shellAssignment{name: w.assign, value: value, append: w.append}, !s.ended
}

// shellText is the result of an expansion; decided is false when it depends on
// what a command would print or on the shell's process.
type shellText struct {
	text    string
	decided bool
}

type tildeMode uint8

const (
	tildeNowhere    tildeMode = iota
	tildeAtStart              // the operand of an expansion
	tildeEverywhere           // a value: at the start and behind each colon
)

// expandWord expands parts as the value of an assignment: nothing is split and no
// file name matched.
func (s *shell) expandWord(parts []shellPart, tilde tildeMode) shellText {
	var out strings.Builder
	decided := true
	for i, part := range parts {
		if part.kind == shellLiteral && !part.quoted && tilde != tildeNowhere {
			last := i == len(parts)-1
			text, ok := s.tildes(part.text, i == 0, last, tilde)
			out.WriteString(text)
			decided = decided && ok
			continue
		}
		text := s.expandPart(part, false)
		decided = decided && text.decided
		out.WriteString(text.text)
		if s.ended {
			return shellText{}
		}
		if out.Len() > maxExpanded {
			s.end(TooLarge)
			return shellText{}
		}
	}
	return shellText{out.String(), decided}
}

// tildes replaces each "~" that stands for the home directory in an unquoted
// literal. First and last say whether the literal begins and ends the word.
func (s *shell) tildes(text string, first, last bool, mode tildeMode) (string, bool) {
	if !strings.Contains(text, "~") {
		return text, true
	}
	var out strings.Builder
	decided := true
	start := first
	for i := range len(text) {
		c := text[i]
		if c != '~' || !start {
			out.WriteByte(c)
			start = c == ':' && mode == tildeEverywhere
			continue
		}
		start = false
		after := byte(0)
		if i+1 < len(text) {
			after = text[i+1]
		}
		switch {
		case after == '/' || after == ':' && mode == tildeEverywhere || i+1 == len(text) && last:
			home := s.lookup("HOME")
			switch {
			case home.text != "" && home.decided:
				out.WriteString(home.text)
			case s.dialect == Dash && !s.isSet("HOME"):
				out.WriteByte('~')
			default:
				decided = false // the user database tells, or versions differ
			}
		default:
			decided = false // another user's, ~+, ~-
		}
	}
	return out.String(), decided
}

// expandPart expands one part. For the words of a command it is enough to know
// whether something is left.
func (s *shell) expandPart(part shellPart, command bool) shellText {
	switch part.kind {
	case shellOpaque:
		return shellText{}
	case shellLiteral:
		return shellText{part.text, true}
	}
	value := s.lookup(part.text)
	set := value.decided && s.isSet(part.text) || !value.decided
	op := part.op
	colon := strings.HasPrefix(op, ":")
	op = strings.TrimPrefix(op, ":")
	given := set && !(colon && value.text == "")
	if colon && !value.decided && op != "" {
		return shellText{}
	}
	tilde := tildeAtStart
	if part.quoted || command {
		tilde = tildeNowhere
	}
	switch op {
	case "":
		return value
	case "-":
		if !given {
			return s.expandWord(part.word, tilde)
		}
		return value
	case "+":
		if given {
			return s.expandWord(part.word, tilde)
		}
		return shellText{"", true}
	case "=":
		if given {
			return value
		}
		return s.assignDefault(part, tilde)
	case "?":
		if !given {
			s.expandWord(part.word, tilde) // the message; it may assign
			s.end(Required)
		}
		return value
	case "#":
		if part.prefix {
			return s.length(value)
		}
	}
	return s.remove(part, value)
}

func (s *shell) assignDefault(part shellPart, tilde tildeMode) shellText {
	if !isNameStart(part.text[0]) {
		s.end(Malformed)
		return shellText{}
	}
	if shellSpecial(part.text) == shellDynamic {
		s.end(Undecidable)
		return shellText{}
	}
	value := s.expandWord(part.word, tilde)
	if !s.ended {
		s.put(variable{name: part.text, value: value.text, undecidable: !value.decided})
	}
	return value
}

func (s *shell) length(value shellText) shellText {
	if !value.decided {
		return shellText{}
	}
	for i := range len(value.text) {
		if value.text[i] >= utf8.RuneSelf {
			return shellText{} // bytes or characters, as the locale says
		}
	}
	return shellText{strconv.Itoa(len(value.text)), true}
}

// remove cuts a prefix or suffix whose pattern has nothing special. Quotes around
// the whole expansion do not quote its pattern.
func (s *shell) remove(part shellPart, value shellText) shellText {
	for _, piece := range part.word {
		if (part.quoted || !piece.quoted) && (piece.kind != shellLiteral || strings.ContainsAny(piece.text, `*?[\`)) {
			return shellText{}
		}
	}
	pattern := s.expandWord(part.word, tildeNowhere)
	if !value.decided || !pattern.decided || hasUnquoted(part.word, "~") {
		return shellText{}
	}
	if strings.HasPrefix(part.op, "#") {
		return shellText{strings.TrimPrefix(value.text, pattern.text), true}
	}
	return shellText{strings.TrimSuffix(value.text, pattern.text), true}
}
