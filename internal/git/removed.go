package git

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// Removal is the commit by which the last file of a directory, or the last line with a
// name, went away.
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
	return r.last(ctx, head, "--", literal+dir)
}

// LastNamed returns the last commit of HEAD's history that changed how often its texts,
// without those of exclude (patterns of paths, as "**/*.md"), hold word; nil when none
// did. Where HEAD holds it nowhere, that is the commit that removed it. Within is the
// path of a file or directory to look in; empty is everywhere. All commits are compared
// until one is found, so bound ctx.
func (r *Repo) LastNamed(ctx context.Context, word, within string, exclude []string) (*Removal, error) {
	head, err := r.HeadCommit(ctx)
	if err != nil || head == "" || word == "" {
		return nil, err
	}
	args := []string{"-S" + word, head, "--", literal + within}
	for _, pattern := range exclude {
		args = append(args, ":(top,exclude,glob)"+pattern)
	}
	return r.last(ctx, args...)
}

// last returns the last commit that git log finds; nil when it finds none.
func (r *Repo) last(ctx context.Context, args ...string) (*Removal, error) {
	options := []string{"log", "-1", "--no-mailmap", "--no-ext-diff", "--no-textconv", "--format=%H%x00%ct%x00%an"}
	out, err := r.run(ctx, nil, append(options, args...)...)
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
