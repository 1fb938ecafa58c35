package workspace

import (
	pathpkg "path"
	"slices"
	"strings"
)

// envDirs are names of directories that hold the env files of the directory
// they stand in.
var envDirs = set("env", "envs", ".env", ".envs", "environments", "environment", "config", "configs", ".config", "dotenv", "deploy", "deployment", "docker")

// assemble makes apps and packages of the directories.
func (l *load) assemble() {
	dependedOn := l.dependedOn()
	var candidates, samples, members []*dirFacts
	for _, d := range l.order {
		if l.outOfSight(d) {
			continue
		}
		isApp := len(d.reasons) > 0 && (d.strong || !dependedOn[d.dir])
		switch {
		case d.dir == ".":
		case isApp && isSample(d.dir) && !d.member && d.named == "":
			samples = append(samples, d)
		case isApp && l.deployable(d):
			candidates = append(candidates, d)
		case d.member || dependedOn[d.dir]:
			members = append(members, d)
		}
	}
	root := l.dirs["."]
	asApp := root != nil && l.rootIsApp(root, len(candidates) > 0)
	if len(candidates) == 0 && !asApp {
		candidates, samples = samples, nil // a repository of samples only
	}
	for _, d := range samples {
		l.ws.PassedOver = append(l.ws.PassedOver, PassedOver{Dir: d.dir, Reason: "it lies among samples or tests: " + d.reasons[0].What})
	}
	if asApp {
		candidates = append([]*dirFacts{root}, candidates...)
	}
	for _, d := range candidates {
		app := &App{Unit: l.unit(d)}
		for _, r := range d.reasons {
			app.Why = append(app.Why, r.Reason)
		}
		d.unit = &app.Unit
		l.ws.Apps = append(l.ws.Apps, app)
	}
	for _, d := range members {
		if isFixture(d.dir) {
			continue
		}
		pkg := &Package{Unit: l.unit(d)}
		d.unit = &pkg.Unit
		l.ws.Packages = append(l.ws.Packages, pkg)
	}
	l.ws.Root = Unit{Dir: ".", SDKs: map[string]string{}}
	if !asApp && root != nil {
		l.ws.Root = l.unit(root)
		root.unit = &l.ws.Root
	}
	l.nameUnits()
	l.placeEnvFiles()
}

// deployable reports whether a directory with reasons stands by itself. An
// example in a directory without any manifest belongs to the project around it.
func (l *load) deployable(d *dirFacts) bool {
	if d.strong || d.member || len(d.manifests) > 0 {
		return true
	}
	if envDirs[pathpkg.Base(d.dir)] {
		return false
	}
	for dir := pathpkg.Dir(d.dir); dir != "."; dir = pathpkg.Dir(dir) {
		if around := l.dirs[dir]; around != nil && (len(around.manifests) > 0 || around.member) {
			return false
		}
	}
	return true
}

// rootIsApp decides about the root, where links, examples and Dockerfiles often
// stand for the apps below. Only a framework's own files make it an app beside
// others.
func (l *load) rootIsApp(root *dirFacts, others bool) bool {
	if root.named != "" {
		return true
	}
	if !others {
		return len(root.reasons) > 0
	}
	return slices.ContainsFunc(root.reasons, func(r reason) bool {
		return !r.weak && strings.HasSuffix(r.What, " app")
	})
}

// unit copies what is known of a directory.
func (l *load) unit(d *dirFacts) Unit {
	u := Unit{Dir: d.dir, Framework: d.framework, Manifests: d.manifests, Links: d.links, SDKs: map[string]string{}}
	switch {
	case d.node != nil && d.node.name != "":
		u.Module = d.node.name
	case d.python != nil && d.python.name != "":
		u.Module = d.python.name
	case d.gomod != nil && d.gomod.module != "":
		u.Module = d.gomod.module
	case d.nx != nil:
		u.Module = d.nx.Name
	}
	return u
}

// nameUnits gives each unit a name: the user's own, or as much of the end of
// its directory as is needed to tell it from all others. Apps choose first.
func (l *load) nameUnits() {
	taken := map[string]bool{}
	for _, app := range l.ws.Apps {
		if name := l.dirs[app.Dir].named; name != "" {
			app.Name = name
			taken[name] = true
		}
	}
	var apps, packages []*Unit
	for _, app := range l.ws.Apps {
		if app.Name == "" {
			apps = append(apps, &app.Unit)
		}
	}
	for _, p := range l.ws.Packages {
		packages = append(packages, &p.Unit)
	}
	for _, units := range [][]*Unit{apps, packages} {
		nameAll(units, taken, l.rootName())
	}
}

// rootName is the name of an app at the root.
func (l *load) rootName() string {
	if root := l.dirs["."]; root != nil {
		if module := l.unit(root).Module; module != "" {
			return pathpkg.Base(strings.TrimRight(module, "/"))
		}
	}
	if l.options.Name != "" {
		return l.options.Name
	}
	return "app"
}

func nameAll(units []*Unit, taken map[string]bool, rootName string) {
	suffix := func(u *Unit, parts int) string {
		if u.Dir == "." {
			return rootName
		}
		all := strings.Split(u.Dir, "/")
		return strings.Join(all[max(0, len(all)-parts):], "/")
	}
	pending := units
	for parts := 1; len(pending) > 0; parts++ {
		count := map[string]int{}
		for _, u := range pending {
			count[suffix(u, parts)]++
		}
		var again []*Unit
		for _, u := range pending {
			name := suffix(u, parts)
			whole := strings.Count(u.Dir, "/") < parts
			switch {
			case count[name] == 1 && !taken[name]:
				u.Name = name
				taken[name] = true
			case whole && u.Dir == ".":
				u.Name = "."
				taken["."] = true
			case whole:
				u.Name = u.Dir
				for taken[u.Name] {
					u.Name = "./" + u.Name
				}
				taken[u.Name] = true
			default:
				again = append(again, u)
			}
		}
		pending = again
	}
}

// placeEnvFiles gives each env file to the unit in whose directory it stands,
// or in a folder for such files inside of it; all others are strays.
func (l *load) placeEnvFiles() {
	for _, d := range l.order {
		if len(d.examples)+len(d.locals) == 0 {
			continue
		}
		unit := l.homeOf(d)
		if unit == nil {
			l.ws.Strays = append(l.ws.Strays, d.examples...)
			l.ws.Strays = append(l.ws.Strays, d.locals...)
			continue
		}
		unit.Examples = append(unit.Examples, d.examples...)
		unit.LocalFiles = append(unit.LocalFiles, d.locals...)
	}
	slices.SortFunc(l.ws.Strays, func(a, b EnvFile) int { return strings.Compare(a.Path, b.Path) })
	for _, unit := range l.units() {
		slices.SortStableFunc(unit.Examples, compareEnvFiles)
		slices.SortStableFunc(unit.LocalFiles, compareEnvFiles)
	}
}

// compareEnvFiles puts the file for every environment first.
func compareEnvFiles(a, b EnvFile) int {
	if (a.Mode == "") != (b.Mode == "") {
		return boolInt(a.Mode != "") - boolInt(b.Mode != "")
	}
	return strings.Compare(a.Path, b.Path)
}

func (l *load) homeOf(d *dirFacts) *Unit {
	if d.unit != nil {
		return d.unit
	}
	if d.dir == "." {
		return &l.ws.Root
	}
	if isSample(d.dir) || !envDirs[pathpkg.Base(d.dir)] {
		return nil
	}
	if parent := l.dirs[pathpkg.Dir(d.dir)]; parent != nil && parent.unit != nil {
		return parent.unit
	}
	if pathpkg.Dir(d.dir) == "." {
		return &l.ws.Root
	}
	return nil
}

// units returns all units. The root's is among them unless the root is an app.
func (l *load) units() []*Unit {
	var units []*Unit
	if root := l.dirs["."]; root == nil || root.unit == nil || root.unit == &l.ws.Root {
		units = append(units, &l.ws.Root)
	}
	for _, a := range l.ws.Apps {
		units = append(units, &a.Unit)
	}
	for _, p := range l.ws.Packages {
		units = append(units, &p.Unit)
	}
	return units
}
