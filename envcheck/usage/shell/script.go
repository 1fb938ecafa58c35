package shell

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// script is one script.
type script struct {
	text  []byte
	reads []read
	// set are the offsets behind which a name has a value of the script's own.
	set map[string]int
	// strict tells that the script ends at a name without a value (set -u), and mixed
	// that it reads in other scripts, which may set names.
	strict, mixed bool

	// what the walk knows of where it is: the offset of the text that is parsed, and
	// the functions round it
	base      int
	functions int
	above     []syntax.Node
}

type read struct {
	name string
	kind usage.Kind
	span envtight.Span
	// late tells that it stands in a function, which runs after what follows it.
	late bool
}

// maxResumed is how often parsing goes on behind a mistake, and maxSigns how many
// signs a text may have that is parsed: nothing nests without one, and the parser
// calls itself for what is nested.
const (
	maxResumed = 16
	maxSigns   = 30_000
)

// read parses the script. Where it cannot be parsed, names are found by their "$".
func (s *script) read() {
	if countSigns(s.text) > maxSigns {
		s.lookThrough(0, len(s.text))
		return
	}
	for range maxResumed {
		done := s.base
		failed := -1
		parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
		for stmt, err := range parser.StmtsSeq(bytes.NewReader(s.text[s.base:])) {
			switch {
			case failed >= 0:
				// The parser may tell of one mistake twice, and minds a loop that ends.
				continue
			case err != nil:
				failed = s.base + offsetOf(err)
				continue
			}
			s.walk(stmt)
			done = s.base + int(stmt.End().Offset())
		}
		if failed < 0 {
			return
		}
		end := min(max(failed, done), len(s.text))
		if next := bytes.IndexByte(s.text[end:], '\n'); next >= 0 {
			end += next + 1
		} else {
			end = len(s.text)
		}
		s.lookThrough(done, end)
		s.base = end
	}
	s.lookThrough(s.base, len(s.text))
}

// countSigns counts what may nest: signs, and the words that begin blocks.
func countSigns(text []byte) int {
	n := 0
	for _, c := range text {
		if c > ' ' && c != '_' && c != '/' && c != '.' && c != '#' && (c < '0' || c > '9') && (c|32 < 'a' || c|32 > 'z') && c < 128 {
			n++
		}
	}
	for _, w := range []string{"if", "while", "until", "for", "case", "select", "time", "coproc", "function"} {
		n += bytes.Count(text, []byte(w))
	}
	return n
}

func offsetOf(err error) int {
	var parse syntax.ParseError
	var lang syntax.LangError
	switch {
	case errors.As(err, &parse):
		return int(parse.Pos.Offset())
	case errors.As(err, &lang):
		return int(lang.Pos.Offset())
	}
	return 0
}

// lookThrough finds $NAME and ${NAME in a stretch of text, outside of comments and of
// single quotes, and what is assigned at the beginning of lines.
func (s *script) lookThrough(from, to int) {
	quoted := false
	for i := from; i < to; i++ {
		switch c := s.text[i]; {
		case c == '\n':
			quoted = false
		case c == '\'':
			quoted = !quoted
		case c == '\\':
			i++
		case c == '#' && !quoted && (i == 0 || s.text[i-1] == ' ' || s.text[i-1] == '\n' || s.text[i-1] == '\t'):
			for i+1 < to && s.text[i+1] != '\n' {
				i++
			}
		case c == '$' && !quoted:
			i = s.expansion(i+1, to) - 1
		case isName(c) && (i == 0 || !isName(s.text[i-1]) && s.text[i-1] != '$' && s.text[i-1] != '{'):
			end := nameEnd(s.text, i, to)
			if end < to && s.text[end] == '=' {
				s.assign(string(s.text[i:end]), end)
			}
			i = end - 1
		}
	}
}

// expansion reads what stands behind a "$", and returns the offset behind the name.
func (s *script) expansion(i, to int) int {
	braced := i < to && s.text[i] == '{'
	if braced {
		i++
	}
	end := nameEnd(s.text, i, to)
	if end == i {
		return max(i, 1)
	}
	kind := usage.Plain
	if braced && end < to {
		operator := bytes.TrimPrefix(s.text[end:to], []byte(":"))
		switch {
		case bytes.HasPrefix(operator, []byte("?")):
			kind = usage.Required
		case len(operator) > 0 && bytes.IndexByte([]byte("-=+"), operator[0]) >= 0:
			kind = usage.Defaulted
		}
	}
	s.add(string(s.text[i:end]), kind, envtight.Span{Start: i, End: end})
	return end
}

func isName(c byte) bool { return c == '_' || c >= '0' && c <= '9' || c|32 >= 'a' && c|32 <= 'z' }

func nameEnd(text []byte, i, to int) int {
	for i < to && isName(text[i]) {
		i++
	}
	return i
}

func (s *script) add(name string, kind usage.Kind, span envtight.Span) {
	s.reads = append(s.reads, read{name: name, kind: kind, span: span, late: s.functions > 0})
}

// assign notes that a name has a value behind an offset.
func (s *script) assign(name string, at int) {
	if old, ok := s.set[name]; !ok || at < old {
		s.set[name] = at
	}
}

// settled returns the reads that are none of the script's own names, in order of
// place.
func (s *script) settled() []read {
	var out []read
	for _, r := range s.reads {
		if r.kind != usage.Dynamic && r.kind != usage.Whole {
			at, ok := s.set[r.name]
			if ok && (r.late || at <= r.span.Start) || !isEnvironment(r.name) {
				continue
			}
		}
		if r.kind == usage.Plain {
			switch {
			case s.mixed:
				r.kind = usage.Defaulted
			case s.strict:
				r.kind = usage.Required
			}
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b read) int { return a.span.Start - b.span.Start })
	return slices.CompactFunc(out, func(a, b read) bool { return a.span == b.span })
}

// isEnvironment reports whether a name may be one of the environment.
func isEnvironment(name string) bool {
	if slices.Contains(own, name) || strings.HasPrefix(name, "BASH") || strings.HasPrefix(name, "COMP_") || name[0] >= '0' && name[0] <= '9' || name == "_" {
		return false
	}
	return strings.ToUpper(name) == name || strings.HasPrefix(name, "npm_") || strings.HasSuffix(name, "_proxy")
}

// own are variables that shells set themselves.
//
// Source: www.gnu.org/software/bash/manual (Shell Variables).
var own = []string{
	"RANDOM", "SRANDOM", "SECONDS", "LINENO", "FUNCNAME", "DIRSTACK", "GROUPS", "HOSTNAME", "HOSTTYPE", "MACHTYPE", "OSTYPE", "OPTARG", "OPTIND", "OPTERR",
	"PIPESTATUS", "PPID", "REPLY", "SHELLOPTS", "SHLVL", "UID", "EUID", "EPOCHSECONDS", "EPOCHREALTIME", "MAPFILE", "COPROC", "IFS", "PS1", "PS2", "PS3", "PS4", "PWD", "OLDPWD",
}
