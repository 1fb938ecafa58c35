package surface

import (
	"context"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// Options say what a [Check] looks at. Workspace and Usage are compulsory.
type Options struct {
	Workspace *workspace.Workspace
	// Usage finds what code and configuration ask for, as [usage.Scan] does. It is
	// called once a run.
	Usage func(context.Context) (*usage.Result, error)
	// Apps are the names of the apps to judge; nil means all. Files that belong to
	// other apps only are left out.
	Apps []string
	// Class guesses the class of a variable by its name; it may be nil.
	Class func(name string) envtight.Class
}

// Check judges the configuration of a repository. It keeps no state between runs.
type Check struct{ options Options }

// New returns a check of one repository.
func New(o Options) *Check {
	if o.Class == nil {
		o.Class = func(string) envtight.Class { return envtight.ClassUnknown }
	}
	return &Check{options: o}
}

// rule is a rule: its documentation, and the function that judges.
type rule struct {
	envtight.Rule
	check func(*judge)
}

// rules is the list of all rules.
var rules = []*rule{
	argAtRuntime,
	argMissing,
	argUnset,
	composeSecret,
	composeUnset,
	envFileNotHashed,
	outsidePlatform,
	passThroughAtBuild,
	secretInImage,
	undeclared,
}

// Rules returns the rules that a [Check] reports under, sorted by ID. The slice is
// the caller's own.
func Rules() []*envtight.Rule {
	var out []*envtight.Rule
	for _, r := range rules {
		out = append(out, &r.Rule)
	}
	return envtight.SortRules(out)
}

// Rules implements [envtight.Check].
func (*Check) Rules() []*envtight.Rule { return Rules() }

// Run implements [envtight.Check].
func (c *Check) Run(ctx context.Context, pass *envtight.Pass) error {
	found, err := c.options.Usage(ctx)
	if err != nil {
		return err
	}
	f := c.read(found, pass)
	for _, r := range rules {
		r.check(&judge{facts: f, rule: r, pass: pass})
		if len(found.Unread) > 0 || c.options.Apps != nil {
			pass.Undecided(r.ID)
		}
	}
	if pass.Facts.Matrix == nil || len(pass.Facts.Matrix.Fetched) == 0 {
		pass.Undecided(undeclared.ID) // a platform may have more than is declared
	}
	return nil
}

// judge is what a rule looks at and reports through.
type judge struct {
	*facts
	rule *rule
	pass *envtight.Pass
}

// report hands in a finding at a place of a file.
func (j *judge) report(path string, at envtight.Range, d envtight.Diagnostic) {
	d.Rule, d.Location = j.rule.ID, envtight.Location{Kind: envtight.AtFile, Path: path, Range: at}
	j.pass.Report(d)
}

// inScope reports whether a file belongs to an app that is judged, or to none.
func (f *facts) inScope(path string) bool {
	if f.options.Apps == nil {
		return true
	}
	owners := f.options.Workspace.Owners(path)
	return len(owners) == 0 || slices.ContainsFunc(owners, func(a *workspace.App) bool { return slices.Contains(f.options.Apps, a.Name) })
}
