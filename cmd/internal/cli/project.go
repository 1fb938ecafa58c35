package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/config"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/git"
	"github.com/envtight/envtight/internal/gitstore"
)

// configName is the name of the configuration file.
const configName = config.FileName

// rootMarkers are files that stand at the root of a repository without git.
var rootMarkers = []string{configName, "pnpm-workspace.yaml", "turbo.json", "turbo.jsonc", "nx.json", "go.work", "lerna.json"}

// project is the repository that a command is run in, read once.
type project struct {
	dir  string // the working directory, absolute
	root string // absolute
	here string // the working directory below it, with "/"; "." is the root
	fsys fs.FS
	repo *git.Repo // nil outside of git
	// repoErr says why git could not be asked, other than that there is none.
	repoErr     error
	config      *config.Config
	configured  bool // a configuration was found
	configText  []byte
	diagnostics []envtight.Diagnostic // about the configuration
	workspace   *workspace.Workspace
}

// open finds the root of the repository round the working directory and reads
// configuration and workspace.
func (a *app) open(ctx context.Context) (*project, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	p := &project{dir: dir}
	p.locate(ctx, dir, a.env.Environ)
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return nil, usage("cannot open %s: %w", p.root, bare(err))
	}
	p.fsys = root.FS()
	if err := p.readConfig(a.flags.config, dir, a.env.getenv("HOME")); err != nil {
		return nil, err
	}
	gone := p.goneApps(ctx)
	// The walk never follows a link out of the tree, so it can do without the
	// look at every entry that os.Root takes.
	p.workspace, err = workspace.Load(ctx, os.DirFS(p.root), workspace.Options{
		Name: filepath.Base(p.root), Apps: p.namedApps(gone), Exclude: p.config.Ignore,
	})
	if err != nil {
		return nil, failure("cannot read %s: %w", p.root, err)
	}
	p.dropIgnored()
	if err := p.override(); err != nil {
		return nil, err
	}
	p.diagnostics = append(p.diagnostics, p.config.CheckApps(p.appNames())...)
	p.diagnostics = append(p.diagnostics, p.config.CheckPaths(p.appDirs(), func(path string) (bool, []envtight.Related) {
		related, is := gone[path]
		return is, related
	})...)
	return p, nil
}

// dir is the directory that the command works in, absolute.
func (a *app) dir() (string, error) {
	dir := a.env.Dir
	if a.flags.dir != "" {
		dir = a.flags.dir
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(a.env.Dir, dir)
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", usage("cannot find the working directory: %w", err)
	}
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return "", usage("cannot open %s: %w", dir, bare(err))
	case !info.IsDir():
		return "", usage("cannot open %s: it is not a directory", dir)
	}
	return dir, nil
}

// bare drops the path from an error whose message names it already.
func bare(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	if linkErr, ok := errors.AsType[*os.LinkError](err); ok {
		return linkErr.Err
	}
	return err
}

// locate finds the root: the top of the git work tree, else the nearest
// directory upward that holds a marker, else dir itself.
func (p *project) locate(ctx context.Context, dir string, environ []string) {
	p.root = dir
	repo, err := git.Open(ctx, dir, environ)
	switch {
	case err == nil:
		p.root = repo.Top
		if p.repo, err = git.Open(ctx, repo.Top, environ); err != nil {
			p.repoErr = err
		}
	case errors.Is(err, git.ErrNoGit) && !insideRepository(dir):
	case !errors.Is(err, git.ErrNotARepo):
		p.repoErr = err
	}
	if p.repo == nil {
		p.root = markedRoot(dir)
	}
	p.setHere()
}

// markedRoot is the nearest directory upward that holds a marker, else dir itself.
func markedRoot(dir string) string {
	for up := dir; ; up = filepath.Dir(up) {
		if holdsMarker(up) {
			return up
		}
		if up == filepath.Dir(up) {
			return dir
		}
	}
}

// setHere says where the working directory is below the root.
func (p *project) setHere() {
	p.here = "."
	if rel, err := filepath.Rel(p.root, p.dir); err == nil && filepath.IsLocal(rel) {
		p.here = filepath.ToSlash(rel)
	}
}

// findRoot is locate without git: for looking at texts, what git would refuse
// because somebody else owns it can be read, and nothing is executed.
func (p *project) findRoot() error {
	dirs, err := gitstore.Find(p.dir)
	switch {
	case err != nil:
		p.root = markedRoot(p.dir)
	case dirs.WorkTree != "":
		p.root = dirs.WorkTree
	}
	p.setHere()
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return usage("cannot open %s: %w", p.root, bare(err))
	}
	p.fsys = root.FS()
	return nil
}

// path makes a path that counts from the working directory absolute.
func (p *project) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}

// insideRepository tells without git whether dir is in a repository.
func insideRepository(dir string) bool {
	for up := dir; ; up = filepath.Dir(up) {
		if _, err := os.Lstat(filepath.Join(up, ".git")); err == nil {
			return true
		}
		if up == filepath.Dir(up) {
			return false
		}
	}
}

func holdsMarker(dir string) bool {
	return slices.ContainsFunc(rootMarkers, func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	})
}

// readConfig reads the file that is named, or the nearest one from the working
// directory up to the root.
func (p *project) readConfig(named, dir, home string) error {
	p.config = config.Default()
	known := config.Known{Rules: Rules(), Platforms: platformNames(), Loaders: loaderNames()}
	if named != "" {
		if !filepath.IsAbs(named) {
			named = filepath.Join(dir, named)
		}
		var err error
		if p.configText, err = os.ReadFile(named); err != nil {
			return usage("cannot read the configuration %s: %w", named, bare(err))
		}
		p.configured = true
		p.config, p.diagnostics = config.Parse(p.relative(named), p.configText, known)
		return nil
	}
	if rel, err := filepath.Rel(p.root, home); err == nil && home != "" && filepath.IsLocal(rel) {
		home = filepath.ToSlash(rel)
	} else {
		home = ""
	}
	where, found := config.Find(p.fsys, p.here, home)
	if !found {
		return nil
	}
	var err error
	p.configured = true
	p.config, p.configText, p.diagnostics, err = config.Load(p.fsys, where, known)
	if err != nil {
		return usage("cannot read %s: %w", where, bare(err))
	}
	return nil
}

// relative is a path as reports show it: below the root, else as it is.
func (p *project) relative(file string) string {
	if rel, err := filepath.Rel(p.root, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(file)
}

// goneApps are the paths of apps in the configuration that are no directories, with
// the commits that removed them where git tells. What is in the index is left out of
// this checkout only.
func (p *project) goneApps(ctx context.Context) map[string][]envtight.Related {
	out := map[string][]envtight.Related{}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second) // a long history need not be walked for this
	defer cancel()
	for _, a := range p.config.Apps {
		if a.Path == "" || !fs.ValidPath(a.Path) {
			continue
		}
		info, err := fs.Stat(p.fsys, a.Path)
		if err == nil && info.IsDir() || err != nil && !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var related []envtight.Related
		if p.repo != nil {
			if held, err := p.repo.Holds(ctx, a.Path); err != nil || held {
				continue
			}
			if removal, removed, err := p.removed(ctx, a.Path); err == nil && removed {
				related = append(related, removal.Related(a.Path))
			}
		}
		out[a.Path] = related
	}
	return out
}

// appDirs are the directories of all apps.
func (p *project) appDirs() []string {
	var dirs []string
	for _, w := range p.workspace.Apps {
		dirs = append(dirs, w.Dir)
	}
	return dirs
}

// namedApps are the apps that the configuration names by their paths, without those
// that are gone.
func (p *project) namedApps(gone map[string][]envtight.Related) []workspace.Named {
	var out []workspace.Named
	for _, a := range p.config.Apps {
		if _, is := gone[a.Path]; a.Path != "" && !a.Ignore && !is {
			out = append(out, workspace.Named{Name: a.Name, Dir: a.Path})
		}
	}
	return out
}

// dropIgnored removes the apps that the configuration says are none.
func (p *project) dropIgnored() {
	p.workspace.Drop(func(w *workspace.App) bool {
		return slices.ContainsFunc(p.config.Apps, func(c config.App) bool {
			return c.Ignore && (c.Name == w.Name || c.Path != "" && c.Path == w.Dir)
		})
	})
}

// override puts the configuration's words about loaders and examples in place of
// what discovery found.
func (p *project) override() error {
	for _, c := range p.config.Apps {
		found := p.workspace.App(cmp.Or(c.Path, c.Name))
		if found == nil {
			continue
		}
		if len(c.Loaders) > 0 {
			found.Loaders = nil
			for _, name := range c.Loaders {
				dialect, err := dotenv.ParseDialect(name)
				if err != nil {
					return usage("app %q of %s: %w", c.Name, p.config.Path, err)
				}
				found.Loaders = append(found.Loaders, workspace.Loader{Dialect: dialect, Where: c.Location})
			}
		}
		if len(c.Examples) > 0 {
			found.Examples = nil
			for _, name := range c.Examples {
				found.Examples = append(found.Examples, workspace.EnvFile{Path: name})
			}
		}
	}
	return nil
}

func (p *project) appNames() []string {
	var names []string
	for _, w := range p.workspace.Apps {
		names = append(names, w.Name)
	}
	return names
}

// list joins names with commas; "none" for no names.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// configProblem reports a configuration that cannot be used, as text on stderr.
func (a *app) configProblem(p *project) error {
	if !config.HasErrors(p.diagnostics) {
		return nil
	}
	check := config.NewCheck(p.config.Path, p.configText, p.diagnostics)
	report, err := envtight.Run(context.Background(), []envtight.Check{check}, envtight.Options{FS: p.fsys, Maskers: p.maskers(), NoInlineMarks: true})
	if err != nil {
		return failure("%w", err)
	}
	if err := a.writeConfigReport(a.env.Stderr, report, a.env.StderrTTY, true); err != nil {
		return err
	}
	return usage("%s cannot be used: nothing was looked at", p.config.Path)
}

// given is a check that hands in what was found before the run.
type given struct {
	rules       []*envtight.Rule
	diagnostics []envtight.Diagnostic
	incomplete  []envtight.Incompleteness
	undecided   []string
}

func (g given) Rules() []*envtight.Rule { return slices.Clone(g.rules) }

func (g given) Run(_ context.Context, pass *envtight.Pass) error {
	for _, d := range g.diagnostics {
		pass.Report(d)
	}
	for _, i := range g.incomplete {
		pass.Incomplete(i)
	}
	pass.Undecided(g.undecided...)
	return nil
}
