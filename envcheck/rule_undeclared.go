package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/reach"
)

var undeclared = &rule{
	Rule: envtight.Rule{
		ID: "env/undeclared", Title: "The code reads a variable that nobody declares", Default: envtight.Error, Since: "0.2",
		Doc: `The code of an app, or of a package that it reaches, asks for a variable, and no env example declares it for the app:
whoever sets up the next environment will not know of it. It is an error where the code refuses to go on without a value
(` + "`env.parse`, `os.environ[\"X\"]`" + `), a warning where it uses what it gets, and a note where it has a default.

A read in a package is one of every app that imports the module, through whatever other packages; the finding says by
which. Reads in tests, scripts and tools count for nobody, and so do those in a package on which the app only depends while
nothing shows that it imports the file. Left out are names that platforms, frameworks and tools provide, that the
configuration speaks of, and that the root's example declares. An app without any example is env/example-missing.`,
		Examples: []envtight.Example{
			{
				Title: "required, used, and with a default",
				Files: "-- apps/web/.env.example --\nPORT=\n-- apps/web/main.ts --\nexport const key = process.env.STRIPE_KEY!;\nconst url = process.env.API_URL;\nlisten(process.env.PORT, process.env.HOSTNAME_SUFFIX ?? \"local\");\n",
				Want: "apps/web/main.ts:1:32: STRIPE_KEY is required by the code, and web does not declare it\n" +
					"apps/web/main.ts:2:25: API_URL is read, and web does not declare it\n" +
					"apps/web/main.ts:3:38: HOSTNAME_SUFFIX is read with a default, and web does not declare it",
			},
			{
				Title: "through a package",
				Files: "-- package.json --\n{\"workspaces\": [\"apps/*\", \"packages/*\"]}\n-- apps/web/package.json --\n{\"name\": \"web\", \"dependencies\": {\"@acme/db\": \"workspace:*\"}}\n-- apps/web/.env.example --\nPORT=\n-- apps/web/main.ts --\nimport { db } from \"@acme/db\";\n" +
					"-- packages/db/package.json --\n{\"name\": \"@acme/db\", \"main\": \"index.ts\"}\n-- packages/db/index.ts --\nexport const db = connect(process.env.DB_URL);\n-- packages/db/index.test.ts --\nprocess.env.TEST_DB_URL;\n",
				Want: "packages/db/index.ts:1:39: DB_URL is read through @acme/db, and web does not declare it",
			},
		},
	},
	check: func(j *judge) {
		for _, a := range j.apps {
			for _, r := range a.rows {
				if j.isUndeclared(a, r) {
					j.reportUndeclared(a, r)
				}
			}
		}
	},
}

// isUndeclared tells that an app reads a variable, and nobody declares it.
func (m *model) isUndeclared(a *app, r *row) bool {
	n := r.readByCode()
	return n != nil && n.Imported && a.examples > 0 && !a.unread && !r.declared() && !a.provided(r.name) && !m.spokenOf(a, r)
}

// spokenOf tells that the configuration, or the example of the whole repository, says
// something of a variable.
func (m *model) spokenOf(a *app, r *row) bool {
	for i := range m.options.Policies {
		if m.options.Policies[i].matches(a.name, r.name) {
			return true
		}
	}
	for _, example := range m.options.Workspace.RootExamples {
		if m.reads.noted[r.name] == example.Path {
			return true
		}
	}
	return false
}

func (j *judge) reportUndeclared(a *app, r *row) {
	n := r.readByCode()
	how, severity := "read", envtight.Warning
	switch {
	case n.Read.Kind == usage.Required:
		how, severity = "required by the code", envtight.Error
	case n.Read.Kind == usage.Defaulted || r.guarded(n):
		how, severity = "read with a default", envtight.Info
	}
	if n.Scope == usage.Build {
		how += " when it is built"
	}
	if len(n.Via) > 0 {
		how += " through " + strings.Join(n.Via, " → ")
	}
	advice := fmt.Sprintf("add the line %s= to %s", r.name, a.exampleFile())
	if more := r.otherPlaces(); more > 0 {
		advice += "\nit is read at " + countOf(more, "other place")
	}
	if at := j.reads.noted[r.name]; at != "" {
		advice += "\n" + at + " has it, and is not for " + a.name
	}
	j.report(verdict{app: a, row: r}, envtight.Diagnostic{
		Rule: j.rule.ID, App: a.name, Name: r.name, Severity: severity, Location: location(n),
		Message: fmt.Sprintf("%s is %s, and %s does not declare it", r.name, how, a.name),
		Advice:  advice,
		Many: envtight.Many{
			Message: fmt.Sprintf("variables are %s, and %s does not declare them", how, a.name),
			Advice:  "add a line for each to " + a.exampleFile(),
		},
	})
}

// guarded tells that the file asks whether the variable is there before it reads it, as
// far as one can tell: another read in it has a default.
func (r *row) guarded(n *reach.Need) bool {
	return slices.ContainsFunc(r.reads, func(o reach.Need) bool { return o.File == n.File && o.Read.Kind == usage.Defaulted })
}

// otherPlaces counts the places besides the nearest at which the deployed app reads a
// variable.
func (r *row) otherPlaces() int {
	count := 0
	for i := range r.reads[1:] {
		if n := &r.reads[1+i]; deployed(*n) && n.File.Surface == envtight.OnCode && n.Imported {
			count++
		}
	}
	return count
}

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
