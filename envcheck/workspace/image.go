package workspace

import (
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// copied is a part of the context that ends in an image.
type copied struct {
	source string // relative to the context; a file, a directory or a pattern
	dest   string // absolute, in the image
	except globs
	span   envtight.Span
}

// takes reports whether the file at path, relative to the context, is copied.
func (c copied) takes(path string) bool {
	if c.except.match(path) {
		return false
	}
	if within(path, c.source) {
		return true
	}
	if !strings.ContainsAny(c.source, "*?[") {
		return false
	}
	// A pattern that matches a directory copies all of it.
	for at := path; at != "."; at = pathpkg.Dir(at) {
		if ok, err := pathpkg.Match(c.source, at); err == nil && ok {
			return true
		}
	}
	return false
}

// stage is one FROM of a Dockerfile.
type stage struct {
	name    string
	workdir string
	copies  []copied
}

// maxCopies bounds what is followed through the stages of one Dockerfile: stages
// that copy each other double it each time.
const maxCopies = 128

// add keeps a copy that is not known yet.
func (s *stage) add(copies ...copied) {
	for _, c := range copies {
		known := slices.ContainsFunc(s.copies, func(o copied) bool {
			return o.source == c.source && o.dest == c.dest && slices.Equal(o.except, c.except)
		})
		if !known && len(s.copies) < maxCopies {
			s.copies = append(s.copies, c)
		}
	}
}

// finalCopies returns what the last stage of a Dockerfile holds of the context,
// directly or through other stages. What only an earlier stage holds is not in
// the image.
func finalCopies(text []byte) []copied {
	var stages []*stage
	current := &stage{workdir: "/"}
	for _, in := range ParseDockerfile(text) {
		switch in.Name {
		case "FROM":
			current = from(in, stages)
			stages = append(stages, current)
		case "WORKDIR":
			if len(in.Words) > 0 {
				current.workdir = inImage(current.workdir, in.Words[0])
			}
		case "COPY", "ADD":
			current.copy(in, stages)
		}
	}
	return current.copies
}

// from begins a stage; it inherits from an earlier one of that name.
func from(in Instruction, stages []*stage) *stage {
	s := &stage{workdir: "/"}
	if len(in.Words) == 0 {
		return s
	}
	if base := find(stages, in.Words[0]); base != nil {
		s.workdir = base.workdir
		s.add(base.copies...)
	}
	if len(in.Words) >= 3 && strings.EqualFold(in.Words[1], "AS") {
		s.name = in.Words[2]
	}
	return s
}

// find returns the stage of a name or number; nil for an image.
func find(stages []*stage, name string) *stage {
	for i, s := range stages {
		if s.name != "" && strings.EqualFold(s.name, name) || name == decimal(i) {
			return s
		}
	}
	return nil
}

func decimal(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + string(rune('0'+n%10))
}

func (s *stage) copy(in Instruction, stages []*stage) {
	if len(in.Words) < 2 {
		return
	}
	last := in.Words[len(in.Words)-1]
	dest := inImage(s.workdir, last)
	if name := in.Flag("from"); name != "" {
		if other := find(stages, name); other != nil && other != s {
			for _, source := range in.Words[:len(in.Words)-1] {
				s.add(other.below(inImage("/", source), dest, in.Span)...)
			}
		}
		return
	}
	var except globs
	for _, flag := range in.Flags {
		if pattern, ok := strings.CutPrefix(flag, "--exclude="); ok {
			except = append(except, compileAll([]string{pattern})...)
		}
	}
	for _, source := range in.Sources() {
		clean := strings.TrimPrefix(pathpkg.Clean("/"+source), "/")
		if clean == "" {
			clean = "."
		}
		s.add(copied{source: clean, dest: dest, except: except, span: in.Span})
	}
}

// below returns what a stage holds of the context at or below a path of its
// image.
func (s *stage) below(path, dest string, span envtight.Span) []copied {
	var out []copied
	for _, c := range s.copies {
		switch {
		case path == "/" || within(c.dest, path):
			rest := strings.TrimPrefix(c.dest, path)
			out = append(out, copied{source: c.source, dest: pathpkg.Join(dest, rest), except: c.except, span: span})
		case within(path, c.dest) || c.dest == "/":
			rest := strings.TrimPrefix(strings.TrimPrefix(path, c.dest), "/")
			if !strings.ContainsAny(c.source, "*?[") {
				out = append(out, copied{source: pathpkg.Join(c.source, rest), dest: dest, except: c.except, span: span})
			}
		}
	}
	return out
}

// inImage makes a path of a Dockerfile absolute.
func inImage(workdir, path string) string {
	path = strings.Trim(path, `"'`)
	if pathpkg.IsAbs(path) {
		return pathpkg.Clean(path)
	}
	return pathpkg.Join(workdir, path)
}
