package terraform

import (
	"errors"
	pathpkg "path"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// Errors of files that are not read.
var (
	errSyntax = errors.New("it is no valid HCL")
	errBounds = errors.New("it is larger, or nested deeper, than any file that somebody wrote")
)

// Bounds of what the parser is given: it calls itself for each bracket, each sign
// before an operand, and each part of a condition.
const (
	maxSize       = 1 << 20
	maxDepth      = 128
	maxSigns      = 64
	maxConditions = 1000
)

// Reader finds the variables that resources of Terraform declare. The subject of a
// mention is the address of the resource, followed by the project or repository and
// the environment as far as they are literal: "vercel_project_environment_variable.x
// prj_1/production". The key is the attribute.
//
// Sources: the documentation of the providers vercel/vercel,
// terraform-community-providers/railway, integrations/github and
// cloudflare/cloudflare in the registry of Terraform.
func Reader() usage.Reader {
	return usage.Reader{
		Name:  "Terraform",
		Match: func(path string) bool { return pathpkg.Ext(path) == ".tf" },
		Scan: usage.FileByFile(func(path string, text []byte) (*usage.File, error) {
			mentions, err := parse(text)
			if err != nil {
				return nil, err
			}
			return &usage.File{Path: path, Surface: envtight.OnTerraform, Mentions: mentions}, nil
		}),
	}
}

func parse(text []byte) (mentions []usage.Mention, err error) {
	defer func() {
		if recover() != nil { // the parser's own panics may quote the file
			mentions, err = nil, errSyntax
		}
	}()
	if !admit(text) {
		return nil, errBounds
	}
	file, diagnostics := hclsyntax.ParseConfig(text, "", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return nil, errSyntax
	}
	r := &reader{lines: envtight.NewLines(text), text: text}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.Type == "resource" && len(block.Labels) == 2 {
			r.resource(block)
		}
	}
	slices.SortStableFunc(r.out, func(a, b usage.Mention) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return r.out, nil
}

// admit reports whether the parser may see the text.
func admit(text []byte) bool {
	if len(text) > maxSize {
		return false
	}
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	depth, signs, conditions := 0, 0, 0
	for i := range tokens {
		sign := false
		switch tokens[i].Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			depth--
		case hclsyntax.TokenQuestion:
			conditions++
		case hclsyntax.TokenBang, hclsyntax.TokenMinus:
			sign = true
			signs++
		}
		if !sign {
			signs = 0
		}
		if depth > maxDepth || signs > maxSigns || conditions > maxConditions {
			return false
		}
	}
	return true
}

type reader struct {
	text  []byte
	lines *envtight.Lines
	out   []usage.Mention
}

func (r *reader) resource(block *hclsyntax.Block) {
	kind := block.Labels[0]
	s := scope{each: each(block.Body), subject: kind + "." + block.Labels[1] + place(block.Body)}
	if attribute, ok := single[kind]; ok {
		if a := block.Body.Attributes[attribute]; a != nil {
			r.name(a.Expr, attribute, s)
		}
	}
	if list, ok := lists[kind]; ok {
		if a := block.Body.Attributes[list.attribute]; a != nil {
			r.list(a.Expr, list, s)
		}
		for _, b := range block.Body.Blocks {
			if b.Type == list.attribute {
				if a := b.Body.Attributes[list.name]; a != nil {
					r.name(a.Expr, list.attribute, s)
				}
			}
		}
	}
	if kind == "cloudflare_pages_project" {
		r.pages(block.Body, s)
	}
}

// single are the resources that declare one variable, with the attribute that names
// it.
var single = map[string]string{
	"vercel_project_environment_variable": "key", "vercel_shared_environment_variable": "key",
	"railway_variable": "name", "railway_shared_variable": "name",
	"github_actions_secret": "secret_name", "github_actions_variable": "variable_name",
	"github_actions_environment_secret": "secret_name", "github_actions_environment_variable": "variable_name",
	"github_actions_organization_secret": "secret_name", "github_actions_organization_variable": "variable_name",
	"cloudflare_worker_secret": "name", "cloudflare_workers_secret": "name",
}

// listOf is an attribute, or blocks, with several variables.
type listOf struct{ attribute, name string }

// lists are the resources that declare several variables.
var lists = map[string]listOf{
	"vercel_project_environment_variables": {"variables", "key"}, "vercel_project": {"environment", "key"},
	"railway_variable_collection": {"variables", "name"},
}

// scope is what surrounds a name.
type scope struct {
	subject string
	each    []*literal // the keys of "for_each"; nil when there is none, or none is literal
}

// literal is a literal key.
type literal struct {
	text string
	at   hcl.Range
}

// list takes the names of a list of objects.
func (r *reader) list(e hcl.Expression, list listOf, s scope) {
	items, diagnostics := hcl.ExprList(e)
	if diagnostics.HasErrors() {
		r.unknown(e.Range(), list.attribute, s)
		return
	}
	for _, item := range items {
		name := member(item, list.name)
		if name == nil {
			r.unknown(item.Range(), list.attribute, s)
			continue
		}
		r.name(name, list.attribute, s)
	}
}

// member returns the value of a literal key of an object; nil when there is none.
func member(object hcl.Expression, key string) hcl.Expression {
	pairs, diagnostics := hcl.ExprMap(object)
	if diagnostics.HasErrors() {
		return nil
	}
	for _, pair := range pairs {
		if text, ok := literalOf(pair.Key); ok && text.text == key {
			return pair.Value
		}
	}
	return nil
}

// pages takes the variables of a project of Cloudflare Pages: maps of names, in
// blocks (provider 4) or in an attribute (provider 5).
func (r *reader) pages(body *hclsyntax.Body, s scope) {
	attributes := []string{"environment_variables", "secrets", "env_vars"}
	for _, deployments := range body.Blocks {
		if deployments.Type != "deployment_configs" {
			continue
		}
		for _, environment := range deployments.Body.Blocks {
			for _, name := range attributes {
				if a := environment.Body.Attributes[name]; a != nil {
					r.keys(a.Expr, name, scope{subject: s.subject + "/" + environment.Type})
				}
			}
		}
	}
	if a := body.Attributes["deployment_configs"]; a != nil {
		for _, environment := range []string{"preview", "production"} {
			for _, name := range attributes {
				if config := member(a.Expr, environment); config != nil {
					if variables := member(config, name); variables != nil {
						r.keys(variables, name, scope{subject: s.subject + "/" + environment})
					}
				}
			}
		}
	}
}

// keys takes the keys of a map as names.
func (r *reader) keys(e hcl.Expression, key string, s scope) {
	pairs, diagnostics := hcl.ExprMap(e)
	if diagnostics.HasErrors() {
		r.unknown(e.Range(), key, s)
		return
	}
	for _, pair := range pairs {
		r.name(pair.Key, key, s)
	}
}

// name takes what an expression names.
func (r *reader) name(e hcl.Expression, key string, s scope) {
	if text, ok := literalOf(e); ok {
		r.add(text, key, s)
		return
	}
	if isEach(e) && s.each != nil {
		for _, text := range s.each {
			r.add(text, key, s)
		}
		return
	}
	r.unknown(e.Range(), key, s)
}

func (r *reader) unknown(at hcl.Range, key string, s scope) {
	span := envtight.Span{Start: at.Start.Byte, End: at.End.Byte}
	r.out = append(r.out, usage.Mention{Name: "*", Role: usage.Declares, Subject: s.subject, Key: key, Range: r.lines.Range(span)})
}

func (r *reader) add(text *literal, key string, s scope) {
	span := envtight.Span{Start: text.at.Start.Byte, End: text.at.End.Byte}
	if span.Len() == len(text.text)+2 && r.text[span.Start] == '"' {
		span.Start, span.End = span.Start+1, span.End-1
	}
	r.out = append(r.out, usage.Mention{Name: text.text, Role: usage.Declares, Subject: s.subject, Key: key, Range: r.lines.Range(span)})
}

// literalOf returns the text of an expression that is a string without templates, or
// a bare key of an object. Nothing is evaluated: that has no bound.
func literalOf(e hcl.Expression) (*literal, bool) {
	if key, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		if word := hcl.ExprAsKeyword(e); word != "" {
			return &literal{word, e.Range()}, true
		}
		e = key.Wrapped
	}
	template, ok := e.(*hclsyntax.TemplateExpr)
	if !ok || !template.IsStringLiteral() {
		return nil, false
	}
	value, diagnostics := template.Value(nil)
	if diagnostics.HasErrors() {
		return nil, false
	}
	return &literal{value.AsString(), template.Range()}, true
}

// isEach reports whether an expression is each.key or each.value.
func isEach(e hcl.Expression) bool {
	traversal, diagnostics := hcl.AbsTraversalForExpr(e)
	if diagnostics.HasErrors() || len(traversal) != 2 || traversal.RootName() != "each" {
		return false
	}
	step, ok := traversal[1].(hcl.TraverseAttr)
	return ok && (step.Name == "key" || step.Name == "value")
}

// each returns the literal keys that a resource is repeated for: those of an object,
// or the items of toset([…]). It is nil when one of them is not literal.
func each(body *hclsyntax.Body) []*literal {
	a := body.Attributes["for_each"]
	if a == nil {
		return nil
	}
	var keys []hcl.Expression
	if call, ok := a.Expr.(*hclsyntax.FunctionCallExpr); ok && call.Name == "toset" && len(call.Args) == 1 {
		keys, _ = hcl.ExprList(call.Args[0])
	} else if pairs, diagnostics := hcl.ExprMap(a.Expr); !diagnostics.HasErrors() {
		for _, pair := range pairs {
			keys = append(keys, pair.Key)
		}
	}
	var out []*literal
	for _, key := range keys {
		text, ok := literalOf(key)
		if !ok {
			return nil
		}
		out = append(out, text)
	}
	return out
}

// place says for which project and environment a resource is, as far as that is
// literal.
func place(body *hclsyntax.Body) string {
	out := ""
	for _, attributes := range [][]string{{"project_id", "repository", "service_id", "script_name"}, {"target", "environment", "environment_id"}} {
		for _, name := range attributes {
			a := body.Attributes[name]
			if a == nil {
				continue
			}
			items, diagnostics := hcl.ExprList(a.Expr)
			if diagnostics.HasErrors() {
				items = []hcl.Expression{a.Expr}
			}
			for i, item := range items {
				if text, ok := literalOf(item); ok {
					switch {
					case i > 0:
						out += ","
					case out == "":
						out += " "
					default:
						out += "/"
					}
					out += text.text
				}
			}
		}
	}
	return out
}
