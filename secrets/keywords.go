package secrets

import "bytes"

// keywords tells which rules' words occur in a text, in one pass over it. Words
// are filed under their first two bytes, as most places of a text begin none.
type keywords struct {
	rules  int
	always []int // rules that need no word
	words  []keyword
	first  map[[2]byte][]int // indexes of words, by their first two bytes
	begins [1 << 16 / 64]uint64
}

type keyword struct {
	text  []byte
	rules []int
}

func newKeywords(rules []*rule) *keywords {
	k := &keywords{rules: len(rules), first: map[[2]byte][]int{}}
	known := map[string]int{}
	for i, r := range rules {
		needed := len(r.Keywords) > 0
		for _, word := range r.Keywords {
			// A word this short is in nearly every text.
			needed = needed && len(word) >= 2
		}
		if !needed {
			k.always = append(k.always, i)
			continue
		}
		for _, word := range r.Keywords {
			at, ok := known[word]
			if !ok {
				at = k.add(word)
				known[word] = at
			}
			k.words[at].rules = append(k.words[at].rules, i)
		}
	}
	return k
}

func (k *keywords) add(word string) int {
	at := len(k.words)
	k.words = append(k.words, keyword{text: []byte(word)})
	begin := [2]byte{word[0], word[1]}
	k.first[begin] = append(k.first[begin], at)
	pair := pairOf(begin[0], begin[1])
	k.begins[pair/64] |= 1 << (pair % 64)
	return at
}

func pairOf(a, b byte) int { return int(a)<<8 | int(b) }

// in returns, for each rule, whether one of its words occurs in text or it needs
// none.
func (k *keywords) in(text []byte) []bool {
	hit := make([]bool, k.rules)
	for _, rule := range k.always {
		hit[rule] = true
	}
	seen := make([]bool, len(k.words))
	lower := bytes.ToLower(text)
	for i := 0; i+1 < len(lower); i++ {
		pair := pairOf(lower[i], lower[i+1])
		if k.begins[pair/64]&(1<<(pair%64)) == 0 {
			continue
		}
		for _, at := range k.first[[2]byte{lower[i], lower[i+1]}] {
			if seen[at] || !bytes.HasPrefix(lower[i:], k.words[at].text) {
				continue
			}
			seen[at] = true
			for _, rule := range k.words[at].rules {
				hit[rule] = true
			}
		}
	}
	return hit
}
