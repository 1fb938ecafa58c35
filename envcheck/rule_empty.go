package envcheck

import (
	"fmt"

	"github.com/envtight/envtight"
)

var empty = &rule{
	Rule: envtight.Rule{
		ID: "env/empty", Title: "A required variable is set and empty", Default: envtight.Error, Since: "0.1",
		Doc: `The variable is there, so a check for its presence passes, and its value is the empty text. Most programs treat
that as absent, some crash later.

It is reported only when the platform shows that the value is empty. A value that nobody can read (sealed, sensitive,
encrypted and not asked for) is never called empty.`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/.env.example --\nDATABASE_URL=\n-- snapshot --\ncell api dev railway:shop/api/staging\n  DATABASE_URL empty\ncell api prod railway:shop/api/production\n  DATABASE_URL unreadable\n",
			Want:  "apps/api/.env.example:1:1: DATABASE_URL is required and set to an empty value: dev (railway:shop/api/staging)",
		}},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if v.need.Need == envtight.Required && v.state == envtight.Empty {
				d := j.about(v)
				d.Message = fmt.Sprintf("%s is %s and set to an empty value", v.row.name, v.need.required())
				d.Advice = j.adviseSet(v)
				d.Related = v.whyElsewhere(d.Location)
				j.report(v, d)
			}
		}
	},
}
