package vercel_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

func fetchAll(t testing.TB, s *vercel.Source, cells ...string) []envcheck.Answer {
	t.Helper()
	var targets []envcheck.Target
	for _, c := range cells {
		targets = append(targets, target(c))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return s.Fetch(ctx, targets)
}

const (
	projectRoute = "/v9/projects/{idOrName}"
	envRoute     = "/v10/projects/{idOrName}/env"
	sharedRoute  = "/v1/env"
)

// TestWhatIsNotKnownIsNotMissing goes through the answers that are not the whole
// truth: none of them may be taken as complete.
func TestWhatIsNotKnownIsNotMissing(t *testing.T) {
	a := vercelfake.Variable{Name: "A", Targets: allThen}
	upgrade := "upgrade envtight: this version knows Vercel's API as of 2026-08-20"
	odd := func(member string, value any) func(map[string]any) {
		return func(answer map[string]any) { answer["envs"].([]any)[0].(map[string]any)[member] = value }
	}
	tests := map[string]struct {
		state func(*vercelfake.State)
		route string
		fault func(http.ResponseWriter, *http.Request, []byte)
		want  []string
	}{
		"hidden production variables":  {state: func(s *vercelfake.State) { s.Tokens[0].HidesProduction = true }, want: []string{"hides 1 production variables from VERCEL_TOKEN"}},
		"hidden count of another type": {route: envRoute, fault: vercelfake.Changed(func(m map[string]any) { m["hiddenProductionEnvCount"] = "3" }), want: []string{"hiddenProductionEnvCount", upgrade}},
		"empty beside a full project":  {state: func(s *vercelfake.State) { s.Projects[0].EmptyList = true }, want: []string{"the list is empty", upgrade}},
		"pages that do not end": {state: func(s *vercelfake.State) {
			s.VariablePages, s.DeafPaging = 1, true
			s.Projects[0].Variables = append(s.Projects[0].Variables, vercelfake.Variable{Name: "B"})
		}, want: []string{"its pages do not come to an end"}},
		"a cursor of another type":          {route: envRoute, fault: vercelfake.Changed(func(m map[string]any) { m["pagination"] = map[string]any{"next": []int{1}} }), want: []string{"pagination.next", upgrade}},
		"shared refused":                    {route: sharedRoute, fault: vercelfake.Error(403, "forbidden"), want: []string{"may not read the variables that the team shares", "single project"}},
		"shared not found":                  {route: sharedRoute, fault: vercelfake.Error(404, "not_found"), want: []string{"the variables that the team shares with project \"shop\" was not found"}},
		"shared down":                       {route: sharedRoute, fault: vercelfake.Error(500, ""), want: []string{"the platform failed (status 500)"}},
		"shared of another shape":           {route: sharedRoute, fault: vercelfake.Body(`{"envs":[]}`), want: []string{"no list of variables", upgrade}},
		"an error with status 200":          {route: envRoute, fault: vercelfake.Error(200, "forbidden"), want: []string{"may not read the variables of project"}},
		"an error called err":               {route: envRoute, fault: vercelfake.Body(`{"err":{"code":"not_found"}}`), want: []string{"the variables of project \"shop\" was not found"}},
		"an error with an unknown code":     {route: envRoute, fault: vercelfake.Error(200, "Bananas"), want: []string{"an error came in place of the answer", upgrade}},
		"an error beside the answer":        {route: envRoute, fault: vercelfake.Changed(func(m map[string]any) { m["error"] = "partial" }), want: []string{"an error came in place of the answer"}},
		"an error as a project":             {route: projectRoute, fault: vercelfake.Body(`{"error":{"code":"not_found"}}`), want: []string{"project \"shop\" was not found in the team acme", "the team"}},
		"rate limited with status 200":      {route: envRoute, fault: vercelfake.Error(200, "rate_limited"), want: []string{"run again later"}},
		"a web page":                        {route: envRoute, fault: vercelfake.Page, want: []string{"answered with a web page instead of JSON (status 403)"}},
		"half a page":                       {route: envRoute, fault: vercelfake.Half, want: []string{"broke off"}},
		"429 for longer than anybody waits": {route: envRoute, fault: vercelfake.Busy(3600), want: []string{"rate limited until "}},
		"a retired route":                   {route: envRoute, fault: vercelfake.Error(410, "gone"), want: []string{"retired", upgrade}},
		"an unknown status":                 {route: envRoute, fault: vercelfake.Error(402, "payment_required"), want: []string{"status 402", upgrade}},
		"a second factor":                   {route: envRoute, fault: vercelfake.Error(403, "challenge_required"), want: []string{"(challenge_required)", "a second factor"}},
		"single sign-on":                    {route: envRoute, fault: vercelfake.Body(`{"error":{"code":"forbidden","saml":true}}`), want: []string{"single sign-on"}},
		"an unknown type":                   {route: envRoute, fault: vercelfake.Changed(odd("type", "quantum")), want: []string{"a variable of an unknown type", upgrade}},
		"an unknown target":                 {route: envRoute, fault: vercelfake.Changed(odd("target", []string{"edge"})), want: []string{"a target that is none of", upgrade}},
		"a target of another type":          {route: envRoute, fault: vercelfake.Changed(odd("target", 7)), want: []string{"unexpected type of target", upgrade}},
		"a branch of another type":          {route: envRoute, fault: vercelfake.Changed(odd("gitBranch", 7)), want: []string{"unexpected type of target", upgrade}},
		"a row without a name":              {route: envRoute, fault: vercelfake.Changed(odd("key", nil)), want: []string{"without a name", upgrade}},
		"null for the list":                 {route: envRoute, fault: vercelfake.Body(`{"envs":null}`), want: []string{"neither a list", upgrade}},
		"a list of another type":            {route: envRoute, fault: vercelfake.Body(`{"envs":{"A":"x"}}`), want: []string{"unexpected type of envs", upgrade}},
		"a shared row of another type":      {route: sharedRoute, fault: vercelfake.Body(`{"data":[{"key":"B","projectId":7}]}`), want: []string{"projectId", upgrade}},
		"a project without an id":           {route: projectRoute, fault: vercelfake.Body(`{"name":"shop"}`), want: []string{"without id, name or account", upgrade}},
		"a project without an account":      {route: projectRoute, fault: vercelfake.Changed(func(m map[string]any) { delete(m, "accountId") }), want: []string{"without id, name or account", upgrade}},
		"an odd root directory":             {route: projectRoute, fault: vercelfake.Changed(func(m map[string]any) { m["rootDirectory"] = 7 }), want: []string{"rootDirectory", upgrade}},
		"a custom environment without one":  {route: projectRoute, fault: vercelfake.Changed(func(m map[string]any) { m["customEnvironments"] = []any{map[string]any{"slug": "x"}} }), want: []string{"custom environment without", upgrade}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			state := acme(vars(a))
			if tt.state != nil {
				tt.state(&state)
			}
			fake := vercelfake.New(state)
			if tt.fault != nil {
				fake.Break(vercelfake.Fault{Route: tt.route, Answer: tt.fault})
			}
			got := fetchOne(t, source(t, fake), target("production"))
			wantFailed(t, got, tt.want...)
			if got.NoSuchEnvironment {
				t.Error("the environment is said not to exist")
			}
			if tt.route == sharedRoute && words(got) != "A set encrypted" {
				t.Errorf("the project's own variables are gone: %q", words(got))
			}
		})
	}
}

// TestOddRowsOfOtherEnvironments: a row that surely belongs elsewhere leaves
// a cell whole.
func TestOddRowsOfOtherEnvironments(t *testing.T) {
	fake := vercelfake.New(acme(vars(
		vercelfake.Variable{Name: "A", Type: "quantum", Targets: prod},
		vercelfake.Variable{Name: "B", Targets: prev},
	)))
	// The type is not in the description, so this fake answers unchecked.
	api := httptest.NewServer(fake)
	defer api.Close()
	s, err := vercel.New(vercel.Options{BaseURL: api.URL})
	if err != nil {
		t.Fatal(err)
	}
	if a := fetchOne(t, s, target("preview")); !a.Complete || words(a) != "B set encrypted" {
		t.Errorf("preview: %q, %v", words(a), a.Incomplete)
	}
	wantFailed(t, fetchOne(t, s, target("production")), "unknown type")
}

func TestTheNextPageFails(t *testing.T) {
	fake := vercelfake.New(acme(
		func(s *vercelfake.State) { s.VariablePages = 1 },
		vars(vercelfake.Variable{Name: "A", Targets: prod}, vercelfake.Variable{Name: "B", Targets: prod}),
	))
	fake.Break(vercelfake.Fault{Route: envRoute, Skip: 1, Answer: vercelfake.Error(500, "internal_server_error")})
	a := fetchOne(t, source(t, fake), target("production"))
	wantFailed(t, a, "status 500")
	if words(a) != "A set encrypted" {
		t.Errorf("settings %q: what is known is set", words(a))
	}
}

func TestAnotherProject(t *testing.T) {
	fake := vercelfake.New(acme(vars(vercelfake.Variable{Name: "A", Targets: prod})))
	fake.Break(vercelfake.Fault{Route: projectRoute, Answer: vercelfake.Changed(func(m map[string]any) { m["id"] = "prj_other" })})
	x := target("production")
	x.Project = vercelfake.ID("prj_", teamID, "shop")
	wantFailed(t, fetchOne(t, source(t, fake), x), "another project than the one asked for")
}

func TestTeams(t *testing.T) {
	personal := func(s *vercelfake.State) {
		s.Projects = append(s.Projects, vercelfake.Project{Name: "blog", Owner: "uSer0000000000000000000A"})
		s.Tokens = append(s.Tokens, vercelfake.Token{Text: "personal" + "Token0001", User: "uSer0000000000000000000A"})
	}
	fake := vercelfake.New(acme(personal))
	s := source(t, fake)

	for _, team := range []string{"acme", teamID} {
		x := target("production")
		x.Team = team
		if a := fetchOne(t, s, x); !a.Complete {
			t.Errorf("team %s: %v", team, a.Incomplete)
		}
	}
	forgotten := target("production")
	forgotten.Team = ""
	wantFailed(t, fetchOne(t, s, forgotten), "project \"shop\" was not found in the personal account", "and the team")
	wrong := target("production")
	wrong.Team = "other"
	wantFailed(t, fetchOne(t, s, wrong), "may not read project \"shop\"", "that team")

	// A user's own project, linked by a file that holds the user's id.
	for _, team := range []string{"", "uSer0000000000000000000A"} {
		own := target("production")
		own.Project, own.Team, own.Token = "blog", team, token("personal"+"Token0001")
		if a := fetchOne(t, s, own); !a.Complete || len(a.Incomplete) != 0 {
			t.Errorf("personal account, team %q: %v", team, a.Incomplete)
		}
	}
}

// TestAnOwnerOfAnotherKind: only a user's own account surely shares nothing.
func TestAnOwnerOfAnotherKind(t *testing.T) {
	fake := vercelfake.New(acme(vars(vercelfake.Variable{Name: "A", Targets: prod})))
	fake.Break(vercelfake.Fault{Route: projectRoute, Answer: vercelfake.Changed(func(m map[string]any) { m["accountId"] = "org_1" })})
	fake.Break(vercelfake.Fault{Route: sharedRoute, Answer: vercelfake.Error(403, "forbidden")})
	wantFailed(t, fetchOne(t, source(t, fake), target("production")), "may not read the variables that the team shares")
}

// TestTokens: what is wrong with a token is said once for a cell, and of nothing
// else.
func TestTokens(t *testing.T) {
	state := acme(vars(vercelfake.Variable{Name: "A", Targets: allThen}), func(s *vercelfake.State) {
		s.Projects = append(s.Projects, vercelfake.Project{Name: "other", Owner: "acme"})
		s.Tokens = append(s.Tokens, vercelfake.Token{Text: "projectOnly" + "Token1", Team: "acme", Project: "shop"})
	})
	for name, is401 := range map[string]bool{"403 with invalidToken": false, "401": true} {
		t.Run(name, func(t *testing.T) {
			state.InvalidIs401 = is401
			fake := vercelfake.New(state)
			s := source(t, fake)
			good, bad := target("preview"), target("production")
			bad.Token = envcheck.Token{Secret: envtight.NewSecret("staleToken" + "0001"), From: "VERCEL_TOKEN_PROD"}
			answers := s.Fetch(t.Context(), []envcheck.Target{bad, good})
			wantFailed(t, answers[0], "the token in VERCEL_TOKEN_PROD was not accepted", "https://vercel.com/account/tokens")
			if !answers[1].Complete || words(answers[1]) != "A set encrypted" {
				t.Errorf("the other cell: %q, %v", words(answers[1]), answers[1].Incomplete)
			}
			refused := 0
			for _, r := range fake.Requests() {
				if r.Token == -1 {
					refused++
				}
			}
			if refused != 1 {
				t.Errorf("%d requests with a refused token, want 1", refused)
			}
		})
	}
	t.Run("of a single project", func(t *testing.T) {
		s := source(t, vercelfake.New(state))
		x := target("production")
		x.Token = token("projectOnly" + "Token1")
		a := fetchOne(t, s, x)
		wantFailed(t, a, "the variables that the team shares", "use a token whose scope is the team")
		if words(a) != "A set encrypted" {
			t.Errorf("settings %q", words(a))
		}
		x.Project = "other"
		wantFailed(t, fetchOne(t, s, x), "may not read project \"other\"")
	})
	t.Run("none", func(t *testing.T) {
		fake := vercelfake.New(state)
		x := target("production")
		x.Token = envcheck.Token{}
		a := fetchOne(t, source(t, fake), x)
		if a.Complete || len(a.Incomplete) != 1 || a.Incomplete[0].Silence != envtight.NotAsked || len(fake.Requests()) != 0 {
			t.Errorf("%+v after %d requests", a, len(fake.Requests()))
		}
	})
}

// TestOneCauseForAll: causes that do not depend on the project are equal, so that
// they become one line.
func TestOneCauseForAll(t *testing.T) {
	down := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	api := httptest.NewServer(down)
	defer api.Close()
	s, err := vercel.New(vercel.Options{BaseURL: api.URL, Sleep: noSleep})
	if err != nil {
		t.Fatal(err)
	}
	var targets []envcheck.Target
	for _, project := range []string{"a", "b", "c"} {
		x := target("production")
		x.Project, x.Location = project, envtight.WholeFile(project)
		targets = append(targets, x)
	}
	causes := map[string]bool{}
	for _, a := range s.Fetch(t.Context(), targets) {
		wantFailed(t, a)
		causes[a.Incomplete[0].Cause+a.Incomplete[0].Advice+a.Incomplete[0].Location.String()] = true
	}
	if len(causes) != 1 {
		t.Errorf("%d lines for one cause: %v", len(causes), causes)
	}
}

func TestBusyForAMoment(t *testing.T) {
	for name, busy := range map[string]func(http.ResponseWriter, *http.Request, []byte){
		"seconds": vercelfake.Busy(2),
		"a date":  vercelfake.BusyUntil(time.Now().Add(2 * time.Second)),
	} {
		fake := vercelfake.New(acme(vars(vercelfake.Variable{Name: "A", Targets: prod})))
		fake.Break(vercelfake.Fault{Times: 2, Answer: busy})
		if a := fetchOne(t, source(t, fake), target("production")); !a.Complete || words(a) != "A set encrypted" {
			t.Errorf("%s: %q, %v", name, words(a), a.Incomplete)
		}
	}
}

func TestSlowBody(t *testing.T) {
	fake := vercelfake.New(acme(vars(vercelfake.Variable{Name: "A", Targets: prod})))
	fake.Break(vercelfake.Fault{Route: envRoute, Answer: vercelfake.Slow})
	api := httptest.NewServer(fake)
	t.Cleanup(func() { api.CloseClientConnections(); api.Close() })
	s, err := vercel.New(vercel.Options{BaseURL: api.URL, Sleep: noSleep, Timeout: 30 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	wantFailed(t, fetchOne(t, s, target("production")), "it took too long to answer")
}

func TestOddLinks(t *testing.T) {
	s := source(t, vercelfake.New(acme()))
	for project, want := range map[string]string{
		"":   "not linked to a project",
		"..": "check the project's name or id",
	} {
		x := target("production")
		x.Project = project
		wantFailed(t, fetchOne(t, s, x), want)
	}
}

func TestNewRefusesOddURLs(t *testing.T) {
	for _, base := range []string{"http://api.vercel.com", "https://u:p@api.vercel.com", "nonsense"} {
		if _, err := vercel.New(vercel.Options{BaseURL: base}); err == nil || !strings.HasPrefix(err.Error(), "vercel: ") {
			t.Errorf("%s: %v", base, err)
		}
	}
}
