package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/platform/snapshot"
)

func (a *app) snapshotDiffCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what appeared, went, changed or was set anew between two snapshots",
		Long: `Compares two snapshots, app by app and environment by environment. What one of them
did not wholly see is never called gone. Exits with 0 when they say the same, 1 when
they differ and 2 when one cannot be read.`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return a.snapshotDiff(args[0], args[1], format) },
	}
	cmd.Flags().StringVar(&format, "format", "text", "write as `FORMAT`: text or json")
	return cmd
}

func (a *app) snapshotDiff(from, to, format string) error {
	if format != "text" && format != "json" {
		return usage("--format %s: want text or json", format)
	}
	old, err := a.openSnapshot(from)
	if err != nil {
		return err
	}
	now, err := a.openSnapshot(to)
	if err != nil {
		return err
	}
	diff, err := snapshot.Compare(old, now)
	if err != nil {
		return usage("%s and %s cannot be compared: %w", from, to, err)
	}
	if format == "json" {
		out := json.NewEncoder(a.env.Stdout)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		if err := out.Encode(diff); err != nil {
			return failure("cannot write the output: %w", err)
		}
	} else if err := a.print("%s", printable(diffText(diff))); err != nil {
		return err
	}
	if !diff.Same() {
		return exitError{code: envtight.ExitFindings}
	}
	return nil
}

// openSnapshot reads a snapshot that an argument names.
func (a *app) openSnapshot(name string) (*snapshot.File, error) {
	text, err := readSnapshot(a.path(name))
	if err != nil {
		return nil, usage("cannot read %s: %w", name, bare(err))
	}
	f, err := snapshot.Decode(name, text)
	if refused, ok := errors.AsType[*snapshot.Error](err); ok {
		return nil, usage("%w; %s", refused, refused.Advice)
	}
	return f, err
}

// signs stand before the changes of each kind.
var signs = map[string]string{snapshot.Appeared: "+", snapshot.Gone: "-", snapshot.Changed: "~", snapshot.Updated: "*"}

func diffText(d *snapshot.Diff) string {
	var out strings.Builder
	fmt.Fprintf(&out, "from %s to %s\n", d.From.Format(time.RFC3339), d.To.Format(time.RFC3339))
	if len(d.Cells) == 0 {
		out.WriteString("nothing differs\n")
	}
	for _, c := range d.Cells {
		fmt.Fprintf(&out, "\n%s in %s (%s)", c.App, c.Environment, c.Place)
		switch {
		case c.Cell == snapshot.Appeared:
			out.WriteString(": only in the second snapshot")
		case c.Cell == snapshot.Gone:
			out.WriteString(": only in the first snapshot")
		case c.Unknown != "":
			out.WriteString(": " + c.Unknown + ", so not all is known")
		}
		out.WriteString("\n")
		for _, change := range c.Changes {
			fmt.Fprintf(&out, "  %s %s %s", signs[change.Kind], change.Name, change.Kind)
			if len(change.What) > 0 {
				out.WriteString(": " + strings.Join(change.What, ", "))
			}
			out.WriteString("\n")
		}
	}
	return out.String()
}
