package httpclient_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/envtight/envtight/internal/httpclient"
)

var documents = map[string]bool{
	"{ a }":             true,
	"query { a { b } }": true,
	"query q($a: I = {x: \"}\", y: [1]}, $b: String = \"\"\"mutation { \\\"\"\" }\"\"\") @d(x: {y: 1}) { a(b: {c: 1}) @e { ...F } } fragment F on T { x }": true,
	"# mutation { a }\n{ a }":                  true,
	"fragment F on T { x } query { ...F }":     true,
	"query mutation { mutation subscription }": true,

	"mutation { a }":                                           false,
	"mutation M($a: String) { a(x: $a) }":                      false,
	"subscription { a }":                                       false,
	"{ a } mutation { b }":                                     false,
	"query { a } \n,mutation{ b }":                             false,
	"# x\rmutation { a }":                                      false,
	"\ufeffmutation { a }":                                     false,
	"query q { a(x: \"\\\"}\") } mutation { b }":               false,
	"query q { a(x: \"\"\"\\\"\"\" } \"\"\") } mutation { b }": false,
	"fragment F on T { x }":                                    false,
	"type Query { a: Int }":                                    false,
	"extend type Q { a: Int }":                                 false,
	"":                                                         false, "   ": false, "query": false, "{": false, "}": false, "{ a": false, "query { a \"": false,
	"query q( { a }": false, "query ) { a }": false,
}

func TestOnlyQueriesAreSent(t *testing.T) {
	var sent atomic.Int32
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		sent.Add(1)
		jsonAnswer(w, http.StatusOK, `{"data":{}}`)
	})
	c := client(t, base)
	for document, ok := range documents {
		sent.Store(0)
		err := c.Query(t.Context(), "names", document, nil, &struct{}{})
		if (err == nil) != ok || (sent.Load() == 1) != ok {
			t.Errorf("%q: sent %d, %v", document, sent.Load(), err)
		}
		if !ok {
			wantError(t, err, httpclient.ErrRefused, "POST names: ")
		}
	}
	err := c.Query(t.Context(), "names", "{ a }", map[string]any{"x": func() {}}, &struct{}{})
	wantError(t, err, httpclient.ErrRefused)
}

// FuzzQueryGuard compares the guard with a real parser: whatever that one reads
// as a document with a mutation or subscription, the client must refuse.
func FuzzQueryGuard(f *testing.F) {
	for document := range documents {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document string) {
		parsed, err := parser.ParseQuery(&ast.Source{Input: document})
		if err != nil {
			return
		}
		for _, op := range parsed.Operations {
			if op.Operation != ast.Query && httpclient.CheckDocument(document) == nil {
				t.Errorf("%q holds a %s and is allowed", document, op.Operation)
			}
		}
	})
}
