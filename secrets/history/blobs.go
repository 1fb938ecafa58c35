package history

import (
	"context"

	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// maxKept bounds the bytes of texts that are kept until their findings are told.
const maxKept = 8 << 20

// walkMemory bounds the bytes of bases that wait for their deltas. With more, none
// of the histories that were measured takes less time.
const walkMemory = 24 << 20

// Kinds of blobs, by what is in them whatever their paths are.
const (
	holdsNothing = iota
	isBinaryBlob
	holdsSomething
	kinds
)

// knowledge is what others found out about blobs.
type knowledge interface {
	// kind returns what is in a blob; false when that is not known.
	kind(id gitstore.ID) (kind int, ok bool)
}

// A sifting is one walk over blobs.
type sifting struct {
	detector *secrets.Detector
	// edits says that edited blobs are looked at where they were edited.
	// Tests turn it off.
	edits    bool
	progress *progress
	// known says which blobs need not be looked at again.
	known knowledge
	// places says at which paths blobs are judged at once; when it is nil, that
	// is left for later.
	places *catalogue
	judge  *judge

	// found are the blobs of each kind, those that are known among them.
	found [kinds][]gitstore.ID
}

// A sifted says what is known of a blob when its deltas come.
type sifted struct {
	traces secrets.Traces
	// looked is false when the blob was passed over, so that its traces say
	// nothing.
	looked bool
}

// walk looks at the blobs that are wanted.
func (s *sifting) walk(ctx context.Context, store *gitstore.Store, o gitstore.WalkOptions) error {
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
	for _, w := range workers {
		for kind, ids := range w.found {
			s.found[kind] = append(s.found[kind], ids...)
		}
	}
	return err
}

func (s *sifting) counts() (n [kinds]int) {
	for kind, ids := range s.found {
		n[kind] = len(ids)
	}
	return n
}

// knows tells whether it is known what is in a blob, and notes it.
func (s *sifting) knows(id gitstore.ID) bool {
	kind, ok := s.known.kind(id)
	if ok {
		s.found[kind] = append(s.found[kind], id)
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
	if secrets.IsBinary(v.Data) {
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
	inspection := w.detector.Inspect(v.Data)
	if inspection.None() {
		return false
	}
	if w.places != nil {
		w.judge.judge(w.places.versions(v.ID), v.Data, inspection)
	}
	return true
}
