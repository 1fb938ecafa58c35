package envcheck

import (
	"fmt"
	"strings"

	"github.com/envtight/envtight"
)

var danglingReference = &rule{
	Rule: envtight.Rule{
		ID: "env/dangling-reference", Title: "A variable refers to nothing", Default: envtight.Error, Since: "0.1",
		Doc: `The value of a variable is made of a reference, as in ` + "`${{Postgres.DATABASE_URL}}`" + ` or ` + "`${{shared.API_KEY}}`" + ` on
Railway, and the service or the variable that it names does not exist in that environment. The platform puts the empty
text in its place, so the variable looks set.

Source: Railway's documentation of reference variables.`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/.env.example --\nDATABASE_URL=\n-- snapshot --\ncell api prod railway:shop/api/production\n  DATABASE_URL reference dangling=${{Postgres.DATABASE_URL}}\n",
			Want:  "apps/api/.env.example:1:1: DATABASE_URL refers to ${{Postgres.DATABASE_URL}}, which does not exist: prod (railway:shop/api/production)",
		}},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if v.setting == nil || v.need.Need == envtight.Forbidden || v.need.Need == envtight.Required && v.state == envtight.Empty {
				continue
			}
			var texts, why []string
			for _, r := range v.setting.References {
				if r.Resolution == Dangling {
					texts = append(texts, r.Text)
					if r.Why != "" {
						why = append(why, r.Why)
					}
				}
			}
			if len(texts) == 0 {
				continue
			}
			d := j.about(v)
			d.Message = fmt.Sprintf("%s refers to %s, which does not exist", v.row.name, strings.Join(texts, ", "))
			d.Advice = "correct the reference, or add what it names"
			if len(why) > 0 {
				d.Advice += ": there is " + strings.Join(why, ", ")
			}
			j.report(v, d)
		}
	},
}

var cannotTell = &rule{
	Rule: envtight.Rule{
		ID: "env/cannot-tell", Title: "Nobody can tell whether a required variable has a value", Default: envtight.Info, Since: "0.1",
		Doc: `Values were asked for, and the platform will not show this one (sealed, sensitive): it is set, and it may be
empty or wrong. That is no fault; the finding lists what the answer rests on. With --strict such variables count as
not looked at.`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/.env.example --\nTOKEN=\n-- snapshot --\ncell api prod railway:shop/api/production values\n  TOKEN unreadable\n",
			Want:  "apps/api/.env.example:1:1: TOKEN is set, and its value cannot be read by anyone: prod (railway:shop/api/production)",
		}},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if v.state == envtight.Absent && v.need.by != nil && v.need.by.Conditional && v.need.Need == envtight.Optional {
				j.pass.Incomplete(envtight.Incompleteness{
					Silence: envtight.Undecidable,
					Cause:   "variables that are required on a condition, and not set, were not judged",
					Cells:   []envtight.Cell{v.cell.ref()},
				})
			}
			if v.need.Need != envtight.Required || v.state != envtight.Unreadable || !v.cell.target.Values || v.dangles() {
				continue
			}
			j.pass.Incomplete(envtight.Incompleteness{
				Silence: envtight.Undecidable,
				Cause:   "values that nobody can read were not judged",
				Cells:   []envtight.Cell{v.cell.ref()},
			})
			if v.notRunning() || j.sealedInVain(v) {
				continue // which is said of it
			}
			d := j.about(v)
			d.Message = fmt.Sprintf("%s is set, and its value cannot be read by anyone", v.row.name)
			j.pass.Report(d)
		}
	},
}

func (v verdict) dangles() bool {
	if v.setting != nil {
		for _, r := range v.setting.References {
			if r.Resolution == Dangling {
				return true
			}
		}
	}
	return false
}
