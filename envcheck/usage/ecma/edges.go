package ecma

import (
	"bytes"
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
)

// importsOf turns what a file loads into files of the repository, which it also
// returns by module.
func (r *resolver) importsOf(path string, from imports) (edges []usage.Import, files map[string]string, unresolved bool) {
	unresolved = from.computed
	files = map[string]string{}
	for _, e := range from.edges {
		found, lost := r.resolve(path, e.module)
		unresolved = unresolved || lost && !e.typesOnly
		if found == "" || found == path || !match(found) {
			continue
		}
		files[e.module] = found
		edges = append(edges, usage.Import{Path: found, TypesOnly: e.typesOnly})
	}
	slices.SortFunc(edges, func(a, b usage.Import) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 || a.TypesOnly == b.TypesOnly {
			return c
		}
		if b.TypesOnly {
			return -1
		}
		return 1
	})
	// The edge that loads code comes before the one for types.
	edges = slices.CompactFunc(edges, func(a, b usage.Import) bool { return a.Path == b.Path })
	return edges, files, unresolved
}

var (
	fromWord    = []byte("from")
	importWord  = []byte("import")
	requireWord = []byte("require")
)

// importsEnd returns how much of a text has to be cut into tokens to find all that it
// loads: up to the last place where a module may be named. Most files name them at
// their beginning.
func importsEnd(text []byte) int {
	end := 0
	for _, word := range [][]byte{fromWord, importWord, requireWord} {
		for at := end; ; {
			n := bytes.Index(text[at:], word)
			if n < 0 {
				break
			}
			at += n + len(word)
			if stop := moduleEnd(text, at); stop > end {
				end = stop
			}
		}
	}
	return end
}

// moduleEnd returns where the string ends that stands at i, with "(" and white space
// before it, or 0. A call of what is no string ends at the end of its line.
func moduleEnd(text []byte, i int) int {
	call := false
	for i < len(text) && (class[text[i]]&isSpace != 0 || text[i] == '(') {
		call = call || text[i] == '('
		i++
	}
	if i == len(text) {
		return 0
	}
	if c := text[i]; c != '"' && c != '\'' && !call {
		return 0
	}
	if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(text)
}
