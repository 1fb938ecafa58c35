package reach_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/usage/reach"
	"github.com/envtight/envtight/envcheck/workspace"
)

// words reads files whose lines are "read NAME", "build NAME", "import PATH", "types
// PATH" and "open" (it imports what cannot be found).
var words = usage.Reader{
	Name: "words",
	Match: func(path string) bool {
		return strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, ".py")
	},
	Scan: func(_ context.Context, in *usage.Input) []usage.File {
		var files []usage.File
		for _, path := range in.Paths {
			text, _ := in.Text(path)
			files = append(files, parse(path, text))
		}
		return files
	},
}

func parse(path string, text []byte) usage.File {
	file := usage.File{Path: path}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "read":
			file.Reads = append(file.Reads, usage.Read{Name: rest})
		case "build":
			file.Reads = append(file.Reads, usage.Read{Name: rest, Scope: usage.Build})
		case "import", "types":
			file.Imports = append(file.Imports, usage.Import{Path: rest, TypesOnly: word == "types"})
		case "open":
			file.Unresolved = true
		}
	}
	return file
}

var scopeNames = map[usage.Scope]string{usage.Runtime: "runtime", usage.Build: "build", usage.Script: "script", usage.Test: "test"}

// needs says in one line for each what the apps need.
func needs(t *testing.T, files []txtar.File) string {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := usage.Scan(t.Context(), w, []usage.Reader{words}, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := reach.New(w, found)
	var out strings.Builder
	for _, app := range w.Apps {
		for _, n := range m.Needs(app) {
			how := strings.Join(n.Via, " → ")
			if !n.Imported {
				how += " (by package)"
			}
			fmt.Fprintln(&out, strings.TrimSpace(fmt.Sprintf("%s: %s %s %s %s", app.Name, n.Read.Name, scopeNames[n.Scope], n.File.Path, how)))
		}
	}
	return out.String()
}

// TestStories runs testdata/*.txtar: a comment, the files, and the section "want".
func TestStories(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			if archive.Files[last].Name != "want" {
				t.Fatal("the last section is not want")
			}
			if diff := cmp.Diff(string(archive.Files[last].Data), needs(t, archive.Files[:last])); diff != "" {
				t.Error(diff)
			}
		})
	}
}
