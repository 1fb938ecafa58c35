package report

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// style is the parameters of an ANSI SGR sequence; empty for none. Only the 16
// colors are used, which every terminal shows as its user chose them.
type style string

const (
	plainStyle  style = ""
	boldStyle   style = "1"
	dimStyle    style = "2"
	redStyle    style = "31"
	greenStyle  style = "32"
	yellowStyle style = "33"
	blueStyle   style = "34"
	cyanStyle   style = "36"
	boldRed     style = "1;31"
	boldGreen   style = "1;32"
	boldYellow  style = "1;33"
	boldBlue    style = "1;34"
)

// part is a stretch of a line in one style. Its text must be plain already.
type part struct {
	style style
	text  string
	link  string // address; empty for none
	whole bool   // never wrapped inside
}

func say(text string) part               { return part{text: text} }
func styled(s style, text string) part   { return part{style: s, text: text} }
func unbroken(s style, text string) part { return part{style: s, text: text, whole: true} }

// page collects lines of text for a terminal or a pipe.
type page struct {
	o   Options
	out strings.Builder
}

// blank writes an empty line.
func (p *page) blank() { p.out.WriteByte('\n') }

// line writes one line, or with a width several, of which those after the first
// are indented by hang columns. Lines break at spaces; a word that is too long
// for a line stays whole.
func (p *page) line(indent, hang int, parts ...part) {
	for i, words := range p.wrap(indent, hang, split(parts)) {
		column := indent
		if i > 0 {
			column = hang
		}
		p.write(strings.Repeat(" ", column), words)
	}
}

// wrap distributes words to lines.
func (p *page) wrap(indent, hang int, words []part) [][]part {
	if p.o.Width <= 0 {
		return [][]part{words}
	}
	var lines [][]part
	var line []part
	used := indent
	for i := 0; i < len(words); {
		// Words that stand together without a space stay together.
		next := i + 1
		for next < len(words) && words[next].text != " " && words[next-1].text != " " {
			next++
		}
		width := 0
		for _, w := range words[i:next] {
			width += displaywidth.String(w.text)
		}
		if words[i].text != " " && used+width > p.o.Width && len(line) > 0 {
			lines = append(lines, trimSpace(line))
			line, used = nil, hang
		}
		if words[i].text != " " || len(line) > 0 || len(lines) == 0 {
			line = append(line, words[i:next]...)
			used += width
		}
		i = next
	}
	return append(lines, trimSpace(line))
}

func trimSpace(line []part) []part {
	for len(line) > 0 && line[len(line)-1].text == " " {
		line = line[:len(line)-1]
	}
	return line
}

// split cuts parts at spaces; each space is a part of its own.
func split(parts []part) []part {
	var words []part
	for _, p := range parts {
		if p.whole {
			words = append(words, p)
			continue
		}
		for i, text := range strings.Split(p.text, " ") {
			if i > 0 {
				words = append(words, part{style: p.style, text: " ", link: p.link})
			}
			if text != "" {
				words = append(words, part{style: p.style, text: text, link: p.link})
			}
		}
	}
	return words
}

// write writes one finished line. Neighbors of one style share its sequence.
func (p *page) write(indent string, parts []part) {
	if !p.o.Color {
		var line strings.Builder
		line.WriteString(indent)
		for _, part := range parts {
			line.WriteString(part.text)
		}
		p.out.WriteString(notCommand(strings.TrimRight(line.String(), " ")) + "\n")
		return
	}
	p.out.WriteString(indent)
	for i := 0; i < len(parts); {
		text := parts[i].text
		next := i + 1
		for next < len(parts) && parts[next].style == parts[i].style && parts[next].link == parts[i].link {
			text += parts[next].text
			next++
		}
		if i == 0 {
			text = notCommand(text)
		}
		p.out.WriteString(p.paint(parts[i].style, p.linked(parts[i].link, text)))
		i = next
	}
	p.out.WriteByte('\n')
}

func (p *page) paint(s style, text string) string {
	if s == plainStyle {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// linked wraps text in a hyperlink.
// https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
func (p *page) linked(address, text string) string {
	if address == "" || !p.o.Links {
		return text
	}
	return "\x1b]8;;" + address + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}

// fileLink returns the address of a file of the repository.
func (o Options) fileLink(file string) string {
	if o.Root == "" || file == "" || !o.Color {
		return ""
	}
	absolute := path.Join("/", filepath.ToSlash(o.Root), path.Join("/", file))
	return (&url.URL{Scheme: "file", Path: absolute}).String()
}
