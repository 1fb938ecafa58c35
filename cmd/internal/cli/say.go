package cli

import (
	"fmt"
	"path/filepath"
)

// print writes to stdout.
func (a *app) print(format string, args ...any) error {
	if _, err := fmt.Fprintf(a.env.Stdout, format, args...); err != nil {
		return failure("cannot write the output: %w", err)
	}
	return nil
}

// say writes a line to stderr, unless --quiet.
func (a *app) say(format string, args ...any) {
	if !a.flags.quiet {
		fmt.Fprintln(a.env.Stderr, printable(fmt.Sprintf(format, args...)))
	}
}

// path makes a path that the user gave absolute: it counts from the directory
// that the command was started in.
func (a *app) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.env.Dir, name)
}
