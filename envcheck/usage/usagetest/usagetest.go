// Package usagetest helps the tests of readers.
package usagetest

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/envcheck/workspace"
)

var (
	roles  = []string{"sets", "passes", "declares"}
	kinds  = []string{"plain", "required", "defaulted", "dynamic", "whole"}
	scopes = []string{"runtime", "build", "test", "script"}
)

// Archive lets a reader look at the files of a txtar archive.
func Archive(t testing.TB, reader usage.Reader, archive string) *usage.Result {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return scan(t, reader, fsys)
}

func scan(t testing.TB, reader usage.Reader, fsys fstest.MapFS) *usage.Result {
	t.Helper()
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := usage.Scan(t.Context(), w, []usage.Reader{reader}, 2)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Reads writes what files read, a line each: "path:line:column NAME kind via".
func Reads(files []usage.File) string {
	var out []string
	for _, f := range files {
		for _, r := range f.Reads {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s:%d:%d %s %s %s", f.Path, r.Range.Start.Line, r.Range.Start.Column, r.Name, kinds[r.Kind], r.Via)))
		}
	}
	return strings.Join(out, "\n")
}

// Scan lets a reader look at one file and returns what it found, one line for each
// mention and then each read:
//
//	3:5-3:9 ENV sets "base" CI
//	4:1-4:5 plain runtime PORT
//
// It fails the test when a place holds another text than the name.
func Scan(t *testing.T, reader usage.Reader, path, text string) string {
	t.Helper()
	result := scan(t, reader, fstest.MapFS{path: {Data: []byte(text)}})
	var out strings.Builder
	for i := range result.Files {
		Places(t, &result.Files[i], text)
		for _, m := range result.Files[i].Mentions {
			fmt.Fprintf(&out, "%s %s %s %q %s\n", where(m.Range), m.Key, roles[m.Role], m.Subject, m.Name)
		}
		for _, r := range result.Files[i].Reads {
			fmt.Fprintf(&out, "%s %s %s %s\n", where(r.Range), kinds[r.Kind], scopes[r.Scope], r.Name)
		}
	}
	for _, i := range result.Incomplete {
		fmt.Fprintf(&out, "%s: %s\n", i.Silence, i.Cause)
	}
	return out.String()
}

func where(r envtight.Range) string {
	return fmt.Sprintf("%d:%d-%d:%d", r.Start.Line, r.Start.Column, r.End.Line, r.End.Column)
}

// Places fails the test when a mention or a read of a known name is not where it
// says. A place without extent is one that escapes hide; "*" stands for whatever
// cannot be told.
func Places(t *testing.T, f *usage.File, text string) {
	t.Helper()
	at := func(name string, r envtight.Range) {
		if got := text[r.Start.Offset:r.End.Offset]; got != name && got != "" && name != "*" {
			t.Errorf("%q stands where %q is said to be", got, name)
		}
	}
	for _, m := range f.Mentions {
		at(m.Name, m.Range)
	}
	for _, r := range f.Reads {
		if r.Kind != usage.Dynamic && r.Kind != usage.Whole {
			at(r.Name, r.Range)
		}
	}
}
