package history

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight/internal/gitstore"
)

// Range says which commits of a repository are looked at. The zero value means
// all that anything holds: refs, HEAD, and what the linked work trees have
// checked out. At most one of the fields is set.
type Range struct {
	// Revisions are commits to begin from and to leave out, with all before
	// them, in the words of git rev-list: REF, ^REF, BASE..HEAD, A...B, --all,
	// --branches, --tags, --remotes, --remotes=NAME, --not. See
	// gitrevisions(7) for the forms of REF; those that ask the reflog or search
	// messages are not known.
	Revisions []string
	// Push is what git tells a hook before a push.
	Push *Push
	// Receive is what git tells a hook on the other side: lines
	// "OLD NEW REF". Everything that the repository holds already is left
	// out. See pre-receive in githooks(5).
	Receive *Receive
}

// Push is the input of a pre-push hook: see githooks(5).
type Push struct {
	// Remote is the hook's first argument: the name of a remote, or an address.
	Remote string
	// Lines are "LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID". What the other side
	// has at REMOTE-ID is left out, when it is known here, and so is all that
	// this clone knows of the remote.
	Lines []byte
}

// Receive is the input of a pre-receive hook: see githooks(5).
type Receive struct {
	// Lines are "OLD-ID NEW-ID REF".
	Lines []byte
}

// RevisionError is a revision that leads to no commit. The user has to change it,
// or to fetch what it names.
type RevisionError struct {
	Revision string
	Reason   string
	Advice   string // empty when there is nothing to say
}

func (e *RevisionError) Error() string {
	text := fmt.Sprintf("revision %q: %s", e.Revision, e.Reason)
	if e.Advice != "" {
		text += "; " + e.Advice
	}
	return text
}

// A selection is a Range with names made objects.
type selection struct {
	// whole tells that nothing that is held is left out: there are no tips beside
	// the holders.
	whole bool
	// named tells that a user has named commits.
	named         bool
	tips, exclude []gitstore.ID
	// common are pairs whose common history is left out.
	common [][2]gitstore.ID
	// few is up to how many commits are looked at for what they change, when
	// a part of the history is left out.
	few int
	// holders are all refs and heads, whether selected or not.
	holders []holder
}

// begin returns the objects that the selection begins with, each once.
func (s *selection) begin() []gitstore.ID {
	if s.whole {
		return objectsOf(s.holders)
	}
	return s.tips
}

// A holder keeps an object alive. Symbolic refs are none beside what they name.
type holder struct {
	name string
	id   gitstore.ID
}

// resolve finds the commits that a range means. Damaged refs go to problem; the
// error is a [RevisionError], or about the lines of a hook.
func (r Range) resolve(s *gitstore.Store, problem func(*gitstore.Error)) (*selection, error) {
	names := readNames(s, problem)
	sel := &selection{holders: names.holders, few: fewCommits}
	switch {
	case r.Push != nil:
		return sel, r.Push.resolve(names, sel)
	case r.Receive != nil:
		return sel, r.Receive.resolve(names, sel)
	case len(r.Revisions) > 0:
		sel.named = true
		return sel, sel.revisions(names, r.Revisions)
	}
	sel.whole = true
	return sel, nil
}

// revisions adds what the words of git rev-list mean.
func (s *selection) revisions(names *names, words []string) error {
	not, begun := false, false
	add := func(exclude bool, ids ...gitstore.ID) {
		if exclude != not {
			s.exclude = append(s.exclude, ids...)
			return
		}
		s.tips = append(s.tips, ids...)
		begun = true
	}
	for _, word := range words {
		remote, isRemote := strings.CutPrefix(word, "--remotes=")
		switch {
		case word == "--not":
			not = !not
		case word == "--all":
			add(false, objectsOf(names.holders)...)
		case word == "--branches":
			add(false, names.below("refs/heads/")...)
		case word == "--tags":
			add(false, names.below("refs/tags/")...)
		case word == "--remotes":
			add(false, names.below("refs/remotes/")...)
		case isRemote:
			add(false, names.below("refs/remotes/"+remote+"/")...)
		case strings.HasPrefix(word, "-"):
			return &RevisionError{word, "this option of git is not known here", "name commits and refs, as in BASE..HEAD"}
		default:
			if err := s.revision(names, word, add); err != nil {
				return err
			}
		}
	}
	if !begun {
		return &RevisionError{strings.Join(words, " "), "it only says what to leave out", "name what to begin from as well, as in HEAD"}
	}
	return nil
}

// revision adds one word that names commits.
func (s *selection) revision(names *names, word string, add func(exclude bool, ids ...gitstore.ID)) error {
	if left, right, ok := strings.Cut(word, "..."); ok {
		ids, err := names.commits(orHead(left), orHead(right))
		if err != nil {
			return err
		}
		add(false, ids...)
		s.common = append(s.common, [2]gitstore.ID{ids[0], ids[1]})
		return nil
	}
	if left, right, ok := strings.Cut(word, ".."); ok {
		ids, err := names.commits(orHead(left), orHead(right))
		if err != nil {
			return err
		}
		add(true, ids[0])
		add(false, ids[1])
		return nil
	}
	exclude := strings.HasPrefix(word, "^")
	name := strings.TrimPrefix(word, "^")
	if base, parents, ok := parentsOf(name); ok {
		ids, err := names.commits(base)
		if err != nil {
			return err
		}
		before, err := names.parents(name, ids[0], parents.only)
		if err != nil {
			return err
		}
		if parents.excluded {
			add(exclude, ids...)
		}
		add(exclude != parents.excluded, before...)
		return nil
	}
	ids, err := names.commits(name)
	if err != nil {
		return err
	}
	add(exclude, ids...)
	return nil
}

func orHead(name string) string {
	if name == "" {
		return "HEAD"
	}
	return name
}

// resolve adds what a push would bring to the other side.
func (p *Push) resolve(names *names, s *selection) error {
	if p.Remote != "" {
		s.exclude = names.below("refs/remotes/" + p.Remote + "/")
	}
	return eachLine(p.Lines, "pre-push", 4, func(fields []string) bool {
		// What git writes first may be an expression with spaces in it.
		tail := fields[len(fields)-3:]
		local, ok := gitstore.ParseID(tail[0])
		remote, ok2 := gitstore.ParseID(tail[2])
		if !ok || !ok2 {
			return false
		}
		if !local.IsZero() {
			s.tips = append(s.tips, local)
			s.excludeKnown(names, remote)
		}
		return true
	})
}

// resolve adds what a push brings to this side.
func (r *Receive) resolve(names *names, s *selection) error {
	s.exclude = objectsOf(names.holders)
	return eachLine(r.Lines, "pre-receive", 3, func(fields []string) bool {
		old, ok := gitstore.ParseID(fields[0])
		brought, ok2 := gitstore.ParseID(fields[1])
		if !ok || !ok2 || len(fields) > 3 {
			return false
		}
		if !brought.IsZero() {
			s.tips = append(s.tips, brought)
			s.excludeKnown(names, old)
		}
		return true
	})
}

// excludeKnown excludes an object that may never have been here.
func (s *selection) excludeKnown(names *names, id gitstore.ID) {
	if names.store.Has(id) && !slices.Contains(s.exclude, id) {
		s.exclude = append(s.exclude, id)
	}
}

// eachLine calls f with the fields of each line. It returns false for a line
// that is not what git writes.
func eachLine(text []byte, hook string, least int, f func(fields []string) bool) error {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		fields := strings.Split(strings.TrimRight(string(line), "\r\n"), " ")
		if len(fields) == 1 && fields[0] == "" {
			continue
		}
		if len(fields) < least || !f(fields) {
			return fmt.Errorf("line %d of the input is not what git writes to a %s hook", n, hook)
		}
	}
	return nil
}
