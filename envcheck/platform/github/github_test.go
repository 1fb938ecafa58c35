package github_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/ci"
	"github.com/envtight/envtight/envcheck/platform/github"
	"github.com/envtight/envtight/envcheck/platform/github/githubfake"
	"github.com/envtight/envtight/envcheck/sourcetest"
	"github.com/envtight/envtight/internal/contract"
)

const (
	tokenText = "tokenOf" + "TheRepository01"
	// hush begins values that nothing may show.
	hush = "hushHush" + "Value0001"
)

// allowances are what GitHub does and its description does not say.
var allowances = contract.Allowances{Statuses: []contract.Status{
	{Status: 401, Source: "docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api"},
	{Status: 403, Source: "docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api"},
	{Status: 404, Source: "docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api"},
	{Status: 429, Source: "docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"},
}}

var document struct {
	sync.Mutex
	read *contract.OpenAPI
}

// checked wraps a fake so that every request to it and every answer of it is held
// against GitHub's own description, where that is at hand.
func checked(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	if os.Getenv("ENVTIGHT_CONTRACTS") == "" {
		return h
	}
	document.Lock()
	defer document.Unlock()
	if document.read == nil {
		document.read = contract.LoadOpenAPI(t, "github-actions.openapi.json")
	}
	return document.read.Wrap(t, h, allowances)
}

// TestContractIsAtHand says when all other tests run without the contract.
func TestContractIsAtHand(t *testing.T) { contract.LoadOpenAPI(t, "github-actions.openapi.json") }

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func state(change ...func(*githubfake.State)) githubfake.State {
	s := githubfake.State{
		Repository:   "acme/shop",
		Secrets:      map[string]string{"DEPLOY_KEY": hush + "repo", "API_KEY": hush + "apirepo"},
		Variables:    map[string]string{"REGION": hush + "region", "BLANK": "", "BOTH": hush + "both"},
		OrgSecrets:   map[string]string{"NPM_TOKEN": hush + "npm", "API_KEY": hush + "apiorg", "BOTH": hush + "bothsecret"},
		OrgVariables: map[string]string{"REGION": "", "TEAM": hush + "team"},
		Environments: []githubfake.Environment{
			{Name: "Production", Secrets: map[string]string{"API_KEY": hush + "apiprod"}, Variables: map[string]string{"REGION": hush + "prod"}},
			{Name: "prod/eu", Variables: map[string]string{"REGION": ""}},
		},
		Tokens: []githubfake.Token{{Text: tokenText}},
	}
	for _, f := range change {
		f(&s)
	}
	return s
}

func source(t testing.TB, fake http.Handler) *github.Source {
	t.Helper()
	api := httptest.NewServer(checked(t, fake))
	t.Cleanup(func() { api.CloseClientConnections(); api.Close() })
	s, err := github.New(github.Options{BaseURL: api.URL, Sleep: noSleep})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func token(text string) envcheck.Token {
	return envcheck.Token{Secret: envtight.NewSecret(text), From: "ENVTIGHT_GITHUB_TOKEN"}
}

func target(environment string) envcheck.Target {
	return envcheck.Target{
		App: "api", Environment: environment, Project: "acme/shop", Ref: envcheck.EnvironmentRef{Name: environment},
		Token: token(tokenText), Location: envtight.WholeFile("envtight.hcl"),
	}
}

func fetchOne(t testing.TB, s *github.Source, target envcheck.Target) envcheck.Answer {
	t.Helper()
	return s.Fetch(t.Context(), []envcheck.Target{target})[0]
}

// words writes settings as "NAME state type storage [shared] [readable]", without
// values.
func words(a envcheck.Answer) []string {
	var lines []string
	for i := range a.Settings {
		s := &a.Settings[i]
		line := fmt.Sprintf("%s %s %s %d", s.Name, s.State, s.Type, s.Storage)
		if s.Shared {
			line += " shared"
		}
		if s.Readable {
			line += " readable"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestConformance(t *testing.T) {
	type states = map[string]envtight.State
	common := states{
		"DEPLOY_KEY": envtight.Unreadable, "API_KEY": envtight.Unreadable, "NPM_TOKEN": envtight.Unreadable, "BOTH": envtight.Unreadable,
		"REGION": envtight.Set, "BLANK": envtight.Empty, "TEAM": envtight.Set,
	}
	europe := states{"REGION": envtight.Empty}
	for name, s := range common {
		if name != "REGION" {
			europe[name] = s
		}
	}
	values := []string{tokenText}
	for _, v := range []string{"repo", "apirepo", "region", "both", "npm", "apiorg", "bothsecret", "team", "apiprod", "prod"} {
		values = append(values, hush+v)
	}
	sourcetest.Run(t, sourcetest.Suite{
		New: func(t testing.TB, c sourcetest.Conn) envcheck.Source {
			s, err := github.New(github.Options{BaseURL: c.BaseURL, DialContext: c.DialContext, Sleep: c.Sleep, Timeout: c.Timeout})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		API:        func(testing.TB) http.Handler { return githubfake.New(state(func(s *githubfake.State) { s.Page = 2 })) },
		Cells:      []sourcetest.Cell{{Target: target("Production"), Names: common}, {Target: target("prod/eu"), Names: europe}},
		Values:     values,
		WrongToken: token("someOther" + "Token0001"),
	})
}

func TestPrecedence(t *testing.T) {
	a := fetchOne(t, source(t, githubfake.New(state())), target("production"))
	if diff := cmp.Diff([]string{
		"API_KEY unreadable secret 3", "BLANK empty variable 1", "BOTH unreadable secret 3 shared", "DEPLOY_KEY unreadable secret 3",
		"NPM_TOKEN unreadable secret 3 shared", "REGION set variable 1", "TEAM set variable 1 shared",
	}, words(a)); diff != "" {
		t.Error(diff)
	}
	if a.Place.String() != "github:acme/shop/production" || a.Project.EnvironmentID != "production" || !a.Provides("GITHUB_SHA") || a.Provides("DEPLOY_KEY") {
		t.Errorf("%s, %+v", a.Place, a.Project)
	}
	if want := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC); !a.Settings[0].Updated.Equal(want) {
		t.Errorf("updated %s", a.Settings[0].Updated)
	}
	withValues := target("Production")
	withValues.Values = true
	a = fetchOne(t, source(t, githubfake.New(state())), withValues)
	for i := range a.Settings {
		if s := &a.Settings[i]; s.Readable != (s.Type == "variable") || s.Name == "REGION" && !s.Value.Equal(envtight.NewSecret(hush+"prod")) {
			t.Errorf("%s: readable %v", s.Name, s.Readable)
		}
	}
}

func TestRequests(t *testing.T) {
	fake := githubfake.New(state(func(s *githubfake.State) {
		for i := range 31 {
			s.Variables[fmt.Sprintf("V%02d", i)] = ""
		}
	}))
	s := source(t, fake)
	other := target("Production")
	other.Team, other.Project = "acme", "shop"
	s.Fetch(t.Context(), []envcheck.Target{target("Production"), target("prod/eu"), target("production"), target("nowhere"), other})
	const base, secrets, variables = "/repos/acme/shop/", "?page=1&per_page=100", "?page=1&per_page=30"
	want := []string{
		base + "actions/organization-secrets" + secrets, base + "actions/organization-variables" + variables,
		base + "actions/secrets" + secrets, base + "actions/variables" + variables, base + "actions/variables?page=2&per_page=30",
		base + "environments" + secrets,
		base + "environments/Production/secrets" + secrets, base + "environments/Production/variables" + variables,
		base + "environments/prod%2Feu/secrets" + secrets, base + "environments/prod%2Feu/variables" + variables,
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, fake.Requests()); diff != "" {
		t.Error(diff)
	}
}

func TestNoSuchEnvironment(t *testing.T) {
	a := fetchOne(t, source(t, githubfake.New(state())), target("staging"))
	if !a.NoSuchEnvironment || a.Complete || len(a.Settings) > 0 || len(a.Incomplete) > 0 {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff([]string{"Production", "prod/eu"}, a.Environments); diff != "" {
		t.Error(diff)
	}
}

func TestFailures(t *testing.T) {
	const secrets = "/repos/acme/shop/actions/secrets"
	for name, tt := range map[string]struct {
		change func(*githubfake.State)
		path   string
		fault  githubfake.Fault
		says   []string
	}{
		"the token of a workflow": {func(s *githubfake.State) { s.Tokens[0].Workflow = true }, "", nil,
			[]string{"may not read the environments of", "it is that of a workflow", "GITHUB_TOKEN of a workflow can list no secrets", "put it into ENVTIGHT_GITHUB_TOKEN"}},
		"no right to variables": {func(s *githubfake.State) { s.Tokens[0].Refused = []string{"actions/variables"} }, "", nil,
			[]string{"may not read the variables of", "Secrets, Variables, Environments and Actions: read"}},
		"no right to an environment": {func(s *githubfake.State) { s.Tokens[0].Refused = []string{"environments/"} }, "", nil,
			[]string{`the secrets of the environment "Production"`}},
		"a repository that is not seen": {func(s *githubfake.State) { s.Tokens[0].Blind = true }, "", nil,
			[]string{`there is no "acme/shop", or the token in ENVTIGHT_GITHUB_TOKEN may not read`}},
		"another token":     {func(s *githubfake.State) { s.Tokens[0].Text = "x" }, "", nil, []string{"was not accepted"}},
		"rate limited, 403": {nil, secrets, githubfake.Refuse(403, "API rate limit exceeded for user ID 1."), []string{"github: rate limited"}},
		"rate limited, 429": {nil, secrets, githubfake.Refuse(429, "You have exceeded a secondary rate limit."), []string{"rate limited"}},
		"single sign-on":    {nil, secrets, githubfake.Refuse(403, "Resource protected by organization SAML enforcement."), []string{"single sign-on"}},
		"no number":         {nil, secrets, githubfake.Body(`{"secrets":[]}`), []string{"shape this version does not know"}},
		"no list":           {nil, secrets, githubfake.Body(`{"total_count":0,"variables":[]}`), []string{"shape this version does not know"}},
		"no name":           {nil, secrets, githubfake.Body(`{"total_count":1,"secrets":[{}]}`), []string{"an entry without a name"}},
		"too few":           {nil, secrets, githubfake.Body(`{"total_count":2,"secrets":[]}`), []string{"fewer entries"}},
		"for ever":          {nil, secrets, githubfake.Body(`{"total_count":2,"secrets":[{"name":"A"}]}`), []string{"fewer entries"}},
		"a page":            {nil, secrets, githubfake.Body(`<html>`), []string{"web page"}},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.change == nil {
				tt.change = func(*githubfake.State) {}
			}
			fake := githubfake.New(state(tt.change))
			if tt.fault != nil {
				fake.Break(tt.path, tt.fault)
			}
			s := source(t, fake)
			a := fetchOne(t, s, target("Production"))
			if a.Complete || a.NoSuchEnvironment || len(a.Incomplete) != 1 || a.Incomplete[0].Silence != envtight.Failed {
				t.Fatalf("%+v", a)
			}
			said := a.Incomplete[0].Cause + "\n" + a.Incomplete[0].Advice
			for _, want := range tt.says {
				if !strings.Contains(said, want) {
					t.Errorf("%q lacks %q", said, want)
				}
			}
			h := s.Holdings(t.Context(), ci.Question{Repository: "acme/shop", Environments: []string{"production"}, Token: token(tokenText)})
			if h.Complete || len(h.Incomplete) != 1 || len(h.Repository)+len(h.Organization)+len(h.Environments) > 0 {
				t.Errorf("%+v", h)
			}
		})
	}
}

func TestWithoutQuestion(t *testing.T) {
	s := source(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("GitHub was asked") }))
	none, nowhere, deep := target("Production"), target("Production"), target("Production")
	none.Token, nowhere.Project, deep.Project = envcheck.Token{}, "shop", "acme/shop/x"
	for _, tt := range []struct {
		target envcheck.Target
		want   envtight.Silence
	}{{none, envtight.NotAsked}, {nowhere, envtight.Failed}, {deep, envtight.Failed}} {
		if a := fetchOne(t, s, tt.target); a.Complete || len(a.Incomplete) != 1 || a.Incomplete[0].Silence != tt.want || a.Incomplete[0].Advice == "" {
			t.Errorf("%+v", a)
		}
	}
}

func TestHoldings(t *testing.T) {
	h := source(t, githubfake.New(state())).Holdings(t.Context(), ci.Question{
		Repository: "Acme/shop", Environments: []string{"production", "nowhere"}, Token: token(tokenText),
	})
	names := func(list []ci.Held) string {
		var out []string
		for _, held := range list {
			out = append(out, fmt.Sprint(held.Name, " ", held.Secret))
		}
		return strings.Join(out, ", ")
	}
	if !h.Complete || len(h.Incomplete) > 0 {
		t.Fatalf("%+v", h)
	}
	got := map[string]string{"": names(h.Repository), "organization": names(h.Organization)}
	for name, held := range h.Environments {
		got[name] = names(held)
	}
	if diff := cmp.Diff(map[string]string{
		"":             "API_KEY true, DEPLOY_KEY true, BLANK false, BOTH false, REGION false",
		"organization": "API_KEY true, BOTH true, NPM_TOKEN true, REGION false, TEAM false",
		"production":   "API_KEY true, REGION false", "prod/eu": "",
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestProbeAndAdvice(t *testing.T) {
	s := source(t, githubfake.New(state()))
	reach := s.Probe(t.Context(), target("Production"))
	if !reach.OK || reach.Sees != "repository acme/shop, environments: Production, prod/eu" || reach.Kind != "token" {
		t.Errorf("%+v", reach)
	}
	wrong := target("Production")
	wrong.Token = token("ghp_" + "wrongOne0001")
	if reach = s.Probe(t.Context(), wrong); reach.OK || reach.Kind != "classic token" || reach.Problem == "" || reach.Advice == "" {
		t.Errorf("%+v", reach)
	}
	if got := s.SetCommand(target("prod eu"), "A"); got != "gh secret set A --repo acme/shop --env 'prod eu'" {
		t.Error(got)
	}
}

func TestBaseURL(t *testing.T) {
	for base, ok := range map[string]bool{"": true, "https://github.acme.example/api/v3": true, "http://127.0.0.1:1": true, "http://github.acme.example": false, "x": false} {
		if _, err := github.New(github.Options{BaseURL: base}); (err == nil) != ok {
			t.Errorf("%q: %v", base, err)
		}
	}
}
