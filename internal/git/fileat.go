package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
)

// ErrMissing says that a file of a commit is known and its content is not in this
// clone.
var ErrMissing = errors.New("its content is not in this clone")

// FileAt returns the content of a file in a commit, as it is stored there: no filter
// and no text conversion is applied. found is false when the commit has no regular
// file of this path, as for a symbolic link. The commit is a hexadecimal name, as
// [Repo.MergeBase] returns it.
func (r *Repo) FileAt(ctx context.Context, commit, name string) (text []byte, found bool, err error) {
	if !isHex(commit) {
		return nil, false, ErrUnknownRef
	}
	full := path.Clean(r.Prefix + name)
	if full == "." || full == ".." || strings.HasPrefix(full, "../") || strings.HasPrefix(full, "/") || strings.ContainsRune(full, 0) {
		return nil, false, nil
	}
	out, err := r.run(ctx, nil, "ls-tree", "-z", "--full-tree", commit, "--", full)
	if err != nil {
		return nil, false, err
	}
	// "MODE SP type SP NAME TAB path NUL"
	facts, rest, _ := bytes.Cut(bytes.TrimSuffix(out, []byte{0}), []byte{'\t'})
	fields := strings.Fields(string(facts))
	if len(fields) != 3 || string(rest) != full || fields[1] != "blob" || fields[0] != "100644" && fields[0] != "100755" {
		return nil, false, nil
	}
	blobs, err := r.Blobs(ctx, []string{fields[2]})
	if err != nil {
		return nil, false, err
	}
	text, ok := blobs[fields[2]]
	if !ok {
		return nil, false, fmt.Errorf("git cat-file: %w", ErrMissing)
	}
	return text, true, nil
}
