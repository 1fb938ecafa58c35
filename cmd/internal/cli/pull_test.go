package cli

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

// Every CI system tells a pull request in its own way.
func TestPullRequestInCI(t *testing.T) {
	tests := map[string]struct {
		environ []string
		want    pullRequest
		found   bool
	}{
		"GitHub Actions":        {[]string{"GITHUB_REF=refs/pull/12/merge", "GITHUB_HEAD_REF=feat/x", "GITHUB_BASE_REF=dev"}, pullRequest{12, "feat/x", "dev"}, true},
		"GitHub Actions, push":  {[]string{"GITHUB_REF=refs/heads/12", "GITHUB_HEAD_REF="}, pullRequest{}, false},
		"a branch of that name": {[]string{"GITHUB_REF=refs/heads/refs/pull/x/merge"}, pullRequest{}, false},
		"GitLab CI":             {[]string{"CI_MERGE_REQUEST_IID=7", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feat/x", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main"}, pullRequest{7, "feat/x", "main"}, true},
		"Vercel":                {[]string{"VERCEL_GIT_PULL_REQUEST_ID=23", "VERCEL_GIT_COMMIT_REF=feat/x"}, pullRequest{23, "feat/x", ""}, true},
		"Vercel, no pull":       {[]string{"VERCEL_GIT_PULL_REQUEST_ID=", "VERCEL_GIT_COMMIT_REF=main"}, pullRequest{}, false},
		"Buildkite":             {[]string{"BUILDKITE_PULL_REQUEST=5", "BUILDKITE_BRANCH=feat/x", "BUILDKITE_PULL_REQUEST_BASE_BRANCH=main"}, pullRequest{5, "feat/x", "main"}, true},
		"Buildkite, no pull":    {[]string{"BUILDKITE_PULL_REQUEST=false", "BUILDKITE_BRANCH=main"}, pullRequest{}, false},
		"CircleCI":              {[]string{"CIRCLE_PULL_REQUEST=https://github.com/acme/shop/pull/9", "CIRCLE_BRANCH=feat/x"}, pullRequest{9, "feat/x", ""}, true},
		"Azure Pipelines":       {[]string{"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER=4", "SYSTEM_PULLREQUEST_SOURCEBRANCH=refs/heads/feat/x"}, pullRequest{4, "feat/x", ""}, true},
		"none":                  {nil, pullRequest{}, false},
		"no number":             {[]string{"CI_MERGE_REQUEST_IID=0"}, pullRequest{}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := &app{env: Env{Environ: tt.environ}}
			got, found := a.pullRequest()
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(pullRequest{})); diff != "" || found != tt.found {
				t.Errorf("found %v\n%s", found, diff)
			}
		})
	}
}

// A branch is deleted, and what Vercel has for it stays behind. It is told only
// when the clone has asked for all branches since.
func TestBranchGone(t *testing.T) {
	git := func(dir string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "protocol.file.allow=always", "-c", "user.name=A", "-c", "user.email=a@b.example"}, args...)...)
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1"}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v %s", args[0], err, out)
		}
	}
	upstream, clone := t.TempDir()+"/acme/shop", t.TempDir()
	writeFile(t, upstream, "apps/web/package.json", `{"name": "web", "dependencies": {"next": "16.0.0"}}`)
	writeFile(t, upstream, "apps/web/.env.example", "API_URL=\n")
	writeFile(t, upstream, configName, "version = 1\napp \"web\" {\n  path = \"apps/web\"\n  platform \"vercel\" {\n    project = \"web\"\n    team = \"acme\"\n    environments = { dev = \"preview\", prod = \"production\" }\n  }\n}\n")
	git(upstream, "init", "--quiet", "--initial-branch=main")
	git(upstream, "add", "--all")
	git(upstream, "commit", "--quiet", "--message=x")
	git(upstream, "branch", "dev")
	git(upstream, "branch", "feat/login")
	git(clone, "clone", "--quiet", upstream, ".")

	all, old := []string{"production", "preview"}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	fake := vercelfake.New(vercelfake.State{
		Teams: []vercelfake.Team{{ID: "team_acme", Slug: "acme"}},
		Projects: []vercelfake.Project{{Name: "web", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/web", Variables: []vercelfake.Variable{
			{Name: "API_URL", Value: "x", Targets: all, Updated: old},
			{Name: "API_URL", Value: "x", Targets: []string{"preview"}, Branch: "feat/login", Updated: old},
			{Name: "AUTH_URL", Value: "x", Targets: []string{"preview"}, Branch: "feat/login", Updated: old},
			{Name: "API_URL", Value: "x", Targets: []string{"preview"}, Branch: "dev", Updated: old},
			{Name: "API_URL", Value: "x", Targets: []string{"preview"}, Branch: "feat/tomorrow", Updated: time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)},
		}}},
		Tokens: []vercelfake.Token{{Text: "t0ken", Team: "acme"}},
	})
	server := httptest.NewServer(fake)
	defer server.Close()
	run := func() string {
		var stdout, stderr bytes.Buffer
		e := Env{Dir: clone, Stdout: &stdout, Stderr: &stderr, Environ: []string{
			"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "VERCEL_TOKEN=t0ken", "ENVTIGHT_VERCEL_URL=" + server.URL,
		}}
		if code := Main(t.Context(), e, []string{"check"}); code != 0 {
			t.Errorf("exit code %d: %s", code, stderr.String())
		}
		return stdout.String()
	}
	if out := run(); strings.Contains(out, "[env/branch-gone]") || !strings.Contains(out, "some were changed after this clone last asked for all branches") {
		t.Errorf("all branches are there, and one may be:\n%s", out)
	}
	git(upstream, "branch", "-D", "feat/login")
	if out := run(); strings.Contains(out, "[env/branch-gone]") {
		t.Errorf("the clone does not know yet:\n%s", out)
	}
	git(clone, "fetch", "--quiet", "--prune")
	out := run()
	if !strings.Contains(out, "vercel:web has variables for the branch feat/login, which does not exist (as of the last fetch, ") || !strings.Contains(out, "API_URL, AUTH_URL [env/branch-gone]") {
		t.Errorf("the branch is gone:\n%s", out)
	}
	if strings.Count(out, "[env/branch-gone]") != 1 || strings.Contains(out, "branch dev") {
		t.Errorf("others are not:\n%s", out)
	}
}
