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

What somebody else answers for is left out: names that the platform or an integration owns, variables shared between
apps, those that another variable is made of (as ` + "`DATABASE_URL`" + ` of a back end to which a worker refers as
` + "`${{backend.DATABASE_URL}}`" + `), and those for which the configuration names an owner:

    variable "DD_*" { owned_by = "platform-team" }

A secret that is stored in clear is env/stored-in-clear first. Where the code is looked at, a variable that it reads is
env/undeclared, and one that nothing reads is env/dead.`,
		Examples: []envtight.Example{
			{
				Title: "left over",
				Files: "-- apps/api/.env.example --\nPORT=8000\n-- snapshot --\ncell api prod railway:shop/api/production\n  PORT set\n  OLD_API_KEY set\n",
				Want:  "railway:shop/api/production/OLD_API_KEY: OLD_API_KEY is set and api does not declare it: prod",
			},
			{
				Title: "other owners: an integration, the team, another variable, a part of the platform",
				Files: "-- apps/api/.env.example --\nPORT=8000\n-- snapshot --\ncell api prod railway:shop/api/production provides=RAILWAY_PUBLIC_DOMAIN\n  PORT set\n  KV_URL set managed\n  TEAM_NAME set shared\n  PGUSER set referenced\n  RAILWAY_PUBLIC_DOMAIN set\n",
			},
			{
				Title: "an owner in the configuration",
				Files: "-- apps/api/.env.example --\nPORT=8000\n-- snapshot --\nowned DD_* platform-team\ncell api prod railway:shop/api/production\n  PORT set\n  DD_AGENT_HOST set\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if !j.leftOver(v) || j.isDead(v) || j.isUndeclared(v.app, v.row) {
				continue
			}
			d := j.about(v)
			d.Message = fmt.Sprintf("%s is set and %s does not declare it", v.row.name, v.app.name)
			d.Advice = fmt.Sprintf("add the line %s= to %s, or remove it there", v.row.name, v.app.exampleFile())
			d.Many = envtight.Many{
				Message: fmt.Sprintf("variables are set and %s does not declare them", v.app.name),
				Advice:  fmt.Sprintf("add a line for each to %s, or remove them there", v.app.exampleFile()),
			}
			j.pass.Report(d)
		}
	},
}

// leftOver tells that a variable is set, and neither does anybody declare it for the
// app nor does anybody else answer for it.
func (m *model) leftOver(v verdict) bool {
	return v.app.examples > 0 && !v.app.unread && v.need.Need == envtight.NotDeclared && !v.row.declared() && v.state.IsSet() &&
		!v.ownedElsewhere() && !v.dangles() && !v.secretExposed() && m.options.owner(v.app.name, v.row.name) == ""
}

// ownedElsewhere reports whether the platform tells that the setting is not, or
// not only, this app's.
func (v verdict) ownedElsewhere() bool {
	return v.setting.Managed != "" || v.setting.Shared || v.setting.Referenced || v.cell.provides(v.row.name)
}

// exampleFile is where a new declaration of the app belongs.
func (a *app) exampleFile() string {
	if len(a.Examples) > 0 {
		return a.Examples[0].Path
	}
	switch {
	case a.rootExample != "":
		return a.rootExample // one of its own would be all that counts
	case a.Dir == ".":
		return ".env.example"
	}
	return a.Dir + "/.env.example"
}
