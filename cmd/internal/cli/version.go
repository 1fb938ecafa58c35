package cli

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Version is the version of the next release; a released binary has its own.
const nextVersion = "0.1.0-dev"

// build says which program this is.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// version reads what the Go tool wrote into the binary.
func version() build {
	b := build{Version: nextVersion, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := version()
			if asJSON {
				text, err := json.MarshalIndent(b, "", "  ")
				if err != nil {
					return failure("cannot write the version: %w", err)
				}
				return a.print("%s\n", text)
			}
			line := "envtight " + b.Version
			if b.Revision != "" {
				line += fmt.Sprintf(" (%.12s", b.Revision)
				if b.Modified {
					line += ", modified"
				}
				line += ")"
			}
			return a.print("%s, %s, %s\n", line, b.Go, b.Platform)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}
