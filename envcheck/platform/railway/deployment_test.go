package railway_test

import (
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

// production is the environment of that name in a state of the shop.
func production(s *railwayfake.State) *railwayfake.Environment {
	return &s.Projects[0].Environments[0]
}

func TestStorage(t *testing.T) {
	state := shop()
	e := production(&state)
	e.Staged = append(e.Staged,
		railwayfake.Staged{Service: "backend", Name: "NEW", Value: "x"},
		railwayfake.Staged{Service: "backend", Name: "PLAIN", Value: "x"})
	a := newWorld(t, state).one(t, byID())
	wantWhole(t, a)
	for name, want := range map[string]envcheck.Storage{
		"PLAIN": envcheck.StoredReadable, "SEALED": envcheck.StoredSealed,
		"DATABASE_URL": envcheck.StoredReadable, "NEW": envcheck.StorageUnknown,
	} {
		if got := setting(t, a, name).Storage; got != want {
			t.Errorf("%s: storage %d, want %d", name, got, want)
		}
	}
	if s := setting(t, a, "NEW"); s.State != envtight.Staged {
		t.Errorf("what is new and staged is %s", s.State)
	}
	if s := setting(t, a, "PLAIN"); s.State != envtight.Set {
		t.Errorf("what is there and changed by a staged patch is %s", s.State)
	}
}

// TestStorageOfNamesElsewhere: a name that only the configuration holds, without
// a word of whether it is sealed, is stored nobody knows how.
func TestStorageOfNamesElsewhere(t *testing.T) {
	for told, want := range map[any]envcheck.Storage{
		nil: envcheck.StorageUnknown, true: envcheck.StoredSealed, false: envcheck.StoredReadable,
	} {
		w := newWorld(t, shop())
		w.fake.Break(railwayfake.Fault{Field: "environment", Answer: inEnvironment(func(e map[string]any) {
			services := e["config"].(map[string]any)["services"].(map[string]any)
			services[backendID].(map[string]any)["variables"].(map[string]any)["ONLY_CONFIGURED"] = map[string]any{"isSealed": told}
		})})
		if got := setting(t, w.one(t, byID()), "ONLY_CONFIGURED").Storage; got != want {
			t.Errorf("sealed %v: storage %d, want %d", told, got, want)
		}
	}
}

// TestDeployed says which deployment counts, in hours; 0 is not known.
func TestDeployed(t *testing.T) {
	at := func(hours int) time.Time { return time.Date(2026, 2, 3, hours, 0, 0, 0, time.UTC) }
	type d = railwayfake.Deployment
	active := func(hours int, status string) d {
		return d{Service: "backend", Created: at(hours), Status: status, Active: true}
	}
	past := func(hours int, status string) d { return d{Service: "backend", Created: at(hours), Status: status} }
	tests := map[string]struct {
		all  []d
		want int
	}{
		"never deployed":                    {nil, 0},
		"one":                               {[]d{active(1, "SUCCESS")}, 1},
		"it sleeps":                         {[]d{active(1, "SLEEPING")}, 1},
		"it crashed":                        {[]d{active(1, "CRASHED")}, 0},
		"removed ones":                      {[]d{past(1, "REMOVED"), active(2, "")}, 2},
		"all removed":                       {[]d{past(1, "REMOVED")}, 0},
		"two replicas of different age":     {[]d{active(1, ""), active(2, "")}, 2},
		"a newer one is being built":        {[]d{active(1, ""), past(2, "BUILDING")}, 0},
		"a newer one takes over":            {[]d{active(1, ""), active(2, "DEPLOYING")}, 0},
		"a newer one failed":                {[]d{active(1, ""), past(2, "FAILED")}, 1},
		"a newer one was skipped":           {[]d{active(1, ""), past(2, "SKIPPED")}, 1},
		"a newer one waits for a person":    {[]d{active(1, ""), past(2, "NEEDS_APPROVAL")}, 1},
		"a newer one in a state unheard of": {[]d{active(1, ""), past(2, "QUEUED")}, 0},
		"another service's":                 {[]d{{Service: "worker", Created: at(1), Active: true}}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			state := shop()
			production(&state).Deployments = test.all
			a := newWorld(t, state).one(t, byID())
			wantWhole(t, a)
			want := time.Time{}
			if test.want > 0 {
				want = at(test.want)
			}
			if !a.Project.Deployed.Equal(want) || want.IsZero() != (a.Project.Deployment == "") {
				t.Errorf("%q was deployed %v, want %v", a.Project.Deployment, a.Project.Deployed, want)
			}
		})
	}
}

// TestOddDeployments: what is missing or of no known form is not known.
func TestOddDeployments(t *testing.T) {
	node := func(e map[string]any) map[string]any {
		list := e["serviceInstances"].(map[string]any)["edges"].([]any)
		for _, edge := range list {
			if n := edge.(map[string]any)["node"].(map[string]any); n["serviceId"] == backendID {
				return n
			}
		}
		return nil
	}
	for name, change := range map[string]func(n map[string]any){
		"no list":         func(n map[string]any) { delete(n, "activeDeployments") },
		"a word":          func(n map[string]any) { n["activeDeployments"] = "none" },
		"a list of words": func(n map[string]any) { n["activeDeployments"] = []string{"one"} },
		"no latest":       func(n map[string]any) { n["latestDeployment"] = "none" },
		"null":            func(n map[string]any) { n["activeDeployments"] = nil },
		"no time":         func(n map[string]any) { n["activeDeployments"].([]any)[0].(map[string]any)["createdAt"] = nil },
		"another time":    func(n map[string]any) { n["activeDeployments"].([]any)[0].(map[string]any)["createdAt"] = "yesterday" },
		"another status":  func(n map[string]any) { n["activeDeployments"].([]any)[0].(map[string]any)["status"] = "DREAMING" },
		"something newer": func(n map[string]any) {
			n["latestDeployment"] = map[string]any{"id": "x", "status": "DREAMING", "createdAt": "2030-01-01T00:00:00Z"}
		},
	} {
		state := shop()
		production(&state).Deployments = []railwayfake.Deployment{{Service: "backend", Active: true}}
		w := newWorld(t, state)
		w.fake.Break(railwayfake.Fault{Field: "environment", Answer: inEnvironment(func(e map[string]any) { change(node(e)) })})
		a := w.one(t, byID())
		wantWhole(t, a)
		if !a.Project.Deployed.IsZero() {
			t.Errorf("%s: deployed %v", name, a.Project.Deployed)
		}
	}
}
