package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/workspace"
)

var missing = &rule{
	Rule: envtight.Rule{
		ID: "env/missing", Title: "A required variable is not set", Default: envtight.Error, Since: "0.1",
		Doc: `An app declares a variable as required, and the platform does not give it in that environment: the
deployment will start without it.

A key of an env example is required unless it is commented out, marked ` + "`@optional`" + ` (or ` + "`[optional]`" + `),
or made optional in the configuration; ` + "`@required(prod)`" + `, ` + "`@optional(dev)`" + ` and ` + "`@only(prod)`" + ` say it per
environment. A package's example declares for every app that depends on it. A root example declares for all apps that
have none of their own: then a variable is missing when no app has it. While one of them was not asked in an
environment, nobody can know that.

A variable that the platform will not show (sealed, sensitive) counts as set. Nothing is called missing when the
platform did not show everything.`,
		Examples: []envtight.Example{
			{
				Title: "declared, and set in dev only",
				Files: "-- apps/web/.env.example --\nSTRIPE_KEY=\n-- snapshot --\ncell web dev vercel:shop/preview\n  STRIPE_KEY set\ncell web prod vercel:shop/production\n",
				Want:  "apps/web/.env.example:1:1: STRIPE_KEY is required and not set: prod (vercel:shop/production)",
			},
			{
				Title: "a sealed variable is set, an optional one need not be",
				Files: "-- apps/api/.env.example --\nTOKEN=\n# DEBUG=1\n-- snapshot --\ncell api prod railway:shop/api/production\n  TOKEN unreadable\n",
			},
			{
				Title: "half an answer proves nothing",
				Files: "-- apps/api/.env.example --\nTOKEN=\n-- snapshot --\ncell api prod railway:shop/api/production incomplete\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		var shared []verdict
		for _, v := range j.verdicts {
			switch {
			case v.need.Need != envtight.Required || v.state != envtight.Absent || v.cell.provides(v.row.name):
			case v.row.anyApp:
				shared = append(shared, v)
			case v.notCopied(): // env/sealed-not-copied says why
			default:
				d := j.about(v)
				d.Message = fmt.Sprintf("%s is %s and not set", v.row.name, v.need.required())
				d.Advice = j.adviseSet(v)
				d.Related = v.whyElsewhere(d.Location)
				j.report(v, d)
			}
		}
		j.reportNobodyHas(shared)
	},
}

// reportNobodyHas judges variables that some app must have, no matter which: they
// are missing where it is proven that none has them.
func (j *judge) reportNobodyHas(absent []verdict) {
	type key struct{ environment, name string }
	seen := map[key]*search{}
	for _, v := range absent {
		k := key{v.cell.environment, v.row.name}
		found := seen[k]
		if found == nil {
			found = j.search(v)
			seen[k] = found
			if !found.set && len(found.unseen) > 0 {
				j.pass.Incomplete(found.incomplete(v.cell.environment))
				j.pass.Undecided(j.rule.ID)
			}
		}
		if found.set || found.unknown || len(found.unseen) > 0 {
			continue
		}
		d := j.about(v)
		d.App = ""
		d.Message = fmt.Sprintf("%s is declared at the root and no app has it", v.row.name)
		d.Advice = "set it for the app that reads it, or move the line to that app's own example"
		if !v.row.declared() {
			d.Message = fmt.Sprintf("%s is %s and no app has it", v.row.name, v.need.required())
			d.Advice = "set it for the app that reads it, or name the app in the configuration"
		}
		j.report(v, d)
	}
}

// search is what is known of a variable over all apps, in one environment.
type search struct {
	set     bool     // some app has it
	unknown bool     // somebody could not look; that is said elsewhere
	unseen  []string // apps that may have it and were not compared with anything
}

// search looks for the variable of v in its environment. Every app may turn out to
// have it; only those without an example of their own have to be seen, as the
// others say themselves what they need.
func (j *judge) search(v verdict) *search {
	s := &search{}
	inScope := map[*workspace.App]*app{}
	for _, a := range j.apps {
		inScope[a.App] = a
	}
	for _, w := range j.options.Workspace.Apps {
		a, may := inScope[w], len(w.Examples) == 0 || !v.row.declared()
		if a == nil {
			if may {
				s.unseen = append(s.unseen, w.Name)
			}
			continue
		}
		looked := false
		for _, cell := range a.cells {
			if cell.environment == v.cell.environment {
				looked = true
				s.set = s.set || cell.state(v.row.name).IsSet() || may && cell.provides(v.row.name)
				s.unknown = s.unknown || may && cell.state(v.row.name) == envtight.Unknown
			}
		}
		if may && !looked && !a.notIn(v.cell.environment) {
			s.unseen = append(s.unseen, w.Name)
		}
	}
	return s
}

func (s *search) incomplete(environment string) envtight.Incompleteness {
	return envtight.Incompleteness{
		Silence: envtight.NotAsked,
		Cause: fmt.Sprintf("variables that any app may have were not judged in %s: nobody knows what %s has there",
			environment, strings.Join(s.unseen, ", ")),
		Advice: "link every app without an env example of its own, or map " + environment + " to \"\" where it is not deployed",
	}
}

// notIn reports whether the app is linked, and on purpose not deployed in an
// environment.
func (a *app) notIn(environment string) bool {
	for _, link := range a.links {
		if !slices.Contains(link.NotIn, environment) {
			return false
		}
	}
	return len(a.links) > 0
}

// whyElsewhere points at the declaration when the finding is at another place.
func (v verdict) whyElsewhere(at envtight.Location) []envtight.Related {
	if declared := v.row.location(); declared.Kind != envtight.AtNothing && declared != at {
		return []envtight.Related{{Location: declared, Message: "declared here"}}
	}
	return nil
}

// adviseSet says how to set a variable, with the platform's own command where
// that is known.
func (j *judge) adviseSet(v verdict) string {
	if adviser, ok := As[Adviser](SourceOf(j.options.Sources, v.cell.link.Platform)); ok {
		return "set it: " + adviser.SetCommand(v.cell.advised(), v.row.name)
	}
	return "set it there, or mark it @optional where it is declared"
}

// advised is the target as the platform's own program knows it: our word for the
// environment of a pull request is none of its.
func (c *cell) advised() Target {
	target := c.target
	if c.answer.Project.Ephemeral {
		target.Ref.Name = c.answer.Place.Environment
	}
	return target
}
