package railwayfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Server is the API as an HTTP handler. It is safe for concurrent use.
type Server struct {
	mu       sync.Mutex
	state    State
	faults   []*Fault
	requests []Request
	latency  time.Duration
}

// Request is a request that was received.
type Request struct {
	// Operation is its name, and Fields are the fields of Query that it asks for.
	Operation string
	Fields    []string
	Document  string
	Variables map[string]any
	// Project tells that its token came as a project token, Bearer that it
	// came as a bearer token.
	Project, Bearer bool
}

// New returns a server of state, which it keeps and fills in.
func New(state State) *Server {
	state.normal()
	return &Server{state: state}
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
	return append([]Request(nil), s.requests...)
}

// SetLatency makes each answer take d.
func (s *Server) SetLatency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// Break adds a fault.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ServeHTTP answers a GraphQL request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST a query", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, "no body", http.StatusBadRequest)
		return
	}
	var request struct {
		Query         string         `json:"query"`
		OperationName string         `json:"operationName"`
		Variables     map[string]any `json:"variables"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		refuse(w, "the body is not JSON")
		return
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: request.Query})
	if err != nil {
		refuse(w, "Syntax Error")
		return
	}
	op := doc.Operations.ForName(request.OperationName)
	if op == nil {
		refuse(w, "Must provide operation name if query contains multiple operations.")
		return
	}
	if op.Operation != ast.Query {
		refuse(w, "this API is read only")
		return
	}
	variables, err := inputs(op, request.Variables)
	if err != nil {
		refuse(w, err.Error())
		return
	}
	s.answer(w, r, doc, op, request.Query, variables)
}

// inputs checks that required variables are there and fills in defaults.
func inputs(op *ast.OperationDefinition, given map[string]any) (map[string]any, error) {
	variables := map[string]any{}
	for _, v := range op.VariableDefinitions {
		value, there := given[v.Variable]
		if !there && v.DefaultValue != nil {
			value, there = (&execution{}).input(v.DefaultValue), true
		}
		if v.Type.NonNull && value == nil {
			return nil, fmt.Errorf("Variable \"$%s\" of required type %q was not provided.", v.Variable, v.Type)
		}
		if there {
			variables[v.Variable] = value
		}
	}
	return variables, nil
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, doc *ast.QueryDocument, op *ast.OperationDefinition, text string, variables map[string]any) {
	x := &execution{doc: doc, variables: variables}
	s.mu.Lock()
	root := s.state.root(s.state.viewer(r.Header))
	data, whole, err := x.run(root, op.SelectionSet, nil)
	request := Request{
		Operation: op.Name, Document: text, Variables: variables,
		Project: r.Header.Get("Project-Access-Token") != "",
		Bearer:  strings.HasPrefix(r.Header.Get("Authorization"), "Bearer "),
	}
	for _, f := range x.collect(root, op.SelectionSet) {
		request.Fields = append(request.Fields, f.Name)
	}
	s.requests = append(s.requests, request)
	fault := s.fault(request)
	latency := s.latency
	s.mu.Unlock()

	if !pause(r, latency) {
		return
	}
	var bad invalid
	if errors.As(err, &bad) {
		refuse(w, bad.Error())
		return
	}
	answer := map[string]any{"data": data}
	if !whole {
		answer["data"] = nil
	}
	if len(x.errors) > 0 {
		answer["errors"] = x.errors
	}
	right, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, "cannot write", http.StatusInternalServerError)
		return
	}
	if fault != nil {
		fault.Answer(w, r, right)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-RateLimit-Limit", "10000")
	w.Header().Set("X-RateLimit-Remaining", "9999")
	_, _ = w.Write(right)
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

// refuse answers a request that is not valid.
func refuse(w http.ResponseWriter, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{"message": message}}})
}
