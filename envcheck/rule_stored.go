package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var storedInClear = &rule{
	Rule: envtight.Rule{
		ID: "env/stored-in-clear", Title: "A secret is stored where it can be read back", Default: envtight.Warning, Since: "0.1",
		Doc: `A variable that holds a secret is stored in clear: whoever may see the list of names sees its value, and so does
every program that lists them. On Vercel that is the type ` + "`plain`" + `.

With ` + "`sealed = \"required\"`" + ` in the platform block, a secret that is encrypted and can be read back is reported, too: one
that is not *sensitive* on Vercel, not *sealed* on Railway. Vercel's development environment has no such type, and a
Railway environment that pull requests get copies of has to keep readable what these need: there only clear ones count.

Which variables are secrets is told by ` + "`@sensitive`" + ` in the env example, ` + "`sensitive`" + ` in the configuration, and else by
the name. Variables that an integration or the platform itself owns are left out, and so are those that only refer to
others: they hold no value. Where the platform does not tell how a variable is stored, nothing is said of it; with
` + "`sealed = \"required\"`" + ` that is listed as not judged.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/web/.env.example --\n# @sensitive\nSTRIPE_KEY=\n-- snapshot --\ncell web prod vercel:shop/production\n  STRIPE_KEY set storage=clear\n",
				Want:  "apps/web/.env.example:2:1: STRIPE_KEY is a secret and stored in clear: prod (vercel:shop/production)",
			},
			{
				Title: "the configuration wants secrets sealed",
				Files: "-- apps/api/.env.example --\n# @sensitive\nSTRIPE_KEY=\n-- snapshot --\ncell api prod railway:shop/api/production sealed\n  STRIPE_KEY set storage=readable\n",
				Want:  "apps/api/.env.example:2:1: STRIPE_KEY is a secret and not sealed: prod (railway:shop/api/production)",
			},
			{
				Title: "encrypted, sealed, and stored nobody knows how",
				Files: "-- apps/web/.env.example --\n# @sensitive\nA=\n# @sensitive\nB=\n# @sensitive\nC=\nPORT=\n-- snapshot --\ncell web prod vercel:shop/production\n  A set storage=readable\n  B unreadable storage=sealed\n  C set\n  PORT set storage=clear\n",
			},
			{
				Title: "a reference holds no value, and an integration keeps its own",
				Files: "-- apps/api/.env.example --\n# @sensitive\nA=\n# @sensitive\nB=\n# @sensitive\nC=\n-- snapshot --\ncell api prod railway:shop/api/production sealed\n  A reference storage=readable\n  B set managed storage=clear\n  C empty storage=clear\n",
			},
			{
				Title: "pull requests get copies of what is not sealed",
				Files: "-- apps/api/.env.example --\n# @sensitive\nA=\n-- snapshot --\ncell api dev railway:shop/api/staging sealed copies=shop-pr-12\n  A set storage=readable\n",
			},
			{
				Title: "development on Vercel cannot be sealed",
				Files: "-- apps/web/.env.example --\n# @sensitive\nA=\n-- snapshot --\ncell web local vercel:shop/development sealed\n  A set storage=readable\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			switch {
			case v.secretUndecided():
				j.pass.Incomplete(envtight.Incompleteness{
					Silence: envtight.Undecidable,
					Cause:   fmt.Sprintf("%s does not tell how some secrets are stored, so nobody knows whether they are sealed", v.cell.link.Platform),
					Cells:   []envtight.Cell{v.cell.ref()},
				})
				j.pass.Undecided(j.rule.ID)
			case !v.secretExposed():
			default:
				d := j.about(v)
				d.Message = fmt.Sprintf("%s is a secret and not sealed", v.row.name)
				d.Advice = "store it sealed"
				if v.setting.Storage == StoredInClear {
					d.Message = fmt.Sprintf("%s is a secret and stored in clear", v.row.name)
					d.Advice = "give it a new value and store it sealed"
				}
				d.Advice += j.guided(v, func(g Guide) string { return g.SealCommand(v.cell.advised(), v.setting) })
				d.Related = v.whyElsewhere(d.Location)
				j.report(v, d)
			}
		}
	},
}

var publicSealed = &rule{
	Rule: envtight.Rule{
		ID: "env/public-sealed", Title: "A public variable is stored as a secret", Default: envtight.Info, Since: "0.1",
		Doc: `A variable whose prefix puts it into the code that browsers load is stored so that nobody can read it back. Its
value is in front of everybody all the same; sealing it only keeps the team from seeing what is set, and ` + "`vercel env pull`" + `
from bringing it. If the value is in truth a secret, the prefix is the mistake.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/web/.env.example --\n# @public\nNEXT_PUBLIC_API_URL=\n-- snapshot --\ncell web prod vercel:shop/production\n  NEXT_PUBLIC_API_URL unreadable storage=sealed\n",
				Want:  "apps/web/.env.example:2:1: NEXT_PUBLIC_API_URL goes to every browser and is stored sealed: prod (vercel:shop/production)",
			},
			{
				Title: "public, and stays on the server; a secret behind a public prefix",
				Files: "-- apps/web/.env.example --\n# @public\nSENTRY_DSN=\n# @sensitive\nNEXT_PUBLIC_TOKEN=\n-- snapshot --\ncell web prod vercel:shop/production\n  SENTRY_DSN unreadable storage=sealed\n  NEXT_PUBLIC_TOKEN unreadable storage=sealed\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, v := range j.verdicts {
			if !j.sealedInVain(v) {
				continue
			}
			d := j.about(v)
			d.Message = fmt.Sprintf("%s goes to every browser and is stored sealed", v.row.name)
			d.Advice = "store it readable, or drop the prefix if it is a secret" +
				j.guided(v, func(g Guide) string { return g.OpenCommand(v.cell.advised(), v.setting) })
			d.Related = v.whyElsewhere(d.Location)
			j.report(v, d)
		}
	},
}

// guided is what a source says of how to do something, after a colon; empty when
// it says nothing.
func (j *judge) guided(v verdict, say func(Guide) string) string {
	if guide, ok := As[Guide](SourceOf(j.options.Sources, v.cell.link.Platform)); ok {
		if text := say(guide); text != "" {
			return ": " + text
		}
	}
	return ""
}

// broken tells that a graver thing is wrong with a setting than how or when it was
// stored, which another rule says.
func (v verdict) broken() bool {
	return v.need.Need == envtight.Forbidden || v.need.Need == envtight.Required && v.state == envtight.Empty || v.dangles()
}

// keepsSecret tells that somebody stored the value of a secret there.
func (v verdict) keepsSecret() bool {
	return v.setting != nil && v.row.class == envtight.ClassSecret && v.setting.Managed == "" && v.state == envtight.Set &&
		len(v.setting.References) == 0 && !v.broken()
}

// secretExposed tells that a secret is stored in another way than it should be.
func (v verdict) secretExposed() bool {
	if !v.keepsSecret() {
		return false
	}
	return v.setting.Storage == StoredInClear || v.setting.Storage == StoredReadable && v.cell.wantsSealed()
}

// secretUndecided tells that a secret should be sealed, and nobody knows whether
// it is.
func (v verdict) secretUndecided() bool {
	return v.keepsSecret() && v.setting.Storage == StorageUnknown && v.cell.wantsSealed()
}

// wantsSealed tells that secrets must be sealed there, and can be: Vercel has no
// sensitive variables in development
// (vercel.com/docs/environment-variables/sensitive-environment-variables), and an
// environment of which pull requests get copies has to keep what these need
// readable, as env/sealed-not-copied says, and so have the copies.
func (c *cell) wantsSealed() bool {
	facts := &c.answer.Project
	return c.link.Sealed && (c.link.Platform != "vercel" || c.target.Ref.Name != "development") &&
		!facts.Ephemeral && len(facts.Copies) == 0
}

// sealedInVain tells that a declared public variable is sealed, and that nothing
// else is said of it.
func (j *judge) sealedInVain(v verdict) bool {
	return v.setting != nil && v.row.class == envtight.ClassPublic && j.isBuiltIn(v.row.name) && v.setting.Storage == StoredSealed &&
		v.state == envtight.Unreadable && v.setting.Managed == "" && v.row.declared() && !v.broken() && !v.notRunning()
}

// isBuiltIn tells that builds put the value of a variable of that name into code.
func (j *judge) isBuiltIn(name string) bool {
	return slices.ContainsFunc(j.options.PublicPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}
