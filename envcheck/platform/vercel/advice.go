package vercel

import (
	"fmt"
	"strings"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/shell"
)

var _ envcheck.Adviser = (*Source)(nil)

// SetCommand returns the command of Vercel's own program that asks for a value
// and stores it. Source: vercel/vercel packages/cli/src/commands/env/command.ts.
func (*Source) SetCommand(target envcheck.Target, name string) string {
	command := []string{"vercel env add", shell.Quote(name), shell.Quote(target.Ref.Name)}
	if target.Ref.Branch != "" {
		command = append(command, shell.Quote(target.Ref.Branch))
	}
	return fmt.Sprintf("in the directory of %s: %s", target.App, strings.Join(command, " "))
}
