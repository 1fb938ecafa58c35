package cli

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOfflineDialsNothing runs every command that can ask platforms with
// --offline, tokens, addresses and a program set.
func TestOfflineDialsNothing(t *testing.T) {
	dir := t.TempDir()
	plantRepository(t, dir)
	writeFile(t, dir, "deploy/prod.env", "API_KEY=x\n") // is read even so, and must be whole
	trace := filepath.Join(t.TempDir(), "trace")
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a platform was asked") }))
	defer server.Close()
	for _, command := range []string{"check", "env", "check --env pr/12", "matrix", "why API_KEY", "doctor", "init --print", "check --snapshot old.snapshot --max-age 0", "check --history"} {
		t.Run(command, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			e := Env{
				Dir: dir, Stdout: &stdout, Stderr: &stderr,
				Environ: []string{
					"PATH=" + os.Getenv("PATH"), "VERCEL_TOKEN=x", "RAILWAY_TOKEN=x", "GH_TOKEN=x", "GIT_CONFIG_GLOBAL=" + os.DevNull,
					"ENVTIGHT_VERCEL_URL=" + server.URL, "ENVTIGHT_RAILWAY_URL=" + server.URL, "ENVTIGHT_GITHUB_URL=" + server.URL,
					commandVariable + "=sh -c 'echo ran >>" + trace + "'",
				},
				Dial: func(_ context.Context, _, address string) (net.Conn, error) {
					t.Errorf("a connection to %s was opened", address)
					return nil, errors.New("refused by the test")
				},
			}
			if code := Main(t.Context(), e, append(strings.Fields(command), "--offline")); code > 1 {
				t.Errorf("exit code %d: %s", code, stderr.String())
			}
			if _, err := os.Stat(trace); err == nil {
				t.Error("a program was started")
			}
		})
	}
}

// TestSnapshotDialsNothing runs what a snapshot answers without --offline.
func TestSnapshotDialsNothing(t *testing.T) {
	dir := t.TempDir()
	plantRepository(t, dir)
	for _, command := range []string{"check", "env", "matrix"} {
		var stdout, stderr bytes.Buffer
		e := Env{
			Dir: dir, Stdout: &stdout, Stderr: &stderr,
			Environ: []string{"PATH=" + os.Getenv("PATH"), "VERCEL_TOKEN=x", "RAILWAY_TOKEN=x", "GH_TOKEN=x", "GIT_CONFIG_GLOBAL=" + os.DevNull},
			Dial: func(_ context.Context, _, address string) (net.Conn, error) {
				t.Errorf("%s: a connection to %s was opened", command, address)
				return nil, errors.New("refused by the test")
			},
		}
		if code := Main(t.Context(), e, []string{command, "--snapshot", "old.snapshot", "--max-age", "0"}); code > 1 {
			t.Errorf("%s: exit code %d: %s", command, code, stderr.String())
		}
	}
}

// TestSecretsDialNothing runs what looks for secrets, and what hooks run.
func TestSecretsDialNothing(t *testing.T) {
	dir := t.TempDir()
	plantRepository(t, dir)
	for _, command := range []string{"secrets git", "secrets dir", "secrets staged", "secrets stdin", "detect", "protect --staged", "hook run pre-commit", "hook run pre-push", "hook run files leak.sh"} {
		var stdout, stderr bytes.Buffer
		e := Env{
			Dir: dir, Stdout: &stdout, Stderr: &stderr, Stdin: strings.NewReader(""),
			Environ: []string{"PATH=" + os.Getenv("PATH"), "VERCEL_TOKEN=x", "RAILWAY_TOKEN=x", "GH_TOKEN=x", "GIT_CONFIG_GLOBAL=" + os.DevNull},
			Dial: func(_ context.Context, _, address string) (net.Conn, error) {
				t.Errorf("%s: a connection to %s was opened", command, address)
				return nil, errors.New("refused by the test")
			},
		}
		if code := Main(t.Context(), e, strings.Fields(command)); code > 1 {
			t.Errorf("%s: exit code %d: %s", command, code, stderr.String())
		}
	}
}
