package dotenv

import (
	"strings"

	"github.com/envtight/envtight"
)

// Decorator is one "@name", "@name=value" or "@name(arguments)" in a comment,
// or a tag such as [optional].
type Decorator struct {
	// Name is without the @.
	Name string
	// Value is what stands behind the =, or in the parentheses, without
	// quotes; it hides itself, for @example may hold anything.
	Value envtight.Secret
	// HasValue tells "@name" from "@name=".
	HasValue bool
	// Call tells "@name(…)" from "@name=…".
	Call bool
	// Span is the decorator in the file. In UTF-16 files it is the comment.
	Span envtight.Span
}

// Decorators returns the decorators of a comment, or of the trailing comment of
// an assignment, in order. A comment that starts with @ is read as decorators up
// to the first text that is none; in others only [required] and [optional]
// count.
//
// Source: https://varlock.dev/env-spec/reference/, from which the names and the
// forms are taken; tags in brackets are those of env-vars-doctor.
func (f *File) Decorators(e *Entry) []Decorator {
	if e.Comment.Len() < 2 {
		return nil
	}
	text := f.Reveal(e.Comment)
	if !strings.ContainsAny(text, "@[") {
		return nil
	}
	i := len(text) - len(strings.TrimLeft(text, "# \t"))
	var out []Decorator
	for i < len(text) && text[i] == '@' {
		d, next := readDecorator(text, i)
		if next == i {
			break
		}
		d.Span = f.inComment(e, i, next)
		out = append(out, d)
		i = next + len(text[next:]) - len(strings.TrimLeft(text[next:], " \t,"))
	}
	lower := strings.ToLower(text)
	for _, tag := range []string{"required", "optional"} {
		if at := strings.Index(lower, "["+tag+"]"); at >= 0 && at >= i {
			out = append(out, Decorator{Name: tag, Span: f.inComment(e, at, at+len(tag)+2)})
		}
	}
	return out
}

func (f *File) inComment(e *Entry, from, to int) envtight.Span {
	if f.Encoding == UTF16LE || f.Encoding == UTF16BE {
		return e.Comment
	}
	return envtight.Span{Start: e.Comment.Start + from, End: e.Comment.Start + to}
}

// readDecorator reads the decorator at text[i], which is an @. It returns i when
// there is none.
func readDecorator(text string, i int) (d Decorator, next int) {
	j := i + 1
	for j < len(text) && (keyBytes[text[j]] == 1 || keyBytes[text[j]] == 2) {
		j++
	}
	if j == i+1 {
		return d, i
	}
	d.Name = text[i+1 : j]
	switch {
	case j < len(text) && text[j] == '(':
		inner, end := readParens(text, j)
		d.Value, d.HasValue, d.Call = envtight.NewSecret(unquote(inner)), true, true
		j = end
	case j < len(text) && text[j] == '=':
		end := readDecoratorValue(text, j+1)
		d.Value, d.HasValue = envtight.NewSecret(unquote(text[j+1:end])), true
		j = end
	}
	if j < len(text) && !strings.ContainsRune(" \t,#", rune(text[j])) {
		return Decorator{}, i // as in @name/package or @name.
	}
	return d, j
}

// readParens returns the text between the parenthesis at text[i] and its
// partner, and the place behind that; quotes hide parentheses.
func readParens(text string, i int) (inner string, end int) {
	depth := 0
	for j := i; j < len(text); j++ {
		switch text[j] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[i+1 : j], j + 1
			}
		case '"', '\'':
			if k := strings.IndexByte(text[j+1:], text[j]); k >= 0 {
				j += k + 1
			}
		}
	}
	return text[i+1:], len(text)
}

// readDecoratorValue returns the end of the value at text[i]: a quoted text, a
// word, or a call.
func readDecoratorValue(text string, i int) int {
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		if k := strings.IndexByte(text[i+1:], text[i]); k >= 0 {
			return i + 1 + k + 1
		}
	}
	for i < len(text) && text[i] != ' ' && text[i] != '\t' {
		if text[i] == '(' {
			_, end := readParens(text, i)
			return end
		}
		i++
	}
	return i
}

func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// arguments splits the value of a call at commas.
func (d *Decorator) arguments() []string {
	var out []string
	for a := range strings.SplitSeq(d.Value.Reveal(), ",") {
		if a = unquote(a); a != "" {
			out = append(out, a)
		}
	}
	return out
}

// knownDecorators are those of env-spec and varlock, with ours (only). A true
// value means that this package gives it a meaning.
var knownDecorators = map[string]bool{
	"required": true, "optional": true, "sensitive": true, "public": true, "type": true, "example": true,
	"docs": true, "docsUrl": true, "deprecated": true, "only": true,
	"defaultRequired": true, "defaultSensitive": true,
	"internal": false, "dynamic": false, "static": false, "tag": false, "icon": false, "auditIgnore": false,
	"placeholder": false, "proxy": false, "currentEnv": false, "envFlag": false, "defaultDynamic": false,
	"disable": false, "import": false, "setValuesBulk": false, "plugin": false, "cache": false,
	"redactLogs": false, "preventLeaks": false, "encryptInjectedEnv": false, "disableProcessEnvInjection": false,
	"auditIgnorePaths": false, "proxyConfig": false, "generateTypes": false, "generateTsTypes": false, "generatePythonEnv": false,
	"generateRustEnv": false, "generateGoEnv": false, "generatePhpEnv": false, "generateJavaEnv": false, "generateCsharpEnv": false,
	"envFile": false, "sensitiveByDefault": false, "expire": false, "description": false, "default": false, "see": false, "link": false, "note": false,
}

// suggest returns the decorator with a meaning that name is probably a slip of,
// or "".
func suggest(name string) string {
	best, least := "", 3
	for known, meant := range knownDecorators {
		if !meant || len(name) < 3 {
			continue
		}
		limit := 1
		if len(known) >= 7 {
			limit = 2
		}
		if d := editDistance(strings.ToLower(name), strings.ToLower(known)); d <= limit && (d < least || d == least && known < best) {
			best, least = known, d
		}
	}
	return best
}

// editDistance counts insertions, deletions and substitutions, and swapped
// neighbors as one.
func editDistance(a, b string) int {
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}
