package yamldoc

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/envtight/envtight"
)

// Text is the value of a scalar that knows where each of its bytes comes from.
type Text struct {
	Value string

	at    int
	known int   // how many bytes of Value could be traced
	from  []int // the offset of each of them in the text
	to    []int // where what it was written as ends
}

// Text traces the value of a scalar node.
func (d *Document) Text(n *yaml.Node) *Text {
	t := &Text{Value: n.Value, at: d.Offset(n)}
	at := d.Content(n)
	t.from, t.to = make([]int, len(n.Value)), make([]int, len(n.Value))
	quote := n.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle)
	for t.known < len(n.Value) && at < len(d.text) {
		size, from, to := step(d.text, at, n.Value[t.known:], quote)
		if size == 0 {
			break
		}
		for range size {
			t.from[t.known], t.to[t.known] = from, to
			t.known++
		}
		at = to
	}
	return t
}

// Content returns where the value of a scalar begins: behind its anchor, its tag, its
// quote or the head of its block.
func (d *Document) Content(n *yaml.Node) int {
	at := d.Offset(n)
	for at < len(d.text) && (n.Anchor != "" && d.text[at] == '&' || d.text[at] == '!') {
		end := bytes.IndexAny(d.text[at:], " \t\r\n")
		if end < 0 {
			return len(d.text)
		}
		at = skipBlank(d.text, at+end)
	}
	switch {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		at++
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		if end := bytes.IndexAny(d.text[min(at, len(d.text)):], "\r\n"); end >= 0 {
			at += end
		}
	}
	return min(at, len(d.text))
}

// step matches the start of value with the text at an offset: how many bytes of it
// one thing in the text stands for, and where that is. Size is 0 when they do not
// match.
//
// Where lines are folded, indented or joined, a blank stands for any run of blanks
// and breaks, and such a run may stand for nothing.
func step(text []byte, at int, value string, quote yaml.Style) (size, from, to int) {
	if quote == yaml.DoubleQuotedStyle && text[at] == '\\' {
		return escape(text, at, value)
	}
	if text[at] == value[0] {
		to = at + 1
		if quote == yaml.SingleQuotedStyle && text[at] == '\'' {
			to++
		}
		return 1, at, to
	}
	if !isBlank(text[at]) {
		return 0, 0, 0
	}
	if isBlank(value[0]) {
		return 1, at, at + 1
	}
	if at = skipBlank(text, at); at == len(text) {
		return 0, 0, 0
	}
	if quote == yaml.DoubleQuotedStyle && text[at] == '\\' {
		return escape(text, at, value)
	}
	if text[at] != value[0] {
		return 0, 0, 0
	}
	to = at + 1
	if quote == yaml.SingleQuotedStyle && text[at] == '\'' {
		to++
	}
	return 1, at, to
}

// escape is step at a backslash in double quotes.
func escape(text []byte, at int, value string) (size, from, to int) {
	if at+1 == len(text) {
		return 0, 0, 0
	}
	length := 2
	switch text[at+1] {
	case 'x':
		length = 4
	case 'u':
		length = 6
	case 'U':
		length = 10
	case '\r', '\n':
		next := skipBlank(text, at+1)
		if next == len(text) || text[next] == '\\' || text[next] != value[0] {
			return 0, 0, 0
		}
		return 1, next, next + 1
	}
	_, size = utf8.DecodeRuneInString(value)
	return size, at, min(at+length, len(text))
}

func isBlank(b byte) bool { return strings.IndexByte(" \t\r\n", b) >= 0 }

func skipBlank(text []byte, at int) int {
	for at < len(text) && isBlank(text[at]) {
		at++
	}
	return at
}

// Span returns the bytes of the text that value[start:end] was written as. When that
// cannot be told, it is the first byte of the node.
func (t *Text) Span(start, end int) envtight.Span {
	switch {
	case start >= end && start < t.known:
		return envtight.Span{Start: t.from[start], End: t.from[start]}
	case start >= end || end > t.known:
		return envtight.Span{Start: t.at, End: t.at + 1}
	}
	return envtight.Span{Start: t.from[start], End: t.to[end-1]}
}

// Whole returns the bytes that the whole value was written as, without quotes.
func (t *Text) Whole() envtight.Span { return t.Span(0, len(strings.TrimRight(t.Value, "\r\n"))) }
