package ecma

import (
	"bytes"
	"context"
	pathpkg "path"
	"slices"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Reader returns the reader of JavaScript and TypeScript.
func Reader() usage.Reader {
	return usage.Reader{Name: "TypeScript and JavaScript", Match: match, Scan: scan}
}

// match reports whether a file holds code of the languages by its name. Minified
// files are what a tool made of others.
func match(path string) bool {
	base := pathpkg.Base(path)
	stem := base[:len(base)-len(pathpkg.Ext(base))]
	if languageOf(path) == notCode || pathpkg.Ext(stem) == ".min" {
		return false
	}
	// Declarations hold types only.
	return pathpkg.Ext(stem) != ".d"
}

// language is how a file is to be read.
type language uint8

const (
	notCode  language = iota
	script            // JavaScript, which may hold JSX
	typed             // TypeScript without JSX
	typedJSX          // TypeScript with JSX
	embedded          // a page with scripts in it
)

func languageOf(path string) language {
	switch pathpkg.Ext(path) {
	case ".js", ".jsx", ".mjs", ".cjs":
		return script
	case ".ts", ".mts", ".cts":
		return typed
	case ".tsx":
		return typedJSX
	case ".vue", ".svelte", ".astro":
		return embedded
	}
	return notCode
}

// scan reads all files, and then those again in which names from others mean more
// than they say themselves.
func scan(ctx context.Context, in *usage.Input) []usage.File {
	files := make([]usage.File, len(in.Paths))
	nodes := make([]*node, len(in.Paths))
	modules := newResolver(in)
	lexers := sync.Pool{New: func() any { return &lexer{} }}
	in.Each(ctx, in.Paths, func(i int, path string) {
		files[i].Path = path
		text, ok := in.Text(path)
		if !ok {
			return
		}
		l := lexers.Get().(*lexer)
		m := look(l, path, text)
		files[i] = m.file(text)
		nodes[i] = m.node()
		files[i].Imports, nodes[i].files, files[i].Unresolved = modules.importsOf(path, m.imports)
		lexers.Put(l)
	})
	g := &graph{in: in, nodes: map[string]*node{}}
	byPath := map[string]*usage.File{}
	for i, n := range nodes {
		if n != nil {
			g.nodes[n.path], byPath[n.path] = n, &files[i]
		}
	}
	g.settle(ctx, byPath, func(path string, known lookup) (*node, []usage.Read, bool) {
		text, err := in.Workspace.Tree.Read(path)
		if err != nil {
			return nil, nil, false // it could be read a moment ago: what was found then stays
		}
		l := lexers.Get().(*lexer)
		defer lexers.Put(l)
		m := cut(l, path, text)
		m.lookup = known
		m.match()
		return m.node(), m.file(text).Reads, true
	})
	for path, reads := range g.settleWanted() {
		if text, err := in.Workspace.Tree.Read(path); err == nil {
			add(byPath[path], places(text, reads))
		}
	}
	return slices.DeleteFunc(files, func(f usage.File) bool {
		return len(f.Reads) == 0 && len(f.Imports) == 0 && !f.Unresolved && !f.Client
	})
}

// node returns what other files may want to know.
func (m *matcher) node() *node {
	return &node{path: m.path, bindings: m.imports.bindings, exported: m.exports(), wanted: m.wanted}
}

// cut cuts a text into tokens.
func cut(l *lexer, path string, text []byte) *matcher {
	lang := languageOf(path)
	if lang == embedded {
		text = scripts(path, text)
	}
	return cutCode(l, path, text)
}

func cutCode(l *lexer, path string, code []byte) *matcher {
	lang := languageOf(path)
	l.lex(code, lang == script || lang == typedJSX, lang != script)
	m := &matcher{
		scopes: newScopes(&l.tokens), path: path, scope: usage.ScopeOf(path),
		ofReader: map[int]bool{}, methods: map[string]*wrapper{},
	}
	m.imports = m.findImports()
	return m
}

// look cuts as much of a text into tokens as can matter, and goes through it.
func look(l *lexer, path string, text []byte) *matcher {
	if mayRead(text) {
		m := cut(l, path, text)
		m.match()
		return m
	}
	code := text
	if languageOf(path) == embedded {
		code = scripts(path, text)
	}
	return cutCode(l, path, code[:importsEnd(code)])
}

// file returns what was found in the text of m.
func (m *matcher) file(text []byte) usage.File {
	return usage.File{Path: m.path, Surface: envtight.OnCode, Client: isClient(text), Reads: places(text, m.reads)}
}

// places works out where reads stand.
func places(text []byte, reads []read) []usage.Read {
	if len(reads) == 0 {
		return nil
	}
	lines := envtight.NewLines(text)
	out := make([]usage.Read, len(reads))
	for i, r := range reads {
		out[i] = usage.Read{
			Name: r.name, Kind: r.kind, Scope: r.scope, Via: r.via, Client: r.client,
			Range: lines.Range(envtight.Span{Start: r.start, End: r.end}),
		}
	}
	return out
}

// isClient reports whether the file begins with "use client".
func isClient(text []byte) bool {
	const head = 4096
	for rest := text[:min(len(text), head)]; ; {
		rest = bytes.TrimLeft(rest, " \t\r\n;")
		switch {
		case bytes.HasPrefix(rest, []byte("\xef\xbb\xbf")):
			rest = rest[3:]
		case bytes.HasPrefix(rest, []byte("//")):
			_, rest, _ = bytes.Cut(rest, []byte("\n"))
		case bytes.HasPrefix(rest, []byte("/*")):
			_, rest, _ = bytes.Cut(rest, []byte("*/"))
		case bytes.HasPrefix(rest, []byte(`"use client"`)), bytes.HasPrefix(rest, []byte(`'use client'`)):
			return true
		case bytes.HasPrefix(rest, []byte(`"use `)), bytes.HasPrefix(rest, []byte(`'use `)):
			_, rest, _ = bytes.Cut(rest, []byte("\n"))
		default:
			return false
		}
	}
}
