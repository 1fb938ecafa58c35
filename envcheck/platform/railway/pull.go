package railway

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

// wireMeta is what Railway remembers of the pull request that an environment was
// made for; zero where it does not tell.
type wireMeta struct {
	number     int
	repository string
}

// UnmarshalJSON never fails: what is in another form than known says nothing, and
// is no reason to give up the environment.
func (m *wireMeta) UnmarshalJSON(text []byte) error {
	var shape struct {
		Number     int    `json:"prNumber"`
		Repository string `json:"prRepo"`
	}
	*m = wireMeta{}
	if json.Unmarshal(text, &shape) == nil {
		m.number, m.repository = shape.Number, shape.Repository
	}
	return nil
}

// of reports whether an environment is for the pull request; sure, whether both
// sides name the repository.
func (m *wireMeta) of(pull envcheck.Pull) (is, sure bool) {
	if m == nil || m.number == 0 || m.number != pull.Number {
		return false, false
	}
	if m.repository == "" || pull.Repository == "" {
		return true, false
	}
	there, asked := m.repository, pull.Repository
	if !strings.Contains(there, "/") { // no published text says that the owner is in it
		asked = asked[strings.LastIndexByte(asked, '/')+1:]
	}
	return strings.EqualFold(there, asked), true
}

// pullWords names a pull request.
func pullWords(pull envcheck.Pull) string {
	return "pull request " + strconv.Itoa(pull.Number)
}

// pullEnvironment finds and reads the environment of a pull request, by what
// Railway remembers of it: its name follows no published rule. It takes one call
// more than another environment, for the one that it is a copy of.
func (s *session) pullEnvironment(ctx context.Context, client *httpclient.Client, projectID string, t envcheck.Target) (*environment, error) {
	p, err := keyed(&s.mu, s.pulls, projectID).get(func() (*project, error) {
		return readProject(ctx, client, pullsDocument, projectID)
	})
	if err != nil {
		return nil, err
	}
	found, err := p.pull(t)
	if err != nil {
		return nil, err
	}
	if found.CanAccess != nil && !*found.CanAccess {
		return nil, s.noAccess(p, found)
	}
	return keyed(&s.mu, s.environments, strings.ToLower(projectID+"/"+found.ID)).get(func() (*environment, error) {
		e, err := readByID(ctx, client, projectID, found.ID, found.hasStaged())
		if err != nil {
			if vanished(ctx, client, projectID, found.ID, err) {
				err = &problem{
					cause:    "railway: the environment of " + pullWords(t.Ref.Pull) + " in project " + quoted(p.name) + " is gone: it was just deleted, as it is when the pull request is closed",
					notThere: true,
				}
			}
			return nil, err
		}
		if found.Source != nil && found.Source.ID != found.ID {
			e.copyOf = found.Source.Name
			// What the copy left out is good to know and nothing more: without
			// it, the names are missing like any others.
			e.base, _ = keyed(&s.mu, s.environments, strings.ToLower(projectID+"/"+found.Source.ID)).get(func() (*environment, error) {
				return readByID(ctx, client, projectID, found.Source.ID, false)
			})
		}
		return e, nil
	})
}

// pull finds the one environment of a pull request among those that come and go.
func (p *project) pull(t envcheck.Target) (wireEnvironment, error) {
	pull := t.Ref.Pull
	var sure, likely []wireEnvironment
	elsewhere := ""
	for _, e := range p.environments {
		if e.DeletedAt != nil || !e.IsEphemeral {
			continue
		}
		switch is, known := e.Meta.of(pull); {
		case is && known:
			sure = append(sure, e)
		case is:
			likely = append(likely, e)
		case known:
			elsewhere = e.Meta.repository
		}
	}
	if len(sure) > 0 {
		likely = sure
	}
	switch {
	case len(likely) == 1:
		return likely[0], nil
	case len(likely) > 1:
		return wireEnvironment{}, &problem{
			cause:  "railway: " + countWords(len(likely)) + " environments of project " + quoted(p.name) + " are for " + pullWords(pull),
			advice: "run in a clone whose remote is the pull request's repository, or map an environment to the id of the one that is meant",
		}
	case elsewhere != "":
		return wireEnvironment{}, &problem{
			cause: "railway: the environment for " + pullWords(pull) + " in project " + quoted(p.name) + " is for " + quoted(elsewhere) +
				", not for " + quoted(pull.Repository),
			advice:   "run in a clone of the repository that is meant",
			notThere: true,
		}
	}
	return wireEnvironment{}, &problem{
		cause:    "railway: project " + quoted(p.name) + " has no environment for " + pullWords(pull),
		advice:   "Railway makes one some time after a pull request was opened, where the project's settings ask for it, and deletes it with the pull request",
		notThere: true,
	}
}

// vanished reports whether an environment that was listed a moment ago is there
// no more. What reading it says then depends on the kind of token, so the list is
// asked for once more.
func vanished(ctx context.Context, client *httpclient.Client, projectID, id string, err error) bool {
	var deleted *problem
	if errors.As(err, &deleted) {
		return deleted.noEnvironment
	}
	if !errors.Is(err, errNotFound) && !isRefusal(err) {
		return false
	}
	now, err := readProject(ctx, client, pullsDocument, projectID)
	return err == nil && !slices.ContainsFunc(now.environments, func(e wireEnvironment) bool { return e.ID == id && e.DeletedAt == nil })
}

// copies are the names of the environments that come and go with pull requests,
// when they are made as copies of the environment with this id.
func (p *project) copies(id string) []string {
	if p.base == "" || p.base != id {
		return nil
	}
	var names []string
	for _, e := range p.environments {
		if e.IsEphemeral && e.DeletedAt == nil {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	return names
}

// notCopied are the variables of a service that the environment lacks because
// they are sealed in the one that it was copied from. Source: Railway's
// documentation of variables, "Sealed variables".
func (e *environment) notCopied(s *service) []string {
	if e.base == nil {
		return nil
	}
	from := e.base.byID(s.id)
	if from == nil {
		return nil
	}
	var names []string
	for name, v := range from.variables {
		if v.sealed && s.variables[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// mayLack reports whether it is no fault that the environment lacks the service
// of a target: that of a pull request may be made without it.
func (e *environment) mayLack(t envcheck.Target) bool {
	if t.Ref.Pull.Number == 0 || t.Service == "" {
		return false
	}
	if e.base == nil {
		return true
	}
	_, err := e.base.service(t)
	return err == nil
}
