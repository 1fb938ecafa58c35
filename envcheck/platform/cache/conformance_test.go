package cache_test

import (
	"net/http"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/cache"
	"github.com/envtight/envtight/envcheck/platform/railway"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

// TestConformance: with a store before it, an adapter promises what it promised.
func TestConformance(t *testing.T) {
	const text, plain = "t0ken-of-the-account", "plain-value-0123"
	cell := func(environment string) sourcetest.Cell {
		target := api(environment)
		target.Environment = environment
		target.Token = envcheck.Token{Secret: envtight.NewSecret(text), From: "RAILWAY_API_TOKEN"}
		return sourcetest.Cell{Target: target, Names: map[string]envtight.State{"PLAIN": envtight.Set, "SEALED": envtight.Unreadable}}
	}
	cells := []sourcetest.Cell{cell("production"), cell("staging")}
	sourcetest.Run(t, sourcetest.Suite{
		New: func(t testing.TB, c sourcetest.Conn) envcheck.Source {
			store := open(t, cache.Options{Dir: t.TempDir()})
			source, err := railway.New(railway.Options{
				BaseURL: c.BaseURL, DialContext: c.DialContext, Sleep: c.Sleep, Timeout: c.Timeout, Holds: store,
			})
			if err != nil {
				t.Fatal(err)
			}
			return store.Source(source, c.BaseURL, []envcheck.Target{cells[0].Target, cells[1].Target})
		},
		API: func(testing.TB) http.Handler {
			variables := []railwayfake.Variable{
				{Service: "api", Name: "PLAIN", Value: plain},
				{Service: "api", Name: "SEALED", Value: "hidden-value-0123", Sealed: true},
			}
			return railwayfake.New(railwayfake.State{
				Workspaces: []railwayfake.Workspace{{Name: "acme"}},
				Projects: []railwayfake.Project{{
					Name: "shop", Workspace: "acme",
					Services:     []railwayfake.Service{{Name: "api", Repo: "acme/shop", RootDirectory: "/apps/api"}},
					Environments: []railwayfake.Environment{{Name: "production", Variables: variables}, {Name: "staging", Variables: variables}},
				}},
				Tokens: []railwayfake.Token{{Text: text, Kind: railwayfake.AccountToken}},
			})
		},
		Cells:      cells,
		Values:     []string{text, plain, "hidden-value-0123"},
		WrongToken: envcheck.Token{Secret: envtight.NewSecret("wr0ng-t0ken-0123"), From: "RAILWAY_API_TOKEN"},
		Query: &envcheck.Query{
			Repository: "acme/shop", Token: cells[0].Target.Token,
			Apps: []envcheck.AppDir{{Name: "api", Dir: "apps/api"}},
		},
	})
}
