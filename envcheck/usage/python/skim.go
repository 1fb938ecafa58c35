package python

import "bytes"

// skim reads the import statements of a text, and passes over all else but strings,
// in which none stand: several times faster than cutting the text into tokens. What
// it finds is what [script.findImports] finds; it says nothing of scopes.
func skim(text []byte, s *script) []imported {
	var out []imported
	types := -1 // the indentation of the "if TYPE_CHECKING:" whose block this is
	for i := start(text); i < len(text); {
		first := i
		for first < len(text) && classOf[text[first]] == space {
			first++
		}
		indent := first - i
		if c := at(text, first); c != '\n' && c != '\r' && c != '#' && indent <= types {
			types = -1
		}
		switch rest := text[first:]; {
		case hasWord(rest, "import"), hasWord(rest, "from"):
			end := importEnd(text, first)
			s.reset(text[first:end], -1)
			s.cut(0, false)
			s.endLine(end - first)
			for _, im := range s.statementImports() {
				im.types = types >= 0
				out = append(out, im)
			}
			i = end
		case hasWord(rest, "if") && isTypeChecking(rest):
			types = indent
			i = endOfCode(text, first)
		default:
			i = endOfCode(text, first)
		}
		i = behindBreak(text, i)
	}
	return out
}

// statementImports reads the import statements of the one line that was cut.
func (s *script) statementImports() (out []imported) {
	for i := range int32(len(s.tokens)) {
		switch {
		case !s.begins(i):
		case s.is(i, "import"):
			out = append(out, s.importStatement(i+1)...)
		case s.is(i, "from"):
			out = append(out, s.fromStatement(i+1)...)
		}
	}
	return out
}

func hasWord(text []byte, w string) bool {
	return len(text) > len(w) && string(text[:len(w)]) == w && classOf[text[len(w)]] != letter && classOf[text[len(w)]] != digit
}

func isTypeChecking(text []byte) bool {
	line := text[:lineEnd(text, 0)]
	at := bytes.Index(line, []byte("TYPE_CHECKING"))
	return at > 0 && !bytes.Contains(line[:at], []byte("not "))
}

// importEnd is the offset of the end of an import statement: of its line, or of that
// of its closing bracket.
func importEnd(text []byte, i int) int {
	end := lineEnd(text, i)
	for at(text, end-1) == '\\' && end < len(text) {
		end = lineEnd(text, behindBreak(text, end))
	}
	if open := bytes.IndexByte(text[i:end], '('); open >= 0 {
		if closing := bytes.IndexByte(text[i+open:], ')'); closing >= 0 {
			end = lineEnd(text, max(end, i+open+closing))
		}
	}
	return end
}

// behindBreak is the offset behind the line break at offset i.
func behindBreak(text []byte, i int) int {
	if at(text, i) == '\r' && at(text, i+1) == '\n' {
		i++
	}
	return i + 1
}

// endOfCode is the offset of the line break that ends the line of offset i, strings
// with line breaks passed over.
func endOfCode(text []byte, i int) int {
	for i < len(text) {
		switch classOf[text[i]] {
		case lineBreak:
			return i
		case comment:
			return lineEnd(text, i)
		case quote:
			i = endOfQuoted(text, i)
		case backslash:
			i = continued(text, i)
		default:
			i++
		}
	}
	return i
}

func endOfQuoted(text []byte, i int) int {
	c := text[i]
	var end int
	if at(text, i+1) == c && at(text, i+2) == c {
		if end = endOfTriple(text, i+3, c); end < 0 {
			end = i + 3
		}
	} else if end = endOfString(text, i+1, c); end < 0 {
		end = i + 1
	}
	return end
}
