// Package workspace finds out what a repository consists of: its apps, its
// packages, which app depends on which package, and which app owns a file.
//
// An app is a deployable unit: it has a link to a platform, or an env example of
// its own, or a deployable manifest (a Next.js or Vite app, an ASGI entry, a
// Dockerfile, ...). Everything else that the workspace lists is a package; its
// example declares for every app that depends on it. An example at the root
// declares for all apps that have none.
//
// Nothing of the repository is executed, and nothing outside the file system
// that [Load] is given is read.
package workspace

import (
	pathpkg "path"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

// Options say how [Load] looks. The zero value works.
type Options struct {
	// Name is the name of the repository. An app at the root takes it when no
	// manifest names it.
	Name string
	// Apps are apps that the user named. Each becomes an app of that name
	// whatever its directory holds.
	Apps []Named
	// Exclude holds doublestar patterns of directories and files, relative to
	// the root, that are not looked at.
	Exclude []string
	// MaxFileSize is the size in bytes above which a manifest is not read;
	// 0 means 8 MiB.
	MaxFileSize int64
	// Workers is how many directories are listed at once; 0 means a number
	// that suits the machine.
	Workers int
}

// Named is an app that the user named, as in `app "backend" { path = ... }`.
type Named struct {
	Name string
	Dir  string // "/" between parts, "." is the root
}

// Workspace is what [Load] found. It is only read afterwards, and safe for
// concurrent use. All slices are sorted, by directory or path where nothing else
// is said; all paths are relative to the root and use "/".
type Workspace struct {
	// Managers are the tools whose files list the members. None: every
	// directory with an env example or a deployable manifest counts.
	Managers []Manager
	Apps     []*App
	Packages []*Package
	// Root are the env files, Dockerfiles, links and manifests at the root
	// when the root is not an app itself. Root.Dir is ".".
	Root Unit
	// RootExamples declare for all apps that have no example of their own.
	// They are Root.Examples, or those of the app at the root.
	RootExamples []EnvFile
	// Strays are env files that belong to no app's or package's own
	// directory, such as an example in a folder of scripts. They declare
	// nothing.
	Strays []EnvFile
	// PassedOver are directories that look like apps and are taken for
	// samples, fixtures or tooling; naming one in the configuration makes it
	// an app.
	PassedOver []PassedOver
	// Diagnostics are manifests that could not be understood (rule
	// config/malformed-manifest); discovery went on without them.
	Diagnostics []envtight.Diagnostic
	// Incomplete are places that could not be read.
	Incomplete []envtight.Incompleteness
	// Tree lists all files that were seen, so that nobody has to walk again.
	Tree *Tree

	indexed sync.Once
	byDir   map[string]owner
}

// owner is what stands in a directory: one of the two.
type owner struct {
	app *App
	pkg *Package
}

// Unit is what apps and packages have in common: a directory with what stands
// in it.
type Unit struct {
	// Name is unique in the workspace: the last part of Dir, with more of
	// it in front where that is ambiguous.
	Name string
	// Module is the name that the manifest gives, as in "@acme/web"; empty
	// when none does.
	Module string
	// Dir is relative to the root; the root itself is ".".
	Dir       string
	Manifests []Manifest
	Framework Framework
	// Loaders are the programs that read its env files, one entry for each
	// dialect, in the order of the dialects' constants.
	Loaders []Loader
	// Examples are env files that declare; the one that holds for every
	// environment comes first.
	Examples []EnvFile
	// LocalFiles are env files with values.
	LocalFiles  []EnvFile
	Dockerfiles []Dockerfile
	// Links say which project of a platform it is deployed to.
	Links []Link
	// SDKs maps the names of external dependencies to their version
	// constraints, as the manifests write them ("" when they give none).
	// Python names are normalized (lower case, "-" between words).
	SDKs map[string]string
	// DependsOn are the packages of the workspace that it reaches, directly
	// or through others, in order of the packages' directories. Dependencies
	// on other apps are not followed: an app is deployed by itself, and what
	// is imported across is types.
	DependsOn []Dependency

	// handed are the env files that commands hand to a loader by name: those of
	// the unit's own scripts, and of others' that lead to its directory.
	handed []LocalFile
	// composeFiles are the env files that compose gives to a service built from
	// the unit; composeSets tells that one sets variables in the compose file.
	composeFiles []composeEnvFile
	composeSets  bool
}

// App is a deployable unit.
type App struct {
	Unit
	// Why are the reasons that make it an app, the strongest first.
	Why []Reason
}

// Package is a member of the workspace that is not deployed by itself.
type Package struct {
	Unit
	// Apps are those that depend on it.
	Apps []*App
}

// Dependency is a package that a unit depends on.
type Dependency struct {
	Package *Package
	// Path are the modules from the unit's own dependency to the package, one
	// shortest way; its last element is the package's module. Of a very long
	// way the middle is left out ("…").
	Path []string
	// Dev tells that every way there goes through a development dependency.
	Dev bool
}

// Reason is one fact that makes a directory an app.
type Reason struct {
	What string // as in "Next.js app", "env example"
	Path string // the file that shows it; empty when the user said so
}

// PassedOver is a directory that was not made an app, and why.
type PassedOver struct {
	Dir    string
	Reason string
}

// Manager is a tool whose file lists the members of a workspace.
type Manager struct {
	Name string // "pnpm", "npm", "yarn", "bun", "uv", "poetry", "go", "nx", "lerna", "turbo"
	Path string // the file
}

// Manifest is a file that says what a directory is.
type Manifest struct {
	Kind string // "package.json", "pyproject.toml", "requirements.txt", "go.mod", "project.json", ...
	Path string
}

// Loader is a program that reads env files of a unit.
type Loader struct {
	Dialect dotenv.Dialect
	// Where is the line that shows it; a whole file where no line can be told.
	Where envtight.Location
}

// EnvFile is an env file in the tree.
type EnvFile struct {
	Path string
	// Mode is the environment its name speaks of: "production" for
	// ".env.production" and ".env.production.local", "dev" for
	// ".env.dev.example"; empty for ".env", ".env.local" and ".env.example".
	Mode string
	// Personal tells that the name says the file is for one machine only:
	// ".env.local" and ".env.*.local".
	Personal bool
	// Symlink tells that the path is a symbolic link.
	Symlink bool
}

// Dockerfile is a Dockerfile and the directory it is built in.
type Dockerfile struct {
	Path string
	// Context is the directory that COPY reads from: as a compose file says,
	// else where the copied files are.
	Context string
}

// Link ties a directory to a project of a platform. Ids are empty when the file
// holds none (vercel.json, railway.toml).
type Link struct {
	Platform string // "vercel", "railway", "fly", "render", "cloudflare", "netlify"
	Project  string // id
	Name     string // name, where the file tells it
	Org      string // id of the team or user
	Path     string // the file
}

// Names of platforms in [Link].
const (
	Vercel     = "vercel"
	Railway    = "railway"
	Fly        = "fly"
	Render     = "render"
	Cloudflare = "cloudflare"
	Netlify    = "netlify"
	Heroku     = "heroku"
)

// Framework is what a unit is built with. The zero Framework is none known.
type Framework string

// The frameworks.
const (
	Next      Framework = "next"
	Vite      Framework = "vite"
	Astro     Framework = "astro"
	SvelteKit Framework = "sveltekit"
	Remix     Framework = "remix" // and React Router in framework mode
	Nuxt      Framework = "nuxt"
	Expo      Framework = "expo"
	Gatsby    Framework = "gatsby"
	CRA       Framework = "create-react-app"
	Redwood   Framework = "redwood"
	Nest      Framework = "nest"
	Worker    Framework = "cloudflare-worker"
	Trigger   Framework = "trigger.dev"
	Node      Framework = "node"
	FastAPI   Framework = "fastapi"
	Flask     Framework = "flask"
	Django    Framework = "django"
	Starlette Framework = "starlette" // and Litestar
	Python    Framework = "python"
	Go        Framework = "go"
)

// App returns the app of that name or directory, or nil.
func (w *Workspace) App(nameOrDir string) *App {
	for _, same := range []func(*App) bool{
		func(a *App) bool { return a.Name == nameOrDir },
		func(a *App) bool { return a.Dir == strings.TrimSuffix(nameOrDir, "/") },
		func(a *App) bool { return a.Module != "" && a.Module == nameOrDir },
	} {
		if i := slices.IndexFunc(w.Apps, same); i >= 0 {
			return w.Apps[i]
		}
	}
	return nil
}

// Drop takes apps out of the workspace, as the user asks for: they serve nobody,
// and their files have no owner. It must not be called while others use the
// workspace.
func (w *Workspace) Drop(drop func(*App) bool) {
	w.Apps = slices.DeleteFunc(w.Apps, drop)
	for _, p := range w.Packages {
		p.Apps = slices.DeleteFunc(p.Apps, drop)
	}
	w.indexed, w.byDir = sync.Once{}, nil
}

// owner returns the app or package with the longest directory round path.
func (w *Workspace) owner(path string) owner {
	w.indexed.Do(func() {
		w.byDir = make(map[string]owner, len(w.Apps)+len(w.Packages))
		for _, p := range w.Packages {
			w.byDir[p.Dir] = owner{pkg: p}
		}
		for _, a := range w.Apps {
			w.byDir[a.Dir] = owner{app: a}
		}
	})
	for dir := path; ; dir = pathpkg.Dir(dir) {
		if found, ok := w.byDir[dir]; ok || dir == "." || dir == "/" {
			return found
		}
	}
}

// Unit returns the app or package in whose directory path lies, the innermost
// one; nil for what lies in none.
func (w *Workspace) Unit(path string) *Unit {
	switch o := w.owner(path); {
	case o.app != nil:
		return &o.app.Unit
	case o.pkg != nil:
		return &o.pkg.Unit
	default:
		return nil
	}
}

// Owners returns the apps that a file belongs to: the app in whose directory it
// lies, or all apps that depend on the package it lies in. A file that lies in
// neither has no owner. The slice is the caller's own.
func (w *Workspace) Owners(path string) []*App {
	o := w.owner(path)
	if o.app != nil {
		return []*App{o.app}
	}
	if o.pkg != nil {
		return slices.Clone(o.pkg.Apps)
	}
	return nil
}

// Dialects returns the dialects of the unit's loaders, in the order of their
// constants.
func (u *Unit) Dialects() []dotenv.Dialect {
	var out []dotenv.Dialect
	for _, l := range u.Loaders {
		out = append(out, l.Dialect)
	}
	return out
}

// Reaches reports whether the unit depends on p.
func (u *Unit) Reaches(p *Package) bool {
	return slices.ContainsFunc(u.DependsOn, func(d Dependency) bool { return d.Package == p })
}

// Has reports whether the unit depends on the external module.
func (u *Unit) Has(module string) bool {
	_, ok := u.SDKs[module]
	return ok
}

// within reports whether path is dir or lies below it.
func within(path, dir string) bool {
	return dir == "." || path == dir || strings.HasPrefix(path, dir) && path[len(dir)] == '/'
}
