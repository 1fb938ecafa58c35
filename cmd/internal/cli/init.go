package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/config"
	"github.com/envtight/envtight/envcheck/workspace"
)

func (a *app) initCommand() *cobra.Command {
	var show, force bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Find the apps and their projects on the platforms, and write " + configName,
		Long: `Finds the apps of the repository, asks every platform there is a token for which
projects belong to them (by repository, root directory and name), shows what it
found and why, and writes the ids into ` + configName + `. Nothing on a platform
is changed. An existing file is kept unless --force is given.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.init(cmd.Context(), show, force) },
	}
	cmd.Flags().BoolVar(&show, "print", false, "print the file in place of writing it")
	cmd.Flags().BoolVar(&force, "force", false, "replace an existing "+configName)
	cmd.Flags().BoolVar(&a.flags.offline, "offline", false, "ask no platform; no connection is opened")
	return cmd
}

func (a *app) init(ctx context.Context, show, force bool) error {
	p, err := a.openWithoutConfig(ctx)
	if err != nil {
		return err
	}
	path := filepath.Join(p.root, configName)
	if _, err := os.Lstat(path); err == nil && !force && !show {
		return usage("%s is there already; see it anew with --print, replace it with --force", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usage("cannot look for %s: %w", path, bare(err))
	}
	found, err := a.discover(ctx, p)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	links, notes := a.choose(p, found)
	for _, w := range p.workspace.Apps {
		p.config.Apps = append(p.config.Apps, config.App{Name: w.Name, Path: w.Dir, Links: links[w.Name]})
	}
	text := config.Write(p.config, notes)
	if show {
		if err := a.print("%s", text); err != nil {
			return err
		}
	} else if err := os.WriteFile(path, text, 0o644); err != nil {
		return failure("cannot write %s: %w", path, bare(err))
	} else {
		a.say("wrote %s", path)
		a.say("next: envtight doctor  shows what the tokens reach")
		a.say("      envtight check   judges everything")
	}
	for _, inc := range found.incomplete {
		if inc.Silence == envtight.Failed {
			return exitError{code: envtight.ExitIncomplete}
		}
	}
	return nil
}

// openWithoutConfig opens the repository as if it had no configuration.
func (a *app) openWithoutConfig(ctx context.Context) (*project, error) {
	p, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	p.config, p.configured, p.diagnostics = config.Default(), false, nil
	return p, nil
}

// discovered is what the platforms said.
type discovered struct {
	candidates []envcheck.Candidate
	incomplete []envtight.Incompleteness
	asked      []string // platforms
}

// discover asks every platform that there is a token for.
func (a *app) discover(ctx context.Context, p *project) (discovered, error) {
	var out discovered
	sources, err := a.sources(p, nil)
	if err != nil {
		return out, err
	}
	host, repository := p.remote(ctx)
	query := envcheck.Query{Repository: repository, Host: host}
	for _, w := range p.workspace.Apps {
		dir := w.Dir
		if dir == "." {
			dir = ""
		}
		query.Apps = append(query.Apps, envcheck.AppDir{Name: w.Name, Dir: dir})
	}
	for _, source := range sources {
		finder, ok := envcheck.As[envcheck.Discoverer](source)
		if !ok {
			continue
		}
		link := envcheck.Link{Platform: source.Platform()}
		token, ok := a.token(link, "")
		switch {
		case a.flags.offline:
			a.say("%s: not asked (offline)", source.Platform())
			continue
		case !ok:
			a.say("%s: not asked, no token: set %s", source.Platform(), strings.Join(envcheck.TokenNames(link, ""), " or "))
			continue
		}
		q := query
		q.Token = token
		if source.Platform() == workspace.Vercel {
			q.Team = a.env.getenv("VERCEL_ORG_ID")
		}
		found, missed := finder.Discover(ctx, q)
		out.asked = append(out.asked, source.Platform())
		out.candidates = append(out.candidates, found...)
		out.incomplete = append(out.incomplete, missed...)
		a.sayMissed(source.Platform(), missed)
	}
	return out, nil
}

func (a *app) sayMissed(platform string, missed []envtight.Incompleteness) {
	for _, inc := range missed {
		a.say("%s: %s: %s", platform, inc.Silence, inc.Cause)
		if inc.Advice != "" {
			a.say("  advice: %s", inc.Advice)
		}
	}
}

// choose takes for each app and platform the project that speaks for itself: the
// only likely one that the platform has, else the one that a link file names. It
// says what it took and what it left.
func (a *app) choose(p *project, found discovered) (map[string][]envcheck.Link, map[string]string) {
	links, notes := map[string][]envcheck.Link{}, map[string]string{}
	if len(p.workspace.Apps) == 0 {
		a.say("no app was found below %s: name them by hand, or write a .env.example for each", p.root)
	}
	for _, w := range p.workspace.Apps {
		for _, platform := range platformNames() {
			link, why := a.chooseOne(p, w, platform, found.candidates)
			if why == "" {
				continue
			}
			links[w.Name] = append(links[w.Name], link)
			notes[w.Name] = strings.TrimPrefix(notes[w.Name]+"\n"+why, "\n")
			a.say("%s: %s", w.Name, why)
		}
		if len(links[w.Name]) == 0 && len(found.asked) > 0 {
			a.say("%s: no project found on %s (%s)", w.Name, list(found.asked), w.Dir)
		}
	}
	if len(found.asked) == 0 && len(p.workspace.Apps) > 0 {
		a.say("no platform was asked, so no project was looked for")
	}
	return links, notes
}

// chooseOne returns the link of an app on a platform and what speaks for it;
// nothing speaks for none.
func (a *app) chooseOne(p *project, w *workspace.App, platform string, candidates []envcheck.Candidate) (envcheck.Link, string) {
	fits := slices.DeleteFunc(slices.Clone(candidates), func(c envcheck.Candidate) bool { return c.App != w.Name || c.Platform != platform })
	if sure := slices.DeleteFunc(slices.Clone(fits), func(c envcheck.Candidate) bool { return !c.Sure }); len(sure) > 0 {
		fits = sure
	}
	switch len(fits) {
	case 0:
		return p.linkFile(w, platform)
	case 1:
		c := fits[0]
		return envcheck.Link{
			App: w.Name, Platform: c.Platform, Team: c.Team, Project: c.Project, Service: c.Service,
			Environments: p.config.ConventionalEnvironments(c.Platform, c.Environments, nil),
		}, describe(c)
	default:
		a.say("%s: several projects on %s may be it, so none was written:", w.Name, platform)
		for _, c := range fits {
			a.say("    %s", describe(c))
		}
		return envcheck.Link{}, ""
	}
}

// linkFile returns the link that a file of the platform's own program gives.
func (p *project) linkFile(w *workspace.App, platform string) (envcheck.Link, string) {
	for _, l := range w.Links {
		if l.Platform == platform && l.Project != "" {
			return envcheck.Link{
				App: w.Name, Platform: platform, Team: l.Org, Project: l.Project,
				Environments: p.config.ConventionalEnvironments(platform, nil, nil),
			}, platform + ": " + cmp.Or(l.Name, l.Project) + " (named in " + l.Path + ")"
		}
	}
	return envcheck.Link{}, ""
}

// describe is a candidate in words.
func describe(c envcheck.Candidate) string {
	name := strings.TrimPrefix(c.TeamName+"/"+c.ProjectName, "/")
	if c.ServiceName != "" {
		name += "/" + c.ServiceName
	}
	return c.Platform + ":" + name + " (" + c.Why + ")"
}
