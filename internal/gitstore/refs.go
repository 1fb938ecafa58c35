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
	// common is what CommonDir has, once it was read; not resolved.
	common refSet
	loaded bool
	seen   int
}

// A refSet is refs ordered by name, each name once.
type refSet []Ref

func byName(r Ref, name string) int { return strings.Compare(r.Name, name) }

func (s refSet) find(name string) (Ref, bool) {
	if i, ok := slices.BinarySearchFunc(s, name, byName); ok {
		return s[i], true
	}
	return Ref{}, false
}

// under returns a set with the refs of another place, which go before those of s; the
// zero Ref stands for a name that is there and leads nowhere.
func (s refSet) under(others map[string]Ref) refSet {
	if len(others) == 0 {
		return s
	}
	out := make(refSet, 0, len(s)+len(others))
	for _, name := range slices.Sorted(maps.Keys(others)) {
		i, found := slices.BinarySearchFunc(s, name, byName)
		out = append(out, s[:i]...)
		if others[name].Name != "" {
			out = append(out, others[name])
		}
		if s = s[i:]; found {
			s = s[1:]
		}
	}
	return append(out, s...)
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
	out := make([]Ref, 0, len(all))
	for _, ref := range all {
		if strings.HasPrefix(ref.Name, "refs/") {
			if ref := r.resolve(all, ref); !ref.ID.IsZero() {
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
	var all refSet
	if s.config.reftable {
		all = r.worktree(s.dirs.GitDir)
	} else {
		found := make(map[string]Ref)
		r.loadHead(found)
		all = all.under(found)
	}
	head, _ := all.find("HEAD")
	return r.resolve(all, head)
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
			var ok bool
			if ref, ok = r.loadPacked(filepath.Join(dir, "packed-refs")).find(at.Target); !ok {
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
	head, _ := all.find("HEAD")
	w := Worktree{Name: name, GitDir: gitDir, Head: r.resolve(all, head)}
	for _, ref := range all {
		if ref.Name != "HEAD" && isOwn(ref.Name) {
			if ref := r.resolve(all, ref); !ref.ID.IsZero() {
				w.Refs = append(w.Refs, ref)
			}
		}
	}
	return w
}

// worktree returns the refs that hold for one work tree, not resolved. They must not be
// changed.
func (r *refReader) worktree(gitDir string) refSet {
	if !r.loaded {
		r.common, r.loaded = r.load(r.store.dirs.CommonDir), true
	}
	if gitDir == r.store.dirs.CommonDir {
		return r.common
	}
	shared := slices.DeleteFunc(slices.Clone(r.common), func(ref Ref) bool { return isOwn(ref.Name) })
	of := make(map[string]Ref)
	for _, ref := range r.load(gitDir) {
		if isOwn(ref.Name) {
			of[ref.Name] = ref
		}
	}
	return shared.under(of)
}

// load reads what is kept in one directory.
func (r *refReader) load(dir string) refSet {
	found := make(map[string]Ref)
	if r.store.config.reftable {
		r.loadReftables(filepath.Join(dir, "reftable"), found)
		return refSet(nil).under(found)
	}
	packed := r.loadPacked(filepath.Join(dir, "packed-refs"))
	r.loadLoose(dir, "refs", nil, found)
	if ref, err := r.readLoose(dir, "HEAD"); err == nil {
		found["HEAD"] = ref
	} else {
		r.problem(&Error{Kind: ErrRef, File: filepath.Join(dir, "HEAD"), Err: err})
	}
	return packed.under(found)
}

// resolve follows a symbolic ref.
func (r *refReader) resolve(all refSet, ref Ref) Ref {
	at := ref
	for range maxHops {
		if at.Target == "" {
			ref.ID, ref.Peeled = at.ID, at.Peeled
			return ref
		}
		next, ok := all.find(at.Target)
		if !ok {
			return ref
		}
		at = next
	}
	r.problem(&Error{Kind: ErrRef, File: ref.Name, Err: errRefHops})
	return ref
}

// loadPacked reads packed-refs as git-pack-refs(1) writes it: lines "ID name",
// and "^ID" after a tag for what it leads to. Of a name that comes twice, the last
// line counts.
func (r *refReader) loadPacked(path string) refSet {
	data, err := readFile(path, maxPackedRefs)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.problem(&Error{Kind: ErrUnreadable, File: path, Err: err})
		}
		return nil
	}
	out := make(refSet, 0, bytes.Count(data, []byte("\n"))+1)
	bad := parsePackedRefs(data, r.store.format, func(ref Ref) { out = append(out, ref) })
	for range bad {
		r.problem(&Error{Kind: ErrRef, File: path, Err: errRefLine})
	}
	if order := func(a, b Ref) int { return strings.Compare(a.Name, b.Name) }; !slices.IsSortedFunc(out, order) {
		slices.SortStableFunc(out, order)
	}
	last := out[:0]
	for i, ref := range out {
		if i+1 == len(out) || out[i+1].Name != ref.Name {
			last = append(last, ref)
		}
	}
	return last
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
	text := string(data) // of which the names are parts
	for next := 0; next < len(data); {
		start := next
		if i := bytes.IndexByte(data[start:], '\n'); i >= 0 {
			next = start + i + 1
		} else {
			next = len(data)
		}
		line := strings.TrimRight(text[start:next], "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		peeled := line[0] == '^'
		if peeled {
			line = line[1:]
			start++
		}
		id, ok := format.parseHex(data[start : start+len(line)])
		rest := line[min(len(line), 2*format.Size()):]
		switch {
		case ok && peeled && rest == "" && last.Name != "":
			last.Peeled = id
		case ok && !peeled && len(rest) > 1 && rest[0] == ' ' && validRefName(rest[1:]):
			flush()
			last = Ref{Name: rest[1:], ID: id}
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
			all[child] = Ref{}
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
	if name == "@" || strings.HasSuffix(name, ".") {
		return false
	}
	begin := 0 // of the part at hand
	for i := range len(name) {
		switch c := name[i]; c {
		case '/':
			if !validRefPart(name[begin:i]) {
				return false
			}
			begin = i + 1
		case '.', '@':
			if pair := name[i:min(i+2, len(name))]; pair == ".." || pair == "@{" {
				return false
			}
		case ' ', '~', '^', ':', '?', '*', '[', '\\', 0x7f:
			return false
		default:
			if c < 0x20 {
				return false
			}
		}
	}
	return validRefPart(name[begin:])
}

func validRefPart(part string) bool {
	return part != "" && part[0] != '.' && !strings.HasSuffix(part, ".lock")
}
