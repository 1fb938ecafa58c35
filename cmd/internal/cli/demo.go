package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight/cmd/internal/demo"
)

func (a *app) demoCommand() *cobra.Command {
	var keep string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the main job on an embedded monorepo; needs no account and no network",
		Long: `Writes a small monorepo (Next.js front end, FastAPI back end, a database package)
with a git history to a temporary directory, starts a Vercel and a Railway on
loopback, and runs the real check over them. Exits with 0.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), keep) },
	}
	cmd.Flags().StringVar(&keep, "keep", "", "write the monorepo to `DIR`, which must be empty or new, and keep it")
	return cmd
}

func (a *app) demo(ctx context.Context, keep string) error {
	dir, err := a.demoDir(keep)
	if err != nil {
		return err
	}
	if keep == "" {
		defer func() { _ = os.RemoveAll(dir) }()
	}
	if err := demo.Write(ctx, dir, demoEnviron(a.env)); err != nil {
		return failure("%w", err)
	}
	platforms, err := demo.Start(ctx)
	if err != nil {
		return failure("%w", err)
	}
	defer platforms.Close()

	inner := a.env
	inner.Dir = dir
	inner.Environ = append(demoEnviron(a.env), platforms.Environ...)
	a.say("A made-up shop: apps/frontend is Next.js on Vercel, apps/backend FastAPI on")
	a.say("Railway. Both platforms are fakes on this machine; the check is the real one.")
	a.say("")
	a.say("$ envtight check --history")
	code := Main(ctx, inner, []string{"check", "--history", "--no-cache", "--color", a.flags.color, "--format", "text"})
	a.say("")
	a.say("$ envtight matrix")
	if matrixCode := Main(ctx, inner, []string{"matrix", "--no-cache", "--color", a.flags.color}); matrixCode != 0 {
		code = matrixCode
	}
	a.say("")
	a.say("The real command would exit with %d.", code)
	if keep != "" {
		a.say("The monorepo stands in %s.", dir)
	}
	a.say("Yours: envtight init, envtight doctor, envtight check")
	if code != 0 && code != 1 {
		return failure("the demo did not run as it should (exit code %d)", code)
	}
	return nil
}

// demoDir is an empty directory for the monorepo.
func (a *app) demoDir(keep string) (string, error) {
	if keep == "" {
		dir, err := os.MkdirTemp("", "envtight-demo-")
		if err != nil {
			return "", failure("cannot make a temporary directory: %w", bare(err))
		}
		return dir, nil
	}
	dir := a.path(keep)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", usage("cannot make %s: %w", dir, bare(err))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", usage("cannot read %s: %w", dir, bare(err))
	}
	if len(entries) > 0 {
		return "", usage("%s is not empty", dir)
	}
	return filepath.Abs(dir)
}

// demoEnviron is the environment of the demo: what a terminal is and where git
// stands, and nothing that would change the outcome.
func demoEnviron(e Env) []string {
	var out []string
	for _, name := range []string{"PATH", "SYSTEMROOT", "TERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TMPDIR", "TEMP", "COLORTERM"} {
		if value := e.getenv(name); value != "" {
			out = append(out, name+"="+value)
		}
	}
	return append(out, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
}
