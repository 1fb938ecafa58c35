package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// BrokenHeader is set by a fake on an answer that it breaks on purpose, so that
// the answer is not held against the contract. The request still is.
const BrokenHeader = "X-Broken-On-Purpose"

// GraphQL is a published GraphQL schema, against which requests and answers are
// checked. It is safe for concurrent use.
type GraphQL struct {
	schema *ast.Schema
}

// LoadGraphQL reads the schema called file from the directory that
// ENVTIGHT_CONTRACTS names. Without that directory the test is skipped, or fails
// if ENVTIGHT_REQUIRE holds "contracts".
func LoadGraphQL(t testing.TB, file string) *GraphQL {
	t.Helper()
	dir := os.Getenv("ENVTIGHT_CONTRACTS")
	if dir == "" {
		const why = "the platforms' published contracts are not here: set ENVTIGHT_CONTRACTS to their directory"
		if strings.Contains(os.Getenv("ENVTIGHT_REQUIRE"), "contracts") {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	path := filepath.Join(dir, file)
	if known, ok := loadedGraphQL.Load(path); ok {
		return known.(*GraphQL)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := ParseGraphQL(file, string(text))
	if err != nil {
		t.Fatal(err)
	}
	loadedGraphQL.Store(path, schema)
	return schema
}

// loadedGraphQL keeps schemas by path: a test of hundreds of servers loads each
// once.
var loadedGraphQL sync.Map

// ParseGraphQL reads a schema in the schema definition language.
func ParseGraphQL(name, text string) (*GraphQL, error) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: name, Input: text})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &GraphQL{schema: schema}, nil
}

// CheckDocument says what is wrong with a document: it must be valid against the
// schema and hold queries only.
func (g *GraphQL) CheckDocument(document string) error {
	_, err := g.load(document)
	return err
}

func (g *GraphQL) load(document string) (*ast.QueryDocument, error) {
	doc, errs := gqlparser.LoadQueryWithRules(g.schema, document, rules.NewDefaultRules())
	if len(errs) > 0 {
		return nil, errs
	}
	for _, op := range doc.Operations {
		if op.Operation != ast.Query {
			return nil, fmt.Errorf("operation %q is a %s, not a query", op.Name, op.Operation)
		}
	}
	return doc, nil
}

// CheckRequest says what is wrong with the body of a request, and returns its
// document and the operation that it asks for.
func (g *GraphQL) CheckRequest(body []byte) (*ast.QueryDocument, *ast.OperationDefinition, error) {
	var request struct {
		Query         string         `json:"query"`
		OperationName string         `json:"operationName"`
		Variables     map[string]any `json:"variables"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&request); err != nil {
		return nil, nil, fmt.Errorf("the body is no GraphQL request: %w", err)
	}
	doc, err := g.load(request.Query)
	if err != nil {
		return nil, nil, err
	}
	op := doc.Operations.ForName(request.OperationName)
	if op == nil {
		return nil, nil, fmt.Errorf("no operation %q, or several without a name", request.OperationName)
	}
	for name := range request.Variables {
		if op.VariableDefinitions.ForName(name) == nil {
			return nil, nil, fmt.Errorf("variable $%s is sent and not declared", name)
		}
	}
	if _, err := validator.VariableValues(g.schema, op, request.Variables); err != nil {
		return nil, nil, err
	}
	return doc, op, nil
}

// CheckAnswer says what is wrong with the body of an answer to an operation:
// every selected member must be there with a value of its type, and nothing that
// was not selected. Members that a directive leaves out may be absent.
func (g *GraphQL) CheckAnswer(op *ast.OperationDefinition, body []byte) error {
	var answer struct {
		Data   json.RawMessage   `json:"data"`
		Errors []json.RawMessage `json:"errors"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&answer); err != nil {
		return fmt.Errorf("the body is no GraphQL answer: %w", err)
	}
	var data any
	if len(answer.Data) > 0 {
		inner := json.NewDecoder(bytes.NewReader(answer.Data))
		inner.UseNumber()
		if err := inner.Decode(&data); err != nil {
			return err
		}
	}
	if data == nil {
		if len(answer.Errors) == 0 {
			return errors.New("neither data nor errors")
		}
		return nil
	}
	w := walk{schema: g.schema}
	w.object("data", op.SelectionSet, g.schema.Query, data)
	return errors.Join(w.problems...)
}

// Handler stands before a fake and fails the test when a request or an answer
// with status 200 breaks the contract.
func (g *GraphQL) Handler(t testing.TB, fake http.Handler) http.Handler {
	var mu sync.Mutex
	complain := func(what string, err error) {
		mu.Lock()
		defer mu.Unlock()
		t.Errorf("%s against the published schema: %v", what, err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			complain("reading a request", err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		_, op, err := g.CheckRequest(body)
		if err != nil {
			complain("a request", err)
		}
		tee := &teeWriter{ResponseWriter: w, status: http.StatusOK}
		fake.ServeHTTP(tee, r)
		if op == nil || tee.status != http.StatusOK || w.Header().Get(BrokenHeader) != "" {
			return
		}
		if err := g.CheckAnswer(op, tee.body.Bytes()); err != nil {
			complain("an answer", err)
		}
	})
}

// teeWriter passes an answer on and keeps a copy.
type teeWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *teeWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *teeWriter) Write(p []byte) (int, error) {
	w.body.Write(p)
	return w.ResponseWriter.Write(p)
}

func (w *teeWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
