package cli

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/workspace"
)

// ownPull names, on the command line, the pull request that a run in CI is for.
const ownPull = "pr/auto"

// pullRequest is the pull request that a run in CI is for.
type pullRequest struct {
	number int
	// branch is the one that it comes from, and base the one that it goes to;
	// empty: not known.
	branch, base string
}

// pullVariables are the variables that tell the pull request in CI, in order,
// each with the one of its branch. Sources: the documents of GitHub Actions,
// GitLab CI, Vercel, Buildkite, CircleCI and Azure Pipelines.
var pullVariables = []struct {
	number, branch string
	// before and after stand round the number.
	before, after string
}{
	{"GITHUB_REF", "GITHUB_HEAD_REF", "refs/pull/", "/merge"},
	{"CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "", ""},
	{"VERCEL_GIT_PULL_REQUEST_ID", "VERCEL_GIT_COMMIT_REF", "", ""},
	{"BUILDKITE_PULL_REQUEST", "BUILDKITE_BRANCH", "", ""},
	{"CIRCLE_PULL_REQUEST", "CIRCLE_BRANCH", "/pull/", ""},
	{"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_SOURCEBRANCH", "", ""},
}

// pullRequest finds the pull request that this run is for.
func (a *app) pullRequest() (pullRequest, bool) {
	for _, v := range pullVariables {
		_, text, found := strings.Cut(a.env.getenv(v.number), v.before)
		text, whole := strings.CutSuffix(text, v.after)
		number, err := strconv.Atoi(text)
		if !found || !whole || err != nil || number <= 0 {
			continue
		}
		return pullRequest{
			number: number,
			branch: strings.TrimPrefix(a.env.getenv(v.branch), "refs/heads/"),
			base:   a.pullBase(),
		}, true
	}
	return pullRequest{}, false
}

// pullBase is the branch that the pull request of this run goes to.
func (a *app) pullBase() string {
	for _, v := range branchVariables {
		if v.base {
			if value := a.env.getenv(v.name); value != "" {
				return value
			}
		}
	}
	return ""
}

// pullEnvironment settles the environment that is meant by "pr/12" or "pr/auto".
func (a *app) pullEnvironment(name string) (environment, reason string, err error) {
	if name == ownPull {
		own, ok := a.pullRequest()
		if !ok {
			return "", "", usage("--env %s: no variable of a CI system tells a pull request; name it, as in --env pr/12", ownPull)
		}
		environment = envcheck.PullEnvironment(own.number)
		return environment, "environment " + environment + ": this pull request", nil
	}
	if _, ok := envcheck.PullNumber(name); !ok {
		return "", "", usage("--env %s: want the number of a pull request, as in --env pr/12, or %s in its CI", name, ownPull)
	}
	return name, "", nil
}

// pulls are the pull requests among the environments to judge.
type pulls struct {
	a            *app
	p            *project
	environments []string
	repository   string
	own          pullRequest // the zero one when this run is for none
}

func (a *app) pulls(ctx context.Context, p *project, environments []string) *pulls {
	out := &pulls{a: a, p: p}
	for _, name := range environments {
		if _, ok := envcheck.PullNumber(name); ok {
			out.environments = append(out.environments, name)
		}
	}
	if len(out.environments) > 0 {
		out.repository = p.repository(ctx)
		out.own, _ = a.pullRequest()
	}
	return out
}

// copyOf says which of the user's environments count as those that pull requests'
// are copies of: the one that is called so, else the one of the branch that a
// pull request goes to.
func (s *pulls) copyOf() map[string]string {
	out := map[string]string{}
	for _, environment := range s.environments {
		for _, word := range []string{"preview", "pr"} {
			if slices.Contains(s.p.config.EnvironmentNames(), word) {
				out[environment] = word
				break
			}
		}
		if out[environment] == "" && s.isOwn(environment) && s.own.base != "" {
			if fits := s.p.config.EnvironmentFor(s.own.base); len(fits) == 1 {
				out[environment] = fits[0]
			}
		}
	}
	return out
}

func (s *pulls) isOwn(environment string) bool {
	number, _ := envcheck.PullNumber(environment)
	return number == s.own.number
}

// link adds the environments of pull requests to what each link maps. On Vercel
// such a one is preview, on the branch of the pull request where that is known.
func (s *pulls) link(links []envcheck.Link) {
	if len(s.environments) == 0 {
		return
	}
	copyOf := s.copyOf()
	for i := range links {
		l := &links[i]
		l.Environments = maps.Clone(l.Environments)
		l.TokenEnv = maps.Clone(l.TokenEnv)
		for _, environment := range s.environments {
			original := copyOf[environment]
			if original != "" && slices.Contains(l.NotIn, original) {
				continue // it is not deployed there, on purpose
			}
			l.Environments[environment] = s.ref(l.Platform, environment)
			if l.TokenEnv[""] == "" && l.TokenEnv[original] != "" {
				l.TokenEnv[environment] = l.TokenEnv[original]
			}
		}
	}
}

func (s *pulls) ref(platform, environment string) envcheck.EnvironmentRef {
	ref := envcheck.EnvironmentRef{Name: environment, Pull: envcheck.Pull{Repository: s.repository}}
	ref.Pull.Number, _ = envcheck.PullNumber(environment)
	if platform == workspace.Vercel {
		ref.Name = "preview"
		if s.isOwn(environment) {
			ref.Branch = s.own.branch
		}
	}
	return ref
}

// sayBranch says which previews are not judged on the branch of their pull
// request. apps are those in scope; nil: all.
func (s *pulls) sayBranch(links []envcheck.Link, apps []string) {
	for _, environment := range s.environments {
		if slices.ContainsFunc(links, func(l envcheck.Link) bool {
			ref := l.Environments[environment]
			return l.Platform == workspace.Vercel && ref.Pull.Number > 0 && ref.Branch == "" && (apps == nil || slices.Contains(apps, l.App))
		}) {
			s.a.say("environment %s: its branch is not known here, so on vercel it is preview without the variables of single branches", environment)
		}
	}
}

// branches are those of the repository, as the clone knows them.
func (p *project) branches(ctx context.Context) envcheck.Branches {
	if p.repo == nil {
		return envcheck.Branches{Unknown: "git could not be asked for the branches of the repository"}
	}
	known, err := p.repo.Branches(ctx)
	if err != nil {
		return envcheck.Branches{Unknown: "git could not be asked for the branches of the repository"}
	}
	return envcheck.Branches{
		Repository: p.repository(ctx),
		Names:      known.Names, AsOf: known.AsOf, Unknown: known.Unknown, Advice: known.Advice,
	}
}
