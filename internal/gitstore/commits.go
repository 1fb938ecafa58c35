package gitstore

import (
	"container/heap"
	"context"
)

// CommitOptions say which commits are wanted: those that tips lead to and
// exclusions do not.
type CommitOptions struct {
	// Tips and Exclude may name tags; what is neither a commit nor a tag of
	// one is passed over.
	Tips, Exclude []ID
	// Common are pairs whose common history is excluded, as that of A and B
	// is in A...B. They may name tags, too.
	Common [][2]ID
	// Missing is told each commit or tag that cannot be read, once, with the
	// reason; what only it leads to stays unknown. When Missing is nil, the
	// first one ends the walk and is its error.
	Missing func(ID, error)
}

// A CommitNode is a commit as the graph knows it.
type CommitNode struct {
	ID   ID
	Tree ID
	// Parents are all that the commit names, whether wanted, missing or cut
	// off by a shallow clone.
	Parents []ID
	// Time is when it was committed, in seconds since 1970; 0 when unknown.
	Time int64
	// Shallow tells that the parents were not fetched.
	Shallow bool
}

// Commits calls visit for each commit that is wanted: children before parents,
// and otherwise the later before the earlier, as git rev-list --date-order does.
// Exclusion is exact whatever the clocks say: the whole history of what is
// excluded is looked at. Replacements (refs/replace) and grafts are not heeded.
// The node holds until visit returns; an error of visit ends the walk.
func (s *Store) Commits(ctx context.Context, o CommitOptions, visit func(*CommitNode) error) error {
	g := &commitGraph{store: s, missing: o.Missing, index: make(map[ID]int32), shallow: make(map[ID]bool)}
	cut, err := s.Shallow()
	if err != nil {
		return err
	}
	for _, id := range cut {
		g.shallow[id] = true
	}
	excluded, err := g.load(ctx, o.Exclude)
	if err != nil {
		return err
	}
	g.exclude(excluded)
	for _, pair := range o.Common {
		sides, err := g.load(ctx, pair[:])
		if err != nil {
			return err
		}
		if len(sides) == 2 {
			g.excludeCommon(sides[0], sides[1])
		}
	}
	tips, err := g.load(ctx, o.Tips)
	if err != nil {
		return err
	}
	return g.visit(ctx, tips, visit)
}

// A commitGraph is the commits that were read, by number.
type commitGraph struct {
	store   *Store
	missing func(ID, error)
	shallow map[ID]bool
	index   map[ID]int32
	nodes   []graphNode
	buf     []byte
	commit  Commit
}

type graphNode struct {
	CommitNode
	bad      bool // cannot be read
	excluded bool
	children int32 // wanted ones that were not visited yet
	seq      int32 // for commits of the same second: first come, first served
	queued   bool
}

// load reads all that the given objects lead to, and returns the commits among
// them.
func (g *commitGraph) load(ctx context.Context, ids []ID) ([]int32, error) {
	var out []int32
	var todo []ID
	for _, id := range ids {
		if _, loaded := g.index[id]; !loaded {
			commit, err := g.peel(id)
			if err != nil {
				return nil, err
			}
			if commit.IsZero() {
				continue
			}
			id = commit
			todo = append(todo, id)
		}
		at, err := g.add(id)
		if err != nil {
			return nil, err
		}
		out = append(out, at)
	}
	for len(todo) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		at, err := g.add(id)
		if err != nil {
			return nil, err
		}
		if n := &g.nodes[at]; !n.Shallow {
			for _, parent := range n.Parents {
				if _, known := g.index[parent]; !known {
					todo = append(todo, parent)
				}
			}
		}
	}
	return out, nil
}

// peel returns the commit that an object is or is a tag of; zero when there is
// none.
func (g *commitGraph) peel(id ID) (ID, error) {
	commit, t, err := g.store.Peel(id)
	if err != nil {
		return ID{}, g.miss(id, err)
	}
	if t != TypeCommit {
		return ID{}, nil
	}
	return commit, nil
}

// add reads a commit, once.
func (g *commitGraph) add(id ID) (int32, error) {
	if at, known := g.index[id]; known {
		return at, nil
	}
	at := int32(len(g.nodes))
	g.index[id] = at
	n := graphNode{CommitNode: CommitNode{ID: id, Shallow: g.shallow[id]}}
	t, data, err := g.store.Object(id, g.buf)
	if err == nil {
		g.buf = data
		if t != TypeCommit {
			err = &Error{Kind: ErrType, ID: id}
		} else if e := g.store.format.ParseCommit(data, &g.commit); e != nil {
			err = &Error{Kind: ErrParse, ID: id}
		}
	}
	if err != nil {
		n.bad = true
		g.nodes = append(g.nodes, n)
		return at, g.miss(id, err)
	}
	n.Tree, n.Time = g.commit.Tree, g.commit.Committer.Time
	n.Parents = append(n.Parents, g.commit.Parents...)
	g.nodes = append(g.nodes, n)
	return at, nil
}

func (g *commitGraph) miss(id ID, err error) error {
	if g.missing == nil {
		return err
	}
	g.missing(id, err)
	return nil
}

// parents calls f for the parents that are known and not cut off.
func (g *commitGraph) parents(at int32, f func(parent int32)) {
	n := &g.nodes[at]
	if n.Shallow {
		return
	}
	for _, id := range n.Parents {
		if parent, ok := g.index[id]; ok && !g.nodes[parent].bad {
			f(parent)
		}
	}
}

// exclude marks commits and all before them.
func (g *commitGraph) exclude(todo []int32) {
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if g.nodes[at].excluded {
			continue
		}
		g.nodes[at].excluded = true
		g.parents(at, func(parent int32) { todo = append(todo, parent) })
	}
}

// excludeCommon marks the commits that two others lead to both.
func (g *commitGraph) excludeCommon(a, b int32) {
	left := make(map[int32]bool)
	for todo := []int32{a}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !left[at] && !g.nodes[at].excluded {
			left[at] = true
			g.parents(at, func(parent int32) { todo = append(todo, parent) })
		}
	}
	seen := make(map[int32]bool)
	for todo := []int32{b}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch {
		case left[at]:
			g.exclude([]int32{at})
		case !seen[at]:
			seen[at] = true
			g.parents(at, func(parent int32) { todo = append(todo, parent) })
		}
	}
}

func (g *commitGraph) visit(ctx context.Context, tips []int32, visit func(*CommitNode) error) error {
	var wanted []int32
	see := func(at int32) {
		if n := &g.nodes[at]; !n.queued && !n.bad && !n.excluded {
			n.queued = true
			wanted = append(wanted, at)
		}
	}
	for _, tip := range tips {
		see(tip)
	}
	for next := 0; next < len(wanted); {
		at := wanted[next]
		next++
		g.parents(at, func(parent int32) {
			g.nodes[parent].children++
			see(parent)
		})
	}
	q := &commitQueue{g: g}
	ready := func(at int32) {
		g.nodes[at].seq = q.seq
		q.seq++
		heap.Push(q, at)
	}
	for _, at := range wanted {
		if g.nodes[at].children == 0 {
			ready(at)
		}
	}
	for q.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := heap.Pop(q).(int32)
		if err := visit(&g.nodes[at].CommitNode); err != nil {
			return err
		}
		g.parents(at, func(parent int32) {
			if n := &g.nodes[parent]; n.queued {
				if n.children--; n.children == 0 {
					ready(parent)
				}
			}
		})
	}
	return nil
}

// A commitQueue has the latest commit in front.
type commitQueue struct {
	g   *commitGraph
	at  []int32
	seq int32
}

func (q *commitQueue) Len() int { return len(q.at) }
func (q *commitQueue) Less(i, j int) bool {
	a, b := &q.g.nodes[q.at[i]], &q.g.nodes[q.at[j]]
	if a.Time != b.Time {
		return a.Time > b.Time
	}
	return a.seq < b.seq
}
func (q *commitQueue) Swap(i, j int) { q.at[i], q.at[j] = q.at[j], q.at[i] }
func (q *commitQueue) Push(x any)    { q.at = append(q.at, x.(int32)) }
func (q *commitQueue) Pop() any {
	last := q.at[len(q.at)-1]
	q.at = q.at[:len(q.at)-1]
	return last
}
