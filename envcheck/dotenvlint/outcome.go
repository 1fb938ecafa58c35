package dotenvlint

import (
	"errors"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// outcome is what one loader makes of one entry.
type outcome struct {
	loader dotenv.Dialect
	// failure is why the loader refuses the line, or 0.
	failure dotenv.ErrorKind
	found   bool
	value   dotenv.Value
}

// same reports whether two loaders make the same of an entry. Nothing and a name
// without a value are the same to a program.
func (o *outcome) same(other *outcome) bool {
	if o.failure != 0 || other.failure != 0 {
		return o.failure != 0 && other.failure != 0
	}
	if o.unset() || other.unset() {
		return o.unset() && other.unset()
	}
	return o.value.Undecidable == other.value.Undecidable && o.value.Value.Equal(other.value.Value)
}

func (o *outcome) unset() bool { return !o.found || o.value.Null }

var reference = lazyregexp.New(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// outcomes evaluates one entry by itself, so that a line that some loader refuses
// does not hide the others, and a difference is not told again for each variable
// that refers to it. Variables that the value refers to stand before or behind
// the line, as in the file, with a plain value.
func (p *pass) outcomes(i int, loaders []dotenv.Dialect) []outcome {
	e := &p.file.Entries()[i]
	src := []byte(p.alone(i))
	out := make([]outcome, 0, len(loaders))
	for _, loader := range loaders {
		o := outcome{loader: loader}
		values, err := dotenv.Evaluate(src, loader, dotenv.EvalOptions{})
		if err != nil {
			evalErr, ok := errors.AsType[*dotenv.EvalError](err)
			if !ok || evalErr.Kind == dotenv.TooLarge {
				continue // nothing is known of this loader here
			}
			o.failure = evalErr.Kind
		}
		o.value, o.found = values.Lookup(e.Name)
		out = append(out, o)
	}
	return out
}

// alone returns a file that holds entry i and what it refers to.
func (p *pass) alone(i int) string {
	e := &p.file.Entries()[i]
	var before, after strings.Builder
	var seen []string
	for _, match := range reference().FindAllStringSubmatch(p.text(e.Value), -1) {
		name := match[1]
		first, known := p.index().first[name]
		if !known || name == e.Name || slices.Contains(seen, name) {
			continue
		}
		seen = append(seen, name)
		if first < i {
			before.WriteString(name + "=x\n")
		} else {
			after.WriteString(name + "=x\n")
		}
	}
	line := strings.ReplaceAll(p.text(p.line(e)), "\r\n", "\n")
	return before.String() + line + "\n" + after.String()
}

// The ways in which loaders read a line, as they are told to people.
const (
	saysRefuses   = "refuses the file"
	saysRuns      = "runs a part of it as a command"
	saysComputes  = "computes it while loading"
	saysDrops     = "drops the line"
	saysNoValue   = "knows the name but sets no value"
	saysEmpty     = "leaves it empty"
	saysCuts      = "cuts the value at the #"
	saysQuotes    = "keeps the quotes"
	saysUnquotes  = "drops the quotes inside it"
	saysComment   = "takes the comment for a part of the value"
	saysBlanks    = "keeps the blanks"
	saysFirstLine = "stops at the end of the first line"
	saysWritten   = "takes it as written"
	saysExpands   = "expands it"
	saysBackslash = "resolves the backslashes"
	saysOther     = "reads it in another way"
)

// says puts an outcome into words, by comparing it with the texts that the line
// itself offers.
func (p *pass) says(e *dotenv.Entry, o *outcome) string {
	switch {
	case o.failure == dotenv.Undecidable:
		return saysRuns
	case o.found && o.value.Undecidable:
		return saysComputes
	case o.failure != 0:
		return saysRefuses
	case !o.found:
		return saysDrops
	case o.value.Null:
		return saysNoValue
	}
	is := func(text string) bool { return o.value.Value.Equal(envtight.NewSecret(text)) }
	raw, inner := p.text(e.Value), normal(p.text(e.Inner))
	rest := p.text(envtight.Span{Start: e.Operator.End, End: e.EOL.Start})
	firstLine, _, multi := strings.Cut(normal(raw), "\n")
	beforeHash, _, hash := strings.Cut(raw, "#")
	switch {
	case is(inner):
		return saysWritten
	case o.value.Value.IsEmpty():
		return saysEmpty
	case e.Quote != dotenv.Unquoted && is(raw):
		return saysQuotes
	case multi && (is(firstLine) || is(firstLine[1:])):
		return saysFirstLine
	case e.HasComment() && (is(strings.TrimSpace(rest)) || is(strings.TrimLeft(rest, " \t")) || is(rest)):
		return saysComment
	case e.Quote == dotenv.Unquoted && is(strings.NewReplacer(`"`, "", "'", "").Replace(raw)):
		return saysUnquotes
	case e.Quote == dotenv.Unquoted && (is(rest) || is(strings.TrimLeft(rest, " \t"))):
		return saysBlanks
	case hash && is(strings.TrimSpace(beforeHash)):
		return saysCuts
	case strings.Contains(inner, "$"):
		return saysExpands
	case strings.Contains(inner, `\`):
		return saysBackslash
	default:
		return saysOther
	}
}

func normal(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// class is a set of loaders that make the same of an entry.
type class struct {
	loaders []dotenv.Dialect
	first   *outcome
	says    string
}

// classes groups outcomes, in the order of the loaders.
func (p *pass) classes(e *dotenv.Entry, outcomes []outcome) []class {
	var out []class
	for i := range outcomes {
		o := &outcomes[i]
		at := slices.IndexFunc(out, func(c class) bool { return c.first.same(o) })
		if at < 0 {
			out = append(out, class{first: o, says: p.says(e, o)})
			at = len(out) - 1
		}
		out[at].loaders = append(out[at].loaders, o.loader)
	}
	return out
}

// explain says how the classes differ, as in "Next.js cuts the value at the #,
// python-dotenv takes it as written". When skips is set, it stands for the latter.
func explain(classes []class, skips string) string {
	var parts []string
	told := map[string]int{}
	for _, c := range classes {
		says := c.says
		if says == saysWritten && skips != "" {
			says = skips
		}
		if told[says]++; told[says] > 1 {
			says += " to another result"
		}
		if len(c.loaders) > 1 {
			says = plural(says)
		}
		parts = append(parts, titles(c.loaders)+" "+says)
	}
	return strings.Join(parts, ", ")
}

// plural turns the verb of a phrase, which is its first word.
func plural(says string) string {
	verb, rest, _ := strings.Cut(says, " ")
	return strings.TrimSuffix(verb, "s") + " " + strings.ReplaceAll(rest, " sets ", " set ")
}
