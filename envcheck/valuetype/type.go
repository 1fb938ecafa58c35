package valuetype

import (
	"fmt"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/nearest"
)

// Type is a type with its arguments. The zero Type is no type: it comes from
// nowhere and checks nothing.
type Type struct {
	// Name is the word, as in "enum"; aliases are kept as they are written.
	Name string
	// Args are the arguments in order.
	Args []Arg

	def *definition
	// settings is what the definition has made of the arguments.
	settings settings
}

// Arg is one argument of a type: a bare value, or a value with a name, as in
// "min=1".
type Arg struct {
	Name  string
	Value string
}

// Kind says what an [Error] is about.
type Kind uint8

// The kinds of errors.
const (
	// UnknownType: nobody here knows the word. It may be a type of a plugin.
	UnknownType Kind = iota + 1
	// BadArguments: the type is known, and its arguments make no sense.
	BadArguments
	// Mismatch: the value is not of the type.
	Mismatch
)

// Error says what is wrong with a type or a value. It never holds a value.
type Error struct {
	Kind Kind
	// Type is the word of the type. It comes from a file and is not checked.
	Type string
	// Want says in words what is expected.
	Want string
	// Suggestion is the known type nearest to an unknown one; it may be empty.
	Suggestion string
}

// Error returns a sentence without the value.
func (e *Error) Error() string {
	switch e.Kind {
	case UnknownType:
		if e.Suggestion != "" {
			return fmt.Sprintf("unknown type; did you mean %q?", e.Suggestion)
		}
		return "unknown type"
	case BadArguments:
		return "the arguments of the type make no sense: " + e.Want
	default:
		return "the value is not " + e.Want
	}
}

// maxExpression is the length in bytes above which a type is not read.
const maxExpression = 4096

// Parse reads a type with its arguments, as in "url", "enum(a, b)" or
// "string(minLength=3, matches=\"^x\")". The error is an [*Error].
func Parse(expression string) (Type, error) {
	expression = strings.TrimSpace(expression)
	name, rest, found := strings.Cut(expression, "(")
	args := ""
	if found {
		rest, found = strings.CutSuffix(strings.TrimSpace(rest), ")")
		if !found {
			return Type{}, &Error{Kind: BadArguments, Want: "the closing parenthesis is missing"}
		}
		args = rest
	}
	return New(strings.TrimSpace(name), args)
}

// New returns the type of a word with the text of its arguments, which may be
// empty. The error is an [*Error].
func New(name, args string) (Type, error) {
	if len(name)+len(args) > maxExpression {
		return Type{}, &Error{Kind: BadArguments, Want: "they are too long"}
	}
	def := definitions()[strings.ToLower(name)]
	if def == nil {
		return Type{}, &Error{Kind: UnknownType, Type: name, Suggestion: nearest.Name(name, names())}
	}
	list, ok := splitArgs(args)
	if !ok {
		return Type{}, &Error{Kind: BadArguments, Type: name, Want: "a quote or a bracket is not closed"}
	}
	t := Type{Name: name, Args: list, def: def}
	if want := t.configure(); want != "" {
		return Type{}, &Error{Kind: BadArguments, Type: name, Want: want}
	}
	return t, nil
}

// Check returns nil when value is of the type, and an [*Error] of the kind
// [Mismatch] otherwise, which never holds the value. It judges the value as it
// is: references such as ${OTHER} must have been replaced. Check is safe for
// concurrent use.
func (t Type) Check(value envtight.Secret) error {
	if t.def == nil {
		return nil
	}
	if want := t.def.check(value.Reveal(), &t.settings); want != "" {
		return &Error{Kind: Mismatch, Type: t.Name, Want: want}
	}
	return nil
}

// Check parses a type and checks a value. The error is an [*Error].
func Check(expression string, value envtight.Secret) error {
	t, err := Parse(expression)
	if err != nil {
		return err
	}
	return t.Check(value)
}

// closers are the characters that end what these begin.
var closers = map[byte]byte{'(': ')', '[': ']', '{': '}'}

// splitArgs cuts at the commas outside of quotes and brackets. A regular
// expression between slashes counts as quoted.
func splitArgs(text string) (args []Arg, ok bool) {
	var open []byte // what must come to close
	var quote byte
	start := 0
	add := func(end int) {
		if part := strings.TrimSpace(text[start:end]); part != "" {
			args = append(args, parseArg(part))
		}
		start = end + 1
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`' || c == '/' && beginsValue(text[start:i]):
			quote = c
		case closers[c] != 0:
			open = append(open, closers[c])
		case len(open) > 0:
			if c == open[len(open)-1] {
				open = open[:len(open)-1]
			}
		case c == ',':
			add(i)
		}
	}
	if quote != 0 || len(open) > 0 {
		return nil, false
	}
	add(len(text))
	return args, true
}

// beginsValue reports whether a value begins behind the text of an argument.
func beginsValue(before string) bool {
	before = strings.TrimSpace(before)
	return before == "" || strings.HasSuffix(before, "=")
}

func parseArg(part string) Arg {
	if name, value, ok := strings.Cut(part, "="); ok && isWord(name) {
		return Arg{Name: strings.TrimSpace(name), Value: unquote(strings.TrimSpace(value))}
	}
	return Arg{Value: unquote(part)}
}

func isWord(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	})
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == s[len(s)-1] && strings.IndexByte("\"'`", s[0]) >= 0 {
		return strings.NewReplacer(`\\`, `\`, `\`+s[:1], s[:1]).Replace(s[1 : len(s)-1])
	}
	return s
}
