package history

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// A telling makes findings of appearances, in several workers at once.
type telling struct {
	*run

	all []*appearance
	// known is what an earlier run found out; nil when there was none.
	known   *facts
	changed atomic.Bool // what is known does not hold

	told []secrets.Finding
	// sights are those of the appearances, and exact says which of them are.
	sights []secrets.Sighting
	exact  []bool

	mu     sync.Mutex
	hidden map[gitstore.ID]secrets.Hidden
	size   int // spans in hidden
	masks  map[gitstore.ID]masks
}

// maxHidden is how many spans to hide are remembered.
const maxHidden = 1 << 20

// telling of facts gives the appearances their matches.
func (r *run) telling(all []*appearance, known *facts) *telling {
	return &telling{
		run: r, all: all, known: known, told: make([]secrets.Finding, len(all)),
		sights: make([]secrets.Sighting, len(all)), exact: make([]bool, len(all)), hidden: map[gitstore.ID]secrets.Hidden{},
		masks: map[gitstore.ID]masks{},
	}
}

// findings says what is found, and what is shown of it, in the order of the
// appearances; of the history nothing yet, but its commits are read. Each object is
// read once.
func (t *telling) findings(ctx context.Context) ([]secrets.Finding, error) {
	at := map[gitstore.ID][]int{}
	commits := map[gitstore.ID]bool{}
	for i, a := range t.all {
		at[a.blob] = append(at[a.blob], i)
		if len(a.added) > 0 {
			commits[a.added[0].commit] = true
		}
		if gone := a.gone(); !gone.IsZero() {
			commits[gone] = true
		}
		// What can be said when the text is gone.
		t.told[i] = secrets.Finding{Match: a.match, Location: a.location()}
	}
	err := t.judge.each(ctx, slices.Collect(maps.Keys(at)), func(blob gitstore.ID, text []byte) {
		if t.known == nil {
			t.tellText(blob, text, at[blob])
		} else if !t.tellAgain(blob, text, at[blob]) {
			t.changed.Store(true)
		}
	}, func(blob gitstore.ID, err error) {
		t.changed.Store(true)
		t.problems.err(blob, err)
	})
	if err != nil {
		return nil, err
	}
	err = t.judge.each(ctx, keysOf(commits), t.tellCommit, func(id gitstore.ID, err error) {
		t.changed.Store(true)
		t.problems.err(id, err)
		t.mu.Lock()
		defer t.mu.Unlock()
		t.commits[id] = secrets.Commit{ID: id.String()}
	})
	return t.told, err
}

// tellCommit keeps what is told of a commit, and what a later run can use.
func (t *telling) tellCommit(id gitstore.ID, data []byte) {
	var known *masks
	if t.known != nil {
		of, ok := t.known.masks[id]
		if !ok || t.store.Format().Sum(gitstore.TypeCommit, data) != id {
			t.changed.Store(true)
			return
		}
		known = &of
	}
	said, found, ok := t.commit(id, data, known)
	if !ok {
		t.changed.Store(true)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.commits[id], t.masks[id] = said, found
}

// tellText tells of appearances in one text, and keeps what a later run can use.
func (t *telling) tellText(blob gitstore.ID, text []byte, found []int) {
	teller := t.detector.Teller(text, nil)
	for _, i := range found {
		t.sights[i], t.exact[i] = teller.Sighting(&t.all[i].match)
	}
	t.tellBy(teller, text, found)
	size := 0
	for _, spans := range teller.Hidden() {
		size += 1 + len(spans)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size+size <= maxHidden {
		t.size += size
		t.hidden[blob] = teller.Hidden()
	}
}

// tellAgain tells of appearances in one text by what is known of it. It returns false
// when it is another text, so that what is known may not hide what it should.
func (t *telling) tellAgain(blob gitstore.ID, text []byte, found []int) bool {
	if t.store.Format().Sum(gitstore.TypeBlob, text) != blob {
		return false
	}
	teller := t.detector.Teller(text, t.known.hidden[blob])
	for _, i := range found {
		if one := &t.known.found[i]; one.exact {
			var ok bool
			if t.all[i].match, ok = teller.Again(one.seen); !ok {
				return false
			}
		}
	}
	t.tellBy(teller, text, found)
	t.judge.keep(blob, text)
	return true
}

// tellBy makes findings. Of a version, what maskers hide is asked once, whatever is
// found in it.
func (t *telling) tellBy(teller *secrets.Teller, text []byte, found []int) {
	masked := map[string][]envtight.Masker{}
	for _, i := range found {
		a := t.all[i]
		o := t.o
		if masked[a.path] == nil {
			masked[a.path] = hidden(t.o.Maskers, a.path, text)
		}
		o.Maskers = masked[a.path]
		t.told[i] = teller.Findings(a.location(), []secrets.Match{a.match}, o)[0]
	}
}

// location is where a secret was brought.
func (a *appearance) location() envtight.Location {
	return envtight.Location{
		Kind: envtight.AtObject, Path: a.path,
		Object: envtight.Object{Blob: a.blob.String(), Commit: a.by()},
	}
}

// hidden is a masker that knows what others hide in one text.
func hidden(maskers []envtight.Masker, path string, text []byte) []envtight.Masker {
	var spans []envtight.Span
	for _, m := range maskers {
		spans = append(spans, m.Mask(path, text)...)
	}
	return []envtight.Masker{envtight.MaskerFunc(func(string, []byte) []envtight.Span { return spans })}
}

// tell adds the history to findings, asks who excepts them, and yields them. It
// returns false when the loop was left.
func (r *run) tell(all []*appearance, found []secrets.Finding, yield func(secrets.Finding, error) bool) bool {
	for i, a := range all {
		f := found[i]
		text := r.text(a.blob)
		f.History = r.history(a)
		r.o.Except(&f, text)
		if !yield(f, nil) {
			return false
		}
	}
	return true
}
