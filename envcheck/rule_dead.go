package envcheck

import (
	"context"
	"time"

	"github.com/envtight/envtight"
)

var dead = &rule{
	Rule: envtight.Rule{
		ID: "env/dead", Title: "A variable is set, and nothing declares or reads it", Default: envtight.Warning, Since: "0.2",
		Doc: `The platform has a variable that no env example declares for the app and nothing in the repository reads or names: it
is left over, and if it is a secret, one more that can leak. The finding names the commit that removed the last line with
the name in it, where the history is at hand and tells soon enough.

What env/unread leaves out is left out here, too, and what somebody else answers for, as env/extra has it. A variable
that nobody declares and of which nobody can tell whether it is read is env/extra.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/web/.env.example --\nAPI_URL=\n-- apps/web/main.ts --\nfetch(process.env.API_URL!);\n-- snapshot --\nremoved OLD_API_KEY\ncell web prod vercel:shop/production\n  API_URL set\n  OLD_API_KEY set\n",
				Want:  "vercel:shop/production/OLD_API_KEY: OLD_API_KEY is set, and nothing declares or reads it: prod",
			},
			{
				Title: "read and not declared, read by a tool, or named somewhere",
				Files: "-- apps/web/.env.example --\nAPI_URL=\n-- apps/web/main.ts --\nfetch(process.env.API_URL!, process.env.API_KEY);\n-- start.rb --\nENV.fetch('LEGACY_MODE')\n-- snapshot --\ncell web prod vercel:shop/production\n  API_URL set\n  API_KEY set\n  LEGACY_MODE set\n  NODE_OPTIONS set\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if !j.isDead(v) {
				continue
			}
			d := j.about(v)
			d.Message = v.row.name + " is set, and nothing declares or reads it"
			d.Advice = "remove it there; when something outside the repository reads it, declare it in " + v.app.exampleFile()
			if removal, ok := j.removals[v.row.name]; ok {
				d.Related = append(d.Related, removal)
			}
			d.Many = envtight.Many{
				Message: "variables are set, and nothing declares or reads them",
				Advice:  "remove them there; when something outside the repository reads one, declare it in " + v.app.exampleFile(),
			}
			j.pass.Report(d)
		}
	},
}

// isDead tells that a variable of a platform is left over.
func (m *model) isDead(v verdict) bool {
	return m.reads != nil && len(m.reads.result.Unread) == 0 && m.reads.hasCode(v.app) && m.leftOver(v) &&
		m.reads.unheard[v.row.name] && m.reads.mayRead(v.app, v.row.name) == nil
}

// Bounds of what the history is asked about dead variables.
const (
	maxUnnamed  = 10 // names
	historyTime = 3 * time.Second
)

// lastNamed are the commits that removed the last lines that named dead variables, as
// far as the history tells in time.
func (m *model) lastNamed(ctx context.Context) map[string]envtight.Related {
	if m.options.History == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyTime)
	defer cancel()
	out, asked := map[string]envtight.Related{}, map[string]bool{}
	for _, v := range m.verdicts {
		name := v.row.name
		if asked[name] || len(asked) == maxUnnamed || !m.isDead(v) {
			continue
		}
		asked[name] = true
		if removal, found, err := m.options.History.LastNamed(ctx, name); err == nil && found {
			related := removal.Related("")
			related.Message = "the last line that named it was " + related.Message
			out[name] = related
		}
	}
	return out
}
