package cli

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// Env is the process as the command sees it. Nothing else of the process is
// looked at: tests make one of their own.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// StdoutTTY and StderrTTY tell whether a person sits behind them, Width how
	// many columns the terminal has.
	StdoutTTY, StderrTTY bool
	Width                int
	// Environ is the environment, as in "NAME=value".
	Environ []string
	// Dir is the working directory.
	Dir string
	// Program is the absolute path of the program itself; empty when it is not
	// known.
	Program string
	// Dial opens network connections; nil means the usual way.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock, and Sleep waits before a platform is asked again, until the
	// context ends; nil means the real ones.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Process returns the Env of this process.
func Process() Env {
	e := Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StdoutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		Environ:   os.Environ(),
		Dir:       ".",
	}
	if path, err := os.Executable(); err == nil {
		e.Program = path
	}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		e.Width = width
	}
	return e
}

// getenv returns the value of a variable; the last one counts.
func (e *Env) getenv(name string) string {
	value := ""
	for _, entry := range e.Environ {
		if key, text, ok := strings.Cut(entry, "="); ok && key == name {
			value = text
		}
	}
	return value
}

func (e *Env) now() time.Time {
	if e.Now != nil {
		return e.Now()
	}
	return time.Now()
}
