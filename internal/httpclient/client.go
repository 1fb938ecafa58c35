// Package httpclient is how envtight talks to hosting platforms: it only reads,
// it sends a token to its own host and nowhere else, it is patient with limits,
// and whatever it is answered becomes a decoded value or a named error.
//
// A client has two verbs. [Client.Get] sends GET; [Client.Query] sends a GraphQL
// document after checking that it holds query operations only. There is no way to
// send anything else.
//
// Errors name the method, the template of the path and the status. They never
// hold a body, a token, a query value or a path value.
package httpclient

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"

	"github.com/envtight/envtight"
)

// Defaults of [Options].
const (
	DefaultTimeout     = 30 * time.Second
	DefaultMaxBody     = 8 << 20
	DefaultConcurrency = 32
	DefaultMaxWait     = 60 * time.Second
	DefaultAttempts    = 5
)

// Auth is a token and the header it travels in.
type Auth struct {
	// Token is sent with every request to the base URL's host. An empty one
	// sends no header.
	Token envtight.Secret
	// Header is the header's name; empty means Authorization.
	Header string
	// Prefix stands before the token, as in "Bearer ".
	Prefix string
}

// Bearer returns the usual "Authorization: Bearer TOKEN".
func Bearer(token envtight.Secret) Auth {
	return Auth{Token: token, Header: "Authorization", Prefix: "Bearer "}
}

// Options says how a [Client] behaves. Only BaseURL is required.
type Options struct {
	// BaseURL is the host, and perhaps a path, that all requests go to: https,
	// or plain http to a loopback address. It holds no user, query or fragment.
	BaseURL string
	// Auth is the token; [Client.With] makes clients for other tokens.
	Auth Auth
	// UserAgent names the program and its version; empty means "envtight".
	UserAgent string

	// Proxy chooses a proxy for a request, as http.ProxyFromEnvironment does.
	// nil means none: nothing below the command reads the environment.
	Proxy func(*http.Request) (*url.URL, error)
	// DialContext opens connections; nil means the net package. [OfflineDial]
	// refuses them all.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
	// Transport replaces the transport altogether; Proxy and DialContext are
	// then without effect.
	Transport http.RoundTripper

	// Limiter spaces the attempts of all clients that share it; nil means 100 a
	// second with bursts of 200.
	Limiter *rate.Limiter
	// Concurrency bounds the attempts under way; 0 means DefaultConcurrency.
	Concurrency int
	// Timeout bounds one attempt, body included; 0 means DefaultTimeout. The
	// deadline of the whole is the context's.
	Timeout time.Duration
	// MaxBody bounds an answer in bytes after decompression; 0 means
	// DefaultMaxBody.
	MaxBody int64
	// Attempts bounds how often one request is sent; 0 means DefaultAttempts.
	Attempts int
	// MaxWait bounds one wait for a limit to pass; 0 means DefaultMaxWait. When
	// a platform asks for more, the request fails with [ErrRateLimited] at once.
	MaxWait time.Duration

	// Holds shares limits with other programs; nil means with nobody.
	Holds Holds

	// ErrorCode reads a platform's own code out of an answer with an error
	// status, to stand in [Error.Code]. It must return a word of a fixed list of
	// its own or "", never a piece of the body.
	ErrorCode func(status int, body []byte) string
	// Logger gets one debug record for each attempt: method, path template,
	// status, duration. nil means none.
	Logger *slog.Logger

	// Now and Sleep are the clock; nil means the real one. Sleep returns early
	// with the context's error when that ends.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Holds is a place where programs tell each other of limits. It is safe for
// concurrent use, and does not fail: what it cannot keep it forgets.
type Holds interface {
	// Until returns the time before which nothing is to be sent to a host with
	// a token, or the zero time.
	Until(host string, token envtight.Secret) time.Time
	// Hold tells of such a time. An earlier one than is known changes nothing.
	Hold(host string, token envtight.Secret, until time.Time)
}

// Client sends reading requests to one host. It is safe for concurrent use. All
// clients made from one by [Client.With] share connections, concurrency and
// limiter.
type Client struct {
	base  *url.URL
	opts  Options
	retry *retryablehttp.Client
}

// New returns a client, or an error that says what is wrong with the options; it
// never repeats the base URL, which may hold a password.
func New(opts Options) (*Client, error) {
	base, err := parseBase(opts.BaseURL)
	if err != nil {
		return nil, err
	}
	opts = withDefaults(opts)
	shared := &attempts{
		next:    opts.Transport,
		slots:   make(chan struct{}, opts.Concurrency),
		limiter: opts.Limiter,
		opts:    opts,
	}
	return newClient(base, opts, shared), nil
}

// With returns a client for another token of the same platform. What one token
// learns about its rate limit does not hold the other back.
func (c *Client) With(auth Auth) *Client {
	opts := c.opts
	opts.Auth = auth
	shared := c.retry.HTTPClient.Transport.(*gate).attempts
	return newClient(c.base, opts, shared)
}

// Host returns the host, with its port if it has one, that requests go to.
func (c *Client) Host() string { return c.base.Host }

func newClient(base *url.URL, opts Options, shared *attempts) *Client {
	c := &Client{base: base, opts: opts}
	g := &gate{attempts: shared, auth: opts.Auth, host: base.Host, scheme: base.Scheme}
	c.retry = &retryablehttp.Client{
		HTTPClient: &http.Client{Transport: g, CheckRedirect: checkRedirect},
		Logger:     nil, // its own logger writes whole URLs
		RetryMax:   opts.Attempts,
		CheckRetry: g.checkRetry,
		// All waiting happens in checkRetry, which knows the deadline.
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return 0 },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return c
}

func withDefaults(o Options) Options {
	if o.UserAgent == "" {
		o.UserAgent = "envtight"
	}
	if o.Concurrency <= 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Attempts <= 0 {
		o.Attempts = DefaultAttempts
	}
	if o.MaxWait <= 0 {
		o.MaxWait = DefaultMaxWait
	}
	if o.Limiter == nil {
		o.Limiter = rate.NewLimiter(100, 200)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Transport == nil {
		o.Transport = newTransport(o)
	}
	return o
}

func newTransport(o Options) *http.Transport {
	dial := o.DialContext
	if dial == nil {
		dial = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	}
	return &http.Transport{
		Proxy:                 o.Proxy,
		DialContext:           dial,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   10 * time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          o.Concurrency,
		MaxIdleConnsPerHost:   o.Concurrency,
		IdleConnTimeout:       30 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

func parseBase(raw string) (*url.URL, error) {
	base, err := url.Parse(raw)
	if err != nil || base.Host == "" || base.Hostname() == "" {
		return nil, errors.New("the base URL is not an absolute URL like https://api.example.com")
	}
	if base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		return nil, errors.New("the base URL must not hold a user, a query or a fragment")
	}
	switch base.Scheme {
	case "https":
	case "http":
		if !isLoopback(base.Hostname()) {
			return nil, fmt.Errorf("the base URL of %s must be https: a token does not travel in the clear", base.Hostname())
		}
	default:
		return nil, errors.New("the base URL must begin with https://")
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = strings.TrimRight(base.RawPath, "/")
	return base, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Get sends GET for a path template, as in "/v9/projects/{idOrName}", whose
// placeholders are filled, in order, with args (escaped), and decodes the JSON
// answer into into. Errors are of type [*Error], or the context's own.
func (c *Client) Get(ctx context.Context, template string, args []string, query url.Values, into any) error {
	call := &call{method: http.MethodGet, template: template, host: c.base.Host}
	path, err := fillTemplate(template, args)
	if err != nil {
		return err
	}
	target := c.base.JoinPath(path)
	target.RawQuery = query.Encode()
	return c.do(ctx, call, target, nil, into)
}

// Query posts a GraphQL document to the base URL and decodes the whole answer,
// {"data": …, "errors": …}, into into: GraphQL errors come with status 200 and
// are the caller's to read. name stands in errors in place of a path. A document
// that holds anything but query operations and fragments is refused with
// [ErrRefused] and not sent.
func (c *Client) Query(ctx context.Context, name, document string, variables map[string]any, into any) error {
	call := &call{method: http.MethodPost, template: name, host: c.base.Host}
	if err := checkDocument(document); err != nil {
		return call.fail(ErrRefused, 0, err.Error())
	}
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return call.fail(ErrRefused, 0, "its variables cannot be written as JSON")
	}
	return c.do(ctx, call, c.base, body, into)
}

func (c *Client) do(ctx context.Context, call *call, target *url.URL, body []byte, into any) error {
	ctx = context.WithValue(ctx, callKey{}, call)
	var payload any
	if body != nil {
		payload = body
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, call.method, target.String(), payload)
	if err != nil {
		return call.fail(ErrRefused, 0, "the request cannot be built")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.opts.UserAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.retry.Do(req)
	if err != nil {
		if resp != nil {
			_ = resp.Body.Close()
		}
		return call.failTransport(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := wholeBody(resp)
	if err != nil {
		return call.failTransport(ctx, err)
	}
	if err := call.judge(resp, answer, c.opts); err != nil {
		return err
	}
	return call.decode(answer, into)
}

// fillTemplate replaces each {placeholder}. An empty argument would address
// another route, so it is an error; so are "." and "..", which servers resolve.
func fillTemplate(template string, args []string) (string, error) {
	var path strings.Builder
	rest := template
	for _, arg := range args {
		before, after, ok := strings.Cut(rest, "{")
		_, tail, closed := strings.Cut(after, "}")
		if !ok || !closed {
			return "", fmt.Errorf("%s has fewer placeholders than arguments", template)
		}
		if arg == "" || arg == "." || arg == ".." {
			return "", fmt.Errorf("%s: a part of the path is empty or a dot", template)
		}
		path.WriteString(before)
		path.WriteString(url.PathEscape(arg))
		rest = tail
	}
	if strings.Contains(rest, "{") {
		return "", fmt.Errorf("%s has more placeholders than arguments", template)
	}
	path.WriteString(rest)
	return path.String(), nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// jitter returns d and up to half of it more, so that requests held back
// together do not come back together.
func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d + rand.N(d/2+1)
}
