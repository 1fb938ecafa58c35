package envcheck

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/workspace"
)

// local is what the env files on this machine give to an app. The environment of
// the developer's shell is never looked at, so that it proves less than
// a platform does: it is no cell.
type local struct {
	app  *app
	load *workspace.Locals
	// order is that of the environment in Options.Environments.
	order int
	// files are those of load that are there and could be read, in the order of
	// precedence.
	files    []*localFile
	settings map[string]*localSetting
	// packages are names in the env files of the packages that the app depends
	// on: their code may read them by itself.
	packages map[string]bool
	// declared reports whether an example or a policy speaks of a name.
	declared func(name string) bool
	// open says in words why a name that no file sets may be set nevertheless.
	open []string
}

type localFile struct {
	*envFile
	load workspace.LocalFile
	// values are what its loader takes from it.
	values dotenv.Values
}

// localSetting is a variable as the first file that sets it has it.
type localSetting struct {
	name  string
	state envtight.State
	value envtight.Secret
	file  *localFile
	key   envtight.Span
}

func (s *localSetting) location() envtight.Location {
	return s.file.parsed.Location(s.file.path, s.key)
}

// state is what is known of a name on this machine.
func (l *local) state(name string) envtight.State {
	switch s := l.settings[name]; {
	case s != nil:
		return s.state
	case len(l.open) > 0 || l.packages[name]:
		return envtight.Unknown
	default:
		return envtight.Absent
	}
}

// cell is the app on this machine, as findings name it.
func (l *local) cell() envtight.Cell {
	return envtight.Cell{App: l.app.name, Environment: LocalEnvironment}
}

// locals looks at the env files of the apps on this machine; nil unless that was
// asked for.
func (c *Check) locals(apps []*app, files map[string]*envFile) []*local {
	order := slices.Index(c.options.Environments, LocalEnvironment)
	if !c.options.Local || order < 0 {
		return nil
	}
	declared := map[string]bool{}
	for _, f := range files {
		for i := range f.declared {
			declared[f.declared[i].Name] = true
		}
	}
	var out []*local
	for _, a := range apps {
		l := c.readLocal(a, files)
		l.order = order
		l.declared = func(name string) bool {
			return declared[name] || slices.ContainsFunc(c.options.Policies, func(p Policy) bool { return p.matches(a.name, name) })
		}
		a.local = l
		out = append(out, l)
	}
	return out
}

func (c *Check) readLocal(a *app, files map[string]*envFile) *local {
	load := c.options.Workspace.Locals(&a.Unit)
	l := &local{app: a, load: load, settings: map[string]*localSetting{}, packages: map[string]bool{}, open: load.Open()}
	for _, planned := range load.Files {
		if !c.options.Workspace.Tree.Has(planned.Path) {
			continue
		}
		f := files[planned.Path]
		if f == nil { // it lies outside of the units that are judged, or nobody can read it
			f = &envFile{path: planned.Path}
			parseAll(c.options.FS, []*envFile{f})
		}
		if f.err != nil {
			l.open = append(l.open, planned.Path+" cannot be read")
			continue
		}
		l.files = append(l.files, &localFile{envFile: f, load: planned})
	}
	l.evaluate()
	for _, f := range l.files {
		l.settle(f)
	}
	for _, dependency := range a.DependsOn {
		for _, own := range dependency.Package.LocalFiles {
			if f := files[own.Path]; f != nil {
				addNames(l.packages, f.parsed)
			}
		}
	}
	return l
}

// addNames adds the names that a file assigns.
func addNames(names map[string]bool, f *dotenv.File) {
	for i := range f.Entries() {
		if e := &f.Entries()[i]; e.Kind == dotenv.Assignment {
			names[e.Name] = true
		}
	}
}

// evaluate finds out what the loaders take from the files. A reference in one may
// lead to a name in another, so they are evaluated a second time with what the
// first brought; a file's own names stay its own.
func (l *local) evaluate() {
	known := map[string]envtight.Secret{}
	for round := range 2 {
		for _, f := range l.files {
			own := map[string]bool{}
			addNames(own, f.parsed)
			values, err := dotenv.Evaluate(f.parsed.RevealBytes(), f.load.Dialect, dotenv.EvalOptions{
				Lookup: func(name string) (envtight.Secret, bool) {
					value, ok := known[name]
					return value, ok && !own[name]
				},
			})
			f.values = values
			if evalError, ok := errors.AsType[*dotenv.EvalError](err); ok && round > 0 {
				l.open = append(l.open, fmt.Sprintf("%s cannot read %s (%s)", f.load.Dialect.Title(), f.path, evalError.Kind))
			}
		}
		for _, f := range slices.Backward(l.files) {
			for _, v := range f.values {
				known[v.Name] = v.Value
			}
		}
	}
}

// settle takes the names of a file that no file before it sets.
func (l *local) settle(f *localFile) {
	at := map[string]*dotenv.Entry{}
	for i, e := range f.parsed.Entries() {
		if e.Kind == dotenv.Assignment {
			at[e.Name] = &f.parsed.Entries()[i]
		}
	}
	for _, v := range f.values {
		entry := at[v.Name]
		if entry == nil || l.settings[v.Name] != nil || !dotenv.IsPlainName(v.Name) {
			continue
		}
		s := &localSetting{name: v.Name, state: envtight.Set, value: v.Value, file: f, key: entry.Key}
		// What refers to something may get its value from the shell.
		refers := strings.ContainsAny(f.parsed.Reveal(entry.Value), "$`")
		if strings.TrimSpace(v.Value.Reveal()) == "" && !v.Undecidable && !refers {
			s.state = envtight.Empty
		}
		l.settings[v.Name] = s
	}
}

// addRows adds the names that stand in the app's own env files only, so that the
// matrix shows them.
func (l *local) addRows(class func(string) envtight.Class) {
	for _, s := range l.undeclared() {
		if l.app.byName[s.name] == nil {
			l.app.row(s.name).class = class(s.name)
		}
	}
}

// needs reports whether a row must be set on this machine. What only the root
// declares may be another app's.
func (l *local) needs(r *row) bool {
	return r.needs[l.order].Need == envtight.Required && !r.anyApp
}

// lacking are the rows that must be set here and are not, names that every tool
// has a value for left out: those that no file
// sets, those that are empty in the file that wins, and those of which nobody can
// tell. What the environment holds goes before a file, so that an empty value
// proves nothing where something else sets variables.
func (l *local) lacking() (absent, empty, unknown []*row) {
	for _, r := range l.app.rows {
		if !l.needs(r) || l.provided(r.name) || slices.Contains(toolNames, r.name) {
			continue
		}
		switch state := l.state(r.name); {
		case state == envtight.Absent:
			absent = append(absent, r)
		case state == envtight.Empty && !l.load.Guessed && !l.load.Dynamic && len(l.load.Elsewhere) == 0:
			empty = append(empty, r)
		case state == envtight.Empty || state == envtight.Unknown:
			unknown = append(unknown, r)
		}
	}
	return absent, empty, unknown
}

func rowNames(rows []*row) []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
	}
	return names
}

// placeholders are the settings that are still what an example has there for want
// of a value, of names that are secrets or must be set.
func (l *local) placeholders() []*localSetting {
	var out []*localSetting
	for _, r := range l.app.rows {
		s := l.settings[r.name]
		if s != nil && s.state == envtight.Set && (r.class == envtight.ClassSecret || l.needs(r)) && dotenv.SampleOf(s.value) == dotenv.SamplePlaceholder {
			out = append(out, s)
		}
	}
	return out
}

// provided reports whether a platform that the app is linked to gives it a name by
// itself.
func (l *local) provided(name string) bool {
	return slices.ContainsFunc(l.app.cells, func(c *cell) bool { return c.provides(name) })
}

// undeclared are the settings in the app's own env files that nobody declares, in
// the order of the files. A file that its loader reads in a way of its own may
// make names of the lines of a key: with such lines in it, nothing is named.
func (l *local) undeclared() []*localSetting {
	if l.app.examples == 0 || l.app.unread {
		return nil
	}
	var out []*localSetting
	for _, f := range l.files {
		if !within(f.path, l.app.Dir) || f.broken() { // what lies outside other apps read, too
			continue
		}
		pulled := pulledFrom(f.parsed)
		for _, v := range f.values {
			s := l.settings[v.Name]
			if s == nil || s.file != f || s.key.Start >= pulled || l.declared(v.Name) || toolName(v.Name) || l.provided(v.Name) {
				continue
			}
			out = append(out, s)
		}
	}
	return out
}

func within(file, dir string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }

// broken reports whether a line of the file is no plain assignment or comment.
func (f *localFile) broken() bool {
	return slices.ContainsFunc(f.parsed.Entries(), func(e dotenv.Entry) bool { return e.Kind == dotenv.BadLine || e.Problem != dotenv.NoProblem })
}

// pulledHeader is the line that "vercel env pull" writes above what it brings.
// Source: vercel/vercel packages/cli/src/commands/env/pull.ts.
const pulledHeader = "Created by Vercel CLI"

// pulledFrom is the offset from which on a file is what Vercel brought.
func pulledFrom(f *dotenv.File) int {
	for i := range f.Entries() {
		if e := &f.Entries()[i]; e.Kind == dotenv.Comment && f.Comment(e) == pulledHeader {
			return e.Span.Start
		}
	}
	return len(f.RevealBytes()) + 1
}

// unread are env files for this machine that stand in the app's directory and
// that nothing reads.
func (l *local) unread(w *workspace.Workspace) []string {
	if l.load.Guessed || l.load.Dynamic {
		return nil
	}
	var out []string
	for _, f := range l.app.LocalFiles {
		base := path.Base(f.Path)
		meant := f.Mode == "" && f.Personal || f.Mode == "dev" || f.Mode == "development"
		if meant && path.Dir(f.Path) == l.app.Dir && strings.HasPrefix(base, ".env.") && !f.Symlink &&
			!l.load.Reads(f.Path) && !w.Names(&l.app.Unit, base) {
			out = append(out, f.Path)
		}
	}
	return out
}

// LocalState is what one app's programs find on this machine.
type LocalState struct {
	App string
	// Files are what they read, in the order of precedence.
	Files []LocalFile
	// Target is the file for one developer's own values.
	Target string
	// Unread are env files beside them that nothing reads.
	Unread []string
	// Missing are required names that no file sets, Empty those whose value is
	// empty, Placeholders those whose value is still a placeholder. All are
	// sorted.
	Missing, Empty, Placeholders []string
	// Open says in words why a name that is not in Missing may lack
	// nevertheless.
	Open []string
}

// LocalFile is an env file that a program reads.
type LocalFile struct {
	Path string
	// Loader is the program, as in "Next.js".
	Loader string
	Exists bool
	// Names is how many variables it sets.
	Names int
}

// LocalStates looks at the env files on this machine, app by app. It asks no
// platform.
func (c *Check) LocalStates() ([]LocalState, []envtight.Incompleteness) {
	m, incomplete := c.localModel()
	var out []LocalState
	for _, l := range m.locals {
		out = append(out, l.export(c.options.Workspace))
	}
	return out, incomplete
}

// localModel is the model of this machine alone.
func (c *Check) localModel() (*model, []envtight.Incompleteness) {
	files, incomplete := c.openFiles()
	apps := c.apps(files)
	alone := *c
	alone.options.Environments, alone.options.Local = []string{LocalEnvironment}, true
	return join(alone.options, apps, nil, alone.locals(apps, files), nil), incomplete
}

func (l *local) export(w *workspace.Workspace) LocalState {
	s := LocalState{App: l.app.name, Target: l.load.Target, Unread: l.unread(w)}
	for _, planned := range l.load.Files {
		file := LocalFile{Path: planned.Path, Loader: planned.Dialect.Title(), Exists: w.Tree.Has(planned.Path)}
		for _, f := range l.files {
			if f.path == planned.Path {
				file.Names = len(f.values)
			}
		}
		s.Files = append(s.Files, file)
	}
	absent, empty, unknown := l.lacking()
	s.Missing, s.Empty = rowNames(absent), rowNames(empty)
	for _, p := range l.placeholders() {
		s.Placeholders = append(s.Placeholders, p.name)
	}
	if len(unknown) > 0 {
		s.Open = l.open
	}
	return s
}

// listNames names at most five, and says how many more there are.
func listNames(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
