package surface

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/reach"
	"github.com/envtight/envtight/envcheck/usage/turbo"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/glob"
)

// buildTask is the task that everybody calls so.
const buildTask = "build"

var undeclared = &rule{
	Rule: envtight.Rule{
		ID: "turbo/undeclared", Title: "Turborepo withholds a variable from the build that reads it", Default: envtight.Warning, Since: "0.2",
		Doc: `In strict mode, the default since turbo 2, a task sees only what turbo.json lists, what turbo infers from the package's
framework (NEXT_PUBLIC_* of Next.js) and a short list of its own (VERCEL_*, NEXT_*, CI, …). A variable that is set on the
platform and not listed is not there when the build runs, although it is when the app does.

The rule speaks of variables that the app is to have (its example declares them, or a platform has them) and that code of
the app, or of a package that it imports, reads when it is built. Of Next.js apps that includes schemas that insist on a
variable (createEnv, z.object): the build loads all modules, and stops. Package configurations, ` + "`extends`" + `, wildcards and negation are obeyed. Nothing is said
in loose mode, or where a command sets the mode by ` + "`--env-mode`" + `.

Source: https://turborepo.dev/docs/crafting-your-repository/using-environment-variables.`,
		Examples: []envtight.Example{
			{
				Files: "-- package.json --\n{\"workspaces\": [\"apps/*\"], \"packageManager\": \"npm@11.0.0\"}\n-- turbo.json --\n{\"tasks\": {\"build\": {\"env\": [\"API_URL\"]}}}\n" +
					"-- apps/web/package.json --\n{\"name\": \"web\", \"scripts\": {\"build\": \"next build\"}, \"dependencies\": {\"next\": \"16.0.0\"}}\n" +
					"-- apps/web/.env.example --\nAPI_URL=\nDATABASE_URL=\n" +
					"-- apps/web/next.config.ts --\nexport default { x: process.env.API_URL, y: process.env.DATABASE_URL, z: process.env.NEXT_PUBLIC_Z };\n",
				Want: "apps/web/next.config.ts:1:57: web reads DATABASE_URL when it is built, and turbo.json withholds it from the task build",
			},
			{
				Title: "loose mode",
				Files: "-- package.json --\n{\"workspaces\": [\"apps/*\"], \"packageManager\": \"npm@11.0.0\"}\n-- turbo.json --\n{\"envMode\": \"loose\", \"tasks\": {\"build\": {}}}\n" +
					"-- apps/web/package.json --\n{\"name\": \"web\", \"scripts\": {\"build\": \"next build\"}, \"dependencies\": {\"next\": \"16.0.0\"}}\n" +
					"-- apps/web/.env.example --\nDATABASE_URL=\n-- apps/web/next.config.ts --\nexport default { y: process.env.DATABASE_URL };\n",
			},
		},
	},
	check: func(j *judge) {
		j.builds(func(app *workspace.App, run *turbo.Run, needs []reach.Need) {
			for i := range needs {
				n := &needs[i]
				if answer, _ := run.Available(n.Read.Name); answer != turbo.Withheld || !j.wanted(app, n.Read.Name) || byTools(n.Read.Name) {
					continue
				}
				d := envtight.Diagnostic{
					App: app.Name, Name: n.Read.Name,
					Message: fmt.Sprintf("%s reads %s when it is built, and %s withholds it from the task %s", app.Name, n.Read.Name, j.turbo.Root.Path, buildTask),
					Advice:  fmt.Sprintf(`add "%s" to "env" of the task %s, or to "passThroughEnv" when the result of the build does not depend on it`, n.Read.Name, buildTask),
				}
				if n.Scope == usage.Runtime {
					d.Grade = envtight.Likely
				}
				if len(n.Via) > 0 {
					d.Message += " (through " + strings.Join(n.Via, " → ") + ")"
				}
				j.report(n.File.Path, n.Read.Range, d)
			}
		})
	},
}

// byTools reports whether the tools that run a build set a variable by themselves.
func byTools(name string) bool {
	return name == "NODE_ENV" || strings.HasPrefix(name, "npm_") || strings.HasPrefix(name, "TURBO_") || name == "NEXT_RUNTIME"
}

// builds calls do for each app with a build that turbo runs, with what code reads in
// it: one read for each variable, those of the build first.
func (j *judge) builds(do func(*workspace.App, *turbo.Run, []reach.Need)) {
	if j.turbo == nil {
		return
	}
	for _, app := range j.apps() {
		run := j.turbo.Run(&app.Unit, buildTask)
		if run == nil {
			continue
		}
		first := map[string]reach.Need{}
		for _, n := range j.reach.Needs(app) {
			late := n.Scope == usage.Runtime
			insists := late && app.Framework == workspace.Next && n.Read.Kind == usage.Required && n.Read.Via != ""
			if n.File.Surface != envtight.OnCode || n.Read.Kind == usage.Dynamic || n.Read.Kind == usage.Whole || !n.Imported || n.Scope != usage.Build && !insists {
				continue
			}
			if known, ok := first[n.Read.Name]; !ok || known.Scope == usage.Runtime && !late {
				first[n.Read.Name] = n
			}
		}
		needs := make([]reach.Need, 0, len(first))
		for _, n := range first {
			needs = append(needs, n)
		}
		slices.SortFunc(needs, func(a, b reach.Need) int { return strings.Compare(a.Read.Name, b.Read.Name) })
		do(app, run, needs)
	}
}

var passThroughAtBuild = &rule{
	Rule: envtight.Rule{
		ID: "turbo/pass-through-at-build", Title: "The cache of a build does not know a variable that the build reads", Default: envtight.Warning, Since: "0.2",
		Doc: `What "passThroughEnv" lets through is not part of a task's hash: when the value changes, turbo takes the old result from the
cache. The rule speaks of variables that code reads while it is built, as a configuration of Next.js or Vite does, in tasks
whose results are cached. Secrets, and what is Sentry's, are left out: they upload something and do not change what is built. So are the names of
commits and releases: who hashes them has no cache.

Source: https://turborepo.dev/docs/reference/configuration#passthroughenv.`,
		Examples: []envtight.Example{
			{
				Files: "-- package.json --\n{\"workspaces\": [\"apps/*\"], \"packageManager\": \"npm@11.0.0\"}\n-- turbo.json --\n{\"tasks\": {\"build\": {\"passThroughEnv\": [\"API_URL\", \"SENTRY_AUTH_TOKEN\"]}}}\n" +
					"-- apps/web/package.json --\n{\"name\": \"web\", \"scripts\": {\"build\": \"next build\"}, \"dependencies\": {\"next\": \"16.0.0\"}}\n" +
					"-- apps/web/.env.example --\nAPI_URL=\nSENTRY_AUTH_TOKEN=\n" +
					"-- apps/web/next.config.ts --\nexport default { x: process.env.API_URL, y: process.env.SENTRY_AUTH_TOKEN };\n",
				Want: "turbo.json:1:42: web reads API_URL when it is built, and its value is not part of the hash of the task build",
			},
			{
				Title: "nothing is cached",
				Files: "-- package.json --\n{\"workspaces\": [\"apps/*\"], \"packageManager\": \"npm@11.0.0\"}\n-- turbo.json --\n{\"tasks\": {\"build\": {\"cache\": false, \"passThroughEnv\": [\"API_URL\"]}}}\n" +
					"-- apps/web/package.json --\n{\"name\": \"web\", \"scripts\": {\"build\": \"next build\"}, \"dependencies\": {\"next\": \"16.0.0\"}}\n" +
					"-- apps/web/.env.example --\nAPI_URL=\n-- apps/web/next.config.ts --\nexport default { x: process.env.API_URL };\n",
			},
		},
	},
	check: func(j *judge) {
		j.builds(func(app *workspace.App, run *turbo.Run, needs []reach.Need) {
			for i := range needs {
				n := &needs[i]
				answer, entry := run.Available(n.Read.Name)
				if answer != turbo.PassedThrough || n.Scope != usage.Build || run.Uncached || j.options.Class(n.Read.Name) == envtight.ClassSecret || names(n.Read.Name) {
					continue
				}
				j.report(entry.Path, entry.Range, envtight.Diagnostic{
					App: app.Name, Name: n.Read.Name,
					Message: fmt.Sprintf("%s reads %s when it is built, and its value is not part of the hash of the task %s", app.Name, n.Read.Name, buildTask),
					Advice:  `move it to "env", unless the result of the build does not depend on it`,
					Related: []envtight.Related{{Location: envtight.Location{Kind: envtight.AtFile, Path: n.File.Path, Range: n.Read.Range}, Message: "read here"}},
				})
			}
		})
	},
}

// names reports whether a variable only names what is built, or belongs to a tool that
// uploads it.
func names(name string) bool {
	return strings.HasPrefix(name, "SENTRY_") || slices.ContainsFunc([]string{"_SHA", "COMMIT", "RELEASE", "BUILD_ID", "VERSION", "_REF", "BRANCH"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}

var envFileNotHashed = &rule{
	Rule: envtight.Rule{
		ID: "turbo/env-file-not-hashed", Title: "The cache of a build does not know the env file that it reads", Default: envtight.Info, Since: "0.2",
		Doc: `A task's hash covers the files of its package that git knows. An env file is ignored by git, and the framework reads it by
itself: when a value in it changes, turbo takes the old result from the cache. It matters where builds run with such a file,
which is mostly on a developer's machine.

"globalDependencies": ["**/.env*"], or ".env*" among the inputs of the task, mends it. Nothing is said when some command
loads env files before it starts turbo.

Source: https://turborepo.dev/docs/crafting-your-repository/using-environment-variables#environment-variables-in-turborepo.`,
		Examples: []envtight.Example{
			{
				Files: "-- package.json --\n{\"workspaces\": [\"apps/*\"], \"packageManager\": \"npm@11.0.0\"}\n-- turbo.json --\n{\"tasks\": {\"build\": {}}}\n" +
					"-- apps/web/package.json --\n{\"name\": \"web\", \"scripts\": {\"build\": \"next build\"}, \"dependencies\": {\"next\": \"16.0.0\"}}\n-- apps/web/next.config.js --\n-- apps/web/.env.example --\nAPI_URL=\n",
				Want: "turbo.json:1:13: the env files of web are not part of the hash of the task build",
			},
			{
				Title: "covered",
				Files: "-- package.json --\n{\"workspaces\": [\"apps/*\"], \"packageManager\": \"npm@11.0.0\"}\n-- turbo.json --\n{\"tasks\": {\"build\": {\"inputs\": [\"$TURBO_DEFAULT$\", \".env*\"]}}}\n" +
					"-- apps/web/package.json --\n{\"name\": \"web\", \"scripts\": {\"build\": \"next build\"}, \"dependencies\": {\"next\": \"16.0.0\"}}\n-- apps/web/next.config.js --\n-- apps/web/.env.example --\nAPI_URL=\n",
			},
		},
	},
	check: func(j *judge) {
		if j.turbo == nil || j.loaded {
			return
		}
		for _, app := range j.apps() {
			run := j.turbo.Run(&app.Unit, buildTask)
			reads := slices.ContainsFunc(app.Loaders, func(l workspace.Loader) bool { return l.Dialect == dotenv.Next || l.Dialect == dotenv.Vite })
			if run == nil || run.Uncached || !reads || len(app.Examples) == 0 || j.hashed(app, run) {
				continue
			}
			j.report(run.Path, run.Range, envtight.Diagnostic{
				App: app.Name, Message: fmt.Sprintf("the env files of %s are not part of the hash of the task %s", app.Name, buildTask),
				Advice: `add "**/.env*" to "globalDependencies" of ` + j.turbo.Root.Path,
			})
		}
	},
}

// hashed reports whether some glob covers one of the env files that the app's
// framework reads.
func (f *facts) hashed(app *workspace.App, run *turbo.Run) bool {
	covers := func(list turbo.List, dir string) bool {
		return slices.ContainsFunc(list.Entries, func(e turbo.Entry) bool {
			pattern := strings.TrimPrefix(strings.TrimPrefix(string(e.Pattern), "$TURBO_ROOT$/"), "./")
			return slices.ContainsFunc([]string{".env", ".env.local", ".env.production", ".env.production.local"}, func(name string) bool {
				return glob.Match(pattern, dir+name)
			})
		})
	}
	root := ""
	if app.Dir != "." {
		root = app.Dir + "/"
	}
	return covers(f.turbo.Root.GlobalInputs, root) || covers(run.Inputs, "") || covers(run.Inputs, root)
}
