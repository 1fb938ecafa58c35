package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/shell"
)

func (a *app) fixCommand() *cobra.Command {
	var local, diff bool
	cmd := &cobra.Command{
		Use:   "fix --local",
		Short: "Write the local env file that an app lacks, from its env example",
		Long: `Writes for each app the env file that its programs read for a developer's own values
(.env.local for Next.js and Vite, .env for Python ...), from the env examples that
declare for it: names, comments and samples, in their order, readable by you alone.
What another env file gives already, and what must not be set here, is commented out.

A file that exists is never changed: required names that it lacks are listed. A file that
git does not ignore is not written. Exits with 1 when something is left to do.`,
		Example: `  envtight fix --local --diff         show what would be written
  envtight fix --local --app web      write it`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !local {
				return usage("fix: say what to fix: --local writes the local env files that are missing, from the env examples")
			}
			return a.fixLocal(cmd.Context(), diff)
		},
	}
	a.flags.repository(cmd.Flags())
	cmd.Flags().BoolVar(&local, "local", false, "write the local env files that are missing, from the env examples")
	cmd.Flags().BoolVar(&diff, "diff", false, "show what would be written, and write nothing")
	return cmd
}

func (a *app) fixLocal(ctx context.Context, diff bool) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := a.configProblem(p); err != nil {
		return err
	}
	scope, err := a.scope(ctx, p)
	if err != nil {
		return err
	}
	drafts, incomplete := p.localCheck(scope).Drafts()
	if len(drafts) == 0 {
		a.say("nothing to write: no app was found in %s", scope.words)
	}
	left := false
	for i := range drafts {
		done, err := a.fixDraft(ctx, p, &drafts[i], diff)
		if err != nil {
			return err
		}
		left = left || !done
	}
	for _, i := range incomplete {
		a.say("%s", i.Cause)
	}
	switch {
	case len(incomplete) > 0:
		return exitError{code: envtight.ExitIncomplete}
	case left:
		return exitError{code: envtight.ExitFindings}
	}
	return nil
}

// fixDraft writes or shows one file, says what it did, and reports whether nothing
// is left to do.
func (a *app) fixDraft(ctx context.Context, p *project, d *envcheck.Draft, diff bool) (done bool, err error) {
	apps := list(d.Apps)
	switch {
	case len(d.Examples) == 0 && len(d.Lacking) == 0:
		a.say("%s: nothing to write, for no env example declares anything", apps)
		return true, nil
	case d.Exists && len(d.Lacking) == 0 && len(d.Open) > 0:
		a.say("%s: %s is there; nobody can tell what it lacks: %s", apps, d.Path, bounded(d.Open))
		return true, nil
	case d.Exists && len(d.Lacking) == 0 && len(d.Empty) > 0:
		a.say("%s: %s is there and lacks no name; still empty: %s", apps, d.Path, bounded(d.Empty))
		return true, nil
	case d.Exists && len(d.Lacking) == 0:
		a.say("%s: %s is there and lacks nothing", apps, d.Path)
		return true, nil
	case d.Exists || len(d.Text) == 0:
		return false, a.tell("%s: %s was not changed; it lacks %s", apps, d.Path, bounded(d.Lacking))
	case d.Template != "":
		return false, a.tell("%s: %s was not written, for it has an example of its own\n  copy that: cp %s %s", apps, d.Path, shell.Quote(d.Template), shell.Quote(d.Path))
	case d.Names == 0 && len(d.Empty) > 0:
		a.say("%s: nothing to write to %s: what is declared is given already; still empty: %s", apps, d.Path, bounded(d.Empty))
		return true, nil
	case d.Names == 0:
		a.say("%s: nothing to write to %s: what is declared is given already, or not wanted here", apps, d.Path)
		return true, nil
	}
	if info, err := os.Lstat(filepath.Join(p.root, filepath.FromSlash(d.Path))); err == nil && info.IsDir() {
		return false, a.tell("%s: %s was not written: there is a directory of that name, which no program reads as an env file\n  move it away", apps, d.Path)
	}
	if ok, err := a.ignored(ctx, p, d); !ok || err != nil {
		return false, err
	}
	if diff {
		return true, a.print("%s", showDraft(d))
	}
	if err := writeNew(p, d.Path, d.Text); err != nil {
		return false, err
	}
	return true, a.tell("wrote %s from %s: %s", d.Path, list(d.Examples), variables(d.Names))
}

// tell writes a line of the result.
func (a *app) tell(format string, args ...any) error {
	return a.print("%s\n", printable(fmt.Sprintf(format, args...)))
}

func variables(n int) string {
	if n == 1 {
		return "1 variable"
	}
	return fmt.Sprintf("%d variables", n)
}

// ignored reports whether a file can be written without getting into git with the
// next commit, and says what to do when it cannot. Outside of git there is nothing
// to get into.
func (a *app) ignored(ctx context.Context, p *project, d *envcheck.Draft) (bool, error) {
	if p.repoErr != nil {
		return false, failure("git could not be asked whether it ignores %s: %w", d.Path, p.repoErr)
	}
	if p.repo == nil {
		return true, nil
	}
	tracked, err := p.repo.TrackedNames(ctx, func(base string) bool { return base == path.Base(d.Path) })
	if err != nil {
		return false, failure("git could not be asked whether it tracks %s: %w", d.Path, err)
	}
	for _, e := range tracked {
		if e.Path == d.Path {
			return false, a.tell("%s was not written: git tracks a file of that path\n  take it out of git first: git rm --cached -- %s", d.Path, shell.Quote(d.Path))
		}
	}
	ignored, err := p.repo.Ignored(ctx, []string{d.Path})
	if err != nil {
		return false, failure("git could not be asked whether it ignores %s: %w", d.Path, err)
	}
	if !ignored[d.Path] {
		return false, a.tell("%s was not written: git does not ignore it, so the next commit could take it along\n  add this line to .gitignore: %s", d.Path, path.Base(d.Path))
	}
	return true, nil
}

// showDraft is a draft as a diff. What looks like a secret in an example's samples
// is blanked, as everywhere.
func showDraft(d *envcheck.Draft) string {
	var out strings.Builder
	text := blankSecrets(d.Examples[0], d.Text)
	fmt.Fprintf(&out, "--- /dev/null\n+++ b/%s\n@@ -0,0 +1,%d @@\n", printable(d.Path), strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		out.WriteString("+" + printable(line))
	}
	return out.String()
}

// blankSecrets replaces what a secret rule matches in the text of an example.
func blankSecrets(name string, text []byte) string {
	hide := make([]bool, len(text))
	for _, span := range maskSecrets(name, text) {
		for i := max(0, span.Start); i < min(span.End, len(text)); i++ {
			hide[i] = text[i] != '\n'
		}
	}
	var out strings.Builder
	for i, b := range text {
		switch {
		case !hide[i]:
			out.WriteByte(b)
		case i == 0 || !hide[i-1]:
			out.WriteString(envtight.Redacted)
		}
	}
	return out.String()
}

// writeNew makes a file that only its owner can read, wholly or not at all. What
// is there already, be it a link, stays.
func writeNew(p *project, name string, text []byte) error {
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return failure("cannot open %s: %w", p.root, bare(err))
	}
	defer func() { _ = root.Close() }()
	if dir := path.Dir(name); !p.workspace.Tree.HasDir(dir) {
		return failure("cannot write %s: there is no directory %s in the repository", name, dir)
	}
	temporary := name + "." + rand.Text()[:8] + ".local"
	file, err := root.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return failure("cannot write %s: %w", name, bare(err))
	}
	defer func() { _ = root.Remove(temporary) }()
	_, err = file.Write(text)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = place(root, temporary, name)
	}
	if err != nil {
		return failure("cannot write %s: %w", name, bare(err))
	}
	return nil
}

// place gives a file its name, which must not be taken. A link does both at once;
// on file systems that have none, it is a look and a renaming.
func place(root *os.Root, temporary, name string) error {
	err := root.Link(temporary, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return root.Rename(temporary, name)
}
