package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
)

func (a *app) checkCommand() *cobra.Command {
	return a.judging(&cobra.Command{
		Use:   "check",
		Short: "Judge everything that applies: variables, platforms, names, env files, secrets",
		Long: `Finds every app of the repository, reads what its env examples declare, asks the
platforms that the apps are linked to what is set in each environment, and reports
what is missing, empty, extra, drifting, dangling or badly named. Looks for secrets
in all files that git does not ignore; with --history, in all that ever were.

Inside the directory of an app only that app is judged; --all judges everything,
--app some apps, --changed REF those that a change touches, with the packages they
reach.
Without configuration and tokens it judges what can be judged offline, and says
what it did not look at.`,
		Example: `  envtight check                             everything, for people
  envtight check --env auto --app web        one app, where the branch is deployed
  envtight check --changed origin/main       the apps that this branch touches
  envtight check --format line --quiet       for an editor
  envtight check --output sarif=out.sarif    also for code scanning`,
	}, rooms{env: true, naming: true, secrets: true})
}

func (a *app) envCommand() *cobra.Command {
	return a.judging(&cobra.Command{
		Use:   "env",
		Short: "Judge variables: what apps declare against what platforms have",
		Long: `Compares what each app's env examples declare with what the platforms have, and
judges the env files themselves: "envtight check" without the rules about names.`,
	}, rooms{env: true})
}

func (a *app) namingCommand() *cobra.Command {
	return a.judging(&cobra.Command{
		Use:   "naming",
		Short: "Judge the names that env examples declare; asks no platform",
		Long: `Judges the names of variables by themselves and against each other: case, prefixes,
names of a platform or a provider, twins, slips. "envtight check" does so, too, and
knows also the names that stand on platforms.`,
	}, rooms{naming: true})
}

// judging completes a command that judges rooms and writes a report.
func (a *app) judging(cmd *cobra.Command, want rooms) *cobra.Command {
	cmd.Args = cobra.NoArgs
	a.flags.repository(cmd.Flags())
	a.flags.judging(cmd.Flags())
	if want.secrets {
		cmd.Flags().BoolVar(&a.flags.history, "history", false, "look for secrets in the whole history, too")
	}
	if want.env {
		a.flags.platforms(cmd.Flags())
		a.flags.standIn(cmd.Flags())
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return a.runCheck(cmd.Context(), want) }
	return cmd
}

func (a *app) runCheck(ctx context.Context, want rooms) error {
	outputs, err := a.outputs()
	if err != nil {
		return err
	}
	if _, err := a.flags.exit(envtight.Error); err != nil {
		return err
	}
	r, err := a.judge(ctx, want)
	if err != nil {
		return err
	}
	if err := a.write(r, outputs); err != nil {
		return err
	}
	a.sayNext(r, want)
	exit, err := a.flags.exit(r.project.config.FailOn)
	if err != nil {
		return err
	}
	if code := r.report.ExitCode(exit); code != envtight.ExitClean {
		return exitError{code: code}
	}
	return nil
}

// sayNext tells a first-time user what comes next.
func (a *app) sayNext(r *run, want rooms) {
	switch {
	case !want.env || a.flags.offline || r.asked || len(r.project.workspace.Apps) == 0 || r.scope.none():
	case !r.linked:
		a.say("next: envtight init    links the apps to their projects and writes %s", configName)
		a.say("      envtight doctor  shows which tokens are set and what they reach")
	default:
		a.say("next: envtight doctor  shows which tokens are set and what they reach")
	}
}
