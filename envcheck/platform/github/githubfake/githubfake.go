// Package githubfake stands for GitHub's API in tests: the lists of names that its
// Actions have, for one repository. It is checked against GitHub's own description.
package githubfake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// BrokenHeader is set on answers that break GitHub's description on purpose.
const BrokenHeader = "X-Broken-On-Purpose"

// State is what the API knows. Maps are of names to values; those of secrets are
// never sent.
type State struct {
	// Repository is "owner/name".
	Repository string
	Secrets    map[string]string
	Variables  map[string]string
	// OrgSecrets and OrgVariables are what the organization shares with it.
	OrgSecrets   map[string]string
	OrgVariables map[string]string
	Environments []Environment
	Tokens       []Token
	// Updated is when everything last changed.
	Updated string
	// Page is how many entries a page holds at most; 0 means as many as GitHub's.
	Page int
}

// Environment is an environment of the repository.
type Environment struct {
	Name               string
	Secrets, Variables map[string]string
}

// Token is a token and what it may read.
type Token struct {
	Text string
	// Workflow tells that it is the GITHUB_TOKEN of a workflow, which reads none of
	// the lists, Refused the beginnings of routes that it may not read, and Blind that
	// the repository does not exist for it.
	Workflow bool
	Refused  []string
	Blind    bool
}

// Fault is something that goes wrong in place of a right answer.
type Fault func(w http.ResponseWriter, right []byte)

// Server is the API as an HTTP handler. It is safe for concurrent use.
type Server struct {
	mux   *http.ServeMux
	state State

	mu       sync.Mutex
	requests []string
	faults   map[string]Fault // by path
}

// New returns a server of state.
func New(state State) *Server {
	if state.Updated == "" {
		state.Updated = "2026-02-03T04:05:06Z"
	}
	s := &Server{mux: http.NewServeMux(), state: state, faults: map[string]Fault{}}
	always := func(held map[string]string) func(*http.Request) (map[string]string, bool) {
		return func(*http.Request) (map[string]string, bool) { return held, true }
	}
	for route, answer := range map[string]func(*http.Request) (int, any){
		"actions/secrets":                s.list("secrets", 100, always(state.Secrets)),
		"actions/variables":              s.list("variables", 30, always(state.Variables)),
		"actions/organization-secrets":   s.list("secrets", 100, always(state.OrgSecrets)),
		"actions/organization-variables": s.list("variables", 30, always(state.OrgVariables)),
		"environments":                   s.list("environments", 100, always(s.names())),
		"environments/{environment_name}/secrets": s.list("secrets", 100, func(r *http.Request) (map[string]string, bool) {
			e, ok := s.environment(r)
			return e.Secrets, ok
		}),
		"environments/{environment_name}/variables": s.list("variables", 30, func(r *http.Request) (map[string]string, bool) {
			e, ok := s.environment(r)
			return e.Variables, ok
		}),
	} {
		s.mux.HandleFunc("GET /repos/{owner}/{repo}/"+route, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, route, answer) })
	}
	return s
}

// Break answers all further requests of a path, as in "/repos/acme/shop/environments",
// with a fault.
func (s *Server) Break(path string, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = fault
}

// Requests are the paths and queries that were asked for, sorted.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(slices.Values(s.requests))
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.URL.RequestURI())
	s.mu.Unlock()
	s.mux.ServeHTTP(w, r)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, route string, answer func(*http.Request) (int, any)) {
	status, body := s.refuse(r, route)
	if status == 0 {
		status, body = answer(r)
	}
	text := encode(body)
	s.mu.Lock()
	fault := s.faults[r.URL.Path]
	s.mu.Unlock()
	if fault != nil {
		fault(w, text)
		return
	}
	say(w, status, text)
}

func encode(body any) []byte {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // of maps and texts
	}
	return text
}

func say(w http.ResponseWriter, status int, text []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-RateLimit-Limit", "5000")
	w.Header().Set("X-RateLimit-Remaining", "4999")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// Refuse is a fault: a status with a sentence.
func Refuse(status int, message string) Fault {
	return func(w http.ResponseWriter, _ []byte) { say(w, status, encode(sentence(message))) }
}

// Body is a fault: another text with status 200.
func Body(text string) Fault {
	return func(w http.ResponseWriter, _ []byte) {
		w.Header().Set(BrokenHeader, "1")
		say(w, http.StatusOK, []byte(text))
	}
}

// refuse says what keeps the token of a request from an answer; status 0: nothing.
func (s *Server) refuse(r *http.Request, route string) (int, any) {
	text, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	at := slices.IndexFunc(s.state.Tokens, func(t Token) bool { return t.Text == text })
	switch {
	case at < 0:
		return http.StatusUnauthorized, sentence("Bad credentials")
	case s.state.Tokens[at].Blind, !strings.EqualFold(r.PathValue("owner")+"/"+r.PathValue("repo"), s.state.Repository):
		return http.StatusNotFound, sentence("Not Found")
	case s.state.Tokens[at].Workflow:
		return http.StatusForbidden, sentence("Resource not accessible by integration")
	case slices.ContainsFunc(s.state.Tokens[at].Refused, func(refused string) bool { return strings.HasPrefix(route, refused) }):
		return http.StatusForbidden, sentence("Resource not accessible by personal access token")
	}
	return 0, nil
}

func sentence(message string) map[string]string {
	return map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest"}
}

func (s *Server) names() map[string]string {
	out := map[string]string{}
	for _, e := range s.state.Environments {
		out[e.Name] = ""
	}
	return out
}

func (s *Server) environment(r *http.Request) (Environment, bool) {
	at := slices.IndexFunc(s.state.Environments, func(e Environment) bool { return strings.EqualFold(e.Name, r.PathValue("environment_name")) })
	if at < 0 {
		return Environment{}, false
	}
	return s.state.Environments[at], true
}

// list answers a page of names. GitHub gives fewer than are asked for without a word.
func (s *Server) list(member string, most int, of func(*http.Request) (map[string]string, bool)) func(*http.Request) (int, any) {
	return func(r *http.Request) (int, any) {
		held, ok := of(r)
		if !ok {
			return http.StatusNotFound, sentence("Not Found")
		}
		names := make([]string, 0, len(held))
		for name := range held {
			names = append(names, name)
		}
		slices.Sort(names)
		size := min(number(r, "per_page", 30), most)
		if s.state.Page > 0 {
			size = min(size, s.state.Page)
		}
		from := min((number(r, "page", 1)-1)*size, len(names))
		rows := []map[string]any{}
		for i, name := range names[from:min(from+size, len(names))] {
			row := map[string]any{"name": name, "created_at": s.state.Updated, "updated_at": s.state.Updated}
			switch member {
			case "variables":
				row["value"] = held[name]
			case "environments":
				row["id"], row["node_id"] = from+i+1, "EN_"+strconv.Itoa(from+i+1)
				row["url"], row["html_url"] = "https://api.github.com/x", "https://github.com/x"
			}
			rows = append(rows, row)
		}
		return http.StatusOK, map[string]any{"total_count": len(names), member: rows}
	}
}

func number(r *http.Request, key string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(key))
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}
