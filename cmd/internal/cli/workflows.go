package cli

import (
	"context"
	"path"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/ci"
	"github.com/envtight/envtight/envcheck/platform/github"
	"github.com/envtight/envtight/naming"
)

// ownGitHubToken is the variable whose token is taken without a configuration.
// GH_TOKEN and GITHUB_TOKEN stand in many environments for other ends, and seldom may
// list secrets: they count where the configuration says that GitHub is to be asked.
const ownGitHubToken = "ENVTIGHT_GITHUB_TOKEN"

// workflows returns the check of what GitHub runs.
func (a *app) workflows(ctx context.Context, p *project) (*ci.Check, error) {
	o := ci.Options{Tree: p.workspace.Tree, Class: naming.Class}
	link := p.workflowLink(a)
	token, found := a.token(link, "")
	o.Repository, o.Token = link.Project, token
	host := ""
	if o.Repository == "" {
		if host, o.Repository = p.remote(ctx); o.Repository == "" {
			o.Repository = a.env.getenv("GITHUB_REPOSITORY")
		}
	}
	switch {
	case host != "" && a.env.getenv("ENVTIGHT_GITHUB_URL") == "" || a.flags.snapshot != "":
		// of another host than GitHub, or a run that looks at a file in its place
	case a.flags.offline:
		o.Lacking = "github was not asked which secrets there are: the run is offline"
	case o.Repository == "":
		o.Lacking = "github was not asked which secrets there are: nobody knows which repository this is"
		o.Advice = "add its remote, or write app \"ci\" with path = \".github\" and platform \"github\" into " + configName
	case !found:
		o.Lacking = "github was not asked which secrets there are: no token"
		o.Advice = "set " + list(envcheck.TokenNames(link, "")) + " to a fine-grained token (" + github.Permissions + "); the GITHUB_TOKEN of a workflow can list none"
	default:
		sources, err := a.sources(p, nil)
		if err != nil {
			return nil, err
		}
		o.Store, _ = envcheck.As[ci.Store](envcheck.SourceOf(sources, link.Platform))
	}
	return ci.New(o), nil
}

// workflowLink says whom to ask about the repository's workflows: the platform
// "github" of the app whose directory is .github, or nobody in particular.
func (p *project) workflowLink(a *app) envcheck.Link {
	for _, link := range p.links(a) {
		found := p.workspace.App(link.App)
		if link.Platform == "github" && found != nil && found.Dir == path.Dir(ci.Example) {
			return link
		}
	}
	return envcheck.Link{Platform: "github", TokenEnv: map[string]string{"": ownGitHubToken}}
}
