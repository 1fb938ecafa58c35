package vercel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

const (
	projectsPath = "/v10/projects"
	teamsPath    = "/v2/teams"
)

// Discover implements [envcheck.Discoverer]. It asks for the projects that are
// built from the repository; if they do not account for all apps, it also goes
// through all projects, for those of the same name. Without a team in the query
// it looks into the personal account and all teams that the token is a member of.
func (s *Source) Discover(ctx context.Context, q envcheck.Query) ([]envcheck.Candidate, []envtight.Incompleteness) {
	target := envcheck.Target{Team: q.Team, Token: q.Token}
	if q.Token.Secret.IsEmpty() {
		return nil, []envtight.Incompleteness{explain(errNoToken, "", target)}
	}
	owners, incomplete := s.owners(ctx, q)
	if len(owners) == 0 {
		return nil, incomplete
	}
	var projects []project
	var missed []ownerError
	if q.Repository != "" {
		projects, missed = s.search(ctx, q, owners, "repoUrl", repositoryURL(q))
	}
	found := match(q, projects)
	if !allFound(q.Apps, found) {
		// Whoever refused the first list refuses this one, too.
		owners = slices.DeleteFunc(owners, func(o owner) bool {
			return slices.ContainsFunc(missed, func(e ownerError) bool { return e.owner == o })
		})
		more, also := s.search(ctx, q, owners)
		projects, missed = merge(projects, more), append(missed, also...)
		found = match(q, projects)
	}
	for _, m := range missed {
		if len(owners)+len(missed) > 1 && isRefused(m.err) && !isInvalidToken(m.err) && (m.owner == owner{} || allFound(q.Apps, found)) {
			continue // a token of one team is refused the others, and needs none of them
		}
		target.Team = m.owner.team
		incomplete = append(incomplete, explain(m.err, "the projects "+whose(m.owner.team), target))
	}
	return found, incomplete
}

// owner is an account that has projects. The zero owner is the token's own user.
type owner struct {
	// team is a team's slug, or its id where the slug says nothing.
	team string
	// listed tells that Vercel named the team, rather than the user.
	listed bool
}

type ownerError struct {
	owner owner
	err   error
}

// owners returns the accounts to look into.
func (s *Source) owners(ctx context.Context, q envcheck.Query) ([]owner, []envtight.Incompleteness) {
	if q.Team != "" {
		return []owner{{team: q.Team}}, nil
	}
	owners := []owner{{}}
	teams, err := s.session(q.Token, "").teams(ctx)
	if err != nil {
		inc := explain(err, "the list of teams", envcheck.Target{Token: q.Token})
		if isInvalidToken(err) {
			return nil, []envtight.Incompleteness{inc}
		}
		inc.Advice = "name the team in VERCEL_ORG_ID; or: " + inc.Advice
		return owners, []envtight.Incompleteness{inc}
	}
	for _, t := range teams {
		name := t.Slug.value
		if len(teamQuery(name)["slug"]) == 0 {
			name = t.ID.value
		}
		owners = append(owners, owner{team: name, listed: true})
	}
	return owners, nil
}

// search lists the projects of all owners at once, in their order.
func (s *Source) search(ctx context.Context, q envcheck.Query, owners []owner, query ...string) (all []project, missed []ownerError) {
	lists, errs := make([][]project, len(owners)), make([]error, len(owners))
	var wait sync.WaitGroup
	for i, o := range owners {
		wait.Go(func() { lists[i], errs[i] = s.session(q.Token, o.team).projects(ctx, query...) })
	}
	wait.Wait()
	for i, o := range owners {
		if errs[i] != nil {
			missed = append(missed, ownerError{o, errs[i]})
			continue
		}
		for _, p := range lists[i] {
			if o.listed {
				p.listedTeam = o.team
			}
			all = append(all, p)
		}
	}
	return all, missed
}

// merge adds the projects of more that are not in all.
func merge(all, more []project) []project {
	known := map[string]bool{}
	for _, p := range all {
		known[p.ID.value] = true
	}
	for _, p := range more {
		if !known[p.ID.value] {
			all = append(all, p)
		}
	}
	return all
}

// team is what Vercel tells of a team, in the full and in the limited form.
type team struct {
	ID   text `json:"id"`
	Slug text `json:"slug"`
}

// teams lists the teams that the token's user is a member of.
func (s *session) teams(ctx context.Context) ([]team, error) {
	var all []team
	err := pages(teamsPath, func(cursor string) (pagination, error) {
		q := s.with("limit", "100")
		setCursor(q, cursor)
		var page struct {
			wireErrors
			Teams      *[]team    `json:"teams"`
			Pagination pagination `json:"pagination"`
		}
		if err := s.client.Get(ctx, teamsPath, nil, q, &page); err != nil {
			return pagination{}, err
		}
		if e, failed := page.failure(); failed {
			return pagination{}, errorInAnswer(teamsPath, e)
		}
		if page.Teams == nil {
			return pagination{}, unknownShape(teamsPath, "no list of teams")
		}
		for _, t := range *page.Teams {
			if t.ID.value == "" {
				return pagination{}, unknownShape(teamsPath, "a team without id")
			}
			all = append(all, t)
		}
		return page.Pagination, nil
	})
	return all, err
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
		team = cmp.Or(p.listedTeam, p.AccountID.value)
	}
	return envcheck.Candidate{
		App: app.Name, Platform: platformName, Team: team, TeamName: p.listedTeam,
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
