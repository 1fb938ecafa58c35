package vercelfake

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// BrokenHeader is set on answers that break Vercel's description on purpose.
const BrokenHeader = "X-Broken-On-Purpose"

// Fault is something that goes wrong.
type Fault struct {
	// Route limits the fault to a template of a path; empty means all.
	Route string
	// Skip is how many such requests pass first, and Times how many then
	// fail; 0 means all of them.
	Skip, Times int
	// Answer writes the answer in place of right, the body of the right one.
	Answer func(w http.ResponseWriter, r *http.Request, right []byte)

	seen int
}

// Break adds a fault.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// fault returns the first fault that applies to a request.
func (s *Server) fault(r Request) *Fault {
	for _, f := range s.faults {
		if f.Route != "" && f.Route != r.Route {
			continue
		}
		f.seen++
		if f.seen > f.Skip && (f.Times == 0 || f.seen <= f.Skip+f.Times) {
			return f
		}
	}
	return nil
}

// Busy is 429 with Retry-After in seconds.
func Busy(seconds int) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		rateLimited(w)
	}
}

// BusyUntil is 429 with Retry-After as a date.
func BusyUntil(at time.Time) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Retry-After", at.UTC().Format(http.TimeFormat))
		rateLimited(w)
	}
}

func rateLimited(w http.ResponseWriter) {
	write(w, http.StatusTooManyRequests, `{"error":{"code":"rate_limited","message":"Rate limit exceeded","limit":{"total":1,"remaining":0,"reset":1}}}`)
}

// Page is the web page of something in between that blocks the request.
func Page(w http.ResponseWriter, _ *http.Request, _ []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set(BrokenHeader, "1")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Vercel Security Checkpoint</title></head><body>blocked</body></html>"))
}

// Half breaks off in the middle of its JSON.
func Half(w http.ResponseWriter, _ *http.Request, right []byte) {
	w.Header().Set(BrokenHeader, "1")
	write(w, http.StatusOK, string(right[:len(right)/2]))
}

// Slow never comes to the end of its body.
func Slow(w http.ResponseWriter, r *http.Request, right []byte) {
	w.Header().Set(BrokenHeader, "1")
	write(w, http.StatusOK, string(right[:len(right)/2]))
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// Error is an error in the status's own words, in the member "error".
func Error(status int, code string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set(BrokenHeader, "1")
		body, _ := json.Marshal(map[string]any{"error": map[string]string{"code": code, "message": code}})
		write(w, status, string(body))
	}
}

// Body is another body with status 200.
func Body(body string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set(BrokenHeader, "1")
		write(w, http.StatusOK, body)
	}
}

// Changed answers with what change makes of the right answer.
func Changed(change func(answer map[string]any)) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, right []byte) {
		var answer map[string]any
		if json.Unmarshal(right, &answer) == nil {
			change(answer)
		}
		body, _ := json.Marshal(answer)
		w.Header().Set(BrokenHeader, "1")
		write(w, http.StatusOK, string(body))
	}
}

func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
