package envtight

import (
	"cmp"
	"slices"
)

// ReportVersion is the version of the JSON form of a [Report]. It rises when a
// field changes its meaning or goes away, not when one is added.
const ReportVersion = 1

// Report is the outcome of a run. It holds no time, duration or host name: the
// same repository and platforms give the same report.
type Report struct {
	Version int `json:"version"`
	// Scope says what the run was about, as in "the whole repository".
	Scope string `json:"scope,omitempty"`
	// Diagnostics are in order of place; suppressed ones are among them.
	Diagnostics []Diagnostic `json:"diagnostics"`
	// Incomplete holds one entry for each cause, failed ones first.
	Incomplete []Incompleteness `json:"incomplete"`
	// Looked says what was looked at, sorted by name.
	Looked []Looked `json:"looked"`
	// Rules are those that could report in this run, sorted by ID.
	Rules []*Rule `json:"-"`
	// Matrix is nil when no check built one.
	Matrix *Matrix `json:"matrix,omitempty"`
	// Accounts are of the variable that the run was asked about, in order of apps, and
	// last what belongs to none.
	Accounts []Account `json:"accounts,omitempty"`
}

// Looked is how many things of one kind were looked at.
type Looked struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// Counts are the numbers of a report.
type Counts struct {
	Errors      int `json:"errors"`
	Warnings    int `json:"warnings"`
	Infos       int `json:"infos"`
	Suppressed  int `json:"suppressed"`
	Failed      int `json:"failed"`
	Undecidable int `json:"undecidable"`
	NotAsked    int `json:"notAsked"`
}

// Counts counts. Incompleteness is counted by cause.
func (r *Report) Counts() Counts {
	var c Counts
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		switch {
		case d.Suppressed != nil:
			c.Suppressed++
		case d.Severity == Error:
			c.Errors++
		case d.Severity == Warning:
			c.Warnings++
		default:
			c.Infos++
		}
	}
	for _, inc := range r.Incomplete {
		switch inc.Silence {
		case Failed:
			c.Failed++
		case Undecidable:
			c.Undecidable++
		default:
			c.NotAsked++
		}
	}
	return c
}

// Exit codes of the command.
const (
	ExitClean       = 0   // all that was asked was looked at; nothing to object to
	ExitFindings    = 1   // findings at or above the threshold
	ExitUsage       = 2   // wrong flags or configuration; nothing was looked at
	ExitIncomplete  = 3   // something failed to be looked at; wins over findings
	ExitInterrupted = 130 // interrupted by the user
)

// ExitOptions decide what a report means for a caller's exit code.
type ExitOptions struct {
	// FailOn is the lowest severity that counts as a finding; Off means Error.
	FailOn Severity
	// Strict counts what is undecidable as failed.
	Strict bool
	// IgnoreIncomplete makes failures without effect on the code.
	IgnoreIncomplete bool
}

// ExitCode returns ExitClean, ExitFindings or ExitIncomplete.
func (r *Report) ExitCode(o ExitOptions) int {
	c := r.Counts()
	if !o.IgnoreIncomplete && (c.Failed > 0 || o.Strict && c.Undecidable > 0) {
		return ExitIncomplete
	}
	failOn := cmp.Or(o.FailOn, Error)
	if slices.ContainsFunc(r.Diagnostics, func(d Diagnostic) bool {
		return d.Suppressed == nil && d.Severity >= failOn
	}) {
		return ExitFindings
	}
	return ExitClean
}
