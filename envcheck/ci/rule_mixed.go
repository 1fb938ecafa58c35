package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage/workflow"
)

var varsSecretsMixed = &rule{
	Rule: envtight.Rule{
		ID: "ci/vars-secrets-mixed", Title: "One name is asked for as a secret and as a variable", Default: envtight.Warning, Since: "0.5",
		Doc: `GitHub keeps secrets and configuration variables apart: ` + "`secrets.DEPLOY_URL`" + ` and ` + "`vars.DEPLOY_URL`" + ` are two things, and a
name is nearly always set as one of them. The other is then empty, in every run, and nothing says so.

Nothing is said where one expression asks for both, as ` + "`${{ vars.DEPLOY_URL || secrets.DEPLOY_URL }}`" + ` does while a name moves from one
to the other, nor about secrets that a called workflow declares by itself.`,
		Examples: []envtight.Example{
			{
				Files: "-- .github/workflows/a.yml --\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy ${{ secrets.DEPLOY_URL }}\n      - run: check ${{ secrets.DEPLOY_URL }}\n" +
					"-- .github/workflows/b.yml --\non: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy ${{ vars.deploy_url }}\n",
				Want: ".github/workflows/b.yml:6:25: DEPLOY_URL is asked for as a variable here, and as a secret elsewhere",
			},
			{
				Title: "a name that moves",
				Files: "-- .github/workflows/a.yml --\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy ${{ vars.DEPLOY_URL || secrets.DEPLOY_URL }}\n      - run: check ${{ vars.DEPLOY_URL }}\n",
			},
		},
	},
	check: func(j *judge) {
		uses := map[string]*mixed{} // by name in upper case
		for _, f := range j.files {
			j.collect(f, uses)
		}
		for name, m := range uses {
			if len(m.secrets) == 0 || len(m.vars) == 0 || m.moves {
				continue
			}
			here, there, as, elsewhere := m.vars, m.secrets, "a variable", "a secret"
			if len(m.secrets) < len(m.vars) {
				here, there, as, elsewhere = m.secrets, m.vars, "a secret", "a variable"
			}
			j.pass.Report(envtight.Diagnostic{
				Rule: j.rule.ID, Grade: envtight.Likely, Name: name, Location: here[0],
				Message: fmt.Sprintf("%s is asked for as %s here, and as %s elsewhere", name, as, elsewhere),
				Advice:  "look in the settings of the repository which of the two is set, and write that one",
				Related: []envtight.Related{{Location: there[0], Message: "asked for as " + elsewhere}},
			})
		}
	},
}

// mixed is where a name is asked for.
type mixed struct {
	vars, secrets []envtight.Location
	// moves tells that one expression asks for both.
	moves bool
}

func (j *judge) collect(f *workflow.File, uses map[string]*mixed) {
	type asked struct {
		name       string
		expression int
	}
	contexts := map[asked]string{}
	f.Each(func(_ *workflow.Job, _ *workflow.Step, r *workflow.Reference) {
		if r.Name() == "" || r.Context != "vars" && r.Context != "secrets" {
			return
		}
		name := strings.ToUpper(r.Name())
		m := uses[name]
		if m == nil {
			m = &mixed{}
			uses[name] = m
		}
		key := asked{name, r.Expression}
		m.moves = m.moves || contexts[key] != "" && contexts[key] != r.Context
		contexts[key] = r.Context
		at := place(f.Path, r.Range)
		switch {
		case r.Context == "vars":
			m.vars = append(m.vars, at)
		case f.Call == nil || workflow.Find(f.Call.Secrets, name) == nil:
			m.secrets = append(m.secrets, at)
		}
	})
	for _, m := range uses {
		for _, list := range [][]envtight.Location{m.vars, m.secrets} {
			slices.SortStableFunc(list, func(a, b envtight.Location) int {
				if a.Path != b.Path {
					return strings.Compare(a.Path, b.Path)
				}
				return a.Range.Start.Offset - b.Range.Start.Offset
			})
		}
	}
}
