package git

import (
	"context"
	"errors"
	"strconv"
	"strings"
)

// Change is a file of the index that is not as it is in HEAD. A side that does not
// have it has the mode 0 and a name of zeros.
type Change struct {
	// Path is relative to the top of the work tree.
	Path string
	// Modes are as in [Entry], blobs hexadecimal.
	OldMode, NewMode uint32
	OldBlob, NewBlob string
	// Conflict tells that a merge of the file is unresolved.
	Conflict bool
}

// StagedChanges returns the files of the index that are not as they are in HEAD, ordered by
// path; before the first commit, all. Files of which only the name was added are not
// among them.
func (r *Repo) StagedChanges(ctx context.Context) ([]Change, error) {
	head, err := r.HeadCommit(ctx)
	if err != nil {
		return nil, err
	}
	if head == "" {
		// The name of a tree without entries, which every repository knows.
		out, err := r.run(ctx, strings.NewReader(""), "hash-object", "-t", "tree", "--stdin")
		if err != nil {
			return nil, err
		}
		head = strings.TrimSpace(string(out))
	}
	out, err := r.run(ctx, nil, "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff",
		"--ignore-submodules=none", "--ita-invisible-in-index", head)
	if err != nil {
		return nil, err
	}
	return parseChanges(string(out))
}

// parseChanges reads ":MODE MODE NAME NAME STATUS NUL path NUL" records.
func parseChanges(out string) ([]Change, error) {
	unexpected := errors.New("git diff-index: unexpected record")
	var changes []Change
	for out != "" {
		facts, rest, ok1 := strings.Cut(out, "\x00")
		path, rest, ok2 := strings.Cut(rest, "\x00")
		fields := strings.Fields(strings.TrimPrefix(facts, ":"))
		if !ok1 || !ok2 || path == "" || len(fields) != 5 || !strings.HasPrefix(facts, ":") || !isHex(fields[2]) || !isHex(fields[3]) {
			return nil, unexpected
		}
		oldMode, err1 := strconv.ParseUint(fields[0], 8, 32)
		newMode, err2 := strconv.ParseUint(fields[1], 8, 32)
		if err1 != nil || err2 != nil {
			return nil, unexpected
		}
		changes = append(changes, Change{
			Path: path, OldMode: uint32(oldMode), NewMode: uint32(newMode), OldBlob: fields[2], NewBlob: fields[3], Conflict: fields[4] == "U",
		})
		out = rest
	}
	return changes, nil
}
