package sourcetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/envtight/envtight/envcheck"
)

// patience is how long a source may take over something that cannot succeed,
// beyond the time its context allows. It is generous: the machine may be busy.
const patience = 5 * time.Second

// server is an API with a counter in front.
type server struct {
	url  string
	seen atomic.Int64
}

// serve starts an API; the test's end closes it.
func serve(t testing.TB, h http.Handler) *server {
	t.Helper()
	s := &server{}
	ended, end := context.WithCancel(context.Background())
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.seen.Add(1)
		// A server notices that its client has gone only after it has read
		// the request; and no handler outlives the test.
		body, _ := io.ReadAll(r.Body)
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(ended, cancel)()
		r = r.WithContext(ctx)
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.ServeHTTP(w, r)
	}))
	s.url = api.URL
	t.Cleanup(func() {
		end()
		api.Close()
	})
	return s
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// source returns the source under test, connected to s.
func (s Suite) source(t testing.TB, api *server) envcheck.Source {
	t.Helper()
	return s.New(t, Conn{BaseURL: api.url, Sleep: noSleep})
}

// fresh returns the source under test, connected to the platform in the
// described state.
func (s Suite) fresh(t testing.TB) envcheck.Source {
	t.Helper()
	if s.Offline {
		return s.New(t, Conn{Sleep: noSleep})
	}
	return s.source(t, serve(t, s.API(t)))
}

func (s Suite) targets(values bool) []envcheck.Target {
	var targets []envcheck.Target
	for _, c := range s.Cells {
		target := c.Target
		target.Values = values
		targets = append(targets, target)
	}
	return targets
}

// context returns a context that ends when the test has surely failed.
func (s Suite) context(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// fetch asks and fails the test when the number of answers is wrong.
func fetch(ctx context.Context, t testing.TB, src envcheck.Source, targets []envcheck.Target) []envcheck.Answer {
	t.Helper()
	answers := src.Fetch(ctx, targets)
	if len(answers) != len(targets) {
		t.Fatalf("Fetch of %d targets returned %d answers", len(targets), len(answers))
	}
	return answers
}

// recorder keeps an answer so that it can be changed before it is sent.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func record(h http.Handler, r *http.Request) *recorder {
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(rec, r)
	return rec
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

func (r *recorder) Flush() {}

// send writes what was recorded, with another body.
func (r *recorder) send(w http.ResponseWriter, body []byte) {
	for k, v := range r.header {
		if k != "Content-Length" {
			w.Header()[k] = v
		}
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(body)
}

// requestKey tells requests apart; r can be read again afterwards.
func requestKey(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return r.Method + " " + r.URL.RequestURI() + "\n" + string(body) + "\n" + fmt.Sprint(r.Header["Authorization"])
}
