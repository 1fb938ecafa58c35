package workspace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// monorepo writes a tree of about 5,000 files: 40 apps and 60 packages in a pnpm
// workspace with turbo, compose files, Dockerfiles and examples, and what tools
// leave behind.
func monorepo(tb testing.TB) string {
	tb.Helper()
	root := tb.TempDir()
	write := func(path, text string) {
		full := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	write("pnpm-workspace.yaml", "packages:\n  - apps/*\n  - packages/*\n")
	write("package.json", `{"name": "shop", "private": true}`)
	write("turbo.json", `{"tasks": {}}`)
	write("docker-compose.yml", "services:\n  web:\n    build: {context: ., dockerfile: apps/app00/Dockerfile}\n    env_file: apps/app00/.env\n")
	padding := strings.Repeat("      \"script-%d\": \"eslint .\",\n", 20)
	for i := range 60 {
		dir := fmt.Sprintf("packages/pkg%02d", i)
		next := fmt.Sprintf("@acme/pkg%02d", (i*7+1)%60)
		write(dir+"/package.json", fmt.Sprintf("{\n  \"name\": \"@acme/pkg%02d\",\n  \"dependencies\": {\"%s\": \"workspace:*\", \"zod\": \"^4.0.0\"},\n  \"scripts\": {\n%s  \"x\": \"y\"}\n}\n", i, next, padding))
		for j := range 25 {
			write(fmt.Sprintf("%s/src/part%d/file%02d.ts", dir, j%5, j), "export const x = 1\n")
		}
	}
	for i := range 40 {
		dir := fmt.Sprintf("apps/app%02d", i)
		if i%4 == 3 {
			write(dir+"/pyproject.toml", fmt.Sprintf("[project]\nname = \"app%02d\"\ndependencies = [\"fastapi[standard]>=0.115\", \"pydantic-settings\"]\n", i))
			write(dir+"/app/main.py", "app = FastAPI()\n")
		} else {
			write(dir+"/package.json", fmt.Sprintf(`{"name": "@acme/app%02d", "dependencies": {"next": "16.0.0", "@acme/pkg%02d": "workspace:*"}}`, i, i))
			write(dir+"/next.config.ts", "export default {}\n")
		}
		write(dir+"/.env.example", "DATABASE_URL=\nAPI_KEY=\n")
		write(dir+"/Dockerfile", "FROM node\nWORKDIR /app\nCOPY . .\nWORKDIR /app/"+dir+"\n")
		for j := range 80 {
			write(fmt.Sprintf("%s/src/routes/part%d/file%02d.tsx", dir, j%8, j), "export const x = process.env.API_KEY\n")
		}
		write(dir+"/node_modules/react/package.json", `{"name": "react"}`)
	}
	return root
}

func TestMonorepo(t *testing.T) {
	w := loadFS(t, os.DirFS(monorepo(t)), Options{})
	if len(w.Apps) != 40 || len(w.Packages) != 60 || len(w.Diagnostics)+len(w.Incomplete) != 0 {
		t.Fatalf("%d apps, %d packages, %v, %v", len(w.Apps), len(w.Packages), w.Diagnostics, w.Incomplete)
	}
	if n := len(w.Tree.Files); n < 4900 || n > 5200 {
		t.Errorf("%d files", n)
	}
	if owners := w.Owners("packages/pkg01/src/part0/file00.ts"); len(owners) == 0 {
		t.Error("a package that apps reach has no owner")
	}
}

// Discovery of a monorepo of 5,000 files, warm.
func BenchmarkLoad(b *testing.B) {
	dir := monorepo(b)
	root, err := os.OpenRoot(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = root.Close() })
	b.Run("DirFS", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Load(b.Context(), os.DirFS(dir), Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Root", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Load(b.Context(), root.FS(), Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
