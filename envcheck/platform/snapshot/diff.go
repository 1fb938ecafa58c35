package snapshot

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// Diff is what two snapshots say differently of the same cells.
type Diff struct {
	// Version is that of the JSON form.
	Version int       `json:"version"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	// Hidden tells that names are shown in their hidden form: see [Key].
	Hidden bool `json:"hidden,omitempty"`
	// Cells are those that differ, or cannot be compared, in order.
	Cells []CellDiff `json:"cells"`
}

// CellDiff is one app in one environment on one platform.
type CellDiff struct {
	App         string         `json:"app"`
	Environment string         `json:"environment"`
	Place       envtight.Place `json:"place"`
	// Cell is "appeared" or "gone" for a cell that only one snapshot holds, and
	// empty otherwise. That a snapshot lacks a cell says nothing of the platform.
	Cell string `json:"cell,omitempty"`
	// Unknown says why variables that only one snapshot names are not called
	// appeared or gone; empty: nothing stands in the way.
	Unknown string   `json:"unknown,omitempty"`
	Changes []Change `json:"changes,omitempty"`
}

// Change is one variable that differs.
type Change struct {
	Name string `json:"name"`
	// Kind is "appeared", "gone", "changed" or "updated": set anew, and otherwise
	// the same.
	Kind string `json:"kind"`
	// What says in words what changed, as in "state set -> unreadable".
	What []string `json:"what,omitempty"`
}

// The kinds of changes.
const (
	Appeared = "appeared"
	Gone     = "gone"
	Changed  = "changed"
	Updated  = "updated"
)

// Same reports whether the snapshots say the same of every cell that can be compared,
// and hold the same cells.
func (d *Diff) Same() bool {
	return !slices.ContainsFunc(d.Cells, func(c CellDiff) bool { return c.Cell != "" || len(c.Changes) > 0 })
}

// Compare says what appeared, went and changed from one snapshot to a later one. It
// is an error to compare names that are hidden in different ways.
func Compare(from, to *File) (*Diff, error) {
	if from.KeyID != to.KeyID {
		return nil, errors.New("the names of one are hidden, and those of the other are not, or under another key")
	}
	d := &Diff{Version: 1, From: from.Taken, To: to.Taken, Hidden: to.KeyID != "", Cells: []CellDiff{}}
	a, b := from.Cells, to.Cells
	for len(a) > 0 || len(b) > 0 {
		order := -1
		switch {
		case len(a) == 0:
			order = 1
		case len(b) > 0:
			order = compareCells(&a[0], &b[0])
		}
		switch {
		case order < 0:
			d.Cells = append(d.Cells, onlyIn(&a[0], Gone))
			a = a[1:]
		case order > 0:
			d.Cells = append(d.Cells, onlyIn(&b[0], Appeared))
			b = b[1:]
		default:
			if c := compareCell(&a[0], &b[0]); len(c.Changes) > 0 || c.Unknown != "" {
				d.Cells = append(d.Cells, c)
			}
			a, b = a[1:], b[1:]
		}
	}
	return d, nil
}

func newCellDiff(c *Cell) CellDiff {
	place := c.Answer.Place
	if place.Platform == "" {
		place = envtight.Place{Platform: c.Platform, Project: c.Project, Service: c.Service, Environment: c.Ref.Name}
	}
	return CellDiff{App: c.App, Environment: c.Environment, Place: place}
}

func onlyIn(c *Cell, kind string) CellDiff {
	out := newCellDiff(c)
	out.Cell = kind
	return out
}

func compareCell(from, to *Cell) CellDiff {
	out := newCellDiff(to)
	old, now := &from.Answer, &to.Answer
	out.Unknown = unknown(old, now)
	a, b := old.Settings, now.Settings
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			if now.Complete || now.NoSuchEnvironment {
				out.Changes = append(out.Changes, Change{Name: a[0].Name, Kind: Gone})
			}
			a = a[1:]
		case len(a) == 0 || b[0].Name < a[0].Name:
			if old.Complete || old.NoSuchEnvironment {
				out.Changes = append(out.Changes, Change{Name: b[0].Name, Kind: Appeared})
			}
			b = b[1:]
		default:
			if what := differences(&a[0], &b[0]); len(what) > 0 {
				out.Changes = append(out.Changes, Change{Name: b[0].Name, Kind: Changed, What: what})
			} else if !a[0].Updated.Equal(b[0].Updated) && !b[0].Updated.IsZero() {
				out.Changes = append(out.Changes, Change{Name: b[0].Name, Kind: Updated})
			}
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// unknown says in which snapshot a cell was not wholly seen.
func unknown(old, now *envcheck.Answer) string {
	seen := func(a *envcheck.Answer) bool { return a.Complete || a.NoSuchEnvironment }
	switch {
	case !seen(old) && !seen(now):
		return "incomplete in both snapshots"
	case !seen(old):
		return "incomplete in the first snapshot"
	case !seen(now):
		return "incomplete in the second snapshot"
	}
	return ""
}

// differences says what is told differently of a variable, apart from the time.
func differences(a, b *envcheck.Setting) []string {
	var out []string
	differ := func(what, from, to string) {
		if from != to {
			out = append(out, fmt.Sprintf("%s %s -> %s", what, orNone(from), orNone(to)))
		}
	}
	differ("state", a.State.String(), b.State.String())
	differ("type", a.Type, b.Type)
	differ("storage", storages[a.Storage], storages[b.Storage])
	differ("shared", yes(a.Shared), yes(b.Shared))
	differ("part of others", yes(a.Referenced), yes(b.Referenced))
	differ("managed by", a.Managed, b.Managed)
	differ("branch", a.Branch, b.Branch)
	if !slices.Equal(a.References, b.References) {
		out = append(out, "refers to other variables, or these are gone or back")
	}
	return out
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
