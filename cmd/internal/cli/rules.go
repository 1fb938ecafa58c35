package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/nearest"
)

func (a *app) rulesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List all rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				text, err := json.MarshalIndent(Rules(), "", "  ")
				if err != nil {
					return failure("cannot write the rules: %w", err)
				}
				return a.print("%s\n", text)
			}
			table := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
			for _, r := range Rules() {
				if _, err := fmt.Fprintf(table, "%s\t%s\t%s\n", r.ID, severityOf(r), r.Title); err != nil {
					return failure("cannot write the rules: %w", err)
				}
			}
			if err := table.Flush(); err != nil {
				return failure("cannot write the rules: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON, with documentation and examples")
	return cmd
}

// severityOf is the severity of a rule in words; rules of a group are off.
func severityOf(r *envtight.Rule) string {
	if r.Group != "" {
		return "off (" + r.Group + ")"
	}
	return r.Default.String()
}

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE",
		Short:   "Explain a rule, with examples",
		Example: `  envtight explain env/missing`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("explain takes one rule, as in: envtight explain env/missing")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, r := range Rules() {
				ids = append(ids, r.ID+"\t"+r.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			for _, r := range Rules() {
				if r.ID == args[0] {
					return a.print("%s", explain(r))
				}
			}
			return usage("there is no rule %s%s; list them with: envtight rules", args[0], nearestRule(args[0]))
		},
	}
}

// nearestRule is " (did you mean X?)", or empty.
func nearestRule(id string) string {
	var ids []string
	for _, r := range Rules() {
		if strings.TrimPrefix(r.ID, r.Topic()+"/") == id {
			return " (did you mean " + r.ID + "?)"
		}
		ids = append(ids, r.ID)
	}
	if best := nearest.Name(id, ids); best != "" {
		return " (did you mean " + best + "?)"
	}
	return ""
}

// explain is one rule as plain text.
func explain(r *envtight.Rule) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %s\n", r.ID, r.Title)
	fmt.Fprintf(&out, "severity %s, since %s\n\n%s\n", severityOf(r), r.Since, strings.TrimSpace(r.Doc))
	for _, example := range r.Examples {
		title := example.Title
		if title == "" {
			title = "an example"
		}
		fmt.Fprintf(&out, "\nExample: %s\n", title)
		archive := txtar.Parse([]byte(example.Files))
		if comment := strings.TrimSpace(string(archive.Comment)); comment != "" {
			fmt.Fprintf(&out, "\n  %s\n", comment)
		}
		for _, f := range archive.Files {
			fmt.Fprintf(&out, "\n  %s\n", exampleHeading(f.Name))
			for line := range strings.Lines(string(f.Data)) {
				fmt.Fprintf(&out, "    %s\n", strings.TrimRight(line, "\r\n"))
			}
		}
		want := example.Want
		if want == "" {
			want = "(nothing)"
		}
		fmt.Fprintf(&out, "\n  reports\n")
		for line := range strings.Lines(want) {
			fmt.Fprintf(&out, "    %s\n", strings.TrimRight(line, "\n"))
		}
	}
	fmt.Fprintf(&out, "\nTo set a finding aside: envtight:ignore %s -- why it is right here\n", r.ID)
	return out.String()
}

func exampleHeading(name string) string {
	if name == "snapshot" {
		return "the platforms have"
	}
	return name
}
