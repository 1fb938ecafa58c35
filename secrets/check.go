package secrets

import (
	"context"
	"fmt"

	"github.com/envtight/envtight"
)

// Check scans sources. It implements [envtight.Check] and [envtight.Masker].
type Check struct {
	*Detector
	options Options
	sources []Source
}

// NewCheck makes a check of sources, which are scanned one after another. Of the
// options, Incomplete, Looked, Text and File are the check's own.
func NewCheck(d *Detector, o Options, sources ...Source) *Check {
	return &Check{Detector: d, options: o, sources: sources}
}

// Run implements [envtight.Check]. A source that stops before its end fails alone.
// When checks before this one have handed on live values, they are searched for, and
// hidden in what is shown from then on.
func (c *Check) Run(ctx context.Context, pass *envtight.Pass) error {
	if live := pass.Facts.Live; len(live) > 0 {
		d, err := NewDetector(c.set, WithLive(live))
		if err != nil {
			return err // it was made of the same rules before
		}
		c.Detector = d
		if n := d.passedOver; n > 0 {
			pass.Incomplete(envtight.Incompleteness{
				Silence: envtight.NotAsked, Count: n,
				Cause: "live values were not searched for: they are too short or too plain to be told from other text",
			})
		}
	}
	o := c.options
	failed := false
	o.Incomplete = func(i envtight.Incompleteness) {
		failed = failed || i.Silence == envtight.Failed
		pass.Incomplete(i)
	}
	o.Looked = pass.Looked
	o.Text = func(path string, text []byte) {
		pass.LookedAt(path, text)
		for _, e := range o.Exceptions {
			if marks, ok := e.(*Marks); ok && c.ignoreMarks {
				marks.LookedAt(path, text)
			}
		}
	}
	o.File = func(path string) {
		for _, e := range o.Exceptions {
			if files, ok := e.(FileExceptions); ok {
				files.LookedAtFile(path)
			}
		}
	}
	for _, source := range c.sources {
		for f, err := range Scan(ctx, source, c.Detector, o) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				o.Incomplete(envtight.Incompleteness{Silence: envtight.Failed, Cause: fmt.Sprintf("not everything was searched for secrets: %v", err)})
				break
			}
			if f.Grade != envtight.Public || o.Public {
				pass.Report(f.Diagnostic())
			}
		}
	}
	if failed || o.SomeRules {
		return nil // nobody knows what an exception may be for
	}
	for _, e := range o.Exceptions {
		for _, d := range e.Unused(!o.Partial) {
			pass.Report(d)
		}
	}
	return nil
}
