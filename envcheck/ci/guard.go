package ci

import (
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck/usage/workflow"
)

// opening are the kinds of events that whoever makes a pull request brings about while
// it is open.
var opening = []string{"opened", "synchronize", "reopened", "ready_for_review", "edited"}

// startedByAll reports whether a workflow runs on an event when somebody makes or
// changes a pull request, and not only when it is closed, or gets a label from those
// who may give one.
func startedByAll(f *workflow.File, event string) bool {
	t := f.Starts(event)
	return t != nil && (len(t.Types) == 0 || slices.ContainsFunc(t.Types, func(kind string) bool { return slices.Contains(opening, kind) }))
}

// harmless are what conditions may ask for without saying anything about who started
// the run, or from where.
var harmless = []string{"matrix", "runner", "strategy", "job"}

// guards reports whether a condition may keep a job or step from running for a pull
// request of a fork. It may unless it is known not to.
func guards(c *workflow.Condition) bool {
	if c == nil {
		return false
	}
	for i := range c.References {
		r := &c.References[i]
		if r.Is("github.repository") || r.Is("github.repository_owner") {
			continue // those of the repository itself, also for forks
		}
		if !slices.Contains(harmless, r.Context) {
			return true
		}
	}
	lower := strings.ToLower(c.Text)
	return strings.Contains(lower, "false") || strings.Contains(lower, "failure(") || strings.Contains(lower, "cancelled(")
}

// guarded reports whether the job, or one that has to end before, may be kept from
// running.
func guarded(f *workflow.File, job *workflow.Job) bool {
	return guardedBy(f, job, map[string]bool{})
}

func guardedBy(f *workflow.File, job *workflow.Job, seen map[string]bool) bool {
	if guards(job.If) {
		return true
	}
	if seen[job.ID] {
		return false
	}
	seen[job.ID] = true
	for _, before := range f.Jobs {
		if slices.Contains(job.Needs, before.ID) && guardedBy(f, before, seen) {
			return true
		}
	}
	return false
}
