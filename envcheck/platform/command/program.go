package command

import (
	"errors"
	"strings"
	"unicode"

	"github.com/envtight/envtight/internal/glob"
)

// Program is a program that somebody named, and what it answers for.
type Program struct {
	// Project is a pattern of the projects that it answers for, as in
	// "vault/*"; empty means all.
	Project string
	// Words are the program and its arguments.
	Words []string
	// From says where it was named, for messages: a flag or a variable. The
	// words themselves are never shown.
	From string
}

func (p *Program) answersFor(project string) bool {
	return p.Project == "" || glob.Match(p.Project, project)
}

// Parse reads the form in which a program is named: "[PROJECT=]PROGRAM ARG…".
//
// Words are parted by blanks. Single or double quotes hold a word together and are
// dropped; nothing else is special, no backslash, no variable, no pattern. What
// stands before the first "=" is a project when it holds no blank and no quote; to
// name a program with "=" in its name, quote it.
//
// Errors do not quote the text.
func Parse(text, from string) (Program, error) {
	p := Program{From: from}
	if project, rest, ok := strings.Cut(text, "="); ok && !strings.ContainsFunc(project, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\'' || r == '"'
	}) {
		if project == "" {
			return p, errors.New(`it begins with "=": want [PROJECT=]PROGRAM and its arguments`)
		}
		p.Project, text = project, rest
	}
	var err error
	if p.Words, err = split(text); err != nil {
		return p, err
	}
	if len(p.Words) == 0 || p.Words[0] == "" {
		return p, errors.New("it names no program: want [PROJECT=]PROGRAM and its arguments")
	}
	return p, nil
}

// split parts a text into words.
func split(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	started := false
	for _, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, started = r, true
		case quote == 0 && unicode.IsSpace(r):
			if started {
				words = append(words, word.String())
				word.Reset()
			}
			started = false
		case r == 0:
			return nil, errors.New("it holds a NUL byte")
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if quote != 0 {
		return nil, errors.New("a quote in it is not closed")
	}
	if started {
		words = append(words, word.String())
	}
	return words, nil
}
