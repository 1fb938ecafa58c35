package cli

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/snapshot"
)

func (a *app) snapshotCommand() *cobra.Command {
	var out, names string
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Write down which variables the platforms have, without any value",
		Long: `Asks the platforms and writes names, states, types and times to a file, sorted, one
fact a line; never a value. "envtight check --snapshot FILE" is then answered from it,
without a token. The same state gives the same bytes, but for the time.

With --names hmac names are hidden under the key in ` + snapshot.KeyVariable + `, for
repositories that everybody can read: who has the key can check the names that the
repository declares, and nobody can read the others.

Exits with 3 when something could not be looked at; the file says what, and proves
nothing about it. When no platform answered at all, no file is written.`,
		Example: `  envtight snapshot -o platforms.snapshot
  envtight check --snapshot platforms.snapshot --max-age 7d
  envtight snapshot diff old.snapshot platforms.snapshot`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.takeSnapshot(cmd.Context(), out, names) },
	}
	a.flags.repository(cmd.Flags())
	cmd.Flags().StringArrayVar(&a.flags.environments, "env", nil, "look at this environment only (`NAME`, repeatable); auto: the one of the branch")
	a.flags.named(cmd.Flags())
	cmd.Flags().StringVarP(&out, "out", "o", "-", "write to this `FILE`; -: stdout")
	cmd.Flags().StringVar(&names, "names", "plain", "write names `HOW`: plain, or hmac (hidden)")
	cmd.Flags().BoolVar(&a.flags.offline, "offline", false, "is refused: without platforms there is no snapshot")
	_ = cmd.Flags().MarkHidden("offline")
	cmd.AddCommand(a.snapshotDiffCommand())
	return cmd
}

// takeSnapshot asks all platforms and writes the file.
func (a *app) takeSnapshot(ctx context.Context, out, names string) error {
	key, err := a.hidingKey(names)
	switch {
	case err != nil:
		return err
	case a.flags.offline:
		return usage("--offline: a snapshot is what platforms answer")
	}
	f, report, err := a.askAll(ctx)
	if err != nil {
		return err
	}
	a.sayMissing(report.Incomplete, envtight.Failed, envtight.Undecidable, envtight.NotAsked)
	switch {
	case len(f.Cells) == 0 && len(report.Incomplete) == 0:
		return failure("no app is linked to a platform, so there is nothing to take a snapshot of; next: envtight init")
	case !slices.ContainsFunc(f.Cells, answered):
		return failure("no platform answered, so no snapshot was written; next: envtight doctor")
	}
	if key != nil {
		f = f.Hide(key)
	}
	text := f.Encode()
	if out == "-" {
		err = a.print("%s", text)
	} else {
		err = replaceFile(a.path(out), func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}
	if err != nil {
		return err
	}
	if report.ExitCode(exitAll) == envtight.ExitIncomplete {
		return exitError{code: envtight.ExitIncomplete}
	}
	return nil
}

// hidingKey is the key that --names asks for; nil when names are plain.
func (a *app) hidingKey(names string) (*snapshot.Key, error) {
	switch names {
	case "plain":
		return nil, nil //nolint:nilnil // no key is no error
	case "hmac":
	default:
		return nil, usage("--names %s: want plain or hmac", names)
	}
	key, err := a.snapshotKey()
	if err == nil && key == nil {
		err = usage("--names hmac: there is no key: put at least 32 random characters into %s, as \"openssl rand -hex 32\" gives", snapshot.KeyVariable)
	}
	return key, err
}

// answered reports whether a platform said anything of a cell.
func answered(c snapshot.Cell) bool {
	return c.Answer.Complete || c.Answer.NoSuchEnvironment || len(c.Answer.Settings) > 0
}

// askAll asks the platforms for everything that the flags leave in. What could not be
// looked at is in the report.
func (a *app) askAll(ctx context.Context) (*snapshot.File, *envtight.Report, error) {
	p, err := a.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := a.configProblem(p); err != nil {
		return nil, nil, err
	}
	scope, err := a.scope(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	environments, reason, err := a.selectEnvironments(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	if reason != "" {
		a.say("%s", reason)
	}
	sources, err := a.sources(p, nil)
	if err != nil {
		return nil, nil, err
	}
	recorder := &snapshot.Recorder{}
	for i := range sources {
		sources[i] = recorder.Source(sources[i])
	}
	links := p.links(a)
	a.pulls(ctx, p, environments).link(links)
	for i := range links {
		links[i].Values = false
	}
	f := &snapshot.File{Tool: version().Version, Taken: a.env.now().UTC().Truncate(time.Second), Repository: p.repository(ctx)}
	stop := a.spin(len(links) > 0)
	defer stop()
	report, err := envtight.Run(ctx, []envtight.Check{envcheck.New(envcheck.Options{
		FS: p.fsys, Workspace: p.workspace, Apps: scope.apps, Environments: environments,
		Links: links, Configured: p.configured, Sources: sources, Tokens: a.token, FactsOnly: true,
	})}, envtight.Options{FS: p.fsys, Maskers: p.maskers(), NoInlineMarks: true, Now: a.env.now()})
	if err != nil {
		return nil, nil, err
	}
	f.Cells, f.Tokens = recorder.Cells(), probeTokens(ctx, recorder.Asked())
	return f, report, nil
}

// probeTokens asks once for each token what it is.
func probeTokens(ctx context.Context, asked []snapshot.Asked) []snapshot.Token {
	ctx, cancel := context.WithTimeout(ctx, envcheck.DefaultDeadline)
	defer cancel()
	tokens := make([]snapshot.Token, len(asked))
	var wait sync.WaitGroup
	for i, ask := range asked {
		tokens[i] = snapshot.Token{Platform: ask.Source.Platform(), From: ask.Target.Token.From}
		if prober, ok := envcheck.As[envcheck.Prober](ask.Source); ok {
			wait.Go(func() {
				reach := prober.Probe(ctx, ask.Target)
				tokens[i].Kind, tokens[i].Sees = reach.Kind, reach.Sees
			})
		}
	}
	wait.Wait()
	return tokens
}

// sayMissing says on stderr what was not looked at: one line for each cause of the
// given kinds.
func (a *app) sayMissing(incomplete []envtight.Incompleteness, kinds ...envtight.Silence) {
	for _, inc := range incomplete {
		if !slices.Contains(kinds, inc.Silence) {
			continue
		}
		cause := inc.Cause
		if at := inc.Location.String(); at != "" {
			cause = at + ": " + cause
		}
		var cells []string
		for _, c := range inc.Cells {
			cells = append(cells, c.App+" in "+c.Environment)
		}
		if len(cells) > 0 {
			cause += " (" + list(cells) + ")"
		}
		a.say("%s: %s", inc.Silence, cause)
		if inc.Advice != "" {
			a.say("  advice: %s", inc.Advice)
		}
	}
}
