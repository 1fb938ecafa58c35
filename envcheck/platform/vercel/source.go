package vercel

import (
	"context"
	"fmt"
	"net/url"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform"
	"github.com/envtight/envtight/internal/httpclient"
)

// Options say how to reach Vercel. The zero value works.
type Options = platform.Options

// Source reads environment variables from Vercel. It is safe for concurrent use.
type Source struct {
	client *httpclient.Client
}

var (
	_ envcheck.Source     = (*Source)(nil)
	_ envcheck.Discoverer = (*Source)(nil)
	_ envcheck.Prober     = (*Source)(nil)
	_ envcheck.Surveyor   = (*Source)(nil)
	_ envcheck.Grouper    = (*Source)(nil)
)

// New returns a source, or an error about the base URL.
func New(o Options) (*Source, error) {
	options := o.Client(DefaultBaseURL, 0)
	options.ErrorCode = errorCode
	client, err := httpclient.New(options)
	if err != nil {
		return nil, fmt.Errorf("vercel: %w", err)
	}
	return &Source{client: client}, nil
}

// Platform returns "vercel".
func (*Source) Platform() string { return platformName }

// Group implements [envcheck.Grouper]: the lists of a project are for all of its
// environments.
func (*Source) Group(t envcheck.Target) string { return fmt.Sprintf("%q %q", t.Team, t.Project) }

// Fetch implements [envcheck.Source]. Targets of one project that share a token
// share its calls.
func (s *Source) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	answers := make([]envcheck.Answer, len(targets))
	var wg sync.WaitGroup
	for _, g := range groupTargets(targets) {
		wg.Go(func() {
			p := s.load(ctx, g)
			for _, i := range g.indexes {
				answers[i] = p.answer(targets[i])
			}
		})
	}
	wg.Wait()
	return answers
}

// group is the targets that one load answers.
type group struct {
	team, project string
	token         envcheck.Token
	values        bool
	refs          []envcheck.EnvironmentRef
	indexes       []int
}

func groupTargets(targets []envcheck.Target) []*group {
	var groups []*group
	for i, t := range targets {
		g := findGroup(groups, t)
		if g == nil {
			g = &group{team: t.Team, project: t.Project, token: t.Token, values: t.Values}
			groups = append(groups, g)
		}
		g.refs = append(g.refs, t.Ref)
		g.indexes = append(g.indexes, i)
	}
	return groups
}

func findGroup(groups []*group, t envcheck.Target) *group {
	for _, g := range groups {
		if g.team == t.Team && g.project == t.Project && g.values == t.Values &&
			g.token.From == t.Token.From && g.token.Secret.Equal(t.Token.Secret) {
			return g
		}
	}
	return nil
}

// session is the calls made with one token on behalf of one team.
type session struct {
	client *httpclient.Client
	token  envcheck.Token
	team   url.Values // teamId, slug or nothing
}

func (s *Source) session(token envcheck.Token, team string) *session {
	return &session{
		client: s.client.With(httpclient.Bearer(token.Secret)),
		token:  token,
		team:   teamQuery(team),
	}
}

// with returns the query of the team and the given pairs.
func (s *session) with(pairs ...string) url.Values {
	q := url.Values{}
	for k, v := range s.team {
		q[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// load reads everything about one project that its targets need.
func (s *Source) load(ctx context.Context, g *group) *state {
	st := &state{group: g}
	if g.token.Secret.IsEmpty() {
		st.err = errNoToken
		return st
	}
	if g.project == "" {
		st.err = errNoProject
		return st
	}
	session := s.session(g.token, g.team)
	st.project, st.err = session.project(ctx, g.project)
	if st.err != nil {
		return st
	}
	// The project tells the team that owns it; from here on that one is asked.
	if st.project.teamOwned() {
		session.team = teamQuery(st.project.AccountID.value)
	}
	var wg sync.WaitGroup
	custom := st.project.Custom
	wg.Go(func() { st.own = session.ownVariables(ctx, st.project, g.values) })
	wg.Go(func() { st.shared = session.sharedVariables(ctx, st.project, g.values) })
	if st.needsCustomEnvironments() {
		wg.Go(func() { custom, st.customErr = session.customEnvironments(ctx, st.project) })
	}
	wg.Wait()
	st.project.Custom = custom
	st.branches = branchSettings(st.own.rows)
	if g.values {
		session.readValues(ctx, st)
	}
	return st
}

// place returns the cell in Vercel's own words.
func place(projectName string, ref envcheck.EnvironmentRef) envtight.Place {
	return envtight.Place{Platform: platformName, Project: projectName, Environment: refName(ref.Name, ref.Branch)}
}

func refName(environment, branch string) string {
	if branch == "" {
		return environment
	}
	return environment + "@" + branch
}
