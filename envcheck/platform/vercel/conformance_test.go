package vercel_test

import (
	"net/http"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

// conformState holds a bit of everything; each value can be told from all else.
func conformState() vercelfake.State {
	type v = vercelfake.Variable
	return acme(
		func(s *vercelfake.State) { s.VariablePages, s.SharedPages, s.DecryptIgnored = 3, 1, true },
		vars(
			v{Name: "DATABASE_URL", Value: secretText + "db", Targets: prod},
			v{Name: "DATABASE_URL", Value: secretText + "dbPreview", Targets: prev},
			v{Name: "API_KEY", Value: secretText + "key", Type: "sensitive", Targets: prod},
			v{Name: "PUBLIC_URL", Value: secretText + "url", Type: "plain", Targets: allThen},
			v{Name: "BLANK", Type: "plain", Targets: allThen},
			v{Name: "HIDDEN_BLANK", Targets: prod},
			v{Name: "FLAG", Value: secretText + "flag", Type: "plain", Targets: prev, Branch: "dev"},
			v{Name: "STAGE", Value: secretText + "stage", Custom: []string{"staging"}},
		),
		shared(
			vercelfake.Shared{Team: "acme", Name: "SENTRY_DSN", Value: secretText + "dsn", Targets: prod, Projects: []string{"shop"}},
			vercelfake.Shared{Team: "acme", Name: "REGION", Value: secretText + "region", Type: "plain", Targets: prev, Projects: []string{"shop"}},
			vercelfake.Shared{Team: "acme", Name: "ELSEWHERE", Value: secretText + "else", Targets: prod},
		),
	)
}

func TestConformance(t *testing.T) {
	type states = map[string]envtight.State
	cell := func(environment string) envcheck.Target {
		x := target(environment)
		x.Environment = environment
		return x
	}
	sourcetest.Run(t, sourcetest.Suite{
		New: func(t testing.TB, c sourcetest.Conn) envcheck.Source {
			s, err := vercel.New(vercel.Options{BaseURL: c.BaseURL, DialContext: c.DialContext, Sleep: c.Sleep, Timeout: c.Timeout})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		API: func(t testing.TB) http.Handler { return vercelfake.New(conformState()) },
		Cells: []sourcetest.Cell{
			{
				Target: cell("production"),
				Names: states{
					"DATABASE_URL": envtight.Set, "API_KEY": envtight.Unreadable, "PUBLIC_URL": envtight.Set,
					"BLANK": envtight.Empty, "HIDDEN_BLANK": envtight.Set, "SENTRY_DSN": envtight.Set,
				},
				WithValues: states{
					"DATABASE_URL": envtight.Set, "API_KEY": envtight.Unreadable, "PUBLIC_URL": envtight.Set,
					"BLANK": envtight.Empty, "HIDDEN_BLANK": envtight.Empty, "SENTRY_DSN": envtight.Set,
				},
			},
			{
				Target: cell("preview@dev"),
				Names: states{
					"DATABASE_URL": envtight.Set, "PUBLIC_URL": envtight.Set, "BLANK": envtight.Empty,
					"FLAG": envtight.Set, "REGION": envtight.Set,
				},
			},
			{Target: cell("staging"), Names: states{"STAGE": envtight.Set}},
		},
		Values: []string{
			secretText + "db", secretText + "dbPreview", secretText + "key", secretText + "url", secretText + "flag",
			secretText + "stage", secretText + "dsn", secretText + "region", secretText + "else", teamText,
		},
		WrongToken: token("someOther" + "Token0001"),
		Query: &envcheck.Query{
			Repository: "acme/shop", Team: "acme", Token: token(teamText),
			Apps: []envcheck.AppDir{{Name: "web", Dir: "apps/web"}},
		},
	})
}
