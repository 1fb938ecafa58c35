// Package tools finds the programs that install.sh installs, for tests.
package tools

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Path returns the path of an installed file, given by its path in the tools'
// directory. It skips the test when the file is not there, or fails it when the
// tools are required.
func Path(t testing.TB, file string) string {
	t.Helper()
	const hint = "run internal/tools/install.sh DIR and set ENVTIGHT_TOOLS=DIR"
	path := filepath.Join(os.Getenv("ENVTIGHT_TOOLS"), filepath.FromSlash(file))
	if _, err := os.Stat(path); err == nil && os.Getenv("ENVTIGHT_TOOLS") != "" {
		return path
	}
	required := strings.FieldsFunc(os.Getenv("ENVTIGHT_REQUIRE"), func(r rune) bool { return r == ',' || r == ' ' })
	if slices.Contains(required, "tools") {
		t.Fatalf("%s is not installed: %s", file, hint)
	}
	t.Skipf("%s is not installed: %s", file, hint)
	return ""
}
