package vercelfake

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is the API as an HTTP handler. It is safe for concurrent use.
type Server struct {
	mux http.Handler

	mu       sync.Mutex
	state    State
	faults   []*Fault
	requests []Request
	latency  time.Duration
}

// Request is a request that was received.
type Request struct {
	Method string
	// Route is the template of the path, as in "/v10/projects/{idOrName}/env".
	Route string
	Query url.Values
	// Token is the index of its token in the state, -1 for an unknown one.
	Token int
}

// New returns a server of state, which it keeps and fills in.
func New(state State) *Server {
	state.normal()
	s := &Server{state: state}
	mux := http.NewServeMux()
	for route, answer := range map[string]func(*call) reply{
		"/v9/projects/{idOrName}":                     (*call).project,
		"/v9/projects/{idOrName}/custom-environments": (*call).customEnvironments,
		"/v10/projects":                               (*call).projects,
		"/v10/projects/{idOrName}/env":                (*call).variables,
		"/v1/projects/{idOrName}/env/{id}":            (*call).variable,
		"/v1/env":                                     (*call).sharedList,
		"/v1/env/{id}":                                (*call).sharedOne,
		"/v5/user/tokens/{tokenId}":                   (*call).token,
		"/v2/teams":                                   (*call).teams,
	} {
		mux.HandleFunc("GET "+route, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, route, answer) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, r.URL.Path, func(*call) reply {
			return refuse(http.StatusNotFound, "not_found", "The requested API endpoint was not found.")
		})
	})
	s.mux = mux
	return s
}

// Change changes the state; requests see it wholly or not at all.
func (s *Server) Change(change func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.state)
	s.state.normal()
}

// Requests returns the requests received so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// SetLatency makes each answer take d.
func (s *Server) SetLatency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// call is one request over the state, which is locked meanwhile.
type call struct {
	*State
	r      *http.Request
	query  url.Values
	viewer *Token // nil: unknown
}

// reply is an answer: status and body.
type reply struct {
	status int
	body   any
	code   string // of an error
	text   string
}

func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

func refuse(status int, code, text string) reply {
	return reply{status: status, code: code, text: text}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, route string, answer func(*call) reply) {
	s.mu.Lock()
	c := &call{State: &s.state, r: r, query: r.URL.Query()}
	request := Request{Method: r.Method, Route: route, Query: c.query, Token: -1}
	text, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if i := slices.IndexFunc(s.state.Tokens, func(t Token) bool { return t.Text == text && text != "" }); i >= 0 {
		c.viewer, request.Token = &s.state.Tokens[i], i
	}
	out := c.unknownToken()
	if c.viewer != nil {
		out = answer(c)
	}
	status, right := c.write(out)
	s.requests = append(s.requests, request)
	fault := s.fault(request)
	latency := s.latency
	s.mu.Unlock()

	if !pause(r, latency) {
		return
	}
	if fault != nil {
		fault.Answer(w, r, right)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-RateLimit-Limit", "2000")
	w.Header().Set("X-RateLimit-Remaining", "1999")
	w.WriteHeader(status)
	_, _ = w.Write(right)
}

func (c *call) unknownToken() reply {
	if c.InvalidIs401 {
		return refuse(http.StatusUnauthorized, "unauthorized", "Not authorized")
	}
	return refuse(http.StatusForbidden, "forbidden", "Not authorized")
}

// write returns the status and body of a reply.
func (c *call) write(out reply) (int, []byte) {
	if out.code != "" {
		e := map[string]any{"code": out.code, "message": out.text}
		if c.viewer == nil && !c.InvalidIs401 {
			e["invalidToken"] = true
		}
		member := "error"
		if c.ErrMember {
			member = "err"
		}
		out.body = map[string]any{member: e}
	}
	body, err := json.Marshal(out.body)
	if err != nil {
		return http.StatusInternalServerError, []byte(`{"error":{"code":"internal_server_error"}}`)
	}
	return out.status, body
}

func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
		return false
	}
}
