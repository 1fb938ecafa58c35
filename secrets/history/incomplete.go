package history

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
)

// What cannot be followed in trees that were made to harm.
const (
	errPaths  gitstore.Kind = "directories have more paths than can be followed"
	errLevels gitstore.Kind = "directories are nested too deep"
)

// problems collects what could not be read: one line for each kind and file. Its
// methods may be called at the same time.
type problems struct {
	store *gitstore.Store

	mu    sync.Mutex
	known map[problem]*trouble
	// cut is how many commits have parents that were not fetched; cutFails tells
	// that these were to be looked at.
	cut      int
	cutFails bool
}

type problem struct {
	kind gitstore.Kind
	file string // as reports name it
}

type trouble struct {
	ids   map[gitstore.ID]bool
	other int // problems of no object in particular
}

func (p *problems) add(e *gitstore.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[problem]*trouble{}
	}
	key := problem{e.Kind, p.relative(e.File)}
	t := p.known[key]
	if t == nil {
		t = &trouble{ids: map[gitstore.ID]bool{}}
		p.known[key] = t
	}
	if e.ID.IsZero() {
		t.other++
	} else {
		t.ids[e.ID] = true
	}
}

// err adds what an error of package gitstore says.
func (p *problems) err(id gitstore.ID, err error) {
	e, ok := errors.AsType[*gitstore.Error](err)
	if !ok {
		e = &gitstore.Error{Kind: gitstore.ErrUnreadable}
	}
	told := *e
	if told.ID.IsZero() {
		told.ID = id
	}
	p.add(&told)
}

// tell hands all of them out, in a fixed order.
func (p *problems) tell(incomplete func(envtight.Incompleteness)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	keys := make([]problem, 0, len(p.known))
	for key := range p.known {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.kind, b.kind))
	})
	for _, key := range keys {
		t := p.known[key]
		cause, advice := p.words(key, t)
		incomplete(envtight.Incompleteness{
			Silence: envtight.Failed, Cause: cause, Advice: advice, Count: max(len(t.ids), 1),
		})
	}
	if p.cut > 0 {
		silence := envtight.NotAsked
		if p.cutFails {
			silence = envtight.Failed
		}
		incomplete(envtight.Incompleteness{
			Silence: silence, Count: p.cut,
			Cause:  fmt.Sprintf("git history: this clone is shallow: what was before %s was not fetched", commits(p.cut)),
			Advice: "fetch the rest: git fetch --unshallow (in GitHub Actions: fetch-depth: 0); to look at the files that are here: envtight secrets dir",
		})
	}
}

func commits(n int) string {
	if n == 1 {
		return "one commit"
	}
	return fmt.Sprintf("%d commits", n)
}

// words are the cause and the advice.
func (p *problems) words(key problem, t *trouble) (cause, advice string) {
	cause = string(key.kind)
	if n := len(t.ids); n > 0 {
		first := slices.MinFunc(keysOf(t.ids), gitstore.ID.Compare).String()
		if n == 1 {
			cause += ": " + first
		} else {
			cause += fmt.Sprintf(": %s and others", first)
		}
	}
	if key.file != "" {
		cause = key.file + ": " + cause
	}
	switch key.kind {
	case gitstore.ErrMissing:
		if p.store.Promisor() {
			return "git history: left out of this partial clone: " + cause, "fetch what was left out: git fetch --refetch --no-filter"
		}
		advice = "fetch the repository again from where it came from"
	case gitstore.ErrTooLarge:
		advice = "look at it by itself: git cat-file blob ID | envtight secrets stdin"
	case gitstore.ErrUnreadable, gitstore.ErrAlternates, gitstore.ErrRef, errPaths, errLevels:
	case gitstore.ErrVanished:
		advice = "run it again while nothing else works on the repository"
	default:
		advice = "see what git fsck says, and fetch the repository again from where it came from"
	}
	return "git history: " + cause, advice
}

// relative names a file as seen from the git directory, so that reports do not
// depend on where the repository is.
func (p *problems) relative(file string) string {
	if file == "" {
		return ""
	}
	dirs := p.store.Dirs()
	if rel, err := filepath.Rel(dirs.CommonDir, file); err == nil && filepath.IsLocal(rel) {
		file = rel
	}
	return strings.ToValidUTF8(filepath.ToSlash(file), "\uFFFD")
}

func keysOf(ids map[gitstore.ID]bool) []gitstore.ID {
	out := make([]gitstore.ID, 0, len(ids))
	for id := range ids {
		out = append(out, id)
	}
	return out
}
