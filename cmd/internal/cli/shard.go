package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/history"
)

func (a *app) mergeCommand() *cobra.Command {
	cmd := a.searching(&cobra.Command{
		Use:   "merge FILE...",
		Short: "Report what the shards of a history found",
		Long: `Reads what runs of envtight secrets git --shard I/N have written, and reports as one
run over the whole history would: commits, paths and exceptions are worked out
here. It is called in a clone of the same history as the shards, with the same
rules and revisions. A shard that is missing makes the report incomplete (exit 3).`,
		Example: `  envtight secrets git --shard 1/2 > 1.json
  envtight secrets git --shard 2/2 > 2.json
  envtight merge 1.json 2.json`,
		Args: func(_ *cobra.Command, files []string) error {
			if len(files) == 0 {
				return usage("name the files that the shards wrote: envtight merge FILE...")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.merge(cmd.Context(), args) },
	})
	cmd.Flags().StringArrayVar(&a.flags.revisions, "revision", nil, "the shards looked at this `REVISION`, as BASE..HEAD (repeatable)")
	return cmd
}

func (a *app) merge(ctx context.Context, files []string) error {
	dir, err := a.dir()
	if err != nil {
		return err
	}
	p := &project{dir: dir}
	for _, file := range files {
		partial, err := readPartial(p.path(file))
		if err != nil {
			return usage("%s: %w", file, err)
		}
		a.partials = append(a.partials, partial)
	}
	return a.search(ctx, a.searchHistory(history.Range{Revisions: a.flags.revisions}))
}

func readPartial(path string) (*history.Partial, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, bare(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, bare(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return history.ReadPartial(file)
}

// shard looks at a part of the history, and writes what merge reads.
func (a *app) shard(ctx context.Context, text string, r history.Range) error {
	shard, err := history.ParseShard(text, a.env.getenv)
	if err != nil {
		return usage("--shard: %w", err)
	}
	if a.flags.formats != "" || len(a.flags.outputs) > 0 {
		return usage("--format and --output: a shard writes what envtight merge reads; name them there")
	}
	if a.flags.unreachable {
		return usage("--shard and --unreachable: what nothing leads to differs from clone to clone")
	}
	p, err := a.openFiles()
	if err != nil {
		return err
	}
	if err := a.configProblem(p); err != nil {
		return err
	}
	seeker, err := a.seeker(p, false)
	if err != nil {
		return err
	}
	source, err := a.history(p, r)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }() // it was only read
	progress, stop := a.progress("objects")
	defer stop()
	partial, err := source.Partial(ctx, seeker.Detector, shard, secrets.Options{Progress: progress})
	if err != nil {
		return failure("%w", err)
	}
	stop()
	return partial.Write(a.env.Stdout)
}
