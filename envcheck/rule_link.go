package envcheck

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/workspace"
)

var exampleMissing = &rule{
	Rule: envtight.Rule{
		ID: "env/example-missing", Title: "A deployed app declares nothing", Default: envtight.Warning, Since: "0.1",
		Doc: `The app is linked to a platform, and neither it nor a package it depends on nor the root has an env example, so
nobody can say what it needs. Add an .env.example with the names (values may stay empty).`,
		Examples: []envtight.Example{{
			Files: "-- apps/api/Dockerfile --\nFROM scratch\n-- apps/api/railway.toml --\n[deploy]\n-- snapshot --\ncell api prod railway:shop/api/production\n  PORT set\n",
			Want:  "apps/api: api is deployed and has no env example",
		}},
	},
	check: func(j *judge) {
		for _, a := range j.apps {
			if a.examples > 0 || a.unread || len(a.links) == 0 {
				continue
			}
			j.pass.Report(envtight.Diagnostic{
				Rule: j.rule.ID, App: a.name, Location: envtight.WholeFile(a.Dir),
				Message: fmt.Sprintf("%s is deployed and has no env example", a.name),
				Advice:  "write " + a.exampleFile() + " with the names that the app needs",
			})
		}
	},
}

var linkMissing = &rule{
	Rule: envtight.Rule{
		ID: "env/link-missing", Title: "An app is linked to no platform", Default: envtight.Warning, Since: "0.1",
		Doc: `Other apps are linked to a platform in the configuration; this one has an env example of its own and no link, so
what it needs is compared with nothing. Add a platform block, or, for something that is deployed nowhere, a
suppression that says so.`,
		Examples: []envtight.Example{{
			Files: "-- apps/web/.env.example --\nA=\n-- apps/api/.env.example --\nB=\n-- snapshot --\nconfigured\ncell web prod vercel:shop/production\n  A set\n",
			Want:  "apps/api/.env.example: api is linked to no platform",
		}},
	},
	check: func(j *judge) {
		written := func(l Link) bool { return !l.Guessed }
		if !j.options.Configured || !slices.ContainsFunc(j.options.Links, written) {
			return
		}
		for _, a := range j.apps {
			if len(a.links) == 0 && len(a.Examples) > 0 {
				j.pass.Report(envtight.Diagnostic{
					Rule: j.rule.ID, App: a.name, Location: envtight.WholeFile(a.Examples[0].Path),
					Message: fmt.Sprintf("%s is linked to no platform", a.name),
					Advice:  "run: envtight init",
				})
			}
		}
	},
}

var linkMismatch = &rule{
	Rule: envtight.Rule{
		ID: "env/link-mismatch", Title: "An app is linked to another app's project", Default: envtight.Error, Since: "0.1",
		Doc: `The linked project builds another directory of the repository than the app's: every comparison would be between
the wrong two. It is reported only when the platform says which directory it builds and that is another app's.`,
		Examples: []envtight.Example{{
			Files: "-- apps/web/.env.example --\nA=\n-- apps/docs/.env.example --\nB=\n-- snapshot --\ncell web prod vercel:docs/production root=apps/docs\n  A set\n",
			Want:  "apps/web/.env.example: web is linked to vercel:docs, which builds apps/docs (the app docs)",
		}},
	},
	needsPlatform: true,
	check: func(j *judge) {
		seen := map[*Link]bool{}
		for _, cell := range j.cells {
			other := j.builds(cell)
			if other == nil || other.Name == cell.app.name || seen[cell.link] {
				continue
			}
			seen[cell.link] = true
			place := cell.place("")
			place.Environment = ""
			j.pass.Report(envtight.Diagnostic{
				Rule: j.rule.ID, App: cell.app.name, Location: cell.link.location(cell.app),
				Message: fmt.Sprintf("%s is linked to %s, which builds %s (the app %s)", cell.app.name, place, other.Dir, other.Name),
				Advice:  "correct project or service in the app's platform block, or the root directory on the platform",
			})
		}
	},
}

// builds returns the app whose directory the linked project builds, when the
// platform tells and it is one.
func (j *judge) builds(c *cell) *workspace.App {
	facts := c.answer.Project
	if !facts.RootKnown {
		return nil
	}
	// No directory means that nobody chose one: commands or a Dockerfile may
	// build any app from the root.
	dir := strings.TrimPrefix(path.Clean("/"+facts.RootDirectory), "/")
	if dir == "" {
		return nil
	}
	for _, a := range j.options.Workspace.Apps {
		if a.Dir == dir {
			return a
		}
	}
	return nil
}

// location is where a link is written; for one that nobody wrote, the app's
// example or directory.
func (l *Link) location(a *app) envtight.Location {
	if l.Location.Kind != envtight.AtNothing {
		return l.Location
	}
	return a.location()
}
