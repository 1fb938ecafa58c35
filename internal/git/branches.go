package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Branches are the branches of the remote "origin", as the clone knows them
// without asking, and those of the clone itself.
type Branches struct {
	Names []string // sorted
	// AsOf is a time at which all of the remote's were asked for.
	AsOf time.Time
	// Unknown says why the clone does not know all of the remote's, and Advice
	// what to do about it. Names and AsOf are then not filled in.
	Unknown, Advice string
}

const fetchAll = "run: git fetch --prune"

// Branches lists the branches that exist, as far as the clone can tell: one that
// fetches all of them, and has done so.
func (r *Repo) Branches(ctx context.Context) (Branches, error) {
	if r.Shallow() {
		return Branches{Unknown: "this clone is shallow", Advice: "clone it whole (in GitHub Actions: fetch-depth: 0)"}, nil
	}
	whole, err := r.fetchesAll(ctx)
	if err != nil {
		return Branches{}, err
	}
	if !whole {
		return Branches{Unknown: "this clone does not fetch all branches of origin", Advice: "run: git remote set-branches origin '*', then git fetch --prune"}, nil
	}
	out, err := r.run(ctx, nil, "for-each-ref", "--format=%(refname)", "refs/heads/", "refs/remotes/origin/")
	if err != nil {
		return Branches{}, err
	}
	var b Branches
	remote := 0
	for line := range strings.Lines(string(out)) {
		ref := strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(ref, "refs/remotes/origin/"); ok && name != "HEAD" {
			b.Names = append(b.Names, name)
			remote++
		} else if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
			b.Names = append(b.Names, name)
		}
	}
	if remote < 2 {
		return Branches{Unknown: "this clone knows no more than one branch of origin", Advice: fetchAll}, nil
	}
	if b.AsOf = r.askedForAll(remote); b.AsOf.IsZero() {
		return Branches{Unknown: "nobody knows when this clone last asked for all branches", Advice: fetchAll}, nil
	}
	slices.Sort(b.Names)
	b.Names = slices.Compact(b.Names)
	return b, nil
}

// fetchesAll reports whether the clone is set up to fetch every branch, as a
// usual one is.
func (r *Repo) fetchesAll(ctx context.Context) (bool, error) {
	out, err := r.run(ctx, nil, "config", "--get-all", "remote.origin.fetch")
	if failure, ok := errors.AsType[*Failure](err); ok && failure.Code == 1 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	all := false
	for line := range strings.Lines(string(out)) {
		spec := strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(spec, "^") { // leaves some out
			return false, nil
		}
		all = all || strings.TrimPrefix(spec, "+") == "refs/heads/*:refs/remotes/origin/*"
	}
	return all, nil
}

// askedForAll returns when the clone last asked for at least n branches; zero when
// nobody knows. A fetch of some branches leaves the same file behind as one of
// all, but names fewer in it; the clone itself asked for all.
func (r *Repo) askedForAll(n int) time.Time {
	var last time.Time
	for _, dir := range []string{r.GitDir, r.CommonDir} {
		path := filepath.Join(dir, "FETCH_HEAD")
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxOutput {
			continue
		}
		text, err := os.ReadFile(path)
		if err == nil && bytes.Count(text, []byte("\tbranch '")) >= n && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	if last.IsZero() {
		last = cloned(filepath.Join(r.CommonDir, "logs", "HEAD"))
	}
	return last
}

// cloned reads from the first line of a log of HEAD when the repository was
// cloned; zero when the log does not begin with that.
func cloned(path string) time.Time {
	file, err := os.Open(path)
	if err != nil {
		return time.Time{}
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	if !lines.Scan() {
		return time.Time{}
	}
	// "OLD SP NEW SP name <mail> SP seconds SP zone TAB message"
	who, message, _ := strings.Cut(lines.Text(), "\t")
	fields := strings.Fields(who)
	if !strings.HasPrefix(message, "clone: ") || len(fields) < 2 {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(fields[len(fields)-2], 10, 64)
	if err != nil || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
