package cli

import (
	"bytes"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

// TestSetButNotRunning lives through what is set and does not run, and how it is
// stored, on both platforms.
func TestSetButNotRunning(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }
	prod := []string{"production"}
	vercel := vercelfake.New(vercelfake.State{
		Teams: []vercelfake.Team{{ID: "team_acme0000000000000000", Slug: "acme"}},
		Projects: []vercelfake.Project{{
			Name: "web", Owner: "acme", Framework: "nextjs", Current: "dpl_new",
			Deployments: []vercelfake.Deployment{
				{ID: "dpl_old", Target: "production", Created: at(1)}, {ID: "dpl_new", Target: "production", Created: at(5)},
			},
			Variables: []vercelfake.Variable{
				{Name: "STRIPE_SECRET_KEY", Type: "plain", Value: "x", Targets: prod, Updated: at(2)},
				{Name: "NEXT_PUBLIC_API_URL", Value: "x", Targets: prod, Updated: at(6)},
				{Name: "NEXT_PUBLIC_SITE_URL", Type: "sensitive", Value: "x", Targets: prod, Updated: at(2)},
				{Name: "OLD_API_TOKEN", Type: "plain", Value: "x", Targets: prod, Updated: at(2)},
				{Name: "PAYMENT_MODE", Value: "x", Targets: prod, Updated: at(4)},
			},
		}},
		Tokens: []vercelfake.Token{{Text: "v", Team: "acme"}},
	})
	railway := railwayfake.New(railwayfake.State{
		Workspaces: []railwayfake.Workspace{{Name: "acme"}},
		Projects: []railwayfake.Project{{
			Name: "shop", Workspace: "acme", Services: []railwayfake.Service{{Name: "api"}},
			Environments: []railwayfake.Environment{{
				Name: "production",
				Variables: []railwayfake.Variable{
					{Service: "api", Name: "SESSION_SECRET", Value: "x", Updated: at(2)},
					{Service: "api", Name: "JWT_SECRET", Value: "x", Sealed: true, Updated: at(9)},
				},
				Deployments: []railwayfake.Deployment{{Service: "api", Created: at(8), Active: true}},
				Staged:      []railwayfake.Staged{{Service: "api", Name: "MAIL_HOST", Value: "x"}},
			}},
		}},
		Tokens: []railwayfake.Token{{Text: "r", Kind: railwayfake.AccountToken}},
	})
	var urls []string
	for _, server := range []*httptest.Server{httptest.NewServer(vercel), httptest.NewServer(railway)} {
		t.Cleanup(server.Close)
		urls = append(urls, server.URL)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"package.json":              `{"workspaces": ["apps/*"]}`,
		"apps/web/package.json":     `{"name": "web", "dependencies": {"next": "16.0.0"}}`,
		"apps/web/.env.example":     "STRIPE_SECRET_KEY=\nNEXT_PUBLIC_API_URL=\nNEXT_PUBLIC_SITE_URL=\nPAYMENT_MODE=\n",
		"apps/api/.env.example":     "SESSION_SECRET=\nJWT_SECRET=\nMAIL_HOST=\n",
		"apps/api/requirements.txt": "fastapi\n",
		configName: `version = 1
environment "prod" { branches = ["main"] }
app "web" {
  path = "apps/web"
  platform "vercel" {
    project      = "web"
    team         = "acme"
    environments = { prod = "production" }
  }
}
app "api" {
  path = "apps/api"
  platform "railway" {
    project      = "shop"
    service      = "api"
    environments = { prod = "production" }
    sealed       = "required"
  }
}
`,
	} {
		writeFile(t, dir, name, text)
	}
	var stdout, stderr bytes.Buffer
	code := Main(t.Context(), Env{
		Dir: dir, Stdout: &stdout, Stderr: &stderr, Environ: []string{
			"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CEILING_DIRECTORIES=" + parentOf(dir),
			"ENVTIGHT_VERCEL_URL=" + urls[0], "ENVTIGHT_RAILWAY_URL=" + urls[1], "VERCEL_TOKEN=v", "RAILWAY_API_TOKEN=r",
		},
	}, []string{"env", "--all"})
	want := `apps/api/.env.example:1:1: warning: SESSION_SECRET is a secret and not sealed: prod (railway:shop/api/production) [env/stored-in-clear]
  advice: store it sealed: run railway open, and choose Seal in the menu of SESSION_SECRET; that cannot be undone
apps/api/.env.example:2:1: warning: JWT_SECRET was changed after what runs was deployed: prod (railway:shop/api/production) [env/not-deployed]
  advice: redeploy: railway redeploy --service api --environment production
apps/api/.env.example:3:1: warning: MAIL_HOST is required, and only staged: prod (railway:shop/api/production) [env/staged]
  advice: apply the staged changes: run railway open, look at the staged changes and press Deploy
apps/web/.env.example:1:1: warning: STRIPE_SECRET_KEY is a secret and stored in clear: prod (vercel:web/production) [env/stored-in-clear]
  advice: give it a new value and store it sealed: in the directory of web: vercel env rm STRIPE_SECRET_KEY production && vercel env add STRIPE_SECRET_KEY production --sensitive
apps/web/.env.example:2:1: warning: NEXT_PUBLIC_API_URL was changed after what runs was deployed: prod (vercel:web/production) [env/not-deployed]
  advice: rebuild, since its value is part of the code: in the directory of web: vercel redeploy dpl_new
apps/web/.env.example:3:1: info: NEXT_PUBLIC_SITE_URL goes to every browser and is stored sealed: prod (vercel:web/production) [env/public-sealed]
  advice: store it readable, or drop the prefix if it is a secret: in the directory of web: vercel env rm NEXT_PUBLIC_SITE_URL production && vercel env add NEXT_PUBLIC_SITE_URL production --no-sensitive
vercel:web/production/OLD_API_TOKEN: warning: OLD_API_TOKEN is a secret and stored in clear: prod [env/stored-in-clear]
  advice: give it a new value and store it sealed: in the directory of web: vercel env rm OLD_API_TOKEN production && vercel env add OLD_API_TOKEN production --sensitive`
	var got []string
	for line := range strings.Lines(stdout.String()) {
		line = strings.TrimRight(line, "\n")
		about := strings.Contains(line, "[env/stored-in-clear]") || strings.Contains(line, "[env/public-sealed]") ||
			strings.Contains(line, "[env/not-deployed]") || strings.Contains(line, "[env/staged]") || strings.Contains(line, "[env/extra]")
		if about || len(got) > 0 && len(got)%2 == 1 && strings.HasPrefix(line, "  advice: ") {
			got = append(got, line)
		}
	}
	if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" || code != 0 {
		t.Errorf("exit code %d\n%s\n%s%s", code, diff, stdout.String(), stderr.String())
	}
}
