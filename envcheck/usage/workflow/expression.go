package workflow

import "strings"

// mention is a reference in a text: offsets count in it.
type mention struct {
	Reference
	start, end int
	expression int // the how many-eth of the text, from 0
}

// mentions finds the references in a text with expressions: in what stands between
// "${{" and "}}". The number of expressions is the second result.
func mentions(text string) (found []mention, expressions int) {
	for at := 0; ; {
		open := strings.Index(text[at:], "${{")
		if open < 0 {
			return found, expressions
		}
		at += open + len("${{")
		var in []mention
		in, at = scan(text, at)
		for i := range in {
			in[i].expression = expressions
		}
		found = append(found, in...)
		expressions++
	}
}

// scan reads one expression, up to "}}" or the end of the text, and returns where it
// ends. Brackets, operators and functions say nothing of interest, so a text that is
// no expression is read as far as it goes.
func scan(text string, at int) ([]mention, int) {
	var found []mention
	for at < len(text) {
		switch c := text[at]; {
		case c == '\'':
			_, at = literal(text, at)
		case c == '}' && strings.HasPrefix(text[at:], "}}"):
			return found, at + len("}}")
		case isLetter(c):
			start := at
			name := word(text, at)
			at += len(name)
			if before := strings.TrimRight(text[:start], " \t\r\n"); strings.HasSuffix(before, ".") || strings.HasPrefix(strings.TrimLeft(text[at:], " \t\r\n"), "(") {
				continue // of a path that began elsewhere, or a function
			}
			if name = strings.ToLower(name); name == "true" || name == "false" || name == "null" || name == "nan" || name == "infinity" {
				continue
			}
			m := mention{Reference: Reference{Context: name}, start: start}
			at = m.follow(text, at)
			m.judge(text, at)
			found = append(found, m)
		case isDigit(c):
			at += len(word(text, at)) // also of 0xff and 1e3, in which letters are no names
		default:
			at++
		}
	}
	return found, at
}

// follow reads the path behind a context and returns where to go on.
func (m *mention) follow(text string, at int) int {
	m.end = at
	for {
		next := skip(text, at)
		switch {
		case next < len(text) && text[next] == '.':
			next = skip(text, next+1)
			if next < len(text) && isLetter(text[next]) {
				name := word(text, next)
				m.Path = append(m.Path, name)
				at = next + len(name)
				m.end = at
				continue
			}
			if next < len(text) && text[next] == '*' {
				m.Dynamic, m.end = true, next+1
				return next + 1
			}
		case next < len(text) && text[next] == '[':
			inside := skip(text, next+1)
			if inside < len(text) && text[inside] == '\'' {
				name, after := literal(text, inside)
				if after = skip(text, after); after < len(text) && text[after] == ']' {
					m.Path = append(m.Path, name)
					at = after + 1
					m.end = at
					continue
				}
			}
			m.Dynamic = true
			return next + 1 // what stands inside is read on its own
		}
		m.Whole = len(m.Path) == 0
		return at
	}
}

// judge looks at the operators round the reference.
func (m *mention) judge(text string, at int) {
	after := text[skip(text, at):]
	m.Defaulted = strings.HasPrefix(after, "||")
	m.Compared = strings.HasPrefix(after, "==") || strings.HasPrefix(after, "!=") || strings.HasPrefix(after, "&&")
	before := strings.TrimRight(text[:m.start], " \t\r\n(")
	for _, operator := range []string{"==", "!=", "!", "||"} {
		m.Compared = m.Compared || strings.HasSuffix(before, operator)
	}
}

// literal reads a text in single quotes, in which two of them stand for one, and
// returns where it ends.
func literal(text string, at int) (string, int) {
	var out strings.Builder
	for at++; at < len(text); at++ {
		if text[at] == '\'' {
			if at+1 == len(text) || text[at+1] != '\'' {
				return out.String(), at + 1
			}
			at++
		}
		out.WriteByte(text[at])
	}
	return out.String(), at
}

func word(text string, at int) string {
	end := at
	for end < len(text) && (isLetter(text[end]) || isDigit(text[end]) || text[end] == '-') {
		end++
	}
	return text[at:end]
}

func skip(text string, at int) int {
	for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
		at++
	}
	return at
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
