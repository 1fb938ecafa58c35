package envcheck

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestPolicies runs the configuration's word over one small repository.
func TestPolicies(t *testing.T) {
	const repository = `
-- apps/api/requirements.txt --
fastapi
-- apps/api/.env.example --
# DEBUG=
-- apps/web/requirements.txt --
fastapi
-- apps/web/.env.example --
PORT=
-- snapshot --
cell api dev railway:shop/api/staging
  DEBUG set
cell api prod railway:shop/api/production
cell web dev railway:shop/web/staging
  PORT set
  FLAG set
cell web prod railway:shop/web/production
  PORT set
`
	at := envtight.Location{Kind: envtight.AtConfig, Path: "envtight.hcl", Range: envtight.Range{Start: envtight.Position{Line: 9, Column: 1}}}
	tests := []struct {
		name   string
		policy Policy
		want   string
	}{
		{
			"nothing", Policy{Name: "DEBUG"},
			`apps/api/.env.example:1:3: warning: DEBUG is set in dev and not here: prod (railway:shop/api/production) [env/drift]
railway:shop/web/staging/FLAG: warning: FLAG is set and web does not declare it: dev [env/extra]`,
		},
		{
			"required where it is declared", Policy{Name: "DEBUG", RequiredIn: []string{"prod"}},
			`envtight.hcl:9:1: error: DEBUG is required by the configuration and not set: prod (railway:shop/api/production) [env/missing]
railway:shop/web/staging/FLAG: warning: FLAG is set and web does not declare it: dev [env/extra]`,
		},
		{
			"required of one app that never heard of it", Policy{Name: "SENTRY_DSN", App: "web", RequiredIn: []string{"prod"}},
			`apps/api/.env.example:1:3: warning: DEBUG is set in dev and not here: prod (railway:shop/api/production) [env/drift]
envtight.hcl:9:1: error: SENTRY_DSN is required by the configuration and not set: prod (railway:shop/web/production) [env/missing]
railway:shop/web/staging/FLAG: warning: FLAG is set and web does not declare it: dev [env/extra]`,
		},
		{
			"required, and no app knows it", Policy{Name: "SENTRY_DSN", RequiredIn: []string{"prod"}},
			`apps/api/.env.example:1:3: warning: DEBUG is set in dev and not here: prod (railway:shop/api/production) [env/drift]
envtight.hcl:9:1: error: SENTRY_DSN is required by the configuration and no app has it: prod (railway:shop/api/production), prod (railway:shop/web/production) [env/missing]
railway:shop/web/staging/FLAG: warning: FLAG is set and web does not declare it: dev [env/extra]`,
		},
		{
			"absent", Policy{Name: "FLAG", AbsentIn: []string{"dev"}},
			`apps/api/.env.example:1:3: warning: DEBUG is set in dev and not here: prod (railway:shop/api/production) [env/drift]
envtight.hcl:9:1: error: FLAG must not be set: dev (railway:shop/web/staging) [env/forbidden]`,
		},
		{"optional", Policy{Name: "*", Optional: true}, ``},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.policy.Location = at
			report := check(t, repository, Options{Policies: []Policy{test.policy}})
			if diff := cmp.Diff(test.want, findings(report, "")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// brokenFS refuses to open one file.
type brokenFS struct {
	fs.FS
	path string
}

func (f brokenFS) Open(path string) (fs.File, error) {
	if path == f.path {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	return f.FS.Open(path)
}

// runOver is check with more freedom: the test may change the options.
func runOver(t *testing.T, files string, change func(*Options)) *envtight.Report {
	t.Helper()
	fsys, s, err := parseExample(files)
	if err != nil {
		t.Fatal(err)
	}
	ws, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		FS: fsys, Workspace: ws, Links: s.links, Environments: s.environments(), Sources: s.sources(),
		Tokens: func(Link, string) (Token, bool) { return Token{From: "TEST"}, true },
	}
	change(&o)
	report, err := envtight.Run(t.Context(), []envtight.Check{New(o)}, envtight.Options{FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestUnreadableExample: what an example declares is not extra, and the example
// is not missing, because nobody could read it.
func TestUnreadableExample(t *testing.T) {
	const repository = `
-- apps/api/requirements.txt --
fastapi
-- apps/api/.env.example --
PORT=
-- apps/api/.env.production.example --
SENTRY_DSN=
-- snapshot --
cell api prod railway:shop/api/production
  PORT set
  SENTRY_DSN set
`
	for _, path := range []string{"apps/api/.env.example", "apps/api/.env.production.example"} {
		report := runOver(t, repository, func(o *Options) { o.FS = brokenFS{o.FS, path} })
		want := "failed: cannot read " + path + ": permission denied"
		if diff := cmp.Diff(want, findings(report, "")); diff != "" {
			t.Error(diff)
		}
	}
}

// TestRootExampleInAPartOfTheRun: the root's example declares for an app although
// the app at the root is not judged, and other apps may have what it declares.
func TestRootExampleInAPartOfTheRun(t *testing.T) {
	const repository = `
-- package.json --
{"name": "root", "workspaces": ["apps/*"], "dependencies": {"next": "15.0.0"}}
-- next.config.js --
-- .env.example --
SMTP_URL=
PORT=
-- apps/web/package.json --
{"name": "web"}
-- apps/web/Dockerfile --
FROM scratch
-- apps/worker/package.json --
{"name": "worker"}
-- apps/worker/Dockerfile --
FROM scratch
-- snapshot --
cell web prod railway:shop/web/production
  PORT empty
cell worker prod railway:shop/worker/production
  SMTP_URL set
`
	report := runOver(t, repository, func(o *Options) { o.Apps = []string{"web"} })
	want := `.env.example:2:1: error: PORT is required and set to an empty value: prod (railway:shop/web/production) [env/empty]
not asked: variables that any app may have were not judged in prod: nobody knows what worker has there`
	if diff := cmp.Diff(want, findings(report, "")); diff != "" {
		t.Error(diff)
	}
}

// sourceFunc is a platform that answers by a function.
type sourceFunc func([]Target) []Answer

func (sourceFunc) Platform() string { return "railway" }

func (f sourceFunc) Fetch(_ context.Context, targets []Target) []Answer { return f(targets) }

// TestBrokenSources: an adapter that fails to answer leaves cells open, and says
// so, once.
func TestBrokenSources(t *testing.T) {
	const repository = `
-- apps/api/requirements.txt --
fastapi
-- apps/api/.env.example --
PORT=
-- snapshot --
cell api dev railway:shop/api/staging
cell api prod railway:shop/api/production
`
	planted := "canary" + "-4711"
	tests := []struct {
		name   string
		source sourceFunc
		want   string
	}{
		{"panic", func([]Target) []Answer { panic(planted) }, "failed: the railway adapter gave no answer"},
		{"nothing", func([]Target) []Answer { return nil }, "failed: the railway adapter gave no answer"},
		{"zero answers", func(t []Target) []Answer { return make([]Answer, len(t)) }, "failed: railway did not show everything"},
		{"too many", func([]Target) []Answer { return make([]Answer, 9) }, "failed: railway did not show everything"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := runOver(t, repository, func(o *Options) { o.Sources = []Source{test.source, test.source} })
			if diff := cmp.Diff(test.want, findings(report, "")); diff != "" {
				t.Error(diff)
			}
			if report.ExitCode(envtight.ExitOptions{}) != envtight.ExitIncomplete {
				t.Error("the run counts as complete")
			}
		})
	}
}

// TestValuesOfLocalFilesAreBlanked: a library's caller need not name a masker.
func TestValuesOfLocalFilesAreBlanked(t *testing.T) {
	planted := "canary" + "-4711"
	report := runOver(t, "-- apps/api/.env.example --\nA=\n-- apps/api/.env --\nA B="+planted+"\nC=\""+planted+"\n", func(*Options) {})
	if len(report.Diagnostics) == 0 || report.Diagnostics[0].Snippet == nil {
		t.Fatal("no finding to look at")
	}
	for _, d := range report.Diagnostics {
		if strings.Contains(d.Snippet.Text, "canary") {
			t.Errorf("%s shows the value", d.Rule)
		}
	}
}

// TestVariablesCountOnce: a declaration that holds for several apps is one
// variable, and belongs to the app in whose own example it stands.
func TestVariablesCountOnce(t *testing.T) {
	fsys, _, err := parseExample(`
-- package.json --
{"name": "shop", "workspaces": ["apps/*", "packages/*"], "dependencies": {"next": "15.0.0"}}
-- next.config.js --
-- .env.example --
A=
-- apps/web/package.json --
{"name": "web", "dependencies": {"@acme/db": "workspace:*"}}
-- apps/web/Dockerfile --
FROM scratch
-- apps/worker/package.json --
{"name": "worker", "dependencies": {"@acme/db": "workspace:*"}}
-- apps/worker/Dockerfile --
FROM scratch
-- packages/db/package.json --
{"name": "@acme/db"}
-- packages/db/.env.example --
# @required(prod)
# BRAVO=
`)
	if err != nil {
		t.Fatal(err)
	}
	ws, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := New(Options{FS: fsys, Workspace: ws})
	files := map[string]*envFile{}
	for _, path := range []string{".env.example", "packages/db/.env.example"} {
		addFile(files, path, "", true, nil)
	}
	parseAll(fsys, sortedFiles(files))
	var facts envtight.Facts
	join(c.options, c.apps(files), nil, nil, nil).export(&facts)
	var got []string
	for _, v := range facts.Variables {
		got = append(got, strings.Join([]string{v.Name, v.App, v.Location.String(), map[bool]string{true: "optional"}[v.Optional]}, " "))
	}
	want := []string{"A shop .env.example:1:1 ", "BRAVO  packages/db/.env.example:2:3 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoToken says once what is to be done about all cells without a token.
func TestNoToken(t *testing.T) {
	const repository = `
-- apps/api/requirements.txt --
fastapi
-- apps/api/.env.example --
PORT=
-- snapshot --
cell api dev railway:shop/api/staging
cell api prod railway:shop/api/production
`
	tests := map[string]map[string]string{
		"set ENVTIGHT_RAILWAY_TOKEN or RAILWAY_TOKEN or RAILWAY_API_TOKEN": nil,
		"set OURS": {"": "OURS"},
	}
	for advice, names := range tests {
		report := runOver(t, repository, func(o *Options) {
			o.Links[0].TokenEnv = names
			o.Tokens = nil
		})
		if len(report.Incomplete) != 1 || report.Incomplete[0].Advice != advice || len(report.Incomplete[0].Cells) != 2 {
			t.Errorf("%v: %+v", names, report.Incomplete)
		}
		if len(report.Diagnostics) != 0 || report.ExitCode(envtight.ExitOptions{Strict: true}) != envtight.ExitClean {
			t.Error("what was not asked has an effect")
		}
	}
	want := []string{"ENVTIGHT_VERCEL_TOKEN_PR_1", "ENVTIGHT_VERCEL_TOKEN", "VERCEL_TOKEN"}
	if diff := cmp.Diff(want, TokenNames(Link{Platform: "vercel"}, "pr-1")); diff != "" {
		t.Error(diff)
	}
}

// TestSuppressionsOfWhatIsNotProven: they match nothing, and are not called unused.
func TestSuppressionsOfWhatIsNotProven(t *testing.T) {
	tests := map[string]struct {
		rule string
		want int
	}{
		"root_unproven.txtar":      {"env/missing", 0},
		"malformed_manifest.txtar": {"env/extra", 0},
		"modes.txtar":              {"env/extra", 1},
	}
	for name, test := range tests {
		archive, err := txtar.ParseFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files := strings.ReplaceAll(string(txtar.Format(archive)), " incomplete\n", "\n")
		fsys, s, err := parseExample(files)
		if err != nil {
			t.Fatal(err)
		}
		ws, err := workspace.Load(t.Context(), fsys, workspace.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := New(Options{
			FS: fsys, Workspace: ws, Links: s.links, Environments: []string{"prod"}, Sources: s.sources(),
			Tokens: func(Link, string) (Token, bool) { return Token{}, true },
		})
		report, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{Suppressions: []envtight.Suppression{{Rule: test.rule, Reason: "r"}}})
		if err != nil {
			t.Fatal(err)
		}
		unused := 0
		for _, d := range report.Diagnostics {
			if d.Rule == "config/unused-suppression" {
				unused++
			}
		}
		if unused != test.want {
			t.Errorf("%s: %d unused suppressions, want %d\n%s", name, unused, test.want, findings(report, ""))
		}
	}
}

// TestOwner: who owns a variable is whom to ask, whatever is wrong with it.
func TestOwner(t *testing.T) {
	const files = "-- apps/api/.env.example --\nDD_API_KEY=\nDD_SITE=\n# DD_ENV=\n# @only(dev)\nDD_DEBUG=\nOTHER=\n" +
		"-- snapshot --\nowned * nobody\nowned DD_* platform-team\n" +
		"cell api dev railway:shop/api/staging\n  DD_SITE empty\n  DD_ENV set\n  OTHER set\n  DD_API_KEY reference dangling=${{X.Y}}\n  DD_DEBUG set\n" +
		"cell api prod railway:shop/api/production\n  DD_SITE set\n  OTHER set\n  DD_DEBUG set\n  DD_EXTRA set\n"
	r := check(t, files, Options{})
	found := map[string]bool{}
	for _, d := range r.Diagnostics {
		found[d.Rule] = true
		if strings.HasPrefix(d.Name, "DD_") && !strings.HasPrefix(d.Advice, "ask platform-team, who owns it\n") {
			t.Errorf("%s of %s advises: %s", d.Rule, d.Name, d.Advice)
		}
	}
	for _, rule := range []string{"env/missing", "env/empty", "env/drift", "env/forbidden", "env/dangling-reference"} {
		if !found[rule] {
			t.Errorf("%s finds nothing", rule)
		}
	}
	if found["env/extra"] {
		t.Error("env/extra objects to what somebody else owns")
	}
}
