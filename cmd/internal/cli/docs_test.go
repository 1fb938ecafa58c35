package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/secrets"
)

// docsDir is the documentation of the repository.
const docsDir = "../../../docs"

// TestDocs holds the generated documentation against what it is generated from.
// ENVTIGHT_UPDATE=1 writes it.
func TestDocs(t *testing.T) {
	want := Docs()
	update := os.Getenv("ENVTIGHT_UPDATE") != ""
	if update {
		if err := os.RemoveAll(filepath.Join(docsDir, "rules")); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range want {
		path := filepath.Join(docsDir, filepath.FromSlash(name))
		if update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s: %v; run: ENVTIGHT_UPDATE=1 go test ./cmd/internal/cli -run TestDocs", name, err)
			continue
		}
		if diff := cmp.Diff(text, string(got)); diff != "" {
			t.Errorf("docs/%s is stale; run: ENVTIGHT_UPDATE=1 go test ./cmd/internal/cli -run TestDocs\n%s", name, diff)
		}
	}
	err := fs.WalkDir(os.DirFS(filepath.Join(docsDir, "rules")), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && want["rules/"+path] == "" {
			t.Errorf("docs/rules/%s is about no rule", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestRules holds what every rule promises about itself.
func TestRules(t *testing.T) {
	for _, r := range Rules() {
		// No secret stands in an example, even a made-up one: hosts would refuse it.
		if r.Title == "" || r.Doc == "" || r.Since == "" || len(r.Examples) == 0 && r.Topic() != secrets.Topic {
			t.Errorf("%s lacks a title, a documentation, its version or an example", r.ID)
		}
		if r.Group == "" && r.Default == 0 {
			t.Errorf("%s is off and in no group", r.ID)
		}
	}
}
