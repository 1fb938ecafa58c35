package history

import (
	"context"
	"iter"
	"runtime"

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
}

// Open opens the repository that dir is in. The error tells that there is none or
// that it is of a form that is not known.
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
	return &Source{store: store, options: o}, nil
}

// Close lets go of the repository's files.
func (s *Source) Close() error { return s.store.Close() }

// Scan implements [secrets.Source]. Nothing is yielded before everything has been
// looked at: who brought a secret is known only then. The texts that exceptions
// are asked about are those that brought the secrets.
func (s *Source) Scan(ctx context.Context, d *secrets.Detector, o secrets.Options) iter.Seq2[secrets.Finding, error] {
	return func(yield func(secrets.Finding, error) bool) {
		if o.Workers <= 0 {
			o.Workers = runtime.GOMAXPROCS(0)
		}
		r := &run{Source: s, detector: d, o: o, problems: &problems{store: s.store}}
		found, err := r.look(ctx)
		if err == nil {
			for _, a := range found {
				if !yield(r.finding(a), nil) {
					return
				}
			}
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

	texts  map[gitstore.ID][]byte // kept
	last   gitstore.ID            // of the text that was read last
	latest []byte
}

// look finds all secrets, in the order of reports.
func (r *run) look(ctx context.Context) ([]*appearance, error) {
	for _, e := range r.store.Problems() {
		r.problems.add(e)
	}
	r.progress.tell = r.o.Progress
	sel, err := r.options.Range.resolve(r.store, r.problems.add)
	if err != nil {
		return nil, err
	}
	if r.options.many {
		sel.few = -1
	}
	g, err := readGraph(ctx, r.store, sel, r.problems, r.o.Workers)
	if err != nil {
		return nil, err
	}
	g.unreachable = r.options.Unreachable && !sel.partial()
	r.o.Looked("commits", len(g.order))
	memory := r.remember()
	// What a part of a history holds says nothing about what else is there.
	memory.frozen = memory.frozen || !sel.whole
	sift := &sifting{detector: r.detector, edits: !r.options.whole, progress: &r.progress, record: memory.record}
	candidates, err := sift.walk(ctx, r.store, gitstore.WalkOptions{Workers: r.o.Workers, Want: g.wants, Problem: r.problems.add})
	if err != nil {
		return nil, err
	}
	g.missing()
	r.o.Looked("blobs", len(sift.found[holdsNothing])+len(sift.found[holdsSomething]))
	r.o.Looked("binary blobs, passed over", len(sift.found[isBinaryBlob]))
	memory.keep(sift.found)
	r.texts = map[gitstore.ID][]byte{}
	wanted := map[gitstore.ID]bool{}
	for _, c := range candidates {
		wanted[c.id] = true
		if c.text != nil {
			r.texts[c.id] = c.text
		}
	}
	all, err := g.lives(ctx, wanted)
	if err != nil {
		return nil, err
	}
	strays := g.strays(wanted)
	for _, id := range g.beyond(all) {
		candidates = append(candidates, candidate{id: id})
		wanted[id] = true
	}
	j := newJudge(r.detector, r.store, r.problems, r.o.Workers)
	versions := asked(all, wanted)
	for _, s := range strays {
		versions[s.blob] = append(versions[s.blob], version{s.blob, s.path, ""})
	}
	found, err := j.judge(ctx, candidates, versions)
	if err != nil {
		return nil, err
	}
	var out []*appearance
	for i := range all {
		out = append(out, appearances(&all[i], found)...)
	}
	for i := range strays {
		out = append(out, strayAppearances(&strays[i], found)...)
	}
	sortAppearances(out)
	return out, nil
}

// finding is what is told of a secret.
func (r *run) finding(a *appearance) secrets.Finding {
	text, ok := r.text(a.blob)
	f := secrets.Finding{Match: a.match, History: r.history(a)}
	f.Location = envtight.Location{
		Kind: envtight.AtObject, Path: a.path,
		Object: envtight.Object{Blob: a.blob.String(), Commit: f.History.Introduced.ID},
	}
	if ok {
		f.Location.Range = a.match.Range(envtight.NewLines(text))
	}
	for _, e := range r.o.Exceptions {
		// All are asked, so that each knows what it was good for.
		if by := e.Except(&f, text); by != nil && f.Suppressed == nil {
			f.Suppressed = by
		}
	}
	return f
}

// text returns the text of a blob.
func (r *run) text(id gitstore.ID) ([]byte, bool) {
	if text := r.texts[id]; text != nil {
		return text, true
	}
	if r.last == id {
		return r.latest, true
	}
	_, text, err := r.store.Object(id, r.latest)
	if err != nil {
		r.problems.err(id, err)
		return nil, false
	}
	r.last, r.latest = id, text
	return text, true
}
