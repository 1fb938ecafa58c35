package dotenv

import (
	"path"
	"strings"

	"github.com/envtight/envtight"
)

// FileKind says what a file is by its name.
type FileKind uint8

// The kinds of files.
const (
	// NotEnv is any other file.
	NotEnv FileKind = iota
	// Example is meant to be committed: it declares names, its values are
	// samples.
	Example
	// Real holds values that some program reads.
	Real
)

// String returns "not an env file", "example" or "real".
func (k FileKind) String() string {
	switch k {
	case Example:
		return "example"
	case Real:
		return "real"
	default:
		return "not an env file"
	}
}

// exampleWords are the parts of a name that make an example of an env file.
var exampleWords = words("example examples sample template tmpl tpl dist default defaults schema spec skeleton")

// realWords may follow ".env" in a name that does not begin with it.
var realWords = words("local dev development prod production stage staging test testing ci docker bak backup old orig save")

// otherExtensions end the names of files that are not in the format of env
// files: code, data, documents, templates with a syntax of their own, and
// ciphertext.
var otherExtensions = words("ts tsx js jsx mjs cjs mts cts py pyi rb go rs java kt php cs swift vue svelte " +
	"sh bash zsh fish ps1 bat cmd json jsonc json5 yaml yml toml xml hcl tf md mdx rst html css scss lock map snap " +
	"j2 jinja jinja2 erb hbs ejs njk mustache gpg age asc enc encrypted sops vault zip gz tar tgz png svg jpg swp cmdrc")

func words(list string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// Kind tells from the base name of a path, in which case does not count, what
// the file is. The name is split into parts at dots, hyphens and underscores.
//
//	.env                                        real
//	.env.PARTS .env-PARTS .env_PARTS            example with an example word, else real
//	env.PARTS env-PARTS env_PARTS               example with an example word, else none
//	PARTS.env                                   example with an example word, else real
//	PARTS.env.PARTS                             example with an example word, real if it ends in a word like "local", else none
//	.flaskenv .dev.vars .dev.vars.PARTS         as .env
//
// Example words are example, sample, template, tmpl, tpl, dist, default,
// defaults, schema, spec and skeleton, as whole parts: .env.local.example is an example,
// envelope-distribute.tsx is nothing. A name that ends in the extension of
// something else (.env.ts, .env.json, .env.gpg, .env.vault, .env.j2) is none
// either; nor are .envrc, which is a program, and a plain env, which is most
// often a virtual environment of Python.
func Kind(p string) FileKind {
	base := strings.ToLower(path.Base(strings.ReplaceAll(p, `\`, "/")))
	base = strings.TrimSuffix(base, "~")
	switch {
	case base == ".env", base == ".flaskenv", base == ".dev.vars":
		return Real
	case !strings.Contains(base, "env") && !strings.HasPrefix(base, ".dev.vars."):
		return NotEnv
	}
	parts := strings.FieldsFunc(base, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	if len(parts) < 2 || otherExtensions[parts[len(parts)-1]] {
		return NotEnv
	}
	if strings.HasPrefix(base, ".dev.vars.") {
		return exampleOr(parts, Real)
	}
	for _, prefix := range []string{".env.", ".env-", ".env_"} {
		if strings.HasPrefix(base, prefix) {
			return exampleOr(parts, Real)
		}
	}
	for _, prefix := range []string{"env.", "env-", "env_"} {
		if strings.HasPrefix(base, prefix) {
			return exampleOr(parts, NotEnv)
		}
	}
	if strings.HasSuffix(base, ".env") {
		return exampleOr(parts, Real)
	}
	if strings.Contains(base, ".env.") {
		if realWords[parts[len(parts)-1]] {
			return exampleOr(parts, Real)
		}
		return exampleOr(parts, NotEnv)
	}
	return NotEnv
}

func exampleOr(parts []string, other FileKind) FileKind {
	for _, part := range parts {
		if exampleWords[part] {
			return Example
		}
	}
	return other
}

// ValueSpans returns what must not be shown of the file at path: for a real env
// file, and for .envrc, everything behind the operator of each assignment, live
// or commented out, the whole of each bad line, and lines that may be the rest
// of a value whose quote was never closed. For other files it returns nil. It is
// an envtight.MaskerFunc.
func ValueSpans(p string, text []byte) []envtight.Span {
	if Kind(p) != Real && path.Base(p) != ".envrc" {
		return nil
	}
	f := Parse(text)
	var spans []envtight.Span
	var open Quote // a quote of a commented-out value that is not closed
	inValue := false
	for i := range f.entries {
		e := &f.entries[i]
		body := envtight.Span{Start: e.Span.Start, End: e.EOL.Start}
		rest := envtight.Span{Start: e.Operator.End, End: e.EOL.Start}
		switch {
		case e.Kind == Blank:
			inValue, open = false, 0
			continue
		case e.Kind == BadLine:
			spans = append(spans, body)
		case e.Kind == Assignment && inValue && !isCapitalName([]byte(e.Name)):
			spans = append(spans, body)
			continue
		case e.Kind == Comment && (inValue || open != 0):
			spans = append(spans, e.Comment)
			if strings.IndexByte(f.Reveal(e.Comment), byte(open)) >= 0 {
				open = 0
			}
			continue
		case e.Kind == Comment:
			if at := looseAssignment(f.Reveal(e.Comment)); at > 0 {
				spans = append(spans, envtight.Span{Start: min(e.Comment.Start+at, e.Comment.End), End: e.Comment.End})
			}
			continue
		default:
			spans = append(spans, rest)
		}
		open, inValue = 0, e.Kind == BadLine
		if e.Problem == UnterminatedQuote || e.Problem == StrayText {
			inValue = e.Kind != CommentedOut
			if e.Kind == CommentedOut {
				open = Quote(f.Reveal(e.Value)[0])
			}
		}
	}
	return spans
}

// looseAssignment returns the place behind the = of a comment that begins with
// one word and =, or 0. What is too loose for a declaration must be hidden
// nevertheless. In UTF-16 the place is too early, which hides more.
func looseAssignment(comment string) int {
	i := len(comment) - len(strings.TrimLeft(comment, "# \t"))
	if rest, ok := strings.CutPrefix(comment[i:], "export "); ok {
		i = len(comment) - len(strings.TrimLeft(rest, " \t"))
	}
	start := i
	for i < len(comment) && keyBytes[comment[i]] != 0 {
		i++
	}
	if i == start {
		return 0
	}
	i = len(comment) - len(strings.TrimLeft(comment[i:], " \t"))
	if i < len(comment) && comment[i] == '=' {
		return i + 1
	}
	return 0
}
