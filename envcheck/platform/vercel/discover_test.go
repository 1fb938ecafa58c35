package vercel_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

func monorepo(s *vercelfake.State) {
	type p = vercelfake.Project
	s.Projects = []p{
		{Name: "acme-web", Owner: "acme", Repository: "Acme/Shop", RootDirectory: "apps/web", Custom: []vercelfake.CustomEnvironment{{Slug: "qa"}}},
		{Name: "acme-web-old", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/old"},
		{Name: "root", Owner: "acme", Repository: "acme/shop"},
		{Name: "docs", Owner: "acme"},
		{Name: "admin", Owner: "acme", Repository: "other/admin", RootDirectory: "apps/admin"},
		{Name: "far", Owner: "acme", Repository: "acme/shop", Host: "gitlab", RootDirectory: "apps/far"},
		{Name: "moved", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/before"},
	}
}

func query(apps ...envcheck.AppDir) envcheck.Query {
	return envcheck.Query{Repository: "acme/shop", Team: "acme", Token: token(teamText), Apps: apps}
}

func TestDiscover(t *testing.T) {
	apps := []envcheck.AppDir{
		{Name: "web", Dir: "apps/web"}, {Name: "root", Dir: ""}, {Name: "docs", Dir: "apps/docs"},
		{Name: "admin", Dir: "apps/admin"}, {Name: "far", Dir: "apps/far"}, {Name: "none", Dir: "apps/none"},
		{Name: "moved", Dir: "apps/after"},
	}
	want := `docs docs false has the name of the app, and no repository
far far true linked to this repository, root directory apps/far
moved moved false linked to this repository, and has the name of the app
root root true linked to this repository, at its root
web acme-web true linked to this repository, root directory apps/web`
	for name, change := range map[string]func(*vercelfake.State){
		"at once":              func(*vercelfake.State) {},
		"in pages, by time":    func(s *vercelfake.State) { s.ProjectPages = 1 },
		"in pages, by a token": func(s *vercelfake.State) { s.ProjectPages, s.TokenCursors = 2, true },
	} {
		t.Run(name, func(t *testing.T) {
			s := source(t, vercelfake.New(acme(monorepo, change)))
			found, incomplete := s.Discover(t.Context(), query(apps...))
			if len(incomplete) != 0 {
				t.Error(incomplete)
			}
			var lines []string
			for _, c := range found {
				lines = append(lines, fmt.Sprintf("%s %s %v %s", c.App, c.ProjectName, c.Sure, c.Why))
				if c.Team != teamID || !strings.HasPrefix(c.Project, "prj_") || c.Platform != "vercel" {
					t.Errorf("candidate %+v", c)
				}
			}
			if diff := cmp.Diff(want, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("candidates (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"production", "preview", "development", "qa"}, found[4].Environments); diff != "" {
				t.Errorf("environments (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiscoverAsksOnceWhenTheRepositoryTellsAll(t *testing.T) {
	fake := vercelfake.New(acme(monorepo))
	found, _ := source(t, fake).Discover(t.Context(), query(envcheck.AppDir{Name: "web", Dir: "./apps/web/"}))
	if len(found) != 1 || !found[0].Sure || len(fake.Requests()) != 1 {
		t.Errorf("%d candidates after %d calls", len(found), len(fake.Requests()))
	}
}

func TestDiscoverFails(t *testing.T) {
	fake := vercelfake.New(acme(monorepo))
	fake.Break(vercelfake.Fault{Answer: vercelfake.Body(`{"projects":[{"id":"x"}],"pagination":{"count":1,"next":null,"prev":null}}`)})
	found, incomplete := source(t, fake).Discover(t.Context(), query(envcheck.AppDir{Name: "web"}))
	if len(found) != 0 || len(incomplete) != 1 || !strings.Contains(incomplete[0].Advice, "upgrade") {
		t.Errorf("%v, %v", found, incomplete)
	}
	q := query()
	q.Token = envcheck.Token{}
	if _, incomplete := source(t, fake).Discover(t.Context(), q); len(incomplete) != 1 || incomplete[0].Silence != envtight.NotAsked {
		t.Errorf("without a token: %v", incomplete)
	}
}

// TestDiscoverWithoutATeam: a token without a team in the query is a person's
// who cannot be expected to know in which of their teams the projects are.
func TestDiscoverWithoutATeam(t *testing.T) {
	const personal = "aPersons" + "Token001"
	type p = vercelfake.Project
	state := func(change ...func(*vercelfake.State)) vercelfake.State {
		s := vercelfake.State{
			Teams: []vercelfake.Team{{ID: teamID, Slug: "acme"}, {ID: "team_other", Slug: "other"}, {ID: "team_third", Slug: "third"}},
			Projects: []p{
				{Name: "acme-web", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/web"},
				{Name: "admin", Owner: "other"},
				{Name: "mine", Repository: "acme/shop", RootDirectory: "apps/mine"},
			},
			Tokens: []vercelfake.Token{{Text: personal}, {Text: teamText, Team: "acme"}},
		}
		for _, f := range change {
			f(&s)
		}
		return s
	}
	closed := func(s *vercelfake.State) { s.Teams[1].SingleSignOn = true }
	web := "web: acme acme-web\n"
	tests := []struct {
		name   string
		change func(*vercelfake.State)
		token  string
		apps   string
		want   string
		missed string // of the advice; empty: nothing is missed
	}{
		{"all teams and the account itself", func(*vercelfake.State) {}, personal, "web admin mine", "admin: other admin\nmine:  mine\n" + web, ""},
		{"teams in pages", func(s *vercelfake.State) { s.TeamPages = 1 }, personal, "web admin mine", "admin: other admin\nmine:  mine\n" + web, ""},
		{"a token of one team", func(*vercelfake.State) {}, teamText, "web", web, ""},
		{"a slug that could be an id", func(s *vercelfake.State) { s.Teams[0].Slug, s.Projects[0].Owner = "team_acme", teamID }, personal, "web", "web: " + teamID + " acme-web\n", ""},
		{"a team that is closed to the token, and not needed", closed, personal, "web", web, ""},
		{"a team that is closed to the token, and may have it", closed, personal, "web admin", web, "scope is the project's team"},
		{"teams that are not told", func(s *vercelfake.State) { s.Tokens[0].NoTeams = true }, personal, "web mine", "mine:  mine\n", "VERCEL_ORG_ID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := envcheck.Query{Repository: "acme/shop", Token: token(tt.token)}
			for app := range strings.FieldsSeq(tt.apps) {
				q.Apps = append(q.Apps, envcheck.AppDir{Name: app, Dir: "apps/" + app})
			}
			found, incomplete := source(t, vercelfake.New(state(tt.change))).Discover(t.Context(), q)
			got := ""
			for _, c := range found {
				got += fmt.Sprintf("%s: %s %s\n", c.App, c.Team, c.ProjectName)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("candidates (-want +got):\n%s", diff)
			}
			switch {
			case tt.missed == "" && len(incomplete) > 0:
				t.Errorf("incomplete: %v", incomplete)
			case tt.missed != "" && (len(incomplete) != 1 || incomplete[0].Silence != envtight.Failed || !strings.Contains(incomplete[0].Advice, tt.missed)):
				t.Errorf("incomplete: %v, want one with %q", incomplete, tt.missed)
			}
		})
	}
}

// TestDiscoverWithAWrongToken: that nobody let the token in is one line, not one
// for each team.
func TestDiscoverWithAWrongToken(t *testing.T) {
	found, incomplete := source(t, vercelfake.New(acme(monorepo))).Discover(t.Context(), envcheck.Query{
		Token: token("unknownOne" + "Token1"), Apps: []envcheck.AppDir{{Name: "web", Dir: "apps/web"}},
	})
	if len(found) != 0 || len(incomplete) != 1 || !strings.Contains(incomplete[0].Cause, "was not accepted") {
		t.Errorf("%v, %v", found, incomplete)
	}
}

func TestProbe(t *testing.T) {
	expires := time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
	fake := vercelfake.New(acme(func(s *vercelfake.State) {
		s.Tokens[0].Expires = expires
		s.Tokens = append(s.Tokens,
			vercelfake.Token{Text: "accountWide" + "Token1"},
			vercelfake.Token{Text: "projectOnly" + "Token1", Team: "acme", Project: "shop"},
		)
	}))
	s := source(t, fake)
	probe := func(text, project string) envcheck.Reach {
		x := target("production")
		x.Token, x.Project = token(text), project
		before := len(fake.Requests())
		reach := s.Probe(t.Context(), x)
		if n := len(fake.Requests()) - before; n > 3 {
			t.Errorf("%d calls", n)
		}
		return reach
	}
	tests := []struct {
		text, project string
		want          envcheck.Reach
	}{
		{teamText, "shop", envcheck.Reach{Kind: "team token, expires 2027-01-02", OK: true, Sees: "project shop with the environments production, preview, development, staging"}},
		{"accountWide" + "Token1", "", envcheck.Reach{Kind: "account token", OK: true, Sees: "an account; no project is linked"}},
		{"accountWide" + "Token1", "gone", envcheck.Reach{
			Kind: "account token", Problem: `vercel: project "gone" was not found in the team acme`,
			Advice: "check its name or id and the team; without a team Vercel looks into the personal account only",
		}},
		{"projectOnly" + "Token1", "shop", envcheck.Reach{
			Kind: "token of a narrow scope", Sees: "project shop with the environments production, preview, development, staging",
			Problem: `vercel: the token in VERCEL_TOKEN may not read the variables that the team shares with project "shop"`,
			Advice:  "use a token whose scope is the team, in VERCEL_TOKEN: one of a single project is refused what the team shares",
		}},
		{"unknownOne" + "Token1", "shop", envcheck.Reach{
			Kind: "token", Problem: "vercel: the token in VERCEL_TOKEN was not accepted: it is wrong, expired or revoked",
			Advice: "make a token at https://vercel.com/account/tokens and put it into VERCEL_TOKEN",
		}},
		{"", "shop", envcheck.Reach{
			Kind: "token", Problem: "vercel: there is no token",
			Advice: "make a token at https://vercel.com/account/tokens and put it into VERCEL_TOKEN",
		}},
	}
	for i, tt := range tests {
		if diff := cmp.Diff(tt.want, probe(tt.text, tt.project)); diff != "" {
			t.Errorf("%d (-want +got):\n%s", i, diff)
		}
	}
}

// TestManyProjectsAtOnce: the fake takes 100 ms for each answer, as a real API may.
func TestManyProjectsAtOnce(t *testing.T) {
	const projects = 50
	state := acme(func(s *vercelfake.State) {
		s.Projects = nil
		for i := range projects {
			s.Projects = append(s.Projects, vercelfake.Project{
				Name: fmt.Sprintf("p%d", i), Owner: "acme",
				Variables: []vercelfake.Variable{{Name: "A", Targets: allThen}},
			})
		}
	})
	fake := vercelfake.New(state)
	fake.SetLatency(100 * time.Millisecond)
	api := httptest.NewServer(fake)
	defer api.Close()
	s, err := vercel.New(vercel.Options{BaseURL: api.URL})
	if err != nil {
		t.Fatal(err)
	}
	var targets []envcheck.Target
	for i := range projects {
		for _, e := range []string{"production", "preview"} {
			x := target(e)
			x.Project = fmt.Sprintf("p%d", i)
			targets = append(targets, x)
		}
	}
	started := time.Now()
	for _, a := range s.Fetch(t.Context(), targets) {
		if !a.Complete || len(a.Settings) != 1 {
			t.Fatalf("%s: %v", a.Place, a.Incomplete)
		}
	}
	took := time.Since(started)
	t.Logf("%d calls took %v", len(fake.Requests()), took.Round(time.Millisecond))
	// Far above what it takes, and far below one after the other (15 s).
	if took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
