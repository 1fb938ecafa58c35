package envtight

import (
	"cmp"
	"slices"
)

// Silence is the reason why a run says nothing about something. The three
// reasons are kept apart, and none of them is ever reported as missing, empty or
// clean.
type Silence string

// The kinds of silence.
const (
	// NotAsked: the user did not ask for it (no token for an optional
	// platform, offline, values off). It is said once and has no effect.
	NotAsked Silence = "not asked"
	// Undecidable: it was asked, and nobody can tell (an unreadable value,
	// a dynamic name). It counts under --strict only.
	Undecidable Silence = "undecidable"
	// Failed: it was asked and should have worked. The run is incomplete.
	Failed Silence = "failed"
)

// Incompleteness is something that was not, or could not be, looked at. Like a
// Diagnostic it never holds a value.
type Incompleteness struct {
	Silence Silence `json:"silence"`
	// Cause is one line: what could not be looked at, where, and why.
	Cause string `json:"cause"`
	// Advice says what to do about it.
	Advice   string   `json:"advice,omitempty"`
	Location Location `json:"location,omitzero"`
	// Cells are the cells of the matrix that it leaves open, sorted.
	Cells []Cell `json:"cells,omitempty"`
	// Count is how many things it concerns; at least 1 in a report.
	Count int `json:"count"`
}

// joinIncomplete makes one line of each cause and sorts: failed first.
func joinIncomplete(all []Incompleteness) []Incompleteness {
	type key struct {
		silence       Silence
		cause, advice string
		location      Location
	}
	index := map[key]int{}
	var out []Incompleteness
	for _, inc := range all {
		inc.Count = max(inc.Count, 1)
		k := key{inc.Silence, inc.Cause, inc.Advice, inc.Location}
		if i, ok := index[k]; ok {
			out[i].Count += inc.Count
			out[i].Cells = append(out[i].Cells, inc.Cells...)
			continue
		}
		index[k] = len(out)
		inc.Cells = slices.Clone(inc.Cells)
		out = append(out, inc)
	}
	for i := range out {
		slices.SortFunc(out[i].Cells, compareCells)
		out[i].Cells = slices.Compact(out[i].Cells)
	}
	rank := map[Silence]int{Failed: 0, Undecidable: 1, NotAsked: 2}
	slices.SortStableFunc(out, func(a, b Incompleteness) int {
		return cmp.Or(
			cmp.Compare(rank[a.Silence], rank[b.Silence]),
			cmp.Compare(a.Cause, b.Cause),
			cmp.Compare(a.Location.String(), b.Location.String()),
			cmp.Compare(a.Advice, b.Advice),
		)
	})
	return out
}
