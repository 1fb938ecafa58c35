package cli

import (
	"context"
	"errors"
	"fmt"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck/platform/envfile"
	"github.com/envtight/envtight/envcheck/usage/workflow"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/internal/git"
	"github.com/envtight/envtight/internal/glob"
	"github.com/envtight/envtight/internal/lazyregexp"
	"github.com/envtight/envtight/internal/nearest"
	"github.com/envtight/envtight/internal/shell"
)

// scope is the part of the repository that a run is about.
type scope struct {
	// apps are the names of the apps, in the workspace's order; nil: all, and
	// what belongs to none. Empty and not nil: there is nothing to look at.
	apps []string
	// words say which they are and why, for the header.
	words string
	// files are those that the change is in, when the run is about one.
	files []string
	// change tells that it is.
	change bool
	// workflows tells that it is also about what GitHub runs, which belongs to the
	// repository and to none of its apps.
	workflows bool
}

// none tells that there is nothing to look at.
func (s scope) none() bool { return s.apps != nil && len(s.apps) == 0 }

// concerns reports whether the run is about a file of these owners. One that
// belongs to no app concerns every run.
func (s scope) concerns(owners []*workspace.App) bool {
	return s.apps == nil || len(owners) == 0 ||
		slices.ContainsFunc(owners, func(app *workspace.App) bool { return slices.Contains(s.apps, app.Name) })
}

// scope finds out what the run is about: the apps that are named, those that
// a change touches, or both; else the app in whose directory it runs, or all.
func (a *app) scope(ctx context.Context, p *project) (scope, error) {
	switch {
	case a.flags.all && len(a.flags.apps) > 0:
		return scope{}, usage("--app and --all exclude each other")
	case a.flags.all && a.flags.changed != "":
		return scope{}, usage("--changed and --all exclude each other")
	}
	named, err := p.namedScope(a.flags.apps)
	if err != nil {
		return scope{}, err
	}
	switch {
	case a.flags.changed != "":
		return a.changedScope(ctx, p, named)
	case named != nil:
		words := "the apps " + list(named)
		if len(named) == 1 {
			words = "the app " + named[0]
		}
		return scope{apps: named, words: words}, nil
	}
	if !a.flags.all && p.here != "." {
		if unit := p.workspace.Unit(p.here); unit != nil && unit.Dir != "." {
			if found := p.workspace.App(unit.Name); found != nil && found.Dir == unit.Dir {
				return scope{apps: []string{found.Name}, words: "the app " + found.Name + " (run with --all for the whole repository)"}, nil
			}
		}
	}
	return wholeScope("the whole repository"), nil
}

func wholeScope(words string) scope { return scope{words: words, workflows: true} }

// namedScope returns the names of the apps that match one of the patterns of
// --app, nil when there are none.
func (p *project) namedScope(patterns []string) ([]string, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	chosen := map[string]bool{}
	for _, pattern := range patterns {
		found := p.match(pattern)
		if len(found) == 0 {
			what, hint := "there is no such app", ""
			if strings.ContainsAny(pattern, "*?") {
				what = "it matches no app"
			} else if near := nearest.Name(pattern, p.appNames()); near != "" {
				hint = " (did you mean " + near + "?)"
			}
			return nil, usage("--app %s: %s%s; there are %s", shell.Quote(pattern), what, hint, list(p.appNames()))
		}
		for _, app := range found {
			chosen[app.Name] = true
		}
	}
	return slices.DeleteFunc(p.appNames(), func(name string) bool { return !chosen[name] }), nil
}

// match returns the apps that a pattern means: by name, by directory from the
// root or from the working directory, or by the name in the manifest.
func (p *project) match(pattern string) []*workspace.App {
	if app := p.workspace.App(pattern); app != nil {
		return []*workspace.App{app}
	}
	dirs := []string{pathpkg.Clean(pattern), pathpkg.Join(p.here, pattern)}
	var out []*workspace.App
	for _, app := range p.workspace.Apps {
		if glob.Match(pattern, app.Name) || app.Module != "" && glob.Match(pattern, app.Module) ||
			slices.ContainsFunc(dirs, func(dir string) bool { return glob.Match(dir, app.Dir) }) {
			out = append(out, app)
		}
	}
	return out
}

// changedScope narrows the named apps, nil for all, to those that the change since
// the commit of --changed touches.
func (a *app) changedScope(ctx context.Context, p *project, named []string) (scope, error) {
	ref := a.flags.changed
	changed, err := p.changed(ctx, ref)
	if err != nil {
		return scope{}, err
	}
	out := scope{files: changed, change: true, workflows: named == nil && slices.ContainsFunc(changed, workflow.IsWorkflow)}
	touched, all := a.touched(p, changed)
	if all != "" {
		why := fmt.Sprintf("%s concerns every app and changed since %s", all, ref)
		out.apps, out.words, out.workflows = named, "the whole repository: "+why, named == nil
		if named != nil {
			out.words = list(named) + ": " + why
		}
		return out, nil
	}
	out.apps = []string{}
	for _, name := range p.appNames() {
		if touched[name] && (named == nil || slices.Contains(named, name)) {
			out.apps = append(out.apps, name)
		}
	}
	if len(out.apps) == 0 {
		out.words = "nothing: no app is touched by the change since " + ref
		switch {
		case out.workflows:
			out.words = "the workflows: no app is touched by the change since " + ref
		case named != nil:
			out.words = "nothing: the change since " + ref + " does not touch " + list(named)
		}
		return out, nil
	}
	apps := "1 app"
	if len(out.apps) > 1 {
		apps = fmt.Sprintf("%d apps", len(out.apps))
	}
	out.words = fmt.Sprintf("%s touched since %s: %s", apps, ref, list(out.apps))
	return out, nil
}

// changed asks git for the files that changed since ref.
func (p *project) changed(ctx context.Context, ref string) ([]string, error) {
	switch {
	case p.repoErr != nil:
		return nil, failure("--changed: git could not be asked: %w", p.repoErr)
	case p.repo == nil:
		return nil, usage("--changed: this is no git repository, so nobody can say what changed")
	}
	changed, err := p.repo.Changed(ctx, ref)
	switch {
	case err == nil:
		return changed, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, git.ErrUnknownRef):
		if !branchName().MatchString(ref) || strings.Contains(ref, "..") {
			return nil, usage("--changed %s: %w; name a branch, a tag or a commit", ref, err)
		}
		remote, branch, ok := strings.Cut(ref, "/")
		if !ok {
			remote, branch = "origin", ref
		}
		return nil, usage("--changed %s: %w; fetch it: git fetch %s %s", ref, err, shell.Quote(remote), shell.Quote(branch))
	case errors.Is(err, git.ErrNoMergeBase) && p.repo.Shallow():
		return nil, usage("--changed %s: %w, because this clone lacks old commits; fetch them: git fetch --unshallow (in actions/checkout: fetch-depth: 0)", ref, err)
	case errors.Is(err, git.ErrNoMergeBase):
		return nil, usage("--changed %s: %w; name the branch that this one came from", ref, err)
	}
	return nil, failure("--changed %s: git could not be asked: %w", ref, err)
}

// branchName matches what git fetch could bring: no expression about commits.
var branchName = lazyregexp.New(`^[0-9A-Za-z_][0-9A-Za-z_./-]*$`)

// touched returns the names of the apps that the changed files concern, or the
// file that concerns all of them.
func (a *app) touched(p *project, changed []string) (names map[string]bool, all string) {
	if p.configured && slices.Contains(changed, p.config.Path) {
		return nil, p.config.Path
	}
	names = map[string]bool{}
	apps, all := p.workspace.Touched(changed)
	for _, app := range apps {
		names[app.Name] = true
	}
	for _, link := range p.links(a) {
		for _, ref := range link.Environments {
			if link.Platform == envfile.Platform && slices.Contains(changed, ref.Name) {
				names[link.App] = true
			}
		}
	}
	return names, all
}

// stagedScope are the apps that the next commit touches.
func (a *app) stagedScope(ctx context.Context, p *project) (scope, error) {
	switch {
	case p.repoErr != nil:
		return scope{}, failure("git could not be asked: %w", p.repoErr)
	case p.repo == nil:
		return scope{}, usage("this is no git repository, so nothing is about to be committed")
	}
	staged, err := p.repo.Staged(ctx)
	if err != nil {
		return scope{}, failure("git could not be asked what is staged: %w", err)
	}
	out := scope{files: staged, change: true, workflows: slices.ContainsFunc(staged, workflow.IsWorkflow)}
	touched, all := a.touched(p, staged)
	if all != "" {
		out.words, out.workflows = "the whole repository: "+all+" concerns every app and is staged", true
		return out, nil
	}
	out.apps = []string{}
	for _, name := range p.appNames() {
		if touched[name] {
			out.apps = append(out.apps, name)
		}
	}
	out.words = "what is staged, and the apps that it touches: " + list(out.apps)
	return out, nil
}
