package golang

import (
	"go/ast"
	"go/token"
	"strconv"

	"github.com/envtight/envtight/envcheck/usage"
)

// function is a function that may wrap reads.
type function struct {
	name   string
	params []string
	tree   *ast.FuncDecl
	// given remembers which parameters it gives another value, by name.
	given map[string]bool
	// wrapper is set when it reads the variable that a parameter names.
	wrapper *wrapper
}

// wrapper says how a function reads the variable that its parameter names.
type wrapper struct {
	position      int
	before, after string
	kind          usage.Kind
	// torn tells that it reads by two parameters, or in two ways.
	torn bool
}

// structure is a struct type.
type structure struct {
	tree *ast.StructType
	file *file
}

// declare notes what the files of a package declare.
func (pk *pkg) declare() {
	pk.constants, pk.functions, pk.structs = map[string]string{}, map[string]*function{}, map[string]*structure{}
	for _, f := range pk.files {
		if f.tree == nil {
			continue
		}
		for _, d := range f.tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Body != nil {
					pk.functions[d.Name.Name] = newFunction(d)
				}
			case *ast.GenDecl:
				pk.declareGeneral(f, d)
			}
		}
	}
	// A constant may be made of one that stands further down.
	for range 2 {
		for _, f := range pk.files {
			pk.declareConstants(f)
		}
	}
}

func newFunction(d *ast.FuncDecl) *function {
	fn := &function{name: d.Name.Name, tree: d}
	for _, list := range d.Type.Params.List {
		for _, name := range list.Names {
			fn.params = append(fn.params, name.Name)
		}
		if len(list.Names) == 0 {
			fn.params = append(fn.params, "_")
		}
	}
	return fn
}

func (pk *pkg) declareGeneral(f *file, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		if spec, ok := spec.(*ast.TypeSpec); ok {
			if tree, ok := spec.Type.(*ast.StructType); ok {
				pk.structs[spec.Name.Name] = &structure{tree: tree, file: f}
			}
		}
	}
}

func (pk *pkg) declareConstants(f *file) {
	if f.tree == nil {
		return
	}
	for _, d := range f.tree.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST && d.Tok != token.VAR {
			continue
		}
		for _, spec := range d.Specs {
			spec, ok := spec.(*ast.ValueSpec)
			if !ok || len(spec.Names) != len(spec.Values) {
				continue
			}
			for i, name := range spec.Names {
				if text, ok := pk.constant(spec.Values[i]); ok {
					pk.constants[name.Name] = text
				}
			}
		}
	}
}

// constant is the text of a constant expression of the package.
func (pk *pkg) constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return literal(e)
	case *ast.Ident:
		text, ok := pk.constants[e.Name]
		return text, ok
	case *ast.BinaryExpr:
		if e.Op != token.ADD || isLong(e) {
			return "", false
		}
		left, ok := pk.constant(e.X)
		right, ok2 := pk.constant(e.Y)
		return left + right, ok && ok2
	}
	return "", false
}

// isLong reports whether a sum has more parts than the name of a variable has.
func isLong(e *ast.BinaryExpr) bool {
	const most = 32
	for range most {
		left, ok := e.X.(*ast.BinaryExpr)
		if !ok {
			return false
		}
		e = left
	}
	return true
}

// assigns reports whether a function gives a variable another value.
func (fn *function) assigns(name string) bool {
	if fn.given == nil {
		fn.given = map[string]bool{}
		ast.Inspect(fn.tree.Body, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok {
				for _, left := range a.Lhs {
					if id, ok := left.(*ast.Ident); ok {
						fn.given[id.Name] = true
					}
				}
			}
			return true
		})
	}
	return fn.given[name]
}

func literal(e *ast.BasicLit) (string, bool) {
	if e.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(e.Value)
	return text, err == nil
}

// wraps reports whether functions of the package wrap reads.
func (pk *pkg) wraps() bool {
	for _, fn := range pk.functions {
		if fn.wrapper != nil {
			return true
		}
	}
	return false
}
