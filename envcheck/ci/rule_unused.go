package ci

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage/workflow"
	"github.com/envtight/envtight/internal/shell"
)

var unused = &rule{
	Rule: envtight.Rule{
		ID: "ci/unused", Title: "A secret or variable is set and no workflow asks for it", Default: envtight.Warning, Since: "0.5",
		Doc: `The repository, or one of the environments that its workflows name, has a secret or configuration variable that no workflow and
no action of the repository asks for. A secret that nobody uses still opens something when it gets out.

Nothing is said while somebody may use it unseen: where an expression takes all of them (` + "`toJSON(secrets)`" + `) or one whose name is known at
run time only, where all secrets are passed to a workflow of another repository, or where a workflow cannot be read. A name
that stands anywhere in a workflow, be it in a comment, or in ` + "`.github/env.example`" + `, is in use. Workflows of other branches are not
seen: look there before you remove one. Names that begin with ` + "`ACTIONS_`" + ` are read by the runner itself. What the organization shares is its own affair.`,
		Examples: []envtight.Example{
			{
				Files: "-- .github/env.example --\nBY_HAND=\n-- .github/workflows/ci.yml --\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: test ${{ secrets.API_KEY }}\n" +
					"-- snapshot --\ncell ci repository github:acme/shop\n  API_KEY unreadable secret\n  BY_HAND unreadable secret\n  OLD_KEY unreadable secret\n",
				Want: "github:acme/shop/OLD_KEY: the secret OLD_KEY is set in the repository, and no workflow asks for it",
			},
			{
				Title: "all of them are taken",
				Files: "-- .github/workflows/ci.yml --\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: test ${{ secrets.API_KEY }}\n        env:\n          ALL: ${{ toJSON(secrets) }}\n" +
					"-- snapshot --\ncell ci repository github:acme/shop\n  API_KEY unreadable secret\n  OLD_KEY unreadable secret\n",
			},
		},
	},
	needsStore: true,
	check: func(j *judge) {
		secrets, vars := j.unseen()
		declared := j.declared()
		if !j.whole || secrets && vars {
			j.pass.Undecided(j.rule.ID)
			return
		}
		each := func(environment, where string, held []Held) {
			for i := range held {
				h := &held[i]
				if ofRunner(h.Name) || h.Secret && secrets || !h.Secret && vars || declared[strings.ToUpper(h.Name)] || j.mentioned(h.Name) || j.exposed(h) {
					continue
				}
				j.pass.Report(envtight.Diagnostic{
					Rule: j.rule.ID, Name: h.Name, Location: j.at(environment, h.Name),
					Message: fmt.Sprintf("the %s %s is set in %s, and no workflow asks for it", kind(h.Secret), h.Name, where),
					Advice:  "remove it, or say in " + Example + " what needs it: " + j.command("delete", kind(h.Secret), h.Name, environment),
				})
			}
		}
		each("", "the repository", j.holdings.Repository)
		for _, name := range slices.Sorted(maps.Keys(j.holdings.Environments)) {
			each(name, "the environment "+name, j.holdings.Environments[name])
		}
	},
}

// at is a place on GitHub.
func (j *judge) at(environment, name string) envtight.Location {
	return envtight.Location{Kind: envtight.AtPlatform, Place: envtight.Place{
		Platform: "github", Project: j.options.Repository, Environment: environment, Name: name,
	}}
}

// command is one of GitHub's own program. Source: cli/cli pkg/cmd/secret and
// pkg/cmd/variable.
func (j *judge) command(deed, kind, name, environment string) string {
	command := "gh " + kind + " " + deed + " " + shell.Quote(name) + " --repo " + shell.Quote(j.options.Repository)
	if environment != "" {
		command += " --env " + shell.Quote(environment)
	}
	return command
}

// unseen reports whether secrets and variables may be used without being named.
func (j *judge) unseen() (secrets, vars bool) {
	for _, f := range slices.Concat(j.files, j.actions) {
		f.Each(func(_ *workflow.Job, _ *workflow.Step, r *workflow.Reference) {
			unnamed := r.Whole || r.Dynamic && r.Name() == ""
			secrets = secrets || unnamed && r.Context == "secrets"
			vars = vars || unnamed && r.Context == "vars"
		})
		for _, job := range f.Jobs {
			if job.Uses != "" && !strings.HasPrefix(job.Uses, "./") {
				secrets, vars = secrets || job.Inherit, true
			}
		}
	}
	return secrets, vars
}

// mentioned reports whether the text of a workflow or an action holds a name, as a
// whole word, in whatever case.
func (j *judge) mentioned(name string) bool {
	name = strings.ToUpper(name)
	return slices.ContainsFunc(j.texts, func(text string) bool {
		for at := 0; ; {
			next := strings.Index(text[at:], name)
			if next < 0 {
				return false
			}
			at += next
			end := at + len(name)
			if (at == 0 || !isWord(text[at-1])) && (end == len(text) || !isWord(text[end])) {
				return true
			}
			at = end
		}
	})
}

func isWord(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}
