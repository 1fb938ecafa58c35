package envtight_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/envtight/envtight"
	"github.com/google/go-cmp/cmp"
)

// TestSnippetIsBlanked moves a mask over a line and its marked span in every way
// they can meet.
func TestSnippetIsBlanked(t *testing.T) {
	planted := "QQQQ"
	text := []byte("first\nNAME=" + planted + " # note\nlast")
	at := bytes.Index(text, []byte(planted))
	mask := envtight.MaskerFunc(func(string, []byte) []envtight.Span {
		return []envtight.Span{{Start: at, End: at + 2}, {Start: at + 1, End: at + len(planted)}, {Start: -5, End: 999999}}[:2]
	})
	for start := 6; start < len(text); start++ {
		for end := start; end <= len(text); end++ {
			c := &reporter{diagnostics: []envtight.Diagnostic{{
				Rule: "env/missing", Location: envtight.FileRange("f", text, envtight.Span{Start: start, End: end}),
			}}}
			r := run(t, c, envtight.Options{FS: fstest.MapFS{"f": {Data: text}}, Maskers: []envtight.Masker{mask}})
			s := r.Diagnostics[0].Snippet
			if s == nil {
				t.Fatalf("[%d,%d): no snippet", start, end)
			}
			if strings.Contains(s.Text, "Q") {
				t.Fatalf("[%d,%d): the value is shown", start, end)
			}
			if s.Start < 1 || s.End < s.Start || s.End > len(s.Text)+1 {
				t.Fatalf("[%d,%d): columns %d-%d of %d", start, end, s.Start, s.End, len(s.Text))
			}
		}
	}
	c := &reporter{diagnostics: []envtight.Diagnostic{{Rule: "env/missing", Location: envtight.FileRange("f", text, envtight.Span{Start: 6, End: 10})}}}
	r := run(t, c, envtight.Options{FS: fstest.MapFS{"f": {Data: text}}, Maskers: []envtight.Masker{mask}})
	want := &envtight.Snippet{Line: 2, Text: "NAME=[redacted] # note", Start: 1, End: 5}
	if diff := cmp.Diff(want, r.Diagnostics[0].Snippet); diff != "" {
		t.Error(diff)
	}
}

func TestSnippetOfALongLineIsCut(t *testing.T) {
	text := []byte(strings.Repeat("x", 1000) + "HERE" + strings.Repeat("y", 1000))
	c := &reporter{diagnostics: []envtight.Diagnostic{{Rule: "env/missing", Location: envtight.FileRange("f", text, envtight.Span{Start: 1000, End: 1004})}}}
	s := run(t, c, envtight.Options{FS: fstest.MapFS{"f": {Data: text}}}).Diagnostics[0].Snippet
	runes := []rune(s.Text)
	if len(runes) > 200 || string(runes[s.Start-1:s.End-1]) != "HERE" {
		t.Errorf("%d code points, marked %q", len(runes), string(runes[s.Start-1:s.End-1]))
	}
}

// TestSnippetColumns counts columns as the snippet shows them.
func TestSnippetColumns(t *testing.T) {
	for _, line := range []string{"\xff\xfe\xfdNAME=1", "\ufeffNAME=1\r", "\tNAME=1", "äöü 漢字 NAME=1", "\xc3NAME\xff\xff"} {
		text := []byte("first\n" + line + "\nlast")
		at := bytes.Index(text, []byte("NAME"))
		c := &reporter{diagnostics: []envtight.Diagnostic{{Rule: "env/missing", Location: envtight.FileRange("f", text, envtight.Span{Start: at, End: at + 4})}}}
		s := run(t, c, envtight.Options{FS: fstest.MapFS{"f": {Data: text}}}).Diagnostics[0].Snippet
		if got := string([]rune(s.Text)[s.Start-1 : s.End-1]); got != "NAME" {
			t.Errorf("%q: marked %q", line, got)
		}
	}
}

// TestSnippetOfSeveralLines blanks a value that goes over lines, and shows nothing
// of UTF-16.
func TestSnippetOfSeveralLines(t *testing.T) {
	text := []byte("A=\"QQ\r\nQQ\r\nQQ\"\r\nB=1\r\n")
	mask := envtight.MaskerFunc(func(string, []byte) []envtight.Span {
		return []envtight.Span{{Start: 2, End: bytes.LastIndexByte(text, '"') + 1}}
	})
	shown := func(at envtight.Span, text []byte) *envtight.Snippet {
		c := &reporter{diagnostics: []envtight.Diagnostic{{Rule: "env/missing", Location: envtight.FileRange("f", text, at)}}}
		return run(t, c, envtight.Options{FS: fstest.MapFS{"f": {Data: text}}, Maskers: []envtight.Masker{mask}}).Diagnostics[0].Snippet
	}
	for at, want := range map[int]string{0: "A=[redacted]", 8: "[redacted]", 13: "[redacted]", bytes.IndexByte(text, 'B'): "B=1"} {
		if s := shown(envtight.Span{Start: at, End: at + 1}, text); s.Text != want {
			t.Errorf("at %d: %q, want %q", at, s.Text, want)
		}
	}
	if s := shown(envtight.Span{Start: 0, End: 2}, []byte("A\x00=\x00Q\x00")); s != nil {
		t.Error("a line of UTF-16 is shown")
	}
}
