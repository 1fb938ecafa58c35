package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck"
)

func testCancelled(t *testing.T, s Suite) {
	src := s.fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.checkFailed(t, fetchSoon(ctx, t, src, s.targets(true), 0))
}

// fetchSoon fails the test when an answer takes much longer than allowed.
func fetchSoon(ctx context.Context, t testing.TB, src envcheck.Source, targets []envcheck.Target, allowed time.Duration) []envcheck.Answer {
	t.Helper()
	start := time.Now()
	answers := fetch(ctx, t, src, targets)
	if took := time.Since(start); took > allowed+patience {
		t.Errorf("it took %v, want at most %v", took.Round(time.Millisecond), allowed+patience)
	}
	return answers
}

func testHanging(t *testing.T, s Suite) {
	const limit = 300 * time.Millisecond
	hangs := map[string]http.HandlerFunc{
		"before the answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"within the body": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("{"))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"drop by drop": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte(" "))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		},
	}
	for name, h := range hangs {
		t.Run(name, func(t *testing.T) {
			src := s.source(t, serve(t, h))
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			answers := fetchSoon(ctx, t, src, s.targets(false), limit)
			s.checkFailed(t, answers)
			s.checkUnreachable(t, answers, true)
		})
		t.Run(name+", without a deadline", func(t *testing.T) {
			api := serve(t, h)
			src := s.New(t, Conn{BaseURL: api.url, Sleep: noSleep, Timeout: limit / 3})
			s.checkFailed(t, fetchSoon(t.Context(), t, src, s.targets(false), 10*limit))
		})
	}
}

func testWrongToken(t *testing.T, s Suite) {
	if !s.needs(t).Token {
		t.Skip("the source needs no token")
	}
	if s.WrongToken.Secret.IsEmpty() {
		t.Fatal("sourcetest: Suite.WrongToken is required")
	}
	api := serve(t, s.API(t))
	targets := s.targets(true)
	for i := range targets {
		targets[i].Token = s.WrongToken
	}
	answers := fetch(s.context(t), t, s.source(t, api), targets)
	s.checkFailed(t, answers)
	s.checkUnreachable(t, answers, false)
	NoValues(t, []string{s.WrongToken.Secret.Reveal()}, answers)
	for i, a := range answers {
		if len(a.Settings) > 0 {
			t.Errorf("answer %d holds settings that a wrong token cannot have read", i)
		}
	}
	// A refused token stays refused: two ways to present it, for each target.
	if n := api.seen.Load(); n > int64(2*len(targets)) {
		t.Errorf("%d requests were sent with a wrong token for %d targets", n, len(targets))
	}
}

func testUnreachable(t *testing.T, s Suite) {
	gone := httptest.NewServer(http.NotFoundHandler())
	url := gone.URL
	gone.Close()
	src := s.New(t, Conn{BaseURL: url, Sleep: noSleep})
	answers := fetchSoon(s.context(t), t, src, s.targets(true), 0)
	s.checkFailed(t, answers)
	s.checkUnreachable(t, answers, true)
}

// checkUnreachable checks that answers which failed say rightly whether the platform
// could be reached.
func (s Suite) checkUnreachable(t testing.TB, answers []envcheck.Answer, want bool) {
	t.Helper()
	for i, a := range answers {
		if a.Unreachable != want {
			t.Errorf("answer %d says unreachable: %v, want %v", i, a.Unreachable, want)
		}
	}
}

func testOffline(t *testing.T, s Suite) {
	if s.OtherDialer {
		t.Skip("another program opens the connections")
	}
	api := serve(t, s.API(t))
	src := s.New(t, Conn{
		BaseURL: api.url,
		Sleep:   noSleep,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("connections are switched off")
		},
	})
	s.checkFailed(t, fetchSoon(s.context(t), t, src, s.targets(true), 0))
	if n := api.seen.Load(); n != 0 {
		t.Errorf("%d requests went round the dialer", n)
	}
}

// fault is a way in which an API fails to answer. It is given the right answer.
type fault struct {
	name   string
	answer func(w http.ResponseWriter, right func() *recorder)
	// unreachable tells that it is the platform's state that speaks, and no answer.
	unreachable bool
}

// faults returns every fault; each body holds canary, which nothing may show.
func faults(canary string) []fault {
	say := func(status int, mediaType, body string) func(http.ResponseWriter, func() *recorder) {
		return func(w http.ResponseWriter, _ func() *recorder) {
			if mediaType != "" {
				w.Header().Set("Content-Type", mediaType)
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	page := "<!DOCTYPE html><html><title>Attention Required!</title><body>" + canary + "</body></html>"
	return []fault{
		{name: "a page", answer: say(200, "text/html; charset=utf-8", page)},
		{name: "a page called JSON", answer: say(200, "application/json", page)},
		{name: "a page with status 403", answer: say(403, "text/html", page)},
		{name: "a page with status 503", answer: say(503, "text/html", page), unreachable: true},
		{name: "status 500", answer: say(500, "application/json", `{"error":"`+canary+`"}`), unreachable: true},
		{name: "status 502", answer: say(502, "text/plain", canary), unreachable: true},
		{name: "status 504", answer: say(504, "", ""), unreachable: true},
		{name: "status 404", answer: say(404, "application/json", `{"error":{"code":"`+canary+`"}}`)},
		{name: "status 410", answer: say(410, "application/json", `{"message":"`+canary+`"}`)},
		{name: "status 204", answer: say(204, "", "")},
		{name: "an unknown status", answer: say(418, "application/json", `{}`)},
		{name: "no body", answer: say(200, "application/json", ""), unreachable: true},
		{name: "text", answer: say(200, "text/plain", canary)},
		{name: "null", answer: say(200, "application/json", "null")},
		{name: "an empty object", answer: say(200, "application/json", "{}")},
		{name: "a list", answer: say(200, "application/json", `["`+canary+`"]`)},
		{name: "a string", answer: say(200, "application/json", `"`+canary+`"`)},
		{name: "a number", answer: say(200, "application/json", `7`)},
		{name: "unknown members only", answer: say(200, "application/json", `{"`+canary+`":1,"data":{"`+canary+`":{}}}`)},
		{name: "10 MB", answer: say(200, "application/json", `{"x":"`+strings.Repeat(canary, 10<<20/len(canary))+`"}`)},
		{name: "429 for a day", unreachable: true, answer: func(w http.ResponseWriter, _ func() *recorder) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusTooManyRequests)
		}},
		{name: "429 again and again", unreachable: true, answer: func(w http.ResponseWriter, _ func() *recorder) {
			w.WriteHeader(http.StatusTooManyRequests)
		}},
		{name: "half of the answer", unreachable: true, answer: func(w http.ResponseWriter, right func() *recorder) {
			r := right()
			r.send(w, r.body.Bytes()[:r.body.Len()/2])
		}},
		{name: "half of what was promised", unreachable: true, answer: func(w http.ResponseWriter, right func() *recorder) {
			r := right()
			w.Header().Set("Content-Length", fmt.Sprint(r.body.Len()))
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(r.body.Bytes()[:r.body.Len()/2])
		}},
		{name: "the answer and more", answer: func(w http.ResponseWriter, right func() *recorder) {
			r := right()
			r.send(w, append(bytes.Clone(r.body.Bytes()), "}"...))
		}},
		{name: "a connection cut", unreachable: true, answer: func(http.ResponseWriter, func() *recorder) { panic(http.ErrAbortHandler) }},
	}
}

func testBroken(t *testing.T, s Suite) {
	const canary = "Qx7uncommonBodyText"
	for _, f := range faults(canary) {
		t.Run(f.name, func(t *testing.T) {
			good := s.API(t)
			api := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				f.answer(w, func() *recorder { return record(good, r) })
			}))
			answers := fetchSoon(s.context(t), t, s.source(t, api), s.targets(false), 0)
			s.checkFailed(t, answers)
			s.checkUnreachable(t, answers, f.unreachable)
			NoValues(t, []string{canary}, answers)
		})
	}
}

// testEachRequestFails lets the first, the second … request of a fetch fail and
// the others succeed. An answer that is complete even so must be the right one.
func testEachRequestFails(t *testing.T, s Suite) {
	api := serve(t, s.API(t))
	want := fetch(s.context(t), t, s.source(t, api), s.targets(true))
	requests := api.seen.Load()
	for _, f := range faults("Qx7uncommonBodyText") {
		t.Run(f.name, func(t *testing.T) {
			for n := range requests {
				s.failOne(t, f, n+1, want)
			}
		})
	}
}

// failOne breaks the n-th request, and every later one with the same method,
// path, query and body, so that trying again does not help.
func (s Suite) failOne(t *testing.T, f fault, n int64, want []envcheck.Answer) {
	t.Helper()
	good := s.API(t)
	var seen atomic.Int64
	var broken atomic.Pointer[string]
	api := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := requestKey(r)
		if seen.Add(1) == n {
			broken.CompareAndSwap(nil, &key)
		}
		if b := broken.Load(); b != nil && *b == key {
			f.answer(w, func() *recorder { return record(good, r) })
			return
		}
		good.ServeHTTP(w, r)
	}))
	answers := fetchSoon(s.context(t), t, s.source(t, api), s.targets(true), 0)
	whole := true
	for i, a := range answers {
		if !a.Complete {
			whole = false
			if len(a.Incomplete) == 0 {
				t.Errorf("request %d: answer %d is not complete and does not say why", n, i)
			}
			continue
		}
		if diff := cmp.Diff(settingNames(want[i]), settingNames(a)); diff != "" {
			t.Errorf("request %d failed; answer %d says that it is complete and is wrong (-want +got):\n%s", n, i, diff)
		}
	}
	if whole && broken.Load() != nil && noneSaid(answers) {
		t.Errorf("request %d failed and no answer says so", n)
	}
}

func noneSaid(answers []envcheck.Answer) bool {
	for _, a := range answers {
		if len(a.Incomplete) > 0 {
			return false
		}
	}
	return true
}

func settingNames(a envcheck.Answer) map[string]bool {
	names := map[string]bool{}
	for _, s := range a.Settings {
		names[s.Name] = true
	}
	return names
}
