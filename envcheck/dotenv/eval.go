package dotenv

import (
	"errors"
	"fmt"

	"github.com/envtight/envtight"
)

// EvalOptions is what an evaluation needs beside the file. The zero value is an
// empty process environment.
type EvalOptions struct {
	// Lookup returns a variable of the process environment that the loader runs
	// in, which expansions may refer to. Nil means that it holds nothing.
	Lookup func(name string) (envtight.Secret, bool)
}

// lookup returns the text of a variable of the process environment.
func (o EvalOptions) lookup(name string) (string, bool) {
	if o.Lookup == nil {
		return "", false
	}
	v, ok := o.Lookup(name)
	if !ok {
		return "", false
	}
	return v.Reveal(), true
}

// with returns options whose environment also has more, behind what it has.
func (o EvalOptions) with(more map[string]string) EvalOptions {
	if len(more) == 0 {
		return o
	}
	return EvalOptions{Lookup: func(name string) (envtight.Secret, bool) {
		if text, ok := o.lookup(name); ok {
			return envtight.NewSecret(text), true
		}
		text, ok := more[name]
		return envtight.NewSecret(text), ok
	}}
}

// Value is one variable that a loader takes from a file.
type Value struct {
	// Name is the name as the loader has it. A lenient loader takes nearly
	// anything for a name, also a line of a private key that lost its quote:
	// print it only when it looks like a name.
	Name string
	// Value is the text after unquoting, escapes and expansion. Bytes that are
	// not valid UTF-8 are as the loader keeps them: raw or U+FFFD.
	Value envtight.Secret
	// Null says that the loader knows the name without a value, which is not the
	// same as empty: a line "NAME" alone in python-dotenv.
	Null bool
	// Undecidable says that the name is set, but that its value depends on a
	// program that would have to run, or on the process that loads the file.
	// Value is then empty.
	Undecidable bool
}

// Values is what a loader takes from a file: each name once, with its last
// value, ordered by the first place that sets it.
type Values []Value

// Lookup returns the value of a name.
func (v Values) Lookup(name string) (Value, bool) {
	for _, value := range v {
		if value.Name == name {
			return value, true
		}
	}
	return Value{}, false
}

// ErrorKind says why a file has no values, or not all of them.
type ErrorKind uint8

// The kinds of an [EvalError].
const (
	// Malformed: the loader refuses the file's syntax.
	Malformed ErrorKind = iota + 1
	// BadName: the loader refuses the name of a variable.
	BadName
	// Unterminated: a quote or an expansion is still open at the end.
	Unterminated
	// BadEncoding: the loader refuses bytes that are not UTF-8.
	BadEncoding
	// Required: an expansion demands a variable that is not set.
	Required
	// Undecidable: a shell would run something here that cannot be told without
	// running it. The values returned beside it are those that hold if what is
	// run there sets nothing.
	Undecidable
	// TooLarge: the expanded values pass the limit of an evaluation, as in a
	// file whose every line doubles the one before. The loader itself would go
	// on until memory is gone.
	TooLarge
	// Crash: the loader ends with an internal error of its own.
	Crash
)

var kindTexts = [...]string{
	Malformed:    "malformed line",
	BadName:      "malformed name",
	Unterminated: "unterminated quote or expansion",
	BadEncoding:  "text is not UTF-8",
	Required:     "required variable is not set",
	Undecidable:  "cannot be evaluated without running it",
	TooLarge:     "expanded values are too large",
	Crash:        "loader crashes",
}

// String returns what went wrong in a few words.
func (k ErrorKind) String() string {
	if k == 0 || int(k) >= len(kindTexts) {
		return fmt.Sprintf("error(%d)", uint8(k))
	}
	return kindTexts[k]
}

// EvalError says that a loader refuses a file, or cannot be followed. It holds
// nothing of the file's text. Two of them match under errors.Is when the target's
// set fields are equal, so that errors.Is(err, &EvalError{Kind: Undecidable})
// asks for the kind.
type EvalError struct {
	Dialect Dialect
	Kind    ErrorKind
	Line    int // from 1; 0 when no line is to blame
}

// Error returns dialect, line and kind.
func (e *EvalError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.Dialect, e.Kind)
	}
	return fmt.Sprintf("%s: line %d: %s", e.Dialect, e.Line, e.Kind)
}

// Is reports whether target is an EvalError whose fields are zero or those of e.
func (e *EvalError) Is(target error) bool {
	var t *EvalError
	if !errors.As(target, &t) {
		return false
	}
	return (t.Dialect == 0 || t.Dialect == e.Dialect) &&
		(t.Kind == 0 || t.Kind == e.Kind) &&
		(t.Line == 0 || t.Line == e.Line)
}

// maxExpanded bounds the bytes that the expansions of one file may produce.
const maxExpanded = 16 << 20

// Evaluate returns what the loader of a dialect takes from an env file. It runs
// nothing, reads nothing and never panics; its time is linear in src and in the
// text that expansions produce, which is bounded.
//
// The error is an [*EvalError]. Where the loader refuses the file as a whole,
// the values are nil. Shells have already set what stands before a mistake, and
// go on after a failed command; so for [Bash] and [Dash] the values that hold
// beside the error are returned too.
func Evaluate(src []byte, d Dialect, opts EvalOptions) (Values, error) {
	evaluators := [...]func(string, EvalOptions) (Values, error){
		Next:         evalNext,
		Dotenv:       evalDotenv,
		DotenvExpand: evalDotenvExpand,
		Vite:         evalVite,
		Node:         evalNode,
		PythonDotenv: evalPython,
		Compose:      evalCompose,
		DockerRun:    evalDockerRun,
		Godotenv:     evalGodotenv,
		Bash:         evalBash,
		Dash:         evalDash,
	}
	if !d.Valid() {
		return nil, fmt.Errorf("no evaluator for env file %s", d)
	}
	return evaluators[d](string(src), opts)
}

// vars gathers assignments in the order of their first appearance.
type vars struct {
	list  []variable
	index map[string]int
}

// variable is a Value before it is hidden.
type variable struct {
	name        string
	value       string
	null        bool
	undecidable bool
}

// set assigns name, keeping the place of an earlier assignment.
func (v *vars) set(name, value string) { v.put(variable{name: name, value: value}) }

func (v *vars) put(entry variable) {
	if i, ok := v.index[entry.name]; ok {
		v.list[i] = entry
		return
	}
	if v.index == nil {
		v.index = make(map[string]int)
	}
	v.index[entry.name] = len(v.list)
	v.list = append(v.list, entry)
}

func (v *vars) get(name string) (variable, bool) {
	i, ok := v.index[name]
	if !ok {
		return variable{}, false
	}
	return v.list[i], true
}

// values hides what was gathered. It is never nil.
func (v *vars) values() Values {
	out := make(Values, 0, len(v.list))
	for _, e := range v.list {
		value := Value{Name: e.name, Null: e.null, Undecidable: e.undecidable}
		if !e.null && !e.undecidable {
			value.Value = envtight.NewSecret(e.value)
		}
		out = append(out, value)
	}
	return out
}
