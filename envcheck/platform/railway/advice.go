package railway

import (
	"fmt"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/shell"
)

var (
	_ envcheck.Adviser = (*Source)(nil)
	_ envcheck.Guide   = (*Source)(nil)
)

// SetCommand returns the command of Railway's own program that stores a value.
// Source: railwayapp/cli src/commands/variables.rs.
func (*Source) SetCommand(target envcheck.Target, name string) string {
	return fmt.Sprintf("railway variables --service %s --environment %s --set %s",
		shell.Quote(target.Service), shell.Quote(target.Ref.Name), shell.Quote(name+"=<value>"))
}

// RedeployCommand returns the command that deploys what runs again, or builds the
// latest source anew: the former takes the image as it is. Source: railwayapp/cli
// src/commands/redeploy.rs.
func (*Source) RedeployCommand(target envcheck.Target, _ envcheck.ProjectFacts, rebuild bool) string {
	command := fmt.Sprintf("railway redeploy --service %s --environment %s", shell.Quote(target.Service), shell.Quote(target.Ref.Name))
	if rebuild {
		command += " --from-source"
	}
	return command
}

// ApplyCommand says how to apply staged changes, for which Railway's program has
// no command. Source: docs.railway.com/deployments/staged-changes.
func (*Source) ApplyCommand(envcheck.Target) string {
	return "run railway open, look at the staged changes and press Deploy"
}

// SealCommand says how to seal a variable, for which there is no command either.
// Source: docs.railway.com/variables.
func (*Source) SealCommand(_ envcheck.Target, setting *envcheck.Setting) string {
	return fmt.Sprintf("run railway open, and choose Seal in the menu of %s; that cannot be undone", setting.Name)
}

// OpenCommand says how to undo that, which takes a new variable: a sealed one
// stays sealed.
func (*Source) OpenCommand(_ envcheck.Target, setting *envcheck.Setting) string {
	return fmt.Sprintf("run railway open, remove %s and add it anew", setting.Name)
}
