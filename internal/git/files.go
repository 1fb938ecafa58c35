package git

import (
	"bytes"
	"context"
	"slices"
	"strings"
)

// Files returns the files of the work tree at or below the given paths, all when
// there are none: those that are tracked and those that are neither tracked nor
// ignored, sorted, each once. A path names a file or a directory and is relative
// to the repo's directory.
//
// A tracked file may be gone from the work tree. Repositories inside this one,
// submodules among them, are one entry each, and what is in them is not
// listed.
func (r *Repo) Files(ctx context.Context, paths ...string) ([]string, error) {
	args := []string{"ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"}
	for _, path := range paths {
		args = append(args, ":(literal)"+path)
	}
	out, err := r.run(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	files := make([]string, 0, bytes.Count(out, []byte{0}))
	text := string(out)
	for at, i := 0, 0; i < len(text); i++ {
		if text[i] == 0 {
			// A slash ends the entry of a repository that is not tracked.
			path := text[at:i]
			if n := len(path); n > 0 && path[n-1] == '/' {
				path = path[:n-1]
			}
			files = append(files, path)
			at = i + 1
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil // while a merge is unresolved, a file has several entries
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
