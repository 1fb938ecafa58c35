package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestAction runs what action.yml runs, as a runner of GitHub does.
func TestAction(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	program, err := exec.LookPath("envtight")
	if err != nil {
		t.Fatal(err)
	}
	script := actionStep(t, "run")
	for _, tt := range []struct {
		name, args, sarif string
		leak              bool
		want              int
	}{
		{"nothing", "secrets dir", "", false, 0},
		{"a finding", "secrets  dir --no-git", "out file.sarif", true, 1},
		{"wrong arguments", "nothing *", "", false, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			runner, repository := t.TempDir(), filepath.Join(t.TempDir(), "a repository")
			writeFile(t, repository, "README.md", "# Shop\n")
			if tt.leak {
				writeFile(t, repository, "a.ts", "const token = \""+madeUpToken()+"\"\n")
			}
			if err := os.MkdirAll(filepath.Join(runner, "envtight"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(program, filepath.Join(runner, "envtight", "envtight")); err != nil {
				t.Skip(err)
			}
			output := filepath.Join(runner, "output")
			cmd := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script)
			cmd.Dir = repository
			cmd.Env = []string{
				"PATH=" + os.Getenv("PATH"), "HOME=" + runner, "RUNNER_TEMP=" + runner, "GITHUB_OUTPUT=" + output, "GITHUB_ACTIONS=true",
				"ENVTIGHT_ARGS=" + tt.args, "ENVTIGHT_SARIF=" + tt.sarif,
			}
			out, err := cmd.CombinedOutput()
			code := 0
			if exit, ok := errors.AsType[*exec.ExitError](err); ok {
				code = exit.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			said, err := os.ReadFile(output)
			if code != tt.want || err != nil || !strings.Contains(string(said), "exit-code="+string(rune('0'+tt.want))+"\n") {
				t.Errorf("exit code %d, want %d; %v %s%s", code, tt.want, err, said, out)
			}
			if tt.leak && !strings.Contains(string(out), "::error file=a.ts,line=1") {
				t.Errorf("there is no annotation: %s", out)
			}
			if _, err := os.Stat(filepath.Join(repository, tt.sarif)); err != nil {
				t.Error(err)
			}
		})
	}
}

// actionStep is the script of a step of action.yml.
func actionStep(t *testing.T, id string) string {
	t.Helper()
	text, err := os.ReadFile("../../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Runs struct {
			Steps []struct{ ID, Shell, Run string }
		}
	}
	if err := yaml.Unmarshal(text, &action); err != nil {
		t.Fatal(err)
	}
	for _, step := range action.Runs.Steps {
		if step.ID == id && step.Shell == "bash" {
			return step.Run
		}
	}
	t.Fatalf("action.yml has no step %s", id)
	return ""
}

// TestPreCommitHooks: with "stages" in it, a hook would run nowhere else, whatever
// its user asks for.
func TestPreCommitHooks(t *testing.T) {
	text, err := os.ReadFile("../../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []map[string]any
	if err := yaml.Unmarshal(text, &hooks); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, h := range hooks {
		ids = append(ids, h["id"].(string))
		if _, ok := h["stages"]; ok || h["language"] != "golang" {
			t.Errorf("%s: %v", h["id"], h)
		}
	}
	if got := strings.Join(ids, " "); got != "envtight envtight-files" {
		t.Errorf("there are %s", got)
	}
}
