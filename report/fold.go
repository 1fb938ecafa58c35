package report

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// many is how many findings of one kind are shown as one block.
const many = 4

// entry is what takes one place in a report for people: a finding, or many that
// say the same of different names.
type entry struct {
	*envtight.Diagnostic // the first of all
	all                  []*envtight.Diagnostic
}

func (e *entry) folded() bool { return len(e.all) > 1 }

// foldKey is what the findings of a block have in common. Cells may differ.
type foldKey struct {
	rule, app string
	many      envtight.Many
	severity  envtight.Severity
	grade     envtight.Grade
	at        envtight.Location
}

// fold makes one entry of findings that may be shown together, where there are
// enough of them. A block stands where its first finding would.
func fold(list []*envtight.Diagnostic) []entry {
	blocks := map[foldKey][]*envtight.Diagnostic{}
	for _, d := range list {
		if foldable(d) {
			blocks[keyOf(d)] = append(blocks[keyOf(d)], d)
		}
	}
	var out []entry
	for _, d := range list {
		block := blocks[keyOf(d)]
		switch {
		case !foldable(d) || len(block) < many:
			out = append(out, entry{d, []*envtight.Diagnostic{d}})
		case block[0] == d:
			out = append(out, entry{d, block})
		}
	}
	return out
}

// foldable reports whether a block would show all that there is to show of
// a finding. Of lines in a file that is the name: the check says so by Many.
func foldable(d *envtight.Diagnostic) bool {
	return d.Many.Message != "" && d.Name != "" && d.Suppressed == nil && len(d.Related) == 0 && len(d.Fixes) == 0
}

// keyOf is about the file or the part of a platform, not about the line or the
// environment in it.
func keyOf(d *envtight.Diagnostic) foldKey {
	at := d.Location
	at.Range = envtight.Range{}
	at.Place.Name, at.Place.Environment = "", ""
	return foldKey{d.Rule, d.App, d.Many, d.Severity, d.Grade, at}
}

// where is the place that all findings of a block share.
func (e *entry) where() string {
	if !e.folded() {
		return where(e.Diagnostic)
	}
	common := *e.Diagnostic
	common.Location = keyOf(e.Diagnostic).at
	return where(&common)
}

// message is the text of a block, without the names.
func (e *entry) message() string { return count(len(e.all), e.Many.Message) }

// named is the names of a block that are found in the same cells.
type named struct {
	cells string // empty when the findings name none
	names []string
}

// byCells lists the names of a block by the cells they are found in, in the order
// of the findings.
func (e *entry) byCells() []named {
	var out []named
	for _, d := range e.all {
		cells := strings.Join(d.CellTexts(), ", ")
		i := slices.IndexFunc(out, func(n named) bool { return n.cells == cells })
		if i < 0 {
			i = len(out)
			out = append(out, named{cells: cells})
		}
		out[i].names = append(out[i].names, d.Name)
	}
	return out
}
