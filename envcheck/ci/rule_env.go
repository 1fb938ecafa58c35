package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage/workflow"
	"github.com/envtight/envtight/internal/lazyregexp"
	"github.com/envtight/envtight/internal/nearest"
)

var envUndefined = &rule{
	Rule: envtight.Rule{
		ID: "ci/env-undefined", Title: "An expression asks for a variable that no env block sets", Default: envtight.Warning, Since: "0.5",
		Doc: `` + "`${{ env.NAME }}`" + ` knows what the env blocks of the workflow, the job and the step set, and what earlier steps wrote to the
file ` + "`$GITHUB_ENV`" + `: not the environment of the machine. Anything else is an empty text.

Any action and any script may write to that file, so the rule speaks only where nothing before the expression could have:
steps with commands that name no file of the repository, and actions that are known to set nothing.

Source: docs.github.com/actions/reference/workflows-and-actions/contexts (env context).`,
		Examples: []envtight.Example{
			{
				Title: "a slip",
				Files: "-- .github/workflows/ci.yml --\non: push\nenv:\n  IMAGE_NAME: shop\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - run: docker build -t ${{ env.IMAGE }} .\n      - run: docker push ${{ env.IMAGE_NAME }}\n",
				Want:  ".github/workflows/ci.yml:9:34: env.IMAGE is empty: no env block sets it, and no step before",
			},
			{
				Title: "a step may set it",
				Files: "-- .github/workflows/ci.yml --\non: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"TAG=$(date +%s)\" >> \"$GITHUB_ENV\"\n      - run: docker build -t shop:${{ env.TAG }} .\n",
			},
		},
	},
	check: func(j *judge) {
		for _, f := range j.files {
			for _, job := range f.Jobs {
				j.envOf(f, job)
			}
		}
	},
}

// silent are actions that set no variable for later steps. Source: their code.
var silent = []string{
	"actions/checkout", "actions/cache", "actions/cache/restore", "actions/cache/save", "actions/upload-artifact",
	"actions/download-artifact", "actions/labeler", "actions/stale", "actions/attest-build-provenance",
	"docker/login-action", "docker/setup-buildx-action", "docker/setup-qemu-action", "docker/metadata-action",
	"docker/build-push-action", "dorny/paths-filter",
}

// mayRun matches commands that run something of the repository, or that what they
// fetch says, and so may write to the file of variables.
var mayRun = lazyregexp.New(`(?m)\$\{?GITHUB_ENV|GITHUB_ENV|\./|\.(sh|py|js|ts|mjs|rb|ps1|bash)\b|\b(source|eval|bash|sh|make|just|task|npm|npx|pnpm|yarn|bun|bunx|node|python3?|uv|poetry|ruby|rake|go run|cargo|mise|nix|add-path|setEnv|export)\b|::set-env`)

// envOf judges the expressions of a job.
func (j *judge) envOf(f *workflow.File, job *workflow.Job) {
	known := names(nil, f.Env)
	known = names(known, job.Env)
	for _, step := range job.Steps {
		own := names(slices.Clone(known), step.Env)
		step.Each(func(r *workflow.Reference) {
			if r.Context != "env" || r.Name() == "" || r.Defaulted || r.Compared || slices.Contains(own, strings.ToUpper(r.Name())) || ofRunner(r.Name()) {
				return
			}
			d := envtight.Diagnostic{
				Grade: envtight.Likely, Name: r.Name(),
				Message: fmt.Sprintf("env.%s is empty: no env block sets it, and no step before", r.Name()),
				Advice:  fmt.Sprintf("set %s under env, or take it from where it is set", r.Name()),
			}
			if meant := nearest.Name(r.Name(), own); meant != "" {
				d.Advice = "did you mean env." + meant + "?"
			}
			j.report(f.Path, r.Range, d)
		})
		if step.Uses != "" && !slices.Contains(silent, step.Action()) || mayRun().MatchString(step.Run) {
			return
		}
	}
}

func names(to []string, block []workflow.Variable) []string {
	for _, v := range block {
		to = append(to, strings.ToUpper(v.Name))
	}
	return to
}

// ofRunner reports whether the machine has a variable of this name, which people
// look for in the context, too. That it is empty there is another matter.
func ofRunner(name string) bool {
	upper := strings.ToUpper(name)
	for _, prefix := range []string{"GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_"} {
		if strings.HasPrefix(upper, prefix) {
			return true
		}
	}
	return false
}
