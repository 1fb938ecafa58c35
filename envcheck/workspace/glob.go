package workspace

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Bounds of patterns that the repository gives. The matcher tries alternatives
// in braces one inside the other, in exponential time; without braces its time
// is bounded by the product of the lengths.
const (
	maxPattern      = 1024
	maxAlternatives = 64
)

// globs are patterns without braces, in the language of package doublestar.
type globs []string

// compile makes globs of a pattern. It returns false for one that is malformed
// or beyond the bounds.
func compile(pattern string) (globs, bool) {
	if len(pattern) > maxPattern || !doublestar.ValidatePattern(pattern) {
		return nil, false
	}
	out := globs{pattern}
	for i := 0; i < len(out); {
		alternatives, ok := expand(out[i])
		switch {
		case !ok:
			i++
		case len(out)+len(alternatives) > maxAlternatives:
			return nil, false
		default:
			out = slices.Replace(out, i, i+1, alternatives...)
		}
	}
	return out, !slices.ContainsFunc(out, func(g string) bool { return !doublestar.ValidatePattern(g) })
}

// expand replaces the first braces of a pattern by their alternatives; false
// when there are none.
func expand(pattern string) ([]string, bool) {
	open, depth, last := -1, 0, 0
	var parts []string
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '{':
			if depth++; depth == 1 {
				open, last = i, i+1
			}
		case c == ',' && depth == 1:
			parts = append(parts, pattern[last:i])
			last = i + 1
		case c == '}' && depth > 0:
			if depth--; depth == 0 {
				parts = append(parts, pattern[last:i])
				var out []string
				for _, part := range parts {
					out = append(out, pattern[:open]+part+pattern[i+1:])
				}
				return out, true
			}
		}
	}
	return nil, false
}

// match reports whether one of the patterns matches path.
func (g globs) match(path string) bool {
	return slices.ContainsFunc(g, func(pattern string) bool {
		return pattern == path || doublestar.MatchUnvalidated(pattern, path)
	})
}

// compileAll makes globs of patterns and leaves out those that cannot be used.
func compileAll(patterns []string) globs {
	var out globs
	for _, pattern := range patterns {
		if compiled, ok := compile(strings.TrimSuffix(pattern, "/")); ok {
			out = append(out, compiled...)
		}
	}
	return out
}
