package dotenv

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/envtight/envtight"
	"github.com/google/go-cmp/cmp"
)

// describe writes an entry with all its parts; the inputs of these tests are no
// secrets.
func describe(f *File, e *Entry) string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Problem != NoProblem {
		fmt.Fprintf(&b, " (%s)", e.Problem)
	}
	if e.Name != "" {
		fmt.Fprintf(&b, " %s", e.Name)
	}
	if e.Export.Len() > 0 {
		b.WriteString(" export")
	}
	if e.HasOperator() {
		fmt.Fprintf(&b, " %s<%s>", f.Reveal(e.Operator), f.Reveal(e.Inner))
	}
	if e.Quote != Unquoted {
		fmt.Fprintf(&b, " quote %c", e.Quote)
	}
	if e.HasComment() {
		fmt.Fprintf(&b, " comment <%s>", f.Comment(e))
	}
	return b.String()
}

func TestParse(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"\n", "blank"},
		{" \t\n\n", "blank|blank"},
		{"# note\n", "comment comment <note>"},
		{"#", "comment comment <>"},
		{"K=v", "assignment K =<v>"},
		{"K=v\n", "assignment K =<v>"},
		{"K=v\r\nL=w\r\n", "assignment K =<v>|assignment L =<w>"},
		{"K=v\rL=w\r", "assignment K =<v>|assignment L =<w>"},
		{"  K = v  ", "assignment K =<v>"},
		{"K=", "assignment K =<>"},
		{"K=  \n", "assignment K =<>"},
		{"K= # note", "assignment K =<> comment <note>"},
		{"K=#abc", "assignment K =<#abc>"},
		{"K=a#b", "assignment K =<a#b>"},
		{"K=a # b # c", "assignment K =<a> comment <b # c>"},
		{"K=a\t#b", "assignment K =<a> comment <b>"},
		{"K=a=b", "assignment K =<a=b>"},
		{"K: v", "assignment K :<v>"},
		{"K:", "assignment K :<>"},
		{"K:v", "bad line (no delimiter)"},
		{"K : v", "bad line (no delimiter)"},
		{"export K=v", "assignment K export =<v>"},
		{"export\tK = 'v'", "assignment K export =<v> quote '"},
		{"export=v", "assignment export =<v>"},
		{"export = v", "assignment export =<v>"},
		{"export K", "bad line (no delimiter) export"},
		{"export KEY", "bad line (no delimiter) KEY export"},
		{"KEY", "bad line (no delimiter) KEY"},
		{"KEY # inherited", "bad line (no delimiter) KEY comment <inherited>"},
		{"some words", "bad line (no delimiter)"},
		{"=v", "bad line (empty key)"},
		{"A B=v", "bad line (bad key)"},
		{"A*B=v", "bad line (bad key)"},
		{"A-B=v", "assignment (bad key) A-B =<v>"},
		{"A.B=v", "assignment (bad key) A.B =<v>"},
		{"1K=v", "assignment (bad key) 1K =<v>"},
		{"É=v", "assignment (bad key) É =<v>"},
		{"'K'=v", "assignment (bad key) K =<v>"},
		{`K="v"`, `assignment K =<v> quote "`},
		{`K="v" # note`, `assignment K =<v> quote " comment <note>`},
		{`K="v"#note`, `assignment K =<v> quote " comment <note>`},
		{`K="a # b"`, `assignment K =<a # b> quote "`},
		{`K="a\"b"`, `assignment K =<a\"b> quote "`},
		{`K='a\'b'`, `assignment K =<a\'b> quote '`},
		{"K=`a`", "assignment K =<a> quote `"},
		{"K=\"a\nb\"\nL=1", "assignment K =<a\nb> quote \"|assignment L =<1>"},
		{"K=\"a\r\nb\" # c\r\nL=1", "assignment K =<a\r\nb> quote \" comment <c>|assignment L =<1>"},
		{"K=\"a\nL=\"b\"\nM=1", "assignment (unterminated quote) K =<\"a>|assignment L =<b> quote \"|assignment M =<1>"},
		{"K='it\n# don't\nL=1", "assignment (unterminated quote) K =<'it>|comment comment <don't>|assignment L =<1>"},
		{"D=\"C:\\temp\\\"\nE=\"x\"", "assignment D =<C:\\temp\\> quote \"|assignment E =<x> quote \""},
		{`K="a"b`, `assignment (text after quote) K =<"a"b>`},
		{`K="{"a":"b"}"`, `assignment (text after quote) K =<{"a":"b"}> quote "`},
		{`K="a" b # c`, `assignment (text after quote) K =<"a" b> comment <c>`},
		{"# KEY=v", "commented-out KEY =<v>"},
		{"#KEY=", "commented-out KEY =<>"},
		{"## export KEY = \"a b\" # note", "commented-out KEY export =<a b> quote \" comment <note>"},
		{"# NEXT_PUBLIC_appId=1", "commented-out NEXT_PUBLIC_appId =<1>"},
		{"# KEY=a b c", "commented-out KEY =<a b c>"},
		{"# set KEY=v to enable", "comment comment <set KEY=v to enable>"},
		{"# note=1", "comment comment <note=1>"},
		{"# Note=1", "comment comment <Note=1>"},
		{"# A=1", "comment comment <A=1>"},
		{"# KEY: v", "comment comment <KEY: v>"},
		{"# KEY==v", "comment comment <KEY==v>"},
		{"# KEY => v", "comment comment <KEY => v>"},
		{"# =====", "comment comment <=====>"},
		{"# KEY=\"a\n# b\"\nL=1", "commented-out (unterminated quote) KEY =<\"a>|comment comment <b\">|assignment L =<1>"},
		{"\ufeffK=v\n", "assignment K =<v>"},
		{"\ufeff", "blank"},
		{"K=v\u00a0\n", "assignment K =<v>"},
		{"K=\x00v\n", "assignment K =<\x00v>"},
		{"K=\"-----BEGIN\nMIIEvQIBADANBgkqhkiG9w0\nc2VjcmV0IGtleSBib2R5==\n\nL=1",
			"assignment (unterminated quote) K =<\"-----BEGIN>|bad line (no delimiter)|bad line (stray text)|blank|assignment L =<1>"},
	}
	for _, test := range tests {
		f := Parse([]byte(test.in))
		var got []string
		for i := range f.Entries() {
			got = append(got, describe(f, &f.Entries()[i]))
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", test.in, diff)
		}
		checkLossless(t, f, []byte(test.in))
	}
}

// checkLossless checks what Parse promises for any bytes.
func checkLossless(t *testing.T, f *File, src []byte) {
	t.Helper()
	at := 0
	for i := range f.Entries() {
		e := &f.Entries()[i]
		if e.Kind < Blank || e.Kind > BadLine {
			t.Fatalf("entry %d has no kind", i)
		}
		if e.Span.Start != at || e.Span.End <= at {
			t.Fatalf("entry %d: span %v does not follow %d", i, e.Span, at)
		}
		at = e.Span.End
		part := e.Span.Start
		for j, s := range []envtight.Span{e.Export, e.Key, e.Operator, e.Value, e.Comment, e.EOL} {
			if s.Len() == 0 {
				if s.Start < e.Span.Start || s.End > e.Span.End {
					t.Fatalf("entry %d: empty part %d is outside", i, j)
				}
				continue
			}
			if s.Start < part || s.End > e.Span.End {
				t.Fatalf("entry %d: part %d at %v is out of order in %v", i, j, s, e.Span)
			}
			part = s.End
		}
		if e.EOL.End != e.Span.End {
			t.Fatalf("entry %d: line ending is not at the end", i)
		}
		if e.Inner.Start < e.Value.Start || e.Inner.End > e.Value.End || e.Inner.Len() < 0 || e.Value.Len() < 0 {
			t.Fatalf("entry %d: inner value %v is outside of the value %v", i, e.Inner, e.Value)
		}
		if e.Kind == BadLine && e.Problem == NoProblem {
			t.Fatalf("entry %d: bad line without a problem", i)
		}
	}
	if at != len(src) {
		t.Fatalf("entries end at %d of %d", at, len(src))
	}
}

func encode16(s string, bigEndian, bom bool) []byte {
	var out []byte
	put := func(u uint16) {
		if bigEndian {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	if bom {
		put(0xfeff)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		put(u)
	}
	return out
}

func TestEncodings(t *testing.T) {
	const text = "# 😀 header\r\nKEY=\"wért\" # nöte\r\nOTHER=1\r\n"
	for _, test := range []struct {
		name string
		src  []byte
		enc  Encoding
		bom  int
	}{
		{"utf-8", []byte(text), UTF8, 0},
		{"utf-8 with mark", []byte("\ufeff" + text), UTF8, 3},
		{"utf-16le with mark", encode16(text, false, true), UTF16LE, 2},
		{"utf-16be with mark", encode16(text, true, true), UTF16BE, 2},
		{"utf-16le", encode16(text, false, false), UTF16LE, 0},
		{"utf-16be", encode16(text, true, false), UTF16BE, 0},
		{"odd last byte", append(encode16(text, false, true), 'x'), UTF16LE, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := Parse(test.src)
			checkLossless(t, f, test.src)
			if f.Encoding != test.enc || f.BOM.Len() != test.bom {
				t.Fatalf("encoding %v, mark of %d bytes", f.Encoding, f.BOM.Len())
			}
			e := &f.Entries()[1]
			if e.Name != "KEY" || !f.Value(e).Equal(envtight.NewSecret("wért")) || f.Comment(e) != "nöte" {
				t.Errorf("second entry is wrong")
			}
			r := f.Range(e.Comment)
			if r.Start.Line != 2 || r.Start.Column != 12 || r.Start.Offset != e.Comment.Start {
				t.Errorf("comment starts at %+v", r.Start)
			}
			if bytes.Contains([]byte(f.Reveal(e.Span)), []byte{0}) {
				t.Errorf("revealed text is not decoded")
			}
		})
	}
	if f := Parse([]byte("K=caf\xe9\n")); f.Encoding != Latin1 {
		t.Errorf("encoding is %v, want Latin-1", f.Encoding)
	}
	if f := Parse([]byte("K=\x00\x00\x00\n")); f.Encoding != UTF8 {
		t.Errorf("zeros made the encoding %v", f.Encoding)
	}
}

func TestPrintersHideValues(t *testing.T) {
	f := Parse([]byte("KEY=plainsecret # hiddennote\n"))
	e := f.Entries()[0]
	for _, v := range []any{f, *f, e, &e, f.Entries(), f.Value(&e), struct{ F *File }{f}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			got := fmt.Sprintf(verb, v)
			for _, bad := range []string{"plainsecret", "hiddennote", fmt.Sprintf("%x", "plainsecret"), "15"} {
				if strings.Contains(got, bad) {
					t.Errorf("%s of %T shows something of the value", verb, v)
				}
			}
		}
	}
}

// Each of these made a naive parser quadratic.
func TestParseIsLinear(t *testing.T) {
	for name, unit := range map[string]string{
		"unclosed double":   "K=\"x\n",
		"unclosed single":   "K='x\n",
		"quote then text":   "K=\"x\nL=\"y\"z\n",
		"escaped quotes":    "K=\"\\\"\n",
		"lone CR":           "K=v\r",
		"lone CR then LF":   "\r\r\r\n",
		"one line":          "K=\"",
		"hashes":            "#",
		"blank hashes":      " #",
		"commented quotes":  "# KEY=\"x\n",
		"blanks":            " ",
		"no-break spaces":   "\u00a0",
		"backticks and CRs": "K=`\r",
		"decorators":        "# @required(a\n",
		"one comment":       "# @a('",
		"many names":        "# @optional\nAB=\n",
	} {
		t.Run(name, func(t *testing.T) {
			text := []byte(strings.Repeat(unit, 1<<20/len(unit)))
			start := time.Now()
			f := Parse(text)
			checkLossless(t, f, text)
			f.DecoratorIssues()
			ValueSpans(".env", text)
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("1 MB took %v", d)
			}
		})
	}
}
