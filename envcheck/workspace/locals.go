package workspace

import (
	"fmt"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// Locals are the env files that the programs of a unit read on a developer's
// machine, while they run in development.
type Locals struct {
	// Files are in the order of precedence, each path once, whether they exist
	// or not: a variable has the value of the first file that sets it.
	Files []LocalFile
	// Target is the file that is meant for one developer's own values: the one
	// to write when it is missing.
	Target string
	// Guessed tells that no loader is known, and Files are what most of them
	// would read.
	Guessed bool
	// Dynamic tells that code chooses the files while it runs, so that there
	// may be others.
	Dynamic bool
	// Unsure says in words why Files may not be the right ones, though they are
	// the usual ones; empty when something shows it.
	Unsure string
	// Elsewhere says in words where variables come from besides the files, as in
	// "direnv sets variables (.envrc)".
	Elsewhere []string
}

// LocalFile is one of them.
type LocalFile struct {
	Path    string
	Dialect dotenv.Dialect
	// Where shows that it is read; zero when that is convention.
	Where envtight.Location
}

// Reads reports whether a file is among them.
func (l *Locals) Reads(path string) bool {
	return slices.ContainsFunc(l.Files, func(f LocalFile) bool { return f.Path == path })
}

// Open says in words why absence from the files proves nothing; empty when it
// does.
func (l *Locals) Open() []string {
	var out []string
	switch {
	case l.Dynamic:
		out = append(out, "its code chooses env files while it runs")
	case l.Guessed:
		out = append(out, "nothing shows which program reads its env files")
	}
	if l.Unsure != "" {
		out = append(out, l.Unsure)
	}
	return append(out, l.Elsewhere...)
}

// developmentMode is the mode of frameworks whose development server runs.
const developmentMode = "development"

// developmentOrder are the files that frameworks read in development, the first
// wins, and the one for a developer's own values, where that is not the order of
// their dialect (see [dotenv.LoadOrder]).
//
// Sources: react-scripts config/env.js; @expo/env src/index.ts (getFiles); the
// documents of Gatsby (environment variables), Nuxt (directory structure, .env),
// Redwood (environment variables), Trigger.dev (deploy environment variables) and
// Cloudflare (local development, secrets).
var developmentOrder = map[Framework]struct {
	files  []string
	target string
}{
	CRA:     {[]string{".env.development.local", ".env.local", ".env.development", ".env"}, ".env.local"},
	Expo:    {[]string{".env.development.local", ".env.local", ".env.development", ".env"}, ".env.local"},
	Gatsby:  {[]string{".env.development"}, ".env.development"},
	Nuxt:    {[]string{".env"}, ".env"},
	Redwood: {[]string{".env", ".env.defaults"}, ".env"},
	Trigger: {[]string{".env", ".env.development", ".env.local", ".env.development.local"}, ".env"},
	Worker:  {[]string{".env.local", ".env"}, ".dev.vars"},
}

// Locals finds out which env files the unit's programs read in development. It
// looks into configuration and code of the unit, and of the packages that it
// depends on; nothing is executed.
func (w *Workspace) Locals(u *Unit) *Locals {
	f := &localFinder{w: w, unit: u, out: &Locals{}}
	f.fromCommands()
	f.fromFramework()
	f.fromFrameworkConfig()
	f.fromCode()
	f.fromBun()
	f.fromCompose()
	if len(f.out.Files) == 0 {
		f.out.Guessed = true
		dialect := dotenv.Dotenv
		if slices.Contains([]Framework{FastAPI, Flask, Django, Starlette, Python}, u.Framework) {
			dialect = dotenv.PythonDotenv
		}
		f.add(LocalFile{Path: f.own(".env.local"), Dialect: dialect})
		f.add(LocalFile{Path: f.own(".env"), Dialect: dialect})
	}
	if f.out.Target == "" {
		f.out.Target = f.ownTarget()
	}
	f.elsewhere()
	return f.out
}

type localFinder struct {
	w    *Workspace
	unit *Unit
	out  *Locals
}

func (f *localFinder) own(name string) string { return pathpkg.Join(f.unit.Dir, name) }

func (f *localFinder) add(file LocalFile) {
	switch {
	case strings.HasPrefix(file.Path, "../"):
		f.also("an env file outside of the repository is read")
	case !f.out.Reads(file.Path):
		f.out.Files = append(f.out.Files, file)
	}
}

// ownTarget is the plain ".env" of the unit where that is read: everybody has it,
// and others are put above it for a purpose. Else it is the last file of the unit
// that is read, else the last one.
func (f *localFinder) ownTarget() string {
	if plain := f.own(".env"); f.out.Reads(plain) {
		return plain
	}
	for _, file := range slices.Backward(f.out.Files) {
		if within(file.Path, f.unit.Dir) {
			return file.Path
		}
	}
	return f.out.Files[len(f.out.Files)-1].Path
}

func (f *localFinder) loader(d dotenv.Dialect) *Loader {
	i := slices.IndexFunc(f.unit.Loaders, func(l Loader) bool { return l.Dialect == d })
	if i < 0 {
		return nil
	}
	return &f.unit.Loaders[i]
}

// fromCommands takes the files that commands hand to a loader. What they set
// stands in the environment before the program starts, so it comes first. Files
// of other modes belong to other commands. What the root's scripts hand to a
// command reaches the apps that it starts.
func (f *localFinder) fromCommands() {
	for _, file := range f.unit.handed {
		if developing(envFile(file.Path, false).Mode) {
			f.add(file)
		}
	}
	if len(f.out.Files) > 0 {
		f.out.Target = f.out.Files[0].Path
	}
	root := f.w.Unit(".")
	if root == nil {
		root = &f.w.Root
	}
	for _, file := range root.handed {
		if pathpkg.Dir(file.Path) == "." && developing(envFile(file.Path, false).Mode) {
			f.add(file)
		}
	}
}

// otherModes are words of file names that speak of something else than a
// developer's machine.
var otherModes = set("prod", "production", "stage", "staging", "preview", "test", "testing", "ci", "e2e", "qa", "sandbox", "bak", "backup", "old", "orig")

// developing reports whether the mode of a file's name may be that of
// development.
func developing(mode string) bool {
	return !slices.ContainsFunc(strings.Split(mode, "-"), func(word string) bool { return otherModes[word] })
}

// fromFramework takes the files that the framework reads by itself.
func (f *localFinder) fromFramework() {
	framework := f.unit.Framework
	if (framework == "" || framework == Node) && slices.ContainsFunc(f.unit.Links, func(l Link) bool { return l.Platform == Cloudflare }) {
		framework = Worker
	}
	if order, ok := developmentOrder[framework]; ok {
		l := f.loader(frameworkLoaders[framework])
		switch {
		case l != nil:
			f.addAll(order.files, l.Dialect, l.Where)
		case framework == Worker && f.w.Tree.Has(f.own(order.target)): // the others are then not read
			f.addAll([]string{order.target}, dotenv.Dotenv, envtight.Location{})
		case framework == Worker:
			f.addAll(append([]string{order.target}, order.files...), dotenv.Dotenv, envtight.Location{})
		default:
			return // the configuration names other loaders
		}
		f.target(order.target)
		return
	}
	for _, dialect := range []dotenv.Dialect{dotenv.Next, dotenv.Vite} {
		l := f.loader(dialect)
		if l == nil {
			continue
		}
		mode := developmentMode
		if dialect == dotenv.Vite {
			mode = f.viteMode()
		}
		f.addAll(dotenv.LoadOrder(dialect, mode), dialect, l.Where)
		f.target(".env.local")
	}
}

func (f *localFinder) addAll(names []string, dialect dotenv.Dialect, where envtight.Location) {
	for _, name := range names {
		f.add(LocalFile{Path: f.own(name), Dialect: dialect, Where: where})
	}
}

// target settles the target, unless a command names one.
func (f *localFinder) target(name string) {
	if f.out.Target == "" {
		f.out.Target = f.own(name)
	}
}

var (
	developScript = lazyregexp.New(`^(dev|develop|start|serve)($|[:_-](dev|local|web|api|app|server|client|all)$)`)
	viteModeFlag  = lazyregexp.New(`\s(?:--mode|-m)[ =]([\w-]+)`)
)

// viteMode is the mode that the script for development names.
func (f *localFinder) viteMode() string {
	for _, script := range f.scripts(f.unit.Dir) {
		if match := viteModeFlag().FindStringSubmatch(script); match != nil {
			return match[1]
		}
	}
	return developmentMode
}

// scripts returns the commands of a directory's package.json that start programs
// for development, in the order of their names.
func (f *localFinder) scripts(dir string) []string {
	path := pathpkg.Join(dir, "package.json")
	text, err := f.w.Tree.Read(path)
	if err != nil {
		return nil
	}
	manifest, _ := readPackageJSON(path, text) // what is wrong with it was said at Load
	if manifest == nil {
		return nil
	}
	var out []string
	for _, name := range slices.Sorted(mapKeys(manifest.scripts)) {
		if developScript().MatchString(name) {
			out = append(out, manifest.scripts[name])
		}
	}
	return out
}

// frameworkConfig matches the configuration files that can choose env files or
// set variables; the others match what shows that one does.
var (
	frameworkConfig = lazyregexp.New(`^(next|vite|astro|svelte|nuxt|react-router|remix|gatsby|app)[.-]config\.[cm]?[jt]s$`)
	choosesFiles    = lazyregexp.New(`\benvDir\b|\bloadEnvConfig\b|\bdotenv\b|\bloadEnv\(\s*[^,()]+,\s*[^)]*(?:\.\.|resolve|join)`)
	// viteConfig is read by Vite, whose root is where env files are looked for.
	viteConfig    = lazyregexp.New(`^(vite|astro|svelte|react-router|remix)[.-]`)
	choosesRoot   = lazyregexp.New(`(?m)^\s*root\s*:`)
	setsVariables = lazyregexp.New(`(?m)^\s*env\s*:\s*\{`)
)

func (f *localFinder) fromFrameworkConfig() {
	for _, file := range f.w.Tree.In(f.unit.Dir) {
		if !frameworkConfig().MatchString(file.Base()) {
			continue
		}
		text, err := f.w.Tree.Read(file.Path)
		if err != nil || choosesFiles().Match(text) || viteConfig().MatchString(file.Base()) && choosesRoot().Match(text) {
			f.out.Dynamic = true
			continue
		}
		if setsVariables().Match(text) {
			f.also("%s sets variables", file.Path)
		}
	}
}

func (f *localFinder) also(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(f.out.Elsewhere, text) {
		f.out.Elsewhere = append(f.out.Elsewhere, text)
	}
}

var runsBun = lazyregexp.New(`\bbunx?\s`)

// fromBun takes the files that bun reads for every program and script that it
// starts. Source: bun.com/docs/runtime/env.
func (f *localFinder) fromBun() {
	bun := slices.ContainsFunc(f.scripts(f.unit.Dir), runsBun().MatchString)
	for _, lock := range []string{"bun.lock", "bun.lockb", f.own("bun.lock"), f.own("bun.lockb")} {
		bun = bun || f.w.Tree.Has(lock)
	}
	if bun && f.w.Tree.Has(f.own("package.json")) {
		f.addAll([]string{".env.local", ".env.development", ".env"}, dotenv.DotenvExpand, envtight.Location{})
	}
}

// fromCompose takes the files that compose gives to a service built from the
// unit.
func (f *localFinder) fromCompose() {
	for _, file := range f.unit.composeFiles {
		if developing(envFile(file.path, false).Mode) {
			f.add(LocalFile{Path: file.path, Dialect: dotenv.Compose, Where: file.at})
		}
	}
	if f.unit.composeSets {
		f.also("a compose file sets variables")
	}
}

// wrapper matches programs that put variables into the environment of the
// command they start, from a store or a file of their own.
var wrapper = lazyregexp.New(`\b(?:doppler|infisical|op|railway|chamber|aws-vault|teller|varlock|dotenvx|envchain|phase|akeyless|bws|fnox|secretspec|` +
	`mise|direnv|vlt|sops|fly|heroku|netlify|vercel)\s+(?:run|exec|exec-env|dev|x|env|--)(?:\s|$)|\bsst\s+dev\b|\benv-cmd\b|\b(?:foreman|honcho|overmind)\s+start\b`)

var containerSets = lazyregexp.New(`containerEnv|remoteEnv|--env-file`)

// elsewhere looks for what sets variables besides env files.
func (f *localFinder) elsewhere() {
	for dir := f.unit.Dir; ; dir = pathpkg.Dir(dir) {
		if path := pathpkg.Join(dir, ".envrc"); f.w.Tree.Has(path) {
			f.also("direnv sets variables (%s)", path)
		}
		for _, name := range []string{"mise.toml", ".mise.toml", "mise.local.toml"} {
			path := pathpkg.Join(dir, name)
			if text, err := f.w.Tree.Read(path); err == nil && strings.Contains(string(text), "[env") {
				f.also("mise sets variables (%s)", path)
			}
		}
		f.wrappers(dir)
		if dir == "." {
			break
		}
	}
	for _, path := range []string{".devcontainer/devcontainer.json", ".devcontainer.json", f.own(".devcontainer/devcontainer.json")} {
		if text, err := f.w.Tree.Read(path); err == nil && containerSets().Match(text) {
			f.also("the development container sets variables (%s)", path)
		}
	}
}

// wrappers looks for them in the commands of one directory.
func (f *localFinder) wrappers(dir string) {
	for _, command := range f.scripts(dir) {
		if match := wrapper().FindString(command); match != "" {
			f.also("the development script runs it under %q", strings.TrimSpace(match))
		}
	}
	for _, file := range f.w.Tree.In(dir) {
		if !scriptFiles[file.Base()] || strings.HasPrefix(file.Base(), "mise") {
			continue
		}
		text, err := f.w.Tree.Read(file.Path)
		if match := wrapper().Find(text); err == nil && match != nil {
			f.also("%s runs programs under %q", file.Path, strings.TrimSpace(string(match)))
		}
	}
}
