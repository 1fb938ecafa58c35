package envcheck

import (
	"cmp"
	"slices"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/usage"
)

// model is the joined matrix. Rules look at nothing else.
type model struct {
	options  Options
	apps     []*app // in the workspace's order
	cells    []*cell
	locals   []*local
	files    map[string]*envFile // those of the scope, by path
	reads    *readings           // nil when nobody looked into the code
	verdicts []verdict
	orphans  []orphan
	branches func() Branches
	// removals are the commits after which nothing named a dead variable.
	removals map[string]envtight.Related
}

// verdict is one variable of one app in one cell that was asked: all that a rule
// needs to decide.
type verdict struct {
	app     *app
	row     *row
	cell    *cell
	need    need
	state   envtight.State
	setting *Setting // nil when the platform has none
}

// join adds to each app's rows the names that its platforms have, and those that its
// code reads.
func join(o Options, apps []*app, cells []*cell, locals []*local, reads *readings) *model {
	for _, cell := range cells {
		cell.app.cells = append(cell.app.cells, cell)
		for i := range cell.answer.Settings {
			name := cell.answer.Settings[i].Name
			if _, ok := cell.app.byName[name]; !ok {
				cell.app.row(name).class = o.Class(name)
			}
		}
	}
	for i := range o.Policies {
		o.Policies[i].addRows(apps, o.Class)
	}
	for _, l := range locals {
		l.addRows(o.Class)
	}
	if reads != nil {
		reads.addRows(apps, o.Class)
	}
	for _, a := range apps {
		slices.SortFunc(a.rows, func(x, y *row) int { return cmp.Compare(x.name, y.name) })
	}
	m := &model{options: o, apps: apps, cells: cells, locals: locals, reads: reads}
	m.judge()
	return m
}

// judge settles the needs of every row, and the verdict of every cell.
func (m *model) judge() {
	environments := m.options.Environments
	names := make([][]string, len(environments))
	pulls, originals := make([]bool, len(environments)), make([]string, len(environments))
	for i, environment := range environments {
		names[i] = namesOf(environment, environments)
		_, pulls[i] = PullNumber(environment)
	}
	size := 0
	for _, a := range m.apps {
		size += len(a.rows) * len(a.cells)
	}
	m.verdicts = make([]verdict, 0, size)
	for _, a := range m.apps {
		for i, environment := range environments {
			if pulls[i] {
				originals[i] = m.options.original(a, environment)
			}
		}
		needs := make([]need, len(a.rows)*len(environments))
		settings := make([]*Setting, len(a.rows)*len(a.cells))
		for _, r := range a.rows {
			r.needs, needs = carve(needs, len(environments))
			r.settings, settings = carve(settings, len(a.cells))
			for i, environment := range environments {
				if pulls[i] {
					r.needs[i] = m.options.needOfCopy(a, r, originals[i])
					continue
				}
				r.needs[i] = m.options.needOf(a, r, environment, names[i])
			}
			for i, cell := range a.cells {
				s := cell.settings[r.name]
				r.settings[i] = s
				if cell.asked {
					m.verdicts = append(m.verdicts, verdict{
						app: a, row: r, cell: cell, need: r.needs[cell.order], state: cell.stateOf(s), setting: s,
					})
				}
			}
		}
	}
}

// carve cuts n elements off the front of a slice. Cutting one slice up costs less
// than making many.
func carve[E any](from []E, n int) (cut, rest []E) { return from[:n:n], from[n:] }

// export hands the model on to the checks that come after. The matrix and the
// variables are large and nothing to each other, so both are made at once.
func (m *model) export(facts *envtight.Facts) {
	var matrix sync.WaitGroup
	matrix.Go(func() { facts.Matrix = m.matrix() })
	facts.Variables = m.variables(facts.Variables)
	matrix.Wait()
	facts.Live = append(facts.Live, m.live()...)
}

func (m *model) matrix() *envtight.Matrix {
	out := &envtight.Matrix{Environments: m.options.Environments, Rows: []envtight.MatrixRow{}}
	rows := 0
	for _, a := range m.apps {
		rows += len(a.rows)
	}
	out.Rows = slices.Grow(out.Rows, rows)
	for _, a := range m.apps {
		width, declared, read := a.width(m.options.Environments), 0, 0
		for _, r := range a.rows {
			declared += len(r.declarations)
			if r.readByCode() != nil {
				read++
			}
		}
		entries := make([]envtight.MatrixEntry, len(a.rows)*width+read)
		locations := make([]envtight.Location, declared)
		for _, r := range a.rows {
			row := envtight.MatrixRow{App: a.name, Name: r.name, Class: r.class}
			row.Declared, locations = carve(locations, len(r.declarations))
			for i, d := range r.declarations {
				row.Declared[i] = d.location
			}
			own := width
			if read := r.readByCode(); read != nil {
				own++
			}
			row.Cells, entries = carve(entries, own)
			m.fill(row.Cells, a, r)
			out.Rows = append(out.Rows, row)
		}
	}
	for _, cell := range m.cells {
		if cell.asked {
			out.Fetched = append(out.Fetched, envtight.MatrixCell{
				Cell: cell.ref(), Complete: cell.answer.Complete, Settings: len(cell.answer.Settings),
			})
		}
	}
	return out
}

// width is the number of entries in each of the app's rows: one for each cell, and
// one for each environment without a cell.
func (a *app) width(environments []string) int {
	n := len(a.cells)
	if a.local != nil {
		n++
	}
	for i := range environments {
		if (a.local == nil || a.local.order != i) && !slices.ContainsFunc(a.cells, func(c *cell) bool { return c.order == i }) {
			n++
		}
	}
	return n
}

// fill writes the entries of a row in the order of the environments, and last that of
// the code. They are large, so that they are written in place.
func (m *model) fill(entries []envtight.MatrixEntry, a *app, r *row) {
	n := 0
	for i, environment := range m.options.Environments {
		why := r.needs[i].why()
		seen := false
		next := func() *envtight.MatrixEntry {
			e := &entries[n]
			n++
			e.Environment, e.Surface, e.Need, e.Why = environment, envtight.OnPlatform, r.needs[i].Need, why
			return e
		}
		for j, cell := range a.cells {
			if cell.order == i {
				seen = true
				e := next()
				e.State = cell.stateOf(r.settings[j])
				e.Location.Kind, e.Location.Place = envtight.AtPlatform, cell.place(r.name)
			}
		}
		if a.local != nil && a.local.order == i {
			seen = true
			e := next()
			e.Surface, e.State = envtight.OnLocal, a.local.state(r.name)
			if s := a.local.settings[r.name]; s != nil {
				e.Location = s.location()
			}
		}
		if !seen {
			next()
		}
	}
	if read := r.readByCode(); read != nil {
		e := &entries[n]
		e.Surface, e.State, e.Need, e.Location = envtight.OnCode, envtight.Set, envtight.Required, location(read)
		if read.Read.Kind == usage.Defaulted {
			e.Need = envtight.Optional
		}
	}
}

// variables appends every name on every surface, in order of app and name.
func (m *model) variables(out []envtight.Variable) []envtight.Variable {
	out = slices.Grow(out, m.countVariables())
	next := func(r *row, surface envtight.Surface) *envtight.Variable {
		out = append(out, envtight.Variable{})
		v := &out[len(out)-1]
		v.Name, v.Surface, v.Class = r.name, surface, r.class
		return v
	}
	shown := map[*dotenv.Entry]bool{} // a declaration counts once, for however many apps
	for _, a := range m.apps {
		for _, r := range a.rows {
			for _, d := range r.declarations {
				if shown[d.Entry] {
					continue
				}
				if d.tier != ownTier || a.Dir == "." { // no other app has the rest
					shown[d.Entry] = true
				}
				v := next(r, envtight.OnExample)
				v.State, v.Location, v.Optional = envtight.Set, d.location, d.optional()
				if d.tier == ownTier {
					v.App = a.name
				}
				if d.Sample == dotenv.SampleEmpty {
					v.State = envtight.Empty
				}
			}
			if read := r.readByCode(); read != nil {
				v := next(r, envtight.OnCode)
				v.App, v.State, v.Location = a.name, envtight.Set, location(read)
			}
			for i, cell := range a.cells {
				if s := r.settings[i]; s != nil {
					v := next(r, envtight.OnPlatform)
					v.App, v.Environment, v.State, v.Managed = a.name, cell.environment, s.State, s.Managed != ""
					v.Location.Kind, v.Location.Place = envtight.AtPlatform, cell.place(r.name)
				}
			}
		}
	}
	return out
}

// optional tells that the declaration requires the name in no environment.
func (d *declaration) optional() bool {
	return d.Need != envtight.Required &&
		!slices.ContainsFunc(d.Needs, func(n dotenv.EnvironmentNeed) bool { return n.Need == envtight.Required })
}

// countVariables is at least the number of variables.
func (m *model) countVariables() int {
	n := 0
	for _, a := range m.apps {
		for _, r := range a.rows {
			n += len(r.declarations)
			if r.readByCode() != nil {
				n++
			}
		}
	}
	for _, cell := range m.cells {
		n += len(cell.answer.Settings)
	}
	return n
}

// live collects readable values, one entry for each value.
func (m *model) live() []envtight.LiveValue {
	var out []envtight.LiveValue
	index := map[string]int{}
	for _, cell := range m.cells {
		for i := range cell.answer.Settings {
			s := &cell.answer.Settings[i]
			if !s.Readable || s.Value.IsEmpty() {
				continue
			}
			text := s.Value.Reveal()
			at, ok := index[text]
			if !ok {
				at = len(out)
				index[text] = at
				out = append(out, envtight.LiveValue{Value: s.Value})
			}
			out[at].Places = append(out[at].Places, cell.place(s.Name))
			out[at].Class = max(out[at].Class, cell.app.byName[s.Name].class)
		}
	}
	return out
}
