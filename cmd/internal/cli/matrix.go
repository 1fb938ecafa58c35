package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/report"
)

func (a *app) matrixCommand() *cobra.Command {
	var problems bool
	var format string
	cmd := &cobra.Command{
		Use:   "matrix",
		Short: "Show every variable of every app in every environment",
		Long: `Shows the variables of each app in each environment: what is declared, what is set,
and what is missing. Findings are no reason for an exit code other than 0; what could
not be looked at is 3.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(report.MatrixFormats(), format) {
				return usage("--format %s: want %s", format, strings.Join(report.MatrixFormats(), ", "))
			}
			r, err := a.judge(cmd.Context(), rooms{env: true, matrix: true})
			if err != nil {
				return err
			}
			options := a.reportOptions(exitAll, r.project.root)
			err = report.Matrix(a.env.Stdout, format, r.report.Matrix, report.MatrixOptions{Options: options, OnlyProblems: problems})
			if err != nil {
				return failure("%w", err)
			}
			if r.scope.none() {
				a.say("looked at %s", r.scope.words)
			}
			if r.stand != nil && r.stand.words != "" {
				a.say("looked at %s%s", r.scope.words, r.stand.words)
			}
			a.sayMissing(r.report.Incomplete, envtight.Failed)
			a.sayNext(r, rooms{env: true})
			if code := r.report.ExitCode(exitAll); code == 3 {
				return exitError{code: code}
			}
			return nil
		},
	}
	a.flags.repository(cmd.Flags())
	a.flags.platforms(cmd.Flags())
	a.flags.standIn(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "write as `FORMAT`: text, markdown or json")
	cmd.Flags().BoolVar(&problems, "problems", false, "show only variables that are missing, empty or forbidden somewhere")
	return cmd
}
