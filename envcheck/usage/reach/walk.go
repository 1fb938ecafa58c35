package reach

import (
	"slices"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// steps are the ways in which an app reaches a file, the nearest first: what the
// deployed app runs before what its developers do, and of each what is imported
// before what may be.
var steps = []way{
	{usage.Runtime, true},
	{usage.Build, true},
	{usage.Runtime, false},
	{usage.Build, false},
	{usage.Script, true},
	{usage.Test, true},
	{usage.Script, false},
	{usage.Test, false},
}

type way struct {
	scope    usage.Scope
	imported bool
}

// unreached stands for no step.
const unreached = -1

func stepOf(scope usage.Scope, imported bool) int { return slices.Index(steps, way{scope, imported}) }

// walk is how one app reaches each file.
type walk struct {
	*Map
	app    *workspace.App
	at     []int // steps, or unreached
	parent []int // the file that imports it, or none
	queues [][]edge
	// opened are the units from which, at a step, every package may be reached.
	opened map[opening]bool
}

// edge leads to a file; from is the one that imports it, or none.
type edge struct{ file, from int }

const none = -1

type opening struct {
	unit *workspace.Unit
	step int
}

func (m *Map) walk(app *workspace.App) *walk {
	w := &walk{
		Map: m, app: app, opened: map[opening]bool{}, queues: make([][]edge, len(steps)),
		at: make([]int, len(m.files)), parent: make([]int, len(m.files)),
	}
	for i := range m.files {
		w.at[i] = unreached
		if n := &m.files[i]; n.unit == &app.Unit {
			if start := startOf(n); start != notStarted {
				w.push(edge{i, none}, stepOf(byLateness[start], true))
			}
		}
	}
	for _, d := range app.DependsOn {
		for _, i := range m.byUnit[d.Package.Dir] {
			if !d.Dev && !m.resolved[m.files[i].language] {
				w.push(edge{i, none}, stepOf(usage.Runtime, false))
			}
		}
	}
	for step := range steps {
		for len(w.queues[step]) > 0 { // it grows meanwhile
			next := w.queues[step][0]
			w.queues[step] = w.queues[step][1:]
			w.visit(next, step)
		}
	}
	return w
}

func (w *walk) push(e edge, step int) { w.queues[step] = append(w.queues[step], e) }

// visit follows an edge, unless the file was reached before.
func (w *walk) visit(e edge, step int) {
	if w.at[e.file] != unreached {
		return
	}
	w.at[e.file], w.parent[e.file] = step, e.from
	n := &w.files[e.file]
	for _, to := range n.imports {
		if w.at[to] == unreached {
			w.push(edge{to, e.file}, step)
		}
	}
	if n.open && n.unit != nil {
		w.open(n.unit, stepOf(steps[step].scope, false))
	}
}

// open goes on to every file that a file of a unit may import: those of all packages
// that both the unit and the app depend on.
func (w *walk) open(from *workspace.Unit, step int) {
	if w.opened[opening{from, step}] {
		return
	}
	w.opened[opening{from, step}] = true
	for _, d := range w.app.DependsOn {
		if d.Dev || from != &w.app.Unit && !from.Reaches(d.Package) {
			continue
		}
		for _, i := range w.byUnit[d.Package.Dir] {
			w.push(edge{i, none}, step)
		}
	}
}

// via names the modules by which a file is reached.
func (w *walk) via(file int) []string {
	if w.files[file].unit == &w.app.Unit {
		return nil
	}
	var units []*workspace.Unit
	for at := file; at != none; at = w.parent[at] {
		unit := w.files[at].unit
		if unit == nil || unit == &w.app.Unit {
			continue
		}
		if back := slices.Index(units, unit); back >= 0 { // out and in again
			units = units[:back]
		}
		units = append(units, unit)
	}
	if len(units) == 0 {
		return nil
	}
	out := w.begin(units[len(units)-1], !steps[w.at[file]].imported)
	for _, unit := range slices.Backward(units[:len(units)-1]) {
		out = append(out, moduleOf(unit))
	}
	return out
}

// begin is the way to the first unit beside the app: the unit itself, or, when it is
// a dependency that leads there and no import, the path of that.
func (w *walk) begin(unit *workspace.Unit, byDependency bool) []string {
	for _, d := range w.app.DependsOn {
		if byDependency && unit == &d.Package.Unit {
			return slices.Clone(d.Path)
		}
	}
	return []string{moduleOf(unit)}
}

func moduleOf(u *workspace.Unit) string {
	if u.Module != "" {
		return u.Module
	}
	return u.Name
}
