package workflow

import (
	"errors"
	"iter"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/yamldoc"
)

// maxSize is how large a file may be: GitHub takes none that is larger than half.
const maxSize = 1 << 20

// maxNodes bounds what aliases make of a file, which may refer to each other.
const maxNodes = 100_000

// The errors of [Parse], besides those of package yamldoc.
var (
	ErrTooLarge = errors.New("it is larger than any workflow that GitHub runs")
	ErrTooDeep  = errors.New("its aliases make too much of it")
)

// Parse reads a workflow or the description of an action. What is not of the form
// that GitHub takes is passed over. Text must not be changed afterwards.
func Parse(path string, text []byte) (*File, error) {
	if len(text) > maxSize {
		return nil, ErrTooLarge
	}
	doc, err := yamldoc.Parse(text)
	if err != nil {
		return nil, err
	}
	p := &parser{doc: doc, lines: envtight.NewLines(text)}
	file := &File{Path: path, Action: !IsWorkflow(path)}
	if file.Action {
		p.action(file, doc.Root)
	} else {
		p.workflow(file, doc.Root)
	}
	if p.nodes > maxNodes {
		return nil, ErrTooDeep
	}
	return file, nil
}

type parser struct {
	doc         *yamldoc.Document
	lines       *envtight.Lines
	nodes       int
	expressions int
}

// pairs and items are those of package yamldoc, counted: whatever aliases make of
// a file, reading it ends.
func (p *parser) pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for key, value := range yamldoc.Pairs(n) {
			if p.nodes++; p.nodes > maxNodes || !yield(key, value) {
				return
			}
		}
	}
}

func (p *parser) items(n *yaml.Node) iter.Seq[*yaml.Node] {
	return func(yield func(*yaml.Node) bool) {
		for item := range yamldoc.Items(n) {
			if p.nodes++; p.nodes > maxNodes || !yield(item) {
				return
			}
		}
	}
}

func (p *parser) workflow(f *File, root *yaml.Node) {
	for key, value := range p.pairs(root) {
		switch key.Value {
		case "on", "true": // which older YAML takes "on" for
			p.triggers(f, value)
		case "env":
			f.Env = p.block(value)
		case "permissions":
			f.Permissions = p.permissions(value)
		case "jobs":
			for id, job := range p.pairs(value) {
				f.Jobs = append(f.Jobs, p.job(id, job))
			}
		default:
			f.References = p.below(f.References, value)
		}
	}
}

func (p *parser) action(f *File, root *yaml.Node) {
	for key, value := range p.pairs(root) {
		switch key.Value {
		case "inputs":
			f.Call = &Call{Inputs: p.parameters(value)}
		case "runs":
			job := &Job{}
			for key, value := range p.pairs(value) {
				if key.Value == "steps" {
					job.Steps = p.steps(value)
				}
			}
			f.Jobs = append(f.Jobs, job)
		case "outputs":
			f.References = p.below(f.References, value)
		}
	}
}

func (p *parser) triggers(f *File, n *yaml.Node) {
	add := func(name, details *yaml.Node) {
		if yamldoc.IsScalar(name) {
			f.Triggers = append(f.Triggers, Trigger{Name: name.Value, Range: p.rangeOf(name), Types: p.words(yamldoc.Get(details, "types"))})
		}
	}
	add(n, nil)
	for item := range p.items(n) {
		add(item, nil)
	}
	for name, details := range p.pairs(n) {
		add(name, details)
		if name.Value == "workflow_call" {
			f.Call = &Call{Inputs: p.parameters(yamldoc.Get(details, "inputs")), Secrets: p.parameters(yamldoc.Get(details, "secrets"))}
			f.References = p.below(f.References, yamldoc.Get(details, "outputs"))
		}
	}
	if f.Starts("workflow_call") != nil && f.Call == nil {
		f.Call = &Call{}
	}
}

// words reads a text, or a list of texts.
func (p *parser) words(n *yaml.Node) []string {
	var out []string
	if yamldoc.IsScalar(n) {
		out = append(out, n.Value)
	}
	for item := range p.items(n) {
		out = append(out, item.Value)
	}
	return out
}

func (p *parser) parameters(n *yaml.Node) []Parameter {
	var out []Parameter
	for name, details := range p.pairs(n) {
		required := yamldoc.Get(details, "required")
		out = append(out, Parameter{
			Name: name.Value, Range: p.rangeOf(name),
			Required: required != nil && strings.EqualFold(required.Value, "true") && yamldoc.Get(details, "default") == nil,
		})
	}
	return out
}

// permissions reads a word for all of them, or a map.
func (p *parser) permissions(n *yaml.Node) Permissions {
	given := Permissions{Given: true, Writes: yamldoc.IsScalar(n) && n.Value == "write-all"}
	for _, value := range p.pairs(n) {
		given.Writes = given.Writes || value.Value == "write"
	}
	return given
}

func (p *parser) job(id, n *yaml.Node) *Job {
	job := &Job{ID: id.Value, Range: p.rangeOf(id)}
	for key, value := range p.pairs(n) {
		switch key.Value {
		case "needs":
			job.Needs = p.words(value)
		case "if":
			job.If = p.condition(value)
		case "environment":
			job.Environment = p.environment(value)
			job.References = p.below(job.References, value)
		case "continue-on-error":
			job.MayFail = value.Value != "false"
			job.References = p.below(job.References, value)
		case "permissions":
			job.Permissions = p.permissions(value)
		case "env":
			job.Env = p.block(value)
		case "uses":
			job.Uses, job.UsesRange = value.Value, p.rangeOf(value)
		case "with":
			job.With = p.block(value)
		case "secrets":
			job.Inherit = yamldoc.IsScalar(value) && value.Value == "inherit"
			job.Secrets = p.block(value)
		case "steps":
			job.Steps = p.steps(value)
		default:
			job.References = p.below(job.References, value)
		}
	}
	return job
}

// environment reads a name, or a map with a name.
func (p *parser) environment(n *yaml.Node) Environment {
	if n.Kind == yaml.MappingNode {
		n = yamldoc.Get(n, "name")
	}
	if !yamldoc.IsScalar(n) || n.Value == "" {
		return Environment{}
	}
	e := Environment{Name: n.Value, Range: p.rangeOf(n)}
	if strings.Contains(n.Value, "${{") {
		e.Name, e.Dynamic = "", true
	}
	return e
}

func (p *parser) steps(n *yaml.Node) []*Step {
	var out []*Step
	for item := range p.items(n) {
		step := &Step{Range: p.rangeOf(item)}
		for key, value := range p.pairs(item) {
			if step.Range.IsZero() {
				step.Range = p.rangeOf(key)
			}
			switch key.Value {
			case "if":
				step.If = p.condition(value)
			case "uses":
				step.Uses, step.UsesRange = value.Value, p.rangeOf(value)
			case "env":
				step.Env = p.block(value)
			case "with":
				step.With = p.block(value)
			case "continue-on-error":
				step.MayFail = value.Value != "false"
				step.References = p.below(step.References, value)
			case "run":
				step.Run = value.Value
				step.References = p.below(step.References, value)
			default:
				step.References = p.below(step.References, value)
			}
		}
		out = append(out, step)
	}
	return out
}

// block reads a map of names to values.
func (p *parser) block(n *yaml.Node) []Variable {
	var out []Variable
	for name, value := range p.pairs(n) {
		v := Variable{Name: name.Value, Range: p.rangeOf(name), References: p.below(nil, value)}
		if yamldoc.IsScalar(value) {
			v.Text, v.Plain = value.Value, p.plain(value)
		}
		out = append(out, v)
	}
	return out
}

// plain says where what stands outside of the expressions of a scalar is.
func (p *parser) plain(n *yaml.Node) []envtight.Span {
	if strings.TrimSpace(n.Value) == "" {
		return nil
	}
	text := p.doc.Text(n)
	var out []envtight.Span
	for at := 0; at < len(n.Value); {
		open := strings.Index(n.Value[at:], "${{")
		if open < 0 {
			return append(out, text.Span(at, len(strings.TrimRight(n.Value, "\r\n"))))
		}
		if open > 0 {
			out = append(out, text.Span(at, at+open))
		}
		_, at = scan(n.Value, at+open+len("${{"))
	}
	return out
}

// condition reads an "if", which is an expression also without "${{".
func (p *parser) condition(n *yaml.Node) *Condition {
	if !yamldoc.IsScalar(n) {
		return nil
	}
	c := &Condition{Text: n.Value, Range: p.rangeOf(n)}
	if strings.Contains(n.Value, "${{") {
		c.References = p.below(nil, n)
		return c
	}
	found, _ := scan(n.Value, 0)
	c.References = p.place(nil, n, found)
	p.expressions++
	return c
}

// below collects the references in a node and all below it.
func (p *parser) below(out []Reference, n *yaml.Node) []Reference {
	if n == nil || p.nodes > maxNodes {
		return out
	}
	p.nodes++
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.ScalarNode {
		if strings.Contains(n.Value, "${{") {
			found, expressions := mentions(n.Value)
			out = p.place(out, n, found)
			p.expressions += expressions
		}
		return out
	}
	for _, child := range n.Content {
		out = p.below(out, child)
	}
	return out
}

// place says where in the file the references of a scalar stand.
func (p *parser) place(out []Reference, n *yaml.Node, found []mention) []Reference {
	if len(found) == 0 {
		return out
	}
	text := p.doc.Text(n)
	for _, m := range found {
		m.Range = p.lines.Range(text.Span(m.start, m.end))
		m.Expression = p.expressions + m.expression
		out = append(out, m.Reference)
	}
	return out
}

// rangeOf is where a scalar stands, or the first one of other nodes.
func (p *parser) rangeOf(n *yaml.Node) envtight.Range {
	if !yamldoc.IsScalar(n) {
		return envtight.Range{}
	}
	return p.lines.Range(p.doc.Text(n).Whole())
}
