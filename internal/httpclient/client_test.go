package httpclient_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/httpclient"
)

// canary stands for everything that must never show.
const canary = "c4n4ry-" + "0f-a-token"

// clock is a time that passes only by sleeping.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func (c *clock) total() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var sum time.Duration
	for _, d := range c.slept {
		sum += d
	}
	return sum
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func client(t *testing.T, base string, change ...func(*httpclient.Options)) *httpclient.Client {
	t.Helper()
	clk := newClock()
	opts := httpclient.Options{
		BaseURL: base,
		Auth:    httpclient.Bearer(envtight.NewSecret(canary)),
		Now:     clk.Now, Sleep: clk.Sleep,
	}
	for _, f := range change {
		f(&opts)
	}
	c, err := httpclient.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func jsonAnswer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func get(ctx context.Context, c *httpclient.Client) error {
	var into struct{ OK bool }
	err := c.Get(ctx, "/v9/projects/{idOrName}", []string{canary}, url.Values{"search": {canary}}, &into)
	if err == nil && !into.OK {
		return errors.New("decoded nothing")
	}
	return err
}

// wantError checks the kind and words of an error, and that it gives nothing away.
func wantError(t *testing.T, err, kind error, words ...string) *httpclient.Error {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error is %v, want kind %v", err, kind)
	}
	var e *httpclient.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is of type %T", err)
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", *e)} {
		if strings.Contains(text, canary) || strings.Contains(text, "c4n4ry") {
			t.Fatal("the error shows a token, a query, a path value or a body")
		}
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q lacks %q", err, word)
		}
	}
	return e
}

func TestNewChecksTheBaseURL(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://api.vercel.com":         true,
		"https://api.vercel.com/":        true,
		"https://host/api/v3":            true,
		"http://127.0.0.1:80":            true,
		"http://[::1]:80":                true,
		"http://localhost:1":             true,
		"http://api.vercel.com":          false,
		"http://10.0.0.1":                false,
		"http://localhost.example.com":   false,
		"ftp://api.vercel.com":           false,
		"api.vercel.com":                 false,
		"https://":                       false,
		"":                               false,
		"https://u:" + canary + "@h.com": false,
		"https://h.com?a=" + canary:      false,
		"https://h.com#" + canary:        false,
		"https://h.com/%zz" + canary:     false,
	} {
		_, err := httpclient.New(httpclient.Options{BaseURL: base})
		if (err == nil) != ok {
			t.Errorf("New(%q): %v", strings.ReplaceAll(base, canary, "…"), err)
		}
		if err != nil && strings.Contains(err.Error(), "c4n4ry") {
			t.Error("the error repeats the URL")
		}
	}
}

func TestGetSendsWhatItShould(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodGet,
			r.URL.EscapedPath() != "/api/v9/projects/a%2Fb%20c/env",
			r.URL.RawQuery != "decrypt=false&slug=acme",
			r.Header.Get("Authorization") != "Bearer "+canary,
			r.Header.Get("User-Agent") != "envtight/1.2",
			r.Header.Get("Accept") != "application/json":
			jsonAnswer(w, 400, `{}`)
		default:
			jsonAnswer(w, 200, `{"n": 7}`)
		}
	})
	c := client(t, base+"/api/", func(o *httpclient.Options) { o.UserAgent = "envtight/1.2" })
	var into struct{ N int }
	err := c.Get(t.Context(), "/v9/projects/{idOrName}/env", []string{"a/b c"}, url.Values{"slug": {"acme"}, "decrypt": {"false"}}, &into)
	if err != nil || into.N != 7 {
		t.Fatalf("got %d, %v", into.N, err)
	}
}

func TestGetRefusesOddPaths(t *testing.T) {
	c := client(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{"ok":true}`) }))
	for name, args := range map[string][]string{
		"empty": {""}, "dot": {"."}, "dots": {".."}, "few": {}, "many": {"a", "b"},
	} {
		if err := c.Get(t.Context(), "/v9/projects/{idOrName}", args, nil, &struct{}{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestWithSendsTheOtherToken(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Project-Access-Token") != "other" {
			jsonAnswer(w, 401, `{}`)
			return
		}
		jsonAnswer(w, 200, `{"ok":true}`)
	})
	c := client(t, base).With(httpclient.Auth{Token: envtight.NewSecret("other"), Header: "Project-Access-Token"})
	if err := get(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func TestStatuses(t *testing.T) {
	tests := []struct {
		status int
		kind   error
		words  string
		sent   int32
	}{
		{400, httpclient.ErrContract, "status 400", 1},
		{401, httpclient.ErrAuth, "status 401", 1},
		{402, httpclient.ErrContract, "status 402", 1},
		{403, httpclient.ErrForbidden, "status 403", 1},
		{404, httpclient.ErrNotFound, "status 404", 1},
		{410, httpclient.ErrContract, "retired", 1},
		{204, httpclient.ErrContract, "status 204", 1},
		{407, httpclient.ErrUnavailable, "proxy", 1},
		{500, httpclient.ErrUnavailable, "status 500", 1},
		{429, httpclient.ErrRateLimited, "rate limited", 5},
		{502, httpclient.ErrUnavailable, "(5 attempts)", 5},
		{503, httpclient.ErrUnavailable, "(5 attempts)", 5},
		{504, httpclient.ErrUnavailable, "(5 attempts)", 5},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			var sent atomic.Int32
			base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				sent.Add(1)
				if tt.status == 204 {
					w.WriteHeader(204)
					return
				}
				jsonAnswer(w, tt.status, `{"error":{"code":"`+canary+`"}}`)
			})
			e := wantError(t, get(t.Context(), client(t, base)), tt.kind, "GET /v9/projects/{idOrName}: ", tt.words)
			if e.Status != tt.status || sent.Load() != tt.sent {
				t.Errorf("status %d after %d attempts, want %d after %d", e.Status, sent.Load(), tt.status, tt.sent)
			}
		})
	}
}

func TestErrorCode(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 403, `{"error":{"code":"forbidden"}}`) })
	c := client(t, base, func(o *httpclient.Options) {
		o.ErrorCode = func(_ int, body []byte) string {
			if bytes.Contains(body, []byte(`"forbidden"`)) {
				return "forbidden"
			}
			return ""
		}
	})
	if e := wantError(t, get(t.Context(), c), httpclient.ErrForbidden, "[forbidden]"); e.Code != "forbidden" {
		t.Errorf("code %q", e.Code)
	}
}

func TestBodies(t *testing.T) {
	tests := map[string]struct {
		status      int
		contentType string
		body        string
		kind        error
		words       string
	}{
		"web page":          {403, "text/html; charset=UTF-8", "<html>" + canary, httpclient.ErrBlocked, "answered with a web page instead of JSON (status 403)"},
		"page, 200":         {200, "text/html", "<!DOCTYPE html>" + canary, httpclient.ErrBlocked, "web page"},
		"page as JSON":      {200, "application/json", "\ufeff\n <html>" + canary, httpclient.ErrBlocked, "web page"},
		"page, no type":     {401, "", "<html>", httpclient.ErrBlocked, "web page"},
		"text":              {200, "text/plain", "hello " + canary, httpclient.ErrContract, "text/plain instead of JSON"},
		"odd type":          {200, "x/" + canary + "!", "{}", httpclient.ErrContract, "another type"},
		"not JSON":          {200, "application/json", "{" + canary, httpclient.ErrContract, "not JSON"},
		"empty":             {200, "application/json", "", httpclient.ErrUnavailable, "broke off"},
		"half":              {200, "application/json", `{"ok": tr`, httpclient.ErrUnavailable, "broke off"},
		"half object":       {200, "application/json", `{"ok": true`, httpclient.ErrUnavailable, "broke off"},
		"trailing garbage":  {200, "application/json", `{"ok":true}` + canary, httpclient.ErrContract, "goes on after the end"},
		"trailing object":   {200, "application/json", `{"ok":true}{"ok":false}`, httpclient.ErrContract, "goes on after the end"},
		"trailing bracket":  {200, "application/json", `{"ok":true}]`, httpclient.ErrContract, "goes on after the end"},
		"wrong type":        {200, "application/json", `{"ok":4242424242}`, httpclient.ErrContract, "unexpected type of OK"},
		"wrong whole":       {200, "application/json", `["` + canary + `"]`, httpclient.ErrContract, "unexpected type of the whole"},
		"very deep":         {200, "application/json", `{"x":` + strings.Repeat("[", 200_000), httpclient.ErrContract, "not JSON"},
		"vendor JSON is ok": {200, "application/vnd.x+json", `{"ok":true}`, nil, ""},
		"no type is ok":     {200, "", `{"ok":true}` + "\n", nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.contentType == "" {
					w.Header()["Content-Type"] = nil
				} else {
					w.Header().Set("Content-Type", tt.contentType)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			err := get(t.Context(), client(t, base))
			if tt.kind == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			e := wantError(t, err, tt.kind, tt.words)
			if strings.Contains(e.Error(), "4242") {
				t.Error("the error quotes the answer")
			}
		})
	}
}

func TestLargeAnswers(t *testing.T) {
	var sent atomic.Int32
	big := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		sent.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"ok":true,"x":"`+strings.Repeat("x", 10<<20)+`"}`)
	})
	wantError(t, get(t.Context(), client(t, big)), httpclient.ErrTooLarge, "larger than 8 MiB")
	if sent.Load() != 1 {
		t.Errorf("asked %d times", sent.Load())
	}

	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = io.Copy(z, io.LimitReader(zeros{}, 16<<20))
	_ = z.Close()
	bombed := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	wantError(t, get(t.Context(), client(t, bombed)), httpclient.ErrTooLarge, "larger than 8 MiB")
}

func TestEndlessAnswer(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for r.Context().Err() == nil {
			_, _ = w.Write(bytes.Repeat([]byte("1"), 1<<16))
		}
	})
	c := client(t, base, func(o *httpclient.Options) { o.MaxBody = 1 << 20; o.Timeout = 20 * time.Second })
	wantError(t, get(t.Context(), c), httpclient.ErrTooLarge, "larger than 1 MiB")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestBodyThatBreaksOffIsAskedForAgain(t *testing.T) {
	var sent atomic.Int32
	half := func(mend int32) string {
		return serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if sent.Add(1) >= mend {
				_, _ = io.WriteString(w, `{"ok":true}`)
				return
			}
			w.Header().Set("Content-Length", "11")
			_, _ = io.WriteString(w, `{"ok":`)
		})
	}
	if err := get(t.Context(), client(t, half(2))); err != nil {
		t.Fatal(err)
	}
	sent.Store(0)
	wantError(t, get(t.Context(), client(t, half(99))), httpclient.ErrUnavailable, "the answer broke off (5 attempts)")
}

func TestSlowBody(t *testing.T) {
	var sent atomic.Int32
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"ok":`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	c := client(t, base, func(o *httpclient.Options) { o.Timeout = 20 * time.Millisecond; o.Attempts = 2 })
	wantError(t, get(t.Context(), c), httpclient.ErrUnavailable, "it took too long to answer (2 attempts)")
	if sent.Load() != 2 {
		t.Errorf("sent %d times, want 2", sent.Load())
	}
}

func TestContextEnds(t *testing.T) {
	started := make(chan struct{}, 8)
	base := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		started <- struct{}{}
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	err := get(ctx, client(t, base))
	wantError(t, err, httpclient.ErrUnavailable, "stopped")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}

	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err = get(ctx, client(t, base, func(o *httpclient.Options) { o.Now, o.Sleep = nil, nil }))
	wantError(t, err, httpclient.ErrUnavailable, "within the time for the whole")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is not context.DeadlineExceeded", err)
	}
}

func TestConcurrencyIsBounded(t *testing.T) {
	var now, most atomic.Int32
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		jsonAnswer(w, 200, `{"ok":true}`)
	})
	c := client(t, base, func(o *httpclient.Options) { o.Concurrency = 3 })
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := get(t.Context(), c.With(httpclient.Bearer(envtight.NewSecret(fmt.Sprint(i))))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() > 3 {
		t.Errorf("%d at once, want at most 3", most.Load())
	}
}

func TestLogsNameTheTemplateOnly(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 403, canary) })
	var log bytes.Buffer
	c := client(t, base, func(o *httpclient.Options) {
		o.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	_ = get(t.Context(), c)
	var record map[string]any
	if err := json.Unmarshal(log.Bytes(), &record); err != nil {
		t.Fatalf("want one record: %v", err)
	}
	if record["path"] != "/v9/projects/{idOrName}" || record["status"] != 403.0 {
		t.Errorf("record has path %v and status %v", record["path"], record["status"])
	}
	if strings.Contains(log.String(), "c4n4ry") {
		t.Error("the log shows what it must not")
	}
}
