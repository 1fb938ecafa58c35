package envcheck

import (
	"cmp"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

// model is the joined matrix. Rules look at nothing else.
type model struct {
	options  Options
	apps     []*app // in the workspace's order
	cells    []*cell
	verdicts []verdict
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

// join adds to each app's rows the names that its platforms have.
func join(o Options, apps []*app, cells []*cell) *model {
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
	for _, a := range apps {
		slices.SortFunc(a.rows, func(x, y *row) int { return cmp.Compare(x.name, y.name) })
	}
	m := &model{options: o, apps: apps, cells: cells}
	m.judge()
	return m
}

// judge settles the needs of every row, and the verdict of every cell.
func (m *model) judge() {
	environments := m.options.Environments
	names := make([][]string, len(environments))
	for i, environment := range environments {
		names[i] = namesOf(environment, environments)
	}
	size := 0
	for _, a := range m.apps {
		size += len(a.rows) * len(a.cells)
	}
	m.verdicts = make([]verdict, 0, size)
	for _, a := range m.apps {
		for _, r := range a.rows {
			r.needs = make([]need, len(environments))
			for i, environment := range environments {
				r.needs[i] = m.options.needOf(a, r, environment, names[i])
			}
			for _, cell := range a.cells {
				if cell.asked {
					m.verdicts = append(m.verdicts, verdict{
						app: a, row: r, cell: cell, need: r.needs[slices.Index(environments, cell.environment)],
						state: cell.state(r.name), setting: cell.settings[r.name],
					})
				}
			}
		}
	}
}

// export hands the model on to the checks that come after.
func (m *model) export(facts *envtight.Facts) {
	facts.Matrix = m.matrix()
	facts.Variables = m.variables(facts.Variables)
	facts.Live = append(facts.Live, m.live()...)
}

func (m *model) matrix() *envtight.Matrix {
	out := &envtight.Matrix{Environments: m.options.Environments, Rows: []envtight.MatrixRow{}}
	for _, a := range m.apps {
		out.Rows = slices.Grow(out.Rows, len(a.rows))
		for _, r := range a.rows {
			out.Rows = append(out.Rows, m.matrixRow(a, r))
		}
	}
	for _, cell := range m.cells {
		if cell.asked {
			out.Fetched = append(out.Fetched, envtight.MatrixCell{
				Cell: cell.ref(""), Complete: cell.answer.Complete, Settings: len(cell.answer.Settings),
			})
		}
	}
	return out
}

func (m *model) matrixRow(a *app, r *row) envtight.MatrixRow {
	row := envtight.MatrixRow{
		App: a.name, Name: r.name, Class: r.class,
		Cells: make([]envtight.MatrixEntry, 0, len(m.options.Environments)),
	}
	for _, d := range r.declarations {
		row.Declared = append(row.Declared, d.location)
	}
	for i, environment := range m.options.Environments {
		n := r.needs[i]
		entry := envtight.MatrixEntry{Environment: environment, Surface: envtight.OnPlatform, Need: n.Need, Why: n.why()}
		seen := false
		for _, cell := range a.cells {
			if cell.environment == environment {
				entry.State = cell.state(r.name)
				entry.Location = envtight.Location{Kind: envtight.AtPlatform, Place: cell.place(r.name)}
				row.Cells = append(row.Cells, entry)
				seen = true
			}
		}
		if !seen {
			row.Cells = append(row.Cells, entry)
		}
	}
	return row
}

// variables appends every name on every surface, in order of app and name.
func (m *model) variables(out []envtight.Variable) []envtight.Variable {
	out = slices.Grow(out, m.countVariables())
	type key struct {
		path   string
		offset int
	}
	shown := map[key]bool{} // a declaration counts once, for however many apps
	for _, a := range m.apps {
		for _, r := range a.rows {
			for _, d := range r.declarations {
				k := key{d.file.path, d.Entry.Key.Start}
				if shown[k] {
					continue
				}
				shown[k] = true
				v := envtight.Variable{
					Name: r.name, Surface: envtight.OnExample, State: envtight.Set, Class: r.class, Location: d.location, Optional: d.optional(),
				}
				if d.tier == ownTier {
					v.App = a.name
				}
				if d.Sample == dotenv.SampleEmpty {
					v.State = envtight.Empty
				}
				out = append(out, v)
			}
			for _, cell := range a.cells {
				if s := cell.settings[r.name]; s != nil {
					out = append(out, envtight.Variable{
						Name: r.name, App: a.name, Environment: cell.environment, Surface: envtight.OnPlatform,
						State: s.State, Class: r.class, Managed: s.Managed != "",
						Location: envtight.Location{Kind: envtight.AtPlatform, Place: cell.place(r.name)},
					})
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
