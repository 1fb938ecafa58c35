package workspace

import (
	"slices"
	"strings"
)

// EnvKind says what the name of a file promises.
type EnvKind uint8

// The kinds.
const (
	// NotEnv is no env file.
	NotEnv EnvKind = iota
	// Example declares variables; its values are samples.
	Example
	// Local holds values.
	Local
	// Encrypted holds values that nobody can read without a key that stands
	// elsewhere (.env.vault, .env.gpg); it is made to be committed.
	Encrypted
	// Keys holds the keys of encrypted files (.env.keys of dotenvx).
	Keys
)

// exampleWords make an env file an example, wherever they stand in its name.
var exampleWords = []string{"example", "examples", "sample", "template", "tmpl", "tpl", "dist", "schema", "default", "defaults", "skeleton"}

// encryptedWords are endings of encrypted env files.
var encryptedWords = []string{"vault", "gpg", "asc", "age", "enc", "encrypted", "sops", "kms"}

// codeWords are endings of files that are about the environment and are no env
// files: env.d.ts, .env.json, .env.md.
var codeWords = []string{
	"ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "json", "jsonc", "json5", "yaml", "yml", "toml", "md", "mdx",
	"py", "pyi", "rb", "go", "rs", "php", "java", "kt", "cs", "ex", "exs", "sh", "bash", "zsh", "fish", "ps1", "bat", "cmd",
	"html", "css", "scss", "vue", "svelte", "astro", "tf", "hcl", "nix", "lock", "snap", "csv", "xml", "sql",
	"zip", "gz", "tar", "png", "svg", "map", "log", "swp", "swo",
}

// ClassifyEnvFile says what kind of env file the base name of a file promises,
// and what mode (environment) it speaks of: "production" for ".env.production".
// Personal files are ".env.local" and ".env.MODE.local". The result says nothing
// about the file's content.
func ClassifyEnvFile(base string) (kind EnvKind, mode string, personal bool) {
	words, ok := envWords(base)
	if !ok {
		return NotEnv, "", false
	}
	kind = Local
	var modes []string
	for i, word := range words {
		last := i == len(words)-1
		switch {
		case slices.Contains(exampleWords, word):
			kind = Example
		case kind == Example && word == "txt":
		case last && slices.Contains(codeWords, word):
			return NotEnv, "", false
		case last && word == "keys":
			return Keys, strings.Join(modes, "-"), true
		case last && slices.Contains(encryptedWords, word):
			return Encrypted, strings.Join(modes, "-"), false
		case word == "local":
			personal = true
		default:
			modes = append(modes, word)
		}
	}
	return kind, strings.Join(modes, "-"), personal && kind == Local
}

// envWords cuts the name of an env file into the words around "env", in lower
// case.
func envWords(base string) (words []string, ok bool) {
	lower := strings.ToLower(base)
	cut := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	}
	switch {
	case lower == ".env":
		return nil, true
	case strings.HasPrefix(lower, ".env") && strings.ContainsRune(".-_~", rune(lower[4])):
		return cut(strings.ReplaceAll(lower[4:], "~", ".backup")), true
	case strings.HasSuffix(lower, ".env"):
		return cut(strings.TrimSuffix(lower, ".env")), true
	case strings.HasPrefix(lower, "env.") || strings.HasPrefix(lower, "env-") || strings.HasPrefix(lower, "env_") ||
		strings.HasPrefix(lower, "dotenv.") || strings.HasPrefix(lower, ".dotenv."):
		// Without a leading dot only an example is meant: env.d.ts and
		// env-utils are something else.
		_, rest, _ := strings.Cut(lower, "env")
		words = cut(rest)
		known := len(words) > 0 && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(exampleWords, w) })
		return words, known && !slices.Contains(codeWords, words[len(words)-1])
	case strings.Contains(lower, ".env."):
		// example.env.local, docker.env.example
		before, after, _ := strings.Cut(lower, ".env.")
		words = append(cut(before), cut(after)...)
		return words, slices.ContainsFunc(words, func(w string) bool { return slices.Contains(exampleWords, w) })
	default:
		return nil, false
	}
}
