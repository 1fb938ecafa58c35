package cli

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
)

// spinAfter is how long a run may take before a terminal shows that something
// happens.
const spinAfter = 500 * time.Millisecond

// spin shows on a terminal that platforms are being asked. The function it
// returns erases it.
func (a *app) spin(wanted bool) (stop func()) {
	if !wanted {
		return func() {}
	}
	return a.draw(func() *progressbar.ProgressBar {
		return progressbar.NewOptions(-1,
			progressbar.OptionSetWriter(a.env.Stderr),
			progressbar.OptionSetDescription("asking the platforms"),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSpinnerType(14),
		)
	}, func(bar *progressbar.ProgressBar) { _ = bar.Add(1) })
}

// progress shows on a terminal how much of the work is done, and when it will be.
// tell may be called from anywhere; stop erases it.
func (a *app) progress(unit string) (tell func(done, total int64), stop func()) {
	var done, total atomic.Int64
	stop = a.draw(func() *progressbar.ProgressBar {
		options := []progressbar.Option{
			progressbar.OptionSetWriter(a.env.Stderr),
			progressbar.OptionSetDescription("looking for secrets"),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetWidth(20),
		}
		if unit == bytesUnit {
			options = append(options, progressbar.OptionShowBytes(true))
		} else {
			options = append(options, progressbar.OptionShowCount(), progressbar.OptionSetItsString(unit))
		}
		return progressbar.NewOptions64(max(total.Load(), 1), options...)
	}, func(bar *progressbar.ProgressBar) {
		if n := total.Load(); n > 0 && n != bar.GetMax64() {
			bar.ChangeMax64(n)
		}
		_ = bar.Set64(min(done.Load(), bar.GetMax64()-1)) // at its end it would erase itself
	})
	return func(d, t int64) { done.Store(d); total.Store(t) }, stop
}

// bytesUnit is the unit of progress through files.
const bytesUnit = "bytes"

// draw keeps a bar on the terminal, when there is one, from spinAfter on. The function
// it returns erases it, and may be called again.
func (a *app) draw(start func() *progressbar.ProgressBar, update func(*progressbar.ProgressBar)) (stop func()) {
	if !a.env.StderrTTY || a.flags.quiet || a.env.getenv("CI") != "" || a.env.getenv("TERM") == "dumb" {
		return func() {}
	}
	done := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		select {
		case <-done:
			return
		case <-time.After(spinAfter):
		}
		bar := start()
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				_ = bar.Finish()
				return
			case <-tick.C:
				update(bar)
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(done)
		<-finished
	})
}
