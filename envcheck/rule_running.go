package envcheck

import (
	"fmt"
	"time"

	"github.com/envtight/envtight"
)

// clockTolerance is how much later than the deployment a change has to be: two
// servers of a platform wrote the two times, and some platforms begin the
// deployment by which a change takes effect a moment before they note the change.
const clockTolerance = time.Minute

var notDeployed = &rule{
	Rule: envtight.Rule{
		ID: "env/not-deployed", Title: "What runs has not seen a change", Default: envtight.Warning, Since: "0.1",
		Doc: `A declared variable was changed on the platform after the deployment that runs there was begun. Deployments take
up what is set when they begin, so the app still runs with the old value, or without any. Redeploy it. Names with a
public prefix, as ` + "`NEXT_PUBLIC_`" + `, are built into the code: for these a build is needed, not just a restart.

Only times are compared, and only where the platform tells both: an unknown time, an environment that was never
deployed, previews as a whole, and a newer deployment that is under way give no finding. Nor does a change within
a minute of the deployment. After a rollback on Vercel, what was rolled back to is what runs. On Railway a rollback is a
new deployment with old variables, which cannot be told from others.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/web/.env.example --\nSTRIPE_KEY=\nPORT=\n-- snapshot --\ncell web prod vercel:shop/production deployed=2026-03-01T12:00:00Z\n  STRIPE_KEY set updated=2026-03-02T09:00:00Z\n  PORT set updated=2026-02-01T09:00:00Z\n",
				Want:  "apps/web/.env.example:1:1: STRIPE_KEY was changed after what runs was deployed: prod (vercel:shop/production)",
			},
			{
				Title: "within a minute, and times that nobody knows",
				Files: "-- apps/web/.env.example --\nA=\nB=\nC=\n-- snapshot --\ncell web prod vercel:shop/production deployed=2026-03-01T12:00:00Z\n  A set updated=2026-03-01T12:01:00Z\n  B set updated=2026-03-01T12:00:00Z\n  C set\ncell web dev vercel:shop/preview\n  A set updated=2026-03-02T09:00:00Z\n  B set updated=2026-03-02T09:00:00Z\n  C set updated=2026-03-02T09:00:00Z\n",
			},
			{
				Title: "one finding for one variable",
				Files: "-- apps/web/.env.example --\n# @only(dev)\nA=\nB=\n# @sensitive\nC=\n-- snapshot --\ncell web prod vercel:shop/production deployed=2026-03-01T12:00:00Z\n  A set updated=2026-03-02T09:00:00Z\n  B empty updated=2026-03-02T09:00:00Z\n  C set storage=clear updated=2026-03-02T09:00:00Z\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if !v.notRunning() {
				continue
			}
			d := j.about(v)
			d.Message = fmt.Sprintf("%s was changed after what runs was deployed", v.row.name)
			builtIn := j.isBuiltIn(v.row.name)
			d.Advice = "redeploy"
			if builtIn {
				d.Advice = "rebuild, since its value is part of the code"
			}
			d.Advice += j.guided(v, func(g Guide) string {
				return g.RedeployCommand(v.cell.advised(), v.cell.answer.Project, builtIn)
			})
			d.Related = v.whyElsewhere(d.Location)
			j.report(v, d)
		}
	},
}

var staged = &rule{
	Rule: envtight.Rule{
		ID: "env/staged", Title: "A required variable is staged and not applied", Default: envtight.Warning, Since: "0.1",
		Doc: `Somebody added a variable on Railway, and the change still waits to be applied: it shows in the dashboard, and the
app runs without it. Review the staged changes of the environment and deploy them.

Staged changes of variables that are there already are not reported: the old value runs, as it did.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/api/.env.example --\nSTRIPE_KEY=\n-- snapshot --\ncell api prod railway:shop/api/production\n  STRIPE_KEY staged\n",
				Want:  "apps/api/.env.example:1:1: STRIPE_KEY is required, and only staged: prod (railway:shop/api/production)",
			},
			{
				Title: "nobody needs it there",
				Files: "-- apps/api/.env.example --\n# DEBUG=\n-- snapshot --\ncell api prod railway:shop/api/production\n  DEBUG staged\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if v.need.Need != envtight.Required || v.state != envtight.Staged || v.dangles() {
				continue
			}
			d := j.about(v)
			d.Message = fmt.Sprintf("%s is %s, and only staged", v.row.name, v.need.required())
			d.Advice = "apply the staged changes" + j.guided(v, func(g Guide) string { return g.ApplyCommand(v.cell.advised()) })
			d.Related = v.whyElsewhere(d.Location)
			j.report(v, d)
		}
	},
}

// notRunning tells that a declared variable was changed after the deployment that
// runs was begun, and that nothing graver is said of it.
func (v verdict) notRunning() bool {
	if v.setting == nil || v.need.Need == envtight.NotDeclared || v.state == envtight.Staged || v.setting.Managed == "system" {
		return false
	}
	deployed, updated := v.cell.answer.Project.Deployed, v.setting.Updated
	return !deployed.IsZero() && !updated.IsZero() && updated.Sub(deployed) > clockTolerance && !v.broken() && !v.secretExposed()
}
