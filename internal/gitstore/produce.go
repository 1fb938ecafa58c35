package gitstore

// made is what became of an entry.
type made struct {
	buf *buffer // its object, held once; nil when it cannot be had
	// delta tells that buf was made from the base by the ops in the state;
	// otherwise it is whole or comes from elsewhere.
	delta bool
	// ext is the base when it is no entry of the pack, held once.
	ext     *buffer
	extID   ID
	problem *Error
}

// maxElsewhere bounds how often a walk looks for another copy of a damaged
// object, so that a pack made for it cannot make that take forever.
const maxElsewhere = 10_000

// make makes an object from its entry and, if that is damaged, from another copy
// of it.
func (w *worker[S]) make(f *forest, node int32, base *buffer) made {
	var m made
	m.problem = w.guarded(func() *Error { return w.produce(f, node, base, &m) })
	if m.problem != nil {
		w.buffers.release(m.buf)
		m.buf, m.delta = nil, false
		if t, data, problem := w.elsewhere(f.id(node), f.p); problem == nil {
			m.buf, m.problem = w.buffers.adopt(data, t), nil
		}
	}
	if m.buf != nil {
		w.made.Add(int64(len(m.buf.data)))
	}
	return m
}

// elsewhere looks for a copy of an object outside a pack.
func (w *worker[S]) elsewhere(id ID, not *pack) (t Type, data []byte, problem *Error) {
	if w.repairs.Add(1) > maxElsewhere {
		return 0, nil, &Error{Kind: ErrMissing}
	}
	problem = w.guarded(func() *Error {
		var e *Error
		t, data, e = w.store.read(id, not, nil, w.st, 0)
		return e
	})
	return t, data, problem
}

// produce reads the entry and fills m, perhaps in part when it fails.
func (w *worker[S]) produce(f *forest, node int32, base *buffer, m *made) *Error {
	off, next := f.offset(node), f.next(node)
	defer f.p.file.passed(next - off)
	e, problem := f.p.entryAt(off, &w.st.header)
	if problem != nil {
		return problem
	}
	if !e.isDelta() {
		if problem := w.store.checkSize(f.p, off, &e); problem != nil {
			return problem
		}
		src, problem := f.p.stream(off, &e, next, w.st)
		if problem != nil {
			return problem
		}
		m.buf = w.buffers.get(int(e.size), w.evict)
		m.buf.typ = e.typ
		return f.p.inflate(off, m.buf.data, src, w.st)
	}
	if f.parent[node] == external {
		m.extID = w.store.format.id(e.ref)
		t, data, problem := w.store.read(m.extID, nil, nil, w.st, 0)
		if problem != nil {
			return &Error{Kind: ErrBase, File: f.p.path, Offset: off, Err: problem.withID(m.extID)}
		}
		m.ext = w.buffers.adopt(data, t)
		base = m.ext
	}
	if base == nil {
		kind := ErrBase
		if f.parent[node] == lost && e.typ == typeRef {
			kind = ErrCycle
		}
		return &Error{Kind: kind, File: f.p.path, Offset: off}
	}
	instructions, size, problem := w.store.readDelta(f.p, off, &e, next, len(base.data), w.st)
	if problem != nil {
		return problem
	}
	m.buf = w.buffers.get(size, w.evict)
	m.buf.typ = base.typ
	var err error
	if w.st.ops, err = applyDelta(m.buf.data, base.data, instructions, w.st.ops[:0]); err != nil {
		return &Error{Kind: ErrDelta, File: f.p.path, Offset: off, Err: err}
	}
	m.delta = true
	return nil
}
