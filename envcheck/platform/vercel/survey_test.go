package vercel_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

// surveyed lists what a survey found, as "project root environments".
func surveyed(found []envcheck.Deployed) string {
	var lines []string
	for _, d := range found {
		lines = append(lines, d.Place.String()+" "+d.Facts.RootDirectory+" "+strings.Join(d.Environments, ","))
	}
	return strings.Join(lines, "\n")
}

func TestSurvey(t *testing.T) {
	const everywhere = " production,preview,development"
	const github = "vercel:acme-web apps/web" + everywhere + ",qa\nvercel:acme-web-old apps/old" + everywhere +
		"\nvercel:moved apps/before" + everywhere + "\nvercel:root " + everywhere
	for name, tt := range map[string]struct {
		change     func(*vercelfake.State)
		repository string
		host       string
		want       string
		calls      int
	}{
		"at once, in any case":  {func(*vercelfake.State) {}, "ACME/shop", "", github, 1},
		"in pages, by time":     {func(s *vercelfake.State) { s.ProjectPages = 1 }, "acme/shop", "github.com", github, 4},
		"in pages, by a token":  {func(s *vercelfake.State) { s.ProjectPages, s.TokenCursors = 3, true }, "acme/shop", "", github, 2},
		"on GitLab":             {func(*vercelfake.State) {}, "acme/shop", "gitlab.com", "vercel:far apps/far" + everywhere, 1},
		"on GitLab, in a group": {func(s *vercelfake.State) { s.Projects[5].Repository = "acme/group/shop" }, "acme/group/shop", "gitlab.com", "vercel:far apps/far" + everywhere, 1},
		"on Bitbucket":          {func(s *vercelfake.State) { s.Projects[5].Host = "bitbucket" }, "acme/shop", "bitbucket.org", "vercel:far apps/far" + everywhere, 1},
		"another repository":    {func(*vercelfake.State) {}, "acme/nothing", "", "", 1},
		"a fork":                {func(*vercelfake.State) {}, "ada/shop", "", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			fake := vercelfake.New(acme(monorepo, tt.change))
			q := query()
			q.Repository, q.Host = tt.repository, tt.host
			found, incomplete := source(t, fake).Survey(t.Context(), q)
			if diff := cmp.Diff(tt.want, surveyed(found)); diff != "" || len(incomplete) != 0 {
				t.Errorf("%v (-want +got):\n%s", incomplete, diff)
			}
			if n := len(fake.Requests()); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
		})
	}
}

// TestSurveyWithLess: a token that is for less than the list is as it should be;
// one that nobody let in is not.
func TestSurveyWithLess(t *testing.T) {
	const narrow = "narrow" + "Token0001"
	for name, tt := range map[string]struct {
		token   vercelfake.Token
		text    string
		want    string
		silence envtight.Silence
	}{
		"of one project, listed":  {vercelfake.Token{Text: narrow, Team: "acme", Project: "acme-web"}, narrow, "vercel:acme-web apps/web production,preview,development,qa", ""},
		"of one project, refused": {vercelfake.Token{Text: narrow, Team: "acme", Project: "acme-web", NoProjects: true}, narrow, "", envtight.NotAsked},
		"of another team":         {vercelfake.Token{Text: narrow, Team: "team_other"}, narrow, "", envtight.NotAsked},
		"unknown":                 {vercelfake.Token{}, "unknownOne" + "Token1", "", envtight.Failed},
		"none":                    {vercelfake.Token{}, "", "", envtight.NotAsked},
	} {
		t.Run(name, func(t *testing.T) {
			fake := vercelfake.New(acme(monorepo, func(s *vercelfake.State) { s.Tokens = append(s.Tokens, tt.token) }))
			q := query()
			q.Token = token(tt.text)
			found, incomplete := source(t, fake).Survey(t.Context(), q)
			if diff := cmp.Diff(tt.want, surveyed(found)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			switch {
			case tt.silence == "" && len(incomplete) > 0:
				t.Errorf("incomplete: %v", incomplete)
			case tt.silence != "" && (len(incomplete) != 1 || incomplete[0].Silence != tt.silence):
				t.Errorf("incomplete: %v, want one that is %s", incomplete, tt.silence)
			}
		})
	}
}
