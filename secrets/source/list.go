package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/git"
)

// entry is a file to be looked at.
type entry struct {
	// name is what findings call it, path where it is.
	name, path string
	size       int64
	link       bool // its text is where it leads
	named      bool // by the user
}

// lister finds the files of a Dir.
type lister struct {
	options  *DirOptions
	entries  []entry
	silences *silences
	// directories tells of paths whether they are directories and no links.
	directories map[string]bool
}

// list finds all files, sorted by name, each once.
func (l *lister) list(ctx context.Context) error {
	paths := l.options.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, path := range paths {
		if err := l.argument(ctx, path); err != nil {
			return err
		}
	}
	// An entry that is named stays of those of one file.
	slices.SortFunc(l.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(rank(a), rank(b)))
	})
	l.entries = slices.CompactFunc(l.entries, func(a, b entry) bool { return a.name == b.name })
	return nil
}

// rank puts an entry that was named before the same one from a directory.
func rank(e entry) int {
	if e.named {
		return 0
	}
	return 1
}

// argument lists what the user named. It is looked at also when git ignores it,
// and a link is followed.
func (l *lister) argument(ctx context.Context, path string) error {
	path = filepath.FromSlash(path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.options.Root, path)
	}
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	name := l.options.nameOf(path)
	switch mode := info.Mode(); {
	case mode.IsDir():
		if name == "." {
			name = ""
		}
		return l.tree(ctx, name, path)
	case !mode.IsRegular():
		return fmt.Errorf("%s is no file and no directory", path)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	l.entries = append(l.entries, entry{name: name, path: path, size: info.Size(), named: true})
	return nil
}

// nameOf is a path as findings call it: relative to the root when it is below.
func (o *DirOptions) nameOf(path string) string {
	name, err := filepath.Rel(o.Root, path)
	if err != nil || name == ".." || strings.HasPrefix(name, ".."+string(filepath.Separator)) {
		name = path
	}
	return filepath.ToSlash(name)
}

// tree lists a directory, without what git ignores where that is known.
func (l *lister) tree(ctx context.Context, name, path string) error {
	if l.options.NoGit || l.options.Environ == nil {
		return l.walk(ctx, name, path)
	}
	repo, err := git.Open(ctx, path, l.options.Environ)
	if err == nil && repo.Prefix != "" {
		var ignored map[string]bool
		if ignored, err = repo.Ignored(ctx, []string{"."}); ignored["."] {
			return l.walk(ctx, name, path)
		}
	}
	if err == nil {
		err = l.tracked(ctx, name, repo)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return nil
	case !errors.Is(err, git.ErrNotARepo):
		l.silences.add(envtight.NotAsked, fmt.Sprintf("git could not say which files it ignores, so they were looked at, too: %v", err), "", name)
	}
	return l.walk(ctx, name, path)
}

// tracked lists what git does not ignore.
func (l *lister) tracked(ctx context.Context, name string, repo *git.Repo) error {
	files, closed, err := repo.Files(ctx)
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, directory := range closed {
		told[directory] = true
		l.silences.add(envtight.Failed, "a directory could not be opened", "make it readable, or let git ignore it", below(name, directory))
	}
	for _, file := range files {
		path := filepath.Join(repo.Dir, filepath.FromSlash(file))
		if !l.isDirectory(repo.Dir, filepath.Dir(path)) {
			continue // a link, or gone: for git, the tracked files in it are deleted
		}
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // tracked and deleted
		case err != nil && told[filepath.ToSlash(filepath.Dir(file))]:
		case err != nil:
			l.unreadable(below(name, file), err)
		case info.IsDir():
			if err := l.inner(ctx, below(name, file), file, repo); err != nil {
				return err
			}
		default:
			l.file(below(name, file), path, info)
		}
	}
	return nil
}

// inner lists a repository inside another one.
func (l *lister) inner(ctx context.Context, name, file string, repo *git.Repo) error {
	inner, err := repo.Inner(ctx, file)
	if err == nil {
		err = l.tracked(ctx, name, inner)
	}
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return l.walk(ctx, name, filepath.Join(repo.Dir, filepath.FromSlash(file)))
}

// isDirectory tells whether path and all directories between it and top are
// directories, and none a link.
func (l *lister) isDirectory(top, path string) bool {
	if path == top || len(path) < len(top) {
		return true
	}
	known, ok := l.directories[path]
	if !ok {
		known = l.isDirectory(top, filepath.Dir(path))
		if known {
			info, err := os.Lstat(path)
			known = err == nil && info.IsDir()
		}
		l.directories[path] = known
	}
	return known
}

// walk lists everything but git's own directories.
func (l *lister) walk(ctx context.Context, name, path string) error {
	for waiting := [][2]string{{name, path}}; len(waiting) > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		name, path = waiting[len(waiting)-1][0], waiting[len(waiting)-1][1]
		waiting = waiting[:len(waiting)-1]
		entries, err := os.ReadDir(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.silences.add(envtight.Failed, "a directory could not be opened", "make it readable", name)
		}
		for _, e := range entries {
			if e.Name() == ".git" {
				continue
			}
			child, at := below(name, e.Name()), filepath.Join(path, e.Name())
			if e.IsDir() {
				waiting = append(waiting, [2]string{child, at})
				continue
			}
			info, err := e.Info()
			switch {
			case errors.Is(err, fs.ErrNotExist): // gone in between
			case err != nil:
				l.unreadable(child, err)
			default:
				l.file(child, at, info)
			}
		}
	}
	return nil
}

func below(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// file takes what can be read; pipes and devices are not even opened.
func (l *lister) file(name, path string, info fs.FileInfo) {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		l.entries = append(l.entries, entry{name: name, path: path, size: info.Size()})
	case mode&fs.ModeSymlink != 0:
		l.entries = append(l.entries, entry{name: name, path: path, link: true})
	default:
		l.silences.add(envtight.NotAsked, "pipes, sockets and devices were not read", "", name)
	}
}

func (l *lister) unreadable(name string, err error) {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathErr.Err
	}
	l.silences.add(envtight.Failed, fmt.Sprintf("could not be read (%v)", err), "make it readable, or let git ignore it", name)
}
