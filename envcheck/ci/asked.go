package ci

import (
	"context"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/usage/workflow"
)

// Example is the env example that adds names which the repository's CI needs, and
// which no workflow asks for by name.
const Example = ".github/env.example"

// asked is a place that asks for a secret or variable by its name.
type asked struct {
	file *workflow.File
	job  *workflow.Job // nil: outside of jobs
	ref  *workflow.Reference
}

func (a *asked) secret() bool { return a.ref.Context == "secrets" }

// name is in upper case, as GitHub keeps names.
func (a *asked) name() string { return strings.ToUpper(a.ref.Name()) }

// needed reports whether the place does not say what to take where there is nothing.
// Debugging switches of GitHub's own are set for one run.
func (a *asked) needed() bool {
	return !a.ref.Defaulted && !a.ref.Compared && !strings.HasPrefix(a.name(), "ACTIONS_")
}

// ask collects what workflows ask for and lets the store answer.
func (j *judge) ask(ctx context.Context) {
	for _, f := range j.files {
		f.Each(func(job *workflow.Job, _ *workflow.Step, r *workflow.Reference) {
			why, _ := badName(r.Name())
			if r.Name() == "" || why != "" || r.Context != "vars" && r.Context != "secrets" {
				return
			}
			if r.Context == "secrets" && j.passed(f, r.Name()) {
				return
			}
			j.asked = append(j.asked, asked{f, job, r})
		})
	}
	slices.SortStableFunc(j.asked, func(a, b asked) int {
		if a.file != b.file {
			return strings.Compare(a.file.Path, b.file.Path)
		}
		return a.ref.Range.Start.Offset - b.ref.Range.Start.Offset
	})
	switch {
	case len(j.asked) == 0:
	case j.options.Store != nil:
		j.holdings = j.options.Store.Holdings(ctx, Question{Repository: j.options.Repository, Environments: j.environments(), Token: j.options.Token})
		for _, incomplete := range j.holdings.Incomplete {
			j.pass.Incomplete(incomplete)
		}
	case j.options.Lacking != "":
		j.pass.Incomplete(envtight.Incompleteness{Silence: envtight.NotAsked, Cause: j.options.Lacking, Advice: j.options.Advice})
	}
}

// passed reports whether a secret may come from whoever calls the workflow: it is
// declared, or nobody here is known to pass all secrets on.
func (j *judge) passed(f *workflow.File, name string) bool {
	if f.Call == nil {
		return false
	}
	if workflow.Find(f.Call.Secrets, name) != nil {
		return true
	}
	return len(f.Triggers) == 1 && !slices.ContainsFunc(j.files, func(caller *workflow.File) bool {
		return slices.ContainsFunc(caller.Jobs, func(job *workflow.Job) bool { return job.Inherit && job.Uses == "./"+f.Path })
	})
}

// environments are those that jobs name, each once, sorted.
func (j *judge) environments() []string {
	var out []string
	for _, f := range j.files {
		for _, job := range f.Jobs {
			if job.Environment.Name != "" {
				out = append(out, job.Environment.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// declared are the names of the env example, in upper case.
func (j *judge) declared() map[string]bool {
	out := map[string]bool{}
	if !j.tree.Has(Example) {
		return out
	}
	text, err := j.tree.Read(Example)
	if err != nil {
		j.whole = false
		return out
	}
	for _, d := range dotenv.Parse(text).Declarations() {
		out[strings.ToUpper(d.Name)] = true
	}
	return out
}
