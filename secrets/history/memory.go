package history

import (
	"crypto/sha256"
	"encoding/binary"
	"io"

	"github.com/envtight/envtight/internal/gitstore"
)

// A memory is the record of a run's own key.
type memory struct {
	shelf  *shelf // nil when nothing is remembered
	key    recordKey
	idSize int
	record *record
	frozen bool // nothing is kept
}

// remember reads what earlier runs have left.
func (r *run) remember() *memory {
	m := &memory{idSize: r.store.Format().Size(), frozen: r.options.Objects != ""}
	if r.options.NoRecord || r.detector.SeeksLive() {
		m.record = newRecord(m.idSize)
		return m
	}
	m.shelf, m.key = newShelf(r.store), r.recordKey()
	m.record = m.shelf.load(m.key, m.idSize)
	return m
}

// recordKey is made of all that decides what is found in a blob.
func (r *run) recordKey() recordKey {
	h := sha256.New() // writing to it never fails
	sum := r.detector.Sum()
	_, _ = h.Write(sum[:])
	_ = binary.Write(h, binary.LittleEndian, r.options.MaxBlob)
	_, _ = io.WriteString(h, r.options.Version)
	return recordKey(h.Sum(nil))
}

// facts are what the last run found, if the refs were what they are now. It
// returns nil when that is not known.
func (m *memory) facts(sel *selection, store *gitstore.Store) *facts {
	if !sel.whole || len(m.record.facts) == 0 {
		return nil
	}
	f, ok := decodeFacts(m.record.facts)
	state, known := sel.stateOf(store)
	if !ok || !known || f.state != state {
		return nil
	}
	return f
}

// keep leaves what was found for later runs, if it is not what they know already.
// found are all blobs that the run was about, so that those which are gone from
// the repository are forgotten. f may be nil.
func (m *memory) keep(found [kinds][]gitstore.ID, f *facts) {
	if m.shelf == nil || m.frozen {
		return
	}
	next := &record{}
	for kind, ids := range found {
		next.blobs[kind] = newIDSet(m.idSize, ids)
	}
	if f != nil {
		next.facts = f.encode()
	}
	m.shelf.store(m.key, next)
}
