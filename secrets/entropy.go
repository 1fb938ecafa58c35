package secrets

import (
	"math"
	"unicode/utf8"
)

// entropy returns the Shannon entropy of text in bits. As in gitleaks, code points
// are counted, and divided by the number of bytes.
func entropy(text []byte) float64 {
	var ascii [utf8.RuneSelf]int
	var others map[rune]int
	for _, r := range string(text) {
		if r < utf8.RuneSelf {
			ascii[r]++
			continue
		}
		if others == nil {
			others = map[rune]int{}
		}
		others[r]++
	}
	unit := 1 / float64(len(text))
	bits := 0.0
	add := func(count int) {
		if count > 0 {
			share := float64(count) * unit
			bits -= share * math.Log2(share)
		}
	}
	for _, count := range ascii {
		add(count)
	}
	for _, count := range others {
		add(count)
	}
	return bits
}
