package cache

import (
	"os"
	"strings"
	"time"
)

const (
	lockSuffix = ".lock"
	temporary  = "new-*"
	sweptFile  = "swept"

	// sweepEvery is how often old files are looked for, sweepAfter how old they
	// are, and sweepMost how many files are looked at in one go.
	sweepEvery = time.Hour
	sweepAfter = 2 * maxHold
	sweepMost  = 1000
)

// sweep removes files that nobody can need any more, now and then. Removing a lock
// that somebody holds does no harm but that two runs may ask at once.
func (s *Store) sweep() {
	now := s.options.Now()
	if info, err := os.Lstat(s.path(sweptFile)); err == nil && now.Sub(info.ModTime()).Abs() < sweepEvery {
		return
	}
	if s.writeRaw(sweptFile, nil) != nil {
		return
	}
	dir, err := os.Open(s.options.Dir)
	if err != nil {
		return
	}
	defer func() { _ = dir.Close() }()
	entries, _ := dir.ReadDir(sweepMost)
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && ours(entry.Name()) && info.Mode().IsRegular() && now.Sub(info.ModTime()) > sweepAfter {
			_ = os.Remove(s.path(entry.Name()))
		}
	}
}

// ours reports whether a name is that of a file that comes and goes. Nothing else
// is removed, should the directory hold it.
func ours(name string) bool {
	base := strings.TrimSuffix(name, lockSuffix)
	isHash := len(base) == 32 && strings.Trim(base, "0123456789abcdef") == ""
	return isHash || strings.HasPrefix(name, strings.TrimSuffix(temporary, "*"))
}
