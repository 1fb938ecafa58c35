package secrets

// RuleSet is rules, and what is allowed whatever the rule. It is plain data: the
// loaders of formats make it, [NewDetector] takes it.
type RuleSet struct {
	// Rules are in the order of their file.
	Rules []Rule
	// Allow holds for every rule.
	Allow []Allowlist
	// DecodeDepth is how many times in a row encoded text is decoded: 5 when it
	// is 0, not at all when it is negative.
	DecodeDepth int
	// IgnoreMarks finds secrets on lines that say "gitleaks:allow", too.
	IgnoreMarks bool
}

// Rule describes one kind of secret. Its fields mean what they mean in gitleaks'
// configuration (https://github.com/gitleaks/gitleaks#configuration).
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
	// Keywords are told in any case. Regex is tried on a text only when one of them
	// occurs in it, in any case; without keywords it is always tried.
	Keywords []string
	// Entropy is what the Shannon entropy of a secret must be above, in bits
	// per byte; 0 for rules that ask for none.
	Entropy float64
	// Path is an expression for the paths that the rule is meant for; empty
	// for all.
	Path string
	// Tags are words to select rules by.
	Tags []string
	// Allow is what the rule takes for a secret and is none.
	Allow []Allowlist
	// Required are rules that must find something, too.
	Required []Required
	// SkipReport makes the rule a part of others: it reports nothing itself.
	SkipReport bool
}

// Allowlist describes findings that are none. Of its four kinds of conditions
// one is enough, unless All is set.
type Allowlist struct {
	Description string
	// All asks that every kind of condition that is given holds.
	All bool
	// Commits are hexadecimal names of commits, compared whole and in any case.
	Commits []string
	// Paths are expressions that match anywhere in the path.
	Paths []string
	// Regexes are expressions that match anywhere in what Target says.
	Regexes []string
	Target  Target
	// StopWords are texts that the secret holds, in any case.
	StopWords []string
}

// Target is what the expressions of an allowlist look at.
type Target string

// The targets.
const (
	TargetSecret Target = ""
	TargetMatch  Target = "match"
	TargetLine   Target = "line"
)

// Required is a rule that must find something in the same text for another one to
// report.
type Required struct {
	Rule string
	// WithinLines and WithinColumns bound the distance of the two findings;
	// nil for any.
	WithinLines, WithinColumns *int
}
