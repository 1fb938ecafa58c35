package railway_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

func TestNames(t *testing.T) {
	w := newWorld(t, shop())
	a := w.one(t, backend("production"))
	wantWhole(t, a)
	want := map[string]envtight.State{
		"PLAIN": envtight.Set, "BLANK": envtight.Set, "SEALED": envtight.Unreadable,
		"DATABASE_URL": envtight.Reference, "API_KEY": envtight.Reference, "SELF": envtight.Reference,
	}
	if diff := cmp.Diff(want, states(a)); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	place := envtight.Place{Platform: "railway", Project: "shop", Service: "backend", Environment: "production"}
	if a.Place != place {
		t.Errorf("place %v, want %v", a.Place, place)
	}
	facts := envcheck.ProjectFacts{
		ID: shopID, Name: "shop", EnvironmentID: productionID, ServiceID: backendID,
		Repository: "acme/shop", RootDirectory: "apps/backend", RootKnown: true,
	}
	if diff := cmp.Diff(facts, a.Project); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if setting(t, a, "PLAIN").Updated.IsZero() {
		t.Error("the time of the last change is lost")
	}
	for _, odd := range []any{nil, 7, "yesterday"} {
		w.fake.Break(railwayfake.Fault{Field: "environment", Times: 1, Answer: inVariables(func(l map[string]any) {
			firstNode(l)["updatedAt"] = odd
		})})
		wantWhole(t, w.one(t, byID()))
	}
}

// Shared variables reach a service only through a variable of its own.
func TestSharedOnlyWhereShared(t *testing.T) {
	w := newWorld(t, shop())
	worker := backend("production")
	worker.App, worker.Service = "worker", "worker"
	for _, values := range []bool{false, true} {
		worker.Values = values
		a := w.one(t, worker)
		wantWhole(t, a)
		if diff := cmp.Diff(map[string]envtight.State{"QUEUE": envtight.Set}, states(a)); diff != "" {
			t.Errorf("values %v: states of a service that shares nothing (-want +got):\n%s", values, diff)
		}
	}
	a := w.one(t, backend("production"))
	if !setting(t, a, "API_KEY").Shared || setting(t, a, "DATABASE_URL").Shared {
		t.Error("the reference to the shared variable, and only that, should count as shared")
	}
	if _, there := states(a)["ONLY_SHARED"]; there {
		t.Error("a shared variable is credited to a service that does not share it")
	}
}

// The number of calls in names mode.
func TestCalls(t *testing.T) {
	many := func(target envcheck.Target) []envcheck.Target {
		worker, postgres := target, target
		worker.Service, postgres.Service = "worker", "Postgres"
		return []envcheck.Target{target, worker, postgres, target}
	}
	staging := backend("staging")
	stagingByID := byID()
	stagingByID.Ref.Name = stagingID
	own := backend("production")
	own.Token = token(productionToken, "RAILWAY_TOKEN")
	unnamed := own
	unnamed.Token = token(productionToken, "ENVTIGHT_RAILWAY_TOKEN_PROD")
	unknown := byID()
	unknown.Token = token(accountToken, "ENVTIGHT_RAILWAY_TOKEN")
	tests := map[string]struct {
		targets []envcheck.Target
		want    []string
	}{
		"by id":                       {many(byID()), []string{"EnvtightEnvironment"}},
		"two environments by id":      {append(many(byID()), many(stagingByID)...), []string{"EnvtightEnvironment", "EnvtightEnvironment"}},
		"project token":               {many(own), []string{"EnvtightProjectToken"}},
		"project token, unknown kind": {many(unnamed), []string{"EnvtightProjectToken"}},
		"account token, unknown kind": {many(unknown), []string{"EnvtightProjectToken", "EnvtightEnvironment"}},
		"everything by name": {append(many(backend("production")), many(staging)...), []string{
			"EnvtightWorkspaces", "EnvtightProjects", "EnvtightProjects", "EnvtightProject", "EnvtightEnvironment", "EnvtightEnvironment",
		}},
		"environments by name": {withProject(append(many(backend("production")), many(staging)...), shopID), []string{
			"EnvtightProject", "EnvtightEnvironment", "EnvtightEnvironment",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shop())
			for _, a := range w.fetch(t, tt.targets...) {
				wantWhole(t, a)
			}
			var got []string
			for _, r := range w.fake.Requests() {
				got = append(got, r.Operation)
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func withProject(targets []envcheck.Target, project string) []envcheck.Target {
	for i := range targets {
		targets[i].Project = project
	}
	return targets
}

func TestPages(t *testing.T) {
	state := shop()
	state.PageSize = 2
	p := &state.Projects[0]
	for i := range 30 {
		p.Environments[0].Variables = append(p.Environments[0].Variables,
			railwayfake.Variable{Service: "backend", Name: fmt.Sprintf("V%02d", i), Value: "x"})
		p.Services = append(p.Services, railwayfake.Service{Name: fmt.Sprintf("s%02d", i)})
		p.Environments = append(p.Environments, railwayfake.Environment{Name: fmt.Sprintf("e%02d", i)})
	}
	p.Environments = append(p.Environments, railwayfake.Environment{
		Name: "last", Variables: []railwayfake.Variable{{Service: "s29", Name: "LAST", Value: "x"}},
	})
	last := backend("last")
	last.Service = "s29"
	own := backend("production")
	own.Token = token(productionToken, "RAILWAY_TOKEN")
	w := newWorld(t, state)
	answers := w.fetch(t, backend("production"), last, own)
	for i, want := range []int{36, 1, 36} {
		wantWhole(t, answers[i])
		if got := len(answers[i].Settings); got != want {
			t.Errorf("answer %d has %d settings, want %d", i, got, want)
		}
	}
}

// An empty list proves absence only when the configuration is empty, too.
func TestEmptyNames(t *testing.T) {
	t.Run("beside a configuration that is not", func(t *testing.T) {
		state := shop()
		state.NamesHidden = true
		w := newWorld(t, state)
		wantFailed(t, w.one(t, byID()), "is empty, but its configuration has variables", "production", "shop")
		if n := len(w.fake.Requests()); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
	})
	t.Run("beside a configuration nobody can read", func(t *testing.T) {
		state := shop()
		state.NamesHidden = true
		w := newWorld(t, state)
		w.fake.Break(railwayfake.Fault{Field: "environment", Answer: railwayfake.Changed(func(data map[string]any) {
			data["environment"].(map[string]any)["config"] = "zstd:0"
		})})
		wantFailed(t, w.one(t, byID()), "cannot be read", "upgrade envtight")
	})
	t.Run("and there is nothing", func(t *testing.T) {
		w := newWorld(t, shop())
		a := w.one(t, backend("bare"))
		wantWhole(t, a)
		if len(a.Settings) > 0 {
			t.Errorf("settings %v", states(a))
		}
	})
	t.Run("of one service only", func(t *testing.T) {
		w := newWorld(t, shop())
		w.fake.Break(railwayfake.Fault{Field: "environment", Answer: railwayfake.Changed(func(data map[string]any) {
			list := data["environment"].(map[string]any)["variables"].(map[string]any)
			list["edges"] = slices.DeleteFunc(list["edges"].([]any), func(e any) bool {
				return e.(map[string]any)["node"].(map[string]any)["serviceId"] == backendID
			})
		})})
		wantFailed(t, w.one(t, byID()), `service "backend" is empty`)
	})
	t.Run("a name that only the configuration has", func(t *testing.T) {
		w := newWorld(t, shop())
		w.fake.Break(railwayfake.Fault{Field: "environment", Answer: railwayfake.Changed(func(data map[string]any) {
			config := data["environment"].(map[string]any)["config"].(map[string]any)
			names := config["services"].(map[string]any)[backendID].(map[string]any)["variables"].(map[string]any)
			names["EXTRA"] = map[string]any{"value": nil, "isSealed": true}
			names["UNSET"] = map[string]any{"value": nil, "isOptional": true}
			names["DELETED"] = nil
		})})
		a := w.one(t, byID())
		wantWhole(t, a)
		if got := setting(t, a, "EXTRA").State; got != envtight.Unreadable {
			t.Errorf("EXTRA is %v", got)
		}
		if got := states(a); got["UNSET"].IsSet() || got["DELETED"].IsSet() {
			t.Errorf("a template's unset variable or a deleted one counts as set: %v", got)
		}
	})
}

func TestStaged(t *testing.T) {
	state := shop()
	state.Projects[0].Environments[0].Staged = []railwayfake.Staged{
		{Service: "backend", Name: "COMING", Value: plainValue},
		{Service: "backend", Name: "PLAIN", Value: "changed to this"},
		{Service: "backend", Name: "BLANK", Delete: true},
		{Service: "worker", Name: "NOT_OURS", Value: "x"},
		{Name: "SHARED_COMING", Value: "x"},
	}
	own := backend("production")
	own.Token = token(productionToken, "RAILWAY_TOKEN")
	named := backend("production")
	named.Project = shopID
	for name, target := range map[string]envcheck.Target{"by id": byID(), "by name": named, "project token": own} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, state)
			a := w.one(t, target)
			wantWhole(t, a)
			got := states(a)
			if got["COMING"] != envtight.Staged || got["PLAIN"] != envtight.Set || got["BLANK"] != envtight.Set || got["NOT_OURS"].IsSet() {
				t.Errorf("states %v", got)
			}
			if n := len(w.fake.Requests()); n > 2 {
				t.Errorf("%d calls, want at most 2", n)
			}
		})
	}
	t.Run("an unknown status", func(t *testing.T) {
		w := newWorld(t, state)
		w.fake.Break(railwayfake.Fault{Field: "environmentStagedChanges", Answer: railwayfake.Changed(func(data map[string]any) {
			data["environmentStagedChanges"].(map[string]any)["status"] = "PONDERING"
		})})
		wantFailed(t, w.one(t, byID()), "status of the staged changes", "upgrade envtight", "2026-08-08")
	})
	t.Run("committed meanwhile", func(t *testing.T) {
		w := newWorld(t, state)
		w.fake.Break(railwayfake.Fault{Field: "environmentStagedChanges", Answer: railwayfake.Changed(func(data map[string]any) {
			data["environmentStagedChanges"].(map[string]any)["status"] = "COMMITTED"
		})})
		if a := w.one(t, byID()); states(a)["COMING"].IsSet() {
			t.Error("a change that is no longer staged counts as staged")
		}
	})
}

func TestProvided(t *testing.T) {
	for name, want := range map[string]bool{
		"RAILWAY_PUBLIC_DOMAIN": true, "RAILWAY_GIT_COMMIT_SHA": true, "RAILWAY_VOLUME_MOUNT_PATH": true,
		"RAILWAY_TCP_PROXY_PORT": true, "RAILWAY_ENVIRONMENT_NAME": true, "PORT": true,
		"RAILWAY_DOCKERFILE_PATH": false, "RAILWAY_RUN_UID": false, "RAILWAY_SHM_SIZE_BYTES": false,
		"RAILWAY_HEALTHCHECK_TIMEOUT_SEC": false, "RAILWAY_TOKEN": false, "DATABASE_URL": false, "": false,
	} {
		if railway.Provided(name) != want {
			t.Errorf("Provided(%q) is %v", name, !want)
		}
	}
	// Configuration that a user sets counts as an ordinary variable.
	state := shop()
	production := &state.Projects[0].Environments[0]
	production.Variables = append(production.Variables, railwayfake.Variable{Service: "backend", Name: "RAILWAY_DOCKERFILE_PATH", Value: "api.Dockerfile"})
	for _, values := range []bool{false, true} {
		target := backend("production")
		target.Values = values
		a := newWorld(t, state).one(t, target)
		if setting(t, a, "RAILWAY_DOCKERFILE_PATH").State != envtight.Set {
			t.Error("RAILWAY_DOCKERFILE_PATH is lost")
		}
		if states(a)["RAILWAY_SERVICE_ID"].IsSet() {
			t.Error("what Railway provides is listed as if somebody had set it")
		}
		if !a.Provides("RAILWAY_SERVICE_ID") {
			t.Error("the answer does not know what is provided")
		}
	}
}
