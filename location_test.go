package envtight_test

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"github.com/envtight/envtight"
	"github.com/google/go-cmp/cmp"
)

func TestPosition(t *testing.T) {
	text := []byte("aé\r\n\n世\xffz")
	tests := []struct {
		offset, line, column int
	}{
		{0, 1, 1}, {1, 1, 2}, {2, 1, 2}, {3, 1, 3}, {4, 1, 4},
		{5, 2, 1}, {6, 3, 1}, {7, 3, 1}, {8, 3, 1}, {9, 3, 2}, {10, 3, 3}, {11, 3, 4}, {99, 3, 4}, {-1, 1, 1},
	}
	lines := envtight.NewLines(text)
	for _, test := range tests {
		got := lines.Position(test.offset)
		if got.Line != test.line || got.Column != test.column {
			t.Errorf("Position(%d) = %d:%d, want %d:%d", test.offset, got.Line, got.Column, test.line, test.column)
		}
	}
	if got := string(lines.Span(1).Of(text)); got != "aé" {
		t.Errorf("line 1 is %q, want it without its line ending", got)
	}
}

// FuzzPosition compares with counting from the start of the text.
func FuzzPosition(f *testing.F) {
	f.Add([]byte("a\nb\xe4\xb8\x96\xe4"), 5)
	f.Add([]byte("\xe4\xb8\x96x"), 2)
	f.Fuzz(func(t *testing.T, text []byte, offset int) {
		offset = max(0, min(offset, len(text)))
		want := envtight.Position{Line: 1, Column: 1, Offset: offset}
		for at := 0; at < len(text); {
			r, size := utf8.DecodeRune(text[at:])
			if at+size > offset {
				break
			}
			at += size
			want.Column++
			if r == '\n' {
				want.Line, want.Column = want.Line+1, 1
			}
		}
		if diff := cmp.Diff(want, envtight.NewLines(text).Position(offset)); diff != "" {
			t.Errorf("offset %d of %q: %s", offset, text, diff)
		}
	})
}

// TestPositionInALongLine compares with counting from the start of the line.
func TestPositionInALongLine(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "é", "世", "😀", "\xff", "\xe4\xb8", "\xf0\x9f"}
	text := []byte("first\n")
	for len(text) < 40_000 {
		text = append(text, pieces[random.IntN(len(pieces))]...)
	}
	text = append(text, "\nlast"...)
	lines := envtight.NewLines(text)
	column, next := 0, len("first\n")
	for offset := next; offset < len(text)-len("\nlast"); offset++ {
		if offset == next {
			column++
			_, size := utf8.DecodeRune(text[offset:])
			next += size
		}
		if got := lines.Position(offset); got.Line != 2 || got.Column != column {
			t.Fatalf("offset %d is at %d:%d, want 2:%d", offset, got.Line, got.Column, column)
		}
	}
}

func TestLocationString(t *testing.T) {
	at := envtight.Range{Start: envtight.Position{Line: 3, Column: 7, Offset: 20}}
	tests := []struct {
		location envtight.Location
		want     string
	}{
		{envtight.Location{}, ""},
		{envtight.WholeFile("a/b"), "a/b"},
		{envtight.Location{Kind: envtight.AtFile, Path: "a", Range: at}, "a:3:7"},
		{envtight.Location{Kind: envtight.AtObject, Path: "a", Range: at, Object: envtight.Object{Commit: "0123456789abcdef"}}, "0123456789ab:a:3:7"},
		{envtight.Location{Kind: envtight.AtMember, Path: "x.zip", Member: "in/y", Range: at}, "x.zip!in/y:3:7"},
		{envtight.Location{Kind: envtight.AtPlatform, Place: envtight.Place{Platform: "railway", Project: "shop", Environment: "prod", Name: "X"}}, "railway:shop/prod/X"},
	}
	for _, test := range tests {
		if got := test.location.String(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.location, got, test.want)
		}
	}
}

func BenchmarkNewLines(b *testing.B) {
	text := bytes.Repeat([]byte("SOME_NAME=some value\n"), 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		envtight.NewLines(text)
	}
}
