package history

import (
	"container/heap"
	"context"

	"github.com/envtight/envtight/internal/gitstore"
)

// listAll orders the commits that the selection leads to, when all of them have
// been read, as gitstore.Store.Commits would: by their numbers that takes a
// quarter of the time.
func (g *graph) listAll(ctx context.Context) error {
	cut, err := g.store.Shallow()
	if err != nil {
		return err
	}
	for _, id := range cut {
		if c, ok := g.commits.find(id.Bytes()); ok && int(c) < len(g.commit) {
			g.commit[c].shallow = true
		}
	}
	wanted := g.findAll(g.findTips())
	q := &dateQueue{graph: g, children: make([]int32, g.commits.count()), seq: make([]int32, g.commits.count())}
	for _, c := range wanted {
		for _, parent := range g.parents(c) {
			q.children[parent]++
		}
	}
	for _, c := range wanted {
		if q.children[c] == 0 {
			q.put(c)
		}
	}
	for q.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := heap.Pop(q).(uint32)
		g.order = append(g.order, c)
		for _, parent := range g.parents(c) {
			if q.children[parent]--; q.children[parent] == 0 && g.commit[parent].read {
				q.put(parent)
			}
		}
	}
	g.ordered()
	return nil
}

// findTips are the commits of the selection's tips. Other objects are noted, and
// what cannot be read is told.
func (g *graph) findTips() []uint32 {
	var out []uint32
	for _, id := range g.sel.begin() {
		c, ok := g.commits.find(id.Bytes())
		if !ok {
			commit, t, err := g.store.Peel(id)
			if err != nil {
				g.problems.err(id, err)
				continue
			}
			if t != gitstore.TypeCommit {
				g.hold(id, commit, t)
				continue
			}
			c = g.number(g.commits, commit)
		}
		out = append(out, c)
	}
	return out
}

// findAll returns the commits that others lead to, as far as they can be read.
// The rest is told.
func (g *graph) findAll(tips []uint32) []uint32 {
	var out, todo []uint32
	var seen []bool
	see := func(c uint32) {
		if !first(&seen, c) {
			return
		}
		if err := g.readCommit(c); err != nil {
			g.problems.err(g.commits.id(c), err)
			return
		}
		out, todo = append(out, c), append(todo, c)
	}
	for _, c := range tips {
		see(c)
	}
	for len(todo) > 0 {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, parent := range g.parents(c) {
			see(parent)
		}
	}
	return out
}

// A dateQueue has the latest commit in front; of those of one second, the one that
// came first.
type dateQueue struct {
	*graph
	waiting  []uint32
	children []int32 // that were not taken yet
	seq      []int32
	next     int32
}

func (q *dateQueue) put(c uint32) {
	q.seq[c] = q.next
	q.next++
	heap.Push(q, c)
}

func (q *dateQueue) Len() int { return len(q.waiting) }
func (q *dateQueue) Less(i, j int) bool {
	a, b := q.waiting[i], q.waiting[j]
	if q.commit[a].time != q.commit[b].time {
		return q.commit[a].time > q.commit[b].time
	}
	return q.seq[a] < q.seq[b]
}
func (q *dateQueue) Swap(i, j int) { q.waiting[i], q.waiting[j] = q.waiting[j], q.waiting[i] }
func (q *dateQueue) Push(x any)    { q.waiting = append(q.waiting, x.(uint32)) }
func (q *dateQueue) Pop() any {
	last := q.waiting[len(q.waiting)-1]
	q.waiting = q.waiting[:len(q.waiting)-1]
	return last
}
