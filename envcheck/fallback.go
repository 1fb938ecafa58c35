package envcheck

import (
	"path"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/lazyregexp"
)

// codeExtensions are those of files in which reads are found.
var codeExtensions = map[string]bool{
	".js": true, ".jsx": true, ".mjs": true, ".cjs": true, ".ts": true, ".tsx": true, ".mts": true, ".cts": true,
	".vue": true, ".svelte": true, ".astro": true, ".py": true, ".pyi": true, ".go": true, ".sh": true, ".bash": true, "": true, ".envrc": true,
}

// fallback matches the text that code takes when a variable is not set.
var fallback = lazyregexp.New("(?:\\?\\?|\\|\\||\\bor\\b|\\belse\\b|[,:?]|(?:default|catch)\\()\\s*(?:\"([^\"\\n]*)\"|'([^'\\n]*)'|`([^`\\n]*)`)|:?[-=]([^}\\n]*)\\}")

// upperName matches what is rather the name of a variable than a value.
var upperName = lazyregexp.New(`^[A-Z][A-Z0-9_]*$`)

// fallbackSpans returns where code gives a variable a value of its own: it may be the
// real one, so that no shown line may hold it.
func fallbackSpans(name string, text []byte) []envtight.Span {
	if !codeExtensions[path.Ext(name)] {
		return nil
	}
	var spans []envtight.Span
	for _, m := range fallback().FindAllSubmatchIndex(text, -1) {
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 && m[i] < m[i+1] && !upperName().Match(text[m[i]:m[i+1]]) {
				spans = append(spans, envtight.Span{Start: m[i], End: m[i+1]})
			}
		}
	}
	return spans
}
