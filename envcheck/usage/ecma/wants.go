package ecma

import (
	"cmp"
	"maps"
	"slices"

	"github.com/envtight/envtight/envcheck/usage"
)

// schemas finds the schemas that files apply to the environment and import from other
// files, and notes their variables where they stand.
type schemas struct {
	*graph
	lexer *lexer
	// found are the reads of each file that were added.
	found map[string][]read
	steps int
}

// maxSchemas bounds how many files are looked into for the schemas of a repository.
const maxSchemas = 2000

// settleWanted returns the reads to add to each file.
func (g *graph) settleWanted() map[string][]read {
	s := &schemas{graph: g, lexer: &lexer{}, found: map[string][]read{}}
	for _, path := range slices.Sorted(maps.Keys(g.nodes)) {
		n := g.nodes[path]
		for _, w := range n.wanted {
			if !s.want(n.files[w.module], w.name, w, 0) && w.whole.end > 0 {
				s.found[path] = append(s.found[path], w.whole)
			}
		}
	}
	for path, reads := range s.found {
		slices.SortStableFunc(reads, byPlace)
		s.found[path] = slices.CompactFunc(reads, sameRead)
	}
	return s.found
}

func byPlace(a, b read) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name), cmp.Compare(a.via, b.via))
}

func sameRead(a, b read) bool { return a.start == b.start && a.name == b.name && a.via == b.via }

// want finds what the file at path exports by a name, and notes the variables of the
// schema that it is.
func (s *schemas) want(path, name string, w wanted, depth int) bool {
	n := s.nodes[path]
	if s.steps++; n == nil || depth > most || s.steps > maxSchemas {
		return false
	}
	for _, p := range n.exported.passed {
		if p.exported == name {
			return s.want(n.files[p.module], p.name, w, depth+1)
		}
	}
	if s.own(n, name, w, depth) {
		return true
	}
	for _, p := range n.exported.passed {
		if p.exported == "*" && s.want(n.files[p.module], name, w, depth+1) {
			return true
		}
	}
	return false
}

// own looks for the schema among what the file itself declares.
func (s *schemas) own(n *node, name string, w wanted, depth int) bool {
	text, err := s.in.Workspace.Tree.Read(n.path)
	if err != nil {
		return false // noted when the file was read first
	}
	m := cut(s.lexer, n.path, text)
	at := none
	m.eachExport(func(inside int, exported string) {
		if exported == name {
			at = inside
		}
	})
	if at < 0 {
		return false
	}
	found := m.evaluate(m.initializerOf(m.name(at)), 0)
	if found == nil {
		for _, b := range m.imports.bindings {
			if b.local == m.name(at) {
				return s.want(n.files[b.from], b.name, w, depth+1)
			}
		}
		return false
	}
	if w.partial {
		found.relax()
	}
	if w.unchecked {
		found.uncheck()
	}
	known := m.want(found, w.via, w.client, object{})
	s.found[n.path] = append(s.found[n.path], m.reads...)
	for _, next := range m.wanted {
		next.partial, next.unchecked = next.partial || w.partial, next.unchecked || w.unchecked
		s.want(n.files[next.module], next.name, next, depth+1)
	}
	return known
}

// add puts reads into a file, in order of place.
func add(file *usage.File, more []usage.Read) {
	file.Reads = append(file.Reads, more...)
	slices.SortStableFunc(file.Reads, func(a, b usage.Read) int {
		return cmp.Or(cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset), cmp.Compare(a.Range.End.Offset, b.Range.End.Offset))
	})
	file.Reads = slices.Compact(file.Reads)
}
