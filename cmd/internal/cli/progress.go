package cli

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// spinAfter is how long a run may take before a terminal shows that something
// happens.
const spinAfter = 500 * time.Millisecond

// spin shows on a terminal that platforms are being asked. The function it
// returns erases it.
func (a *app) spin(wanted bool) (stop func()) {
	if !wanted || !a.env.StderrTTY || a.flags.quiet || a.env.getenv("CI") != "" || a.env.getenv("TERM") == "dumb" {
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
		bar := progressbar.NewOptions(-1,
			progressbar.OptionSetWriter(a.env.Stderr),
			progressbar.OptionSetDescription("asking the platforms"),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSpinnerType(14),
		)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				_ = bar.Finish()
				return
			case <-tick.C:
				_ = bar.Add(1)
			}
		}
	}()
	return func() {
		close(done)
		<-finished
	}
}
