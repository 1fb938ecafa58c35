package secrets

import (
	"index/suffixarray"
	"slices"
	"strings"
)

// withoutGeneric leaves out what generic rules found where another rule found the
// same secret, or more of it, on the same line. What gitleaks does not find at all
// takes away nothing that gitleaks finds.
func withoutGeneric(matches []candidate) []Match {
	better := map[onLine]*haystack{}
	for _, m := range matches {
		if isGeneric(m.Rule) || m.Rule.Regex == "" {
			continue
		}
		at := onLine{m.StartLine, m.further}
		if better[at] == nil {
			better[at] = &haystack{}
		}
		better[at].add(m.Secret.Reveal())
	}
	takenAway := func(m candidate, further bool) bool {
		h := better[onLine{m.StartLine, further}]
		return h != nil && h.contains(m.Secret.Reveal())
	}
	var out []Match
	for _, m := range matches {
		if !isGeneric(m.Rule) || !takenAway(m, false) && !(m.further && takenAway(m, true)) {
			out = append(out, m.Match)
		}
	}
	return out
}

type onLine struct {
	line    int
	further bool
}

func isGeneric(r *Rule) bool { return strings.Contains(strings.ToLower(r.ID), "generic") }

// haystack tells whether a text is part of one of many others. Its time does not
// grow with the product of questions and texts: a line of a megabyte may hold
// 100,000 of both.
type haystack struct {
	texts []string
	known map[string]bool
	// patience is how many more texts are compared one by one; an index does
	// not pay for a few.
	patience int
	index    *suffixarray.Index
}

// between stands between the texts of the index. It is in no valid UTF-8.
const between = "\xff"

func (h *haystack) add(text string) {
	if h.known == nil {
		h.known, h.patience = map[string]bool{}, 10_000
	}
	if !h.known[text] {
		h.known[text] = true
		h.texts = append(h.texts, text)
	}
}

// contains is called when all texts are added.
func (h *haystack) contains(text string) bool {
	if h.known[text] {
		return true
	}
	if h.patience > 0 {
		h.patience -= len(h.texts)
		return slices.ContainsFunc(h.texts, func(t string) bool { return strings.Contains(t, text) })
	}
	if strings.Contains(text, between) {
		return false // cannot be asked of the index; rather report too much
	}
	if h.index == nil {
		h.index = suffixarray.New([]byte(strings.Join(h.texts, between)))
	}
	return len(h.index.Lookup([]byte(text), 1)) > 0
}
