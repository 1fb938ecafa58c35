package naming

import "hash/maphash"

// typoSearch finds, among names of one app of which none is on every surface of
// it, those that are likely a mistyped form of another. Names are put into buckets
// of those that are equal but for one word, and large buckets are searched by the
// words that remain when one letter is dropped, so that the time is proportional to
// the number of names, whatever they are.
type typoSearch struct {
	judge *judge
	words map[string]int // in how many names each stands
	// right holds, for each name that looks mistyped, the best of those it may
	// have been meant to be.
	right map[*name]*typoName
}

// slot is a name in the bucket of those that differ from it in one word.
type slot struct {
	t    *typoName
	word string
}

func (s *typoSearch) run(names []*typoName) {
	seed := maphash.MakeSeed()
	buckets := map[uint64][]slot{}
	for _, t := range names {
		words := s.judge.wordsOf(t.name)
		for i, word := range words {
			if len(word) >= minTypoWord-1 {
				k := contextHash(seed, words, i)
				buckets[k] = append(buckets[k], slot{t, word})
			}
		}
	}
	for _, slots := range buckets {
		if len(slots) <= maxPairwise {
			s.pairs(slots)
			continue
		}
		byRest := map[string][]slot{}
		for _, one := range slots {
			eachRest(one.word, func(rest string) {
				if len(byRest[rest]) < maxPairwise {
					byRest[rest] = append(byRest[rest], one)
				}
			})
		}
		for _, same := range byRest {
			s.pairs(same)
		}
	}
}

func (s *typoSearch) pairs(slots []slot) {
	for i := range slots {
		for k := i + 1; k < len(slots); k++ {
			s.consider(slots[i], slots[k])
		}
	}
}

// consider compares two names of which one may be the mistyped form of the other.
func (s *typoSearch) consider(a, b slot) {
	j := s.judge
	if a.t.bits&b.t.bits != 0 || a.t.name == b.t.name || len(j.wordsOf(a.t.name)) != len(j.wordsOf(b.t.name)) || !oneEdit(a.word, b.word) {
		return
	}
	wrong, right := a, b
	if j.compareTypo(a.t, b.t) > 0 {
		wrong, right = b, a
	}
	if commonWords[wrong.word] && !j.inUse(right.word, s.words) {
		wrong, right = right, wrong
	}
	// Swapped letters in a name that a provider chose are a slip also where they
	// make a word of their own, as in SENTRY_DNS.
	if !wrong.t.name.free || !j.isSlip(wrong.word, right.word, s.words) && !(settled(right.t.name.text) && sameLetters(wrong.word, right.word)) {
		return
	}
	if old := s.right[wrong.t.name]; old == nil || j.compareTypo(old, right.t) < 0 {
		s.right[wrong.t.name] = right.t
	}
}

// maxPairwise is the size up to which a bucket is compared pair by pair.
const maxPairwise = 12

// contextHash hashes all words but one.
func contextHash(seed maphash.Seed, words []string, but int) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for i, w := range words {
		if i != but {
			h.WriteString(w)
		}
		h.WriteByte('_')
	}
	return h.Sum64()
}

// eachRest calls f with a word, and with what remains when any one of its
// letters is dropped. Words one slip apart share one of these.
func eachRest(word string, f func(string)) {
	f(word)
	if len(word) > maxShown {
		return
	}
	for i := range len(word) {
		f(word[:i] + word[i+1:])
	}
}
