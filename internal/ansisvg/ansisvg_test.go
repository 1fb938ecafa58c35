package ansisvg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	text := "a \x1b[1;31mred\x1b[0m 鍵 \x1b[2mdim  \x1b[0m\n\n  \x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\<&>\n"
	got, rows, err := parse(text)
	if err != nil || rows != 3 {
		t.Fatal(rows, err)
	}
	want := []run{
		{look{}, 0, 0, 1, "a"},
		{look{color: colors[1], bold: true}, 2, 0, 3, "red"},
		{look{}, 6, 0, 2, "鍵"},
		{look{dim: true}, 9, 0, 3, "dim"},
		{look{}, 2, 2, 4, "link"},
		{look{}, 6, 2, 3, "<&>"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(run{}, look{})); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"\x1b[2J", "\x1b[38;5;1mx", "\x1bc", "\x1b[xm", "\x1b]0;title\x07"} {
		if _, _, err := parse(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestRender(t *testing.T) {
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := Render(w, "\x1b[32m<ok> & \"fine\"\x1b[0m\n", "a <title>", 40); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Error("two pictures of one text differ")
	}
	var texts []string
	decoder := xml.NewDecoder(&first)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok && len(bytes.TrimSpace(c)) > 0 {
			texts = append(texts, string(c))
		}
	}
	if diff := cmp.Diff([]string{"a <title>", "a <title>", `<ok> & "fine"`}, append(texts[:1:1], texts[2:]...)); diff != "" {
		t.Error(diff)
	}
}
