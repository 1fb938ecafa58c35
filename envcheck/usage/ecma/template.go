package ecma

import (
	"bytes"
	"slices"

	"github.com/envtight/envtight"
)

// openTemplate begins a template at a back quote. One without substitutions is a
// string.
func (l *lexer) openTemplate() {
	start := l.at
	end, stop := l.templateText(start + 1)
	if stop == '`' {
		l.add(stringToken, 0, start, end+1)
		return
	}
	if stop == 0 && l.broken {
		l.stray()
		return
	}
	l.add(templateToken, '`', start, start+1)
	l.brackets.open = append(l.brackets.open, int32(len(l.list)-1))
	l.modes = append(l.modes, mode{kind: templateMode, base: len(l.brackets.open), count: l.brackets.count})
	if l.at = end; stop == '$' {
		l.substitution(end)
	}
}

// template goes on behind a substitution.
func (l *lexer) template() {
	end, stop := l.templateText(l.at)
	switch {
	case stop == '$':
		l.substitution(end)
	case stop == '`':
		l.modes = l.modes[:len(l.modes)-1]
		l.pop(templateToken, '>', end, end+1)
	case l.broken: // what goes on is code
		l.modes = l.modes[:len(l.modes)-1]
		l.brackets.open = l.brackets.open[:len(l.brackets.open)-1]
	default:
		l.at = end
	}
}

// substitution enters the code of "${" at i.
func (l *lexer) substitution(i int) {
	l.add(punctToken, '{', i+1, i+2)
	l.enterCode()
}

// templateText returns where the text of a template that goes on at i ends, and with
// what: a back quote, "$" of a substitution, or 0 when it does not end. In a text that
// is known to have a back quote too many, it does not end either when it looks like
// code.
func (l *lexer) templateText(i int) (end int, stop byte) {
	if l.broken && l.again < 0 {
		return i, 0
	}
	start, line := i, false
	for i < len(l.text) && stop == 0 {
		switch l.text[i] {
		case '\\':
			i++
		case '\n':
			line = true
		case '`':
			stop = '`'
		case '$':
			if i+1 < len(l.text) && l.text[i+1] == '{' {
				stop = '$'
			}
		}
		i++
	}
	if line && stop != 0 {
		l.long = append(l.long, envtight.Span{Start: start, End: i - 1})
	}
	if stop == 0 || l.broken && line && looksLikeCode(l.text[start:i-1]) {
		l.again -= i - start
		return len(l.text), 0
	}
	return i - 1, stop
}

// suspicious reports whether some template of the text rather begins where another
// ends.
func (l *lexer) suspicious() bool {
	return (l.odd || len(l.brackets.open) > 0) && slices.ContainsFunc(l.long, func(s envtight.Span) bool { return looksLikeCode(s.Of(l.text)) })
}

// looksLikeCode tells whether what would be the text of a template is rather code
// between two: a later line of it ends or begins as lines of code do.
func looksLikeCode(text []byte) bool {
	_, rest, several := bytes.Cut(text, []byte("\n"))
	for several {
		var line []byte
		line, rest, several = bytes.Cut(rest, []byte("\n"))
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		switch line[len(line)-1] {
		case ';', '{', '(', ',', '}', ')':
			return true
		}
		n := 0
		for n < len(line) && class[line[n]]&isPart != 0 {
			n++
		}
		switch w := wordOf(line[:n]); w {
		case wImport, wExport, wFunction, wReturn, wIf, wAsync, wConst, wLet, wVar:
			return true
		}
	}
	return false
}
