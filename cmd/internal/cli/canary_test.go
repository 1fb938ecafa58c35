package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/envtight/envtight/envcheck/platform/github/githubfake"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

// canary makes a value that stands nowhere by chance, of a length whose digits
// stand nowhere by chance either. Each rule looks at each of its bytes in each run,
// so it is not longer than it has to be.
func canary(where string) string {
	seed := "Cnry" + hex.EncodeToString([]byte(where)) + "Zq7"
	return strings.Repeat(seed, canaryLength/len(seed)+1)[:canaryLength]
}

const canaryLength = 1373

// lengthTrace is the length as a number of its own: ports, times and directories of
// a test may hold the same digits.
var lengthTrace = regexp.MustCompile(`(^|[^0-9A-Za-z.])` + strconv.Itoa(canaryLength) + `([^0-9]|$)`)

// places are all places in which a value is planted.
var places = []string{
	"vercel plain", "vercel encrypted", "vercel sensitive", "vercel shared", "vercel token", "vercel refused token",
	"railway plain", "railway sealed", "railway shared", "railway token", "railway refused token",
	"github secret", "github variable", "github token", "github refused token", "workflow",
	"local file", "tracked file", "example secret", "commented", "unterminated", "remote", "config token", "config attribute", "base url",
	"answer", "header", "proxy", "snapshot", "snapshot key", "program", "program answer", "program name", "deploy file", "stream",
}

// traces are the forms in which a value may show: whole or in part, as it is or
// encoded.
func traces(value string) map[string]string {
	b64 := func(shift int) string {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + value[:30]))
		return encoded[4 : len(encoded)-8]
	}
	return map[string]string{
		"six bytes":    value[len("Cnry")-1 : len("Cnry")+5],
		"last bytes":   value[len(value)-10:],
		"base64":       b64(0),
		"base64 (1)":   b64(1),
		"base64 (2)":   b64(2),
		"hexadecimal":  hex.EncodeToString([]byte(value[:12])),
		"Hexadecimal":  strings.ToUpper(hex.EncodeToString([]byte(value[:12]))),
		"URL-encoded":  "%" + strings.ToUpper(hex.EncodeToString([]byte(value[:1]))) + "%",
		"Go bytes":     strings.Trim(fmt.Sprint([]byte(value[:6])), "[]"),
		"first letter": value[:6],
	}
}

// plantRepository writes the demo's monorepo with a value in every place that
// a value can stand in.
func plantRepository(t *testing.T, dir string) {
	t.Helper()
	files := map[string]string{
		"package.json":                  `{"workspaces": ["apps/*"]}`,
		".gitignore":                    ".env.local\n/apps/api/.env\n",
		"apps/web/package.json":         `{"name": "web", "dependencies": {"next": "16.0.0"}}`,
		"apps/web/.env.local":           "API_KEY=" + canary("local file") + "\n",
		"apps/web/.env":                 "DATABASE_URL=\"" + canary("tracked file") + "\nbad line " + canary("unterminated") + "\nsecret: '" + canary("unterminated") + "\n",
		"apps/web/.env.example":         "API_KEY=\n# OLD_KEY=" + canary("commented") + "\nSHARED_KEY=\nDATABASE_URL=\nGITHUB_TOKEN=ghp_" + strings.Repeat("a1B2", 9) + "\n",
		"apps/api/pyproject.toml":       "[project]\nname = \"api\"\ndependencies = [\"fastapi\", \"python-dotenv\"]\n",
		"apps/api/Dockerfile":           "FROM python\nCOPY . .\n",
		"apps/api/.env.example":         "SESSION_SECRET= # note\nSEALED_KEY=\nSHARED_KEY=\n@type=url\nHOME_URL=x\n",
		"apps/api/.env.production":      "API_KEY='" + canary("tracked file") + "\n",
		"apps/jobs/.env.example":        "API_KEY=\nSHARED_KEY=\n",
		"apps/jobs/package.json":        `{"name": "jobs", "dependencies": {"express": "5.0.0"}}`,
		"deploy/dev.env":                "API_KEY=" + canary("deploy file") + "\nSHARED_KEY=${API_KEY}" + canary("deploy file") + "\nEXTRA='" + canary("deploy file") + "'\n",
		"deploy/prod.env":               "API_KEY=\"" + canary("deploy file") + "\n" + canary("deploy file") + "==\n" + canary("deploy file") + "\n",
		"leak.sh":                       plantedProgram(),
		configName:                      plantedConfig,
		"broken.hcl":                    "version = 1\napp \"web\" {\n  token = \"" + canary("config attribute") + "\"\n  platform \"vercel\" {\n    project = \"x\"\n    token_env = \"" + canary("config token") + "\"\n  }\n}\n",
		"unreadable.hcl":                "version = \"" + canary("config attribute") + "\n",
		"values.hcl":                    strings.ReplaceAll(plantedConfig, "    environments =", "    values = true\n    environments ="),
		"old.snapshot":                  plantedSnapshot + "  API_KEY set\nend cells=1 variables=1\n",
		"new.snapshot":                  plantedSnapshot + "  API_KEY unreadable\nend cells=1 variables=1\n",
		"bad.snapshot":                  plantedSnapshot + "  API_KEY=" + canary("snapshot") + " set\nend cells=1 variables=1\n",
		"baseline.json":                 `{"version": 1, "entries": []}`,
		"bad-baseline.json":             `{"version": "` + canary("config attribute") + `"}`,
		"rules.toml":                    "[[rules]]\nid = \"planted\"\nregex = '''Cnry[0-9A-Za-z]+'''\n",
		"broken.toml":                   "[[rules]]\nid = \"" + canary("config attribute") + "\nregex = 1\n",
		"leaks.json":                    `[{"RuleID": "planted", "File": "x", "Secret": "` + canary("config attribute") + `"}]`,
		".gitleaksignore":               canary("config attribute") + "\n",
		".github/workflows/ci.yml":      "on: [push, pull_request]\nenv: {API_KEY: '" + canary("workflow") + "', X: '${{ secrets.GITHUB_X }}" + canary("workflow") + "'}\njobs:\n  a:\n    environment: production\n    steps: [{run: '${{ secrets.MISSING }} ${{ vars.REGION }}'}]\n",
		".github/env.example":           "DEPLOY_KEY=\n",
		"apps/web/.vercel/project.json": `{"projectId": "` + canary("config attribute") + `"`,
	}
	for name, text := range files {
		writeFile(t, dir, name, text)
	}
	for name, text := range committed(t, dir) {
		writeFile(t, dir, name, text)
	}
}

// commits are git directories, by their names below the repository, of all that was
// planted. All repositories of a test run are the same.
var commits struct {
	sync.Mutex
	planted map[string]string
}

// committed returns the files of git for what is planted in dir. git makes them once:
// four processes for each of hundreds of repositories would take longer than the tests.
func committed(t *testing.T, dir string) map[string]string {
	t.Helper()
	commits.Lock()
	defer commits.Unlock()
	if commits.planted != nil {
		return commits.planted
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main", "--template="},
		{"add", "--all"},
		{"-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "--quiet", "--message=x"},
		{"remote", "add", "origin", "https://x:" + canary("remote")[:200] + "@github.com/acme/shop.git"},
	} {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1"}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v %s", args[0], err, out)
		}
	}
	planted := map[string]string{}
	for name, text := range filesBelow(t, filepath.Join(dir, ".git")) {
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		planted[rel] = text
	}
	commits.planted = planted
	return planted
}

const plantedSnapshot = `envtight snapshot 1
tool 0.1.0
taken 2026-11-25T03:00:00Z
names plain
cell web prod vercel complete
link team=acme project=web environment=production
`

const plantedConfig = `version = 1
environment "dev"  { branches = ["dev"] }
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
app "ci" {
  path = ".github"
  platform "github" {
    project      = "acme/shop"
    environments = { prod = "production" }
  }
}
app "jobs" {
  path = "apps/jobs"
  platform "command" {
    project      = "vault"
    environments = { dev = "kv/dev", prod = "kv/prod" }
  }
  platform "file" {
    project      = "deploy"
    environments = { dev = "deploy/dev.env", prod = "deploy/prod.env" }
  }
}
`

// plantedProgram is a program whose every output is planted; its argument chooses
// how it goes wrong.
func plantedProgram() string {
	answer := func(target string) string {
		return `printf '%s' '{"version":1,"targets":[` + target + "," + target + `]}'`
	}
	leak := canary("program answer")
	return "echo " + canary("program") + " >&2\ncase $1 in\n" +
		"well) " + answer(`{"complete":true,"names":["API_KEY"]}`) + ";;\n" +
		"value) " + answer(`{"complete":true,"names":[{"name":"API_KEY","value":"`+leak+`"}]}`) + ";;\n" +
		"assignment) " + answer(`{"complete":true,"names":["API_KEY=`+leak+`"]}`) + ";;\n" +
		"member) " + answer(`{"complete":true,"`+leak+`":true}`) + ";;\n" +
		"word) " + answer(`{"error":"`+leak+`"}`) + ";;\n" +
		"type) " + answer(`{"complete":true,"names":[{"name":"API_KEY","type":"`+leak+`"}]}`) + ";;\n" +
		"*) echo " + leak + "; exit 7;;\nesac\n"
}

// plantedPlatforms are a Vercel and a Railway whose every value is planted.
func plantedPlatforms() (vercel, railway, github http.Handler) {
	both := []string{"production", "preview"}
	v := vercelfake.State{
		Teams: []vercelfake.Team{{ID: "team_acme", Slug: "acme"}},
		Projects: []vercelfake.Project{{Name: "web", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/web", Variables: []vercelfake.Variable{
			{Name: "API_KEY", Type: "plain", Value: canary("vercel plain"), Targets: both},
			{Name: "DATABASE_URL", Type: "encrypted", Value: canary("vercel encrypted"), Targets: both},
			{Name: "EXTRA_KEY", Type: "sensitive", Value: canary("vercel sensitive"), Targets: both},
			{Name: "API_KEY", Type: "plain", Value: canary("vercel plain"), Targets: []string{"preview"}, Branch: "feat/gone"},
		}}},
		Shared: []vercelfake.Shared{{Team: "acme", Name: "SHARED_KEY", Type: "encrypted", Value: canary("vercel shared"), Targets: both, Projects: []string{"web"}}},
		Tokens: []vercelfake.Token{{Text: canary("vercel token"), Team: "acme"}},
	}
	variables := []railwayfake.Variable{
		{Service: "api", Name: "SESSION_SECRET", Value: canary("railway plain")},
		{Service: "api", Name: "SEALED_KEY", Value: canary("railway sealed"), Sealed: true},
		{Name: "SHARED_KEY", Value: canary("railway shared")},
		{Service: "api", Name: "REFERENCE", Value: "${{Gone.URL}}" + canary("railway plain")},
	}
	r := railwayfake.State{
		Workspaces: []railwayfake.Workspace{{Name: "acme"}},
		Projects: []railwayfake.Project{{
			Name: "shop", Workspace: "acme", Base: "staging",
			Environments: []railwayfake.Environment{
				{Name: "production", Variables: variables}, {Name: "staging", Variables: variables[:2]},
				{Name: "shop-pr-12", Ephemeral: true, Number: 12, Repo: "acme/shop", Source: "staging", Variables: variables[:1]},
			},
			Services: []railwayfake.Service{{Name: "api", Repo: "acme/shop", RootDirectory: "/apps/api"}},
		}},
		Tokens: []railwayfake.Token{{Text: canary("railway token"), Kind: railwayfake.AccountToken}},
	}
	g := githubfake.State{
		Repository: "acme/shop", Secrets: map[string]string{"OLD_KEY": canary("github secret")},
		Variables:    map[string]string{"NPM_TOKEN": canary("github variable")},
		Environments: []githubfake.Environment{{Name: "production", Variables: map[string]string{"REGION": canary("github variable")}}},
		Tokens:       []githubfake.Token{{Text: canary("github token")}},
	}
	return vercelfake.New(v), railwayfake.New(r), githubfake.New(g)
}

// babbler answers everything with planted text: errors, web pages, broken JSON.
func babbler(status int, contentType, format string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-Planted", canary("header"))
		w.Header().Set("Retry-After", "9999")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, format, canary("answer"))
	})
}

// babble are the ways in which a platform goes wrong.
var babble = map[string]http.Handler{
	"page":    babbler(403, "text/html", "<html>%s</html>"),
	"error":   babbler(500, "application/json", `{"error":{"code":"%[1]s","message":"%[1]s"}}`),
	"busy":    babbler(429, "application/json", `{"error":{"code":"rate_limited","message":"%s"}}`),
	"errors":  babbler(200, "application/json", `{"errors":[{"message":"%[1]s"}],"data":null}`),
	"half":    babbler(200, "application/json", `{"envs":[{"key":"API_KEY","value":"%s`),
	"unknown": babbler(200, "application/json", `{"envs":[{"key":"API_KEY","type":"%[1]s","value":"%[1]s","target":["production"]}],"id":"web","name":"web","data":{"x":"%[1]s"}}`),
	"moved": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/"+canary("answer"), http.StatusFound)
	}),
}

// canaryCommands are the commands that are run, with every flag somewhere.
var canaryCommands = [][]string{
	{"check"},
	{"check", "-v", "--values", "--strict", "--all"},
	{"check", "--format", "json", "--values", "--enable", "style"},
	{"check", "--format", "line"},
	{"check", "--format", "sarif", "--show-suppressed"},
	{"check", "--format", "github"},
	{"check", "--format", "markdown"},
	{"check", "--format", "junit", "--values"},
	{"check", "--format", "gitleaks-json"},
	{"check", "--format", "text", "--color", "always", "--redact"},
	{"check", "--output", "json=OUT/a.json", "--output", "sarif=OUT/a.sarif", "--output", "markdown=OUT/a.md", "--output", "text=OUT/a.txt", "--output", "line=OUT/a.line", "--output", "github=OUT/a.github", "--quiet"},
	{"check", "--no-cache"},
	{"check", "--config", "broken.hcl"},
	{"check", "--config", "unreadable.hcl", "-v"},
	{"check", "--baseline", "bad-baseline.json"},
	{"check", "--baseline", "baseline.json", "--fail-on", "info", "--incomplete", "ignore", "--no-inline-ignores"},
	{"check", "--env", "dev", "--app", "web", "--offline"},
	{"env", "--env", "prod", "--no-cache", "--values", "-v", "--app", "web"},
	{"env", "--env", "auto", "--offline", "-C", "apps/web", "--config", "../../" + configName},
	{"env", "--format", "json", "--output", "text=OUT/env.txt", "--fail-on", "warning", "--strict", "--incomplete", "warn", "--enable", "style", "--baseline", "baseline.json", "--no-inline-ignores", "--show-suppressed", "--redact", "--all"},
	{"naming", "--app", "api", "--config", configName, "--format", "json", "--output", "text=OUT/naming.txt", "--fail-on", "warning", "--strict", "--incomplete", "fail", "--enable", "style", "--baseline", "baseline.json", "--no-inline-ignores", "--show-suppressed", "--redact"},
	{"naming", "--all"},
	{"check", "--source-command", "sh leak.sh well", "--values", "-v"}, {"env", "--source-command", "vault=sh leak.sh value", "--format", "json"},
	{"matrix", "--source-command", "sh leak.sh assignment"}, {"doctor", "--source-command", "sh leak.sh member", "-v"},
	{"snapshot", "--source-command", "sh leak.sh well", "-o", "OUT/program.snapshot"}, {"snapshot", "--source-command", "sh leak.sh value"},
	{"check", "--source-command", "sh leak.sh type"}, {"check", "--source-command", "sh leak.sh word", "--format", "sarif"},
	{"check", "--source-command", "sh leak.sh exit", "--format", "github"}, {"check", "--app", "jobs", "--env", "prod", "--values"},
	{"check", "--changed", "HEAD", "-v"}, {"env", "--changed", "HEAD~1"}, {"naming", "--changed", "HEAD", "--app", "w*"}, {"matrix", "--changed", "main"}, {"doctor", "--changed", "main"},
	{"check", "--env", "pr/12", "--values", "-v"}, {"env", "--env", "pr/13", "--format", "json"}, {"matrix", "--env", "pr/12", "--env", "dev", "-v"}, {"check", "--env", "pr/auto"},
	{"matrix", "--values", "--no-cache", "-v"},
	{"matrix", "--format", "json", "--problems", "--env", "dev", "--app", "web"},
	{"matrix", "--format", "markdown", "--all", "--config", configName},
	{"matrix", "--offline"}, {"why", "API_KEY"}, {"why", "API_KEY", "--format", "json", "--offline", "--all"}, {"why", "SHARED_KEY", "--app", "api", "--values", "-v", "--config", configName}, {"why", "NOBODY"}, {"why", "API_KEY", "--snapshot", "old.snapshot", "--max-age", "1h", "--env", "prod"}, {"why", "API_KEY", "--fallback-snapshot", "bad.snapshot", "--no-cache"}, {"why", "API_KEY", "--source-command", "sh leak.sh value", "--changed", "HEAD"},
	{"env", "--env", "local", "--offline", "--format", "json"},
	{"env", "--env", "local", "--values", "--strict"},
	{"matrix", "--env", "local", "--format", "json"},
	{"fix"},
	{"fix", "--local"},
	{"fix", "--local", "--diff", "--all", "--config", configName},
	{"fix", "--local", "--app", "api"},
	{"fix", "--local", "--changed", "HEAD"},
	{"snapshot", "-o", "OUT/s"},
	{"snapshot", "--out", "OUT/s", "--names", "plain", "--env", "prod", "--all", "--config", "values.hcl", "-v"},
	{"snapshot", "--names", "hmac", "-o", "OUT/s", "-v"},
	{"snapshot", "--app", "api"}, {"snapshot", "--changed", "HEAD"}, {"snapshot", "--offline"},
	{"snapshot", "diff", "old.snapshot", "new.snapshot"},
	{"snapshot", "diff", "old.snapshot", "bad.snapshot", "--format", "json"},
	{"snapshot", "diff", "old.snapshot", "new.snapshot", "--format", "json"},
	{"check", "--snapshot", "old.snapshot", "--max-age", "0", "-v", "--values"},
	{"check", "--snapshot", "bad.snapshot", "--format", "json"},
	{"check", "--fallback-snapshot", "bad.snapshot", "--format", "sarif"},
	{"env", "--snapshot", "bad.snapshot", "--max-age", "7d"}, {"env", "--fallback-snapshot", "old.snapshot"},
	{"matrix", "--snapshot", "old.snapshot", "--max-age", "1h"}, {"matrix", "--fallback-snapshot", "bad.snapshot"},
	{"doctor", "-v"},
	{"doctor", "--offline", "--app", "web", "--config", configName},
	{"doctor", "--all"},
	{"init", "--print", "-v"},
	{"init", "--force", "--offline", "-C", "copy"},
	{"config"},
	{"config", "show", "--config", configName},
	{"config", "show", "--config", "broken.hcl"},
	{"config", "verify"},
	{"config", "verify", "--config", "broken.hcl"},
	{"config", "verify", "--config", "unreadable.hcl"},
	{"config", "reference"},
	{"rules"}, {"rules", "--json"},
	{"explain", "env/missing"}, {"explain", "nothing"},
	{"version"}, {"version", "--json"},
	{"demo", "--keep", "OUT/demo"},
	{"completion", "bash"}, {"completion", "zsh", "--no-descriptions"}, {"completion", "fish"}, {"completion", "powershell"},
	{"hook"}, {"hook", "install", "--global"}, {"hook", "install"}, {"hook", "uninstall", "--global"}, {"hook", "uninstall"},
	{"hook", "run", "pre-commit", "--config", configName, "--fail-on", "info", "--baseline", "baseline.json"}, {"hook", "run", "pre-commit", "-v"},
	{"hook", "run", "files", "apps/web/.env", "leak.sh"},
	{"check", "--history", "--offline", "-v"},
	{"secrets"},
	{"secrets", "dir"}, {"secrets", "dir", "--no-git", "--format", "json", "--output", "sarif=OUT/dir.sarif", "--fail-on", "info", "--strict", "--incomplete", "warn", "--show-suppressed", "--no-inline-ignores", "--redact", "--enable", "style", "--baseline", "baseline.json"},
	{"secrets", "dir", "apps/web", "--config", "rules.toml", "--enable-rule", "planted", "--max-target-megabytes", "1", "--max-decode-depth", "2", "--max-archive-depth", "1", "--ignore-gitleaks-allow", "--gitleaks-ignore-path", ".gitleaksignore", "--baseline-path", "leaks.json", "--exit-code", "3"},
	{"secrets", "dir", "--config", "broken.toml"},
	{"secrets", "git", "-v", "--format", "json"}, {"secrets", "git", "--max-archive-depth", "1"}, {"secrets", "git", "HEAD", "--no-cache", "--config", "rules.toml", "--enable-rule", "planted", "--max-target-megabytes", "1", "--max-decode-depth", "2", "--ignore-gitleaks-allow", "--gitleaks-ignore-path", ".", "--baseline-path", "leaks.json", "--exit-code", "3", "--output", "sarif=OUT/git.sarif", "--fail-on", "info", "--strict", "--incomplete", "warn", "--show-suppressed", "--no-inline-ignores", "--redact", "--enable", "style", "--baseline", "baseline.json"},
	{"secrets", "git", "--unreachable", "-v"}, {"secrets", "git", "--shard", "1/2", "--config", "rules.toml"}, {"secrets", "git", "--baseline", "leaks.json"}, {"secrets", "dir", "--gitleaks-ignore-path", "nowhere"}, {"merge", "bad-baseline.json"},
	{"merge", "shard.json", "--revision", "HEAD", "--config", "rules.toml", "--enable-rule", "planted", "--max-target-megabytes", "1", "--max-decode-depth", "2", "--max-archive-depth", "0", "--ignore-gitleaks-allow", "--gitleaks-ignore-path", ".", "--baseline-path", "leaks.json", "--exit-code", "3", "--format", "json", "--output", "sarif=OUT/merge.sarif", "--fail-on", "info", "--strict", "--incomplete", "warn", "--show-suppressed", "--no-inline-ignores", "--redact", "--enable", "style", "--baseline", "baseline.json"},
	{"secrets", "staged", "--config", "rules.toml", "--enable-rule", "planted", "--max-target-megabytes", "1", "--max-decode-depth", "2", "--max-archive-depth", "0", "--ignore-gitleaks-allow", "--gitleaks-ignore-path", ".", "--baseline-path", "leaks.json", "--exit-code", "3", "--format", "json", "--output", "sarif=OUT/staged.sarif", "--fail-on", "info", "--strict", "--incomplete", "warn", "--show-suppressed", "--no-inline-ignores", "--redact", "--enable", "style", "--baseline", "baseline.json"},
	{"secrets", "stdin", "--path", "x.env", "--config", "rules.toml", "--enable-rule", "planted", "--max-target-megabytes", "1", "--max-decode-depth", "2", "--max-archive-depth", "0", "--ignore-gitleaks-allow", "--gitleaks-ignore-path", ".", "--baseline-path", "leaks.json", "--exit-code", "3", "--format", "json", "--output", "sarif=OUT/stdin.sarif", "--fail-on", "info", "--strict", "--incomplete", "warn", "--show-suppressed", "--no-inline-ignores", "--redact", "--enable", "style", "--baseline", "baseline.json"},
	{"detect", "-v", "--source", ".", "--report-path", "OUT/detect.sarif", "--report-format", "sarif", "--no-banner", "--no-color", "--log-level", "debug", "--timeout", "600", "--platform", "github", "--log-opts", "--all", "--config", "rules.toml", "--enable-rule", "planted", "--max-target-megabytes", "1", "--max-decode-depth", "2", "--ignore-gitleaks-allow", "--gitleaks-ignore-path", ".", "--baseline-path", "leaks.json", "--exit-code", "3", "--redact"},
	{"detect", "--no-git", "-v", "--max-archive-depth", "1"}, {"detect", "--pipe", "-v"}, {"detect", "--follow-symlinks"},
	{"protect", "--staged", "-v", "--source", ".", "--report-path", "OUT/protect.sarif", "--report-format", "sarif", "--no-banner", "--no-color", "--log-level", "debug", "--timeout", "600", "--log-opts", "--all", "--config", "rules.toml", "--enable-rule", "planted", "--max-target-megabytes", "1", "--max-decode-depth", "2", "--max-archive-depth", "0", "--ignore-gitleaks-allow", "--gitleaks-ignore-path", ".", "--baseline-path", "leaks.json", "--exit-code", "3", "--redact"},
	{"help", "check"},
	{},
}

// TestCanary plants values everywhere, runs every command in every format with
// every flag, when all is well and when it is not, and looks for a trace of
// a value in all that came out.
func TestCanary(t *testing.T) {
	c := &canaryRun{used: map[string]bool{}}
	t.Run("commands", func(t *testing.T) { c.all(t) })
	c.complete(t)
}

// all runs the commands beside each other.
func (c *canaryRun) all(t *testing.T) {
	vercel, railway, github := plantedPlatforms()
	tokens := []string{"VERCEL_TOKEN=" + canary("vercel token"), "RAILWAY_API_TOKEN=" + canary("railway token"), "GH_TOKEN=" + canary("github token"), "ENVTIGHT_SNAPSHOT_KEY=" + canary("snapshot key")}
	for _, args := range canaryCommands {
		c.run(t, "well", vercel, railway, github, tokens, args)
	}
	refused := []string{"VERCEL_TOKEN=" + canary("vercel refused token"), "RAILWAY_TOKEN=" + canary("railway refused token"), "ENVTIGHT_GITHUB_TOKEN=" + canary("github refused token")}
	failing := [][]string{{"check", "-v", "--values"}, {"check", "--format", "json"}, {"check", "--format", "sarif"}, {"check", "--format", "github"}, {"check", "--format", "markdown"}, {"matrix", "-v"}, {"doctor", "-v"}, {"init", "--print", "-v"}, {"snapshot", "-o", "OUT/s", "-v"}}
	for _, args := range failing {
		c.run(t, "refused", vercel, railway, github, refused, args)
	}
	for name, handler := range babble {
		for _, args := range [][]string{{"check", "-v", "--values", "--format", "json"}, {"check", "--fallback-snapshot", "old.snapshot"}, {"doctor", "-v"}, {"init", "--print", "-v"}, {"snapshot", "-o", "OUT/s"}} {
			c.run(t, name, handler, handler, handler, tokens, args)
		}
	}
	c.runWith(t, "address", []string{"ENVTIGHT_VERCEL_URL=https://x:" + canary("base url") + "@api.example", "HTTPS_PROXY=http://x:" + canary("proxy") + "@127.0.0.1:1"}, []string{"check", "-v"})
	c.runWith(t, "proxy", append(slices.Clone(tokens), "HTTPS_PROXY=http://x:"+canary("proxy")+"@127.0.0.1:1", "HTTP_PROXY=://"+canary("proxy"),
		"ENVTIGHT_RAILWAY_URL=https://railway.invalid", "ENVTIGHT_VERCEL_URL=https://vercel.invalid"), []string{"doctor", "-v", "--app", "web"})
	c.runWith(t, "program", []string{commandVariable + "=" + canary("program name") + " '" + canary("program name")}, []string{"check", "-v"})
	c.runWith(t, "program", []string{commandVariable + "=" + canary("program name")[:100] + " " + canary("program name")}, []string{"check", "-v"})
	c.runWith(t, "program", []string{commandVariable + "=sh leak.sh exit"}, []string{"doctor", "-v"})
}

// TestCanaryInChangedSnapshot: a change writes a value into the snapshot. The finding
// about it is at the very line, and must not show it.
func TestCanaryInChangedSnapshot(t *testing.T) {
	for _, line := range []string{"  API_KEY=" + canary("snapshot") + " set\n", "  API_KEY " + canary("snapshot") + "\n", canary("snapshot") + "\n"} {
		dir, out := t.TempDir(), t.TempDir()
		plantRepository(t, dir)
		writeFile(t, dir, "old.snapshot", plantedSnapshot+line)
		args := []string{"check", "--snapshot", "old.snapshot", "--max-age", "0"}
		for _, format := range formatNames() {
			args = append(args, "--output", format+"="+filepath.Join(out, format))
		}
		var stdout, stderr bytes.Buffer
		e := Env{
			Dir: dir, Stdout: &stdout, Stderr: &stderr,
			Environ: []string{"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GITHUB_BASE_REF=main"},
		}
		Main(t.Context(), e, args)
		look(t, "stdout", stdout.String()+stderr.String())
		reports := filesBelow(t, out)
		for _, format := range formatNames() {
			text := reports[filepath.Join(out, format)]
			if format != "gitleaks-json" && !strings.Contains(text, "cannot be read") { // this form has room for secrets only
				t.Errorf("%s: the change was not found: %s", format, stderr.String())
			}
			look(t, format, text)
		}
	}
}

// canaryRun collects what was run.
type canaryRun struct {
	mu   sync.Mutex
	used map[string]bool // "command --flag" and "command"
}

func (c *canaryRun) run(t *testing.T, state string, vercel, railway, github http.Handler, environ, args []string) {
	v, r, g := httptest.NewServer(vercel), httptest.NewServer(railway), httptest.NewServer(github)
	t.Cleanup(v.Close)
	t.Cleanup(r.Close)
	t.Cleanup(g.Close)
	c.runWith(t, state, append(slices.Clone(environ), "ENVTIGHT_VERCEL_URL="+v.URL, "ENVTIGHT_RAILWAY_URL="+r.URL, "ENVTIGHT_GITHUB_URL="+g.URL), args)
}

func (c *canaryRun) runWith(t *testing.T, state string, environ, args []string) {
	t.Run(state+" "+strings.Join(args, " "), func(t *testing.T) {
		t.Parallel()
		repository, out := t.TempDir(), t.TempDir()
		plantRepository(t, repository)
		if slices.Contains(args, "copy") {
			plantRepository(t, filepath.Join(repository, "copy"))
		}
		final := make([]string, len(args))
		for i, arg := range args {
			final[i] = strings.ReplaceAll(arg, "OUT", out)
		}
		before := snapshotOf(t, repository)
		var stdout, stderr bytes.Buffer
		e := Env{
			Dir: repository, Stdout: &stdout, Stderr: &stderr, Stdin: strings.NewReader("KEY=" + canary("stream") + "\n"),
			Environ: append([]string{"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GITHUB_STEP_SUMMARY=" + filepath.Join(out, "summary.md"), "HOME=" + out, "LocalAppData=" + out}, environ...),
			// The digits of a time are not those of a length by chance.
			Now:   func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
			Sleep: noSleep,
		}
		code := Main(t.Context(), e, final)
		if code < 0 || code > 3 {
			t.Errorf("exit code %d", code)
		}
		look(t, "stdout", stdout.String())
		look(t, "stderr", stderr.String())
		for name, text := range snapshotOf(t, out) {
			look(t, name, text)
		}
		for name, text := range snapshotOf(t, repository) {
			if before[name] != text {
				look(t, name, text)
			}
		}
		c.note(args)
	})
}

// note remembers the command and its flags.
func (c *canaryRun) note(args []string) {
	cmd, rest, err := (&app{}).root().Find(args)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	path := cmd.CommandPath()
	c.used[path] = true
	for i, arg := range rest {
		name, isLong := strings.CutPrefix(arg, "--")
		if isLong {
			name, _, _ = strings.Cut(name, "=")
			c.used[path+" --"+name] = true
			c.used["any --"+name] = true
			if name == "format" && i+1 < len(rest) {
				c.used["format "+rest[i+1]] = true
			}
		} else if strings.HasPrefix(arg, "-") {
			if f := cmd.Flags().ShorthandLookup(arg[1:2]); f != nil {
				c.used["any --"+f.Name] = true
			} else if f := cmd.InheritedFlags().ShorthandLookup(arg[1:2]); f != nil {
				c.used["any --"+f.Name] = true
			}
		}
	}
}

// complete fails for every command, flag and format that was not run.
func (c *canaryRun) complete(t *testing.T) {
	root := (&app{env: Env{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}}).root()
	root.InitDefaultCompletionCmd()
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if !c.used[cmd.CommandPath()] && !strings.HasPrefix(cmd.CommandPath(), "envtight completion") && !strings.HasPrefix(cmd.CommandPath(), "envtight help") {
			t.Errorf("%s is run by no canary", cmd.CommandPath())
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !c.used[cmd.CommandPath()+" --"+f.Name] && !strings.HasPrefix(cmd.CommandPath(), "envtight completion") {
				t.Errorf("%s --%s is run by no canary", cmd.CommandPath(), f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if !c.used["any --"+f.Name] {
			t.Errorf("--%s is run by no canary", f.Name)
		}
	})
	for _, name := range formatNames() {
		if !c.used["format "+name] {
			t.Errorf("--format %s is run by no canary", name)
		}
	}
}

// look fails when text holds a trace of a planted value.
func look(t *testing.T, where, text string) {
	t.Helper()
	for _, place := range places {
		for form, trace := range traces(canary(place)) {
			if form == "first letter" || form == "six bytes" {
				continue
			}
			if strings.Contains(text, trace) {
				t.Errorf("%s shows the value of %q (%s)", where, place, form)
			}
		}
	}
	// Every planted value begins in the same way.
	for _, prefix := range []string{canary("x")[:6], url.QueryEscape(canary("x")[:6])} {
		if strings.Contains(text, prefix[:5]) {
			t.Errorf("%s shows the beginning of a value", where)
		}
	}
	if lengthTrace.MatchString(text) {
		t.Errorf("%s shows the length of a value", where)
	}
}

// snapshotOf reads all files below dir but git's own.
func snapshotOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := filesBelow(t, dir)
	maps.DeleteFunc(out, func(path, _ string) bool {
		return strings.Contains(filepath.ToSlash(path), "/.git/")
	})
	return out
}

// filesBelow reads all files below dir, by their paths.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCanaryFinds proves that the test can fail.
func TestCanaryFinds(t *testing.T) {
	value := canary("vercel plain")
	for _, text := range []string{
		value, value[:6], "a " + base64.StdEncoding.EncodeToString([]byte(value)), hex.EncodeToString([]byte(value)),
		base64.StdEncoding.EncodeToString([]byte("K=" + value)), value[len(value)-12:], strconv.Itoa(canaryLength) + " characters", fmt.Sprint([]byte(value)),
	} {
		inner := &testing.T{}
		look(inner, "text", text)
		if !inner.Failed() {
			t.Errorf("a trace of %d bytes is not seen", len(text))
		}
	}
}
