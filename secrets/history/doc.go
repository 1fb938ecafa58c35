// Package history looks for secrets in the objects of a git repository.
//
// A run has three steps. Every blob is sieved, in the order in which the packs
// have them, an edited one only where it differs from its base; the few that are
// not sieved out are inspected whole while their bytes are at hand (blobs.go).
// Then the commits and paths that hold those blobs are worked out (graph.go,
// attribute.go), for nothing else. Last, rules about paths and commits are asked,
// and what is left is a finding for each rule, secret and path (findings.go).
//
// No git process is started, and nothing of the repository is executed. What
// cannot be read is told, never passed over.
package history
