package envcheck

import (
	"fmt"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/workspace"
)

var localWrongFile = &rule{
	Rule: envtight.Rule{
		ID: "env/local-wrong-file", Title: "Local values stand in the wrong file", Default: envtight.Warning, Since: "0.1",
		Doc: `Two mistakes with the same cure. An env file for development stands beside the app and nothing reads it: frameworks
read ` + "`.env.local`" + `, python-dotenv and pydantic-settings read what the code names, by default ` + "`.env`" + `. What stands in
the other file is without effect. It is said only when the app's loader is known, no code chooses the file while it runs,
and no code, script or configuration of the repository names the file.

And a secret stands in a file that is committed, because the framework means it for defaults that everybody shares
(` + "`.env.development`" + `, ` + "`.env`" + `), where ` + "`.env.local`" + ` is meant for it. Values that are placeholders or lead to this
machine are no secrets. Files such as ` + "`.env.production.local`" + ` on a developer's machine are fine.

It is looked for only when you ask: ` + "`envtight env --env local`" + `.`,
		Examples: []envtight.Example{
			{
				Title: "python-dotenv does not read .env.local",
				Files: "-- pyproject.toml --\n[project]\nname = \"api\"\ndependencies = [\"fastapi\", \"python-dotenv\"]\n-- .env.example --\nA=\n-- .env.local --\nA=1\n-- .env --\nA=2\n-- snapshot --\nlocal\n",
				Want:  ".env.local: nothing reads .env.local: python-dotenv reads .env: local",
			},
			{
				Title: "the code names it",
				Files: "-- pyproject.toml --\n[project]\nname = \"api\"\ndependencies = [\"fastapi\", \"pydantic-settings\"]\n-- settings.py --\nclass Config:\n    env_file = (\".env\", \".env.local\")\n-- .env.example --\nA=\n-- .env.local --\nA=1\n-- snapshot --\nlocal\n",
			},
			{
				Title: "a secret in a file that is committed",
				Files: "-- package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.ts --\n-- .env.example --\n# @sensitive\nAPI_ACCESS=\n# @sensitive\nDATABASE_URL=\n-- .env.development --\nAPI_ACCESS=b81cf0a9e2d7\nDATABASE_URL=postgres://dev:dev@localhost/dev\n-- .env.production.local --\nAPI_ACCESS=77aa0c1f\n-- snapshot --\nlocal tracked=.env.development\n",
				Want:  ".env.development:1:1: .env.development is in git and holds what looks like a secret: API_ACCESS: local",
			},
		},
	},
	check: func(j *judge) {
		for _, l := range j.locals {
			for _, path := range l.unread(j.options.Workspace) {
				d := j.aboutLocal(l, "")
				d.Location = envtight.WholeFile(path)
				d.Grade = envtight.Likely
				d.Message = fmt.Sprintf("nothing reads %s: %s", path, l.reads())
				d.Advice = fmt.Sprintf("move what is in it to %s", l.load.Target)
				j.pass.Report(d)
			}
			if j.options.Tracked == nil {
				j.pass.Undecided(j.rule.ID)
				continue
			}
			for _, f := range l.files {
				if f.load.Path != l.load.Target && layered(f.load.Dialect) && j.options.Tracked(f.path) {
					j.reportTracked(l, f)
				}
			}
		}
	},
}

// layered reports whether a loader reads files with shared defaults below one with
// a developer's own values.
func layered(d dotenv.Dialect) bool {
	return d == dotenv.Next || d == dotenv.Vite || d == dotenv.DotenvExpand
}

// reads says which loader reads which of the files.
func (l *local) reads() string {
	first := l.load.Files[0].Dialect
	var paths []string
	for _, f := range l.load.Files {
		if f.Dialect == first {
			paths = append(paths, f.Path)
		}
	}
	return first.Title() + " reads " + listNames(paths)
}

// reportTracked looks for secrets in a file that git tracks.
func (j *judge) reportTracked(l *local, f *localFile) {
	var names []string
	var first envtight.Span
	for _, e := range f.parsed.Entries() {
		r := l.app.byName[e.Name]
		if e.Kind != dotenv.Assignment || r == nil || r.class != envtight.ClassSecret || slices.Contains(names, e.Name) ||
			!workspace.LooksReal(f.parsed.Value(&e)) {
			continue
		}
		if len(names) == 0 {
			first = e.Key
		}
		names = append(names, e.Name)
	}
	if len(names) == 0 {
		return
	}
	d := j.aboutLocal(l, names[0])
	d.Location, d.Grade = f.parsed.Location(f.path, first), envtight.Likely
	what := "what looks like a secret"
	if len(names) > 1 {
		what, d.Name = "what look like secrets", ""
	}
	d.Message = fmt.Sprintf("%s is in git and holds %s: %s", f.path, what, listNames(names))
	d.Advice = fmt.Sprintf("move it to %s, which %s reads before it, and change it: the history keeps it", l.load.Target, f.load.Dialect.Title())
	j.pass.Report(d)
}
