package railway

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

// Discover looks through the projects that the token reaches for services that
// are the apps of a repository: by the service's repository, its root directory
// and its name. Candidates are sorted by app, the sure ones first.
func (s *Source) Discover(ctx context.Context, q envcheck.Query) ([]envcheck.Candidate, []envtight.Incompleteness) {
	found, errs := s.services(ctx, q, func(all []listedProject) []listedProject { return all })
	var out []envcheck.Candidate
	for _, app := range q.Apps {
		out = append(out, match(app, q.Repository, found)...)
	}
	return out, explainAll(errs, func(err error) envtight.Incompleteness {
		return explain(err, envcheck.Target{Token: q.Token, Team: q.Team})
	})
}

// explainAll explains each cause once.
func explainAll(errs []error, explain func(error) envtight.Incompleteness) []envtight.Incompleteness {
	var out []envtight.Incompleteness
	for _, err := range errs {
		inc := explain(err)
		if !slices.ContainsFunc(out, func(i envtight.Incompleteness) bool { return i.Cause == inc.Cause }) {
			out = append(out, inc)
		}
	}
	return out
}

// found is a service of some project.
type foundService struct {
	service
	project      listedProject
	environments []string
}

// services reads the services of the projects that a token reaches in the query's
// team, as far as choose leaves them in. A project token reaches those of one
// environment.
func (s *Source) services(ctx context.Context, q envcheck.Query, choose func([]listedProject) []listedProject) ([]foundService, []error) {
	session := newSession(s, q.Token)
	o, err := session.open(ctx)
	if err != nil {
		return nil, []error{err}
	}
	if o.kind == kindProject {
		return fromEnvironment(o.own), nil
	}
	all, err := session.allProjects(ctx, o.client)
	if err != nil {
		return nil, []error{err}
	}
	all = choose(slices.DeleteFunc(all, func(p listedProject) bool {
		return p.Primary == nil || q.Team != "" && !isNamed(q.Team, p.workspace.ID, p.workspace.Name)
	}))
	var (
		wg   sync.WaitGroup
		out  = make([][]foundService, len(all))
		errs = make([]error, len(all))
	)
	for i, p := range all {
		wg.Go(func() { out[i], errs[i] = servicesOf(ctx, o.client, p) })
	}
	wg.Wait()
	return slices.Concat(out...), slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// fromEnvironment are the services of a project token's environment.
func fromEnvironment(e *environment) []foundService {
	p := listedProject{wireProject: wireProject{ID: e.projectID, Name: e.projectName}}
	var out []foundService
	for _, s := range e.services {
		out = append(out, foundService{s, p, []string{e.name}})
	}
	return out
}

// servicesOf reads the services of a project in its primary environment.
func servicesOf(ctx context.Context, client *httpclient.Client, p listedProject) ([]foundService, error) {
	doc := instancesDocument
	var (
		instances    []wireInstance
		environments []string
	)
	err := pages(doc, func(after any) (string, error) {
		answer, err := ask[struct {
			Project     *wireProject     `json:"project"`
			Environment *wireEnvironment `json:"environment"`
		}](ctx, client, doc, map[string]any{"project": p.ID, "environment": *p.Primary, "instancesAfter": after})
		if err != nil {
			return "", err
		}
		if answer.Project == nil || answer.Environment == nil {
			return "", unknownShape(doc, "the project or its environment is missing")
		}
		listed, _, err := answer.Project.Environments.nodes(doc, "environments")
		if err != nil {
			return "", err
		}
		environments = (&project{environments: listed}).names()
		nodes, next, err := answer.Environment.Instances.nodes(doc, "services")
		instances = append(instances, nodes...)
		return next, err
	})
	if err != nil {
		return nil, err
	}
	e := &environment{}
	if err := e.addServices(doc, instances); err != nil {
		return nil, err
	}
	var out []foundService
	for _, s := range e.services {
		out = append(out, foundService{s, p, environments})
	}
	return out, nil
}

// match finds the services that may be an app. Repository and directory together
// are sure; if any service is, the others are not named.
func match(app envcheck.AppDir, repository string, all []foundService) []envcheck.Candidate {
	var sure, likely []envcheck.Candidate
	dir := strings.Trim(path.Clean("/"+app.Dir), "/")
	for _, s := range all {
		linked := repository != "" && strings.EqualFold(s.repository, repository)
		named := strings.EqualFold(s.name, app.Name) || dir != "" && strings.EqualFold(s.name, path.Base(dir))
		c := envcheck.Candidate{
			App: app.Name, Platform: platformName, Team: s.project.workspace.ID,
			Project: s.project.ID, ProjectName: s.project.Name,
			Service: s.id, ServiceName: s.name, Environments: s.environments,
		}
		switch {
		case linked && s.rootKnown && s.root == dir:
			c.Sure, c.Why = true, "linked to this repository, root directory "+rootWords(s.root)
			sure = append(sure, c)
		case linked && s.rootKnown && s.root != "":
			// Another directory of this repository is another app.
		case linked && named:
			c.Why = "linked to this repository, and the service is called " + quoted(s.name)
			likely = append(likely, c)
		case linked && dir == "":
			c.Why = "linked to this repository"
			likely = append(likely, c)
		case s.repository == "" && named:
			c.Why = "the service is called " + quoted(s.name)
			likely = append(likely, c)
		}
	}
	if len(sure) > 0 {
		return sure
	}
	return likely
}

func rootWords(root string) string {
	if root == "" {
		return "/"
	}
	return root
}
