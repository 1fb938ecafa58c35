package envcheck

import (
	"fmt"

	"github.com/envtight/envtight"
)

var extra = &rule{
	Rule: envtight.Rule{
		ID: "env/extra", Title: "A variable is set and nobody declares it", Default: envtight.Warning, Since: "0.1",
		Doc: `The platform has a variable that no env example declares for the app: not its own, not one of a package it depends
on, nor, when it has none of its own, the root's. Either the
example is behind, and the next environment will lack it; or the variable is left over.

Names that the platform or an integration owns, and variables shared between apps, are left out. A secret that is
stored in clear is env/stored-in-clear first.`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/.env.example --\nPORT=8000\n-- snapshot --\ncell api prod railway:shop/api/production\n  PORT set\n  OLD_API_KEY set\n  KV_URL set managed\n  TEAM_NAME set shared\n",
			Want:  "railway:shop/api/production/OLD_API_KEY: OLD_API_KEY is set and api does not declare it: prod",
		}},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if v.app.examples == 0 || v.app.unread || v.need.Need != envtight.NotDeclared || v.row.declared() || !v.state.IsSet() {
				continue
			}
			if v.setting.Managed != "" || v.setting.Shared || v.cell.provides(v.row.name) || v.dangles() || v.secretExposed() {
				continue
			}
			d := j.about(v)
			d.Message = fmt.Sprintf("%s is set and %s does not declare it", v.row.name, v.app.name)
			d.Advice = fmt.Sprintf("add the line %s= to %s, or remove it there", v.row.name, v.app.exampleFile())
			j.pass.Report(d)
		}
	},
}

// exampleFile is where a new declaration of the app belongs.
func (a *app) exampleFile() string {
	if len(a.Examples) > 0 {
		return a.Examples[0].Path
	}
	if a.Dir == "." {
		return ".env.example"
	}
	return a.Dir + "/.env.example"
}
