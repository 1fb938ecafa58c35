package workspace

import (
	"encoding/json"
	"fmt"
	pathpkg "path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/yamldoc"
)

// goModule is what is used of a go.mod.
type goModule struct {
	path    string
	module  string
	needs   map[string]string
	replace map[string]string // module -> directory of the repository
}

func readGoMod(path string, text []byte) (*goModule, error) {
	file, err := modfile.ParseLax(path, text, nil)
	if err != nil {
		return nil, modFlaw(path, err)
	}
	if file.Module == nil {
		return nil, &flaw{what: "go.mod names no module"}
	}
	m := &goModule{path: path, module: file.Module.Mod.Path, needs: map[string]string{}, replace: map[string]string{}}
	for _, r := range file.Require {
		m.needs[r.Mod.Path] = r.Mod.Version
	}
	for _, r := range file.Replace {
		if modfile.IsDirectoryPath(r.New.Path) {
			m.replace[r.Old.Path] = pathpkg.Join(pathpkg.Dir(path), strings.ReplaceAll(r.New.Path, `\`, "/"))
		}
	}
	return m, nil
}

// nxProject is what is used of a project.json of Nx.
type nxProject struct {
	Name     string   `json:"name"`
	Type     string   `json:"projectType"`
	Implicit []string `json:"implicitDependencies"`
	Targets  map[string]struct {
		Executor string `json:"executor"`
	} `json:"targets"`
}

func readNxProject(path string, text []byte) (*nxProject, error) {
	p := &nxProject{}
	err := decodeJSONC(path, text, p)
	return p, err
}

// members marks the directories that workspace files list.
func (l *load) members() {
	for _, f := range l.tree.Files {
		dir := pathpkg.Dir(f.Path)
		if isSample(dir) || l.outOfSight(&dirFacts{dir: dir}) {
			continue
		}
		switch f.Base() {
		case "pnpm-workspace.yaml":
			l.pnpm(f.Path)
		case "go.work":
			l.goWork(f.Path)
		case "lerna.json":
			l.lerna(f.Path)
		case "nx.json":
			l.manager("nx", f.Path)
		case "turbo.json", "turbo.jsonc":
			if l.dirs[dir] == nil || dir == "." {
				l.manager("turbo", f.Path)
			}
			l.checkJSONC(f.Path)
		}
	}
	for _, d := range l.order {
		if isSample(d.dir) && d.named == "" {
			continue
		}
		if d.node != nil && d.node.workspaces != nil {
			l.npm(d)
		}
		if d.python != nil && d.python.members != nil {
			l.manager(d.python.manager, d.python.path)
			l.match(d.python.path, d.dir, d.python.members, d.python.exclude, "pyproject.toml")
		}
		if d.python != nil && d.python.poetry && len(d.python.paths) > 0 {
			l.manager("poetry", d.python.path)
		}
		if d.nx != nil {
			d.member = true
		}
	}
	slices.SortFunc(l.ws.Managers, func(a, b Manager) int { return strings.Compare(a.Path+a.Name, b.Path+b.Name) })
}

func (l *load) manager(name, path string) {
	l.ws.Managers = append(l.ws.Managers, Manager{Name: name, Path: path})
}

// checkJSONC reads a file only to say that it is malformed.
func (l *load) checkJSONC(path string) {
	text, ok := l.read(path)
	if !ok {
		return
	}
	var raw map[string]json.RawMessage
	if err := decodeJSONC(path, text, &raw); err != nil {
		l.malformed(path, text, err)
	}
}

// pnpm reads pnpm-workspace.yaml: packages, and the catalogs that manifests
// refer to. https://pnpm.io/pnpm-workspace_yaml
func (l *load) pnpm(path string) {
	text, ok := l.read(path)
	if !ok {
		return
	}
	l.manager("pnpm", path)
	root, err := parseYAML(path, text)
	if err != nil {
		l.malformed(path, text, err)
		return
	}
	var globs []string
	for item := range yamldoc.Items(yamldoc.Get(root, "packages")) {
		globs = append(globs, item.Value)
	}
	l.match(path, pathpkg.Dir(path), globs, nil, "package.json")
	l.addCatalog("", yamldoc.Get(root, "catalog"))
	if named := yamldoc.Get(root, "catalogs"); named != nil {
		for i := 0; i+1 < len(named.Content); i += 2 {
			l.addCatalog(named.Content[i].Value, yamldoc.Value(named.Content[i+1]))
		}
	}
}

func (l *load) addCatalog(name string, n *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	catalog := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		catalog[n.Content[i].Value] = n.Content[i+1].Value
	}
	l.mergeCatalog(name, catalog)
}

func (l *load) mergeCatalog(name string, catalog map[string]string) {
	if l.catalogs == nil {
		l.catalogs = map[string]map[string]string{}
	}
	if l.catalogs[name] == nil {
		l.catalogs[name] = map[string]string{}
	}
	for module, constraint := range catalog {
		l.catalogs[name][module] = constraint
	}
}

// npm reads "workspaces" of a package.json. Which of npm, yarn and bun is meant
// shows in "packageManager" or the lock file.
func (l *load) npm(d *dirFacts) {
	name := d.node.manager
	for _, lock := range [][2]string{{"bun.lock", "bun"}, {"bun.lockb", "bun"}, {"yarn.lock", "yarn"}, {"pnpm-lock.yaml", "pnpm"}} {
		if name == "" && d.names[lock[0]] {
			name = lock[1]
		}
	}
	if name == "" {
		name = "npm"
	}
	l.manager(name, d.node.path)
	for catalog, entries := range d.node.catalogs {
		l.mergeCatalog(catalog, entries)
	}
	l.match(d.node.path, d.dir, d.node.workspaces, nil, "package.json")
}

func (l *load) lerna(path string) {
	text, ok := l.read(path)
	if !ok {
		return
	}
	l.manager("lerna", path)
	var file struct {
		Packages []string `json:"packages"`
	}
	if err := decodeJSONC(path, text, &file); err != nil {
		l.malformed(path, text, err)
	}
	l.match(path, pathpkg.Dir(path), file.Packages, nil, "package.json")
}

func (l *load) goWork(path string) {
	text, ok := l.read(path)
	if !ok {
		return
	}
	l.manager("go", path)
	file, err := modfile.ParseWork(path, text, nil)
	if err != nil {
		l.malformed(path, text, modFlaw(path, err))
		return
	}
	for _, use := range file.Use {
		dir := pathpkg.Join(pathpkg.Dir(path), strings.ReplaceAll(use.Path, `\`, "/"))
		if d := l.dirs[dir]; d != nil && d.gomod != nil {
			d.member = true
		}
	}
}

// match marks the directories that hold the manifest and that globs match. A
// glob that begins with "!" takes directories out again, wherever it stands in
// the list.
func (l *load) match(path, base string, globs, exclude []string, manifest string) {
	var in []string
	out := slices.Clone(exclude)
	for _, glob := range globs {
		if negated, ok := strings.CutPrefix(glob, "!"); ok {
			out = append(out, negated)
			continue
		}
		in = append(in, glob)
	}
	wanted, unwanted := l.cleanGlobs(path, base, in), l.cleanGlobs(path, base, out)
	for _, d := range l.order {
		if d.names[manifest] && !isFixture(d.dir) && within(d.dir, base) && wanted.match(d.dir) && !unwanted.match(d.dir) {
			d.member = true
		}
	}
}

// cleanGlobs makes globs relative to the root and drops malformed ones, which
// it reports.
func (l *load) cleanGlobs(path, base string, patterns []string) globs {
	var clean globs
	for _, pattern := range patterns {
		full := pathpkg.Join(base, strings.TrimSuffix(strings.ReplaceAll(pattern, `\`, "/"), "/"))
		if compiled, ok := compile(full); ok {
			clean = append(clean, compiled...)
			continue
		}
		text, _ := l.read(path)
		found := &flaw{what: fmt.Sprintf("%s: the pattern %q cannot be understood", baseName(path), shortened(pattern))}
		if at := strings.Index(string(text), pattern); at >= 0 {
			found.span = envtight.Span{Start: at, End: at + len(pattern)}
		}
		l.malformed(path, text, found)
	}
	return clean
}

// shortened cuts a pattern that nobody wants to read.
func shortened(pattern string) string {
	if runes := []rune(pattern); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return pattern
}
