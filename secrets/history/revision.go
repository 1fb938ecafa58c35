package history

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/internal/nearest"
)

// names are the refs of a repository, read once.
type names struct {
	store   *gitstore.Store
	refs    []gitstore.Ref // below refs/, sorted by their full names
	head    gitstore.Ref
	holders []holder
}

func readNames(s *gitstore.Store, problem func(*gitstore.Error)) *names {
	refs, worktrees := s.RefsAndWorktrees(problem)
	n := &names{store: s, refs: refs, holders: make([]holder, 0, len(refs)+len(worktrees))}
	hold := func(prefix string, ref gitstore.Ref) {
		if ref.Target == "" && !ref.ID.IsZero() {
			n.holders = append(n.holders, holder{prefix + ref.Name, ref.ID})
		}
	}
	for _, ref := range refs {
		hold("", ref)
	}
	listed := false
	for _, w := range worktrees {
		if w.GitDir == s.Dirs().GitDir {
			n.head, listed = w.Head, true
			hold("", w.Head)
			continue
		}
		// git's own words for what another work tree has: gitworktree(1).
		prefix := "worktrees/" + w.Name + "/"
		if w.Name == "" {
			prefix = "main-worktree/"
		}
		hold(prefix, w.Head)
		for _, ref := range w.Refs {
			hold(prefix, ref)
		}
	}
	if !listed { // a work tree that the repository does not list
		n.head = s.Head(problem)
		hold("", n.head)
	}
	slices.SortFunc(n.holders, func(a, b holder) int { return strings.Compare(a.name, b.name) })
	return n
}

// ref returns the ref of a full name, or HEAD.
func (n *names) ref(name string) (gitstore.Ref, bool) {
	if name == "HEAD" {
		return n.head, true
	}
	i, ok := slices.BinarySearchFunc(n.refs, name, func(ref gitstore.Ref, name string) int { return strings.Compare(ref.Name, name) })
	if !ok {
		return gitstore.Ref{}, false
	}
	return n.refs[i], true
}

// objectsOf returns what is held, each object once.
func objectsOf(holders []holder) []gitstore.ID {
	seen := make(map[gitstore.ID]bool, len(holders))
	var out []gitstore.ID
	for _, h := range holders {
		if !seen[h.id] {
			seen[h.id] = true
			out = append(out, h.id)
		}
	}
	return out
}

// below returns what the refs below a prefix name.
func (n *names) below(prefix string) []gitstore.ID {
	var out []gitstore.ID
	for _, ref := range n.refs {
		if strings.HasPrefix(ref.Name, prefix) {
			out = append(out, ref.ID)
		}
	}
	return out
}

// parentRange is one of the short forms that are about a commit's parents.
type parentRange struct {
	excluded bool // the commit without them, or they alone
	only     int  // which one; 0 for all
}

// parentsOf reads the forms REV^@, REV^! and REV^-N.
func parentsOf(name string) (base string, p parentRange, ok bool) {
	if base, ok := strings.CutSuffix(name, "^@"); ok {
		return base, p, true
	}
	p.excluded = true
	if base, ok := strings.CutSuffix(name, "^!"); ok {
		return base, p, true
	}
	at := strings.LastIndex(name, "^-")
	if at < 0 {
		return "", p, false
	}
	p.only = 1
	if digits := name[at+2:]; digits != "" {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 {
			return "", p, false
		}
		p.only = n
	}
	return name[:at], p, true
}

// parents returns those of a commit, or the one that is asked for.
func (n *names) parents(revision string, id gitstore.ID, only int) ([]gitstore.ID, error) {
	c, err := n.read(revision, id)
	if err != nil {
		return nil, err
	}
	if only == 0 {
		return c.Parents, nil
	}
	if only > len(c.Parents) {
		return nil, &RevisionError{Revision: revision, Reason: fmt.Sprintf("the commit has no parent number %d", only)}
	}
	return c.Parents[only-1 : only], nil
}

// commits resolves revisions that have to be commits, or tags of one.
func (n *names) commits(revisions ...string) ([]gitstore.ID, error) {
	var out []gitstore.ID
	for _, r := range revisions {
		id, err := n.resolve(r)
		if err != nil {
			return nil, err
		}
		if id, err = n.peel(r, id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

// peel returns the commit that an object is, or is a tag of.
func (n *names) peel(revision string, id gitstore.ID) (gitstore.ID, error) {
	commit, t, err := n.store.Peel(id)
	if err != nil {
		return id, unreadable(revision, id, err)
	}
	if t != gitstore.TypeCommit {
		return id, &RevisionError{Revision: revision, Reason: "it names a " + t.String() + ", not a commit"}
	}
	return commit, nil
}

func unreadable(revision string, id gitstore.ID, err error) error {
	if errors.Is(err, gitstore.ErrMissing) {
		return &RevisionError{revision, "object " + id.String() + " is not in this clone", "fetch it first (a shallow clone has no old commits)"}
	}
	return fmt.Errorf("revision %q: %w", revision, err)
}

func (n *names) read(revision string, id gitstore.ID) (*gitstore.Commit, error) {
	_, data, err := n.store.Object(id, nil)
	if err != nil {
		return nil, unreadable(revision, id, err)
	}
	var c gitstore.Commit
	if err := n.store.Format().ParseCommit(data, &c); err != nil {
		return nil, fmt.Errorf("revision %q: commit %s: %w", revision, id, err)
	}
	return &c, nil
}

// resolve finds the object that a revision names: a name, and what is to be done
// from there, as in HEAD~2^{commit}. Source: gitrevisions(7).
func (n *names) resolve(revision string) (gitstore.ID, error) {
	end := len(revision)
	for i := range len(revision) {
		if c := revision[i]; c == '^' || c == '~' || c == ':' || c == '@' && strings.HasPrefix(revision[i:], "@{") {
			end = i
			break
		}
	}
	name, rest := revision[:end], revision[end:]
	if after, ok := cutUpstream(rest); ok {
		upstream, err := n.upstream(revision, name)
		if err != nil {
			return gitstore.ID{}, err
		}
		name, rest = upstream, after
	}
	if strings.HasPrefix(rest, "@") {
		return gitstore.ID{}, &RevisionError{revision, "reflogs are not read", "name the commit itself"}
	}
	id, err := n.find(revision, name)
	for rest != "" && err == nil {
		id, rest, err = n.step(revision, id, rest)
	}
	return id, err
}

func cutUpstream(rest string) (after string, ok bool) {
	end := strings.IndexByte(rest, '}')
	if end < 0 {
		return "", false
	}
	word := strings.ToLower(rest[:end+1])
	return rest[end+1:], word == "@{u}" || word == "@{upstream}"
}

// upstream is the full name of the ref that a branch follows.
func (n *names) upstream(revision, branch string) (string, error) {
	if branch == "" || branch == "@" || branch == "HEAD" {
		branch = n.head.Target
	}
	branch = strings.TrimPrefix(branch, "refs/heads/")
	ref := n.store.Upstream(branch)
	if branch == "" || ref == "" {
		return "", &RevisionError{revision, "no upstream is set", "set one with git branch --set-upstream-to, or name the commit"}
	}
	return ref, nil
}

// step applies the first operator of rest.
func (n *names) step(revision string, id gitstore.ID, rest string) (gitstore.ID, string, error) {
	op, rest := rest[0], rest[1:]
	if op == '^' && strings.HasPrefix(rest, "{") {
		word, after, ok := strings.Cut(rest[1:], "}")
		if !ok {
			return id, "", malformed(revision)
		}
		id, err := n.dereference(revision, id, word)
		return id, after, err
	}
	if op == ':' {
		return id, "", &RevisionError{Revision: revision, Reason: "it names a file, not a commit"}
	}
	if op != '^' && op != '~' {
		return id, "", malformed(revision)
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	count := 1
	if digits > 0 {
		var err error
		if count, err = strconv.Atoi(rest[:digits]); err != nil {
			return id, "", malformed(revision)
		}
	}
	id, err := n.peel(revision, id)
	if err != nil {
		return id, "", err
	}
	steps, which := count, 1
	if op == '^' {
		steps, which = min(count, 1), count
	}
	for ; steps > 0 && err == nil; steps-- {
		var parents []gitstore.ID
		if parents, err = n.parents(revision, id, which); err == nil {
			id = parents[0]
		}
	}
	return id, rest[digits:], err
}

func malformed(revision string) error {
	return &RevisionError{Revision: revision, Reason: "it has not the form of a revision"}
}

// dereference is the form REV^{word}.
func (n *names) dereference(revision string, id gitstore.ID, word string) (gitstore.ID, error) {
	switch word {
	case "object":
		return id, nil
	case "commit":
		return n.peel(revision, id)
	case "", "tag", "tree":
		peeled, t, err := n.store.Peel(id)
		if err != nil {
			return id, unreadable(revision, id, err)
		}
		if word == "" {
			return peeled, nil
		}
		if word == "tag" && peeled != id {
			return id, nil
		}
		if word == "tree" && t == gitstore.TypeCommit {
			c, err := n.read(revision, peeled)
			if err != nil {
				return id, err
			}
			return c.Tree, nil
		}
		return id, &RevisionError{Revision: revision, Reason: "it is no " + word}
	}
	return id, &RevisionError{revision, "messages are not searched", "name the commit itself"}
}

// places are where a short name may stand, in git's order: gitrevisions(7).
var places = []string{"", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"}

// find looks a name up: a whole ID, a ref, or the first digits of an ID.
func (n *names) find(revision, name string) (gitstore.ID, error) {
	if name == "@" {
		name = "HEAD"
	}
	if id, ok := gitstore.ParseID(name); ok {
		if !n.store.Has(id) {
			return id, unreadable(revision, id, gitstore.ErrMissing)
		}
		return id, nil
	}
	for _, place := range places {
		if ref, ok := n.ref(place + name); ok && !ref.ID.IsZero() {
			return ref.ID, nil
		}
	}
	if ref, ok := n.ref("refs/remotes/" + name + "/HEAD"); ok {
		return ref.ID, nil
	}
	if name == "HEAD" {
		return gitstore.ID{}, &RevisionError{revision, "there is no commit yet", "name a branch"}
	}
	return n.abbreviated(revision, name)
}

// maxAlike bounds how many objects with one abbreviation are looked at.
const maxAlike = 1000

// abbreviated looks for the first digits of an ID. Of several objects with them,
// git takes the only one that leads to a commit.
func (n *names) abbreviated(revision, name string) (gitstore.ID, error) {
	alike := n.store.WithPrefix(name, maxAlike)
	if len(alike) > 1 {
		alike = slices.DeleteFunc(alike, func(id gitstore.ID) bool {
			_, t, err := n.store.Peel(id)
			return err == nil && t != gitstore.TypeCommit
		})
	}
	switch len(alike) {
	case 1:
		return alike[0], nil
	case 0:
		e := &RevisionError{Revision: revision, Reason: "there is no such ref or object in this clone"}
		if near := n.nearest(name); near != "" {
			e.Advice = fmt.Sprintf("did you mean %q?", near)
		} else {
			e.Advice = "fetch it first, or see git for-each-ref for what there is"
		}
		return gitstore.ID{}, e
	}
	return gitstore.ID{}, &RevisionError{revision, fmt.Sprintf("%d objects begin with it", len(alike)), "give more digits"}
}

// nearest returns the ref that may have been meant, in the short form if that was
// given.
func (n *names) nearest(name string) string {
	var known []string
	for _, ref := range n.refs {
		for _, place := range slices.Backward(places) {
			if short, ok := strings.CutPrefix(ref.Name, place); ok {
				known = append(known, short)
				break
			}
		}
	}
	return nearest.Name(name, append(known, "HEAD"))
}
