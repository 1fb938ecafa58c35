package history

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// A candidate is a blob that may hold secrets, depending on its path.
type candidate struct {
	id         gitstore.ID
	inspection *secrets.Inspection
	// text is nil when there was no room to keep it; it is then read and
	// inspected again.
	text []byte
}

// maxKept bounds the bytes of texts that are kept until their findings are told.
const maxKept = 32 << 20

// Kinds of blobs, by what is in them whatever their paths are.
const (
	holdsNothing = iota
	isBinaryBlob
	holdsSomething
	kinds
)

// A sifting is one walk over blobs.
type sifting struct {
	detector *secrets.Detector
	// edits says that edited blobs are looked at where they were edited.
	// Tests turn it off.
	edits    bool
	progress *progress
	// record says which blobs need not be looked at again.
	record *record

	kept atomic.Int64 // bytes

	mu         sync.Mutex
	candidates []candidate
	// found are the blobs of each kind, those that the record knows among them.
	found [kinds][]gitstore.ID
}

// A sifted says what is known of a blob when its deltas come.
type sifted struct {
	traces secrets.Traces
	// looked is false when the blob was passed over, so that its traces say
	// nothing.
	looked bool
}

// walk looks at the blobs that are wanted, and returns those that may hold
// something, ordered by ID.
func (s *sifting) walk(ctx context.Context, store *gitstore.Store, o gitstore.WalkOptions) ([]candidate, error) {
	o.Types, o.Start = gitstore.TypesOf(gitstore.TypeBlob), s.progress.start
	problem, want := o.Problem, o.Want
	o.Problem = func(e *gitstore.Error) {
		problem(e)
		if !e.ID.IsZero() {
			s.progress.step()
		}
	}
	o.Want = func(id gitstore.ID, t gitstore.Type) bool {
		return (want == nil || want(id, t)) && !s.knows(id)
	}
	var workers []*sifter
	err := gitstore.Walk(ctx, store, o, func(int) gitstore.Visitor[sifted] {
		w := &sifter{sifting: s, sieve: s.detector.NewSieve()}
		workers = append(workers, w)
		return w.visit
	})
	if err != nil {
		return nil, err
	}
	for _, w := range workers {
		for kind, ids := range w.found {
			s.found[kind] = append(s.found[kind], ids...)
		}
	}
	slices.SortFunc(s.candidates, func(a, b candidate) int { return a.id.Compare(b.id) })
	return s.candidates, nil
}

// knows tells whether the record says what is in a blob, and takes it from there.
func (s *sifting) knows(id gitstore.ID) bool {
	kind, ok := s.record.kind(id)
	if ok {
		s.found[kind] = append(s.found[kind], id)
	}
	if ok && kind == holdsSomething {
		s.candidates = append(s.candidates, candidate{id: id})
	}
	return ok
}

// A sifter is one worker of a sifting.
type sifter struct {
	*sifting
	sieve *secrets.Sieve
	ops   []secrets.Op
	found [kinds][]gitstore.ID
}

func (w *sifter) visit(v *gitstore.Visit, base *sifted) (sifted, error) {
	w.progress.step()
	if isBinary(v.Data) {
		w.found[isBinaryBlob] = append(w.found[isBinaryBlob], v.ID)
		return sifted{}, nil
	}
	out := sifted{traces: w.traces(v, base), looked: true}
	kind := holdsNothing
	if !out.traces.None() && w.inspect(v) {
		kind = holdsSomething
	}
	w.found[kind] = append(w.found[kind], v.ID)
	return out, nil
}

func (w *sifter) traces(v *gitstore.Visit, base *sifted) secrets.Traces {
	if !w.edits || base == nil || !base.looked {
		return w.sieve.Text(v.Data)
	}
	w.ops = w.ops[:0]
	for _, op := range v.Ops {
		w.ops = append(w.ops, secrets.Op(op))
	}
	return w.sieve.Edited(v.Data, base.traces, w.ops)
}

// inspect looks at a blob whole, and tells whether it may hold something.
func (w *sifter) inspect(v *gitstore.Visit) bool {
	c := candidate{id: v.ID}
	if size := int64(len(v.Data)); w.kept.Add(size) <= maxKept {
		c.text = bytes.Clone(v.Data)
		c.inspection = w.detector.Inspect(c.text)
		if c.inspection.None() {
			w.kept.Add(-size)
			return false
		}
	} else {
		w.kept.Add(-size)
		if w.detector.Inspect(v.Data).None() {
			return false
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.candidates = append(w.candidates, c)
	return true
}

// binaryHead is how many bytes git looks at to tell whether a file is binary:
// https://git-scm.com/docs/gitattributes#_marking_files_as_binary
const binaryHead = 8000

// isBinary tells that git shows no lines of a text, and that it is no UTF-16
// either, whose bytes git does not understand.
func isBinary(data []byte) bool {
	if bytes.HasPrefix(data, []byte{0xfe, 0xff}) || bytes.HasPrefix(data, []byte{0xff, 0xfe}) {
		return false
	}
	return bytes.IndexByte(data[:min(len(data), binaryHead)], 0) >= 0
}
