package envcheck

import (
	"fmt"
	"maps"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/shell"
)

var localMissing = &rule{
	Rule: envtight.Rule{
		ID: "env/local-missing", Title: "A required variable is in no env file of this machine", Default: envtight.Warning, Since: "0.1",
		Doc: `None of the env files that the app's programs read in development gives a required variable a value: on this
machine the app will start without it, unless the shell sets it, which nobody looks at.

It is looked for only when you ask: ` + "`envtight env --env local`" + ` and ` + "`envtight doctor`" + `, and never in CI. Which
files are read, and which one wins, depends on the loader: see docs/local.md. Where nothing shows the loader, where code
chooses the file while it runs, or where direnv, a secret store or a compose file sets variables, too, nothing is called
missing.

` + "`@only(prod)`" + `, ` + "`@optional(local)`" + ` and their like count. What is said of dev and not of local leaves local open:
nothing is demanded then. What only the root's example declares may be another app's. Names that tools have a
value for (` + "`NODE_ENV`, `PORT`" + ` and the like) are not demanded.`,
		Examples: []envtight.Example{
			{
				Title: "Next.js reads .env.local first",
				Files: "-- package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.ts --\n-- .env.example --\nAPI_KEY=\nSITE_NAME=\n# DEBUG=\n# @only(prod)\nSENTRY_DSN=\n-- .env.local --\nAPI_KEY=\n-- .env --\nAPI_KEY=abc\n-- snapshot --\nlocal\n",
				Want:  ".env.example:2:1: SITE_NAME is required and no env file that web reads here sets it: local\n.env.local:1:1: API_KEY is required and empty in .env.local: local",
			},
			{
				Title: "no file yet",
				Files: "-- pyproject.toml --\n[project]\nname = \"api\"\ndependencies = [\"fastapi\", \"python-dotenv\"]\n-- main.py --\nload_dotenv()\n-- .env.example --\nA=\nB=\n-- snapshot --\nlocal\n",
				Want:  ".env.example: api finds no env file here that it reads, and requires A, B: local",
			},
			{
				Title: "many in one file are one finding",
				Files: "-- pyproject.toml --\n[project]\nname = \"api\"\ndependencies = [\"fastapi\", \"python-dotenv\"]\n-- main.py --\nload_dotenv()\n-- .env.example --\nA=\nB=\nC=\nD=\n-- .env --\nA=\nB=\nC=\nD=\n-- snapshot --\nlocal\n",
				Want:  ".env: A, B, C, D are required and empty in .env: local",
			},
			{
				Title: "direnv may set it",
				Files: "-- package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.ts --\n-- .envrc --\nsource_up\n-- .env.example --\nAPI_KEY=\n-- .env.local --\nB=1\n-- snapshot --\nlocal\n",
			},
		},
	},
	check: func(j *judge) {
		for _, l := range j.locals {
			j.reportLocalMissing(l)
		}
	},
}

func (j *judge) reportLocalMissing(l *local) {
	absent, empty, unknown := l.lacking()
	if len(unknown) > 0 {
		j.pass.Undecided(j.rule.ID)
		for _, why := range l.open {
			j.pass.Incomplete(envtight.Incompleteness{
				Silence: envtight.Undecidable,
				Cause:   fmt.Sprintf("nobody can tell what %s lacks on this machine: %s", l.app.name, why),
				Cells:   []envtight.Cell{l.cell()},
			})
		}
	}
	if len(l.files) == 0 && len(absent) > 0 {
		j.reportNoLocalFile(l, absent)
		return
	}
	if len(absent) > manyLocal {
		j.reportManyLocal(l, absent, absent[0].needs[l.order].location(), "are required and set by no env file that "+l.app.name+" reads here",
			fmt.Sprintf("add them to %s, unless your shell sets them, or mark them @optional", l.load.Target))
		absent = nil
	}
	for _, r := range absent {
		need := r.needs[l.order]
		d := j.aboutLocal(l, r.name)
		d.Location = need.location()
		d.Message = fmt.Sprintf("%s is %s and no env file that %s reads here sets it", r.name, need.required(), l.app.name)
		d.Advice = fmt.Sprintf("add it to %s, unless your shell sets it", l.load.Target)
		j.pass.Report(d)
	}
	byFile := map[string][]*row{}
	for _, r := range empty {
		at := l.settings[r.name].file.path
		byFile[at] = append(byFile[at], r)
	}
	for _, path := range slices.Sorted(maps.Keys(byFile)) {
		j.reportLocalEmpty(l, path, byFile[path])
	}
}

// manyLocal is how many findings about one file are told one by one.
const manyLocal = 3

// reportLocalEmpty says what a file sets to nothing.
func (j *judge) reportLocalEmpty(l *local, path string, empty []*row) {
	if len(empty) > manyLocal {
		j.reportManyLocal(l, empty, envtight.WholeFile(path), "are required and empty in "+path,
			"give them values there, unless your shell sets them, or mark them @optional")
		return
	}
	for _, r := range empty {
		s := l.settings[r.name]
		d := j.aboutLocal(l, r.name)
		d.Location = s.location()
		d.Message = fmt.Sprintf("%s is %s and empty in %s", r.name, r.needs[l.order].required(), s.file.path)
		d.Advice = "give it a value there, unless your shell sets it"
		j.pass.Report(d)
	}
}

// reportManyLocal tells of many names at once.
func (j *judge) reportManyLocal(l *local, rows []*row, at envtight.Location, what, advice string) {
	d := j.aboutLocal(l, "")
	d.Location = envtight.WholeFile(at.Path)
	if at.Path == "" {
		d.Location = at
	}
	d.Message = listNames(rowNames(rows)) + " " + what
	d.Advice = advice
	j.pass.Report(d)
}

// reportNoLocalFile says in one finding what a fresh checkout lacks.
func (j *judge) reportNoLocalFile(l *local, absent []*row) {
	d := j.aboutLocal(l, "")
	d.Location = envtight.WholeFile(l.app.exampleFile())
	if at := absent[0].location(); len(l.app.Examples) == 0 && at.Kind == envtight.AtFile {
		d.Location = envtight.WholeFile(at.Path)
	}
	d.Message = fmt.Sprintf("%s finds no env file here that it reads, and requires %s", l.app.name, listNames(rowNames(absent)))
	d.Advice = "run: envtight fix --local --app " + shell.Quote(l.app.name)
	j.pass.Report(d)
}

// aboutLocal starts a finding about this machine.
func (j *judge) aboutLocal(l *local, name string) envtight.Diagnostic {
	return envtight.Diagnostic{
		Rule: j.rule.ID, App: l.app.name, Environment: LocalEnvironment, Name: name, Cells: []envtight.Cell{l.cell()},
	}
}
