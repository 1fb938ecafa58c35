package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage/workflow"
	"github.com/envtight/envtight/internal/lazyregexp"
)

var pullRequestTarget = &rule{
	Rule: envtight.Rule{
		ID: "ci/pull-request-target", Title: "Code of a pull request runs beside secrets", Default: envtight.Error, Since: "0.5",
		Doc: `A workflow that runs for ` + "`pull_request_target`" + ` gets all secrets, also when the pull request comes from a fork: it is meant for
labels and comments, and runs the workflow of the base branch. When it checks out the head of the pull request and then runs
anything of it, be it ` + "`npm ci`" + `, whoever opens a pull request can read the job's secrets, without anybody's consent.

The rule speaks of jobs that check out the head, run something afterwards, and have a secret besides ` + "`GITHUB_TOKEN`" + ` in reach, or a
token that may write. Jobs with a condition on the pull request, its author or its label are passed over, as are workflows that run
for ` + "`types: [labeled]`" + ` only, and jobs with an ` + "`environment`" + `, which may ask for approval; so are steps after the checkout that only hand the files to actions.

Run what needs the code for ` + "`pull_request`" + `, and what needs the secret in a second workflow for ` + "`workflow_run`" + `.

Source: docs.github.com/actions/reference/security/secure-use; securitylab.github.com, "Preventing pwn requests".`,
		Examples: []envtight.Example{
			{
				Title: "the head, and a secret",
				Files: "-- .github/workflows/preview.yml --\non: pull_request_target\njobs:\n  preview:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm ci && npm run build\n      - run: npx vercel deploy\n        env:\n          VERCEL_TOKEN: ${{ secrets.VERCEL_TOKEN }}\n",
				Want:  ".github/workflows/preview.yml:8:20: preview checks out and runs code of any pull request, with VERCEL_TOKEN in reach",
			},
			{
				Title: "the base",
				Files: "-- .github/workflows/label.yml --\non: pull_request_target\njobs:\n  label:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - run: ./label.sh\n        env:\n          TOKEN: ${{ secrets.LABEL_TOKEN }}\n",
			},
			{
				Title: "of the repository's own branches only",
				Files: "-- .github/workflows/preview.yml --\non: pull_request_target\njobs:\n  preview:\n    if: github.event.pull_request.head.repo.full_name == github.repository\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm ci\n        env:\n          TOKEN: ${{ secrets.NPM_TOKEN }}\n",
			},
		},
	},
	check: func(j *judge) {
		for _, f := range j.files {
			if !startedByAll(f, "pull_request_target") {
				continue
			}
			for _, job := range f.Jobs {
				if !guarded(f, job) && job.Environment == (workflow.Environment{}) {
					j.target(f, job)
				}
			}
		}
	},
}

// target judges a job that runs for pull requests of everybody, with secrets.
func (j *judge) target(f *workflow.File, job *workflow.Job) {
	var at envtight.Range
	for _, step := range job.Steps {
		switch {
		case guards(step.If):
		case at.IsZero():
			at = headOf(step)
		case step.Run != "" || strings.HasPrefix(step.Uses, "./"):
			reach := inReach(f, job)
			if reach == "" {
				return
			}
			j.report(f.Path, at, envtight.Diagnostic{
				Message: fmt.Sprintf("%s checks out and runs code of any pull request, with %s in reach", job.ID, reach),
				Advice:  "run the code for pull_request, without secrets, and what needs the secret in a workflow for workflow_run",
				Related: []envtight.Related{{Location: place(f.Path, step.Range), Message: "something runs here"}},
			})
			return
		}
	}
}

// commits are expressions that mean a commit of a pull request: one of a fork can be
// checked out of the repository that it is made to.
var commits = []string{"github.event.pull_request.head.sha", "github.event.pull_request.merge_commit_sha"}

// forks are expressions that mean the repository that a pull request comes from. By
// the name of a branch alone, one of the repository's own is checked out.
var forks = []string{"github.event.pull_request.head.repo.full_name", "github.event.pull_request.head.repo.clone_url"}

// pullRef matches the names of git for what is proposed.
var pullRef = lazyregexp.New(`^refs/pull/\$\{\{.*\}\}/(merge|head)$`)

// numbers are expressions that mean the number of a pull request.
var numbers = []string{"github.event.number", "github.event.pull_request.number"}

// headOf returns where a step checks out the head of a pull request; the zero range:
// it does not.
func headOf(step *workflow.Step) envtight.Range {
	if step.Action() != "actions/checkout" {
		return envtight.Range{}
	}
	if at := asksFor(step.Input("repository"), forks); !at.IsZero() {
		return at
	}
	ref := step.Input("ref")
	if at := asksFor(ref, commits); !at.IsZero() {
		return at
	}
	if ref != nil && pullRef().MatchString(ref.Text) {
		return asksFor(ref, numbers)
	}
	return envtight.Range{}
}

// asksFor returns where an input asks for one of the expressions.
func asksFor(input *workflow.Variable, expressions []string) envtight.Range {
	if input == nil {
		return envtight.Range{}
	}
	for i := range input.References {
		if slices.ContainsFunc(expressions, input.References[i].Is) {
			return input.References[i].Range
		}
	}
	return envtight.Range{}
}

// inReach names what code that runs in the job can take: a secret, or a token that
// may write; empty: nothing.
func inReach(f *workflow.File, job *workflow.Job) string {
	found := ""
	f.Each(func(in *workflow.Job, _ *workflow.Step, r *workflow.Reference) {
		if r.Context != "secrets" || in != nil && in != job || found != "" || given(r.Name()) || r.Compared {
			return
		}
		found = r.Name()
		if found == "" {
			found = "secrets"
		}
	})
	permissions := f.Permissions
	if job.Permissions.Given {
		permissions = job.Permissions
	}
	if found == "" && permissions.Writes {
		found = "a token that may write"
	}
	return found
}
