package dotenv

import (
	"strings"
	"unicode"

	"github.com/envtight/envtight"
)

// Sample says what stands as the value of a declaration, without telling it.
type Sample uint8

// The samples.
const (
	SampleEmpty       Sample = iota // nothing
	SamplePlaceholder               // a text to be replaced, as in "your-key-here"
	SamplePresent                   // anything else
)

// String returns "empty", "placeholder" or "present".
func (s Sample) String() string {
	switch s {
	case SampleEmpty:
		return "empty"
	case SamplePlaceholder:
		return "placeholder"
	default:
		return "present"
	}
}

var placeholderParts = []string{
	"changeme", "change-me", "change_me", "change this", "change-this", "replaceme", "replace-me", "replace_me", "replace with", "replace-with",
	"placeholder", "your-", "your_", "your ", "<your", "insert-", "insert_", "insert ", "xxxx", "-here", "_here",
}

// toDo are words that stand alone, or before a remark.
var toDo = []string{"todo", "fixme", "tbd"}

// SampleOf classes a value. A placeholder is told by the words that people put
// there, by a text in angle brackets or double braces, and by a text of one
// repeated character or of dots only; other values are present.
func SampleOf(value envtight.Secret) Sample {
	text := strings.ToLower(strings.TrimSpace(value.Reveal()))
	if text == "" {
		return SampleEmpty
	}
	if strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") ||
		strings.HasPrefix(text, "{{") && strings.HasSuffix(text, "}}") ||
		strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") && !strings.ContainsAny(text, `",:`) && strings.ContainsFunc(text, unicode.IsLetter) {
		return SamplePlaceholder
	}
	if len(text) > 2 && strings.Count(text, text[:1]) == len(text) && strings.ContainsAny(text[:1], "x*.-_#?") {
		return SamplePlaceholder
	}
	for _, word := range toDo {
		if rest, ok := strings.CutPrefix(text, word); ok && strings.Trim(rest[:min(len(rest), 1)], ":! ") == "" {
			return SamplePlaceholder
		}
	}
	for _, part := range placeholderParts {
		if strings.Contains(text, part) {
			return SamplePlaceholder
		}
	}
	return SamplePresent
}
