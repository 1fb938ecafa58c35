package golang

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/envtight/envtight/envcheck/usage"
)

// plainKind is the kind of a call that gives "" where there is no value, by what is
// done with it.
func (v *finder) plainKind() usage.Kind {
	if len(v.above) == 0 {
		return usage.Plain
	}
	switch parent := v.above[len(v.above)-1].(type) {
	case *ast.BinaryExpr:
		if parent.Op == token.EQL || parent.Op == token.NEQ {
			return v.compared(parent)
		}
	case *ast.SwitchStmt:
		return usage.Defaulted
	case *ast.CallExpr:
		if path, name := v.of(parent.Fun); path == "cmp" && name == "Or" {
			return usage.Defaulted
		}
	case *ast.AssignStmt:
		if len(parent.Lhs) == 1 {
			if id, ok := parent.Lhs[0].(*ast.Ident); ok {
				return v.assigned(parent, id.Name, usage.Plain)
			}
		}
	}
	return usage.Plain
}

// lookupKind is the kind of a call that tells whether there is a value.
func (v *finder) lookupKind() usage.Kind {
	if len(v.above) == 0 {
		return usage.Defaulted
	}
	if parent, ok := v.above[len(v.above)-1].(*ast.AssignStmt); ok && len(parent.Lhs) == 2 {
		if id, ok := parent.Lhs[1].(*ast.Ident); ok && id.Name != "_" {
			return v.assigned(parent, id.Name, usage.Defaulted)
		}
	}
	return usage.Defaulted
}

// compared is the kind of a value that is compared.
func (v *finder) compared(e *ast.BinaryExpr) usage.Kind {
	if len(v.above) >= 2 && e.Op == token.EQL {
		if s, ok := v.above[len(v.above)-2].(*ast.IfStmt); ok && s.Cond == e && givesUp(s.Body) {
			return usage.Required
		}
	}
	return usage.Defaulted
}

// assigned is the kind of a value that a variable takes, by the "if" that looks at
// the variable: the one that holds the assignment, or one of those that follow.
func (v *finder) assigned(a *ast.AssignStmt, name string, kind usage.Kind) usage.Kind {
	if len(v.above) < 2 {
		return kind
	}
	switch parent := v.above[len(v.above)-2].(type) {
	case *ast.IfStmt:
		if parent.Init == a {
			return checked(parent, name, kind)
		}
	case *ast.BlockStmt:
		const ahead = 4
		behind, _ := slices.BinarySearchFunc(parent.List, a.Pos()+1, func(s ast.Stmt, at token.Pos) int { return int(s.Pos() - at) })
		for _, next := range parent.List[behind:min(len(parent.List), behind+ahead)] {
			if s, ok := next.(*ast.IfStmt); ok && mentions(s.Cond, name) {
				return checked(s, name, kind)
			}
		}
	}
	return kind
}

// checked is the kind of a value that an "if" looks at.
func checked(s *ast.IfStmt, name string, kind usage.Kind) usage.Kind {
	missing := false
	switch cond := s.Cond.(type) {
	case *ast.UnaryExpr:
		missing = cond.Op == token.NOT && mentions(cond.X, name)
	case *ast.BinaryExpr:
		missing = (cond.Op == token.EQL || cond.Op == token.LOR) && mentions(cond, name)
	}
	switch {
	case missing && givesUp(s.Body):
		return usage.Required
	case mentions(s.Cond, name):
		if block, ok := s.Else.(*ast.BlockStmt); ok && !missing && givesUp(block) {
			return usage.Required
		}
		return usage.Defaulted
	}
	return kind
}

func mentions(e ast.Expr, name string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// givesUp reports whether a block ends the program, or returns an error that it makes.
func givesUp(b *ast.BlockStmt) bool {
	for _, s := range b.List {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if c, ok := s.X.(*ast.CallExpr); ok && ends(c) {
				return true
			}
		case *ast.ReturnStmt:
			for _, r := range s.Results {
				if c, ok := r.(*ast.CallExpr); ok && makesError(c) {
					return true
				}
			}
		}
	}
	return false
}

// ends reports whether a call ends the program, or the test.
func ends(c *ast.CallExpr) bool {
	switch fun := c.Fun.(type) {
	case *ast.Ident:
		return fun.Name == "panic"
	case *ast.SelectorExpr:
		switch fun.Sel.Name {
		case "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln", "Exit":
			return true
		}
	}
	return false
}

func makesError(c *ast.CallExpr) bool {
	if sel, ok := c.Fun.(*ast.SelectorExpr); ok {
		switch sel.Sel.Name {
		case "Errorf", "New", "Wrap", "Wrapf":
			return true
		}
	}
	return false
}
