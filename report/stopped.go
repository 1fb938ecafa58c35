package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// StoppedLines is how many lines [Stopped] writes at most.
const StoppedLines = 15

// StoppedOptions say what [Stopped] is about.
type StoppedOptions struct {
	// What was stopped, as in "commit".
	What string
	// Exit is what decides that it was.
	Exit envtight.ExitOptions
	// Skip is the command that goes on without the hook, More the one that
	// shows all findings.
	Skip, More string
}

// Stopped writes for people why a hook stopped git: what, where, how to mend it,
// how to allow it, and how to go on without. It is for a screen on which somebody
// wanted to see something else, so it has at most [StoppedLines] lines; what it
// leaves out it counts.
func Stopped(w io.Writer, r *envtight.Report, o StoppedOptions) error {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	list := stopping(r, cmp.Or(o.Exit.FailOn, envtight.Error))
	failed := silences(r, envtight.Failed)
	if o.Exit.IgnoreIncomplete {
		failed = nil
	}
	reasons := []string{}
	if len(list) > 0 {
		reasons = append(reasons, count(len(list), "findings"))
	}
	if len(failed) > 0 {
		reasons = append(reasons, "not all could be looked at")
	}
	line("envtight stopped this %s: %s", o.What, strings.Join(reasons, ", and "))

	const most, mostFailed = 4, 2
	for _, d := range list[:min(most, len(list))] {
		line("  %s: %s [%s]", plain(where(d)), plain(d.Text()), plain(d.Rule))
		if fix := fix(d); fix != "" {
			line("    fix: %s", plain(fix))
		}
	}
	for _, inc := range failed[:min(mostFailed, len(failed))] {
		line("  not looked at: %s", plain(inc.Cause))
	}
	if more := max(0, len(list)-most) + max(0, len(failed)-mostFailed); more > 0 {
		line("  and %d more: %s", more, o.More)
	}
	if len(list) > 0 {
		line("allow: %s", plain(allow(list[0])))
	}
	line("skip:  %s", o.Skip)
	return write(w, "stopped", out.String())
}

// inCommit tells whether a finding is in a commit that is made already.
func inCommit(d *envtight.Diagnostic) bool {
	return d.Leak != nil && d.Leak.Introduced != nil && d.Leak.Introduced.ID != ""
}

// fix is what to do about a finding, on one line. What git has not sent yet is in no
// clone, so that its commits can still be changed.
func fix(d *envtight.Diagnostic) string {
	first, rest, _ := strings.Cut(d.Advice, "\n")
	switch {
	case inCommit(d):
		rest = "then take it out of that commit: git rebase --interactive"
	case d.Leak == nil:
		return first
	}
	return strings.Trim(first+"; "+strings.ReplaceAll(rest, "\n", "; "), "; ")
}

// allow is how to set a finding aside. A mark in a file says nothing of a commit that
// is made already.
func allow(d *envtight.Diagnostic) string {
	if inCommit(d) {
		return fmt.Sprintf("in .gitleaksignore: %s:%s:%s:%d", d.Leak.Introduced.ID, d.Location.Path, d.Leak.Rule, d.Leak.StartLine)
	}
	return fmt.Sprintf("in a comment on that line: envtight:ignore %s -- why it is right here", d.Rule)
}

// stopping are the findings at or above a severity, the gravest first.
func stopping(r *envtight.Report, from envtight.Severity) []*envtight.Diagnostic {
	list := slices.DeleteFunc(shown(r, false), func(d *envtight.Diagnostic) bool { return d.Severity < from })
	slices.SortStableFunc(list, func(a, b *envtight.Diagnostic) int { return cmp.Compare(b.Severity, a.Severity) })
	return list
}

// Passed is the one line of a hook that stops nothing: what was looked at, and what
// was found that is not grave enough.
func Passed(r *envtight.Report) string {
	text := "looked at " + plain(looked(r))
	if c := r.Counts(); c.Errors+c.Warnings+c.Infos > 0 {
		c.Suppressed = 0
		text += "; " + tally(c) + ", nothing that stops"
	}
	return text
}
