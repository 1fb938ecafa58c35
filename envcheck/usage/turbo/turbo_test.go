package turbo

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/usage/usagetest"
	"github.com/envtight/envtight/envcheck/workspace"
)

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"A", "A", true}, {"A", "AB", false}, {"NEXT_PUBLIC_*", "NEXT_PUBLIC_X", true},
		{"NEXT_PUBLIC_*", "MY_NEXT_PUBLIC_X", false}, // the rule of ESLint lets it pass
		{"*_URL", "A_URL", true}, {"*_URL", "A_URLS", false}, {"A*B*C", "AxBxC", true}, {"*", "", true},
		{"!A*", "AB", true}, {`\!A`, "!A", true}, {`A\*`, "A*", true}, {`A\*`, "AB", false}, {`A\*B*`, "AXB", false},
		{"A?", "AB", false}, {"A/*", "A/B", false},
	} {
		if got := Pattern(c.pattern).Match(c.name); got != c.want {
			t.Errorf("%s is about %s: %v", c.pattern, c.name, got)
		}
	}
}

// TestFrameworks compares the table with Turborepo's own, where ENVTIGHT_TURBO_TYPES
// is the directory of an unpacked npm package @turbo/types.
func TestFrameworks(t *testing.T) {
	dir := os.Getenv("ENVTIGHT_TURBO_TYPES")
	if dir == "" {
		t.Skip(`to compare: npm pack @turbo/types, unpack it, set ENVTIGHT_TURBO_TYPES to its directory "package"`)
	}
	text, err := os.ReadFile(filepath.Join(dir, "src/json/frameworks.json"))
	if err != nil {
		t.Fatal(err)
	}
	var theirs []struct {
		Slug            string
		EnvWildcards    []Pattern
		DependencyMatch struct {
			Strategy     string
			Dependencies []string
		}
	}
	if err := json.Unmarshal(text, &theirs); err != nil {
		t.Fatal(err)
	}
	var want []framework
	for _, f := range theirs {
		want = append(want, framework{slug: f.Slug, env: f.EnvWildcards, some: f.DependencyMatch.Strategy == "some", modules: f.DependencyMatch.Dependencies})
	}
	if diff := cmp.Diff(want, frameworks, cmp.AllowUnexported(framework{})); diff != "" {
		t.Error(diff)
	}
}

// load reads a small monorepo: the package web with Next.js, api without a
// framework, and lib, whose configuration api extends.
func load(t *testing.T, files map[string]string) (*workspace.Workspace, *Repository) {
	t.Helper()
	fsys := fstest.MapFS{
		"package.json":          {Data: []byte(`{"name": "shop", "workspaces": ["apps/*"]}`)},
		"apps/web/package.json": {Data: []byte(`{"name": "@shop/web", "dependencies": {"next": "16.0.0", "vite": "7.0.0"}}`)},
		"apps/api/package.json": {Data: []byte(`{"name": "@shop/api"}`)},
		"apps/lib/package.json": {Data: []byte(`{"name": "@shop/lib"}`)},
	}
	for path, text := range files {
		fsys[path] = &fstest.MapFile{Data: []byte(text)}
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var configs []*Config
	for _, f := range w.Tree.Files {
		if isConfig(f.Base()) {
			c, err := Parse(f.Path, []byte(files[f.Path]))
			if err != nil {
				t.Fatal(err)
			}
			configs = append(configs, c)
		}
	}
	return w, NewRepository(w, configs, strings.Contains(files["overruled"], "yes"))
}

func TestAvailable(t *testing.T) {
	const rootOnly = `{
  // comments are fine
  "globalEnv": ["GLOBAL", "G_*", "!G_NOT", "!NEXT_PUBLIC_GONE"], "globalPassThroughEnv": ["PASS_ALL", "CUT"],
  "tasks": {
    "build": {"env": ["A", "B_*", "!B_NOT"], "passThroughEnv": ["P", "!CUT", "!CI"]},
    "@shop/web#test": {"env": ["T"]}, "test": {"env": ["U"]}
  }
}`
	for _, c := range []struct {
		title, dir, task string
		files            map[string]string
		want             string // names by answer
	}{
		{"strict", "apps/web", "build", map[string]string{"turbo.json": rootOnly},
			"A=declared@5 B_X=declared@5 B_NOT=withheld GLOBAL=declared@3 G_X=declared@3 G_NOT=withheld PASS_ALL=passed@3 CUT=withheld P=passed@5 " +
				"CI=withheld HOME=builtin NEXT_PUBLIC_X=inferred MY_NEXT_PUBLIC_X=withheld NEXT_PUBLIC_GONE=builtin VITE_X=withheld VERCEL_URL=builtin"},
		{"no framework", "apps/api", "build", map[string]string{"turbo.json": rootOnly}, "NEXT_PUBLIC_X=builtin VITE_X=withheld A=declared@5"},
		{"a task of one package", "apps/web", "test", map[string]string{"turbo.json": rootOnly}, "T=declared@6 U=withheld"},
		{"loose", "apps/web", "build", map[string]string{"turbo.json": `{"envMode": "loose", "tasks": {"build": {"env": ["A"]}}}`}, "A=declared@1 B=loose"},
		{"turbo 1", "apps/web", "build", map[string]string{"turbo.json": `{"pipeline": {"build": {"env": ["A"]}}}`}, "A=declared@1 B=loose"},
		{"turbo 1 with something passed through", "apps/web", "build", map[string]string{"turbo.json": `{"pipeline": {"build": {"passThroughEnv": []}}}`}, "B=withheld"},
		{"a command sets the mode", "apps/web", "build", map[string]string{"turbo.json": rootOnly, "overruled": "yes"}, "A=declared@5 B=undecided"},
		{"a package replaces", "apps/web", "build", map[string]string{"turbo.jsonc": rootOnly, "apps/web/turbo.json": `{"extends": ["//"], "tasks": {"build": {"env": ["W"]}}}`},
			"W=declared@1 A=withheld P=passed@5"},
		{"a package adds", "apps/web", "build", map[string]string{"turbo.json": rootOnly, "apps/web/turbo.json": `{"extends": ["//"], "tasks": {"build": {"env": ["$TURBO_EXTENDS$", "W"]}}}`},
			"W=declared@1 A=declared@5"},
		{"a package begins anew", "apps/web", "build", map[string]string{"turbo.json": rootOnly, "apps/web/turbo.json": `{"extends": ["//"], "tasks": {"build": {"extends": false, "env": ["W"]}}}`},
			"W=declared@1 A=withheld P=withheld"},
		{"a package extends another", "apps/api", "build", map[string]string{"turbo.json": rootOnly,
			"apps/lib/turbo.json": `{"extends": ["//"], "tasks": {"build": {"env": ["$TURBO_EXTENDS$", "L"]}}}`,
			"apps/api/turbo.json": `{"extends": ["//", "@shop/lib"], "tasks": {"build": {"passThroughEnv": ["Q"]}}}`},
			"L=declared@1 A=declared@5 Q=passed@1 P=withheld"},
		{"under global", "apps/web", "build", map[string]string{"turbo.json": `{"global": {"env": ["G"], "passThroughEnv": ["H"]}, "tasks": {"build": {}}}`}, "G=declared@1 H=passed@1 I=withheld"},
	} {
		t.Run(c.title, func(t *testing.T) {
			w, r := load(t, c.files)
			run := r.Run(w.Unit(c.dir+"/x"), c.task)
			if run == nil {
				t.Fatal("there is no such task")
			}
			words := []string{"withheld", "undecided", "loose", "builtin", "passed", "inferred", "declared"}
			var got []string
			for _, pair := range strings.Fields(c.want) {
				name, _, _ := strings.Cut(pair, "=")
				answer, entry := run.Available(name)
				text := name + "=" + words[answer]
				if entry != nil {
					text += fmt.Sprint("@", entry.Range.Start.Line)
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
	w, r := load(t, map[string]string{"turbo.json": rootOnly})
	if r.Run(w.Unit("apps/web/x"), "lint") != nil {
		t.Error("no configuration has the task lint")
	}
	if _, r := load(t, map[string]string{"apps/web/turbo.json": "{}"}); r != nil {
		t.Error("without a configuration at the root turbo runs elsewhere")
	}
}

func TestReader(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{\n  \"tasks\": {\n    \"build\": {\"passThroughEnv\": [\"P\"], \"env\": [\"A_*\", \"!A_B\"]}\n  },\n  \"globalEnv\": [\"G\"]\n}", `3:35-3:36 passThroughEnv passes "build" P
3:49-3:52 env passes "build" A_*
5:18-5:19 globalEnv passes "" G
`},
		{`{"tasks": {`, "undecidable: turbo.json could not be parsed, so the variables that it asks for are not known: the syntax is not valid\n"},
	} {
		if diff := cmp.Diff(c.want, usagetest.Scan(t, Reader(), "turbo.json", c.text)); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"tasks": {"a": {"env": ["A", 1, null, {"globs": ["b"]}], "inputs": "x"}}}`, `{"extends": "//", "globalEnv": {}, "pipeline": []}`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse("turbo.json", text)
		if err != nil {
			return
		}
		for _, m := range c.mentions() {
			if m.Range.Start.Offset < 0 || m.Range.End.Offset > len(text) {
				t.Errorf("a mention lies outside of the text: %+v", m.Range)
			}
		}
	})
}
