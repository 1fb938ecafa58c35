package secrets

import (
	"errors"
	"fmt"
	"regexp"
	"sync"
)

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
		for _, list := range r.Allow {
			for _, expression := range list.placeholders() {
				regex, err := regexp.Compile(expression)
				r.placeholders = append(r.placeholders, regex)
				errs = append(errs, err)
			}
		}
		if err := errors.Join(errs...); err != nil {
			r.err = fmt.Errorf("rule %s: %w", r.ID, err)
		}
	})
	return r.err
}

// placeholders are the expressions that say by themselves that a secret is none,
// wherever it stands.
func (a *Allowlist) placeholders() []string {
	alone := !a.All || len(a.Paths)+len(a.Commits)+len(a.StopWords) == 0
	if !alone || a.Target != TargetSecret {
		return nil
	}
	return a.Regexes
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
