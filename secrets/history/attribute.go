package history

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/envtight/envtight/internal/gitstore"
)

// A life is what became of one path, as far as wanted blobs stood there.
type life struct {
	path   string
	number uint32 // of the path
	// changes are commits that have another blob at the path than one of
	// their parents, parents before children.
	changes []change
	// tips are the blobs that refs have at the path, of those whose commits
	// are looked at, ordered by ID.
	tips []tip
	// known are the blobs that the history which is left out ends with at the
	// path: what they hold is not new.
	known []gitstore.ID
}

type change struct {
	commit gitstore.ID
	// blob is what stands there now; zero when the path is gone. Blobs that
	// are not wanted may be zero as well.
	blob gitstore.ID
	// before are the blobs of the parents, each once, ordered. When a part of the
	// history is left out, some of them were not looked at: see graph.beyond.
	before []gitstore.ID
}

type tip struct {
	blob gitstore.ID
	refs []string // sorted; they may be shared and must not be changed
}

// An event is a change by numbers.
type event struct {
	path   uint32
	commit uint32
	now    child   // a blob, or nothing
	before []child // likewise
}

// A pathTable numbers paths; 0 is the root.
type pathTable struct {
	numbers map[pathKey]uint32
	keys    []pathKey
}

type pathKey struct{ dir, name uint32 }

func newPathTable() *pathTable {
	return &pathTable{numbers: map[pathKey]uint32{}, keys: make([]pathKey, 1)}
}

// number returns false when there are too many paths.
func (t *pathTable) number(dir, name uint32) (uint32, bool) {
	key := pathKey{dir, name}
	n, ok := t.numbers[key]
	if ok {
		return n, true
	}
	if len(t.keys) > maxPaths {
		return 0, false
	}
	n = uint32(len(t.keys))
	t.keys = append(t.keys, key)
	t.numbers[key] = n
	return n, true
}

// path writes a path out.
func (g *graph) path(n uint32) string { return g.pathIn(g.paths, n) }

func (g *graph) pathIn(t *pathTable, n uint32) string {
	var names []string
	for ; n != 0; n = t.keys[n].dir {
		names = append(names, g.names.names[t.keys[n].name])
	}
	slices.Reverse(names)
	return strings.Join(names, "/")
}

// A differ compares the trees of a commit with those of its parents.
type differ struct {
	*graph
	list   func(tree uint32) []entry
	report func(event)
	commit uint32
	// brought says that what one of the parents has is not reported: it is not
	// the commit that brought it.
	brought bool
}

// same tells that there is nothing to report.
func (d *differ) same(now child, before []child) bool {
	if d.brought {
		return slices.Contains(before, now)
	}
	return len(before) > 0 && !slices.ContainsFunc(before, func(c child) bool { return c != now })
}

// step counts work. It returns false when there has been too much of it.
func (g *graph) step(n int) bool {
	g.steps += n
	return g.steps <= maxSteps
}

// tellOverflow says that not all paths were followed, if that is so.
func (g *graph) tellOverflow() {
	if g.steps > maxSteps {
		g.problems.add(&gitstore.Error{Kind: errPaths})
	}
}

// diff reports the files below a directory that differ from those of the parents.
// Trees that are the same are not looked into.
func (d *differ) diff(dir uint32, now child, before []child, level int) {
	if d.same(now, before) {
		return
	}
	if level == maxLevels {
		d.problems.add(&gitstore.Error{Kind: errLevels})
		return
	}
	var names []uint32
	rows := map[uint32][]child{}
	width := 1 + len(before)
	put := func(column int, tree child) {
		if !tree.isTree() {
			return
		}
		list := d.list(tree.number())
		if !d.step(4 * len(list)) { // each takes about that much more than a tip's
			return
		}
		for _, e := range list {
			row := rows[e.name]
			if row == nil {
				if !d.step(width) {
					return
				}
				row = slices.Repeat([]child{nothing}, width)
				rows[e.name] = row
				names = append(names, e.name)
			}
			row[column] = e.child
		}
	}
	put(0, now)
	for i, tree := range before {
		put(i+1, tree)
	}
	for _, name := range names {
		row := rows[name]
		if !d.same(row[0], row[1:]) {
			d.file(dir, name, row, level)
		}
	}
}

// file reports one name that differs, or what is below it. row is what the commit
// has and what its parents have.
func (d *differ) file(dir, name uint32, row []child, level int) {
	path, ok := d.paths.number(dir, name)
	if !ok {
		d.step(maxSteps)
		return
	}
	now, before := only(row, child.isTree)
	if now != nothing || len(before) > 1 || len(before) == 1 && before[0] != nothing {
		d.diff(path, now, before, level+1)
	}
	now, before = only(row, child.isBlob)
	if (now != nothing || len(before) > 0) && !d.same(now, before) {
		d.report(event{path: path, commit: d.commit, now: now, before: before})
	}
}

// only takes the children of one kind: the first, and the others, each once.
func only(row []child, kind func(child) bool) (first child, others []child) {
	for _, c := range row {
		if !kind(c) {
			c = nothing
		}
		others = append(others, c)
	}
	return others[0], distinct(others[1:])
}

// lives works out the lives of the paths at which wanted blobs stand, ordered by
// path.
func (g *graph) lives(ctx context.Context, wanted map[gitstore.ID]bool) ([]life, error) {
	isWanted := make([]bool, g.blobs.count())
	for id := range wanted {
		if n, ok := g.blobs.find(id.Bytes()); ok {
			isWanted[n] = true
		}
	}
	var out []life
	var err error
	if g.few {
		out = g.livesOfFew(isWanted)
	} else {
		out, err = g.livesOfMany(ctx, isWanted)
	}
	g.addKnown(out)
	g.tellOverflow()
	return out, err
}

// livesOfMany compares trees without all that leads to nothing wanted.
func (g *graph) livesOfMany(ctx context.Context, wanted []bool) ([]life, error) {
	p := newPruned(g, wanted)
	var events []event
	d := &differ{graph: g, list: p.list, report: func(e event) { events = append(events, e) }}
	roots := make([]finding, g.commits.count())
	rootOf := func(c uint32) child {
		if !roots[c].known {
			roots[c] = finding{true, nothing}
			if tree := g.rootOf(c); tree != nothing {
				roots[c].node = p.root(tree.number())
			}
		}
		return roots[c].node
	}
	for _, c := range g.order {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var before []child
		for _, parent := range g.parents(c) {
			before = append(before, rootOf(parent))
		}
		d.commit = c
		d.diff(0, rootOf(c), distinct(before), 0)
	}
	out := g.compose(events)
	tips := g.tipsBelow(rootOf, p.list)
	for i := range out {
		out[i].tips = tips[out[i].number]
	}
	return out, nil
}

// livesOfFew takes the changes that are known already.
func (g *graph) livesOfFew(wanted []bool) []life {
	brought := map[uint32]bool{}
	for _, e := range g.changes {
		if e.now != nothing && wanted[e.now.number()] {
			brought[e.path] = true
		}
	}
	events := slices.DeleteFunc(slices.Clone(g.changes), func(e event) bool { return !brought[e.path] })
	out := g.compose(append(events, g.mergesAt(brought)...))
	holders := g.tipRoots(g.rootOf)
	for i := range out {
		at := map[child][]int32{}
		for k, h := range holders {
			if blob := g.lookup(h.root, out[i].number); blob.isBlob() {
				at[blob] = append(at[blob], int32(k))
			}
		}
		out[i].tips = g.tips(at, holders, nil)
	}
	return out
}

// mergesAt finds the merges that took a path over from one of their parents, which
// are no changes of their own.
func (g *graph) mergesAt(paths map[uint32]bool) []event {
	var out []event
	for _, c := range g.order {
		parents := g.rootsOf(g.parents(c))
		if len(parents) < 2 {
			continue
		}
		for path := range paths {
			row := []child{g.lookup(g.rootOf(c), path)}
			for _, parent := range parents {
				row = append(row, g.lookup(parent, path))
			}
			now, before := only(row, child.isBlob)
			if len(before) > 1 && slices.Contains(before, now) {
				out = append(out, event{path, c, now, before})
			}
		}
	}
	return out
}

// addKnown looks up what the history that is left out ends with.
func (g *graph) addKnown(all []life) {
	if len(all) == 0 {
		return
	}
	roots := g.leftOut()
	for i := range all {
		l := &all[i]
		for _, root := range roots {
			if blob := g.lookup(root, l.number); blob.isBlob() && !slices.Contains(l.known, g.blobID(blob)) {
				l.known = append(l.known, g.blobID(blob))
			}
		}
	}
}

// leftOut are the trees with which the history that is left out ends.
func (g *graph) leftOut() []child {
	var out []child
	seen := map[child]bool{}
	for _, id := range g.sel.exclude {
		commit, t, err := g.store.Peel(id)
		if err != nil || t != gitstore.TypeCommit {
			continue // told when the commits were listed
		}
		if root := g.rootOf(g.commits.number(commit.Bytes())); root != nothing && !seen[root] {
			seen[root] = true
			out = append(out, root)
		}
	}
	return out
}

// lookup finds the file at a path below a tree.
func (g *graph) lookup(root child, path uint32) child {
	if path == 0 {
		return root
	}
	key := g.paths.keys[path]
	dir := g.lookup(root, key.dir)
	if !dir.isTree() {
		return nothing
	}
	for _, p := range g.parts(dir.number()) {
		for _, e := range g.chunk(p.chunk) {
			if e.name == key.name {
				return e.child
			}
		}
	}
	return nothing
}

// compose makes lives of events.
func (g *graph) compose(events []event) []life {
	slices.SortStableFunc(events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(g.place[a.commit], g.place[b.commit]))
	})
	var out []life
	for _, e := range events {
		if len(out) == 0 || out[len(out)-1].number != e.path {
			out = append(out, life{path: g.path(e.path), number: e.path})
		}
		c := change{commit: g.commits.id(e.commit), blob: g.blobID(e.now)}
		for _, b := range e.before {
			c.before = append(c.before, g.blobID(b))
		}
		slices.SortFunc(c.before, gitstore.ID.Compare)
		l := &out[len(out)-1]
		l.changes = append(l.changes, c)
	}
	slices.SortFunc(out, func(a, b life) int { return strings.Compare(a.path, b.path) })
	return out
}

func (g *graph) blobID(c child) gitstore.ID {
	if c == nothing {
		return gitstore.ID{}
	}
	return g.blobs.id(c.number())
}

// A tipRoot is a tree with the refs that have it.
type tipRoot struct {
	root child
	refs []string
}

// tipRoots are the trees of the refs whose commits are looked at, in the order of
// the first ref of each.
func (g *graph) tipRoots(root func(commit uint32) child) []tipRoot {
	var out []tipRoot
	index := map[child]int{}
	for _, h := range g.sel.holders {
		c, ok := g.commits.find(h.id.Bytes())
		if !ok {
			commit, _, err := g.store.Peel(h.id)
			if err != nil {
				continue // told when the commits were listed
			}
			if c, ok = g.commits.find(commit.Bytes()); !ok {
				continue
			}
		}
		if int(c) >= len(g.place) || g.place[c] < 0 {
			continue
		}
		r := root(c)
		at, ok := index[r]
		if !ok {
			at = len(out)
			index[r] = at
			out = append(out, tipRoot{root: r})
		}
		out[at].refs = append(out[at].refs, h.name)
	}
	return out
}

// tipsBelow lists what the refs have, by path.
func (g *graph) tipsBelow(root func(uint32) child, list func(uint32) []entry) map[uint32][]tip {
	holders := g.tipRoots(root)
	found := map[uint32]map[child][]int32{}
	var visit func(dir uint32, tree child, holder int32)
	visit = func(dir uint32, tree child, holder int32) {
		entries := list(tree.number())
		if !g.step(len(entries)) {
			return
		}
		for _, e := range entries {
			path, ok := g.paths.number(dir, e.name)
			if !ok {
				g.step(maxSteps)
				return
			}
			if e.child.isTree() {
				visit(path, e.child, holder)
				continue
			}
			if found[path] == nil {
				found[path] = map[child][]int32{}
			}
			found[path][e.child] = append(found[path][e.child], holder)
		}
	}
	for i, h := range holders {
		if h.root.isTree() {
			visit(0, h.root, int32(i))
		}
	}
	out := map[uint32][]tip{}
	shared := map[string][]string{}
	for path, at := range found {
		out[path] = g.tips(at, holders, shared)
	}
	return out
}

// tips names the refs that have each blob. Lists that are in shared are used again.
func (g *graph) tips(at map[child][]int32, holders []tipRoot, shared map[string][]string) []tip {
	var out []tip
	for blob, which := range at {
		key := make([]byte, 0, 4*len(which))
		for _, i := range which {
			key = binary.LittleEndian.AppendUint32(key, uint32(i))
		}
		refs, ok := shared[string(key)]
		if !ok {
			for _, i := range which {
				refs = append(refs, holders[i].refs...)
			}
			slices.Sort(refs)
			if shared != nil {
				shared[string(key)] = refs
			}
		}
		out = append(out, tip{g.blobs.id(blob.number()), refs})
	}
	slices.SortFunc(out, func(a, b tip) int { return a.blob.Compare(b.blob) })
	return out
}

// beyond are the blobs that lives name and that are not looked at by themselves,
// ordered: what the history that is left out has at a path is to be compared.
func (g *graph) beyond(all []life) []gitstore.ID {
	seen := map[gitstore.ID]bool{}
	var out []gitstore.ID
	add := func(id gitstore.ID) {
		n, ok := g.blobs.find(id.Bytes())
		if ok && !seen[id] && (int(n) >= len(g.reached) || !g.reached[n]) {
			seen[id] = true
			out = append(out, id)
		}
	}
	for _, l := range all {
		for _, c := range l.changes {
			for _, before := range c.before {
				if !before.IsZero() {
					add(before)
				}
			}
		}
		for _, t := range l.tips {
			add(t.blob)
		}
		for _, id := range l.known {
			add(id)
		}
	}
	slices.SortFunc(out, gitstore.ID.Compare)
	return out
}
