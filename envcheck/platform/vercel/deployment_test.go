package vercel_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

func TestStorage(t *testing.T) {
	type v = vercelfake.Variable
	rows := []v{
		{Name: "PLAIN", Type: "plain", Value: "x", Targets: prod},
		{Name: "ENCRYPTED", Targets: prod},
		{Name: "SENSITIVE", Type: "sensitive", Targets: prod},
		{Name: "LEGACY", Type: "secret", Targets: prod},
		{Name: "SYSTEM", Type: "system", Targets: prod},
		{Name: "OLD_PLAIN", Type: "plain", Targets: prod, Visibility: "-"},
		{Name: "PLAIN_SECRET", Type: "plain", Targets: prod, Visibility: "secret"},
		{Name: "ENCRYPTED_SECRET", Targets: prod, Visibility: "secret"},
		{Name: "SENSITIVE_CONFIG", Type: "sensitive", Targets: prod, Visibility: "config"},
		{Name: "NEW_WORD", Type: "plain", Targets: prod, Visibility: "team"},
	}
	want := map[string]envcheck.Storage{
		"PLAIN": envcheck.StoredInClear, "OLD_PLAIN": envcheck.StoredInClear,
		"ENCRYPTED": envcheck.StoredReadable, "LEGACY": envcheck.StoredReadable,
		"SENSITIVE": envcheck.StoredSealed, "SYSTEM": envcheck.StorageUnknown,
		"PLAIN_SECRET": envcheck.StorageUnknown, "ENCRYPTED_SECRET": envcheck.StorageUnknown,
		"SENSITIVE_CONFIG": envcheck.StorageUnknown, "NEW_WORD": envcheck.StorageUnknown,
		"SHARED": envcheck.StoredInClear, "SHARED_NO_TYPE": envcheck.StoredReadable,
	}
	team := shared(
		vercelfake.Shared{Team: "acme", Name: "SHARED", Type: "plain", Targets: prod, Projects: []string{"shop"}},
		vercelfake.Shared{Team: "acme", Name: "SHARED_NO_TYPE", Type: "-", Targets: prod, Projects: []string{"shop"}},
	)
	got := map[string]envcheck.Storage{}
	for _, s := range fetchOne(t, source(t, vercelfake.New(acme(vars(rows...), team))), target("production")).Settings {
		got[s.Name] = s.Storage
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// at is a number of hours after some day.
func at(hours int) time.Time { return changed.Add(time.Duration(hours) * time.Hour) }

// TestDeployed says which deployment counts, in hours; 0 is not known.
func TestDeployed(t *testing.T) {
	type d = vercelfake.Deployment
	production := func(id string, created int) d {
		return d{ID: id, Target: "production", Branch: "main", Created: at(created)}
	}
	with := func(x d, state, substate string) d {
		x.State, x.Substate = state, substate
		return x
	}
	ask := func(to, status, kind string, requested int) *vercelfake.AliasRequest {
		return &vercelfake.AliasRequest{From: "x", To: to, Status: status, Type: kind, Requested: at(requested)}
	}
	two := []d{production("one", 1), production("two", 2)}
	tests := map[string]struct {
		cell    string
		all     []d
		current string
		last    *vercelfake.AliasRequest
		want    int
		id      string
	}{
		"never deployed":               {cell: "production"},
		"the current one":              {"production", two, "two", nil, 2, "two"},
		"its turn to be built":         {"production", []d{{ID: "one", Target: "production", Created: at(1), Building: at(3)}}, "one", nil, 3, "one"},
		"a newer one failed":           {"production", append(two, with(production("three", 3), "ERROR", "")), "two", nil, 2, "two"},
		"a newer one was canceled":     {"production", append(two, with(production("three", 3), "CANCELED", "")), "two", nil, 2, "two"},
		"a newer one is being built":   {"production", append(two, with(production("three", 3), "BUILDING", "")), "two", nil, 0, ""},
		"a newer one waits":            {"production", append(two, with(production("three", 3), "QUEUED", "")), "two", nil, 0, ""},
		"an older one hangs":           {"production", append(two, with(production("zero", 0), "QUEUED", "")), "two", nil, 2, "two"},
		"a preview is being built":     {"production", append(two, d{ID: "p", Branch: "dev", State: "BUILDING", Created: at(4)}), "two", nil, 2, "two"},
		"a newer one is staged":        {"production", append(two, with(production("three", 3), "", "STAGED")), "two", nil, 2, "two"},
		"it is promoted":               {"production", []d{with(production("one", 1), "", "PROMOTED")}, "one", nil, 1, "one"},
		"it rolls out":                 {"production", []d{with(production("one", 1), "", "ROLLING")}, "one", nil, 0, ""},
		"it is staged itself":          {"production", []d{with(production("one", 1), "", "STAGED")}, "one", nil, 0, ""},
		"it is not ready":              {"production", []d{with(production("one", 1), "BUILDING", "")}, "one", nil, 0, ""},
		"rolled back, and named":       {"production", two, "one", ask("one", "succeeded", "rollback", 3), 1, "one"},
		"rolled back, not named":       {"production", two, "two", ask("one", "succeeded", "rollback", 3), 1, "one"},
		"rolled back, newer builds":    {"production", append(two, production("four", 4)), "four", ask("one", "succeeded", "rollback", 3), 1, "one"},
		"rolled back out of sight":     {"production", two, "two", ask("long-ago", "succeeded", "rollback", 3), 0, ""},
		"a rollback is under way":      {"production", two, "two", ask("one", "in-progress", "rollback", 3), 0, ""},
		"a rollback waits":             {"production", two, "two", ask("one", "pending", "rollback", 3), 0, ""},
		"a rollback failed half way":   {"production", two, "two", ask("one", "failed", "rollback", 3), 0, ""},
		"a rollback was skipped":       {"production", two, "two", ask("one", "skipped", "rollback", 3), 2, "two"},
		"promoted":                     {"production", two, "one", ask("one", "succeeded", "promote", 3), 1, "one"},
		"promoted, then deployed":      {"production", append(two, production("four", 4)), "four", ask("one", "succeeded", "promote", 3), 4, "four"},
		"promoted, and another serves": {"production", two, "two", ask("one", "succeeded", "promote", 3), 0, ""},
		"preview as a whole":           {"preview", []d{{ID: "p", Branch: "dev", Created: at(1)}}, "", nil, 0, ""},
		"development":                  {"development", two, "two", nil, 0, ""},
		"a custom environment":         {"staging", two, "two", nil, 0, ""},
		"a branch": {"preview@dev", []d{
			{ID: "p1", Branch: "dev", Created: at(1)}, {ID: "p2", Branch: "dev", Created: at(2)},
			{ID: "p3", Branch: "dev", Created: at(3), State: "ERROR"}, {ID: "o", Branch: "other", Created: at(4)},
			{ID: "m", Branch: "dev", Target: "production", Created: at(5)},
		}, "", nil, 2, "p2"},
		"a branch is being built": {"preview@dev", []d{{ID: "p1", Branch: "dev", Created: at(1)}, {ID: "p2", Branch: "dev", State: "BUILDING", Created: at(2)}}, "", nil, 0, ""},
		"a branch without any":    {"preview@dev", []d{{ID: "p", Branch: "other", Created: at(1)}, {ID: "q", Created: at(2)}}, "", nil, 0, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, host := range []string{"github", "gitlab", "bitbucket"} {
				s := source(t, vercelfake.New(acme(func(s *vercelfake.State) {
					p := &s.Projects[0]
					p.Host, p.Deployments, p.Current, p.LastAlias = host, test.all, test.current, test.last
				})))
				facts := fetchOne(t, s, target(test.cell)).Project
				want := time.Time{}
				if test.want > 0 {
					want = at(test.want)
				}
				if !facts.Deployed.Equal(want) || facts.Deployment != test.id {
					t.Errorf("%s: %q, deployed %v, want %q, %v", host, facts.Deployment, facts.Deployed, test.id, want)
				}
			}
		})
	}
}

// TestOddDeployments: what is told of deployments in a form that is not known is
// not known, and no reason to fail.
func TestOddDeployments(t *testing.T) {
	for _, member := range []string{"targets", "latestDeployments", "lastAliasRequest"} {
		for _, odd := range []string{
			`null`, `7`, `"x"`, `[]`, `{}`, `[null]`, `[7]`, `{"production":null}`, `{"production":7}`, `{"production":{}}`,
			`{"production":{"id":7,"createdAt":"x","readyState":[],"readySubstate":{},"target":7,"meta":7}}`,
			`{"production":{"id":"one","createdAt":1,"readyState":"READY","readySubstate":7}}`,
			`[{"id":"one","target":null,"meta":{"githubCommitRef":7},"readyState":"READY","createdAt":1}]`,
			`{"jobStatus":7}`, `{"jobStatus":"succeeded","toDeploymentId":null}`,
		} {
			fake := vercelfake.New(acme(vars(vercelfake.Variable{Name: "A", Targets: allThen})))
			fake.Break(vercelfake.Fault{Route: projectRoute, Answer: vercelfake.Changed(func(m map[string]any) { m[member] = json.RawMessage(odd) })})
			s := source(t, fake)
			for _, cell := range []string{"production", "preview@dev"} {
				a := fetchOne(t, s, target(cell))
				if !a.Complete || len(a.Settings) != 1 || !a.Project.Deployed.IsZero() {
					t.Errorf("%s %s: %+v", member, odd, a)
				}
			}
		}
	}
}
