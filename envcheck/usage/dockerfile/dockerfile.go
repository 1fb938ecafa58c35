package dockerfile

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/expand"
)

// File is one Dockerfile.
type File struct {
	Path string
	// Global are the arguments before the first stage. They serve the FROM lines,
	// and a stage that declares them again without a default.
	Global []Variable
	// Stages are in the order of the file.
	Stages []*Stage
	// EnvFiles tells that it copies an env file by name.
	EnvFiles bool
}

// Stage is one FROM with what follows it.
type Stage struct {
	// Name is what "AS" calls it, else its number.
	Name string
	// Parent is the earlier stage that it begins with; nil for an image.
	Parent *Stage
	// Args and Envs are what it declares by itself, in order of place.
	Args, Envs []Variable
	// Secrets are the variables that commands get by
	// "--mount=type=secret,id=…,env=NAME".
	Secrets []Variable
	// Starts are the variables that CMD and ENTRYPOINT ask a shell for; those of
	// its parent count only where it has none of its own.
	Starts []Reference
	// Runs are the commands of RUN.
	Runs []Run

	starts bool // it has CMD or ENTRYPOINT
}

// Variable is the declaration of one name.
type Variable struct {
	Name  string
	Range envtight.Range
	// Value is the default of an ARG or the value of an ENV as it is written; Given
	// tells whether there is one.
	Value envtight.Secret
	Given bool
	// Uses are the variables that the value is made of.
	Uses []Reference
}

// Only reports whether the value is nothing but the variable of that name.
func (v *Variable) Only(name string) bool {
	text := strings.Trim(v.Value.Reveal(), `"`)
	return text == "$"+name || text == "${"+name+"}"
}

// Reference is a place that expands a variable.
type Reference struct {
	expand.Variable
	Range envtight.Range
}

// Run is one command of a build.
type Run struct {
	// Text is the instruction with its here-documents, and Range where the
	// instruction begins: its first word.
	Text  string
	Range envtight.Range
	// Uses are the variables that it expands and does not assign.
	Uses []Reference
	// Builds tells that it calls a program that builds JavaScript.
	Builds bool
}

// Parse reads a Dockerfile. It never fails: see [workspace.ParseDockerfile].
func Parse(path string, text []byte) *File {
	p := &parser{text: text, lines: envtight.NewLines(text), file: &File{Path: path}, names: map[string]*Stage{}}
	for _, in := range workspace.ParseDockerfile(text) {
		p.instruction(in)
	}
	return p.file
}

// Final returns the stage that becomes the image; nil when there is none.
func (f *File) Final() *Stage {
	if len(f.Stages) == 0 {
		return nil
	}
	return f.Stages[len(f.Stages)-1]
}

// Stage returns the stage of a name, the last one for ""; nil when there is none.
func (f *File) Stage(name string) *Stage {
	if name == "" {
		return f.Final()
	}
	i := slices.IndexFunc(f.Stages, func(s *Stage) bool { return strings.EqualFold(s.Name, name) })
	if i < 0 {
		return nil
	}
	return f.Stages[i]
}

// HasDefault reports whether an argument has a value when nobody gives one: its own,
// or that of the argument of the same name before the first stage.
func (f *File) HasDefault(arg *Variable) bool {
	return arg.Given || slices.ContainsFunc(f.Global, func(v Variable) bool { return v.Given && v.Name == arg.Name })
}

// Building returns the last stage that runs a build of JavaScript; nil when none
// does.
func (f *File) Building() *Stage {
	for _, s := range slices.Backward(f.Stages) {
		if slices.ContainsFunc(s.Runs, func(r Run) bool { return r.Builds }) {
			return s
		}
	}
	return nil
}

// maxLineage bounds how far the stages that a stage begins with are followed.
const maxLineage = 32

// Lineage returns the stage and those that it begins with, the nearest first.
func (s *Stage) Lineage() []*Stage {
	var out []*Stage
	for at := s; at != nil && len(out) < maxLineage; at = at.Parent {
		out = append(out, at)
	}
	return out
}

// Arg returns the declaration of an argument in the stage or those that it begins
// with.
func (s *Stage) Arg(name string) *Variable {
	for _, at := range s.Lineage() {
		if i := slices.IndexFunc(at.Args, named(name)); i >= 0 {
			return &at.Args[i]
		}
	}
	return nil
}

// Env returns the last ENV of a name in the stage or those that it begins with.
func (s *Stage) Env(name string) *Variable {
	for _, at := range s.Lineage() {
		for i := range slices.Backward(at.Envs) {
			if at.Envs[i].Name == name {
				return &at.Envs[i]
			}
		}
	}
	return nil
}

// NeedsArg reports whether the stage itself expands a variable, in an ENV or in a
// command, and does not say what to do without one.
func (s *Stage) NeedsArg(name string) bool {
	needs := func(uses []Reference) bool {
		return slices.ContainsFunc(uses, func(u Reference) bool { return u.Name == name && !u.Defaulted() && !u.Nested })
	}
	return slices.ContainsFunc(s.Envs, func(v Variable) bool { return needs(v.Uses) }) ||
		slices.ContainsFunc(s.Runs, func(r Run) bool { return needs(r.Uses) })
}

// BuildRange is where the last command that builds JavaScript stands.
func (s *Stage) BuildRange() envtight.Range {
	for _, r := range slices.Backward(s.Runs) {
		if r.Builds {
			return r.Range
		}
	}
	return envtight.Range{}
}

// Gives reports whether the commands of the stage see a variable: by ARG or ENV, as a
// mounted secret, or because a command sets it.
func (s *Stage) Gives(name string) bool {
	return s.Arg(name) != nil || s.Env(name) != nil || slices.ContainsFunc(s.Secrets, named(name)) ||
		slices.ContainsFunc(s.Runs, func(r Run) bool { return assigned(r.Text)[name] })
}

// Starting returns the variables that the container's start asks a shell for.
func (s *Stage) Starting() []Reference {
	for _, at := range s.Lineage() {
		if at.starts {
			return at.Starts
		}
	}
	return nil
}

func named(name string) func(Variable) bool {
	return func(v Variable) bool { return v.Name == name }
}
