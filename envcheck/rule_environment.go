package envcheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var environmentMissing = &rule{
	Rule: envtight.Rule{
		ID: "env/environment-missing", Title: "A mapped environment does not exist on the platform", Default: envtight.Error, Since: "0.1",
		Doc: `The link maps one of your environments to a name that the platform does not have in that project, so nothing
could be compared.`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/.env.example --\nA=\n-- snapshot --\ncell api dev railway:shop/api/stagin no-such-environment=production,staging\n",
			Want:  "apps/api/.env.example: railway has no environment stagin in shop; it has production, staging: dev (railway:shop/api/stagin)",
		}},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, cell := range j.cells {
			if !cell.answer.NoSuchEnvironment {
				continue
			}
			d := envtight.Diagnostic{
				Rule: j.rule.ID, App: cell.app.name, Environment: cell.environment,
				Location: cell.link.location(cell.app),
				Cells:    []envtight.Cell{cell.ref()},
				Message: fmt.Sprintf("%s has no environment %s in %s", cell.link.Platform, cell.target.Ref.Name,
					cmp.Or(cell.answer.Place.Project, cell.link.Project)),
				Advice: "correct environments in the app's platform block",
			}
			if len(cell.answer.Environments) > 0 {
				d.Message += "; it has " + strings.Join(cell.answer.Environments, ", ")
			}
			j.pass.Report(d)
		}
	},
}

var environmentShared = &rule{
	Rule: envtight.Rule{
		ID: "env/environment-shared", Title: "Two environments are the same place", Default: envtight.Warning, Since: "0.1",
		Doc: `Two of your environments are mapped to the same environment of a platform: what is tried in one runs in the
other, and a comparison of the two can find nothing.`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/.env.example --\nA=\n-- snapshot --\nconfigured\ncell api dev railway:shop/api/production\n  A set\ncell api prod railway:shop/api/production\n  A set\n",
			Want:  "apps/api/.env.example: dev and prod of api are the same place: railway:shop/api/production",
		}},
	},
	check: func(j *judge) {
		for _, a := range j.apps {
			for _, link := range a.links {
				if !link.Guessed { // a guess of ours is nobody's mistake
					j.reportShared(a, link)
				}
			}
		}
	},
}

// reportShared looks for environments of a link that are one place.
func (j *judge) reportShared(a *app, link *Link) {
	byPlace := map[string][]*cell{}
	for _, cell := range a.cells {
		if cell.link == link && !cell.answer.NoSuchEnvironment && !cell.ofPull() {
			key := cmp.Or(cell.answer.Project.EnvironmentID, cell.target.Ref.Name) + "\x00" + cell.target.Ref.Branch
			byPlace[key] = append(byPlace[key], cell)
		}
	}
	for _, cells := range byPlace {
		if len(cells) < 2 {
			continue
		}
		var names []string
		for _, cell := range cells {
			names = append(names, cell.environment)
		}
		slices.Sort(names)
		j.pass.Report(envtight.Diagnostic{
			Rule: j.rule.ID, App: a.name, Location: link.location(a),
			Message: fmt.Sprintf("%s of %s are the same place: %s", strings.Join(names, " and "), a.name, cells[0].place("")),
			Advice:  "map each to an environment of its own",
		})
	}
}

var unmapped = &rule{
	Rule: envtight.Rule{
		ID: "env/unmapped", Title: "An environment is mapped to nothing", Default: envtight.Warning, Since: "0.1",
		Doc: `The configuration names an environment, and the app's platform block does not say what that is there, so the app
is not judged in it: what is missing there stays unseen. Add it to ` + "`environments`" + `. When the app is not
deployed there, say so with an empty name, as in ` + "`environments = { dev = \"\", prod = \"production\" }`" + `.`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/.env.example --\nA=\n-- apps/web/.env.example --\nA=\n-- snapshot --\nconfigured\ncell api prod railway:shop/api/production\n  A set\ncell web dev vercel:web/preview\n  A set\ncell web prod vercel:web/production\n  A set\n",
			Want:  "apps/api/.env.example: api says nothing of dev on railway",
		}},
	},
	check: func(j *judge) {
		for _, a := range j.apps {
			for _, environment := range j.options.Environments {
				if link := j.unmappedLink(a, environment); link != nil {
					j.pass.Report(envtight.Diagnostic{
						Rule: j.rule.ID, App: a.name, Location: link.location(a),
						Message: fmt.Sprintf("%s says nothing of %s on %s", a.name, environment, link.Platform),
						Advice:  fmt.Sprintf("add it to environments of the platform block, as %s = \"...\", or as %s = \"\" when %s is not deployed there", environment, environment, a.name),
					})
				}
			}
		}
	},
}

// unmappedLink returns the written link of an app that should know an
// environment: none of the app's links does.
func (j *judge) unmappedLink(a *app, environment string) *Link {
	if _, pull := PullNumber(environment); pull || environment == LocalEnvironment {
		return nil
	}
	var written *Link
	for _, link := range a.links {
		if _, ok := link.Environments[environment]; ok || slices.Contains(link.NotIn, environment) {
			return nil
		}
		if !link.Guessed && written == nil {
			written = link
		}
	}
	return written
}
