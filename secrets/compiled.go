package secrets

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// expression is compiled once, on first use. It is safe for concurrent use.
type expression struct {
	text  string
	once  sync.Once
	regex *regexp.Regexp
	err   error
}

// get returns nil where the expression is wrong.
func (e *expression) get() (*regexp.Regexp, error) {
	e.once.Do(func() { e.regex, e.err = regexp.Compile(e.text) })
	return e.regex, e.err
}

// matches is false where the expression is wrong.
func (e *expression) matches(text []byte) bool {
	regex, _ := e.get()
	return regex != nil && regex.Match(text)
}

// union is expressions of which one has to match. gitleaks joins them to one
// expression and so do we: a "(?i)" at the beginning of the first holds for all.
type union struct {
	texts  []string
	joined expression
	once   sync.Once
	each   []*expression // when they cannot be joined
	// whole is set, by tail, when they ask what is before a match.
	tail  sync.Once
	whole bool
}

func newUnion(texts []string) *union {
	return &union{texts: texts, joined: expression{text: "(?:" + strings.Join(texts, "|") + ")"}}
}

// compile says which of the expressions are wrong; the others hold all the same.
func (u *union) compile() error {
	if len(u.texts) == 0 {
		return nil
	}
	if _, err := u.joined.get(); err == nil {
		return nil
	}
	u.once.Do(func() {
		for _, text := range u.texts {
			u.each = append(u.each, &expression{text: text})
		}
	})
	var errs []error
	for _, e := range u.each {
		_, err := e.get()
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (u *union) matches(text []byte) bool {
	if len(u.texts) == 0 || len(text) == 0 {
		return false
	}
	if regex, err := u.joined.get(); err == nil {
		return regex.Match(text)
	}
	_ = u.compile()
	for _, e := range u.each {
		if e.matches(text) {
			return true
		}
	}
	return false
}

// rule is a Rule with its expressions.
type rule struct {
	Rule
	// number is its place among the rules.
	number     int
	words      *words // of Keywords; nil when there are none
	regex      expression
	path       expression
	pathFilter filter
	allow      []*allowlist
	// required stand beside Rule.Required; nil for rules that do not exist.
	required []*rule

	behindOnce     sync.Once
	behindRegex    *regexp.Regexp
	shortestOnce   sync.Once
	shortestLength int

	once         sync.Once
	placeholders []*regexp.Regexp
	err          error
}

func newRule(r Rule, number int) *rule {
	out := &rule{Rule: r, number: number, regex: expression{text: r.Regex}, path: expression{text: r.Path}}
	out.Keywords = make([]string, len(r.Keywords))
	for i, word := range r.Keywords {
		out.Keywords[i] = strings.ToLower(word)
	}
	if len(r.Keywords) > 0 {
		out.words = newWords(out.Keywords)
	}
	out.allow = newAllowlists(r.Allow)
	return out
}

// expressionOf returns nil for rules without a usable expression.
func (r *rule) expressionOf() *regexp.Regexp {
	if r.Regex == "" {
		return nil
	}
	regex, err := r.regex.get()
	if err != nil || r.SecretGroup > regex.NumSubexp() {
		return nil
	}
	return regex
}

// check says what is wrong with the expressions of the rule.
func (r *rule) check() error {
	errs := []error{r.compile()}
	if r.Path != "" {
		_, err := r.path.get()
		errs = append(errs, err)
	}
	for _, list := range r.allow {
		errs = append(errs, list.paths.compile(), list.regexes.compile())
	}
	for i, required := range r.required {
		if required == nil {
			errs = append(errs, fmt.Errorf("it requires %q, which is no rule", r.Required[i].Rule))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("rule %s: %w", r.ID, err)
	}
	return nil
}

// compile compiles what the Masker needs. It is safe for concurrent use.
func (r *rule) compile() error {
	r.once.Do(func() {
		var errs []error
		if r.Regex != "" {
			regex, err := r.regex.get()
			if err == nil && r.SecretGroup > regex.NumSubexp() {
				err = fmt.Errorf("it has no group %d", r.SecretGroup)
			}
			errs = append(errs, err)
		}
		for _, list := range r.Allow {
			for _, text := range list.placeholders() {
				regex, err := regexp.Compile(text)
				r.placeholders = append(r.placeholders, regex)
				errs = append(errs, err)
			}
		}
		r.err = errors.Join(errs...)
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
