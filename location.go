package envtight

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Position is a point in a text. Line and Column count from 1, Column in
// Unicode code points (an invalid byte counts as one); Offset counts bytes from
// 0. The zero Position means "not known".
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

// Span is a half-open range of byte offsets in a text.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Len returns the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Of returns the bytes of text that lie in the span.
func (s Span) Of(text []byte) []byte { return text[s.Start:s.End] }

// Range is a half-open stretch of a text. The zero Range means the whole.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// IsZero reports whether the range is the zero one.
func (r Range) IsZero() bool { return r == Range{} }

// LocationKind tells which fields of a [Location] count.
type LocationKind string

// The kinds of places a finding can be at.
const (
	// AtNothing is the zero kind: no place is known.
	AtNothing LocationKind = ""
	// AtFile is a range of a file of the work tree: Path, Range.
	AtFile LocationKind = "file"
	// AtObject is a range of a git object: Path, Range, Object.
	AtObject LocationKind = "object"
	// AtPlatform is a variable on a hosting platform: Place.
	AtPlatform LocationKind = "platform"
	// AtConfig is a block or attribute of a configuration file: Path, Range, Block.
	AtConfig LocationKind = "config"
	// AtMember is a range of a member of an archive: Path, Member, Range.
	AtMember LocationKind = "member"
)

// Location says where something is. Paths are relative to the root of the run
// and use "/" on every system. A Location is comparable.
type Location struct {
	Kind  LocationKind `json:"kind,omitempty"`
	Path  string       `json:"path,omitempty"`
	Range Range        `json:"range,omitzero"`
	// Object names the version of Path that is meant (AtObject).
	Object Object `json:"object,omitzero"`
	// Place is the platform's own coordinates (AtPlatform).
	Place Place `json:"place,omitzero"`
	// Block is the address of a configuration block, as in `app "web"` (AtConfig).
	Block string `json:"block,omitempty"`
	// Member is the path inside the archive Path; nested archives are joined
	// by "!" (AtMember). It is empty for a file that is compressed alone.
	Member string `json:"member,omitempty"`
}

// Object is one version of a file in a git history. The names are hexadecimal.
type Object struct {
	Blob   string `json:"blob,omitempty"`
	Commit string `json:"commit,omitempty"`
}

// Place is where a variable stands on a platform, in the platform's own words.
// Empty parts do not apply.
type Place struct {
	Platform    string `json:"platform"`
	Project     string `json:"project,omitempty"`
	Service     string `json:"service,omitempty"`
	Environment string `json:"environment,omitempty"`
	Name        string `json:"name,omitempty"`
}

// String returns "platform:project/service/environment", followed by "/NAME"
// when a variable is meant. It is for people; nothing parses it.
func (p Place) String() string {
	var parts []string
	for _, part := range []string{p.Project, p.Service, p.Environment, p.Name} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return p.Platform
	}
	return p.Platform + ":" + strings.Join(parts, "/")
}

// FileRange returns the location of the bytes span of the file at path, whose
// whole content is text.
func FileRange(path string, text []byte, span Span) Location {
	return Location{Kind: AtFile, Path: path, Range: NewLines(text).Range(span)}
}

// WholeFile returns the location of a file as a whole.
func WholeFile(path string) Location { return Location{Kind: AtFile, Path: path} }

// String returns "path:line:column" for texts and the place for platforms.
func (l Location) String() string {
	path := l.Path
	switch l.Kind {
	case AtNothing:
		return ""
	case AtPlatform:
		return l.Place.String()
	case AtObject:
		if l.Object.Commit != "" {
			path = shortHash(l.Object.Commit) + ":" + path
		} else if path == "" {
			path = "blob " + shortHash(l.Object.Blob)
		}
	case AtMember:
		if l.Member != "" {
			path += "!" + l.Member
		}
	}
	if l.Range.Start.Line == 0 {
		return path
	}
	return fmt.Sprintf("%s:%d:%d", path, l.Range.Start.Line, l.Range.Start.Column)
}

func shortHash(h string) string { return h[:min(len(h), 12)] }

// Lines turns byte offsets of one text into positions. It finds the line starts
// once; each lookup costs a binary search and the code points of a part of one
// line. LF ends a line; a CR before it belongs to the line it ends. Lines keeps
// the text and is safe for concurrent use while nobody changes the text.
type Lines struct {
	text   []byte
	starts []int

	once  sync.Once
	marks []mileage // for lines that are longer than stride, made on first use
}

// mileage says how many code points there are before an offset.
type mileage struct{ offset, runes int }

// stride is the distance of the marks in bytes: what a lookup counts at most,
// however long a line is.
const stride = 4096

// NewLines indexes text.
func NewLines(text []byte) *Lines {
	starts := make([]int, 1, 1+bytes.Count(text, []byte("\n")))
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return &Lines{text: text, starts: starts}
		}
		at += i + 1
		starts = append(starts, at)
	}
}

// Count returns the number of lines; a text that ends in LF has an empty last
// line.
func (l *Lines) Count() int { return len(l.starts) }

// Position returns the position of the byte at offset, which is clamped to the
// text. An offset inside a code point has that code point's column.
func (l *Lines) Position(offset int) Position {
	offset = max(0, min(offset, len(l.text)))
	low, high := 0, len(l.starts)
	for high-low > 1 {
		mid := (low + high) / 2
		if l.starts[mid] <= offset {
			low = mid
		} else {
			high = mid
		}
	}
	before := l.text[l.starts[low]:offset]
	column := l.runes(l.starts[low], offset) + 1
	if offset < len(l.text) && !utf8.RuneStart(l.text[offset]) && insideRune(l.text, offset) {
		column -= utf8.RuneCount(before[lastRuneStart(before):])
	}
	return Position{Line: low + 1, Column: column, Offset: offset}
}

// runes counts the code points from the start of a line to an offset in it.
func (l *Lines) runes(start, offset int) int {
	if offset-start <= stride {
		return utf8.RuneCount(l.text[start:offset])
	}
	l.once.Do(func() { l.marks = measure(l.text) })
	return l.runesBefore(offset) - l.runesBefore(start)
}

func (l *Lines) runesBefore(offset int) int {
	after, _ := slices.BinarySearchFunc(l.marks, offset+1, func(m mileage, offset int) int { return cmp.Compare(m.offset, offset) })
	m := l.marks[after-1]
	return m.runes + utf8.RuneCount(l.text[m.offset:offset])
}

// measure sets a mark about every stride bytes, between code points.
func measure(text []byte) []mileage {
	marks := []mileage{{}}
	for at := 0; len(text)-at > stride; {
		end := at + stride
		for n := 1; n < utf8.UTFMax && insideRune(text, end); n++ {
			end--
		}
		last := marks[len(marks)-1]
		marks = append(marks, mileage{offset: end, runes: last.runes + utf8.RuneCount(text[at:end])})
		at = end
	}
	return marks
}

// Range returns the range of a span.
func (l *Lines) Range(s Span) Range {
	return Range{Start: l.Position(s.Start), End: l.Position(s.End)}
}

// Span returns the bytes of a line (from 1), without its line ending.
func (l *Lines) Span(line int) Span {
	start := l.starts[line-1]
	end := len(l.text)
	if line < len(l.starts) {
		end = l.starts[line] - 1
	}
	if end > start && l.text[end-1] == '\r' {
		end--
	}
	return Span{Start: start, End: end}
}

// insideRune reports whether offset lies behind the first byte of a valid code
// point of several bytes.
func insideRune(text []byte, offset int) bool {
	start := offset - lastRuneLen(text[:offset])
	r, size := utf8.DecodeRune(text[start:])
	return (r != utf8.RuneError || size > 1) && start+size > offset
}

func lastRuneStart(b []byte) int { return len(b) - lastRuneLen(b) }

// lastRuneLen returns how many bytes at the end of b begin with the last byte
// that can start a code point, at most four.
func lastRuneLen(b []byte) int {
	for n := 1; n <= min(len(b), utf8.UTFMax); n++ {
		if utf8.RuneStart(b[len(b)-n]) {
			return n
		}
	}
	return 0
}
