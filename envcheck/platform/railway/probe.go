package railway

import (
	"context"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

// Probe says what a target's token is and what it reaches, in one to three
// calls. No variable is asked for.
func (s *Source) Probe(ctx context.Context, t envcheck.Target) envcheck.Reach {
	r, err := s.probe(ctx, t)
	if err != nil {
		inc := explain(err, t)
		r.OK, r.Problem, r.Advice = false, inc.Cause, inc.Advice
	}
	return r
}

func (s *Source) probe(ctx context.Context, t envcheck.Target) (envcheck.Reach, error) {
	var r envcheck.Reach
	if t.Token.Secret.IsEmpty() {
		return r, &refusal{}
	}
	if kindByName(t.Token.From) != kindBearer {
		r.Kind = "project token"
		own, err := tokenOwner(ctx, s.client.With(projectAuth(t.Token)))
		if err == nil {
			r.OK, r.Sees = true, "project "+own.projectName+", environment "+own.name
			if t.Project == "" {
				return r, nil
			}
			return r, own.checkTarget(t)
		}
		if kindByName(t.Token.From) == kindProject || !isRefusal(err) {
			return r, err
		}
	}
	r.Kind = "account or workspace token"
	return s.probeBearer(ctx, t, r)
}

// tokenOwner asks which environment a project token is for.
func tokenOwner(ctx context.Context, client *httpclient.Client) (*environment, error) {
	doc := kindDocument
	answer, err := ask[struct {
		Token *struct {
			ProjectID     string     `json:"projectId"`
			EnvironmentID string     `json:"environmentId"`
			Project       *wireNamed `json:"project"`
			Environment   *wireNamed `json:"environment"`
		} `json:"projectToken"`
	}](ctx, client, doc, nil)
	if err != nil {
		return nil, err
	}
	w := answer.Token
	if w == nil || w.Project == nil || w.Environment == nil || w.ProjectID == "" || w.EnvironmentID == "" {
		return nil, unknownShape(doc, "the project token is not whole")
	}
	return &environment{projectID: w.ProjectID, projectName: w.Project.Name, id: w.EnvironmentID, name: w.Environment.Name}, nil
}

func (s *Source) probeBearer(ctx context.Context, t envcheck.Target, r envcheck.Reach) (envcheck.Reach, error) {
	session := newSession(s, t.Token)
	client := s.client.With(httpclient.Bearer(t.Token.Secret))
	if t.Project == "" {
		all, err := session.allProjects(ctx, client)
		if err == nil {
			r.OK, r.Sees = true, countedProjects(len(all))
		}
		return r, err
	}
	id, err := session.projectID(ctx, client, t)
	if err != nil {
		return r, err
	}
	p, err := session.project(ctx, client, id)
	if err != nil {
		return r, err
	}
	r.OK, r.Sees = true, "project "+p.name
	if t.Ref.Name == "" {
		return r, nil
	}
	for _, e := range p.environments {
		if e.DeletedAt == nil && isNamed(t.Ref.Name, e.ID, e.Name) && isID(t.Ref.Name) {
			r.Sees += ", environment " + e.Name
			return r, nil
		}
	}
	_, err = session.byName(ctx, client, id, t)
	if err == nil {
		r.Sees += ", environment " + t.Ref.Name
	}
	return r, err
}

func countedProjects(n int) string {
	switch n {
	case 0:
		return "no project"
	case 1:
		return "one project"
	}
	return "several projects"
}
