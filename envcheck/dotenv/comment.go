package dotenv

import "github.com/envtight/envtight"

// comment reads the comment at [i, end), whose first byte is #. When its text
// is an assignment to a name in capitals, the entry is a commented-out
// assignment. Prose seldom begins so: "# set FOO=bar" and "# note=1" are
// comments.
func (p *parser) comment(e *Entry, i, end int) {
	e.Comment = envtight.Span{Start: i, End: p.trimBlanks(i, end)}
	j := i
	for j < end && p.text[j] == '#' {
		j++
	}
	j = p.skipBlanks(j, end)
	if j == end || keyBytes[p.text[j]] != 1 {
		return
	}
	c := Entry{Span: e.Span, EOL: e.EOL}
	p.assignment(&c, j, end, false)
	if c.Kind != Assignment || p.text[c.Operator.Start] != '=' || !isCapitalName([]byte(c.Name)) {
		return
	}
	if after := c.Operator.End; after < end && (p.text[after] == '=' || p.text[after] == '>') {
		return // a comparison or an arrow
	}
	c.Kind = CommentedOut
	*e = c
}
