package snapshot

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/envtight/envtight"
)

// scanner reads a snapshot word by word. The first problem stops it: all further
// words are empty.
type scanner struct {
	text string
	next int    // where the next line starts
	line string // the line under way, without its end
	at   int    // where the line starts
	pos  int    // the next byte in the line
	word int    // where the last word starts, in the text
	err  *Error
}

// fail notes a problem at an offset, unless there is one already.
func (s *scanner) fail(offset int, problem, advice string) {
	if s.err == nil {
		s.err = &Error{At: envtight.NewLines([]byte(s.text)).Position(offset), Problem: problem, Advice: advice}
	}
}

// refuse notes a problem at the last word.
func (s *scanner) refuse(problem string) { s.fail(s.word, problem, adviceNew) }

// advance goes to the next line, and reports whether there is one.
func (s *scanner) advance() bool {
	if s.err != nil || s.next >= len(s.text) {
		return false
	}
	s.at, s.pos = s.next, 0
	s.word = s.at
	end := strings.IndexByte(s.text[s.at:], '\n')
	if end < 0 {
		s.fail(s.at, "the file is cut off in this line", adviceNew)
		return false
	}
	s.line, s.next = s.text[s.at:s.at+end], s.at+end+1
	if end == 0 {
		s.fail(s.at, "an empty line does not belong into a snapshot", adviceNew)
		return false
	}
	switch s.line[0] {
	case '<', '=', '>', '|':
		s.fail(s.at, "a merge left its marks here", adviceMerge)
	}
	if s.line[end-1] == '\r' {
		s.fail(s.at+end-1, "the lines end in CR LF", `let git keep them as they are: add a line "FILE text eol=lf" to .gitattributes`)
	}
	return s.err == nil
}

// back gives the line that was read last to the next call of advance.
func (s *scanner) back() { s.next = s.at }

// more reports whether the line has further words.
func (s *scanner) more() bool { return s.err == nil && s.pos < len(s.line) }

// end refuses further words.
func (s *scanner) end() {
	if s.more() {
		s.fail(s.at+s.pos, "nothing more belongs into this line", adviceNew)
	}
}

// take reads a word up to the next blank or, for a key, equals sign. Between words
// stands one blank, which is read before the word.
func (s *scanner) take(isKey bool) string {
	if s.err != nil {
		return ""
	}
	if s.pos > 0 && s.line[s.pos-1] != '=' && s.line[s.pos-1] != ' ' {
		if s.pos >= len(s.line) || s.line[s.pos] != ' ' {
			s.fail(s.at+s.pos, "a word is missing here", adviceNew)
			return ""
		}
		s.pos++
	}
	s.word = s.at + s.pos
	rest := s.line[s.pos:]
	if rest != "" && rest[0] == '"' && !isKey {
		return s.quoted(rest)
	}
	n := 0
	for n < len(rest) && rest[n] != ' ' && (!isKey || rest[n] != '=') {
		n++
	}
	s.pos += n
	switch word := rest[:n]; {
	case n == 0:
		s.refuse("a word is missing here")
	case n > maxWord:
		s.refuse("this is longer than anything in a snapshot can be")
	case strings.IndexByte(word, '=') >= 0:
		s.refuse("an equals sign has no place here: a snapshot holds names, never values")
	default:
		return word
	}
	return ""
}

func (s *scanner) quoted(rest string) string {
	prefix, err := strconv.QuotedPrefix(rest)
	if err != nil {
		s.refuse("the quotes are not closed, or hold something unknown")
		return ""
	}
	s.pos += len(prefix)
	word, err := strconv.Unquote(prefix)
	switch {
	case err != nil:
		s.refuse("the quotes hold something unknown")
	case !isWord(word):
		s.refuse("this is longer than anything in a snapshot can be")
	}
	return word
}

// key reads the key of a field, or a flag; its word follows with value.
func (s *scanner) key() string { return s.take(true) }

// value reads the word behind a key.
func (s *scanner) value() string {
	if s.err == nil && (s.pos >= len(s.line) || s.line[s.pos] != '=') {
		s.fail(s.at+s.pos, "an equals sign is missing here", adviceNew)
		return ""
	}
	s.pos++
	return s.take(false)
}

// plain reads a word.
func (s *scanner) plain() string { return s.take(false) }

// unknownField refuses the key that was read last.
func (s *scanner) unknownField() { s.refuse("this field is not known") }

// number reads a number from least on.
func (s *scanner) number(word string, least int) int {
	n, err := strconv.Atoi(word)
	if s.err == nil && (err != nil || n < least || n > math.MaxInt32) {
		s.refuse("this is not a number that can stand here")
	}
	return n
}

// time reads a time.
func (s *scanner) time(word string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, word)
	if s.err == nil && (err != nil || !isTime(t)) {
		s.refuse("this is not a time as in 2026-01-31T23:59:00Z")
	}
	return t.UTC()
}
