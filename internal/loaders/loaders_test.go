package loaders

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNodeCrash gives cases to a stand-in of node that ends by a signal on each file
// of "boom", whose base64 the script knows.
func TestNodeCrash(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in is a shell script")
	}
	dir := t.TempDir()
	script := `#!/bin/sh
while read -r line; do
	case $line in *Ym9vbQ==*) kill -ABRT $$ ;; esac
	echo '{"error": true}'
done
`
	if err := os.WriteFile(filepath.Join(dir, "node"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	file := func(text string) Case { return Case{Src: []byte(text)} }
	got, err := Node(t.Context(), "", "next", []Case{file("a"), file("boom"), file("b"), file("boom")})
	if err != nil {
		t.Fatal(err)
	}
	read, crashed := Result{Failed: true, Values: map[string]*string{}}, Result{Crashed: true}
	if diff := cmp.Diff([]Result{read, crashed, read, crashed}, got); diff != "" {
		t.Error(diff)
	}
	many := make([]Case, 2*maxCrashes)
	for i := range many {
		many[i] = file("boom")
	}
	if _, err := Node(t.Context(), "", "next", many); err == nil {
		t.Error("a loader that ends on every file is no accident")
	}
}
