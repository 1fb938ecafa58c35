package cache

import (
	"context"
	"io/fs"

	"github.com/envtight/envtight/envcheck"
)

// Owned returns options with another look at who a file belongs to.
func Owned(o Options, owned func(fs.FileInfo) bool) Options {
	o.owned = owned
	return o
}

// File is the file of a target's group.
func (s *Source) File(t envcheck.Target) string { return s.store.path(s.file(t)) }

// Lock takes the lock of a target's group.
func (s *Source) Lock(ctx context.Context, t envcheck.Target) (unlock func(), err error) {
	lock, err := s.store.lock(ctx, s.file(t))
	return func() { _ = lock.Close() }, err
}
