package httpclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// judge turns an answer that is not a success, or not JSON, into an error.
func (c *call) judge(resp *http.Response, body []byte, opts Options) error {
	status := resp.StatusCode
	if detail, kind := statusWords(status, c.times()); errors.Is(kind, ErrUnavailable) || errors.Is(kind, ErrRateLimited) {
		return c.judgeBusy(resp, kind, detail, opts)
	}
	if isPage(resp.Header, body) {
		return c.fail(ErrBlocked, status, fmt.Sprintf(
			"answered with a web page instead of JSON (status %d): something between here and %s blocks the request, or the address is not the API's",
			status, safeHost(c.host)))
	}
	detail, kind := statusWords(status, c.times())
	if kind != nil {
		e := c.fail(kind, status, detail)
		if opts.ErrorCode != nil {
			e.Code = opts.ErrorCode(status, body)
		}
		return e
	}
	if media := mediaType(resp.Header); media != "" && media != "application/json" && !strings.HasSuffix(media, "+json") {
		return c.fail(ErrContract, status, "answered with "+safeMedia(media)+" instead of JSON")
	}
	return nil
}

func (c *call) judgeBusy(resp *http.Response, kind error, detail string, opts Options) error {
	if errors.Is(kind, ErrRateLimited) {
		now := opts.Now()
		wait, ok := retryAfter(resp.Header, now)
		if !ok {
			return c.fail(kind, resp.StatusCode, detail)
		}
		return c.failUntil(resp.StatusCode, now.Add(wait), c.sent >= opts.Attempts)
	}
	return c.fail(kind, resp.StatusCode, detail)
}

// statusWords returns the words for a status and the kind of error that it is;
// nil for success.
func statusWords(status int, times string) (string, error) {
	switch {
	case status == http.StatusOK:
		return "", nil
	case status == http.StatusUnauthorized:
		return "the token was not accepted (status 401)", ErrAuth
	case status == http.StatusForbidden:
		return "the token may not read this (status 403)", ErrForbidden
	case status == http.StatusNotFound:
		return "not found, or not for this token (status 404)", ErrNotFound
	case status == http.StatusGone:
		return "this route was retired (status 410)", ErrContract
	case status == http.StatusTooManyRequests:
		return "rate limited (status 429)" + times, ErrRateLimited
	case status == http.StatusProxyAuthRequired:
		return "the proxy wants a login (status 407)", ErrUnavailable
	case status == http.StatusRequestTimeout || status >= 500:
		return fmt.Sprintf("the platform failed (status %d)", status) + times, ErrUnavailable
	}
	return fmt.Sprintf("answered with status %d, which is not expected here", status), ErrContract
}

func mediaType(h http.Header) string {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return media
}

// safeMedia shows a media type only if it looks like one.
func safeMedia(media string) string {
	for _, r := range media {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789/.+-", r) {
			return "another type"
		}
	}
	if len(media) > 60 {
		return "another type"
	}
	return media
}

// isPage reports whether an answer is a web page, by its type or its first byte.
func isPage(h http.Header, body []byte) bool {
	switch mediaType(h) {
	case "text/html", "application/xhtml+xml":
		return true
	}
	return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\ufeff"), []byte("<"))
}

// decode reads one JSON value that is the whole answer.
func (c *call) decode(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(into); err != nil {
		return c.failDecode(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return c.fail(ErrContract, http.StatusOK, "the answer goes on after the end of its JSON")
	}
	return nil
}

// failDecode names the place of a mistake, never the text there: the messages of
// encoding/json quote numbers and characters.
func (c *call) failDecode(err error) error {
	var (
		shape   *json.UnmarshalTypeError
		unknown interface{ UnknownShape() string }
	)
	switch {
	case errors.As(err, &unknown):
		return c.fail(ErrContract, http.StatusOK, "the answer has a shape this version does not know: "+unknown.UnknownShape())
	case errors.As(err, &shape):
		field := shape.Field
		if field == "" {
			field = "the whole"
		}
		return c.fail(ErrContract, http.StatusOK, "the answer has a shape this version does not know: unexpected type of "+field)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return c.fail(ErrUnavailable, http.StatusOK, "the answer broke off before the end of its JSON")
	}
	return c.fail(ErrContract, http.StatusOK, "the answer is not JSON")
}
