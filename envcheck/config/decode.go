package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/envtight/envtight"
)

// node is embedded in every struct of the schema and says where it was read.
type node struct {
	body *hclsyntax.Body
	// block is nil for the file as a whole.
	block   *hclsyntax.Block
	address string
	// broken is shared by the copies of the node and tells that something in
	// the block, its children aside, was reported.
	broken *bool
}

func (n *node) at() *node { return n }

// header is the range of a block's type and labels; of the file, its beginning.
func (n *node) header() hcl.Range {
	if n.block == nil {
		return hcl.Range{}
	}
	return n.block.DefRange()
}

// attribute returns nil when the block has none of that name.
func (n *node) attribute(name string) *hclsyntax.Attribute { return n.body.Attributes[name] }

// field is one field of a struct of the schema, from its tags.
type field struct {
	reflect.StructField
	name     string
	kind     string // "attribute", "block" or "label"
	required bool
}

// schemaFields lists the fields of a struct of the schema, in order.
func schemaFields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := field{StructField: t.Field(i), kind: "attribute"}
		tag, ok := f.Tag.Lookup("hcl")
		if !ok {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		f.name = name
		f.required = option == ""
		if option == "block" || option == "label" {
			f.kind = option
		}
		out = append(out, f)
	}
	return out
}

func namesOf(fields []field, kind string) []string {
	var out []string
	for _, f := range fields {
		if f.kind == kind {
			out = append(out, f.name)
		}
	}
	return out
}

// schemaNode is what every struct of the schema is through its node.
type schemaNode interface{ at() *node }

// decode fills a struct of the schema from a body. Fields whose attribute is
// absent or wrong keep their zero value.
func (p *parser) decode(n node, into reflect.Value) {
	fields := schemaFields(into.Type())
	self := into.Addr().Interface().(schemaNode).at()
	*self = n
	p.unknownAttributes(self, fields)
	for _, f := range fields {
		switch f.kind {
		case "label":
			p.label(self, fields, f, into.FieldByIndex(f.Index))
		case "attribute":
			p.attribute(self, f, into.FieldByIndex(f.Index))
		}
	}
	p.blocks(self, fields, into)
}

func (p *parser) label(n *node, fields []field, f field, into reflect.Value) {
	labels := namesOf(fields, "label")
	i := slices.Index(labels, f.name)
	if i >= len(n.block.Labels) {
		return // reported with the block
	}
	into.SetString(n.block.Labels[i])
	at := n.block.LabelRanges[i]
	if strings.TrimSpace(n.block.Labels[i]) == "" {
		p.fail(n, ruleInvalidValue, at, fmt.Sprintf("the %s of this %s block is empty", f.name, n.block.Type), "")
		return
	}
	p.validate(n, f, into, func(int) hcl.Range { return at }, fmt.Sprintf("the %s of this %s block", f.name, n.block.Type))
	p.name(n, f, n.block.Labels[i], at)
}

func (p *parser) attribute(n *node, f field, into reflect.Value) {
	attr := n.attribute(f.name)
	if attr == nil {
		if f.required {
			p.missing(n, f)
		}
		return
	}
	if !p.literal(n, attr.Expr) {
		return
	}
	if f.Type == reflect.TypeFor[hcl.Expression]() {
		into.Set(reflect.ValueOf(attr.Expr))
		return
	}
	before := p.mistakes
	p.value(n, f, attr.Expr, into)
	if p.mistakes != before {
		return
	}
	p.validate(n, f, into, func(i int) hcl.Range { return elementRange(attr.Expr, i) }, f.name)
	p.namesIn(n, f, attr.Expr)
}

func (p *parser) missing(n *node, f field) {
	where := "the file"
	if n.block != nil {
		where = "this " + n.block.Type + " block"
	}
	message := fmt.Sprintf("%s has no %s", where, f.name)
	if n.block != nil && n.block.Type == "suppress" {
		p.fail(n, ruleInvalidSuppression, n.header(), message+", so it suppresses nothing", "add: "+exampleOf(f))
		return
	}
	p.fail(n, ruleMissingValue, n.header(), message, "add: "+exampleOf(f))
}

// exampleOf is a line that would set an attribute.
func exampleOf(f field) string {
	switch f.name {
	case "version":
		return fmt.Sprintf("version = %d", Version)
	case "severity":
		return `severity = "warning"`
	default:
		return f.name + ` = "..."`
	}
}

// value decodes a literal. What it reports never quotes the literal.
func (p *parser) value(n *node, f field, expr hclsyntax.Expression, into reflect.Value) {
	switch into.Kind() {
	case reflect.Slice:
		list, ok := expr.(*hclsyntax.TupleConsExpr)
		if !ok {
			p.wrongType(n, f, expr)
			return
		}
		if len(list.Exprs) > maxEntries {
			p.tooMany(n, f, expr)
			return
		}
		out := reflect.MakeSlice(into.Type(), len(list.Exprs), len(list.Exprs))
		for i, element := range list.Exprs {
			p.value(n, f, element, out.Index(i))
		}
		into.Set(out)
	case reflect.Map:
		out := reflect.MakeMap(into.Type())
		ok := p.pairs(n, f, expr, func(key string, _ hcl.Range, value hclsyntax.Expression) {
			element := reflect.New(into.Type().Elem()).Elem()
			p.value(n, f, value, element)
			out.SetMapIndex(reflect.ValueOf(key), element)
		})
		if ok {
			into.Set(out)
		}
	case reflect.Pointer:
		target := reflect.New(into.Type().Elem())
		p.value(n, f, expr, target.Elem())
		into.Set(target)
	default:
		p.scalar(n, f, expr, into)
	}
}

// scalar decodes a string, number or boolean. gohcl would turn "true" into
// a boolean and 5 into a string; here a value has the type that is written.
func (p *parser) scalar(n *node, f field, expr hclsyntax.Expression, into reflect.Value) {
	want := map[reflect.Kind]cty.Type{reflect.String: cty.String, reflect.Bool: cty.Bool, reflect.Int: cty.Number}[into.Kind()]
	value, _ := expr.Value(nil)
	if value.IsNull() || value.Type() != want {
		p.wrongType(n, f, expr)
		return
	}
	if gohcl.DecodeExpression(expr, nil, into.Addr().Interface()).HasErrors() {
		p.wrongType(n, f, expr)
	}
}

// pairs walks the keys of an object in order; double keys are reported and
// skipped. It returns false when expr is no object.
func (p *parser) pairs(n *node, f field, expr hclsyntax.Expression, yield func(string, hcl.Range, hclsyntax.Expression)) bool {
	object, ok := expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		p.wrongType(n, f, expr)
		return false
	}
	if len(object.Items) > maxEntries {
		p.tooMany(n, f, expr)
		return false
	}
	seen := map[string]hcl.Range{}
	for _, item := range object.Items {
		key, _ := item.KeyExpr.Value(nil)
		at := item.KeyExpr.Range()
		if key.IsNull() || key.Type() != cty.String {
			p.fail(n, ruleInvalidValue, at, "a key in "+f.name+" is not a name", "write it in quotes")
			continue
		}
		if first, ok := seen[key.AsString()]; ok {
			p.fail(n, ruleDuplicate, at, "a key stands twice in "+f.name, "keep one of them", p.related(first, "first here"))
			continue
		}
		seen[key.AsString()] = at
		yield(key.AsString(), at, item.ValueExpr)
	}
	return true
}

func (p *parser) wrongType(n *node, f field, expr hclsyntax.Expression) {
	p.fail(n, ruleInvalidValue, expr.Range(), fmt.Sprintf("%s must be a %s", f.name, f.form()), "")
}

func (p *parser) tooMany(n *node, f field, expr hclsyntax.Expression) {
	p.fail(n, ruleInvalidValue, expr.Range(), fmt.Sprintf("%s has more than %d entries", f.name, maxEntries), "")
}

// form says in words what a field takes.
func (f *field) form() string {
	if form := f.Tag.Get("form"); form != "" {
		return form
	}
	return formOf(f.Type)
}

func formOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "list of " + formOf(t.Elem()) + "s"
	case reflect.Map:
		element := formOf(t.Elem())
		if list, ok := strings.CutPrefix(element, "list of "); ok {
			return "map of lists of " + list
		}
		return "map of " + element + "s"
	case reflect.Pointer:
		return formOf(t.Elem())
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "whole number"
	default:
		return "string"
	}
}

// elementRange is the range of an element of a list, or of the whole for other
// expressions and for i < 0.
func elementRange(expr hclsyntax.Expression, i int) hcl.Range {
	if list, ok := expr.(*hclsyntax.TupleConsExpr); ok && i >= 0 && i < len(list.Exprs) {
		return list.Exprs[i].Range()
	}
	return expr.Range()
}

// literal reports whether an expression is made of literals only, and says where
// it is not.
func (p *parser) literal(n *node, expr hclsyntax.Expression) bool {
	advice := "write a string in quotes, a number, true, false, a list or a map of those"
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		if !e.Val.IsNull() {
			return true
		}
		advice = "leave the attribute out"
	case *hclsyntax.TemplateExpr:
		if !slices.ContainsFunc(e.Parts, func(part hclsyntax.Expression) bool { _, ok := part.(*hclsyntax.LiteralValueExpr); return !ok }) {
			return true
		}
	case *hclsyntax.TupleConsExpr:
		for _, element := range e.Exprs {
			if !p.literal(n, element) {
				return false
			}
		}
		return true
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			if !p.literalKey(n, item.KeyExpr) || !p.literal(n, item.ValueExpr) {
				return false
			}
		}
		return true
	}
	p.fail(n, ruleNotLiteral, expr.Range(), "this is not a literal, and nothing is evaluated here", advice)
	return false
}

func (p *parser) literalKey(n *node, expr hclsyntax.Expression) bool {
	key, ok := expr.(*hclsyntax.ObjectConsKeyExpr)
	if ok && !key.ForceNonLiteral && hcl.ExprAsKeyword(key.Wrapped) != "" {
		return true
	}
	if ok {
		expr = key.Wrapped
	}
	return p.literal(n, expr)
}

// blocks decodes the blocks of a body.
func (p *parser) blocks(n *node, fields []field, into reflect.Value) {
	for _, block := range n.body.Blocks {
		i := slices.IndexFunc(fields, func(f field) bool { return f.kind == "block" && f.name == block.Type })
		if i < 0 {
			p.unknownBlock(n, fields, block)
			continue
		}
		f := fields[i]
		labels := namesOf(schemaFields(f.Type.Elem()), "label")
		if len(block.Labels) != len(labels) {
			p.fail(n, ruleInvalidValue, block.DefRange(), labelMessage(block.Type, labels), "write: "+blockExample(block.Type, labels))
			continue
		}
		element := reflect.New(f.Type.Elem()).Elem()
		p.decode(node{body: block.Body, block: block, address: address(n.address, block), broken: new(bool)}, element)
		slice := into.FieldByIndex(f.Index)
		slice.Set(reflect.Append(slice, element))
	}
}

func labelMessage(block string, labels []string) string {
	if len(labels) == 0 {
		return block + " blocks have no label"
	}
	return fmt.Sprintf("%s blocks have one label, the %s", block, labels[0])
}

func blockExample(block string, labels []string) string {
	for _, label := range labels {
		block += fmt.Sprintf(" %q", strings.ToUpper(label))
	}
	return block + " { ... }"
}

// address names a block for people, as in `app "web" platform "vercel"`.
func address(parent string, block *hclsyntax.Block) string {
	out := block.Type
	for _, label := range block.Labels {
		out += fmt.Sprintf(" %q", shown(label))
	}
	return strings.TrimPrefix(parent+" "+out, " ")
}

// fail reports and marks the block.
func (p *parser) fail(n *node, rule *envtight.Rule, at hcl.Range, message, advice string, related ...envtight.Related) {
	*n.broken = true
	p.report(rule, n.address, at, message, advice, related...)
}
