package cli

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/dotenv"
	"github.com/envtight/envtight/naming"
)

// unattended are variables that tell that nobody sits at this machine, or that
// a commit waits: CI services, git's own hooks, and pre-commit. Sources: the
// documents of the services; githooks(5); pre-commit.com.
var unattended = []string{
	"CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "CIRCLECI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION",
	"BITBUCKET_BUILD_NUMBER", "CODEBUILD_BUILD_ID", "GIT_INDEX_FILE", "PRE_COMMIT",
}

// whyNotLocal names the variable for which local env files are left alone; empty
// on a developer's machine.
func (a *app) whyNotLocal() string {
	for _, name := range unattended {
		if value := strings.ToLower(a.env.getenv(name)); value != "" && value != "false" && value != "0" {
			return name
		}
	}
	return ""
}

// askLocal lets a run look at local env files when the user named that
// environment, and says so where it is refused.
func (a *app) askLocal(ctx context.Context, p *project, o *envcheck.Options) envtight.Check {
	g := given{}
	if !slices.Contains(a.flags.environments, envcheck.LocalEnvironment) {
		return g
	}
	if name := a.whyNotLocal(); name != "" {
		g.incomplete = append(g.incomplete, envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause:   "local env files were not looked at: they say nothing in CI and in hooks (" + name + " is set)",
		})
		return g
	}
	o.Local = true
	if p.repo == nil {
		return g
	}
	entries, err := p.repo.TrackedNames(ctx, func(base string) bool { return dotenv.Kind(base) == dotenv.Real })
	if err != nil {
		return g // said by the rules about git
	}
	tracked := map[string]bool{}
	for _, e := range entries {
		tracked[e.Path] = true
	}
	o.Tracked = func(path string) bool { return tracked[path] }
	return g
}

// localCheck looks at the env files of this machine, and at nothing else.
func (p *project) localCheck(scope scope) *envcheck.Check {
	return envcheck.New(envcheck.Options{
		FS: p.fsys, Workspace: p.workspace, Apps: scope.apps, Policies: p.policies(), Class: naming.Class,
	})
}

// writeLocal writes what doctor says of local env files, and reports whether one
// could not be read.
func (a *app) writeLocal(out *strings.Builder, p *project, scope scope) (bad bool) {
	if name := a.whyNotLocal(); name != "" {
		fmt.Fprintf(out, "\nlocal env files were not looked at: they say nothing in CI and in hooks (%s is set)\n", name)
		return false
	}
	states, incomplete := p.localCheck(scope).LocalStates()
	if len(states)+len(incomplete) == 0 {
		return false
	}
	out.WriteString("\nlocal env files, for development on this machine; the first that sets a variable wins\n")
	for i := range states {
		writeLocalState(out, p, &states[i])
	}
	for _, i := range incomplete {
		fmt.Fprintf(out, "  FAILED: %s\n", printable(i.Cause))
	}
	return len(incomplete) > 0
}

func writeLocalState(out *strings.Builder, p *project, s *envcheck.LocalState) {
	dir := ""
	if w := p.workspace.App(s.App); w != nil {
		dir = w.Dir
	}
	line := func(label string, names []string) {
		if len(names) > 0 {
			fmt.Fprintf(out, "    %-13s %s\n", label, printable(bounded(names)))
		}
	}
	fmt.Fprintf(out, "  %s (%s)\n", printable(s.App), printable(cmp.Or(dir, ".")))
	var there, not []string
	for _, f := range s.Files {
		switch name := below(f.Path, dir); {
		case f.Exists:
			there = append(there, fmt.Sprintf("%s (%s, %d names)", name, f.Loader, f.Names))
		default:
			not = append(not, name)
		}
	}
	line("read", there)
	line("would be read", not)
	var unread []string
	for _, name := range s.Unread {
		unread = append(unread, below(name, dir))
	}
	line("read by none", unread)
	line(fmt.Sprintf("missing %d", len(s.Missing)), s.Missing)
	line(fmt.Sprintf("empty %d", len(s.Empty)), s.Empty)
	line(fmt.Sprintf("samples %d", len(s.Placeholders)), s.Placeholders)
	line("cannot tell", s.Open)
}

// below is a path as seen from a directory it lies in.
func below(name, dir string) string {
	if rest, ok := strings.CutPrefix(name, path.Clean(dir)+"/"); ok {
		return rest
	}
	return name
}

// bounded lists at most eight, and says how many more there are.
func bounded(names []string) string {
	const most = 8
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
