package naming

import (
	"context"

	"github.com/envtight/envtight"
)

// Check is the check that [New] returns. It is safe for concurrent runs.
type Check struct {
	options Options
}

var _ envtight.Check = (*Check)(nil)

// New returns a check of names. The options must not be changed afterwards.
func New(o Options) *Check { return &Check{options: o} }

// Rules returns the rules of the check, sorted by ID. The slice is the caller's
// own.
func (c *Check) Rules() []*envtight.Rule { return Rules() }

// Run judges the names in the facts of the pass. Its time is about proportional
// to their number, whatever they are.
func (c *Check) Run(ctx context.Context, pass *envtight.Pass) error {
	j := newJudge(c.options, pass.Facts.Variables, pass.Report)
	pass.Looked("names", len(j.names))
	for _, r := range rules() {
		if err := ctx.Err(); err != nil {
			return err
		}
		j.rule = r
		r.check(j)
	}
	return nil
}

// Rules returns the rules of this package, sorted by ID. The slice is the
// caller's own; the rules are shared and must not be changed.
func Rules() []*envtight.Rule {
	var out []*envtight.Rule
	for _, r := range rules() {
		out = append(out, &r.Rule)
	}
	return envtight.SortRules(out)
}

// rule is a rule and the function that finds what it objects to.
type rule struct {
	envtight.Rule
	check func(*judge)
	// always tells that the rule holds for names that others object to, too:
	// what the user's own policy or a missing name says is another matter.
	always bool
}
