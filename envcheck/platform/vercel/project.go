package vercel

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck"
)

const (
	projectPath      = "/v9/projects/{idOrName}"
	environmentsPath = "/v9/projects/{idOrName}/custom-environments"
)

// The targets that every project has.
const (
	production  = "production"
	preview     = "preview"
	development = "development"
)

var targets = []string{production, preview, development}

// project is what Vercel tells of a project. The list of its variables in it is
// counted only: it is not what a token may see in the list proper.
type project struct {
	wireErrors

	ID            text                 `json:"id"`
	Name          text                 `json:"name"`
	AccountID     text                 `json:"accountId"`
	RootDirectory text                 `json:"rootDirectory"`
	Framework     text                 `json:"framework"`
	Link          *link                `json:"link"`
	ExposesSystem *bool                `json:"autoExposeSystemEnvs"`
	Custom        *[]customEnvironment `json:"customEnvironments"`
	Env           []struct{}           `json:"env"`
	Targets       currentDeployments   `json:"targets"`
	Latest        latestDeployments    `json:"latestDeployments"`
	LastAlias     aliasRequest         `json:"lastAliasRequest"`

	// listedTeam is the team in whose list the project was found, when the
	// list of teams led there.
	listedTeam string
}

// customEnvironment is an environment of the project's own, as "staging".
type customEnvironment struct {
	ID   text `json:"id"`
	Slug text `json:"slug"`
}

// link is the repository a project is built from, in the words of its host.
type link struct {
	Type text `json:"type"`
	// GitHub: org and repo, Bitbucket: owner and slug, GitLab: a URL.
	Org        text `json:"org"`
	Repo       text `json:"repo"`
	Owner      text `json:"owner"`
	Slug       text `json:"slug"`
	ProjectURL text `json:"projectUrl"`
}

// repository returns "owner/name", or "" if the link does not tell.
func (l *link) repository() string {
	if l == nil {
		return ""
	}
	switch {
	case l.ProjectURL.given:
		u, err := url.Parse(l.ProjectURL.value)
		if err != nil {
			return ""
		}
		return strings.Trim(u.Path, "/")
	case l.Owner.given && l.Slug.given:
		return l.Owner.value + "/" + l.Slug.value
	case strings.Contains(l.Repo.value, "/"):
		return l.Repo.value
	case l.Org.given && l.Repo.given:
		return l.Org.value + "/" + l.Repo.value
	}
	return ""
}

// project asks for one project by id or name.
func (s *session) project(ctx context.Context, idOrName string) (project, error) {
	var p project
	if err := s.client.Get(ctx, projectPath, []string{idOrName}, s.with(), &p); err != nil {
		return project{}, err
	}
	if e, failed := p.failure(); failed {
		return project{}, errorInAnswer(projectPath, e)
	}
	if err := p.check(projectPath); err != nil {
		return project{}, err
	}
	if strings.HasPrefix(idOrName, "prj_") && p.ID.value != idOrName {
		return project{}, unknownShape(projectPath, "another project than the one asked for")
	}
	return p, nil
}

// check makes sure that what everything else stands on is there.
func (p *project) check(path string) error {
	if p.ID.value == "" || p.Name.value == "" || p.AccountID.value == "" {
		return unknownShape(path, "a project without id, name or account")
	}
	if p.RootDirectory.odd {
		return unknownShape(path, "unexpected type of rootDirectory")
	}
	if p.Custom != nil {
		return checkEnvironments(path, *p.Custom)
	}
	return nil
}

func checkEnvironments(path string, all []customEnvironment) error {
	for _, e := range all {
		if e.ID.value == "" || e.Slug.value == "" {
			return unknownShape(path, "a custom environment without id or slug")
		}
	}
	return nil
}

// teamOwned reports whether a team owns the project, rather than a user.
func (p *project) teamOwned() bool { return strings.HasPrefix(p.AccountID.value, "team_") }

// customEnvironments asks for the custom environments, for answers that lack
// them.
func (s *session) customEnvironments(ctx context.Context, p project) (*[]customEnvironment, error) {
	var answer struct {
		wireErrors
		Environments *[]customEnvironment `json:"environments"`
	}
	if err := s.client.Get(ctx, environmentsPath, []string{p.ID.value}, s.with(), &answer); err != nil {
		return nil, err
	}
	if e, failed := answer.failure(); failed {
		return nil, errorInAnswer(environmentsPath, e)
	}
	if answer.Environments == nil {
		return nil, unknownShape(environmentsPath, "no environments")
	}
	if err := checkEnvironments(environmentsPath, *answer.Environments); err != nil {
		return nil, err
	}
	return answer.Environments, nil
}

// environments returns the names of all environments: targets, then the slugs of
// custom ones, sorted.
func (p *project) environments() []string {
	names := slices.Clone(targets)
	if p.Custom != nil {
		for _, e := range *p.Custom {
			names = append(names, e.Slug.value)
		}
	}
	slices.Sort(names[len(targets):])
	return names
}

// environment is what a reference of the user's means in a project: a target, or
// a custom environment.
type environment struct {
	name   string // target or slug
	custom string // id of a custom environment
	branch string
}

// resolve finds an environment by target, slug or id.
func (p *project) resolve(ref envcheck.EnvironmentRef) (environment, bool) {
	if slices.Contains(targets, ref.Name) {
		return environment{name: ref.Name, branch: ref.Branch}, true
	}
	if p.Custom != nil {
		for _, e := range *p.Custom {
			if e.Slug.value == ref.Name || e.ID.value == ref.Name {
				return environment{name: e.Slug.value, custom: e.ID.value, branch: ref.Branch}, true
			}
		}
	}
	return environment{}, false
}

// facts returns what the project is, for rules about links.
func (p *project) facts() envcheck.ProjectFacts {
	return envcheck.ProjectFacts{
		ID:            p.ID.value,
		Name:          p.Name.value,
		Repository:    p.Link.repository(),
		RootDirectory: cleanDir(p.RootDirectory.value),
		RootKnown:     p.RootDirectory.given || p.RootDirectory.null,
	}
}

// cleanDir returns a directory relative to the repository; "" is its root.
func cleanDir(dir string) string {
	dir = strings.Trim(strings.TrimPrefix(strings.ReplaceAll(dir, `\`, "/"), "./"), "/")
	if dir == "." {
		return ""
	}
	return dir
}

// teamQuery returns the parameter that names a team: teamId for an id, slug for
// a slug, and nothing for a user's own account, whose id, as link files hold it,
// is recognized by its capital letters: a slug has none.
func teamQuery(team string) url.Values {
	switch {
	case team == "":
		return nil
	case strings.HasPrefix(team, "team_"):
		return url.Values{"teamId": {team}}
	case strings.ToLower(team) != team:
		return nil
	}
	return url.Values{"slug": {team}}
}
