package history

import (
	"bytes"
	"context"
	"sort"

	"github.com/envtight/envtight/internal/gitstore"
)

// readAll reads all objects of the given types, reachable or not, in the order of
// the packs: that takes a fraction of the time of reading them one by one.
func (g *graph) readAll(ctx context.Context, workers int, types gitstore.Types) error {
	return gitstore.Walk(ctx, g.store, gitstore.WalkOptions{
		Types: types, Workers: workers,
		Start: g.trees.reserve, // a little too much, where commits are read, too
		Problem: func(e *gitstore.Error) {
			// An object matters only if something leads to it: see parts.
			if e.ID.IsZero() {
				g.problems.add(e)
			}
		},
	}, func(int) gitstore.Visitor[[]part] {
		r := g.newTreeReader()
		return r.visit
	})
}

// A treeReader puts trees and commits in the graph. It belongs to one goroutine.
type treeReader struct {
	*graph
	chunkPen *pen[chunk]
	entryPen *pen[entry]
	arena    []part
	parsed   gitstore.Commit
	id       []byte

	// Of the tree at hand: the bytes it was made from, the parts of those, and
	// where each begins.
	base   []byte
	old    []part
	starts []int
	// cursor is an entry of a base's part, and where it begins.
	cursor cursor

	rows      []row
	fresh     []freshEntry
	malformed bool
}

// A row is a part of the tree at hand: one of the base's, or new.
type row struct {
	part
	fresh int // how many entries of treeReader.fresh; 0 when it is the base's
}

// A cursor is at an entry of a part.
type cursor struct{ part, entry, offset int }

// A freshEntry is to be put in a new chunk. Those without a name are as they were
// in the base.
type freshEntry struct {
	entry
	name, id []byte
}

func (g *graph) newTreeReader() *treeReader {
	return &treeReader{graph: g, chunkPen: g.chunks.pen(), entryPen: g.entries.pen()}
}

func (r *treeReader) visit(v *gitstore.Visit, base *[]part) ([]part, error) {
	if v.Type == gitstore.TypeCommit {
		r.addParsed(v.ID, v.Data)
		return nil, nil
	}
	if base == nil {
		return r.read(v.ID, v.Data, nil, nil, nil)
	}
	return r.read(v.ID, v.Data, v.Base, *base, v.Ops)
}

func (r *treeReader) addParsed(id gitstore.ID, data []byte) {
	if r.store.Format().ParseCommit(data, &r.parsed) != nil {
		return // it is read again when it is needed, and told
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addCommit(&gitstore.CommitNode{ID: id, Tree: r.parsed.Tree, Parents: r.parsed.Parents, Time: r.parsed.Committer.Time})
}

// read puts a tree in the graph that was made by ops from a base with these parts,
// and returns its parts.
func (r *treeReader) read(id gitstore.ID, data, base []byte, old []part, ops []gitstore.Op) ([]part, error) {
	r.base, r.old = base, old
	r.parse(data, ops)
	r.id = id.Append(r.id[:0])
	at := r.numberAll()
	out := r.alloc(len(r.rows))
	fresh := r.fresh
	for i, row := range r.rows {
		out[i] = row.part
		if row.fresh == 0 {
			continue
		}
		var ok bool
		if out[i].chunk, ok = r.addChunk(fresh[:row.fresh]); !ok {
			return nil, &gitstore.Error{Kind: gitstore.ErrTooMuch}
		}
		fresh = fresh[row.fresh:]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tree = extend(r.tree, at)
	r.tree[at] = treeNode{parts: out, read: true, malformed: r.malformed}
	return out, nil
}

// numberAll gives numbers to what is new, and to the tree itself.
func (r *treeReader) numberAll() uint32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.fresh {
		e := &r.fresh[i]
		if e.name == nil {
			continue
		}
		e.entry.name = r.names.number(e.name)
		switch e.child {
		case aTree:
			e.child = treeBit | child(r.trees.number(e.id))
		case aBlob:
			e.child = child(r.blobs.number(e.id))
		}
	}
	return r.trees.number(r.id)
}

// Children of fresh entries that have no number yet.
const (
	aTree child = treeBit
	aBlob child = 0
)

// alloc takes parts from a large piece of memory: most trees have few.
func (r *treeReader) alloc(n int) []part {
	if len(r.arena) < n {
		r.arena = make([]part, max(n, 4096))
	}
	out := r.arena[:n:n]
	r.arena = r.arena[n:]
	return out
}

func (r *treeReader) addChunk(fresh []freshEntry) (uint32, bool) {
	first, room, ok := r.entryPen.alloc(len(fresh))
	if !ok {
		return 0, false
	}
	for i := range fresh {
		room[i] = fresh[i].entry
	}
	n, one, ok := r.chunkPen.alloc(1)
	if ok {
		one[0] = chunk{first, uint32(len(fresh))}
	}
	return n, ok
}

// parse makes rows of a tree's bytes. Where the ops copy from the base, its chunks
// are taken as they are, and its entries, if a chunk was not copied whole. That
// needs no more than that both begin an entry at the same byte.
func (r *treeReader) parse(data []byte, ops []gitstore.Op) {
	r.rows, r.fresh, r.starts, r.malformed = r.rows[:0], r.fresh[:0], r.starts[:0], false
	start := 0
	for _, p := range r.old {
		r.starts = append(r.starts, start)
		start += int(p.bytes)
	}
	r.cursor = cursor{offset: -1}
	if start == 0 {
		ops = nil
	}
	at, begin := 0, 0 // begin is that of the op that at is in
	for at < len(data) {
		for len(ops) > 0 && begin+int(ops[0].Len) <= at {
			begin += int(ops[0].Len)
			ops = ops[1:]
		}
		length := 0
		if len(ops) > 0 && ops[0].Copied() {
			length = r.copy(int(ops[0].Base)+at-begin, int(ops[0].Base+ops[0].Len))
		}
		if length == 0 {
			if length = r.parseEntry(data[at:]); length == 0 {
				r.malformed = true
				return
			}
		}
		at += length
	}
}

// copy takes a chunk or an entry of the base that begins at from and ends before
// end. It returns its length, 0 when there is none.
func (r *treeReader) copy(from, end int) int {
	if !r.seek(from) {
		return 0
	}
	p := r.old[r.cursor.part]
	if length := int(p.bytes); r.cursor.entry == 0 && from+length <= end {
		r.rows = append(r.rows, row{part: p})
		r.cursor = cursor{part: r.cursor.part + 1, offset: from + length}
		return length
	}
	mode, name := cutEntry(r.base[from:], r.trees.size)
	length := mode + 1 + name + 1 + r.trees.size
	if from+length > end {
		return 0
	}
	entries := r.chunk(p.chunk)
	r.append(freshEntry{entry: entries[r.cursor.entry]}, length)
	r.cursor.entry++
	r.cursor.offset += length
	if r.cursor.entry == len(entries) {
		r.cursor.part++
		r.cursor.entry = 0
	}
	return length
}

// seek moves the cursor to an offset of the base, if an entry begins there.
func (r *treeReader) seek(offset int) bool {
	if r.cursor.offset == offset {
		return r.cursor.part < len(r.old)
	}
	i := sort.SearchInts(r.starts, offset+1) - 1
	c := cursor{part: i, offset: r.starts[i]}
	for end := c.offset + int(r.old[i].bytes); c.offset < offset && c.offset < end; c.entry++ {
		mode, name := cutEntry(r.base[c.offset:], r.trees.size)
		c.offset += mode + 1 + name + 1 + r.trees.size
	}
	if c.offset != offset || offset == r.starts[i]+int(r.old[i].bytes) {
		return false
	}
	r.cursor = c
	return true
}

// append puts an entry in a new chunk.
func (r *treeReader) append(e freshEntry, length int) {
	r.fresh = append(r.fresh, e)
	if n := len(r.rows); n > 0 && r.rows[n-1].fresh > 0 && r.rows[n-1].fresh < maxChunk {
		r.rows[n-1].fresh++
		r.rows[n-1].bytes += uint32(length)
		return
	}
	r.rows = append(r.rows, row{part: part{bytes: uint32(length)}, fresh: 1})
}

// cutEntry returns the lengths of the mode and the name of a tree's first entry, 0
// when it has not the form of one.
func cutEntry(data []byte, size int) (mode, name int) {
	mode = bytes.IndexByte(data[:min(len(data), 8)], ' ')
	if mode < 1 {
		return 0, 0
	}
	name = bytes.IndexByte(data[mode+1:], 0)
	if name < 1 || len(data) < mode+1+name+1+size {
		return 0, 0
	}
	return mode, name
}

// parseEntry appends the first entry of a tree's bytes and returns its length, 0
// when it has not the form of one.
func (r *treeReader) parseEntry(data []byte) int {
	modeLen, nameLen := cutEntry(data, r.trees.size)
	if nameLen == 0 {
		return 0
	}
	mode := uint32(0)
	for _, digit := range data[:modeLen] {
		if digit < '0' || digit > '7' {
			return 0
		}
		mode = mode<<3 | uint32(digit-'0')
	}
	id := modeLen + 1 + nameLen + 1
	e := freshEntry{name: data[modeLen+1 : id-1], id: data[id : id+r.trees.size]}
	switch mode & 0o170000 {
	case gitstore.ModeTree:
		e.child = aTree
	case gitstore.ModeModule:
		e.child = nothing // it is in another repository
	default:
		e.child = aBlob
	}
	r.append(e, id+r.trees.size)
	return id + r.trees.size
}

// parts returns those of a tree, which is read now if it was not. What cannot be
// read is told, and has none. It is for when readAll has ended.
func (g *graph) parts(n uint32) []part {
	g.tree = extend(g.tree, n)
	if !g.tree[n].read {
		g.tree[n].read = true
		if err := g.readOne(g.trees.id(n)); err != nil {
			g.problems.err(g.trees.id(n), err)
		}
	}
	if g.tree[n].malformed {
		g.tree[n].malformed = false // once is enough
		g.problems.add(&gitstore.Error{Kind: gitstore.ErrParse, ID: g.trees.id(n)})
	}
	return g.tree[n].parts
}

func (g *graph) readOne(id gitstore.ID) error {
	t, data, err := g.store.Object(id, nil)
	if err != nil {
		return err
	}
	if t != gitstore.TypeTree {
		return &gitstore.Error{Kind: gitstore.ErrType, ID: id}
	}
	if g.reader == nil {
		g.reader = g.newTreeReader()
	}
	_, err = g.reader.read(id, data, nil, nil, nil)
	return err
}

// chunk returns the entries of a chunk.
func (g *graph) chunk(n uint32) []entry {
	c := g.chunks.at(n, 1)[0]
	return g.entries.at(c.first, c.count)
}

// content returns the entries of a tree.
func (g *graph) content(n uint32) []entry {
	var out []entry
	for _, p := range g.parts(n) {
		out = append(out, g.chunk(p.chunk)...)
	}
	return out
}
