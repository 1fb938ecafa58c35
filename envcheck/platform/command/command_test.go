//go:build unix

package command_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/command"
	"github.com/envtight/envtight/envcheck/sourcetest"
)

// script writes a program for a shell and returns a source that runs it.
func script(t *testing.T, text string, timeout time.Duration) *command.Source {
	t.Helper()
	dir := t.TempDir()
	// A child that is started while the file is open for writing would keep it open,
	// and a program that somebody writes to cannot be run.
	syscall.ForkLock.RLock()
	err := os.WriteFile(filepath.Join(dir, "names.sh"), []byte("#!/bin/sh\n"+text), 0o755)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return command.New(command.Options{
		Programs: []command.Program{{Project: "shop", Words: []string{"./names.sh", "one word", "$HOME"}, From: "the test"}},
		Dir:      dir, Environ: []string{"PATH=" + os.Getenv("PATH"), "GREETING=" + secret}, Timeout: timeout,
	})
}

func shop(environments ...string) []envcheck.Target {
	var out []envcheck.Target
	for _, e := range environments {
		out = append(out, envcheck.Target{App: "api", Environment: e, Project: "shop", Ref: envcheck.EnvironmentRef{Name: e}})
	}
	return out
}

// TestSurroundings: where a program runs, with what, and how often.
func TestSurroundings(t *testing.T) {
	source := script(t, `cat >request; echo run >>runs
[ "$#" = 2 ] && [ "$1" = "one word" ] && [ "$2" = '$HOME' ] && [ "$GREETING" = `+secret+` ] && [ "$PWD" = "$(pwd)" ] || exit 1
printf '{"version":1,"targets":[{"complete":true,"names":["A"]},{"error":"no-environment","environments":["prod","dev","prod"]},{"complete":false,"names":["B"]}]}'`, 0)
	answers := source.Fetch(t.Context(), shop("prod", "stage", "dev"))
	if a := answers[0]; !a.Complete || len(a.Settings) != 1 || a.Place.String() != "command:shop/prod" {
		t.Errorf("the first target: %+v", a)
	}
	if a := answers[1]; a.Complete || !a.NoSuchEnvironment || !cmp.Equal(a.Environments, []string{"dev", "prod"}) {
		t.Errorf("the second target: %+v", a)
	}
	if a := answers[2]; a.Complete || len(a.Settings) != 1 || len(a.Incomplete) != 1 {
		t.Errorf("the third target: %+v", a)
	}
	if runs, err := os.ReadFile(filepath.Join(dirOf(t, source), "runs")); err != nil || string(runs) != "run\n" {
		t.Errorf("it ran %q, %v", runs, err)
	}
	request, err := os.ReadFile(filepath.Join(dirOf(t, source), "request"))
	const want = `{"version":1,"targets":[{"app":"api","environment":"prod","project":"shop","service":"","team":"","ref":"prod"},{"app":"api","environment":"stage","project":"shop","service":"","team":"","ref":"stage"},{"app":"api","environment":"dev","project":"shop","service":"","team":"","ref":"dev"}]}` + "\n"
	if err != nil || string(request) != want {
		t.Errorf("the request is %q, %v", request, err)
	}
}

// TestFailures: each way to fail is one line that says what to do, without a word
// of what the program wrote.
func TestFailures(t *testing.T) {
	tests := map[string]struct{ text, cause string }{
		"an exit code":   {"echo " + secret + "; echo " + secret + " >&2; exit 3", "the program of the test ended with exit status 3"},
		"a signal":       {"kill -9 $$", "the program of the test ended with signal: killed"},
		"nothing":        {"true", "the answer of the program of the test was refused: it is empty"},
		"a value":        {`echo '{"version":1,"targets":[{"complete":true,"names":[{"name":"A","Value":"` + secret + `"}]}]}'`, "the answer of the program of the test was refused: it holds a member named value"},
		"an assignment":  {`echo '{"version":1,"targets":[{"complete":true,"names":["A=` + secret + `"]}]}'`, "the answer of the program of the test was refused: something in it is no name of a variable"},
		"a word":         {`echo '{"version":1,"targets":[{"error":"` + secret + `"}]}'`, "the answer of the program of the test was refused: an error in it is no known word"},
		"not let in":     {`echo '{"version":1,"targets":[{"error":"denied"}]}'`, "the program of the test says that it was not let in"},
		"too much":       {"head -c 9000000 /dev/zero; sleep 60", "the program of the test wrote more than 8 MiB"},
		"no interpreter": {"\x00", "the answer of the program of the test was refused: it is empty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := script(t, test.text, 20*time.Second)
			answer := source.Fetch(t.Context(), shop("prod"))[0]
			if answer.Complete || len(answer.Incomplete) != 1 || answer.Incomplete[0].Cause != "command: "+test.cause || answer.Incomplete[0].Advice == "" || answer.Incomplete[0].Silence != envtight.Failed {
				t.Errorf("got %+v", answer)
			}
			sourcetest.NoValues(t, []string{secret + "xxxx"}, answer)
			reach := source.Probe(t.Context(), shop("prod")[0])
			if reach.OK || reach.Problem != answer.Incomplete[0].Cause || reach.Kind != "program of the test" {
				t.Errorf("probed as %+v", reach)
			}
		})
	}
}

// TestStopped: a program that takes too long is ended with everything it started.
func TestStopped(t *testing.T) {
	source := script(t, "sleep 60 & echo $! >child; wait", 500*time.Millisecond)
	answer := source.Fetch(t.Context(), shop("prod"))[0]
	if len(answer.Incomplete) != 1 || answer.Incomplete[0].Cause != "command: the program of the test did not answer in time" {
		t.Errorf("got %+v", answer)
	}
	gone(t, filepath.Join(dirOf(t, source), "child"))

	source = script(t, "sleep 60 & echo $! >child; wait", time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for ctx.Err() == nil {
			if text, err := os.ReadFile(filepath.Join(dirOf(t, source), "child")); err == nil && len(text) > 1 {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	answer = source.Fetch(ctx, shop("prod"))[0]
	if len(answer.Incomplete) != 1 || answer.Incomplete[0].Cause != "command: the program of the test was stopped before it had answered" {
		t.Errorf("got %+v", answer)
	}
	gone(t, filepath.Join(dirOf(t, source), "child"))
}

func TestNoProgram(t *testing.T) {
	source := command.New(command.Options{Programs: []command.Program{{Project: "vault/*", Words: []string{"nowhere-to-be-found"}, From: "the test"}}})
	if needs := source.Needs(envcheck.Link{Project: "shop"}); needs.Lacking == "" || needs.Advice == "" || !needs.Connection || needs.Token {
		t.Errorf("without a program: %+v", needs)
	}
	if needs := source.Needs(envcheck.Link{Project: "vault/api"}); needs.Lacking != "" || !needs.Connection {
		t.Errorf("with a program: %+v", needs)
	}
	targets := shop("prod", "prod")
	targets[0].Project = "vault/api"
	answers := source.Fetch(t.Context(), targets)
	for i, want := range []string{"command: the program of the test was not found, or may not be executed", "command: no program is named"} {
		if len(answers[i].Incomplete) != 1 || answers[i].Incomplete[0].Cause != want || strings.Contains(answers[i].Incomplete[0].Advice, "nowhere") {
			t.Errorf("answer %d: %+v", i, answers[i])
		}
	}
}
