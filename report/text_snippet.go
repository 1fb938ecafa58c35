package report

import (
	"fmt"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/envtight/envtight"
)

// tab is what a tab is shown as. Stops would depend on the column that a line
// begins in.
const tab = "    "

// cell is one code point of a line as it is shown.
type cell struct {
	text   string
	width  int
	marked bool
}

// snippet writes a source line and the marks below it.
func (t *text) snippet(s *envtight.Snippet, mark style) {
	number := fmt.Sprintf("%5d", s.Line)
	gutter := " │ "
	cells := layOut(s)
	if room := t.o.Width - len(number) - 3; t.o.Width > 0 {
		cells = cut(cells, max(room, 20))
	}
	var source, marks strings.Builder
	for _, c := range cells {
		source.WriteString(c.text)
		sign := " "
		if c.marked {
			sign = "^"
		}
		marks.WriteString(strings.Repeat(sign, c.width))
	}
	t.line(0, 0, unbroken(dimStyle, number+gutter), unbroken(plainStyle, strings.TrimRight(source.String(), " ")))
	blank := strings.Repeat(" ", len(number))
	under := strings.TrimRight(marks.String(), " ")
	lead := len(under) - len(strings.TrimLeft(under, " "))
	t.line(0, 0, unbroken(dimStyle, blank+gutter), unbroken(plainStyle, under[:lead]), unbroken(mark, under[lead:]))
}

// layOut escapes a line and finds out how wide each code point is. A mark of no
// width shows one sign, where need be behind the line.
func layOut(s *envtight.Snippet) []cell {
	var cells []cell
	column := 1
	text := strings.ToValidUTF8(s.Text, "\uFFFD")
	for i, r := range text {
		shown := visible(r)
		switch {
		case r == '\t':
			shown = tab
		case i > 0 && isCommand(text[i-1:]):
			shown = `\x23`
		}
		marked := column >= s.Start && column < s.End || s.Start >= s.End && column == s.Start
		cells = append(cells, cell{shown, displaywidth.String(shown), marked})
		column++
	}
	if column <= s.Start {
		cells = append(cells, cell{" ", 1, true})
	}
	return cells
}

// cut shortens a line to a width, so that the beginning of the mark stays.
func cut(cells []cell, width int) []cell {
	total, before := 0, -1
	for _, c := range cells {
		if c.marked && before < 0 {
			before = total
		}
		total += c.width
	}
	if total <= width {
		return cells
	}
	ellipsis := cell{"…", 1, false}
	// From the left, drop what lies more than a third of the width before
	// the mark.
	drop := 0
	if before > width*2/3 {
		drop = before - width/3
	}
	var out []cell
	at, used := 0, 0
	for i, c := range cells {
		at += c.width
		if at <= drop {
			continue
		}
		if len(out) == 0 && drop > 0 {
			out, used = append(out, ellipsis), 1
		}
		if used+c.width > width-1 && i < len(cells)-1 {
			return append(out, ellipsis)
		}
		out, used = append(out, c), used+c.width
	}
	return out
}
