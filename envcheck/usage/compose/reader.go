// Package compose finds the names in compose files: what services are given, and
// what compose replaces in the file.
package compose

import (
	pathpkg "path"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/compose"
)

// Reader finds the names in compose files. Where compose replaces ${NAME} is a read.
// A variable of a service that has no value, or is nothing but the variable of the
// same name, is passed on; all others are set.
func Reader() usage.Reader {
	return usage.Reader{
		Name:  "compose",
		Match: func(path string) bool { return workspace.IsComposeFile(pathpkg.Base(path)) },
		Scan: usage.FileByFile(func(path string, text []byte) (*usage.File, error) {
			f, err := compose.Parse(path, text)
			if err != nil {
				return nil, err
			}
			return file(f), nil
		}),
	}
}

func file(f *compose.File) *usage.File {
	out := &usage.File{Path: f.Path, Surface: envtight.OnCompose}
	add := func(service string, list []compose.Variable) {
		for i := range list {
			v, role := &list[i], usage.Sets
			if !v.Given || v.Only() {
				role = usage.Passes
			}
			out.Mentions = append(out.Mentions, usage.Mention{Name: v.Name, Role: role, Subject: service, Key: v.Key, Range: v.Range})
		}
	}
	for i := range f.Services {
		s := &f.Services[i]
		if s.Build != nil {
			add(s.Name, s.Build.Args)
		}
		add(s.Name, s.Environment)
	}
	slices.SortStableFunc(out.Mentions, func(a, b usage.Mention) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	for _, u := range f.Uses {
		read := usage.Read{Name: u.Name, Scope: usage.Runtime, Range: u.Range}
		switch {
		case u.Required():
			read.Kind = usage.Required
		case u.Defaulted() || u.Nested:
			read.Kind = usage.Defaulted
		}
		out.Reads = append(out.Reads, read)
	}
	return out
}
