package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var branchGone = &rule{
	Rule: envtight.Rule{
		ID: "env/branch-gone", Title: "A variable is set for a git branch that is no more", Default: envtight.Warning, Since: "0.1",
		Doc: `Vercel can set a variable for the previews of one git branch. When the branch is deleted, the variable stays
behind: nothing uses it, and nobody will change its value when the key is rotated.

Which branches exist is read from the clone; nothing is fetched. So it is reported only when the clone fetches all
branches of the repository that the project is linked to, is not shallow, and asked for them after the variable was
last changed. Otherwise the run says that it did not look.`,
		Examples: []envtight.Example{
			{
				Title: "left over",
				Files: "-- apps/web/.env.example --\nAPI_URL=\n-- snapshot --\nrepository acme/shop as-of=2026-03-01 main dev\ncell web dev vercel:shop/preview repository=acme/shop branch=feat/login:API_URL,AUTH_URL@2026-02-01 branch=dev:API_URL@2026-02-01\n  API_URL set\n",
				Want:  "apps/web/.env.example: vercel:shop has variables for the branch feat/login, which does not exist (as of the last fetch, 2026-03-01): API_URL, AUTH_URL",
			},
			{
				Title: "the branch may be newer than what the clone knows",
				Files: "-- apps/web/.env.example --\nAPI_URL=\n-- snapshot --\nrepository acme/shop as-of=2026-03-01 main dev\ncell web dev vercel:shop/preview repository=acme/shop branch=feat/login:API_URL@2026-03-02\n  API_URL set\n",
			},
			{
				Title: "the project builds another repository",
				Files: "-- apps/web/.env.example --\nAPI_URL=\n-- snapshot --\nrepository acme/fork as-of=2026-03-01 main dev\ncell web dev vercel:shop/preview repository=acme/shop branch=feat/login:API_URL@2026-02-01\n  API_URL set\n",
			},
			{
				Title: "the clone does not know",
				Files: "-- apps/web/.env.example --\nAPI_URL=\n-- snapshot --\nrepository acme/shop unknown\ncell web dev vercel:shop/preview repository=acme/shop branch=feat/login:API_URL@2026-02-01\n  API_URL set\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		seen := map[*Link]bool{}
		for _, cell := range j.cells {
			if len(cell.answer.Project.Branches) > 0 && !seen[cell.link] {
				seen[cell.link] = true
				j.reportBranches(cell)
			}
		}
	},
}

// reportBranches judges the branches that a linked project has variables for.
func (j *judge) reportBranches(c *cell) {
	known := j.branches()
	facts := &c.answer.Project
	place := c.place("")
	place.Environment = ""
	unknown := func(why, advice string) {
		j.pass.Incomplete(envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   fmt.Sprintf("whether the branches that %s has variables for still exist was not judged: %s", place, why),
			Advice:  advice,
		})
		j.pass.Undecided(j.rule.ID)
	}
	switch {
	case known.Unknown != "":
		unknown(known.Unknown, known.Advice)
		return
	case known.Repository == "" || !strings.EqualFold(known.Repository, facts.Repository):
		unknown("the project is not linked to the repository that this clone comes from", "")
		return
	}
	for _, b := range facts.Branches {
		if _, exists := slices.BinarySearch(known.Names, b.Branch); exists {
			continue
		}
		if b.Updated.IsZero() || !b.Updated.Before(known.AsOf) {
			unknown("some were changed after this clone last asked for all branches", "run: git fetch --prune")
			continue
		}
		j.pass.Report(envtight.Diagnostic{
			Rule: j.rule.ID, App: c.app.name, Location: c.link.location(c.app),
			Message: fmt.Sprintf("%s has variables for the branch %s, which does not exist (as of the last fetch, %s): %s",
				place, b.Branch, known.AsOf.UTC().Format("2006-01-02"), strings.Join(b.Names, ", ")),
			Advice: "remove them in the project's settings, or push the branch",
		})
	}
}
