package github

import (
	"maps"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

// answer works out one cell.
func (st *state) answer(t envcheck.Target) envcheck.Answer {
	a := envcheck.Answer{
		Place:    envtight.Place{Platform: platformName, Project: st.repository, Environment: t.Ref.Name},
		Provided: provided,
		Project:  envcheck.ProjectFacts{ID: st.repository, Name: st.repository, Repository: st.repository, EnvironmentID: key(t.Ref.Name)},
	}
	if l := st.failed(t.Ref.Name); l != nil {
		a.Unreachable = httpclient.Unreachable(l.err)
		a.Incomplete = []envtight.Incompleteness{explain(l, st.repository, t.Token, t.Location)}
		return a
	}
	if !st.has(t.Ref.Name) {
		a.NoSuchEnvironment, a.Environments = true, st.environments.names()
		return a
	}
	of := st.own[key(t.Ref.Name)]
	effective := map[string]envcheck.Setting{}
	// Those that count less come first. Of a secret and a variable of one name, the
	// secret is what an app is meant to get.
	for _, l := range []*listing{&st.orgVariables, &st.variables, &of.variables, &st.orgSecrets, &st.secrets, &of.secrets} {
		for i := range l.rows {
			s := l.rows[i].setting()
			s.Shared = l == &st.orgVariables || l == &st.orgSecrets
			effective[s.Name] = s
		}
	}
	for _, name := range slices.Sorted(maps.Keys(effective)) {
		a.Settings = append(a.Settings, effective[name])
	}
	a.Complete = true
	return a
}

// failed returns the first list that could not be read and that an environment needs;
// nil: all are there.
func (st *state) failed(environment string) *listing {
	if st.err != nil {
		return &listing{err: st.err}
	}
	lists := st.lists()
	if of := st.own[key(environment)]; of != nil {
		lists = append(lists, &of.secrets, &of.variables)
	}
	for _, l := range lists {
		if l.err != nil {
			return l
		}
	}
	return nil
}

// The words for how something is stored.
const (
	typeSecret   = "secret"
	typeVariable = "variable"
)

func (r *row) setting() envcheck.Setting {
	s := envcheck.Setting{Name: r.name, Updated: r.updated}
	if r.secret {
		s.State, s.Type, s.Storage = envtight.Unreadable, typeSecret, envcheck.StoredSealed
		return s
	}
	s.State, s.Type, s.Storage = envtight.Set, typeVariable, envcheck.StoredInClear
	if r.empty {
		s.State = envtight.Empty
	}
	s.Value, s.Readable = r.value, r.kept
	return s
}

// provided are the names that every job has. Source: docs.github.com/actions,
// default environment variables.
var provided = []string{
	"CI", "GITHUB_ACTION", "GITHUB_ACTIONS", "GITHUB_ACTION_PATH", "GITHUB_ACTION_REPOSITORY", "GITHUB_ACTOR", "GITHUB_ACTOR_ID",
	"GITHUB_API_URL", "GITHUB_BASE_REF", "GITHUB_ENV", "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_GRAPHQL_URL", "GITHUB_HEAD_REF",
	"GITHUB_JOB", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_REF_PROTECTED", "GITHUB_REF_TYPE",
	"GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID", "GITHUB_REPOSITORY_OWNER", "GITHUB_REPOSITORY_OWNER_ID", "GITHUB_RETENTION_DAYS",
	"GITHUB_RUN_ATTEMPT", "GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_SERVER_URL", "GITHUB_SHA", "GITHUB_STEP_SUMMARY", "GITHUB_TOKEN",
	"GITHUB_TRIGGERING_ACTOR", "GITHUB_WORKFLOW", "GITHUB_WORKFLOW_REF", "GITHUB_WORKFLOW_SHA", "GITHUB_WORKSPACE",
	"RUNNER_ARCH", "RUNNER_DEBUG", "RUNNER_ENVIRONMENT", "RUNNER_NAME", "RUNNER_OS", "RUNNER_TEMP", "RUNNER_TOOL_CACHE",
}
