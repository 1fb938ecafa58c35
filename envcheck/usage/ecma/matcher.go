package ecma

import (
	"slices"

	"github.com/envtight/envtight/envcheck/usage"
)

// matcher finds what one file asks for.
type matcher struct {
	*scopes
	path  string
	scope usage.Scope
	// readers are the functions of the file that read what they are told.
	readers []*wrapper
	// methods are those of them that are called as properties, by name.
	methods map[string]*wrapper
	// ofReader holds the brackets in which a reader's argument stands: they are no
	// read of their own.
	ofReader map[int]bool
	// modules are the readers among what some imports bring, by name.
	modules []map[string]*wrapper
	// services are the variables whose type is ConfigService of Nest.
	services map[string]bool
	// initializers are the first tokens of what names are declared to be, once asked
	// for; steps counts the expressions that were read as schemas.
	initializers map[string]int
	steps        int
	// lookup tells what imports from other files bring; nil when nobody knows yet.
	lookup  lookup
	imports imports

	reads  []read
	wanted []wanted
}

// read is a [usage.Read] whose place is not worked out yet.
type read struct {
	name       string
	kind       usage.Kind
	scope      usage.Scope
	via        string
	client     bool
	start, end int // bytes
}

// maxRounds is how often names are followed from one to the next: const a =
// process.env, b = a.
const maxRounds = 16

// match goes through a file whose tokens are cut.
func (m *matcher) match() {
	m.seed()
	for range maxRounds {
		m.resolve()
		if !m.spread() {
			break
		}
	}
	m.constants()
	m.inferReaders()
	for i := range m.list {
		if m.list[i].kind == wordToken {
			m.shapes(i)
		}
	}
	slices.SortStableFunc(m.reads, byPlace)
	m.reads = slices.CompactFunc(m.reads, sameRead)
}

// shapes finds the reads that begin with the word at i.
func (m *matcher) shapes(i int) {
	if o, ok := m.environment(i); ok {
		m.use(o)
		return
	}
	if m.deno(i) || m.createEnv(i) {
		return
	}
	m.readerUse(i)
}

// emit notes a read of the name that stands between two bytes.
func (m *matcher) emit(name string, k usage.Kind, via string, start, end int32) {
	m.reads = append(m.reads, read{name: name, kind: k, scope: m.scope, via: via, start: int(start), end: int(end)})
}

// named notes a read of the name that is the token at, a word or a string.
func (m *matcher) named(at int, k usage.Kind, via string) {
	tok := m.at(at)
	start, end := tok.start, tok.end
	if tok.kind == stringToken {
		start, end = start+1, end-1
	}
	if start < end {
		m.emit(string(m.text[start:end]), k, via, start, end)
	}
}

// unnamed notes a read of what a pattern says, or of everything, by the tokens from
// start up to end.
func (m *matcher) unnamed(pattern string, k usage.Kind, via string, start, end int) {
	m.emit(pattern, k, via, m.at(start).start, m.at(min(end, len(m.list))-1).end)
}
