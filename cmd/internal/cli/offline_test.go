package cli

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// TestOfflineDialsNothing runs every command that can ask platforms with
// --offline, tokens and addresses set.
func TestOfflineDialsNothing(t *testing.T) {
	dir := t.TempDir()
	plantRepository(t, dir)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a platform was asked") }))
	defer server.Close()
	for _, command := range []string{"check", "env", "check --env pr/12", "matrix", "doctor", "init --print", "check --snapshot old.snapshot --max-age 0"} {
		t.Run(command, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			e := Env{
				Dir: dir, Stdout: &stdout, Stderr: &stderr,
				Environ: []string{
					"PATH=" + os.Getenv("PATH"), "VERCEL_TOKEN=x", "RAILWAY_TOKEN=x", "GIT_CONFIG_GLOBAL=" + os.DevNull,
					"ENVTIGHT_VERCEL_URL=" + server.URL, "ENVTIGHT_RAILWAY_URL=" + server.URL,
				},
				Dial: func(_ context.Context, _, address string) (net.Conn, error) {
					t.Errorf("a connection to %s was opened", address)
					return nil, errors.New("refused by the test")
				},
			}
			if code := Main(t.Context(), e, append(strings.Fields(command), "--offline")); code > 1 {
				t.Errorf("exit code %d: %s", code, stderr.String())
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
			Environ: []string{"PATH=" + os.Getenv("PATH"), "VERCEL_TOKEN=x", "RAILWAY_TOKEN=x", "GIT_CONFIG_GLOBAL=" + os.DevNull},
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
