package history

import (
	"context"
	"slices"

	"github.com/envtight/envtight/internal/gitstore"
)

// A life is what became of one path, as far as wanted blobs stood there.
type life struct {
	path string
	// changes are commits that gave the path another blob than each of their
	// parents has, parents before children.
	changes []change
	// tips are the refs whose tips have the path, with the blob there.
	tips []tip
}

type change struct {
	commit gitstore.ID
	blob   gitstore.ID   // zero when the path is gone
	before []gitstore.ID // of each parent; zero where it lacks the path
}

type tip struct {
	ref  string
	blob gitstore.ID
}

// lives works out the lives of the paths at which wanted blobs stand, in the
// commits that refs lead to, ordered by path.
func lives(ctx context.Context, store *gitstore.Store, wanted map[gitstore.ID]bool, p *problems) ([]life, int, error) {
	l := &living{store: store, wanted: wanted, problems: p, leads: map[gitstore.ID]bool{}, trees: map[gitstore.ID][]entry{}, found: map[string]*life{}}
	refs := append(store.Refs(p.add), store.Head(p.add))
	var tips []gitstore.ID
	for _, ref := range refs {
		if !ref.ID.IsZero() {
			tips = append(tips, ref.ID)
		}
	}
	var nodes []gitstore.CommitNode
	err := store.Commits(ctx, gitstore.CommitOptions{Tips: tips, Missing: p.err}, func(n *gitstore.CommitNode) error {
		kept := *n
		kept.Parents = slices.Clone(n.Parents)
		nodes = append(nodes, kept)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	tree := map[gitstore.ID]gitstore.ID{}
	for _, n := range nodes {
		tree[n.ID] = n.Tree
		l.lead(n.Tree)
	}
	for _, n := range slices.Backward(nodes) {
		before := make([]gitstore.ID, len(n.Parents))
		for i, parent := range n.Parents {
			before[i] = tree[parent]
		}
		l.diff("", n.ID, n.Tree, before)
	}
	for _, ref := range refs {
		id, t, err := store.Peel(ref.ID)
		if err != nil || t != gitstore.TypeCommit {
			continue
		}
		for path, life := range l.found {
			if blob := l.at(tree[id], path); !blob.IsZero() {
				life.tips = append(life.tips, tip{ref.Name, blob})
			}
		}
	}
	var out []life
	for _, life := range l.found {
		out = append(out, *life)
	}
	slices.SortFunc(out, func(a, b life) int {
		if a.path < b.path {
			return -1
		}
		return 1
	})
	return out, len(nodes), nil
}

type entry struct {
	name string
	id   gitstore.ID
	tree bool
}

type living struct {
	store    *gitstore.Store
	wanted   map[gitstore.ID]bool
	problems *problems
	leads    map[gitstore.ID]bool // to something wanted
	trees    map[gitstore.ID][]entry
	found    map[string]*life
}

// lead tells whether a tree leads to something wanted.
func (l *living) lead(id gitstore.ID) bool {
	if found, ok := l.leads[id]; ok {
		return found
	}
	_, data, err := l.store.Object(id, nil)
	if err != nil {
		l.problems.err(id, err)
		l.leads[id] = false
		return false
	}
	var entries []entry
	found := false
	r := l.store.Format().ReadTree(data)
	for e := (gitstore.TreeEntry{}); r.Next(&e); {
		if e.IsModule() {
			continue
		}
		entries = append(entries, entry{string(e.Name), e.ID, e.IsTree()})
		if e.IsTree() && l.lead(e.ID) || l.wanted[e.ID] {
			found = true
		}
	}
	l.leads[id] = found
	if found {
		l.trees[id] = entries
	}
	return found
}

func (l *living) in(tree gitstore.ID, name string) (entry, bool) {
	for _, e := range l.trees[tree] {
		if e.name == name {
			return e, true
		}
	}
	return entry{}, false
}

func (l *living) at(tree gitstore.ID, path string) gitstore.ID {
	for i := range len(path) {
		if path[i] == '/' {
			e, ok := l.in(tree, path[:i])
			if !ok || !e.tree {
				return gitstore.ID{}
			}
			return l.at(e.id, path[i+1:])
		}
	}
	if e, ok := l.in(tree, path); ok && !e.tree {
		return e.id
	}
	return gitstore.ID{}
}

// diff visits what differs from all parents and holds, or held, something wanted.
func (l *living) diff(prefix string, commit, tree gitstore.ID, before []gitstore.ID) {
	if slices.Contains(before, tree) {
		return
	}
	names := map[string]bool{}
	for _, id := range append([]gitstore.ID{tree}, before...) {
		for _, e := range l.trees[id] {
			names[e.name] = true
		}
	}
	for name := range names {
		now, _ := l.in(tree, name)
		var blobsBefore, treesBefore []gitstore.ID
		for _, id := range before {
			var b, t gitstore.ID
			if e, ok := l.in(id, name); ok && e.tree {
				t = e.id
			} else if ok {
				b = e.id
			}
			blobsBefore, treesBefore = append(blobsBefore, b), append(treesBefore, t)
		}
		var nowBlob, nowTree gitstore.ID
		if now.tree {
			nowTree = now.id
		} else {
			nowBlob = now.id
		}
		l.diff(prefix+name+"/", commit, nowTree, treesBefore)
		if !l.wanted[nowBlob] && !slices.ContainsFunc(blobsBefore, func(id gitstore.ID) bool { return l.wanted[id] }) ||
			slices.Contains(blobsBefore, nowBlob) || nowBlob.IsZero() && len(before) == 0 {
			continue
		}
		one := l.found[prefix+name]
		if one == nil {
			one = &life{path: prefix + name}
			l.found[prefix+name] = one
		}
		one.changes = append(one.changes, change{commit, nowBlob, blobsBefore})
	}
}
