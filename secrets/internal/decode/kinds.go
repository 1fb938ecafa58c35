package decode

import (
	std "encoding/base64"
	"encoding/hex"
	"unicode/utf8"
)

// What a byte can be.
const (
	inRun   uint8 = 1 << iota // in base64, in either alphabet
	isStd                     // only in the usual alphabet
	isURL                     // only in the alphabet for URLs
	isHint                    // not a letter, so that a run is not merely a word
	isHex                     // a hexadecimal digit
	isDigit                   // a decimal one
	isShown                   // what decoding may give: ASCII, few control characters excepted
)

var (
	// classes are what each byte can be.
	classes = newClasses()
	// values are those of the digits of base64 in either alphabet; hexValues
	// those of hexadecimal ones.
	values, hexValues = newValues()
)

func newClasses() (out [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		out[c] |= inRun | isHint | isHex | isDigit
	}
	for c := 'a'; c <= 'z'; c++ {
		out[c] |= inRun
		out[c-'a'+'A'] |= inRun
	}
	for c := 'a'; c <= 'f'; c++ {
		out[c] |= isHex
		out[c-'a'+'A'] |= isHex
	}
	for _, c := range "+/" {
		out[c] |= inRun | isStd | isHint
	}
	for _, c := range "-_" {
		out[c] |= inRun | isURL | isHint
	}
	for c := '\t'; c < 0x7f; c++ {
		out[c] |= isShown
	}
	return out
}

func newValues() (base, hex [256]uint8) {
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		base[c] = uint8(i)
	}
	base['-'], base['_'] = base['+'], base['/']
	for i, c := range "0123456789abcdef" {
		hex[c] = uint8(i)
	}
	for i, c := range "ABCDEF" {
		hex[c] = uint8(10 + i)
	}
	return base, hex
}

// decodes tells whether a match decodes to something. It stops at the first byte
// that shows that it does not.
func (m match) decodes(text []byte) bool {
	value := text[m.start:m.end]
	switch m.kind {
	case percent:
		return percentDecodes(value)
	case hexadecimal:
		return hexDecodes(value)
	case base64:
		return base64Decodes(value)
	}
	return true
}

// append appends what a match that decodes stands for.
func (m match) append(out, text []byte) []byte {
	value := text[m.start:m.end]
	switch m.kind {
	case percent:
		return appendPercent(out, value)
	case unicode:
		return appendUnicode(out, value)
	case hexadecimal:
		out, _ = hex.AppendDecode(out, value)
	case base64:
		value, _ = unpadded(value)
		encoding := std.RawStdEncoding
		if classesOf(value)&isURL != 0 {
			encoding = std.RawURLEncoding
		}
		out, _ = encoding.AppendDecode(out, value)
	}
	return out
}

func percentDecodes(value []byte) bool {
	for i := 0; i+2 < len(value); i++ {
		if value[i] == '%' && hexAt(value, i+1, 2) {
			if !shown(hexByte(value[i+1:])) {
				return false
			}
			i += 2
		}
	}
	return true
}

func appendPercent(out, value []byte) []byte {
	for i := 0; i < len(value); i++ {
		if value[i] == '%' && hexAt(value, i+1, 2) {
			out = append(out, hexByte(value[i+1:]))
			i += 2
			continue
		}
		out = append(out, value[i])
	}
	return out
}

// appendUnicode takes the four digits of each code point or escape. Halves of
// surrogates come out as U+FFFD, as in gitleaks.
func appendUnicode(out, value []byte) []byte {
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '+', 'u':
		case 'U':
			if value[i+1] == '+' {
				continue
			}
		default:
			continue
		}
		point := rune(hexByte(value[i+1:]))<<8 | rune(hexByte(value[i+3:]))
		out = utf8.AppendRune(out, point)
		i += 4
	}
	return out
}

func hexDecodes(value []byte) bool {
	if len(value)%2 != 0 {
		return false
	}
	for i := 0; i < len(value); i += 2 {
		if !shown(hexByte(value[i:])) {
			return false
		}
	}
	return classesOf(value)&isDigit != 0
}

// unpadded returns value without its padding, and the length of that.
func unpadded(value []byte) ([]byte, int) {
	n := len(value)
	for value[n-1] == '=' {
		n--
	}
	return value[:n], len(value) - n
}

func base64Decodes(value []byte) bool {
	value, padding := unpadded(value)
	rest := len(value) % 4
	usual := padding == (4-rest)%4
	forURL := padding == 0
	if rest == 1 || !usual && !forURL {
		return false
	}
	whole := len(value) - rest
	for i := 0; i < whole; i += 4 {
		a, b, c, d := values[value[i]], values[value[i+1]], values[value[i+2]], values[value[i+3]]
		if !shown(a<<2|b>>4) || !shown(b<<4|c>>2) || !shown(c<<6|d) {
			return false
		}
	}
	if rest >= 2 && !shown(values[value[whole]]<<2|values[value[whole+1]]>>4) {
		return false
	}
	if rest == 3 && !shown(values[value[whole+1]]<<4|values[value[whole+2]]>>2) {
		return false
	}
	of := classesOf(value)
	usual = usual && of&isURL == 0
	forURL = forURL && of&isStd == 0
	return of&isHint != 0 && (usual || forURL)
}

func classesOf(value []byte) (out uint8) {
	for _, c := range value {
		out |= classes[c]
	}
	return out
}

func shown(c byte) bool { return classes[c]&isShown != 0 }

// hexByte is what the two digits at the start of a text stand for.
func hexByte(text []byte) byte { return hexValues[text[0]]<<4 | hexValues[text[1]] }
