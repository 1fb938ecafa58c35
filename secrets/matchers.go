package secrets

import "github.com/envtight/envtight/secrets/internal/match"

// matchers returns the expressions of the rules, by their order, ready to be
// looked for together.
func (d *Detector) matchers() *match.Set {
	d.matchersOnce.Do(func() {
		required := map[*rule]bool{}
		for _, r := range d.rules {
			for _, other := range r.required {
				required[other] = true
			}
		}
		expressions := make([]match.Expression, len(d.rules))
		for i, r := range d.rules {
			expressions[i] = match.Expression{Regex: r.Regex, Keywords: r.Keywords}
			if required[r] && r.Regex != "" {
				// Whoever requires a rule does not ask for its keywords.
				expressions[i].Keywords = nil
			}
		}
		d.matchersSet = match.NewSet(expressions)
	})
	return d.matchersSet
}

// scanner returns a scanner, which is given back to d.scanners.
func (d *Detector) scanner() *match.Scanner {
	if s, ok := d.scanners.Get().(*match.Scanner); ok {
		return s
	}
	return d.matchers().NewScanner()
}
