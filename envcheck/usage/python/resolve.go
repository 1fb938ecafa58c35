package python

import (
	"iter"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// modules finds the files of a repository that imports mean.
type modules struct {
	space *workspace.Workspace
	// roots are directories that hold packages, of all units: their own and "src".
	roots []string
	// bases remembers in which directory a module is found, by the directory that it
	// is seen from and its name; found what an import of a module loads.
	bases map[[2]string]string
	found map[seen]loaded
}

// seen is a module as a directory sees it; loaded is what importing it loads.
type seen struct {
	dir, module string
	level       int
}

type loaded struct {
	files []string
	// last is the directory of the module, "" when it is a file.
	last string
	ok   bool
}

func newModules(w *workspace.Workspace) *modules {
	m := &modules{space: w, bases: map[[2]string]string{}, found: map[seen]loaded{}}
	add := func(u *workspace.Unit) {
		if !slices.ContainsFunc(u.Manifests, func(f workspace.Manifest) bool { return f.Kind != "package.json" && f.Kind != "go.mod" }) {
			return
		}
		m.roots = append(m.roots, u.Dir)
		if src := pathpkg.Join(u.Dir, "src"); w.Tree.HasDir(src) {
			m.roots = append(m.roots, src)
		}
	}
	for _, a := range w.Apps {
		add(&a.Unit)
	}
	for _, p := range w.Packages {
		add(&p.Unit)
	}
	slices.Sort(m.roots)
	return m
}

// edges returns the files that a file loads, in order of path, and whether something
// of the repository was not found.
func (m *modules) edges(path string, imports []imported) (out []usage.Import, unresolved bool) {
	types := map[string]bool{}
	for _, im := range imports {
		files, ok := m.files(path, im)
		unresolved = unresolved || !ok && !im.types
		for _, f := range files {
			if f == path {
				continue
			}
			if old, seen := types[f]; !seen || old && !im.types {
				types[f] = im.types
			}
		}
	}
	for f, only := range types {
		out = append(out, usage.Import{Path: f, TypesOnly: only})
	}
	slices.SortFunc(out, func(a, b usage.Import) int { return strings.Compare(a.Path, b.Path) })
	return out, unresolved
}

// files returns the files that an import loads: those of the packages on the way,
// too, and last the module. It is false when the package is of the repository and
// what is imported is not in it.
func (m *modules) files(from string, im imported) (out []string, ok bool) {
	key := seen{pathpkg.Dir(from), im.module, im.level}
	l, known := m.found[key]
	if !known {
		l = m.load(key)
		m.found[key] = l
	}
	if l.last != "" && im.name != "" && im.name != "*" {
		if file, _ := m.module(l.last, im.name); file != "" {
			return append(slices.Clip(l.files), file), l.ok
		}
	}
	return l.files, l.ok
}

// load works out what importing a module loads.
func (m *modules) load(key seen) (out loaded) {
	dir, found := m.base(key)
	if !found {
		return loaded{ok: key.level == 0}
	}
	if key.module == "" {
		if init := pathpkg.Join(dir, "__init__.py"); m.space.Tree.Has(init) {
			out.files = append(out.files, init)
		}
		out.last, out.ok = dir, true
		return out
	}
	for name := range strings.SplitSeq(key.module, ".") {
		file, sub := m.module(dir, name)
		if file == "" && !sub || dir == "" {
			// A directory that is no package may have the name of a library.
			return loaded{files: out.files, ok: key.level == 0 && len(out.files) == 0}
		}
		if file != "" {
			out.files = append(out.files, file)
		}
		if dir = pathpkg.Join(dir, name); !sub {
			dir = ""
		}
	}
	out.last, out.ok = dir, true
	return out
}

// module returns the file of a module in a directory, "" when it has none, and whether
// it is a directory that holds others.
func (m *modules) module(dir, name string) (file string, sub bool) {
	at := pathpkg.Join(dir, name)
	if init := at + "/__init__.py"; m.space.Tree.Has(init) {
		return init, true
	}
	if m.space.Tree.Has(at + ".py") {
		return at + ".py", false
	}
	return "", m.space.Tree.HasDir(at)
}

// base is the directory in which the first part of an import is looked for.
func (m *modules) base(key seen) (dir string, ok bool) {
	dir = key.dir
	if key.level > 0 {
		for range key.level - 1 {
			if dir == "." {
				return "", false
			}
			dir = pathpkg.Dir(dir)
		}
		return dir, true
	}
	at := [2]string{dir, key.module}
	found, known := m.bases[at]
	if !known {
		found = m.absolute(dir, key.module)
		m.bases[at] = found
	}
	return found, found != ""
}

// absolute finds the directory of the first part of a module as it is seen from a
// directory: the nearest directory upwards that is no package itself, or "src" in it,
// or another unit's; "" when there is none. A directory that holds the whole of the
// module goes before those that hold its first part only.
func (m *modules) absolute(dir, module string) string {
	first := ""
	top, _, _ := strings.Cut(module, ".")
	for root := range m.candidates(dir) {
		if !m.holds(root, top) {
			continue
		}
		if m.holdsAll(root, module) {
			return root
		}
		if first == "" {
			first = root
		}
	}
	return first
}

// candidates are the directories in which modules are looked for from a directory.
func (m *modules) candidates(dir string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for at := dir; ; at = pathpkg.Dir(at) {
			if !m.space.Tree.Has(pathpkg.Join(at, "__init__.py")) && (!yield(at) || !yield(pathpkg.Join(at, "src"))) {
				return
			}
			if at == "." || at == "/" {
				break
			}
		}
		for _, root := range m.roots {
			if !yield(root) {
				return
			}
		}
	}
}

func (m *modules) holdsAll(dir, module string) bool {
	for name := range strings.SplitSeq(module, ".") {
		file, sub := m.module(dir, name)
		if dir == "" || file == "" && !sub {
			return false
		}
		if dir = pathpkg.Join(dir, name); !sub {
			dir = ""
		}
	}
	return true
}

// holds reports whether a module is in a directory. A directory without
// "__init__.py" counts when it holds Python files.
func (m *modules) holds(dir, name string) bool {
	file, sub := m.module(dir, name)
	if file != "" || !sub {
		return file != ""
	}
	if u := m.space.Unit(dir); u != nil && u.Has(strings.ToLower(strings.ReplaceAll(name, "_", "-"))) {
		return false
	}
	for _, f := range m.space.Tree.Below(pathpkg.Join(dir, name)) {
		if match(f.Path) {
			return true
		}
	}
	return false
}
