package railway_test

import (
	"net/http"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

func TestConformance(t *testing.T) {
	production := map[string]envtight.State{
		"PLAIN": envtight.Set, "BLANK": envtight.Set, "SEALED": envtight.Unreadable,
		"DATABASE_URL": envtight.Reference, "API_KEY": envtight.Reference, "SELF": envtight.Reference,
	}
	withValues := map[string]envtight.State{
		"PLAIN": envtight.Set, "BLANK": envtight.Empty, "SEALED": envtight.Unreadable,
		"DATABASE_URL": envtight.Reference, "API_KEY": envtight.Reference, "SELF": envtight.Reference,
	}
	staging := map[string]envtight.State{"PLAIN": envtight.Set}
	tokens := map[string]func(t envcheck.Target) envcheck.Token{
		"account token": func(envcheck.Target) envcheck.Token { return token(accountToken, "RAILWAY_API_TOKEN") },
		"workspace token of unknown kind": func(envcheck.Target) envcheck.Token {
			return token(workspaceToken, "ENVTIGHT_RAILWAY_TOKEN")
		},
		"project tokens": func(t envcheck.Target) envcheck.Token {
			if t.Ref.Name == "staging" {
				return token(stagingToken, "RAILWAY_TOKEN_DEV")
			}
			return token(productionToken, "RAILWAY_TOKEN")
		},
	}
	for name, tokenOf := range tokens {
		t.Run(name, func(t *testing.T) {
			cell := func(environment string, names, values map[string]envtight.State) sourcetest.Cell {
				target := backend(environment)
				target.Token = tokenOf(target)
				return sourcetest.Cell{Target: target, Names: names, WithValues: values}
			}
			sourcetest.Run(t, sourcetest.Suite{
				New: func(t testing.TB, c sourcetest.Conn) envcheck.Source {
					s, err := railway.New(railway.Options{
						BaseURL: c.BaseURL, DialContext: c.DialContext, Sleep: c.Sleep, Timeout: c.Timeout,
					})
					if err != nil {
						t.Fatal(err)
					}
					return s
				},
				API: func(t testing.TB) http.Handler {
					state := shop()
					state.PageSize = 4
					return checked(t, railwayfake.New(state))
				},
				Cells:      []sourcetest.Cell{cell("production", production, withValues), cell("staging", staging, nil)},
				Values:     allValues,
				WrongToken: token("wr0ng-"+"t0ken-Ri09", "ENVTIGHT_RAILWAY_TOKEN"),
				Query: &envcheck.Query{
					Repository: "acme/shop", Token: tokenOf(backend("production")),
					Apps: []envcheck.AppDir{{Name: "backend", Dir: "apps/backend"}},
				},
			})
		})
	}
}
