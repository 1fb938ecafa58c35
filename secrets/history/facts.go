package history

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// facts are what was found when the refs were as they are: where secrets stand, by
// the names of objects, and which commits brought them. What the secrets are is
// read from the blobs again, and so is who excepts them.
type facts struct {
	// state stands for all refs and for what a shallow clone leaves out.
	state [sha256.Size]byte
	// commits, passed and cut count commits, blobs that the rules pass over, and
	// commits whose parents were not fetched.
	commits, passed, cut int
	// absent are objects that could not be had, for one reason each.
	absent map[gitstore.Kind][]gitstore.ID
	found  []fact
}

// A fact is an appearance without its match.
type fact struct {
	path    string
	blob    gitstore.ID
	seen    secrets.Sighting
	exact   bool // seen is
	added   []addition
	removed gitstore.ID
	tips    []int // numbers of holders, in order
}

// sighted is all that a fact knows of a secret.
type sighted struct {
	blob gitstore.ID
	path string
	seen secrets.Sighting
}

// stateOf stands for everything that decides which objects a run is about.
func (s *selection) stateOf(store *gitstore.Store) ([sha256.Size]byte, bool) {
	h := sha256.New() // writing to it never fails
	shallow, err := store.Shallow()
	if err != nil {
		return [sha256.Size]byte{}, false
	}
	slices.SortFunc(shallow, gitstore.ID.Compare)
	for _, id := range shallow {
		_, _ = h.Write(id.Bytes())
	}
	for _, holder := range s.holders {
		_, _ = h.Write([]byte{0})
		_, _ = h.Write([]byte(holder.name))
		_, _ = h.Write([]byte{0})
		_, _ = h.Write(holder.id.Bytes())
	}
	return [sha256.Size]byte(h.Sum(nil)), true
}

// newFacts makes facts of what a run found. It returns nil when something was wrong
// that a later run has to look at anew.
func (r *run) newFacts(commits, passed int, all []*appearance) *facts {
	state, ok := r.sel.stateOf(r.store)
	if !ok {
		return nil
	}
	f := &facts{state: state, commits: commits, passed: passed, cut: r.problems.cut, absent: map[gitstore.Kind][]gitstore.ID{}}
	for _, u := range r.problems.unread() {
		kind := gitstore.Kind(u.Reason)
		if u.File != "" || kind != gitstore.ErrMissing && kind != gitstore.ErrTooLarge {
			return nil
		}
		f.absent[kind], _ = parseIDs(u.Objects)
	}
	numbers := map[string]int{}
	for i, h := range r.sel.holders {
		numbers[h.name] = i
	}
	shared := map[*string][]int{} // lists of tips by their first element
	places := map[sighted]bool{}
	for _, a := range all {
		one := fact{path: a.path, blob: a.blob, added: a.added, removed: a.last()}
		text := r.text(a.blob)
		one.seen, one.exact = r.detector.Sighting(&a.match, text)
		at := sighted{a.blob, a.path, one.seen}
		if places[at] {
			return nil // two secrets in one encoded text: their places do not tell them apart
		}
		places[at] = true
		if len(a.tips) > 0 {
			tips, ok := shared[&a.tips[0]]
			if !ok {
				for _, ref := range a.tips {
					tips = append(tips, numbers[ref])
				}
				shared[&a.tips[0]] = tips
			}
			one.tips = tips
		}
		f.found = append(f.found, one)
	}
	return f
}

// encode writes facts. Lists of tips, which many findings share, are written once.
func (f *facts) encode() []byte {
	out := append([]byte(nil), f.state[:]...)
	number := func(n int) { out = binary.AppendUvarint(out, uint64(n)) }
	text := func(s string) { out = appendPart(out, []byte(s)) }
	id := func(id gitstore.ID) { out = appendPart(out, id.Bytes()) }
	for _, n := range []int{f.commits, f.passed, f.cut} {
		number(n)
	}
	number(len(f.absent))
	for _, kind := range []gitstore.Kind{gitstore.ErrMissing, gitstore.ErrTooLarge} {
		if ids, ok := f.absent[kind]; ok {
			text(string(kind))
			number(len(ids))
			for _, one := range ids {
				id(one)
			}
		}
	}
	lists, numbers := [][]byte{}, map[string]int{}
	for _, one := range f.found {
		list := encodeTips(one.tips)
		if _, ok := numbers[string(list)]; !ok {
			numbers[string(list)] = len(lists)
			lists = append(lists, list)
		}
	}
	number(len(lists))
	for _, list := range lists {
		out = appendPart(out, list)
	}
	number(len(f.found))
	for _, one := range f.found {
		text(one.path)
		id(one.blob)
		out = one.appendSeen(out)
		number(len(one.added))
		for _, a := range one.added {
			id(a.commit)
			number(a.line)
		}
		id(one.removed)
		number(numbers[string(encodeTips(one.tips))])
	}
	return out
}

// The flags of a sighting.
const isExact, isEncoded = 1, 2

func (one *fact) appendSeen(out []byte) []byte {
	s := &one.seen
	flags := uint64(0)
	if one.exact {
		flags |= isExact
	}
	if s.Encoded {
		flags |= isEncoded
	}
	out = binary.AppendUvarint(appendPart(out, []byte(s.Rule)), flags)
	for _, n := range []int{s.Span.Start, s.Span.End, s.Whole.Start, s.Whole.End, s.StartLine, s.EndLine, s.StartColumn, s.EndColumn} {
		out = binary.AppendUvarint(out, uint64(n))
	}
	return out
}

func (one *fact) readSeen(in *reader) {
	s := &one.seen
	s.Rule = string(in.bytes())
	flags := in.int()
	one.exact, s.Encoded = flags&isExact != 0, flags&isEncoded != 0
	for _, n := range []*int{&s.Span.Start, &s.Span.End, &s.Whole.Start, &s.Whole.End, &s.StartLine, &s.EndLine, &s.StartColumn, &s.EndColumn} {
		*n = in.int()
	}
}

// encodeTips writes numbers in rising order as their distances.
func encodeTips(tips []int) []byte {
	var out []byte
	last := -1
	for _, n := range tips {
		out = binary.AppendUvarint(out, uint64(n-last))
		last = n
	}
	return out
}

// decodeFacts reads what encode wrote.
func decodeFacts(data []byte) (*facts, bool) {
	in := &reader{data: data}
	f := &facts{absent: map[gitstore.Kind][]gitstore.ID{}}
	copy(f.state[:], in.take(len(f.state)))
	f.commits, f.passed, f.cut = in.int(), in.int(), in.int()
	for range in.count() {
		kind := gitstore.Kind(in.bytes())
		for range in.count() {
			f.absent[kind] = append(f.absent[kind], in.id())
		}
	}
	lists := make([][]int, in.count())
	for i := range lists {
		lists[i] = in.tips()
	}
	for range in.count() {
		one := fact{path: string(in.bytes()), blob: in.id()}
		one.readSeen(in)
		for range in.count() {
			one.added = append(one.added, addition{in.id(), in.int()})
		}
		one.removed = in.id()
		list := in.int()
		if list >= len(lists) {
			in.fail()
			break
		}
		one.tips = lists[list]
		f.found = append(f.found, one)
	}
	return f, in.done()
}

// int reads a number that is an int in all programs.
func (r *reader) int() int {
	n := r.number()
	if n > 1<<31-1 {
		r.fail()
		return 0
	}
	return int(n)
}

// id reads the name of an object; of no bytes, the zero ID.
func (r *reader) id() gitstore.ID {
	raw := r.bytes()
	if len(raw) == 0 {
		return gitstore.ID{}
	}
	id, ok := gitstore.IDFrom(raw)
	if !ok {
		r.fail()
	}
	return id
}

func (r *reader) tips() []int {
	in := &reader{data: r.bytes()}
	var out []int
	last := -1
	for len(in.data) > 0 {
		step := in.int()
		if step == 0 || last > 1<<31-1-step {
			in.fail()
		}
		last += step
		out = append(out, last)
	}
	if in.failed {
		r.fail()
	}
	return out
}

// recall makes appearances of facts. It returns false when they do not hold any
// more: an object that was absent is there, or a secret is not where it was.
func (r *run) recall(ctx context.Context, f *facts) ([]*appearance, bool) {
	out, ok := f.appearances(r.sel)
	if !ok || !r.stillAbsent(f) {
		return nil, false
	}
	if !r.again(ctx, f, out) {
		return nil, false
	}
	for kind, ids := range f.absent {
		for _, id := range ids {
			r.problems.add(&gitstore.Error{Kind: kind, ID: id})
		}
	}
	return out, true
}

// again gives appearances their matches, by one look at each blob. It returns false
// when one is not where it was.
func (r *run) again(ctx context.Context, f *facts, all []*appearance) bool {
	ask, seen := map[gitstore.ID][]version{}, map[gitstore.ID][]int{}
	for i, a := range all {
		if f.found[i].exact {
			seen[a.blob] = append(seen[a.blob], i)
		} else if v := a.first(); !slices.Contains(ask[a.blob], v) {
			ask[a.blob] = append(ask[a.blob], v)
		}
	}
	if r.judge.read(ctx, ask) != nil {
		return false
	}
	for i, a := range all {
		if f.found[i].exact {
			continue
		}
		var ok bool
		if a.match, ok = f.found[i].match(r.judge.found[a.first()]); !ok {
			return false
		}
	}
	var changed atomic.Bool
	err := r.judge.each(ctx, slices.Collect(maps.Keys(seen)), func(blob gitstore.ID, text []byte) {
		for _, i := range seen[blob] {
			var ok bool
			if all[i].match, ok = r.detector.Again(f.found[i].seen, text); !ok {
				changed.Store(true)
			}
		}
		r.judge.keep(blob, text)
	}, func(gitstore.ID, error) { changed.Store(true) })
	return err == nil && !changed.Load()
}

func (r *run) stillAbsent(f *facts) bool {
	for kind, ids := range f.absent {
		for _, id := range ids {
			_, size, err := r.store.Stat(id)
			if kind == gitstore.ErrMissing && err == nil || kind == gitstore.ErrTooLarge && (err != nil || size <= r.options.MaxBlob) {
				return false
			}
		}
	}
	return true
}

// appearances makes them without their matches.
func (f *facts) appearances(sel *selection) ([]*appearance, bool) {
	shared := map[*int][]string{} // lists of tips by their first element
	out := make([]*appearance, 0, len(f.found))
	for _, one := range f.found {
		a := &appearance{path: one.path, blob: one.blob, added: one.added, removed: one.removed}
		if len(one.tips) > 0 {
			tips, ok := shared[&one.tips[0]]
			if !ok {
				for _, n := range one.tips {
					if n >= len(sel.holders) {
						return nil, false
					}
					tips = append(tips, sel.holders[n].name)
				}
				shared[&one.tips[0]] = tips
			}
			a.tips = tips
		}
		out = append(out, a)
	}
	return out, true
}

// first is the version that brought the secret.
func (a *appearance) first() version { return version{a.blob, a.path, a.by()} }

// by is the commit that brought it, in hexadecimal; empty when none leads to it.
func (a *appearance) by() string {
	if len(a.added) == 0 {
		return ""
	}
	return a.added[0].commit.String()
}

// match returns the match that a fact is about.
func (one *fact) match(found []held) (secrets.Match, bool) {
	for _, h := range found {
		if h.rule == one.seen.Rule && h.match.Span == one.seen.Span {
			return h.match, true
		}
	}
	return secrets.Match{}, false
}
