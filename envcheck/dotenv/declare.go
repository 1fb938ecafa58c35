package dotenv

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// Declaration is what an env file says of one name.
type Declaration struct {
	Name string
	// Entry is the assignment that counts: the first live one, else the first
	// commented-out one, else a line with the bare name.
	Entry *Entry
	// Need holds in every environment that Needs does not name.
	Need envtight.Need
	// Needs are exceptions, sorted by environment.
	Needs []EnvironmentNeed
	// Explicit tells that a decorator, a tag or a word says the need, not only
	// whether the assignment is commented out.
	Explicit bool
	// Conditional tells that the need depends on a function that is not
	// evaluated here, as in @required=if(…). Need is then Optional.
	Conditional bool
	// Class is ClassSecret for @sensitive, ClassPublic for @public.
	Class envtight.Class
	// Type is the word of @type, as in "url"; TypeArgs are its arguments.
	Type     string
	TypeArgs string
	// Example is the text of @example.
	Example envtight.Secret
	// Docs are the addresses of @docs.
	Docs []string
	// Description is the text of the comments right above, without decorators.
	Description string
	// Deprecated tells @deprecated; DeprecatedNote is its text.
	Deprecated     bool
	DeprecatedNote string
	// Sample classes the value that the file gives.
	Sample Sample
}

// EnvironmentNeed is the need in one environment, named as in the decorator.
type EnvironmentNeed struct {
	Environment string
	Need        envtight.Need
}

// NeedIn returns the need in an environment that goes by any of the given
// names, compared without case. The first name that a decorator gives counts.
func (d *Declaration) NeedIn(names ...string) envtight.Need {
	for _, name := range names {
		for _, n := range d.Needs {
			if strings.EqualFold(n.Environment, name) {
				return n.Need
			}
		}
	}
	return d.Need
}

// DecoratorIssue is a decorator that says nothing sure. When Name is set, it is
// the subject of Message, which then begins with a verb. Name is the key as
// written, which in a broken file may be a part of a value: see [IsPlainName].
type DecoratorIssue struct {
	Span    envtight.Span
	Name    string
	Message string
	Advice  string
}

// Declarations returns what the file declares, one for each name, in the order
// in which the names first appear. A live name is required and a commented-out
// one optional, unless a decorator, a tag or a trailing comment that begins with
// the word "optional" says otherwise.
//
// Decorators of a name stand in the comment lines right above it, or in its
// trailing comment. A blank line or a divider ("# ---", "# ===") ends such a
// block; in a block above the first name that is ended so, @defaultRequired and
// @defaultSensitive hold for the whole file. @required(prod) makes a name
// optional elsewhere, @optional(dev) leaves the other environments alone,
// @only(prod) forbids it elsewhere.
func (f *File) Declarations() []Declaration {
	out, _ := f.declare()
	return out
}

// DecoratorIssues returns contradictions and probable slips among the
// decorators, in the order of the file.
func (f *File) DecoratorIssues() []DecoratorIssue {
	_, issues := f.declare()
	return issues
}

// rootDefaults are the decorators of the header.
type rootDefaults struct {
	required  string // "", "true", "false", "infer"
	sensitive *Decorator
}

// declarer gathers declarations over the entries of a file.
type declarer struct {
	file   *File
	root   rootDefaults
	seen   map[string]int
	out    []Declaration
	issues []DecoratorIssue
	// pending are the decorators and the text above the next name.
	pending []Decorator
	text    []string
}

func (f *File) declare() ([]Declaration, []DecoratorIssue) {
	d := &declarer{file: f, seen: make(map[string]int)}
	for i := range f.entries {
		e := &f.entries[i]
		switch {
		case e.Kind == Blank:
			d.endBlock()
		case e.Kind == Comment:
			d.comment(e)
		case e.Name != "":
			d.name(e)
		default:
			d.pending, d.text = nil, nil
		}
	}
	d.endBlock()
	return d.out, d.issues
}

func (d *declarer) comment(e *Entry) {
	text := d.file.Comment(e)
	if isDivider(d.file.Reveal(e.Comment)) {
		d.endBlock()
		return
	}
	decorators := d.file.Decorators(e)
	d.check(decorators)
	d.pending = append(d.pending, decorators...)
	if len(decorators) == 0 && text != "" {
		d.text = append(d.text, text)
	}
}

// isDivider recognizes "# ---" and "# ===", which may go on.
func isDivider(comment string) bool {
	text := strings.TrimLeft(comment, "# \t")
	return strings.HasPrefix(text, "---") || strings.HasPrefix(text, "===")
}

// endBlock ends a block of comments that belongs to no name.
func (d *declarer) endBlock() {
	if len(d.out) == 0 {
		for i := range d.pending {
			d.rootDecorator(&d.pending[i])
		}
	}
	d.pending, d.text = nil, nil
}

func (d *declarer) rootDecorator(dec *Decorator) {
	switch dec.Name {
	case "defaultRequired":
		d.root.required = "true"
		if dec.HasValue {
			d.root.required = strings.ToLower(dec.Value.Reveal())
		}
	case "defaultSensitive":
		d.root.sensitive = dec
	}
}

func (d *declarer) name(e *Entry) {
	trailing := d.file.Decorators(e)
	d.check(trailing)
	decorators := slices.Concat(d.pending, trailing)
	for i := range d.pending {
		if len(d.out) == 0 {
			d.rootDecorator(&d.pending[i])
		}
	}
	decl := Declaration{Name: e.Name, Entry: e, Description: strings.Join(d.text, "\n"), Sample: SampleOf(d.file.Value(e))}
	d.pending, d.text = nil, nil
	d.apply(&decl, decorators)
	at, known := d.seen[e.Name]
	switch {
	case !known:
		d.seen[e.Name] = len(d.out)
		d.out = append(d.out, decl)
	case weight(e) > weight(d.out[at].Entry):
		d.out[at] = decl
	}
}

// weight says which of several entries of one name declares it.
func weight(e *Entry) int {
	switch e.Kind {
	case Assignment:
		return 2
	case CommentedOut:
		return 1
	default:
		return 0
	}
}

// apply fills the declaration from its decorators.
func (d *declarer) apply(decl *Declaration, decorators []Decorator) {
	needs := d.needs(decl, decorators)
	d.setNeed(decl, needs)
	var sensitive, public *Decorator
	for i := range decorators {
		dec := &decorators[i]
		value := dec.Value.Reveal()
		off := strings.EqualFold(value, "false")
		switch dec.Name {
		case "sensitive":
			if off {
				public = dec
			} else {
				sensitive = dec
			}
		case "public":
			if off {
				sensitive = dec
			} else {
				public = dec
			}
		case "type":
			decl.Type, decl.TypeArgs, _ = strings.Cut(value, "(")
			decl.TypeArgs = strings.TrimSuffix(decl.TypeArgs, ")")
		case "example":
			decl.Example = dec.Value
		case "docs", "docsUrl":
			if args := dec.arguments(); len(args) > 0 {
				decl.Docs = append(decl.Docs, args[len(args)-1])
			}
		case "deprecated":
			decl.Deprecated = !off
			if value != "" && !off && !strings.EqualFold(value, "true") {
				decl.DeprecatedNote = value
			}
		}
	}
	switch {
	case sensitive != nil && public != nil:
		d.issue(later(sensitive, public), decl.Name, "is both @sensitive and @public", "keep the one that is meant")
		decl.Class = envtight.ClassSecret
	case sensitive != nil:
		decl.Class = envtight.ClassSecret
	case public != nil:
		decl.Class = envtight.ClassPublic
	default:
		decl.Class = d.root.class(decl.Name)
	}
}

func later(a, b *Decorator) envtight.Span {
	if b.Span.Start > a.Span.Start {
		return b.Span
	}
	return a.Span
}

// class returns what @defaultSensitive says of a name.
func (r *rootDefaults) class(name string) envtight.Class {
	if r.sensitive == nil {
		return envtight.ClassUnknown
	}
	value := r.sensitive.Value.Reveal()
	switch fn, arg, isCall := strings.Cut(value, "("); {
	case isCall && strings.EqualFold(fn, "inferFromPrefix"):
		if prefix := unquote(strings.TrimSuffix(arg, ")")); prefix != "" && strings.HasPrefix(name, prefix) {
			return envtight.ClassPublic
		}
		return envtight.ClassSecret
	case strings.EqualFold(value, "false"):
		return envtight.ClassPublic
	case value == "" || strings.EqualFold(value, "true"):
		return envtight.ClassSecret
	default:
		return envtight.ClassUnknown
	}
}

func (d *declarer) issue(span envtight.Span, name, message, advice string) {
	d.issues = append(d.issues, DecoratorIssue{Span: span, Name: name, Message: message, Advice: advice})
}

// check reports decorators that are probably slips.
func (d *declarer) check(decorators []Decorator) {
	for i := range decorators {
		dec := &decorators[i]
		if _, known := knownDecorators[dec.Name]; known {
			continue
		}
		if meant := suggest(dec.Name); meant != "" {
			d.issue(dec.Span, "", "unknown decorator @"+dec.Name, "did you mean @"+meant+"?")
		}
	}
}

// sortNeeds orders exceptions and drops doubles; the first one of an
// environment wins.
func sortNeeds(needs []EnvironmentNeed) []EnvironmentNeed {
	slices.SortStableFunc(needs, func(a, b EnvironmentNeed) int {
		return strings.Compare(strings.ToLower(a.Environment), strings.ToLower(b.Environment))
	})
	return slices.CompactFunc(needs, func(a, b EnvironmentNeed) bool {
		return strings.EqualFold(a.Environment, b.Environment)
	})
}
