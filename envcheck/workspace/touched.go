package workspace

import (
	pathpkg "path"
	"slices"
	"strings"
)

// concernAll are files at the root that say something about every app: what its
// dependencies are, how it is built, what git and images leave out.
var concernAll = set(
	"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock",
	"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "go.sum", "go.work.sum", "Cargo.lock",
	"pnpm-workspace.yaml", "lerna.json", "nx.json", "go.work", "turbo.json", "turbo.jsonc",
	".npmrc", ".yarnrc.yml", ".gitignore", ".dockerignore",
)

// Touched returns the apps that a change to the files at paths concerns, in the
// workspace's order: those in whose own directory one of them lies or that name
// it (a Dockerfile elsewhere, a link file), those that reach the package in which
// it lies, and for an example at the root those that have none of their own.
//
// A file that concerns every app (a manifest or lockfile at the root, a file that
// lists members, turbo.json) is returned as all, the first of them in the order
// of paths; the apps are then all of them. Paths that no longer exist count by
// where they were.
func (w *Workspace) Touched(paths []string) (apps []*App, all string) {
	touched := map[*App]bool{}
	for _, path := range paths {
		if w.concernsAll(path) {
			return slices.Clone(w.Apps), path
		}
		for _, app := range w.Owners(path) {
			touched[app] = true
		}
	}
	for _, app := range w.Apps {
		names := app.files()
		if len(app.Examples) == 0 {
			for _, example := range w.RootExamples {
				names = append(names, example.Path)
			}
		}
		if touched[app] || slices.ContainsFunc(names, func(name string) bool { return slices.Contains(paths, name) }) {
			apps = append(apps, app)
		}
	}
	return apps, ""
}

func (w *Workspace) concernsAll(path string) bool {
	if slices.ContainsFunc(w.Managers, func(m Manager) bool { return m.Path == path }) {
		return true
	}
	if strings.Contains(path, "/") || len(w.Apps) == 1 && w.Apps[0].Dir == "." {
		return false // the only app owns all
	}
	base := pathpkg.Base(path)
	return concernAll[base] || manifestKinds[base] || otherManifests[base] || IsComposeFile(base)
}

// files are those that say something about the unit, wherever they lie.
func (u *Unit) files() []string {
	var out []string
	for _, m := range u.Manifests {
		out = append(out, m.Path)
	}
	for _, f := range slices.Concat(u.Examples, u.LocalFiles) {
		out = append(out, f.Path)
	}
	for _, d := range u.Dockerfiles {
		out = append(out, d.Path)
	}
	for _, l := range u.Links {
		out = append(out, l.Path)
	}
	for _, l := range u.Loaders {
		out = append(out, l.Where.Path)
	}
	return out
}
