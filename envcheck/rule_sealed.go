package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var sealedNotCopied = &rule{
	Rule: envtight.Rule{
		ID: "env/sealed-not-copied", Title: "A sealed variable is not copied to the environments of pull requests", Default: envtight.Error, Since: "0.1",
		Doc: `Railway makes the environment of a pull request as a copy of another one, and leaves sealed variables out: the
deployment of the pull request starts without them. A sealed variable cannot be unsealed. So either it is set in the
pull request's environment, too, or the original has a test credential that is not sealed, and only the environments
that are never copied seal theirs.

For the environment of a pull request (` + "`--env pr/12`" + `), each required variable that it lacks for that reason is an
error; env/missing leaves it out. For the environment that is copied, one warning lists them, when the project has
environments of pull requests now and Railway tells which environment these copy. What pull requests do not need is
marked ` + "`@optional(preview)`" + `.

Source: Railway's documentation of variables, "Sealed variables".`,
		Examples: []envtight.Example{
			{
				Title: "in the environment of a pull request",
				Files: "-- apps/api/.env.example --\nTOKEN=\nPORT=\n-- snapshot --\ncell api pr/12 railway:shop/api/shop-pr-12 copy-of=staging not-copied=TOKEN\n  PORT set\n",
				Want:  "apps/api/.env.example:1:1: TOKEN is required and was not copied: it is sealed in staging: pr/12 (railway:shop/api/shop-pr-12)",
			},
			{
				Title: "in the environment that is copied",
				Files: "-- apps/api/.env.example --\nTOKEN=\nPORT=\n# @optional(preview)\nLIVE_KEY=\n-- snapshot --\ncell api dev railway:shop/api/staging copies=shop-pr-12,shop-pr-13\n  TOKEN unreadable storage=sealed\n  LIVE_KEY unreadable storage=sealed\n  PORT set\n",
				Want:  "apps/api/.env.example: TOKEN is required and sealed, so the environments of pull requests (shop-pr-12, shop-pr-13) are made without it: dev (railway:shop/api/staging)",
			},
			{
				Title: "it was set there by hand",
				Files: "-- apps/api/.env.example --\nTOKEN=\n-- snapshot --\ncell api pr/12 railway:shop/api/shop-pr-12 copy-of=staging\n  TOKEN unreadable storage=sealed\n",
			},
			{
				Title: "no pull request needs it",
				Files: "-- apps/api/.env.example --\n# @optional(preview)\nTOKEN=\n# OTHER_TOKEN=\n-- snapshot --\ncell api pr/12 railway:shop/api/shop-pr-12 copy-of=staging not-copied=OTHER_TOKEN,TOKEN\n",
			},
			{
				Title: "nobody copies the environment",
				Files: "-- apps/api/.env.example --\nTOKEN=\n-- snapshot --\ncell api prod railway:shop/api/production\n  TOKEN unreadable storage=sealed\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		// It depends on the pull requests that are open now.
		j.pass.Undecided(j.rule.ID)
		for _, v := range j.verdicts {
			if v.need.Need == envtight.Required && !v.row.anyApp && v.notCopied() {
				d := j.about(v)
				d.Message = fmt.Sprintf("%s is %s and was not copied: it is sealed in %s", v.row.name, v.need.required(), v.cell.answer.Project.CopyOf)
				d.Advice = j.adviseSet(v) + "; for later pull requests, let " + v.cell.answer.Project.CopyOf +
					" have a test credential that is not sealed, or mark it @optional(preview) where it is declared"
				d.Related = v.whyElsewhere(d.Location)
				j.report(v, d)
			}
		}
		for _, cell := range j.cells {
			if len(cell.answer.Project.Copies) > 0 {
				j.reportNotCopied(cell)
			}
		}
	},
}

// notCopied reports whether a copy lacks the variable because of how it is stored
// in the original.
func (v verdict) notCopied() bool {
	if v.state != envtight.Absent || v.cell.provides(v.row.name) {
		return false
	}
	_, found := slices.BinarySearch(v.cell.answer.Project.NotCopied, v.row.name)
	return found
}

// reportNotCopied lists what the copies of an environment lack.
func (j *judge) reportNotCopied(c *cell) {
	var names []string
	for _, r := range c.app.rows {
		s := c.settings[r.name]
		if s != nil && s.Storage == StoredSealed && !r.anyApp && j.options.needOfCopy(c.app, r, c.environment).Need == envtight.Required {
			names = append(names, r.name)
		}
	}
	if len(names) == 0 {
		return
	}
	are, them := "is", "it"
	if len(names) > 1 {
		are, them = "are", "them"
	}
	j.pass.Report(envtight.Diagnostic{
		Rule: j.rule.ID, App: c.app.name, Environment: c.environment, Severity: envtight.Warning,
		Location: c.link.location(c.app),
		Cells:    []envtight.Cell{c.ref()},
		Message: fmt.Sprintf("%s %s required and sealed, so the environments of pull requests (%s) are made without %s",
			strings.Join(names, ", "), are, strings.Join(c.answer.Project.Copies, ", "), them),
		Advice: "let this environment have test credentials that are not sealed, or mark " + them + " @optional(preview); to see what one of them lacks: envtight env --env pr/NUMBER",
	})
}
