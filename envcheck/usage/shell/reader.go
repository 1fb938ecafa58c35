package shell

import (
	"bytes"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Reader returns the reader of shell scripts.
func Reader() usage.Reader {
	return usage.Reader{Name: "shell", Match: match, Scan: usage.FileByFile(parse)}
}

// match takes scripts by their extension, the file of direnv, and what has no
// extension, of which only what begins as a script is read.
func match(path string) bool {
	base := pathpkg.Base(path)
	switch pathpkg.Ext(base) {
	case ".sh", ".bash", ".ksh":
		return true
	case "":
		return !slices.Contains(others, base)
	}
	return base == ".envrc"
}

// others are files without an extension that are no scripts.
var others = []string{"Dockerfile", "Containerfile", "Makefile", "GNUmakefile", "Procfile", "LICENSE", "LICENCE", "COPYING", "README", "CHANGELOG", "NOTICE", "AUTHORS", "CODEOWNERS", "Gemfile", "Rakefile", "Jenkinsfile", "Vagrantfile", "Caddyfile", "justfile", "Justfile", "Tiltfile", "Brewfile", "Pipfile", "METADATA", "OWNERS", "VERSION"}

func parse(path string, text []byte) (*usage.File, error) {
	if pathpkg.Ext(path) == "" && !isScript(text) {
		return nil, nil
	}
	s := &script{text: text, set: map[string]int{}}
	s.read()
	f := &usage.File{Path: path, Surface: envtight.OnCode}
	lines, scope := envtight.NewLines(text), usage.ScopeOf(path)
	if pathpkg.Base(path) == ".envrc" {
		scope = usage.Script
	}
	for _, r := range s.settled() {
		f.Reads = append(f.Reads, usage.Read{Name: r.name, Kind: r.kind, Scope: scope, Range: lines.Range(r.span)})
	}
	return f, nil
}

// isScript reports whether a text begins with the line by which systems know a script
// of a shell.
func isScript(text []byte) bool {
	if !bytes.HasPrefix(text, []byte("#!")) {
		return false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	for _, field := range strings.FieldsFunc(string(line), func(r rune) bool { return r == '/' || r == ' ' || r == '\r' || r == '!' || r == '#' }) {
		switch field {
		case "sh", "bash", "dash", "ksh", "ash":
			return true
		}
	}
	return false
}
