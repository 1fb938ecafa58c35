package history

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"github.com/envtight/envtight/internal/gitstore"
)

// An idTable numbers objects, from 0, in the order in which they are mentioned. It
// takes the bytes of the names and four to eight more for each.
type idTable struct {
	size  int // of a name
	ids   []byte
	slots []uint32 // numbers + 1; a power of two of them
	shift uint
	// factor spreads names over slots, differently in each run: names can be
	// chosen so that they would all want one slot.
	factor uint64
}

func newIDTable(size int) *idTable {
	return &idTable{size: size, slots: make([]uint32, 1<<10), shift: 64 - 10, factor: rand.Uint64() | 1}
}

// reserve makes room for n objects.
func (t *idTable) reserve(n int) {
	t.ids = slices.Grow(t.ids, n*t.size)
	for 2*n > len(t.slots) {
		t.grow()
	}
}

func (t *idTable) count() int { return len(t.ids) / t.size }

func (t *idTable) bytes(n uint32) []byte { return t.ids[int(n)*t.size : int(n+1)*t.size] }

func (t *idTable) id(n uint32) gitstore.ID {
	id, _ := gitstore.IDFrom(t.bytes(n)) // it has the right length
	return id
}

// slot returns where a name is, or where it would be.
func (t *idTable) slot(id []byte) int {
	at := int(binary.LittleEndian.Uint64(id) * t.factor >> t.shift)
	for t.slots[at] != 0 && !bytes.Equal(t.bytes(t.slots[at]-1), id) {
		at = (at + 1) & (len(t.slots) - 1)
	}
	return at
}

func (t *idTable) find(id []byte) (uint32, bool) {
	n := t.slots[t.slot(id)]
	return n - 1, n != 0
}

// number returns the number of a name, a new one if it is not known.
func (t *idTable) number(id []byte) uint32 {
	at := t.slot(id)
	if n := t.slots[at]; n != 0 {
		return n - 1
	}
	n := uint32(t.count())
	t.ids = append(t.ids, id...)
	t.slots[at] = n + 1
	if 2*t.count() > len(t.slots) {
		t.grow()
	}
	return n
}

func (t *idTable) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	t.shift--
	for n := range uint32(t.count()) {
		t.slots[t.slot(t.bytes(n))] = n + 1
	}
}

// A nameTable numbers the names in trees.
type nameTable struct {
	numbers map[string]uint32
	names   []string
}

func (t *nameTable) number(name []byte) uint32 {
	n, ok := t.numbers[string(name)]
	if !ok {
		n = uint32(len(t.names))
		t.names = append(t.names, string(name))
		t.numbers[t.names[n]] = n
	}
	return n
}
