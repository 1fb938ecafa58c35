package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight/internal/git"
	"github.com/envtight/envtight/internal/githook"
	"github.com/envtight/envtight/internal/program"
	"github.com/envtight/envtight/internal/shell"
)

func (a *app) hookCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hook",
		Short: "Let git run envtight before a commit and before a push",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.hookInstallCommand(), a.hookUninstallCommand(), a.hookRunCommand())
	return cmd
}

func (a *app) hookInstallCommand() *cobra.Command {
	var global bool
	cmd := &cobra.Command{
		Use:   "install [pre-commit] [pre-push]",
		Short: "Install the hooks; what stands there is kept and run first",
		Long: `Installs hooks of git, both when none is named: pre-commit looks at what is about to
be committed, pre-push at the commits that are about to be pushed. Neither opens
a connection.

A hook that is there already is kept beside and run first. Where husky, lefthook,
pre-commit or another program manages the hooks, nothing is changed, and the line
that it needs is printed. Installing twice changes nothing.`,
		Example: `  envtight hook install               both hooks
  envtight hook install pre-commit    one of them
  envtight hook uninstall             back to what was there before`,
		ValidArgs: hookNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			hooks, err := hooksOf(args)
			if err != nil {
				return err
			}
			return a.hookInstall(cmd.Context(), hooks, global)
		},
	}
	cmd.Flags().BoolVar(&global, "global", false, "install where core.hooksPath of the user's configuration leads all repositories")
	return cmd
}

func (a *app) hookUninstallCommand() *cobra.Command {
	var global bool
	cmd := &cobra.Command{
		Use:       "uninstall [pre-commit] [pre-push]",
		Short:     "Remove the hooks; what was there before comes back",
		ValidArgs: hookNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			hooks, err := hooksOf(args)
			if err != nil {
				return err
			}
			_, dir, err := a.hooksDir(cmd.Context(), global)
			if err != nil {
				return err
			}
			return a.changeHooks(hooks, func(h githook.Hook) (*githook.Change, error) { return githook.Uninstall(dir, h) })
		},
	}
	cmd.Flags().BoolVar(&global, "global", false, "remove them where core.hooksPath of the user's configuration leads all repositories")
	return cmd
}

func hookNames() []string {
	var names []string
	for _, h := range githook.Hooks() {
		names = append(names, string(h))
	}
	return names
}

// hooksOf reads the names of hooks; none means all.
func hooksOf(args []string) ([]githook.Hook, error) {
	if len(args) == 0 {
		return githook.Hooks(), nil
	}
	var out []githook.Hook
	for _, arg := range args {
		h, err := hookOf(arg, hookNames())
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// hookOf is the hook of a name, of which the user is told when it is none.
func hookOf(name string, known []string) (githook.Hook, error) {
	for _, h := range githook.Hooks() {
		if string(h) == name {
			return h, nil
		}
	}
	return "", usage("there is no hook %q here; there are %s", name, list(known))
}

func (a *app) hookInstall(ctx context.Context, hooks []githook.Hook, global bool) error {
	repo, dir, err := a.hooksDir(ctx, global)
	if err != nil {
		return err
	}
	shared := inWorkTree(repo, dir)
	self := ""
	if !shared {
		self = a.self()
	}
	if err := a.changeHooks(hooks, func(h githook.Hook) (*githook.Change, error) { return githook.Install(dir, h, self) }); err != nil {
		return err
	}
	switch {
	case shared:
		a.say("these are files of the repository, for all who have it: commit them; envtight is looked for in PATH")
	case self == "":
		a.say("envtight is looked for in PATH: this program does not stand where it will stay")
	}
	return nil
}

// changeHooks makes all changes, or none when one of them is refused.
func (a *app) changeHooks(hooks []githook.Hook, prepare func(githook.Hook) (*githook.Change, error)) error {
	var changes []*githook.Change
	var errs []error
	for _, h := range hooks {
		change, err := prepare(h)
		if refusal, ok := errors.AsType[*githook.Refusal](err); ok {
			errs = append(errs, refusal)
			continue
		}
		if err != nil {
			return failure("cannot look at the hook %s: %w", h, err)
		}
		changes = append(changes, change)
	}
	if len(errs) > 0 {
		return usage("%w", errors.Join(errs...))
	}
	for _, c := range changes {
		if err := c.Apply(); err != nil {
			return failure("cannot change the hook %s: %w", c.Path, bare(err))
		}
		kept := ""
		if c.Kept != "" {
			kept = "; what was there before is kept in " + filepath.Base(c.Kept) + " and run first"
		}
		a.say("%s: %s%s (%s)", c.Hook, c.Done, kept, c.Path)
	}
	return nil
}

// hooksDir is where git looks for the hooks of the repository.
func (a *app) hooksDir(ctx context.Context, global bool) (*git.Repo, string, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, "", err
	}
	repo, err := git.Open(ctx, dir, a.env.Environ)
	if err != nil {
		return nil, "", usage("%w", err)
	}
	hooks, err := repo.HooksDir(ctx)
	if err != nil {
		return nil, "", failure("%w", err)
	}
	everywhere := hooks.Scope == "global" || hooks.Scope == "system"
	switch {
	case everywhere && !global:
		return nil, "", usage("core.hooksPath of your %s configuration leads all repositories to %s; to change the hooks there: --global; to give this one its own: git config core.hooksPath %s",
			hooks.Scope, hooks.Path, shell.Quote(filepath.ToSlash(filepath.Join(repo.CommonDir, "hooks"))))
	case global && !everywhere:
		return nil, "", usage("--global: the hooks of this repository are its own (%s); without the flag they are changed", hooks.Path)
	}
	if info, err := os.Stat(hooks.Path); err == nil && !info.IsDir() {
		return nil, "", usage("core.hooksPath is %s, which is no directory, so git runs no hooks here; see: git config --show-origin core.hooksPath", hooks.Path)
	}
	return repo, hooks.Path, nil
}

// inWorkTree tells whether a directory of hooks is among the files of the
// repository.
func inWorkTree(repo *git.Repo, dir string) bool {
	below := func(top string) bool {
		rel, err := filepath.Rel(realPath(top), realPath(dir))
		return err == nil && filepath.IsLocal(rel)
	}
	return below(repo.Top) && !below(repo.CommonDir) && !below(repo.GitDir)
}

// self is the path under which a hook finds this program later; empty when it
// does not stand where it will stay. The entry of PATH is better than what it
// leads to: a package manager moves that with every version.
func (a *app) self() string {
	path := a.env.Program
	if path == "" || strings.Contains(filepath.ToSlash(path), "/go-build") {
		return ""
	}
	found, err := program.Find(filepath.Base(path), a.env.Environ)
	if err != nil {
		return path
	}
	left, err := os.Stat(path)
	if err != nil {
		return ""
	}
	if right, err := os.Stat(found); err == nil && os.SameFile(left, right) {
		return found
	}
	return path
}
