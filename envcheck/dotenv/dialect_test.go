package dotenv

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
)

// dialectRow is one file and what eleven real loaders made of it.
type dialectRow struct {
	Name    string          `json:"name"`
	File    []byte          `json:"file"`
	Results []dialectResult `json:"results"`
}

type dialectResult struct {
	Loaders     []Dialect          `json:"loaders"`
	Error       bool               `json:"error"`
	Values      map[string]*string `json:"values"`
	Undecidable []string           `json:"undecidable"` // names whose value needs a program or a process
	Complains   bool               `json:"complains"`   // the shell printed an error and went on
}

func dialectRows(t testing.TB) []dialectRow {
	t.Helper()
	text, err := os.ReadFile("../../testdata/dialects.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []dialectRow
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// plain turns values into what cmp can show; only for texts made by tests.
func plain(values Values) (texts map[string]*string, undecidable []string) {
	texts = map[string]*string{}
	for _, v := range values {
		switch {
		case v.Undecidable:
			undecidable = append(undecidable, v.Name)
		case v.Null:
			texts[v.Name] = nil
		default:
			// JSON cannot hold other bytes, so the table has them replaced.
			text := strings.ToValidUTF8(v.Value.Reveal(), "\ufffd")
			texts[v.Name] = &text
		}
	}
	slices.Sort(undecidable)
	return texts, undecidable
}

func lookupIn(env map[string]string) func(string) (envtight.Secret, bool) {
	return func(name string) (envtight.Secret, bool) {
		text, ok := env[name]
		return envtight.NewSecret(text), ok
	}
}

// TestDialects holds the evaluators to 84 files that the real loaders read.
func TestDialects(t *testing.T) {
	rows := dialectRows(t)
	if len(rows) != 84 {
		t.Fatalf("%d rows, want 84", len(rows))
	}
	opts := EvalOptions{Lookup: lookupIn(map[string]string{"HOME": "/home/ada"})}
	for _, row := range rows {
		seen := 0
		for _, want := range row.Results {
			for _, d := range want.Loaders {
				seen++
				t.Run(row.Name+"/"+d.String(), func(t *testing.T) {
					values, err := Evaluate(row.File, d, opts)
					checkDialect(t, d, want, values, err)
				})
			}
		}
		if seen != len(Dialects()) {
			t.Errorf("%s: %d loaders, want %d", row.Name, seen, len(Dialects()))
		}
	}
}

func checkDialect(t *testing.T, d Dialect, want dialectResult, values Values, err error) {
	t.Helper()
	if (want.Error || want.Complains) != (err != nil) {
		t.Fatalf("error is %v, want one: %t", err, want.Error || want.Complains)
	}
	var evalErr *EvalError
	if err != nil && (!errors.As(err, &evalErr) || evalErr.Dialect != d || evalErr.Kind == 0) {
		t.Errorf("error %#v does not say dialect and kind", err)
	}
	if want.Error && values != nil {
		t.Error("values beside an error")
	}
	texts, undecidable := plain(values)
	if want.Values == nil {
		want.Values = map[string]*string{}
	}
	if diff := cmp.Diff(want.Values, texts); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Undecidable, undecidable); diff != "" {
		t.Errorf("undecidable (-want +got):\n%s", diff)
	}
}

func TestDialectNames(t *testing.T) {
	for _, d := range Dialects() {
		text, err := d.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Dialect
		if err := back.UnmarshalText(text); err != nil || back != d {
			t.Errorf("%s reads back as %s (%v)", d, back, err)
		}
		if d.Title() == "" {
			t.Errorf("%s has no title", d)
		}
	}
	var zero Dialect
	if _, err := zero.MarshalText(); err == nil || zero.Valid() {
		t.Error("the zero dialect is valid")
	}
	if _, err := ParseDialect("cobol"); err == nil {
		t.Error("an unknown dialect parses")
	}
	if _, err := Evaluate(nil, zero, EvalOptions{}); err == nil {
		t.Error("the zero dialect evaluates")
	}
}

func TestLoadOrder(t *testing.T) {
	tests := []struct {
		dialect Dialect
		mode    string
		want    []string
	}{
		{Next, "", []string{".env.production.local", ".env.local", ".env.production", ".env"}},
		{Next, "development", []string{".env.development.local", ".env.local", ".env.development", ".env"}},
		{Next, "test", []string{".env.test.local", ".env.test", ".env"}},
		{Vite, "", []string{".env.production.local", ".env.production", ".env.local", ".env"}},
		{Vite, "staging", []string{".env.staging.local", ".env.staging", ".env.local", ".env"}},
		{PythonDotenv, "production", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, LoadOrder(tt.dialect, tt.mode)); diff != "" {
			t.Errorf("%s in mode %q (-want +got):\n%s", tt.dialect, tt.mode, diff)
		}
	}
}
