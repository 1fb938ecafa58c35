package vercel

import (
	"fmt"
	"strings"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/shell"
)

var (
	_ envcheck.Adviser = (*Source)(nil)
	_ envcheck.Guide   = (*Source)(nil)
)

// SetCommand returns the command of Vercel's own program that asks for a value
// and stores it. Source: vercel/vercel packages/cli/src/commands/env/command.ts.
func (*Source) SetCommand(target envcheck.Target, name string) string {
	return inDirectory(target, "vercel env add "+words(target, name))
}

// SealCommand returns the commands that take a variable away and add it as a
// sensitive one: its type cannot be changed. Source: vercel.com/docs/cli/env.
func (*Source) SealCommand(target envcheck.Target, setting *envcheck.Setting) string {
	return readd(target, setting, "--sensitive")
}

// OpenCommand is SealCommand the other way round: what the program adds is
// sensitive unless it is told otherwise.
func (*Source) OpenCommand(target envcheck.Target, setting *envcheck.Setting) string {
	return readd(target, setting, "--no-sensitive")
}

func readd(target envcheck.Target, setting *envcheck.Setting, flag string) string {
	if setting.Shared {
		return "in the team's settings, under Environment Variables"
	}
	target.Ref.Branch = setting.Branch
	name := words(target, setting.Name)
	return inDirectory(target, "vercel env rm "+name+" && vercel env add "+name+" "+flag)
}

// RedeployCommand returns the command that builds the running deployment anew,
// without the cache of its last build. Source: vercel/vercel
// packages/cli/src/commands/redeploy/index.ts (forceNew).
func (*Source) RedeployCommand(target envcheck.Target, project envcheck.ProjectFacts, _ bool) string {
	if project.Deployment == "" {
		return ""
	}
	return inDirectory(target, "vercel redeploy "+shell.Quote(project.Deployment))
}

// ApplyCommand returns nothing: Vercel stages no changes of variables.
func (*Source) ApplyCommand(envcheck.Target) string { return "" }

// words are the arguments that say which variable is meant, and where.
func words(target envcheck.Target, name string) string {
	words := []string{shell.Quote(name), shell.Quote(target.Ref.Name)}
	if target.Ref.Branch != "" {
		words = append(words, shell.Quote(target.Ref.Branch))
	}
	return strings.Join(words, " ")
}

// inDirectory says where a command has to be run: there the project is linked.
func inDirectory(target envcheck.Target, command string) string {
	return fmt.Sprintf("in the directory of %s: %s", target.App, command)
}
