package railway_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/sourcetest"
	"github.com/envtight/envtight/internal/contract"
)

// Tokens and values of the fake; made of halves, so that no scanner takes them
// for real.
const (
	accountToken    = "acc0unt-" + "t0ken-Zq81mW"
	workspaceToken  = "w0rkspace-" + "t0ken-Yp72nX"
	productionToken = "pr0ject-" + "t0ken-prod-Xo63"
	stagingToken    = "pr0ject-" + "t0ken-stage-Wn54"
	databaseValue   = "Vm45pg://u:" + "secretword@db/shop"
	sharedValue     = "Ul36shared" + "key0000"
	plainValue      = "Tk27plain" + "value000"
	sealedValue     = "Sj18sealed" + "value00"
)

var allValues = []string{
	accountToken, workspaceToken, productionToken, stagingToken,
	databaseValue, sharedValue, plainValue, sealedValue,
}

// shop is a project with three live environments, one of a pull request and a
// deleted one. In production every kind of variable is there.
func shop() railwayfake.State {
	return railwayfake.State{
		Workspaces: []railwayfake.Workspace{{Name: "acme"}, {Name: "other"}},
		Projects: []railwayfake.Project{
			{
				Name: "shop", Workspace: "acme", Buckets: []string{"Uploads"},
				Services: []railwayfake.Service{
					{Name: "backend", Repo: "acme/shop", RootDirectory: "/apps/backend"},
					{Name: "worker", Repo: "acme/shop", RootDirectory: "/apps/worker"},
					{Name: "Postgres"},
				},
				Environments: []railwayfake.Environment{
					{Name: "production", Variables: []railwayfake.Variable{
						{Service: "backend", Name: "PLAIN", Value: plainValue},
						{Service: "backend", Name: "BLANK", Value: ""},
						{Service: "backend", Name: "SEALED", Value: sealedValue, Sealed: true},
						{Service: "backend", Name: "DATABASE_URL", Value: "${{Postgres.DATABASE_URL}}"},
						{Service: "backend", Name: "API_KEY", Value: "${{ shared.API_KEY }}"},
						{Service: "backend", Name: "SELF", Value: "x/${{PLAIN}}/${{RAILWAY_PUBLIC_DOMAIN}}"},
						{Service: "worker", Name: "QUEUE", Value: "jobs-of-the-shop"},
						{Service: "Postgres", Name: "DATABASE_URL", Value: databaseValue},
						{Service: "Postgres", Name: "POSTGRES_PASSWORD", Value: sealedValue, Sealed: true},
						{Name: "API_KEY", Value: sharedValue},
						{Name: "ONLY_SHARED", Value: sharedValue},
					}},
					{Name: "staging", Variables: []railwayfake.Variable{
						{Service: "backend", Name: "PLAIN", Value: plainValue},
						{Service: "worker", Name: "QUEUE", Value: "jobs-of-staging"},
					}},
					{Name: "bare", Without: []string{"worker", "Postgres"}},
					{Name: "shop-pr-7", Ephemeral: true, Variables: []railwayfake.Variable{
						{Service: "backend", Name: "OF_A_PULL_REQUEST", Value: plainValue},
					}},
					{Name: "old", Deleted: true},
				},
			},
			{
				Name: "elsewhere", Workspace: "other",
				Services:     []railwayfake.Service{{Name: "backend", Repo: "acme/else"}},
				Environments: []railwayfake.Environment{{Name: "production"}},
			},
		},
		Tokens: []railwayfake.Token{
			{Text: accountToken, Kind: railwayfake.AccountToken},
			{Text: workspaceToken, Kind: railwayfake.WorkspaceToken, Workspace: "acme"},
			{Text: productionToken, Kind: railwayfake.ProjectToken, Project: "shop", Environment: "production"},
			{Text: stagingToken, Kind: railwayfake.ProjectToken, Project: "shop", Environment: "staging"},
		},
	}
}

// ids of the fake's objects.
var (
	shopID       = railwayfake.ID("project", "shop")
	productionID = railwayfake.ID("environment", "shop/production")
	stagingID    = railwayfake.ID("environment", "shop/staging")
	pullID       = railwayfake.ID("environment", "shop/shop-pr-7")
	oldID        = railwayfake.ID("environment", "shop/old")
	backendID    = railwayfake.ID("service", "shop/backend")
)

func token(text, from string) envcheck.Token {
	return envcheck.Token{Secret: envtight.NewSecret(text), From: from}
}

// backend is the target used most: everything by name, with an account token.
func backend(environment string) envcheck.Target {
	return envcheck.Target{
		App: "backend", Environment: environment, Project: "shop", Service: "backend",
		Ref:   envcheck.EnvironmentRef{Name: environment},
		Token: token(accountToken, "RAILWAY_API_TOKEN"),
	}
}

// byID is backend in production, all by id.
func byID() envcheck.Target {
	t := backend("production")
	t.Project, t.Service, t.Ref.Name = shopID, backendID, productionID
	return t
}

// world is a fake with a source that talks to it, checked against the published
// schema where that is at hand.
type world struct {
	fake   *railwayfake.Server
	source *railway.Source
}

func newWorld(t *testing.T, state railwayfake.State) world {
	t.Helper()
	clock := time.Now()
	return worldOf(t, railwayfake.New(state), &clock)
}

// worldOf lets the clock go forward in place of waiting.
func worldOf(t *testing.T, fake *railwayfake.Server, clock *time.Time) world {
	t.Helper()
	api := httptest.NewServer(checked(t, fake))
	t.Cleanup(api.Close)
	var mu sync.Mutex
	source, err := railway.New(railway.Options{
		BaseURL: api.URL,
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return *clock
		},
		Sleep: func(ctx context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			*clock = clock.Add(d)
			return ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return world{fake, source}
}

// checked holds a fake against the contract if there is one.
func checked(t testing.TB, fake http.Handler) http.Handler {
	t.Helper()
	if os.Getenv("ENVTIGHT_CONTRACTS") == "" {
		return fake
	}
	return contract.LoadGraphQL(t, "railway.schema.graphql").Handler(t, fake)
}

func (w world) fetch(t *testing.T, targets ...envcheck.Target) []envcheck.Answer {
	t.Helper()
	answers := w.source.Fetch(t.Context(), targets)
	if len(answers) != len(targets) {
		t.Fatalf("%d answers for %d targets", len(answers), len(targets))
	}
	sourcetest.NoValues(t, allValues, answers)
	return answers
}

// one fetches one target.
func (w world) one(t *testing.T, target envcheck.Target) envcheck.Answer {
	t.Helper()
	return w.fetch(t, target)[0]
}

func states(a envcheck.Answer) map[string]envtight.State {
	out := map[string]envtight.State{}
	for _, s := range a.Settings {
		out[s.Name] = s.State
	}
	return out
}

func setting(t *testing.T, a envcheck.Answer, name string) envcheck.Setting {
	t.Helper()
	for _, s := range a.Settings {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no setting %s among %v: %v", name, slices.Sorted(maps.Keys(states(a))), a.Incomplete)
	return envcheck.Setting{}
}

// wantFailed checks that an answer says once that it failed, in words that hold
// all of parts, and claims nothing else.
func wantFailed(t *testing.T, a envcheck.Answer, parts ...string) {
	t.Helper()
	if a.Complete || len(a.Settings) > 0 {
		t.Errorf("complete %v with %d settings; want neither", a.Complete, len(a.Settings))
	}
	if len(a.Incomplete) != 1 || a.Incomplete[0].Silence != envtight.Failed {
		t.Fatalf("want one failure, got %+v", a.Incomplete)
	}
	text := a.Incomplete[0].Cause + "\n" + a.Incomplete[0].Advice
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("want %q in the failure:\n%s", part, text)
		}
	}
}

// wantWhole checks that nothing stood in the way.
func wantWhole(t *testing.T, a envcheck.Answer) {
	t.Helper()
	if !a.Complete || len(a.Incomplete) > 0 {
		t.Errorf("complete %v, %+v", a.Complete, a.Incomplete)
	}
}
