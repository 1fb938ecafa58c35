package workspace

import (
	"bytes"
	"cmp"
	pathpkg "path"
	"regexp"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// moduleLoaders maps modules to the loader that comes with them.
var moduleLoaders = []struct {
	module  string
	dialect dotenv.Dialect
}{
	{"@next/env", dotenv.Next},
	{"dotenv", dotenv.Dotenv}, {"dotenv-safe", dotenv.Dotenv}, {"dotenv-flow", dotenv.Dotenv}, {"dotenv-webpack", dotenv.Dotenv},
	{"@nestjs/config", dotenv.Dotenv},
	{"dotenv-expand", dotenv.DotenvExpand}, {"dotenv-cli", dotenv.DotenvExpand}, {"@expo/env", dotenv.DotenvExpand},
}

// frameworkLoaders maps frameworks to the loader that is built into them.
var frameworkLoaders = map[Framework]dotenv.Dialect{
	Next: dotenv.Next, Vite: dotenv.Vite, Astro: dotenv.Vite, SvelteKit: dotenv.Vite, Remix: dotenv.Vite, Redwood: dotenv.Vite,
	Nuxt: dotenv.Dotenv, Gatsby: dotenv.Dotenv, CRA: dotenv.DotenvExpand, Expo: dotenv.DotenvExpand, Trigger: dotenv.Dotenv,
}

// pythonLoaders are modules that read env files by python-dotenv.
var pythonLoaders = []string{"python-dotenv", "pydantic-settings", "environs"}

// findLoaders finds out which programs read the env files of each unit.
func (l *load) findLoaders() {
	for _, unit := range l.units() {
		if d := l.dirs[unit.Dir]; d != nil {
			l.ownLoaders(unit, d)
		}
	}
	l.composeLoaders()
	l.scripts()
	for _, unit := range l.units() {
		slices.SortStableFunc(unit.Loaders, func(a, b Loader) int { return cmp.Compare(a.Dialect, b.Dialect) })
	}
}

// add keeps the first place that shows a loader. Places are worked out only
// when they are kept.
func (u *Unit) add(dialect dotenv.Dialect, where func() envtight.Location) {
	if !slices.ContainsFunc(u.Loaders, func(l Loader) bool { return l.Dialect == dialect }) {
		u.Loaders = append(u.Loaders, Loader{Dialect: dialect, Where: where()})
	}
}

// command keeps what a command of a unit's script reads: the loader, for the unit
// whose file it is, and the files, for both.
func (l *load) command(unit *Unit, dir, command string, where func() envtight.Location) {
	for _, dialect := range commandLoaders(command) {
		target := l.target(unit, dir, command)
		target.add(dialect, where)
		for _, path := range l.handed(dir, command) {
			file := LocalFile{Path: path, Dialect: dialect, Where: where()}
			unit.handed = append(unit.handed, file)
			if target != unit {
				target.handed = append(target.handed, file)
			}
		}
	}
}

func (l *load) ownLoaders(unit *Unit, d *dirFacts) {
	if dialect, ok := frameworkLoaders[unit.Framework]; ok {
		unit.add(dialect, func() envtight.Location { return l.frameworkModule(d, unit.Framework) })
	}
	if d.node != nil {
		for _, known := range moduleLoaders {
			if d.node.has(known.module) {
				unit.add(known.dialect, func() envtight.Location { return l.module(d, known.module) })
			}
		}
		for _, name := range slices.Sorted(mapKeys(d.node.scripts)) {
			l.command(unit, d.dir, d.node.scripts[name], func() envtight.Location { return d.node.script(name) })
		}
	}
	if d.python != nil {
		for _, module := range pythonLoaders {
			if d.python.has(module) {
				unit.add(dotenv.PythonDotenv, func() envtight.Location { return l.line(d.python.path, module, strings.ReplaceAll(module, "-", "_")) })
			}
		}
		if d.python.hasExtra("fastapi", "standard") || d.python.hasExtra("fastapi", "all") || d.python.hasExtra("uvicorn", "standard") {
			unit.add(dotenv.PythonDotenv, func() envtight.Location { return l.line(d.python.path, "standard") })
		}
	}
	if d.gomod != nil {
		if _, ok := d.gomod.needs["github.com/joho/godotenv"]; ok {
			unit.add(dotenv.Godotenv, func() envtight.Location { return l.line(d.gomod.path, "joho/godotenv") })
		}
	}
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// frameworkModule returns where a package.json asks for a framework.
func (l *load) frameworkModule(d *dirFacts, framework Framework) envtight.Location {
	for _, rule := range nodeRules {
		for _, module := range rule.modules {
			if rule.framework == framework && d.node.has(module) {
				return l.module(d, module)
			}
		}
	}
	return envtight.WholeFile(d.node.path)
}

// module returns where a package.json asks for a module.
func (l *load) module(d *dirFacts, name string) envtight.Location {
	return l.line(d.node.path, `"`+name+`":`, `"`+name+`"`)
}

// line returns the first place in a file that holds one of the words, or the
// whole file.
func (l *load) line(path string, words ...string) envtight.Location {
	text, _ := l.read(path)
	for _, word := range words {
		if at := bytes.Index(text, []byte(word)); at >= 0 {
			return envtight.FileRange(path, text, envtight.Span{Start: at, End: at + len(word)})
		}
	}
	return envtight.WholeFile(path)
}

// composeLoaders gives docker compose to the units whose files it reads: those
// of env_file, and the ".env" beside a compose file that uses variables.
func (l *load) composeLoaders() {
	for _, c := range l.compose {
		for _, s := range c.services {
			for _, file := range s.envFiles {
				if unit := l.unitOf(pathpkg.Dir(file.path)); unit != nil {
					unit.add(dotenv.Compose, func() envtight.Location { return file.at })
				}
			}
			l.composeService(s)
		}
		if c.interpolates {
			if unit := l.exactUnit(pathpkg.Dir(c.path)); unit != nil {
				unit.add(dotenv.Compose, func() envtight.Location { return l.line(c.path, "${") })
			}
		}
	}
}

// composeService keeps what compose gives to the unit that a service is built
// from.
func (l *load) composeService(s composeService) {
	if s.context == "" {
		return
	}
	for _, unit := range l.units() {
		built := slices.ContainsFunc(unit.Dockerfiles, func(d Dockerfile) bool { return d.Path == s.dockerfile })
		if !built && (unit.Dir != s.context || unit.Dir == ".") {
			continue
		}
		unit.composeSets = unit.composeSets || s.sets
		unit.composeFiles = append(unit.composeFiles, s.envFiles...)
	}
}

// exactUnit returns the unit of a directory, the root's included; nil when there
// is none.
func (l *load) exactUnit(dir string) *Unit {
	if dir == "." && l.dirs["."] == nil {
		return &l.ws.Root
	}
	if d := l.dirs[dir]; d != nil {
		return d.unit
	}
	return nil
}

// unitOf returns the innermost unit round a directory, or the root's.
func (l *load) unitOf(dir string) *Unit {
	for ; dir != "."; dir = pathpkg.Dir(dir) {
		if d := l.dirs[dir]; d != nil && d.unit != nil {
			return d.unit
		}
	}
	if root := l.dirs["."]; root != nil && root.unit != nil {
		return root.unit
	}
	return &l.ws.Root
}

// scriptFiles are files with commands, beside package.json.
var scriptFiles = set("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Taskfile.yml", "Taskfile.yaml", "Procfile", "Procfile.dev", "mise.toml")

// scripts looks into files with commands for those that read env files.
func (l *load) scripts() {
	for _, f := range l.tree.Files {
		base, dir := f.Base(), pathpkg.Dir(f.Path)
		shell := strings.HasSuffix(base, ".sh") || strings.HasSuffix(base, ".bash")
		if !shell && !scriptFiles[base] || isSample(dir) || f.Symlink {
			continue
		}
		unit := l.unitOf(dir)
		text, ok := l.read(f.Path)
		if !ok || !bytes.Contains(text, []byte(".env")) && !bytes.Contains(text, []byte("env-file")) {
			continue
		}
		lines := envtight.NewLines(text)
		for n := 1; n <= lines.Count(); n++ {
			span := lines.Span(n)
			line := string(span.Of(text))
			if strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			l.command(unit, dir, line, func() envtight.Location { return envtight.FileRange(f.Path, text, span) })
		}
	}
}

// envArgument finds the env file that a command names.
var envArgument = lazyregexp.New(`(?:[\w./-]*/)?(?:\.env[\w.-]*|[\w-]+\.env)\b`)

// target returns the unit whose env file a command reads: the one that the path
// in the command leads to. Paths are taken from the script's directory and from
// the root, because scripts are called from both.
func (l *load) target(unit *Unit, dir, command string) *Unit {
	path := envArgument().FindString(command)
	if path == "" || !strings.Contains(path, "/") {
		return unit
	}
	for _, base := range []string{dir, "."} {
		full := pathpkg.Join(base, pathpkg.Dir(path))
		if l.tree.HasDir(full) {
			return l.unitOf(full)
		}
	}
	return unit
}

// handed returns the env files that a command names. Of the directories that
// a path may count from, the first in which the file exists is taken, else the
// script's own.
func (l *load) handed(dir, command string) []string {
	var out []string
	for _, name := range envArgument().FindAllString(command, -1) {
		if dotenv.Kind(name) != dotenv.Real || strings.HasPrefix(name, "process.") {
			continue
		}
		path := pathpkg.Join(dir, name)
		if pathpkg.IsAbs(name) {
			path = "../" + name // nowhere in the repository
		}
		if root := pathpkg.Clean(name); !l.tree.Has(path) && l.tree.Has(root) {
			path = root
		}
		out = append(out, path)
	}
	return out
}

// commands are the shapes of commands that read env files. Sources: the manuals
// of the programs.
var commands = []struct {
	shape   func() *regexp.Regexp
	dialect dotenv.Dialect
}{
	{lazyregexp.New(`\bdocker\s+(?:container\s+)?run\b.*--env-file`), dotenv.DockerRun},
	{lazyregexp.New(`\bpodman\s+run\b.*--env-file`), dotenv.DockerRun},
	{lazyregexp.New(`\bdocker(?:-|\s+)compose\b.*--env-file`), dotenv.Compose},
	{lazyregexp.New(`\b(?:node|tsx|nodemon)\b.*--env-file(?:-if-exists)?\b`), dotenv.Node},
	{lazyregexp.New(`\buvicorn\b.*--env-file`), dotenv.PythonDotenv},
	{lazyregexp.New(`\bdotenv\s+(?:-f\s+\S+\s+)?run\b`), dotenv.PythonDotenv},
	{lazyregexp.New(`\bdotenv\s+(?:-[ec]\b|--\s)`), dotenv.DotenvExpand},
	{lazyregexp.New(`-r\s+dotenv/config\b|--(?:require|import)[ =]dotenv/config\b`), dotenv.Dotenv},
	{lazyregexp.New(`(?:^|[\s;&|(])(?:source|\.)\s+["']?(?:[\w./$"{}-]*/)?(?:\.env[\w.-]*|[\w-]+\.env)(?:["']|\b)`), dotenv.Bash},
	{lazyregexp.New(`\bexport\s+(?:--\s+)?["']?(?:\$\(|` + "`" + `).*\.env\b`), dotenv.Bash},
}

// notData are files that are named like env files and are programs.
var notData = lazyregexp.New(`\.envrc\b|\.env\.(?:sh|bash|zsh|fish|ts|js)\b|venv/bin|/\.cargo/env`)

// commandLoaders returns the dialects by which a command reads env files.
func commandLoaders(command string) []dotenv.Dialect {
	if !strings.Contains(command, "env") || notData().MatchString(command) {
		return nil
	}
	var out []dotenv.Dialect
	for _, known := range commands {
		if known.shape().MatchString(command) && !slices.Contains(out, known.dialect) {
			out = append(out, known.dialect)
		}
	}
	return out
}
