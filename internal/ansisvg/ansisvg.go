// Package ansisvg draws terminal output as SVG, for documentation. The same text
// gives the same picture, whatever fonts the reader has: every run of text says how
// wide it is.
package ansisvg

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// Sizes in pixels.
const (
	cellWidth  = 8.4
	lineHeight = 20
	fontSize   = 14
	padding    = 20
	bar        = 38 // the title bar
)

// The colors are those of a dark terminal.
const (
	background = "#0d1117"
	border     = "#30363d"
	foreground = "#d6dde5"
	faint      = "#8b949e"
)

// colors are the first eight of ANSI (SGR 30 to 37), and the bright ones after
// them (90 to 97).
var colors = []string{
	"#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", foreground,
	"#6e7681", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#b3f0ff", "#f0f6fc",
}

// look is what SGR sequences have set.
type look struct {
	color           string
	bold, dim, line bool
}

// run is text of one look at one place.
type run struct {
	look
	column, row, width int
	text               string
}

// Render draws text, which may hold SGR sequences and OSC 8 hyperlinks, in
// a window with a title. Other escape sequences are an error: the picture would
// not show what a terminal does. columns is the least width of the window.
func Render(w io.Writer, text, title string, columns int) error {
	runs, rows, err := parse(text)
	if err != nil {
		return fmt.Errorf("draw terminal output: %w", err)
	}
	for _, r := range runs {
		columns = max(columns, r.column+r.width)
	}
	var out strings.Builder
	width := float64(columns)*cellWidth + 2*padding
	height := rows*lineHeight + bar + 2*padding - 8
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%d" viewBox="0 0 %s %d" role="img" aria-label="%s">`+"\n",
		number(width), height, number(width), height, escape(title))
	fmt.Fprintf(&out, "<title>%s</title>\n", escape(title))
	out.WriteString(`<style>text{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:` +
		strconv.Itoa(fontSize) + `px;white-space:pre}.b{font-weight:700}.u{text-decoration:underline}</style>` + "\n")
	fmt.Fprintf(&out, `<rect x=".5" y=".5" width="%s" height="%d" rx="10" fill="%s" stroke="%s"/>`+"\n", number(width-1), height-1, background, border)
	for i, fill := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&out, `<circle cx="%d" cy="20" r="6" fill="%s"/>`+"\n", 22+20*i, fill)
	}
	fmt.Fprintf(&out, `<text x="%s" y="25" text-anchor="middle" fill="%s">%s</text>`+"\n", number(width/2), faint, escape(title))
	for _, r := range runs {
		r.draw(&out)
	}
	out.WriteString("</svg>\n")
	if _, err := io.WriteString(w, out.String()); err != nil {
		return fmt.Errorf("draw terminal output: %w", err)
	}
	return nil
}

func (r run) draw(out *strings.Builder) {
	fill := r.color
	if fill == "" {
		fill = foreground
	}
	if r.dim {
		fill = faint
	}
	var classes []string
	if r.bold {
		classes = append(classes, "b")
	}
	if r.line {
		classes = append(classes, "u")
	}
	class := ""
	if len(classes) > 0 {
		class = fmt.Sprintf(` class="%s"`, strings.Join(classes, " "))
	}
	fmt.Fprintf(out, `<text x="%s" y="%d" textLength="%s" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`+"\n",
		number(padding+float64(r.column)*cellWidth), bar+padding+6+r.row*lineHeight, number(float64(r.width)*cellWidth), fill, class, escape(r.text))
}

// parse splits text into runs. Spaces at the ends of a run are left out: they
// show nothing, and parts of a line would hang on them.
func parse(text string) (runs []run, rows int, err error) {
	var now look
	for row, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		rows = row + 1
		column := 0
		for line != "" {
			if strings.HasPrefix(line, "\x1b") {
				if line, err = now.escape(line); err != nil {
					return nil, 0, fmt.Errorf("line %d: %w", row+1, err)
				}
				continue
			}
			end := strings.IndexByte(line, '\x1b')
			if end < 0 {
				end = len(line)
			}
			shown := line[:end]
			trimmed := strings.TrimLeft(shown, " ")
			lead := len(shown) - len(trimmed)
			trimmed = strings.TrimRight(trimmed, " ")
			if trimmed != "" {
				runs = append(runs, run{now, column + lead, row, displaywidth.String(trimmed), trimmed})
			}
			column += displaywidth.String(shown)
			line = line[end:]
		}
	}
	return runs, rows, nil
}

// escape obeys the sequence that line begins with and returns what follows it.
func (l *look) escape(line string) (string, error) {
	if rest, ok := strings.CutPrefix(line, "\x1b]8;"); ok {
		if _, after, ok := strings.Cut(rest, "\x1b\\"); ok {
			return after, nil
		}
	}
	rest, ok := strings.CutPrefix(line, "\x1b[")
	codes, after, found := strings.Cut(rest, "m")
	if !ok || !found {
		return "", fmt.Errorf("an escape sequence that sets no color: %q", line[:min(len(line), 8)])
	}
	for code := range strings.SplitSeq(codes, ";") {
		n, err := strconv.Atoi(code)
		if code != "" && err != nil {
			return "", fmt.Errorf("the color sequence %q is not understood", codes)
		}
		if err := l.set(n); err != nil {
			return "", err
		}
	}
	return after, nil
}

func (l *look) set(n int) error {
	switch {
	case n == 0:
		*l = look{}
	case n == 1:
		l.bold = true
	case n == 2:
		l.dim = true
	case n == 4:
		l.line = true
	case n == 22:
		l.bold, l.dim = false, false
	case n == 24:
		l.line = false
	case n == 39:
		l.color = ""
	case n >= 30 && n <= 37:
		l.color = colors[n-30]
	case n >= 90 && n <= 97:
		l.color = colors[n-90+8]
	default:
		return fmt.Errorf("the color code %d is not understood", n)
	}
	return nil
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 32) }

func escape(text string) string {
	var out strings.Builder
	// Writing to a Builder does not fail.
	_ = xml.EscapeText(&out, []byte(text))
	return out.String()
}
