package ci

import (
	"fmt"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage/workflow"
)

var secretName = &rule{
	Rule: envtight.Rule{
		ID: "ci/secret-name", Title: "A workflow asks for a secret or variable that nobody can set", Default: envtight.Error, Since: "0.5",
		Doc: `The names of GitHub's secrets and configuration variables hold letters, digits and ` + "`_`" + `, do not begin with a digit, and
never begin with ` + "`GITHUB_`" + `, in whatever case. An expression may ask for any other name; it then gets an empty text, in every
run, and nothing says so.

` + "`secrets.GITHUB_TOKEN`" + ` is given by GitHub itself. What a called workflow declares under ` + "`workflow_call`" + ` is named by it: hyphens
are usual there, and are passed over.

Source: docs.github.com/actions/reference/secrets-reference and variables-reference, naming conventions.`,
		Examples: []envtight.Example{
			{
				Title: "a reserved beginning",
				Files: "-- .github/workflows/ci.yml --\non: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n        env:\n          TOKEN: ${{ secrets.GITHUB_PAT }}\n          OWN: ${{ secrets.GITHUB_TOKEN }}\n",
				Want:  ".github/workflows/ci.yml:8:22: secrets.GITHUB_PAT is always empty: no secret can be named so, since GITHUB_ is reserved",
			},
			{
				Title: "a hyphen",
				Files: "-- .github/workflows/ci.yml --\non: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy ${{ vars.deploy-url }}\n",
				Want:  ".github/workflows/ci.yml:6:25: vars.deploy-url is always empty: no variable can be named so, since names hold letters, digits and _ only",
			},
			{
				Title: "names that a called workflow gives to its own parameters",
				Files: "-- .github/workflows/deploy.yml --\non:\n  workflow_call:\n    secrets:\n      deploy-key: {required: true}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy\n        env:\n          KEY: ${{ secrets.deploy-key }}\n",
			},
		},
	},
	check: func(j *judge) {
		for _, f := range j.files {
			f.Each(func(_ *workflow.Job, _ *workflow.Step, r *workflow.Reference) {
				what := map[string]string{"secrets": "secret", "vars": "variable"}[r.Context]
				why, better := badName(r.Name())
				if what == "" || why == "" || r.Context == "secrets" && (f.Call != nil && workflow.Find(f.Call.Secrets, r.Name()) != nil || given(r.Name())) {
					return
				}
				j.report(f.Path, r.Range, envtight.Diagnostic{
					Name:    r.Name(),
					Message: fmt.Sprintf("%s.%s is always empty: no %s can be named so, since %s", r.Context, r.Name(), what, why),
					Advice:  fmt.Sprintf("set it under another name in the settings of the repository, and write it here: %s.%s", r.Context, better),
				})
			})
		}
	},
}

// given reports whether GitHub itself gives workflows a secret of this name.
func given(name string) bool { return strings.EqualFold(name, "GITHUB_TOKEN") }

// badName says what is wrong with a name, and a name with which nothing is; empty:
// nothing is.
func badName(name string) (why, better string) {
	if name == "" {
		return "", ""
	}
	upper := strings.ToUpper(name)
	if rest, reserved := strings.CutPrefix(upper, "GITHUB_"); reserved {
		return "GITHUB_ is reserved", "GH_" + rest
	}
	better = strings.Map(func(r rune) rune {
		if r == '_' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, upper)
	switch {
	case better != upper:
		return "names hold letters, digits and _ only", better
	case '0' <= name[0] && name[0] <= '9':
		return "no name begins with a digit", "_" + better
	}
	return "", ""
}
