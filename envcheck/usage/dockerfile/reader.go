package dockerfile

import (
	pathpkg "path"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

// Reader finds the names in Dockerfiles. An ARG without a default passes a variable
// on, as do an ENV that is nothing but an ARG of the same name and a secret that is
// mounted as a variable; an ARG with a default and every other ENV set one. What CMD
// and ENTRYPOINT ask a shell for are reads; what RUN asks for comes from the
// Dockerfile or from the image, and is none.
func Reader() usage.Reader {
	return usage.Reader{
		Name:  "Dockerfile",
		Match: func(path string) bool { return workspace.IsDockerfile(pathpkg.Base(path)) },
		Scan: usage.FileByFile(func(path string, text []byte) (*usage.File, error) {
			return Parse(path, text).usage(), nil
		}),
	}
}

func (f *File) usage() *usage.File {
	out := &usage.File{Path: f.Path, Surface: envtight.OnDockerfile}
	add := func(v *Variable, role usage.Role, subject, key string) {
		out.Mentions = append(out.Mentions, usage.Mention{Name: v.Name, Role: role, Subject: subject, Key: key, Range: v.Range})
	}
	arg := func(v *Variable, subject string) {
		role := usage.Passes
		if v.Given {
			role = usage.Sets
		}
		add(v, role, subject, "ARG")
	}
	for i := range f.Global {
		arg(&f.Global[i], "")
	}
	for _, s := range f.Stages {
		for i := range s.Args {
			arg(&s.Args[i], s.Name)
		}
		for i := range s.Envs {
			v, role := &s.Envs[i], usage.Sets
			if v.Only(v.Name) && s.Arg(v.Name) != nil {
				role = usage.Passes
			}
			add(v, role, s.Name, "ENV")
		}
		for i := range s.Secrets {
			add(&s.Secrets[i], usage.Passes, s.Name, "--mount")
		}
		for _, start := range s.Starts {
			out.Reads = append(out.Reads, s.read(start))
		}
	}
	slices.SortStableFunc(out.Mentions, func(a, b usage.Mention) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return out
}

func (s *Stage) read(r Reference) usage.Read {
	read := usage.Read{Name: r.Name, Scope: usage.Runtime, Range: r.Range}
	switch {
	case r.Required():
		read.Kind = usage.Required
	case r.Defaulted() || r.Nested || s.Env(r.Name) != nil:
		read.Kind = usage.Defaulted
	}
	return read
}
