package envtight

import "context"

// Check looks at something and reports what its rules object to. The rooms
// implement it; so can anybody else. A check that is a [Masker], too, is asked
// for what must not be shown, whatever the options of the run say.
type Check interface {
	// Rules returns the rules that the check can report under. The slice is
	// the caller's own.
	Rules() []*Rule
	// Run looks, and reports through pass. It returns an error only when it
	// could do nothing at all; whatever it could not look at goes to
	// pass.Incomplete. It returns soon after ctx is done.
	Run(ctx context.Context, pass *Pass) error
}

// Facts are what checks hand on to those that run after them. A check only adds
// to them.
type Facts struct {
	// Variables are all names seen, on every surface.
	Variables []Variable
	// Matrix is nil until a check has built it.
	Matrix *Matrix
	// Live are the values of platforms, when the user asked for values.
	Live []LiveValue
	// Accounts are of the variable that somebody asked about, in order of apps.
	Accounts []Account
}

// Pass is one check's view of a run. Its methods must not be called
// concurrently, nor after the check has returned.
type Pass struct {
	// Facts is shared by all checks of the run.
	Facts *Facts

	run *run
}

// Report hands in a finding. The order of calls does not matter. Its severity is overwritten from the rule and the
// options unless the check set one that is lower than the rule's default. A rule
// that the check does not list is a mistake of the check and is reported as one.
func (p *Pass) Report(d Diagnostic) { p.run.report(d) }

// Incomplete hands in what the check did not look at.
func (p *Pass) Incomplete(i Incompleteness) { p.run.incomplete = append(p.run.incomplete, i) }

// Looked counts things that were looked at, as in ("env files", 3). Counts under
// one name add up; a name with count 0 is shown, too.
func (p *Pass) Looked(what string, n int) { p.run.looked(what, n) }

// LookedAt says that the file at path, with this text, was looked at. Marks in
// it are obeyed, and those that suppress nothing are reported. The text is kept
// until the end of the run and must not be changed.
func (p *Pass) LookedAt(path string, text []byte) { p.run.text(path, text) }

// Undecided says that some of a rule's findings could not be made in this run
// (offline, part of the repository), so that a suppression of it that matched
// nothing proves nothing.
func (p *Pass) Undecided(ruleIDs ...string) {
	for _, id := range ruleIDs {
		p.run.undecided[id] = true
	}
}

// Masker finds what must not be shown of a file: the spans of values. [Run] asks
// every masker before it shows a line.
type Masker interface {
	// Mask returns spans of text, in any order, overlaps allowed. It is
	// called with whole files and must be safe for concurrent use.
	Mask(path string, text []byte) []Span
}

// MaskerFunc is a function as a Masker.
type MaskerFunc func(path string, text []byte) []Span

// Mask calls the function.
func (f MaskerFunc) Mask(path string, text []byte) []Span { return f(path, text) }
