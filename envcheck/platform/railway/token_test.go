package railway_test

import (
	"testing"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

// A token goes into the header of its kind. Which kind it is, the name of its
// variable tells; when that tells nothing, it is tried as a project token once.
func TestTokenKinds(t *testing.T) {
	type seen struct{ project, bearer int }
	tests := map[string]struct {
		text, from string
		works      bool
		want       seen
	}{
		"project token":                 {productionToken, "RAILWAY_TOKEN", true, seen{1, 0}},
		"account token":                 {accountToken, "RAILWAY_API_TOKEN", true, seen{0, 1}},
		"workspace token":               {workspaceToken, "RAILWAY_API_TOKEN", true, seen{0, 1}},
		"unknown, project":              {productionToken, "ENVTIGHT_RAILWAY_TOKEN", true, seen{1, 0}},
		"unknown, account":              {accountToken, "ENVTIGHT_RAILWAY_TOKEN", true, seen{1, 1}},
		"unknown, no name":              {workspaceToken, "", true, seen{1, 1}},
		"unknown, dead":                 {"dead-" + "t0ken-Qh90", "ENVTIGHT_RAILWAY_TOKEN", false, seen{1, 1}},
		"dead project token":            {"dead-" + "t0ken-Qh90", "RAILWAY_TOKEN", false, seen{1, 0}},
		"dead account token":            {"dead-" + "t0ken-Qh90", "RAILWAY_API_TOKEN", false, seen{0, 1}},
		"account token as project's":    {accountToken, "RAILWAY_TOKEN", false, seen{1, 0}},
		"project token as an account's": {productionToken, "RAILWAY_API_TOKEN", false, seen{0, 1}},
		"none":                          {"", "RAILWAY_TOKEN", false, seen{0, 0}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shop())
			target := byID()
			target.Token = token(tt.text, tt.from)
			a := w.one(t, target)
			if tt.works {
				wantWhole(t, a)
			} else {
				wantFailed(t, a, tt.from)
			}
			var got seen
			for _, r := range w.fake.Requests() {
				if r.Project {
					got.project++
				}
				if r.Bearer {
					got.bearer++
				}
			}
			if got != tt.want {
				t.Errorf("sent %+v, want %+v", got, tt.want)
			}
		})
	}
}

// A project token reaches one environment; used for another, nothing may be
// compared.
func TestProjectTokenMismatch(t *testing.T) {
	tests := map[string]struct {
		change func(*envcheck.Target)
		want   string
	}{
		"other environment, name": {func(t *envcheck.Target) { t.Ref.Name = "staging" }, `not environment "staging"`},
		"other environment, id":   {func(t *envcheck.Target) { t.Ref.Name = stagingID }, "not environment"},
		"other project, name":     {func(t *envcheck.Target) { t.Project = "elsewhere" }, `not project "elsewhere"`},
		"other project, id":       {func(t *envcheck.Target) { t.Project = railwayfake.ID("project", "elsewhere") }, "not project"},
	}
	for name, tt := range tests {
		for _, from := range []string{"RAILWAY_TOKEN", "ENVTIGHT_RAILWAY_TOKEN"} {
			t.Run(name+" "+from, func(t *testing.T) {
				target := byID()
				target.Token = token(productionToken, from)
				target.Values = true
				tt.change(&target)
				w := newWorld(t, shop())
				wantFailed(t, w.one(t, target), tt.want, from, "nothing was compared", "token_env")
				for _, r := range w.fake.Requests() {
					if r.Operation == "EnvtightValues" {
						t.Error("values were asked for")
					}
				}
			})
		}
	}
}

// A workspace token does not reach projects of others; what Railway says then is
// what it says of a dead token.
func TestOutOfReach(t *testing.T) {
	target := byID()
	target.Token = token(workspaceToken, "RAILWAY_API_TOKEN")
	target.Project = railwayfake.ID("project", "elsewhere")
	target.Ref.Name = railwayfake.ID("environment", "elsewhere/production")
	w := newWorld(t, shop())
	wantFailed(t, w.one(t, target), "RAILWAY_API_TOKEN", "does not reach")
	if n := len(w.fake.Requests()); n != 1 {
		t.Errorf("%d requests, want 1: a refusal is final", n)
	}
}

// Tokens of two environments beside each other.
func TestTokensPerEnvironment(t *testing.T) {
	production, staging := backend("production"), backend("staging")
	production.Token, staging.Token = token(productionToken, "RAILWAY_TOKEN_PROD"), token(stagingToken, "RAILWAY_TOKEN_DEV")
	answers := newWorld(t, shop()).fetch(t, production, staging)
	wantWhole(t, answers[0])
	wantWhole(t, answers[1])
	if len(answers[0].Settings) != 6 || len(answers[1].Settings) != 1 {
		t.Errorf("%d and %d settings, want 6 and 1", len(answers[0].Settings), len(answers[1].Settings))
	}
}
