package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/nearest"
	"github.com/envtight/envtight/internal/shell"
	"github.com/envtight/envtight/report"
)

func (a *app) whyCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "why NAME",
		Short: "Show who declares, reads and sets a variable, and what is wrong with it",
		Long: `Shows all that is known of one variable, for each app: who declares it, which code
reads it and through which packages, which configuration passes it on, where it is set
in which environments, since which commits, and what is wrong with it. Findings are no
reason for an exit code other than 0; what could not be looked at is 3.`,
		Example: `  envtight why DATABASE_URL
  envtight why DATABASE_URL --app web --offline`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return usage("why takes one variable, as in: envtight why DATABASE_URL")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(report.WhyFormats(), format) {
				return usage("--format %s: want %s", format, strings.Join(report.WhyFormats(), ", "))
			}
			r, err := a.judge(cmd.Context(), rooms{env: true, naming: true, about: args[0]})
			if err != nil {
				return err
			}
			failed := r.report.ExitCode(exitAll) == envtight.ExitIncomplete
			if len(r.report.Accounts) == 0 && !failed {
				return usage("nothing that was looked at declares, reads or sets %s%s", shell.Quote(args[0]), r.nearestVariable(args[0]))
			}
			if err := report.Why(a.env.Stdout, format, r.report, args[0], a.reportOptions(exitAll, r.project.root)); err != nil {
				return failure("%w", err)
			}
			if failed {
				return exitError{code: envtight.ExitIncomplete}
			}
			return nil
		},
	}
	a.flags.repository(cmd.Flags())
	a.flags.platforms(cmd.Flags())
	a.flags.standIn(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "write as `FORMAT`: text or json")
	return cmd
}

// nearestVariable is " (did you mean X?)", or empty.
func (r *run) nearestVariable(name string) string {
	var names []string
	if r.report.Matrix != nil {
		for i := range r.report.Matrix.Rows {
			names = append(names, r.report.Matrix.Rows[i].Name)
		}
	}
	if near := nearest.Name(name, names); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}
