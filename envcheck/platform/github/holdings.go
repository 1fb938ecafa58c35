package github

import (
	"context"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/ci"
)

// Holdings implements [ci.Store]. Environments that the repository does not have are
// not among the answer's.
func (s *Source) Holdings(ctx context.Context, q ci.Question) ci.Holdings {
	st := s.load(ctx, &group{repository: q.Repository, token: q.Token, environments: q.Environments})
	out := ci.Holdings{Environments: map[string][]ci.Held{}}
	failed := st.failed("")
	for _, name := range q.Environments {
		if failed == nil {
			failed = st.failed(name)
		}
	}
	if failed != nil {
		out.Incomplete = []envtight.Incompleteness{explain(failed, st.repository, q.Token, envtight.Location{})}
		return out
	}
	out.Complete = true
	out.Organization = held(st.orgSecrets, st.orgVariables)
	out.Repository = held(st.secrets, st.variables)
	for _, r := range st.environments.rows {
		out.Environments[key(r.name)] = nil
		if of := st.own[key(r.name)]; of != nil {
			out.Environments[key(r.name)] = held(of.secrets, of.variables)
		}
	}
	return out
}

func held(lists ...listing) []ci.Held {
	var out []ci.Held
	for _, l := range lists {
		for _, r := range l.rows {
			out = append(out, ci.Held{Name: r.name, Secret: r.secret})
		}
	}
	return out
}
