package history

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
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

// A judge asks the rules about paths and commits.
type judge struct {
	detector *secrets.Detector
	store    *gitstore.Store
	problems *problems
	workers  int
	key      [sha256.Size]byte
}

func newJudge(d *secrets.Detector, store *gitstore.Store, p *problems, workers int) *judge {
	j := &judge{detector: d, store: store, problems: p, workers: workers}
	_, _ = rand.Read(j.key[:]) // it never fails
	return j
}

func (j *judge) digest(text []byte) (d digest) {
	mac := hmac.New(sha256.New, j.key[:])
	_, _ = mac.Write(text) // it never fails
	mac.Sum(d[:0])
	return d
}

// A version is a blob at a path; commit is empty unless a commit is asked about.
type version struct {
	blob   gitstore.ID
	path   string
	commit string
}

// asked lists, for each blob, the versions that the findings depend on.
func asked(all []life, candidates map[gitstore.ID]bool) map[gitstore.ID][]version {
	seen := map[version]bool{}
	out := map[gitstore.ID][]version{}
	ask := func(v version) {
		if candidates[v.blob] && !seen[v] {
			seen[v] = true
			out[v.blob] = append(out[v.blob], v)
		}
	}
	for _, l := range all {
		for _, c := range l.changes {
			ask(version{c.blob, l.path, ""})
			ask(version{c.blob, l.path, c.commit.String()})
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

// judge returns what the versions hold. Each blob is read at most once, by one of
// the workers.
func (j *judge) judge(ctx context.Context, candidates []candidate, asked map[gitstore.ID][]version) (map[version][]held, error) {
	var next atomic.Int64
	var mu sync.Mutex
	out := map[version][]held{}
	var group sync.WaitGroup
	for range j.workers {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(candidates) {
					return
				}
				c := &candidates[i]
				versions := asked[c.id]
				if len(versions) == 0 {
					continue
				}
				text, inspection, ok := j.open(c)
				if !ok {
					continue
				}
				for _, v := range versions {
					found := j.held(v, text, inspection)
					mu.Lock()
					out[v] = found
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	return out, ctx.Err()
}

// open returns a candidate's text and inspection. It returns false when the blob
// cannot be read any more.
func (j *judge) open(c *candidate) (text []byte, i *secrets.Inspection, ok bool) {
	if c.text != nil {
		return c.text, c.inspection, true
	}
	_, text, err := j.store.Object(c.id, nil)
	if err != nil {
		j.problems.err(c.id, err)
		return nil, nil, false
	}
	return text, j.detector.Inspect(text), true
}

func (j *judge) held(v version, text []byte, i *secrets.Inspection) []held {
	var out []held
	for _, m := range i.Matches(secrets.File{Path: v.path, Commit: v.commit}) {
		out = append(out, held{
			secretID: secretID{m.Rule.ID, j.digest([]byte(m.Secret.Reveal()))},
			lines:    j.digest(linesOf(text, m.Whole)), match: m,
		})
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
	tips  []string
	// removed is the last commit that has it no more while all of its parents
	// have; dropped is the last merge that took a side without it.
	removed, dropped gitstore.ID
}

type addition struct {
	commit gitstore.ID
	line   int
}

// appearances follows the secrets of one path that these commits brought to it.
func appearances(l *life, found map[version][]held) []*appearance {
	var out []*appearance
	known := map[secretID]*appearance{}
	holds := func(blob gitstore.ID) []held { return found[version{blob, l.path, ""}] }
	old := secretsOf(l.known, holds)
	for _, c := range l.changes {
		before := secretsOf(c.before, holds)
		for _, h := range added(found[version{c.blob, l.path, c.commit.String()}], c.before, holds) {
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
				a.tips = append(a.tips, t.refs...)
			}
		}
	}
	return out
}

// strayAppearances are the secrets of a blob that no commit leads to.
func strayAppearances(s *stray, found map[version][]held) []*appearance {
	var out []*appearance
	told := map[secretID]bool{}
	for _, h := range found[version{s.blob, s.path, ""}] {
		if !told[h.secretID] {
			told[h.secretID] = true
			out = append(out, &appearance{path: s.path, match: h.match, blob: s.blob, tips: s.refs})
		}
	}
	return out
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
