package history

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/envtight/envtight"
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
	// hidden is what must not be shown of the texts that hold something.
	hidden map[gitstore.ID]secrets.Hidden
	// masks are those of the commits that are told of.
	masks map[gitstore.ID]masks
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

// A spot is where a match in a version is found again by searching it.
type spot struct {
	version
	rule string
	span envtight.Span
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

// facts are made of what was told. There are none when something was wrong that a later
// run has to look at anew.
func (t *telling) facts(commits, passed int) *facts {
	state, ok := t.sel.stateOf(t.store)
	if !ok {
		return nil
	}
	f := &facts{state: state, commits: commits, passed: passed, cut: t.problems.cut, absent: map[gitstore.Kind][]gitstore.ID{}, hidden: t.hidden, masks: t.masks}
	for _, u := range t.problems.unread() {
		kind := gitstore.Kind(u.Reason)
		if u.File != "" || kind != gitstore.ErrMissing && kind != gitstore.ErrTooLarge {
			return nil
		}
		f.absent[kind], _ = parseIDs(u.Objects)
	}
	numbers := map[string]int{}
	for i, h := range t.sel.holders {
		numbers[h.name] = i
	}
	shared := map[*string][]int{} // lists of tips by their first element
	spots := map[spot]bool{}
	for i, a := range t.all {
		one := fact{path: a.path, blob: a.blob, seen: t.sights[i], exact: t.exact[i], added: a.added, removed: a.last()}
		if !one.exact {
			at := spot{a.first(), one.seen.Rule, one.seen.Span}
			if spots[at] {
				return nil // where they are does not tell them apart
			}
			spots[at] = true
		}
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
	return f.appendMasks(f.appendHidden(out))
}

func (one *fact) appendSeen(out []byte) []byte {
	s := &one.seen
	exact := uint64(0)
	if one.exact {
		exact = 1
	}
	out = binary.AppendUvarint(appendPart(out, []byte(s.Rule)), exact)
	for _, n := range one.numbers() {
		out = binary.AppendUvarint(out, uint64(*n))
	}
	out = binary.AppendUvarint(out, uint64(len(s.Decoded)))
	for _, tag := range s.Decoded {
		out = appendPart(out, []byte(tag))
	}
	return out
}

func (one *fact) readSeen(in *reader) {
	s := &one.seen
	s.Rule = string(in.bytes())
	one.exact = in.int() == 1
	for _, n := range one.numbers() {
		*n = in.int()
	}
	for range in.count() {
		s.Decoded = append(s.Decoded, string(in.bytes()))
	}
}

// numbers are those of a sighting.
func (one *fact) numbers() []*int {
	s := &one.seen
	return []*int{
		&s.Span.Start, &s.Span.End, &s.Whole.Start, &s.Whole.End, &s.StartLine, &s.EndLine, &s.StartColumn, &s.EndColumn,
		&s.Passes, &s.Secret.Start, &s.Secret.End,
	}
}

// appendHidden writes what must not be shown of texts, in an order of its own.
func (f *facts) appendHidden(out []byte) []byte {
	out = binary.AppendUvarint(out, uint64(len(f.hidden)))
	for _, blob := range slices.SortedFunc(maps.Keys(f.hidden), gitstore.ID.Compare) {
		out = binary.AppendUvarint(appendPart(out, blob.Bytes()), uint64(len(f.hidden[blob])))
		parts := slices.SortedFunc(maps.Keys(f.hidden[blob]), func(a, b envtight.Span) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
		})
		for _, part := range parts {
			out = appendSpans(appendSpan(out, part), f.hidden[blob][part])
		}
	}
	return out
}

func (f *facts) readHidden(in *reader) {
	f.hidden = map[gitstore.ID]secrets.Hidden{}
	for range in.count() {
		blob, all := in.id(), secrets.Hidden{}
		for range in.count() {
			part := in.span()
			all[part] = in.spans()
		}
		f.hidden[blob] = all
	}
}

// appendMasks is appendHidden of commits.
func (f *facts) appendMasks(out []byte) []byte {
	out = binary.AppendUvarint(out, uint64(len(f.masks)))
	for _, commit := range slices.SortedFunc(maps.Keys(f.masks), gitstore.ID.Compare) {
		out = appendPart(out, commit.Bytes())
		for _, spans := range f.masks[commit] {
			out = appendSpans(out, spans)
		}
	}
	return out
}

func (f *facts) readMasks(in *reader) {
	f.masks = map[gitstore.ID]masks{}
	for range in.count() {
		commit := in.id()
		var all masks
		for i := range all {
			all[i] = in.spans()
		}
		f.masks[commit] = all
	}
}

func appendSpans(out []byte, spans []envtight.Span) []byte {
	out = binary.AppendUvarint(out, uint64(len(spans)))
	for _, s := range spans {
		out = appendSpan(out, s)
	}
	return out
}

func appendSpan(out []byte, s envtight.Span) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(out, uint64(s.Start)), uint64(s.End))
}

func (r *reader) spans() (out []envtight.Span) {
	for range r.count() {
		out = append(out, r.span())
	}
	return out
}

func (r *reader) span() envtight.Span { return envtight.Span{Start: r.int(), End: r.int()} }

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
	f.readHidden(in)
	f.readMasks(in)
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
	out := make([]int, 0, len(in.data))
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

// recall makes appearances of facts, and tells of them. It returns false when they do not
// hold any more: an object that was absent is there, or a secret is not where it was.
func (r *run) recall(ctx context.Context, f *facts) ([]*appearance, []secrets.Finding, bool) {
	all, ok := f.appearances(r.sel)
	if !ok || !r.stillAbsent(f) || !r.searchAgain(ctx, f, all) {
		return nil, nil, false
	}
	t := r.telling(all, f)
	told, err := t.findings(ctx)
	if err != nil || t.changed.Load() {
		return nil, nil, false
	}
	for kind, ids := range f.absent {
		for _, id := range ids {
			r.problems.add(&gitstore.Error{Kind: kind, ID: id})
		}
	}
	return all, told, true
}

// searchAgain gives matches to those appearances whose sightings are not exact. It
// returns false when one is not where it was.
func (r *run) searchAgain(ctx context.Context, f *facts, all []*appearance) bool {
	ask := map[gitstore.ID][]version{}
	for i, a := range all {
		if v := a.first(); !f.found[i].exact && !slices.Contains(ask[a.blob], v) {
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
	return true
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
				tips = make([]string, 0, len(one.tips))
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
