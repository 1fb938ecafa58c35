package secrets

import (
	"cmp"
	"slices"
)

// maxRequired is how many matches of a required rule a match remembers.
const maxRequired = 16

// neighbors are the matches of a required rule, in an order in which those near
// another match are found without looking at all: a line may hold very many.
type neighbors struct {
	bounds  Required
	matches []Match
}

func newNeighbors(bounds Required, matches []candidate) *neighbors {
	n := &neighbors{bounds: bounds}
	for _, c := range matches {
		n.matches = append(n.matches, c.Match)
	}
	slices.SortStableFunc(n.matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(n.line(a), n.line(b)), cmp.Compare(a.StartColumn, b.StartColumn))
	})
	return n
}

// line is 0 for all where lines do not count.
func (n *neighbors) line(m Match) int {
	if n.bounds.WithinLines == nil {
		return 0
	}
	return m.StartLine
}

// of returns matches near m, in the order of lines and columns.
func (n *neighbors) of(m Match) []Match {
	line, last := n.line(m), n.line(m)
	if n.bounds.WithinLines != nil {
		line, last = line-*n.bounds.WithinLines, last+*n.bounds.WithinLines
	}
	var out []Match
	for at := 0; len(out) < maxRequired; line++ {
		at += n.firstOf(n.matches[at:], line, m.StartColumn)
		if at == len(n.matches) || n.line(n.matches[at]) > last {
			break
		}
		if next := n.line(n.matches[at]); next > line {
			line = next - 1 // nothing on the lines before
			continue
		}
		for ; at < len(n.matches) && n.line(n.matches[at]) == line && len(out) < maxRequired; at++ {
			if columns := n.bounds.WithinColumns; columns != nil && n.matches[at].StartColumn-m.StartColumn > *columns {
				break
			}
			out = append(out, n.matches[at])
		}
	}
	return out
}

// firstOf returns the index of the first match on a line, or after it, that is not
// too far before a column.
func (n *neighbors) firstOf(matches []Match, line, column int) int {
	i, _ := slices.BinarySearchFunc(matches, 0, func(m Match, _ int) int {
		if by := cmp.Compare(n.line(m), line); by != 0 {
			return by
		}
		if columns := n.bounds.WithinColumns; columns != nil && column-m.StartColumn > *columns {
			return -1
		}
		return 1
	})
	return i
}

// withRequired returns the matches that have at least one match of each required
// rule near them. When a rule is required twice, with different bounds, one of
// them is enough.
func withRequired(matches []candidate, required []*neighbors) []candidate {
	var out []candidate
	for _, m := range matches {
		have := map[string]bool{}
		var found []Match
		for _, n := range required {
			of := n.of(m.Match)
			have[n.bounds.Rule] = have[n.bounds.Rule] || len(of) > 0
			found = append(found, of...)
		}
		if !hasFalse(have) {
			m.Required = found
			out = append(out, m)
		}
	}
	return out
}

func hasFalse(m map[string]bool) bool {
	for _, ok := range m {
		if !ok {
			return true
		}
	}
	return false
}
