package railwayfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// BrokenHeader is set on answers that do not follow the schema on purpose.
const BrokenHeader = "X-Broken-On-Purpose"

// Fault is something that goes wrong.
type Fault struct {
	// Field limits the fault to requests for this field of Query, as in
	// "environment"; empty means every request.
	Field string
	// Skip is how many such requests pass first, and Times how many then
	// fail; 0 means all of them.
	Skip, Times int
	// Answer writes the answer in place of right, the right one.
	Answer func(w http.ResponseWriter, r *http.Request, right []byte)

	seen int
}

// fault returns the first fault that applies to a request.
func (s *Server) fault(r Request) *Fault {
	for _, f := range s.faults {
		if f.Field != "" && !slices.Contains(r.Fields, f.Field) {
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
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

// BusyUntil is 429 with Retry-After as a date.
func BusyUntil(at time.Time) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Retry-After", at.UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

// Page is the web page of something in between that blocks the request.
func Page(w http.ResponseWriter, _ *http.Request, _ []byte) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body>blocked</body></html>"))
}

// Message is status 200 with an error and no data.
func Message(text string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		writeJSON(w, map[string]any{"errors": []any{map[string]any{"message": text}}, "data": nil})
	}
}

// Beside is status 200 with an error beside the right data.
func Beside(text string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, right []byte) {
		var answer map[string]any
		if json.Unmarshal(right, &answer) == nil {
			answer["errors"] = []any{map[string]any{"message": text}}
		}
		writeJSON(w, answer)
	}
}

// Then answers as it should, and then lets something happen before the next
// request, as the end of an environment.
func Then(happen func()) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, right []byte) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		happen()
		_, _ = w.Write(right)
	}
}

// NoData is status 200 with neither data nor errors.
func NoData(w http.ResponseWriter, _ *http.Request, _ []byte) {
	w.Header().Set(BrokenHeader, "1")
	writeJSON(w, map[string]any{"data": nil})
}

// Half breaks off in the middle.
func Half(w http.ResponseWriter, _ *http.Request, right []byte) {
	w.Header().Set(BrokenHeader, "1")
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(right[:len(right)/2])
}

// Changed answers with what change makes of the right answer.
func Changed(change func(data map[string]any)) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, right []byte) {
		var answer map[string]any
		if json.Unmarshal(right, &answer) == nil {
			if data, ok := answer["data"].(map[string]any); ok {
				change(data)
			}
		}
		w.Header().Set(BrokenHeader, "1")
		writeJSON(w, answer)
	}
}

func writeJSON(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(answer)
}
