package gitstore

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
)

// A Change is a file of the index that is not as it is in the commit that is
// checked out.
type Change struct {
	Path string
	// Old is the file in the commit, New in the index. The ID is zero on the
	// side that does not have it. Modes are those of tree entries.
	Old, New Staged
}

// Staged is one side of a change.
type Staged struct {
	Mode uint32
	ID   ID
}

// Staged compares an index with HEAD: the file of that name, or when it is empty,
// the work tree's own. Files of which only the name was added are not in it, as
// they would not be in a commit; those in conflict are named apart. Both are
// ordered by path.
//
// The error is [ErrStaged] when the index has a form that is not known here, as a
// split one: git can be asked then.
func (s *Store) Staged(file string) (changes []Change, conflicts []string, err error) {
	defer guard(armFaults(), &err)
	tree, err := s.headTree()
	if err != nil {
		return nil, nil, err
	}
	return s.stagedSince(tree, file)
}

// StagedSince is Staged for another commit than HEAD, as one that is being merged.
func (s *Store) StagedSince(commit ID, file string) (changes []Change, conflicts []string, err error) {
	defer guard(armFaults(), &err)
	tree, err := s.treeOf(commit)
	if err != nil {
		return nil, nil, err
	}
	return s.stagedSince(tree, file)
}

// Merging are the commits that the next commit merges with HEAD, when git is in the
// middle of a merge.
func (s *Store) Merging() ([]ID, error) {
	text, err := readFile(filepath.Join(s.dirs.GitDir, "MERGE_HEAD"), maxSmall)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []ID
	for line := range strings.Lines(string(text)) {
		id, ok := ParseID(strings.TrimSpace(line))
		if !ok {
			return nil, &Error{Kind: ErrParse, File: filepath.Join(s.dirs.GitDir, "MERGE_HEAD")}
		}
		out = append(out, id)
	}
	return out, nil
}

func (s *Store) stagedSince(tree ID, file string) (changes []Change, conflicts []string, err error) {
	x, err := s.readIndex(file)
	if err != nil {
		return nil, nil, err
	}
	c := &comparison{store: s, index: x}
	if err := c.compare(tree, 0, len(x.entries), 0, x.trees); err != nil {
		return nil, nil, err
	}
	sort.Slice(c.changes, func(i, j int) bool { return c.changes[i].Path < c.changes[j].Path })
	return c.changes, c.conflicts, nil
}

// headTree is the tree of HEAD; zero before the first commit.
func (s *Store) headTree() (ID, error) {
	var problem error
	head := s.Head(func(e *Error) { problem = errors.Join(problem, e) })
	if head.Name == "" || problem != nil {
		return ID{}, errors.Join(problem, &Error{Kind: ErrRef, File: s.dirs.GitDir})
	}
	if head.ID.IsZero() {
		return ID{}, nil
	}
	return s.treeOf(head.ID)
}

// treeOf is the tree of a commit.
func (s *Store) treeOf(commit ID) (ID, error) {
	t, data, err := s.Object(commit, nil)
	if err != nil {
		return ID{}, err
	}
	var c Commit
	if t != TypeCommit || s.format.ParseCommit(data, &c) != nil {
		return ID{}, &Error{Kind: ErrType, ID: commit}
	}
	return c.Tree, nil
}

// A comparison of an index with a tree.
type comparison struct {
	store     *Store
	index     *dircache
	changes   []Change
	conflicts []string
}

var errSparse = errors.New("a directory that is not checked out has changed")

// compare looks at the entries from low up to high, which are those of one
// directory, whose name with its slash is skip bytes long. cached is what the index
// says of the directory's tree.
func (c *comparison) compare(tree ID, low, high, skip int, cached *cachedTree) error {
	if cached.valid() && cached.id == tree && cached.count == high-low {
		return nil
	}
	old, err := c.read(tree)
	if err != nil {
		return err
	}
	for low < high {
		e := &c.index.entries[low]
		name, _, isDir := bytes.Cut(e.name[skip:], []byte{'/'})
		if len(name) == 0 {
			return &Error{Kind: ErrStaged, Err: errIndexName}
		}
		before := old[string(name)]
		delete(old, string(name))
		if !isDir {
			low, err = c.file(before, low, high)
		} else {
			low, err = c.directory(before, low, high, skip+len(name)+1, cached.child(name))
		}
		if err != nil {
			return err
		}
	}
	prefix := ""
	if skip > 0 {
		prefix = string(c.index.entries[high-1].name[:skip])
	}
	for name, before := range old {
		if err := c.gone(prefix+name, before, 0); err != nil {
			return err
		}
	}
	return nil
}

// file compares the entry at low, with its other stages, and returns the place
// behind them.
func (c *comparison) file(before Staged, low, high int) (int, error) {
	e := &c.index.entries[low]
	path := string(e.name)
	next := low + 1
	for next < high && bytes.Equal(c.index.entries[next].name, e.name) {
		next++
	}
	now := Staged{Mode: e.mode, ID: c.index.id(e)}
	switch {
	case e.stage > 0:
		c.conflicts = append(c.conflicts, path)
		return next, nil
	case e.intent:
		now = Staged{}
	}
	if before.Mode&0o170000 == ModeTree && !before.ID.IsZero() {
		if err := c.gone(path, before, 0); err != nil {
			return next, err
		}
		before = Staged{}
	}
	if before != now {
		c.changes = append(c.changes, Change{Path: path, Old: before, New: now})
	}
	return next, nil
}

// directory compares the entries from low on that are in a directory, and returns
// the place behind them.
func (c *comparison) directory(before Staged, low, high, skip int, cached *cachedTree) (int, error) {
	prefix := c.index.entries[low].name[:skip]
	entries := c.index.entries[low:high]
	next := low + sort.Search(len(entries), func(i int) bool { return !bytes.HasPrefix(entries[i].name, prefix) })
	isTree := before.Mode&0o170000 == ModeTree
	if first := &c.index.entries[low]; len(first.name) == skip {
		// A sparse index has the directory itself.
		if isTree && next == low+1 && c.index.id(first) == before.ID {
			return next, nil
		}
		return next, &Error{Kind: ErrStaged, Err: errSparse}
	}
	if !isTree && !before.ID.IsZero() {
		if err := c.gone(string(prefix[:skip-1]), before, 0); err != nil {
			return next, err
		}
	}
	if !isTree {
		before = Staged{}
	}
	return next, c.compare(before.ID, low, next, skip, cached)
}

// read returns the entries of a tree by name; of none, none.
func (c *comparison) read(tree ID) (map[string]Staged, error) {
	if tree.IsZero() {
		return nil, nil
	}
	t, data, err := c.store.Object(tree, nil)
	if err != nil {
		return nil, err
	}
	if t != TypeTree {
		return nil, &Error{Kind: ErrType, ID: tree}
	}
	out := make(map[string]Staged)
	r := c.store.format.ReadTree(data)
	for e := (TreeEntry{}); r.Next(&e); {
		out[string(e.Name)] = Staged{Mode: canonicalMode(e.Mode), ID: e.ID}
	}
	if r.Err() != nil {
		return nil, &Error{Kind: ErrParse, ID: tree}
	}
	return out, nil
}

// canonicalMode is a mode as the index has it: old trees hold others.
func canonicalMode(mode uint32) uint32 {
	switch mode & 0o170000 {
	case ModeTree, ModeLink, ModeModule:
		return mode & 0o170000
	}
	if mode&0o100 != 0 {
		return ModeExec
	}
	return ModeFile
}

// gone notes what is in the commit and not in the index.
func (c *comparison) gone(path string, before Staged, depth int) error {
	if before.Mode != ModeTree {
		c.changes = append(c.changes, Change{Path: path, Old: before})
		return nil
	}
	if depth > maxTreeDepth {
		return &Error{Kind: ErrParse, ID: before.ID}
	}
	entries, err := c.read(before.ID)
	if err != nil {
		return err
	}
	for name, e := range entries {
		if err := c.gone(path+"/"+name, e, depth+1); err != nil {
			return err
		}
	}
	return nil
}
