package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/glob"
	"github.com/envtight/envtight/internal/nearest"
)

// reference is a place at which the file names something that must exist.
type reference struct {
	kind    string // of names that must be known: "environment", "rule" ...
	name    string
	pattern bool // patterns are allowed
	what    string
	at      hcl.Range
	node    *node
}

// appReference is a reference to an app, which only discovery can judge.
type appReference struct {
	name     string
	what     string
	location envtight.Location
}

// name notes that a string names something, by the field's tag.
func (p *parser) name(n *node, f field, name string, at hcl.Range) {
	tag, ok := f.Tag.Lookup("names")
	if !ok {
		return
	}
	kind, option, _ := strings.Cut(tag, ",")
	what := f.name
	if f.kind == "label" {
		what = "this block"
	}
	p.references = append(p.references, reference{kind, name, option == "pattern", what, at, n})
}

// namesIn notes the names in an attribute that is a string or a list of them.
func (p *parser) namesIn(n *node, f field, expr hclsyntax.Expression) {
	if list, ok := expr.(*hclsyntax.TupleConsExpr); ok {
		for _, element := range list.Exprs {
			p.namesIn(n, f, element)
		}
		return
	}
	if name, ok := literalString(expr); ok {
		p.name(n, f, name, expr.Range())
	}
}

// resolve holds all names against what is known.
func (p *parser) resolve(environments []string) {
	known := map[string][]string{
		"environment": environments,
		"platform":    p.known.Platforms,
		"loader":      p.known.Loaders,
		"rule":        ruleNames(p.known.Rules),
		"group":       groupNames(p.known.Rules),
	}
	for _, r := range p.references {
		names := known[r.kind]
		if r.kind == "app" || names == nil || isKnown(r, names) {
			continue
		}
		names = harmless(names)
		rule := ruleUnknownName
		if r.kind == "rule" || r.kind == "group" {
			rule = ruleUnknownRule
		}
		message := fmt.Sprintf("%s names an unknown %s%s", r.what, words[r.kind], p.didYouMean(r.name, names))
		p.fail(r.node, rule, r.at, message, listAdvice(r.kind, names))
	}
}

// harmless returns the names that may be shown: some are the file's own.
func harmless(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return shown(name) != name })
}

var words = map[string]string{
	"environment": "environment", "platform": "platform", "loader": "loader of env files", "rule": "rule", "group": "group of rules",
}

func isKnown(r reference, names []string) bool {
	if slices.Contains(names, r.name) {
		return true
	}
	if _, pull := envcheck.PullNumber(r.name); r.kind == "environment" && r.pattern && (pull || r.name == "pr/*") {
		return true // nobody declares the environments of pull requests
	}
	return r.pattern && strings.ContainsAny(r.name, "*?") &&
		slices.ContainsFunc(names, func(name string) bool { return glob.Match(r.name, name) })
}

// maxListed is how many known names an advice lists.
const maxListed = 20

// listAdvice lists known names where they are few.
func listAdvice(kind string, names []string) string {
	switch {
	case kind == "rule":
		return "see: envtight rules"
	case kind == "environment" && len(names) <= maxListed:
		return fmt.Sprintf("known are %s; add a block for another: environment \"NAME\" { branches = [...] }", strings.Join(names, ", "))
	case len(names) == 0 || len(names) > maxListed:
		return ""
	default:
		return "known are " + strings.Join(names, ", ")
	}
}

// ruleNames are the IDs and topics of rules; nil stays nil.
func ruleNames(rules []*envtight.Rule) []string {
	if rules == nil {
		return nil
	}
	names := map[string]bool{}
	for _, r := range append(slices.Clone(rules), envtight.Rules()...) {
		names[r.ID] = true
		names[r.Topic()+"/*"] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func groupNames(rules []*envtight.Rule) []string {
	if rules == nil {
		return nil
	}
	names := map[string]bool{}
	for _, r := range rules {
		if r.Group != "" {
			names[r.Group] = true
		}
	}
	return append([]string{}, slices.Sorted(maps.Keys(names))...)
}

// CheckApps holds the apps that the file names, where it does not define them,
// against those that were discovered. Its diagnostics are in order of place.
func (c *Config) CheckApps(discovered []string) []envtight.Diagnostic {
	names := slices.Clone(discovered)
	for _, app := range c.Apps {
		if app.Path != "" {
			names = append(names, app.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	var out []envtight.Diagnostic
	for _, r := range c.appReferences {
		if isKnown(reference{name: r.name, pattern: true}, names) {
			continue
		}
		names := harmless(names)
		d := envtight.Diagnostic{
			Rule: ruleUnknownName.ID, Severity: ruleUnknownName.Default, Location: r.location,
			Message: fmt.Sprintf("%s names an unknown app%s", r.what, didYouMean(r.name, names)),
		}
		if len(names) > 0 && len(names) <= maxListed {
			d.Advice = "known are " + strings.Join(names, ", ")
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b envtight.Diagnostic) int {
		return cmp.Compare(a.Location.Range.Start.Offset, b.Location.Range.Start.Offset)
	})
	return out
}

// CheckPaths reports the app blocks whose directory gone says is not there, with
// what it adds about that. known are directories that may have been meant.
func (c *Config) CheckPaths(known []string, gone func(path string) (bool, []envtight.Related)) []envtight.Diagnostic {
	var out []envtight.Diagnostic
	for _, app := range c.Apps {
		if app.Path == "" {
			continue
		}
		is, related := gone(app.Path)
		if !is {
			continue
		}
		d := envtight.Diagnostic{
			Rule: ruleAppPathGone.ID, Severity: ruleAppPathGone.Default, Location: app.Location, Related: related,
			Message: "the path of this app is no directory here" + didYouMean(app.Path, harmless(known)),
			Advice:  "correct the path, or remove the block",
		}
		if len(app.Links) > 0 {
			d.Advice += "; what it is linked to may still run, and still have its variables"
		}
		out = append(out, d)
	}
	return out
}

// unknownAttributes reports the attributes of a body that no field is for.
func (p *parser) unknownAttributes(n *node, fields []field) {
	attributes, blocks := namesOf(fields, "attribute"), namesOf(fields, "block")
	for _, name := range slices.Sorted(maps.Keys(n.body.Attributes)) {
		attr := n.body.Attributes[name]
		switch {
		case slices.Contains(attributes, name):
		case slices.Contains(blocks, name):
			p.fail(n, ruleInvalidValue, attr.NameRange, name+" is a block and takes no \"=\"", "write: "+blockExample(name, labelsOf(fields, name)))
		case refusedAttribute(name) && nearest.Name(name, attributes) == "":
			p.fail(n, ruleNotInRepository, attr.Range(), shown(name)+" has no place in a file of the repository", refusedAdvice(name))
		default:
			p.fail(n, ruleUnknownName, attr.NameRange, unknownMessage("attribute", shown(name), n)+p.didYouMean(name, append(attributes, blocks...)), "")
		}
	}
}

func (p *parser) unknownBlock(n *node, fields []field, block *hclsyntax.Block) {
	attributes, blocks := namesOf(fields, "attribute"), namesOf(fields, "block")
	if slices.Contains(attributes, block.Type) {
		p.fail(n, ruleInvalidValue, block.TypeRange, block.Type+" is an attribute, not a block", "write: "+block.Type+" = ...")
		return
	}
	p.fail(n, ruleUnknownName, block.TypeRange, unknownMessage("block", shown(block.Type), n)+p.didYouMean(block.Type, append(blocks, attributes...)), "")
}

func unknownMessage(kind, name string, n *node) string {
	if n.block == nil {
		return fmt.Sprintf("unknown %s %s", kind, name)
	}
	return fmt.Sprintf("unknown %s %s in this %s block", kind, name, n.block.Type)
}

func labelsOf(fields []field, block string) []string {
	for _, f := range fields {
		if f.kind == "block" && f.name == block {
			return namesOf(schemaFields(f.Type.Elem()), "label")
		}
	}
	return nil
}

// didYouMean returns "; did you mean ...?" for the nearest name, or nothing.
func didYouMean(name string, names []string) string {
	if found := nearest.Name(name, names); found != "" {
		return fmt.Sprintf("; did you mean %q?", found)
	}
	return ""
}

// didYouMean compares no more names once far more mistakes are found than are
// shown: a hostile file could make it the work of minutes.
func (p *parser) didYouMean(name string, names []string) string {
	if p.mistakes > 2*maxDiagnostics {
		return ""
	}
	return didYouMean(name, names)
}
