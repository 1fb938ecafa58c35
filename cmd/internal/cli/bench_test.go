package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

// writeFile writes a file of a benchmark's repository.
func writeFile(b testing.TB, root, name, text string) {
	b.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

// monorepo writes a Turborepo of the given number of apps; each has some source
// files, an env example of 40 names, and every second one is for Railway.
func monorepo(b testing.TB, apps, sources int) string {
	b.Helper()
	root := b.TempDir()
	writeFile(b, root, "package.json", `{"workspaces": ["apps/*", "packages/*"], "devDependencies": {"turbo": "^2.11.0"}}`)
	writeFile(b, root, "turbo.json", `{"tasks": {"build": {}}}`)
	for i := range apps {
		dir := fmt.Sprintf("apps/app%02d", i)
		writeFile(b, root, dir+"/package.json", fmt.Sprintf(`{"name": "app%02d", "dependencies": {"next": "16.0.0", "lib%02d": "workspace:*"}}`, i, i))
		writeFile(b, root, fmt.Sprintf("packages/lib%02d/package.json", i), fmt.Sprintf(`{"name": "lib%02d"}`, i))
		var example strings.Builder
		for n := range 40 {
			fmt.Fprintf(&example, "# what it is for\nSERVICE_NUMBER_%02d_URL=\n", n)
		}
		writeFile(b, root, dir+"/.env.example", example.String())
		for n := range sources {
			writeFile(b, root, fmt.Sprintf("%s/src/part%d/file%d.ts", dir, n%9, n), "export const x = 1;\n")
		}
	}
	return root
}

// BenchmarkDiscovery is the whole offline check of a monorepo of 5,000 files,
// warm: discovery, parsing, judging, reporting.
func BenchmarkDiscovery(b *testing.B) {
	root := monorepo(b, 50, 97)
	e := Env{Dir: root, Environ: []string{"PATH=" + os.Getenv("PATH")}}
	for b.Loop() {
		var out, errs bytes.Buffer
		e.Stdout, e.Stderr = &out, &errs
		if code := Main(b.Context(), e, []string{"check", "--offline", "--format", "json"}); code != 0 {
			b.Fatalf("exit code %d\n%s", code, errs.String())
		}
	}
}

// BenchmarkPlatforms checks 50 apps in 2 environments against platforms that take
// 100 ms for each answer.
func BenchmarkPlatforms(b *testing.B) {
	const apps, latency = 50, 100 * time.Millisecond
	root := monorepo(b, apps, 3)
	var config strings.Builder
	config.WriteString("version = 1\n")
	railway := railwayfake.State{Workspaces: []railwayfake.Workspace{{Name: "acme"}}}
	vercel := vercelfake.State{Teams: []vercelfake.Team{{ID: "team_acme", Slug: "acme"}}}
	railway.Tokens = []railwayfake.Token{{Text: "account", Kind: railwayfake.AccountToken}}
	vercel.Tokens = []vercelfake.Token{{Text: "account"}}
	for i := range apps {
		name := fmt.Sprintf("app%02d", i)
		fmt.Fprintf(&config, "app %q {\n  path = \"apps/%s\"\n", name, name)
		if i%2 == 0 {
			project := railwayfake.Project{
				Name: name, Workspace: "acme", Services: []railwayfake.Service{{Name: name}},
				Environments: []railwayfake.Environment{{Name: "production"}, {Name: "staging"}},
			}
			for n := range 40 {
				variable := fmt.Sprintf("SERVICE_NUMBER_%02d_URL", n)
				for e := range project.Environments {
					project.Environments[e].Variables = append(project.Environments[e].Variables,
						railwayfake.Variable{Service: name, Name: variable, Value: "x"})
				}
			}
			railway.Projects = append(railway.Projects, project)
			fmt.Fprintf(&config, "  platform \"railway\" {\n    project = %q\n    service = %q\n    environments = { dev = \"staging\", prod = \"production\" }\n  }\n}\n", railwayfake.ID("project", name), name)
			continue
		}
		project := vercelfake.Project{Name: name, Owner: "acme"}
		for n := range 40 {
			project.Variables = append(project.Variables,
				vercelfake.Variable{Name: fmt.Sprintf("SERVICE_NUMBER_%02d_URL", n), Value: "x", Targets: []string{"production", "preview"}})
		}
		vercel.Projects = append(vercel.Projects, project)
		fmt.Fprintf(&config, "  platform \"vercel\" {\n    project = %q\n    team = \"acme\"\n    environments = { dev = \"preview\", prod = \"production\" }\n  }\n}\n", name)
	}
	writeFile(b, root, configName, config.String())
	slow := func(h http.Handler) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(latency)
			h.ServeHTTP(w, r)
		}))
		b.Cleanup(s.Close)
		return s
	}
	e := Env{Dir: root, Environ: []string{
		"PATH=" + os.Getenv("PATH"),
		"ENVTIGHT_RAILWAY_URL=" + slow(railwayfake.New(railway)).URL,
		"ENVTIGHT_VERCEL_URL=" + slow(vercelfake.New(vercel)).URL,
		"RAILWAY_API_TOKEN=account", "VERCEL_TOKEN=account",
	}}
	for b.Loop() {
		var out, errs bytes.Buffer
		e.Stdout, e.Stderr = &out, &errs
		if code := Main(b.Context(), e, []string{"check", "--format", "text"}); code != 0 {
			b.Fatalf("exit code %d\n%s\n%s", code, out.String(), errs.String())
		}
	}
}
