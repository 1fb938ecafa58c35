package vercel

import (
	"encoding/json"
	"slices"
	"time"
)

// deployment is what a project tells of one of its deployments.
type deployment struct {
	ID         text   `json:"id"`
	ReadyState text   `json:"readyState"`
	Substate   text   `json:"readySubstate"`
	Target     text   `json:"target"`
	CreatedAt  millis `json:"createdAt"`
	BuildingAt millis `json:"buildingAt"`
	DeletedAt  millis `json:"deletedAt"`
	Meta       meta   `json:"meta"`
}

// begun is when a deployment took up what is set: it is not told whether that is
// when it was created or when its turn to be built came, so the later counts.
func (d *deployment) begun() time.Time {
	if d.BuildingAt.After(d.CreatedAt.Time) {
		return d.BuildingAt.Time
	}
	return d.CreatedAt.Time
}

// runs tells that the deployment is finished and serves alone: a staged one does
// not serve yet, a rolling one shares with the one before.
func (d *deployment) runs() bool {
	return d.ID.value != "" && !d.CreatedAt.IsZero() && d.DeletedAt.IsZero() && d.ReadyState.value == "READY" &&
		!d.Substate.odd && (!d.Substate.given || d.Substate.value == "PROMOTED")
}

// underWay tells that the deployment may still come to run. A state that is not
// known may be one of those.
func (d *deployment) underWay() bool {
	return !slices.Contains([]string{"READY", "ERROR", "CANCELED"}, d.ReadyState.value)
}

// meta is what a deployment was made from, in the words of its host.
type meta struct{ branches []string }

// UnmarshalJSON never fails: what is not text is no branch.
func (m *meta) UnmarshalJSON(b []byte) error {
	var members struct {
		GitHub    text `json:"githubCommitRef"`
		GitLab    text `json:"gitlabCommitRef"`
		Bitbucket text `json:"bitbucketCommitRef"`
	}
	*m = meta{}
	if json.Unmarshal(b, &members) == nil {
		m.branches = []string{members.GitHub.value, members.GitLab.value, members.Bitbucket.value}
	}
	return nil
}

// currentDeployments are the deployments that serve the targets, by target. In
// an unknown form they are none: they are good to know, and no reason to fail.
type currentDeployments map[string]*deployment

// UnmarshalJSON never fails.
func (c *currentDeployments) UnmarshalJSON(b []byte) error {
	var all map[string]*deployment
	if json.Unmarshal(b, &all) != nil {
		all = nil
	}
	*c = all
	return nil
}

// latestDeployments are the newest deployments of all targets and states.
type latestDeployments []deployment

// UnmarshalJSON never fails.
func (l *latestDeployments) UnmarshalJSON(b []byte) error {
	var all []deployment
	if json.Unmarshal(b, &all) != nil {
		all = nil
	}
	*l = all
	return nil
}

// aliasRequest is the last wish that production be served by a certain
// deployment: a promotion or a rollback.
type aliasRequest struct {
	present     bool
	to          text
	status      text
	kind        text
	requestedAt millis
}

// UnmarshalJSON never fails: a request in an unknown form is one whose outcome is
// not known.
func (r *aliasRequest) UnmarshalJSON(b []byte) error {
	*r = aliasRequest{present: !isNull(b)}
	var members struct {
		To          text   `json:"toDeploymentId"`
		Status      text   `json:"jobStatus"`
		Kind        text   `json:"type"`
		RequestedAt millis `json:"requestedAt"`
	}
	if json.Unmarshal(b, &members) == nil {
		r.to, r.status, r.kind, r.requestedAt = members.To, members.Status, members.Kind, members.RequestedAt
	}
	return nil
}

// running returns the deployment that serves an environment, nil when that is not
// known or about to change. Deployments of a preview environment as a whole are
// many, and those of custom environments are not told apart.
func (p *project) running(e environment) *deployment {
	var current *deployment
	var same func(*deployment) bool
	switch {
	case e.custom != "":
		return nil
	case e.name == production:
		same = func(d *deployment) bool { return d.Target.value == production }
		current = p.serving()
	case e.name == preview && e.branch != "":
		same = func(d *deployment) bool {
			return !d.Target.given && !d.Target.odd && slices.Contains(d.Meta.branches, e.branch)
		}
		current = p.newest(same)
	}
	if current == nil || !current.runs() || p.superseded(current, same) {
		return nil
	}
	return current
}

// newest returns the newest of the deployments that run.
func (p *project) newest(same func(*deployment) bool) *deployment {
	var found *deployment
	for i := range p.Latest {
		d := &p.Latest[i]
		if same(d) && d.runs() && (found == nil || d.begun().After(found.begun())) {
			found = d
		}
	}
	return found
}

// superseded tells that a newer deployment is under way: soon something else runs.
func (p *project) superseded(current *deployment, same func(*deployment) bool) bool {
	return slices.ContainsFunc(p.Latest, func(d deployment) bool {
		return same(&d) && d.underWay() && d.CreatedAt.After(current.CreatedAt.Time)
	})
}

// serving returns the deployment that serves production. The project names one;
// after a rollback or a promotion it is the one that was asked for, unless a newer
// one took over since. After a rollback none does: production domains then stay
// where they are until the next promotion (vercel.com/docs/instant-rollback).
func (p *project) serving() *deployment {
	current, request := p.Targets[production], p.LastAlias
	if current == nil || !request.present {
		return current
	}
	later := current.begun().After(request.requestedAt.Time) && !request.requestedAt.IsZero()
	switch {
	case request.status.value == "skipped", current.ID.value == request.to.value && request.status.value == "succeeded":
		return current
	case later && request.kind.value == "promote" && (request.status.value == "succeeded" || request.status.value == "failed"):
		return current
	case request.status.value == "succeeded" && request.kind.value == "rollback":
		return p.byID(request.to.value)
	}
	return nil
}

// byID returns one of the newest deployments, nil when it is not among them.
func (p *project) byID(id string) *deployment {
	i := slices.IndexFunc(p.Latest, func(d deployment) bool { return d.ID.value == id })
	if i < 0 {
		return nil
	}
	return &p.Latest[i]
}
