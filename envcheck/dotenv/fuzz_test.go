package dotenv

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/envtight/envtight"
	"github.com/joho/godotenv"
)

var seeds = []string{
	"", "K=v\n", "K=\"a\nb\" # c\r\nL='x'\r\n", "# KEY=1\n#x\n\n", "K= # c\nL=#d\nM=a#b", "export A=1\rB: 2\r",
	"\ufeffA=1\n", "\xff\xfeA\x00=\x001\x00\n\x00", "A=caf\xe9\n", "K=\"un\nL=\"x\"\n", "K=\"a\"b\n", "junk\n=1\nA B=1\n1=2\nA-B=3\n",
	"D=\"C:\\x\\\"\nE=\"y\"", "K=`a\nb`", "'q'=1", "K='\\'", "\x00", "A=1\u00a0\n", "A=\"1\" B=2", "# A='x\n# y'\n",
	"A='# @required\n", "# @required(prod) @type=url # c\nA=\n",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
		f.Add(encode16(s, true, false))
		f.Add(encode16(s, false, true))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file := Parse(src)
		checkLossless(t, file, src)
		for i := range file.Entries() {
			e := &file.Entries()[i]
			r := file.Range(e.Value)
			if r.Start.Line < 1 || r.Start.Column < 1 || r.End.Offset != e.Value.End || r.End.Line < r.Start.Line {
				t.Fatalf("entry %d: value is at %+v", i, r)
			}
			_ = file.Comment(e)
			_ = file.Value(e)
		}
		for _, d := range file.Declarations() {
			if d.Name == "" || d.Entry == nil || d.Need == envtight.NotDeclared {
				t.Fatalf("declaration %q is incomplete", d.Name)
			}
		}
		for _, issue := range file.DecoratorIssues() {
			if issue.Span.Start > issue.Span.End || issue.Span.End > len(src) || issue.Message == "" {
				t.Fatalf("decorator issue at %v of %d bytes", issue.Span, len(src))
			}
		}
	})
}

// FuzzGodotenv compares the keys with those of godotenv 1.5.1 wherever it
// accepts a file, apart from what exceptGodotenv names.
func FuzzGodotenv(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		file := Parse([]byte(src))
		if exceptGodotenv(src, file) {
			return
		}
		values, ok := runGodotenv(src)
		if !ok {
			return
		}
		var want, got []string
		for name := range values {
			want = append(want, name)
		}
		for i := range file.Entries() {
			if e := &file.Entries()[i]; e.Kind == Assignment && !slices.Contains(got, e.Name) {
				got = append(got, e.Name)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%q: godotenv has the keys %q, we %q", src, want, got)
		}
	})
}

func runGodotenv(src string) (values map[string]string, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	values, err := godotenv.Unmarshal(src)
	return values, err == nil
}

// exceptGodotenv names the inputs for which godotenv is not asked, because
// other loaders agree with us and not with it.
func exceptGodotenv(src string, file *File) bool {
	if file.Encoding != UTF8 {
		return true
	}
	// It ends lines at a lone CR only sometimes, and separates with blanks
	// that no other loader knows.
	if strings.ContainsRune(strings.ReplaceAll(src, "\r\n", ""), '\r') {
		return true
	}
	if strings.ContainsFunc(src, func(r rune) bool { return r >= 0x80 && (unicode.IsSpace(r) || r == '\ufeff') }) {
		return true
	}
	for i := range file.Entries() {
		e := &file.Entries()[i]
		switch {
		case e.Problem == TextAfterQuote:
			return true // it reads the text as another assignment of the line
		case e.Problem == UnterminatedQuote:
			return true // it closes the quote in the middle of a later line
		case e.Quote == Backtick && strings.Contains(file.Reveal(e.Value), "\n"):
			return true // it knows no backticks
		case e.Quote != Unquoted && strings.HasSuffix(file.Reveal(e.Inner), `\`):
			return true // it takes the backslash for an escape, and reads on
		case e.Kind == BadLine && strings.ContainsAny(file.Reveal(e.Span), ":="):
			return true // it takes A:b, "A : b" and "A B=c" for assignments
		case e.Name == "export":
			return true // it takes the word for the keyword, of a key that is empty
		case e.Kind == BadLine && e.Span.End == len(src):
			return true // it makes a last line without = the value of an empty key
		}
	}
	return false
}

func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	for text.Len() < 64<<10 {
		text.WriteString("# The database, as the ORM wants it\nDATABASE_URL=\"postgresql://postgres:postgres@db:5432/postgres\"\n" +
			"# optional\n# DIRECT_URL=\n\nAPP_PORT=3000 # as in compose\nAPP_NAME='my app'\n")
	}
	src := []byte(text.String())
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(src)
	}
}
