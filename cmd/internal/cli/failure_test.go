package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/envtight/envtight/cmd/internal/demo"
)

// shopOf is the demo's monorepo with platforms that answer with h.
func shopOf(t *testing.T, h http.Handler) Env {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	environ := []string{"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1"}
	dir := t.TempDir()
	if err := demo.Write(t.Context(), dir, environ); err != nil {
		t.Fatal(err)
	}
	return Env{Dir: dir, Stdout: new(bytes.Buffer), Stderr: new(bytes.Buffer), Sleep: noSleep, Environ: append(environ,
		"ENVTIGHT_VERCEL_URL="+server.URL, "ENVTIGHT_RAILWAY_URL="+server.URL,
		"VERCEL_TOKEN=x", "RAILWAY_TOKEN_DEV=x", "RAILWAY_TOKEN_PROD=x",
	)}
}

// demoPlatforms starts the demo's platforms and returns what a user would set.
func demoPlatforms(t *testing.T) []string {
	t.Helper()
	running, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.Close)
	return running.Environ
}

// TestPlatformsThatFail: whatever a platform does, what is not known is said in
// a few lines that tell what to do, and is neither missing nor clean.
func TestPlatformsThatFail(t *testing.T) {
	answer := func(status int, contentType, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	const jsonType = "application/json"
	tests := map[string]http.Handler{
		"nothing at all":    answer(200, jsonType, ""),
		"null":              answer(200, jsonType, "null"),
		"a list":            answer(200, jsonType, "[]"),
		"half an answer":    answer(200, jsonType, `{"envs":[{"key":"A","type":"plain"`),
		"another object":    answer(200, jsonType, `{"ok":true}`),
		"errors beside 200": answer(200, jsonType, `{"errors":[{"message":"Problem processing request"}],"data":null}`),
		"a page":            answer(200, "text/html", "<html><title>Blocked</title></html>"),
		"a page with 403":   answer(403, "text/html", "<html><title>Blocked</title></html>"),
		"not accepted":      answer(401, jsonType, `{"error":{"code":"unauthorized"}}`),
		"not found":         answer(404, jsonType, `{"error":{"code":"not_found"}}`),
		"gone":              answer(410, jsonType, `{}`),
		"too many requests": answer(429, jsonType, `{"error":{"code":"rate_limited"}}`),
		"down":              answer(503, "text/plain", "down"),
		"10 MB":             answer(200, jsonType, `{"envs":[`+strings.Repeat(`{"key":"A","type":"plain","target":["production"]},`, 10<<20/50)+`{}]}`),
		"100 MB of blanks": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", jsonType)
			blanks := bytes.Repeat([]byte{' '}, 1<<20)
			for range 100 {
				if _, err := w.Write(blanks); err != nil {
					return
				}
			}
		}),
		"elsewhere": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		}),
		"closed": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			panic(http.ErrAbortHandler)
		}),
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := shopOf(t, h)
			code := Main(t.Context(), e, []string{"env"})
			out := fmt.Sprint(e.Stdout)
			if code != 3 {
				t.Errorf("exit code %d", code)
			}
			for _, wrong := range []string{"is required and not set", "empty value", "[env/extra]", "[env/drift]", "not asked: no token"} {
				if strings.Contains(out, wrong) {
					t.Errorf("%q is claimed", wrong)
				}
			}
			_, failed, _ := strings.Cut(out, "Could not look at ")
			lines := strings.Count(failed, "✗")
			if lines < 1 || lines > 4 || strings.Count(failed, "advice:") < lines {
				t.Errorf("%d lines about failures, each with an advice, are wanted:\n%s", lines, out)
			}
		})
	}
}

// TestInterrupted: an interrupt ends every command that waits for a platform at
// once, with an exit code of its own and without half a report.
func TestInterrupted(t *testing.T) {
	for _, command := range []string{"check --output json=report.json", "env", "matrix", "doctor", "init --force"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			e := shopOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"envs":[`))
				_ = http.NewResponseController(w).Flush()
				cancel()
				<-r.Context().Done()
			}))
			before, err := os.ReadFile(filepath.Join(e.Dir, configName))
			if err != nil {
				t.Fatal(err)
			}
			started := time.Now()
			code := Main(ctx, e, strings.Fields(command))
			if code != 130 || time.Since(started) > 5*time.Second {
				t.Errorf("exit code %d after %v: %s", code, time.Since(started), e.Stderr)
			}
			if out := fmt.Sprint(e.Stdout); out != "" {
				t.Errorf("half a report was written:\n%s", out)
			}
			if _, err := os.Stat(filepath.Join(e.Dir, "report.json")); err == nil {
				t.Error("half a file was written")
			}
			if after, err := os.ReadFile(filepath.Join(e.Dir, configName)); err != nil || !bytes.Equal(before, after) {
				t.Error("the configuration was changed")
			}
			if fmt.Sprint(e.Stderr) == "" || !strings.Contains(fmt.Sprint(e.Stderr), "interrupted") {
				t.Errorf("stderr does not say so: %s", e.Stderr)
			}
		})
	}
}
