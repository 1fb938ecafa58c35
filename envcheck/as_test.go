package envcheck_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/envtight/envtight/envcheck"
)

type plain struct{ envcheck.Source }

type advising struct{ envcheck.Source }

func (advising) SetCommand(envcheck.Target, string) string { return "set it" }

type wrapping struct{ envcheck.Source }

func (w wrapping) Unwrap() envcheck.Source { return w.Source }

func TestAs(t *testing.T) {
	tests := map[string]struct {
		source envcheck.Source
		want   bool
	}{
		"nil":                      {nil, false},
		"has none":                 {plain{}, false},
		"itself":                   {advising{}, true},
		"wrapped":                  {wrapping{advising{}}, true},
		"wrapped twice":            {wrapping{wrapping{advising{}}}, true},
		"wraps one without":        {wrapping{plain{}}, false},
		"wraps nil":                {wrapping{}, false},
		"embedding is no wrapping": {plain{advising{}}, false},
	}
	for name, test := range tests {
		adviser, ok := envcheck.As[envcheck.Adviser](test.source)
		if ok != test.want || ok != (adviser != nil) {
			t.Errorf("%s: found %v, want %v", name, ok, test.want)
		}
	}
}

// TestOptionalInterfacesAreFoundByAs: a type assertion would lose what a wrapped
// source can do, without a word.
func TestOptionalInterfacesAreFoundByAs(t *testing.T) {
	optional, files := map[string]bool{}, 0
	each := func(dir string, see func(*token.FileSet, ast.Node)) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") {
				return err
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err == nil {
				ast.Inspect(file, func(n ast.Node) bool { see(set, n); return true })
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	each("source.go", func(_ *token.FileSet, n ast.Node) {
		if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.Name != "Source" {
			if _, ok := spec.Type.(*ast.InterfaceType); ok {
				optional[spec.Name.Name] = true
			}
		}
	})
	each("..", func(set *token.FileSet, n ast.Node) {
		assertion, ok := n.(*ast.TypeAssertExpr)
		if !ok {
			return
		}
		name, _ := assertion.Type.(*ast.Ident)
		if selected, ok := assertion.Type.(*ast.SelectorExpr); ok {
			name = selected.Sel
		}
		if name != nil && optional[name.Name] {
			t.Errorf("%s: use As for %s", set.Position(n.Pos()), name.Name)
		}
	})
	if len(optional) < 5 || !optional["Prober"] || files < 100 {
		t.Fatalf("read %d files and found %v", files, optional)
	}
}
