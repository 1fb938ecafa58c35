package git

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// Removal is the commit by which the last file of a directory went away.
type Removal struct {
	// Commit is its name, hexadecimal, and At its commit time in UTC.
	Commit string
	At     time.Time
	// Author is the name in it: any text that somebody chose.
	Author string
}

// literal begins a path in which nothing is a pattern.
const literal = ":(top,literal)"

// Holds reports whether the index has anything at or below path, which is relative to
// the top of the work tree. A sparse checkout need not have it.
func (r *Repo) Holds(ctx context.Context, path string) (bool, error) {
	out, err := r.run(ctx, nil, "ls-files", "-z", "--", literal+path)
	return len(out) > 0, err
}

// Removed returns the commit that removed dir, which is relative to the top of the
// work tree. It is nil where nobody did: dir is in the index or in HEAD, or the
// history of HEAD, as far as this clone has it, knows nothing of it. Of several
// removals the last one counts. The history is walked from HEAD until the directory
// is met, so bound ctx.
func (r *Repo) Removed(ctx context.Context, dir string) (*Removal, error) {
	if !fs.ValidPath(dir) || dir == "." || strings.ContainsRune(dir, 0) {
		return nil, nil //nolint:nilnil // nothing was removed, and nothing went wrong
	}
	head, err := r.HeadCommit(ctx)
	if err != nil || head == "" {
		return nil, err
	}
	if held, err := r.Holds(ctx, dir); err != nil || held {
		return nil, err
	}
	out, err := r.run(ctx, nil, "ls-tree", "-z", "--full-tree", head, "--", dir)
	if err != nil || len(out) > 0 {
		return nil, err
	}
	// The last commit that changed it left nothing of it.
	out, err = r.run(ctx, nil, "log", "-1", "--no-mailmap", "--no-ext-diff", "--no-textconv", "--format=%H%x00%ct%x00%an", head, "--", literal+dir)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	fields := strings.SplitN(strings.TrimSuffix(string(out), "\n"), "\x00", 3)
	if len(fields) != 3 || !isHex(fields[0]) {
		return nil, errors.New("git log: unexpected answer")
	}
	seconds, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return nil, errors.New("git log: unexpected time")
	}
	return &Removal{Commit: fields[0], At: time.Unix(seconds, 0).UTC(), Author: fields[2]}, nil
}
