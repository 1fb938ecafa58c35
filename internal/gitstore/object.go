package gitstore

import (
	"os"
	"sync"
)

// maxDepth bounds the chain of deltas of one object that is read by itself. git
// writes chains of at most 4095.
const maxDepth = 1 << 13

// maxRepairs bounds how often a damaged base may be replaced by a copy that is
// a delta against a damaged base itself.
const maxRepairs = 4

// A state is what reading an object needs beside its bytes. One belongs to one
// goroutine at a time.
type state struct {
	z      inflater
	header []byte // of an entry that is not mapped
	stream []byte // likewise, its compressed bytes
	delta  []byte
	ops    []Op
	chain  []link
}

// statePool keeps states between calls.
type statePool struct{ pool sync.Pool }

func (p *statePool) get() *state {
	if st, ok := p.pool.Get().(*state); ok {
		return st
	}
	return &state{}
}

// put gives a state back, without the buffers of an unusually large object.
func (p *statePool) put(st *state) {
	const large = 1 << 20
	for _, b := range []*[]byte{&st.stream, &st.delta} {
		if cap(*b) > large {
			*b = nil
		}
	}
	p.pool.Put(st)
}

// Object reads an object. Its bytes are appended to buf[:0], which may be nil;
// they are the caller's own. The error is an [Error]: [ErrMissing] when the
// object is in no place, [ErrTooLarge], or what is wrong with the last copy of
// it when all are damaged.
func (s *Store) Object(id ID, buf []byte) (t Type, data []byte, err error) {
	defer guard(armFaults(), &err)
	if s.closed.Load() {
		return 0, nil, os.ErrClosed
	}
	st := s.states.get()
	defer s.states.put(st)
	t, data, e := s.read(id, nil, buf, st, 0)
	if e != nil {
		return 0, nil, e.withID(id)
	}
	return t, data, nil
}

// Stat tells an object's type and size without reading it: of a delta, the
// headers of its chain. Errors are as those of Object, except that no object is
// too large.
func (s *Store) Stat(id ID) (t Type, size int64, err error) {
	defer guard(armFaults(), &err)
	if s.closed.Load() {
		return 0, 0, os.ErrClosed
	}
	st := s.states.get()
	defer s.states.put(st)
	t, size, e := s.stat(id, st, 0)
	if e != nil {
		return 0, 0, e.withID(id)
	}
	return t, size, nil
}

// Has tells whether there is an object of that name, whole or not.
func (s *Store) Has(id ID) (found bool) {
	var fault error // then it cannot be read, and is as good as missing
	defer guard(armFaults(), &fault)
	if s.closed.Load() || !s.validID(id) {
		return false
	}
	for _, p := range s.packs {
		if _, ok := p.idx.find(id.bytes()); ok && p.open() == nil {
			return true
		}
	}
	for _, dir := range s.objects {
		if _, err := os.Stat(loosePath(dir, id)); err == nil {
			return true
		}
	}
	return false
}

// copies tries all copies of an object until one is good, except those of the pack
// not. It returns what is wrong with the last bad one, or that there is none.
func (s *Store) copies(id ID, not *pack, packed func(p *pack, i int) *Error, loose func(path string) *Error) *Error {
	problem := &Error{Kind: ErrMissing}
	if !s.validID(id) {
		return problem
	}
	for _, p := range s.packs {
		if p == not {
			continue
		}
		i, ok := p.idx.find(id.bytes())
		if !ok {
			continue
		}
		err := p.open()
		if err == nil {
			err = packed(p, i)
		}
		if err == nil {
			return nil
		}
		problem = err
	}
	for _, dir := range s.objects {
		err := loose(loosePath(dir, id))
		if err == nil {
			return nil
		}
		if err.Kind != ErrMissing {
			problem = err
		}
	}
	copied := *problem // the one of a pack that cannot be opened is shared
	return &copied
}

// read looks for a good copy of an object in all places, except the pack not.
func (s *Store) read(id ID, not *pack, buf []byte, st *state, repairs int) (t Type, data []byte, err *Error) {
	err = s.copies(id, not, func(p *pack, i int) (err *Error) {
		t, data, err = s.readPacked(p, p.idx.offset(i), buf, st, repairs)
		return err
	}, func(path string) (err *Error) {
		t, _, data, err = s.readLoose(path, buf, st, false)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return t, data, nil
}

// A link is an entry of a chain of deltas.
type link struct {
	p   *pack
	off int64
	e   entry
}

// readPacked reads the entry at off: it follows the chain of bases down to an
// object that is whole or known, and applies the deltas on the way back.
func (s *Store) readPacked(p *pack, off int64, buf []byte, st *state, repairs int) (Type, []byte, *Error) {
	first := len(st.chain)
	defer func() { st.chain = st.chain[:first] }()
	t, base, problem := s.followChain(p, off, st)
	for len(st.chain) > first {
		last := st.chain[len(st.chain)-1]
		switch {
		case problem != nil:
		case last.e.isDelta():
			base, problem = s.applyLink(last, base, st)
		default:
			t = last.e.typ
			base, problem = s.readWhole(last, st)
		}
		st.chain = st.chain[:len(st.chain)-1]
		if problem == nil {
			s.cache.put(last.p, last.off, t, base)
			continue
		}
		if len(st.chain) == first {
			return 0, nil, problem // the caller looks for other copies
		}
		var ok bool
		if t, base, ok = s.repair(last, st, repairs); !ok {
			if problem.Kind != ErrDepth {
				problem = &Error{Kind: ErrBase, File: problem.File, Offset: problem.Offset, Err: problem}
			}
			return 0, nil, problem
		}
		problem = nil
	}
	return t, append(buf[:0], base...), nil
}

// followChain puts the entry at off and its bases on the chain, until one is
// whole (then it is the last) or known (then it is returned).
func (s *Store) followChain(p *pack, off int64, st *state) (Type, []byte, *Error) {
	first := len(st.chain)
	for {
		if t, data, ok := s.cache.get(p, off); ok {
			return t, data, nil
		}
		e, problem := p.entryAt(off, &st.header)
		st.chain = append(st.chain, link{p, off, e})
		if problem != nil || !e.isDelta() {
			return 0, nil, problem
		}
		if len(st.chain)-first > maxDepth {
			return 0, nil, &Error{Kind: ErrDepth, File: p.path, Offset: off}
		}
		if e.typ == typeOffset {
			off = e.base
			continue
		}
		at := off
		if p, off = s.locate(p, e.ref); p == nil {
			last := st.chain[len(st.chain)-1]
			// It may be loose, or in no place.
			t, _, data, problem := s.looseAny(s.format.id(last.e.ref), st)
			if problem != nil {
				problem = &Error{Kind: ErrBase, File: last.p.path, Offset: at, Err: problem}
			}
			return t, data, problem
		}
	}
}

// locate finds the entry of an object, in the pack first that asks for it.
func (s *Store) locate(p *pack, id []byte) (*pack, int64) {
	if i, ok := p.idx.find(id); ok {
		return p, p.idx.offset(i)
	}
	for _, other := range s.packs {
		if i, ok := other.idx.find(id); ok && other.open() == nil {
			return other, other.idx.offset(i)
		}
	}
	return nil, 0
}

func (s *Store) looseAny(id ID, st *state) (Type, int64, []byte, *Error) {
	problem := &Error{Kind: ErrMissing, ID: id}
	for _, dir := range s.objects {
		t, size, data, err := s.readLoose(loosePath(dir, id), nil, st, false)
		if err == nil {
			return t, size, data, nil
		}
		if err.Kind != ErrMissing {
			problem = err
		}
	}
	return 0, 0, nil, problem
}

// repair looks for another copy of the object of a link.
func (s *Store) repair(l link, st *state, repairs int) (Type, []byte, bool) {
	if repairs == maxRepairs {
		return 0, nil, false
	}
	table := l.p.offsets()
	i, ok := table.at(l.off)
	if !ok {
		return 0, nil, false
	}
	t, data, err := s.read(l.p.id(int(table.places[i])), l.p, nil, st, repairs+1)
	return t, data, err == nil
}

// readWhole reads an entry that is no delta into bytes of its own.
func (s *Store) readWhole(l link, st *state) ([]byte, *Error) {
	if problem := s.checkSize(l.p, l.off, &l.e); problem != nil {
		return nil, problem
	}
	src, problem := l.p.stream(l.off, &l.e, 0, st)
	if problem != nil {
		return nil, problem
	}
	data := make([]byte, l.e.size)
	return data, l.p.inflate(l.off, data, src, st)
}

// applyLink makes an object from its base.
func (s *Store) applyLink(l link, base []byte, st *state) ([]byte, *Error) {
	instructions, size, problem := s.readDelta(l.p, l.off, &l.e, 0, len(base), st)
	if problem != nil {
		return nil, problem
	}
	data := make([]byte, size)
	var err error
	if st.ops, err = applyDelta(data, base, instructions, st.ops[:0]); err != nil {
		return nil, &Error{Kind: ErrDelta, File: l.p.path, Offset: l.off, Err: err}
	}
	return data, nil
}

// checkSize refuses an entry that declares more than may be read.
func (s *Store) checkSize(p *pack, off int64, e *entry) *Error {
	if e.size > uint64(s.options.MaxObject) {
		return &Error{Kind: ErrTooLarge, File: p.path, Offset: off}
	}
	return nil
}

// stream returns the compressed bytes of an entry, and perhaps some that
// follow. next is where the next entry begins, or 0 when that is not known.
func (p *pack) stream(off int64, e *entry, next int64, st *state) ([]byte, *Error) {
	end := p.end
	if next > 0 {
		end = min(end, next)
	}
	if !plausible(e.size, end-e.data) {
		return nil, &Error{Kind: ErrStream, File: p.path, Offset: off, Err: errRatio}
	}
	if p.file.data == nil {
		// What does not compress grows by less than this.
		end = min(end, e.data+int64(e.size+e.size>>8)+1024)
	}
	src, err := p.file.bytes(e.data, end, &st.stream)
	if err != nil {
		return nil, &Error{Kind: ErrUnreadable, File: p.path, Offset: off, Err: err}
	}
	return src, nil
}

func (p *pack) inflate(off int64, dst, src []byte, st *state) *Error {
	if err := st.z.inflate(dst, src); err != nil {
		return &Error{Kind: ErrStream, File: p.path, Offset: off, Err: err}
	}
	return nil
}

// readDelta reads a delta for a base of a given size. It returns instructions
// that hold until st is used again, and the size of the result.
func (s *Store) readDelta(p *pack, off int64, e *entry, next int64, base int, st *state) ([]byte, int, *Error) {
	if problem := s.checkSize(p, off, e); problem != nil {
		return nil, 0, problem
	}
	src, problem := p.stream(off, e, next, st)
	if problem != nil {
		return nil, 0, problem
	}
	st.delta = grow(st.delta, int(e.size))
	if problem := p.inflate(off, st.delta, src, st); problem != nil {
		return nil, 0, problem
	}
	from, to, instructions, err := deltaSizes(st.delta)
	switch {
	case err == nil && from != uint64(base):
		err = errDeltaBase
		fallthrough
	case err != nil:
		return nil, 0, &Error{Kind: ErrDelta, File: p.path, Offset: off, Err: err}
	case to > uint64(s.options.MaxObject):
		return nil, 0, &Error{Kind: ErrTooLarge, File: p.path, Offset: off}
	case to > maxResult(len(instructions)):
		return nil, 0, &Error{Kind: ErrDelta, File: p.path, Offset: off, Err: errDeltaResult}
	}
	return instructions, int(to), nil
}

// maxResult bounds what instructions can make: two bytes copy up to 64 KiB when
// they name no size, four the most there is, 16 MiB.
func maxResult(instructions int) uint64 { return uint64(instructions) << 24 }

// stat is Stat for a state at hand; hops counts packs that were left for a base.
func (s *Store) stat(id ID, st *state, hops int) (t Type, size int64, err *Error) {
	if hops == maxRepairs {
		return 0, 0, &Error{Kind: ErrDepth}
	}
	err = s.copies(id, nil, func(p *pack, i int) (err *Error) {
		t, size, err = s.statPacked(p, p.idx.offset(i), st, hops)
		return err
	}, func(path string) (err *Error) {
		t, size, _, err = s.readLoose(path, nil, st, true)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return t, size, nil
}

func (s *Store) statPacked(p *pack, off int64, st *state, hops int) (Type, int64, *Error) {
	size := int64(-1)
	for range maxDepth {
		e, problem := p.entryAt(off, &st.header)
		if problem != nil {
			return 0, 0, problem
		}
		if size < 0 {
			if size, problem = p.resultSize(off, &e, st); problem != nil {
				return 0, 0, problem
			}
		}
		if !e.isDelta() {
			return e.typ, size, nil
		}
		if e.typ == typeOffset {
			off = e.base
			continue
		}
		i, ok := p.idx.find(e.ref)
		if !ok {
			at := off
			t, _, problem := s.stat(s.format.id(e.ref), st, hops+1)
			if problem != nil {
				problem = &Error{Kind: ErrBase, File: p.path, Offset: at, Err: problem}
			}
			return t, size, problem
		}
		off = p.idx.offset(i)
	}
	return 0, 0, &Error{Kind: ErrDepth, File: p.path, Offset: off}
}

// resultSize is the size of an entry's object: of a delta, its start says it.
func (p *pack) resultSize(off int64, e *entry, st *state) (int64, *Error) {
	if !e.isDelta() {
		return int64(e.size), nil
	}
	// Two sizes of at most nine bytes each; the compressed bytes of that many,
	// and of the tables before them.
	var head [18]byte
	src, err := p.file.bytes(e.data, min(p.end, e.data+4096), &st.stream)
	if err != nil {
		return 0, &Error{Kind: ErrUnreadable, File: p.path, Offset: off, Err: err}
	}
	n, err := st.z.prefix(head[:min(uint64(len(head)), e.size)], src)
	if err != nil {
		return 0, &Error{Kind: ErrStream, File: p.path, Offset: off, Err: err}
	}
	_, size, _, err := deltaSizes(head[:n])
	if err != nil || size > 1<<62 {
		return 0, &Error{Kind: ErrDelta, File: p.path, Offset: off, Err: err}
	}
	return int64(size), nil
}
