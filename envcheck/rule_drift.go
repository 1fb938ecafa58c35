package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var drift = &rule{
	Rule: envtight.Rule{
		ID: "env/drift", Title: "An optional variable is set in some environments only", Default: envtight.Warning, Since: "0.1",
		Doc: `A variable that nobody requires is set in one environment and not in another, on the same platform: what was
tried in dev is not what runs in prod. When it is meant, say so: ` + "`@only(dev)`" + `, ` + "`@optional(prod)`" + `, or
` + "`required_in`" + ` / ` + "`absent_in`" + ` in the configuration. Required variables are judged by env/missing, undeclared ones by
env/extra.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/api/.env.example --\n# SENTRY_DSN=\n-- snapshot --\ncell api dev railway:shop/api/staging\n  SENTRY_DSN set\ncell api prod railway:shop/api/production\n",
				Want:  "apps/api/.env.example:1:3: SENTRY_DSN is set in dev and not here: prod (railway:shop/api/production)",
			},
			{
				Title: "meant so",
				Files: "-- apps/api/.env.example --\n# @only(dev)\nDEBUG_TOOLBAR=1\n-- snapshot --\ncell api dev railway:shop/api/staging\n  DEBUG_TOOLBAR set\ncell api prod railway:shop/api/production\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if v.need.Need != envtight.Optional || v.state != envtight.Absent || v.cell.provides(v.row.name) || v.cell.ofPull() || j.meant(v) {
				continue
			}
			if others := j.setElsewhere(v); len(others) > 0 {
				d := j.about(v)
				d.Message = fmt.Sprintf("%s is set in %s and not here", v.row.name, strings.Join(others, ", "))
				d.Advice = "set it, remove it there, or say that it is meant: @only(" + strings.Join(others, ", ") + ")"
				j.report(v, d)
			}
		}
	},
}

// meant reports whether somebody said of this very environment that the variable
// is optional there, or named the environments or the condition that need it.
func (j *judge) meant(v verdict) bool {
	for i := range j.options.Policies {
		if _, ok := j.options.Policies[i].need(v.app.name, v.row.name, v.cell.environment); ok {
			return true
		}
	}
	return slices.ContainsFunc(v.row.declarations, func(d *declaration) bool { return len(d.Needs) > 0 || d.Conditional })
}

// setElsewhere lists the other environments of the same link in which the
// variable is set by hand.
func (j *judge) setElsewhere(v verdict) []string {
	var out []string
	for _, cell := range v.app.cells {
		if cell.link != v.cell.link || cell.environment == v.cell.environment || !cell.asked || cell.ofPull() {
			continue
		}
		if s := cell.settings[v.row.name]; s != nil && s.State.IsSet() && s.Managed == "" {
			out = append(out, cell.environment)
		}
	}
	return out
}
