package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var secretMissing = &rule{
	Rule: envtight.Rule{
		ID: "ci/secret-missing", Title: "A workflow asks for a secret or variable that is not set", Default: envtight.Warning, Since: "0.5",
		Doc: `A job gets the secrets and configuration variables of the environment that it names, over those of the repository, over
those that the organization shares with it. What none of them has is an empty text: the job starts all the same, and fails
where it needs it, or does not fail and deploys something wrong.

An expression that says what to take instead (` + "`${{ secrets.A || 'b' }}`" + `), or only compares, needs nothing. Jobs whose environment is known
at run time only are passed over, as are secrets that whoever calls the workflow may pass to it.
It takes a token that may list names: see docs/ci.md.`,
		Examples: []envtight.Example{
			{
				Files: "-- .github/workflows/deploy.yml --\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: production\n    steps:\n      - run: deploy ${{ vars.REGION }}\n        env:\n          KEY: ${{ secrets.DEPLOY_KEY }}\n          CACHE: ${{ secrets.CACHE || 'none' }}\n" +
					"-- snapshot --\ncell ci repository github:acme/shop\n  NPM_TOKEN unreadable secret\ncell ci production github:acme/shop/production\n  REGION set variable\n",
				Want: ".github/workflows/deploy.yml:9:20: the secret DEPLOY_KEY is not set: not in the environment production, the repository or its organization",
			},
			{
				Title: "set as the other kind",
				Files: "-- .github/workflows/deploy.yml --\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy ${{ secrets.REGION }}\n" +
					"-- snapshot --\ncell ci repository github:acme/shop\n  REGION set variable\n",
				Want: ".github/workflows/deploy.yml:6:25: the secret REGION is not set: not in the repository or its organization",
			},
			{
				Title: "an environment that is known at run time",
				Files: "-- .github/workflows/deploy.yml --\non:\n  workflow_dispatch:\n    inputs:\n      to: {type: environment}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: ${{ inputs.to }}\n    steps:\n      - run: deploy ${{ secrets.DEPLOY_KEY }}\n" +
					"-- snapshot --\ncell ci repository github:acme/shop\n",
			},
		},
	},
	needsStore: true,
	check: func(j *judge) {
		said := map[string]bool{}
		for i := range j.asked {
			a := &j.asked[i]
			here, elsewhere := j.holds(a)
			key := strings.Join([]string{a.name(), a.ref.Context, a.environment()}, "\x00")
			if here || !a.needed() || said[key] || len(elsewhere) > 0 && a.environment() == "" {
				continue
			}
			said[key] = true
			j.missing(a, elsewhere)
		}
	},
}

// environment is the one that the job names; empty: none.
func (a *asked) environment() string {
	if a.job == nil {
		return ""
	}
	return a.job.Environment.Name
}

func (a *asked) kind() string { return kind(a.secret()) }

func kind(secret bool) string {
	if secret {
		return "secret"
	}
	return "variable"
}

// holds reports whether the place gets what it asks for, or may, and which of the
// environments that workflows name have it.
func (j *judge) holds(a *asked) (here bool, elsewhere []string) {
	if a.secret() && given(a.ref.Name()) || a.job != nil && a.job.Environment.Dynamic {
		return true, nil
	}
	for _, list := range [][]Held{j.holdings.Repository, j.holdings.Organization, j.holdings.Environments[strings.ToLower(a.environment())]} {
		if find(list, a.ref.Name(), a.secret()) != nil {
			return true, nil
		}
	}
	for _, name := range j.environments() {
		if find(j.holdings.Environments[strings.ToLower(name)], a.ref.Name(), a.secret()) != nil {
			elsewhere = append(elsewhere, name)
		}
	}
	// What stands outside of jobs is worked out in each of them.
	return a.job == nil && len(elsewhere) > 0, elsewhere
}

func (j *judge) missing(a *asked, elsewhere []string) {
	where := "not in "
	if a.environment() != "" {
		where += "the environment " + a.environment() + ", "
	}
	where += "the repository or its organization"
	d := envtight.Diagnostic{
		Name:    a.name(),
		Message: fmt.Sprintf("the %s %s is not set: %s", a.kind(), a.name(), where),
		Advice:  j.command("set", a.kind(), a.name(), a.environment()),
	}
	switch {
	case len(elsewhere) > 0:
		d.Message += "; it is in " + strings.Join(elsewhere, ", ")
	case j.anywhere(a.name(), !a.secret()):
		d.Advice = fmt.Sprintf("it is set as a %s: write %s.%s", kind(!a.secret()), map[bool]string{true: "vars", false: "secrets"}[a.secret()], a.name())
	}
	j.report(a.file.Path, a.ref.Range, d)
}

// anywhere reports whether some level has a name.
func (j *judge) anywhere(name string, secret bool) bool {
	lists := [][]Held{j.holdings.Repository, j.holdings.Organization}
	for _, list := range j.holdings.Environments {
		lists = append(lists, list)
	}
	return slices.ContainsFunc(lists, func(list []Held) bool { return find(list, name, secret) != nil })
}
