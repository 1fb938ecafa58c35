// Package compose reads compose files as far as variables, builds and env files go,
// with the places. Nothing is merged: what "extends" and "include" bring is named,
// and anchors are followed.
//
// Source of the format: https://docs.docker.com/reference/compose-file/.
package compose

import (
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/document"
	"github.com/envtight/envtight/internal/expand"
)

// File is one compose file.
type File struct {
	Path     string
	Services []Service
	// Uses are the variables that compose replaces, in all of the file, in order of
	// place. Compose takes them from its environment and from ".env" beside the file.
	Uses []Use
	// Includes tells that other files are included.
	Includes bool
}

// Service is one entry of "services".
type Service struct {
	Name string
	// Extends tells that it takes over another service.
	Extends bool
	// Build is nil when it is not built here.
	Build *Build
	// Environment holds the variables it is given.
	Environment []Variable
	// EnvFiles are the files with more of them.
	EnvFiles []EnvFile
}

// Build says how a service is built.
type Build struct {
	// Context is a directory of the repository; empty for what is none.
	Context string
	// Dockerfile is the path of the Dockerfile; empty when it is written in place.
	Dockerfile string
	// Target is the stage that is built; empty for the last one.
	Target string
	Args   []Variable
	// Key is where "args" or, without it, "build" stands.
	Key envtight.Range
}

// Variable is a name that is given a value, or passed on when Given is false.
type Variable struct {
	Name  string
	Range envtight.Range
	// Key is the attribute it stands in: "environment" or "args".
	Key   string
	Given bool
	// Value is as it is written.
	Value envtight.Secret
}

// Only reports whether the value is nothing but the variable of the same name, with
// or without a default.
func (v *Variable) Only() bool {
	text := v.Value.Reveal()
	rest, ok := strings.CutPrefix(text, "${"+v.Name)
	return text == "$"+v.Name || ok && strings.HasSuffix(rest, "}") && strings.Count(rest, "}") == 1 && strings.ContainsAny(rest[:1], "}:-?")
}

// EnvFile is a file of "env_file".
type EnvFile struct {
	Path  string // relative to the root of the repository
	Range envtight.Range
	// Optional tells that it may be absent.
	Optional bool
}

// Use is a place at which compose replaces a variable.
type Use struct {
	expand.Variable
	Range envtight.Range
	// Service is the service it stands in, if any.
	Service string
}

// Parse reads a compose file. The error is one of package document.
func Parse(path string, text []byte) (*File, error) {
	d, err := document.ParseYAML(text)
	if err != nil {
		return nil, err
	}
	p := &parser{d: d, dir: pathpkg.Dir(path), seen: map[*document.Node]bool{}, f: &File{Path: path}}
	root := d.Root()
	for _, m := range root.Get("services").Fields() {
		p.f.Services = append(p.f.Services, p.service(m.Key.Text, m.Value))
		p.uses(m.Value, m.Key.Text)
	}
	p.uses(root, "")
	p.f.Includes = root.Get("include") != nil
	slices.SortStableFunc(p.f.Uses, func(a, b Use) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return p.f, nil
}

type parser struct {
	d    *document.Document
	dir  string
	seen map[*document.Node]bool
	f    *File
}

func (p *parser) service(name string, n *document.Node) Service {
	s := Service{Name: name, Extends: n.Get("extends") != nil}
	s.Build = p.build(n)
	s.Environment = p.variables(n.Get("environment"), "environment")
	for _, item := range n.Get("env_file").Each() {
		file := item
		if item.Kind == document.Mapping {
			file = item.Get("path")
		}
		if file.String() != "" {
			required := item.Get("required")
			s.EnvFiles = append(s.EnvFiles, EnvFile{
				Path: pathpkg.Join(p.dir, file.Text), Range: p.d.RangeOf(file), Optional: required != nil && required.Text == "false",
			})
		}
	}
	return s
}

func (p *parser) build(service *document.Node) *Build {
	n := service.Get("build")
	var b Build
	switch {
	case n == nil:
		return nil
	case n.Kind == document.Mapping:
		b.Context = p.local(".")
		if context := n.Get("context"); context != nil {
			b.Context = p.local(context.Text)
		}
		if n.Get("dockerfile_inline") == nil && b.Context != "" {
			b.Dockerfile = pathpkg.Join(b.Context, "Dockerfile")
			if file := n.Get("dockerfile").String(); file != "" {
				b.Dockerfile = pathpkg.Join(b.Context, file)
			}
		}
	case n.Kind == document.String:
		if b.Context = p.local(n.Text); b.Context != "" {
			b.Dockerfile = pathpkg.Join(b.Context, "Dockerfile")
		}
	}
	b.Target = n.Get("target").String()
	b.Args = p.variables(n.Get("args"), "args")
	b.Key = p.key(service, "build")
	if n.Get("args") != nil {
		b.Key = p.key(n, "args")
	}
	return &b
}

// key returns where a key of a mapping stands.
func (p *parser) key(n *document.Node, name string) envtight.Range {
	for _, m := range n.Fields() {
		if m.Key.Text == name {
			return p.d.RangeOf(m.Key)
		}
	}
	return envtight.Range{}
}

// local joins a path to the directory of the file; empty for what is no directory
// of the repository.
func (p *parser) local(path string) string {
	if path == "" || strings.Contains(path, "://") || strings.Contains(path, "$") || pathpkg.IsAbs(path) {
		return ""
	}
	joined := pathpkg.Join(p.dir, path)
	if joined == ".." || strings.HasPrefix(joined, "../") {
		return ""
	}
	return joined
}

// variables reads both forms: a mapping, and a list of "NAME=value" and "NAME".
func (p *parser) variables(n *document.Node, key string) []Variable {
	var out []Variable
	for _, m := range n.Fields() {
		given := m.Value != nil && m.Value.Kind != document.Null
		v := Variable{Name: m.Key.Text, Range: p.d.RangeOf(m.Key), Key: key, Given: given}
		if given {
			v.Value = envtight.NewSecret(m.Value.Text)
		}
		out = append(out, v)
	}
	if n != nil && n.Kind == document.List {
		for _, item := range n.Strings() {
			name, value, given := strings.Cut(item.Text, "=")
			out = append(out, Variable{Name: name, Range: p.d.RangeOfStart(item, name), Key: key, Given: given, Value: envtight.NewSecret(value)})
		}
	}
	return out
}

// uses finds what is replaced in the values below a node that were not looked at
// yet.
func (p *parser) uses(n *document.Node, service string) {
	if n == nil || p.seen[n] {
		return
	}
	p.seen[n] = true
	for _, m := range n.Fields() {
		p.uses(m.Value, service)
	}
	for _, item := range n.Items {
		p.uses(item, service)
	}
	if n.Kind != document.String || !strings.Contains(n.Text, "$") {
		return
	}
	cursor, at := p.d.Cursor(n), 0
	for _, v := range expand.Variables(n.Text, expand.Compose) {
		for range strings.Count(n.Text[at:v.Start], "$$") {
			cursor.Next("$$")
		}
		at = v.Start
		span := cursor.Next(n.Text[v.Start : v.NameStart+len(v.Name)])
		span.Start = min(span.Start+v.NameStart-v.Start, span.End)
		p.f.Uses = append(p.f.Uses, Use{Variable: v, Range: p.d.Range(span), Service: service})
	}
}
