package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/shell"
)

// environments settles which of the user's environments are judged, and says why
// when nobody named them.
func (a *app) selectEnvironments(ctx context.Context, p *project) (names []string, reason string, err error) {
	known := p.config.EnvironmentNames()
	if len(a.flags.environments) == 0 {
		return slices.DeleteFunc(known, func(n string) bool { return n == envcheck.LocalEnvironment }), "", nil
	}
	for _, name := range a.flags.environments {
		if name == "auto" {
			if name, reason, err = a.automatic(ctx, p); err != nil {
				return nil, "", err
			}
		} else if strings.HasPrefix(name, "pr/") {
			if name, reason, err = a.pullEnvironment(name); err != nil {
				return nil, "", err
			}
		} else if !slices.Contains(known, name) && name != envcheck.LocalEnvironment {
			return nil, "", usage("--env %s: there is no such environment; there are %s", shell.Quote(name), list(known))
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, reason, nil
}

// automatic finds the environment of the branch. Two or no matching environments
// are an error: a guess would compare with the wrong place.
func (a *app) automatic(ctx context.Context, p *project) (name, reason string, err error) {
	branch, source, err := a.branch(ctx, p)
	if err != nil {
		return "", "", err
	}
	matches := p.config.EnvironmentFor(branch)
	if len(matches) != 1 {
		return "", "", usage("--env auto: branch %s (%s) is deployed to %s; name one with --env, or correct branches in %s",
			branch, source, list(matches), configName)
	}
	return matches[0], fmt.Sprintf("environment %s: branch %s (%s)", matches[0], branch, source), nil
}

// branchVariables are the variables that tell the branch in CI, in order. In
// a pull request the branch it goes to counts: that environment will get the
// change. Sources: the documents of GitHub Actions, GitLab CI, Vercel, Railway,
// CircleCI, Buildkite and Azure Pipelines.
var branchVariables = []struct {
	name, what string
	base       bool // it is where a pull request goes to
}{
	{"GITHUB_BASE_REF", "base of the pull request", true},
	{"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "target of the merge request", true},
	{"BUILDKITE_PULL_REQUEST_BASE_BRANCH", "base of the pull request", true},
	{"GITHUB_REF_NAME", "GITHUB_REF_NAME", false},
	{"CI_COMMIT_BRANCH", "CI_COMMIT_BRANCH", false},
	{"VERCEL_GIT_COMMIT_REF", "VERCEL_GIT_COMMIT_REF", false},
	{"RAILWAY_GIT_BRANCH", "RAILWAY_GIT_BRANCH", false},
	{"CIRCLE_BRANCH", "CIRCLE_BRANCH", false},
	{"BUILDKITE_BRANCH", "BUILDKITE_BRANCH", false},
}

// branch finds the branch that a deployment would be made from.
func (a *app) branch(ctx context.Context, p *project) (branch, source string, err error) {
	if a.env.getenv("GITHUB_REF_TYPE") != "tag" || a.env.getenv("GITHUB_BASE_REF") != "" {
		for _, v := range branchVariables {
			if value := a.env.getenv(v.name); value != "" {
				return value, v.what, nil
			}
		}
	}
	if p.repoErr != nil {
		return "", "", failure("--env auto: git could not be asked for the branch: %w", p.repoErr)
	}
	if p.repo == nil {
		return "", "", usage("--env auto: this is no git repository, so there is no branch; name one with --env")
	}
	branch, err = p.repo.Branch(ctx)
	if err != nil {
		return "", "", failure("--env auto: cannot ask git for the branch: %w", err)
	}
	if branch == "" {
		return "", "", usage("--env auto: no branch is checked out (detached HEAD); name one with --env")
	}
	return branch, "checked out", nil
}
