package golang

import (
	"go/ast"
	"slices"

	"github.com/envtight/envtight/envcheck/usage"
)

// draft notes that the function that is looked at wraps a read.
func (v *finder) draft(w *wrapper) {
	old := v.project.drafts[v.inside]
	if old == nil {
		v.project.drafts[v.inside] = w
		return
	}
	old.torn = old.torn || old.position != w.position || old.before != w.before || old.after != w.after
	old.kind = max(old.kind, w.kind)
}

// fallbackNames are what functions call the parameter with the default.
var fallbackNames = []string{"fallback", "def", "defaultValue", "defaultVal", "dflt", "defVal", "d", "or"}

// wrap makes wrappers of the functions that were seen to wrap a read, and reports
// whether there are new ones.
func (p *project) wrap() bool {
	found := false
	for fn, w := range p.drafts {
		if w.torn || fn.wrapper != nil {
			continue
		}
		switch {
		case fn.givesUp():
			w.kind = usage.Required
		case slices.ContainsFunc(fn.params, func(name string) bool { return slices.Contains(fallbackNames, name) }):
			w.kind = usage.Defaulted
		case w.kind == usage.Defaulted && fn.fails():
			w.kind = usage.Plain
		}
		fn.wrapper = w
		found = true
	}
	return found
}

// givesUp reports whether a function ends the program somewhere.
func (fn *function) givesUp() bool {
	found := false
	ast.Inspect(fn.tree.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && ends(c) {
			found = true
		}
		return !found
	})
	return found
}

// fails reports whether a function tells its caller of what is missing.
func (fn *function) fails() bool {
	if fn.tree.Type.Results == nil {
		return false
	}
	return slices.ContainsFunc(fn.tree.Type.Results.List, func(f *ast.Field) bool {
		id, ok := f.Type.(*ast.Ident)
		return ok && (id.Name == "error" || id.Name == "bool")
	})
}

// wrapperCall notes the call of a function that wraps a read.
func (v *finder) wrapperCall(c *ast.CallExpr) {
	fn := v.function(c.Fun)
	if fn == nil || fn.wrapper == nil {
		return
	}
	w := fn.wrapper
	v.ask(c, question{position: w.position, kind: w.kind, via: fn.name, before: w.before, after: w.after, calls: fn})
}

// function is the function of the repository that an expression means, or nil.
func (v *finder) function(e ast.Expr) *function {
	switch e := e.(type) {
	case *ast.IndexExpr:
		return v.function(e.X) // get[int]("X")
	case *ast.Ident:
		return v.pkg.functions[e.Name]
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			if pk := v.project.imported(v.file, x.Name); pk != nil {
				return pk.functions[e.Sel.Name]
			}
		}
	}
	return nil
}
