package workspace

import (
	"cmp"
	"maps"
	pathpkg "path"
	"slices"
	"strings"
)

// edge is one direct dependency on a directory of the repository.
type edge struct {
	module string // as the manifest names it
	dir    string
	dev    bool
}

// tooling are words in the names of packages that serve building and checking
// only: what they read is not what an app needs when it runs.
var tooling = []string{"tsconfig", "typescript-config", "config-typescript", "eslint", "prettier", "stylelint", "tailwind-config", "jest", "vitest",
	"playwright", "biome", "lint", "tooling", "commitlint", "storybook", "cypress", "test-utils", "testing"}

func isTooling(module string) bool {
	return slices.ContainsFunc(tooling, func(word string) bool { return strings.Contains(module, word) })
}

// edges returns the direct dependencies of a directory, in order of the
// directories they lead to.
func (l *load) edges(d *dirFacts, byModule map[string]string) []edge {
	found := map[string]edge{}
	add := func(e edge) {
		known, ok := found[e.dir]
		if l.dirs[e.dir] == nil || e.dir == d.dir || ok && (!known.dev || e.dev) {
			return
		}
		found[e.dir] = e
	}
	if d.node != nil {
		l.nodeEdges(d, byModule, add)
	}
	if d.python != nil {
		pythonEdges(d.python, byModule, add)
	}
	if d.gomod != nil {
		for module := range d.gomod.needs {
			if dir, ok := d.gomod.replace[module]; ok {
				add(edge{module: module, dir: dir})
			} else if dir, ok := byModule["go:"+module]; ok {
				add(edge{module: module, dir: dir})
			}
		}
	}
	if d.nx != nil {
		for _, name := range d.nx.Implicit {
			if dir, ok := byModule["nx:"+name]; ok {
				add(edge{module: name, dir: dir})
			}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b edge) int { return cmp.Compare(a.dir, b.dir) })
}

func (l *load) nodeEdges(d *dirFacts, byModule map[string]string, add func(edge)) {
	for _, group := range []struct {
		needs map[string]string
		dev   bool
	}{{d.node.needs, false}, {d.node.dev, true}} {
		for name, constraint := range group.needs {
			dev := group.dev && isTooling(name)
			module, path := localModule(constraint, d.dir)
			if path != "" {
				add(edge{module: name, dir: path, dev: dev})
				continue
			}
			if module == "" {
				module = name
			}
			if dir, ok := byModule["npm:"+module]; ok {
				add(edge{module: name, dir: dir, dev: dev})
			}
		}
	}
}

func pythonEdges(p *pyproject, byModule map[string]string, add func(edge)) {
	for _, group := range []struct {
		needs map[string]string
		dev   bool
	}{{p.needs, false}, {p.dev, true}} {
		for name := range group.needs {
			if dir, ok := p.paths[name]; ok {
				add(edge{module: name, dir: dir, dev: group.dev})
			} else if dir, ok := byModule["py:"+name]; ok {
				add(edge{module: name, dir: dir, dev: group.dev})
			}
		}
	}
	for name, dir := range p.paths {
		if strings.HasPrefix(name, "path:") {
			add(edge{module: pathpkg.Base(dir), dir: dir})
		}
	}
}

// modules maps the names of members to their directories. The first of two that
// have one name wins, by directory.
func (l *load) modules() map[string]string {
	byModule := map[string]string{}
	put := func(key, dir string) {
		if _, ok := byModule[key]; !ok {
			byModule[key] = dir
		}
	}
	for _, d := range l.order {
		if isSample(d.dir) && !d.member || l.outOfSight(d) {
			continue
		}
		if d.node != nil && d.node.name != "" && d.member {
			put("npm:"+d.node.name, d.dir)
		}
		if d.python != nil && d.python.name != "" && d.member {
			put("py:"+normalizePython(d.python.name), d.dir)
		}
		if d.gomod != nil && d.gomod.module != "" && d.member {
			put("go:"+d.gomod.module, d.dir)
		}
		if d.nx != nil && d.nx.Name != "" {
			put("nx:"+d.nx.Name, d.dir)
		}
	}
	return byModule
}

// dependedOn returns the directories that some other member asks for.
func (l *load) dependedOn() map[string]bool {
	byModule := l.modules()
	out := map[string]bool{}
	for _, d := range l.order {
		if d.dir == "." || isSample(d.dir) && !d.member {
			continue
		}
		for _, e := range l.edges(d, byModule) {
			out[e.dir] = true
		}
	}
	return out
}

// connect fills what units depend on, and which apps a package serves.
func (l *load) connect() {
	byModule := l.modules()
	packages := map[string]*Package{}
	for _, p := range l.ws.Packages {
		packages[p.Dir] = p
	}
	direct := map[string][]edge{}
	for _, unit := range l.units() {
		d := l.dirs[unit.Dir]
		if d == nil {
			continue
		}
		direct[unit.Dir] = l.edges(d, byModule)
		l.fillSDKs(unit, d, direct[unit.Dir])
	}
	for _, unit := range l.units() {
		unit.DependsOn = reach(unit.Dir, direct, packages)
	}
	for _, app := range l.ws.Apps {
		for _, dep := range app.DependsOn {
			dep.Package.Apps = append(dep.Package.Apps, app)
		}
	}
}

// reach walks the dependencies breadth first, so that ways are short, and those
// that hold at run time before those for development.
func reach(from string, direct map[string][]edge, packages map[string]*Package) []Dependency {
	found := map[string]*Dependency{}
	type step struct {
		dir  string
		path []string
	}
	for _, dev := range []bool{false, true} {
		queue := []step{{dir: from}}
		for dir, dep := range found {
			queue = append(queue, step{dir, dep.Path})
		}
		slices.SortFunc(queue[1:], func(a, b step) int {
			return cmp.Or(cmp.Compare(len(a.path), len(b.path)), cmp.Compare(a.dir, b.dir))
		})
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			for _, e := range direct[at.dir] {
				p := packages[e.dir]
				if p == nil || e.dir == from || found[e.dir] != nil || e.dev && !dev {
					continue
				}
				path := extend(at.path, e.module)
				found[e.dir] = &Dependency{Package: p, Path: path, Dev: dev}
				queue = append(queue, step{e.dir, path})
			}
		}
	}
	var out []Dependency
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		out = append(out, *found[dir])
	}
	return out
}

// maxPath is how many modules of a way are kept; the middle of a longer one is
// left out.
const maxPath = 16

func extend(path []string, module string) []string {
	out := append(slices.Clone(path), module)
	if len(out) > maxPath {
		out = slices.Concat(out[:maxPath/2], []string{"…"}, out[len(out)-maxPath/2+1:])
	}
	return out
}

// fillSDKs keeps the dependencies that lead out of the repository.
func (l *load) fillSDKs(unit *Unit, d *dirFacts, direct []edge) {
	internal := map[string]bool{}
	for _, e := range direct {
		internal[e.module] = true
	}
	add := func(needs map[string]string) {
		for name, constraint := range needs {
			if _, known := unit.SDKs[name]; !known && !internal[name] {
				unit.SDKs[name] = l.constraint(name, constraint)
			}
		}
	}
	if d.node != nil {
		add(d.node.needs)
		add(d.node.dev)
	}
	if d.python != nil {
		add(d.python.needs)
		add(d.python.dev)
	}
	if d.gomod != nil {
		add(d.gomod.needs)
	}
}

// constraint looks up "catalog:" and drops what is no version.
func (l *load) constraint(name, constraint string) string {
	if catalog, ok := strings.CutPrefix(constraint, "catalog:"); ok {
		if catalog == "default" {
			catalog = ""
		}
		constraint = l.catalogs[catalog][name]
	}
	if alias, ok := strings.CutPrefix(constraint, "npm:"); ok {
		if at := strings.LastIndexByte(alias, '@'); at > 0 {
			constraint = alias[at+1:]
		}
	}
	return version(constraint)
}
