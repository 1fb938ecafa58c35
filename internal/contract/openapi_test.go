package contract

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const petDocument = `{
  "openapi": "3.0.3", "info": {"title": "pets", "version": "1"},
  "servers": [{"url": "https://api.example.com"}],
  "paths": {"/v1/pets/{id}": {"get": {
    "parameters": [
      {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
      {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["cat", "dog"]}}
    ],
    "responses": {
      "200": {"description": "", "content": {"application/json": {"schema": {"oneOf": [
        {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        {"type": "object", "required": ["name", "age"], "properties": {"name": {"type": "string"}, "age": {"type": "number"}}}
      ]}}}},
      "404": {"description": ""}
    }
  }}}
}`

func TestCheckFindsBreaches(t *testing.T) {
	document, err := ParseOpenAPI([]byte(petDocument))
	if err != nil {
		t.Fatal(err)
	}
	allow := Allowances{
		Statuses: []Status{{Status: 429, Source: "seen"}, {Status: 500}},
		Query:    []QueryKey{{Path: "/v1/pets/{id}", Name: "until", Source: "seen"}},
	}
	tests := map[string]struct {
		target string
		status int
		header string
		body   string
		want   string
	}{
		"right":                   {"/v1/pets/1?kind=cat", 200, "", `{"name":"a"}`, ""},
		"fits two branches":       {"/v1/pets/1", 200, "", `{"name":"a","age":1}`, ""},
		"escaped path":            {"/v1/pets/a%2Fb", 200, "", `{"name":"a"}`, ""},
		"listed without a body":   {"/v1/pets/1", 404, "", ``, ""},
		"allowed status":          {"/v1/pets/1", 429, "", `{}`, ""},
		"allowed parameter":       {"/v1/pets/1?until=3", 200, "", `{"name":"a"}`, ""},
		"broken on purpose":       {"/v1/pets/1", 418, "1", `<`, ""},
		"unknown route":           {"/v2/pets/1", 200, "", `{"name":"a"}`, "GET /v2/pets/1 is not in the document"},
		"unknown parameter":       {"/v1/pets/1?size=1", 200, "", `{"name":"a"}`, `the document has no parameter "size"`},
		"wrong parameter":         {"/v1/pets/1?kind=cow", 200, "", `{"name":"a"}`, "the request: "},
		"unknown status":          {"/v1/pets/1", 418, "", `{}`, "the document has no status 418"},
		"allowed without a proof": {"/v1/pets/1", 500, "", `{}`, "the document has no status 500"},
		"wrong body":              {"/v1/pets/1", 200, "", `{"name":7}`, "the answer with status 200: "},
		"member missing":          {"/v1/pets/1", 200, "", `{}`, "the answer with status 200: "},
		"not JSON":                {"/v1/pets/1", 200, "", `{`, "the answer with status 200: "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var breaches []string
			h := document.check(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if tt.header != "" {
					w.Header().Set(BrokenHeader, tt.header)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}), allow, func(breach string) { breaches = append(breaches, breach) })
			answer := httptest.NewRecorder()
			h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, tt.target, nil))
			if answer.Code != tt.status || answer.Body.String() != tt.body {
				t.Errorf("the answer was changed on its way")
			}
			got := strings.Join(breaches, "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("breaches %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseOpenAPIRefusesRubbish(t *testing.T) {
	for _, text := range []string{"", "{", `{"openapi":"3.0.3"}`} {
		if _, err := ParseOpenAPI([]byte(text)); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
