package workspace_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/workspace"
)

func TestTouched(t *testing.T) {
	fsys := fstest.MapFS{}
	for path, text := range map[string]string{
		"package.json":                 `{"workspaces": ["apps/*", "packages/*"]}`,
		".env.example":                 "A=\n",
		"apps/web/package.json":        `{"name": "web", "dependencies": {"next": "16.0.0", "ui": "workspace:*"}}`,
		"apps/web/.env.example":        "A=\n",
		"apps/api/package.json":        `{"name": "api", "dependencies": {"express": "5.0.0", "db": "workspace:*"}}`,
		"apps/api/Dockerfile":          "FROM node\n",
		"apps/docs/package.json":       `{"name": "docs", "dependencies": {"vite": "7.0.0"}}`,
		"apps/docs/vite.config.ts":     "",
		"apps/docs/index.html":         "",
		"packages/ui/package.json":     `{"name": "ui", "dependencies": {"tokens": "workspace:*"}}`,
		"packages/tokens/package.json": `{"name": "tokens"}`,
		"packages/db/package.json":     `{"name": "db"}`,
		"packages/unused/package.json": `{"name": "unused"}`,
		"README.md":                    "",
	} {
		fsys[path] = &fstest.MapFile{Data: []byte(text)}
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for paths, want := range map[string]string{
		"":                                      "",
		"README.md":                             "",
		"docs/package.json":                     "",
		"apps/web/src/page.tsx":                 "web",
		"apps/web/gone.ts packages/db/x.ts":     "api web",
		"packages/tokens/deep/down/x.css":       "web",
		"packages/unused/index.ts":              "",
		"packages/deleted/index.ts":             "",
		"apps/webshop/x.ts":                     "",
		".env.example":                          "api docs",
		"README.md pnpm-lock.yaml package.json": "api docs web (pnpm-lock.yaml)",
		"package.json":                          "api docs web (package.json)",
		"turbo.json":                            "api docs web (turbo.json)",
		"compose.yaml":                          "api docs web (compose.yaml)",
		"apps/api/package-lock.json":            "api",
	} {
		apps, all := w.Touched(strings.Fields(paths))
		var names []string
		for _, app := range apps {
			names = append(names, app.Name)
		}
		got := strings.Join(names, " ")
		if all != "" {
			got += " (" + all + ")"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", paths, diff)
		}
	}
}
