package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

// TestWeek lives through a week of a team: a new variable on a branch, its pull
// request, a fork without tokens, dev, prod, a new teammate, a deleted app. The
// platforms change as people change them; everything else is the real thing.
func TestWeek(t *testing.T) {
	w := newWeek(t)

	w.day(2) // Monday: a branch needs a new variable.
	w.git("checkout", "--quiet", "-b", "feat/mail", "dev")
	w.write("apps/api/.env.example", "SESSION_SECRET=\nMAIL_API_KEY=\n")
	w.commit("Send mail")
	w.run(1, "check", "--env", "auto").says(
		"environment dev: branch feat/mail (checked out)",
		"apps/api/.env.example:2:1: error: MAIL_API_KEY is required and not set: dev (railway:shop/api/staging) [env/missing]",
		"advice: set it: railway variables --service api --environment staging",
	).not("prod")
	w.set(func() { w.staging.staged = true }) // She types it in, and forgets to apply it.
	w.run(0, "check", "--env", "auto").says("MAIL_API_KEY is required, and only staged: dev (railway:shop/api/staging) [env/staged]").not("env/missing")
	w.set(func() { w.staging.staged, w.staging.mail, w.staging.deployed = false, true, w.now })
	w.run(0, "check", "--env", "auto").not("MAIL_API_KEY")

	w.day(3) // Tuesday: the nightly snapshot, then the pull request to dev.
	w.git("checkout", "--quiet", "dev")
	w.run(0, "snapshot", "-o", "platforms.snapshot").silent()
	w.commit("Snapshot of the night")
	w.git("update-ref", "refs/remotes/origin/dev", "dev")
	w.git("checkout", "--quiet", "feat/mail")
	w.git("rebase", "--quiet", "dev")
	w.set(func() { w.pull = true })
	inPull := []string{"GITHUB_REF=refs/pull/7/merge", "GITHUB_HEAD_REF=feat/mail", "GITHUB_BASE_REF=dev", "CI=true"}
	w.with(inPull...).run(1, "check", "--env", "pr/auto", "--app", "api").says(
		"SESSION_SECRET", "pr/7", "[env/sealed-not-copied]",
	).not("env/missing", "MAIL_API_KEY")
	// A fork has no tokens and asks nobody; the snapshot of the base answers.
	asked := w.requests.Load()
	w.with(inPull...).without("VERCEL_TOKEN", "RAILWAY_API_TOKEN").run(0, "check", "--env", "auto", "--snapshot", "platforms.snapshot").says(
		"platforms as in the snapshot platforms.snapshot of 2026-11-03",
	).not("MAIL_API_KEY", "could not look")
	if w.requests.Load() != asked {
		t.Error("a fork without tokens asked a platform")
	}
	w.with(inPull...).without("VERCEL_TOKEN", "RAILWAY_API_TOKEN").run(0, "check", "--env", "auto").says("no token").not("env/missing")

	w.day(4) // Wednesday: merged to dev, and on to main, where nobody set it.
	w.git("checkout", "--quiet", "dev")
	w.git("merge", "--quiet", "--ff-only", "feat/mail")
	w.set(func() { w.pull = false }) // The environment of the pull request went with it.
	w.with(inPull...).run(0, "check", "--env", "pr/auto", "--app", "api").says("has no environment for pull request 7").not("env/missing", "env/sealed-not-copied")
	w.run(0, "check", "--env", "dev").not("MAIL_API_KEY")
	w.with("GITHUB_BASE_REF=main", "CI=true").run(1, "check", "--env", "auto").says(
		"MAIL_API_KEY is required and not set: prod (railway:shop/api/production) [env/missing]",
	)

	w.day(5) // Thursday: set in prod, running only after the next deployment.
	w.set(func() { w.production.mail = true })
	w.run(0, "check", "--env", "prod").says("MAIL_API_KEY was changed after what runs was deployed: prod", "[env/not-deployed]", "railway redeploy --service api --environment production")
	w.set(func() { w.production.deployed = w.now.Add(time.Hour) })
	w.run(0, "check").not("MAIL_API_KEY")
	w.run(0, "snapshot", "-o", "later.snapshot").silent()
	w.run(1, "snapshot", "diff", "platforms.snapshot", "later.snapshot").says("MAIL_API_KEY", "prod").not("staging", "SESSION_SECRET")

	w.day(6) // Friday: a new teammate clones the repository.
	w.git("checkout", "--quiet", "-B", "main", "dev")
	w.run(0, "env", "--env", "local", "--offline").says(
		"api finds no env file here that it reads, and requires MAIL_API_KEY, SESSION_SECRET: local", "run: envtight fix --local --app api",
	)
	w.run(0, "fix", "--local").says("wrote apps/api/.env from apps/api/.env.example: 2 variables", "wrote apps/web/.env.local")
	w.run(0, "fix", "--local").not("wrote")
	w.run(0, "env", "--env", "local", "--offline").says("MAIL_API_KEY").not("finds no env file")
	w.write("apps/api/.env", "SESSION_SECRET=mine\nMAIL_API_KEY=mine\n")
	w.write("apps/web/.env.local", "NEXT_PUBLIC_API_URL=http://localhost:8000\n")
	w.run(0, "env", "--env", "local", "--offline").not("env/local", "mine")

	w.day(7) // Saturday: the back end is given up, its service forgotten.
	w.git("rm", "--quiet", "-r", "apps/api")
	w.commit("Give the back end up")
	removal := w.git("rev-parse", "--short=7", "HEAD")
	if err := os.RemoveAll(filepath.Join(w.dir, "apps", "api")); err != nil {
		t.Fatal(err)
	}
	w.run(0, "check").says("[config/app-path-gone]", removal)
	withoutAPI, _, _ := strings.Cut(weekConfig, `app "api"`)
	w.write(configName, withoutAPI)
	w.commit("Forget the block, too")
	w.run(0, "check").says("[env/orphan-service]", "railway:shop/api", removal, "2").not("app-path-gone")
	// A platform that nobody is on any more fails nobody's run when it is down.
	down := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) }))
	defer down.Close()
	w.with("ENVTIGHT_RAILWAY_URL="+down.URL).run(0, "check").says("Not asked", "railway").not("env/orphan-service")
}

const weekConfig = `version = 1
environment "dev"  { branches = ["dev", "feat/*"] }
environment "prod" { branches = ["main"] }
app "web" {
  path = "apps/web"
  platform "vercel" {
    project      = "web"
    team         = "acme"
    environments = { dev = "preview", prod = "production" }
  }
}
app "api" {
  path = "apps/api"
  platform "railway" {
    project      = "shop"
    service      = "api"
    environments = { dev = "staging", prod = "production" }
  }
}
`

// week is the team: its repository, its platforms and the day.
type week struct {
	t         *testing.T
	dir, home string
	environ   []string
	now       time.Time
	requests  atomic.Int64

	// platforms guards what the platforms have: a request that a command gave up
	// may still be answered while the next day begins.
	platforms           sync.Mutex
	staging, production stage
	pull                bool
}

// set changes what the platforms have.
func (w *week) set(change func()) {
	w.platforms.Lock()
	defer w.platforms.Unlock()
	change()
}

// stage is the back end in one environment.
type stage struct {
	mail, staged bool
	changed      time.Time
	deployed     time.Time
}

func newWeek(t *testing.T) *week {
	w := &week{t: t, dir: t.TempDir(), home: t.TempDir(), now: november(1)}
	w.staging.deployed, w.production.deployed = w.now, w.now
	// What is set is set on Monday in staging and on Thursday in production.
	w.staging.changed, w.production.changed = november(2).Add(-time.Hour), november(5)
	// The platforms are made anew from the state of the moment for each request.
	serve := func(fake func() http.Handler) string {
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.requests.Add(1)
			w.platforms.Lock()
			handler := fake()
			w.platforms.Unlock()
			handler.ServeHTTP(rw, r)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	w.environ = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.home, "LocalAppData=" + w.home,
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES=" + parentOf(w.dir),
		"ENVTIGHT_VERCEL_URL=" + serve(w.vercel), "ENVTIGHT_RAILWAY_URL=" + serve(w.railway),
		"VERCEL_TOKEN=v", "RAILWAY_API_TOKEN=r",
	}
	w.git("init", "--quiet", "--initial-branch=main")
	w.git("remote", "add", "origin", "https://github.com/acme/shop.git")
	for name, text := range map[string]string{
		".gitignore":                ".env\n.env.local\n*later.snapshot\n",
		"package.json":              `{"workspaces": ["apps/*"]}`,
		"apps/web/package.json":     `{"name": "web", "dependencies": {"next": "16.0.0"}}`,
		"apps/web/next.config.ts":   "export default {};\n",
		"apps/api/main.py":          "from dotenv import load_dotenv\nfrom fastapi import FastAPI\n\nload_dotenv()\napp = FastAPI()\n",
		"apps/web/.env.example":     "NEXT_PUBLIC_API_URL=http://localhost:8000\n",
		"apps/api/requirements.txt": "fastapi\npython-dotenv\n",
		"apps/api/.env.example":     "SESSION_SECRET=\n",
		configName:                  weekConfig,
	} {
		w.write(name, text)
	}
	w.commit("Begin")
	w.git("branch", "dev")
	return w
}

func november(day int) time.Time { return time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC) }

func (w *week) day(n int) { w.now = november(n) }

func (w *week) vercel() http.Handler {
	both := []string{"production", "preview"}
	return vercelfake.New(vercelfake.State{
		Teams: []vercelfake.Team{{ID: "team_acme0000000000000000", Slug: "acme"}},
		Projects: []vercelfake.Project{{
			Name: "web", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/web", Framework: "nextjs",
			Variables: []vercelfake.Variable{{Name: "NEXT_PUBLIC_API_URL", Value: "x", Targets: both}},
		}},
		Tokens: []vercelfake.Token{{Text: "v", Team: "acme"}},
	})
}

func (w *week) railway() http.Handler {
	environment := func(name string, s stage) railwayfake.Environment {
		e := railwayfake.Environment{Name: name, Variables: []railwayfake.Variable{
			{Service: "api", Name: "SESSION_SECRET", Value: "x", Sealed: true, Updated: november(1).Add(-time.Hour)},
		}}
		if s.mail {
			e.Variables = append(e.Variables, railwayfake.Variable{Service: "api", Name: "MAIL_API_KEY", Value: "x", Updated: s.changed})
		}
		if s.staged {
			e.Staged = []railwayfake.Staged{{Service: "api", Name: "MAIL_API_KEY", Value: "x"}}
		}
		e.Deployments = []railwayfake.Deployment{{Service: "api", Created: s.deployed, Active: true}}
		return e
	}
	environments := []railwayfake.Environment{environment("production", w.production), environment("staging", w.staging)}
	if w.pull {
		copied := environment("shop-pr-7", w.staging)
		copied.Ephemeral, copied.Number, copied.Repo, copied.Source = true, 7, "acme/shop", "staging"
		copied.Variables = copied.Variables[1:] // nothing that is sealed
		environments = append(environments, copied)
	}
	return railwayfake.New(railwayfake.State{
		Workspaces: []railwayfake.Workspace{{Name: "acme"}},
		Projects: []railwayfake.Project{{
			Name: "shop", Workspace: "acme", Base: "staging", Environments: environments,
			Services: []railwayfake.Service{{Name: "api", Repo: "acme/shop", RootDirectory: "/apps/api"}},
		}},
		Tokens: []railwayfake.Token{{Text: "r", Kind: railwayfake.AccountToken}},
	})
}

func (w *week) write(name, text string) { writeFile(w.t, w.dir, name, text) }

func (w *week) commit(message string) {
	w.git("add", "--all")
	w.git("commit", "--quiet", "--message="+message)
}

func (w *week) git(args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "git", append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@shop.example"}, args...)...)
	cmd.Dir = w.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.home, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %s: %v %s", args[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

// as is the team's command in another environment.
type as struct {
	*week
	environ []string
}

func (w *week) with(entries ...string) as {
	return as{w, append(w.environ[:len(w.environ):len(w.environ)], entries...)}
}

// without takes variables out of the environment.
func (a as) without(names ...string) as {
	for _, name := range names {
		a.environ = append(a.environ, name+"=")
	}
	return a
}

func (w *week) run(code int, args ...string) said {
	w.t.Helper()
	return w.with().run(code, args...)
}

func (a as) run(code int, args ...string) said {
	a.t.Helper()
	var out bytes.Buffer
	switch args[0] {
	case "check", "env":
		args = append(args, "--no-cache") // the clock stands still between two runs of a day
	}
	got := Main(a.t.Context(), Env{
		Dir: a.dir, Stdout: &out, Stderr: &out, Environ: a.environ, Now: func() time.Time { return a.now },
	}, args)
	if got != code {
		a.t.Errorf("%s: envtight %s: exit code %d, want %d\n%s", a.now.Weekday(), strings.Join(args, " "), got, code, out.String())
	}
	return said{a.t, a.now.Weekday().String() + ": envtight " + strings.Join(args, " "), out.String()}
}

// said is what a command printed.
type said struct {
	t          *testing.T
	what, text string
}

func (s said) says(texts ...string) said {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.text, text) {
			s.t.Errorf("%s does not say %q:\n%s", s.what, text, s.text)
		}
	}
	return s
}

func (s said) not(texts ...string) said {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.text, text) {
			s.t.Errorf("%s says %q:\n%s", s.what, text, s.text)
		}
	}
	return s
}

func (s said) silent() {
	s.t.Helper()
	if s.text != "" {
		s.t.Errorf("%s is not silent:\n%s", s.what, s.text)
	}
}
