package ecma

import (
	"context"
	"slices"

	"github.com/envtight/envtight/envcheck/usage"
)

// graph is all files with what they import from one another and export.
type graph struct {
	in    *usage.Input
	nodes map[string]*node
}

// node is a file of the graph.
type node struct {
	path     string
	bindings []importBinding
	// files are those that the modules are which it imports.
	files    map[string]string
	exported exported
	wanted   []wanted
	// taken is how many names it imports whose meaning was known when it was looked
	// at.
	taken int
}

// most bounds how far a name is followed through files that hand it on, and mostFiles
// through how many.
const (
	most      = 12
	mostFiles = 2000
)

// find returns what the file at path exports by a name. Of a name that says nothing,
// the readers are known that the file has among the properties of what it declares.
func (g *graph) find(path, name string) (thing, bool) {
	if name == "*" {
		return g.all(path)
	}
	left := mostFiles
	if t, ok := g.named(path, name, 0, &left); ok {
		return t, true
	}
	return g.properties(path, 0, &left)
}

func (g *graph) properties(path string, depth int, left *int) (thing, bool) {
	n := g.nodes[path]
	if *left--; n == nil || depth > most || *left < 0 {
		return thing{}, false
	}
	if t, ok := n.exported.things["*"]; ok {
		return t, true
	}
	for _, p := range n.exported.passed {
		if t, ok := g.properties(n.files[p.module], depth+1, left); ok {
			return t, true
		}
	}
	return thing{}, false
}

func (g *graph) named(path, name string, depth int, left *int) (thing, bool) {
	n := g.nodes[path]
	if *left--; n == nil || depth > most || *left < 0 {
		return thing{}, false
	}
	if t, ok := n.exported.things[name]; ok {
		return t, true
	}
	for _, p := range n.exported.passed {
		if p.exported == name && p.name != "*" {
			return g.named(n.files[p.module], p.name, depth+1, left)
		}
	}
	for _, p := range n.exported.passed {
		if p.exported == "*" {
			if t, ok := g.named(n.files[p.module], name, depth+1, left); ok {
				return t, true
			}
		}
	}
	return thing{}, false
}

// all returns the readers that a file exports, as properties.
func (g *graph) all(path string) (thing, bool) {
	out := thing{meaning: module, members: map[string]*wrapper{}}
	n := g.nodes[path]
	if n == nil {
		return out, false
	}
	for name, t := range n.exported.things {
		if t.reader != nil {
			out.members[name] = t.reader
		}
		for name, w := range t.members {
			out.members[name] = w
		}
	}
	return out, len(out.members) > 0
}

// takes counts the names that a file imports of which the meaning is known.
func (g *graph) takes(n *node) int {
	count := 0
	for _, b := range n.bindings {
		if b.typesOnly {
			continue
		}
		if _, ok := g.find(n.files[b.from], b.name); ok {
			count++
		}
	}
	return count
}

// lookup returns what an import brings.
type lookup func(module, name string) (thing, bool)

// settle looks again at the files that import what reads variables, until no more of
// that is found. What comes of it replaces what was found before.
func (g *graph) settle(ctx context.Context, files map[string]*usage.File, look func(path string, l lookup) (*node, []usage.Read, bool)) {
	for range maxRounds {
		var paths []string
		for path, n := range g.nodes {
			if took := g.takes(n); took > n.taken {
				n.taken = took
				paths = append(paths, path)
			}
		}
		slices.Sort(paths)
		again := make([]*node, len(paths))
		g.in.Each(ctx, paths, func(i int, path string) {
			n := g.nodes[path]
			seen, reads, ok := look(path, func(module, name string) (thing, bool) { return g.find(n.files[module], name) })
			if ok {
				again[i] = seen
				files[path].Reads = reads
			}
		})
		if len(paths) == 0 || ctx.Err() != nil {
			return
		}
		for i, path := range paths {
			if again[i] != nil {
				g.nodes[path].exported, g.nodes[path].wanted = again[i].exported, again[i].wanted
			}
		}
	}
}
