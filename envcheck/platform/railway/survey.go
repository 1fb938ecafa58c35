package railway

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// maxSurveyed is how many projects a survey looks into, each for one call. Where
// there are more, it looks into those that apps are linked to.
const maxSurveyed = 10

// Survey implements [envcheck.Surveyor]: the services whose source is the
// repository. A project token sees those of its environment, in one call; another
// token those of each project's primary environment, in one call for each project
// and two for the list of these.
func (s *Source) Survey(ctx context.Context, q envcheck.Query) ([]envcheck.Deployed, []envtight.Incompleteness) {
	left := 0
	found, errs := s.services(ctx, q, func(all []listedProject) []listedProject {
		if len(all) <= maxSurveyed {
			return all
		}
		linked := slices.DeleteFunc(slices.Clone(all), func(p listedProject) bool {
			return !slices.ContainsFunc(q.Linked, func(meant string) bool { return isNamed(meant, p.ID, p.Name) })
		})
		linked = linked[:min(len(linked), maxSurveyed)]
		left = len(all) - len(linked)
		return linked
	})
	incomplete := explainAll(errs, func(err error) envtight.Incompleteness {
		if isRefusal(err) {
			// A token that is for less is as it should be; a dead one is known
			// by the answers about apps.
			return envtight.Incompleteness{
				Silence: envtight.NotAsked,
				Cause:   "railway: what else is built from this repository was not asked: " + tokenWords(q.Token) + " is not for all projects",
			}
		}
		return explain(err, envcheck.Target{Token: q.Token, Team: q.Team})
	})
	if left > 0 {
		incomplete = append(incomplete, envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   fmt.Sprintf("railway: what else is built from this repository was asked of linked projects only: there are %d others", left),
		})
	}
	var out []envcheck.Deployed
	for _, f := range found {
		if q.Repository == "" || !strings.EqualFold(f.repository, q.Repository) {
			continue
		}
		out = append(out, envcheck.Deployed{
			Place: envtight.Place{Platform: platformName, Project: f.project.Name, Service: f.name},
			Facts: envcheck.ProjectFacts{
				ID: f.project.ID, Name: f.project.Name, ServiceID: f.id,
				Repository: f.repository, RootDirectory: f.root, RootKnown: f.rootKnown,
			},
			Environments: f.environments,
		})
	}
	slices.SortFunc(out, func(a, b envcheck.Deployed) int {
		return cmp.Or(cmp.Compare(a.Place.String(), b.Place.String()), cmp.Compare(a.Facts.ServiceID, b.Facts.ServiceID))
	})
	return out, incomplete
}
