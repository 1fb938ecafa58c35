package envcheck

import (
	"fmt"

	"github.com/envtight/envtight"
)

var localPlaceholder = &rule{
	Rule: envtight.Rule{
		ID: "env/local-placeholder", Title: "A local value is still a placeholder", Default: envtight.Warning, Since: "0.1",
		Doc: `A variable that holds a secret, or that is required, has a value that was only meant to show where one goes:
` + "`changeme`, `your-key-here`, `<token>`, `xxxx`" + `, or the ` + "`[SENSITIVE]`" + ` that ` + "`vercel env pull`" + ` writes for what it cannot
read. Programs take it for a real one and fail later, with somebody else's error.

Only the file that wins counts. Samples that work on any machine (ports, addresses of localhost, ` + "`postgres`" + `) are no
placeholders. It is looked for only when you ask: ` + "`envtight env --env local`" + ` and ` + "`envtight doctor`" + `.`,
		Examples: []envtight.Example{
			{
				Files: "-- package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.ts --\n-- .env.example --\nAPI_KEY=your-key-here\nDATABASE_URL=postgres://postgres:postgres@localhost:5432/todo\nPORT=3000\nHOSTS=[]\n# THEME=<name>\n-- .env.local --\nAPI_KEY=your-key-here\nDATABASE_URL=postgres://postgres:postgres@localhost:5432/todo\nPORT=3000\nHOSTS=[]\nTHEME=<name>\n-- snapshot --\nlocal\n",
				Want:  ".env.local:1:1: API_KEY in .env.local is still a placeholder: local",
			},
			{
				Title: "another file wins",
				Files: "-- package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.ts --\n-- .env.example --\nAPI_KEY=\n-- .env.local --\nAPI_KEY=5f0c\n-- .env --\nAPI_KEY=changeme\n-- snapshot --\nlocal\n",
			},
		},
	},
	check: func(j *judge) {
		for _, l := range j.locals {
			for _, s := range l.placeholders() {
				d := j.aboutLocal(l, s.name)
				d.Location, d.Grade = s.location(), envtight.Likely
				d.Message = fmt.Sprintf("%s in %s is still a placeholder", s.name, s.file.path)
				d.Advice = "put the real value there"
				j.pass.Report(d)
			}
		}
	},
}
