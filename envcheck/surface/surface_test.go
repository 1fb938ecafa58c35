package surface

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/languages"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/naming"
)

// check runs the room over a txtar archive and returns what a rule reports.
func check(t *testing.T, files, id string) (string, *envtight.Report) {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(files)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := envtight.Run(t.Context(), []envtight.Check{
		envcheck.New(envcheck.Options{FS: fsys, Workspace: w, Offline: true, Class: naming.Class}),
		New(Options{Workspace: w, Class: naming.Class, Usage: func(ctx context.Context) (*usage.Result, error) {
			return usage.Scan(ctx, w, languages.All(), 1)
		}}),
	}, envtight.Options{FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for i := range report.Diagnostics {
		if d := &report.Diagnostics[i]; d.Rule == id {
			out.WriteString(d.Location.String() + ": " + d.Text() + "\n")
		}
	}
	return strings.TrimSuffix(out.String(), "\n"), report
}

// TestExamples runs the examples that the rules carry.
func TestExamples(t *testing.T) {
	for _, r := range Rules() {
		if len(r.Examples) < 2 {
			t.Errorf("%s has no example, or none in which it is silent", r.ID)
		}
		for _, example := range r.Examples {
			t.Run(r.ID+" "+example.Title, func(t *testing.T) {
				got, _ := check(t, example.Files, r.ID)
				if diff := cmp.Diff(example.Want, got); diff != "" {
					t.Errorf("%s\n%s", diff, example.Files)
				}
			})
		}
	}
}

// TestNoValues holds that neither findings nor the lines that are shown with them
// hold a value that a file sets.
func TestNoValues(t *testing.T) {
	value := strings.Join([]string{"b81cf0", "a9e2d7"}, "")
	files := "-- Dockerfile --\nARG GLOBAL_TOKEN=" + value + "\nFROM node:24\nARG PORT=" + value + "\nENV STRIPE_SECRET_KEY=" + value + "\nENV OLD_SECRET_KEY " + value + "\nCMD start $PORT\n" +
		"-- compose.yaml --\nservices:\n  api:\n    image: x\n    environment:\n      JWT_SECRET: " + value + "\n  web: {image: \"${A}\", environment: {API_SECRET_KEY: " + value + "}}\n" +
		"-- vercel.json --\n{\"env\": {\"JWT_SECRET\": \"" + value + "\"}}\n" +
		"-- wrangler.toml --\nvars = { JWT_SECRET = \"" + value + "\" }\n"
	_, report := check(t, files, "")
	rules := map[string]int{}
	for i := range report.Diagnostics {
		d := &report.Diagnostics[i]
		rules[d.Rule]++
		if d.Snippet != nil && strings.Contains(d.Snippet.Text, value) || strings.Contains(d.Message+d.Advice, value) {
			t.Errorf("%s shows a value: %s", d.Rule, d.Location)
		}
	}
	want := map[string]int{"docker/secret-in-image": 2, "docker/arg-at-runtime": 1, "compose/secret-in-clear": 2, "compose/unset": 1, "env/outside-platform": 2}
	for id, n := range want {
		if rules[id] != n {
			t.Errorf("%s: %d findings, want %d", id, rules[id], n)
		}
	}
}

// TestMask holds that what cannot be parsed is hidden as a whole.
func TestMask(t *testing.T) {
	c := New(Options{})
	for path, want := range map[string]int{"compose.yaml": 1, "vercel.json": 1, "turbo.json": 0, ".env": 0} {
		if got := c.Mask(path, []byte("{A: [")); len(got) != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// TestScope holds that files of other apps are left out.
func TestScope(t *testing.T) {
	fsys := fstest.MapFS{
		"a/Dockerfile": {Data: []byte("FROM x\nARG A\nCMD x $A\n")}, "b/Dockerfile": {Data: []byte("FROM x\nARG A\nCMD x $A\n")},
		"a/package.json": {Data: []byte("{}")}, "b/package.json": {Data: []byte("{}")},
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := envtight.Run(t.Context(), []envtight.Check{New(Options{Workspace: w, Apps: []string{"a"}, Usage: func(context.Context) (*usage.Result, error) {
		return &usage.Result{}, nil
	}})}, envtight.Options{FS: fsys})
	if err != nil || len(report.Diagnostics) != 1 || report.Diagnostics[0].Location.Path != "a/Dockerfile" {
		t.Errorf("%v: %+v", err, report)
	}
}
