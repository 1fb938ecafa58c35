package history

import "sync/atomic"

// An arena is a row of elements that several goroutines extend. An element stays
// where it is, and may be read by whoever was told its number.
type arena[T any] struct {
	blocks [1 << 16]*[arenaBlock]T
	next   atomic.Uint32
}

const arenaBlock = 1 << 12

// A pen is a goroutine's own way to extend an arena.
type pen[T any] struct {
	arena *arena[T]
	block uint32
	used  int
}

func (a *arena[T]) pen() *pen[T] { return &pen[T]{arena: a, used: arenaBlock} }

// at returns the elements n to n+count, which were written together.
func (a *arena[T]) at(n, count uint32) []T {
	start := n % arenaBlock
	return a.blocks[n/arenaBlock][start : start+count : start+count]
}

// alloc returns room for count elements, at most arenaBlock, and the number of the
// first. ok is false when the arena is full.
func (p *pen[T]) alloc(count int) (n uint32, room []T, ok bool) {
	if p.used+count > arenaBlock {
		block := p.arena.next.Add(1) - 1
		if int(block) >= len(p.arena.blocks) {
			p.arena.next.Add(^uint32(0))
			return 0, nil, false
		}
		p.arena.blocks[block] = new([arenaBlock]T)
		p.block, p.used = block, 0
	}
	start := p.used
	p.used += count
	return p.block*arenaBlock + uint32(start), p.arena.blocks[p.block][start : start+count : start+count], true
}
