package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/nearest"
	"github.com/envtight/envtight/report"
)

// flags are those of all commands.
type flags struct {
	// everywhere
	dir     string
	color   string
	quiet   bool
	verbose bool

	// where a repository is judged
	config       string
	formats      string
	outputs      []string
	failOn       string
	strict       bool
	incomplete   string
	offline      bool
	noCache      bool
	unreachable  bool
	revisions    []string
	values       bool
	snapshot     string
	fallback     string
	maxAge       string
	environments []string
	apps         []string
	all          bool
	changed      string
	programs     []string
	groups       []string
	baseline     string
	noMarks      bool
	suppressed   bool
	redact       int
	history      bool

	// where secrets are looked for
	secrets secretFlags
}

func (f *flags) global(set *pflag.FlagSet) {
	set.StringVarP(&f.dir, "dir", "C", "", "run as if started in `DIR`")
	set.StringVar(&f.color, "color", "auto", "use colors `WHEN`: auto, always or never")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing but findings and errors")
	set.BoolVarP(&f.verbose, "verbose", "v", false, "print also what was asked of platforms (never a value)")
}

// checkGlobal judges the values of the flags of all commands.
func (f *flags) checkGlobal() error {
	switch f.color {
	case "auto", "always", "never":
		return nil
	}
	return usage("--color %s: want auto, always or never", f.color)
}

// repository adds the flags by which a command finds and reads a repository.
func (f *flags) repository(set *pflag.FlagSet) {
	set.StringVar(&f.config, "config", "", "read this `FILE` in place of the nearest envtight.hcl")
	set.StringArrayVar(&f.apps, "app", nil, "look at this app only (`NAME`, directory or a pattern as 'svc-*'; repeatable)")
	set.Func("changed", "look only at apps that the change since `REF`, as origin/main, touches", f.setChanged)
	set.BoolVar(&f.all, "all", false, "look at the whole repository, from wherever it is run")
}

// setChanged refuses what cannot be a commit: the empty text of a variable that
// is not set would else mean everything.
func (f *flags) setChanged(ref string) error {
	if ref == "" || strings.HasPrefix(ref, "-") {
		return errors.New("want a commit or branch, as origin/main")
	}
	f.changed = ref
	return nil
}

// platforms adds the flags by which a command asks platforms.
func (f *flags) platforms(set *pflag.FlagSet) {
	f.asking(set)
	set.BoolVar(&f.noCache, "no-cache", false, "share nothing with other runs: ask platforms for names that one has just asked for")
	set.BoolVar(&f.values, "values", false, "ask platforms for values, too; they are compared in memory and never shown")
	set.StringArrayVar(&f.environments, "env", nil, "look at this environment only (`NAME`, repeatable); auto: the one of the branch, pr/12: the one of a pull request, "+ownPull+": of this one")
}

// standIn adds the flags by which a snapshot answers in place of platforms.
func (f *flags) standIn(set *pflag.FlagSet) {
	set.StringVar(&f.snapshot, "snapshot", "", "ask no platform: answer from this `FILE`, which envtight snapshot wrote")
	set.StringVar(&f.fallback, "fallback-snapshot", "", "answer from this `FILE` where a platform cannot be reached")
	set.StringVar(&f.maxAge, "max-age", "", "accept a snapshot up to this `AGE`: days or hours, as 7d (the default) or 12h; 0: any")
}

// asking adds the flags that say how platforms are reached.
func (f *flags) asking(set *pflag.FlagSet) {
	set.BoolVar(&f.offline, "offline", false, "ask no platform; no connection is opened, no program started")
	f.named(set)
}

// named adds the flag by which the user names programs to ask.
func (f *flags) named(set *pflag.FlagSet) {
	set.StringArrayVar(&f.programs, "source-command", nil, "ask this `PROGRAM` for the platform \"command\": [PROJECT=]PROGRAM ARG... (repeatable)")
}

// judging adds the flags by which a command reports and decides its exit code.
func (f *flags) judging(set *pflag.FlagSet) {
	set.StringVar(&f.formats, "format", "", "write findings as `FORMAT`: "+strings.Join(formatNames(), ", "))
	set.StringArrayVar(&f.outputs, "output", nil, "write also to a file (`FORMAT=PATH`, repeatable)")
	set.StringVar(&f.failOn, "fail-on", "", "exit with 1 from this `SEVERITY` on: error, warning or info")
	set.BoolVar(&f.strict, "strict", false, "count what nobody can decide as not looked at")
	set.StringVar(&f.incomplete, "incomplete", "fail", "do `WHAT` when something could not be looked at: fail (exit with 3), warn or ignore")
	set.StringArrayVar(&f.groups, "enable", nil, "turn on a `GROUP` of rules that are off by default, as style")
	set.StringVar(&f.baseline, "baseline", "", "set aside the findings that this `FILE` lists")
	set.BoolVar(&f.noMarks, "no-inline-ignores", false, "give marks of envtight:ignore in files no effect")
	set.BoolVar(&f.suppressed, "show-suppressed", false, "show suppressed findings, too")
	set.IntVar(&f.redact, "redact", 100, "accepted for compatibility: values are always redacted")
	set.Lookup("redact").NoOptDefVal = "100"
	_ = set.MarkHidden("redact")
}

// exit reads the flags that decide the exit code.
func (f *flags) exit(configured envtight.Severity) (envtight.ExitOptions, error) {
	o := envtight.ExitOptions{FailOn: configured, Strict: f.strict}
	if f.failOn != "" {
		if err := o.FailOn.UnmarshalText([]byte(f.failOn)); err != nil || o.FailOn == envtight.Off {
			return o, usage("--fail-on: want error, warning or info")
		}
	}
	switch f.incomplete {
	case "fail":
	case "warn", "ignore":
		o.IgnoreIncomplete = true
	default:
		return o, usage("--incomplete: want fail, warn or ignore")
	}
	return o, nil
}

// complete lets shells complete the values of flags that have few.
func complete(cmd *cobra.Command) {
	for name, values := range map[string][]string{
		"color": {"auto", "always", "never"}, "fail-on": {"error", "warning", "info"},
		"incomplete": {"fail", "warn", "ignore"}, "format": formatNames(), "enable": ruleGroups(),
		"names": {"plain", "hmac"},
	} {
		if name == "format" && cmd.Name() == "matrix" {
			values = report.MatrixFormats()
		}
		if cmd.Flags().Lookup(name) != nil || cmd.PersistentFlags().Lookup(name) != nil {
			_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}

// suggestCommand refuses what is no command below cmd, and names the nearest one.
func suggestCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	hint := ""
	if best := nearest.Name(args[0], names); best != "" {
		hint = fmt.Sprintf(" (did you mean %s?)", best)
	}
	return usage("there is no command %q in %s%s; see: %s --help", args[0], cmd.CommandPath(), hint, cmd.CommandPath())
}

// suggestFlag adds the nearest flag to the error about an unknown one.
func suggestFlag(cmd *cobra.Command, err error) error {
	_, name, ok := strings.Cut(err.Error(), "unknown flag: --")
	if !ok {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	best := nearest.Name(name, names)
	if best == "" {
		return err
	}
	return fmt.Errorf("%w (did you mean --%s?)", err, best)
}
