package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/githook"
	"github.com/envtight/envtight/report"
)

func (a *app) hookRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run HOOK",
		Short: "Do what a hook does: this is what the hooks call",
		Long: `Looks at what is about to be committed (pre-commit), or at the commits that git is
about to push, which it names on standard input (pre-push). It opens no connection.
For hooks of your own, and for programs that manage hooks.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("hook run takes the name of a hook: %s", list(hookNames()))
			}
			return nil
		},
		ValidArgs: hookNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := hookOf(args[0])
			if err != nil {
				return err
			}
			a.flags.offline, a.flags.incomplete = true, "fail"
			return a.hookPreCommit(cmd.Context(), h)
		},
	}
	cmd.Flags().StringVar(&a.flags.config, "config", "", "read this `FILE` in place of the nearest envtight.hcl")
	cmd.Flags().StringVar(&a.flags.baseline, "baseline", "", "set aside the findings that this `FILE` lists")
	cmd.Flags().StringVar(&a.flags.failOn, "fail-on", "", "stop from this `SEVERITY` on: error, warning or info")
	return cmd
}

func (a *app) hookPreCommit(ctx context.Context, h githook.Hook) error {
	r, err := a.judge(ctx, rooms{env: true, naming: true, staged: true})
	if err != nil {
		return err
	}
	exit, err := a.flags.exit(r.project.config.FailOn)
	if err != nil {
		return err
	}
	// What cannot be looked at of apps stops no commit.
	exit.IgnoreIncomplete = true
	return a.endHook(h, r.report, exit, "envtight check --offline --all")
}

// endHook says in a few lines why git is stopped, or in one that it is not.
func (a *app) endHook(h githook.Hook, r *envtight.Report, exit envtight.ExitOptions, more string) error {
	code := r.ExitCode(exit)
	if code == envtight.ExitClean {
		a.say("envtight: %s", report.Passed(r))
		return nil
	}
	o := report.StoppedOptions{What: h.Stops(), Exit: exit, Skip: a.skip(h), More: more}
	if err := report.Stopped(a.env.Stdout, r, o); err != nil {
		return failure("%w", err)
	}
	return exitError{code: code}
}

// skip is the command that goes on without the hook, by whatever runs it.
func (a *app) skip(h githook.Hook) string {
	if a.env.getenv("PRE_COMMIT") == "" {
		return h.Skip()
	}
	if h == githook.PrePush {
		return "SKIP=envtight git push"
	}
	return "SKIP=envtight git commit"
}
