package envtight

import (
	"io"
	"io/fs"
)

// maxText is the size in bytes above which a file is not read for a snippet.
const maxText = 8 << 20

// files keeps the texts that marks, snippets and fingerprints are taken from.
type files struct {
	fsys    fs.FS
	maskers []Masker
	byPath  map[string]*file // nil entries: known to be unreadable
}

type file struct {
	path    string
	text    []byte
	curtain *Curtain // nil until a line is shown
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

// snippet returns the first line of a place, blanked; nil when there is none.
func (f *files) snippet(at Location) *Snippet {
	if at.Kind != AtFile && at.Kind != AtConfig || at.Range.IsZero() {
		return nil
	}
	found := f.get(at.Path)
	if found == nil {
		return nil
	}
	if found.curtain == nil {
		var masks []Span
		for _, m := range f.maskers {
			masks = append(masks, m.Mask(found.path, found.text)...)
		}
		found.curtain = NewCurtain(NewLines(found.text), masks)
	}
	return found.curtain.Snippet(at.Range)
}

// maskedLine returns the text of the line that a place starts in, blanked.
func (f *files) maskedLine(at Location) string {
	if s := f.snippet(at); s != nil {
		return s.Text
	}
	return ""
}

// blank replaces what must not be shown of a line of no file.
func (f *files) blank(text string) string {
	var masks []Span
	for _, m := range f.maskers {
		masks = append(masks, m.Mask("", []byte(text))...)
	}
	return NewCurtain(NewLines([]byte(text)), masks).Text(Span{Start: 0, End: len(text)})
}
