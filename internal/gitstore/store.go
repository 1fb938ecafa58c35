package gitstore

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
)

// Options say how a repository is opened. The zero value is sensible.
type Options struct {
	// Objects is the object directory, when it is not the one in CommonDir;
	// git calls it GIT_OBJECT_DIRECTORY.
	Objects string
	// Alternates are further object directories, as in
	// GIT_ALTERNATE_OBJECT_DIRECTORIES: a hook that runs before a push is
	// accepted has the new objects in Objects and the old ones here.
	Alternates []string
	// MaxObject is the size in bytes above which an object is not read;
	// 256 MiB when it is 0.
	MaxObject int64
	// CacheSize is how many bytes of objects Object keeps, for those that are
	// deltas against them; 16 MiB when it is 0, none when it is negative.
	CacheSize int64
	// NoMap reads packs and indexes instead of mapping them.
	NoMap bool
}

const (
	defaultMaxObject = 256 << 20
	defaultCacheSize = 16 << 20
	// maxAlternates bounds how deep alternates may name alternates, as git
	// does, and maxStores how many there may be at all.
	maxAlternates = 5
	maxStores     = 1000
)

// A Store is the objects and refs of a repository. Its methods may be called at
// the same time, except Close.
type Store struct {
	dirs     Dirs
	options  Options
	format   Format
	config   config
	objects  []string // object directories, alternates after the first
	packs    []*pack
	problems []*Error
	cache    *baseCache
	states   statePool
	closed   atomic.Bool
}

// Open opens a repository. It reads the configuration and the indexes of packs.
// What is damaged there does not hinder the rest: see Problems. The error is
// [ErrNotRepository], [ErrUnsupported] or [ErrUnreadable], and then nothing of
// the repository can be judged.
func Open(dirs Dirs, options Options) (_ *Store, err error) {
	defer guard(armFaults(), &err)
	if dirs.CommonDir == "" {
		dirs.CommonDir = commonDir(dirs.GitDir)
	}
	if options.MaxObject <= 0 {
		options.MaxObject = defaultMaxObject
	}
	if options.CacheSize == 0 {
		options.CacheSize = defaultCacheSize
	}
	s := &Store{dirs: dirs, options: options, cache: newBaseCache(options.CacheSize)}
	if err := s.configure(); err != nil {
		return nil, err
	}
	s.findObjects()
	for _, dir := range s.objects {
		s.openPacks(filepath.Join(dir, "pack"))
	}
	return s, nil
}

func (s *Store) configure() error {
	path := filepath.Join(s.dirs.CommonDir, "config")
	data, err := readFile(path, maxConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// A repository without a configuration has git's defaults.
		if !isGitDir(s.dirs.GitDir) {
			return &Error{Kind: ErrNotRepository, File: s.dirs.GitDir}
		}
	case err != nil:
		return &Error{Kind: ErrUnreadable, File: path, Err: err}
	}
	if s.config, err = readConfig(data); err != nil {
		return &Error{Kind: ErrUnsupported, File: path, Err: err}
	}
	s.format = s.config.format
	return nil
}

// Close lets go of all files. Nothing that a method returned depends on them.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	var errs []error
	for _, p := range s.packs {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// Format is the hash that names the repository's objects.
func (s *Store) Format() Format { return s.format }

// Dirs are the directories that the repository was opened with.
func (s *Store) Dirs() Dirs { return s.dirs }

// Promisor tells that the repository is a partial clone: objects that are
// missing were left out on purpose, and a remote has them.
func (s *Store) Promisor() bool { return s.config.promisor }

// Bare tells what core.bare says.
func (s *Store) Bare() bool { return s.config.bare }

// Problems are what Open could not read: objects there, if any, are unknown.
func (s *Store) Problems() []*Error { return slices.Clone(s.problems) }

// PackBytes is the size of all packs together.
func (s *Store) PackBytes() int64 {
	var n int64
	for _, p := range s.packs {
		if info, err := os.Stat(p.path); err == nil {
			n += info.Size()
		}
	}
	return n
}

func (s *Store) problem(kind Kind, file string, err error) {
	s.problems = append(s.problems, &Error{Kind: kind, File: file, Err: err})
}

// findObjects collects the object directories: the repository's own, those of
// the options, and the alternates that they name, each once.
func (s *Store) findObjects() {
	own := s.options.Objects
	if own == "" {
		own = filepath.Join(s.dirs.CommonDir, "objects")
	}
	var seen []os.FileInfo
	var add func(dir string, depth int)
	add = func(dir string, depth int) {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			err = errors.New("not a directory")
			fallthrough
		case err != nil:
			s.problem(ErrUnreadable, dir, err)
			return
		case slices.ContainsFunc(seen, func(o os.FileInfo) bool { return os.SameFile(o, info) }):
			return
		case depth > maxAlternates || len(seen) == maxStores:
			s.problem(ErrAlternates, dir, nil)
			return
		}
		seen = append(seen, info)
		s.objects = append(s.objects, dir)
		list := filepath.Join(dir, "info", "alternates")
		data, err := readFile(list, maxSmall)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				s.problem(ErrUnreadable, list, err)
			}
			return
		}
		for line := range strings.Lines(string(data)) {
			if path, ok := alternate(line); ok {
				add(resolve(dir, path), depth+1)
			}
		}
	}
	add(own, 0)
	for _, dir := range s.options.Alternates {
		add(dir, 1)
	}
}

// alternate reads a line of info/alternates: a path that may be quoted as in C.
func alternate(line string) (string, bool) {
	line = strings.TrimSuffix(line, "\n")
	if line == "" || line[0] == '#' {
		return "", false
	}
	if line[0] == '"' {
		if path, ok := unquoteC(line); ok {
			return path, true
		}
	}
	return line, true
}

// unquoteC reads a string as git quotes paths.
func unquoteC(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	s = s[1 : len(s)-1]
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		if i++; i == len(s) {
			return "", false
		}
		if at := strings.IndexByte(`abfnrtv"\`, s[i]); at >= 0 {
			out = append(out, "\a\b\f\n\r\t\v\"\\"[at])
			continue
		}
		if i+2 >= len(s) || s[i] < '0' || s[i] > '3' || s[i+1]&^7 != '0' || s[i+2]&^7 != '0' {
			return "", false
		}
		out = append(out, s[i]&3<<6|s[i+1]&7<<3|s[i+2]&7)
		i += 2
	}
	return string(out), true
}

// openPacks opens the indexes of a pack directory, in the order of their names.
// A pack without an index is no pack for git; it is named, since what it holds
// stays unknown.
func (s *Store) openPacks(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.problem(ErrUnreadable, dir, err)
		}
		return
	}
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		names[e.Name()] = true
	}
	for _, e := range entries {
		stem, isIndex := strings.CutSuffix(e.Name(), ".idx")
		if other, isPack := strings.CutSuffix(e.Name(), ".pack"); isPack && !names[other+".idx"] && strings.HasPrefix(other, "pack-") {
			s.problem(ErrIndex, filepath.Join(dir, other+".idx"), fs.ErrNotExist)
		}
		if !isIndex || !strings.HasPrefix(stem, "pack-") {
			continue
		}
		p, err := s.openIndex(filepath.Join(dir, e.Name()), filepath.Join(dir, stem+".pack"))
		if err != nil {
			s.problems = append(s.problems, asError(err, filepath.Join(dir, e.Name())))
			continue
		}
		s.packs = append(s.packs, p)
	}
}

// asError finds the Error in err, or makes one.
func asError(err error, file string) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: ErrUnreadable, File: file, Err: err}
}

// loosePath is where a loose object is in an object directory.
func loosePath(dir string, id ID) string {
	name := id.String()
	return filepath.Join(dir, name[:2], name[2:])
}

// validID tells that an ID is one of this repository's format.
func (s *Store) validID(id ID) bool {
	return int(id.size) == s.format.Size() && !bytes.Equal(id.bytes(), make([]byte, id.size))
}
