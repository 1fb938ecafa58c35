package workspace

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// Instruction is one instruction of a Dockerfile.
type Instruction struct {
	Name  string // upper case
	Flags []string
	// Words are the arguments, cut at blanks, or the strings of the JSON
	// form.
	Words []string
	// Span covers the instruction with its continuation lines.
	Span envtight.Span
	// Text is the whole instruction in one line: without continuations, and without
	// the comments and blank lines inside.
	Text string
	// Heredocs are the here-documents that it is given.
	Heredocs []Heredoc

	pieces []piece
}

// Heredoc is the text that an instruction is given by "<<MARK".
type Heredoc struct {
	Span envtight.Span
	// Literal tells that the mark is quoted, so that nothing in it is expanded.
	Literal bool
}

// piece says where a part of Instruction.Text stands in the file.
type piece struct{ at, offset int }

// Offset returns where the byte of Text at index i stands in the file.
func (i Instruction) Offset(at int) int {
	n, found := slices.BinarySearchFunc(i.pieces, at, func(p piece, at int) int { return p.at - at })
	if !found {
		n--
	}
	return i.pieces[n].offset + at - i.pieces[n].at
}

// Flag returns the value of a flag, as "builder" of "--from=builder".
func (i Instruction) Flag(name string) string {
	for _, flag := range i.Flags {
		if value, ok := strings.CutPrefix(flag, "--"+name+"="); ok {
			return value
		}
	}
	return ""
}

// Sources returns what COPY or ADD takes from the context: all words but the
// last. It is empty for what comes from another stage, from the network or from
// a here-document.
func (i Instruction) Sources() []string {
	if len(i.Words) < 2 || i.Flag("from") != "" {
		return nil
	}
	var out []string
	for _, word := range i.Words[:len(i.Words)-1] {
		if !strings.Contains(word, "://") && !strings.HasPrefix(word, "<<") {
			out = append(out, word)
		}
	}
	return out
}

// ParseDockerfile cuts a Dockerfile into instructions. It never fails: what is
// no instruction is kept under its first word.
//
// Source of the format: https://docs.docker.com/reference/dockerfile/.
func ParseDockerfile(text []byte) []Instruction {
	p := &dockerParser{text: text, lines: envtight.NewLines(text), escape: '\\'}
	for p.at = 1; p.at <= p.lines.Count(); {
		p.instruction()
	}
	return p.out
}

type dockerParser struct {
	text   []byte
	lines  *envtight.Lines
	at     int // line
	escape byte
	began  bool // an instruction or comment was seen: directives are over
	out    []Instruction
}

func (p *dockerParser) line() string { return string(p.lines.Span(p.at).Of(p.text)) }

func (p *dockerParser) instruction() {
	line := strings.TrimSpace(p.line())
	if line == "" {
		p.at++
		return
	}
	if line[0] == '#' {
		p.directive(line)
		p.at++
		return
	}
	p.began = true
	start := p.lines.Span(p.at).Start
	var logical strings.Builder
	var pieces []piece
	for p.at <= p.lines.Count() {
		part, offset := p.line(), p.lines.Span(p.at).Start
		if logical.Len() == 0 {
			blank := len(part) - len(strings.TrimLeft(part, " \t"))
			part, offset = part[blank:], offset+blank
		}
		p.at++
		trimmed := strings.TrimSpace(part)
		if logical.Len() > 0 && (trimmed == "" || trimmed[0] == '#') {
			continue // comments and blank lines may stand inside an instruction
		}
		kept, more := strings.CutSuffix(strings.TrimRight(part, " \t"), string(p.escape))
		pieces = append(pieces, piece{logical.Len(), offset})
		logical.WriteString(kept)
		logical.WriteByte(' ')
		if !more {
			break
		}
	}
	in := parseInstruction(strings.TrimRight(logical.String(), " \t"))
	in.Span, in.pieces = envtight.Span{Start: start, End: p.lines.Span(p.at - 1).End}, pieces
	p.heredocs(&in)
	p.out = append(p.out, in)
}

// directive obeys "# escape=`", which must stand at the very top.
func (p *dockerParser) directive(line string) {
	key, value, ok := strings.Cut(strings.TrimSpace(line[1:]), "=")
	if p.began || !ok {
		p.began = true
		return
	}
	if strings.EqualFold(strings.TrimSpace(key), "escape") && strings.TrimSpace(value) == "`" {
		p.escape = '`'
	}
}

// heredocs passes over the bodies of here-documents and keeps their places.
func (p *dockerParser) heredocs(in *Instruction) {
	if !slices.Contains([]string{"RUN", "COPY", "ADD"}, in.Name) {
		return
	}
	for _, word := range in.Words {
		_, mark, ok := strings.Cut(word, "<<")
		quoted := strings.TrimPrefix(mark, "-")
		mark = strings.Trim(quoted, `"'`)
		if !ok || mark == "" || !isMark(mark) {
			continue
		}
		// One that never ends takes all that follows, as docker build reads it.
		body := envtight.Span{Start: len(p.text), End: len(p.text)}
		if p.at <= p.lines.Count() {
			body.Start = p.lines.Span(p.at).Start
		}
		for p.at <= p.lines.Count() && strings.TrimSpace(string(p.lines.Span(p.at).Of(p.text))) != mark {
			p.at++
		}
		if p.at <= p.lines.Count() {
			body.End = p.lines.Span(p.at).Start
		}
		in.Heredocs = append(in.Heredocs, Heredoc{Span: body, Literal: quoted != mark})
		p.at++
	}
}

func isMark(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

func parseInstruction(line string) Instruction {
	words := strings.Fields(line)
	if len(words) == 0 {
		return Instruction{}
	}
	in := Instruction{Name: strings.ToUpper(words[0]), Text: line}
	rest := strings.TrimSpace(line[len(words[0]):])
	for strings.HasPrefix(rest, "--") {
		flag, after, _ := strings.Cut(rest, " ")
		in.Flags = append(in.Flags, flag)
		rest = strings.TrimSpace(after)
	}
	if strings.HasPrefix(rest, "[") && json.Unmarshal([]byte(rest), &in.Words) == nil {
		return in
	}
	in.Words = strings.Fields(rest)
	return in
}
