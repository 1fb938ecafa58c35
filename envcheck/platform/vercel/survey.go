package vercel

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// Survey implements [envcheck.Surveyor]: the projects that are linked to the
// repository, in one call and one for each further page.
func (s *Source) Survey(ctx context.Context, q envcheck.Query) ([]envcheck.Deployed, []envtight.Incompleteness) {
	target := envcheck.Target{Team: q.Team, Token: q.Token}
	if q.Token.Secret.IsEmpty() {
		return nil, []envtight.Incompleteness{explain(errNoToken, "", target)}
	}
	list := "the projects " + whose(q.Team)
	projects, err := s.session(q.Token, q.Team).projects(ctx, "repoUrl", repositoryURL(q))
	switch {
	case err != nil && isRefused(err) && !isInvalidToken(err):
		// A token that is for one project is as it should be.
		return nil, []envtight.Incompleteness{{
			Silence: envtight.NotAsked,
			Cause:   "vercel: what else is built from this repository was not asked: " + tokenName(target) + " is not for " + list,
		}}
	case err != nil:
		return nil, []envtight.Incompleteness{explain(err, list, target)}
	}
	var out []envcheck.Deployed
	for i := range projects {
		// A filter that is not known would be passed over, and all projects come.
		if facts := projects[i].facts(); strings.EqualFold(facts.Repository, q.Repository) {
			out = append(out, envcheck.Deployed{
				Place: envtight.Place{Platform: platformName, Project: facts.Name}, Facts: facts,
				Environments: projects[i].environments(),
			})
		}
	}
	slices.SortFunc(out, func(a, b envcheck.Deployed) int {
		return cmp.Or(cmp.Compare(a.Facts.Name, b.Facts.Name), cmp.Compare(a.Facts.ID, b.Facts.ID))
	})
	return out, nil
}

// repositoryURL is the address of the repository as Vercel filters by it.
func repositoryURL(q envcheck.Query) string {
	return "https://" + cmp.Or(q.Host, "github.com") + "/" + q.Repository
}
