package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/envtight/envtight"
)

// LinePattern is a regular expression (RE2, and JavaScript's) for the lines that
// [Line] writes about files. Its groups are file, line, column, severity, message
// and rule: what a problem matcher needs.
const LinePattern = `^(.+?):(\d+):(\d+): (error|warning|info): (.*) \[([a-z0-9-]+/[a-z0-9-]+)\]$`

// Line writes one line for each finding: "file:line:col: severity: message
// [RULE]". A finding that is about a file as a whole stands at 1:1; one without
// a file has its place on a platform instead. What could not be looked at has
// a line, too, under the rule "incomplete/failed".
func Line(w io.Writer, r *envtight.Report, o Options) error {
	var out strings.Builder
	add := func(at string, s envtight.Severity, message, rule string) {
		out.WriteString(notCommand(fmt.Sprintf("%s: %s: %s [%s]", plain(at), s, plain(message), plain(rule))) + "\n")
	}
	for _, d := range shown(r, o.ShowSuppressed) {
		add(anchor(d), d.Severity, d.Text(), d.Rule)
	}
	for _, inc := range silences(r, envtight.Failed) {
		add(anchorOf(inc.Location), envtight.Error, "could not look: "+inc.Cause, "incomplete/failed")
	}
	if o.Exit.Strict {
		for _, inc := range silences(r, envtight.Undecidable) {
			add(anchorOf(inc.Location), envtight.Error, "cannot tell: "+inc.Cause, "incomplete/undecidable")
		}
	}
	return write(w, "line", out.String())
}

// anchor is where, with a line and column for every file.
func anchor(d *envtight.Diagnostic) string {
	if d.Location.Path != "" {
		return anchorOf(d.Location)
	}
	return where(d)
}

func anchorOf(at envtight.Location) string {
	switch {
	case at.Kind == envtight.AtNothing:
		return "envtight"
	case at.Path != "" && at.Range.Start.Line == 0:
		return at.String() + ":1:1"
	default:
		return at.String()
	}
}
