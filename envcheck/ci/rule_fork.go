package ci

import (
	"fmt"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage/workflow"
)

var secretInFork = &rule{
	Rule: envtight.Rule{
		ID: "ci/secret-in-fork", Title: "A job for pull requests cannot run without a secret that forks do not get", Default: envtight.Warning, Since: "0.5",
		Doc: `A workflow that runs for ` + "`pull_request`" + ` gets no secret, apart from a ` + "`GITHUB_TOKEN`" + ` that may only read, when the pull request comes
from a fork or from Dependabot. What is given a secret then gets an empty text. Many steps do without; the rule speaks only
of actions that are known to end in an error, as ` + "`docker/login-action`" + ` without a password. The check of each such pull request
then fails, for a reason that its author cannot mend.

Jobs and steps with a condition that may keep them from running there are passed over, as those with a
` + "`github.event.pull_request.head.repo.fork`" + ` or a ` + "`github.actor`" + ` in it, jobs that wait for such a job, what is
allowed to fail by ` + "`continue-on-error`" + `, and workflows that run only when a pull request is closed or gets a label. It is an info only where no
` + "`.github/dependabot.yml`" + ` says that pull requests of that kind will come: a private repository may have no forks.

Source: docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows (pull_request, forked repositories)
and .../dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions; the code of each action.`,
		Examples: []envtight.Example{
			{
				Title: "a login, where Dependabot is at work",
				Files: "-- .github/dependabot.yml --\nversion: 2\n-- .github/workflows/ci.yml --\non: [push, pull_request]\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/login-action@v3\n        with:\n          username: acme\n          password: ${{ secrets.DOCKERHUB_TOKEN }}\n",
				Want:  ".github/workflows/ci.yml:9:25: image fails for pull requests of forks and of Dependabot: docker/login-action ends without a password, and they do not get DOCKERHUB_TOKEN",
			},
			{
				Title: "a condition",
				Files: "-- .github/workflows/ci.yml --\non: [push, pull_request]\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/login-action@v3\n        if: github.event_name != 'pull_request'\n        with:\n          username: acme\n          password: ${{ secrets.DOCKERHUB_TOKEN }}\n",
			},
			{
				Title: "a secret that may be missing",
				Files: "-- .github/workflows/ci.yml --\non: pull_request\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env:\n      TURBO_TOKEN: ${{ secrets.TURBO_TOKEN }}\n    steps:\n      - uses: actions/checkout@v5\n      - run: pnpm turbo test\n      - uses: codecov/codecov-action@v5\n        with:\n          token: ${{ secrets.CODECOV_TOKEN }}\n",
			},
		},
	},
	check: func(j *judge) {
		severity := envtight.Info
		if j.tree.Has(".github/dependabot.yml") || j.tree.Has(".github/dependabot.yaml") {
			severity = envtight.Warning
		}
		for _, f := range j.files {
			if !startedByAll(f, "pull_request") {
				continue
			}
			for _, job := range f.Jobs {
				if !job.MayFail && !guarded(f, job) {
					j.inFork(f, job, severity)
				}
			}
		}
	},
}

// insists are the inputs without which an action ends in an error, by action.
// Source: action.yml and the code of each, which read the input as required or check
// that there is one.
var insists = map[string][]string{
	"docker/login-action":             {"username", "password"},
	"actions/checkout":                {"token"},
	"actions/github-script":           {"github-token"},
	"actions/create-github-app-token": {"app-id", "client-id", "private-key"},
	"tibdex/github-app-token":         {"app_id", "private_key"},
	"webfactory/ssh-agent":            {"ssh-private-key"},
	"google-github-actions/auth":      {"credentials_json", "workload_identity_provider"},
	"azure/login":                     {"creds"},
}

// inFork looks for steps of a job that cannot do without a secret.
func (j *judge) inFork(f *workflow.File, job *workflow.Job, severity envtight.Severity) {
	for _, step := range job.Steps {
		if step.MayFail || guards(step.If) {
			continue
		}
		for _, input := range insists[step.Action()] {
			v := step.Input(input)
			if v == nil || len(v.References) != 1 {
				continue // of several, one may be a default
			}
			r := &v.References[0]
			if r.Context != "secrets" || r.Name() == "" || given(r.Name()) || r.Defaulted || r.Compared {
				continue
			}
			j.report(f.Path, r.Range, envtight.Diagnostic{
				Severity: severity, Grade: envtight.Likely, Name: r.Name(),
				Message: fmt.Sprintf("%s fails for pull requests of forks and of Dependabot: %s ends without a %s, and they do not get %s",
					job.ID, step.Action(), input, r.Name()),
				Advice: "run the step only where the secret is: if: github.event_name != 'pull_request' || github.event.pull_request.head.repo.fork == false && github.actor != 'dependabot[bot]'",
			})
			break
		}
	}
}
