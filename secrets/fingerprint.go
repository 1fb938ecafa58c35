package secrets

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/envtight/envtight"
)

// Fingerprints names the matches of a text so that they are known again when lines
// move, commits are squashed and files are renamed: hexadecimal SHA-256 over the
// rule, the line with all that must not be shown blanked, and a number that tells
// apart matches that are alike in this. A secret whose form alone leaves open at
// least 96 bits is hashed in as well, so that another one in its place has another
// fingerprint; nothing else is derived from a secret, as one that can be guessed
// could be found out. Text is the one that the matches, in their order, are from.
func (d *Detector) Fingerprints(text []byte, matches []Match) []string {
	return d.Teller(text, nil).fingerprints(matches)
}

func (t *Teller) fingerprints(matches []Match) []string {
	f := fingerprinter{Teller: t, masked: map[envtight.Span][]byte{}}
	f.hide(matches)
	_, f.utf16 = fromUTF16(t.text)
	seen := map[[sha256.Size]byte]int{}
	out := make([]string, len(matches))
	for i, m := range matches {
		key := f.key(m)
		out[i] = hex.EncodeToString(sumOf(key[:], fmt.Appendf(nil, "%d", seen[key])))
		seen[key]++
	}
	return out
}

type fingerprinter struct {
	*Teller

	utf16 bool
	// found are those of the matches, sorted; farthest has for each the
	// farthest end of it and those before.
	found    []envtight.Span
	farthest []int
	masked   map[envtight.Span][]byte // hashes
}

func (f *fingerprinter) hide(matches []Match) {
	for _, m := range matches {
		f.found = append(f.found, m.Span)
	}
	sortSpans(f.found)
	end := 0
	for _, s := range f.found {
		end = max(end, s.End)
		f.farthest = append(f.farthest, end)
	}
}

// key is the same for matches that are alike.
func (f *fingerprinter) key(m Match) [sha256.Size]byte {
	line := f.surroundings(m)
	masked, ok := f.masked[line]
	if !ok {
		masked = sumOf(f.mask(line))
		f.masked[line] = masked
	}
	parts := [][]byte{[]byte(m.Rule.ID), masked}
	if f.detector.isRandom(m.Rule) {
		parts = append(parts, sumOf([]byte(m.Secret.Reveal())))
	}
	return [sha256.Size]byte(sumOf(parts...))
}

// longLine is the length in bytes above which what else is on a line says nothing
// about a match.
const longLine = 4096

// surroundings are the lines that m is on, or only m where they are long.
func (f *fingerprinter) surroundings(m Match) envtight.Span {
	if f.utf16 {
		return m.Span
	}
	start := max(0, m.Whole.Start-longLine)
	end := min(len(f.text), m.Whole.End+longLine)
	before := bytes.LastIndexByte(f.text[start:m.Whole.Start], '\n')
	after := bytes.IndexByte(f.text[m.Whole.End:end], '\n')
	if before < 0 && start > 0 || after < 0 && end < len(f.text) {
		return m.Whole
	}
	if after >= 0 {
		end = m.Whole.End + after
	}
	return envtight.Span{Start: start + before + 1, End: end}
}

// mask returns a part of the text with nothing in it that must not be shown.
func (f *fingerprinter) mask(part envtight.Span) []byte {
	text := part.Of(f.text)
	hidden := slices.Clone(f.spans(part))
	after, _ := slices.BinarySearchFunc(f.found, part.End, func(s envtight.Span, end int) int { return cmp.Compare(s.Start, end) })
	for i := after - 1; i >= 0 && f.farthest[i] > part.Start; i-- {
		if s := f.found[i]; s.End > part.Start {
			hidden = append(hidden, envtight.Span{Start: max(s.Start, part.Start) - part.Start, End: min(s.End, part.End) - part.Start})
		}
	}
	sortSpans(hidden)
	var out []byte
	at := 0
	for _, s := range hidden {
		if s.Start > at || len(out) == 0 {
			out = append(append(out, text[at:max(s.Start, at)]...), envtight.Redacted...)
		}
		at = max(at, s.End)
	}
	return bytes.TrimSpace(append(out, text[at:]...))
}

// sumOf hashes parts, of which each has a length that is part of the hash.
func sumOf(parts ...[]byte) []byte {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	return h.Sum(nil)
}
