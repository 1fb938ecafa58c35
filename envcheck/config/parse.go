package config

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/lazyregexp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const (
	// maxSize is the size in bytes above which a file is refused. A monorepo of
	// a hundred apps needs some 50 KB.
	maxSize = 256 << 10
	// maxDepth is how deep brackets may nest. The parser of HCL calls itself for
	// each, and the deepest form that means anything here is 4.
	maxDepth = 16
	// maxEntries is how many entries a list or a map may have.
	maxEntries = 1000
	// maxDiagnostics is how many mistakes are reported.
	maxDiagnostics = 100
)

// Known are names that [Parse] holds the file's names against. A nil list is not
// checked.
type Known struct {
	// Rules are all rules of the program; the known groups are theirs.
	Rules []*envtight.Rule
	// Platforms are the names of platforms, as in "vercel".
	Platforms []string
	// Loaders are the identifiers of env file loaders, as in "next".
	Loaders []string
}

// Parse reads a configuration. path is where it stands, relative to the root of
// the run; paths in the file count from its directory.
//
// It never fails: what is wrong is in the diagnostics, in order of place, and
// what is right is in the Config, which is never nil. When [HasErrors] of the
// diagnostics, the Config must not be used to judge a repository. Parse evaluates
// nothing, and no diagnostic holds the value of an attribute.
func Parse(path string, src []byte, known Known) (*Config, []envtight.Diagnostic) {
	p := &parser{path: path, src: src, lines: envtight.NewLines(src), known: known}
	config := Default()
	config.Path = path
	if p.admit() {
		if raw := p.read(); raw != nil {
			config = p.convert(raw)
		}
	}
	return config, p.finish()
}

// HasErrors reports whether one of the diagnostics says that a configuration
// cannot be used.
func HasErrors(diagnostics []envtight.Diagnostic) bool {
	return slices.ContainsFunc(diagnostics, func(d envtight.Diagnostic) bool { return d.Severity == envtight.Error })
}

// parser is the state of one Parse.
type parser struct {
	path        string
	src         []byte
	lines       *envtight.Lines
	known       Known
	tokens      hclsyntax.Tokens
	diagnostics []envtight.Diagnostic
	// mistakes counts all, those beyond what is kept included.
	mistakes   int
	references []reference
}

// admit refuses what the parser of HCL must not see: too much of it, brackets so
// deep that its recursion would exhaust the stack, and operators, calls and
// templates, which recurse as well and mean nothing in data.
func (p *parser) admit() bool {
	if len(p.src) > maxSize {
		p.report(ruleSyntax, "", hcl.Range{}, fmt.Sprintf("the file is larger than %d KiB", maxSize>>10), "")
		return false
	}
	if i := bytes.IndexByte(p.src, 0); i >= 0 {
		p.reportSpan(ruleSyntax, "", envtight.Span{Start: i, End: i + 1}, "the file holds a NUL byte: it is not text in UTF-8", "")
		return false
	}
	p.tokens = lex(p.src)
	depth := 0
	for i := range p.tokens {
		token := &p.tokens[i]
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack:
			if depth++; depth > maxDepth {
				p.report(ruleSyntax, "", token.Range, "brackets are nested too deep", "")
				return false
			}
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack:
			depth--
		default:
			if what := expressionTokens[token.Type]; what != "" {
				p.report(ruleNotLiteral, "", token.Range, what+" means nothing here: nothing is evaluated", literalAdvice(token.Type))
			}
		}
	}
	return p.mistakes == 0
}

// expressionTokens are the tokens that only expressions are made of.
var expressionTokens = map[hclsyntax.TokenType]string{
	hclsyntax.TokenOParen: "a function call or a parenthesis", hclsyntax.TokenTemplateInterp: "an interpolation",
	hclsyntax.TokenTemplateControl: "a template directive", hclsyntax.TokenStar: "an operator", hclsyntax.TokenSlash: "an operator",
	hclsyntax.TokenPlus: "an operator", hclsyntax.TokenMinus: "an operator", hclsyntax.TokenPercent: "an operator",
	hclsyntax.TokenEqualOp: "an operator", hclsyntax.TokenNotEqual: "an operator", hclsyntax.TokenLessThan: "an operator",
	hclsyntax.TokenLessThanEq: "an operator", hclsyntax.TokenGreaterThan: "an operator", hclsyntax.TokenGreaterThanEq: "an operator",
	hclsyntax.TokenAnd: "an operator", hclsyntax.TokenOr: "an operator", hclsyntax.TokenBang: "an operator",
	hclsyntax.TokenQuestion: "an operator", hclsyntax.TokenEllipsis: "an operator", hclsyntax.TokenFatArrow: "an operator",
	hclsyntax.TokenDot: "a reference", hclsyntax.TokenDoubleColon: "a reference",
}

func literalAdvice(t hclsyntax.TokenType) string {
	switch t {
	case hclsyntax.TokenTemplateInterp:
		return `write "$${" for the characters themselves`
	case hclsyntax.TokenTemplateControl:
		return `write "%%{" for the characters themselves`
	default:
		return "write the text in quotes"
	}
}

// read parses and decodes the file; nil when it is not HCL.
func (p *parser) read() (raw *rawConfig) {
	defer func() {
		if recover() != nil { // what it says may quote the file
			p.report(ruleSyntax, "", hcl.Range{}, "the file cannot be read: the HCL parser stopped", "this is a bug of envtight: please report it")
			raw = nil
		}
	}()
	file, diagnostics := hclsyntax.ParseConfig(p.src, p.path, hcl.InitialPos)
	p.syntaxes(diagnostics)
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	raw = &rawConfig{}
	if diagnostics.HasErrors() {
		// What a half-read file seems to lack or repeat is no news.
		return nil
	}
	p.decode(node{body: body, broken: new(bool)}, reflect.ValueOf(raw).Elem())
	return raw
}

// syntaxes reports the first mistake in the syntax, and attributes that are set
// twice. What follows from a mistake looks like many more.
func (p *parser) syntaxes(diagnostics hcl.Diagnostics) {
	var first *hcl.Diagnostic
	for _, d := range diagnostics {
		if d.Summary == redefined {
			p.syntax(d)
			continue
		}
		if first == nil || d.Subject != nil && first.Subject != nil && d.Subject.Start.Byte < first.Subject.Start.Byte {
			first = d
		}
	}
	if first != nil {
		p.syntax(first)
	}
}

// redefined is HCL's word for an attribute that is set twice.
const redefined = "Attribute redefined"

// syntax turns a diagnostic of HCL into one of ours. Its detail is dropped: it
// may quote the file.
func (p *parser) syntax(d *hcl.Diagnostic) {
	at := hcl.Range{}
	if d.Subject != nil {
		at = *d.Subject
	}
	if d.Summary == redefined {
		p.report(ruleDuplicate, "", at, "an attribute is set twice in one block", "keep one of them")
		return
	}
	message := "this is not valid syntax"
	if plainWords().MatchString(d.Summary) {
		message = strings.ToLower(d.Summary[:1]) + d.Summary[1:]
	}
	p.report(ruleSyntax, "", at, message, syntaxAdvice[d.Summary])
}

// plainWords matches summaries that quote nothing. All that can come up are
// constants; this keeps it so when HCL changes.
var plainWords = lazyregexp.New(`^[A-Z][a-z]+([ /-][a-z]+)*$`)

// syntaxAdvice is keyed by the summaries of hclsyntax.
var syntaxAdvice = map[string]string{
	"Argument or block definition required":    `write NAME = VALUE, or BLOCK "LABEL" { ... }`,
	"Invalid block definition":                 `write BLOCK "LABEL" { ... }`,
	"Invalid single-argument block definition": "put each attribute on a line of its own",
	"Missing newline after argument":           "put each attribute on a line of its own",
	"Missing item separator":                   "put a comma between the elements of a list",
	"Missing attribute separator":              "put a comma or a line end between the entries of a map",
	"Invalid multi-line string":                "end the string with a quote on the same line",
	"Unterminated template string":             "end the string with a quote",
	"Unclosed configuration block":             "end the block with a brace",
	"Invalid character":                        `write strings in double quotes, comments after "#"`,
	"Invalid expression":                       "write a string in quotes, a number, true, false, a list or a map",
}

// keepDiagnostics is how many are kept before they are sorted and cut.
const keepDiagnostics = 4 * maxDiagnostics

func (p *parser) report(rule *envtight.Rule, block string, at hcl.Range, message, advice string, related ...envtight.Related) {
	p.reportSpan(rule, block, spanOf(at), message, advice, related...)
}

func spanOf(r hcl.Range) envtight.Span { return envtight.Span{Start: r.Start.Byte, End: r.End.Byte} }

func (p *parser) reportSpan(rule *envtight.Rule, block string, at envtight.Span, message, advice string, related ...envtight.Related) {
	p.mistakes++
	if len(p.diagnostics) > keepDiagnostics {
		return // to find the place of each would take time in a hostile file
	}
	p.diagnostics = append(p.diagnostics, envtight.Diagnostic{
		Rule: rule.ID, Severity: rule.Default, Location: p.locate(block, at),
		Message: message, Advice: advice, Related: related,
	})
}

// locate counts lines and columns itself: HCL counts columns in grapheme
// clusters.
func (p *parser) locate(block string, at envtight.Span) envtight.Location {
	return envtight.Location{Kind: envtight.AtConfig, Path: p.path, Block: block, Range: p.lines.Range(at)}
}

func (p *parser) related(at hcl.Range, message string) envtight.Related {
	return envtight.Related{Location: p.locate("", spanOf(at)), Message: message}
}

// finish sorts, drops doubles and bounds what is reported.
func (p *parser) finish() []envtight.Diagnostic {
	p.credentials()
	out := p.diagnostics
	slices.SortStableFunc(out, func(a, b envtight.Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Location.Range.Start.Offset, b.Location.Range.Start.Offset),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Message, b.Message),
		)
	})
	out = slices.CompactFunc(out, func(a, b envtight.Diagnostic) bool {
		return a.Rule == b.Rule && a.Message == b.Message && a.Location.Range == b.Location.Range
	})
	if len(out) > maxDiagnostics {
		last := out[maxDiagnostics-1].Location
		out = append(out[:maxDiagnostics:maxDiagnostics], envtight.Diagnostic{
			Rule: ruleSyntax.ID, Severity: ruleSyntax.Default, Location: last,
			Message: "the file has more mistakes, which are not shown",
		})
	}
	return out
}
