package httpclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"
)

// OfflineDial refuses every connection with [ErrOffline]. As
// [Options.DialContext] it makes a client that dials nothing, look-ups of names
// included.
func OfflineDial(context.Context, string, string) (net.Conn, error) { return nil, ErrOffline }

// attempts is what all clients of one platform share: connections, slots and the
// spacing of attempts.
type attempts struct {
	next    http.RoundTripper
	slots   chan struct{}
	limiter *rate.Limiter
	opts    Options
}

// gate is the transport of one token: it waits for its turn, adds the token,
// sends, and reads the whole answer, so that a body that breaks off is a failed
// attempt like any other.
type gate struct {
	*attempts
	auth   Auth
	scheme string
	host   string

	mu   sync.Mutex
	hold time.Time // nothing is sent before
}

// RoundTrip implements http.RoundTripper for one attempt.
func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if err := g.waitTurn(ctx); err != nil {
		return nil, err
	}
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	started := g.opts.Now()
	resp, err := g.send(req)
	g.log(ctx, resp, g.opts.Now().Sub(started))
	if err == nil {
		g.learn(resp)
	}
	return resp, err
}

// send makes the attempt within Options.Timeout, body included.
func (g *gate) send(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), g.opts.Timeout, errAttemptTimeout)
	defer cancel()
	out := req.Clone(ctx)
	// The redirect policy has refused other hosts by now; this holds even so.
	if out.URL.Host == g.host && out.URL.Scheme == g.scheme && !g.auth.Token.IsEmpty() {
		header := g.auth.Header
		if header == "" {
			header = "Authorization"
		}
		out.Header.Set(header, g.auth.Prefix+g.auth.Token.Reveal())
	}
	resp, err := g.next.RoundTrip(out)
	if err != nil {
		return nil, timeoutOr(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, g.opts.MaxBody+1))
	if err != nil {
		return nil, timeoutOr(ctx, fmt.Errorf("%w: %w", errBrokenOff, err))
	}
	if int64(len(text)) > g.opts.MaxBody {
		return nil, errTooLarge{g.opts.MaxBody}
	}
	resp.Body = io.NopCloser(bytes.NewReader(text))
	resp.Request = req
	return resp, nil
}

func (g *gate) log(ctx context.Context, resp *http.Response, took time.Duration) {
	if g.opts.Logger == nil {
		return
	}
	c := callOf(ctx)
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	g.opts.Logger.LogAttrs(ctx, slog.LevelDebug, "request",
		slog.String("host", c.host), slog.String("method", c.method), slog.String("path", c.template),
		slog.Int("attempt", c.sent), slog.Int("status", status), slog.Duration("took", took))
}

var (
	errAttemptTimeout = errors.New("attempt timed out")
	errBrokenOff      = errors.New("the answer broke off")
)

type errTooLarge struct{ limit int64 }

func (e errTooLarge) Error() string { return "answer too large" }

// timeoutOr tells the end of an attempt's own time from the end of the caller's.
func timeoutOr(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errAttemptTimeout) {
		return errAttemptTimeout
	}
	return err
}

// wholeBody returns the bytes that send has read.
func wholeBody(resp *http.Response) ([]byte, error) { return io.ReadAll(resp.Body) }

// checkRedirect lets a request move within its own host only, and only when the
// method stays: a token goes nowhere else, and a document posted must not become
// a GET.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case req.URL.Host != first.URL.Host:
		return errRedirect("a redirect to another host, " + safeHost(req.URL.Host) + ", which is not followed")
	case req.URL.Scheme != first.URL.Scheme:
		return errRedirect("a redirect from " + first.URL.Scheme + " to another scheme, which is not followed")
	case req.Method != first.Method:
		return errRedirect("a redirect that changes the method, which is not followed")
	case len(via) >= 5:
		return errRedirect("more than five redirects")
	}
	return nil
}

type errRedirect string

func (e errRedirect) Error() string { return string(e) }

// safeHost keeps a host that the network named from writing anything but a host.
func safeHost(host string) string {
	if len(host) > 253 {
		return "with a very long name"
	}
	for _, r := range host {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]", r) {
			return "with an odd name"
		}
	}
	return host
}

// failTransport names what went wrong below HTTP in words of our own: the
// library's errors quote URLs with their queries, and addresses.
func (c *call) failTransport(ctx context.Context, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	if cause := ctx.Err(); cause != nil {
		detail := "stopped"
		if errors.Is(cause, context.DeadlineExceeded) {
			detail = "no answer from " + safeHost(c.host) + " within the time for the whole"
		}
		e := c.fail(ErrUnavailable, 0, detail)
		e.cause = cause
		return e
	}
	var (
		tooLarge errTooLarge
		redirect errRedirect
	)
	switch {
	case errors.As(err, &tooLarge):
		return c.fail(ErrTooLarge, 0, fmt.Sprintf("the answer is larger than %d MiB, more than any settings are", tooLarge.limit>>20))
	case errors.As(err, &redirect):
		return c.fail(ErrRedirect, 0, "answered with "+string(redirect))
	case errors.Is(err, ErrOffline):
		return c.fail(ErrOffline, 0, "offline: nothing was sent")
	}
	return c.fail(ErrUnavailable, 0, "cannot reach "+safeHost(c.host)+": "+reason(err)+c.times())
}

func (c *call) times() string {
	if c.sent < 2 {
		return ""
	}
	return fmt.Sprintf(" (%d attempts)", c.sent)
}

// Windows has numbers of its own for these, which no other system uses.
const (
	windowsReset   = syscall.Errno(10054)
	windowsRefused = syscall.Errno(10061)
)

// reason says why there is no answer.
func reason(err error) string {
	var (
		dns     *net.DNSError
		record  tls.RecordHeaderError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		verify  *tls.CertificateVerificationError
		timeout net.Error
	)
	switch {
	case errors.Is(err, errAttemptTimeout):
		return "it took too long to answer"
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return "no such host"
		}
		return "its name could not be looked up"
	case errors.As(err, &unknown):
		return "its certificate is from an unknown authority"
	case errors.As(err, &name):
		return "its certificate is for another name"
	case errors.As(err, &invalid), errors.As(err, &verify):
		return "its certificate is not valid"
	case errors.As(err, &record):
		return "it does not speak TLS"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, windowsRefused):
		return "the connection was refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, windowsReset):
		return "the connection was reset"
	case errors.Is(err, errBrokenOff), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the answer broke off"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "the connection took too long"
	}
	return "the connection failed"
}

// permanent reports whether another attempt would fail in the same way.
func permanent(err error) bool {
	var (
		own      *Error
		tooLarge errTooLarge
		redirect errRedirect
		dns      *net.DNSError
		verify   *tls.CertificateVerificationError
		record   tls.RecordHeaderError
	)
	return errors.As(err, &own) || errors.As(err, &tooLarge) || errors.As(err, &redirect) ||
		errors.As(err, &verify) || errors.As(err, &record) || errors.Is(err, ErrOffline) ||
		errors.As(err, &dns) && dns.IsNotFound
}
