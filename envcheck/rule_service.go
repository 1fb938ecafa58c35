package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var serviceIncomplete = &rule{
	Rule: envtight.Rule{
		ID: "env/service-incomplete", Title: "A service is set up in part", Default: envtight.Warning, Since: "0.1",
		Doc: `In one environment a variable of a service is set, and another one that it needs is not: the endpoint of a database
without its token, an upload token without its organization. The rule knows Sentry, Astra DB, Auth0, Cloudflare and R2,
and their other names.

It speaks only of names that the app knows: declared as optional, or set in another environment. What is known nowhere
may stand in the code. Whatever another rule says of the absent name comes first: env/missing where it is required,
env/drift where it is set elsewhere on the same platform. That an example declares one half of a pair only is
naming/group-incomplete. When it is meant, say so: ` + "`@only(prod)`" + `, ` + "`@optional(dev)`" + `. Environments of pull
requests are left out: they are given what their original has.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/api/.env.example --\nASTRA_DB_API_ENDPOINT=\n# ASTRA_DB_APPLICATION_TOKEN=\n-- snapshot --\ncell api prod railway:shop/api/production\n  ASTRA_DB_API_ENDPOINT set\n",
				Want:  "apps/api/.env.example:2:3: ASTRA_DB_APPLICATION_TOKEN is not set where ASTRA_DB_API_ENDPOINT is: prod (railway:shop/api/production)",
			},
			{
				Title: "other names will do, and so will what stands in the code",
				Files: "-- apps/web/.env.example --\nASTRA_DB_API_ENDPOINT=\n# ASTRA_DB_APPLICATION_TOKEN=\nASTRA_DB_TOKEN=\nSENTRY_AUTH_TOKEN=\nAUTH0_CLIENT_ID=\n# AUTH0_DOMAIN=\nAUTH0_ISSUER_BASE_URL=\n-- snapshot --\ncell web prod vercel:shop/production\n  ASTRA_DB_API_ENDPOINT set\n  ASTRA_DB_TOKEN set\n  SENTRY_AUTH_TOKEN set\n  AUTH0_CLIENT_ID set\n  AUTH0_ISSUER_BASE_URL set\n",
			},
			{
				Title: "meant so, not proven, or said by another rule",
				Files: "-- apps/api/.env.example --\nR2_ACCESS_KEY_ID=\nR2_SECRET_ACCESS_KEY=\n# @only(prod)\nR2_BUCKET_NAME=\n# R2_ENDPOINT=\n-- snapshot --\ncell api dev railway:shop/api/staging\n  R2_ACCESS_KEY_ID set\n  R2_ACCOUNT_ID set shared\ncell api prod railway:shop/api/production incomplete\n  R2_SECRET_ACCESS_KEY set\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		groups := j.publicGroups()
		for _, a := range j.apps {
			known := a.knownGroups(groups)
			if len(known) == 0 {
				continue
			}
			for _, cell := range a.cells {
				if !cell.asked || !cell.answer.Complete || cell.ofPull() {
					continue
				}
				said := map[string]bool{}
				for i := range known {
					j.reportPart(cell, &known[i], said)
				}
			}
		}
	},
}

// publicGroups are the groups of all services, with each name followed by itself
// with each public prefix.
func (j *judge) publicGroups() []serviceGroup {
	expand := func(names []string) (out []string) {
		for _, name := range names {
			out = append(out, name)
			for _, prefix := range j.options.PublicPrefixes {
				out = append(out, prefix+name)
			}
		}
		return out
	}
	var out []serviceGroup
	for i := range services {
		for _, g := range services[i].groups {
			needs := make([][]string, len(g.needs))
			for k, part := range g.needs {
				needs[k] = expand(part)
			}
			out = append(out, serviceGroup{expand(g.has), needs, g.why})
		}
	}
	return out
}

// knownGroup is a group in the names by which an app knows it.
type knownGroup struct {
	has   []*row
	needs [][]*row
	why   string
}

// knownGroups are the groups of which an app knows something that has, and
// something that it needs.
func (a *app) knownGroups(groups []serviceGroup) (out []knownGroup) {
	known := func(names []string) (rows []*row) {
		for _, name := range names {
			if r := a.byName[name]; r != nil {
				rows = append(rows, r)
			}
		}
		return rows
	}
	for i := range groups {
		g := knownGroup{has: known(groups[i].has), why: groups[i].why}
		if len(g.has) == 0 {
			continue
		}
		for _, part := range groups[i].needs {
			if rows := known(part); len(rows) > 0 {
				g.needs = append(g.needs, rows)
			}
		}
		if len(g.needs) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// reportPart reports what a group lacks in a cell, each name once.
func (j *judge) reportPart(c *cell, g *knownGroup, said map[string]bool) {
	i := slices.IndexFunc(g.has, func(r *row) bool { // and is no mistake there
		return c.state(r.name).IsSet() && r.needs[c.order].Need != envtight.Forbidden
	})
	if i < 0 {
		return
	}
	has := g.has[i].name
	for _, part := range g.needs {
		absent, ok := j.lacks(c, part)
		if !ok || said[absent.row.name] {
			continue
		}
		said[absent.row.name] = true
		d := j.about(absent)
		d.Message = fmt.Sprintf("%s is not set where %s is", absent.row.name, has)
		d.Advice = "set it there, or remove " + has + " there: " + g.why
		if adviser, ok := As[Adviser](SourceOf(j.options.Sources, c.link.Platform)); ok {
			d.Advice = "set it (" + g.why + "): " + adviser.SetCommand(c.advised(), absent.row.name)
		}
		j.pass.Report(d)
	}
}

// lacks returns the verdict on the first name of a part of a group when a cell
// lacks the part. There is none when the cell has it by any name, or when another
// rule, or the user, speaks of one.
func (j *judge) lacks(c *cell, part []*row) (found verdict, ok bool) {
	for i, r := range part {
		v := verdict{app: c.app, row: r, cell: c, need: r.needs[c.order], state: c.state(r.name), setting: c.settings[r.name]}
		if v.state != envtight.Absent || c.provides(r.name) || v.need.Need == envtight.Required || v.need.Need == envtight.Forbidden ||
			j.meant(v) || v.need.Need == envtight.Optional && len(j.setElsewhere(v)) > 0 {
			return verdict{}, false
		}
		if i == 0 {
			found = v
		}
	}
	return found, true
}

var serviceUndeclared = &rule{
	Rule: envtight.Rule{
		ID: "env/service-undeclared", Title: "An app uses a service and names none of its variables", Default: envtight.Info, Since: "0.1",
		Doc: `A manifest of the app names the SDK of a service (Sentry, Astra DB, Auth0), and neither is one of the variables by
which the SDK is told whom to talk to declared for the app, nor does any of its environments have one. It is a note, not
more: the code may pass the values on under other names.

It is silent where a variable of the app holds the service's name, where some environment was not, or not wholly, seen,
and for Sentry, whose address is no secret and often stands in the code, unless another app here has it from a variable.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/web/package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16.0.0\", \"@auth0/nextjs-auth0\": \"^4.1.0\"}}\n-- apps/web/.env.example --\nPORT=\n-- snapshot --\ncell web prod vercel:shop/production\n  PORT set\n",
				Want:  "apps/web/.env.example: web depends on @auth0/nextjs-auth0, and has neither AUTH0_DOMAIN nor another variable of Auth0",
			},
			{
				Title: "a name of one's own, and an address that may stand in the code",
				Files: "-- apps/web/package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16.0.0\", \"@auth0/nextjs-auth0\": \"^4.1.0\", \"@sentry/nextjs\": \"^10.0.0\"}}\n-- apps/web/.env.example --\nOUR_AUTH0_TENANT=\n-- snapshot --\ncell web prod vercel:shop/production\n  OUR_AUTH0_TENANT set\n",
			},
			{
				Title: "half an answer proves nothing",
				Files: "-- apps/api/pyproject.toml --\n[project]\nname = \"api\"\ndependencies = [\"fastapi\", \"astrapy\"]\n-- apps/api/.env.example --\nPORT=\n-- snapshot --\ncell api prod railway:shop/api/production incomplete\n  PORT set\n",
			},
		},
	},
	needsPlatform: true,
	check: func(j *judge) {
		for _, a := range j.apps {
			if a.examples == 0 || a.unread || !a.seen() {
				continue
			}
			for i := range services {
				s := &services[i]
				sdk := a.uses(s)
				if sdk == "" || a.mentions(s) || s.openly && !slices.ContainsFunc(j.apps, func(o *app) bool { return j.knows(o, s) }) {
					continue
				}
				j.pass.Report(envtight.Diagnostic{
					Rule: j.rule.ID, App: a.name, Location: a.location(),
					Message: fmt.Sprintf("%s depends on %s, and has neither %s nor another variable of %s", a.name, sdk, s.reads[0], s.name),
					Advice:  "declare what the code reads in " + a.exampleFile() + ", or remove the dependency if nothing uses it",
				})
			}
		}
	},
}

// seen tells that every environment in which the app is deployed showed everything.
func (a *app) seen() bool {
	return len(a.cells) > 0 && !slices.ContainsFunc(a.cells, func(c *cell) bool { return !c.asked || !c.answer.Complete })
}

// uses returns the SDK by which an app uses a service, or "".
func (a *app) uses(s *service) string {
	for _, sdk := range s.sdks {
		if a.Has(sdk) {
			return sdk
		}
	}
	return ""
}

// knows tells that an app has a variable by which a service's SDK is told whom to
// talk to.
func (j *judge) knows(a *app, s *service) bool {
	return slices.ContainsFunc(a.rows, func(r *row) bool {
		return slices.ContainsFunc(s.reads, func(read string) bool {
			prefix, ok := strings.CutSuffix(r.name, read)
			return ok && (prefix == "" || slices.Contains(j.options.PublicPrefixes, prefix))
		})
	})
}

// location is the app's example, or its directory.
func (a *app) location() envtight.Location {
	if len(a.Examples) > 0 {
		return envtight.WholeFile(a.Examples[0].Path)
	}
	return envtight.WholeFile(a.Dir)
}

// mentions tells that some variable of the app may be one of the service's.
func (a *app) mentions(s *service) bool {
	return slices.ContainsFunc(a.rows, func(r *row) bool { return strings.Contains(strings.ToUpper(r.name), s.word) })
}
