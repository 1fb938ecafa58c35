package config

import (
	"context"

	"github.com/envtight/envtight"
)

// NewCheck returns a check that reports what [Parse] and [Config.CheckApps] said
// of a file. src is the file's text; it must not be changed. Run it before the
// checks of the rooms, with [Mask] among the maskers of the run.
func NewCheck(path string, src []byte, diagnostics []envtight.Diagnostic) envtight.Check {
	return &check{path, src, diagnostics}
}

type check struct {
	path        string
	src         []byte
	diagnostics []envtight.Diagnostic
}

func (*check) Rules() []*envtight.Rule { return Rules() }

func (c *check) Run(_ context.Context, pass *envtight.Pass) error {
	pass.LookedAt(c.path, c.src)
	pass.Looked("configuration files", 1)
	for _, d := range c.diagnostics {
		pass.Report(d)
	}
	return nil
}
