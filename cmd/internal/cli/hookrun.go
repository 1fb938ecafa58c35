package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/githook"
	"github.com/envtight/envtight/report"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/history"
	"github.com/envtight/envtight/secrets/source"
)

// namedFiles is the hook that looks at the files it is given, for pre-commit.
const namedFiles = "files"

func (a *app) hookRunCommand() *cobra.Command {
	known := append(hookNames(), namedFiles)
	cmd := &cobra.Command{
		Use:   "run pre-commit | pre-push [REMOTE] | files FILE...",
		Short: "Do what a hook does: this is what the hooks call",
		Long: `Looks at what is about to be committed (pre-commit), at the commits that git is about
to push and names on standard input (pre-push), or for secrets in files (files). It
opens no connection. For hooks of your own, and for programs that manage hooks.

Under pre-commit (the program) it looks at the commits that this one names, when it
does, and at all files when nothing is staged.`,
		ValidArgs: known,
		RunE: func(cmd *cobra.Command, args []string) error {
			a.flags.offline, a.flags.incomplete = true, "fail"
			if len(args) == 0 {
				return usage("hook run takes the name of a hook: %s", list(known))
			}
			if args[0] == namedFiles {
				return a.hookFiles(cmd.Context(), args[1:])
			}
			h, err := hookOf(args[0], known)
			if err != nil {
				return err
			}
			return a.hookRun(cmd.Context(), h, args[1:])
		},
	}
	cmd.Flags().StringVar(&a.flags.config, "config", "", "read this `FILE` in place of the nearest envtight.hcl")
	cmd.Flags().StringVar(&a.flags.baseline, "baseline", "", "set aside the findings that this `FILE` lists")
	cmd.Flags().StringVar(&a.flags.failOn, "fail-on", "", "stop from this `SEVERITY` on: error, warning or info")
	return cmd
}

func (a *app) hookRun(ctx context.Context, h githook.Hook, args []string) error {
	if r, ok := a.framework(); ok {
		if len(args) > 0 {
			return usage("hook run %s takes no arguments under pre-commit", h)
		}
		return a.hookRange(ctx, githook.PrePush, r, "envtight secrets git")
	}
	if h == githook.PreCommit {
		if len(args) > 0 {
			return usage("hook run pre-commit takes no arguments: it looks at what is staged")
		}
		return a.hookCommit(ctx)
	}
	if len(args) > 2 { // git gives the remote's name and address
		return usage("hook run pre-push takes the name of the remote, and git's lines on standard input")
	}
	push := &history.Push{}
	if len(args) > 0 {
		push.Remote = args[0]
	}
	var err error
	if push.Lines, err = a.readLines(ctx); err != nil {
		return failure("git's lines on standard input broke off: %w", err)
	}
	if len(strings.TrimSpace(string(push.Lines))) == 0 {
		a.say("envtight: nothing is pushed: git named no commits on standard input")
		return nil
	}
	return a.hookRange(ctx, h, history.Range{Push: push}, "envtight secrets git HEAD --not --remotes")
}

// maxLines is how much git may say on standard input: a push of a million refs.
const maxLines = 256 << 20

// readLines reads standard input, whose writer may never end.
func (a *app) readLines(ctx context.Context) ([]byte, error) {
	if a.env.Stdin == nil {
		return nil, nil
	}
	type answer struct {
		text []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(a.env.Stdin, maxLines+1))
		done <- answer{text, err}
	}()
	select {
	case got := <-done:
		if got.err == nil && len(got.text) > maxLines {
			got.err = errors.New("there are too many")
		}
		return got.text, got.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// framework tells what pre-commit (the program) wants to be looked at other than
// what is staged: the commits of a push, or of --from-ref and --to-ref. Source: the
// variables in the documents of pre-commit, and its hook_impl.py: in a push of
// commits that go back to a first one it names the branch only.
func (a *app) framework() (history.Range, bool) {
	from, to := a.env.getenv("PRE_COMMIT_FROM_REF"), a.env.getenv("PRE_COMMIT_TO_REF")
	remote, branch := a.env.getenv("PRE_COMMIT_REMOTE_NAME"), a.env.getenv("PRE_COMMIT_LOCAL_BRANCH")
	switch {
	case a.env.getenv("PRE_COMMIT") == "":
	case to != "" && from != "":
		return history.Range{Revisions: []string{to, "^" + from}}, true
	case remote != "" && branch != "":
		return history.Range{Revisions: []string{branch, "--not", "--remotes=" + remote}}, true
	}
	return history.Range{}, false
}

// hookCommit looks at what is staged. What cannot be looked at of apps stops no
// commit; what cannot be read of what is staged does.
func (a *app) hookCommit(ctx context.Context) error {
	defer collectLater()()
	r, err := a.judge(ctx, rooms{env: true, naming: true, secrets: true, staged: true})
	if err != nil {
		return err
	}
	exit, err := a.flags.exit(r.project.config.FailOn)
	if err != nil {
		return err
	}
	exit.IgnoreIncomplete = !r.secrets.unread()
	return a.endHook(githook.PreCommit, r.report, exit, showsStaged(r))
}

// showsStaged names the commands that show all that stopped a commit. What is staged
// need not be in the files that check looks at.
func showsStaged(r *run) string {
	const all, staged = "envtight check --offline", "envtight secrets staged"
	if len(r.scope.files) == 0 { // nothing is staged: see judge
		return all
	}
	var show []string
	about := func(secret bool) bool {
		return slices.ContainsFunc(r.report.Diagnostics, func(d envtight.Diagnostic) bool {
			return d.Suppressed == nil && strings.HasPrefix(d.Rule, secrets.Topic+"/") == secret
		})
	}
	if about(true) || r.secrets.unread() {
		show = append(show, staged)
	}
	if about(false) {
		show = append(show, all)
	}
	return strings.Join(show, "; ")
}

// hookRange looks for secrets in commits.
func (a *app) hookRange(ctx context.Context, h githook.Hook, r history.Range, more string) error {
	found, err := a.searched(ctx, a.searchHistory(r))
	if err != nil {
		return err
	}
	exit, err := a.flags.exit(found.project.config.FailOn)
	if err != nil {
		return err
	}
	return a.endHook(h, found.report, exit, more)
}

// hookFiles looks for secrets in the files that it is given. That nothing could be
// looked at is never taken for "nothing found".
func (a *app) hookFiles(ctx context.Context, files []string) error {
	if len(files) == 0 {
		return usage("hook run files takes the files that are to be looked at")
	}
	r, err := a.searched(ctx, a.searchFiles(files, source.DirOptions{NoGit: true}))
	if err != nil {
		return err
	}
	exit, err := a.flags.exit(r.project.config.FailOn)
	if err != nil {
		return err
	}
	if err := a.endHook(githook.PreCommit, r.report, exit, "envtight secrets dir"); err != nil {
		return err
	}
	passedOver := func(file string) bool { return r.secrets.allows(r.project.relative(r.project.path(file))) }
	if looked(r.report, "files") == 0 && !slices.ContainsFunc(files, passedOver) {
		return failure("of %d files none could be looked at: they are no text", len(files))
	}
	return nil
}

func looked(r *envtight.Report, what string) int {
	i := slices.IndexFunc(r.Looked, func(l envtight.Looked) bool { return l.What == what })
	if i < 0 {
		return 0
	}
	return r.Looked[i].Count
}

// endHook says in a few lines why git is stopped, or in one that it is not.
func (a *app) endHook(h githook.Hook, r *envtight.Report, exit envtight.ExitOptions, more string) error {
	code := r.ExitCode(exit)
	if code == envtight.ExitClean {
		a.say("envtight: %s", report.Passed(r))
		return nil
	}
	o := report.StoppedOptions{What: h.Stops(), Exit: exit, Skip: a.skip(h), More: more}
	if err := report.Stopped(a.env.Stdout, r, o); err != nil {
		return failure("%w", err)
	}
	return exitError{code: code}
}

// skip is the command that goes on without the hook, by whatever runs it.
func (a *app) skip(h githook.Hook) string {
	if a.env.getenv("PRE_COMMIT") == "" {
		return h.Skip()
	}
	if h == githook.PrePush {
		return "SKIP=envtight git push"
	}
	return "SKIP=envtight git commit"
}
