// Package history looks for secrets in the objects of a git repository.
//
// A run has four steps. A [Range] says which commits are looked at (range.go,
// revision.go). All commits and trees are read into a graph, in the order of the
// packs, which says what blobs these commits have (graph.go, trees.go, order.go);
// of a few commits, as those of a push, only the trees that they change are read.
//
// Then these blobs are sieved, in the order in which the packs have them, an
// edited one only where it differs from its base; the few that are not sieved out
// are inspected whole while their bytes are at hand (blobs.go). For them the
// graph tells at which paths they were, which commits brought them and took them
// away, and which refs have them still (attribute.go, prune.go, stray.go). Last,
// rules about paths and commits are asked, and what is left is a finding for each
// rule, secret and path (findings.go).
//
// What a run found out is kept for later ones (memory.go, record.go). One that has
// nothing new to look at reads no graph and searches nothing: it opens the objects
// that hold what was found (facts.go), and shows it (tell.go).
//
// No git process is started, and nothing of the repository is executed. What
// cannot be read is told, never passed over.
package history
