package envtight

import (
	"slices"
	"strings"
)

// Rule is what a check can object to, with its documentation. Lists, docs,
// SARIF and "explain" are derived from it. Rules are shared and must not be
// changed.
type Rule struct {
	// ID is "topic/name". It is never reused for another meaning.
	ID string `json:"id"`
	// Title is a short noun phrase or sentence, without a final period.
	Title string `json:"title"`
	// Default is the severity when nobody says otherwise.
	Default Severity `json:"default"`
	// Group names a set of rules that are off until the group, or the rule by
	// name, is turned on. Empty for all others.
	Group string `json:"group,omitempty"`
	// Doc says in Markdown why the rule exists, when it is wrong to follow it,
	// and where its facts come from.
	Doc string `json:"doc"`
	// Since is the version that brought the rule.
	Since string `json:"since"`
	// Examples are executed by tests.
	Examples []Example `json:"examples,omitempty"`
}

// Example is a small case of a rule.
type Example struct {
	// Title says what the case shows; it may be empty when there is only one.
	Title string `json:"title,omitempty"`
	// Files is a txtar archive (golang.org/x/tools/txtar) of the repository.
	// The state of platforms, where the rule needs one, is its section
	// "snapshot": a line "cell APP ENVIRONMENT PLACE" for each cell that was
	// fetched, followed by indented lines "NAME STATE"; both lines may end in
	// words that say more, as in "storage=clear" or "deployed=TIME".
	Files string `json:"files"`
	// Want are the lines that the rule reports, as in
	// ".env.example:1:1: PORT_ ends in an underscore"; empty for a case in
	// which the rule must stay silent.
	Want string `json:"want"`
}

// Topic returns the part of the ID before the slash.
func (r *Rule) Topic() string {
	topic, _, _ := strings.Cut(r.ID, "/")
	return topic
}

// SortRules orders rules by ID and drops doubles. It works in place and returns
// the shortened slice.
func SortRules(rules []*Rule) []*Rule {
	slices.SortStableFunc(rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(rules, func(a, b *Rule) bool { return a.ID == b.ID })
}
