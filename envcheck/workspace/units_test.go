package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

func archive(files string) fstest.MapFS { return mapFS(txtar.Parse([]byte(files))) }

func TestOwners(t *testing.T) {
	w := loadFS(t, archive(`
-- package.json --
{"workspaces": ["apps/*", "packages/*"]}
-- apps/web/package.json --
{"name": "@acme/web", "dependencies": {"@acme/ui": "*"}}
-- apps/web/.env.example --
-- apps/web2/package.json --
{"name": "web2", "dependencies": {"@acme/ui": "*"}}
-- apps/web2/.env.example --
-- packages/ui/package.json --
{"name": "@acme/ui"}
-- packages/lonely/package.json --
{"name": "@acme/lonely"}
`), Options{})
	for path, want := range map[string]string{
		"apps/web/src/page.tsx":      "web",
		"apps/web":                   "web",
		"apps/web2/a.ts":             "web2",
		"packages/ui/src/a.ts":       "web web2",
		"packages/lonely/src/a.ts":   "",
		"packages/uix/a.ts":          "",
		"README.md":                  "",
		"apps/web/../../etc/passwd":  "",
		"packages/ui/node_modules/x": "web web2",
	} {
		var names []string
		for _, a := range w.Owners(path) {
			names = append(names, a.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	for _, name := range []string{"web", "apps/web", "apps/web/", "@acme/web"} {
		if a := w.App(name); a == nil || a.Dir != "apps/web" {
			t.Errorf("App(%q) = %v", name, a)
		}
	}
	if w.App("ui") != nil || w.App("") != nil {
		t.Error("a package or nothing was taken for an app")
	}
	web := w.App("web")
	ui := w.Packages[1]
	if ui.Name != "ui" || !web.Reaches(ui) || web.Reaches(w.Packages[0]) || ui.Reaches(ui) {
		t.Errorf("reach of %s", ui.Name)
	}
	if u := w.Unit("packages/lonely/a"); u == nil || u.Name != "lonely" || w.Unit("x") != nil {
		t.Errorf("unit %v", u)
	}
}

func TestDrop(t *testing.T) {
	w := loadFS(t, archive(`
-- package.json --
{"workspaces": ["apps/*", "packages/*"]}
-- apps/web/package.json --
{"name": "web", "dependencies": {"ui": "*"}}
-- apps/web/.env.example --
-- apps/docs/package.json --
{"name": "docs", "dependencies": {"ui": "*"}}
-- apps/docs/.env.example --
-- packages/ui/package.json --
{"name": "ui"}
`), Options{})
	if n := len(w.Owners("packages/ui/a.ts")) + len(w.Owners("apps/docs/a.ts")); n != 3 {
		t.Fatalf("%d owners", n)
	}
	w.Drop(func(a *App) bool { return a.Name == "docs" })
	if w.App("docs") != nil || len(w.Owners("apps/docs/a.ts")) != 0 || len(w.Owners("packages/ui/a.ts")) != 1 {
		t.Error("a dropped app is still there")
	}
}

func TestSDKs(t *testing.T) {
	w := loadFS(t, archive(`
-- pnpm-workspace.yaml --
packages: [apps/*]
catalog: {zod: ^4.0.0}
catalogs: {old: {react: ^18.0.0}}
-- apps/web/package.json --
{"name": "web", "dependencies": {"next": "16.0.1", "zod": "catalog:", "react": "catalog:old", "alias": "npm:@scope/real@2.1.0", "private": "git+https://secret@host/x.git",
 "gone": "catalog:none", "//": ["a comment"]}, "devDependencies": {"next": "15.0.0", "vitest": "3.0.0"}, "peerDependencies": {"peer": ">=1"}}
-- apps/web/next.config.js --
-- apps/api/pyproject.toml --
[project]
name = "api"
dependencies = ["FastAPI[standard] >=0.115,<1 ; python_version > '3.10'", "sentry_sdk", "x @ https://u:p@host/x.whl", "not a requirement"]
[project.optional-dependencies]
s3 = ["boto3 ~= 1.34"]
[dependency-groups]
dev = [{include-group = "lint"}, "pytest==8.0.0"]
-- apps/api/app/main.py --
app = FastAPI()
-- apps/go/go.mod --
module example.com/go
require github.com/stripe/stripe-go/v82 v82.0.0
-- apps/go/.env.example --
`), Options{})
	want := map[string]map[string]string{
		"web": {"next": "16.0.1", "zod": "^4.0.0", "react": "^18.0.0", "alias": "2.1.0", "private": "", "gone": "", "vitest": "3.0.0", "peer": ">=1"},
		"api": {"fastapi": ">=0.115,<1", "sentry-sdk": "", "x": "", "boto3": "~= 1.34", "pytest": "==8.0.0"},
		"go":  {"github.com/stripe/stripe-go/v82": "v82.0.0"},
	}
	got := map[string]map[string]string{}
	for _, a := range w.Apps {
		got[a.Name] = a.SDKs
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !w.App("web").Has("zod") || w.App("web").Has("pg") {
		t.Error("Has")
	}
}

func TestEnvFileNames(t *testing.T) {
	for _, test := range []struct {
		name, mode, target string
		personal           bool
	}{
		{".env", "", ".env", false},
		{".env.local", "", ".env.local", true},
		{".env.production.local", "production", ".env.production.local", true},
		{".env.example", "", ".env", false},
		{".env.local.example", "", ".env.local", false},
		{".env.dev-azure.example", "dev-azure", ".env.dev-azure", false},
		{".env-template", "", ".env", false},
		{".env.example.", "", ".env", false},
		{"env.sample", "", ".env", false},
		{"docker.example.env", "docker", "docker.env", false},
		{"sample.env", "", ".env", false},
		{".dev.vars", "", ".dev.vars", true},
		{".dev.vars.example", "", ".dev.vars", false},
		{".flaskenv", "", ".flaskenv", false},
	} {
		got := envFile("a/"+test.name, false)
		if got.Mode != test.mode || got.Personal != test.personal {
			t.Errorf("%s: mode %q, personal %v", test.name, got.Mode, got.Personal)
		}
		if dotenv.Kind(test.name) == dotenv.Example {
			if target := copyTarget(test.name); target != test.target {
				t.Errorf("%s is to be copied to %s, got %s", test.name, test.target, target)
			}
		}
	}
}

func TestCommandLoaders(t *testing.T) {
	for command, want := range map[string]string{
		"docker run --rm --env-file .env app":         "[docker-run]",
		"docker compose --env-file .env.prod up":      "[compose]",
		"docker-compose --env-file x up":              "[compose]",
		"node --env-file=.env.local server.js":        "[node]",
		"tsx watch --env-file-if-exists .env a.ts":    "[node]",
		"uvicorn app.main:app --env-file .env":        "[python-dotenv]",
		"dotenv -e ../../.env -- turbo run dev":       "[dotenv-expand]",
		"dotenv -- next dev":                          "[dotenv-expand]",
		"dotenv -f .env run -- python x.py":           "[python-dotenv]",
		"node -r dotenv/config index.js":              "[dotenv]",
		"set -a; source .env; set +a":                 "[bash]",
		"  . ./.env.local && npm start":               "[bash]",
		"source \"$DIR/../.env\"":                     "[bash]",
		"export $(grep -v '^#' .env | xargs)":         "[bash]",
		"source ~/.venv/bin/activate":                 "[]",
		". venv/bin/activate && cp .env.example .env": "[]",
		"source .envrc":                               "[]",
		". \"$HOME/.cargo/env\"":                      "[]",
		"cp .env.example .env":                        "[]",
		"cross-env NODE_ENV=test jest":                "[]",
		"rm -rf dist .env.bak":                        "[]",
	} {
		if got := fmt.Sprint(commandLoaders(command)); got != want {
			t.Errorf("%s: got %s, want %s", command, got, want)
		}
	}
}

func TestParseDockerfile(t *testing.T) {
	text := []byte("# escape=`\n# comment\nFROM node AS build\nRUN a && `\n  # inside\n\n  b\nCOPY --from=build --chown=a:b [\"a b\", \"/c\"]\nRUN <<EOF\nCOPY . .\nEOF\ncopy\tx  y\nADD https://h/x.tgz /x\n")
	var got []string
	for _, in := range ParseDockerfile(text) {
		got = append(got, fmt.Sprintf("%s %q %q from=%s sources=%q line=%d", in.Name, in.Flags, in.Words, in.Flag("from"), in.Sources(), envtight.NewLines(text).Position(in.Span.Start).Line))
	}
	want := []string{
		`FROM [] ["node" "AS" "build"] from= sources=["node" "AS"] line=3`,
		`RUN [] ["a" "&&" "b"] from= sources=["a" "&&"] line=4`,
		`COPY ["--from=build" "--chown=a:b"] ["a b" "/c"] from=build sources=[] line=8`,
		`RUN [] ["<<EOF"] from= sources=[] line=9`,
		`COPY [] ["x" "y"] from= sources=["x"] line=12`,
		`ADD [] ["https://h/x.tgz" "/x"] from= sources=[] line=13`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFinalCopies(t *testing.T) {
	for name, test := range map[string]struct{ file, want string }{
		"direct":             {"FROM a\nWORKDIR /app\nCOPY . .\n", ".→/app"},
		"thrown away":        {"FROM a AS b\nCOPY . /src\nFROM c\nCOPY --from=b /out /out\n", ""},
		"whole stage":        {"FROM a AS b\nCOPY . /src\nFROM c\nCOPY --from=b / /all\n", ".→/all/src"},
		"by number":          {"FROM a\nCOPY . /src\nFROM c\nCOPY --from=0 /src/apps/web ./\n", "apps/web→/"},
		"inherited":          {"FROM a AS base\nWORKDIR /app\nCOPY apps/web web\nFROM base\n", "apps/web→/app/web"},
		"an image of a name": {"FROM a AS b\nCOPY . .\nFROM c\nCOPY --from=nginx / /\n", ""},
		"itself":             {"FROM a AS b\nCOPY --from=b . .\n", ""},
	} {
		var got []string
		for _, c := range finalCopies([]byte(test.file)) {
			got = append(got, c.source+"→"+c.dest)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %v, want %s", name, got, test.want)
		}
	}
}

// Stages that copy each other are no bomb, nor are here-documents that never
// end, patterns of alternatives, chains of packages or aliases of YAML.
func TestHostileManifests(t *testing.T) {
	var docker strings.Builder
	docker.WriteString("FROM a AS s0\nCOPY . /x\nCOPY b /y\n")
	for i := range 200 {
		fmt.Fprintf(&docker, "FROM s%d AS s%d\nCOPY --from=s%d / /p%d\n", i, i+1, i, i)
	}
	var aliases strings.Builder
	aliases.WriteString("a0: &a0 [x, x]\n")
	for i := range 60 {
		fmt.Fprintf(&aliases, "a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	files := fstest.MapFS{
		"Dockerfile":          {Data: []byte(docker.String())},
		"docker/Dockerfile.x": {Data: []byte(strings.Repeat("RUN <<EOF\n", 50_000))},
		"pnpm-workspace.yaml": {Data: []byte("packages: ['" + strings.Repeat("{**/a,*}", 40) + "', 'p/*']\n")},
		"docker-compose.yml":  {Data: []byte(aliases.String() + "services: {a: {build: ., env_file: *a60}}\n")},
		"package.json":        {Data: []byte(`{"name": "x", "scripts": {` + strings.Repeat(`"s": "source .env", `, 20_000) + `"t": "x"}}`)},
	}
	for i := range 300 {
		files[fmt.Sprintf("p/p%d/package.json", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `{"name": "p%d", "dependencies": {"p%d": "*"}}`, i, i+1)}
	}
	start := time.Now()
	w := loadFS(t, files, Options{})
	if _, err := Hygiene(t.Context(), w, nil); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
	if len(w.Packages) != 300 || len(w.Diagnostics) != 2 || !strings.Contains(w.Diagnostics[0].Message, "aliases stand for too much") ||
		!strings.Contains(w.Diagnostics[1].Message, "the pattern") {
		t.Errorf("%d packages, %v", len(w.Packages), w.Diagnostics)
	}
	if path := w.Packages[0].DependsOn[298].Path; len(path) > maxPath {
		t.Errorf("a way of %d modules", len(path))
	}
}

func TestCopiedTakes(t *testing.T) {
	for _, test := range []struct {
		c    copied
		path string
		want bool
	}{
		{copied{source: "."}, "a/.env", true},
		{copied{source: "a"}, "a/.env", true},
		{copied{source: "a"}, "ab/.env", false},
		{copied{source: ".env*"}, ".env.local", true},
		{copied{source: "apps/*"}, "apps/web/.env", true},
		{copied{source: "*.json"}, ".env", false},
		{copied{source: ".", except: globs{"**/.env"}}, "a/.env", false},
	} {
		if got := test.c.takes(test.path); got != test.want {
			t.Errorf("%v takes %s: %v", test.c, test.path, got)
		}
	}
}

// failing cannot list some directories nor open some files.
type failing struct {
	fstest.MapFS
	paths map[string]bool
}

func (f failing) Open(name string) (fs.File, error) {
	if f.paths[name] {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(name)
}

func (f failing) ReadDir(name string) ([]fs.DirEntry, error) {
	if f.paths[name] {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadDir(name)
}

func TestUnreadable(t *testing.T) {
	files := archive("-- package.json --\n{\"workspaces\": [\"apps/*\"]}\n-- apps/web/package.json --\n{}\n-- apps/web/.env.example --\n-- secret/dir/x --\n")
	w := loadFS(t, failing{files, map[string]bool{"secret": true, "apps/web/package.json": true}}, Options{})
	var causes []string
	for _, i := range w.Incomplete {
		if i.Silence != envtight.Failed || i.Advice == "" {
			t.Errorf("%+v", i)
		}
		causes = append(causes, i.Cause)
	}
	want := []string{
		`"apps/web/package.json" could not be read: permission denied`,
		`directory "secret" could not be listed: permission denied`,
	}
	if diff := cmp.Diff(want, causes); diff != "" {
		t.Error(diff)
	}
	if len(w.Apps) != 1 {
		t.Errorf("discovery did not go on: %d apps", len(w.Apps))
	}
	report, err := envtight.Run(t.Context(), []envtight.Check{w.Check()}, envtight.Options{})
	if err != nil || report.Counts().Failed != 2 || len(report.Looked) != 1 {
		t.Errorf("report %+v, %v", report, err)
	}
	if _, err := Load(t.Context(), failing{files, map[string]bool{".": true}}, Options{}); err == nil {
		t.Error("a root that cannot be listed is no error")
	}
}

func TestTooLarge(t *testing.T) {
	files := archive("-- package.json --\n{\"name\": \"web\", \"dependencies\": {\"next\": \"16\"}}\n-- next.config.js --\n")
	w := loadFS(t, files, Options{MaxFileSize: 16})
	if len(w.Incomplete) != 1 || w.Incomplete[0].Silence != envtight.Failed || !strings.Contains(w.Incomplete[0].Cause, "larger than") {
		t.Errorf("got %v", w.Incomplete)
	}
	if _, err := w.Tree.Read("package.json"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	if _, err := w.Tree.Read("absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Load(ctx, archive("-- package.json --\n{}\n"), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTree(t *testing.T) {
	w := loadFS(t, archive(`
-- a/b.txt --
-- a-b/c.txt --
-- a/sub/d.txt --
-- a/build/package.json --
-- b/package.json --
-- b/build/x.ts --
-- env/pyvenv.cfg --
-- env/lib/x.py --
-- node_modules/x/y --
-- skipped/x --
`), Options{Exclude: []string{"skipped"}})
	var got []string
	for _, f := range w.Tree.Files {
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"a-b/c.txt", "a/b.txt", "a/build/package.json", "a/sub/d.txt", "b/package.json"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"b/build", "env", "node_modules"}, w.Tree.Pruned); diff != "" {
		t.Error(diff)
	}
	if below := w.Tree.Below("a"); len(below) != 3 || len(w.Tree.In("a")) != 1 {
		t.Errorf("below a: %v", below)
	}
	for path, want := range map[string]bool{"node_modules/x/y": true, "skipped/x": true, "a/b.txt": false, "env/lib/x.py": true} {
		if w.Tree.OutOfSight(path) != want {
			t.Errorf("OutOfSight(%s)", path)
		}
	}
	if !w.Tree.HasDir("a/sub") || w.Tree.HasDir("node_modules") || w.Tree.Has("node_modules/x/y") {
		t.Error("HasDir")
	}
}

// On disk, nothing behind a link that leaves the repository is read, and a link
// that leads round in a circle ends.
func TestLinksOnDisk(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, path string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(root, path)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	write(filepath.Join(outside, "package.json"), `{"name": "outside", "dependencies": {"next": "16"}}`)
	write(filepath.Join(root, "package.json"), `{"name": "inside"}`)
	write(filepath.Join(root, "next.config.js"), "")
	write(filepath.Join(root, "app", "page.tsx"), "")
	link(filepath.Join(outside, "package.json"), "link.json")
	link(outside, "dir")
	link("..", filepath.Join("app", "up"))
	link("circle", "circle")
	link("package.json", "own.json")
	for name, fsys := range map[string]fs.FS{"DirFS": os.DirFS(root), "Root": openRoot(t, root)} {
		w := loadFS(t, fsys, Options{})
		if len(w.Apps) != 0 || len(w.Tree.Files) != 8 {
			t.Errorf("%s: %d apps, files %v", name, len(w.Apps), w.Tree.Files)
		}
		for _, path := range []string{"link.json", "circle", "dir", "app/up"} {
			if _, err := w.Tree.Read(path); !errors.Is(err, ErrOutside) {
				t.Errorf("%s: %s: got %v", name, path, err)
			}
		}
		if text, err := w.Tree.Read("own.json"); err != nil || string(text) != `{"name": "inside"}` {
			t.Errorf("%s: a link inside: %q, %v", name, text, err)
		}
	}
}

func openRoot(t *testing.T, dir string) fs.FS {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root.FS()
}
