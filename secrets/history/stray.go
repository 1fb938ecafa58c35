package history

import (
	"cmp"
	"slices"

	"github.com/envtight/envtight/internal/gitstore"
)

// A stray is a wanted blob that no commit leads to which is looked at: a ref holds
// it or its directory, or nothing does.
type stray struct {
	blob gitstore.ID
	// path is the first in alphabetical order that a directory which a ref
	// holds has for it, or else a commit that nothing leads to, or else a
	// directory that nothing is above. It is empty when none has.
	path string
	refs []string // that hold it, sorted
}

// A heldObject is a tree or a blob that refs hold without a commit.
type heldObject struct {
	child child
	refs  []string
}

// hold notes what refs hold without a commit.
func (g *graph) hold(tip, id gitstore.ID, t gitstore.Type) {
	h := heldObject{child: nothing}
	switch t {
	case gitstore.TypeTree:
		h.child = treeBit | child(g.number(g.trees, id))
	case gitstore.TypeBlob:
		h.child = child(g.number(g.blobs, id))
	}
	for _, holder := range g.sel.holders {
		if holder.id == tip {
			h.refs = append(h.refs, holder.name)
		}
	}
	g.held = append(g.held, h)
}

// strays looks for the wanted blobs that no commit leads to, ordered by path.
func (g *graph) strays(wanted map[gitstore.ID]bool) []stray {
	at := map[child]*stray{}
	isStray := make([]bool, g.blobs.count())
	var all []*stray
	for id := range wanted {
		n, ok := g.blobs.find(id.Bytes())
		if ok && int(n) < len(g.reached) && g.reached[n] {
			continue
		}
		s := &stray{blob: id}
		all = append(all, s)
		if ok { // some directory has it
			isStray[n] = true
			at[child(n)] = s
		}
	}
	if len(at) > 0 {
		g.placeStrays(newPruned(g, isStray), at)
	}
	g.tellOverflow()
	slices.SortFunc(all, func(a, b *stray) int {
		return cmp.Or(cmp.Compare(a.path, b.path), a.blob.Compare(b.blob))
	})
	out := make([]stray, len(all))
	for i, s := range all {
		out[i] = *s
	}
	return out
}

// placeStrays finds the paths of strays, and who holds them.
func (g *graph) placeStrays(p *pruned, at map[child]*stray) {
	place := func(found map[child]string) {
		for blob, path := range found {
			if s := at[blob]; s.path == "" {
				s.path = path
			}
		}
	}
	inHeld := map[child]string{}
	for _, h := range g.held {
		found := map[child]string{}
		if h.child.isTree() {
			p.firstPaths("", p.root(h.child.number()), found)
		} else if at[h.child] != nil {
			found[h.child] = ""
		}
		for blob, path := range found {
			at[blob].refs = append(at[blob].refs, h.refs...)
			keepFirst(inHeld, blob, path)
		}
	}
	place(inHeld)
	committed := map[child]string{}
	seen := map[child]bool{}
	for _, c := range g.commit {
		if !c.read {
			continue
		}
		if root := p.root(c.tree); !seen[root] {
			seen[root] = true
			p.firstPaths("", root, committed)
		}
	}
	place(committed)
	top := map[child]string{}
	for _, tree := range g.tops() {
		p.firstPaths("", p.root(tree), top)
	}
	place(top)
	for _, s := range at {
		slices.Sort(s.refs)
		s.refs = slices.Compact(s.refs)
	}
}

// tops are the trees that were read and that no other tree has.
func (g *graph) tops() []uint32 {
	var below, seen []bool
	for _, t := range g.tree {
		for _, part := range t.parts {
			if !first(&seen, part.chunk) {
				continue
			}
			for _, e := range g.chunk(part.chunk) {
				if e.child.isTree() {
					first(&below, e.child.number())
				}
			}
		}
	}
	var out []uint32
	for n, t := range g.tree {
		if t.read && first(&below, uint32(n)) {
			out = append(out, uint32(n))
		}
	}
	return out
}

// firstPaths notes the first path of each blob below a node.
func (p *pruned) firstPaths(dir string, node child, found map[child]string) {
	if node == nothing {
		return
	}
	entries := p.list(node.number())
	if !p.step(len(entries)) {
		return
	}
	for _, e := range entries {
		path := dir + p.names.names[e.name]
		if e.child.isTree() {
			p.firstPaths(path+"/", e.child, found)
		} else {
			keepFirst(found, e.child, path)
		}
	}
}

func keepFirst(found map[child]string, blob child, path string) {
	if old, ok := found[blob]; !ok || path < old {
		found[blob] = path
	}
}
