package dotenv

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/envtight/envtight"
)

// File is a parsed env file. It is immutable and safe for concurrent use. The
// zero File is an empty one.
type File struct {
	// Encoding is how the bytes are to be read.
	Encoding Encoding
	// BOM is the byte order mark at the start, empty when there is none. It is
	// part of the first entry's span.
	BOM envtight.Span

	entries []Entry
	text    func() *content
}

// content sits behind a closure, out of reach of reflection.
type content struct {
	src []byte
	// decoded is src as UTF-8; the same slice unless src is UTF-16.
	decoded []byte
	// origins holds, for UTF-16 only, the offset in src of each byte of
	// decoded, and of its end.
	origins []int
	// lines is of decoded; it is made when somebody first asks for a place.
	lines func() *envtight.Lines
}

// EntryKind says what an entry is.
type EntryKind uint8

// The kinds of entries.
const (
	Blank        EntryKind = iota + 1 // nothing but blanks
	Comment                           // # and text
	Assignment                        // KEY=value, perhaps over several lines
	CommentedOut                      // # KEY=value
	BadLine                           // none of these
)

var entryKindNames = [...]string{"invalid", "blank", "comment", "assignment", "commented-out", "bad line"}

// String returns the name of the kind.
func (k EntryKind) String() string {
	if int(k) < len(entryKindNames) {
		return entryKindNames[k]
	}
	return fmt.Sprintf("EntryKind(%d)", uint8(k))
}

// Problem is what is wrong with the syntax of an entry.
type Problem uint8

// The problems. Assignments have only [BadKey], [UnterminatedQuote] and
// [TextAfterQuote]; bad lines always have one.
const (
	NoProblem         Problem = iota
	NoDelimiter               // a line without = (or ": ")
	EmptyKey                  // nothing before the =
	BadKey                    // a key that is not [A-Za-z_][A-Za-z0-9_]*
	UnterminatedQuote         // no closing quote
	TextAfterQuote            // more text behind the closing quote
	StrayText                 // looks like the rest of a value of an earlier line
)

var problemNames = [...]string{"none", "no delimiter", "empty key", "bad key", "unterminated quote", "text after quote", "stray text"}

// String returns the name of the problem.
func (p Problem) String() string {
	if int(p) < len(problemNames) {
		return problemNames[p]
	}
	return fmt.Sprintf("Problem(%d)", uint8(p))
}

// Quote is the quote character round a value, or 0.
type Quote byte

// The quotes.
const (
	Unquoted Quote = 0
	Single   Quote = '\''
	Double   Quote = '"'
	Backtick Quote = '`'
)

// Entry is one line of a file, or the lines of one assignment. Spans count bytes
// of the original file; the parts lie inside Span, in this order and without
// overlap: Export, Key, Operator, Value, Comment, EOL. A part that does not
// occur is an empty span. Entries hold no value and no comment: see
// [File.Value] and [File.Comment].
type Entry struct {
	Kind    EntryKind
	Problem Problem
	Quote   Quote
	// Name is the key without quotes, for assignments, commented-out ones and
	// bad lines that hold a single word of capitals.
	Name string

	// Span is the whole entry with its line ending; the spans of all entries,
	// joined, are the file.
	Span envtight.Span
	// Export is the word "export".
	Export envtight.Span
	// Key is the key as written.
	Key envtight.Span
	// Operator is "=" or ":".
	Operator envtight.Span
	// Value is the value as written, quotes included, blanks around it not.
	// An empty one lies directly behind the operator.
	Value envtight.Span
	// Inner is Value without its quotes.
	Inner envtight.Span
	// Comment is the comment, from its #: the whole text of a comment, the
	// trailing comment of an assignment. Of a commented-out assignment it is
	// the trailing comment behind the value.
	Comment envtight.Span
	// EOL is the line ending.
	EOL envtight.Span
}

// IsAssignment reports whether the entry is a live or commented-out assignment.
func (e *Entry) IsAssignment() bool { return e.Kind == Assignment || e.Kind == CommentedOut }

// HasOperator reports whether the entry has an operator.
func (e *Entry) HasOperator() bool { return e.Operator.End > e.Operator.Start }

// HasComment reports whether the entry has a comment.
func (e *Entry) HasComment() bool { return e.Comment.End > e.Comment.Start }

// String returns kind and name. Spans are left out: they tell the lengths of
// values.
func (e Entry) String() string { return strings.TrimSpace(e.Kind.String() + " " + e.Name) }

// Format writes what String returns, for every verb.
func (e Entry) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.String())) }

// MarshalText returns what String returns.
func (e Entry) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// LogValue returns what String returns.
func (e Entry) LogValue() slog.Value { return slog.StringValue(e.String()) }

// Entries returns the entries in the order of the file. The slice must not be
// changed.
func (f *File) Entries() []Entry { return f.entries }

func (f *File) content() *content {
	if f.text == nil {
		return &content{lines: func() *envtight.Lines { return envtight.NewLines(nil) }}
	}
	return f.text()
}

// Value returns the value of an entry without its quotes, as it is written:
// escapes and references are not resolved, which [Evaluate] does for one loader.
func (f *File) Value(e *Entry) envtight.Secret { return envtight.NewSecret(f.Reveal(e.Inner)) }

// Comment returns the comment of an entry without its leading # and blanks.
func (f *File) Comment(e *Entry) string {
	return strings.Trim(f.Reveal(e.Comment), "# \t")
}

// Reveal returns the text at a span of the original bytes as UTF-8; of a file in
// Latin-1, as the bytes are. As with Secret.Reveal, whoever calls it answers for
// where the text goes.
func (f *File) Reveal(span envtight.Span) string {
	c := f.content()
	if c.origins == nil {
		return string(span.Of(c.src))
	}
	text, _ := decodeUTF16(span.Of(c.src), f.Encoding == UTF16BE, false)
	return string(text)
}

// RevealBytes returns the bytes that were parsed. They must not be changed.
func (f *File) RevealBytes() []byte { return f.content().src }

// Range returns the lines and columns of a span. Offsets count original bytes;
// columns count code points in UTF-16 files, too.
func (f *File) Range(span envtight.Span) envtight.Range {
	c := f.content()
	if c.origins == nil {
		return c.lines().Range(span)
	}
	at := func(offset int) envtight.Position {
		p := c.lines().Position(c.decodedOffset(offset))
		p.Offset = offset
		return p
	}
	return envtight.Range{Start: at(span.Start), End: at(span.End)}
}

// Location returns a span as a place in the file at path.
func (f *File) Location(path string, span envtight.Span) envtight.Location {
	return envtight.Location{Kind: envtight.AtFile, Path: path, Range: f.Range(span)}
}

// String says how many entries the file has.
func (f File) String() string { return fmt.Sprintf("dotenv.File(%d entries)", len(f.entries)) }

// Format writes what String returns, for every verb.
func (f File) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(f.String())) }

// MarshalText returns what String returns.
func (f File) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// LogValue returns what String returns.
func (f File) LogValue() slog.Value { return slog.StringValue(f.String()) }
