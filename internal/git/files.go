package git

import (
	"bytes"
	"context"
	"slices"
	"strings"
)

// Files returns the files of the work tree at or below the repo's directory: those
// that are tracked and those that are neither tracked nor ignored, sorted, each
// once. closed are the directories that git could not open.
//
// A tracked file may be gone from the work tree. Repositories inside this one,
// submodules among them, are one entry each, and what is in them is not
// listed.
func (r *Repo) Files(ctx context.Context) (files, closed []string, err error) {
	out, said, err := r.runBoth(ctx, nil, nil, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, nil, err
	}
	files = make([]string, 0, bytes.Count(out, []byte{0}))
	// Slices of one string take less memory than a million strings.
	for path := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if path != "" {
			files = append(files, strings.TrimSuffix(path, "/")) // which ends a repository that is not tracked
		}
	}
	slices.Sort(files)
	// While a merge is unresolved, a file has several entries.
	return slices.Compact(files), closedDirectories(said, r.Prefix), nil
}

// closedDirectories finds git's warnings about directories that it could not open,
// which it names from the top.
func closedDirectories(said, prefix string) []string {
	var out []string
	for line := range strings.Lines(said) {
		rest, ok := strings.CutPrefix(line, "warning: could not open directory '")
		if end := strings.LastIndex(rest, "': "); ok && end >= 0 {
			out = append(out, strings.TrimSuffix(strings.TrimPrefix(rest[:end], prefix), "/"))
		}
	}
	return out
}

// Inner returns the repository whose work tree begins at a path below the repo's
// directory, as a submodule. What a hook said of this repository does not hold
// there.
func (r *Repo) Inner(ctx context.Context, path string) (*Repo, error) {
	inner := &Repo{Dir: r.absolute(path), program: r.program, env: withoutHook(r.env)}
	if err := inner.locate(ctx); err != nil {
		return nil, err
	}
	if inner.Prefix != "" {
		return nil, ErrNotARepo // its directory belongs to this one
	}
	return inner, nil
}

// withoutHook is an environment without what says which repository is meant.
func withoutHook(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"}, name)
	})
}
