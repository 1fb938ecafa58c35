package dotenv

import (
	"bytes"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/envtight/envtight"
)

// Parse reads an env file. It never fails: whatever it cannot make sense of is
// a bad line. The spans of the entries, joined, are exactly src, for any bytes.
// It keeps src, which must not be changed afterwards. Its time is linear in the
// length of src.
func Parse(src []byte) *File {
	f := &File{}
	var bom int
	f.Encoding, bom = detect(src)
	f.BOM = envtight.Span{End: bom}
	c := &content{src: src, decoded: src}
	skip := bom
	if f.Encoding == UTF16LE || f.Encoding == UTF16BE {
		c.decoded, c.origins = decodeUTF16(src, f.Encoding == UTF16BE, true)
		skip = c.decodedOffset(bom)
	}
	f.entries = parseEntries(c.decoded, skip)
	if c.origins != nil {
		for i := range f.entries {
			f.entries[i].restore(c.origins)
		}
	}
	c.lines = sync.OnceValue(func() *envtight.Lines { return envtight.NewLines(c.decoded) })
	f.text = func() *content { return c }
	return f
}

func parseEntries(text []byte, bom int) []Entry {
	if len(text) == 0 {
		return nil
	}
	p := &parser{
		text:  text,
		names: string(text),
		hasCR: bytes.IndexByte(text, '\r') >= 0,
		lf:    -1,
	}
	lines := bytes.Count(text, []byte{'\n'})
	if lines == 0 {
		lines = bytes.Count(text, []byte{'\r'})
	}
	entries := make([]Entry, 0, lines+1)
	for start, from := 0, bom; start < len(text); {
		entries = append(entries, Entry{Span: envtight.Span{Start: start}})
		e := &entries[len(entries)-1]
		p.entry(e, from)
		if len(entries) > 1 {
			p.checkStray(e, &entries[len(entries)-2])
		}
		start, from = e.Span.End, e.Span.End
	}
	return entries
}

// parser holds what is remembered between the lines of one text.
type parser struct {
	text  []byte
	names string // text again, so that names need no copies
	hasCR bool
	lf    int // the first LF at or behind the last place asked for
	// quotes remembers the last search for each closing quote, so that a file
	// full of unclosed quotes is still read in linear time.
	quotes [3]quoteSearch
}

type quoteSearch struct {
	from, at int // a search starting in [from, at] finds at; at == len(text): none
	closes   bool
	done     bool
}

// line returns the end of the line that holds offset, without and with its
// line ending.
func (p *parser) line(offset int) (end, next int) {
	if p.lf < offset {
		p.lf = len(p.text)
		if i := bytes.IndexByte(p.text[offset:], '\n'); i >= 0 {
			p.lf = offset + i
		}
	}
	end, next = p.lf, min(p.lf+1, len(p.text))
	if !p.hasCR {
		return end, next
	}
	if i := bytes.IndexByte(p.text[offset:end], '\r'); i >= 0 {
		cr := offset + i
		if cr+1 < end || end == len(p.text) {
			next = cr + 1
		}
		return cr, next
	}
	return end, next
}

// finish sets the spans that end the entry.
func (e *Entry) finish(end, next int) {
	e.EOL = envtight.Span{Start: end, End: next}
	e.Span.End = next
}

// entry reads one entry whose text starts at from.
func (p *parser) entry(e *Entry, from int) {
	end, next := p.line(from)
	e.none(from)
	e.finish(end, next)
	i := p.skipBlanks(from, end)
	switch {
	case i == end:
		e.Kind = Blank
	case p.text[i] == '#':
		e.Kind = Comment
		p.comment(e, i, end)
	default:
		p.assignment(e, i, end, true)
	}
}

// none puts all parts of the entry at one place, empty.
func (e *Entry) none(at int) {
	empty := envtight.Span{Start: at, End: at}
	e.Export, e.Key, e.Operator, e.Value, e.Inner, e.Comment = empty, empty, empty, empty, empty, empty
}

// assignment reads the line [i, end) as an assignment; when multi is set, its
// value may go on behind the line.
func (p *parser) assignment(e *Entry, i, end int, multi bool) {
	e.Kind = BadLine
	e.none(i)
	if k := i + len("export"); k < end && string(p.text[i:k]) == "export" {
		if j := p.skipBlanks(k, end); j > k && j < end && p.text[j] != '=' {
			e.Export = envtight.Span{Start: i, End: k}
			i = j
		}
	}
	name, keyEnd := p.key(i, end)
	op := p.skipBlanks(keyEnd, end)
	isOperator := op < end && (p.text[op] == '=' || p.text[op] == ':' && op == keyEnd)
	e.noneFrom(i)
	switch {
	case !isOperator && bytes.IndexByte(p.text[op:end], '=') < 0:
		e.Problem = NoDelimiter
		p.bareName(e, i, keyEnd, op, end)
		return
	case !isOperator:
		e.Problem = BadKey
		return
	case keyEnd == i:
		e.Problem = EmptyKey
		return
	}
	class := keyClass(p.text[name.Start:name.End])
	if class == keyForeign {
		e.Problem = BadKey
		return
	}
	e.Kind = Assignment
	e.Name = p.names[name.Start:name.End]
	e.Key = envtight.Span{Start: i, End: keyEnd}
	e.Operator = envtight.Span{Start: op, End: op + 1}
	if class != keyPlain || keyEnd-i != name.Len() {
		e.Problem = BadKey
	}
	p.value(e, op+1, end, multi)
}

// noneFrom puts all parts behind Export at one place, empty.
func (e *Entry) noneFrom(at int) {
	export := e.Export
	e.none(at)
	if export.Len() > 0 {
		e.Export = export
	}
}

// bareName gives a bad line its name when it is one word of capitals, as docker
// takes it from the environment.
func (p *parser) bareName(e *Entry, start, keyEnd, rest, end int) {
	if rest < end && (p.text[rest] != '#' || rest == keyEnd) {
		return
	}
	if !isCapitalName(p.text[start:keyEnd]) {
		return
	}
	e.Name = p.names[start:keyEnd]
	e.noneFrom(keyEnd)
	e.Key = envtight.Span{Start: start, End: keyEnd}
	if rest < end {
		e.Comment = envtight.Span{Start: rest, End: p.trimBlanks(rest, end)}
	}
}

// key returns the name that starts at i and the end of the key, which differ
// when it is quoted.
func (p *parser) key(i, end int) (name envtight.Span, keyEnd int) {
	if c := p.text[i]; c == '\'' || c == '"' {
		if j := bytes.IndexByte(p.text[i+1:end], c); j > 0 {
			return envtight.Span{Start: i + 1, End: i + 1 + j}, i + 1 + j + 1
		}
	}
	k := i
	for k < end {
		c := p.text[k]
		if keyBytes[c] == 0 {
			if c == '=' || p.blankAt(k, end) > 0 {
				break
			}
			if c == ':' && (k+1 == end || p.blankAt(k+1, end) > 0) {
				break
			}
		}
		k++
	}
	return envtight.Span{Start: i, End: k}, k
}

// value reads what follows the operator.
func (p *parser) value(e *Entry, from, end int, multi bool) {
	empty := envtight.Span{Start: from, End: from}
	e.Value, e.Inner = empty, empty
	v := p.skipBlanks(from, end)
	switch {
	case v == end:
		e.Comment = envtight.Span{Start: end, End: end}
	case p.text[v] == '#' && v > from:
		e.Comment = envtight.Span{Start: v, End: p.trimBlanks(v, end)}
	case p.text[v] == '"' || p.text[v] == '\'' || p.text[v] == '`':
		p.quoted(e, v, end, multi)
	default:
		p.unquoted(e, v, v, end)
	}
}

// unquoted takes [v, end) as the value, up to a comment that starts behind
// search.
func (p *parser) unquoted(e *Entry, v, search, end int) {
	comment := p.commentStart(search, end)
	stop := p.trimBlanks(v, comment)
	e.Value = envtight.Span{Start: v, End: stop}
	e.Inner = e.Value
	e.Comment = envtight.Span{Start: comment, End: max(comment, p.trimBlanks(comment, end))}
}

// commentStart returns the place of the first # that has a blank before it, at
// the earliest at from+1, or end.
func (p *parser) commentStart(from, end int) int {
	for i := from; i < end; {
		j := bytes.IndexByte(p.text[i:end], '#')
		if j < 0 {
			return end
		}
		i += j
		if i > from && p.trimBlanks(i-min(i-from, utf8.UTFMax), i) < i {
			return i
		}
		i++
	}
	return end
}

// quoted reads a value that starts with a quote at v.
func (p *parser) quoted(e *Entry, v, end int, multi bool) {
	quote := p.text[v]
	at, closes := p.closing(v+1, quote)
	if !multi && at >= end {
		closes = false
	}
	if !closes {
		// A backslash before the last quote of the line is then no escape, as
		// in DIR="C:\temp\".
		if last := bytes.LastIndexByte(p.text[v+1:end], quote); last > 0 &&
			p.text[v+last] == '\\' && p.endsValue(v+1+last+1, end) {
			at, closes = v+1+last, true
		}
	}
	if closes {
		lineEnd, next := p.line(at)
		e.Quote = Quote(quote)
		e.Value = envtight.Span{Start: v, End: at + 1}
		e.Inner = envtight.Span{Start: v + 1, End: at}
		comment := p.skipBlanks(at+1, lineEnd)
		e.Comment = envtight.Span{Start: comment, End: max(comment, p.trimBlanks(comment, lineEnd))}
		e.finish(lineEnd, next)
		return
	}
	if at >= end {
		if e.Problem == NoProblem || e.Problem == BadKey {
			e.Problem = UnterminatedQuote
		}
		p.unquoted(e, v, v, end)
		return
	}
	e.Problem = TextAfterQuote
	p.unquoted(e, v, at, end)
	// K="{"a":"b"}" means what stands between the outer quotes.
	if e.Value.Len() > 1 && p.text[e.Value.End-1] == quote {
		e.Quote = Quote(quote)
		e.Inner = envtight.Span{Start: v + 1, End: e.Value.End - 1}
	}
}

// closing finds the quote that closes a value which starts at from, and tells
// whether it ends the value: only blanks and a comment stand behind it.
func (p *parser) closing(from int, quote byte) (at int, closes bool) {
	s := &p.quotes[quoteIndex(quote)]
	if s.done && s.from <= from && from <= s.at {
		return s.at, s.closes
	}
	at = from
	for {
		i := bytes.IndexByte(p.text[at:], quote)
		if i < 0 {
			at = len(p.text)
			break
		}
		at += i
		if p.text[at-1] != '\\' {
			break
		}
		at++
	}
	if at < len(p.text) {
		end, _ := p.lineUncached(at)
		closes = p.endsValue(at+1, end)
	}
	*s = quoteSearch{from: from, at: at, closes: closes, done: true}
	return at, closes
}

// lineUncached is line for a place far ahead, which must not disturb what line
// remembers.
func (p *parser) lineUncached(offset int) (end, next int) {
	kept := p.lf
	end, next = p.line(offset)
	if kept >= 0 {
		p.lf = kept
	}
	return end, next
}

func quoteIndex(quote byte) int {
	switch quote {
	case '"':
		return 0
	case '\'':
		return 1
	default:
		return 2
	}
}

// endsValue reports whether [i, end) is blank or a comment.
func (p *parser) endsValue(i, end int) bool {
	i = p.skipBlanks(i, end)
	return i == end || p.text[i] == '#'
}

// checkStray turns the last line of base64 text, which ends in =, into a bad
// line when the line before is part of the same broken value. Its "key" is then
// part of a value and must not be shown as a name.
func (p *parser) checkStray(e, before *Entry) {
	if e.Kind != Assignment || before.Problem == NoProblem || before.Problem == BadKey && before.Kind == Assignment {
		return
	}
	const shortest = 16
	if e.Key.Len() < shortest || isCapitalName(p.text[e.Key.Start:e.Key.End]) {
		return
	}
	for _, b := range p.text[e.Value.Start:e.Value.End] {
		if b != '=' {
			return
		}
	}
	*e = Entry{Kind: BadLine, Problem: StrayText, Span: e.Span, EOL: e.EOL}
	e.none(e.Span.Start)
}

// skipBlanks returns the first place in [i, end) that is not blank.
func (p *parser) skipBlanks(i, end int) int {
	for i < end {
		n := p.blankAt(i, end)
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// blankAt returns the length of the blank at i, or 0.
func (p *parser) blankAt(i, end int) int {
	switch c := p.text[i]; {
	case c == ' ' || c == '\t' || c == '\v' || c == '\f':
		return 1
	case c < utf8.RuneSelf:
		return 0
	}
	if r, n := utf8.DecodeRune(p.text[i:end]); unicode.IsSpace(r) {
		return n
	}
	return 0
}

// trimBlanks returns the end of [start, end) without blanks at its end.
func (p *parser) trimBlanks(start, end int) int {
	for end > start {
		switch c := p.text[end-1]; {
		case c == ' ' || c == '\t' || c == '\v' || c == '\f':
			end--
			continue
		case c < utf8.RuneSelf:
			return end
		}
		r, n := utf8.DecodeLastRune(p.text[start:end])
		if !unicode.IsSpace(r) {
			return end
		}
		end -= n
	}
	return end
}
