// Package importtest holds what packages may reach. What a package imports, with
// all that its imports import in turn, is what everybody pays who imports it.
package importtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Package is what "go list" says of a package.
type Package struct {
	ImportPath string
	Name       string
	// Imports are those of the files that are not tests.
	Imports []string
	// Deps are the imports, and theirs, and so on.
	Deps []string
	// Standard tells that the package belongs to Go itself.
	Standard bool
}

// List returns the packages that match patterns, with all their dependencies,
// by import path. Tests do not count. It skips the test when there is no go
// command.
func List(t testing.TB, patterns ...string) map[string]*Package {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command to list packages with")
	}
	args := append([]string{"list", "-e", "-deps", "-json=ImportPath,Name,Imports,Deps,Standard"}, patterns...)
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go %s: %v: %s", strings.Join(args, " "), err, exit.Stderr)
		}
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	packages := map[string]*Package{}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		p := &Package{}
		if err := decoder.Decode(p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("read the answer of go list: %v", err)
		}
		packages[p.ImportPath] = p
	}
}

// Forbid fails when the package at path reaches a banned package. A ban is an
// import path, and stands for all packages below it, too.
func Forbid(t testing.TB, path string, bans ...string) {
	t.Helper()
	packages := List(t, path)
	for _, ban := range bans {
		if reached := Reaches(packages, path, ban); reached != nil {
			t.Errorf("%s must not reach %s: %s", path, ban, strings.Join(reached, " -> "))
		}
	}
}

// Reaches returns the shortest way from a package to a banned one, both
// included; nil when there is none. Like Forbid, it takes packages below ban for
// ban.
func Reaches(packages map[string]*Package, from, ban string) []string {
	came := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at != from && Within(at, ban) {
			return way(came, at)
		}
		p := packages[at]
		if p == nil {
			continue
		}
		for _, next := range p.Imports {
			if _, ok := came[next]; !ok {
				came[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func way(came map[string]string, at string) []string {
	var out []string
	for ; at != ""; at = came[at] {
		out = append(out, at)
	}
	slices.Reverse(out)
	return out
}

// Within reports whether path is the tree or lies below it.
func Within(path, tree string) bool {
	return path == tree || strings.HasPrefix(path, tree+"/")
}
