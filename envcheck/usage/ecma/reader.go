package ecma

import (
	"bytes"
	"context"
	pathpkg "path"
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
	lexers := sync.Pool{New: func() any { return &lexer{} }}
	in.Each(ctx, in.Paths, func(i int, path string) {
		text, ok := in.Text(path)
		if !ok {
			return
		}
		l := lexers.Get().(*lexer)
		files[i] = readFile(l, path, text)
		lexers.Put(l)
	})
	return nonEmpty(files)
}

func nonEmpty(files []usage.File) []usage.File {
	var out []usage.File
	for _, f := range files {
		if len(f.Reads) > 0 || len(f.Imports) > 0 || f.Unresolved || f.Client {
			out = append(out, f)
		}
	}
	return out
}

// readFile finds what one file asks for.
func readFile(l *lexer, path string, text []byte) usage.File {
	file := usage.File{Path: path, Surface: envtight.OnCode, Client: isClient(text)}
	if !mayRead(text) {
		return file
	}
	m := matchText(l, path, text)
	lines := envtight.NewLines(text)
	for _, r := range m.reads {
		file.Reads = append(file.Reads, usage.Read{
			Name: r.name, Kind: r.kind, Scope: r.scope, Via: r.via, Client: r.client,
			Range: lines.Range(envtight.Span{Start: r.start, End: r.end}),
		})
	}
	return file
}

// matchText cuts a text and goes through it.
func matchText(l *lexer, path string, text []byte) *matcher {
	code, jsx, types := text, false, true
	switch languageOf(path) {
	case script:
		jsx, types = true, false
	case typedJSX:
		jsx = true
	case embedded:
		code = scripts(path, text)
	}
	l.lex(code, jsx, types)
	m := &matcher{
		scopes: newScopes(&l.tokens), path: path, scope: usage.ScopeOf(path),
		ofReader: map[int]bool{}, methods: map[string]*wrapper{},
	}
	m.imports = m.findImports()
	m.match()
	return m
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
