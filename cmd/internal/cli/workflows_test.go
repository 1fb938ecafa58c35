package cli

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/envtight/envtight/envcheck/platform/github/githubfake"
)

const deployWorkflow = `on: push
jobs:
  migrate:
    runs-on: ubuntu-latest
    steps:
      - run: migrate ${{ secrets.DATABASE_URL }}
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: deploy ${{ vars.REGION }} ${{ secrets.DEPLOY_KEY }} ${{ secrets.DATABASE_URL }}
`

// TestWorkflowsWithStore asks a stand-in for GitHub what workflows ask for.
func TestWorkflowsWithStore(t *testing.T) {
	const value = "hushHush" + "OfAVariable01"
	text := "ghp_" + strings.Repeat("x1Y", 12)
	state := githubfake.State{
		Repository: "acme/shop",
		Secrets:    map[string]string{"OLD_KEY": ""},
		Variables:  map[string]string{"REGION": value, "NPM_TOKEN": value},
		Environments: []githubfake.Environment{
			{Name: "production", Secrets: map[string]string{"DATABASE_URL": ""}},
		},
		Tokens: []githubfake.Token{{Text: text}, {Text: text + "w", Workflow: true}},
	}
	const configured = "version = 1\napp \"ci\" {\n  path = \".github\"\n  platform \"github\" {\n    project = \"acme/shop\"\n    environments = { prod = \"production\" }\n  }\n}\n"
	for name, tt := range map[string]struct {
		environ []string
		config  string
		args    string
		code    int
		says    []string
		not     []string
		asked   bool
	}{
		"a token of its own": {[]string{"ENVTIGHT_GITHUB_TOKEN=" + text, "GITHUB_REPOSITORY=acme/shop"}, "", "check", 1, []string{
			"ci.yml:6:26: error: migrate names no environment, and DATABASE_URL is set in production only [ci/secret-without-environment]",
			"ci.yml:11:44: warning: the secret DEPLOY_KEY is not set: not in the environment production, the repository or its organization [ci/secret-missing]",
			"advice: gh secret set DEPLOY_KEY --repo acme/shop --env production",
			"github:acme/shop/NPM_TOKEN: warning: NPM_TOKEN looks like a secret and is a variable",
			"github:acme/shop/OLD_KEY: warning: the secret OLD_KEY is set in the repository, and no workflow asks for it [ci/unused]",
		}, []string{"REGION is", "gh secret set REGION"}, true},
		"offline": {[]string{"ENVTIGHT_GITHUB_TOKEN=" + text, "GITHUB_REPOSITORY=acme/shop"}, "", "check --offline", 0,
			[]string{"github was not asked which secrets there are: the run is offline"}, []string{"ci/"}, false},
		"tokens for other ends": {[]string{"GH_TOKEN=" + text, "GITHUB_TOKEN=" + text + "w", "GITHUB_REPOSITORY=acme/shop"}, "", "check", 0,
			[]string{"github was not asked which secrets there are: no token", "set ENVTIGHT_GITHUB_TOKEN to a fine-grained token (Secrets, Variables, Environments and Actions: read)"}, []string{"ci/"}, false},
		"no repository": {[]string{"ENVTIGHT_GITHUB_TOKEN=" + text}, "", "check", 0, []string{"nobody knows which repository this is"}, nil, false},
		"configured, with the token of a workflow": {[]string{"GITHUB_TOKEN=" + text + "w"}, configured, "check", 3,
			[]string{"the token in GITHUB_TOKEN may not read the environments of", "can list no secrets, whatever its permissions"}, []string{"ci/", "is not set"}, true},
		"configured":           {[]string{"GH_TOKEN=" + text}, configured, "check", 1, []string{"ci/secret-without-environment", "ci/unused"}, nil, true},
		"what a token reaches": {[]string{"GH_TOKEN=" + text}, configured, "doctor", 0, []string{"repository acme/shop, environments: production"}, []string{"ci/"}, true},
		"a token that is refused": {[]string{"ENVTIGHT_GITHUB_TOKEN=" + text + "z", "GITHUB_REPOSITORY=acme/shop"}, "", "check", 3,
			[]string{"the token in ENVTIGHT_GITHUB_TOKEN was not accepted"}, []string{"ci/"}, true},
		"one app":                     {[]string{"ENVTIGHT_GITHUB_TOKEN=" + text, "GITHUB_REPOSITORY=acme/shop"}, "", "check --app web", 0, nil, []string{"ci/", "github"}, false},
		"a host that is not GitHub's": {[]string{"ENVTIGHT_GITHUB_TOKEN=" + text, "GITHUB_REPOSITORY=acme/shop", "ENVTIGHT_GITHUB_URL=http://github.example"}, "", "check", 2, nil, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, dir, ".github/workflows/ci.yml", deployWorkflow)
			writeFile(t, dir, "apps/web/.env.example", "PORT=\n")
			if tt.config != "" {
				writeFile(t, dir, configName, tt.config)
			}
			fake := githubfake.New(state)
			server := httptest.NewServer(fake)
			defer server.Close()
			var stdout, stderr bytes.Buffer
			e := Env{Dir: dir, Stdout: &stdout, Stderr: &stderr, Environ: append([]string{
				"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CEILING_DIRECTORIES=" + parentOf(dir), "ENVTIGHT_GITHUB_URL=" + server.URL,
			}, tt.environ...)}
			if !tt.asked {
				e.Dial = func(context.Context, string, string) (net.Conn, error) {
					t.Error("a connection was opened")
					return nil, errors.New("refused by the test")
				}
			}
			if code := Main(t.Context(), e, strings.Fields(tt.args)); code != tt.code {
				t.Errorf("exit code %d, want %d: %s", code, tt.code, stderr.String())
			}
			said := stdout.String() + stderr.String()
			for _, want := range tt.says {
				if !strings.Contains(said, want) {
					t.Errorf("lacks %q", want)
				}
			}
			for _, not := range append(tt.not, value, text, text[:12]) {
				if strings.Contains(said, not) {
					t.Errorf("says %q", not)
				}
			}
			if asked := len(fake.Requests()) > 0; asked != tt.asked {
				t.Errorf("asked: %v", asked)
			}
			if t.Failed() {
				t.Log(strings.ReplaceAll(strings.ReplaceAll(said, value, "[value]"), text, "[token]"))
			}
		})
	}
}
