package usage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/workspace"
)

// Reader finds what the files of one language, or of one kind of configuration, ask
// for.
type Reader struct {
	// Name is that of the language or format, as in "TypeScript and JavaScript".
	Name string
	// Match reports whether a file is one of the reader's. It decides by the path
	// alone. A file that several readers take is read by each.
	Match func(path string) bool
	// Scan reads the files. It returns those in which something was found, in order
	// of path; files that cannot be read it leaves to [Input.Text], which notes them.
	Scan func(context.Context, *Input) []File
}

// Input is what a reader works on. Its methods are safe for concurrent use.
type Input struct {
	Workspace *workspace.Workspace
	// Paths are the files that the reader matched, sorted.
	Paths []string
	// Workers is how many files to read at once, at least 1.
	Workers int

	mu      sync.Mutex
	failed  map[string]error // by path; shared by all readers
	scanned int64
}

// Text returns the content of a file, one of Paths or any other of the workspace. A
// file that cannot be read is noted, and ok is false.
func (in *Input) Text(path string) (text []byte, ok bool) {
	text, err := in.Workspace.Tree.Read(path)
	in.mu.Lock()
	defer in.mu.Unlock()
	if err != nil {
		in.failed[path] = err
		return nil, false
	}
	in.scanned += int64(len(text))
	return text, true
}

// Malformed notes that a file cannot be parsed, so that what it asks for is not
// known. The error must quote nothing of the file.
func (in *Input) Malformed(path string, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.failed[path] = &malformedError{err}
}

// malformedError is the reason why a file cannot be parsed.
type malformedError struct{ error }

// FileByFile returns the Scan of a reader that needs nothing but a file's own text.
// Parse returns nil for a file in which there is nothing, and an error for one that
// cannot be parsed.
func FileByFile(parse func(path string, text []byte) (*File, error)) func(context.Context, *Input) []File {
	return func(ctx context.Context, in *Input) []File {
		found := make([]*File, len(in.Paths))
		in.Each(ctx, in.Paths, func(i int, path string) {
			text, ok := in.Text(path)
			if !ok {
				return
			}
			file, err := parse(path, text)
			if err != nil {
				in.Malformed(path, err)
			}
			found[i] = file
		})
		var out []File
		for _, file := range found {
			if file != nil && len(file.Reads)+len(file.Mentions) > 0 {
				out = append(out, *file)
			}
		}
		return out
	}
}

// Each calls do for every path, several at once, until ctx ends.
func (in *Input) Each(ctx context.Context, paths []string, do func(i int, path string)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range min(in.Workers, max(1, len(paths))) {
		group.Go(func() {
			for i := range next {
				do(i, paths[i])
			}
		})
	}
	for i := range paths {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
}

// Result is what a repository asks for.
type Result struct {
	// Files are those in which something was found, in order of path and reader.
	Files []File
	// Looked is the number of files that were read.
	Looked int
	// Bytes is how much they hold.
	Bytes int64
	// Unread are the files that could not be read, sorted: what they ask for is not
	// known.
	Unread []string
	// Incomplete says so in words, one line for each cause.
	Incomplete []envtight.Incompleteness
}

// Scan lets each reader look at its files of the workspace. Workers is how many
// files are read at once; 0 means a number that suits the machine. The result does
// not depend on it. The only error is that of ctx.
func Scan(ctx context.Context, w *workspace.Workspace, readers []Reader, workers int) (*Result, error) {
	workers = workersOr(workers)
	result := &Result{}
	failed := map[string]error{}
	looked := map[string]bool{}
	for _, reader := range readers {
		in := &Input{Workspace: w, Workers: workers, failed: failed}
		for _, file := range w.Tree.Files {
			if reader.Match(file.Path) && !linked(w, file) {
				in.Paths = append(in.Paths, file.Path)
				looked[file.Path] = true
			}
		}
		result.Files = append(result.Files, reader.Scan(ctx, in)...)
		result.Bytes += in.scanned
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(result.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for path, err := range failed {
		delete(looked, path)
		result.Unread = append(result.Unread, path)
		result.Incomplete = append(result.Incomplete, unread(path, err))
	}
	result.Looked = len(looked)
	slices.Sort(result.Unread)
	slices.SortFunc(result.Incomplete, func(a, b envtight.Incompleteness) int { return strings.Compare(a.Location.Path, b.Location.Path) })
	return result, nil
}

// workersOr is how many files are read at once; 0 means a number that suits the
// machine.
func workersOr(workers int) int {
	if workers > 0 {
		return workers
	}
	return max(2, min(runtime.GOMAXPROCS(0), 8))
}

// linked reports whether the file is a symbolic link to one that is read under its
// own name, or to nothing of the workspace.
func linked(w *workspace.Workspace, file workspace.File) bool {
	if !file.Symlink {
		return false
	}
	target, err := w.Tree.Resolve(file.Path)
	return err != nil || target != file.Path
}

func unread(path string, err error) envtight.Incompleteness {
	out := envtight.Incompleteness{
		Silence:  envtight.Failed,
		Cause:    fmt.Sprintf("%s could not be read, so the variables that it asks for are not known: %s", path, reason(err)),
		Advice:   "make it readable, or exclude it",
		Location: envtight.WholeFile(path),
	}
	if errors.Is(err, workspace.ErrTooLarge) {
		out.Silence = envtight.Undecidable
		out.Advice = "exclude it, or split it"
	}
	if _, ok := errors.AsType[*malformedError](err); ok {
		out.Silence = envtight.Undecidable
		out.Cause = fmt.Sprintf("%s could not be parsed, so the variables that it asks for are not known: %s", path, err)
		out.Advice = "mend it, or exclude it"
	}
	return out
}

// reason is the cause of a file system error, without the path.
func reason(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = failed.Err
	}
	return err.Error()
}
