package envcheck

import (
	"fmt"

	"github.com/envtight/envtight"
)

var forbidden = &rule{
	Rule: envtight.Rule{
		ID: "env/forbidden", Title: "A variable is set where it must not be", Default: envtight.Error, Since: "0.1",
		Doc: `A declaration marked ` + "`@only(prod)`" + `, or ` + "`absent_in`" + ` in the configuration, says that a variable must not be
set in an environment: a live payment key outside production, a debug switch inside it.`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/.env.example --\n# @only(prod)\nSTRIPE_LIVE_KEY=\n-- snapshot --\ncell api dev railway:shop/api/staging\n  STRIPE_LIVE_KEY set\ncell api prod railway:shop/api/production\n  STRIPE_LIVE_KEY set\n",
			Want:  "apps/api/.env.example:2:1: STRIPE_LIVE_KEY must not be set: dev (railway:shop/api/staging)",
		}},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if v.need.Need == envtight.Forbidden && v.state.IsSet() {
				d := j.about(v)
				d.Message = fmt.Sprintf("%s must not be set", v.row.name)
				d.Advice = "remove it there, or change " + v.need.why()
				d.Related = v.whyElsewhere(d.Location)
				j.report(v, d)
			}
		}
	},
}
