package naming

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/glob"
)

var prefix = &rule{
	Rule: envtight.Rule{
		ID: "naming/prefix", Title: "Name lacks the prefix of its scope", Default: envtight.Warning, Since: "0.1",
		Doc: "`naming { require_prefix = { \"packages/mailer\" = [\"MAIL_\"] } }` makes every name of that app or package " +
			"begin with one of the prefixes, so that one can see in a long list what belongs together. A public prefix " +
			"(`NEXT_PUBLIC_`) may stand before it. Names that others settled (`PORT`, `STRIPE_SECRET_KEY`) and names " +
			"that a package outside the scope declares are left alone.",
		Examples: []envtight.Example{{
			Files: "-- envtight.hcl --\nversion = 1\nnaming {\n  require_prefix = { \"packages/mailer\" = [\"MAIL_\"] }\n}\n" +
				"-- packages/mailer/.env.example --\nMAIL_FROM=\nREPLY_ADDRESS=\nNODE_ENV=\n",
			Want: "packages/mailer/.env.example:2:1: REPLY_ADDRESS lacks the prefix MAIL_, which packages/mailer requires",
		}},
	},
	always: true,
	check: func(j *judge) {
		j.checkAffix("prefix", j.options.RequirePrefix, func(text, want string) bool {
			rest, _ := cutPublic(text)
			return strings.HasPrefix(text, want) || strings.HasPrefix(rest, want)
		})
	},
}

var suffix = &rule{
	Rule: envtight.Rule{
		ID: "naming/suffix", Title: "Name lacks the suffix of its scope", Default: envtight.Warning, Since: "0.1",
		Doc: "`naming { require_suffix = { \"apps/jobs\" = [\"_JOBS\"] } }` makes every name of that app or package end in one " +
			"of the suffixes. Names that others settled are left alone.",
		Examples: []envtight.Example{{
			Files: "-- envtight.hcl --\nversion = 1\nnaming {\n  require_suffix = { \"apps/jobs\" = [\"_JOBS\"] }\n}\n-- apps/jobs/.env.example --\nCRON_JOBS=\nRETRIES=\n",
			Want:  "apps/jobs/.env.example:2:1: RETRIES lacks the suffix _JOBS, which apps/jobs requires",
		}},
	},
	always: true,
	check:  func(j *judge) { j.checkAffix("suffix", j.options.RequireSuffix, strings.HasSuffix) },
}

var pattern = &rule{
	Rule: envtight.Rule{
		ID: "naming/pattern", Title: "Name does not match the pattern of its scope", Default: envtight.Warning, Since: "0.1",
		Doc: "`naming { require_pattern = { \"apps/*\" = \"^[A-Z]+(_[A-Z]+)*$\" } }` holds the names of those apps to a regular " +
			"expression (RE2). Names that others settled are left alone.",
		Examples: []envtight.Example{{
			Files: "-- envtight.hcl --\nversion = 1\nnaming {\n  require_pattern = { \"apps/*\" = \"^[A-Z_]+$\" }\n}\n-- apps/web/.env.example --\nSHOP_URL=\nSHOP_URL2=\n",
			Want:  "apps/web/.env.example:2:1: SHOP_URL2 does not match ^[A-Z_]+$, which apps/* requires",
		}},
	},
	always: true,
	check: func(j *judge) {
		for _, scope := range slices.Sorted(maps.Keys(j.options.Pattern)) {
			re := j.options.Pattern[scope]
			j.checkScope(scope, func(text string) bool { return re == nil || re.MatchString(text) }, func(text string) envtight.Diagnostic {
				return envtight.Diagnostic{

					Message: fmt.Sprintf("%s does not match %s, which %s requires", show(text), re, scope),
				}
			})
		}
	},
}

var forbidden = &rule{
	Rule: envtight.Rule{
		ID: "naming/forbidden", Title: "Name that the configuration forbids", Default: envtight.Warning, Since: "0.1",
		Doc: "`naming { forbid = { \"apps/web\" = [\"*_PASSWORD\"] } }` keeps names out of an app or package. It is the one " +
			"rule that also holds for names that others settled.",
		Examples: []envtight.Example{{
			Files: "-- envtight.hcl --\nversion = 1\nnaming {\n  forbid = { \"apps/web\" = [\"DATABASE_*\"] }\n}\n-- apps/web/.env.example --\nDATABASE_URL=\n",
			Want:  "apps/web/.env.example:1:1: DATABASE_URL is forbidden in apps/web (DATABASE_*)",
		}},
	},
	always: true,
	check: func(j *judge) {
		for _, scope := range slices.Sorted(maps.Keys(j.options.Forbid)) {
			for _, p := range j.options.Forbid[scope] {
				for _, n := range j.names {
					if j.allowed(n.text) || !glob.Match(p, n.text) {
						continue
					}
					for _, s := range j.spots(n, func(v *envtight.Variable) bool { return chosen(v) && j.scoped(v, scope) }) {
						j.report(n, s, envtight.Diagnostic{

							Message: fmt.Sprintf("%s is forbidden in %s (%s)", show(n.text), scope, p),
							Advice:  "remove it, or correct the forbid list of envtight.hcl",
						})
					}
				}
			}
		}
	},
}

// checkAffix holds the names of each scope to one of its prefixes or suffixes.
func (j *judge) checkAffix(what string, required map[string][]string, has func(text, want string) bool) {
	for _, scope := range slices.Sorted(maps.Keys(required)) {
		wants := required[scope]
		if len(wants) == 0 {
			continue
		}
		meets := func(text string) bool {
			return slices.ContainsFunc(wants, func(want string) bool { return has(text, want) })
		}
		j.checkScope(scope, meets, func(text string) envtight.Diagnostic {
			return envtight.Diagnostic{

				Message: fmt.Sprintf("%s lacks the %s %s, which %s requires", show(text), what, strings.Join(wants, " or "), scope),
			}
		})
	}
}

// checkScope reports the names of a scope for which meets is false.
func (j *judge) checkScope(scope string, meets func(string) bool, finding func(string) envtight.Diagnostic) {
	for _, n := range j.names {
		if !n.free || meets(n.text) {
			continue
		}
		foreign := j.declaredOutside(n, scope)
		keep := func(v *envtight.Variable) bool {
			return chosen(v) && j.scoped(v, scope) && (!foreign || filePath(v.Location) != "")
		}
		for _, s := range j.spots(n, keep) {
			j.report(n, s, finding(n.text))
		}
	}
}

func (j *judge) scoped(v *envtight.Variable, scope string) bool {
	app := j.apps[v.App]
	if app == nil && v.App != "" {
		app = &App{Name: v.App}
	}
	return inScope(scope, app, filePath(v.Location))
}

// declaredOutside reports whether an example outside a scope declares the name,
// so that an app of the scope has it on its platform for somebody else's sake.
func (j *judge) declaredOutside(n *name, scope string) bool {
	return slices.ContainsFunc(n.at, func(i int32) bool {
		v := &j.vars[i]
		return v.Surface == envtight.OnExample && !j.scoped(v, scope)
	})
}
