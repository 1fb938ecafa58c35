package secrets

import "github.com/envtight/envtight/secrets/internal/match"

// matchers returns the expressions of the rules, by their order, ready to be
// looked for together.
func (d *Detector) matchers() *match.Set {
	d.matchersOnce.Do(func() { d.matchersSet.Store(match.NewSet(d.expressions(nil))) })
	return d.matchersSet.Load()
}

// expressions returns those of all rules, or of those that may find something in a
// text where only some have their keywords. The others are empty.
func (d *Detector) expressions(hit []bool) []match.Expression {
	required := map[*rule]bool{}
	for i, r := range d.rules {
		if hit == nil || hit[i] {
			for _, other := range r.required {
				required[other] = true
			}
		}
	}
	out := make([]match.Expression, len(d.rules))
	for i, r := range d.rules {
		switch {
		case required[r] && r.Regex != "":
			// Whoever requires a rule does not ask for its keywords.
			out[i] = match.Expression{Regex: r.Regex}
		case hit == nil || hit[i]:
			out[i] = match.Expression{Regex: r.Regex, Keywords: r.Keywords}
		}
	}
	return out
}

const (
	// smallText is the length of texts for which it is worth to look for
	// keywords, and then only for the rules that have some there. To prepare
	// all takes as long as to look at a few megabytes.
	smallText = 64 << 10
	// fewTexts is for how many of them.
	fewTexts = 8
)

// scanner returns a scanner for a text. It is given back by release.
func (d *Detector) scanner(text []byte) *match.Scanner {
	if s, ok := d.scanners.Get().(*match.Scanner); ok {
		return s
	}
	if d.matchersSet.Load() == nil && len(text) <= smallText && d.smallTexts.Add(1) <= fewTexts {
		return match.NewSet(d.expressions(d.keywords.in(text))).NewScanner()
	}
	return d.matchers().NewScanner()
}

func (d *Detector) release(s *match.Scanner) {
	if s.Set() == d.matchersSet.Load() {
		d.scanners.Put(s)
	}
}
