package secrets

import (
	"errors"
	"fmt"
	"regexp"
	"sync"
)

// Rule describes one kind of secret.
type Rule struct {
	// ID names the rule, as in "stripe-access-token".
	ID string
	// Description is a sentence for people.
	Description string
	// Regex is what a secret looks like, in the syntax of package regexp. It
	// is empty for rules that are about paths only.
	Regex string
	// SecretGroup is the group of Regex that is the secret. 0 means: the
	// first group that matched something, or the whole match.
	SecretGroup int
	// Keywords are lower case. Regex is tried on a text only when one of them
	// occurs in it, in any case; without keywords it is always tried.
	Keywords []string
	// Entropy is the least Shannon entropy of a secret, in bits per byte;
	// 0 for rules that ask for none. [Detector.Mask] does not ask for it.
	Entropy float64
	// Placeholders are expressions for texts that Regex takes for a secret
	// and that are none. One that matches anywhere in the secret is enough.
	Placeholders []string
	// Path is an expression for the paths that the rule is meant for; empty
	// for all. [Detector.Mask] does not ask for it.
	Path string
	// Tags are words to select rules by.
	Tags []string
}

// rule is a Rule with its expressions, which are compiled once, on first use.
type rule struct {
	Rule
	once         sync.Once
	regex        *regexp.Regexp
	placeholders []*regexp.Regexp
	err          error
}

// compile is safe for concurrent use.
func (r *rule) compile() error {
	r.once.Do(func() {
		var errs []error
		if r.Regex != "" {
			regex, err := regexp.Compile(r.Regex)
			if err == nil && r.SecretGroup > regex.NumSubexp() {
				err = fmt.Errorf("it has no group %d", r.SecretGroup)
			}
			r.regex = regex
			errs = append(errs, err)
		}
		for _, expression := range r.Placeholders {
			regex, err := regexp.Compile(expression)
			r.placeholders = append(r.placeholders, regex)
			errs = append(errs, err)
		}
		if err := errors.Join(errs...); err != nil {
			r.err = fmt.Errorf("rule %s: %w", r.ID, err)
		}
	})
	return r.err
}

// isPlaceholder is called after compile returned nil.
func (r *rule) isPlaceholder(secret []byte) bool {
	for _, p := range r.placeholders {
		if p.Match(secret) {
			return true
		}
	}
	return false
}

// secretOf picks the secret of one match, given as indexes of its groups.
func (r *rule) secretOf(groups []int) (start, end int) {
	if g := r.SecretGroup; g > 0 && groups[2*g] >= 0 {
		return groups[2*g], groups[2*g+1]
	}
	for g := 1; 2*g < len(groups); g++ {
		if start, end := groups[2*g], groups[2*g+1]; start >= 0 && end > start {
			return start, end
		}
	}
	return groups[0], groups[1]
}
