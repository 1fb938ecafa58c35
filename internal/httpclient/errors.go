package httpclient

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The kinds of errors. Match them with errors.Is; [*Error] has the details.
var (
	// ErrAuth: the token is missing, wrong or expired (401).
	ErrAuth = errors.New("the token was not accepted")
	// ErrForbidden: the token is known and may not read this (403).
	ErrForbidden = errors.New("the token may not read this")
	// ErrNotFound: no such object, or none this token may know of (404).
	ErrNotFound = errors.New("not found")
	// ErrRateLimited: the platform wants fewer requests; see [Error.Until].
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable: no whole answer came: unreachable, too slow, broken off, or
	// an error of the platform's own (5xx).
	ErrUnavailable = errors.New("not available")
	// ErrBlocked: something answered with a web page where JSON belongs.
	ErrBlocked = errors.New("blocked")
	// ErrContract: an answer this program does not know how to read.
	ErrContract = errors.New("unknown answer")
	// ErrTooLarge: an answer beyond the limit of bytes.
	ErrTooLarge = errors.New("answer too large")
	// ErrRedirect: a redirect that a token must not follow.
	ErrRedirect = errors.New("redirect refused")
	// ErrRefused: a request that this client does not send.
	ErrRefused = errors.New("request refused")
	// ErrOffline: connections are switched off.
	ErrOffline = errors.New("offline")
)

// Error says what became of one request. Its text holds nothing of the answer's
// body, the token, the query or the path's values.
type Error struct {
	// Kind is one of the Err values of this package; errors.Is finds it.
	Kind error
	// Method and Path: Path is the template, or the name of a GraphQL document.
	Method, Path string
	// Host is where the request went.
	Host string
	// Status is the status of the answer, 0 if none came.
	Status int
	// Code is the platform's own code if [Options.ErrorCode] knew one.
	Code string
	// Until is when a limit ends, as far as the platform said (ErrRateLimited).
	Until time.Time
	// Detail says what happened, in words that follow "METHOD PATH ".
	Detail string

	cause error // only a context's error: others quote addresses and URLs
}

// Error returns "METHOD PATH: detail".
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s", e.Method, e.Path, e.Detail)
	if e.Code != "" {
		fmt.Fprintf(&b, " [%s]", e.Code)
	}
	return b.String()
}

// Unwrap returns the kind, and the context's error if that ended the request.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// Unreachable reports whether err says that no answer came because of the way to the
// platform or its state: it is down, cannot be connected to, too slow or too busy.
// All other answers, refusals above all, are answers.
func Unreachable(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	return errors.Is(err, ErrUnavailable) || errors.Is(err, ErrRateLimited) || errors.Is(err, context.DeadlineExceeded)
}

// call is one request as errors and logs know it.
type call struct {
	method   string
	template string
	host     string
	sent     int
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

func (c *call) fail(kind error, status int, detail string) *Error {
	return &Error{Kind: kind, Method: c.method, Path: c.template, Host: c.host, Status: status, Detail: detail}
}

func (c *call) failUntil(status int, until time.Time, waited bool) *Error {
	detail := "rate limited"
	if !until.IsZero() {
		detail = "rate limited until " + until.UTC().Format(time.RFC3339)
	}
	if waited {
		detail += "; gave up after several attempts"
	}
	e := c.fail(ErrRateLimited, status, detail)
	e.Until = until
	return e
}
