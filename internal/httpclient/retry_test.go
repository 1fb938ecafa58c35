package httpclient_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/httpclient"
)

// limited answers the first n requests with 429 and the header.
func limited(t *testing.T, n int32, status int, header func(http.Header)) (string, *atomic.Int32) {
	var sent atomic.Int32
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if sent.Add(1) <= n {
			header(w.Header())
			jsonAnswer(w, status, `{"error":{"code":"rate_limited"}}`)
			return
		}
		jsonAnswer(w, 200, `{"ok":true}`)
	}), &sent
}

func TestRetryAfterIsObeyed(t *testing.T) {
	start := newClock().now
	tests := map[string]struct {
		status   int
		header   func(http.Header)
		from, to time.Duration
	}{
		"seconds":           {429, func(h http.Header) { h.Set("Retry-After", "7") }, 7 * time.Second, 8 * time.Second},
		"date":              {429, func(h http.Header) { h.Set("Retry-After", start.Add(9*time.Second).Format(http.TimeFormat)) }, 9 * time.Second, 10 * time.Second},
		"date gone by":      {429, func(h http.Header) { h.Set("Retry-After", start.Add(-time.Hour).Format(http.TimeFormat)) }, 0, time.Second},
		"zero":              {429, func(h http.Header) { h.Set("Retry-After", "0") }, 0, time.Second},
		"of a 503":          {503, func(h http.Header) { h.Set("Retry-After", "3") }, 3 * time.Second, 4 * time.Second},
		"reset":             {429, func(h http.Header) { reset(h, start.Add(5*time.Second).Unix()) }, 5 * time.Second, 6 * time.Second},
		"reset, ms":         {429, func(h http.Header) { reset(h, start.Add(5*time.Second).UnixMilli()) }, 5 * time.Second, 6 * time.Second},
		"reset, from now":   {429, func(h http.Header) { reset(h, 4) }, 4 * time.Second, 5 * time.Second},
		"nothing told":      {429, func(http.Header) {}, 200 * time.Millisecond, 300 * time.Millisecond},
		"nonsense is a 429": {429, func(h http.Header) { h.Set("Retry-After", "soon"); h.Set("X-RateLimit-Reset", "-1") }, 200 * time.Millisecond, 300 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			base, sent := limited(t, 1, tt.status, tt.header)
			clk := newClock()
			c := client(t, base, func(o *httpclient.Options) { o.Now, o.Sleep = clk.Now, clk.Sleep })
			if err := get(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if sent.Load() != 2 {
				t.Errorf("sent %d times", sent.Load())
			}
			if got := clk.total(); got < tt.from || got > tt.to {
				t.Errorf("waited %v, want %v to %v", got, tt.from, tt.to)
			}
		})
	}
}

func reset(h http.Header, at int64) {
	h.Set("X-RateLimit-Remaining", "0")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(at, 10))
}

func TestALongLimitIsNotWaitedFor(t *testing.T) {
	base, sent := limited(t, 99, 429, func(h http.Header) { h.Set("Retry-After", "3600") })
	clk := newClock()
	c := client(t, base, func(o *httpclient.Options) { o.Now, o.Sleep = clk.Now, clk.Sleep })
	e := wantError(t, get(t.Context(), c), httpclient.ErrRateLimited, "rate limited until 2026-03-01T13:00:00Z")
	if want := clk.Now().Add(time.Hour); !e.Until.Equal(want) {
		t.Errorf("until %v, want %v", e.Until, want)
	}
	// The next request of the same token does not even go out.
	wantError(t, get(t.Context(), c), httpclient.ErrRateLimited, "rate limited until 2026-03-01T13:00:00Z")
	if sent.Load() != 1 || clk.total() != 0 {
		t.Errorf("sent %d times, waited %v", sent.Load(), clk.total())
	}
}

func TestADeadlineIsNotWaitedBeyond(t *testing.T) {
	base, sent := limited(t, 99, 429, func(h http.Header) { h.Set("Retry-After", "30") })
	c := client(t, base, func(o *httpclient.Options) { o.Now, o.Sleep = nil, nil })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	started := time.Now()
	wantError(t, get(ctx, c), httpclient.ErrRateLimited, "rate limited until ")
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if sent.Load() != 1 {
		t.Errorf("sent %d times", sent.Load())
	}
}

func TestNothingRemainsHoldsTheNextRequest(t *testing.T) {
	clk := newClock()
	var at []time.Time
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		at = append(at, clk.Now())
		reset(w.Header(), clk.Now().Add(20*time.Second).Unix())
		jsonAnswer(w, 200, `{"ok":true}`)
	})
	c := client(t, base, func(o *httpclient.Options) { o.Now, o.Sleep = clk.Now, clk.Sleep })
	for range 2 {
		if err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if gap := at[1].Sub(at[0]); gap < 20*time.Second {
		t.Errorf("the second request came after %v", gap)
	}
}

func TestOneTokensLimitIsNotAnothers(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+canary {
			w.Header().Set("Retry-After", "3600")
			jsonAnswer(w, 429, `{}`)
			return
		}
		jsonAnswer(w, 200, `{"ok":true}`)
	})
	c := client(t, base)
	wantError(t, get(t.Context(), c), httpclient.ErrRateLimited)
	if err := get(t.Context(), c.With(httpclient.Auth{})); err != nil {
		t.Error(err)
	}
}

// holds is what programs tell each other of limits, in memory.
type holds struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func (h *holds) Until(host string, token envtight.Secret) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.until[host+" "+token.Reveal()]
}

func (h *holds) Hold(host string, token envtight.Secret, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.until[host+" "+token.Reveal()] = until
}

// TestALimitIsSharedWithOtherPrograms: what one client was told, another one with the
// same token waits out before it sends anything.
func TestALimitIsSharedWithOtherPrograms(t *testing.T) {
	for name, test := range map[string]struct {
		seconds string
		from    time.Duration // the other client sends then; 0: it does not
	}{
		"waited out":     {"7", 7 * time.Second},
		"too long a one": {"3600", 0},
	} {
		t.Run(name, func(t *testing.T) {
			base, sent := limited(t, 1, 429, func(h http.Header) { h.Set("Retry-After", test.seconds) })
			shared := &holds{until: map[string]time.Time{}}
			one, other := newClock(), newClock()
			told := client(t, base, func(o *httpclient.Options) { o.Now, o.Sleep, o.Holds, o.Attempts = one.Now, one.Sleep, shared, 1 })
			wantError(t, get(t.Context(), told), httpclient.ErrRateLimited)
			c := client(t, base, func(o *httpclient.Options) { o.Now, o.Sleep, o.Holds = other.Now, other.Sleep, shared })
			err := get(t.Context(), c)
			if test.from == 0 {
				wantError(t, err, httpclient.ErrRateLimited, "rate limited until 2026-03-01T13:00:00Z")
				if sent.Load() != 1 || other.total() != 0 {
					t.Errorf("sent %d times, waited %v", sent.Load(), other.total())
				}
				return
			}
			if err != nil || sent.Load() != 2 {
				t.Errorf("sent %d times: %v", sent.Load(), err)
			}
			if waited := other.total(); waited < test.from || waited > test.from+time.Second {
				t.Errorf("waited %v, want %v", waited, test.from)
			}
			// Another token is not held back.
			if err := get(t.Context(), c.With(httpclient.Auth{Token: envtight.NewSecret("another")})); err != nil || other.total() > test.from+time.Second {
				t.Errorf("waited %v: %v", other.total(), err)
			}
		})
	}
}

func TestQueriesAreRetriedToo(t *testing.T) {
	var sent atomic.Int32
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if sent.Add(1) < 3 {
			w.WriteHeader(502)
			return
		}
		if r.ContentLength == 0 {
			jsonAnswer(w, 400, `{}`)
			return
		}
		jsonAnswer(w, 200, `{"data":{"a":1}}`)
	})
	var into struct{ Data struct{ A int } }
	if err := client(t, base).Query(t.Context(), "names", "query q($v: String) { a(v: $v) }", map[string]any{"v": canary}, &into); err != nil || into.Data.A != 1 {
		t.Fatalf("got %d, %v", into.Data.A, err)
	}
}
