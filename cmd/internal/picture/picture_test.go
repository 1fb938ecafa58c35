package picture

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/envtight/envtight/cmd/internal/cli"
	"github.com/envtight/envtight/cmd/internal/demo"
	"github.com/envtight/envtight/internal/ansisvg"
)

var update = flag.Bool("update", false, "draw the pictures")

// TestPictures holds that the pictures show real output. Run it with -update,
// and look at them.
func TestPictures(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git to make the demo's history with")
	}
	dir := t.TempDir()
	environ := []string{"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1"}
	if err := demo.Write(context.Background(), dir, environ); err != nil {
		t.Fatal(err)
	}
	platforms, err := demo.Start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer platforms.Close()
	environ = append(environ, platforms.Environ...)

	for _, p := range []struct {
		file, prompt string
		args         []string
		columns      int // of the terminal
		code         int
	}{
		{"check.svg", "envtight check --app backend", []string{"check", "--app", "backend"}, 112, 1},
		{"matrix.svg", "envtight matrix", []string{"matrix"}, 66, 0},
	} {
		t.Run(p.file, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			env := cli.Env{Stdout: &stdout, Stderr: &stderr, StdoutTTY: true, Width: p.columns, Environ: append(environ, "CI=1", "TERM=xterm"), Dir: dir}
			if code := cli.Main(context.Background(), env, p.args); code != p.code {
				t.Fatalf("exit code %d, want %d: %s", code, p.code, stderr.String())
			}
			var got bytes.Buffer
			text := "\x1b[1;32m$\x1b[0m \x1b[1m" + p.prompt + "\x1b[0m\n\n" + stdout.String()
			if err := ansisvg.Render(&got, text, p.prompt, p.columns); err != nil {
				t.Fatal(err)
			}
			hold(t, filepath.Join("..", "..", "..", "docs", "images", p.file), got.Bytes())
		})
	}
}

func hold(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")), got) {
		t.Errorf("%s shows another output: run go generate ./cmd/internal/picture and look at it", path)
	}
}
