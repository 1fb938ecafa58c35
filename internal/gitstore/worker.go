package gitstore

import (
	"runtime/debug"
	"sort"
	"sync"
	"sync/atomic"
)

// A walk is what the workers of one Walk share.
type walk[S any] struct {
	store   *Store
	options WalkOptions
	memory  budget

	forests []*forest
	starts  []int64 // number of the first root of each forest
	roots   int64
	loose   []looseObject
	bad     []badEntry
	next    atomic.Int64 // what comes next: roots, loose objects, bad entries

	made    atomic.Int64 // bytes
	repairs atomic.Int64 // searches for another copy of an object
	rebuilt atomic.Int64 // bases made again for want of memory

	stopped atomic.Bool
	hungry  atomic.Int32 // workers that wait and for whom nothing is queued

	mu      sync.Mutex
	wake    sync.Cond
	queue   []task[S]
	waiting int
	err     error
}

// A task is a tree of a forest: a delta with all that hangs on it, or, without a
// base, a root.
type task[S any] struct {
	f     *forest
	node  int32
	base  *buffer // held for the task; nil when it has to be made again
	state *S      // of the base
}

func newWalk[S any](s *Store, o WalkOptions) *walk[S] {
	w := &walk[S]{store: s, options: o}
	w.memory.limit = o.Memory
	w.wake.L = &w.mu
	return w
}

// fail ends the walk with an error, if it is the first.
func (w *walk[S]) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
	w.stopped.Store(true)
	w.wake.Broadcast()
}

func (w *walk[S]) end() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *walk[S]) problem(e *Error) {
	if w.options.Problem == nil {
		w.fail(e)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.options.Problem(e)
}

// queued takes a tree that another worker gave away, or waits for one. It
// returns false when there is nothing left and nobody who could give.
func (w *walk[S]) queued() (task[S], bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if w.stopped.Load() {
			return task[S]{}, false
		}
		if n := len(w.queue); n > 0 {
			t := w.queue[n-1]
			w.queue = w.queue[:n-1]
			w.count()
			return t, true
		}
		w.waiting++
		w.count()
		if w.waiting == w.options.Workers {
			w.stopped.Store(true)
			w.wake.Broadcast()
			return task[S]{}, false
		}
		w.wake.Wait()
		w.waiting--
		w.count()
	}
}

func (w *walk[S]) count() { w.hungry.Store(int32(w.waiting - len(w.queue))) }

func (w *walk[S]) give(t task[S]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(w.queue, t)
	w.count()
	w.wake.Signal()
}

// A frame is an entry whose deltas are being visited.
type frame[S any] struct {
	f     *forest
	node  int32
	kids  []int32 // still to be visited
	buf   *buffer // nil when it was given up for memory
	gone  bool    // the object cannot be had
	state *S
}

// A worker visits trees. It belongs to one goroutine.
type worker[S any] struct {
	*walk[S]
	visitor Visitor[S]
	buffers buffers
	st      *state
	stack   []frame[S]
	// pinned is the lowest frame that may not be given up now.
	pinned  int
	visit   Visit
	scratch []byte // of the last loose object
}

func (w *walk[S]) newWorker(visitor Visitor[S]) *worker[S] {
	return &worker[S]{walk: w, visitor: visitor, buffers: buffers{budget: &w.memory}, st: &state{}}
}

func (w *worker[S]) run() {
	debug.SetPanicOnFault(true) // produce makes errors of faults
	for !w.stopped.Load() {
		i := w.next.Add(1) - 1
		if i < w.roots {
			k := sort.Search(len(w.starts), func(k int) bool { return w.starts[k] > i }) - 1
			f := w.forests[k]
			w.tree(task[S]{f: f, node: f.roots[i-w.starts[k]]})
			continue
		}
		if i -= w.roots; i < int64(len(w.loose)) {
			w.looseObject(w.loose[i])
			continue
		}
		if i -= int64(len(w.loose)); i < int64(len(w.bad)) {
			w.badEntry(w.bad[i])
			continue
		}
		w.buffers.trim()
		t, ok := w.queued()
		if !ok {
			return
		}
		w.tree(t)
	}
}

// tree visits an entry and all that is below it.
func (w *worker[S]) tree(t task[S]) {
	base := t.base
	if base == nil && t.f.parent[t.node] >= 0 {
		w.pinned = 0
		base = w.rebuild(t.f, t.f.parent[t.node])
	}
	w.enter(t.f, t.node, base, t.state)
	w.buffers.release(base)
	for len(w.stack) > 0 && !w.stopped.Load() {
		if w.hungry.Load() > 0 {
			w.share()
		}
		w.step()
	}
	for i := range w.stack { // when stopped
		w.buffers.release(w.stack[i].buf)
	}
	clear(w.stack)
	w.stack = w.stack[:0]
}

// step visits the next delta of the top frame. The frame goes before its last
// delta's own deltas are visited.
func (w *worker[S]) step() {
	top := len(w.stack) - 1
	fr := &w.stack[top]
	if len(fr.kids) == 0 {
		w.pop()
		return
	}
	kid := fr.kids[0]
	fr.kids = fr.kids[1:]
	if fr.f.cut(kid, fr.node) {
		return
	}
	w.pinned = top
	if fr.buf == nil && !fr.gone {
		fr.buf = w.rebuild(fr.f, fr.node)
		fr.gone = fr.buf == nil
	}
	f, buf, state := fr.f, fr.buf, fr.state
	if len(fr.kids) == 0 {
		// Only the buffer is still needed, for a moment.
		if buf != nil {
			buf.refs.Add(1)
		}
		w.pop()
		w.enter(f, kid, buf, state)
		w.buffers.release(buf)
		return
	}
	w.enter(f, kid, buf, state)
}

func (w *worker[S]) pop() {
	top := len(w.stack) - 1
	w.buffers.release(w.stack[top].buf)
	w.stack[top] = frame[S]{}
	w.stack = w.stack[:top]
}

// enter makes an object, hands it out, and leaves a frame for its deltas. base
// is nil for roots, and when the base cannot be had.
func (w *worker[S]) enter(f *forest, node int32, base *buffer, baseState *S) {
	if w.made.Load() > w.options.MaxTotal {
		w.fail(&Error{Kind: ErrTooMuch})
		return
	}
	m := w.make(f, node, base)
	defer w.buffers.release(m.ext)
	if m.problem != nil && f.hand[node] {
		w.problem(m.problem.withID(f.id(node)))
	}
	fr := frame[S]{f: f, node: node, kids: f.kidsToVisit(node), buf: m.buf, gone: m.buf == nil}
	if m.buf != nil && f.hand[node] && w.options.Types.has(m.buf.typ) {
		w.visit = Visit{ID: f.id(node), Type: m.buf.typ, Data: m.buf.data}
		switch {
		case m.ext != nil:
			w.visit.Base, w.visit.BaseID, w.visit.Ops = m.ext.data, m.extID, w.st.ops
		case m.delta:
			w.visit.Base, w.visit.BaseID, w.visit.Ops = base.data, f.id(f.parent[node]), w.st.ops
		}
		var known *S
		if m.delta && m.ext == nil {
			known = baseState
		}
		if state, ok := w.handOut(known); ok && len(fr.kids) > 0 {
			kept := state // so that those without deltas need no memory
			fr.state = &kept
		}
	}
	if len(fr.kids) == 0 {
		w.buffers.release(m.buf)
		return
	}
	w.stack = append(w.stack, fr)
}

// handOut calls the visitor with w.visit. It returns false when there is no
// state: the visitor was not called, or failed.
func (w *worker[S]) handOut(base *S) (state S, ok bool) {
	if w.options.Verify && w.store.format.Sum(w.visit.Type, w.visit.Data) != w.visit.ID {
		w.problem(&Error{Kind: ErrHash, ID: w.visit.ID})
		return state, false
	}
	state, err := w.visitor(&w.visit, base)
	if err != nil {
		w.fail(err)
	}
	return state, err == nil
}

// share gives a tree away: of the frame nearest to the root with deltas to
// spare the one with most below it. The top frame keeps one for this worker.
func (w *worker[S]) share() {
	for i := range w.stack {
		fr := &w.stack[i]
		spare := len(fr.kids)
		if i == len(w.stack)-1 {
			spare--
		}
		if spare < 1 || fr.gone {
			continue
		}
		last := len(fr.kids) - 1
		t := task[S]{f: fr.f, node: fr.kids[last], base: fr.buf, state: fr.state}
		fr.kids = fr.kids[:last]
		if fr.f.cut(t.node, fr.node) {
			return
		}
		if t.base != nil {
			t.base.refs.Add(1)
		}
		w.give(t)
		return
	}
}

// evict gives up the bytes of a base that is needed later only. It returns false
// when there is none.
func (w *worker[S]) evict() bool {
	for i := range min(w.pinned, len(w.stack)) {
		if fr := &w.stack[i]; fr.buf != nil && fr.buf.refs.Load() == 1 {
			w.buffers.drop(fr.buf)
			fr.buf = nil
			return true
		}
	}
	return false
}

// rebuild makes the bytes of an entry again, from the nearest base that is still
// there. It returns nil when that fails.
func (w *worker[S]) rebuild(f *forest, node int32) *buffer {
	w.rebuilt.Add(1)
	var chain []int32
	var base *buffer
	for at := node; ; at = f.parent[at] {
		if base = w.held(f, at); base != nil {
			break
		}
		chain = append(chain, at)
		if f.parent[at] < 0 {
			break
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		if w.made.Load() > w.options.MaxTotal {
			w.buffers.release(base)
			return nil // enter ends the walk
		}
		m := w.make(f, chain[i], base)
		w.buffers.release(m.ext)
		w.buffers.release(base)
		base = m.buf
	}
	return base
}

// held returns the buffer of an entry whose frame has it, held once more.
func (w *worker[S]) held(f *forest, node int32) *buffer {
	for i := range w.stack {
		if fr := &w.stack[i]; fr.f == f && fr.node == node && fr.buf != nil {
			fr.buf.refs.Add(1)
			return fr.buf
		}
	}
	return nil
}

// looseObject hands out a loose object.
func (w *worker[S]) looseObject(o looseObject) {
	var data []byte
	var t Type
	problem := w.guarded(func() *Error {
		if w.options.Types != 0 {
			path := loosePath(w.store.objects[o.dir], o.id)
			if found, _, _, e := w.store.readLoose(path, nil, w.st, true); e == nil && !w.options.Types.has(found) {
				return nil
			}
		}
		var e *Error
		t, data, e = w.store.read(o.id, nil, w.scratch, w.st, 0)
		return e
	})
	w.single(o.id, t, data, problem)
	if cap(data) > cap(w.scratch) {
		w.scratch = data
	}
}

// badEntry looks for another copy of an object that its pack's index misplaces.
func (w *worker[S]) badEntry(b badEntry) {
	id := b.p.id(b.place)
	t, data, problem := w.elsewhere(id, b.p)
	if problem != nil {
		problem = &Error{Kind: ErrIndex, File: b.p.idxf.path, Err: errOffset}
	}
	w.single(id, t, data, problem)
}

// single hands out an object that no other is made from. t is 0 when it is not
// of a type to be handed out.
func (w *worker[S]) single(id ID, t Type, data []byte, problem *Error) {
	if problem != nil {
		w.problem(problem.withID(id))
		return
	}
	if t == 0 || !w.options.Types.has(t) {
		return
	}
	w.made.Add(int64(len(data)))
	w.visit = Visit{ID: id, Type: t, Data: data}
	w.handOut(nil)
}

// guarded runs a reader; a fault in a mapped file is its error.
func (w *worker[S]) guarded(read func() *Error) (problem *Error) {
	defer func() {
		if err := asFault(recover()); err != nil {
			problem = err
		}
	}()
	return read()
}
