package surface

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/dockerfile"
	"github.com/envtight/envtight/envcheck/usage/reach"
	"github.com/envtight/envtight/envcheck/workspace"
)

var argMissing = &rule{
	Rule: envtight.Rule{
		ID: "docker/arg-missing", Title: "A build in a Dockerfile is not given a variable that it writes into the code", Default: envtight.Warning, Since: "0.2",
		Doc: `A framework replaces its public variables (NEXT_PUBLIC_*, VITE_*, …) by their values when the app is built. In a Dockerfile a
build sees only what the stage that runs it declares by ARG or ENV: any other is undefined in the browser, whatever the
container is given when it starts.

The rule speaks of public variables that an env example declares and code of the app reads without a default. It is silent
where the Dockerfile copies an env file by name, and where it fills values in when the container starts: when it
gives the build a placeholder for some public variable.`,
		Examples: []envtight.Example{
			{
				Files: "-- package.json --\n{\"name\": \"shop\", \"dependencies\": {\"next\": \"16.0.0\"}}\n-- .env.example --\nNEXT_PUBLIC_A=\nNEXT_PUBLIC_B=\n" +
					"-- next.config.js --\n-- app/page.tsx --\nexport const a = process.env.NEXT_PUBLIC_A, b = process.env.NEXT_PUBLIC_B;\n" +
					"-- Dockerfile --\nFROM node:24\nCOPY . .\nARG NEXT_PUBLIC_A\nRUN npm run build\n",
				Want: "Dockerfile:4:1: the build of shop is not given NEXT_PUBLIC_B",
			},
			{
				Title: "from a file that is copied",
				Files: "-- package.json --\n{\"name\": \"shop\", \"dependencies\": {\"next\": \"16.0.0\"}}\n-- .env.example --\nNEXT_PUBLIC_B=\n" +
					"-- next.config.js --\n-- app/page.tsx --\nexport const b = process.env.NEXT_PUBLIC_B;\n-- Dockerfile --\nFROM node:24\nCOPY .env.docker .env\nRUN npm run build\n",
			},
		},
	},
	check: func(j *judge) {
		for _, app := range j.apps() {
			prefixes := inlined[app.Framework]
			if prefixes == nil {
				continue
			}
			for _, place := range app.Dockerfiles {
				f := j.dockerfile(place.Path)
				if f == nil || f.Building() == nil || f.EnvFiles {
					continue
				}
				j.missing(app, f, prefixes)
			}
		}
	},
}

// inlined are the prefixes of the variables that a framework writes into the code.
var inlined = map[workspace.Framework][]string{
	workspace.Next: {"NEXT_PUBLIC_"}, workspace.Vite: {"VITE_"}, workspace.CRA: {"REACT_APP_"}, workspace.Astro: {"PUBLIC_"}, workspace.Gatsby: {"GATSBY_"},
}

func (j *judge) missing(app *workspace.App, f *dockerfile.File, prefixes []string) {
	stage := f.Building()
	public := func(name string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
	}
	filled := func(v dockerfile.Variable) bool {
		return public(v.Name) && v.Given && len(v.Uses) == 0 && !v.Value.IsEmpty() && !strings.Contains(v.Value.Reveal(), "://")
	}
	for _, s := range stage.Lineage() {
		if slices.ContainsFunc(slices.Concat(s.Args, s.Envs), filled) {
			return
		}
	}
	said := map[string]bool{}
	needs := j.reach.Needs(app)
	for i := range needs {
		if needs[i].Read.Kind == usage.Defaulted {
			said[needs[i].Read.Name] = true // the code can do without
		}
	}
	for _, n := range needs {
		name := n.Read.Name
		if said[name] || !public(name) || !decides(&n) || !j.wanted(app, name) || stage.Gives(name) {
			continue
		}
		said[name] = true
		j.report(f.Path, stage.BuildRange(), envtight.Diagnostic{
			App: app.Name, Name: name, Message: fmt.Sprintf("the build of %s is not given %s", app.Name, name),
			Advice:  fmt.Sprintf("declare it in the stage that builds, before the command: ARG %s", name),
			Related: []envtight.Related{{Location: envtight.Location{Kind: envtight.AtFile, Path: n.File.Path, Range: n.Read.Range}, Message: "read here"}},
		})
	}
}

// decides reports whether the app's own code needs the value of a read.
func decides(n *reach.Need) bool {
	return n.File.Surface == envtight.OnCode && n.Imported && (n.Scope == usage.Runtime || n.Scope == usage.Build) &&
		(n.Read.Kind == usage.Plain || n.Read.Kind == usage.Required)
}
