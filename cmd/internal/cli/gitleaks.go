package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/history"
	"github.com/envtight/envtight/secrets/source"
)

// The commands detect and protect are those of gitleaks, for scripts that call it: with
// its flags and exit codes. Source: cmd in the repository of gitleaks, v8.30.

// exitUnknownFlag is what gitleaks exits with for a flag that it does not know, and
// exitFatal what it exits with for everything else that is wrong.
const (
	exitUnknownFlag = 126
	exitFatal       = 1
)

// gitleaksFlags are those that only gitleaks has.
type gitleaksFlags struct {
	source       string
	file         string // source, as seen from the directory that is worked in
	reportPath   string
	reportFormat string
	logOptions   string
	timeout      int
	noGit, pipe  bool
	staged       bool
	links        bool
}

func (a *app) detectCommand() *cobra.Command {
	var f gitleaksFlags
	cmd := a.gitleaksCommand(&cobra.Command{
		Use:   "detect",
		Short: "gitleaks detect: look through the history, files or standard input",
	}, &f, func() (search, error) {
		switch {
		case f.links:
			return search{}, usage("--follow-symlinks: links are not followed; name what they lead to")
		case f.noGit:
			return a.searchFiles([]string{f.file}, source.DirOptions{NoGit: true, Insist: true}), nil
		case f.pipe:
			return a.searchStdin(""), nil
		}
		revisions, err := logRevisions(f.logOptions)
		if err != nil {
			return search{}, err
		}
		return a.searchHistory(history.Range{Revisions: revisions}), nil
	})
	cmd.Flags().BoolVar(&f.noGit, "no-git", false, "look through files, those that git ignores as well")
	cmd.Flags().BoolVar(&f.pipe, "pipe", false, "look through standard input")
	cmd.Flags().BoolVar(&f.links, "follow-symlinks", false, "is refused: links are not followed")
	cmd.Flags().String("platform", "", "accepted: reports hold no links to commits")
	return cmd
}

func (a *app) protectCommand() *cobra.Command {
	var f gitleaksFlags
	cmd := a.gitleaksCommand(&cobra.Command{
		Use:   "protect",
		Short: "gitleaks protect: look through what is staged",
	}, &f, func() (search, error) {
		if !f.staged {
			return search{}, usage("protect looks at what is staged: call it with --staged; envtight secrets dir looks at files as they are")
		}
		return a.searchStaged(), nil
	})
	cmd.Flags().BoolVar(&f.staged, "staged", false, "look through what is staged")
	return cmd
}

// gitleaksCommand completes a command of gitleaks.
func (a *app) gitleaksCommand(cmd *cobra.Command, f *gitleaksFlags, what func() (search, error)) *cobra.Command {
	cmd.Hidden = true
	cmd.Args = cobra.ArbitraryArgs // gitleaks passes over them
	a.flags.secrets.rules(cmd.Flags())
	f.add(cmd.Flags())
	cmd.Flags().IntVar(&a.flags.redact, "redact", 100, "accepted: secrets are never shown")
	cmd.Flags().Lookup("redact").NoOptDefVal = "100"
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		code := exitFatal
		if strings.Contains(err.Error(), "unknown flag") {
			code = exitUnknownFlag
		}
		return exitError{code: code, err: fmt.Errorf("%w; see: %s --help", suggestFlag(cmd, err), cmd.CommandPath())}
	})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		a.flags.secrets.asGitleaks = true
		return asGitleaks(a.gitleaks(cmd.Context(), f, what))
	}
	return cmd
}

func (f *gitleaksFlags) add(set *pflag.FlagSet) {
	set.StringVarP(&f.source, "source", "s", ".", "look at this `PATH`")
	set.StringVarP(&f.reportPath, "report-path", "r", "", "write a report to this `FILE`; -: standard output")
	set.StringVarP(&f.reportFormat, "report-format", "f", "", "its `FORMAT`: json, junit or sarif")
	set.StringVar(&f.logOptions, "log-opts", "", "look at these `REVISIONS`, in the words of git log")
	set.IntVar(&f.timeout, "timeout", 0, "give up after `N` seconds")
	set.StringP("log-level", "l", "info", "accepted; see --quiet and --verbose")
	set.Bool("no-banner", false, "accepted: there is none")
	set.Bool("no-color", false, "accepted; see --color")
}

// asGitleaks gives an error the exit code that gitleaks has for it.
func asGitleaks(err error) error {
	exit, ok := errors.AsType[exitError](err)
	if !ok || exit.code != envtight.ExitUsage && exit.code != envtight.ExitIncomplete {
		return err
	}
	exit.code = exitFatal
	return exit
}

func (a *app) gitleaks(ctx context.Context, f *gitleaksFlags, what func() (search, error)) error {
	outputs, err := f.outputs(a)
	if err != nil {
		return err
	}
	f.enter(a)
	s, err := what()
	if err != nil {
		return err
	}
	if f.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(f.timeout)*time.Second)
		defer cancel()
	}
	a.flags.incomplete = "fail"
	r, err := a.searched(ctx, s)
	if errors.Is(err, context.DeadlineExceeded) {
		return failure("not everything could be looked at in %d seconds", f.timeout)
	}
	if err != nil {
		return err
	}
	if err := a.write(r, outputs); err != nil {
		return err
	}
	switch c := r.report.Counts(); {
	case c.Failed > 0:
		for i := range r.report.Incomplete {
			if inc := &r.report.Incomplete[i]; inc.Silence == envtight.Failed {
				a.say("not looked at: %s", inc.Cause)
			}
		}
	case c.Errors > 0:
		a.say("leaks found: %d", c.Errors)
	default:
		a.say("no leaks found")
	}
	return a.flags.secrets.exit(r.report.ExitCode(envtight.ExitOptions{}))
}

// enter makes the directory that --source names the one that is worked in. Of a file it
// is the one that it is in.
func (f *gitleaksFlags) enter(a *app) {
	dir := f.source
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(a.flags.dir, dir)
	}
	f.file = "."
	if info, err := os.Stat(a.path(dir)); err == nil && !info.IsDir() {
		dir, f.file = filepath.Dir(dir), filepath.Base(dir)
	}
	a.flags.dir = dir
}

// outputs are the report, and with --verbose the findings for people.
func (f *gitleaksFlags) outputs(a *app) ([]output, error) {
	var out []output
	if f.reportPath != "" {
		name := strings.ToLower(strings.TrimSpace(f.reportFormat))
		if name == "" {
			name = strings.TrimPrefix(strings.ToLower(filepath.Ext(f.reportPath)), ".")
		}
		names := map[string]string{"json": "gitleaks-json", "junit": "junit", "sarif": "sarif"}
		format, err := formatOf(names[name])
		if err != nil {
			return nil, usage("--report-format %s: want json, junit or sarif", name)
		}
		o := output{format: format}
		if f.reportPath != "-" {
			o.path = a.path(f.reportPath)
		}
		out = append(out, o)
	}
	if a.flags.verbose && f.reportPath != "-" {
		text, err := formatOf("text")
		if err != nil {
			return nil, err
		}
		out = append(out, output{format: text})
	}
	return out, nil
}

// logRevisions are the revisions among the options of git log. What only makes git look
// at less is passed over where looking at more does no harm; all else is refused.
func logRevisions(options string) ([]string, error) {
	var out []string
	last := false
	for _, word := range strings.Fields(options) {
		word = strings.Trim(word, `"'`)
		switch {
		case slices.Contains([]string{"--full-history", "--no-merges", "--first-parent", "--reverse", "--topo-order", "--date-order"}, word):
		case word == "-1" || word == "--max-count=1":
			last = true
		case word == "--":
			return nil, usage("--log-opts: paths are not known here: narrow it to commits, as BASE..HEAD")
		case strings.HasPrefix(word, "-") && word != "--all" && word != "--not" && word != "--branches" && word != "--tags" &&
			word != "--remotes" && !strings.HasPrefix(word, "--remotes="):
			return nil, usage("--log-opts: %s is not known here: name commits and refs, as BASE..HEAD or --all", word)
		default:
			out = append(out, word)
		}
	}
	if !last {
		return out, nil
	}
	switch {
	case len(out) == 0:
		return []string{"HEAD^!"}, nil
	case len(out) == 1 && !strings.HasPrefix(out[0], "-") && !strings.ContainsAny(out[0], "^") && !strings.Contains(out[0], ".."):
		return []string{out[0] + "^!"}, nil
	}
	return nil, usage("--log-opts: -1 goes with one commit only")
}
