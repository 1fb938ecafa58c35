package secrets

import (
	"regexp/syntax"
	"slices"
)

// dismisses tells whether a secret is none whatever its file, when the match that it
// is in ends with tail. It does not know more of the match, nor the line.
func (r *rule) dismisses(secret, tail []byte, everywhere []*allowlist) bool {
	// Sums of floating-point numbers depend on their order.
	const slack = 1e-9
	if r.Entropy != 0 && entropy(secret) <= r.Entropy-slack {
		return true
	}
	folded := lower(secret)
	for _, lists := range [2][]*allowlist{r.allow, everywhere} {
		for _, list := range lists {
			if list.dismisses(secret, folded, tail) {
				return true
			}
		}
	}
	return false
}

// dismisses is false where the answer depends on more.
func (a *allowlist) dismisses(secret, folded, tail []byte) bool {
	stops := func() bool { return len(a.StopWords) > 0 && a.stopWords.in(folded) }
	matches := func() bool {
		switch {
		case len(a.Regexes) == 0 || a.Target == TargetLine:
			return false
		case a.Target == TargetMatch:
			return a.regexes.matchesTail(tail)
		}
		return a.regexes.matches(secret)
	}
	if !a.All {
		return stops() || matches()
	}
	return len(a.Commits)+len(a.Paths) == 0 && len(a.Regexes)+len(a.StopWords) > 0 &&
		(len(a.StopWords) == 0 || stops()) && (len(a.Regexes) == 0 || matches())
}

// matchesTail tells whether an expression matches in the end of a text whatever is
// before it.
func (u *union) matchesTail(tail []byte) bool {
	u.tail.Do(func() {
		tree, err := syntax.Parse(u.joined.text, syntax.Perl)
		u.whole = err != nil || asksBefore(tree)
	})
	return !u.whole && u.matches(tail)
}

// asksBefore tells whether an expression asks what is before a place.
func asksBefore(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(re.Sub, asksBefore)
}
