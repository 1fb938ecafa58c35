package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/envtight/envtight/cmd/internal/demo"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"envtight": func() {
			ctx := context.Background()
			e := Process()
			e.Sleep = noSleep
			if now, err := time.Parse(time.RFC3339, os.Getenv(nowVariable)); err == nil {
				e.Now = func() time.Time { return now }
			}
			os.Exit(Main(ctx, e, os.Args[1:]))
		},
	})
}

// noSleep stands in for the wait before a platform is asked again.
func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// nowVariable sets the clock of a script. The program itself knows no such variable.
const nowVariable = "SCRIPT_NOW"

// TestScripts runs the command as a command. Besides what testscript brings, the
// scripts know:
//
//	exits N command...  run a command, whose exit code must be N
//	shop DIR            write the demo's monorepo, with history, to DIR
//	platforms           start the demo's platforms and set what a user would
//	git args...         run git without the user's configuration
//	leak FILE...        add a line with a made-up token of GitHub's form to files
func TestScripts(t *testing.T) { testscript.Run(t, scriptParams("testdata/script")) }

func scriptParams(dir string) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		UpdateScripts:       os.Getenv("ENVTIGHT_UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			program, err := exec.LookPath("envtight")
			if err != nil {
				return err
			}
			env.Setenv("ENVTIGHT", program)
			home := filepath.Join(env.WorkDir, ".home")
			if err := os.Mkdir(home, 0o700); err != nil {
				return err
			}
			env.Setenv("HOME", home)
			env.Setenv("LocalAppData", home)
			env.Setenv("NO_COLOR", "1")
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("GIT_CEILING_DIRECTORIES", env.WorkDir+string(os.PathListSeparator)+parentOf(env.WorkDir))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"shop":      shop,
			"platforms": platformsCommand,
			"git":       gitCommand,
			"leak":      leak,
			"mark":      mark,
		},
	}
}

func parentOf(dir string) string { return dir[:strings.LastIndexAny(dir, `/\`)] }

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func shop(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: shop DIR")
	}
	ts.Check(os.MkdirAll(ts.MkAbs(args[0]), 0o755))
	ts.Check(demo.Write(context.Background(), ts.MkAbs(args[0]), []string{"PATH=" + ts.Getenv("PATH")}))
}

func platformsCommand(ts *testscript.TestScript, _ bool, _ []string) {
	running, err := demo.Start(context.Background())
	ts.Check(err)
	ts.Defer(running.Close)
	for _, entry := range running.Environ {
		name, value, _ := strings.Cut(entry, "=")
		ts.Setenv(name, value)
	}
}

func gitCommand(ts *testscript.TestScript, neg bool, args []string) {
	args = append([]string{
		"-c", "user.name=Ada", "-c", "user.email=ada@shop.example", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false",
	}, args...)
	err := ts.Exec("git", args...)
	if (err == nil) == neg {
		ts.Fatalf("%s", fmt.Sprint("git ", args, ": ", err))
	}
}

// madeUpToken has the form of a token of GitHub. It is made here, so that no file of
// the repository holds one.
func madeUpToken() string { return "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fRxLuG" }

// mark puts words at the end of the last line of a file.
func mark(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: mark FILE WORD...")
	}
	text := strings.TrimSuffix(ts.ReadFile(args[0]), "\n") + " " + strings.Join(args[1:], " ") + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func leak(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: leak FILE...")
	}
	for _, name := range args {
		path := ts.MkAbs(name)
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		ts.Check(err)
		_, err = fmt.Fprintf(file, "const token = \"%s\"\n", madeUpToken())
		ts.Check(err)
		ts.Check(file.Close())
	}
}
