package secrets

import (
	"cmp"
	"slices"
)

// Matches returns what a file with the inspected text holds, ordered by place and
// then by rule: paths and commits are asked here. Live values are none to be allowed
// anywhere.
func (i *Inspection) Matches(file File) []Match {
	var found []candidate
	if len(i.groups) > 0 && !anyAllowsFile(i.detector.allow, file) {
		for _, g := range i.groups {
			found = append(found, g.matches(file)...)
		}
	}
	out := append(withoutGeneric(found), i.live...)
	slices.SortStableFunc(out, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Whole.Start, b.Whole.Start), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	return out
}

// matches returns what the rule finds in a file and is allowed to report.
func (g *group) matches(file File) []candidate {
	out := g.own(file)
	if len(out) == 0 || len(g.required) == 0 {
		return out
	}
	var required []*neighbors
	for n, other := range g.required {
		var found []candidate
		if other != nil {
			found = other.own(file)
		}
		required = append(required, newNeighbors(g.rule.Required[n], found))
	}
	return withRequired(out, required)
}

// own returns what the rule finds in a file, whatever it requires.
func (g *group) own(file File) []candidate {
	if !g.rule.appliesTo(file) {
		return nil
	}
	if g.rule.Regex == "" {
		return []candidate{{Match: Match{Rule: &g.rule.Rule}}}
	}
	var out []candidate
	for _, c := range g.candidates {
		allowed := slices.ContainsFunc(c.pending, func(a *allowlist) bool { return a.allowsPlace(file) })
		if !allowed {
			out = append(out, c)
		}
	}
	return out
}
