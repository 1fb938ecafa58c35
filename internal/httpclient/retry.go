package httpclient

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	backoffFirst = 200 * time.Millisecond
	backoffMost  = 5 * time.Second
)

// checkRetry decides whether a failed attempt is made again, and waits until it
// may be. It is the CheckRetry of go-retryablehttp, which calls it after each
// attempt.
func (g *gate) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	c := callOf(ctx)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		if permanent(err) || c.sent >= g.opts.Attempts {
			return false, nil
		}
		return g.again(ctx, backoff(c.sent))
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return false, nil
	}
	if c.sent >= g.opts.Attempts {
		return false, nil
	}
	wait, told := retryAfter(resp.Header, g.opts.Now())
	if !told {
		return g.again(ctx, backoff(c.sent))
	}
	if g.beyond(ctx, wait) {
		return false, nil
	}
	return true, nil // waitTurn waits: learn has set the hold
}

// again waits for a moment that we chose ourselves.
func (g *gate) again(ctx context.Context, wait time.Duration) (bool, error) {
	if deadline, ok := ctx.Deadline(); ok && g.opts.Now().Add(wait).After(deadline) {
		return false, nil
	}
	if err := g.opts.Sleep(ctx, wait); err != nil {
		return false, err
	}
	return true, nil
}

// backoff returns the wait after the n-th attempt (from 1).
func backoff(n int) time.Duration {
	return jitter(min(backoffFirst<<max(0, min(n-1, 8)), backoffMost))
}

// beyond reports whether a wait is longer than the client or its caller allows.
func (g *gate) beyond(ctx context.Context, wait time.Duration) bool {
	if wait > g.opts.MaxWait {
		return true
	}
	deadline, ok := ctx.Deadline()
	return ok && g.opts.Now().Add(wait).After(deadline)
}

// waitTurn waits for the end of a limit that this token has met, and for the
// limiter. A limit that ends too late is an error at once: waiting for it would
// only waste the time that others have.
func (g *gate) waitTurn(ctx context.Context) error {
	c := callOf(ctx)
	var waited time.Time
	for {
		until := g.held()
		wait := until.Sub(g.opts.Now())
		if wait <= 0 || until.Equal(waited) {
			break
		}
		if g.beyond(ctx, wait) {
			return c.failUntil(0, until, false)
		}
		if err := g.opts.Sleep(ctx, jitterShort(wait)); err != nil {
			return err
		}
		waited = until // a later limit is waited for again, the same one is not
	}
	if err := g.limiter.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return c.failUntil(0, time.Time{}, false)
	}
	c.sent++
	return nil
}

// held is the time before which nothing is sent, as far as this client or others
// were told.
func (g *gate) held() time.Time {
	g.mu.Lock()
	until := g.hold
	g.mu.Unlock()
	if g.opts.Holds != nil {
		if others := g.opts.Holds.Until(g.host, g.auth.Token); others.After(until) {
			return others
		}
	}
	return until
}

// jitterShort adds at most a quarter of a second to a wait that a platform asked
// for.
func jitterShort(d time.Duration) time.Duration {
	return d + jitter(min(d, time.Second/4)) - min(d, time.Second/4)
}

// learn reads the limits out of an answer.
func (g *gate) learn(resp *http.Response) {
	now := g.opts.Now()
	var until time.Time
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		if wait, ok := retryAfter(resp.Header, now); ok {
			until = now.Add(wait)
		}
	default:
		if resp.Header.Get("X-RateLimit-Remaining") == "0" {
			until, _ = resetTime(resp.Header.Get("X-RateLimit-Reset"), now)
		}
	}
	g.mu.Lock()
	later := until.After(g.hold)
	if later {
		g.hold = until
	}
	g.mu.Unlock()
	if later && g.opts.Holds != nil && until.After(now) {
		g.opts.Holds.Hold(g.host, g.auth.Token, until)
	}
}

// retryAfter returns how long an answer asks to wait: Retry-After in seconds or
// as a date, else X-RateLimit-Reset where nothing remains. It is never negative.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	if v := strings.TrimSpace(h.Get("Retry-After")); v != "" {
		if seconds, err := strconv.ParseFloat(v, 64); err == nil && seconds >= 0 && seconds < 1e8 {
			return time.Duration(seconds * float64(time.Second)), true
		}
		if at, err := http.ParseTime(v); err == nil {
			return max(0, at.Sub(now)), true
		}
	}
	if remaining := h.Get("X-RateLimit-Remaining"); remaining != "" && remaining != "0" {
		return 0, false
	}
	if at, ok := resetTime(h.Get("X-RateLimit-Reset"), now); ok {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// resetTime reads X-RateLimit-Reset, which platforms send as seconds or
// milliseconds since 1970, or as seconds from now.
func resetTime(v string, now time.Time) (time.Time, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
	switch {
	case err != nil || n < 0:
		return time.Time{}, false
	case n > 1e14:
		return time.Time{}, false
	case n > 1e11:
		return time.UnixMilli(n), true
	case n > 1e9:
		return time.Unix(n, 0), true
	}
	return now.Add(time.Duration(min(n, 1e8)) * time.Second), true
}
