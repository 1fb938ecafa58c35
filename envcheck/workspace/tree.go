package workspace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	pathpkg "path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

// maxDepth is how many directories deep a tree is walked. No repository is that
// deep; a file system that loops is.
const maxDepth = 128

// defaultMaxFileSize is the size above which a manifest is not read.
const defaultMaxFileSize = 8 << 20

// Tree is the files of a repository, without what tools install or generate
// (node_modules, .venv, .next, ...) and without what lies behind symbolic links
// to directories. It is safe for concurrent use.
type Tree struct {
	// Files are sorted by path.
	Files []File
	// Pruned are the directories that were not entered, sorted.
	Pruned []string

	fsys    fs.FS
	exclude globs
	maxSize int64
	index   map[string]int // by path
	dirs    map[string]bool
}

// File is a file, or a symbolic link to anything.
type File struct {
	Path    string
	Symlink bool
}

// Base returns the last part of the path.
func (f File) Base() string { return f.Path[strings.LastIndexByte(f.Path, '/')+1:] }

// prunedAlways are names of directories that hold nothing anybody wrote.
var prunedAlways = set(
	"node_modules", "bower_components", "jspm_packages", ".pnpm-store", ".yarn", ".git", ".hg", ".svn", ".jj",
	".next", ".nuxt", ".output", ".svelte-kit", ".astro", ".turbo", ".nx", ".cache", ".parcel-cache", ".vite", ".expo", ".docusaurus",
	".wrangler", ".serverless", ".aws-sam", ".sst", ".terraform", ".gradle", ".idea", ".angular", ".vinxi", ".tanstack", ".trigger",
	".venv", "venv", ".virtualenv", "virtualenv", "site-packages", "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache",
	".ruff_cache", ".ipynb_checkpoints", ".eggs", ".direnv", ".devenv", ".bundle", "storybook-static", "DerivedData", "Pods",
)

// prunedBeside are names that mean generated or foreign files when a manifest
// stands beside them: a package may well be called "build".
var prunedBeside = set("dist", "build", "out", "target", "vendor", "coverage", "htmlcov", "tmp")

// prunedInVercel is what the Vercel CLI builds below .vercel.
const prunedInVercel = ".vercel/output"

// manifestNames are files whose presence makes names of prunedBeside output.
var manifestNames = set("package.json", "pyproject.toml", "setup.py", "go.mod", "Cargo.toml", "pom.xml", "build.gradle",
	"build.gradle.kts", "composer.json", "Gemfile", "requirements.txt")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

// Has reports whether there is a file of that path.
func (t *Tree) Has(path string) bool { _, ok := t.index[path]; return ok }

// HasDir reports whether there is a directory of that path that was walked.
func (t *Tree) HasDir(path string) bool { return t.dirs[path] }

// In returns the files directly in a directory.
func (t *Tree) In(dir string) []File {
	var out []File
	for _, f := range t.Below(dir) {
		if pathpkg.Dir(f.Path) == dir {
			out = append(out, f)
		}
	}
	return out
}

// Below returns the files in a directory and in all directories below it. The
// slice is part of Files.
func (t *Tree) Below(dir string) []File {
	if dir == "." {
		return t.Files
	}
	from, _ := slices.BinarySearchFunc(t.Files, dir+"/", func(f File, want string) int { return strings.Compare(f.Path, want) })
	to, _ := slices.BinarySearchFunc(t.Files, dir+"0", func(f File, want string) int { return strings.Compare(f.Path, want) })
	return t.Files[from:to]
}

// OutOfSight reports whether path lies where the walk does not look: in a
// pruned directory, or in one that the user excluded.
func (t *Tree) OutOfSight(path string) bool {
	for at := path; at != "." && at != "/"; at = pathpkg.Dir(at) {
		if _, pruned := slices.BinarySearch(t.Pruned, at); pruned || t.exclude.match(at) {
			return true
		}
	}
	return false
}

// ErrTooLarge is the error of [Tree.Read] for a file above the limit.
var ErrTooLarge = errors.New("file is too large")

// ErrOutside is the error of [Tree.Read] for a symbolic link that does not lead
// to a file of the tree.
var ErrOutside = errors.New("symbolic link does not lead to a file of the repository")

// Read returns the content of a file of the tree. A symbolic link is followed
// when it leads to another file of the tree, and refused otherwise.
func (t *Tree) Read(path string) ([]byte, error) {
	target, err := t.Resolve(path)
	if err != nil {
		return nil, err
	}
	opened, err := t.fsys.Open(target)
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }()
	info, err := opened.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	if info.Size() > t.maxSize {
		return nil, ErrTooLarge
	}
	text := make([]byte, 0, info.Size()+1)
	for {
		n, err := opened.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
		if int64(len(text)) > t.maxSize {
			return nil, ErrTooLarge
		}
		if len(text) == cap(text) {
			text = slices.Grow(text, len(text))
		}
	}
}

// Resolve returns the file that a path means: itself, or where a symbolic link
// leads.
func (t *Tree) Resolve(path string) (string, error) {
	for range 16 {
		i, ok := t.index[path]
		if !ok {
			return "", fmt.Errorf("%s: %w", path, fs.ErrNotExist)
		}
		if !t.Files[i].Symlink {
			return path, nil
		}
		target, err := fs.ReadLink(t.fsys, path)
		if err != nil {
			return "", err
		}
		if pathpkg.IsAbs(target) || strings.Contains(target, ":") || strings.HasPrefix(target, `\`) {
			return "", ErrOutside
		}
		path = pathpkg.Join(pathpkg.Dir(path), strings.ReplaceAll(target, `\`, "/"))
		if !t.Has(path) {
			return "", ErrOutside
		}
	}
	return "", ErrOutside
}

// walker lists directories, several at once.
type walker struct {
	ctx     context.Context
	fsys    fs.FS
	exclude globs
	slots   chan struct{}
	group   sync.WaitGroup

	mu         sync.Mutex
	files      []File
	dirs       map[string]bool
	pruned     []string
	incomplete []envtight.Incompleteness
}

// walk lists the tree. Its result does not depend on the number of workers.
func walk(ctx context.Context, fsys fs.FS, o Options) (*Tree, []envtight.Incompleteness, error) {
	workers := o.Workers
	if workers <= 0 {
		workers = max(2, min(runtime.GOMAXPROCS(0), 8))
	}
	w := &walker{ctx: ctx, fsys: fsys, exclude: compileAll(o.Exclude), slots: make(chan struct{}, workers-1), dirs: map[string]bool{}}
	w.dir(".", 0)
	w.group.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(w.pruned)
	t := &Tree{Files: w.files, Pruned: w.pruned, fsys: fsys, exclude: w.exclude, maxSize: o.MaxFileSize, dirs: w.dirs, index: make(map[string]int, len(w.files))}
	if t.maxSize <= 0 {
		t.maxSize = defaultMaxFileSize
	}
	for i, f := range t.Files {
		t.index[f.Path] = i
	}
	return t, w.incomplete, nil
}

// dir lists a directory and what lies below it. A directory below is handed to
// another goroutine while one is free, and listed by this one otherwise.
func (w *walker) dir(dir string, depth int) {
	if w.ctx.Err() != nil {
		return
	}
	entries, err := fs.ReadDir(w.fsys, dir)
	if err == nil && depth > maxDepth {
		err = fmt.Errorf("more than %d directories deep", maxDepth)
	}
	if err != nil {
		w.failed(dir, err)
		return
	}
	files, below, pruned := w.sort(dir, entries)
	w.mu.Lock()
	w.dirs[dir] = true
	w.files = append(w.files, files...)
	w.pruned = append(w.pruned, pruned...)
	w.mu.Unlock()
	for _, sub := range below {
		select {
		case w.slots <- struct{}{}:
			w.group.Go(func() {
				defer func() { <-w.slots }()
				w.dir(sub, depth+1)
			})
		default:
			w.dir(sub, depth+1)
		}
	}
}

func (w *walker) sort(dir string, entries []fs.DirEntry) (files []File, below, pruned []string) {
	generated := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return manifestNames[e.Name()] })
	virtualenv := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "pyvenv.cfg" })
	if virtualenv {
		return nil, nil, []string{dir}
	}
	for _, e := range entries {
		path := e.Name()
		if dir != "." {
			path = dir + "/" + path
		}
		if w.exclude.match(path) {
			continue
		}
		switch mode := e.Type(); {
		case e.IsDir() && (prunedAlways[e.Name()] || generated && prunedBeside[e.Name()] || isVercelOutput(path)):
			pruned = append(pruned, path)
		case e.IsDir():
			below = append(below, path)
		case mode.IsRegular() || mode&fs.ModeSymlink != 0:
			files = append(files, File{Path: path, Symlink: mode&fs.ModeSymlink != 0})
		case dotenv.Kind(path) == dotenv.Example:
			// A local env file may well be a pipe that a secret store fills; an
			// example that is one declares nothing that anybody could read.
			w.passedOver(path)
		}
	}
	return files, below, pruned
}

func isVercelOutput(path string) bool {
	return path == prunedInVercel || strings.HasSuffix(path, "/"+prunedInVercel)
}

func (w *walker) failed(dir string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.incomplete = append(w.incomplete, envtight.Incompleteness{
		Silence:  envtight.Failed,
		Cause:    fmt.Sprintf("directory %q could not be listed: %s", dir, reasonOf(err)),
		Advice:   "make it readable, or exclude it",
		Location: envtight.WholeFile(dir),
	})
}

// passedOver says that an example is something that nobody can read.
func (w *walker) passedOver(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.incomplete = append(w.incomplete, envtight.Incompleteness{
		Silence:  envtight.Failed,
		Cause:    fmt.Sprintf("%s is no regular file, so what it declares is not known", path),
		Advice:   "replace it by a file, or exclude it",
		Location: envtight.WholeFile(path),
	})
}

// reasonOf is the cause of a file system error, without the path.
func reasonOf(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = failed.Err
	}
	return strings.TrimSpace(err.Error())
}
