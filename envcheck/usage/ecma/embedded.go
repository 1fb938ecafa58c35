package ecma

import (
	"bytes"
	pathpkg "path"
)

// scripts returns a text of the same length in which only the code of a page is
// left: of its script blocks, of the part of an Astro file between "---", and, where
// the language has them, of the braces in its markup. Line ends stay.
func scripts(path string, text []byte) []byte {
	p := page{text: text, out: make([]byte, len(text)), braces: pathpkg.Ext(path) != ".vue"}
	for i, b := range text {
		if p.out[i] = ' '; b == '\n' {
			p.out[i] = b
		}
	}
	if pathpkg.Ext(path) == ".astro" {
		p.frontmatter()
	}
	p.markup()
	return p.out
}

type page struct {
	text, out []byte
	at        int
	braces    bool
}

// keep leaves the code between two bytes, as a statement of its own.
func (p *page) keep(start, end int) {
	copy(p.out[start:end], p.text[start:end])
	if end < len(p.out) && p.out[end] == ' ' {
		p.out[end] = ';'
	}
}

func (p *page) frontmatter() {
	rest := bytes.TrimLeft(p.text, "\xef\xbb\xbf \t\r\n")
	start := len(p.text) - len(rest)
	if !bytes.HasPrefix(rest, []byte("---")) {
		return
	}
	end := bytes.Index(rest[3:], []byte("\n---"))
	if end < 0 {
		end = len(rest) - 3
	}
	p.keep(start+3, start+3+end)
	p.at = min(len(p.text), start+3+end+4)
}

// markup goes through the tags.
func (p *page) markup() {
	for p.at < len(p.text) {
		rest := p.text[p.at:]
		switch {
		case rest[0] == '{' && p.braces:
			p.brace()
		case rest[0] != '<':
			p.at++
		case bytes.HasPrefix(rest, []byte("<!--")):
			p.skipTo("-->")
		case hasTag(rest, "script"):
			p.script()
		case hasTag(rest, "style"):
			p.skipTo("</style")
		default:
			p.at++
		}
	}
}

func hasTag(rest []byte, name string) bool {
	if len(rest) < len(name)+2 || !bytes.EqualFold(rest[1:1+len(name)], []byte(name)) {
		return false
	}
	c := rest[1+len(name)]
	return c == '>' || class[c]&isSpace != 0
}

func (p *page) skipTo(mark string) {
	if n := bytes.Index(p.text[p.at:], []byte(mark)); n >= 0 {
		p.at += n + len(mark)
		return
	}
	p.at = len(p.text)
}

// script keeps the inside of a script block, unless it is data.
func (p *page) script() {
	open := bytes.IndexByte(p.text[p.at:], '>')
	if open < 0 {
		p.at = len(p.text)
		return
	}
	tag := p.text[p.at : p.at+open]
	start := p.at + open + 1
	end := len(p.text)
	if n := bytes.Index(p.text[start:], []byte("</script")); n >= 0 {
		end = start + n
	}
	if !bytes.Contains(tag, []byte("json")) {
		p.keep(start, end)
	}
	p.at = max(end, start)
}

// brace keeps what stands in braces, with the braces. Strings may hold braces, too;
// those of code seldom do without a partner.
func (p *page) brace() {
	depth := 0
	for i := p.at; i < len(p.text); i++ {
		switch p.text[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			p.keep(p.at, i+1)
			p.at = i + 1
			return
		}
	}
	p.at++
	p.braces = false // the rest holds no pair
}
