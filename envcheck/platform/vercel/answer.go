package vercel

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/httpclient"
)

// state is what was read of one project, and what could not be.
type state struct {
	group     *group
	project   project
	err       error // the project itself
	customErr error // its custom environments
	own       listing
	shared    listing
	// unread are the variables whose values were asked for one by one and did
	// not come, by row id.
	unread map[string]error
	// branches are the variables of single branches.
	branches []envcheck.BranchSettings
}

// needsCustomEnvironments reports whether some target means an environment that
// the project's answer says nothing about.
func (st *state) needsCustomEnvironments() bool {
	if st.project.Custom != nil {
		return false
	}
	return slices.ContainsFunc(st.group.refs, func(r envcheck.EnvironmentRef) bool {
		return !slices.Contains(targets, r.Name)
	})
}

// answer works out one cell.
func (st *state) answer(t envcheck.Target) envcheck.Answer {
	if st.err != nil {
		return envcheck.Answer{
			Place:       place(t.Project, t.Ref),
			Unreachable: httpclient.Unreachable(st.err),
			Incomplete:  []envtight.Incompleteness{explain(st.err, fmt.Sprintf("project %q", t.Project), t)},
		}
	}
	name := fmt.Sprintf("%q", st.project.Name.value)
	a := envcheck.Answer{
		Place:   place(st.project.Name.value, t.Ref),
		Project: st.project.facts(),
	}
	a.Project.Branches = st.branches
	if st.project.ExposesSystem == nil || *st.project.ExposesSystem {
		a.Provided = provided(st.project.Framework.value)
	}
	if st.customErr != nil && !slices.Contains(targets, t.Ref.Name) {
		a.Unreachable = httpclient.Unreachable(st.customErr)
		a.Incomplete = append(a.Incomplete, explain(st.customErr, "the custom environments of project "+name, t))
		return a
	}
	e, ok := st.project.resolve(t.Ref)
	if !ok {
		a.NoSuchEnvironment = true
		a.Environments = st.project.environments()
		slices.Sort(a.Environments)
		return a
	}
	a.Place = place(st.project.Name.value, envcheck.EnvironmentRef{Name: e.name, Branch: e.branch})
	a.Project.EnvironmentID = refName(cmp.Or(e.custom, e.name), e.branch)
	if d := st.project.running(e); d != nil {
		a.Project.Deployed, a.Project.Deployment = d.begun(), d.ID.value
	}
	a.Settings = st.settings(e)
	a.Incomplete = st.gaps(e, t, name)
	a.Complete = len(a.Incomplete) == 0
	a.Unreachable = !a.Complete && st.unreachable(e)
	a.Incomplete = append(a.Incomplete, st.valueGaps(e, t, name)...)
	return a
}

// settings returns what the environment is given, sorted by name, one for each.
func (st *state) settings(e environment) []envcheck.Setting {
	best := map[string]*variable{}
	for _, rows := range [][]variable{st.own.rows, st.shared.rows} {
		for i := range rows {
			row := &rows[i]
			if row.odd != "" || !row.in(e) {
				continue
			}
			if old := best[row.name]; old == nil || compareRows(row, old) < 0 {
				best[row.name] = row
			}
		}
	}
	settings := make([]envcheck.Setting, 0, len(best))
	for _, row := range best {
		settings = append(settings, envcheck.Setting{
			Name: row.name, State: row.state, Type: row.kind, Storage: row.storage,
			Value: row.value, Readable: row.readable,
			Shared: row.shared, Managed: row.managed, Branch: row.branch, Updated: row.updated,
		})
	}
	slices.SortFunc(settings, func(a, b envcheck.Setting) int { return strings.Compare(a.Name, b.Name) })
	return settings
}

// compareRows orders the rows of one name in one environment, the one that counts
// first: a branch's own before the plain, the project's before the team's. Vercel
// allows no further doubles; should some come, the last changed counts.
func compareRows(a, b *variable) int {
	return cmp.Or(
		first(a.branch != "", b.branch != ""),
		first(!a.shared, !b.shared),
		b.updated.Compare(a.updated),
		cmp.Compare(a.id, b.id),
	)
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// gaps says why a name that is not among the settings may be there even so.
func (st *state) gaps(e environment, t envcheck.Target, project string) []envtight.Incompleteness {
	var gaps []envtight.Incompleteness
	if st.own.err != nil {
		gaps = append(gaps, explain(st.own.err, "the variables of project "+project, t))
	}
	if st.own.hidden > 0 && e.name == production && e.custom == "" {
		gaps = append(gaps, envtight.Incompleteness{
			Silence:  envtight.Failed,
			Cause:    fmt.Sprintf("vercel: project %s hides %d production variables from %s", project, st.own.hidden, tokenName(t)),
			Advice:   "use the token of a member who may see production variables",
			Location: t.Location,
		})
	}
	if st.shared.err != nil && st.own.err == nil {
		gaps = append(gaps, st.explainShared(t, project))
	}
	if t.Ref.Pull.Number > 0 && e.branch == "" && st.onlyOnBranches(e) {
		gaps = append(gaps, envtight.Incompleteness{
			Silence: envtight.NotAsked,
			Cause: fmt.Sprintf("vercel: project %s has variables for single branches, and the branch of pull request %d is not known: nothing is called missing there",
				project, t.Ref.Pull.Number),
			Advice: "run where the branch is known: in the CI of the pull request",
		})
	}
	if odd := st.oddRow(e); odd != "" && st.own.err == nil && st.shared.err == nil {
		gaps = append(gaps, explain(unknownShape(envPath, odd), "the variables of project "+project, t))
	}
	return gaps
}

// explainShared says why shared variables are not known. One cause is ordinary:
// a token whose scope is a single project is refused everything of the team's.
func (st *state) explainShared(t envcheck.Target, project string) envtight.Incompleteness {
	inc := explain(st.shared.err, "the variables that the team shares with project "+project, t)
	if errors.Is(st.shared.err, httpclient.ErrForbidden) {
		inc.Advice = "use a token whose scope is the team, in " + tokenName(t) + ": one of a single project is refused what the team shares"
	}
	return inc
}

// unreachable reports whether nothing but the way to Vercel left gaps.
func (st *state) unreachable(e environment) bool {
	for _, err := range []error{st.own.err, st.shared.err} {
		if err != nil && !httpclient.Unreachable(err) {
			return false
		}
	}
	return st.own.hidden == 0 && st.oddRow(e) == ""
}

// oddRow returns what is not understood of a row that may belong to e.
func (st *state) oddRow(e environment) string {
	for _, rows := range [][]variable{st.own.rows, st.shared.rows} {
		for i := range rows {
			if rows[i].odd != "" && (rows[i].anywhere || rows[i].in(e)) {
				return rows[i].odd
			}
		}
	}
	return ""
}
