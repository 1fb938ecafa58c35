package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Errors of [Repo.Changed], to be tested with errors.Is.
var (
	// ErrUnknownRef: there is no such commit in this clone.
	ErrUnknownRef = errors.New("there is no such commit here")
	// ErrNoMergeBase: the commit and HEAD have no ancestor in common, as far as
	// this clone knows.
	ErrNoMergeBase = errors.New("it has no commit in common with what is checked out")
)

// Changed returns the files at or below the repo's directory that differ between
// the last commit that ref and HEAD have in common and now: what was committed
// since, what is staged, what is only in the work tree, and untracked files that
// are not ignored. Of a renamed file both paths are changed, and so is a deleted
// file; of a submodule it is the path at which it stands. The paths are sorted.
//
// ref is whatever git takes for a commit. One that begins with "-" is
// [ErrUnknownRef]: git would take it for an option.
func (r *Repo) Changed(ctx context.Context, ref string) ([]string, error) {
	base, err := r.MergeBase(ctx, ref)
	if err != nil {
		return nil, err
	}
	filters, err := r.withoutFilters(ctx)
	if err != nil {
		return nil, err
	}
	diff := []string{
		"diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative",
		// Whether a submodule's own files changed, git would ask another git.
		"--ignore-submodules=dirty",
	}
	found := map[string]bool{}
	for _, args := range [][]string{
		slices.Concat(diff, []string{base, "--"}),
		slices.Concat(diff, []string{"--cached", base, "--"}),
		{"ls-files", "--others", "--exclude-standard", "-z"},
	} {
		out, err := r.runWith(ctx, filters, nil, args...)
		if err != nil {
			return nil, err
		}
		for path := range bytes.SplitSeq(out, []byte{0}) {
			if len(path) > 0 {
				found[string(path)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// MergeBase returns the name of the last commit that ref and HEAD have in common, or
// [ErrUnknownRef] or [ErrNoMergeBase].
func (r *Repo) MergeBase(ctx context.Context, ref string) (string, error) {
	if ref == "" || strings.HasPrefix(ref, "-") || strings.ContainsAny(ref, "\x00\n") {
		return "", ErrUnknownRef
	}
	out, err := r.run(ctx, nil, "rev-parse", "--quiet", "--verify", ref+"^{commit}")
	if _, ok := errors.AsType[*Failure](err); ok {
		return "", ErrUnknownRef // 1, or 128 for what is no name of a commit at all
	}
	if err != nil {
		return "", err
	}
	commit := strings.TrimSpace(string(out))
	if !isHex(commit) {
		return "", ErrUnknownRef
	}
	out, err = r.run(ctx, nil, "merge-base", commit, "HEAD")
	if _, ok := errors.AsType[*Failure](err); ok {
		return "", ErrNoMergeBase // 1, or 128 when HEAD has no commit yet
	}
	if err != nil {
		return "", err
	}
	base, _, _ := strings.Cut(string(out), "\n")
	if !isHex(base) {
		return "", fmt.Errorf("git merge-base: unexpected answer of %d bytes", len(out))
	}
	return base, nil
}

// withoutFilters returns the options that switch off all filter programs. git
// would run them over a file whose time has changed, to see whether its content
// has; without them such a file may count as changed when it is not.
func (r *Repo) withoutFilters(ctx context.Context) ([]string, error) {
	out, err := r.run(ctx, nil, "config", "--null", "--name-only", "--get-regexp", `^filter\..*\.(clean|process|required)$`)
	if failure, ok := errors.AsType[*Failure](err); ok && failure.Code == 1 {
		return nil, nil // there are none
	}
	if err != nil {
		return nil, err
	}
	var options []string
	for name := range strings.SplitSeq(string(out), "\x00") {
		switch {
		case name == "":
		case strings.Contains(name, "="):
			return nil, errors.New("git config: a filter has \"=\" in its name, so it cannot be switched off")
		case strings.HasSuffix(name, ".required"):
			options = append(options, "-c", name+"=false")
		default:
			options = append(options, "-c", name+"=")
		}
	}
	return options, nil
}

// Shallow reports whether the clone lacks old commits.
func (r *Repo) Shallow() bool {
	_, err := os.Stat(filepath.Join(r.CommonDir, "shallow"))
	return err == nil
}
