package secrets

import (
	"context"
	"iter"

	"github.com/envtight/envtight"
)

// Options say how to scan. The zero value is sensible.
type Options struct {
	// Workers is how many goroutines scan; as many as there are processors
	// when it is 0.
	Workers int
	// Exceptions set findings aside, the first that does counts. Findings set
	// aside are yielded all the same, with Suppressed set.
	Exceptions []Exceptions
	// Partial tells a check that it looks at a part only of what the exceptions
	// may be for, as at what is staged, so that those only are unused that are for
	// a file which was looked at. SomeRules tells that it looks for a part only of
	// what they may be for, so that none is.
	Partial, SomeRules bool
	// Maskers hide more of what is shown of a text than the detector does, as
	// the values in env files. They may be asked several things at once.
	Maskers []envtight.Masker
	// Text is told of texts that hold a finding or, by [IsMarked], a mark, as
	// far as they stand in files of the work tree and are not too large to be
	// shown. The text is the callee's own. Calls do not overlap.
	Text func(path string, text []byte)
	// File is told of each file of the work tree that was looked at. Calls do not
	// overlap.
	File func(path string)
	// Public asks a check to report also what is meant to be public.
	Public bool
	// Incomplete is told what could not be looked at, each cause once with a
	// count. Calls do not overlap.
	Incomplete func(envtight.Incompleteness)
	// Looked is told what was looked at, as in ("files", 3).
	Looked func(what string, n int)
	// Progress is told how much of the work is done, in units of the source's
	// own; total is 0 while it is not known. Calls do not overlap.
	Progress func(done, total int64)
}

// Source is something that holds texts: a directory, an index, a history.
// Callers use [Scan].
type Source interface {
	// Scan yields what d finds in the source, in the order of reports: by
	// path, place, rule. A non-nil error is a fatal stop and the last thing
	// yielded; what could not be read goes to o.Incomplete. When the loop is
	// left early, all work has stopped before Scan returns.
	Scan(ctx context.Context, d *Detector, o Options) iter.Seq2[Finding, error]
}

// Exceptions set findings aside: an ignore file, a baseline, marks in texts. They
// are used by one scan at a time; calls do not overlap.
type Exceptions interface {
	// Except returns who sets f aside and why; nil when f stands. text is the
	// whole text that f is in.
	Except(f *Finding, text []byte) *envtight.Suppressed
	// Unused returns what is to be said of entries that matched nothing; unless
	// whole, of those that cannot match anything that was not looked at. Rules are
	// the scan's own to list.
	Unused(whole bool) []envtight.Diagnostic
}

// FileExceptions are Exceptions that want to know which files were looked at.
type FileExceptions interface {
	Exceptions
	// LookedAtFile is Options.File.
	LookedAtFile(path string)
}

// Scan yields what a detector finds in a source.
func Scan(ctx context.Context, s Source, d *Detector, o Options) iter.Seq2[Finding, error] {
	if o.Incomplete == nil {
		o.Incomplete = func(envtight.Incompleteness) {}
	}
	if o.Looked == nil {
		o.Looked = func(string, int) {}
	}
	if o.Text == nil {
		o.Text = func(string, []byte) {}
	}
	if o.File == nil {
		o.File = func(string) {}
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
	return s.Scan(ctx, d, o)
}
