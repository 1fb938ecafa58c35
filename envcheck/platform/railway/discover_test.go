package railway_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

// many is the shop beside projects of other repositories, over several pages.
func many() railwayfake.State {
	state := shop()
	state.PageSize = 2
	all := railwayfake.Environment{Name: "production"}
	state.Projects = append(state.Projects,
		railwayfake.Project{Name: "whole", Workspace: "acme", Environments: []railwayfake.Environment{all}, Services: []railwayfake.Service{
			{Name: "site", Repo: "acme/site", RootDirectory: "/"}, {Name: "noise"},
		}},
		railwayfake.Project{Name: "unrooted", Workspace: "acme", Environments: []railwayfake.Environment{all}, Services: []railwayfake.Service{
			{Name: "api", Repo: "Acme/Mono"}, {Name: "web", Repo: "acme/mono"},
		}},
		railwayfake.Project{Name: "uploaded", Workspace: "acme", Environments: []railwayfake.Environment{all}, Services: []railwayfake.Service{{Name: "mailer"}}},
		railwayfake.Project{Name: "ended", Workspace: "acme", Deleted: true, Environments: []railwayfake.Environment{all}, Services: []railwayfake.Service{{Name: "mailer"}}},
		railwayfake.Project{Name: "void", Workspace: "acme"},
	)
	return state
}

func TestDiscover(t *testing.T) {
	tests := map[string]struct {
		repository, name, dir string
		token                 envcheck.Token
		want                  []string // "project/service sure|likely"
	}{
		"repository and directory": {"acme/shop", "backend", "apps/backend", token(accountToken, "RAILWAY_API_TOKEN"), []string{"shop/backend sure"}},
		"a workspace token":        {"acme/shop", "backend", "apps/backend/", token(workspaceToken, ""), []string{"shop/backend sure"}},
		"a project token":          {"acme/shop", "worker", "apps/worker", token(productionToken, "RAILWAY_TOKEN"), []string{"shop/worker sure"}},
		"the root":                 {"acme/site", "anything", "", token(accountToken, ""), []string{"whole/site sure"}},
		"repository and name":      {"acme/mono", "api", "services/api", token(accountToken, ""), []string{"unrooted/api likely"}},
		"directory's last part":    {"acme/mono", "@acme/front", "apps/web", token(accountToken, ""), []string{"unrooted/web likely"}},
		"name alone":               {"acme/none", "mailer", "apps/mailer", token(accountToken, ""), []string{"uploaded/mailer likely"}},
		"another directory's name": {"acme/shop", "backend", "services/backend", token(accountToken, ""), nil},
		"another repository":       {"acme/none", "backend", "apps/backend", token(accountToken, ""), nil},
		"no repository":            {"", "backend", "apps/backend", token(accountToken, ""), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, many())
			found, incomplete := w.source.Discover(t.Context(), envcheck.Query{
				Repository: tt.repository, Token: tt.token, Apps: []envcheck.AppDir{{Name: tt.name, Dir: tt.dir}},
			})
			sourcetest.NoValues(t, allValues, found, incomplete)
			if len(incomplete) > 0 {
				t.Errorf("incomplete: %+v", incomplete)
			}
			var got []string
			for _, c := range found {
				how := " likely"
				if c.Sure {
					how = " sure"
				}
				got = append(got, c.ProjectName+"/"+c.ServiceName+how)
				if c.App != tt.name || c.Why == "" || len(c.Environments) == 0 || c.Project == c.ProjectName {
					t.Errorf("candidate %+v", c)
				}
				for _, e := range c.Environments {
					if strings.Contains(e, "-pr-") || e == "old" {
						t.Errorf("environment %s is offered", e)
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiscoverInTeam(t *testing.T) {
	w := newWorld(t, many())
	q := envcheck.Query{Repository: "acme/shop", Team: "other", Token: token(accountToken, ""), Apps: []envcheck.AppDir{{Name: "backend", Dir: "apps/backend"}}}
	if found, _ := w.source.Discover(t.Context(), q); len(found) > 0 {
		t.Errorf("found %+v in another workspace", found)
	}
}

// What could be seen is returned although a part failed.
func TestDiscoverInPart(t *testing.T) {
	state := many()
	state.PageSize = 100
	w := newWorld(t, state)
	w.fake.Break(railwayfake.Fault{Field: "environment", Times: 1, Answer: railwayfake.Message("Problem processing request")})
	_, incomplete := w.source.Discover(t.Context(), envcheck.Query{
		Repository: "acme/shop", Token: token(accountToken, ""), Apps: []envcheck.AppDir{{Name: "backend", Dir: "apps/backend"}},
	})
	if len(incomplete) != 1 {
		t.Errorf("%d failures, want 1", len(incomplete))
	}
}

func TestProbe(t *testing.T) {
	tests := map[string]struct {
		text, from string
		change     func(*envcheck.Target)
		kind       string
		ok         bool
		says       string
	}{
		"project token":           {productionToken, "RAILWAY_TOKEN", nil, "project token", true, "project shop, environment production"},
		"project token, mismatch": {stagingToken, "RAILWAY_TOKEN", nil, "project token", false, "not environment"},
		"account token":           {accountToken, "RAILWAY_API_TOKEN", nil, "account or workspace token", true, "project shop, environment production"},
		"unknown kind":            {workspaceToken, "ENVTIGHT_RAILWAY_TOKEN", nil, "account or workspace token", true, "project shop, environment production"},
		"no project":              {workspaceToken, "RAILWAY_API_TOKEN", func(t *envcheck.Target) { t.Project = "" }, "account or workspace token", true, "one project"},
		"no environment":          {accountToken, "RAILWAY_API_TOKEN", func(t *envcheck.Target) { t.Ref.Name = "" }, "account or workspace token", true, "project shop"},
		"wrong environment":       {accountToken, "RAILWAY_API_TOKEN", func(t *envcheck.Target) { t.Ref.Name = "gone" }, "account or workspace token", false, `no environment "gone"`},
		"dead":                    {"dead-" + "t0ken-Qh90", "ENVTIGHT_RAILWAY_TOKEN", nil, "account or workspace token", false, "was refused"},
		"none":                    {"", "RAILWAY_TOKEN", nil, "", false, "there is no token in RAILWAY_TOKEN"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shop())
			target := byID()
			target.Token = token(tt.text, tt.from)
			if tt.change != nil {
				tt.change(&target)
			}
			r := w.source.Probe(t.Context(), target)
			sourcetest.NoValues(t, allValues, r)
			if r.Kind != tt.kind || r.OK != tt.ok || !strings.Contains(r.Sees+r.Problem, tt.says) {
				t.Errorf("reach %+v", r)
			}
			for _, request := range w.fake.Requests() {
				if strings.Contains(request.Document, "variables(") {
					t.Errorf("%s asks for variables", request.Operation)
				}
			}
		})
	}
}
