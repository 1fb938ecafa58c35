package match_test

import (
	"regexp"
	"testing"

	"github.com/envtight/envtight/secrets/internal/match"
	"github.com/envtight/envtight/secrets/internal/matchtest"
)

// TestDefaults looks for the default rules in texts made from their expressions.
func TestDefaults(t *testing.T) {
	var all []string
	var asked []match.Expression
	for _, e := range expressions(t) {
		if e.Regex != "" {
			all = append(all, e.Regex)
			asked = append(asked, match.Expression{Regex: e.Regex})
		}
	}
	compiled := make([]*regexp.Regexp, len(all))
	for i, expression := range all {
		compiled[i] = regexp.MustCompile(expression)
	}
	s := match.NewSet(asked)
	seed := uint64(0)
	for i := range all {
		// Texts with this expression and one other. As package regexp takes long
		// for all, only some are checked.
		other := (7*i + 3) % len(all)
		some := make([]*regexp.Regexp, len(all))
		for _, n := range []int{i, other, (i + 1) % len(all)} {
			some[n] = compiled[n]
		}
		for range 5 {
			seed++
			match.CheckWindows(t, s, some, matchtest.New(seed).Text([]string{all[i], all[i], all[other]}))
		}
	}
}
