package program_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/envtight/envtight/internal/program"
)

func TestFind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes tell programs apart")
	}
	first, second := t.TempDir(), t.TempDir()
	for path, mode := range map[string]os.FileMode{filepath.Join(first, "names"): 0o644, filepath.Join(second, "names"): 0o755} {
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(second)
	want := filepath.Join(second, "names")
	path := "PATH=" + strings.Join([]string{".", "", first, second}, string(os.PathListSeparator))
	for name, env := range map[string][]string{"names": {"PATH=", path}, want: nil} {
		if got, err := program.Find(name, env); err != nil || got != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for name, env := range map[string][]string{
		"names": {path, "PATH=."}, "./names": {path}, "../" + filepath.Base(second) + "/names": {path}, first: nil, "nothing": {path}, filepath.Join(first, "names"): nil,
	} {
		if got, err := program.Find(name, env); err == nil {
			t.Errorf("%s is found at %q", name, got)
		}
	}
}

// TestOutput: the bound holds for what a child writes, too, which exec copies in
// ways of its own.
func TestOutput(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	for _, drop := range []bool{false, true} {
		out := &program.Output{Max: 10, Drop: drop, Stop: func() { stopped = true }}
		cmd := exec.Command(self, "-test.list=^Test")
		cmd.Stdout = out
		err := cmd.Run()
		if out.Over() == drop || stopped == drop || (err == nil) != drop || len(out.Bytes()) > 10 || (len(out.Bytes()) == 10) != drop {
			t.Errorf("drop %v: over %v, stopped %v, %v, %d bytes kept", drop, out.Over(), stopped, err, len(out.String()))
		}
		stopped = false
	}
}
