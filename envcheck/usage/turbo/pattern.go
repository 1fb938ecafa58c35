package turbo

import (
	"strings"

	"github.com/envtight/envtight/internal/glob"
)

// Pattern is an entry of "env" and its like: a name in which "*" stands for any
// text. "\*" and a leading "\!" stand for the characters themselves.
type Pattern string

// Negated reports whether the pattern takes names away ("!NAME").
func (p Pattern) Negated() bool { return strings.HasPrefix(string(p), "!") }

// Name returns the pattern without the sign of negation and without escapes, which
// is the name when it is no wildcard.
func (p Pattern) Name() string {
	name := strings.TrimPrefix(string(p), "!")
	if strings.HasPrefix(string(p), `\!`) {
		name = name[1:]
	}
	return strings.ReplaceAll(name, `\*`, "*")
}

// Wildcard reports whether the pattern may stand for several names.
func (p Pattern) Wildcard() bool {
	return strings.Contains(strings.ReplaceAll(string(p), `\*`, ""), "*")
}

// Match reports whether the pattern, negated or not, is about the name as a whole.
func (p Pattern) Match(name string) bool {
	if !p.Wildcard() {
		return p.Name() == name
	}
	// No name of a variable holds "*" or "?", so that escaped ones match nothing.
	if strings.ContainsAny(string(p), `\?/`) || strings.Contains(name, "/") {
		return false
	}
	return glob.Match(strings.TrimPrefix(string(p), "!"), name)
}
