package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// HooksDir is where git looks for the hooks of a repository.
type HooksDir struct {
	// Path is absolute. It need not exist.
	Path string
	// Scope is the part of the configuration whose core.hooksPath names it:
	// "system", "global", "local" or "worktree"; empty for the usual place.
	Scope string
}

// HooksDir returns where git looks for hooks. Linked work trees share those of
// their repository.
func (r *Repo) HooksDir(ctx context.Context) (HooksDir, error) {
	usual := HooksDir{Path: filepath.Join(r.CommonDir, "hooks")}
	out, err := r.run(ctx, nil, "config", "--null", "--show-scope", "--type=path", "--get-all", "core.hooksPath")
	if failure, ok := errors.AsType[*Failure](err); ok && failure.Code == 1 {
		return usual, nil
	}
	if err != nil {
		return HooksDir{}, err
	}
	// "scope NUL path NUL" for each, the last one counts. The hardening's own is
	// among them.
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if len(fields)%2 != 0 {
		return HooksDir{}, fmt.Errorf("git config: unexpected answer of %d fields", len(fields))
	}
	found := usual
	for i := 0; i < len(fields); i += 2 {
		if scope, path := fields[i], filepath.FromSlash(fields[i+1]); scope != "command" && path != "" {
			if !filepath.IsAbs(path) {
				path = filepath.Join(r.Top, path) // where hooks are run
			}
			found = HooksDir{Path: filepath.Clean(path), Scope: scope}
		}
	}
	return found, nil
}
