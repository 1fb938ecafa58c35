package secrets

import (
	"regexp/syntax"
	"sync"
	"sync/atomic"

	"github.com/envtight/envtight/secrets/internal/match"
)

// pathFilter dismisses paths quickly: nearly all match no expression that is about
// paths, and package regexp takes longer to say so than it takes to read most files.
// It is safe for concurrent use.
type pathFilter struct {
	asked    atomic.Int32
	once     sync.Once
	set      *match.Set // nil when nothing can be dismissed
	scanners sync.Pool
}

// may returns false only where the expression, which is always the same, does not
// match a path.
func (f *pathFilter) may(expression, path string) bool {
	// To make the filter takes as long as to ask package regexp some times.
	if f.asked.Load() < 16 && f.asked.Add(1) <= 16 {
		return true
	}
	f.once.Do(func() {
		// What the syntax does not allow, the caller tries in another way.
		if _, err := syntax.Parse(expression, syntax.Perl); err == nil {
			f.set = match.NewSet([]match.Expression{{Regex: expression}})
		}
	})
	if f.set == nil {
		return true
	}
	scanner, ok := f.scanners.Get().(*match.Scanner)
	if !ok {
		scanner = f.set.NewScanner()
	}
	defer f.scanners.Put(scanner)
	may := false
	scanner.Windows([]byte(path), nil, func(int, []match.Span) { may = true })
	return may
}
