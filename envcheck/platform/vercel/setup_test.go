package vercel_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
	"github.com/envtight/envtight/internal/contract"
)

const (
	teamID   = "team_acme0000000000000000"
	teamText = "tokenOf" + "TheTeam0001"
	// secretText is a value that nothing may show.
	secretText = "hushHush" + "Value0001"
)

var changed = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)

// allowances are what Vercel does and its description of 2025 does not say.
var allowances = contract.Allowances{
	Statuses: []contract.Status{
		{Path: "/v9/projects/{idOrName}", Status: 404, Source: "vercel/terraform-provider-vercel client/error.go: NotFound"},
		{Path: "/v10/projects/{idOrName}/env", Status: 404, Source: "vercel/terraform-provider-vercel client/error.go: NotFound"},
		{Status: 429, Source: "vercel/vercel packages/cli/src/util/errors-ts.ts"},
	},
	Query: []contract.QueryKey{
		{Path: "/v10/projects/{idOrName}/env", Name: "until", Source: "vercel/terraform-provider-vercel client/pagination.go"},
		{Path: "/v1/env", Name: "until", Source: "vercel/terraform-provider-vercel client/pagination.go"},
	},
}

var document struct {
	sync.Mutex
	read *contract.OpenAPI
}

// checked wraps a fake so that every request to it and every answer of it is held
// against Vercel's own description, where that is at hand.
func checked(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	if os.Getenv("ENVTIGHT_CONTRACTS") == "" {
		return h
	}
	document.Lock()
	defer document.Unlock()
	if document.read == nil {
		document.read = contract.LoadOpenAPI(t, "vercel.openapi.json")
	}
	return document.read.Wrap(t, h, allowances)
}

// TestContractIsAtHand says when all other tests run without the contract.
func TestContractIsAtHand(t *testing.T) { contract.LoadOpenAPI(t, "vercel.openapi.json") }

// acme returns a state with one project, and the team's token.
func acme(change ...func(*vercelfake.State)) vercelfake.State {
	s := vercelfake.State{
		Teams: []vercelfake.Team{{ID: teamID, Slug: "acme"}},
		Projects: []vercelfake.Project{{
			Name: "shop", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/web", Framework: "nextjs",
			Custom: []vercelfake.CustomEnvironment{{Slug: "staging"}},
		}},
		Tokens: []vercelfake.Token{{Text: teamText, Team: "acme"}},
	}
	for _, f := range change {
		f(&s)
	}
	return s
}

// vars sets the variables of the first project.
func vars(all ...vercelfake.Variable) func(*vercelfake.State) {
	return func(s *vercelfake.State) { s.Projects[0].Variables = all }
}

func shared(all ...vercelfake.Shared) func(*vercelfake.State) {
	return func(s *vercelfake.State) { s.Shared = all }
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// source serves a fake and returns a source that talks to it.
func source(t testing.TB, fake http.Handler) *vercel.Source {
	t.Helper()
	api := httptest.NewServer(checked(t, fake))
	t.Cleanup(func() { api.CloseClientConnections(); api.Close() })
	s, err := vercel.New(vercel.Options{BaseURL: api.URL, Sleep: noSleep})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func token(text string) envcheck.Token {
	return envcheck.Token{Secret: envtight.NewSecret(text), From: "VERCEL_TOKEN"}
}

// target is the shop in one environment: "production", "preview@dev", "staging".
func target(environment string) envcheck.Target {
	name, branch, _ := strings.Cut(environment, "@")
	return envcheck.Target{
		App: "web", Environment: "env", Team: "acme", Project: "shop",
		Ref: envcheck.EnvironmentRef{Name: name, Branch: branch}, Token: token(teamText),
		Location: envtight.WholeFile("envtight.hcl"),
	}
}

func fetchOne(t testing.TB, s *vercel.Source, target envcheck.Target) envcheck.Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return s.Fetch(ctx, []envcheck.Target{target})[0]
}

// words writes settings as "NAME state [type] [shared] …", without values.
func words(a envcheck.Answer) string {
	var lines []string
	for _, s := range a.Settings {
		line := fmt.Sprintf("%s %s %s", s.Name, s.State, s.Type)
		if s.Shared {
			line += " shared"
		}
		if s.Managed != "" {
			line += " " + s.Managed
		}
		if s.Branch != "" {
			line += " on " + s.Branch
		}
		if s.Readable {
			line += " readable"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func failures(a envcheck.Answer) []envtight.Incompleteness {
	var out []envtight.Incompleteness
	for _, inc := range a.Incomplete {
		if inc.Silence == envtight.Failed {
			out = append(out, inc)
		}
	}
	return out
}

// wantFailed checks that an answer is not complete for one reason that says want,
// and tells what to do.
func wantFailed(t testing.TB, a envcheck.Answer, want ...string) {
	t.Helper()
	all := failures(a)
	if a.Complete || len(all) != 1 {
		t.Fatalf("complete %v, failures %v; want one failure", a.Complete, all)
	}
	for _, w := range want {
		if !strings.Contains(all[0].Cause+"\n"+all[0].Advice, w) {
			t.Errorf("failure %q, advice %q lack %q", all[0].Cause, all[0].Advice, w)
		}
	}
	if all[0].Advice == "" {
		t.Error("no advice")
	}
}
