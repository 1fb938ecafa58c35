package envcheck

import (
	"fmt"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

var unread = &rule{
	Rule: envtight.Rule{
		ID: "env/unread", Title: "A variable is declared and nothing reads it", Default: envtight.Warning, Since: "0.2",
		Doc: `An env example declares a variable, and nothing in the repository reads it: no app, no package, no configuration, no
script, no test. Whoever sets up the next environment will look for a value that nobody needs.

It is said only of names that no file but env files, documentation and turbo.json holds, whatever its language; so a name
that a program reads in a way this tool does not know is never reported. Left out, too, are names that a library or tool
of the repository reads by itself (` + "`NEXTAUTH_URL`, `SENTRY_AUTH_TOKEN`, `AWS_*`" + ` and the like), and names that are
commented out; and nothing is said of an app of which no read at all was found. Where code hands on its whole environment, or makes up names while it runs, nobody can tell, and that is
what the report says.`,
		Examples: []envtight.Example{
			{
				Files: "-- apps/web/.env.example --\nAPI_URL=\nOLD_API_URL=\n-- apps/web/main.ts --\nfetch(process.env.API_URL!);\n",
				Want:  "apps/web/.env.example:2:1: OLD_API_URL is declared, and nothing reads it",
			},
			{
				Title: "read by a library, by another variable, or by something in another language",
				Files: "-- apps/web/package.json --\n{\"name\": \"web\", \"dependencies\": {\"next-auth\": \"^4.0.0\"}}\n-- apps/web/.env.example --\nNEXTAUTH_URL=\nDB_HOST=\nDB_URL=postgres://${DB_HOST}/shop\nLEGACY_MODE=\n-- apps/web/main.ts --\nconnect(process.env.DB_URL!);\n-- apps/web/start.rb --\nENV.fetch('LEGACY_MODE')\n",
			},
			{
				Title: "nobody can tell",
				Files: "-- apps/web/.env.example --\nFLAG_A=\nOTHER=\n-- apps/web/main.ts --\nfor (const name of names) use(process.env[`FLAG_${name}`]);\n",
				Want:  "apps/web/.env.example:2:1: OTHER is declared, and nothing reads it",
			},
		},
	},
	check: func(j *judge) {
		if j.reads == nil || len(j.reads.result.Unread) > 0 {
			return
		}
		for _, f := range sortedFiles(j.files) {
			j.judgeUnread(f)
		}
	},
}

// judgeUnread judges the declarations of one example.
func (j *judge) judgeUnread(f *envFile) {
	apps := j.declaredFor(f)
	if !slices.ContainsFunc(apps, j.reads.hasCode) {
		return
	}
	searched := countOf(j.reads.result.Looked, "file") + " of all apps and packages, configuration and scripts"
	var open []string
	var by envtight.Location
	for i := range f.declared {
		d := &f.declared[i]
		if d.Entry.Kind != dotenv.Assignment || !j.reads.unheard[d.Name] {
			continue
		}
		if n := j.reads.mayBeRead(apps, d.Name); n != nil {
			open, by = append(open, d.Name), location(n)
			continue
		}
		at := f.parsed.Location(f.path, d.Entry.Key)
		j.pass.Report(envtight.Diagnostic{
			Rule: j.rule.ID, App: f.app, Name: d.Name, Location: at,
			Message: d.Name + " is declared, and nothing reads it",
			Advice:  fmt.Sprintf("remove the line, and the variable where it is set; searched were %s", searched),
			Many: envtight.Many{
				Message: "variables are declared, and nothing reads them",
				Advice:  fmt.Sprintf("remove the lines, and the variables where they are set; searched were %s", searched),
			},
		})
	}
	if len(open) > 0 {
		j.pass.Undecided(j.rule.ID)
		j.pass.Incomplete(envtight.Incompleteness{
			Silence:  envtight.Undecidable,
			Cause:    fmt.Sprintf("whether anything reads %s of %s cannot be told: %s may mean any of them", listNames(open), f.path, by),
			Advice:   "read variables by their names there",
			Location: envtight.WholeFile(f.path),
		})
	}
}

// declaredFor are the apps for which an example declares; all, for one that declares
// for none.
func (j *judge) declaredFor(f *envFile) []*app {
	var out []*app
	for _, a := range j.apps {
		if slices.ContainsFunc(a.rows, func(r *row) bool {
			return slices.ContainsFunc(r.declarations, func(d *declaration) bool { return d.file == f })
		}) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		return j.apps
	}
	return out
}
