// Package reach finds out which reads of a repository are a need of which app: a read
// in a package is one of every app that reaches it.
//
// An app runs the files in its own directory, without those of apps and packages
// that lie in it, and whatever these import, wherever it lies. Where it cannot be
// seen what a file imports, the packages that it may import count as reached, and
// the need says so.
package reach

import (
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// Need is one read as it concerns an app.
type Need struct {
	File *usage.File
	Read *usage.Read
	// Scope is when it happens for this app: a read in a module that only the
	// app's tests import happens in tests.
	Scope usage.Scope
	// Via are the modules by which it arrives, from the first that the app imports
	// to the one in which the read stands. It is empty in the app's own directory,
	// and for files that are imported from where no module is.
	Via []string
	// Imported tells that imports lead there. Otherwise only a dependency on the
	// package does, so that the file may be one that the app does not use.
	Imported bool
}

// Map is which app runs which files. It is safe for concurrent use.
type Map struct {
	workspace *workspace.Workspace
	files     []node // in order of path
	byPath    map[string]int
	// byUnit are the files of a package that others may import, by the package's
	// directory.
	byUnit map[string][]int
	// resolved are the languages of which it is known what files import.
	resolved map[string]bool
}

// node is one file, by whatever readers it was read.
type node struct {
	path     string
	language string
	unit     *workspace.Unit // nil for files of no unit
	found    []*usage.File
	imports  []int // those that run
	open     bool  // it imports more than that
}

func (n *node) reads() bool {
	return slices.ContainsFunc(n.found, func(f *usage.File) bool { return len(f.Reads) > 0 })
}

// New joins what was found with the workspace. Both must not be changed while the
// map is in use.
func New(w *workspace.Workspace, r *usage.Result) *Map {
	m := &Map{workspace: w, byPath: make(map[string]int, len(r.Files)), byUnit: map[string][]int{}, resolved: map[string]bool{}}
	for i := range r.Files {
		f := &r.Files[i]
		at, ok := m.byPath[f.Path]
		if !ok {
			at = len(m.files)
			m.byPath[f.Path] = at
			m.files = append(m.files, node{path: f.Path, language: languageOf(f.Path), unit: w.Unit(f.Path)})
		}
		n := &m.files[at]
		n.found = append(n.found, f)
		n.open = n.open || f.Unresolved
		if len(f.Imports) > 0 || f.Unresolved {
			m.resolved[n.language] = true
		}
	}
	for i := range m.files {
		m.connect(i)
	}
	return m
}

// connect fills what a file imports, and puts it among those of its package.
func (m *Map) connect(i int) {
	n := &m.files[i]
	for _, f := range n.found {
		for _, to := range f.Imports {
			if at, ok := m.byPath[to.Path]; ok && !to.TypesOnly {
				n.imports = append(n.imports, at)
			}
		}
	}
	if n.unit != nil && startOf(n) <= late(usage.Build) {
		m.byUnit[n.unit.Dir] = append(m.byUnit[n.unit.Dir], i)
	}
}

// languageOf is a word for the files that can import each other.
func languageOf(path string) string {
	switch ext := pathpkg.Ext(path); ext {
	case ".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".vue", ".svelte", ".astro":
		return "ecma"
	default:
		return ext
	}
}

// late orders the scopes by how far they are from the deployed app.
func late(s usage.Scope) int {
	switch s {
	case usage.Runtime:
		return 0
	case usage.Build:
		return 1
	case usage.Script:
		return 2
	default:
		return 3
	}
}

var byLateness = []usage.Scope{usage.Runtime, usage.Build, usage.Script, usage.Test}

// notStarted is the lateness of files that run only when another imports them:
// samples and templates.
const notStarted = 4

// startOf is how late a file runs that its unit runs by itself.
func startOf(n *node) int {
	scope := usage.ScopeOf(n.path)
	rel := strings.TrimPrefix(n.path, n.unit.Dir+"/")
	switch {
	case scope != usage.Test && workspace.IsSample(pathpkg.Dir(rel)):
		return notStarted
	case scope == usage.Runtime && isTool(pathpkg.Base(n.path)):
		return late(usage.Script)
	default:
		return late(scope)
	}
}

// isTool tells that a file is a shell script that somebody runs by hand: any but those
// that images and platforms start. A file without an extension may be one.
func isTool(base string) bool {
	stem, ext, _ := strings.Cut(base, ".")
	switch ext {
	case "sh", "bash", "zsh", "fish", "ksh", "":
		return !slices.Contains([]string{"entrypoint", "docker-entrypoint", "start", "prestart", "run", "server", "startup", "boot"}, stem)
	}
	return false
}

// Needs returns what an app asks for, in order of path and place.
func (m *Map) Needs(app *workspace.App) []Need {
	w := m.walk(app)
	var out []Need
	for i := range m.files {
		if w.at[i] == unreached || !m.files[i].reads() {
			continue
		}
		way := steps[w.at[i]]
		via := w.via(i)
		for _, f := range m.files[i].found {
			for k := range f.Reads {
				need := Need{File: f, Read: &f.Reads[k], Scope: way.scope, Via: via, Imported: way.imported}
				if late(need.Read.Scope) > late(way.scope) {
					need.Scope = need.Read.Scope
				}
				out = append(out, need)
			}
		}
	}
	return out
}
