package python

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// isMarked reports whether a file may read by itself: by a word that reading takes,
// or by a library that it imports. Every such word has "env" in it.
func isMarked(text []byte, imports []imported) bool {
	for _, im := range imports {
		if im.level > 0 {
			continue
		}
		switch top, _, _ := strings.Cut(im.module, "."); top {
		case "decouple", "environs", "environ", "pydantic_settings":
			return true
		case "starlette":
			if strings.HasPrefix(im.module, "starlette.config") || im.name == "config" {
				return true
			}
		case "pydantic":
			if im.name == "BaseSettings" || strings.HasPrefix(im.name, "v1") {
				return true
			}
		}
	}
	for at := 2; at < len(text); at++ {
		next := bytes.IndexByte(text[at:], 'v')
		if next < 0 {
			return false
		}
		at += next
		if text[at-1] == 'n' && text[at-2]|32 == 'e' && isEnvWord(text[:at-2], text[at+1:]) {
			return true
		}
	}
	return false
}

// isEnvWord reports whether what stands round "env" makes it a word that reads:
// environ, getenv, envvar, from_prefixed_env, or the "env" of an old settings field.
func isEnvWord(before, after []byte) bool {
	return bytes.HasPrefix(after, []byte("iron")) || bytes.HasPrefix(after, []byte("var")) ||
		bytes.HasSuffix(before, []byte("get")) || bytes.HasSuffix(before, []byte("from_prefixed_")) || bytes.HasPrefix(after, []byte("_prefix"))
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
