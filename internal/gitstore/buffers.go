package gitstore

import (
	"math/bits"
	"sync/atomic"
)

// A buffer holds the bytes of an object while deltas against it are visited,
// perhaps by several workers.
type buffer struct {
	data []byte // of the object
	all  []byte
	typ  Type
	refs atomic.Int32
}

// A budget is the memory that the buffers of all workers take together.
type budget struct {
	limit int64
	used  atomic.Int64
}

// buffers is one worker's store of buffers that are free to be used again.
type buffers struct {
	budget *budget
	free   [classes][]*buffer
}

const (
	minBuffer = 1 << 9
	classes   = 128 // four for each power of two up to 2^41
)

// class rounds a size up to the next of four steps between powers of two.
func class(n int) (int, int) {
	n = max(n, minBuffer)
	shift := bits.Len(uint(n-1)) - 3
	step := 1 << shift
	size := (n + step - 1) &^ (step - 1)
	return ((bits.Len(uint(size-1))-10)*4 + (size-1)>>shift&3) & (classes - 1), size
}

// get returns a buffer for n bytes, held once. evict is asked to give up
// buffers while the budget is passed; the buffer is made all the same when it
// has none left.
func (b *buffers) get(n int, evict func() bool) *buffer {
	c, size := class(n)
	if list := b.free[c]; len(list) > 0 {
		buf := list[len(list)-1]
		if cap(buf.all) >= n {
			b.free[c] = list[:len(list)-1]
			buf.data = buf.all[:n]
			buf.refs.Store(1)
			return buf
		}
	}
	if b.budget.used.Load()+int64(size) > b.budget.limit {
		b.trim()
		for b.budget.used.Load()+int64(size) > b.budget.limit && evict() {
		}
	}
	b.budget.used.Add(int64(size))
	buf := &buffer{all: make([]byte, size)}
	buf.data = buf.all[:n]
	buf.refs.Store(1)
	return buf
}

// adopt makes a buffer of bytes that were made elsewhere.
func (b *buffers) adopt(data []byte, typ Type) *buffer {
	b.budget.used.Add(int64(cap(data)))
	buf := &buffer{data: data, all: data[:cap(data)], typ: typ}
	buf.refs.Store(1)
	return buf
}

// release gives up one hold. Buffers that nobody holds are kept for the next
// objects, as long as the budget is not passed.
func (b *buffers) release(buf *buffer) {
	if buf == nil || buf.refs.Add(-1) > 0 {
		return
	}
	c, size := class(len(buf.all))
	if size != len(buf.all) || b.budget.used.Load() > b.budget.limit {
		b.drop(buf)
		return
	}
	buf.data = nil
	b.free[c] = append(b.free[c], buf)
}

// drop gives up the only hold, and the memory.
func (b *buffers) drop(buf *buffer) {
	buf.refs.Store(0)
	b.budget.used.Add(-int64(len(buf.all)))
}

// trim drops the free buffers.
func (b *buffers) trim() {
	for c, list := range b.free {
		for i, buf := range list {
			b.budget.used.Add(-int64(len(buf.all)))
			list[i] = nil
		}
		b.free[c] = list[:0]
	}
}
