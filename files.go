package envtight

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxText is the size in bytes above which a file is not read for a snippet.
const maxText = 8 << 20

// maxSnippet is the length in code points above which a shown line is cut.
const maxSnippet = 160

// files keeps the texts that marks, snippets and fingerprints are taken from.
type files struct {
	fsys    fs.FS
	maskers []Masker
	byPath  map[string]*file // nil entries: known to be unreadable
}

type file struct {
	path   string
	text   []byte
	lines  *Lines
	masks  []Span // sorted, disjoint
	masked bool
}

func newFiles(fsys fs.FS, maskers []Masker) *files {
	return &files{fsys: fsys, maskers: maskers, byPath: map[string]*file{}}
}

func (f *files) add(path string, text []byte) {
	f.byPath[path] = &file{path: path, text: text}
}

func (f *files) get(path string) *file {
	if found, ok := f.byPath[path]; ok {
		return found
	}
	f.byPath[path] = nil
	if text, ok := f.read(path); ok {
		f.add(path, text)
	}
	return f.byPath[path]
}

func (f *files) read(path string) ([]byte, bool) {
	if f.fsys == nil || !fs.ValidPath(path) {
		return nil, false
	}
	// Opening a pipe would wait for whoever writes to it.
	if info, err := fs.Stat(f.fsys, path); err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	opened, err := f.fsys.Open(path)
	if err != nil {
		return nil, false
	}
	defer func() { _ = opened.Close() }()
	text, err := io.ReadAll(io.LimitReader(opened, maxText+1))
	return text, err == nil && len(text) <= maxText
}

// prepare finds lines and masks, once.
func (f *files) prepare(found *file) {
	if found.masked {
		return
	}
	found.masked = true
	found.lines = NewLines(found.text)
	for _, m := range f.maskers {
		found.masks = append(found.masks, m.Mask(found.path, found.text)...)
	}
	found.masks = disjoint(found.masks, len(found.text))
}

// disjoint sorts spans, joins those that touch and drops what lies outside a
// text of the given size.
func disjoint(spans []Span, size int) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	out := spans[:0]
	for _, s := range spans {
		s.Start, s.End = max(s.Start, 0), min(s.End, size)
		switch {
		case s.Len() <= 0:
		case len(out) > 0 && s.Start <= out[len(out)-1].End:
			out[len(out)-1].End = max(out[len(out)-1].End, s.End)
		default:
			out = append(out, s)
		}
	}
	return out
}

// snippet returns the first line of a place, blanked; nil when there is none.
func (f *files) snippet(at Location) *Snippet {
	if at.Kind != AtFile && at.Kind != AtConfig || at.Range.IsZero() {
		return nil
	}
	found := f.get(at.Path)
	if found == nil || bytes.IndexByte(found.text, 0) >= 0 {
		return nil // UTF-16 or no text: maskers may not see its values
	}
	f.prepare(found)
	n := at.Range.Start.Line
	if n < 1 || n > found.lines.Count() {
		return nil
	}
	line := found.lines.Span(n)
	mark := Span{Start: clamp(at.Range.Start.Offset, line), End: clamp(at.Range.End.Offset, line)}
	s := blank(found, line, mark)
	s.Line = n
	return s.cut()
}

func clamp(offset int, to Span) int { return max(to.Start, min(offset, to.End)) }

// blank writes a line with its masks replaced, and moves the marked span along.
func blank(f *file, line, mark Span) *Snippet {
	var text strings.Builder
	s := &Snippet{}
	column := func() int { return utf8.RuneCountInString(text.String()) + 1 }
	at := line.Start
	advance := func(to int) {
		for _, stop := range []struct {
			offset int
			column *int
		}{{mark.Start, &s.Start}, {mark.End, &s.End}} {
			if *stop.column == 0 && stop.offset >= at && stop.offset <= to {
				text.Write(f.text[at:stop.offset])
				at = stop.offset
				*stop.column = column()
			}
		}
		text.Write(f.text[at:to])
		at = to
	}
	first, _ := slices.BinarySearchFunc(f.masks, line.Start, func(m Span, start int) int { return cmp.Compare(m.End, start+1) })
	for _, m := range f.masks[first:] {
		if m.Start >= line.End {
			break
		}
		advance(max(m.Start, line.Start))
		if s.Start == 0 && mark.Start < m.End {
			s.Start = column()
		}
		text.WriteString(Redacted)
		if s.End == 0 && mark.End <= m.End {
			s.End = column()
		}
		at = min(m.End, line.End)
	}
	advance(line.End)
	s.Text = string([]rune(text.String())) // each invalid byte becomes one U+FFFD, as columns count them
	s.Start = max(s.Start, 1)
	s.End = max(s.End, s.Start)
	return s
}

// cut shortens a long line to the part round the mark.
func (s *Snippet) cut() *Snippet {
	runes := []rune(s.Text)
	if len(runes) <= maxSnippet {
		return s
	}
	from := max(0, min(s.Start-1-maxSnippet/4, len(runes)-maxSnippet))
	to := from + maxSnippet
	text := string(runes[from:to])
	shift := -from
	if from > 0 {
		text, shift = "…"+text, shift+1
	}
	if to < len(runes) {
		text += "…"
	}
	last := utf8.RuneCountInString(text) + 1
	return &Snippet{Line: s.Line, Text: text, Start: min(s.Start+shift, last), End: min(s.End+shift, last)}
}

// maskedLine returns the text of the line that a place starts in, blanked.
func (f *files) maskedLine(at Location) string {
	if s := f.snippet(at); s != nil {
		return s.Text
	}
	return ""
}
