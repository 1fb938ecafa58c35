package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/git"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/internal/program"
	"github.com/envtight/envtight/secrets"
)

// StagedOptions say whose index is looked at. The zero value means that of the
// repository round the current directory.
type StagedOptions struct {
	// Dir is a directory in the work tree.
	Dir string
	// Environ is the environment ("NAME=value"): GIT_INDEX_FILE names the index
	// where a commit has one of its own, unless GIT_DIR speaks of another
	// repository; git is started for an index that only git can read.
	Environ []string
	// MaxFile is the size in bytes above which a text is not looked at;
	// 100 MiB when it is 0.
	MaxFile int64
}

// Staged is what the next commit brings.
type Staged struct{ options StagedOptions }

// NewStaged makes a source of what is in the index and not in HEAD, nor in a commit
// that is being merged. A secret that the file of that name has there already is none, and neither is one of a file
// that was moved. Paths are relative to the top of the work tree.
func NewStaged(o StagedOptions) *Staged { return &Staged{options: o} }

// Scan implements [secrets.Source]. Progress counts files.
func (s *Staged) Scan(ctx context.Context, d *secrets.Detector, o secrets.Options) iter.Seq2[secrets.Finding, error] {
	return func(yield func(secrets.Finding, error) bool) {
		p := &staging{ctx: ctx, detector: d, scan: o, limit: s.options.MaxFile, budget: maxMoved, silences: &silences{}}
		if p.limit <= 0 {
			p.limit = defaultMaxFile
		}
		err := p.open(s.options)
		if err == nil {
			defer func() { _ = p.store.Close() }() // it was only read
			if !p.all(yield) {
				return
			}
			err = ctx.Err()
		}
		if err != nil {
			yield(secrets.Finding{}, err)
			return
		}
		o.Looked("staged files", p.looked)
		p.silences.tell(o.Incomplete)
	}
}

// staging looks at what is staged.
type staging struct {
	ctx      context.Context
	detector *secrets.Detector
	scan     secrets.Options
	limit    int64
	store    *gitstore.Store
	silences *silences
	looked   int

	fresh   []gitstore.Change // those that have a text now
	removed []gitstore.Change
	moved   map[gitstore.ID]bool // the removed ones
	// merged are the versions of fresh files in the commits that are merged with HEAD.
	merged map[string][]gitstore.ID
	budget int64 // bytes of removed files that may still be read
}

// maxMoved bounds how many bytes of removed files are searched for secrets that
// were moved; beyond, they count as new.
const maxMoved = 64 << 20

// open finds out what is staged.
func (p *staging) open(o StagedOptions) error {
	dirs, err := gitstore.Find(o.Dir)
	if err != nil {
		return err
	}
	if dirs.WorkTree == "" {
		return git.ErrBare
	}
	if p.store, err = gitstore.Open(dirs, gitstore.Options{}); err != nil {
		return err
	}
	changes, conflicts, err := p.store.Staged(indexFile(dirs, o.Environ))
	if errors.Is(err, gitstore.ErrStaged) {
		changes, conflicts, err = p.ask(dirs, o.Environ)
	}
	if err != nil {
		return fmt.Errorf("nobody knows what is staged: %w", errors.Join(err, p.store.Close()))
	}
	for _, path := range conflicts {
		p.silences.add(envtight.Undecidable, "files in conflict have no staged version yet", "resolve the conflict and add the file", path)
	}
	p.sort(changes)
	p.leaveMerged(indexFile(dirs, o.Environ))
	return nil
}

// leaveMerged leaves out of the fresh files, in the middle of a merge, those that are
// as in one of the commits which are merged: these are made already, and so is what
// they brought.
func (p *staging) leaveMerged(index string) {
	p.merged = map[string][]gitstore.ID{}
	heads, err := p.store.Merging()
	for _, head := range heads {
		var changes []gitstore.Change
		if changes, _, err = p.store.StagedSince(head, index); err != nil {
			break
		}
		changed := map[string]bool{}
		for _, c := range changes {
			changed[c.Path] = true
			if !c.Old.ID.IsZero() {
				p.merged[c.Path] = append(p.merged[c.Path], c.Old.ID)
			}
		}
		p.fresh = slices.DeleteFunc(p.fresh, func(c gitstore.Change) bool { return !changed[c.Path] })
	}
	if err != nil {
		p.silences.add(envtight.Undecidable, fmt.Sprintf("what a merge brings could not be told from what is new (%v)", kindOf(err)), "", "MERGE_HEAD")
	}
}

// sort parts what has a text now from what is gone.
func (p *staging) sort(changes []gitstore.Change) {
	p.moved = map[gitstore.ID]bool{}
	for _, c := range changes {
		switch {
		case c.New.ID.IsZero():
			p.removed = append(p.removed, c)
			p.moved[c.Old.ID] = true
		case c.New.ID != c.Old.ID && c.New.Mode != gitstore.ModeModule:
			p.fresh = append(p.fresh, c)
		}
	}
}

// fewFiles is for how many files it is not worth to make a sieve: to get it ready
// takes longer than to inspect them, and hooks are waited for.
const fewFiles = 4

// indexFile is the index that a hook was told of; empty when it was told of none.
func indexFile(dirs gitstore.Dirs, environ []string) string {
	at := func(name string) string {
		value, _ := program.Lookup(environ, name)
		if value != "" && !filepath.IsAbs(value) {
			value = filepath.Join(dirs.WorkTree, value) // where hooks run
		}
		return value
	}
	if gitDir := at("GIT_DIR"); gitDir != "" {
		told, err1 := os.Stat(gitDir)
		found, err2 := os.Stat(dirs.GitDir)
		if err1 != nil || err2 != nil || !os.SameFile(told, found) {
			return ""
		}
	}
	return at("GIT_INDEX_FILE")
}

// ask lets git read an index of a form that is not known here.
func (p *staging) ask(dirs gitstore.Dirs, environ []string) (changes []gitstore.Change, conflicts []string, err error) {
	repo, err := git.Open(p.ctx, dirs.WorkTree, environ)
	if err != nil {
		return nil, nil, err
	}
	answer, err := repo.StagedChanges(p.ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range answer {
		if c.Conflict {
			conflicts = append(conflicts, c.Path)
			continue
		}
		side := func(mode uint32, name string) (out gitstore.Staged) {
			if id, ok := gitstore.ParseID(name); ok && mode != 0 {
				out = gitstore.Staged{Mode: mode, ID: id}
			}
			return out
		}
		changes = append(changes, gitstore.Change{Path: c.Path, Old: side(c.OldMode, c.OldBlob), New: side(c.NewMode, c.NewBlob)})
	}
	return changes, slices.Compact(conflicts), nil
}

// looked is what looking at a staged file gave.
type looked struct {
	change   *gitstore.Change
	matches  []secrets.Match
	text     []byte // when there are matches
	silences silences
	looked   bool
}

// all looks at all files and yields their findings in order. It returns false when
// the loop was left.
func (p *staging) all(yield func(secrets.Finding, error) bool) bool {
	workers := p.scan.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	done, stayed := 0, true
	inOrder(p.ctx, workers, len(p.fresh), func() func(int) looked {
		w := &stager{staging: p}
		if len(p.fresh) > fewFiles {
			w.sieve = p.detector.NewSieve()
		}
		return func(job int) looked { return w.look(&p.fresh[job]) }
	}, func(got looked) bool {
		done++
		p.scan.Progress(int64(done), int64(len(p.fresh)))
		if got.looked {
			p.looked++
		}
		p.silences.join(&got.silences)
		for _, f := range p.findings(&got) {
			p.scan.Except(&f, got.text)
			if stayed = yield(f, nil); !stayed {
				return false
			}
		}
		return true
	})
	return stayed
}

// findings are those of a file that are not in a file that went away.
func (p *staging) findings(got *looked) []secrets.Finding {
	matches := got.matches
	if got.change.Old.ID.IsZero() {
		matches = p.withoutMoved(got)
	}
	at := envtight.Location{Kind: envtight.AtObject, Path: got.change.Path, Object: envtight.Object{Blob: got.change.New.ID.String()}}
	return p.detector.Findings(at, got.text, matches, p.scan)
}

// withoutMoved leaves out what a removed file had.
func (p *staging) withoutMoved(got *looked) []secrets.Match {
	matches := got.matches
	var buffer []byte
	for _, c := range p.removed {
		if len(matches) == 0 || p.budget <= 0 || p.ctx.Err() != nil {
			break
		}
		t, text, err := p.store.Object(c.Old.ID, buffer)
		p.budget -= int64(len(text)) + 1<<10
		if err == nil && t == gitstore.TypeBlob {
			matches = p.withoutKnown(matches, got.text, text, got.change.Path)
			buffer = text
		}
	}
	return matches
}

// withoutKnown leaves out the matches of a text whose secrets an earlier text has.
func (p *staging) withoutKnown(matches []secrets.Match, text, before []byte, path string) []secrets.Match {
	type key struct{ rule, secret string }
	var known map[key]bool
	return slices.DeleteFunc(matches, func(m secrets.Match) bool {
		if m.Secret.IsEmpty() || !bytes.Contains(before, m.Span.Of(text)) {
			return false
		}
		if known == nil {
			known = map[key]bool{}
			for _, old := range p.detector.Detect(secrets.File{Path: path}, before) {
				known[key{old.Rule.ID, old.Secret.Reveal()}] = true
			}
		}
		return known[key{m.Rule.ID, m.Secret.Reveal()}]
	})
}

// stager looks at staged files, one after another.
type stager struct {
	*staging
	sieve  *secrets.Sieve // nil when there are few files
	buffer []byte
}

// look looks at one file.
func (s *stager) look(c *gitstore.Change) looked {
	out := looked{change: c}
	file := secrets.File{Path: c.Path}
	if s.detector.Allows(file) {
		out.silences.add(envtight.NotAsked, passedOver, "", c.Path)
		return out
	}
	if c.Old.ID.IsZero() && len(s.merged[c.Path]) == 0 {
		out.matches = s.detector.DetectPath(file)
		if s.moved[c.New.ID] {
			out.looked = true // it was moved as it is
			return out
		}
	}
	text, skip := s.read(c)
	if skip != nil {
		out.silences.add(skip.silence, skip.cause, skip.advice, c.Path)
		return out
	}
	out.looked = true
	if s.sieve != nil && s.sieve.Text(text).None() {
		return out
	}
	matches := s.detector.Inspect(text).Matches(file)
	before := s.merged[c.Path]
	if !c.Old.ID.IsZero() {
		before = append(slices.Clip(before), c.Old.ID)
	}
	for _, id := range before {
		if len(matches) > 0 {
			matches = s.withoutCommitted(matches, text, id, &out)
		}
	}
	if len(matches) > 0 {
		out.matches = append(out.matches, matches...)
		out.text, s.buffer = text, nil
	}
	return out
}

// withoutCommitted leaves out what a committed version of the file has.
func (s *stager) withoutCommitted(matches []secrets.Match, text []byte, committed gitstore.ID, out *looked) []secrets.Match {
	path := out.change.Path
	t, before, err := s.store.Object(committed, nil)
	switch {
	case err != nil:
		out.silences.add(envtight.Undecidable, fmt.Sprintf("the committed version could not be read (%v), so all its secrets count as new", kindOf(err)), "", path)
		return matches
	case t != gitstore.TypeBlob:
		return matches // it was a submodule
	}
	return s.withoutKnown(matches, text, before, path)
}

// read returns a staged text, which holds until the next one is read.
func (s *stager) read(c *gitstore.Change) ([]byte, *skipped) {
	unreadable := func(why any) *skipped {
		return &skipped{silence: envtight.Failed, cause: fmt.Sprintf("what is staged could not be read (%v)", why), advice: "add the file again"}
	}
	t, size, err := s.store.Stat(c.New.ID)
	switch {
	case err != nil:
		return nil, unreadable(kindOf(err))
	case t != gitstore.TypeBlob:
		return nil, unreadable(gitstore.ErrType)
	case size > s.limit:
		return nil, tooLarge(s.limit)
	}
	_, text, err := s.store.Object(c.New.ID, s.buffer)
	if err != nil {
		return nil, unreadable(kindOf(err))
	}
	s.buffer = text
	if secrets.IsBinary(text) {
		return nil, binary()
	}
	return text, nil
}

// kindOf is what is wrong with an object, without names of files in the repository's
// own directory.
func kindOf(err error) error {
	if e, ok := errors.AsType[*gitstore.Error](err); ok {
		return e.Kind
	}
	return err
}
