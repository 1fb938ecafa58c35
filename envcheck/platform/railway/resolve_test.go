package railway_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

// crowd is the shop with names that differ in case only.
func crowd() railwayfake.State {
	state := shop()
	p := &state.Projects[0]
	for _, name := range []string{"Backend", "API", "api", "Twin", "Twin", "Lone"} {
		id := railwayfake.ID("crowd", name+strings.Repeat("x", len(p.Services)))
		p.Services = append(p.Services, railwayfake.Service{ID: id, Name: name})
	}
	p.Environments = append(p.Environments,
		railwayfake.Environment{Name: "Preview"}, railwayfake.Environment{Name: "preview"},
		railwayfake.Environment{Name: "QA"}, railwayfake.Environment{ID: railwayfake.ID("environment", "QA2"), Name: "QA"},
		railwayfake.Environment{Name: "Demo"})
	state.Projects = append(state.Projects,
		railwayfake.Project{Name: "Store", Workspace: "acme", Services: []railwayfake.Service{{Name: "one"}}, Environments: []railwayfake.Environment{{Name: "production"}}},
		railwayfake.Project{Name: "shop", ID: railwayfake.ID("project", "other shop"), Workspace: "other"},
	)
	return state
}

func TestResolve(t *testing.T) {
	tests := map[string]struct {
		change func(*envcheck.Target)
		want   string   // "project/service/environment" of the answer
		fails  []string // in place of want
	}{
		"ids":                    {func(t *envcheck.Target) { t.Service, t.Ref.Name = backendID, productionID }, "shop/backend/production", nil},
		"ids in capitals":        {func(t *envcheck.Target) { t.Service = strings.ToUpper(backendID) }, "shop/backend/production", nil},
		"exact name first":       {func(t *envcheck.Target) { t.Service = "Backend" }, "shop/Backend/production", nil},
		"exact, other case":      {func(t *envcheck.Target) { t.Service = "api" }, "shop/api/production", nil},
		"other case only":        {func(t *envcheck.Target) { t.Service = "LONE" }, "shop/Lone/production", nil},
		"ambiguous in case":      {func(t *envcheck.Target) { t.Service = "Api" }, "", []string{"two services", `"Api"`, "id"}},
		"two of one name":        {func(t *envcheck.Target) { t.Service = "Twin" }, "", []string{"two services", `"Twin"`}},
		"no such service":        {func(t *envcheck.Target) { t.Service = "gone" }, "", []string{"no service", `"gone"`, `"backend"`}},
		"no service named":       {func(t *envcheck.Target) { t.Service = "" }, "", []string{"names no service"}},
		"environment, exact":     {func(t *envcheck.Target) { t.Ref.Name = "Preview" }, "shop/backend/Preview", nil},
		"environment, any case":  {func(t *envcheck.Target) { t.Ref.Name = "DEMO" }, "shop/backend/Demo", nil},
		"environment, ambiguous": {func(t *envcheck.Target) { t.Ref.Name = "PREVIEW" }, "", []string{"two environments"}},
		"environment, twice":     {func(t *envcheck.Target) { t.Ref.Name = "QA" }, "", []string{"two environments", `"QA"`}},
		"no environment named":   {func(t *envcheck.Target) { t.Ref.Name = "" }, "", []string{"names no project or no environment"}},
		"no project named":       {func(t *envcheck.Target) { t.Project = "" }, "", []string{"names no project or no environment"}},
		"project in a team":      {func(t *envcheck.Target) { t.Project, t.Team = "shop", "acme" }, "shop/backend/production", nil},
		"project, two teams":     {func(t *envcheck.Target) { t.Project = "shop" }, "", []string{"two projects", "id"}},
		"project, any case":      {func(t *envcheck.Target) { t.Project, t.Service = "store", "" }, "Store/one/production", nil},
		"no such project":        {func(t *envcheck.Target) { t.Project = "gone" }, "", []string{`no project "gone"`}},
		"project of no team":     {func(t *envcheck.Target) { t.Project, t.Team = "shop", "nobody" }, "", []string{`workspace "nobody"`}},
		"unknown project id":     {func(t *envcheck.Target) { t.Project = oldID }, "", []string{"was not found"}},
		"unknown environment id": {func(t *envcheck.Target) { t.Ref.Name = backendID }, "", []string{"was not found"}},
		"environment of another project": {func(t *envcheck.Target) {
			t.Ref.Name = railwayfake.ID("environment", "elsewhere/production")
		}, "", []string{"was not found"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			target := backend("production")
			target.Project = shopID
			tt.change(&target)
			a := newWorld(t, crowd()).one(t, target)
			if tt.fails != nil {
				wantFailed(t, a, tt.fails...)
				return
			}
			wantWhole(t, a)
			if got := a.Place.Project + "/" + a.Place.Service + "/" + a.Place.Environment; got != tt.want {
				t.Errorf("resolved to %s, want %s", got, tt.want)
			}
		})
	}
}

// Environments of pull requests and deleted ones are not meant by a name.
func TestEnvironmentsByName(t *testing.T) {
	for _, name := range []string{"shop-pr-7", "old", "nowhere"} {
		t.Run(name, func(t *testing.T) {
			target := backend(name)
			target.Project = shopID
			a := newWorld(t, shop()).one(t, target)
			if !a.NoSuchEnvironment || a.Complete || len(a.Settings) > 0 || len(a.Incomplete) > 0 {
				t.Errorf("answer %+v", a)
			}
			if diff := cmp.Diff([]string{"bare", "production", "staging"}, a.Environments); diff != "" {
				t.Errorf("environments (-want +got):\n%s", diff)
			}
			if a.Place.Project != "shop" {
				t.Errorf("project %q", a.Place.Project)
			}
		})
	}
	t.Run("by id", func(t *testing.T) {
		target := byID()
		target.Ref.Name = pullID
		a := newWorld(t, shop()).one(t, target)
		wantWhole(t, a)
		setting(t, a, "OF_A_PULL_REQUEST")
	})
	t.Run("deleted, by id", func(t *testing.T) {
		target := byID()
		target.Ref.Name = oldID
		if a := newWorld(t, shop()).one(t, target); !a.NoSuchEnvironment || a.Complete {
			t.Errorf("answer %+v", a)
		}
	})
	t.Run("a deleted twin", func(t *testing.T) {
		state := shop()
		state.Projects[0].Environments = append(state.Projects[0].Environments,
			railwayfake.Environment{ID: railwayfake.ID("environment", "before"), Name: "production", Deleted: true},
			railwayfake.Environment{ID: railwayfake.ID("environment", "pull"), Name: "production", Ephemeral: true})
		target := backend("production")
		target.Project = shopID
		a := newWorld(t, state).one(t, target)
		wantWhole(t, a)
		if a.Project.EnvironmentID != productionID {
			t.Error("a deleted environment or one of a pull request was taken")
		}
	})
}

func TestDeletedProject(t *testing.T) {
	state := shop()
	state.Projects[0].Deleted = true
	for _, target := range []envcheck.Target{byID(), withProject([]envcheck.Target{backend("production")}, shopID)[0]} {
		a := newWorld(t, state).one(t, target)
		wantFailed(t, a, "was deleted")
	}
}

// An instance that was deleted is no service here.
func TestDeletedService(t *testing.T) {
	state := shop()
	state.Projects[0].Services[0].Deleted = true
	wantFailed(t, newWorld(t, state).one(t, backend("production")), `no service "backend"`)
}
