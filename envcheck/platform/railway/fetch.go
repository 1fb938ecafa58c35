package railway

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

// Fetch asks for the settings of all targets at once. Targets with one token, in
// one environment or project, share the calls for these.
func (s *Source) Fetch(ctx context.Context, targets []envcheck.Target) []envcheck.Answer {
	answers := make([]envcheck.Answer, len(targets))
	f := &fetch{source: s, sessions: map[sessionKey]*session{}, values: map[string]*lazy[*values]{}}
	var wg sync.WaitGroup
	for i, t := range targets {
		wg.Go(func() { answers[i] = f.answer(ctx, t) })
	}
	wg.Wait()
	return answers
}

// fetch is what the targets of one Fetch share.
type fetch struct {
	source *Source

	mu       sync.Mutex
	sessions map[sessionKey]*session
	values   map[string]*lazy[*values]
}

// sessionKey tells tokens apart; kinds are told by the name of the variable.
type sessionKey struct{ token, from string }

func (f *fetch) session(t envcheck.Token) *session {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := sessionKey{t.Secret.Reveal(), t.From}
	if f.sessions[key] == nil {
		f.sessions[key] = newSession(f.source, t)
	}
	return f.sessions[key]
}

func newSession(source *Source, t envcheck.Token) *session {
	return &session{
		token: t, source: source,
		projects:     map[string]*lazy[*project]{},
		pulls:        map[string]*lazy[*project]{},
		environments: map[string]*lazy[*environment]{},
	}
}

func (f *fetch) answer(ctx context.Context, t envcheck.Target) envcheck.Answer {
	a := envcheck.Answer{
		Place:    envtight.Place{Platform: platformName, Project: t.Project, Service: t.Service, Environment: t.Ref.Name},
		Provided: provided,
	}
	session := f.session(t.Token)
	e, err := session.environment(ctx, t)
	if err != nil {
		return failed(a, err, t)
	}
	a.Place.Project, a.Place.Environment = e.projectName, e.name
	a.Project = envcheck.ProjectFacts{ID: e.projectID, Name: e.projectName, EnvironmentID: e.id, Ephemeral: e.ephemeral, CopyOf: e.copyOf, Copies: e.copies}
	s, err := e.service(t)
	if err != nil {
		return failed(a, err, t)
	}
	a.Place.Service = s.name
	a.Project.ServiceID, a.Project.Repository = s.id, s.repository
	a.Project.NotCopied = e.notCopied(s)
	a.Project.RootDirectory, a.Project.RootKnown = s.root, s.rootKnown
	a.Project.Deployed, a.Project.Deployment = s.deployed, s.deployment
	var v *values
	if t.Values {
		if v, err = f.valuesOf(ctx, session, e, s); err != nil {
			a.Incomplete = append(a.Incomplete, explainValues(err, t))
		}
	}
	a.Settings = e.settings(s, v)
	a.Complete = true
	return a
}

// failed fills in an answer to a question that could not be answered. That an
// environment does not exist is an answer of its own, and no failure.
func failed(a envcheck.Answer, err error, t envcheck.Target) envcheck.Answer {
	var p *problem
	if errors.As(err, &p) && p.noEnvironment {
		a.NoSuchEnvironment, a.Environments, a.Place.Project = true, p.environments, p.project
		return a
	}
	a.Unreachable = httpclient.Unreachable(err)
	a.Incomplete = append(a.Incomplete, explain(err, t))
	return a
}

// explainValues says that names are known and values are not.
func explainValues(err error, t envcheck.Target) envtight.Incompleteness {
	inc := explain(err, t)
	if rest, ok := strings.CutPrefix(inc.Cause, "railway: "); ok {
		inc.Cause = "railway: values could not be read: " + rest
	}
	return inc
}

// values are one service's values: as they are, and as they were typed.
type values struct {
	rendered, typed map[string]wireValue
}

func (f *fetch) valuesOf(ctx context.Context, session *session, e *environment, s *service) (*values, error) {
	o, err := session.open(ctx)
	if err != nil {
		return nil, err
	}
	key := session.token.From + "\x00" + session.token.Secret.Reveal() + "\x00" + e.id + "\x00" + s.id
	return keyed(&f.mu, f.values, key).get(func() (*values, error) {
		answer, err := ask[struct {
			Rendered *map[string]wireValue `json:"rendered"`
			Typed    *map[string]wireValue `json:"typed"`
		}](ctx, o.client, valuesDocument, map[string]any{"project": e.projectID, "environment": e.id, "service": s.id})
		if err != nil {
			return nil, err
		}
		if answer.Rendered == nil || answer.Typed == nil {
			return nil, unknownShape(valuesDocument, "the values are missing")
		}
		return &values{*answer.Rendered, *answer.Typed}, nil
	})
}

// settings are what a service is given: its own variables. A shared variable
// reaches it only as a variable of its own that refers to it, so the shared ones
// are not added. v is nil in names mode.
func (e *environment) settings(s *service, v *values) []envcheck.Setting {
	names := map[string]bool{}
	for name := range s.variables {
		names[name] = true
	}
	if v != nil {
		// The map of values also holds what Railway provides.
		for name := range v.rendered {
			names[name] = names[name] || !mayBeProvided(name)
		}
	}
	var out []envcheck.Setting
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if names[name] {
			out = append(out, e.setting(s, name, v))
		}
	}
	return out
}

func (e *environment) setting(s *service, name string, v *values) envcheck.Setting {
	out := envcheck.Setting{Name: name, State: envtight.Set}
	known := s.variables[name]
	if known == nil {
		known = &variable{name: name, unsure: true}
	}
	out.Updated, out.Storage, out.Referenced = known.updated, known.storage(), known.referenced
	references := listedReferences(known.references)
	if v != nil {
		if typed := v.typed[name]; typed.given && !typed.masked() {
			references = typedReferences(typed.secret.Reveal())
		}
	}
	whole := true
	for _, r := range references {
		ref, plain := e.resolve(s, r)
		whole = whole && plain
		out.References = append(out.References, ref)
		out.Shared = out.Shared || r.readable && r.space == "shared"
	}
	switch {
	case known.sealed:
		out.State, out.Type = envtight.Unreadable, "sealed"
		return out
	case known.staged:
		out.State, out.Type = envtight.Staged, "staged"
		return out
	case len(references) > 0:
		out.State, out.Type = envtight.Reference, "reference"
	}
	if v == nil {
		return out
	}
	return withValue(out, v.rendered[name], whole)
}

// withValue adds a value that was asked for. Where it is made of others, it
// counts only when all of these can be read: the API leaves out the rest of it
// without a word.
func withValue(out envcheck.Setting, value wireValue, whole bool) envcheck.Setting {
	switch {
	case !value.given || value.masked():
		if out.State == envtight.Set {
			out.State = envtight.Unreadable
		}
	case out.State == envtight.Reference && !whole:
	default:
		out.Value, out.Readable = value.secret, true
		if out.State == envtight.Set && value.secret.IsEmpty() {
			out.State = envtight.Empty
		}
	}
	return out
}
