package gitstore

import (
	"slices"
)

// A forest is the entries of a pack, in the order in which they lie in it, each
// with the entries that are deltas against it. Trees in it are delta families:
// their members have the type of the root.
type forest struct {
	p     *pack
	table *offsetTable

	parent []int32 // of each entry: its base, or one of the values below
	kids   []int32 // the deltas of entry i are kids[first[i]:first[i+1]]
	first  []int32
	types  []Type   // 0 when the root's type is not known
	hand   []bool   // entries to be handed out
	need   []uint32 // how many entries to be handed out are in the tree below and at i
	roots  []int32  // that need to be visited
}

// Values of forest.parent.
const (
	whole    = -1 // no delta
	external = -2 // a delta against an object that is not in this pack
	lost     = -3 // damaged, or the first of a circle
)

// A want says what a walk hands out. It is asked once for an object.
type want struct {
	types Types
	only  func(ID, Type) bool
	// taken are places of the index whose object another pack hands out.
	taken []bool
}

func newForest(s *Store, p *pack, w want, st *state) *forest {
	n := len(p.offsets().places)
	f := &forest{
		p: p, table: p.offsets(),
		parent: make([]int32, n), first: make([]int32, n+1), kids: make([]int32, n),
		types: make([]Type, n), hand: make([]bool, n), need: make([]uint32, n),
	}
	f.readHeaders(st)
	f.linkKids()
	f.plan(s, w, st)
	return f
}

func (f *forest) offset(i int32) int64 { return f.table.offsets[i] }
func (f *forest) next(i int32) int64   { return f.table.offsets[i+1] }
func (f *forest) id(i int32) ID        { return f.p.id(int(f.table.places[i])) }

// readHeaders finds the base of each entry.
func (f *forest) readHeaders(st *state) {
	for i := range f.parent {
		e, problem := f.p.entryAt(f.table.offsets[i], &st.header)
		f.p.file.passed(f.table.offsets[i+1] - f.table.offsets[i])
		f.parent[i] = lost
		if problem != nil || e.data > f.table.offsets[i+1] {
			continue
		}
		switch e.typ {
		case typeOffset:
			if base, ok := f.table.near(e.base, i); ok {
				f.parent[i] = int32(base)
			}
		case typeRef:
			f.parent[i] = f.refBase(e.ref)
		default:
			f.parent[i], f.types[i] = whole, e.typ
		}
	}
}

func (f *forest) refBase(id []byte) int32 {
	place, ok := f.p.idx.find(id)
	if !ok {
		return external
	}
	base, ok := f.table.at(f.p.idx.offset(place))
	if !ok {
		return lost
	}
	return int32(base)
}

func (f *forest) linkKids() {
	for _, base := range f.parent {
		if base >= 0 {
			f.first[base+1]++
		}
	}
	for i := 1; i < len(f.first); i++ {
		f.first[i] += f.first[i-1]
	}
	// first[i] moves to the end of i's kids while they are put in, which is
	// where first[i+1] has to be.
	for i, base := range f.parent {
		if base >= 0 {
			f.kids[f.first[base]] = int32(i)
			f.first[base]++
		}
	}
	copy(f.first[1:], f.first)
	if len(f.first) > 0 {
		f.first[0] = 0
	}
}

// plan decides what is handed out and counts it for each tree.
func (f *forest) plan(s *Store, w want, st *state) {
	n := len(f.parent)
	order := make([]int32, 0, n) // bases before their deltas
	reached := make([]bool, n)
	grow := func(root int32) {
		at := len(order)
		order = append(order, root)
		reached[root] = true
		for ; at < len(order); at++ {
			base := order[at]
			for _, kid := range f.kids[f.first[base]:f.first[base+1]] {
				if f.parent[kid] == base {
					f.types[kid] = f.types[base]
					reached[kid] = true
					order = append(order, kid)
				}
			}
		}
	}
	for i := range f.parent {
		if f.parent[i] < 0 {
			if f.parent[i] == external {
				f.types[i] = f.externalType(s, int32(i), st)
			}
			grow(int32(i))
		}
	}
	// What is left hangs on circles. Cutting one makes a tree of it, whose
	// root has no base.
	for i := range f.parent {
		if !reached[i] {
			at := f.onCircle(int32(i))
			f.parent[at] = lost
			grow(at)
		}
	}
	for i := range f.hand {
		place := int(f.table.places[i])
		t := f.types[i]
		f.hand[i] = (t == 0 || w.types.has(t)) && !w.taken[place] && (w.only == nil || w.only(f.p.id(place), t))
	}
	for _, i := range slices.Backward(order) {
		if f.hand[i] {
			f.need[i]++
		}
		switch base := f.parent[i]; {
		case base >= 0:
			f.need[base] += f.need[i]
		case f.need[i] > 0:
			f.roots = append(f.roots, i)
		}
	}
	slices.Reverse(f.roots)
	f.lightFirst()
}

// onCircle follows bases from i until one comes again.
func (f *forest) onCircle(i int32) int32 {
	slow, fast := i, i
	for {
		slow, fast = f.parent[slow], f.parent[f.parent[fast]]
		if slow == fast {
			return slow
		}
	}
}

// lightFirst orders the kids of each entry by the size of their trees. The
// largest is visited last, when the base's bytes are needed no more: then a
// walk holds at most log2(n) bases at once.
func (f *forest) lightFirst() {
	for i := range f.parent {
		if kids := f.kids[f.first[i]:f.first[i+1]]; len(kids) > 1 {
			slices.SortFunc(kids, func(a, b int32) int {
				if f.need[a] != f.need[b] {
					return int(int64(f.need[a]) - int64(f.need[b]))
				}
				return int(a - b)
			})
		}
	}
}

// externalBase is the ID of the base of an entry that has it elsewhere.
func (f *forest) externalBase(i int32, st *state) ID {
	e, problem := f.p.entryAt(f.offset(i), &st.header)
	if problem != nil || e.typ != typeRef {
		return ID{}
	}
	return f.p.store.format.id(e.ref)
}

func (f *forest) externalType(s *Store, i int32, st *state) Type {
	t, _, problem := s.stat(f.externalBase(i, st), st, 0)
	if problem != nil {
		return 0
	}
	return t
}

// kidsToVisit returns the deltas of an entry with something to hand out, the
// one with most last.
func (f *forest) kidsToVisit(i int32) []int32 {
	kids := f.kids[f.first[i]:f.first[i+1]]
	for len(kids) > 0 && f.need[kids[0]] == 0 {
		kids = kids[1:]
	}
	return kids
}

// cut tells that a kid is the first of a circle and is visited as a root.
func (f *forest) cut(kid, base int32) bool { return f.parent[kid] != base }
