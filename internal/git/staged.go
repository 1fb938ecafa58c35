package git

import (
	"context"
	"strings"
)

// Staged returns the files at or below the repo's directory that the next commit
// would change, as the index has them: added, changed and deleted ones, of
// a renamed file both paths. They are in the index's order.
func (r *Repo) Staged(ctx context.Context) ([]string, error) {
	out, err := r.run(ctx, nil, "diff", "--cached", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--relative", "--ignore-submodules=dirty")
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(out), func(c rune) bool { return c == 0 }), nil
}
