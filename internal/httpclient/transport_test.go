package httpclient_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/httpclient"
)

func TestRedirects(t *testing.T) {
	var leaked atomic.Bool
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		leaked.Store(true)
		jsonAnswer(w, 200, `{"ok":true}`)
	})
	otherHost := strings.TrimPrefix(other, "http://")
	var target string
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			if r.Header.Get("Project-Access-Token") != canary {
				jsonAnswer(w, 401, `{}`)
				return
			}
			jsonAnswer(w, 200, `{"ok":true}`)
			return
		}
		http.Redirect(w, r, target, http.StatusMovedPermanently)
	})
	auth := func(o *httpclient.Options) {
		o.Auth = httpclient.Auth{Token: envtight.NewSecret(canary), Header: "Project-Access-Token"}
	}

	target = other + "/?" + canary
	wantError(t, get(t.Context(), client(t, base, auth)), httpclient.ErrRedirect, "another host, "+otherHost)
	if leaked.Load() {
		t.Error("the other host was asked")
	}
	target = "/moved"
	if err := get(t.Context(), client(t, base, auth)); err != nil {
		t.Error(err)
	}
	err := client(t, base, auth).Query(t.Context(), "names", "{ a }", nil, &struct{}{})
	wantError(t, err, httpclient.ErrRedirect, "changes the method")
	target = "/round"
	wantError(t, get(t.Context(), client(t, base, auth)), httpclient.ErrRedirect, "more than five")
}

func TestRedirectDoesNotLeaveTLS(t *testing.T) {
	var s *httptest.Server
	s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+strings.TrimPrefix(s.URL, "https://")+"/plain", http.StatusFound)
	}))
	defer s.Close()
	c := client(t, s.URL, func(o *httpclient.Options) { o.Transport = s.Client().Transport })
	wantError(t, get(t.Context(), c), httpclient.ErrRedirect, "another scheme")
}

func TestTLSOfAnUnknownAuthority(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{"ok":true}`) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer s.Close()
	wantError(t, get(t.Context(), client(t, s.URL)), httpclient.ErrUnavailable, "unknown authority")
}

func TestOldTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{"ok":true}`) }))
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	err := get(t.Context(), client(t, s.URL))
	wantError(t, err, httpclient.ErrUnavailable, "the connection failed")
	// The certificate is looked at only after the version is agreed.
	if strings.Contains(err.Error(), "authority") {
		t.Error("a connection with TLS 1.1 was made")
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	_ = l.Close()
	wantError(t, get(t.Context(), client(t, base)), httpclient.ErrUnavailable, "cannot reach 127.0.0.1", "refused (5 attempts)")

	c := client(t, "https://api.example.com", func(o *httpclient.Options) {
		o.DialContext = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: canary, Name: "api.example.com", IsNotFound: true}
		}
	})
	wantError(t, get(t.Context(), c), httpclient.ErrUnavailable, "cannot reach api.example.com: no such host")
}

func TestOfflineDialsNothing(t *testing.T) {
	c := client(t, "https://api.example.com", func(o *httpclient.Options) { o.DialContext = httpclient.OfflineDial })
	wantError(t, get(t.Context(), c), httpclient.ErrOffline, "nothing was sent")
}

func TestProxyIsTheCallersOnly(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	var asked atomic.Bool
	c := client(t, "https://api.example.com", func(o *httpclient.Options) {
		o.Proxy = func(*http.Request) (*url.URL, error) {
			asked.Store(true)
			return nil, errors.New(canary)
		}
		o.Attempts = 1
	})
	wantError(t, get(t.Context(), c), httpclient.ErrUnavailable, "the connection failed")
	if !asked.Load() {
		t.Error("the proxy function was not asked")
	}
	c = client(t, "https://api.example.com", func(o *httpclient.Options) {
		o.DialContext = func(_ context.Context, _, address string) (net.Conn, error) {
			if address != "api.example.com:443" {
				t.Errorf("dialed %s", address)
			}
			return nil, errors.New(canary)
		}
		o.Attempts = 1
	})
	wantError(t, get(t.Context(), c), httpclient.ErrUnavailable, "the connection failed")
}
