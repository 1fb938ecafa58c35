package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// OpenAPI is a published OpenAPI 3 document, against which requests and answers
// are checked. It is safe for concurrent use.
type OpenAPI struct {
	router routers.Router
}

// Allowances are what a platform does and its document does not say. Each names
// the source that shows it.
type Allowances struct {
	Statuses []Status
	Query    []QueryKey
}

// Status is an answer's status that the document does not list.
type Status struct {
	// Path is the path's template; empty means every operation.
	Path   string
	Status int
	Source string
}

// QueryKey is a query parameter that the document does not list.
type QueryKey struct {
	Path   string
	Name   string
	Source string
}

// LoadOpenAPI reads the document called file from the directory that
// ENVTIGHT_CONTRACTS names. Without that directory the test is skipped, or fails
// if ENVTIGHT_REQUIRE holds "contracts".
func LoadOpenAPI(t testing.TB, file string) *OpenAPI {
	t.Helper()
	dir := os.Getenv("ENVTIGHT_CONTRACTS")
	if dir == "" {
		const why = "the platforms' published contracts are not here: set ENVTIGHT_CONTRACTS to their directory"
		if strings.Contains(os.Getenv("ENVTIGHT_REQUIRE"), "contracts") {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	document, err := ParseOpenAPI(text)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return document
}

// ParseOpenAPI reads a document. Three things are changed in memory, never in the
// file: servers go, so that a fake on loopback is found; examples are not looked
// at, since publishers' own break their schemas; and oneOf without
// a discriminator becomes anyOf, since right answers fit several branches.
func ParseOpenAPI(text []byte) (*OpenAPI, error) {
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := document.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return nil, err
	}
	document.Servers = nil
	loosen(document)
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		return nil, err
	}
	return &OpenAPI{router: router}, nil
}

// Wrap returns a handler that fails the test when a request, or the answer that
// next gives it, breaks the contract.
func (o *OpenAPI) Wrap(t testing.TB, next http.Handler, allow Allowances) http.Handler {
	return o.check(next, allow, func(breach string) { t.Errorf("contract: %s", breach) })
}

func (o *OpenAPI) check(next http.Handler, allow Allowances, report func(breach string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route, params, err := o.router.FindRoute(r)
		if err != nil {
			report(fmt.Sprintf("%s %s is not in the document", r.Method, r.URL.Path))
			next.ServeHTTP(w, r)
			return
		}
		where := r.Method + " " + route.Path
		input := &openapi3filter.RequestValidationInput{
			Request: r, PathParams: params, Route: route,
			Options: &openapi3filter.Options{
				AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
				IncludeResponseStatus: true,
				MultiError:            true,
			},
		}
		if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			report(where + ": the request: " + describe(err))
		}
		for key := range r.URL.Query() {
			if !declared(route, key) && !allow.query(route.Path, key) {
				report(fmt.Sprintf("%s: the document has no parameter %q", where, key))
			}
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		o.checkAnswer(answer, input, allow, func(breach string) { report(where + ": " + breach) })
		send(w, answer)
	})
}

func (o *OpenAPI) checkAnswer(answer *httptest.ResponseRecorder, input *openapi3filter.RequestValidationInput, allow Allowances, report func(string)) {
	if answer.Header().Get(BrokenHeader) != "" {
		return
	}
	if input.Route.Operation.Responses.Status(answer.Code) == nil {
		if !allow.status(input.Route.Path, answer.Code) {
			report(fmt.Sprintf("the document has no status %d", answer.Code))
		}
		return
	}
	err := openapi3filter.ValidateResponse(input.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 answer.Code,
		Header:                 answer.Header(),
		Body:                   io.NopCloser(bytes.NewReader(answer.Body.Bytes())),
		Options:                input.Options,
	})
	if err != nil {
		report(fmt.Sprintf("the answer with status %d: %s", answer.Code, describe(err)))
	}
}

func send(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for key, values := range answer.Header() {
		w.Header()[key] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (a Allowances) status(path string, status int) bool {
	return slices.ContainsFunc(a.Statuses, func(s Status) bool {
		return s.Status == status && (s.Path == "" || s.Path == path) && s.Source != ""
	})
}

func (a Allowances) query(path, name string) bool {
	return slices.ContainsFunc(a.Query, func(q QueryKey) bool {
		return q.Name == name && q.Path == path && q.Source != ""
	})
}

// declared reports whether an operation names a query parameter.
func declared(route *routers.Route, name string) bool {
	for _, list := range []openapi3.Parameters{route.Operation.Parameters, route.PathItem.Parameters} {
		if list.GetByInAndName(openapi3.ParameterInQuery, name) != nil {
			return true
		}
	}
	return false
}

// describe says where and why, without the text that is wrong: it may be the
// value of a variable.
func describe(err error) string {
	var many openapi3.MultiError
	if errors.As(err, &many) {
		var all []string
		for _, one := range many {
			all = append(all, describe(one))
		}
		return strings.Join(all, "; ")
	}
	var schema *openapi3.SchemaError
	if errors.As(err, &schema) {
		if nested := (&openapi3.SchemaError{}); schema.Origin != nil && errors.As(schema.Origin, &nested) {
			return describe(schema.Origin)
		}
		return fmt.Sprintf("/%s: breaks %q", strings.Join(schema.JSONPointer(), "/"), schema.SchemaField)
	}
	var request *openapi3filter.RequestError
	if errors.As(err, &request) && request.Parameter != nil {
		return fmt.Sprintf("parameter %q: %s", request.Parameter.Name, request.Reason)
	}
	var response *openapi3filter.ResponseError
	if errors.As(err, &response) {
		return response.Reason
	}
	return fmt.Sprintf("%T", err)
}
