package history

import (
	"encoding/binary"

	"github.com/envtight/envtight/internal/gitstore"
)

// pruned is the trees of a graph without everything that leads to no wanted blob.
// Trees that are alike then are one node: most commits of a history change
// nothing that matters and have the node of their parent.
type pruned struct {
	*graph
	wanted []bool // by blob
	nodes  [][]entry
	same   map[string]child // nodes by their content
	// What was found out already, by the numbers of trees and chunks.
	ofTree, ofChunk []finding
	key             []byte
}

// A finding is a node, or that there is none.
type finding struct {
	known bool
	node  child
}

func newPruned(g *graph, wanted []bool) *pruned {
	return &pruned{
		graph: g, wanted: wanted, same: map[string]child{},
		ofTree: make([]finding, g.trees.count()),
	}
}

// list returns the entries of a node.
func (p *pruned) list(node uint32) []entry { return p.nodes[node] }

// root is the node of a tree; nothing when it leads to nothing that is wanted.
func (p *pruned) root(tree uint32) child { return p.below(tree, 0) }

func (p *pruned) below(tree uint32, level int) child {
	if level > maxLevels {
		p.problems.add(&gitstore.Error{Kind: errLevels})
		return nothing
	}
	p.ofTree = extend(p.ofTree, tree)
	if f := p.ofTree[tree]; f.known {
		return f.node
	}
	node := nothing
	var joined []entry
	for _, part := range p.parts(tree) {
		found := p.inChunk(part.chunk, level)
		switch {
		case found == nothing:
		case node == nothing:
			node = found
		default:
			if joined == nil {
				joined = append(joined, p.list(node.number())...)
			}
			joined = append(joined, p.list(found.number())...)
		}
	}
	if joined != nil {
		node = p.node(joined)
	}
	p.ofTree[tree] = finding{true, node}
	return node
}

func (p *pruned) inChunk(n uint32, level int) child {
	p.ofChunk = extend(p.ofChunk, n)
	if f := p.ofChunk[n]; f.known {
		return f.node
	}
	var kept []entry
	for _, e := range p.chunk(n) {
		if e.child.isTree() {
			e.child = p.below(e.child.number(), level+1)
		} else if int(e.child) >= len(p.wanted) || !p.wanted[e.child] {
			e.child = nothing
		}
		if e.child != nothing {
			kept = append(kept, e)
		}
	}
	node := nothing
	if kept != nil {
		node = p.node(kept)
	}
	p.ofChunk[n] = finding{true, node}
	return node
}

// node returns the node with these entries.
func (p *pruned) node(entries []entry) child {
	p.key = p.key[:0]
	for _, e := range entries {
		p.key = binary.LittleEndian.AppendUint32(p.key, e.name)
		p.key = binary.LittleEndian.AppendUint32(p.key, uint32(e.child))
	}
	node, ok := p.same[string(p.key)]
	if !ok {
		node = treeBit | child(len(p.nodes))
		p.nodes = append(p.nodes, entries)
		p.same[string(p.key)] = node
	}
	return node
}
