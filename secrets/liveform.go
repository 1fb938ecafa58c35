package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// form is one way to write a value.
type form struct {
	text  []byte
	value int
	// encoding is a tag as in [Match.Decoded]; empty for what stands as it is.
	encoding string
	// loose tells that white space does not count: text has none, and what is
	// compared with it may have some anywhere.
	loose bool
	// piece is the longest part of text that had no white space in it.
	piece envtight.Span
	// open tells that characters before and behind may hold bits of the value.
	open bool
}

// formsOf returns all ways to write a value, the simplest first.
func formsOf(value []byte) []form {
	var out []form
	seen := map[string]bool{}
	add := func(f form) {
		if f.piece.Len() >= anchorLen && !seen[string(f.text)] {
			seen[string(f.text)] = true
			out = append(out, f)
		}
	}
	bare := form{text: value, piece: envtight.Span{Start: 0, End: len(value)}}
	if isBroken(value) {
		bare = compact(value)
	}
	add(bare)
	for _, escape := range escapes {
		add(bare.escaped(escape.write, escape.encoding))
	}
	for _, body := range bodiesOf(value) {
		for _, f := range digitsOf(body) {
			add(f)
		}
	}
	return out
}

// compact drops the white space of a text, also what is written as an escape.
func compact(text []byte) form {
	f := form{loose: true}
	start := 0
	for at := 0; at < len(text); {
		next := skipSpace(text, at)
		if next == at {
			f.text = append(f.text, text[at])
			next++
		} else {
			start = len(f.text)
		}
		if len(f.text)-start > f.piece.Len() {
			f.piece = envtight.Span{Start: start, End: len(f.text)}
		}
		at = next
	}
	return f
}

// isBroken tells whether a value has several lines, also when its line breaks are
// written as escapes.
func isBroken(value []byte) bool {
	return bytes.ContainsAny(value, "\r\n") || bytes.Contains(value, []byte(`\n`))
}

// escaped writes each byte in another way.
func (f *form) escaped(write func(c byte) string, encoding string) form {
	out := form{encoding: encoding, loose: f.loose}
	for i, c := range f.text {
		if i == f.piece.Start {
			out.piece.Start = len(out.text)
		}
		out.text = append(out.text, write(c)...)
		if i == f.piece.End-1 {
			out.piece.End = len(out.text)
		}
	}
	return out
}

// escapes are the usual ways to escape. Most give the same for most values.
var escapes = []struct {
	encoding string
	write    func(c byte) string
}{
	{"decoded:percent", percentWriter("-_.~", "%%%02X")},
	{"decoded:percent", percentWriter("-_.~", "%%%02x")},
	{"decoded:percent", percentWriter("-_.~!'()*", "%%%02X")},            // JavaScript, a part
	{"decoded:percent", percentWriter("-_.~!'()*;/?:@&=+$,#", "%%%02X")}, // JavaScript, a whole address
	{"decoded:percent", percentWriter("-_.~$&+:=@", "%%%02X")},           // Go, a part of a path
	{"", jsonWriter("")},
	{"", jsonWriter("/")},
	{"", jsonWriter("<>&")},
}

func percentWriter(kept, format string) func(c byte) string {
	return func(c byte) string {
		isAlnum := '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if isAlnum || strings.IndexByte(kept, c) >= 0 {
			return string([]byte{c})
		}
		return fmt.Sprintf(format, c)
	}
}

// jsonWriter escapes as JSON asks for, and what is in more.
func jsonWriter(more string) func(c byte) string {
	return func(c byte) string {
		switch {
		case c == '"' || c == '\\' || c == '/' && more == "/":
			return string([]byte{'\\', c})
		case c < ' ' || strings.IndexByte(more, c) >= 0:
			return fmt.Sprintf(`\u%04x`, c)
		}
		return string([]byte{c})
	}
}

// bodiesOf returns the bytes that may have been encoded as a whole: the value, and
// with its line breaks as a file has them.
func bodiesOf(value []byte) [][]byte {
	lines := bytes.ReplaceAll(value, []byte("\r\n"), []byte("\n"))
	unescaped := bytes.ReplaceAll(lines, []byte(`\n`), []byte("\n"))
	return [][]byte{value, lines, unescaped}
}

// digitsOf writes bytes in base64 and hexadecimal. Both are often broken into
// lines.
func digitsOf(body []byte) []form {
	var out []form
	digits := func(text []byte, encoding string) form {
		return form{text: text, encoding: encoding, loose: true, piece: envtight.Span{Start: 0, End: len(text)}}
	}
	for before := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.AppendEncode(nil, slices.Concat(make([]byte, before), body))
			// Only what depends on the body alone.
			f := digits(text[(before*8+5)/6:(before+len(body))*8/6], "decoded:base64")
			f.open = true
			out = append(out, f)
		}
	}
	lower := hex.AppendEncode(nil, body)
	return append(out, digits(lower, "decoded:hex"), digits(bytes.ToUpper(lower), "decoded:hex"))
}

// anchors are the places of the parts that the form is filed under: those that look
// most like chance. There are two side by side where there is room, as a line may
// be broken in one.
func (f *form) anchors() []int {
	n := 1
	if f.loose && f.piece.Len() >= 2*anchorLen {
		n = 2
	}
	best, bestScore := f.piece.Start, -1
	for at := f.piece.Start; at+n*anchorLen <= f.piece.End; at++ {
		score := 0
		for _, c := range f.text[at : at+n*anchorLen] {
			if c < 'a' || c > 'z' {
				score++
			}
			if '0' <= c && c <= '9' {
				score++
			}
		}
		if score > bestScore {
			best, bestScore = at, score
		}
	}
	out := []int{best}
	if n == 2 {
		out = append(out, best+anchorLen)
	}
	return out
}

// reach is how long the form may be in a text, in bytes.
func (f *form) reach() int {
	if !f.loose {
		return len(f.text)
	}
	return 2*len(f.text) + maxSkipped
}

// at compares the form with a text, byte n of it with the one at a place.
func (f *form) at(text []byte, n, place int) (envtight.Span, bool) {
	start, end := place, place
	left := f.reach() - len(f.text) // what may be skipped
	for i := n; i < len(f.text); i++ {
		if f.loose && i > n {
			next := skipSpace(text, end)
			left -= next - end
			end = next
		}
		if left < 0 || end >= len(text) || text[end] != f.text[i] {
			return envtight.Span{}, false
		}
		end++
	}
	for i := n - 1; i >= 0; i-- {
		if f.loose {
			next := skipSpaceBack(text, start)
			left -= start - next
			start = next
		}
		if left < 0 || start == 0 || text[start-1] != f.text[i] {
			return envtight.Span{}, false
		}
		start--
	}
	if f.open {
		return widened(text, envtight.Span{Start: start, End: end}), true
	}
	return envtight.Span{Start: start, End: end}, true
}

// maxPadding is what base64 ends with at most.
const maxPadding = 2

// widened adds what is beside base64 and may hold a few bits of it.
func widened(text []byte, s envtight.Span) envtight.Span {
	if s.Start > 0 && isBase64(text[s.Start-1]) {
		s.Start--
	}
	if s.End < len(text) && isBase64(text[s.End]) {
		s.End++
	}
	for range maxPadding {
		if s.End < len(text) && text[s.End] == '=' {
			s.End++
		}
	}
	return s
}

func isBase64(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("+/-_", c) >= 0
}

// spaces are the ways to write white space, those that others begin with last.
var spaces = []string{" ", "\t", "\r", "\n", `\\n`, `\\r`, `\\t`, `\n`, `\r`, `\t`, "%20", "%09", "%0A", "%0a", "%0D", "%0d"}

// skipSpace returns the end of the white space at a place.
func skipSpace(text []byte, at int) int {
	for start := at; at < len(text) && at-start < maxSkipped; {
		c := text[at]
		if c > ' ' && c != '\\' && c != '%' {
			break
		}
		n := slices.IndexFunc(spaces, func(s string) bool { return bytes.HasPrefix(text[at:], []byte(s)) })
		if n < 0 {
			break
		}
		at += len(spaces[n])
	}
	return at
}

// skipSpaceBack returns the start of the white space before a place.
func skipSpaceBack(text []byte, at int) int {
	for end := at; at > 0 && end-at < maxSkipped; {
		n := slices.IndexFunc(spaces, func(s string) bool { return bytes.HasSuffix(text[:at], []byte(s)) })
		if n < 0 {
			break
		}
		at -= len(spaces[n])
	}
	return at
}
