package railway

import (
	"context"

	"github.com/envtight/envtight/internal/httpclient"
)

// listedProject is a project in a list, with the workspace that owns it.
type listedProject struct {
	wireProject
	workspace wireNamed
}

// allProjects lists the projects that an account or workspace token reaches.
func (s *session) allProjects(ctx context.Context, client *httpclient.Client) ([]listedProject, error) {
	return s.projectList.get(func() ([]listedProject, error) {
		answer, err := ask[struct {
			Token *struct {
				Workspaces *[]wireNamed `json:"workspaces"`
			} `json:"apiToken"`
		}](ctx, client, workspacesDocument, nil)
		if err != nil {
			return nil, err
		}
		if answer.Token == nil || answer.Token.Workspaces == nil {
			return nil, unknownShape(workspacesDocument, "the token's workspaces are missing")
		}
		var all []listedProject
		for _, w := range *answer.Token.Workspaces {
			projects, err := projectsOf(ctx, client, w)
			if err != nil {
				return nil, err
			}
			all = append(all, projects...)
		}
		return all, nil
	})
}

func projectsOf(ctx context.Context, client *httpclient.Client, w wireNamed) ([]listedProject, error) {
	var all []listedProject
	doc := projectsDocument
	err := pages(doc, func(after any) (string, error) {
		answer, err := ask[struct {
			Projects *connection[wireProject] `json:"projects"`
		}](ctx, client, doc, map[string]any{"workspace": w.ID, "after": after})
		if err != nil {
			return "", err
		}
		nodes, next, err := answer.Projects.nodes(doc, "projects")
		for _, p := range nodes {
			if p.ID == "" || p.Name == "" {
				return "", unknownShape(doc, "a project has no id or no name")
			}
			if p.DeletedAt == nil {
				all = append(all, listedProject{p, w})
			}
		}
		return next, err
	})
	return all, err
}

// project reads the environments of a project.
func (s *session) project(ctx context.Context, client *httpclient.Client, id string) (*project, error) {
	return keyed(&s.mu, s.projects, id).get(func() (*project, error) {
		return readProject(ctx, client, projectDocument, id)
	})
}

// readProject reads a project with the environments that a document lists.
func readProject(ctx context.Context, client *httpclient.Client, doc document, id string) (*project, error) {
	p := &project{id: id}
	err := pages(doc, func(after any) (string, error) {
		answer, err := ask[struct {
			Project *wireProject `json:"project"`
		}](ctx, client, doc, map[string]any{"project": id, "after": after})
		if err != nil {
			return "", err
		}
		w := answer.Project
		if w == nil || w.ID != id || w.Name == "" {
			return "", unknownShape(doc, "the project is missing")
		}
		if w.DeletedAt != nil {
			return "", &problem{
				cause:  "railway: project " + quoted(w.Name) + " was deleted",
				advice: "link the app to a project that exists; envtight init looks it up",
			}
		}
		p.name = w.Name
		if w.Base != nil {
			p.base = *w.Base
		}
		nodes, next, err := w.Environments.nodes(doc, "environments")
		for _, e := range nodes {
			if e.ID == "" || e.Name == "" {
				return "", unknownShape(doc, "an environment has no id or no name")
			}
		}
		p.environments = append(p.environments, nodes...)
		return next, err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// pages calls ask with the cursor of each page, until there is no next one. A
// list that comes back to a page it had is a failure, not a loop.
func pages(doc document, ask func(after any) (next string, err error)) error {
	seen := map[string]bool{}
	next, err := ask(nil)
	for err == nil && next != "" {
		if seen[next] || len(seen) >= maxPages {
			return unknownShape(doc, "the pages of a list do not end")
		}
		seen[next] = true
		next, err = ask(next)
	}
	return err
}
