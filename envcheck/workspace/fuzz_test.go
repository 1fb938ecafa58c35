package workspace

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
)

// FuzzManifest reads any bytes as each kind of manifest: discovery ends, without
// a panic, and whatever it says has a place inside the file.
func FuzzManifest(f *testing.F) {
	for i, text := range []string{
		`{"name": "a", "workspaces": ["apps/*", "!x"], "dependencies": {"b": "workspace:b@*", "next": "catalog:x"}, "scripts": {"start": "node ."}}`,
		"packages:\n  - apps/*\n  - '!apps/x'\ncatalog: {next: 1}\ncatalogs: &a {b: *a}\n",
		"[project]\nname='x'\ndependencies=['fastapi[standard]>=1']\n[tool.uv.workspace]\nmembers=['apps/*']\n[tool.uv.sources]\nx=[{path='../x'}]\n",
		"go 1.26\nuse ./apps/a\nuse (\n./b\n)\n",
		"services:\n  a:\n    build: {context: ., dockerfile: x}\n    env_file: [a.env, {path: b.env}]\n",
		`{"orgId": "t", "projects": [{"id": "p", "directory": "apps/a"}]}`,
		"FROM a AS b\nCOPY . .\nFROM c\nCOPY --from=b [\"/x\", \"/y\"]\nRUN <<A <<-B\nA\nB\n",
		"requests==1\n-e ./apps/a\n",
		"app = 'x'\n",
		"module x\nreplace a => ./apps/a\nrequire a v1.0.0\n",
	} {
		f.Add(uint8(i), []byte(text))
	}
	names := []string{"package.json", "pnpm-workspace.yaml", "pyproject.toml", "go.work", "docker-compose.yml", ".vercel/repo.json", "Dockerfile",
		"requirements.txt", "fly.toml", "go.mod", "apps/a/package.json", "turbo.json", "render.yaml", "project.json", "Makefile", ".env"}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		name := names[int(which)%len(names)]
		files := fstest.MapFS{
			"nx.json":             {Data: []byte("{}")},
			"apps/a/package.json": {Data: []byte(`{"name": "a"}`)},
			"apps/a/.env.example": {Data: []byte("A=\n")},
			"apps/b/.env":         {Data: []byte("A=1\n")},
		}
		files[name] = &fstest.MapFile{Data: text}
		w, err := Load(context.Background(), files, Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range w.Diagnostics {
			read, err := w.Tree.Read(d.Location.Path)
			if err != nil || d.Location.Range.End.Offset > len(read) || d.Location.Range.Start.Offset > d.Location.Range.End.Offset {
				t.Errorf("%s: %v", d.Location, err)
			}
			if d.Message == "" || strings.ContainsRune(d.Message, '\n') {
				t.Errorf("message %q", d.Message)
			}
		}
		if _, err := Hygiene(context.Background(), w, nil); err != nil {
			t.Error(err)
		}
		for _, in := range ParseDockerfile(text) {
			if in.Span.Start > in.Span.End || in.Span.End > len(text) {
				t.Errorf("span %v of %d bytes", in.Span, len(text))
			}
		}
		if found := look(text); len(found.secrets) > found.values {
			t.Error("more secrets than values")
		}
		for _, a := range w.Apps {
			if a.Name == "" || len(a.Why) == 0 {
				t.Errorf("app %+v", a)
			}
		}
	})
}
