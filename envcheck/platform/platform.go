// Package platform says how an adapter reaches its platform. The adapters are the
// packages below it, one for each platform.
package platform

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/envtight/envtight/internal/httpclient"
)

// Holds is a place where programs tell each other of the limits that platforms set.
type Holds = httpclient.Holds

// Options say how to reach a platform. The zero value reaches the real one,
// without a proxy.
type Options struct {
	// BaseURL is the API: https, or http to a loopback address. Empty means
	// the adapter's DefaultBaseURL.
	BaseURL string
	// UserAgent names the program and its version.
	UserAgent string
	// Proxy chooses a proxy, as http.ProxyFromEnvironment does; nil means none.
	Proxy func(*http.Request) (*url.URL, error)
	// DialContext opens connections; nil means the usual way.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
	// Transport replaces the transport altogether.
	Transport http.RoundTripper
	// Timeout bounds one attempt, Concurrency the attempts under way; 0 means
	// a sensible bound. The deadline of the whole is the context's.
	Timeout     time.Duration
	Concurrency int
	// Holds shares the limits that a platform sets with other programs, as
	// package cache does; nil means with nobody.
	Holds Holds
	// Logger gets a debug record for each attempt, without values or ids.
	Logger *slog.Logger
	// Now and Sleep are the clock; nil means the real one.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Client returns the options of a client for the API at base, unless another one
// is named, whose attempts may take as long as timeout, unless another bound is.
func (o Options) Client(base string, timeout time.Duration) httpclient.Options {
	return httpclient.Options{
		BaseURL:     cmp.Or(o.BaseURL, base),
		UserAgent:   o.UserAgent,
		Proxy:       o.Proxy,
		DialContext: o.DialContext,
		Transport:   o.Transport,
		Timeout:     cmp.Or(o.Timeout, timeout),
		Concurrency: o.Concurrency,
		Holds:       o.Holds,
		Logger:      o.Logger,
		Now:         o.Now,
		Sleep:       o.Sleep,
	}
}
