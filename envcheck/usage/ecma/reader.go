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

// scan reads all files.
func scan(ctx context.Context, in *usage.Input) []usage.File {
	files := make([]usage.File, len(in.Paths))
	modules := newResolver(in)
	lexers := sync.Pool{New: func() any { return &lexer{} }}
	in.Each(ctx, in.Paths, func(i int, path string) {
		text, ok := in.Text(path)
		if !ok {
			return
		}
		l := lexers.Get().(*lexer)
		m := look(l, path, text)
		files[i] = m.file(text)
		files[i].Imports, files[i].Unresolved = modules.importsOf(path, m.imports)
		lexers.Put(l)
	})
	return slices.DeleteFunc(files, func(f usage.File) bool {
		return len(f.Reads) == 0 && len(f.Imports) == 0 && !f.Unresolved && !f.Client
	})
}

// look cuts as much of a text into tokens as can matter, and goes through it.
func look(l *lexer, path string, text []byte) *matcher {
	m := &matcher{
		scopes: newScopes(&l.tokens), path: path, scope: usage.ScopeOf(path),
		ofReader: map[int]bool{}, methods: map[string]*wrapper{},
	}
	reads := mayRead(text)
	code, lang := text, languageOf(path)
	if lang == embedded {
		code = scripts(path, text)
	}
	if !reads {
		code = code[:importsEnd(code)]
	}
	l.lex(code, lang == script || lang == typedJSX, lang != script)
	m.imports = m.findImports()
	if reads {
		m.match()
	}
	return m
}

// file returns what was found in the text of m.
func (m *matcher) file(text []byte) usage.File {
	file := usage.File{Path: m.path, Surface: envtight.OnCode, Client: isClient(text)}
	if len(m.reads) == 0 {
		return file
	}
	lines := envtight.NewLines(text)
	for _, r := range m.reads {
		file.Reads = append(file.Reads, usage.Read{
			Name: r.name, Kind: r.kind, Scope: r.scope, Via: r.via, Client: r.client,
			Range: lines.Range(envtight.Span{Start: r.start, End: r.end}),
		})
	}
	return file
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
