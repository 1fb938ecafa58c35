package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/envtight/envtight"
)

// Format is one way to write a report.
type Format struct {
	// Name is what users call it, as in "json".
	Name string
	// Title says what it is for, in a few words.
	Title string
	// Write writes a report. It does not change the report and writes it in
	// one piece, so that an error leaves nothing or a torn file, never a
	// report that only seems whole.
	Write func(w io.Writer, r *envtight.Report, o Options) error
	// Partial tells that the form has no place for what could not be looked
	// at, so that it has to be said beside it.
	Partial bool
}

// Formats returns the formats of this package, in the order of their usefulness.
// The slice is the caller's own.
func Formats() []Format {
	return []Format{
		{Name: "text", Title: "for people: findings with their lines, and a summary", Write: Text},
		{Name: "line", Title: "one line for each finding, for editors and problem matchers", Write: Line},
		{Name: "json", Title: "everything, for programs", Write: JSON},
		{Name: "github", Title: "annotations on a pull request, by workflow commands", Write: GitHub},
		{Name: "markdown", Title: "tables for a comment on a pull request", Write: Markdown},
		{Name: "junit", Title: "JUnit XML, for the test reports of CI systems", Write: JUnit},
		{Name: "gitleaks-json", Title: "secrets only, in the form of gitleaks' JSON reports, redacted", Write: GitleaksJSON, Partial: true},
	}
}

// Options say how a report is written. The zero value works: no color, no
// wrapping, nothing suppressed shown. Formats ignore what does not concern them.
type Options struct {
	// Version is the version of the program, as in "0.1.0".
	Version string
	// Scope tells reports of one commit apart where they are collected, as an
	// app's name does; empty means that of the report.
	Scope string
	// Exit is what decides the exit code, so that the summary can say it.
	Exit envtight.ExitOptions
	// Unusable tells that the report says why nothing else was looked at, as
	// of a broken configuration: the exit code is envtight.ExitUsage then.
	Unusable bool

	// Color turns ANSI colors on; see [Colored].
	Color bool
	// Width is the number of columns of the terminal. 0 means that there is
	// none: lines are then never wrapped or cut.
	Width int
	// Links makes paths and rules into hyperlinks (OSC 8).
	Links bool
	// Root is the absolute directory that paths are relative to. It is used
	// for hyperlinks only, and then never in color-less output.
	Root string
	// RuleURL returns the address of a rule's documentation; nil for none.
	RuleURL func(id string) string

	// Verbose lists what is otherwise only counted.
	Verbose bool
	// ShowSuppressed shows findings that were set aside, and why.
	ShowSuppressed bool
}

func (o Options) ruleURL(id string) string {
	if o.RuleURL == nil {
		return ""
	}
	return o.RuleURL(id)
}

// write hands a finished text to w.
func write(w io.Writer, format string, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write %s report: %w", format, err)
	}
	return nil
}

// shown returns the findings to be listed, in order of the report.
func shown(r *envtight.Report, suppressed bool) []*envtight.Diagnostic {
	var out []*envtight.Diagnostic
	for i := range r.Diagnostics {
		if d := &r.Diagnostics[i]; d.Suppressed == nil || suppressed {
			out = append(out, d)
		}
	}
	return out
}

// silences returns the entries of one kind.
func silences(r *envtight.Report, kind envtight.Silence) []*envtight.Incompleteness {
	var out []*envtight.Incompleteness
	for i := range r.Incomplete {
		if r.Incomplete[i].Silence == kind {
			out = append(out, &r.Incomplete[i])
		}
	}
	return out
}

// where returns the place of a finding for people; never empty.
func where(d *envtight.Diagnostic) string {
	if at := d.Location.String(); at != "" {
		return at
	}
	if len(d.Cells) > 0 {
		return d.Cells[0].Place.String()
	}
	if d.App != "" {
		return d.App
	}
	return "envtight"
}

// count writes a number and its noun, which is given in the plural: "1 error",
// "0 env files", "2 variables on platforms".
func count(n int, plural string) string {
	if n != 1 {
		return fmt.Sprintf("%d %s", n, plural)
	}
	noun, rest := plural, ""
	for _, word := range []string{" on ", " in ", " of ", " from ", " with "} {
		if before, after, ok := strings.Cut(noun, word); ok {
			noun, rest = before, word+after+rest
		}
	}
	switch {
	case strings.HasSuffix(noun, "ies"):
		noun = strings.TrimSuffix(noun, "ies") + "y"
	case !strings.HasSuffix(noun, "ss"):
		noun = strings.TrimSuffix(noun, "s")
	}
	return fmt.Sprintf("1 %s%s", noun, rest)
}

// tally writes the numbers of a report, as in "2 errors, 1 warning"; numbers
// that are 0 are left out.
func tally(c envtight.Counts) string {
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
	}{{c.Errors, "errors"}, {c.Warnings, "warnings"}, {c.Infos, "infos"}} {
		if part.n > 0 {
			parts = append(parts, count(part.n, part.noun))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no findings")
	}
	if c.Suppressed > 0 {
		parts = append(parts, fmt.Sprintf("%d suppressed", c.Suppressed))
	}
	return strings.Join(parts, ", ")
}

// looked writes what was looked at, as in "2 apps, 0 env files".
func looked(r *envtight.Report) string {
	if len(r.Looked) == 0 {
		return "nothing"
	}
	parts := make([]string, len(r.Looked))
	for i, l := range r.Looked {
		parts[i] = count(l.Count, l.What)
	}
	return strings.Join(parts, ", ")
}

// meaning says what the exit code is and why.
func (o Options) meaning(r *envtight.Report) (code int, text string) {
	if o.Unusable {
		return envtight.ExitUsage, "until this is mended, nothing else is looked at"
	}
	exit := o.Exit
	code = r.ExitCode(exit)
	switch code {
	case envtight.ExitIncomplete:
		text = "not all that was asked could be looked at, so this result is incomplete"
	case envtight.ExitFindings:
		level := exit.FailOn
		if level == envtight.Off {
			level = envtight.Error
		}
		text = "there are findings of severity " + level.String()
		if level != envtight.Error {
			text += " or above"
		}
	default:
		text = "all that was asked was looked at"
		if exit.IgnoreIncomplete && r.Counts().Failed > 0 {
			text = "what could not be looked at was ignored on request"
		}
	}
	return code, text
}
