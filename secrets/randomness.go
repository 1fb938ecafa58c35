package secrets

import (
	"math"
	"regexp/syntax"
	"unicode"
)

// manyBits are out of reach for whoever tries all texts of a form.
const manyBits = 96

// isRandom tells whether the form of a rule's secrets leaves many bits open.
func isRandom(r *Rule) bool { return randomBits(r) >= manyBits }

// isRandom is asked about few rules for all findings, and takes its time.
func (d *Detector) isRandom(r *Rule) bool {
	known, ok := d.random.Load(r)
	if !ok {
		known, _ = d.random.LoadOrStore(r, isRandom(r))
	}
	return known.(bool)
}

// randomBits returns how many bits the form of a rule's secrets leaves open, at
// least; 0 where the form does not say. Letters count once, not twice for their
// case, and only what generators write is counted, as anything may be a word.
func randomBits(r *Rule) float64 {
	tree, err := syntax.Parse(r.Regex, syntax.Perl)
	if err != nil {
		return 0
	}
	return leastOf(secretsOf(tree, r.SecretGroup), bitsOf)
}

// secretsOf returns the parts of an expression one of which is the secret. group is
// that of the rule.
func secretsOf(tree *syntax.Regexp, group int) []*syntax.Regexp {
	var groups []*syntax.Regexp
	collectGroups(tree, &groups)
	switch {
	case len(groups) == 0:
		return []*syntax.Regexp{tree}
	case group > 0 && group <= len(groups):
		return groups[group-1 : group]
	default:
		return groups
	}
}

// collectGroups collects the groups in their order.
func collectGroups(tree *syntax.Regexp, groups *[]*syntax.Regexp) {
	if tree.Op == syntax.OpCapture {
		*groups = append(*groups, tree)
	}
	for _, sub := range tree.Sub {
		collectGroups(sub, groups)
	}
}

// leastOf is called with at least one tree.
func leastOf[N int | float64](trees []*syntax.Regexp, of func(*syntax.Regexp) N) N {
	least := of(trees[0])
	for _, tree := range trees[1:] {
		least = min(least, of(tree))
	}
	return least
}

func bitsOf(tree *syntax.Regexp) float64 {
	sum := 0.0
	switch tree.Op {
	case syntax.OpCharClass:
		return bitsOfClass(tree.Rune)
	case syntax.OpConcat:
		for _, sub := range tree.Sub {
			sum += bitsOf(sub)
		}
		return sum
	case syntax.OpAlternate:
		return leastOf(tree.Sub, bitsOf)
	case syntax.OpCapture, syntax.OpPlus:
		return bitsOf(tree.Sub[0])
	case syntax.OpRepeat:
		return float64(tree.Min) * bitsOf(tree.Sub[0])
	default: // literals, what may be absent, and any character
		return 0
	}
}

// bitsOfClass is 0 for classes of more than what codes are made of.
func bitsOfClass(ranges []rune) float64 {
	var members [128]bool
	for i := 0; i < len(ranges); i += 2 {
		for c := ranges[i]; c <= ranges[i+1]; c++ {
			if c == '\u017f' || c == '\u212a' {
				continue // s and k, with the case ignored
			}
			if c >= 128 || c <= ' ' {
				return 0
			}
			members[unicode.ToLower(c)] = true
		}
	}
	count := 0
	for _, is := range members {
		if is {
			count++
		}
	}
	if count < 2 || count > 26+10+8 {
		return 0
	}
	return math.Log2(float64(count))
}
