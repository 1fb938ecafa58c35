package history

import (
	"context"

	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
)

// A catalogue says at which paths blobs stand, in all that is looked at. It is not
// changed any more when workers ask it.
type catalogue struct {
	graph *graph
	table *pathTable
	// The paths of blob n are paths[first[n]:first[n+1]].
	first, paths []uint32
	// bearing are the paths that rules object to whatever is in the file.
	bearing map[uint32]bool
}

// A place is a blob at a path.
type place struct{ blob, path uint32 }

// catalogue groups the places of all blobs, and takes from those that are to be
// looked at the ones whose paths the detector passes over all. It returns nil when
// there are too many paths: then all blobs are looked at, wherever they are.
func (g *graph) catalogue(ctx context.Context, d *secrets.Detector) (*catalogue, error) {
	places, table, err := g.places(ctx)
	if table == nil || err != nil {
		return nil, err
	}
	c := &catalogue{graph: g, table: table, bearing: map[uint32]bool{}}
	allowed, asked := make([]bool, len(table.keys)), make([]bool, len(table.keys))
	kept := places[:0]
	for _, p := range places {
		if !asked[p.path] {
			asked[p.path] = true
			file := secrets.File{Path: c.path(p.path)}
			// Live values are allowed nowhere.
			allowed[p.path] = d.Allows(file) && !d.SeeksLive()
			if len(d.DetectPath(file)) > 0 {
				c.bearing[p.path] = true
			}
		}
		if !allowed[p.path] {
			kept = append(kept, p)
		}
	}
	c.index(kept)
	for n := range g.reached {
		if g.reached[n] && len(c.of(uint32(n))) == 0 {
			g.reached[n] = false
			first(&g.passed, uint32(n))
		}
	}
	return c, nil
}

func (c *catalogue) path(n uint32) string { return c.graph.pathIn(c.table, n) }

// index groups places by blob.
func (c *catalogue) index(places []place) {
	c.first, c.paths = make([]uint32, c.graph.blobs.count()+1), make([]uint32, len(places))
	for _, p := range places {
		c.first[p.blob+1]++
	}
	for i := 1; i < len(c.first); i++ {
		c.first[i] += c.first[i-1]
	}
	next := append([]uint32(nil), c.first...)
	for _, p := range places {
		c.paths[next[p.blob]] = p.path
		next[p.blob]++
	}
}

// of returns the numbers of a blob's paths.
func (c *catalogue) of(blob uint32) []uint32 {
	if int(blob)+1 >= len(c.first) {
		return nil
	}
	return c.paths[c.first[blob]:c.first[blob+1]]
}

// versions are a blob at each of its paths.
func (c *catalogue) versions(id gitstore.ID) []version {
	var out []version
	if n, ok := c.graph.blobs.find(id.Bytes()); ok {
		for _, path := range c.of(n) {
			out = append(out, version{blob: id, path: c.path(path)})
		}
	}
	return out
}

// bearers are the versions whose paths say enough.
func (c *catalogue) bearers() []version {
	var out []version
	if len(c.bearing) == 0 {
		return nil
	}
	for n := range c.graph.blobs.count() {
		for _, path := range c.of(uint32(n)) {
			if c.bearing[path] {
				out = append(out, version{blob: c.graph.blobs.id(uint32(n)), path: c.path(path)})
			}
		}
	}
	return out
}

// places lists every blob at every path, each once. The table is nil when there are
// too many, which is told.
func (g *graph) places(ctx context.Context) ([]place, *pathTable, error) {
	if g.few {
		seen := map[place]bool{}
		var out []place
		for _, e := range g.changes {
			p := place{blob: uint32(e.now), path: e.path}
			if e.now != nothing && !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
		return out, g.paths, nil
	}
	l := &lister{graph: g, table: newPathTable()}
	for _, c := range g.order {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		for _, root := range append(g.rootsOf(g.parents(c)), g.rootOf(c)) {
			if root.isTree() && !l.list(root.number(), 0, 0) {
				g.problems.add(&gitstore.Error{Kind: errPaths})
				return nil, nil, nil
			}
		}
	}
	return l.out, l.table, nil
}

// A lister lists what trees hold. A tree or chunk that was listed in a directory is
// not listed there again.
type lister struct {
	*graph
	table         *pathTable
	trees, chunks onceIn
	out           []place
	listed        int
}

func (l *lister) list(tree, dir uint32, level int) bool {
	if !l.trees.first(tree, dir) {
		return true
	}
	if level == maxLevels {
		return true // told when trees are compared
	}
	for _, part := range l.parts(tree) {
		if !l.chunks.first(part.chunk, dir) {
			continue
		}
		entries := l.chunk(part.chunk)
		if l.listed += len(entries); l.listed > maxSteps {
			return false
		}
		for _, e := range entries {
			path, ok := l.table.number(dir, e.name)
			switch {
			case !ok:
				return false
			case e.child.isBlob():
				l.out = append(l.out, place{e.child.number(), path})
			case e.child.isTree() && !l.list(e.child.number(), path, level+1):
				return false
			}
		}
	}
	return true
}

// onceIn remembers in which directories things were: nearly all are in one only.
type onceIn struct {
	in   []uint32 // the first directory, plus 1
	more map[[2]uint32]bool
}

// first tells whether a thing was not seen in a directory before.
func (o *onceIn) first(n, dir uint32) bool {
	o.in = extend(o.in, n)
	switch o.in[n] {
	case 0:
		o.in[n] = dir + 1
		return true
	case dir + 1:
		return false
	}
	key := [2]uint32{n, dir}
	if o.more[key] {
		return false
	}
	if o.more == nil {
		o.more = map[[2]uint32]bool{}
	}
	o.more[key] = true
	return true
}
