package envcheck

import (
	"fmt"

	"github.com/envtight/envtight"
)

var missing = &rule{
	Rule: envtight.Rule{
		ID: "env/missing", Title: "A required variable is not set", Default: envtight.Error, Since: "0.1",
		Doc: `An app declares a variable as required, and the platform does not give it in that environment: the
deployment will start without it.

A key of an env example is required unless it is commented out, marked ` + "`@optional`" + ` (or ` + "`[optional]`" + `),
or made optional in the configuration; ` + "`@required(prod)`" + `, ` + "`@optional(dev)`" + ` and ` + "`@only(prod)`" + ` say it per
environment. A package's example declares for every app that depends on it. A root example declares for all apps that
have none of their own: then a variable is missing when no such app has it.

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
		shared := map[string]*sharedNeed{}
		for _, v := range j.verdicts {
			if v.need.Need != envtight.Required {
				continue
			}
			if v.row.rootOnly() {
				gather(shared, v)
			} else if v.state == envtight.Absent && !v.cell.provides(v.row.name) {
				d := j.about(v)
				d.Message = fmt.Sprintf("%s is required and not set", v.row.name)
				d.Advice = j.adviseSet(v)
				d.Related = v.whyElsewhere(d.Location)
				j.pass.Report(d)
			}
		}
		reportShared(j, shared)
	},
}

// sharedNeed is a variable that a root example declares, in one environment: some
// app must have it, no matter which.
type sharedNeed struct {
	verdicts []verdict
	open     bool // set somewhere, or somebody could not look
}

func gather(all map[string]*sharedNeed, v verdict) {
	key := v.cell.environment + "\x00" + v.row.name
	need := all[key]
	if need == nil {
		need = &sharedNeed{}
		all[key] = need
	}
	need.verdicts = append(need.verdicts, v)
	need.open = need.open || v.state != envtight.Absent || v.cell.provides(v.row.name)
}

func reportShared(j *judge, all map[string]*sharedNeed) {
	for _, need := range all {
		if need.open || !j.sawAllOf(need.verdicts[0]) {
			continue
		}
		for _, v := range need.verdicts {
			d := j.about(v)
			d.App = ""
			d.Message = fmt.Sprintf("%s is declared at the root and no app has it", v.row.name)
			d.Advice = "set it for the app that reads it, or move the line to that app's own example"
			j.pass.Report(d)
		}
	}
}

// sawAllOf reports whether every app that the root's example declares for has
// a cell that was asked in the environment of v; one without might have it.
func (j *judge) sawAllOf(v verdict) bool {
	for _, a := range j.apps {
		if r := a.byName[v.row.name]; r == nil || !r.rootOnly() {
			continue
		}
		for _, cell := range a.cells {
			if cell.environment == v.cell.environment && !cell.asked {
				return false
			}
		}
	}
	return true
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
	for _, source := range j.options.Sources {
		if adviser, ok := source.(Adviser); ok && source.Platform() == v.cell.link.Platform {
			return "set it: " + adviser.SetCommand(v.cell.target, v.row.name)
		}
	}
	return "set it there, or mark it @optional where it is declared"
}
