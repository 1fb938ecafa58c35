package history

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// PartialError tells that partials do not belong together, or not to the history at
// hand.
type PartialError struct{ reason string }

func (e *PartialError) Error() string { return e.reason }

// Partial looks at the blobs of one shard. o.Incomplete is not told anything: what
// could not be read is in the partial.
func (s *Source) Partial(ctx context.Context, d *secrets.Detector, shard Shard, o secrets.Options) (*Partial, error) {
	r := s.run(d, o)
	g, err := readGraph(ctx, s.store, s.sel, r.problems, r.o.Workers)
	if err != nil {
		return nil, err
	}
	division, err := newDivision(ctx, g, shard.Count)
	if err != nil {
		return nil, err
	}
	if _, err := g.catalogue(ctx, d); err != nil { // it says what need not be looked at
		return nil, err
	}
	sift := r.sifting(r.remember().record)
	err = sift.walk(ctx, s.store, gitstore.WalkOptions{
		Workers: r.o.Workers, Memory: walkMemory, Problem: r.problems.add,
		Want: func(id gitstore.ID, t gitstore.Type) bool { return g.wants(id, t) && division.shard(id) == shard.Index },
	})
	if err != nil {
		return nil, err
	}
	g.missing()
	key := r.recordKey()
	return &Partial{
		Version: PartialVersion, Kind: partialKind, Shard: shard.Index, Of: shard.Count,
		Key: hex.EncodeToString(key[:]), History: division.whole,
		Something: sortedIDs(sift.found[holdsSomething]), Binary: sortedIDs(sift.found[isBinaryBlob]),
		Unread: r.problems.unread(),
	}, nil
}

func sortedIDs(ids []gitstore.ID) []string {
	slices.SortFunc(ids, gitstore.ID.Compare)
	return formatIDs(ids)
}

// unread are the problems in the form of a partial.
func (p *problems) unread() []Unread {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Unread, 0, len(p.known))
	for key, t := range p.known {
		out = append(out, Unread{Reason: string(key.kind), File: key.file, Objects: sortedIDs(keysOf(t.ids))})
	}
	slices.SortFunc(out, func(a, b Unread) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Reason, b.Reason)) })
	return out
}

// addUnread adds what a shard could not read.
func (p *problems) addUnread(u Unread, ids []gitstore.ID) {
	e := gitstore.Error{Kind: gitstore.Kind(u.Reason), File: filepath.FromSlash(u.File)}
	if len(ids) == 0 {
		p.add(&e)
	}
	for _, id := range ids {
		e.ID = id
		p.add(&e)
	}
}

// A merged is what shards know of blobs.
type merged struct {
	division *division
	present  []bool // by index
	blobs    map[gitstore.ID]int
	unread   map[gitstore.ID]bool
	// unseen are the blobs of shards that are not there, by index.
	unseen []int
}

// kind implements knowledge: what is in no list holds nothing.
func (m *merged) kind(id gitstore.ID) (kind int, ok bool) {
	if kind, ok := m.blobs[id]; ok {
		return kind, true
	}
	return holdsNothing, true
}

// merge reads partials, of which each counts once.
func (r *run) merge(ctx context.Context, g *graph, partials []*Partial) (*merged, error) {
	count := partials[0].Of
	division, err := newDivision(ctx, g, count)
	if err != nil {
		return nil, err
	}
	key, history := r.recordKey(), division.whole
	m := &merged{division: division, present: make([]bool, count+1), unseen: make([]int, count+1), blobs: map[gitstore.ID]int{}, unread: map[gitstore.ID]bool{}}
	for _, p := range partials {
		name := Shard{p.Shard, p.Of}
		switch {
		case p.Of != count:
			return nil, &PartialError{fmt.Sprintf("shards of %d and of %d do not go together", min(count, p.Of), max(count, p.Of))}
		case p.Key != hex.EncodeToString(key[:]):
			return nil, &PartialError{fmt.Sprintf("shard %s was looked at by another version of the program, or with other rules or limits", name)}
		case p.History != history:
			return nil, &PartialError{fmt.Sprintf("shard %s is of another history than the one at hand: let all shards, and the merge, check out the same commit and fetch the same refs", name)}
		}
		m.present[p.Shard] = true
		for kind, list := range map[int][]string{holdsSomething: p.Something, isBinaryBlob: p.Binary} {
			ids, _ := parseIDs(list) // ReadPartial has seen them
			for _, id := range ids {
				m.blobs[id] = kind
			}
		}
		for _, u := range p.Unread {
			ids, _ := parseIDs(u.Objects)
			r.problems.addUnread(u, ids)
			for _, id := range ids {
				m.unread[id] = true
			}
		}
	}
	return m, nil
}

// looked tells whether a shard that is there has looked at a blob.
func (m *merged) looked(id gitstore.ID) bool {
	shard := m.division.shard(id)
	if !m.present[shard] {
		m.unseen[shard]++
	}
	return m.present[shard] && !m.unread[id]
}

// tell says which shards are not there.
func (m *merged) tell(incomplete func(envtight.Incompleteness)) {
	for shard, present := range m.present {
		if shard > 0 && !present {
			incomplete(envtight.Incompleteness{
				Silence: envtight.Failed, Count: max(m.unseen[shard], 1),
				Cause:  fmt.Sprintf("git history: shard %s is missing: its blobs were not looked at", Shard{shard, len(m.present) - 1}),
				Advice: "merge the files of all shards",
			})
		}
	}
}
