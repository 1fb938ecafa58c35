package secrets

import (
	"bytes"
	"sync"
	"unicode/utf8"
)

// keywords tells which rules' words occur in a text, in one pass over it.
type keywords struct {
	rules  int
	always []int // rules that need no word
	words  *words
	users  [][]int // rules, by word
}

func newKeywords(rules []*rule) *keywords {
	k := &keywords{rules: len(rules)}
	known := map[string]int{}
	var texts []string
	for i, r := range rules {
		if len(r.Keywords) == 0 {
			k.always = append(k.always, i)
		}
		for _, word := range r.Keywords {
			at, ok := known[word]
			if !ok {
				at = len(texts)
				known[word] = at
				texts, k.users = append(texts, word), append(k.users, nil)
			}
			k.users[at] = append(k.users[at], i)
		}
	}
	k.words = newWords(texts)
	return k
}

// in returns, for each rule, whether one of its words occurs in text or it needs
// none.
func (k *keywords) in(text []byte) []bool {
	hit := make([]bool, k.rules)
	for _, rule := range k.always {
		hit[rule] = true
	}
	k.words.each(lower(text), func(word int) bool {
		for _, rule := range k.users[word] {
			hit[rule] = true
		}
		return true
	})
	return hit
}

// words searches for many words at once. They are filed under their first two
// bytes, as most places of a text begin none; on first use, as of most rules none
// is ever asked for.
type words struct {
	texts  []string
	once   sync.Once
	ascii  bool             // all of them
	short  []int            // indexes of words of less than two bytes
	first  map[uint16][]int // indexes of the others, by their first two bytes
	begins *[1 << 16 / 64]uint64
}

func newWords(texts []string) *words { return &words{texts: texts} }

func (w *words) file() {
	w.first, w.begins, w.ascii = map[uint16][]int{}, new([1 << 16 / 64]uint64), true
	for i, text := range w.texts {
		for _, b := range []byte(text) {
			w.ascii = w.ascii && b < utf8.RuneSelf
		}
		if len(text) < 2 {
			w.short = append(w.short, i)
			continue
		}
		pair := pairOf(text[0], text[1])
		w.first[pair] = append(w.first[pair], i)
		w.begins[pair/64] |= 1 << (pair % 64)
	}
}

// inAnyCase tells whether one of the words occurs in lower(text). It makes no copy
// of the text, unless it must.
func (w *words) inAnyCase(text []byte) bool {
	w.once.Do(w.file)
	if !w.ascii || len(w.short) > 0 || bytes.Contains(text, []byte("\u0130")) || bytes.Contains(text, []byte("\u212a")) {
		return w.in(lower(text)) // of all other letters, none becomes one of ASCII
	}
	for i := 0; i+1 < len(text); i++ {
		pair := pairOf(lowerASCII[text[i]], lowerASCII[text[i+1]])
		if w.begins[pair/64]&(1<<(pair%64)) == 0 {
			continue
		}
		for _, at := range w.first[pair] {
			if hasPrefix(text[i:], w.texts[at]) {
				return true
			}
		}
	}
	return false
}

// hasPrefix tells whether text begins with a word, in any case.
func hasPrefix(text []byte, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		if lowerASCII[text[i]] != word[i] {
			return false
		}
	}
	return true
}

var lowerASCII = func() (out [256]byte) {
	for i := range out {
		out[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			out[i] += 'a' - 'A'
		}
	}
	return out
}()

func pairOf(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

// in tells whether one of the words occurs in text.
func (w *words) in(text []byte) bool {
	found := false
	w.each(text, func(int) bool { found = true; return false })
	return found
}

// each calls yield with the words that occur in text, each once, until it returns
// false.
func (w *words) each(text []byte, yield func(word int) bool) {
	if len(w.texts) == 0 {
		return
	}
	w.once.Do(w.file)
	for _, at := range w.short {
		if bytes.Contains(text, []byte(w.texts[at])) && !yield(at) {
			return
		}
	}
	if len(w.first) == 0 {
		return
	}
	seen := make([]bool, len(w.texts))
	for i := 0; i+1 < len(text); i++ {
		pair := pairOf(text[i], text[i+1])
		if w.begins[pair/64]&(1<<(pair%64)) == 0 {
			continue
		}
		for _, at := range w.first[pair] {
			word := w.texts[at]
			if seen[at] || len(text)-i < len(word) || string(text[i:i+len(word)]) != word {
				continue
			}
			seen[at] = true
			if !yield(at) {
				return
			}
		}
	}
}

// lower is what keywords and stop words are looked for in.
func lower(text []byte) []byte { return bytes.ToLower(text) }
