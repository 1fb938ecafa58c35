package workspace

import (
	"strings"

	"github.com/envtight/envtight/envcheck/dotenv"
)

// exampleWords make an env file an example; what is left of its name is the mode
// that it speaks of.
var exampleWords = set("example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema", "spec", "skeleton")

// keysFile holds the private keys of files that dotenvx encrypts.
const keysFile = ".env.keys"

// envFile says what the name of an env file promises: the mode, and whether it
// is for one machine only.
func envFile(path string, symlink bool) EnvFile {
	f := EnvFile{Path: path, Symlink: symlink}
	var modes []string
	for _, word := range strings.FieldsFunc(strings.ToLower(baseName(path)), func(r rune) bool { return r == '.' || r == '-' || r == '_' || r == '~' }) {
		switch {
		case word == "env" || word == "dotenv" || word == "flaskenv" || exampleWords[word]:
		case word == "local":
			f.Personal = true
		default:
			modes = append(modes, word)
		}
	}
	f.Mode = strings.Join(modes, "-")
	if isDevVars(baseName(path)) {
		f.Mode, f.Personal = strings.TrimPrefix(strings.TrimPrefix(f.Mode, "dev-vars"), "-"), true
	}
	if dotenv.Kind(path) == dotenv.Example {
		f.Personal = false
	}
	return f
}

// isDevVars reports whether a file is one of wrangler's: .dev.vars holds local
// secrets, whatever its mode.
func isDevVars(base string) bool { return strings.HasPrefix(base, ".dev.vars") }

// copyTarget is the name of the file that an example is meant to be copied to:
// its own name without the word that makes it an example, with a leading dot.
func copyTarget(base string) string {
	parts := strings.FieldsFunc(base, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	if len(parts) == 0 {
		return ".env"
	}
	if isDevVars(base) {
		return ".dev.vars"
	}
	// .env.docker-small.example is copied to what stands before its last word.
	last := parts[len(parts)-1]
	if stem, ok := strings.CutSuffix(base, last); ok && strings.HasPrefix(stem, ".env") && exampleWords[strings.ToLower(last)] {
		return strings.TrimRight(stem, ".-_")
	}
	var before, after []string
	env := false
	for _, part := range parts {
		switch lower := strings.ToLower(part); {
		case lower == "env" || lower == "dotenv":
			env = true
		case exampleWords[lower]:
		case env:
			after = append(after, part)
		default:
			before = append(before, part)
		}
	}
	if len(before) > 0 && len(after) == 0 && strings.HasSuffix(strings.ToLower(base), ".env") {
		return strings.Join(before, ".") + ".env" // docker.example.env
	}
	return strings.Join(append([]string{".env"}, append(before, after...)...), ".")
}
