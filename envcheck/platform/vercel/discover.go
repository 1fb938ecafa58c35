package vercel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

const projectsPath = "/v10/projects"

// Discover implements [envcheck.Discoverer]. It asks for the projects that are
// built from the repository; if they do not account for all apps, it also goes
// through all projects of the team, for those of the same name.
func (s *Source) Discover(ctx context.Context, q envcheck.Query) ([]envcheck.Candidate, []envtight.Incompleteness) {
	target := envcheck.Target{Team: q.Team, Token: q.Token}
	if q.Token.Secret.IsEmpty() {
		return nil, []envtight.Incompleteness{explain(errNoToken, "", target)}
	}
	session := s.session(q.Token, q.Team)
	fail := func(err error) []envtight.Incompleteness {
		return []envtight.Incompleteness{explain(err, "the projects "+whose(q.Team), target)}
	}
	var found []envcheck.Candidate
	if q.Repository != "" {
		linked, err := session.projects(ctx, "repoUrl", "https://github.com/"+q.Repository)
		if err != nil {
			return nil, fail(err)
		}
		found = match(q, linked)
	}
	if allFound(q.Apps, found) {
		return found, nil
	}
	all, err := session.projects(ctx)
	if err != nil {
		return found, fail(err)
	}
	return match(q, all), nil
}

// projects lists projects. Its pages are asked for with "from", whose cursor is a
// time in some answers and a token in others.
func (s *session) projects(ctx context.Context, query ...string) ([]project, error) {
	var all []project
	err := pages(projectsPath, func(cursor string) (pagination, error) {
		q := s.with(append([]string{"limit", "100"}, query...)...)
		if cursor != "" {
			q.Set("from", cursor)
		}
		var page struct {
			wireErrors
			Projects   *[]project `json:"projects"`
			Pagination pagination `json:"pagination"`
		}
		if err := s.client.Get(ctx, projectsPath, nil, q, &page); err != nil {
			return pagination{}, err
		}
		if e, failed := page.failure(); failed {
			return pagination{}, errorInAnswer(projectsPath, e)
		}
		if page.Projects == nil {
			return pagination{}, unknownShape(projectsPath, "no list of projects")
		}
		for _, p := range *page.Projects {
			if err := p.check(projectsPath); err != nil {
				return pagination{}, err
			}
			all = append(all, p)
		}
		return page.Pagination, nil
	})
	return all, err
}

func allFound(apps []envcheck.AppDir, found []envcheck.Candidate) bool {
	for _, app := range apps {
		if !slices.ContainsFunc(found, func(c envcheck.Candidate) bool { return c.App == app.Name }) {
			return false
		}
	}
	return true
}

// match pairs apps with projects, the likeliest first: repository and directory,
// then name. An app may have several candidates.
func match(q envcheck.Query, projects []project) []envcheck.Candidate {
	type ranked struct {
		envcheck.Candidate
		rank int
	}
	var all []ranked
	for _, app := range q.Apps {
		for i := range projects {
			p := &projects[i]
			if why, rank := likeness(q, app, p); rank > 0 {
				all = append(all, ranked{candidate(q, app, p, why, rank == sure), rank})
			}
		}
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.App, b.App), cmp.Compare(b.rank, a.rank),
			cmp.Compare(a.ProjectName, b.ProjectName), cmp.Compare(a.Project, b.Project))
	})
	out := make([]envcheck.Candidate, len(all))
	for i, r := range all {
		out[i] = r.Candidate
	}
	return out
}

const sure = 3

// likeness says what speaks for a project being an app; 0 is nothing.
func likeness(q envcheck.Query, app envcheck.AppDir, p *project) (why string, rank int) {
	facts := p.facts()
	linked := q.Repository != "" && strings.EqualFold(facts.Repository, q.Repository)
	named := p.Name.value == app.Name
	if linked && facts.RootKnown && facts.RootDirectory == cleanDir(app.Dir) {
		where := "root directory " + facts.RootDirectory
		if facts.RootDirectory == "" {
			where = "at its root"
		}
		return "linked to this repository, " + where, sure
	}
	switch {
	case named && linked:
		return "linked to this repository, and has the name of the app", 2
	case named && facts.Repository == "":
		return "has the name of the app, and no repository", 1
	}
	return "", 0
}

func candidate(q envcheck.Query, app envcheck.AppDir, p *project, why string, certain bool) envcheck.Candidate {
	team := q.Team
	if p.teamOwned() {
		team = p.AccountID.value
	}
	return envcheck.Candidate{
		App: app.Name, Platform: platform, Team: team,
		Project: p.ID.value, ProjectName: p.Name.value,
		Environments: p.environments(),
		Why:          why, Sure: certain,
	}
}

// Probe implements [envcheck.Prober], in at most three calls.
func (s *Source) Probe(ctx context.Context, t envcheck.Target) envcheck.Reach {
	if t.Token.Secret.IsEmpty() {
		return problem(explain(errNoToken, "", t))
	}
	session := s.session(t.Token, t.Team)
	kind, err := session.tokenKind(ctx)
	if err != nil {
		return problem(explain(err, "the token itself", t))
	}
	reach := envcheck.Reach{Kind: kind}
	if t.Project == "" {
		reach.OK, reach.Sees = true, "an account; no project is linked"
		return reach
	}
	p, err := session.project(ctx, t.Project)
	if err != nil {
		reach = problem(explain(err, fmt.Sprintf("project %q", t.Project), t))
		reach.Kind = kind
		return reach
	}
	reach.OK = true
	reach.Sees = fmt.Sprintf("project %s with the environments %s", p.Name.value, strings.Join(p.environments(), ", "))
	if p.teamOwned() {
		session.team = teamQuery(p.AccountID.value)
	}
	if shared := session.sharedVariables(ctx, p, false); shared.err != nil {
		inc := (&state{project: p, shared: shared}).explainShared(t, fmt.Sprintf("%q", p.Name.value))
		reach.OK, reach.Problem, reach.Advice = false, inc.Cause, inc.Advice
	}
	return reach
}

func problem(inc envtight.Incompleteness) envcheck.Reach {
	return envcheck.Reach{Kind: "token", Problem: inc.Cause, Advice: inc.Advice}
}

// tokenKind asks the token about itself. A token of a narrow scope may be refused
// even that, which tells nothing against it.
func (s *session) tokenKind(ctx context.Context) (string, error) {
	const path = "/v5/user/tokens/{tokenId}"
	var answer struct {
		wireErrors
		Token struct {
			Scopes []struct {
				Type text `json:"type"`
			} `json:"scopes"`
			ExpiresAt millis `json:"expiresAt"`
		} `json:"token"`
	}
	err := s.client.Get(ctx, path, []string{"current"}, nil, &answer)
	if e, failed := answer.failure(); err == nil && failed {
		err = errorInAnswer(path, e)
	}
	switch {
	case err == nil:
	case isRefused(err) && !isInvalidToken(err):
		return "token of a narrow scope", nil
	default:
		return "", err
	}
	kind := "token"
	for _, scope := range answer.Token.Scopes {
		switch scope.Type.value {
		case "user":
			kind = "account token"
		case "team", "project":
			kind = scope.Type.value + " token"
		}
	}
	if at := answer.Token.ExpiresAt; !at.IsZero() {
		kind += ", expires " + at.Format("2006-01-02")
	}
	return kind, nil
}
