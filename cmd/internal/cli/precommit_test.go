package cli

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/envtight/envtight/internal/tools"
)

// TestPreCommit runs pre-commit itself with our hooks, on real commits. Besides
// what other scripts know, these know:
//
//	module DIR    write this module's files, as they are, to a new repository
func TestPreCommit(t *testing.T) {
	program := tools.Path(t, "pre-commit/bin/pre-commit")
	p := scriptParams("testdata/precommit")
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		if err := setup(env); err != nil {
			return err
		}
		env.Setenv("PATH", filepath.Dir(program)+string(os.PathListSeparator)+env.Getenv("PATH"))
		env.Setenv("PRE_COMMIT_HOME", filepath.Join(env.WorkDir, ".pre-commit"))
		// pre-commit builds the hook: from what this machine has.
		for name, value := range goEnviron(t) {
			env.Setenv(name, value)
		}
		return nil
	}
	p.Cmds["module"] = func(ts *testscript.TestScript, _ bool, args []string) {
		if len(args) != 1 {
			ts.Fatalf("usage: module DIR")
		}
		ts.Check(copyModule(ts.MkAbs(args[0])))
	}
	testscript.Run(t, p)
}

// goEnviron makes go build without a network.
func goEnviron(t *testing.T) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	caches := strings.Split(strings.TrimSpace(string(out)), "\n")
	return map[string]string{
		"GOMODCACHE": caches[0], "GOCACHE": caches[1], "GOPROXY": "off", "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local",
	}
}

// copyModule copies the files of this module that git does not ignore.
func copyModule(to string) error {
	const top = "../../.."
	out, err := exec.CommandContext(context.Background(), "git", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return err
	}
	root := os.DirFS(top)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		text, err := fs.ReadFile(root, name)
		if os.IsNotExist(err) {
			continue // removed, and not yet committed
		}
		if err != nil {
			return err
		}
		path := filepath.Join(to, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
