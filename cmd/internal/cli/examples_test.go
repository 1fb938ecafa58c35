package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/secrets/gitleaks"
)

// TestRuleExamples runs the examples of all rules through the whole command: what
// a rule promises by itself, it has to keep among all others. Examples with the
// state of a platform, or of git, are run in the room of their rule; those of
// nothing but a developer's machine with --env local. The comment
// "loaders: NAME..." of an example names the loaders of its app.
func TestRuleExamples(t *testing.T) {
	for _, rule := range Rules() {
		for _, example := range rule.Examples {
			files, local := strings.CutSuffix(example.Files, "-- snapshot --\nlocal\n")
			archive := txtar.Parse([]byte(files))
			if strings.Contains(files, "-- snapshot --") || rule.ID == "env/tracked" || rule.ID == "env/not-ignored" || rule.ID == "config/snapshot-changed" {
				continue
			}
			t.Run(rule.ID+" "+example.Title, func(t *testing.T) {
				dir := t.TempDir()
				for _, f := range archive.Files {
					writeFile(t, dir, f.Name, string(f.Data))
				}
				if loaders, ok := strings.CutPrefix(string(archive.Comment), "loaders:"); ok {
					writeFile(t, dir, configName, "version = 1\napp \"x\" {\n  path = \".\"\n  loaders = [\""+strings.Join(strings.Fields(loaders), `", "`)+"\"]\n}\n")
				}
				got := findingsOf(t, dir, rule, local)
				if diff := cmp.Diff(strings.TrimSpace(example.Want), got); diff != "" {
					t.Errorf("%s\n%s", diff, example.Files)
				}
			})
		}
	}
}

// findingsOf returns what the command reports under one rule about the files in
// dir. A configuration that cannot be used is reported on stderr.
func findingsOf(t *testing.T, dir string, rule *envtight.Rule, local bool) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{env: Env{Dir: dir, Stdout: &stdout, Stderr: &stderr, Environ: []string{
		"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CEILING_DIRECTORIES=" + parentOf(dir),
	}}}
	a.flags.offline, a.flags.color, a.flags.incomplete = true, "never", "fail"
	if rule.Group != "" {
		a.flags.groups = []string{rule.Group}
	}
	if local {
		a.flags.environments = []string{envcheck.LocalEnvironment}
	}
	r, err := a.judge(t.Context(), rooms{env: true, naming: true, secrets: true})
	if err != nil {
		p, openErr := a.open(t.Context())
		if openErr != nil {
			t.Fatal(openErr)
		}
		_, wrong, err := gitleaks.Load(gitleaks.Options{Target: dir, Name: p.relative})
		if err != nil {
			t.Fatal(err)
		}
		return textOf(append(wrong, p.diagnostics...), rule.ID)
	}
	return textOf(r.report.Diagnostics, rule.ID)
}

func textOf(diagnostics []envtight.Diagnostic, rule string) string {
	var lines []string
	for i := range diagnostics {
		if d := &diagnostics[i]; d.Rule == rule && d.Suppressed == nil {
			lines = append(lines, d.Location.String()+": "+d.Text())
		}
	}
	return strings.Join(lines, "\n")
}
