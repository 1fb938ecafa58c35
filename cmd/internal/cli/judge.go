package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/ci"
	"github.com/envtight/envtight/envcheck/config"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/envcheck/platform/snapshot"
	"github.com/envtight/envtight/envcheck/surface"
	"github.com/envtight/envtight/envcheck/valuetype"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/naming"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
	"github.com/envtight/envtight/secrets/history"
)

// rooms are what a command judges.
type rooms struct {
	env    bool
	naming bool
	// matrix tells that only the matrix is shown, so that nothing else is asked.
	matrix bool
	// about is the variable that they are asked about; empty for all.
	about string
	// staged narrows them to what the next commit changes.
	staged bool
	// secrets are looked for in the files of the scope, or in what is staged.
	secrets bool
}

// Rules returns every rule of the program, sorted by ID.
func Rules() []*envtight.Rule { return envtight.SortRules(append(plainRules(), secretRules()...)) }

// plainRules are all rules but those about secrets, which are many and cost some
// milliseconds to read.
func plainRules() []*envtight.Rule {
	return slices.Concat(
		envtight.Rules(), envcheck.Rules(), ci.Rules(), workspace.Rules(), valuetype.Rules(), naming.Rules(), config.Rules(), snapshot.Rules(),
		gitleaks.Rules(), surface.Rules(),
	)
}

// secretRules are the default rules about secrets.
var secretRules = sync.OnceValue(func() []*envtight.Rule {
	set, err := gitleaks.Default()
	if err != nil {
		return nil // a scan says so
	}
	return secrets.Rules(set)
})

// run is one judged repository.
type run struct {
	project *project
	scope   scope
	stand   *standIn // nil when nothing was looked at
	report  *envtight.Report
	// asked tells that some platform was asked, linked that some app is linked.
	asked, linked bool
	// secrets is nil when none were looked for.
	secrets *secretChecks
}

// judge reads the repository, runs the rooms over it and returns the report.
func (a *app) judge(ctx context.Context, want rooms) (*run, error) {
	p, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.configProblem(p); err != nil {
		return nil, err
	}
	scope, err := a.scope(ctx, p)
	if want.staged {
		if scope, err = a.stagedScope(ctx, p); err == nil && len(scope.files) == 0 && a.env.getenv("PRE_COMMIT") != "" {
			// "pre-commit run --all-files" names no files to such a hook.
			want.staged, scope = false, wholeScope("the whole repository, since nothing is staged")
		}
	}
	if err != nil {
		return nil, err
	}
	environments, reason, err := a.selectEnvironments(ctx, p)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		a.say("%s", reason)
		scope.words += ", " + reason
	}
	var checks []envtight.Check
	if p.configured {
		checks = append(checks, config.NewCheck(p.config.Path, p.configText, p.diagnostics))
	}
	r := &run{project: p, scope: scope}
	if !scope.none() {
		apps, err := a.judgeApps(ctx, r, want, environments)
		if err != nil {
			return nil, err
		}
		checks = append(checks, apps...)
	}
	workflows := want.env && !want.matrix && scope.workflows
	if workflows {
		check, err := a.workflows(ctx, p)
		if err != nil {
			return nil, err
		}
		checks = append(checks, check)
	}
	if want.secrets {
		found, err := a.secretsOf(p, scope, want)
		if err != nil {
			return nil, err
		}
		defer found.close()
		r.secrets = found
		checks = append(checks, found.checks...)
	}
	if scope.none() && !want.secrets && !workflows {
		checks = nil // there is nothing to look at
	}
	partial := scope.apps != nil || len(a.flags.environments) > 0 || !want.env || !want.naming
	o, err := a.runOptions(p, scope.words+r.stand.says(), partial)
	if err != nil {
		return nil, err
	}
	stop := a.spin(want.env && !a.flags.offline && a.flags.snapshot == "" && r.linked)
	r.report, err = envtight.Run(ctx, checks, o)
	stop()
	if err != nil {
		return nil, err
	}
	dropSilentRules(r.report)
	r.asked = r.report.Matrix != nil && len(r.report.Matrix.Fetched) > 0
	return r, nil
}

// judgeApps returns the checks about the apps of the scope.
func (a *app) judgeApps(ctx context.Context, r *run, want rooms, environments []string) ([]envtight.Check, error) {
	p, scope := r.project, r.scope
	links := p.links(a)
	if !want.env {
		links = nil
	}
	reads := p.reads(ctx, want.env)
	pulls := a.pulls(ctx, p, environments)
	pulls.link(links)
	pulls.sayBranch(links, scope.apps)
	sources, err := a.sharing(ctx, p, links)
	if err != nil {
		return nil, err
	}
	stand, err := a.standIn(ctx, p)
	if err != nil {
		return nil, err
	}
	r.stand, r.linked = stand, len(links) > 0
	sources = stand.in(sources)
	options := envcheck.Options{
		FS: p.fsys, Workspace: p.workspace, Apps: scope.apps, Environments: environments,
		CopyOf: pulls.copyOf(), Branches: p.branches,
		Links: links, Configured: p.configured, Usage: reads, About: want.about, History: p.history(), Sources: sources, Tokens: a.token,
		Offline: a.flags.offline, Policies: p.policies(), Class: naming.Class, PublicPrefixes: naming.PublicPrefixes(), FactsOnly: !want.env,
		FileJudges: []envcheck.FileJudge{{Rules: valuetype.Rules(), Judge: judgeTypes}},
	}
	if !want.matrix && want.about == "" && a.flags.snapshot == "" {
		options.Repository = p.checkout(ctx)
	}
	var checks []envtight.Check
	if want.env {
		checks = append(checks, p.workspace.Check(), p.found(ctx, scope, links), &stand.found)
	}
	if want.env {
		checks = append(checks, a.askLocal(ctx, p, &options))
	}
	checks = append(checks, envcheck.New(options))
	if want.env {
		checks = append(checks, surface.New(surface.Options{Workspace: p.workspace, Usage: reads, Apps: scope.apps, Class: naming.Class}))
	}
	if want.naming {
		checks = append(checks, naming.New(p.namingOptions()))
	}
	return checks, nil
}

// secretsOf prepares the look for secrets in the files of a scope.
func (a *app) secretsOf(p *project, scope scope, want rooms) (*secretChecks, error) {
	s := a.searchScope(p, scope)
	if want.staged {
		s = a.searchStaged()
	}
	if a.flags.history {
		s = s.and(a.searchHistory(history.Range{}))
	}
	return a.secretsCheck(p, s)
}

// ruleGroups are the groups of rules that can be turned on, sorted.
func ruleGroups() []string {
	groups := map[string]bool{}
	for _, rule := range plainRules() {
		groups[rule.Group] = true
	}
	delete(groups, "")
	return slices.Sorted(maps.Keys(groups))
}

// runOptions turns flags and configuration into those of a run.
func (a *app) runOptions(p *project, scope string, partial bool) (envtight.Options, error) {
	o := envtight.Options{
		FS: p.fsys, Scope: scope, Partial: partial, Groups: a.flags.groups,
		NoInlineMarks: a.flags.noMarks, Maskers: p.maskers(), Now: a.env.now(),
	}
	p.config.Apply(&o)
	groups := ruleGroups()
	for _, group := range a.flags.groups {
		if !slices.Contains(groups, group) {
			return o, usage("--enable %s: there is no such group of rules; there are %s", group, list(groups))
		}
	}
	if a.flags.baseline != "" {
		file, err := openRegular(a.path(a.flags.baseline))
		if err != nil {
			return o, usage("cannot read the baseline %s: %w", a.flags.baseline, bare(err))
		}
		defer func() { _ = file.Close() }()
		if o.Baseline, err = envtight.ReadBaseline(file, p.relative(a.path(a.flags.baseline))); err != nil {
			hint := ""
			if isList(file) {
				hint = "; it may be a report of gitleaks: envtight secrets takes one by --baseline-path"
			}
			return o, usage("%w%s", err, hint)
		}
	}
	return o, nil
}

// isList tells whether a file holds a list in JSON, as reports of gitleaks do.
func isList(file io.ReadSeeker) bool {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return false
	}
	token, err := json.NewDecoder(file).Token()
	return err == nil && token == json.Delim('[')
}

// found is what reading the repository brought to light, before any room ran.
func (p *project) found(ctx context.Context, scope scope, links []envcheck.Link) envtight.Check {
	g := given{rules: workspace.Rules()}
	p.hygiene(ctx, scope, &g)
	switch {
	case len(p.workspace.Apps) == 0:
		g.incomplete = append(g.incomplete, envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   "no app was found: nothing here has an env example (as .env.example), a platform link or the manifest of an app",
			Advice:  "look at another directory with -C, write a .env.example, or name the apps in " + configName,
		})
	case len(links) == 0:
		g.incomplete = append(g.incomplete, envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   "platforms were not asked: no app is linked to one",
			Advice:  "run: envtight init",
		})
	}
	return g
}

// hygiene judges what git tracks and ignores, and what images copy.
func (p *project) hygiene(ctx context.Context, scope scope, g *given) {
	var repo workspace.Repository
	switch {
	case p.repo != nil:
		repo = p.repo
	case p.repoErr != nil:
		g.incomplete = append(g.incomplete, envtight.Incompleteness{
			Silence: envtight.Failed, Cause: fmt.Sprintf("git could not be asked: %v", p.repoErr),
		})
	default:
		g.incomplete = append(g.incomplete, envtight.Incompleteness{
			Silence: envtight.NotAsked, Cause: "this is no git repository: nobody can say which files are committed",
		})
	}
	if repo == nil {
		g.undecided = append(g.undecided, "env/tracked", "env/not-ignored")
	}
	diagnostics, err := workspace.Hygiene(ctx, p.workspace, repo)
	for _, d := range diagnostics {
		if scope.concerns(p.workspace.Owners(d.Location.Path)) {
			g.diagnostics = append(g.diagnostics, d)
		}
	}
	if err != nil {
		g.incomplete = append(g.incomplete, envtight.Incompleteness{
			Silence: envtight.Failed, Cause: fmt.Sprintf("git could not be asked what it tracks: %v", err),
		})
	}
}

// judgeTypes holds sample values of examples against the types they declare.
func judgeTypes(path string, f *dotenv.File) []envtight.Diagnostic {
	if dotenv.Kind(path) != dotenv.Example {
		return nil
	}
	return valuetype.Diagnose(valuetype.Declarations(path, f))
}

// policies are the configuration's words about variables.
func (p *project) policies() []envcheck.Policy {
	var out []envcheck.Policy
	for _, v := range p.config.Variables {
		apps := v.Apps
		if len(apps) == 0 {
			apps = []string{"*"}
		}
		for _, app := range apps {
			out = append(out, envcheck.Policy{
				Name: v.Name, App: app, RequiredIn: v.RequiredIn, AbsentIn: v.AbsentIn,
				Optional: v.Optional, Class: v.Class, OwnedBy: v.OwnedBy, Location: v.Location,
			})
		}
	}
	return out
}

func (p *project) namingOptions() naming.Options {
	n := &p.config.Naming
	o := naming.Options{
		RequirePrefix: n.RequirePrefix, RequireSuffix: n.RequireSuffix, Pattern: n.Patterns,
		Forbid: n.Forbidden, Rename: n.Renames, Allow: n.Allow, Words: n.Words,
	}
	for _, w := range p.workspace.Apps {
		o.Apps = append(o.Apps, naming.App{Name: w.Name, Dir: w.Dir, SDKs: w.SDKs})
	}
	return o
}
