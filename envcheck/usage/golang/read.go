package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// read is a read of a file, with the wrapper that it calls or stands in.
type read struct {
	usage.Read
	calls, inside *function
}

// finder goes through one file.
type finder struct {
	*file
	project *project
	// inside is the function that is looked at, nil outside of all and in methods.
	inside *function
	// above are the nodes round the one that is looked at.
	above []ast.Node
	// called are the functions that are called, not handed on.
	called map[*ast.SelectorExpr]bool
}

func (p *project) readFile(f *file) {
	if f.tree == nil {
		return
	}
	f.reads = nil
	v := &finder{file: f, project: p, called: map[*ast.SelectorExpr]bool{}}
	for _, d := range f.tree.Decls {
		v.inside = nil
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil {
			v.inside = f.pkg.functions[d.Name.Name]
		}
		ast.Inspect(d, v.visit)
	}
	v.readTags()
}

func (v *finder) visit(n ast.Node) bool {
	if n == nil {
		v.above = v.above[:len(v.above)-1]
		return true
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		v.call(n)
	case *ast.SelectorExpr:
		v.value(n)
	case *ast.KeyValueExpr:
		v.flag(n)
	}
	v.above = append(v.above, n)
	return true
}

// of returns the import path of the package and the name that an expression means.
func (v *finder) of(e ast.Expr) (path, name string) {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return "", ""
	}
	return v.names[x.Name], sel.Sel.Name
}

func (v *finder) call(c *ast.CallExpr) {
	if sel, ok := c.Fun.(*ast.SelectorExpr); ok {
		v.called[sel] = true
	}
	path, name := v.of(c.Fun)
	switch path + "." + name {
	case "os.Getenv":
		v.ask(c, question{kind: v.plainKind()})
	case "os.LookupEnv", "syscall.Getenv":
		v.ask(c, question{kind: v.lookupKind()})
	case "os.Environ", "syscall.Environ":
		v.add(usage.Read{Kind: usage.Whole}, c)
	case "os.ExpandEnv":
		v.expand(c)
	default:
		v.libraryCall(c, path, name)
		v.wrapperCall(c)
	}
}

// value notes a function that reads and is handed on instead of called.
func (v *finder) value(sel *ast.SelectorExpr) {
	path, name := v.of(sel)
	if (path == "os" && (name == "Getenv" || name == "LookupEnv" || name == "ExpandEnv") || path == "syscall" && name == "Getenv") && !v.called[sel] {
		v.add(usage.Read{Name: "*", Kind: usage.Dynamic}, sel)
	}
}

func (v *finder) add(r usage.Read, at ast.Node) *read {
	r.Range = v.place(at)
	v.reads = append(v.reads, read{Read: r})
	return &v.reads[len(v.reads)-1]
}

// place is where a node stands; of a literal what is between its quotes.
func (v *finder) place(n ast.Node) envtight.Range {
	span := envtight.Span{Start: v.set.Position(n.Pos()).Offset, End: v.set.Position(n.End()).Offset}
	if lit, ok := n.(*ast.BasicLit); ok && len(lit.Value) >= 2 {
		span.Start++
		span.End--
	}
	return v.lines.Range(span)
}

// question is how a call asks for a variable.
type question struct {
	position int // of the argument that names it
	kind     usage.Kind
	via      string
	// before and after are what the function puts round the name.
	before, after string
	calls         *function
}

// ask notes that a call asks for the variable that its argument names.
func (v *finder) ask(c *ast.CallExpr, q question) {
	if q.position >= len(c.Args) {
		return
	}
	arg := c.Args[q.position]
	what := v.evaluate(arg)
	before := q.before + what.before
	if !what.any {
		r := v.add(usage.Read{Name: before + q.after, Kind: q.kind, Via: q.via}, arg)
		r.calls = q.calls
		return
	}
	after := what.after + q.after
	r := v.add(usage.Read{Name: before + "*" + after, Kind: usage.Dynamic, Via: q.via}, arg)
	r.calls = q.calls
	if v.inside == nil || what.variable == "" || v.inside == q.calls {
		return
	}
	if at := slices.Index(v.inside.params, what.variable); at >= 0 && !v.inside.assigns(what.variable) {
		r.inside = v.inside
		v.draft(&wrapper{position: at, before: before, after: after, kind: q.kind})
	}
}

// text is what is known of a string.
type text struct {
	before, after string
	// any tells that something unknown stands between the two; variable is its name,
	// when it is one variable.
	any      bool
	variable string
}

// evaluate finds out what is known of an expression.
func (v *finder) evaluate(e ast.Expr) text {
	if t, ok := v.constant(e); ok {
		return text{before: t}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return v.evaluate(e.X)
	case *ast.Ident:
		return text{any: true, variable: e.Name}
	case *ast.BinaryExpr:
		if e.Op == token.ADD && !isLong(e) {
			return v.sum(e)
		}
	case *ast.CallExpr:
		if path, name := v.of(e.Fun); path == "fmt" && name == "Sprintf" && len(e.Args) > 0 {
			return v.format(e)
		}
	}
	return text{any: true}
}

func (v *finder) sum(e *ast.BinaryExpr) text {
	left, right := v.evaluate(e.X), v.evaluate(e.Y)
	switch {
	case !left.any:
		right.before = left.before + right.before
		return right
	case !right.any:
		left.after += right.before
		return left
	}
	return text{before: left.before, any: true, after: right.after}
}

// format evaluates fmt.Sprintf.
func (v *finder) format(c *ast.CallExpr) text {
	format, ok := v.constant(c.Args[0])
	first, last := strings.IndexByte(format, '%'), strings.LastIndexByte(format, '%')
	if !ok || first < 0 || last+2 > len(format) {
		return text{any: true}
	}
	out := text{before: format[:first], after: format[last+2:], any: true}
	if first == last && len(c.Args) == 2 {
		if id, ok := c.Args[1].(*ast.Ident); ok {
			out.variable = id.Name
		}
	}
	return out
}

// constant is the text of a constant, of this package or of another of the repository.
func (v *finder) constant(e ast.Expr) (string, bool) {
	if id, ok := e.(*ast.Ident); ok && v.hides(id.Name) {
		return "", false
	}
	if sel, ok := e.(*ast.SelectorExpr); ok {
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return "", false
		}
		pk := v.project.imported(v.file, x.Name)
		if pk == nil {
			return "", false
		}
		v.project.complete(pk)
		t, ok := pk.constants[sel.Sel.Name]
		return t, ok
	}
	return v.pkg.constant(e)
}

// hides reports whether the function that is looked at has a parameter of a name.
func (v *finder) hides(name string) bool {
	return v.inside != nil && slices.Contains(v.inside.params, name)
}

// expand notes what the literal of os.ExpandEnv asks for.
func (v *finder) expand(c *ast.CallExpr) {
	if len(c.Args) != 1 {
		return
	}
	lit, ok := c.Args[0].(*ast.BasicLit)
	if !ok {
		v.add(usage.Read{Name: "*", Kind: usage.Dynamic}, c.Args[0])
		return
	}
	from := v.set.Position(lit.Pos()).Offset
	for at := 0; at < len(lit.Value); at++ {
		if lit.Value[at] != '$' {
			continue
		}
		start := at + 1
		if start < len(lit.Value) && lit.Value[start] == '{' {
			start++
		}
		end := start
		for end < len(lit.Value) && isNameByte(lit.Value[end]) {
			end++
		}
		if end > start && (lit.Value[start] < '0' || lit.Value[start] > '9') {
			v.reads = append(v.reads, read{Read: usage.Read{Name: lit.Value[start:end], Range: v.lines.Range(envtight.Span{Start: from + start, End: from + end})}})
		}
		at = end - 1
	}
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|32 >= 'a' && c|32 <= 'z'
}
