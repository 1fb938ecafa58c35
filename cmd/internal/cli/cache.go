package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/cache"
)

// sharing opens all platforms for a run that shares names with others that are
// under way: what one of them asks, the others do not.
func (a *app) sharing(ctx context.Context, p *project, links []envcheck.Link) ([]envcheck.Source, error) {
	store := a.store(ctx, p, links)
	sources, err := a.sources(p, store)
	if err != nil || store == nil {
		return sources, err
	}
	siblings := a.siblings(links)
	for i, source := range sources {
		for _, h := range platforms {
			// A file and a program of this user's have no address, and nothing to share.
			if h.name == source.Platform() && h.baseURL != "" {
				sources[i] = store.Source(source, a.env.getenv(h.baseURL), siblings[h.name])
			}
		}
	}
	return sources, nil
}

// store opens the user's cache; nil when there is none to use. Only --verbose says
// why: without it everything is asked, and nothing is missing. Where a snapshot answers
// there is nothing to share.
func (a *app) store(ctx context.Context, p *project, links []envcheck.Link) *cache.Store {
	if a.flags.noCache || a.flags.offline || a.flags.snapshot != "" || len(links) == 0 {
		return nil
	}
	dir, err := a.env.cacheDir(runtime.GOOS)
	if err == nil && within(p.root, dir) {
		err = errors.New("the directory for caches lies in the repository")
	}
	logger := a.logger()
	if err == nil {
		o := cache.Options{Dir: dir, Version: version().Version, Now: a.env.Now, Logger: logger}
		if a.attended() {
			o.Since = a.began
		}
		var store *cache.Store
		if store, err = cache.Open(ctx, o); err == nil {
			return store
		}
	}
	if logger != nil {
		logger.LogAttrs(ctx, slog.LevelDebug, "names are shared with no other run", slog.String("reason", err.Error()))
	}
	return nil
}

// attended tells that a person at a terminal started this one run. Such a person
// may have set a variable since the run before, and wants to see that; names that
// were fetched before this run began are then no answer. Turborepo gives its tasks a
// terminal, too, and sets TURBO_HASH in each (vercel/turborepo
// crates/turborepo-lib/src/task_graph/visitor).
func (a *app) attended() bool {
	return a.env.StdoutTTY && a.env.getenv("CI") == "" && a.env.getenv("TURBO_HASH") == ""
}

// siblings are all cells that the repository links, by platform: what other runs
// are likely to ask.
func (a *app) siblings(links []envcheck.Link) map[string][]envcheck.Target {
	out := map[string][]envcheck.Target{}
	for i := range links {
		link := &links[i]
		for _, environment := range slices.Sorted(maps.Keys(link.Environments)) {
			if token, ok := a.token(*link, environment); ok {
				target := link.Target(environment)
				target.Token = token
				out[link.Platform] = append(out[link.Platform], target)
			}
		}
	}
	return out
}

// cacheDir is the tool's directory below the user's directory for caches, which is
// found as os.UserCacheDir does, in the environment that the command was given.
func (e *Env) cacheDir(goos string) (string, error) {
	base := ""
	switch home := e.getenv("HOME"); {
	case goos == "windows":
		base = e.getenv("LocalAppData")
		if base == "" {
			base = e.getenv("LOCALAPPDATA")
		}
	case goos == "darwin" && home != "":
		base = filepath.Join(home, "Library", "Caches")
	case goos != "darwin" && e.getenv("XDG_CACHE_HOME") != "":
		base = e.getenv("XDG_CACHE_HOME")
	case goos != "darwin" && home != "":
		base = filepath.Join(home, ".cache")
	}
	if !filepath.IsAbs(base) {
		return "", errors.New("the environment names no directory for caches")
	}
	return filepath.Join(base, "envtight"), nil
}

// within reports whether a directory lies in another, links resolved as far as
// they exist.
func within(root, dir string) bool {
	for up := dir; ; up = filepath.Dir(up) {
		if resolved, err := filepath.EvalSymlinks(up); err == nil {
			rel, err := filepath.Rel(root, resolved)
			return err == nil && filepath.IsLocal(rel)
		}
		if up == filepath.Dir(up) {
			return false
		}
	}
}
