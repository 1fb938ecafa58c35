package history

import (
	"context"
	"errors"
	"iter"
	"maps"
	"runtime"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// Options say what is looked at. The zero value is the whole history of a
// repository: everything that its refs and work trees lead to.
type Options struct {
	// Objects and Alternates are object directories beside the repository's
	// own, as git tells them to hooks that run before a push is accepted
	// (GIT_OBJECT_DIRECTORY, GIT_ALTERNATE_OBJECT_DIRECTORIES).
	Objects    string
	Alternates []string
	// Range says which part of the history is looked at.
	Range Range
	// Unreachable looks at blobs, too, that nothing leads to: what was
	// amended, rebased or dropped, until git prunes it. It has no effect on a
	// part of a history.
	Unreachable bool
	// MaxBlob is the size in bytes above which a blob is not looked at, which
	// is told; 100 MiB when it is 0, the most that large hosts take.
	MaxBlob int64
	// NoRecord neither uses nor keeps a record of what was seen. Without it, it
	// is kept in the repository's own directory, except when Objects is given,
	// since what is there may never become part of the repository.
	NoRecord bool
	// Partials are what shards found out. When there are any, no blob is looked
	// at beyond those that hold something: see [Source.Partial]. The findings
	// are those of a run that is not divided.
	Partials []*Partial
	// Version is that of the program. Versions do not share records.
	Version string

	// whole looks at every blob as if it were no delta, and many at the
	// commits of any part of a history as if they were many, in tests.
	whole, many bool
}

const defaultMaxBlob = 100 << 20

// Source is a history. It implements [secrets.Source]. It may be scanned several
// times, but not at once.
type Source struct {
	store   *gitstore.Store
	options Options
	sel     *selection
	// damaged are refs that could not be read.
	damaged []*gitstore.Error
}

// Open opens the repository that dir is in. The error tells that there is none,
// that it is of a form that is not known, or, as a [RevisionError] or in words, that
// the range means nothing there.
func Open(dir string, o Options) (*Source, error) {
	if o.MaxBlob <= 0 {
		o.MaxBlob = defaultMaxBlob
	}
	dirs, err := gitstore.Find(dir)
	if err != nil {
		return nil, err
	}
	store, err := gitstore.Open(dirs, gitstore.Options{Objects: o.Objects, Alternates: o.Alternates, MaxObject: o.MaxBlob})
	if err != nil {
		return nil, err
	}
	s := &Source{store: store, options: o}
	s.sel, err = o.Range.resolve(store, func(e *gitstore.Error) { s.damaged = append(s.damaged, e) })
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if o.many {
		s.sel.few = -1
	}
	return s, nil
}

// Close lets go of the repository's files.
func (s *Source) Close() error { return s.store.Close() }

// Scan implements [secrets.Source]. Nothing is yielded before everything has been
// looked at: who brought a secret is known only then. The texts that exceptions
// are asked about are those that brought the secrets.
func (s *Source) Scan(ctx context.Context, d *secrets.Detector, o secrets.Options) iter.Seq2[secrets.Finding, error] {
	return func(yield func(secrets.Finding, error) bool) {
		r := s.run(d, o)
		found, told, err := r.look(ctx)
		if err == nil && !r.tell(found, told, yield) {
			return
		}
		r.problems.tell(o.Incomplete)
		if err != nil {
			yield(secrets.Finding{}, err)
		}
	}
}

// A run is one Scan.
type run struct {
	*Source
	detector *secrets.Detector
	o        secrets.Options
	problems *problems
	progress progress

	judge *judge

	last   gitstore.ID // of the text that was read last
	latest []byte

	commits map[gitstore.ID]secrets.Commit // that are told of
}

func (r *run) sifting(known knowledge) *sifting {
	r.progress.tell = r.o.Progress
	return &sifting{detector: r.detector, edits: !r.options.whole, progress: &r.progress, known: known}
}

func (s *Source) run(d *secrets.Detector, o secrets.Options) *run {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
	r := &run{Source: s, detector: d, o: o, problems: &problems{store: s.store, cutFails: s.sel.all()}, commits: map[gitstore.ID]secrets.Commit{}}
	r.judge = newJudge(r)
	for _, e := range slices.Concat(s.store.Problems(), s.damaged) {
		r.problems.add(e)
	}
	return r
}

// look finds all secrets, in the order of reports, and what is told of each.
func (r *run) look(ctx context.Context) ([]*appearance, []secrets.Finding, error) {
	if len(r.options.Partials) > 0 {
		return r.lookMerged(ctx)
	}
	memory := r.remember()
	if f := memory.facts(r.sel, r.store); f != nil && !r.options.Unreachable {
		if found, told, ok := r.recall(ctx, f); ok {
			r.problems.cut = f.cut
			r.counted(f.commits, memory.record.counts(), f.passed)
			return found, told, nil
		}
	}
	g, err := readGraph(ctx, r.store, r.sel, r.problems, r.o.Workers)
	if err != nil {
		return nil, nil, err
	}
	g.unreachable = r.options.Unreachable && !r.sel.partial()
	sift := r.sifting(memory.record)
	found, err := r.attributed(ctx, g, sift, g.wants)
	if err != nil {
		return nil, nil, err
	}
	t := r.telling(found, nil)
	told, err := t.findings(ctx)
	if err != nil {
		return nil, nil, err
	}
	// What a part of a history holds says nothing about what else is there.
	if r.sel.whole {
		var f *facts
		if !r.options.Unreachable { // else there may be new blobs though the refs are the same
			f = t.facts(len(g.order), g.passedOver())
		}
		memory.keep(sift.found, f)
	}
	return found, told, nil
}

// lookMerged is look for what shards have looked at.
func (r *run) lookMerged(ctx context.Context) ([]*appearance, []secrets.Finding, error) {
	g, err := readGraph(ctx, r.store, r.sel, r.problems, r.o.Workers)
	if err != nil {
		return nil, nil, err
	}
	m, err := r.merge(ctx, g, r.options.Partials)
	if err != nil {
		return nil, nil, err
	}
	found, err := r.attributed(ctx, g, r.sifting(m), func(id gitstore.ID, t gitstore.Type) bool { return g.wants(id, t) && m.looked(id) })
	m.tell(r.o.Incomplete)
	if err != nil {
		return nil, nil, err
	}
	told, err := r.telling(found, nil).findings(ctx)
	return found, told, err
}

// attributed looks at the blobs that are wanted, and follows what they hold through
// the commits.
func (r *run) attributed(ctx context.Context, g *graph, sift *sifting, want func(gitstore.ID, gitstore.Type) bool) ([]*appearance, error) {
	var err error
	if sift.places, err = g.catalogue(ctx, r.detector); err != nil {
		return nil, err
	}
	sift.judge = r.judge
	if err := sift.walk(ctx, r.store, gitstore.WalkOptions{Workers: r.o.Workers, Memory: walkMemory, Want: want, Problem: r.problems.add}); err != nil {
		return nil, err
	}
	g.missing()
	r.counted(len(g.order), sift.counts(), g.passedOver())
	wanted, err := r.judged(ctx, sift)
	if err != nil {
		return nil, err
	}
	all, err := g.lives(ctx, wanted)
	if err != nil {
		return nil, err
	}
	strays := g.strays(wanted)
	ask := asked(all, r.detector.AsksCommits())
	for _, s := range strays {
		ask[s.blob] = append(ask[s.blob], version{blob: s.blob, path: s.path})
	}
	beyond := map[gitstore.ID]bool{}
	for _, id := range g.beyond(all) {
		beyond[id] = true
	}
	maps.DeleteFunc(ask, func(id gitstore.ID, _ []version) bool { return !wanted[id] && !beyond[id] })
	if err := r.judge.read(ctx, ask); err != nil {
		return nil, err
	}
	var out []*appearance
	for i := range all {
		out = append(out, r.judge.appearances(&all[i])...)
	}
	for i := range strays {
		out = append(out, r.judge.strayAppearances(&strays[i])...)
	}
	sortAppearances(out)
	return out, nil
}

// judged judges at their paths the blobs that were known to hold something, and
// those whose paths say enough. It returns the blobs that hold something.
func (r *run) judged(ctx context.Context, sift *sifting) (map[gitstore.ID]bool, error) {
	wanted := map[gitstore.ID]bool{}
	if sift.places == nil {
		for _, id := range sift.found[holdsSomething] {
			wanted[id] = true
		}
		return wanted, nil
	}
	ask := map[gitstore.ID][]version{}
	for _, id := range sift.found[holdsSomething] {
		if ask[id] = sift.places.versions(id); len(ask[id]) == 0 {
			wanted[id] = true // no commit leads to it: see strays
		}
	}
	for _, v := range sift.places.bearers() {
		ask[v.blob] = append(ask[v.blob], v)
	}
	if err := r.judge.read(ctx, ask); err != nil {
		return nil, err
	}
	for v, found := range r.judge.found {
		if len(found) > 0 {
			wanted[v.blob] = true
		}
	}
	return wanted, nil
}

// counted tells what was looked at, and how many blobs the rules pass over.
func (r *run) counted(commits int, blobs [kinds]int, passed int) {
	r.o.Looked("commits", commits)
	r.o.Looked("blobs", blobs[holdsNothing]+blobs[holdsSomething])
	if n := blobs[isBinaryBlob]; n > 0 {
		r.o.Looked("binary blobs passed over", n)
	}
	if passed > 0 {
		r.o.Incomplete(envtight.Incompleteness{
			Silence: envtight.NotAsked, Count: passed,
			Cause: "git history: blobs that the rules pass over by their paths were not looked at",
		})
	}
}

// text returns the text of a blob; nil when it cannot be read, which is told.
func (r *run) text(id gitstore.ID) []byte {
	if text := r.judge.texts[id]; text != nil {
		return text
	}
	if r.last == id {
		return r.latest
	}
	_, text, err := r.store.Object(id, r.latest)
	if err != nil {
		r.problems.err(id, err)
		return nil
	}
	r.last, r.latest = id, text
	return text
}
