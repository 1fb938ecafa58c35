// Package cli is the command envtight as a function: [Main] takes the process as
// a value and returns an exit code.
package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/history"
)

// Main runs the command with the arguments that follow its name, and returns the
// exit code: see the constants Exit* of package envtight. Findings go to
// e.Stdout, everything else to e.Stderr.
func Main(ctx context.Context, e Env, args []string) int {
	a := &app{env: e, began: e.now()}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	err := root.ExecuteContext(ctx)
	var exit exitError
	switch {
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		fmt.Fprintln(e.Stderr, "envtight: interrupted")
		return envtight.ExitInterrupted
	case errors.As(err, &exit):
		if exit.err != nil {
			fmt.Fprintf(e.Stderr, "envtight: %s\n", printable(exit.err.Error()))
		}
		return exit.code
	case err != nil:
		fmt.Fprintf(e.Stderr, "envtight: %s\n", printable(err.Error()))
		return envtight.ExitUsage
	}
	return envtight.ExitClean
}

// app is one invocation.
type app struct {
	env   Env
	began time.Time
	flags flags
	// partials are what merge reads.
	partials []*history.Partial
}

// exitError ends the command with a code; the error, when there is one, is
// printed.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// usage is an error of the user's: wrong flags or configuration.
func usage(format string, args ...any) error {
	return exitError{code: envtight.ExitUsage, err: fmt.Errorf(format, args...)}
}

// failure is an error of the surroundings: something could not be done.
func failure(format string, args ...any) error {
	return exitError{code: envtight.ExitIncomplete, err: fmt.Errorf(format, args...)}
}

const long = `envtight finds out, before a repository is deployed, whether every app has every
variable it needs in every environment. It compares each app's .env.example with
what the hosting platforms really have, and judges names and env files. It only
reads, and never shows a value.

Start with: envtight demo, or in your repository: envtight check, envtight init,
envtight doctor.

Tokens come from the environment: VERCEL_TOKEN, RAILWAY_TOKEN, or what token_env in
envtight.hcl names; "envtight doctor" tells which. Everything else that can be set
is in "envtight config reference".

Exit codes: 0 nothing to object to, 1 findings, 2 wrong flags or configuration,
3 something could not be looked at, 130 interrupted.`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "envtight",
		Short:         "Nothing missing, nothing leaking: environment variables, checked before they are deployed",
		Long:          long,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%w; see: %s --help", suggestFlag(cmd, err), cmd.CommandPath())
	})
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return a.flags.checkGlobal() }
	a.flags.global(root.PersistentFlags())
	root.AddCommand(
		a.checkCommand(), a.envCommand(), a.namingCommand(), a.matrixCommand(), a.whyCommand(),
		a.initCommand(), a.doctorCommand(), a.fixCommand(), a.configCommand(), a.snapshotCommand(), a.hookCommand(), a.secretsCommand(), a.mergeCommand(),
		a.detectCommand(), a.protectCommand(),
		a.rulesCommand(), a.explainCommand(), a.demoCommand(), a.versionCommand(),
	)
	complete(root)
	for _, cmd := range root.Commands() {
		complete(cmd)
		if cmd.HasSubCommands() {
			cmd.Args = suggestCommand
		}
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			refuseUnknownTopics(cmd)
		case "completion":
			cmd.Args = cobra.NoArgs
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
	return root
}

// refuseUnknownTopics makes help about what does not exist an error.
func refuseUnknownTopics(help *cobra.Command) {
	show := help.Run
	help.Run = nil
	help.RunE = func(cmd *cobra.Command, args []string) error {
		if found, rest, err := cmd.Root().Find(args); err != nil || found == nil || len(rest) > 0 {
			return usage("there is no command %q; see: %s --help", strings.Join(args, " "), cmd.Root().Name())
		}
		show(cmd, args)
		return nil
	}
}

// printable keeps control characters of names in messages from reaching the
// terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, s)
}
