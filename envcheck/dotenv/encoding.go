package dotenv

import (
	"bytes"
	"sort"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/envtight/envtight"
)

// Encoding is how the bytes of a file are to be read.
type Encoding uint8

// The encodings that [Parse] recognizes.
const (
	UTF8 Encoding = iota
	// Latin1 stands for any encoding of one byte per character: the file is
	// neither UTF-8 nor UTF-16.
	Latin1
	UTF16LE
	UTF16BE
)

var encodingNames = [...]string{"UTF-8", "Latin-1", "UTF-16LE", "UTF-16BE"}

// String returns the usual name of the encoding.
func (e Encoding) String() string {
	if int(e) < len(encodingNames) {
		return encodingNames[e]
	}
	return "unknown encoding"
}

// detect returns the encoding of src and the length of its byte order mark.
func detect(src []byte) (enc Encoding, bom int) {
	switch {
	case bytes.HasPrefix(src, []byte("\xef\xbb\xbf")):
		bom = 3
	case bytes.HasPrefix(src, []byte("\xff\xfe")):
		return UTF16LE, 2
	case bytes.HasPrefix(src, []byte("\xfe\xff")):
		return UTF16BE, 2
	default:
		if enc, ok := detectUTF16(src); ok {
			return enc, 0
		}
	}
	if !utf8.Valid(src[bom:]) {
		return Latin1, bom
	}
	return UTF8, bom
}

// detectUTF16 recognizes UTF-16 without a byte order mark: among the first bytes,
// three pairs of four have a zero on one side, and hardly any on the other.
func detectUTF16(src []byte) (Encoding, bool) {
	const sample, fewest = 512, 3
	head := src[:min(len(src), sample)&^1]
	if bytes.IndexByte(head, 0) < 0 {
		return UTF8, false
	}
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i&1]++
		}
	}
	most := max(fewest, len(head)/2*3/4)
	switch {
	case zeros[1] >= most && zeros[0]*8 <= most:
		return UTF16LE, true
	case zeros[0] >= most && zeros[1]*8 <= most:
		return UTF16BE, true
	}
	return UTF8, false
}

// decodeUTF16 returns src as UTF-8 and, when asked, the offset in src of each
// byte of it and of the end. Lone surrogates and an odd last byte become
// U+FFFD.
func decodeUTF16(src []byte, bigEndian, origins bool) ([]byte, []int) {
	text := make([]byte, 0, len(src)/2+len(src)/8)
	var from []int
	if origins {
		from = make([]int, 0, cap(text)+1)
	}
	unit := func(i int) rune {
		if bigEndian {
			return rune(src[i])<<8 | rune(src[i+1])
		}
		return rune(src[i+1])<<8 | rune(src[i])
	}
	for i := 0; i < len(src); {
		r, size := utf8.RuneError, 2
		switch {
		case i+1 >= len(src):
			size = 1
		case !utf16.IsSurrogate(unit(i)):
			r = unit(i)
		case i+3 < len(src):
			if pair := utf16.DecodeRune(unit(i), unit(i+2)); pair != utf8.RuneError {
				r, size = pair, 4
			}
		}
		before := len(text)
		text = utf8.AppendRune(text, r)
		if origins {
			for range len(text) - before {
				from = append(from, i)
			}
		}
		i += size
	}
	if origins {
		from = append(from, len(src))
	}
	return text, from
}

// decodedOffset is the way back from an original offset.
func (c *content) decodedOffset(origin int) int {
	return min(sort.SearchInts(c.origins, origin), len(c.decoded))
}

// restore turns spans of the decoded text into spans of the original.
func (e *Entry) restore(origins []int) {
	for _, s := range []*envtight.Span{&e.Span, &e.Export, &e.Key, &e.Operator, &e.Value, &e.Inner, &e.Comment, &e.EOL} {
		*s = envtight.Span{Start: origins[s.Start], End: origins[s.End]}
	}
}
