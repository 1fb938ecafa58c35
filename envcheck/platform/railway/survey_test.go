package railway_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

func TestSurvey(t *testing.T) {
	const all = "railway:shop/backend apps/backend production,staging,bare\nrailway:shop/worker apps/worker production,staging,bare"
	crowd := func(s *railwayfake.State) {
		for i := range 12 {
			s.Projects = append(s.Projects, railwayfake.Project{
				Name: fmt.Sprintf("p%d", i), Workspace: "acme", Environments: []railwayfake.Environment{{Name: "production"}},
				Services: []railwayfake.Service{{Name: "copy", Repo: "acme/shop", RootDirectory: "/apps/copy"}},
			})
		}
	}
	for name, tt := range map[string]struct {
		change     func(*railwayfake.State)
		repository string
		token      envcheck.Token
		linked     []string
		want       string
		calls      int
		silence    envtight.Silence
	}{
		"an account, in any case":    {nil, "Acme/Shop", token(accountToken, "RAILWAY_API_TOKEN"), nil, all, 5, ""},
		"a workspace":                {nil, "acme/shop", token(workspaceToken, "RAILWAY_API_TOKEN"), nil, all, 3, ""},
		"one environment":            {nil, "acme/shop", token(productionToken, "RAILWAY_TOKEN"), nil, "railway:shop/backend apps/backend production\nrailway:shop/worker apps/worker production", 1, ""},
		"no root directory":          {func(s *railwayfake.State) { s.Projects[0].Services[1].RootDirectory = "" }, "acme/shop", token(workspaceToken, "RAILWAY_API_TOKEN"), nil, strings.Replace(all, "worker apps/worker", "worker ", 1), 3, ""},
		"a deleted service":          {func(s *railwayfake.State) { s.Projects[0].Services[1].Deleted = true }, "acme/shop", token(workspaceToken, "RAILWAY_API_TOKEN"), nil, strings.Split(all, "\n")[0], 3, ""},
		"another repository":         {nil, "acme/nothing", token(accountToken, "RAILWAY_API_TOKEN"), nil, "", 5, ""},
		"many projects, linked only": {crowd, "acme/shop", token(workspaceToken, "RAILWAY_API_TOKEN"), []string{"shop"}, all, 3, envtight.NotAsked},
		"a dead token":               {nil, "acme/shop", token("dead-"+"t0ken-Qh90", "RAILWAY_API_TOKEN"), nil, "", 1, envtight.NotAsked},
	} {
		t.Run(name, func(t *testing.T) {
			state := shop()
			if tt.change != nil {
				tt.change(&state)
			}
			w := newWorld(t, state)
			found, incomplete := w.source.Survey(t.Context(), envcheck.Query{Repository: tt.repository, Token: tt.token, Linked: tt.linked})
			sourcetest.NoValues(t, allValues, found, incomplete)
			var lines []string
			for _, d := range found {
				lines = append(lines, d.Place.String()+" "+d.Facts.RootDirectory+" "+strings.Join(d.Environments, ","))
				if d.Facts.ServiceID == "" || d.Facts.RootKnown != (d.Facts.RootDirectory != "") {
					t.Errorf("facts %+v", d.Facts)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := len(w.fake.Requests()); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
			if tt.silence == "" && len(incomplete) > 0 || tt.silence != "" && (len(incomplete) != 1 || incomplete[0].Silence != tt.silence) {
				t.Errorf("incomplete %+v, want %q", incomplete, tt.silence)
			}
		})
	}
}

// TestSurveyFails: what broke is said, once, and what was seen is kept.
func TestSurveyFails(t *testing.T) {
	w := newWorld(t, shop())
	w.fake.Break(railwayfake.Fault{Field: "environment", Times: 1, Answer: railwayfake.Message("Problem processing request")})
	_, incomplete := w.source.Survey(t.Context(), envcheck.Query{Repository: "acme/shop", Token: token(accountToken, "RAILWAY_API_TOKEN")})
	if len(incomplete) != 1 || incomplete[0].Silence != envtight.Failed || incomplete[0].Advice == "" {
		t.Errorf("incomplete %+v", incomplete)
	}
}
