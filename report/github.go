package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// githubLimit is how many annotations of one level GitHub shows for one step.
// https://docs.github.com/en/actions/reference/limits
const githubLimit = 10

// githubFailed is how many of the errors may be used up by what could not be
// looked at, so that findings are seen, too.
const githubFailed = 4

// GitHub writes workflow commands, which GitHub Actions turns into annotations:
// first what could not be looked at, then findings, the worst first. Of each level
// at most as many are written as GitHub shows; a last notice says how many there
// are besides. The step summary is [Markdown].
func GitHub(w io.Writer, r *envtight.Report, o Options) error {
	g := &github{left: map[string]int{"error": githubLimit, "warning": githubLimit, "notice": githubLimit - 1}}
	for i, inc := range silences(r, envtight.Failed) {
		if i >= githubFailed {
			g.dropped++
			continue
		}
		g.command("error", githubPlace(inc.Location), "not looked at", "could not look: "+atPlace(inc.Location)+inc.Cause, inc.Advice)
	}
	list := shown(r, false)
	slices.SortStableFunc(list, func(a, b *envtight.Diagnostic) int { return cmp.Compare(b.Severity, a.Severity) })
	for _, d := range list {
		message := d.Text()
		if d.Location.Path == "" {
			message = where(d) + ": " + message
		}
		g.command(githubLevel(d.Severity), githubPlace(Anchor(d)), d.Rule, message, d.Advice)
	}
	if g.dropped > 0 {
		g.left["notice"] = 1
		g.command("notice", "", "envtight", fmt.Sprintf("%s not shown here: GitHub shows only some of each level. The whole list is in the step summary and the other reports", count(g.dropped, "further findings")), "")
	}
	return write(w, "github", g.out.String())
}

type github struct {
	out     strings.Builder
	left    map[string]int
	dropped int
}

// command writes one workflow command, on one line.
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
func (g *github) command(level, place, title, message, advice string) {
	if g.left[level] == 0 {
		g.dropped++
		return
	}
	g.left[level]--
	text := plain(message)
	for line := range strings.SplitSeq(advice, "\n") {
		if line = plain(strings.TrimSpace(line)); line != "" {
			text += "\n" + line
		}
	}
	fmt.Fprintf(&g.out, "::%s %stitle=%s::%s\n", level, place, githubProperty(plain(title)), githubData(text))
}

func githubLevel(s envtight.Severity) string {
	switch s {
	case envtight.Error:
		return "error"
	case envtight.Warning:
		return "warning"
	default:
		return "notice"
	}
}

// Anchor is where a finding can be shown in a file: its own location, or for one
// on a platform the first related place that is in a file. Without one, it is the
// finding's own location.
func Anchor(d *envtight.Diagnostic) envtight.Location {
	if d.Location.Path != "" {
		return d.Location
	}
	for _, related := range d.Related {
		if related.Location.Path != "" {
			return related.Location
		}
	}
	return d.Location
}

func atPlace(at envtight.Location) string {
	if text := at.String(); text != "" {
		return text + ": "
	}
	return ""
}

// githubPlace writes the properties for a place in a file, each followed by
// a comma. GitHub takes an end column only on the line of the start.
func githubPlace(at envtight.Location) string {
	if at.Path == "" {
		return ""
	}
	place := "file=" + githubProperty(plain(at.Path)) + ","
	start, end := at.Range.Start, at.Range.End
	if start.Line == 0 {
		return place + "line=1,"
	}
	place += fmt.Sprintf("line=%d,endLine=%d,", start.Line, max(start.Line, end.Line))
	if end.Line == start.Line {
		place += fmt.Sprintf("col=%d,endColumn=%d,", start.Column, max(start.Column, end.Column))
	}
	return place
}

func githubData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func githubProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
