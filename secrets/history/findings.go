package history

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// A digest stands for a text that must not be kept, under a key of the run.
type digest [sha256.Size]byte

// A secretID says which findings are one at a path: those of the same rule and
// secret.
type secretID struct {
	rule   string
	secret digest
}

// A held is a secret in a version of a file.
type held struct {
	secretID
	// lines stands for all lines that the match is on.
	lines digest
	match secrets.Match
}

// A version is a blob at a path; commit is empty unless a commit is asked about.
type version struct {
	blob   gitstore.ID
	path   string
	commit string
}

// asked lists, for each blob, the versions that the findings depend on. Commits are
// asked about when the rules do.
func asked(all []life, commits bool) map[gitstore.ID][]version {
	seen := map[version]bool{}
	out := map[gitstore.ID][]version{}
	ask := func(v version) {
		if !v.blob.IsZero() && !seen[v] {
			seen[v] = true
			out[v.blob] = append(out[v.blob], v)
		}
	}
	for _, l := range all {
		for _, c := range l.changes {
			ask(version{c.blob, l.path, ""})
			if commits {
				ask(version{c.blob, l.path, c.commit.String()})
			}
			for _, before := range c.before {
				ask(version{before, l.path, ""})
			}
		}
		for _, t := range l.tips {
			ask(version{t.blob, l.path, ""})
		}
		for _, id := range l.known {
			ask(version{id, l.path, ""})
		}
	}
	return out
}

// A judge knows what versions hold. Those that it has not judged hold nothing.
type judge struct {
	detector *secrets.Detector
	store    *gitstore.Store
	problems *problems
	workers  int
	key      [sha256.Size]byte

	mu    sync.Mutex
	found map[version][]held
	texts map[gitstore.ID][]byte // of blobs that hold something
	kept  int                    // bytes of texts
}

func newJudge(r *run) *judge {
	j := &judge{
		detector: r.detector, store: r.store, problems: r.problems, workers: r.o.Workers,
		found: map[version][]held{}, texts: map[gitstore.ID][]byte{},
	}
	_, _ = rand.Read(j.key[:]) // it never fails
	return j
}

func (j *judge) digest(text []byte) (d digest) {
	mac := hmac.New(sha256.New, j.key[:])
	_, _ = mac.Write(text) // it never fails
	mac.Sum(d[:0])
	return d
}

// judge judges versions of a blob. text is not kept, but a copy of it may be.
func (j *judge) judge(versions []version, text []byte, i *secrets.Inspection) {
	for _, v := range versions {
		found := j.held(v, text, i)
		j.mu.Lock()
		j.found[v] = found
		j.mu.Unlock()
		if len(found) > 0 {
			j.keep(v.blob, text)
		}
	}
}

// keep keeps a copy of a text that its findings are told of, as long as there is room.
func (j *judge) keep(blob gitstore.ID, text []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.texts[blob] == nil && j.kept+len(text) <= maxKept {
		j.kept += len(text)
		j.texts[blob] = bytes.Clone(text)
	}
}

// text returns a text that was kept; nil when it was not.
func (j *judge) text(blob gitstore.ID) []byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.texts[blob]
}

// read reads blobs and judges the versions of them that were not judged before.
// Each blob is read at most once, by one of the workers.
func (j *judge) read(ctx context.Context, asked map[gitstore.ID][]version) error {
	versions := map[gitstore.ID][]version{}
	for blob, all := range asked {
		all = slices.DeleteFunc(all, func(v version) bool { _, ok := j.found[v]; return ok })
		if len(all) > 0 {
			versions[blob] = all
		}
	}
	return j.each(ctx, slices.Collect(maps.Keys(versions)), func(blob gitstore.ID, text []byte) {
		if secrets.IsBinary(text) {
			text = nil // nothing is looked for in it
		}
		j.judge(versions[blob], text, j.detector.Inspect(text))
	}, j.problems.err)
}

// each reads objects and hands their texts to do, and to fail what could not be read,
// in several workers at once. The text must not be changed, nor kept.
func (j *judge) each(ctx context.Context, ids []gitstore.ID, do func(id gitstore.ID, text []byte), fail func(id gitstore.ID, err error)) error {
	slices.SortFunc(ids, gitstore.ID.Compare)
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(j.workers, len(ids)) {
		group.Go(func() {
			var buf []byte
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(ids) {
					return
				}
				if text := j.text(ids[i]); text != nil {
					do(ids[i], text)
					continue
				}
				_, text, err := j.store.Object(ids[i], buf)
				if err != nil {
					fail(ids[i], err)
					continue
				}
				buf = text
				do(ids[i], text)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

func (j *judge) held(v version, text []byte, i *secrets.Inspection) []held {
	file := secrets.File{Path: v.path, Commit: v.commit}
	var out []held
	for _, m := range slices.Concat(i.Matches(file), j.detector.DetectPath(file)) {
		h := held{secretID: secretID{m.Rule.ID, j.digest([]byte(m.Secret.Reveal()))}, match: m}
		if m.Rule.Regex != "" {
			h.lines = j.digest(linesOf(text, m.Whole))
		}
		out = append(out, h)
	}
	return out
}

// linesOf widens a span to whole lines.
func linesOf(text []byte, s envtight.Span) []byte {
	start := bytes.LastIndexByte(text[:s.Start], '\n') + 1
	end := len(text)
	if i := bytes.IndexByte(text[s.End:], '\n'); i >= 0 {
		end = s.End + i
	}
	return text[start:end]
}

// An appearance is a secret at a path, and what became of it.
type appearance struct {
	path  string
	match secrets.Match
	blob  gitstore.ID
	added []addition
	tips  []string // in order; shared
	// removed is the last commit that has it no more while all of its parents
	// have; dropped is the last merge that took a side without it.
	removed, dropped gitstore.ID
}

type addition struct {
	commit gitstore.ID
	line   int
}

// appearances follows the secrets of one path that these commits brought to it.
func (j *judge) appearances(l *life) []*appearance {
	var out []*appearance
	known := map[secretID]*appearance{}
	holds := func(blob gitstore.ID) []held { return j.found[version{blob, l.path, ""}] }
	by := func(c *change) []held {
		if found, ok := j.found[version{c.blob, l.path, c.commit.String()}]; ok {
			return found
		}
		return holds(c.blob)
	}
	old := secretsOf(l.known, holds)
	for _, c := range l.changes {
		before := secretsOf(c.before, holds)
		for _, h := range added(by(&c), c.before, holds) {
			a := known[h.secretID]
			if a == nil && (old[h.secretID] || before[h.secretID]) {
				continue // the history that is left out has brought it
			}
			if a == nil {
				a = &appearance{path: l.path, match: h.match, blob: c.blob}
				known[h.secretID] = a
				out = append(out, a)
			}
			a.added = append(a.added, addition{c.commit, h.match.StartLine + 1})
		}
		for id := range ids(holds(c.blob)) {
			delete(before, id)
		}
		for id := range before {
			switch a := known[id]; {
			case a == nil:
			case !slices.ContainsFunc(c.before, func(blob gitstore.ID) bool { return !ids(holds(blob))[id] }):
				a.removed = c.commit
			default:
				a.dropped = c.commit
			}
		}
	}
	for _, t := range l.tips {
		for id := range ids(holds(t.blob)) {
			if a := known[id]; a != nil {
				a.tips = joined(a.tips, t.refs)
			}
		}
	}
	return out
}

// strayAppearances are the secrets of a blob that no commit leads to.
func (j *judge) strayAppearances(s *stray) []*appearance {
	var out []*appearance
	told := map[secretID]bool{}
	for _, h := range j.found[version{s.blob, s.path, ""}] {
		if !told[h.secretID] {
			told[h.secretID] = true
			out = append(out, &appearance{path: s.path, match: h.match, blob: s.blob, tips: s.refs})
		}
	}
	return out
}

// joined merges two lists of refs that are in order. One of them alone is not
// copied: long lists are shared by many secrets.
func joined(a, b []string) []string {
	if len(a) == 0 {
		return b
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// added returns what a version has and none of those before it: secrets that are
// new, and those on a line that is. Of several places of a secret it is the first.
func added(now []held, before []gitstore.ID, holds func(gitstore.ID) []held) []held {
	type place struct {
		secretID
		lines digest
	}
	old := map[place]int{} // the most that one of the parents has
	for _, id := range before {
		of := map[place]int{}
		for _, h := range holds(id) {
			p := place{h.secretID, h.lines}
			of[p]++
			old[p] = max(old[p], of[p])
		}
	}
	told := map[secretID]bool{}
	var out []held
	for _, h := range now {
		p := place{h.secretID, h.lines}
		if old[p]--; old[p] < 0 && !told[h.secretID] {
			told[h.secretID] = true
			out = append(out, h)
		}
	}
	return out
}

// secretsOf are the secrets that some blobs hold.
func secretsOf(blobs []gitstore.ID, holds func(gitstore.ID) []held) map[secretID]bool {
	out := map[secretID]bool{}
	for _, blob := range blobs {
		for id := range ids(holds(blob)) {
			out[id] = true
		}
	}
	return out
}

func ids(all []held) map[secretID]bool {
	out := map[secretID]bool{}
	for _, h := range all {
		out[h.secretID] = true
	}
	return out
}

// sortAppearances puts them in the order of reports: path, place, rule.
func sortAppearances(all []*appearance) {
	slices.SortFunc(all, func(a, b *appearance) int {
		return cmp.Or(
			cmp.Compare(a.path, b.path),
			cmp.Compare(a.match.StartLine, b.match.StartLine),
			cmp.Compare(a.match.Span.Start, b.match.Span.Start),
			cmp.Compare(a.match.Rule.ID, b.match.Rule.ID),
			a.blob.Compare(b.blob),
			cmp.Compare(a.match.Span.End, b.match.Span.End),
		)
	})
}
