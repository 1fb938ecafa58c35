package secrets

import (
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/envtight/envtight"
)

// wide is a text in UTF-16, read.
type wide struct {
	original []byte
	text     []byte // in UTF-8, without the byte order mark
	bom      int    // its length
	big      bool   // endian
}

// fromUTF16 reads a text in UTF-16.
func fromUTF16(text []byte) (*wide, bool) {
	bom, big, ok := isUTF16(text)
	if !ok {
		return nil, false
	}
	w := &wide{original: text, bom: bom, big: big}
	w.text = make([]byte, 0, len(text)/2)
	for r := range w.runes {
		w.text = utf8.AppendRune(w.text, r)
	}
	return w, true
}

// isUTF16 tells whether a text is in UTF-16: it has a byte order mark, of the length
// that is returned, or its begin is Latin letters with a NUL each.
func isUTF16(text []byte) (bom int, big, ok bool) {
	switch {
	case len(text) < 2 || len(text) >= 4 && string(text[:4]) == "\xff\xfe\x00\x00": // UTF-32
		return 0, false, false
	case text[0] == 0xff && text[1] == 0xfe:
		return 2, false, true
	case text[0] == 0xfe && text[1] == 0xff:
		return 2, true, true
	}
	little := looksWide(text, 1)
	big = !little && looksWide(text, 0)
	return 0, big, little || big
}

// looksWide tells whether the begin of a text has a NUL at every other byte, from
// first on, and none at the others.
func looksWide(text []byte, first int) bool {
	begin := text[:min(len(text)&^1, 512)]
	if len(begin) < 16 {
		return false
	}
	for i, b := range begin {
		if (b == 0) != (i%2 == first) {
			return false
		}
	}
	return true
}

// runes yields the code points with the length in bytes of each in the original.
func (w *wide) runes(yield func(r rune, length int) bool) {
	unit := func(at int) rune {
		if w.big {
			return rune(w.original[at])<<8 | rune(w.original[at+1])
		}
		return rune(w.original[at+1])<<8 | rune(w.original[at])
	}
	for at := w.bom; at+1 < len(w.original); {
		r, length := unit(at), 2
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if at+3 < len(w.original) {
				pair = utf16.DecodeRune(r, unit(at+2))
			}
			if pair != utf8.RuneError {
				length = 4
			}
			r = pair
		}
		if !yield(r, length) {
			return
		}
		at += length
	}
}

// back maps spans of the text to the original, in one walk over it.
func (w *wide) back(spans []*envtight.Span) {
	var places []*int
	for _, s := range spans {
		places = append(places, &s.Start, &s.End)
	}
	slices.SortFunc(places, func(a, b *int) int { return *a - *b })
	original, at := w.bom, 0
	for r, length := range w.runes {
		for len(places) > 0 && *places[0] <= at {
			*places[0] = original
			places = places[1:]
		}
		original += length
		at += utf8.RuneLen(r)
	}
	for _, place := range places {
		*place = original
	}
}
