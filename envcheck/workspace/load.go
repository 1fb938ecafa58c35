package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	pathpkg "path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

// Load finds the apps and packages of the repository at the root of fsys.
//
// It walks the tree once, several directories at a time, and reads manifests
// only. What it cannot parse or read is in the result's Diagnostics and
// Incomplete; the error is non-nil only when ctx is done or the root itself
// cannot be listed. The result depends on nothing but the files and the options.
func Load(ctx context.Context, fsys fs.FS, o Options) (*Workspace, error) {
	tree, incomplete, err := walk(ctx, fsys, o)
	if err != nil {
		return nil, err
	}
	if !tree.HasDir(".") {
		return nil, fmt.Errorf("workspace: %s", incomplete[0].Cause)
	}
	l := &load{options: o, tree: tree, ws: &Workspace{Tree: tree, Incomplete: incomplete}, dirs: map[string]*dirFacts{}}
	l.collect()
	if err := l.readAll(ctx); err != nil {
		return nil, err
	}
	l.members()
	l.readLinks()
	l.readCompose()
	l.judge()
	l.assemble()
	l.connect()
	l.placeDockerfiles()
	l.findLoaders()
	l.finish()
	return l.ws, ctx.Err()
}

// load is the state of one Load.
type load struct {
	options Options
	tree    *Tree
	ws      *Workspace
	dirs    map[string]*dirFacts
	order   []*dirFacts // by directory

	mu    sync.Mutex // guards texts and what is reported while files are read
	texts map[string][]byte

	compose  []*composeFile
	catalogs map[string]map[string]string
}

// dirFacts is what is known of one directory that holds anything of interest.
type dirFacts struct {
	dir       string
	names     map[string]bool // base names of its files
	node      *packageJSON
	python    *pyproject
	gomod     *goModule
	nx        *nxProject
	manifests []Manifest
	examples  []EnvFile
	locals    []EnvFile
	docker    []string
	links     []Link
	linkFiles []string
	framework Framework
	member    bool
	named     string // the user's name for it
	reasons   []reason
	unit      *Unit
	// strong tells that it is an app even if other members depend on it.
	strong bool
}

type reason struct {
	Reason
	weak bool
}

// facts returns the entry of a directory, which it makes if need be.
func (l *load) facts(dir string) *dirFacts {
	d := l.dirs[dir]
	if d == nil {
		d = &dirFacts{dir: dir, names: map[string]bool{}}
		l.dirs[dir] = d
	}
	return d
}

// otherManifests are manifests that are not read, but show that a directory is
// a project.
var otherManifests = set("Cargo.toml", "Gemfile", "composer.json", "pom.xml", "build.gradle", "build.gradle.kts", "mix.exs",
	"deno.json", "deno.jsonc", "Package.swift", "setup.py", "setup.cfg", "manage.py", "Pipfile")

// collect sorts the files of the tree by directory.
func (l *load) collect() {
	for _, f := range l.tree.Files {
		base := f.Base()
		dir := pathpkg.Dir(f.Path)
		kind := dotenv.Kind(base)
		if at, ok := linkFile(f.Path); ok {
			d := l.facts(at)
			d.linkFiles = append(d.linkFiles, f.Path)
			continue
		}
		switch {
		case kind == dotenv.Example:
			d := l.facts(dir)
			d.examples = append(d.examples, envFile(f.Path, f.Symlink))
		case kind == dotenv.Real:
			d := l.facts(dir)
			d.locals = append(d.locals, envFile(f.Path, f.Symlink))
		case IsDockerfile(base):
			d := l.facts(dir)
			d.docker = append(d.docker, f.Path)
		case manifestKinds[base] || otherManifests[base] || strings.HasSuffix(base, ".csproj"):
			d := l.facts(dir)
			d.manifests = append(d.manifests, Manifest{Kind: base, Path: f.Path})
		}
	}
	for _, app := range l.options.Apps {
		l.facts(pathpkg.Clean(app.Dir)).named = app.Name
	}
	for _, f := range l.tree.Files {
		if d := l.dirs[pathpkg.Dir(f.Path)]; d != nil {
			d.names[f.Base()] = true
		}
	}
	l.sortDirs()
}

func (l *load) sortDirs() {
	l.order = l.order[:0]
	for _, d := range l.dirs {
		l.order = append(l.order, d)
	}
	slices.SortFunc(l.order, func(a, b *dirFacts) int { return strings.Compare(a.dir, b.dir) })
}

// manifestKinds are the manifests that are read.
var manifestKinds = set("package.json", "pyproject.toml", "requirements.txt", "go.mod", "project.json")

// readAll reads the manifests, several at once: first those that say which
// directories are members, so that manifests of samples are left alone.
func (l *load) readAll(ctx context.Context) error {
	l.texts = map[string][]byte{}
	return l.parallel(ctx, l.order, func(d *dirFacts) {
		if l.outOfSight(d) {
			return
		}
		l.readManifests(d)
	})
}

// parallel calls work for each directory, on all cores.
func (l *load) parallel(ctx context.Context, dirs []*dirFacts, work func(*dirFacts)) error {
	todo := make(chan *dirFacts)
	var group sync.WaitGroup
	for range max(1, min(runtime.GOMAXPROCS(0), len(dirs))) {
		group.Go(func() {
			for d := range todo {
				work(d)
			}
		})
	}
	for _, d := range dirs {
		if ctx.Err() != nil {
			break
		}
		todo <- d
	}
	close(todo)
	group.Wait()
	return ctx.Err()
}

// outOfSight reports whether a directory can be neither an app nor a package:
// hidden ones, and those inside hidden ones.
func (l *load) outOfSight(d *dirFacts) bool {
	if d.named != "" {
		return false
	}
	for part := range strings.SplitSeq(d.dir, "/") {
		if len(part) > 1 && part[0] == '.' {
			return true
		}
	}
	return false
}

func (l *load) readManifests(d *dirFacts) {
	for _, m := range d.manifests {
		if m.Kind != "requirements.txt" && !manifestKinds[m.Kind] {
			continue
		}
		text, ok := l.read(m.Path)
		if !ok {
			continue
		}
		var err error
		switch m.Kind {
		case "package.json":
			d.node, err = readPackageJSON(m.Path, text)
		case "pyproject.toml":
			var read *pyproject
			if read, err = readPyproject(m.Path, text); read != nil {
				d.python = mergePython(read, d.python)
			}
		case "requirements.txt":
			if d.python == nil {
				d.python = newPyproject(m.Path)
			}
			d.python.readRequirements(text)
		case "go.mod":
			d.gomod, err = readGoMod(m.Path, text)
		case "project.json":
			if l.tree.Has("nx.json") {
				d.nx, err = readNxProject(m.Path, text)
			}
		}
		if err != nil && (!isSample(d.dir) || d.named != "") {
			l.malformed(m.Path, text, err)
		}
	}
}

// mergePython joins a pyproject with requirements that were read before.
func mergePython(read, earlier *pyproject) *pyproject {
	if earlier == nil {
		return read
	}
	for name, constraint := range earlier.needs {
		read.needs[name] = constraint
	}
	for name, extras := range earlier.extras {
		read.extras[name] = append(read.extras[name], extras...)
	}
	for name, path := range earlier.paths {
		read.paths[name] = path
	}
	return read
}

// read returns a file's text. A failure is kept as an incompleteness.
func (l *load) read(path string) ([]byte, bool) {
	l.mu.Lock()
	text, ok := l.texts[path]
	l.mu.Unlock()
	if ok {
		return text, true
	}
	text, err := l.tree.Read(path)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.texts[path] = text
		return text, true
	}
	inc := envtight.Incompleteness{
		Silence: envtight.Failed, Location: envtight.WholeFile(path),
		Cause: fmt.Sprintf("%q could not be read: %s", path, reasonOf(err)), Advice: "make it readable, or exclude it",
	}
	switch {
	case errors.Is(err, ErrTooLarge):
		inc.Cause = fmt.Sprintf("%q was not read: it is larger than %d MiB", path, l.tree.maxSize>>20)
		inc.Advice = "no manifest is that large; exclude it if it is something else"
	case errors.Is(err, ErrOutside):
		inc.Silence = envtight.Undecidable
		inc.Cause = fmt.Sprintf("%q was not read: it is a symbolic link that does not lead to a file of the repository", path)
		inc.Advice = "nothing outside the repository is read"
	}
	if !slices.ContainsFunc(l.ws.Incomplete, func(i envtight.Incompleteness) bool { return i.Location == inc.Location }) {
		l.ws.Incomplete = append(l.ws.Incomplete, inc)
	}
	return nil, false
}

func (l *load) malformed(path string, text []byte, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ws.Diagnostics = append(l.ws.Diagnostics, diagnose(path, text, err))
}

// finish puts everything in order.
func (l *load) finish() {
	l.ws.sortFindings()
	l.ws.RootExamples = l.ws.Root.Examples
	if len(l.ws.Apps) > 0 && l.ws.Apps[0].Dir == "." {
		l.ws.RootExamples = l.ws.Apps[0].Examples
	}
}
