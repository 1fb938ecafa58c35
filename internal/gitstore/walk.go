package gitstore

import (
	"bytes"
	"container/heap"
	"context"
	"os"
	"runtime"
	"slices"
	"sync"
)

// WalkOptions say what Walk hands out. The zero value hands out every object,
// on all processors.
type WalkOptions struct {
	// Types are the types that are handed out; the zero value means all.
	Types Types
	// Want, when it is there, is asked once for each object, from one
	// goroutine, before anything is decompressed. The type is 0 when damage
	// hides it. What nothing wanted is a delta against is never read.
	Want func(ID, Type) bool
	// Start, when it is there, is told how many objects will be handed out or
	// named as problems, before the first is.
	Start func(objects int)
	// Problem is told what cannot be read: once for each object that should
	// have been handed out, and for each pack or directory that cannot be
	// opened. Calls do not overlap. When it is nil, the first problem ends
	// the walk and is its error. Problems of the store are not repeated.
	Problem func(*Error)
	// Workers is how many goroutines there are; as many as there are
	// processors when it is 0.
	Workers int
	// Memory bounds, in bytes, what bases and results take together; 64 MiB
	// when it is 0. It is passed when one object and its base need more.
	Memory int64
	// MaxTotal bounds the bytes of all objects that are made, with those that
	// are made again for want of memory; beyond it, the walk ends with
	// [ErrTooMuch]. When it is 0, they may be 2,000 times what the packs have,
	// and 16 GiB more.
	MaxTotal int64
	// Verify computes the name of every object that is handed out.
	Verify bool
}

const defaultMemory = 64 << 20

// A Visit is an object that is handed out. Its slices hold until the visitor
// returns and must not be changed.
type Visit struct {
	ID   ID
	Type Type
	// Data are the object's bytes.
	Data []byte
	// Base is the object that Data was made from by Ops, when the pack has it
	// as a delta; nil and zero otherwise. Ops cover Data from its start to its
	// end.
	Base   []byte
	BaseID ID
	Ops    []Op
}

// Visitor is called for each object by one worker. base is what the visitor,
// perhaps of another worker, returned for v.BaseID in this walk; nil when that
// was not handed out. What it returns may be given to several workers at once
// and must not be changed any more. An error ends the walk.
type Visitor[S any] func(v *Visit, base *S) (S, error)

// Walk hands out the objects of a store: each once, however many places it is
// in, and bases before their deltas. Every worker has a visitor of its own, made
// by newVisitor in the caller's goroutine; beyond that there is no order.
//
// The deltas of one base are divided among workers when some have nothing to
// do, so that one large family keeps all of them busy.
//
// The error is the visitor's, the context's, or the first problem when nobody
// takes problems; all workers have ended when Walk returns.
func Walk[S any](ctx context.Context, s *Store, o WalkOptions, newVisitor func(worker int) Visitor[S]) error {
	if s.closed.Load() {
		return os.ErrClosed
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	if o.MaxTotal <= 0 {
		o.MaxTotal = 2000*s.PackBytes() + 16<<30
	}
	w := newWalk[S](s, o)
	stop := context.AfterFunc(ctx, func() { w.fail(ctx.Err()) })
	defer stop()
	if err := w.prepare(); err != nil {
		return err
	}
	var group sync.WaitGroup
	for i := range o.Workers {
		worker := w.newWorker(newVisitor(i))
		group.Go(worker.run)
	}
	group.Wait()
	return w.end()
}

// A source is what the walk takes from a place: a pack, with what it is to hand
// out.
type source struct {
	p     *pack
	taken []bool
}

// prepare lays out the work: a forest for each pack, and the loose objects.
func (w *walk[S]) prepare() (err error) {
	defer guard(armFaults(), &err)
	st := w.store.states.get()
	defer w.store.states.put(st)
	sources := w.openPacks()
	markTaken(sources)
	total := 0
	for _, src := range sources {
		if w.stopped.Load() {
			return w.end()
		}
		f := newForest(w.store, src.p, want{w.options.Types, w.options.Want, src.taken}, st)
		w.forests = append(w.forests, f)
		w.starts = append(w.starts, w.roots)
		w.roots += int64(len(f.roots))
		for _, root := range f.roots {
			total += int(f.need[root])
		}
		total += w.planBad(f, src.taken)
	}
	w.planLoose(sources)
	total += len(w.loose)
	if w.options.Start != nil {
		w.options.Start(total)
	}
	return nil
}

// openPacks opens packs and looks at their indexes as a whole. What cannot be
// used is a problem, and the objects in it are not known.
func (w *walk[S]) openPacks() []*source {
	var out []*source
	for _, p := range w.store.packs {
		problem := p.open()
		if problem == nil {
			if err := p.idx.checkOrder(); err != nil {
				problem = &Error{Kind: ErrIndex, File: p.idxf.path, Err: err}
			}
		}
		if problem != nil {
			w.problem(problem)
			continue
		}
		out = append(out, &source{p: p, taken: make([]bool, p.idx.count)})
	}
	return out
}

// planBad puts entries that have no place of their own in the pack with the
// objects that may be found elsewhere.
func (w *walk[S]) planBad(f *forest, taken []bool) int {
	n := 0
	for _, place := range f.table.bad {
		id := f.p.id(int(place))
		if taken[place] || w.options.Want != nil && !w.options.Want(id, 0) {
			continue
		}
		w.bad = append(w.bad, badEntry{f.p, int(place)})
		n++
	}
	return n
}

type badEntry struct {
	p     *pack
	place int
}

// planLoose lists the loose objects that no pack has. Their types are not known
// yet, so they are asked for when they have been read.
func (w *walk[S]) planLoose(sources []*source) {
	var all []looseObject
	for dir := range w.store.objects {
		all = append(all, w.store.looseObjects(dir, w.problem)...)
	}
	slices.SortStableFunc(all, func(a, b looseObject) int { return a.id.Compare(b.id) })
	all = slices.CompactFunc(all, func(a, b looseObject) bool { return a.id == b.id })
	w.loose = slices.DeleteFunc(all, func(o looseObject) bool {
		for _, src := range sources {
			if _, ok := src.p.idx.find(o.id.bytes()); ok {
				return true
			}
		}
		return false
	})
	if w.options.Want == nil {
		return
	}
	w.loose = slices.DeleteFunc(w.loose, func(o looseObject) bool {
		t, _, err := w.store.Stat(o.id)
		return err == nil && !w.options.Types.has(t) || !w.options.Want(o.id, t)
	})
}

// markTaken finds objects that are in several packs or twice in one: the first
// pack hands them out. Indexes are in order, so that is a merge.
func markTaken(sources []*source) {
	if len(sources) == 1 {
		x, taken := sources[0].p.idx, sources[0].taken
		for i := 1; i < x.count; i++ {
			taken[i] = bytes.Equal(x.id(i-1), x.id(i))
		}
		return
	}
	h := make(mergeHeap, 0, len(sources))
	for order, src := range sources {
		if src.p.idx.count > 0 {
			h = append(h, mergeCursor{src: src, order: order})
		}
	}
	heap.Init(&h)
	var last []byte
	for len(h) > 0 {
		c := &h[0]
		id := c.src.p.idx.id(c.at)
		c.src.taken[c.at] = last != nil && bytes.Equal(last, id)
		last = id
		if c.at++; c.at == c.src.p.idx.count {
			heap.Pop(&h)
		} else {
			heap.Fix(&h, 0)
		}
	}
}

type mergeCursor struct {
	src   *source
	order int
	at    int
}

type mergeHeap []mergeCursor

func (h mergeHeap) Len() int { return len(h) }
func (h mergeHeap) Less(i, j int) bool {
	c := bytes.Compare(h[i].src.p.idx.id(h[i].at), h[j].src.p.idx.id(h[j].at))
	return c < 0 || c == 0 && h[i].order < h[j].order
}
func (h mergeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *mergeHeap) Push(x any)   { *h = append(*h, x.(mergeCursor)) }
func (h *mergeHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
