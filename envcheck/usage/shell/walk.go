package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// walk goes through one statement.
func (s *script) walk(stmt *syntax.Stmt) {
	s.above = s.above[:0]
	syntax.Walk(stmt, s.visit)
}

func (s *script) visit(n syntax.Node) bool {
	if n == nil {
		last := s.above[len(s.above)-1]
		s.above = s.above[:len(s.above)-1]
		if _, ok := last.(*syntax.FuncDecl); ok {
			s.functions--
		}
		return true
	}
	switch n := n.(type) {
	case *syntax.FuncDecl:
		s.functions++
	case *syntax.ParamExp:
		s.parameter(n)
	case *syntax.CallExpr:
		s.command(n)
	case *syntax.DeclClause:
		s.declaration(n)
	case *syntax.WordIter:
		s.assign(n.Name.Value, s.offset(n.Name))
	case *syntax.BinaryArithm:
		s.arithmetic(n)
	case *syntax.UnaryTest:
		s.variableTest(n)
	}
	s.above = append(s.above, n)
	return true
}

func (s *script) offset(n syntax.Node) int { return s.base + int(n.Pos().Offset()) }

func (s *script) span(n syntax.Node) envtight.Span {
	return envtight.Span{Start: min(s.offset(n), len(s.text)), End: min(s.base+int(n.End().Offset()), len(s.text))}
}

// parameter reads $X, ${X:-d}, ${!X}.
func (s *script) parameter(p *syntax.ParamExp) {
	if p.Param == nil || p.Param.Value == "" {
		return
	}
	name := p.Param.Value
	switch {
	case p.Excl && p.Names != 0:
		s.add(name+"*", usage.Dynamic, s.span(p.Param))
		return
	case p.Excl:
		s.add("*", usage.Dynamic, s.span(p.Param))
		return
	case !isName(name[0]):
		return
	}
	s.add(name, s.kind(p), s.span(p.Param))
	if p.Exp != nil && (p.Exp.Op == syntax.AssignUnset || p.Exp.Op == syntax.AssignUnsetOrNull) {
		s.assign(name, s.base+int(p.End().Offset()))
	}
}

// kind is that of an expansion, by its operator or by the test it stands in.
func (s *script) kind(p *syntax.ParamExp) usage.Kind {
	if p.Exp != nil {
		switch p.Exp.Op {
		case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
			return usage.Required
		case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull, syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
			return usage.Defaulted
		}
	}
	return s.tested()
}

// tested is the kind of an expansion that stands in a test: of "-z" it is required
// when the script ends then.
func (s *script) tested() usage.Kind {
	const far = 8 // from the expansion to its "if"
	kind := usage.Plain
	empty := false
	for i := len(s.above) - 1; i >= max(0, len(s.above)-far); i-- {
		switch n := s.above[i].(type) {
		case *syntax.UnaryTest:
			if n.Op == syntax.TsEmpStr || n.Op == syntax.TsNempStr {
				kind, empty = usage.Defaulted, n.Op == syntax.TsEmpStr
			}
		case *syntax.CallExpr:
			if op := word(n, 0); op == "[" || op == "test" {
				if flag := word(n, 1); flag == "-z" || flag == "-n" {
					kind, empty = usage.Defaulted, flag == "-z"
				}
			}
		case *syntax.BinaryCmd:
			if kind == usage.Defaulted && empty && n.Op == syntax.AndStmt && endsScript([]*syntax.Stmt{n.Y}) {
				return usage.Required
			}
		case *syntax.IfClause:
			if kind == usage.Defaulted && empty && endsScript(n.Then) {
				return usage.Required
			}
		}
	}
	return kind
}

// endsScript reports whether one of the first statements is an exit, also in braces.
func endsScript(stmts []*syntax.Stmt) bool {
	const most = 16
	for _, stmt := range stmts[:min(most, len(stmts))] {
		switch c := stmt.Cmd.(type) {
		case *syntax.CallExpr:
			if w := word(c, 0); w == "exit" || w == "die" {
				return true
			}
		case *syntax.Block:
			for _, inner := range c.Stmts[:min(most, len(c.Stmts))] {
				if c, ok := inner.Cmd.(*syntax.CallExpr); ok && word(c, 0) == "exit" {
					return true
				}
			}
		}
	}
	return false
}

// word is a word of a command that is all literal, or "".
func word(c *syntax.CallExpr, i int) string {
	if i >= len(c.Args) {
		return ""
	}
	return c.Args[i].Lit()
}

// command reads commands that set or read names.
func (s *script) command(c *syntax.CallExpr) {
	end := s.base + int(c.End().Offset())
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			if a.Name != nil {
				s.assign(a.Name.Value, end)
			}
		}
		return
	}
	switch word(c, 0) {
	case "read", "mapfile", "readarray", "getopts", "let", "unset":
		for i := 1; i < len(c.Args); i++ {
			name, _, _ := strings.Cut(word(c, i), "=")
			if name != "" && !strings.HasPrefix(name, "-") {
				s.assign(name, end)
			}
		}
	case "printf":
		if word(c, 1) == "-v" {
			s.assign(word(c, 2), end)
		}
	case "set":
		s.options(c)
	case "source", ".":
		s.mixed = true
	case "env", "printenv":
		s.environment(c)
	case "envsubst":
		s.substitution(c)
	}
}

// options reads "set -u", "set -euo pipefail" and "set -o nounset".
func (s *script) options(c *syntax.CallExpr) {
	for i := 1; i < len(c.Args); i++ {
		w := word(c, i)
		if strings.HasPrefix(w, "-") && strings.Contains(w, "u") || w == "nounset" && word(c, i-1) != "+o" {
			s.strict = true
		}
	}
}

// environment reads "printenv X", and "env" that prints all.
func (s *script) environment(c *syntax.CallExpr) {
	if len(c.Args) == 1 {
		s.add("", usage.Whole, s.span(c.Args[0]))
		return
	}
	if word(c, 0) != "printenv" {
		return
	}
	for _, a := range c.Args[1:] {
		if name := a.Lit(); name != "" && isName(name[0]) {
			s.add(name, usage.Plain, s.span(a))
		}
	}
}

// substitution reads envsubst, with the names it may use, or all.
func (s *script) substitution(c *syntax.CallExpr) {
	if len(c.Args) == 1 {
		s.add("", usage.Whole, s.span(c.Args[0]))
		return
	}
	for _, a := range c.Args[1:] {
		span := s.span(a)
		if len(a.Parts) != 1 {
			continue
		}
		if _, ok := a.Parts[0].(*syntax.SglQuoted); !ok {
			continue
		}
		for i := span.Start; i < span.End; i++ {
			if s.text[i] == '$' {
				i = s.expansion(i+1, span.End) - 1
			}
		}
	}
}

// declaration reads export, local, declare and the like. "export X" hands on what is
// there; "local X" makes a new one.
func (s *script) declaration(d *syntax.DeclClause) {
	for _, a := range d.Args {
		if a.Name != nil && (!a.Naked || d.Variant.Value != "export") {
			s.assign(a.Name.Value, s.base+int(a.End().Offset()))
		}
	}
}

// arithmetic reads assignments in (( )).
func (s *script) arithmetic(b *syntax.BinaryArithm) {
	if w, ok := b.X.(*syntax.Word); ok && strings.HasSuffix(b.Op.String(), "=") && b.Op != syntax.Eql && b.Op != syntax.Neq && b.Op != syntax.Leq && b.Op != syntax.Geq {
		if name := w.Lit(); name != "" {
			s.assign(name, s.offset(w))
		}
	}
}

// variableTest reads [[ -v X ]].
func (s *script) variableTest(t *syntax.UnaryTest) {
	if w, ok := t.X.(*syntax.Word); ok && t.Op == syntax.TsVarSet {
		if name := w.Lit(); name != "" && isName(name[0]) {
			s.add(name, usage.Defaulted, s.span(w))
		}
	}
}
