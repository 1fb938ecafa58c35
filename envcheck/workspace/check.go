package workspace

import (
	"context"

	"github.com/envtight/envtight"
)

// Check returns a check that reports what [Load] could not understand or read,
// and counts the packages it found.
func (w *Workspace) Check() envtight.Check { return check{w} }

type check struct{ w *Workspace }

func (check) Rules() []*envtight.Rule { return Rules() }

func (c check) Run(_ context.Context, pass *envtight.Pass) error {
	for _, d := range c.w.Diagnostics {
		pass.Report(d)
	}
	for _, i := range c.w.Incomplete {
		pass.Incomplete(i)
	}
	pass.Looked("packages", len(c.w.Packages))
	return nil
}
