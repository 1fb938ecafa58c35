package envtight

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options say how a run treats what checks report. The zero value works: every
// rule at its default severity, no suppression but inline marks, no snippets.
type Options struct {
	// FS is the repository, for snippets and for marks in files that a
	// finding is at. Nil: only the texts that checks hand in are known.
	FS fs.FS
	// Scope is shown in the header, as in "the whole repository".
	Scope string
	// Partial tells that the run looks at a part of the repository only, so
	// that nothing can be said of suppressions that matched nothing.
	Partial bool
	// Severity sets rules by ID ("env/extra") or by topic ("env/*"); the ID
	// wins. A rule of a group is turned on by it, too.
	Severity map[string]Severity
	// Groups are turned on, at severity Warning.
	Groups []string
	// Suppressions set findings aside.
	Suppressions []Suppression
	// NoInlineMarks makes marks in files without effect.
	NoInlineMarks bool
	// Baseline sets known findings aside; it may be nil.
	Baseline *Baseline
	// Maskers find what must not be shown of a file.
	Maskers []Masker
	// Now is the time that suppressions expire by; zero means time.Now.
	Now time.Time
}

// Run runs the checks one after another, in order, and returns what they found:
// sorted, with severities and suppressions applied and findings that differ only
// in their environment joined.
//
// A check that fails or panics does not stop the others: the report says that it
// did not look. When ctx is done, the report holds what was found until then,
// says that it is not all, and the error is that of ctx; otherwise the error is
// nil. Run keeps none of what checks hand in, and may be called concurrently.
func Run(ctx context.Context, checks []Check, o Options) (*Report, error) {
	r := newRun(checks, o)
	facts := &Facts{}
	for _, check := range checks {
		if ctx.Err() != nil {
			break
		}
		r.check(ctx, check, &Pass{Facts: facts, run: r})
	}
	err := ctx.Err()
	if err != nil {
		r.incomplete = append(r.incomplete, Incompleteness{Silence: Failed, Cause: "the run was stopped before it had looked at everything"})
	}
	return r.finish(facts), err
}

// run is the state of one Run.
type run struct {
	options     Options
	rules       map[string]*Rule // all that checks list, and Run's own
	diagnostics []Diagnostic
	incomplete  []Incompleteness
	counts      map[string]int
	undecided   map[string]bool
	files       *files
	environment map[string]int // order of environments
}

func newRun(checks []Check, o Options) *run {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	r := &run{
		options:   o,
		rules:     map[string]*Rule{},
		counts:    map[string]int{},
		undecided: map[string]bool{},
		files:     newFiles(o.FS, slices.Clone(o.Maskers)),
	}
	for _, rule := range Rules() {
		r.rules[rule.ID] = rule
	}
	for _, check := range checks {
		for _, rule := range check.Rules() {
			r.rules[rule.ID] = rule
		}
		if masker, ok := check.(Masker); ok {
			r.files.maskers = append(r.files.maskers, masker)
		}
	}
	return r
}

// check runs one check and survives it.
func (r *run) check(ctx context.Context, check Check, pass *Pass) {
	defer func() {
		if cause := recover(); cause != nil {
			r.incomplete = append(r.incomplete, Incompleteness{
				Silence: Failed,
				Cause:   fmt.Sprintf("check %T stopped by an internal error at %s", check, panicPlace()),
				Advice:  "this is a bug of envtight: please report it with this line",
			})
		}
	}()
	err := check.Run(ctx, pass)
	if err != nil && (ctx.Err() == nil || !errors.Is(err, ctx.Err())) {
		r.incomplete = append(r.incomplete, Incompleteness{Silence: Failed, Cause: err.Error()})
	}
}

// panicPlace names the function and line that panicked. The panic's own text is
// left out: it may quote the input.
func panicPlace() string {
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", frame.Function, frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

func (r *run) looked(what string, n int) { r.counts[what] += n }

func (r *run) text(path string, text []byte) { r.files.add(path, text) }

func (r *run) report(d Diagnostic) {
	rule := r.rules[d.Rule]
	if rule == nil {
		r.incomplete = append(r.incomplete, Incompleteness{
			Silence: Failed,
			Cause:   fmt.Sprintf("a check reported under the rule %q, which it does not list", d.Rule),
			Advice:  "this is a bug of the check",
		})
		return
	}
	d.Severity = r.severity(rule, d.Severity)
	if d.Severity == Off {
		return
	}
	d.Cells = slices.SortedFunc(slices.Values(d.Cells), compareCells) // a copy: Run writes into it
	d.Related = slices.Clip(d.Related)
	r.diagnostics = append(r.diagnostics, d)
}

// severity settles what the rule's default, the options and the check say.
func (r *run) severity(rule *Rule, reported Severity) Severity {
	severity := rule.Default
	if rule.Group != "" {
		severity = Off
		if slices.Contains(r.options.Groups, rule.Group) {
			severity = max(rule.Default, Warning)
		}
	}
	if set, ok := r.options.Severity[rule.Topic()+"/*"]; ok {
		severity = set
	}
	if set, ok := r.options.Severity[rule.ID]; ok {
		severity = set
	}
	if reported != Off && reported < rule.Default {
		severity = min(severity, reported)
	}
	return severity
}

// finish makes the report.
func (r *run) finish(facts *Facts) *Report {
	r.environment = map[string]int{}
	if facts.Matrix != nil {
		for i, name := range facts.Matrix.Environments {
			r.environment[name] = i
		}
	}
	r.fingerprint()
	r.suppress()
	report := &Report{
		Version:     ReportVersion,
		Scope:       r.options.Scope,
		Diagnostics: r.join(),
		Incomplete:  joinIncomplete(r.incomplete),
		Looked:      []Looked{},
		Matrix:      facts.Matrix,
		Accounts:    facts.Accounts,
	}
	for i := range report.Diagnostics {
		d := &report.Diagnostics[i]
		if at := d.Location.Kind; at != AtObject && at != AtMember || d.Snippet == nil {
			d.Snippet = r.files.snippet(d.Location)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(r.counts)) {
		report.Looked = append(report.Looked, Looked{What: what, Count: r.counts[what]})
	}
	for _, rule := range r.rules {
		report.Rules = append(report.Rules, rule)
	}
	report.Rules = SortRules(report.Rules)
	return report
}

// join makes one finding of those that differ only in their environment, and
// sorts. A joined finding is at the place of its first cell.
func (r *run) join() []Diagnostic {
	type key struct {
		rule, app, name, message string
		suppressed               Suppressed
		severity                 Severity
		grade                    Grade
		location                 Location
	}
	slices.SortStableFunc(r.diagnostics, func(a, b Diagnostic) int { return r.compareEnvironments(a.Environment, b.Environment) })
	index := map[key]int{}
	out := []Diagnostic{}
	for _, d := range r.diagnostics {
		if len(d.Cells) == 0 {
			out = append(out, d)
			continue
		}
		k := key{rule: d.Rule, app: d.App, name: d.Name, message: d.Message, severity: d.Severity, grade: d.Grade, location: d.Location}
		if d.Suppressed != nil {
			k.suppressed = *d.Suppressed
		}
		if d.Location.Kind == AtPlatform {
			k.location.Place = Place{Platform: d.Location.Place.Platform}
		}
		if i, ok := index[k]; ok {
			merge(&out[i], &d)
			continue
		}
		index[k] = len(out)
		out = append(out, d)
	}
	for i := range out {
		r.settle(&out[i])
	}
	slices.SortStableFunc(out, func(a, b Diagnostic) int { return compareDiagnostics(&a, &b) })
	return out
}

// merge adds d to into, which differs only in its environment.
func merge(into, d *Diagnostic) {
	into.Cells = append(into.Cells, d.Cells...)
	if into.Environment != d.Environment {
		into.Environment = ""
	}
	for line := range strings.SplitSeq(d.Advice, "\n") {
		if line != "" && !slices.Contains(strings.Split(into.Advice, "\n"), line) {
			into.Advice = strings.TrimPrefix(into.Advice+"\n"+line, "\n")
		}
	}
	for _, related := range d.Related {
		if !slices.Contains(into.Related, related) {
			into.Related = append(into.Related, related)
		}
	}
}

// settle puts the cells of a finding in the user's order of environments, and
// derives the fingerprint of a joined one from those of its parts.
func (r *run) settle(d *Diagnostic) {
	slices.SortStableFunc(d.Cells, func(a, b Cell) int {
		return cmp.Or(r.compareEnvironments(a.Environment, b.Environment), compareCells(a, b))
	})
	var parts []string
	for _, c := range d.Cells {
		parts = append(parts, c.Fingerprint)
	}
	slices.Sort(parts)
	if parts = slices.Compact(parts); len(parts) > 1 {
		d.Fingerprint = hash(parts...)
	}
}

// compareEnvironments is the user's order of environments, dev before prod, which
// no alphabet knows. Those that the user did not name come last.
func (r *run) compareEnvironments(a, b string) int {
	rank := func(name string) int {
		if at, ok := r.environment[name]; ok {
			return at
		}
		return len(r.environment)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}
