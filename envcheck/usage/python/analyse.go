package python

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// marks are what stands in every file that reads, but for names of the repository's
// own.
var marks = [][]byte{
	[]byte("environ"), []byte("getenv"), []byte("envvar"), []byte("BaseSettings"), []byte("decouple"), []byte("starlette.config"), []byte("from_prefixed_env"),
}

// isMarked reports whether a file may read by itself.
func isMarked(text []byte) bool {
	for _, mark := range marks {
		if bytes.Contains(text, mark) {
			return true
		}
	}
	return false
}

// maxRounds is how many functions that wrap one another are followed in a file.
const maxRounds = 4

// analyse finds what a file reads. The lexer's memory of an earlier file is used
// again.
func (s *script) analyse(path string, text []byte, extern func(imported) *symbol) {
	*s = script{
		lexer: s.lexer, extern: extern, names: names{known: map[string]bool{}, at: map[place]*symbol{}}, aliased: map[int32]bool{},
		classes: map[string]bool{}, methods: map[string]*reader{}, wraps: map[int32]*wrapper{}, prefixes: map[int32]string{}, giving: map[int32]bool{}, reads: s.reads[:0],
	}
	s.run(text)
	s.findScopes()
	s.findImports()
	s.findParams()
	for _, sc := range s.scopes {
		if sc.class {
			s.classes[sc.name] = true
		}
	}
	s.findBindings()
	for range maxRounds {
		s.reads, s.expanded, s.option.open = s.reads[:0], 0, -1
		s.findReads()
		if !s.findWrappers(path) {
			break
		}
	}
	s.settle()
}

// sorted returns the reads in order of place, each once.
func (s *script) sorted() []read {
	slices.SortStableFunc(s.reads, func(a, b read) int {
		return cmp.Or(a.span.Start-b.span.Start, strings.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind))
	})
	s.reads = slices.CompactFunc(s.reads, func(a, b read) bool { return a.span == b.span && a.name == b.name && a.via == b.via })
	return s.reads
}
