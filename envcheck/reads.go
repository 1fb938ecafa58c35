package envcheck

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/reach"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/glob"
)

// readings are what code and configuration of the whole repository ask for.
type readings struct {
	result *usage.Result
	apps   map[*workspace.App]*appReads
	// names are the variables that somebody reads, anywhere.
	names map[string]*anywhere
	// loose are the dynamic and whole reads in files of no app or package, as the
	// scripts at the root.
	loose []reach.Need
	// feeding are the reads that only hand a value to a schema in the same file, as the
	// lines of "runtimeEnv" do: what happens without one, the schema says.
	feeding map[*usage.Read]bool
	// noted are the names that some example of the repository declares, for whatever
	// app, with the first such file.
	noted map[string]string
	// modules are the dependencies of the repository on what lies outside of it.
	modules map[string]bool
	byWord  map[string]string
	// unheard are names of which nothing in the repository speaks but what declares
	// them. Filled by settleUnheard.
	unheard map[string]bool
}

// appReads is what one app asks for.
type appReads struct {
	byName map[string][]reach.Need // nearest first
	// open are the dynamic and whole reads.
	open []reach.Need
	// code tells that the deployed app or its build reads something in code.
	code bool
}

// anywhere is what is known of a variable in the whole repository.
type anywhere struct {
	defaulted bool // every read has a default
	first     reach.Need
}

// read looks into the files, and finds out which app runs them. It returns nil when
// the code is not to be looked at.
func (c *Check) read(ctx context.Context) (*readings, error) {
	if c.options.Usage == nil {
		return nil, nil //nolint:nilnil // nobody asked
	}
	result, err := c.options.Usage(ctx)
	if err != nil {
		return nil, err
	}
	r := &readings{result: result, apps: map[*workspace.App]*appReads{}, names: map[string]*anywhere{}, modules: map[string]bool{}, feeding: map[*usage.Read]bool{}}
	for _, unit := range allUnits(c.options.Workspace) {
		for module := range unit.SDKs {
			r.modules[module] = true
		}
	}
	for i := range result.Files {
		r.addFile(c.options.Workspace, &result.Files[i])
	}
	r.byWord = byWord(r.modules)
	graph := reach.New(c.options.Workspace, result)
	for _, app := range c.scope() {
		r.apps[app] = r.newAppReads(graph.Needs(app))
	}
	r.noted = c.noted()
	return r, nil
}

func (r *readings) addFile(w *workspace.Workspace, f *usage.File) {
	unowned := w.Unit(f.Path) == nil
	schema := map[string]bool{}
	for i := range f.Reads {
		if f.Reads[i].Via != "" {
			schema[f.Reads[i].Name] = true
		}
	}
	for i := range f.Reads {
		read := &f.Reads[i]
		need := reach.Need{File: f, Read: read, Scope: read.Scope}
		switch {
		case read.Kind == usage.Plain && read.Via == "" && schema[read.Name]:
			r.feeding[read] = true
		case read.Scope == usage.Test && isOpen(read):
		case isOpen(read):
			if unowned {
				r.loose = append(r.loose, need)
			}
		case r.names[read.Name] == nil:
			r.names[read.Name] = &anywhere{defaulted: read.Kind == usage.Defaulted, first: need}
		default:
			known := r.names[read.Name]
			known.defaulted = known.defaulted && read.Kind == usage.Defaulted
		}
	}
}

// isOpen tells that a read does not say which variable it is about.
func isOpen(r *usage.Read) bool { return r.Kind == usage.Dynamic || r.Kind == usage.Whole }

func (r *readings) newAppReads(needs []reach.Need) *appReads {
	a := &appReads{byName: map[string][]reach.Need{}}
	for _, n := range needs {
		a.code = a.code || deployed(n) && n.File.Surface == envtight.OnCode
		switch {
		case r.feeding[n.Read]:
		case !isOpen(n.Read):
			a.byName[n.Read.Name] = append(a.byName[n.Read.Name], n)
		case n.Scope != usage.Test:
			a.open = append(a.open, n)
		}
	}
	for _, list := range a.byName {
		slices.SortStableFunc(list, nearer)
	}
	return a
}

// nearer puts the reads of a variable in the order in which they say something about
// the deployed app: what it insists on, in code before configuration, by import
// before by package, in its own directory before others.
func nearer(a, b reach.Need) int {
	return cmp.Or(
		cmp.Compare(distance(a), distance(b)),
		cmp.Compare(len(a.Via), len(b.Via)),
	)
}

func distance(n reach.Need) int {
	d := 0
	for i, far := range []bool{
		n.Read.Kind != usage.Required, n.Read.Kind == usage.Defaulted, !n.Imported, n.File.Surface != envtight.OnCode, !deployed(n),
	} {
		if far {
			d += 1 << i
		}
	}
	return d
}

// deployed tells that the deployed app, or its build, reads the variable.
func deployed(n reach.Need) bool { return n.Scope == usage.Runtime || n.Scope == usage.Build }

// addRows adds to each app's rows the names that its code asks for. Those that
// nobody has to set get no row of their own.
func (r *readings) addRows(apps []*app, class func(string) envtight.Class) {
	for _, a := range apps {
		reads := r.apps[a.App]
		for _, name := range slices.Sorted(maps.Keys(reads.byName)) {
			list := reads.byName[name]
			known := a.byName[name]
			switch {
			case known != nil:
				known.reads = list
			case !deployed(list[0]) || list[0].File.Surface != envtight.OnCode || !list[0].Imported || a.provided(name):
			default:
				made := a.row(name)
				made.reads, made.class = list, class(name)
			}
		}
		for _, row := range a.rows {
			row.defaulted = r.defaulted(a, row)
		}
	}
}

// defaulted returns a read of a declared variable when every read of it has a
// default, so that nobody needs it; nil when there is none, or when there may be
// more of them than were seen.
func (r *readings) defaulted(a *app, row *row) *reach.Need {
	if !row.declared() || len(r.result.Unread) > 0 {
		return nil
	}
	first := row.onlyDefaulted()
	if row.anyApp { // whichever app it is
		first = nil
		if found := r.names[row.name]; found != nil && found.defaulted {
			first = &found.first
		}
	}
	if first == nil || r.mayRead(a, row.name) != nil || r.library(row.name) != nil {
		return nil
	}
	return first
}

// onlyDefaulted returns the nearest read by the deployed app, when it and all others,
// tests left out, have a default.
func (r *row) onlyDefaulted() *reach.Need {
	if len(r.reads) == 0 || !deployed(r.reads[0]) {
		return nil
	}
	for i := range r.reads {
		if n := &r.reads[i]; n.Scope != usage.Test && n.Read.Kind != usage.Defaulted {
			return nil
		}
	}
	return &r.reads[0]
}

// tell says what was looked at, and what could not be.
func (r *readings) tell(pass *envtight.Pass) {
	if r == nil {
		return
	}
	pass.Looked("files of code and configuration", r.result.Looked)
	for _, i := range r.result.Incomplete {
		pass.Incomplete(i)
	}
	if len(r.result.Unread) > 0 {
		pass.Undecided(undeclared.ID, unread.ID, dead.ID)
	}
}

// mayRead returns a read of an app that may mean the variable without naming it; nil
// when there is none.
func (r *readings) mayRead(a *app, name string) *reach.Need {
	for _, list := range [][]reach.Need{r.apps[a.App].open, r.loose} {
		for i := range list {
			if read := list[i].Read; read.Kind == usage.Whole || glob.Match(read.Name, name) {
				return &list[i]
			}
		}
	}
	return nil
}

// readByCode returns the nearest read of the variable in code that the deployed app or
// its build runs; nil when there is none.
func (r *row) readByCode() *reach.Need {
	if len(r.reads) > 0 && deployed(r.reads[0]) && r.reads[0].File.Surface == envtight.OnCode {
		return &r.reads[0]
	}
	return nil
}

// hasCode tells that some code of an app reads some variable, so that the app's own
// code is here and in a language that is known.
func (r *readings) hasCode(a *app) bool { return r.apps[a.App].code }

// location is where a read stands.
func location(n *reach.Need) envtight.Location {
	return envtight.Location{Kind: envtight.AtFile, Path: n.File.Path, Range: n.Read.Range}
}

func whereRead(n *reach.Need) string {
	return n.File.Path + ":" + strconv.Itoa(n.Read.Range.Start.Line)
}

// allUnits are the root, and all apps and packages.
func allUnits(w *workspace.Workspace) []*workspace.Unit {
	units := []*workspace.Unit{&w.Root}
	for _, a := range w.Apps {
		units = append(units, &a.Unit)
	}
	for _, p := range w.Packages {
		units = append(units, &p.Unit)
	}
	return units
}

// noted are the names that any example of the repository declares. Examples that
// nobody else reads are opened for it.
func (c *Check) noted() map[string]string {
	w := c.options.Workspace
	files := map[string]*envFile{}
	for _, unit := range allUnits(w) {
		for _, example := range unit.Examples {
			addFile(files, example.Path, "", true, nil)
		}
	}
	for _, stray := range w.Strays {
		if dotenv.Kind(stray.Path) == dotenv.Example {
			addFile(files, stray.Path, "", true, nil)
		}
	}
	parseAll(c.options.FS, slices.Collect(maps.Values(files)))
	out := map[string]string{}
	for _, f := range sortedFiles(files) {
		for i := range f.declared {
			if _, ok := out[f.declared[i].Name]; !ok {
				out[f.declared[i].Name] = f.path
			}
		}
	}
	return out
}
