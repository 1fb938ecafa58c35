package railway

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/envtight/envtight/internal/contract"
)

// Every document of the package is a list of queries: this client cannot change
// anything.
func TestDocumentsAreQueries(t *testing.T) {
	for _, d := range documents {
		t.Run(d.name, func(t *testing.T) {
			doc, err := parser.ParseQuery(&ast.Source{Name: d.name, Input: d.text})
			if err != nil {
				t.Fatal(err)
			}
			if len(doc.Operations) != 1 || doc.Operations[0].Name != d.name {
				t.Errorf("want one operation called %s", d.name)
			}
			for _, op := range doc.Operations {
				if op.Operation != ast.Query {
					t.Errorf("%s is a %s", op.Name, op.Operation)
				}
				checkSelection(t, doc, op.SelectionSet)
			}
		})
	}
}

// checkSelection looks for what must never be asked for.
func checkSelection(t *testing.T, doc *ast.QueryDocument, selection ast.SelectionSet) {
	t.Helper()
	for _, s := range selection {
		switch s := s.(type) {
		case *ast.Field:
			arg := s.Arguments.ForName("decryptVariables")
			switch {
			case (s.Name == "config" || s.Name == "patch") && (arg == nil || arg.Value.Kind != ast.BooleanValue || arg.Value.Raw != "false"):
				t.Errorf("%s is asked for without decryptVariables: false, so that sealed values could come", s.Name)
			case s.Name == "service":
				t.Error("the field service is null for shared variables, though it may not be")
			}
			checkSelection(t, doc, s.SelectionSet)
		case *ast.InlineFragment:
			checkSelection(t, doc, s.SelectionSet)
		case *ast.FragmentSpread:
			checkSelection(t, doc, doc.Fragments.ForName(s.Name).SelectionSet)
		}
	}
}

// All documents are in the list that these tests walk.
func TestDocumentsAreListed(t *testing.T) {
	source, err := os.ReadFile("documents.go")
	if err != nil {
		t.Fatal(err)
	}
	if made := strings.Count(string(source), "= document{"); made != len(documents) {
		t.Errorf("%d documents are made and %d listed", made, len(documents))
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") || e.Name() == "documents.go" {
			continue
		}
		text, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "document{\"") || strings.Contains(string(text), "query ") && strings.Contains(string(text), "($") {
			t.Errorf("%s makes a document of its own", e.Name())
		}
	}
}

func TestDocumentsFollowSchema(t *testing.T) {
	schema := contract.LoadGraphQL(t, "railway.schema.graphql")
	for _, d := range documents {
		if err := schema.CheckDocument(d.text); err != nil {
			t.Errorf("%s: %v", d.name, err)
		}
	}
}
