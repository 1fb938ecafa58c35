package surface

import (
	"bytes"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/dockerfile"
	"github.com/envtight/envtight/envcheck/usage/hosting"
	"github.com/envtight/envtight/envcheck/usage/reach"
	"github.com/envtight/envtight/envcheck/usage/turbo"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/compose"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// facts are what the rules look at. What could not be read or parsed is not among
// them; the readers of package usage say so.
type facts struct {
	options     Options
	usage       *usage.Result
	dockerfiles []*dockerfile.File
	composes    []*compose.File
	hosting     []hostingFile
	turbo       *turbo.Repository // nil when the repository has none
	// scripts are the texts in which commands may stand: workflows, manifests, shell
	// scripts.
	scripts [][]byte
	// loaded tells that some command loads env files before it starts turbo.
	loaded bool
	// declared are the names in env examples, by the app they are for; "" for
	// those that are for nobody in particular. Everywhere holds all of them.
	declared   map[string]map[string]bool
	everywhere map[string]bool
	// set are the names that platforms have, by app.
	set map[string]map[string]bool

	reach *reach.Map
}

// hostingFile is a file of a hosting platform.
type hostingFile struct {
	path     string
	settings []hosting.Setting
}

func (c *Check) read(found *usage.Result, pass *envtight.Pass) *facts {
	f := &facts{options: c.options, usage: found, declared: map[string]map[string]bool{}, everywhere: map[string]bool{}, set: map[string]map[string]bool{}}
	var configs []*turbo.Config
	overruled := false
	for _, file := range c.options.Workspace.Tree.Files {
		base := file.Base()
		kind := kindOf(base)
		if kind == 0 || workspace.IsSample(pathpkg.Dir(file.Path)) {
			continue
		}
		text, err := c.options.Workspace.Tree.Read(file.Path)
		if err != nil {
			continue
		}
		if bytes.Contains(text, []byte("--env-mode")) || bytes.Contains(text, []byte("TURBO_ENV_MODE")) {
			overruled = true
		}
		f.loaded = f.loaded || loadsForTurbo().Match(text)
		if kind == anyScript {
			f.scripts = append(f.scripts, text)
			continue
		}
		pass.LookedAt(file.Path, text)
		switch kind {
		case aDockerfile:
			f.dockerfiles = append(f.dockerfiles, dockerfile.Parse(file.Path, text))
		case aCompose:
			if parsed, err := compose.Parse(file.Path, text); err == nil {
				f.composes = append(f.composes, parsed)
			}
		case aHosting:
			if parsed, err := hosting.Parse(file.Path, text); err == nil {
				f.hosting = append(f.hosting, hostingFile{file.Path, parsed})
			}
		case aTurbo:
			if parsed, err := turbo.Parse(file.Path, text); err == nil {
				configs = append(configs, parsed)
			}
		}
	}
	f.turbo = turbo.NewRepository(c.options.Workspace, configs, overruled)
	f.reach = reach.New(c.options.Workspace, found)
	f.collect(pass.Facts)
	return f
}

// collect takes the names that the run knows already.
func (f *facts) collect(known *envtight.Facts) {
	add := func(to map[string]map[string]bool, app, name string) {
		if to[app] == nil {
			to[app] = map[string]bool{}
		}
		to[app][name] = true
	}
	for i := range known.Variables {
		switch v := &known.Variables[i]; v.Surface {
		case envtight.OnExample:
			app := v.App
			if app == "" { // a package's, or the root's
				if unit := f.options.Workspace.Unit(v.Location.Path); unit != nil {
					app = unit.Name
				}
			}
			add(f.declared, app, v.Name)
			f.everywhere[v.Name] = true
		case envtight.OnPlatform:
			if v.State.IsSet() {
				add(f.set, v.App, v.Name)
			}
		}
	}
}

// wanted reports whether somebody says that an app is to have a variable: its
// example, the root's, one of a package that it reaches, or a platform that has it.
func (f *facts) wanted(app *workspace.App, name string) bool {
	if f.set[app.Name][name] || f.declared[app.Name][name] || f.declared[""][name] {
		return true
	}
	return slices.ContainsFunc(app.DependsOn, func(d workspace.Dependency) bool { return !d.Dev && f.declared[d.Package.Name][name] })
}

// spokenOf reports whether some command, or what stands around it, speaks of a name.
func (f *facts) spokenOf(name string) bool {
	return slices.ContainsFunc(f.scripts, func(text []byte) bool { return bytes.Contains(text, []byte(name)) })
}

// developing reports whether a path says that the file is for development or tests,
// where secrets open nothing.
func developing(path string) bool {
	words := strings.FieldsFunc(strings.ToLower(path), func(r rune) bool { return strings.ContainsRune("/._-", r) })
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains([]string{"dev", "devcontainer", "develop", "development", "test", "tests", "testing", "e2e", "cypress", "ci", "local", "override", "example", "examples", "demo", "sample"}, word)
	})
}

// apps are the apps to judge.
func (f *facts) apps() []*workspace.App {
	return slices.DeleteFunc(slices.Clone(f.options.Workspace.Apps), func(a *workspace.App) bool {
		return f.options.Apps != nil && !slices.Contains(f.options.Apps, a.Name)
	})
}

// loadsForTurbo matches commands that load env files and start turbo with them.
var loadsForTurbo = lazyregexp.New(`\b(?:dotenv|dotenvx|env-cmd|infisical|doppler|op)\b[^\n]*\bturbo\b|--env-file[^\n]*\bturbo\b`)

// Kinds of files.
const (
	aDockerfile = iota + 1
	aCompose
	aHosting
	aTurbo
	anyScript // may hold commands
)

func kindOf(base string) int {
	switch {
	case workspace.IsDockerfile(base):
		return aDockerfile
	case workspace.IsComposeFile(base):
		return aCompose
	case hosting.Is(base):
		return aHosting
	case base == "turbo.json" || base == "turbo.jsonc":
		return aTurbo
	case base == "pnpm-lock.yaml":
		return 0
	case base == "package.json" || base == "Makefile" || base == "justfile" || strings.HasSuffix(base, ".sh") ||
		strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml"):
		return anyScript
	default:
		return 0
	}
}

// Mask implements [envtight.Masker]: what stands behind the names that a
// configuration file sets, to the end of the line.
func (*Check) Mask(path string, text []byte) []envtight.Span {
	if dotenv.Kind(path) != dotenv.NotEnv {
		return nil // package dotenv knows better
	}
	lines := envtight.NewLines(text)
	var out []envtight.Span
	hide := func(at envtight.Range) {
		if at.End.Line > 0 {
			out = append(out, envtight.Span{Start: at.End.Offset, End: lines.Span(at.End.Line).End})
		}
	}
	switch kindOf(pathpkg.Base(path)) {
	case aDockerfile:
		parsed := dockerfile.Parse(path, text)
		for i := range parsed.Global {
			hide(parsed.Global[i].Range)
		}
		for _, s := range parsed.Stages {
			for _, v := range slices.Concat(s.Args, s.Envs) {
				hide(v.Range)
			}
		}
	case aCompose:
		parsed, err := compose.Parse(path, text)
		if err != nil {
			return []envtight.Span{{End: len(text)}}
		}
		for i := range parsed.Services {
			s := &parsed.Services[i]
			list := s.Environment
			if s.Build != nil {
				list = slices.Concat(list, s.Build.Args)
			}
			for k := range list {
				hide(list[k].Range)
			}
		}
	case aHosting:
		parsed, err := hosting.Parse(path, text)
		if err != nil {
			return []envtight.Span{{End: len(text)}}
		}
		for i := range parsed {
			hide(parsed[i].Range)
		}
	}
	return out
}
