package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/envtight/envtight/internal/git"
)

// baseCommit is the variable by which GitLab tells the commit that a merge request
// starts from. Source: GitLab's list of predefined variables.
const baseCommit = "CI_MERGE_REQUEST_DIFF_BASE_SHA"

// base is the revision that a pull request starts from. What decides how a change is
// judged is read there, so that a change cannot judge itself.
type base struct {
	repo *git.Repo
	// name is what the pull request goes to: a branch or a commit.
	name   string
	commit string
}

// baseRevision returns the base of the pull request that the command runs in, nil when
// it runs in none. The error says that the base cannot be read, and by its text why.
func (a *app) baseRevision(ctx context.Context, p *project) (*base, error) {
	name := a.env.getenv(baseCommit)
	refs := []string{name}
	if name == "" {
		name = a.pullBase()
		refs = []string{"refs/remotes/origin/" + name, "refs/heads/" + name}
	}
	switch {
	case name == "":
		return nil, nil //nolint:nilnil // no pull request is no error
	case p.repoErr != nil:
		return nil, fmt.Errorf("git could not be asked: %w", p.repoErr)
	case p.repo == nil:
		return nil, errors.New("this is no git repository")
	}
	b := &base{repo: p.repo, name: name}
	var err error
	for _, ref := range refs {
		if b.commit, err = p.repo.MergeBase(ctx, ref); !errors.Is(err, git.ErrUnknownRef) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

// file returns a file of the base, whose path counts from the root of the repository;
// nil when there is none.
func (b *base) file(ctx context.Context, path string) ([]byte, error) {
	text, found, err := b.repo.FileAt(ctx, b.commit, path)
	if err != nil || !found {
		return nil, err
	}
	if text == nil {
		text = []byte{}
	}
	return text, nil
}

// fetchBase is the advice when the base cannot be read.
const fetchBase = "fetch it before: in actions/checkout fetch-depth: 0, in GitLab CI GIT_DEPTH: 0, elsewhere git fetch"
