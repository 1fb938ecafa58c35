package workspace

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// FuzzLocals holds that whatever stands in code and scripts, the files found lie in
// the repository, each once, with a target, and are the same every time.
func FuzzLocals(f *testing.F) {
	f.Add("load_dotenv(", "uvicorn x --env-file ../../.env", "dotenv.config({path: '../x/.env'})")
	f.Add("env_file = (\".env\", f\".env.{X}\"", "source ./.env.dev", "config({")
	f.Add("env_file=", "", "envFilePath:")
	f.Add("find_dotenv(\"/etc/.env\")", "dotenv -e /.env -- x", "config({path: `.env`})")
	f.Fuzz(func(t *testing.T, python, command, js string) {
		files := fstest.MapFS{
			"apps/a/pyproject.toml": {Data: []byte("[project]\nname = \"a\"\ndependencies = [\"python-dotenv\"]\n")},
			"apps/a/package.json":   {Data: []byte(`{"dependencies": {"dotenv": "1", "@nestjs/config": "1"}}`)},
			"apps/a/.env.example":   {},
			"apps/a/main.py":        {Data: []byte(python)},
			"apps/a/main.js":        {Data: []byte("dotenv envFilePath " + js)},
			"apps/a/run.sh":         {Data: []byte(command)},
		}
		w := loadFS(t, files, Options{Workers: 1})
		if len(w.Apps) != 1 {
			t.Skip("the manifest makes another workspace")
		}
		unit := &w.Apps[0].Unit
		locals := w.Locals(unit)
		if locals.Target == "" || len(locals.Files) == 0 {
			t.Error("there is no file to read or to write")
		}
		seen := map[string]bool{}
		for _, file := range locals.Files {
			if seen[file.Path] || strings.HasPrefix(file.Path, "..") || strings.HasPrefix(file.Path, "/") {
				t.Errorf("%q is read twice, or lies elsewhere", file.Path)
			}
			seen[file.Path] = true
		}
		if diff := cmp.Diff(locals, w.Locals(unit)); diff != "" {
			t.Error(diff)
		}
	})
}
