package ci

import (
	"fmt"
	"path"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage/workflow"
	"github.com/envtight/envtight/internal/nearest"
)

var reusableInput = &rule{
	Rule: envtight.Rule{
		ID: "ci/reusable-input", Title: "A workflow is called with other inputs or secrets than it takes", Default: envtight.Error, Since: "0.5",
		Doc: `A workflow that others call says under ` + "`on.workflow_call`" + ` which inputs and secrets it takes. GitHub starts nothing at all when
a call leaves out one that is required, or passes one that is not declared. A secret that is required is found missing only
when the job runs, if the caller passes all secrets with ` + "`secrets: inherit`" + `; so those calls are passed over here.

Only calls of workflows of the repository itself (` + "`uses: ./.github/workflows/NAME.yml`" + `) are judged. An input that is required and has a
default may be left out.

Source: docs.github.com/actions/how-tos/reuse-automations/reuse-workflows; the syntax of workflows, on.workflow_call.`,
		Examples: []envtight.Example{
			{
				Title: "left out, and not declared",
				Files: "-- .github/workflows/ci.yml --\non: push\njobs:\n  deploy:\n    uses: ./.github/workflows/deploy.yml\n    with:\n      environments: production\n" +
					"-- .github/workflows/deploy.yml --\non:\n  workflow_call:\n    inputs:\n      environment: {type: string, required: true}\n    secrets:\n      DEPLOY_KEY: {required: true}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy\n",
				Want: ".github/workflows/ci.yml:4:11: deploy calls deploy.yml without the secret DEPLOY_KEY, which it requires\n" +
					".github/workflows/ci.yml:4:11: deploy calls deploy.yml without the input environment, which it requires\n" +
					".github/workflows/ci.yml:6:7: deploy passes the input environments, which deploy.yml does not declare",
			},
			{
				Title: "all secrets",
				Files: "-- .github/workflows/ci.yml --\non: push\njobs:\n  deploy:\n    uses: ./.github/workflows/deploy.yml\n    secrets: inherit\n" +
					"-- .github/workflows/deploy.yml --\non:\n  workflow_call:\n    secrets:\n      DEPLOY_KEY: {required: true}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: deploy\n",
			},
		},
	},
	check: func(j *judge) {
		for _, f := range j.files {
			for _, job := range f.Jobs {
				target, local := strings.CutPrefix(job.Uses, "./")
				if called := j.file(target); local && called != nil {
					j.call(f, job, called)
				}
			}
		}
	},
}

// call judges one call of a workflow.
func (j *judge) call(f *workflow.File, job *workflow.Job, called *workflow.File) {
	base := path.Base(called.Path)
	if called.Call == nil {
		j.report(f.Path, job.UsesRange, envtight.Diagnostic{
			Message: fmt.Sprintf("%s calls %s, which cannot be called: it does not name workflow_call under \"on\"", job.ID, base),
			Advice:  "add workflow_call to \"on\" of " + called.Path,
		})
		return
	}
	j.parameters(f, job, called, "input", called.Call.Inputs, job.With)
	if !job.Inherit {
		j.parameters(f, job, called, "secret", called.Call.Secrets, job.Secrets)
	}
}

func (j *judge) parameters(f *workflow.File, job *workflow.Job, called *workflow.File, what string, declared []workflow.Parameter, passed []workflow.Variable) {
	base := path.Base(called.Path)
	var names []string
	for _, p := range declared {
		names = append(names, p.Name)
		if p.Required && !has(passed, p.Name) {
			block := map[string]string{"input": "with", "secret": "secrets"}[what]
			j.report(f.Path, job.UsesRange, envtight.Diagnostic{
				Name:    p.Name,
				Message: fmt.Sprintf("%s calls %s without the %s %s, which it requires", job.ID, base, what, p.Name),
				Advice:  fmt.Sprintf("pass %s under \"%s\" of the job", p.Name, block),
				Related: []envtight.Related{{Location: place(called.Path, p.Range), Message: "required here"}},
			})
		}
	}
	for _, v := range passed {
		if workflow.Find(declared, v.Name) != nil {
			continue
		}
		d := envtight.Diagnostic{
			Name:    v.Name,
			Message: fmt.Sprintf("%s passes the %s %s, which %s does not declare", job.ID, what, v.Name, base),
			Advice:  fmt.Sprintf("declare it under workflow_call in %s, or do not pass it", called.Path),
		}
		if meant := nearest.Name(v.Name, names); meant != "" {
			d.Advice = "did you mean " + meant + "?"
		}
		j.report(f.Path, v.Range, d)
	}
}

func has(block []workflow.Variable, name string) bool {
	for _, v := range block {
		if strings.EqualFold(v.Name, name) {
			return true
		}
	}
	return false
}
