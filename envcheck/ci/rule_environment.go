package ci

import (
	"fmt"
	"strings"

	"github.com/envtight/envtight"
)

var secretWithoutEnvironment = &rule{
	Rule: envtight.Rule{
		ID: "ci/secret-without-environment", Title: "A job asks for what only an environment has, and names none", Default: envtight.Error, Since: "0.5",
		Doc: `The secrets and variables of an environment are given to jobs that name it, and to no others. A job without
` + "`environment:`" + ` that asks for one gets an empty text, as does one in a workflow that moved its deployment to another job.

Files alone cannot tell where a name is set; so this is judged only with a token that may list names: see docs/ci.md.`,
		Examples: []envtight.Example{
			{
				Files: "-- .github/workflows/deploy.yml --\non: push\njobs:\n  migrate:\n    runs-on: ubuntu-latest\n    steps:\n      - run: migrate ${{ secrets.DATABASE_URL }}\n  deploy:\n    runs-on: ubuntu-latest\n    environment: production\n    steps:\n      - run: deploy ${{ secrets.DATABASE_URL }}\n" +
					"-- snapshot --\ncell ci repository github:acme/shop\ncell ci production github:acme/shop/production\n  DATABASE_URL unreadable secret\n",
				Want: ".github/workflows/deploy.yml:6:26: migrate names no environment, and DATABASE_URL is set in production only",
			},
			{
				Title: "the repository has one, too",
				Files: "-- .github/workflows/deploy.yml --\non: push\njobs:\n  migrate:\n    runs-on: ubuntu-latest\n    steps:\n      - run: migrate ${{ secrets.DATABASE_URL }}\n  deploy:\n    runs-on: ubuntu-latest\n    environment: production\n    steps:\n      - run: deploy ${{ secrets.DATABASE_URL }}\n" +
					"-- snapshot --\ncell ci repository github:acme/shop\n  DATABASE_URL unreadable secret\ncell ci production github:acme/shop/production\n  DATABASE_URL unreadable secret\n",
			},
		},
	},
	needsStore: true,
	check: func(j *judge) {
		for i := range j.asked {
			a := &j.asked[i]
			here, elsewhere := j.holds(a)
			if here || a.job == nil || a.environment() != "" || len(elsewhere) == 0 || !a.needed() {
				continue
			}
			j.report(a.file.Path, a.ref.Range, envtight.Diagnostic{
				Name:    a.name(),
				Message: fmt.Sprintf("%s names no environment, and %s is set in %s only", a.job.ID, a.name(), strings.Join(elsewhere, ", ")),
				Advice:  fmt.Sprintf("add to the job: environment: %s; or set it for the repository: %s", elsewhere[0], j.command("set", a.kind(), a.name(), "")),
			})
		}
	},
}
