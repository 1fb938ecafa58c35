package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/config"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check, show and document the configuration",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.configVerifyCommand(), a.configShowCommand(), a.configReferenceCommand())
	return cmd
}

func (a *app) configVerifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check " + configName + "; exits with 2 when it cannot be used",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			if !p.configured {
				a.say("there is no %s from here up to %s: the defaults apply", configName, p.root)
				return nil
			}
			check := config.NewCheck(p.config.Path, p.configText, p.diagnostics)
			report, err := envtight.Run(cmd.Context(), []envtight.Check{check}, envtight.Options{FS: p.fsys, Maskers: p.maskers(), NoInlineMarks: true})
			if err != nil {
				return err
			}
			if err := a.writeConfigReport(a.env.Stdout, report, a.env.StdoutTTY, config.HasErrors(p.diagnostics)); err != nil {
				return err
			}
			if config.HasErrors(p.diagnostics) {
				return exitError{code: envtight.ExitUsage}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&a.flags.config, "config", "", "check this `FILE`")
	return cmd
}

func (a *app) configShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show what applies: environments, apps, links, and where each comes from",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.configProblem(p); err != nil {
				return err
			}
			return a.print("%s", a.showConfig(p))
		},
	}
	cmd.Flags().StringVar(&a.flags.config, "config", "", "read this `FILE`")
	return cmd
}

func (a *app) configReferenceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reference",
		Short: "Print every block and attribute of " + configName,
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return a.print("%s", configReference())
		},
	}
}

// showConfig is the effective configuration in words.
func (a *app) showConfig(p *project) string {
	var out strings.Builder
	line := func(parts ...string) { out.WriteString(printable(strings.Join(parts, "")) + "\n") }
	source := "no " + configName + ": defaults"
	if p.configured {
		source = p.config.Path
	}
	line("configuration  ", source)
	line("root           ", p.root)
	for _, e := range p.config.Environments {
		line("environment    ", e.Name, "  branches ", list(e.Branches))
	}
	links := p.links(a)
	for _, w := range p.workspace.Apps {
		var why []string
		for _, reason := range w.Why {
			why = append(why, reason.What)
		}
		line("app            ", w.Name, "  ", w.Dir, "  (", strings.Join(why, ", "), ")")
		linked := false
		for _, l := range links {
			if l.App != w.Name {
				continue
			}
			linked = true
			from := l.Location.String()
			if l.Guessed {
				from += ", found"
			}
			line("  link         ", l.Platform, " ", strings.Join(slices.DeleteFunc([]string{l.Team, l.Project, l.Service}, func(s string) bool { return s == "" }), "/"), "  (", from, ")")
			for _, e := range p.config.EnvironmentNames() {
				if ref, ok := l.Environments[e]; ok {
					branch := ""
					if ref.Branch != "" {
						branch = ", branch " + ref.Branch
					}
					line("    ", e, " = ", ref.Name, branch)
				} else if slices.Contains(l.NotIn, e) {
					line("    ", e, " = not deployed there")
				}
			}
		}
		if !linked {
			line("  link         none")
		}
	}
	return out.String()
}
