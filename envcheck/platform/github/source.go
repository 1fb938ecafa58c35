package github

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/ci"
	"github.com/envtight/envtight/envcheck/platform"
	"github.com/envtight/envtight/internal/httpclient"
)

// Options say how to reach GitHub. The zero value works.
type Options = platform.Options

// Source reads names from GitHub. It is safe for concurrent use.
type Source struct {
	client *httpclient.Client
}

var (
	_ envcheck.Source  = (*Source)(nil)
	_ envcheck.Prober  = (*Source)(nil)
	_ envcheck.Adviser = (*Source)(nil)
	_ ci.Store         = (*Source)(nil)
)

// New returns a source, or an error about the base URL.
func New(o Options) (*Source, error) {
	options := o.Client(DefaultBaseURL, 0)
	options.ErrorCode = errorCode
	client, err := httpclient.New(options)
	if err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	return &Source{client: client}, nil
}

// Platform returns "github".
func (*Source) Platform() string { return platformName }

// Fetch implements [envcheck.Source]. Targets of one repository that share a token
// share its calls.
func (s *Source) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	answers := make([]envcheck.Answer, len(targets))
	var wg sync.WaitGroup
	for _, g := range groupTargets(targets) {
		wg.Go(func() {
			st := s.load(ctx, g)
			for _, i := range g.indexes {
				answers[i] = st.answer(targets[i])
			}
		})
	}
	wg.Wait()
	return answers
}

// group is the targets that one load answers.
type group struct {
	repository   string
	token        envcheck.Token
	values       bool
	environments []string // as they are asked for
	indexes      []int
}

func groupTargets(targets []envcheck.Target) []*group {
	var groups []*group
	for i, t := range targets {
		at := slices.IndexFunc(groups, func(g *group) bool {
			return g.repository == repositoryOf(t) && g.values == t.Values && g.token.From == t.Token.From && g.token.Secret.Equal(t.Token.Secret)
		})
		if at < 0 {
			at = len(groups)
			groups = append(groups, &group{repository: repositoryOf(t), token: t.Token, values: t.Values})
		}
		groups[at].environments = append(groups[at].environments, t.Ref.Name)
		groups[at].indexes = append(groups[at].indexes, i)
	}
	return groups
}

// repositoryOf is "owner/name": the project, below the team when it has no owner.
func repositoryOf(t envcheck.Target) string {
	if t.Team != "" && !strings.Contains(t.Project, "/") {
		return t.Team + "/" + t.Project
	}
	return t.Project
}

// state is what was read of one repository, and what could not be.
type state struct {
	repository   string
	err          error // before anything was asked
	secrets      listing
	variables    listing
	orgSecrets   listing
	orgVariables listing
	environments listing
	// own are the lists of the environments that were asked for, by [key].
	own map[string]*own
}

// own is what an environment has for itself.
type own struct{ secrets, variables listing }

// key is what an environment is found by: in its name case does not count.
func key(environment string) string { return strings.ToLower(environment) }

// lists are all lists that are for every environment, the most telling first.
func (st *state) lists() []*listing {
	return []*listing{&st.environments, &st.secrets, &st.variables, &st.orgSecrets, &st.orgVariables}
}

// load reads everything about one repository that its targets need.
func (s *Source) load(ctx context.Context, g *group) *state {
	st := &state{repository: g.repository, own: map[string]*own{}}
	if g.token.Secret.IsEmpty() {
		st.err = errNoToken
		return st
	}
	owner, name, ok := strings.Cut(g.repository, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		st.err = errNoRepository
		return st
	}
	c := &calls{client: s.client.With(httpclient.Bearer(g.token.Secret)), owner: owner, name: name, values: g.values}
	// A token that is refused is refused everything: one question tells.
	if st.environments = c.environments(ctx); st.environments.err != nil {
		return st
	}
	var wg sync.WaitGroup
	wg.Go(func() { st.secrets = c.secrets(ctx, secretsPath) })
	wg.Go(func() { st.variables = c.variables(ctx, variablesPath) })
	wg.Go(func() { st.orgSecrets = c.secrets(ctx, orgSecretsPath) })
	wg.Go(func() { st.orgVariables = c.variables(ctx, orgVariablesPath) })
	for _, asked := range g.environments {
		if st.has(asked) && st.own[key(asked)] == nil {
			of := &own{}
			st.own[key(asked)] = of
			wg.Go(func() { of.secrets = c.secrets(ctx, envSecretsPath, asked) })
			wg.Go(func() { of.variables = c.variables(ctx, envVariablesPath, asked) })
		}
	}
	wg.Wait()
	return st
}

// has reports whether the repository has an environment.
func (st *state) has(environment string) bool {
	return slices.ContainsFunc(st.environments.rows, func(r row) bool { return key(r.name) == key(environment) })
}
