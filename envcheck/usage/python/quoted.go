package python

import "bytes"

// isPrefix reports whether a word before a quote belongs to the string.
func isPrefix(w []byte) bool {
	if len(w) > 2 {
		return false
	}
	for _, c := range w {
		switch c | 32 {
		case 'r', 'b', 'u', 'f', 't':
		default:
			return false
		}
	}
	return true
}

// quoted reads the string that begins at offset i with its prefix and has its first
// quote at q. A string that does not end on its line is a quote too many: one byte.
func (l *lexer) quoted(i, q int) int {
	text := l.text
	c := text[q]
	fields, raw := false, false
	for _, p := range text[i:q] {
		fields = fields || p|32 == 'f' || p|32 == 't'
		raw = raw || p|32 == 'r'
	}
	triple := at(text, q+1) == c && at(text, q+2) == c
	if triple && q == l.stray {
		return q + 3
	}
	if fields && l.nesting < maxNesting {
		return l.formatted(i, q, triple, raw)
	}
	var end int
	if triple {
		l.mark(q)
		if end = endOfTriple(text, q+3, c); end < 0 {
			l.unclosed = true
			end = len(text)
		} else {
			l.mark(end - 3)
		}
	} else if end = endOfString(text, q+1, c); end < 0 {
		l.lineStart = false
		return q + 1
	}
	l.add(literal, c, i, end)
	return end
}

// endOfString is the offset behind the closing quote, or -1 when the line ends first.
func endOfString(text []byte, i int, c byte) int {
	for i < len(text) {
		switch text[i] {
		case c:
			return i + 1
		case '\\':
			i++
			if at(text, i) == '\r' && at(text, i+1) == '\n' {
				i++
			}
		case '\n', '\r':
			return -1
		}
		i++
	}
	return -1
}

// endOfTriple is the offset behind the closing quotes, or -1 when the text ends first.
func endOfTriple(text []byte, i int, c byte) int {
	for i < len(text) {
		next := bytes.IndexByte(text[i:], c)
		if next < 0 {
			return -1
		}
		next += i
		// A backslash before the quote takes it from the closing ones, unless the
		// backslash is one of an even number.
		slashes := 0
		for next-slashes-1 >= i && text[next-slashes-1] == '\\' {
			slashes++
		}
		switch {
		case slashes%2 == 1:
			i = next + 1
		case at(text, next+1) == c && at(text, next+2) == c:
			return next + 3
		default:
			i = next + 1
		}
	}
	return -1
}

// formatted reads a string with fields by the rules of Python 3.12, of which those of
// older versions are a part: in a field anything may stand, the string's own quotes
// and line breaks too.
func (l *lexer) formatted(i, q int, triple, raw bool) int {
	text := l.text
	c := text[q]
	l.add(format, c, i, i)
	self := len(l.tokens) - 1
	if triple {
		l.mark(q)
	}
	l.nesting++
	end := q + 1
	if triple {
		end = q + 3
	}
	closed := false
	for end < len(text) && !l.lost && !closed {
		switch b := text[end]; {
		case b == '\\':
			end = l.escape(end, raw)
		case b == c && (!triple || at(text, end+1) == c && at(text, end+2) == c):
			closed = true
			end++
			if triple {
				end += 2
			}
		case (b == '\n' || b == '\r') && !triple:
			closed = true
		case b == '{' && at(text, end+1) == '{':
			end += 2
		case b == '{':
			end = l.field(end)
		default:
			end++
		}
	}
	end = min(end, len(text))
	if !l.lost {
		l.nesting--
		l.unclosed = l.unclosed || triple && !closed
		if triple && closed {
			l.mark(end - 3)
		}
	}
	l.tokens[self].end = int32(end)
	l.tokens[self].match = int32(len(l.tokens))
	return end
}

// escape passes over a backslash and what belongs to it. In a raw string a brace
// behind it begins a field all the same; "\N{DASH}" is none.
func (l *lexer) escape(i int, raw bool) int {
	next := at(l.text, i+1)
	switch {
	case next == '{' && (raw || at(l.text, i+2) != '{'):
		return i + 1
	case next == 'N' && !raw && at(l.text, i+2) == '{':
		for i += 3; i < len(l.text) && l.text[i] != '}' && classOf[l.text[i]] != lineBreak && classOf[l.text[i]] != quote; i++ {
		}
		return i
	case next == '\r' && at(l.text, i+2) == '\n':
		return i + 3
	}
	return i + 2
}

// field reads a replacement field from its "{", and returns the offset behind its "}".
func (l *lexer) field(i int) int {
	outer := l.depth
	l.push(i)
	opener, base := l.open[len(l.open)-1], len(l.open)
	l.depth = [3]int32{}
	i = l.cut(i+1, true)
	if l.lost {
		return i
	}
	l.open = l.open[:base]
	if c := at(l.text, i); c == ':' || c == '!' {
		i = l.spec(i + 1)
	}
	if l.lost {
		return i
	}
	l.open, l.depth = l.open[:base-1], outer
	if at(l.text, i) == '}' {
		l.add(sign, '}', i, i+1)
		l.pair(opener)
		i++
	}
	return i
}

// spec reads a conversion and a format specification up to the "}" of the field, or
// to the end of the line, which has none then. Fields in it are read like others.
func (l *lexer) spec(i int) int {
	for i < len(l.text) && !l.lost {
		switch c := l.text[i]; {
		case c == '}' || c == '\n' || c == '\r':
			return i
		case c == '{' && l.nesting < maxNesting:
			l.nesting++
			i = l.field(i)
			if !l.lost {
				l.nesting--
			}
		default:
			i++
		}
	}
	return i
}

// mark notes a triple quote, unless it stands in a field of a format string.
func (l *lexer) mark(i int) {
	if l.nesting == 0 {
		l.triples = append(l.triples, i)
	}
}

// strayTriple finds, of the triple quotes of a run that ended in an unclosed string,
// the opening one that is most likely too many: that without which most of what looks
// like code lies outside of strings. It returns the offset, or -1 when there is none.
//
// It goes by the quotes that the lexer took for triple ones, not by all that stand in
// the text: a single quote too many before a triple one takes part of it, and the
// number of those in the text is even all the same.
func (l *lexer) strayTriple() int {
	// Without quote k, the stretches before it change between code and text as they
	// stand, and those behind it the other way round. So the best k is that before
	// which code outweighs text the most; of equals the last, which a text has that
	// was cut off.
	best, sum, most, from := -1, 0, 0, 0
	for k, at := range l.triples {
		lines := codeLines(l.text[from:at])
		from = at + 3
		if k%2 == 1 {
			sum -= lines
			continue
		}
		if sum += lines; best < 0 || sum >= most {
			best, most = at, sum
		}
	}
	return best
}

// codeLines counts the lines that look like code.
func codeLines(text []byte) int {
	n := 0
	for line := range bytes.Lines(text) {
		if looksLikeCode(bytes.TrimSpace(line)) {
			n++
		}
	}
	return n
}

func looksLikeCode(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	switch line[len(line)-1] {
	case ':', ')', ']', '}', ',', '(', '[', '{':
	default:
		if !bytes.Contains(line, []byte(" = ")) && !bytes.HasPrefix(line, []byte("import ")) && !bytes.HasPrefix(line, []byte("return")) {
			return false
		}
	}
	return bytes.ContainsAny(line, "()[]={}.") || bytes.HasPrefix(line, []byte("else")) || bytes.HasPrefix(line, []byte("try"))
}
