package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/gitstore"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/history"
	"github.com/envtight/envtight/secrets/source"
)

func (a *app) secretsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secrets",
		Short: "Look for secrets in files, in what is staged, and in the whole history",
		Long: `Looks for secrets, by the rules of gitleaks or those of a .gitleaks.toml. Opens no
connection, and never shows what it finds.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.secretsGitCommand(), a.secretsDirCommand(), a.secretsStagedCommand(), a.secretsStdinCommand())
	return cmd
}

func (a *app) secretsGitCommand() *cobra.Command {
	var shard string
	cmd := a.searching(&cobra.Command{
		Use:   "git [REVISION...]",
		Short: "Look through the history: all of it, or the commits that are named",
		Long: `Looks through every version of every file that the history holds, and tells which
commit brought a secret, whether a branch still has it, and which commit removed
it. Revisions are those of git rev-list: BASE..HEAD, REF, ^REF, --all, --branches,
--tags, --remotes, --not.`,
		Example: `  envtight secrets git                       everything that refs lead to
  envtight secrets git origin/main..HEAD     what a branch adds
  envtight secrets git -- --tags             options of git behind two hyphens
  envtight secrets git --shard 2/4 > 2.json  one of four runs that share the work: see envtight merge`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if shard != "" {
				return a.shard(cmd.Context(), shard, history.Range{Revisions: args})
			}
			return a.search(cmd.Context(), a.searchHistory(history.Range{Revisions: args}))
		},
	})
	cmd.Flags().BoolVar(&a.flags.noCache, "no-cache", false, "look at everything again, and remember nothing of it")
	cmd.Flags().BoolVar(&a.flags.unreachable, "unreachable", false, "look also at what no branch, tag or work tree leads to")
	cmd.Flags().StringVar(&shard, "shard", "", "look at the `I/N` share of the blobs, and write what envtight merge reads; auto or auto/N: as the runner's variables say")
	return cmd
}

func (a *app) secretsDirCommand() *cobra.Command {
	var noGit bool
	cmd := a.searching(&cobra.Command{
		Use:   "dir [PATH...]",
		Short: "Look through files as they are, without those that git ignores",
		Long: `Looks through files and directories: the working directory when none is named. What
git ignores is left out, unless it is named itself.`,
		Example: `  envtight secrets dir                the working directory
  envtight secrets dir apps/web .env  a directory, and a file that git ignores`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.search(cmd.Context(), a.searchFiles(args, source.DirOptions{NoGit: noGit, Insist: true}))
		},
	})
	cmd.Flags().BoolVar(&noGit, "no-git", false, "look also at what git ignores")
	cmd.Flags().Lookup(archiveFlag).Hidden = false
	return cmd
}

func (a *app) secretsStagedCommand() *cobra.Command {
	return a.searching(&cobra.Command{
		Use:   "staged",
		Short: "Look through what is staged: the files that the next commit changes",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			defer collectLater()()
			return a.search(cmd.Context(), a.searchStaged())
		},
	})
}

// collectLater lets garbage lie longer until the function that it returns is called.
// What looks at a commit makes a few megabytes, and to look for what of it is still
// needed takes as long as to look for secrets.
func collectLater() func() {
	before := debug.SetGCPercent(400)
	return func() { debug.SetGCPercent(before) }
}

func (a *app) secretsStdinCommand() *cobra.Command {
	var name string
	cmd := a.searching(&cobra.Command{
		Use:     "stdin",
		Short:   "Look through standard input",
		Example: `  docker logs web 2>&1 | envtight secrets stdin`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.search(cmd.Context(), a.searchStdin(name))
		},
	})
	cmd.Flags().StringVar(&name, "path", "", "take this `PATH` for the name of the text, which rules about paths ask for")
	return cmd
}

// searching adds what all commands that look for secrets have in common.
func (a *app) searching(cmd *cobra.Command) *cobra.Command {
	a.flags.judging(cmd.Flags())
	a.flags.secrets.rules(cmd.Flags())
	return cmd
}

// search is what a command looks through.
type search struct {
	sources []opener
	// words say in the header what it is.
	words string
	// part tells that it is not all that suppressions may be about.
	part bool
	// history tells that it is one.
	history bool
	// noTarget tells that it has no directory in which a file of rules may be.
	noTarget bool
	// unit is what progress counts.
	unit string
}

// opener opens a source. Its error says what the user has to mend.
type opener func(p *project) (secrets.Source, error)

// and looks through another, too.
func (s search) and(other search) search {
	s.sources = slices.Concat(s.sources, other.sources)
	s.words += ", " + other.words
	s.part, s.history = s.part || other.part, s.history || other.history
	if s.unit != other.unit {
		s.unit = "steps"
	}
	return s
}

func (a *app) searchHistory(r history.Range) search {
	words := "the history: all that branches, tags and work trees lead to"
	if len(r.Revisions) > 0 {
		words = "the history: " + strings.Join(r.Revisions, " ")
	}
	part := len(r.Revisions) > 0 || r.Push != nil
	return search{words: words, part: part, history: true, unit: "objects", sources: []opener{func(p *project) (secrets.Source, error) {
		from, err := a.history(p, r)
		if err != nil {
			return nil, err
		}
		return from, nil
	}}}
}

func (a *app) history(p *project, r history.Range) (*history.Source, error) {
	if err := a.flags.secrets.noArchives("a history"); err != nil {
		return nil, err
	}
	from, err := history.Open(p.dir, history.Options{
		Range: r, MaxBlob: a.flags.secrets.maxBytes(), NoRecord: a.flags.noCache, Version: version().Version,
		Partials: a.partials, Unreachable: a.flags.unreachable,
	})
	_, ofStore := errors.AsType[*gitstore.Error](err)
	switch {
	case err == nil:
		return from, nil
	case errors.Is(err, gitstore.ErrNotRepository):
		return nil, usage("there is no git repository in %s", p.dir)
	case ofStore:
		return nil, failure("%w", err)
	}
	return nil, usage("%w", err) // a revision that is not there, or what git did not say
}

func (a *app) searchFiles(paths []string, o source.DirOptions) search {
	words := "the files in the working directory"
	if len(paths) > 0 {
		words = list(paths)
	}
	return search{words: words, part: true, unit: bytesUnit, sources: []opener{func(p *project) (secrets.Source, error) {
		files := []string{p.dir}
		if len(paths) > 0 {
			files = nil
		}
		for _, path := range paths {
			path = p.path(path)
			if _, err := os.Stat(path); err != nil {
				return nil, usage("cannot look at %s: %w", path, bare(err))
			}
			files = append(files, path)
		}
		o.Paths = files
		return a.files(p, o), nil
	}}}
}

// files is a source of files, whose paths count from the root.
func (a *app) files(p *project, o source.DirOptions) secrets.Source {
	o.Root, o.Environ = p.root, a.env.Environ
	o.MaxFile, o.ArchiveDepth = a.flags.secrets.maxBytes(), a.flags.secrets.archiveDepth
	return source.NewDir(o)
}

// searchScope looks through the files of a scope: those of a change, those of apps,
// or all.
func (a *app) searchScope(p *project, s scope) search {
	paths := []string{"."}
	switch {
	case s.change:
		paths = p.regular(s.files)
	case s.apps != nil:
		paths = nil
		for _, name := range s.apps {
			paths = append(paths, p.workspace.App(name).Dir)
		}
	}
	out := search{words: s.words, part: s.apps != nil || s.change, unit: bytesUnit}
	if len(paths) > 0 {
		out.sources = []opener{func(p *project) (secrets.Source, error) { return a.files(p, source.DirOptions{Paths: paths}), nil }}
	}
	return out
}

// regular keeps the paths that are files, and no links: a change may have removed
// them.
func (p *project) regular(paths []string) []string {
	var out []string
	for _, path := range paths {
		if info, err := os.Lstat(filepath.Join(p.root, filepath.FromSlash(path))); err == nil && info.Mode().IsRegular() {
			out = append(out, path)
		}
	}
	return out
}

func (a *app) searchStdin(name string) search {
	return search{words: "standard input", part: true, noTarget: true, sources: []opener{func(*project) (secrets.Source, error) {
		if err := a.flags.secrets.noArchives("a stream"); err != nil {
			return nil, err
		}
		return source.NewStdin(a.env.Stdin, source.StdinOptions{Path: name, Max: a.flags.secrets.maxBytes()}), nil
	}}}
}

// search looks for secrets and writes the report.
func (a *app) search(ctx context.Context, s search) error {
	outputs, err := a.outputs()
	if err != nil {
		return err
	}
	if _, err := a.flags.exit(envtight.Error); err != nil {
		return err
	}
	r, err := a.searched(ctx, s)
	if err != nil {
		return err
	}
	if err := a.write(r, outputs); err != nil {
		return err
	}
	exit, err := a.flags.exit(r.project.config.FailOn)
	if err != nil {
		return err
	}
	return a.flags.secrets.exit(r.report.ExitCode(exit))
}

// searched looks for secrets.
func (a *app) searched(ctx context.Context, s search) (*run, error) {
	p, err := a.openFiles()
	if err != nil {
		return nil, err
	}
	if err := a.configProblem(p); err != nil {
		return nil, err
	}
	found, err := a.secretsCheck(p, s)
	if err != nil {
		return nil, err
	}
	defer found.close()
	o, err := a.runOptions(p, s.words, true)
	if err != nil {
		return nil, err
	}
	report, err := envtight.Run(ctx, found.checks, o)
	found.close()
	if err == nil {
		err = found.wrong()
	}
	if err != nil {
		return nil, err
	}
	dropSilentRules(report)
	return &run{project: p, scope: scope{words: s.words}, report: report, secrets: found}, nil
}

// openFiles is open without the apps, for commands that look at texts only. It starts
// no program.
func (a *app) openFiles() (*project, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	p := &project{dir: dir, root: dir}
	if err := p.findRoot(); err != nil {
		return nil, err
	}
	return p, p.readConfig(cmp.Or(a.flags.config, a.flags.secrets.own()), dir, a.env.getenv("HOME"))
}

// searchStaged looks through what the next commit brings.
func (a *app) searchStaged() search {
	return search{words: "what is staged", part: true, unit: "files", sources: []opener{func(p *project) (secrets.Source, error) {
		if err := a.flags.secrets.noArchives("what is staged"); err != nil {
			return nil, err
		}
		if _, err := gitstore.Find(p.dir); err != nil {
			return nil, usage("there is no git repository in %s, so nothing is staged", p.dir)
		}
		return source.NewStaged(source.StagedOptions{Dir: p.dir, Environ: a.env.Environ, MaxFile: a.flags.secrets.maxBytes()}), nil
	}}}
}
