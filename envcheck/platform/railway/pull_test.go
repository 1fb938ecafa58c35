package railway_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

const pullToken = "pr0ject-" + "t0ken-pull-Vm45"

// pulls is the shop with environments of pull requests, copied from production.
func pulls() railwayfake.State {
	state := shop()
	p := &state.Projects[0]
	p.Base = "production"
	at := slices.IndexFunc(p.Environments, func(e railwayfake.Environment) bool { return e.Ephemeral })
	p.Environments[at].Number, p.Environments[at].Repo, p.Environments[at].Source = 7, "acme/shop", "production"
	p.Environments = append(p.Environments,
		railwayfake.Environment{Name: "a-name-of-its-own", Ephemeral: true, Number: 8, Repo: "acme/shop", Source: "staging", Without: []string{"worker"}},
		railwayfake.Environment{Name: "shop-pr-9", Ephemeral: true},
		railwayfake.Environment{Name: "shop-pr-10", Ephemeral: true, Number: 10, Repo: "acme/else"},
		railwayfake.Environment{Name: "shop-pr-11", Ephemeral: true, Number: 11, Deleted: true},
		railwayfake.Environment{Name: "kept", Number: 12, Repo: "acme/shop"},
		railwayfake.Environment{Name: "one", Ephemeral: true, Number: 13, Repo: "acme/shop"},
		railwayfake.Environment{Name: "other", Ephemeral: true, Number: 13, Repo: "acme/else"},
	)
	state.Tokens = append(state.Tokens, railwayfake.Token{Text: pullToken, Kind: railwayfake.ProjectToken, Project: "shop", Environment: "shop-pr-7"})
	return state
}

// ofPull is backend in the environment of a pull request, the project by id.
func ofPull(number int) envcheck.Target {
	t := backend("pr/7")
	t.Project = shopID
	t.Ref = envcheck.EnvironmentRef{Name: "pr/7", Pull: envcheck.Pull{Number: number, Repository: "acme/shop"}}
	return t
}

func TestPull(t *testing.T) {
	w := newWorld(t, pulls())
	a := w.one(t, ofPull(7))
	wantWhole(t, a)
	setting(t, a, "OF_A_PULL_REQUEST")
	place := envtight.Place{Platform: "railway", Project: "shop", Service: "backend", Environment: "shop-pr-7"}
	if a.Place != place {
		t.Errorf("place %v, want %v", a.Place, place)
	}
	facts := envcheck.ProjectFacts{
		ID: shopID, Name: "shop", EnvironmentID: pullID, ServiceID: backendID,
		Repository: "acme/shop", RootDirectory: "apps/backend", RootKnown: true,
		Ephemeral: true, CopyOf: "production", NotCopied: []string{"SEALED"},
	}
	if diff := cmp.Diff(facts, a.Project); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if n := len(w.fake.Requests()); n != 3 {
		t.Errorf("%d calls, want 3: the list, the environment, and the one it is a copy of", n)
	}
}

func TestPullByWhatIsRemembered(t *testing.T) {
	tests := map[string]struct {
		number     int
		repository string
		want       string // environment
		silence    envtight.Silence
		words      []string // in place of want
	}{
		"not by name":                 {8, "acme/shop", "a-name-of-its-own", "", nil},
		"any case":                    {7, "Acme/Shop", "shop-pr-7", "", nil},
		"repository not known":        {7, "", "shop-pr-7", "", nil},
		"nothing remembered":          {9, "acme/shop", "", envtight.NotAsked, []string{"no environment for pull request 9"}},
		"of another repository":       {10, "acme/shop", "", envtight.NotAsked, []string{"pull request 10", `for "acme/else", not for "acme/shop"`}},
		"another, repository unknown": {10, "", "shop-pr-10", "", nil},
		"deleted":                     {11, "acme/shop", "", envtight.NotAsked, []string{"no environment for pull request 11"}},
		"not ephemeral":               {12, "acme/shop", "", envtight.NotAsked, []string{"no environment for pull request 12"}},
		"one of two":                  {13, "acme/shop", "one", "", nil},
		"which of two":                {13, "", "", envtight.Failed, []string{"two environments", "pull request 13"}},
		"none":                        {99, "acme/shop", "", envtight.NotAsked, []string{`project "shop" has no environment for pull request 99`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			target := ofPull(tt.number)
			target.Ref.Pull.Repository = tt.repository
			a := newWorld(t, pulls()).one(t, target)
			if tt.want != "" {
				wantWhole(t, a)
				if a.Place.Environment != tt.want {
					t.Errorf("environment %q, want %q", a.Place.Environment, tt.want)
				}
				return
			}
			wantSilent(t, a, tt.silence, tt.words...)
		})
	}
}

// A project token reaches the environment that it was made for, and no other.
func TestPullWithProjectToken(t *testing.T) {
	w := newWorld(t, pulls())
	target := ofPull(7)
	target.Token = token(pullToken, "RAILWAY_TOKEN")
	a := w.one(t, target)
	wantWhole(t, a)
	setting(t, a, "OF_A_PULL_REQUEST")
	if !a.Project.Ephemeral {
		t.Error("the environment is not said to be of a pull request")
	}
	target.Token = token(stagingToken, "RAILWAY_TOKEN")
	wantFailed(t, w.one(t, target), "RAILWAY_TOKEN", `project token for environment "staging"`, "not that of pull request 7", "account or workspace token")
	target.Token = token(pullToken, "RAILWAY_TOKEN")
	target.Ref.Pull.Number = 8
	wantFailed(t, w.one(t, target), "not that of pull request 8")
}

// The environment is deleted between the list and its reading; what the platform
// then says depends on the token.
func TestPullVanishes(t *testing.T) {
	vanish := map[string]func(*railwayfake.Project){
		"deleted": func(p *railwayfake.Project) {
			for i := range p.Environments {
				p.Environments[i].Deleted = p.Environments[i].Deleted || p.Environments[i].Ephemeral
			}
		},
		"not there": func(p *railwayfake.Project) {
			p.Environments = slices.DeleteFunc(p.Environments, func(e railwayfake.Environment) bool { return e.Ephemeral })
		},
	}
	for name, change := range vanish {
		for _, text := range []string{accountToken, workspaceToken} {
			t.Run(name+", "+text[:7], func(t *testing.T) {
				w := newWorld(t, pulls())
				w.fake.Break(railwayfake.Fault{Field: "project", Times: 1, Answer: railwayfake.Then(func() {
					w.fake.Change(func(s *railwayfake.State) { change(&s.Projects[0]) })
				})})
				target := ofPull(7)
				target.Token = token(text, "RAILWAY_API_TOKEN")
				wantSilent(t, w.one(t, target), envtight.NotAsked, "environment of pull request 7", `"shop" is gone`)
			})
		}
	}
}

// One that is there and refused is a failure, as ever.
func TestPullRefused(t *testing.T) {
	w := newWorld(t, pulls())
	w.fake.Break(railwayfake.Fault{Field: "environment", Answer: railwayfake.Message("Not Authorized")})
	wantFailed(t, w.one(t, ofPull(7)), "was refused")
}

// The one that it is a copy of adds what is good to know, and spoils nothing.
func TestPullWithoutItsSource(t *testing.T) {
	w := newWorld(t, pulls())
	w.fake.Break(railwayfake.Fault{Field: "environment", Skip: 1, Answer: railwayfake.Message("Not Authorized")})
	a := w.one(t, ofPull(7))
	wantWhole(t, a)
	if a.Project.CopyOf != "production" || a.Project.NotCopied != nil {
		t.Errorf("facts %+v", a.Project)
	}
}

// A service that a pull request does not touch may be left out of its
// environment; one that is nowhere is a mistake in the link.
func TestPullWithoutService(t *testing.T) {
	w := newWorld(t, pulls())
	target := ofPull(8)
	target.Service = "worker"
	wantSilent(t, w.one(t, target), envtight.NotAsked, `service "worker" is not in environment "a-name-of-its-own"`)
	target.Service = "workers"
	wantFailed(t, w.one(t, target), `no service "workers"`)
}

// Environments of pull requests that come and go leave ordinary runs alone, and
// are told of where they are copies.
func TestCopies(t *testing.T) {
	w := newWorld(t, pulls())
	production, staging := backend("production"), backend("staging")
	production.Project, staging.Project = shopID, shopID
	w.fake.Break(railwayfake.Fault{Field: "project", Times: 1, Answer: railwayfake.Then(func() {
		w.fake.Change(func(s *railwayfake.State) {
			p := &s.Projects[0]
			p.Environments = slices.DeleteFunc(p.Environments, func(e railwayfake.Environment) bool { return e.Ephemeral })
		})
	})})
	answers := w.fetch(t, production, staging)
	for _, a := range answers {
		wantWhole(t, a)
	}
	want := []string{"a-name-of-its-own", "one", "other", "shop-pr-10", "shop-pr-7", "shop-pr-9"}
	if diff := cmp.Diff(want, answers[0].Project.Copies); diff != "" {
		t.Errorf("copies of production (-want +got):\n%s", diff)
	}
	if answers[1].Project.Copies != nil {
		t.Errorf("staging has the copies %v, and nobody copies it", answers[1].Project.Copies)
	}
	if n := len(w.fake.Requests()); n != 3 {
		t.Errorf("%d calls for two environments, want 3", n)
	}
}

// wantSilent checks that an answer claims nothing and says once why.
func wantSilent(t *testing.T, a envcheck.Answer, silence envtight.Silence, parts ...string) {
	t.Helper()
	if silence == envtight.NotAsked {
		if a.NoSuchEnvironment || len(a.Incomplete) != 1 || a.Incomplete[0].Silence != silence {
			t.Fatalf("answer %+v", a)
		}
		a.Incomplete[0].Silence = envtight.Failed
	}
	wantFailed(t, a, parts...)
}

// What is remembered of a pull request in a form that nobody knows spoils no run,
// and finds nothing.
func TestPullInUnknownForm(t *testing.T) {
	for _, odd := range []any{nil, "12", 7, []any{}, map[string]any{"prNumber": "7"}, map[string]any{"prNumber": nil, "prRepo": nil}, map[string]any{"prNumber": 7.5}} {
		w := newWorld(t, pulls())
		w.fake.Break(railwayfake.Fault{Field: "environment", Answer: railwayfake.Changed(func(data map[string]any) {
			data["environment"].(map[string]any)["meta"] = odd
		})})
		wantWhole(t, w.one(t, byID()))
		w.fake.Break(railwayfake.Fault{Field: "project", Answer: railwayfake.Changed(func(data map[string]any) {
			for _, edge := range data["project"].(map[string]any)["environments"].(map[string]any)["edges"].([]any) {
				edge.(map[string]any)["node"].(map[string]any)["meta"] = odd
			}
		})})
		wantSilent(t, w.one(t, ofPull(7)), envtight.NotAsked, "no environment for pull request 7")
	}
}

// The list of environments goes on over pages.
func TestPullOnALaterPage(t *testing.T) {
	state := pulls()
	state.PageSize = 1
	a := newWorld(t, state).one(t, ofPull(13))
	wantWhole(t, a)
	if a.Place.Environment != "one" {
		t.Errorf("environment %q", a.Place.Environment)
	}
}
