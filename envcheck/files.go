package envcheck

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/regular"
)

// maxEnvFile is the size in bytes above which an env file is not read.
const maxEnvFile = 8 << 20

// envFile is one env file of the work tree, parsed.
type envFile struct {
	path    string
	app     string // the app whose own file it is
	example bool
	loaders []dotenv.Dialect
	text    []byte
	parsed  *dotenv.File
	// declared is what an example declares, for however many apps.
	declared []dotenv.Declaration
	err      error
}

// readFiles opens the env files of all units in scope and says what was looked at.
func (c *Check) readFiles(pass *envtight.Pass) map[string]*envFile {
	files, incomplete := c.openFiles()
	for _, i := range incomplete {
		pass.Incomplete(i)
	}
	for _, f := range sortedFiles(files) {
		pass.LookedAt(f.path, f.text)
	}
	pass.Looked("env files", len(files))
	return files
}

// openFiles reads and parses the env files of all units in scope, at once. Those
// that cannot be read are not among them.
func (c *Check) openFiles() (map[string]*envFile, []envtight.Incompleteness) {
	files := map[string]*envFile{}
	add := func(unit *workspace.Unit, app string) {
		for _, f := range unit.Examples {
			addFile(files, f.Path, app, true, unit.Dialects())
		}
		for _, f := range unit.LocalFiles {
			addFile(files, f.Path, app, false, unit.Dialects())
		}
	}
	rootDeclares := false
	for _, a := range c.scope() {
		add(&a.Unit, a.Name)
		for _, dependency := range a.DependsOn {
			add(&dependency.Package.Unit, "")
		}
		rootDeclares = rootDeclares || len(a.Examples) == 0
	}
	if c.options.Apps == nil {
		add(&c.options.Workspace.Root, "")
	}
	if rootDeclares {
		for _, f := range c.options.Workspace.RootExamples {
			addFile(files, f.Path, "", true, nil)
		}
	}
	parseAll(c.options.FS, slices.Collect(maps.Values(files)))
	var incomplete []envtight.Incompleteness
	for _, f := range sortedFiles(files) {
		if f.err != nil {
			incomplete = append(incomplete, envtight.Incompleteness{
				Silence:  envtight.Failed,
				Cause:    fmt.Sprintf("cannot read %s: %v", f.path, f.err),
				Location: envtight.WholeFile(f.path),
			})
			delete(files, f.path)
		}
	}
	return files, incomplete
}

func addFile(files map[string]*envFile, path, app string, example bool, loaders []dotenv.Dialect) {
	f := files[path]
	if f == nil {
		f = &envFile{path: path, app: app, example: example}
		files[path] = f
	}
	f.loaders = slices.Compact(slices.Sorted(slices.Values(append(f.loaders, loaders...))))
}

// scope returns the apps to judge, in the workspace's order.
func (c *Check) scope() []*workspace.App {
	if c.options.Apps == nil {
		return c.options.Workspace.Apps
	}
	var out []*workspace.App
	for _, a := range c.options.Workspace.Apps {
		if slices.Contains(c.options.Apps, a.Name) {
			out = append(out, a)
		}
	}
	return out
}

func sortedFiles(files map[string]*envFile) []*envFile {
	return slices.SortedFunc(maps.Values(files), func(a, b *envFile) int { return cmp.Compare(a.path, b.path) })
}

func parseAll(fsys fs.FS, files []*envFile) {
	var wait sync.WaitGroup
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, f := range files {
		wait.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			if f.text, f.err = regular.Read(fsys, f.path, maxEnvFile); f.err != nil {
				return
			}
			f.parsed = dotenv.Parse(f.text)
			if f.example {
				f.declared = f.parsed.Declarations()
			}
		})
	}
	wait.Wait()
}
