package httpclient

import (
	"errors"
	"strings"
)

// checkDocument makes sure that a GraphQL document holds query operations and
// fragments only. It reads the document's tokens, not its grammar: whatever is
// not plainly a query at the top level is refused.
func checkDocument(document string) error {
	s := &scanner{text: document}
	operations := 0
	for {
		token := s.next()
		switch token {
		case "":
			if s.broken {
				return errors.New("the document cannot be read")
			}
			if operations == 0 {
				return errors.New("the document holds no query")
			}
			return nil
		case "{":
			operations++
			if !s.skipSelection() {
				return errors.New("the document cannot be read")
			}
		case "query", "fragment":
			if token == "query" {
				operations++
			}
			if !s.skipHead() || !s.skipSelection() {
				return errors.New("the document cannot be read")
			}
		default:
			return errors.New("the document holds something other than queries")
		}
	}
}

// scanner splits a GraphQL document into names and punctuation; strings and
// comments are passed over.
type scanner struct {
	text   string
	broken bool
}

func (s *scanner) next() string {
	for s.text != "" {
		switch c := s.text[0]; {
		case c == '#':
			_, s.text, _ = cutAny(s.text, "\r\n")
		case c == '"':
			s.skipString()
		case isNameByte(c):
			end := 1
			for end < len(s.text) && isNameByte(s.text[end]) {
				end++
			}
			token := s.text[:end]
			s.text = s.text[end:]
			return token
		case strings.IndexByte("{}()", c) >= 0:
			token := s.text[:1]
			s.text = s.text[1:]
			return token
		default:
			s.text = s.text[1:]
		}
	}
	return ""
}

func (s *scanner) skipString() {
	if rest, ok := strings.CutPrefix(s.text, `"""`); ok {
		for {
			at := strings.Index(rest, `"""`)
			if at < 0 {
				s.text, s.broken = "", true
				return
			}
			escaped := at > 0 && rest[at-1] == '\\'
			rest = rest[at+3:]
			if !escaped {
				s.text = rest
				return
			}
		}
	}
	for i := 1; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '"':
			s.text = s.text[i+1:]
			return
		case '\n', '\r':
			s.text, s.broken = "", true
			return
		}
	}
	s.text, s.broken = "", true
}

// skipHead passes over an operation's name, variables and directives, up to and
// including the brace that opens its selection.
func (s *scanner) skipHead() bool {
	for {
		switch s.next() {
		case "":
			return false
		case "(":
			if !s.skipParens() {
				return false
			}
		case "{":
			return true
		case "}", ")":
			return false
		}
	}
}

func (s *scanner) skipParens() bool {
	for depth := 1; depth > 0; {
		switch s.next() {
		case "":
			return false
		case "(":
			depth++
		case ")":
			depth--
		}
	}
	return true
}

// skipSelection passes over a selection that has been opened.
func (s *scanner) skipSelection() bool {
	for depth := 1; depth > 0; {
		switch s.next() {
		case "":
			return false
		case "{":
			depth++
		case "}":
			depth--
		}
	}
	return true
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
