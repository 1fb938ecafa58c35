package httpclient

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/envtight/envtight"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestTokenStaysWithItsHost holds even if the redirect policy let a request pass.
func TestTokenStaysWithItsHost(t *testing.T) {
	for target, want := range map[string]bool{
		"https://api.example.com/x":      true,
		"https://other.example.com/x":    false,
		"http://api.example.com/x":       false,
		"https://api.example.com:8443/x": false,
	} {
		sent := false
		g := &gate{
			attempts: &attempts{opts: withDefaults(Options{}), next: roundTrip(func(r *http.Request) (*http.Response, error) {
				sent = r.Header.Get("Authorization") != ""
				return &http.Response{Body: io.NopCloser(strings.NewReader("{}"))}, nil
			})},
			auth: Bearer(envtight.NewSecret("x")), scheme: "https", host: "api.example.com",
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.send(req); err != nil {
			t.Fatal(err)
		}
		if sent != want {
			t.Errorf("%s: token sent is %v, want %v", target, sent, want)
		}
	}
}

func FuzzLimitHeaders(f *testing.F) {
	for _, v := range []string{"7", "0.5", "-1", "1e30", "Sun, 01 Mar 2026 12:00:09 GMT", "soon", "99999999999999999999", "1772366405", "1772366405000"} {
		f.Add(v, "0", v)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, after, remaining, reset string) {
		h := http.Header{"Retry-After": {after}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset}}
		if wait, ok := retryAfter(h, now); wait < 0 || !ok && wait != 0 {
			t.Errorf("wait %v, told %v", wait, ok)
		}
	})
}
