// Package cache lets the runs of one user share what they fetched: when thirty runs
// start at once, one of them asks, and the others take its answers. It keeps names
// and states, never values.
//
// A [Store] is a directory of the user's own. In it, each group of answers (see
// [envcheck.Grouper]) of one token has a file, and a lock by which runs wait for the
// one that asks. The names of files are keyed hashes. A file holds a keyed hash of
// itself, so one that is torn, foreign or of another version is not taken for an
// answer; nor is a file that belongs to somebody else or that others may read or
// write. The key is random and the user's own: without it neither a token nor the
// name of a project can be guessed from a file's name.
//
// Nothing here ever fails a run. What cannot be read is asked for again, what cannot
// be written is not kept, and where files cannot be locked there is no sharing.
package cache

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/envtight/envtight/internal/regular"
)

// MaxAge is how old an answer may be that a run takes from another.
const MaxAge = time.Minute

// format is the version of the files. Another version has other file names.
const format = "1"

const (
	keyFile  = "key"
	keySize  = 32
	maxFile  = 64 << 20
	lockPoll = 20 * time.Millisecond
)

// Options say where a store is, and for which run it is opened.
type Options struct {
	// Dir is the directory; it is made when it is not there. It should be below
	// the user's directory for caches, and must not be in a repository.
	Dir string
	// Version is the version of the program. Versions share nothing.
	Version string
	// Since leaves out answers that were stored before; the zero Since leaves
	// out none that is younger than MaxAge.
	Since time.Time
	// Now is the clock; nil means the real one.
	Now func() time.Time
	// Logger gets a debug record when answers come from the store, and when
	// something keeps it from being used. nil means none.
	Logger *slog.Logger

	// owned replaces the look at who a file belongs to, in tests.
	owned func(fs.FileInfo) bool
}

// Store is a directory in which runs share what they fetched. It is safe for
// concurrent use, by other processes too.
type Store struct {
	options Options
	key     []byte
}

// Open opens a store, or says why there can be none: the directory is somebody
// else's, cannot be made or written, or files cannot be locked in it.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.owned == nil {
		o.owned = regular.Owned
	}
	s := &Store{options: o}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, bare(err)
	}
	info, err := os.Lstat(o.Dir)
	switch {
	case err != nil:
		return nil, bare(err)
	case !info.IsDir():
		return nil, errors.New("it is not a directory")
	case !o.owned(info):
		return nil, errors.New("it belongs to somebody else")
	case regular.WritableByOthers(info):
		return nil, errors.New("others may write to it")
	}
	if s.key, err = s.openKey(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// openKey reads the key of this user, or makes one.
func (s *Store) openKey(ctx context.Context) ([]byte, error) {
	if key, ok := s.readRaw(keyFile); ok && len(key) == keySize {
		return key, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	lock, err := s.lock(ctx, keyFile)
	if err != nil {
		return nil, err
	}
	defer unlock(lock)
	if key, ok := s.readRaw(keyFile); ok && len(key) == keySize {
		return key, nil // another run has just made it
	}
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // it never fails
	return key, s.writeRaw(keyFile, key)
}

// lock waits for the lock of a file until ctx ends. A lock ends with the process
// that holds it.
func (s *Store) lock(ctx context.Context, name string) (*flock.Flock, error) {
	lock := flock.New(s.path(name+lockSuffix), flock.SetPermissions(0o600))
	locked, err := lock.TryLockContext(ctx, lockPoll)
	switch {
	case err != nil:
		_ = lock.Close()
		return nil, bare(err)
	case !locked:
		_ = lock.Close()
		return nil, errors.New("it is locked")
	}
	return lock, nil
}

func unlock(lock *flock.Flock) { _ = lock.Close() }

// sum is a hash under the user's key. The parts are kept apart.
func (s *Store) sum(parts ...string) []byte {
	mac := hmac.New(sha256.New, s.key)
	for _, part := range parts {
		_ = binary.Write(mac, binary.LittleEndian, uint64(len(part)))
		_, _ = io.WriteString(mac, part)
	}
	return mac.Sum(nil)
}

// name is a file name, or another key, that tells nothing of its parts.
func (s *Store) name(parts ...string) string {
	return hex.EncodeToString(s.sum(append([]string{format, s.options.Version}, parts...)...)[:16])
}

// read returns the text of a file that a store with this key has written under
// this name.
func (s *Store) read(name string) ([]byte, bool) {
	raw, ok := s.readRaw(name)
	if !ok || len(raw) < sha256.Size {
		return nil, false
	}
	seal, text := raw[:sha256.Size], raw[sha256.Size:]
	return text, hmac.Equal(seal, s.sum(name, string(text)))
}

// write replaces a file as a whole.
func (s *Store) write(name string, text []byte) {
	if err := s.writeRaw(name, append(s.sum(name, string(text)), text...)); err != nil {
		s.options.Logger.Debug("names are not kept for other runs", "reason", err.Error())
		return
	}
	s.sweep()
}

// readRaw returns the bytes of a file of the user's own.
func (s *Store) readRaw(name string) ([]byte, bool) {
	return regular.ReadOwn(s.path(name), maxFile, func(info fs.FileInfo) bool {
		return s.options.owned(info) && !regular.ReachableByOthers(info)
	})
}

func (s *Store) writeRaw(name string, text []byte) error {
	return bare(regular.Replace(s.path(name), temporary, text))
}

func (s *Store) path(name string) string { return filepath.Join(s.options.Dir, name) }

// bare drops paths from an error: the directory is named once, by the caller.
func bare(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", pathErr.Op, pathErr.Err)
	}
	if linkErr, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("%s: %w", linkErr.Op, linkErr.Err)
	}
	return err
}
