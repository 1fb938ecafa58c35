package dotenvlint

import (
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

var commentAsValue = &rule{
	Rule: envtight.Rule{
		ID: "dotenv/comment-as-value", Title: "Comment that becomes the value", Default: envtight.Error, Since: "0.1",
		Doc: "`AUTH_SECRET= # openssl rand -hex 32` is empty in Next.js, but in python-dotenv before 1.2.4, docker compose and godotenv the secret is then the public text " +
			"`# openssl rand -hex 32`. It passes each check for a non-empty value, and everybody who can read the example knows it. " +
			"`docker run --env-file` knows no comments behind values at all.\n\n" +
			"When the loaders of the app are known, only they count; otherwise, and where only python-dotenv is concerned, this is a warning. It happened in production: mtrnix/metronix-memory#471.",
		Examples: []envtight.Example{
			{Title: "secret", Files: "-- .env.example --\nAUTH_SECRET= # openssl rand -hex 32\n",
				Want: ".env.example:1:14: AUTH_SECRET has a comment in place of a value: python-dotenv before 1.2.4, docker compose and godotenv take the comment for the value"},
			{Title: "comment above", Files: "-- .env.example --\n# openssl rand -hex 32\nAUTH_SECRET=\nPORT=80 # of the proxy\nQUOTED=\"\" # empty\n"},
		},
	},
	check: func(p *pass) {
		loaders := p.loaders
		if len(loaders) == 0 {
			loaders = sample
		}
		for i, e := range p.entries(dotenv.Assignment) {
			if !e.HasComment() || p.judged[i] || e.Key.Len() != len(e.Name) {
				continue
			}
			empty := e.Value.Len() == 0
			if !empty && !p.uses(dotenv.DockerRun) {
				continue
			}
			takers := p.takers(i, loaders)
			if len(takers) == 0 {
				continue
			}
			who, verb := titles(takers), "take"
			if len(takers) == 1 {
				verb = "takes"
			}
			// Since 1.2.4 python-dotenv reads an empty value here.
			if empty {
				who = strings.Replace(who, dotenv.PythonDotenv.Title(), dotenv.PythonDotenv.Title()+" before 1.2.4", 1)
			}
			var d *envtight.Diagnostic
			if empty {
				d = p.reportEntry(i, e.Comment, "%s has a comment in place of a value: %s %s the comment for the value", p.called(e), who, verb)
			} else {
				d = p.reportEntry(i, e.Comment, "%s has a comment behind its value: %s %s it for a part of the value", p.called(e), who, verb)
			}
			d.Advice = "move the comment to a line of its own"
			if len(p.loaders) == 0 || empty && len(takers) == 1 && takers[0] == dotenv.PythonDotenv {
				d.Severity = envtight.Warning
			}
		}
	},
}

// takers returns the loaders whose value of entry i holds its comment.
func (p *pass) takers(i int, loaders []dotenv.Dialect) []dotenv.Dialect {
	e := &p.file.Entries()[i]
	comment := p.text(e.Comment)
	var out []dotenv.Dialect
	for _, o := range p.outcomes(i, loaders) {
		if o.failure == 0 && o.found && strings.Contains(o.value.Value.Reveal(), comment) {
			out = append(out, o.loader)
		}
	}
	return out
}
