package dotenv

import "fmt"

// Dialect names a loader of env files. The same line means different things to
// different loaders, so a value can only be told for one of them.
type Dialect uint8

// The dialects. The zero Dialect is none of them, so that a forgotten field is
// an error and not Next.js.
const (
	// Next is @next/env, which Next.js calls: dotenv's grammar and a
	// dotenv-expand of its own.
	Next Dialect = iota + 1
	// Dotenv is motdotla's dotenv for Node.js, alone: nothing is expanded.
	Dotenv
	// DotenvExpand is dotenv followed by dotenv-expand.
	DotenvExpand
	// Vite is Vite's loadEnv: Node's parser, then a bundled dotenv-expand.
	Vite
	// Node is Node.js itself: --env-file, process.loadEnvFile and util.parseEnv.
	Node
	// PythonDotenv is python-dotenv with its default interpolation, which
	// pydantic-settings uses too.
	PythonDotenv
	// Compose is docker compose: env_file and the project's .env.
	Compose
	// DockerRun is docker run --env-file: no quotes, no escapes, no expansion.
	DockerRun
	// Godotenv is joho/godotenv 1.5.1.
	Godotenv
	// Bash is a file sourced by bash with set -a.
	Bash
	// Dash is a file sourced by dash (Debian's sh) with set -a. It stands for
	// POSIX shells.
	Dash
)

var dialectNames = [...]struct{ id, title string }{
	Next:         {"next", "Next.js"},
	Dotenv:       {"dotenv", "dotenv"},
	DotenvExpand: {"dotenv-expand", "dotenv + dotenv-expand"},
	Vite:         {"vite", "Vite"},
	Node:         {"node", "Node.js"},
	PythonDotenv: {"python-dotenv", "python-dotenv"},
	Compose:      {"compose", "docker compose"},
	DockerRun:    {"docker-run", "docker run --env-file"},
	Godotenv:     {"godotenv", "godotenv"},
	Bash:         {"bash", "bash"},
	Dash:         {"dash", "dash"},
}

// Dialects returns all dialects in the order of their constants. The slice is
// the caller's own.
func Dialects() []Dialect {
	all := make([]Dialect, 0, len(dialectNames)-1)
	for d := Next; int(d) < len(dialectNames); d++ {
		all = append(all, d)
	}
	return all
}

// ParseDialect returns the dialect whose String is id.
func ParseDialect(id string) (Dialect, error) {
	for _, d := range Dialects() {
		if d.String() == id {
			return d, nil
		}
	}
	return 0, fmt.Errorf("unknown env file dialect %q", id)
}

// Valid reports whether d is one of [Dialects].
func (d Dialect) Valid() bool { return d >= Next && int(d) < len(dialectNames) }

// String returns the identifier of d, as configuration and JSON spell it:
// lower case, words joined by hyphens.
func (d Dialect) String() string {
	if !d.Valid() {
		return fmt.Sprintf("dialect(%d)", uint8(d))
	}
	return dialectNames[d].id
}

// Title returns the name of the loader as its users spell it.
func (d Dialect) Title() string {
	if !d.Valid() {
		return d.String()
	}
	return dialectNames[d].title
}

// Shell reports whether d runs the file as a program instead of reading it as
// data. Such a file may hold what cannot be evaluated.
func (d Dialect) Shell() bool { return d == Bash || d == Dash }

// MarshalText returns the identifier of d.
func (d Dialect) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, fmt.Errorf("invalid env file dialect %d", uint8(d))
	}
	return []byte(d.String()), nil
}

// UnmarshalText sets d to the dialect that text identifies.
func (d *Dialect) UnmarshalText(text []byte) error {
	parsed, err := ParseDialect(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// LoadOrder returns the names of the env files that a framework reads from an
// app's directory, in the order of precedence: a variable's value comes from
// the first file that has it, and the process environment goes before them all.
// It returns nil for dialects that are handed their file by name. An empty mode
// is the one of a production build for both frameworks.
//
// Next.js knows the modes development, production and test, and leaves out
// .env.local in test; Vite takes any mode and lets the files of the mode win
// over .env.local.
//
// Sources: loadEnvConfig in @next/env 16.4, getEnvFilesForMode in Vite 8.3.
func LoadOrder(d Dialect, mode string) []string {
	if mode == "" {
		mode = "production"
	}
	switch d {
	case Next:
		if mode == "test" {
			return []string{".env.test.local", ".env.test", ".env"}
		}
		return []string{".env." + mode + ".local", ".env.local", ".env." + mode, ".env"}
	case Vite:
		return []string{".env." + mode + ".local", ".env." + mode, ".env.local", ".env"}
	default:
		return nil
	}
}
