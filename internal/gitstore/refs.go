package gitstore

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Ref is a name for an object.
type Ref struct {
	// Name is the full name, as "refs/heads/main" or "HEAD".
	Name string
	// ID is the object; zero when the ref is symbolic and leads nowhere, as
	// HEAD does before the first commit.
	ID ID
	// Target is the ref that a symbolic one names.
	Target string
	// Peeled is what a tag at ID leads to in the end, where the place that
	// the ref is kept in says so.
	Peeled ID
}

// A Worktree is the state that a work tree has of its own.
type Worktree struct {
	// Name is the name of a linked work tree, empty for the main one.
	Name string
	// GitDir is where its state is.
	GitDir string
	// Head is its HEAD.
	Head Ref
	// Refs are the refs that only this work tree has, ordered by name.
	Refs []Ref
}

const (
	// maxHops is how far git follows symbolic refs.
	maxHops = 5
	// maxRefs bounds the entries of ref directories that are looked at.
	maxRefs = 4 << 20
	// maxPackedRefs bounds packed-refs and each reftable.
	maxPackedRefs = 1 << 30
	maxRefDepth   = 64
)

var (
	errRefLine  = errors.New("a line has not the form of a ref")
	errRefHops  = errors.New("symbolic refs go round in a circle")
	errRefCount = errors.New("there are too many")
)

// own are the parts of refs/ that each work tree has for itself.
var own = []string{"refs/bisect/", "refs/rewritten/", "refs/worktree/"}

func isOwn(name string) bool {
	return !strings.HasPrefix(name, "refs/") || slices.ContainsFunc(own, func(p string) bool { return strings.HasPrefix(name, p) })
}

// A refReader collects refs from the places where they are kept.
type refReader struct {
	store   *Store
	problem func(*Error)
	// common is what CommonDir has, read once; not resolved.
	common map[string]Ref
	seen   int
}

// Refs returns the refs below refs/ that hold for the work tree at hand, ordered
// by name: loose ones before packed ones of the same name. Damaged ones are told
// to problem, which must not be nil, and left out.
func (s *Store) Refs(problem func(*Error)) []Ref { return s.refReader(problem).refs() }

// RefsAndWorktrees is Refs and Worktrees in one reading.
func (s *Store) RefsAndWorktrees(problem func(*Error)) ([]Ref, []Worktree) {
	r := s.refReader(problem)
	return r.refs(), r.worktrees()
}

func (r *refReader) refs() []Ref {
	all := r.worktree(r.store.dirs.GitDir)
	names := slices.Sorted(maps.Keys(all))
	out := make([]Ref, 0, len(names))
	for _, name := range names {
		if strings.HasPrefix(name, "refs/") {
			if ref := r.resolve(all, all[name]); !ref.ID.IsZero() {
				out = append(out, ref)
			}
		}
	}
	return out
}

// Head returns the HEAD of the work tree at hand. Before the first commit its ID
// is zero.
func (s *Store) Head(problem func(*Error)) Ref {
	r := s.refReader(problem)
	all := make(map[string]Ref)
	if s.config.reftable {
		all = r.worktree(s.dirs.GitDir)
	} else {
		r.loadHead(all)
	}
	return r.resolve(all, all["HEAD"])
}

// loadHead reads HEAD and the refs that it leads to, and no others: there may be
// many.
func (r *refReader) loadHead(all map[string]Ref) {
	head, err := r.readLoose(r.store.dirs.GitDir, "HEAD")
	if err != nil {
		r.problem(&Error{Kind: ErrRef, File: filepath.Join(r.store.dirs.GitDir, "HEAD"), Err: err})
		return
	}
	all["HEAD"] = head
	at := head
	for range maxHops {
		if at.Target == "" {
			return
		}
		dir := r.store.dirs.CommonDir
		if isOwn(at.Target) {
			dir = r.store.dirs.GitDir
		}
		path := filepath.Join(dir, filepath.FromSlash(at.Target))
		ref, err := r.readLoose(dir, at.Target)
		switch {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist) || isDir(path):
			packed := make(map[string]Ref)
			r.loadPacked(filepath.Join(dir, "packed-refs"), packed)
			var ok bool
			if ref, ok = packed[at.Target]; !ok {
				return
			}
		default:
			r.problem(&Error{Kind: ErrRef, File: path, Err: err})
			return
		}
		all[at.Target] = ref
		at = ref
	}
}

// Worktrees returns the main work tree, or the bare repository itself, and all
// linked ones, whether their directories are there or not: what they have
// checked out is held by the repository.
func (s *Store) Worktrees(problem func(*Error)) []Worktree { return s.refReader(problem).worktrees() }

func (r *refReader) worktrees() []Worktree {
	out := []Worktree{r.describe("", r.store.dirs.CommonDir)}
	dir := filepath.Join(r.store.dirs.CommonDir, "worktrees")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.problem(&Error{Kind: ErrUnreadable, File: dir, Err: err})
	}
	for _, e := range entries {
		if isDir(filepath.Join(dir, e.Name())) {
			out = append(out, r.describe(e.Name(), filepath.Join(dir, e.Name())))
		}
	}
	return out
}

// Shallow returns the commits whose parents were not fetched, in no order.
func (s *Store) Shallow() ([]ID, error) {
	path := filepath.Join(s.dirs.CommonDir, "shallow")
	data, err := readFile(path, maxPackedRefs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &Error{Kind: ErrUnreadable, File: path, Err: err}
	}
	var out []ID
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		id, ok := s.format.parseHex(line)
		if !ok || len(line) != 2*s.format.Size() {
			return out, &Error{Kind: ErrRef, File: path, Err: errRefLine}
		}
		out = append(out, id)
	}
	return out, nil
}

func (s *Store) refReader(problem func(*Error)) *refReader {
	return &refReader{store: s, problem: problem}
}

func (r *refReader) describe(name, gitDir string) Worktree {
	all := r.worktree(gitDir)
	w := Worktree{Name: name, GitDir: gitDir, Head: r.resolve(all, all["HEAD"])}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name != "HEAD" && isOwn(name) {
			if ref := r.resolve(all, all[name]); !ref.ID.IsZero() {
				w.Refs = append(w.Refs, ref)
			}
		}
	}
	return w
}

// worktree returns the refs that hold for one work tree, not resolved.
func (r *refReader) worktree(gitDir string) map[string]Ref {
	if r.common == nil {
		r.common = r.load(r.store.dirs.CommonDir)
	}
	if gitDir == r.store.dirs.CommonDir {
		return r.common
	}
	all := maps.Clone(r.common)
	maps.DeleteFunc(all, func(name string, _ Ref) bool { return isOwn(name) })
	for name, ref := range r.load(gitDir) {
		if isOwn(name) {
			all[name] = ref
		}
	}
	return all
}

// load reads what is kept in one directory.
func (r *refReader) load(dir string) map[string]Ref {
	all := make(map[string]Ref)
	if r.store.config.reftable {
		r.loadReftables(filepath.Join(dir, "reftable"), all)
		return all
	}
	r.loadPacked(filepath.Join(dir, "packed-refs"), all)
	r.loadLoose(dir, "refs", nil, all)
	if ref, err := r.readLoose(dir, "HEAD"); err == nil {
		all["HEAD"] = ref
	} else {
		r.problem(&Error{Kind: ErrRef, File: filepath.Join(dir, "HEAD"), Err: err})
	}
	return all
}

// resolve follows a symbolic ref.
func (r *refReader) resolve(all map[string]Ref, ref Ref) Ref {
	at := ref
	for range maxHops {
		if at.Target == "" {
			ref.ID, ref.Peeled = at.ID, at.Peeled
			return ref
		}
		next, ok := all[at.Target]
		if !ok {
			return ref
		}
		at = next
	}
	r.problem(&Error{Kind: ErrRef, File: ref.Name, Err: errRefHops})
	return ref
}

// loadPacked reads packed-refs as git-pack-refs(1) writes it: lines "ID name",
// and "^ID" after a tag for what it leads to.
func (r *refReader) loadPacked(path string, all map[string]Ref) {
	data, err := readFile(path, maxPackedRefs)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.problem(&Error{Kind: ErrUnreadable, File: path, Err: err})
		}
		return
	}
	bad := parsePackedRefs(data, r.store.format, func(ref Ref) { all[ref.Name] = ref })
	for range bad {
		r.problem(&Error{Kind: ErrRef, File: path, Err: errRefLine})
	}
}

// parsePackedRefs returns how many lines it could not read.
func parsePackedRefs(data []byte, format Format, yield func(Ref)) (bad int) {
	var last Ref
	flush := func() {
		if last.Name != "" {
			yield(last)
		}
		last = Ref{}
	}
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		peeled := line[0] == '^'
		if peeled {
			line = line[1:]
		}
		id, ok := format.parseHex(line)
		rest := line[min(len(line), 2*format.Size()):]
		switch {
		case ok && peeled && len(rest) == 0 && last.Name != "":
			last.Peeled = id
		case ok && !peeled && len(rest) > 1 && rest[0] == ' ' && validRefName(string(rest[1:])):
			flush()
			last = Ref{Name: string(rest[1:]), ID: id}
		default:
			flush()
			bad++
		}
	}
	flush()
	return bad
}

// loadLoose reads the files below a directory of refs. above are the
// directories that led here: a symbolic link back to one is not followed.
func (r *refReader) loadLoose(root, name string, above []os.FileInfo, all map[string]Ref) {
	path := filepath.Join(root, filepath.FromSlash(name))
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() || len(above) > maxRefDepth ||
		slices.ContainsFunc(above, func(o os.FileInfo) bool { return os.SameFile(o, info) }) {
		return
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		r.problem(&Error{Kind: ErrUnreadable, File: path, Err: err})
	}
	above = append(above, info)
	for _, e := range entries {
		if r.seen++; r.seen > maxRefs {
			if r.seen == maxRefs+1 {
				r.problem(&Error{Kind: ErrRef, File: path, Err: errRefCount})
			}
			return
		}
		child := name + "/" + e.Name()
		// These are git's own files, not refs.
		if strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(e.Name(), ".lock") {
			continue
		}
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 && isDir(filepath.Join(path, e.Name())) {
			r.loadLoose(root, child, above, all)
			continue
		}
		ref, err := r.readLoose(root, child)
		switch {
		case err == nil:
			all[child] = ref
		case !errors.Is(err, fs.ErrNotExist):
			// A damaged loose ref hides a packed one, as it does for git.
			delete(all, child)
			r.problem(&Error{Kind: ErrRef, File: filepath.Join(path, e.Name()), Err: err})
		}
	}
}

func (r *refReader) readLoose(root, name string) (Ref, error) {
	path := filepath.Join(root, filepath.FromSlash(name))
	if name != "HEAD" && !validRefName(name) {
		return Ref{}, errRefLine
	}
	// Before there were symbolic refs, HEAD was a symbolic link.
	if target, err := os.Readlink(path); name == "HEAD" && err == nil {
		if target = filepath.ToSlash(target); validRefName(target) {
			return Ref{Name: name, Target: target}, nil
		}
	}
	line, err := readFile(path, maxSmall)
	if err != nil {
		return Ref{}, err
	}
	return parseLooseRef(name, line, r.store.format)
}

func parseLooseRef(name string, line []byte, format Format) (Ref, error) {
	if target, ok := bytes.CutPrefix(line, []byte("ref:")); ok {
		ref := Ref{Name: name, Target: strings.TrimSpace(string(target))}
		if !validRefName(ref.Target) {
			return Ref{}, errRefLine
		}
		return ref, nil
	}
	id, ok := format.parseHex(line)
	rest := line[min(len(line), 2*format.Size()):]
	if !ok || id.IsZero() || len(rest) > 0 && !bytes.ContainsAny(rest[:1], " \t\r\n") {
		return Ref{}, errRefLine
	}
	return Ref{Name: name, ID: id}, nil
}

// validRefName tells whether git-check-ref-format(1) allows a name. Names
// without "/" are for HEAD and its like.
func validRefName(name string) bool {
	if name == "" || name == "@" || strings.HasSuffix(name, ".") || strings.Contains(name, "..") || strings.Contains(name, "@{") {
		return false
	}
	for _, c := range []byte(name) {
		if c < 0x20 || c == 0x7f || strings.IndexByte(" ~^:?*[\\", c) >= 0 {
			return false
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}
