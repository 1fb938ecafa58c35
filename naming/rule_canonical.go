package naming

import (
	"fmt"

	"github.com/envtight/envtight"
)

var canonical = &rule{
	Rule: envtight.Rule{
		ID: "naming/canonical", Title: "Name that differs from the provider's own", Default: envtight.Info, Since: "0.1",
		Doc: "Providers read their own names from the environment without being told: `new OpenAI()` takes " +
			"`OPENAI_API_KEY`, and so do documents, templates and secret scanners. A name of one's own works, as long as " +
			"every call passes it on. The rule is silent where the provider's name is there, too: the other one then " +
			"has a reason.\n\nThe names and their sources stand in the table of providers of package naming.",
		Examples: []envtight.Example{
			{
				Files: "-- .env.example --\nOPENAI_KEY=\n",
				Want:  ".env.example:1:1: OPENAI_KEY is called OPENAI_API_KEY by OpenAI",
			},
			{Title: "both are there", Files: "-- .env.example --\nOPENAI_KEY=\nOPENAI_API_KEY=\n"},
		},
	},
	check: checkCanonical,
}

func checkCanonical(j *judge) {
	x := indexOf()
	for _, n := range j.names {
		known := x.aliases[n.rest]
		if known == nil || !n.free {
			continue
		}
		to := n.public + known.name
		for _, s := range j.spots(n, chosen) {
			if j.appHas(s.app, known.name) || j.appHas(s.app, to) {
				continue
			}
			j.report(n, s, envtight.Diagnostic{

				Message: fmt.Sprintf("%s is called %s by %s", show(n.text), to, x.owner[n.rest].name),
				Advice:  j.advice(s, to),
				Fixes:   j.rename(n, s, to),
			})
			j.claim(n, s)
		}
	}
}
