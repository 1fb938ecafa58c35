package history

import (
	"context"
	"slices"
	"sync"

	"github.com/envtight/envtight/internal/gitstore"
)

// A graph is the commits and trees of a history. Objects and names have numbers
// in it, and a tree shares with the one it is a delta against whatever is alike:
// the trees of a long history differ by less than a tenth of their entries.
type graph struct {
	store    *gitstore.Store
	problems *problems
	sel      *selection
	reader   *treeReader // of single trees
	scratch  []byte

	mu      sync.Mutex // while readAll runs
	trees   *idTable
	blobs   *idTable
	commits *idTable
	names   nameTable
	tree    []treeNode   // by number
	commit  []commitNode // by number
	chunks  arena[chunk]
	entries arena[entry]

	// order are the commits that are looked at, parents before children.
	order []uint32
	// place is where each commit is in order; -1 for others.
	place []int32
	// reached tells of each blob whether one of these commits has it, or, when
	// they are few, brings it to a path.
	reached []bool
	// unreachable says that blobs are looked at which nothing leads to.
	unreachable bool
	// held are what refs hold without a commit, and strays the blobs there.
	held    []heldObject
	strayed []bool
	// passed tells which blobs need not be looked at: no path counts.
	passed []bool
	// offered tells which blobs wants was asked about.
	offered []bool
	paths   *pathTable
	// few tells that a part of the history is left out and little remains;
	// changes are then all that its commits bring or take away.
	few     bool
	changes []event
	steps   int
}

// A treeNode is a tree: a row of chunks.
type treeNode struct {
	parts []part
	read  bool
	// malformed tells that the end could not be read.
	malformed bool
}

// A part is a chunk in a tree, with the number of bytes that it takes there.
type part struct {
	chunk uint32
	bytes uint32
}

// A chunk is a row of entries that trees share.
type chunk struct {
	first uint32
	count uint32
}

// An entry is a file or a directory; a submodule has nothing.
type entry struct {
	name  uint32
	child child
}

// A child is the number of a blob or of a tree.
type child uint32

const (
	treeBit child = 1 << 31
	nothing child = 1<<32 - 1
)

func (c child) isTree() bool   { return c != nothing && c&treeBit != 0 }
func (c child) isBlob() bool   { return c&treeBit == 0 }
func (c child) number() uint32 { return uint32(c &^ treeBit) }

type commitNode struct {
	tree    uint32
	parents []uint32
	time    int64
	read    bool
	shallow bool
}

const (
	// maxChunk is how many new entries are put together. Of small chunks more
	// can be shared, but there are more of them.
	maxChunk = 8
	// maxPaths bounds how many paths are told apart, and maxSteps the work of
	// following them: trees can be made to have more paths than there are
	// atoms.
	maxPaths = 200_000
	maxSteps = 50_000_000
	// maxLevels bounds how deep directories are. git's own bound is 2048
	// (core.maxTreeDepth).
	maxLevels = 2048
	// fewCommits is selection.few: it takes the time of reading so many trees
	// one by one to read all of a large history.
	fewCommits = 500
	// maxChanges bounds how many changes are remembered for that.
	maxChanges = 1_000_000
)

// newGraph makes an empty graph of objects whose IDs have size bytes.
func newGraph(store *gitstore.Store, size int, sel *selection, p *problems) *graph {
	return &graph{
		store: store, problems: p, sel: sel,
		trees: newIDTable(size), blobs: newIDTable(size), commits: newIDTable(size),
		names: nameTable{numbers: map[string]uint32{}}, paths: newPathTable(),
	}
}

// readGraph reads what a selection leads to.
func readGraph(ctx context.Context, store *gitstore.Store, sel *selection, p *problems, workers int) (*graph, error) {
	g := newGraph(store, store.Format().Size(), sel, p)
	if sel.partial() {
		return g, g.readPart(ctx, workers)
	}
	if err := g.readAll(ctx, workers, gitstore.TypesOf(gitstore.TypeCommit, gitstore.TypeTree)); err != nil {
		return nil, err
	}
	if err := g.listAll(ctx); err != nil {
		return nil, err
	}
	return g, g.reach(ctx)
}

// partial tells that some history is left out.
func (s *selection) partial() bool { return len(s.exclude)+len(s.common) > 0 }

// all tells that everything was asked for that commits lead to. A hook is asked about
// what goes over the wire, which is no more than the clone has.
func (s *selection) all() bool { return s.whole || s.named && !s.partial() }

// readPart reads a part of a history. Of few commits only what they change is
// looked at; of many, all that they and the commits before them have.
func (g *graph) readPart(ctx context.Context, workers int) error {
	if err := g.listPart(ctx); err != nil {
		return err
	}
	if g.few = len(g.order) <= g.sel.few; g.few {
		if err := g.compare(ctx); err != nil || g.steps <= maxSteps {
			return err
		}
		// That was too much to remember.
		g.few, g.steps, g.changes, g.paths = false, 0, nil, newPathTable()
	}
	if err := g.readAll(ctx, workers, gitstore.TypesOf(gitstore.TypeTree)); err != nil {
		return err
	}
	return g.reach(ctx)
}

// compare finds what the commits change.
func (g *graph) compare(ctx context.Context) error {
	d := &differ{graph: g, list: g.content, brought: true, report: func(e event) {
		if len(g.changes) == maxChanges {
			g.step(maxSteps) // which ends it
			return
		}
		g.changes = append(g.changes, e)
		if e.now != nothing {
			first(&g.reached, e.now.number())
		}
	}}
	for _, c := range g.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.commit = c
		d.diff(0, g.rootOf(c), g.rootsOf(g.parents(c)), 0)
	}
	g.markHeld()
	return nil
}

// rootsOf are the trees of commits, each once.
func (g *graph) rootsOf(commits []uint32) []child {
	var out []child
	for _, c := range commits {
		out = append(out, g.rootOf(c))
	}
	return distinct(out)
}

// distinct keeps each child once.
func distinct(all []child) []child {
	slices.Sort(all)
	return slices.Compact(all)
}

// listPart lists the commits of a part of a history.
func (g *graph) listPart(ctx context.Context) error {
	err := g.store.Commits(ctx, gitstore.CommitOptions{
		Tips: g.sel.begin(), Exclude: g.sel.exclude, Common: g.sel.common, Missing: g.problems.err,
	}, func(n *gitstore.CommitNode) error {
		at := g.addCommit(n)
		g.commit[at].shallow = n.Shallow
		g.order = append(g.order, at)
		return nil
	})
	g.ordered()
	for _, id := range g.sel.begin() {
		// What cannot be read was told.
		if object, t, err := g.store.Peel(id); err == nil && t != gitstore.TypeCommit {
			g.hold(id, object, t)
		}
	}
	return err
}

// ordered ends the listing of commits, which are in order, children first.
func (g *graph) ordered() {
	slices.Reverse(g.order)
	g.place = slices.Repeat([]int32{-1}, g.commits.count())
	for i, c := range g.order {
		g.place[c] = int32(i)
		if g.commit[c].shallow && len(g.commit[c].parents) > 0 {
			g.problems.cut++
		}
	}
}

// addCommit puts a commit in the graph, if it is not there yet.
func (g *graph) addCommit(n *gitstore.CommitNode) uint32 {
	at := g.number(g.commits, n.ID)
	g.commit = extend(g.commit, at)
	if g.commit[at].read {
		return at
	}
	c := commitNode{tree: g.number(g.trees, n.Tree), parents: make([]uint32, len(n.Parents)), time: n.Time, read: true}
	for i, parent := range n.Parents {
		c.parents[i] = g.number(g.commits, parent)
	}
	g.commit[at] = c
	return at
}

func (g *graph) number(t *idTable, id gitstore.ID) uint32 {
	g.scratch = id.Append(g.scratch[:0])
	return t.number(g.scratch)
}

// parents are those of a commit that is looked at, as far as they are there.
func (g *graph) parents(c uint32) []uint32 {
	if g.commit[c].shallow {
		return nil
	}
	return g.commit[c].parents
}

// rootOf is the tree of a commit; nothing if the commit cannot be read. Only
// commits that are left out are not read yet; what others lack was told.
func (g *graph) rootOf(c uint32) child {
	if g.readCommit(c) != nil {
		return nothing
	}
	return treeBit | child(g.commit[c].tree)
}

// readCommit reads a commit if it was not.
func (g *graph) readCommit(c uint32) error {
	g.commit = extend(g.commit, c)
	if g.commit[c].read {
		return nil
	}
	id := g.commits.id(c)
	t, data, err := g.store.Object(id, nil)
	if err != nil {
		return err
	}
	var parsed gitstore.Commit
	if t != gitstore.TypeCommit {
		return &gitstore.Error{Kind: gitstore.ErrType, ID: id}
	}
	if err := g.store.Format().ParseCommit(data, &parsed); err != nil {
		return &gitstore.Error{Kind: gitstore.ErrParse, ID: id}
	}
	g.addCommit(&gitstore.CommitNode{ID: id, Tree: parsed.Tree, Parents: parsed.Parents, Time: parsed.Committer.Time})
	return nil
}

// reach marks all blobs that the commits have, and those of the commits before
// them, with which they are compared.
func (g *graph) reach(ctx context.Context) error {
	m := &marker{graph: g, blobs: &g.reached}
	for _, c := range g.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.mark(g.rootOf(c))
		for _, parent := range g.parents(c) {
			m.mark(g.rootOf(parent))
		}
	}
	g.markHeld()
	return nil
}

func (g *graph) markHeld() {
	m := &marker{graph: g, blobs: &g.strayed}
	for _, h := range g.held {
		m.mark(h.child)
	}
}

// A marker marks all blobs that trees have.
type marker struct {
	*graph
	blobs        *[]bool
	seen, shared []bool // trees and chunks
	todo         []uint32
}

func (m *marker) see(c child) {
	switch {
	case c.isBlob():
		first(m.blobs, c.number())
	case c.isTree() && first(&m.seen, c.number()):
		m.todo = append(m.todo, c.number())
	}
}

func (m *marker) mark(c child) {
	for m.see(c); len(m.todo) > 0; {
		tree := m.todo[len(m.todo)-1]
		m.todo = m.todo[:len(m.todo)-1]
		for _, p := range m.parts(tree) {
			if first(&m.shared, p.chunk) {
				for _, e := range m.chunk(p.chunk) {
					m.see(e.child)
				}
			}
		}
	}
}

// first marks an element, and tells whether it was not marked before.
func first(marks *[]bool, n uint32) bool {
	*marks = extend(*marks, n)
	marked := (*marks)[n]
	(*marks)[n] = true
	return !marked
}

// wants tells whether a blob is to be looked at. It is meant for
// gitstore.WalkOptions, and remembers which objects are there: see missing.
func (g *graph) wants(id gitstore.ID, t gitstore.Type) bool {
	n, ok := g.blobs.find(id.Bytes())
	if ok && g.leadsTo(n) {
		first(&g.offered, n)
		return true
	}
	if ok && int(n) < len(g.passed) && g.passed[n] {
		return false
	}
	return g.unreachable && t == gitstore.TypeBlob
}

// leadsTo tells whether a commit or a ref leads to a blob.
func (g *graph) leadsTo(blob uint32) bool {
	is := func(marks []bool) bool { return int(blob) < len(marks) && marks[blob] }
	return is(g.reached) || is(g.strayed)
}

// passedOver counts the blobs that are not looked at because of their paths.
func (g *graph) passedOver() (n int) {
	for blob, passed := range g.passed {
		if passed && !g.leadsTo(uint32(blob)) {
			n++
		}
	}
	return n
}

// missing tells of all blobs that are to be looked at and are not there. wants
// has been asked about all objects before.
func (g *graph) missing() {
	for n := range uint32(g.blobs.count()) {
		if !g.leadsTo(n) || int(n) < len(g.offered) && g.offered[n] {
			continue
		}
		id := g.blobs.id(n)
		t, _, err := g.store.Stat(id)
		switch {
		case err == nil && t != gitstore.TypeBlob:
			err = &gitstore.Error{Kind: gitstore.ErrType, ID: id}
		case err == nil: // it has come since
			err = &gitstore.Error{Kind: gitstore.ErrVanished, ID: id}
		}
		g.problems.err(id, err)
	}
}

// extend makes a slice long enough to have an element n.
func extend[T any](s []T, n uint32) []T {
	if int(n) >= len(s) {
		s = append(s, make([]T, int(n)+1-len(s))...)
	}
	return s
}
