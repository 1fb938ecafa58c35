package python

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// sort is what a class is.
type sort uint8

const (
	plainClass  sort = iota
	model            // pydantic's BaseModel, or a dataclass of it
	settings         // pydantic's BaseSettings
	oldSettings      // that of pydantic 1
)

// external are the classes of libraries that matter.
//
// Source: docs.pydantic.dev (Settings Management; v1: Settings management).
func external(module, name string) sort {
	switch {
	case module == "pydantic_settings" && name == "BaseSettings":
		return settings
	case (module == "pydantic" || strings.HasPrefix(module, "pydantic.v1") || module == "pydantic.env_settings") && name == "BaseSettings":
		return oldSettings
	case strings.HasPrefix(module, "pydantic") && (name == "BaseModel" || name == "RootModel") || module == "sqlmodel" && name == "SQLModel":
		return model
	}
	return plainClass
}

// sortOf finds out what a class is, through its bases.
func (p *project) sortOf(c *class) sort {
	if known, ok := p.sorts[c]; ok {
		return known
	}
	p.sorts[c] = plainClass // classes that inherit from one another do not compile
	out := plainClass
	for _, base := range c.bases {
		of, known := p.class(c.path, base)
		if known == nil {
			out = max(out, of)
		} else {
			out = max(out, p.sortOf(known))
		}
	}
	p.sorts[c] = out
	return out
}

// lineage returns the class and those of the repository that it inherits from, the
// nearest first.
func (p *project) lineage(c *class) []*class {
	out := []*class{c}
	for i := 0; i < len(out) && len(out) < maxLineage; i++ {
		for _, base := range out[i].bases {
			if _, known := p.class(out[i].path, base); known != nil && !slices.Contains(out, known) {
				out = append(out, known)
			}
		}
	}
	return out
}

// maxLineage is how many classes one inherits from at most; maxModelDepth how deep
// models are followed into one another, and maxModelFields how many fields of nested
// models one class has.
const (
	maxLineage     = 64
	maxModelDepth  = 6
	maxModelFields = 2000
)

// shape is the configuration that holds for a class.
type shape struct {
	prefix, delimiter, extra string
	files                    []string
	sensitive                bool
	// oddPrefix and generated tell that names are made at run time.
	oddPrefix, generated bool
}

func (p *project) shapeOf(line []*class) shape {
	var out shape
	for _, c := range slices.Backward(line) {
		for key, value := range c.config {
			switch key {
			case "env_prefix":
				out.prefix, out.oddPrefix = value.text(), value.unknown
			case "env_nested_delimiter":
				out.delimiter = value.text()
			case "extra":
				out.extra = value.text()
			case "env_file":
				out.files = nil
				if value.text() != "None" {
					out.files = value.texts
				}
			case "case_sensitive":
				out.sensitive = value.text() == "True"
			case "alias_generator":
				out.generated = value.text() != "None"
			}
		}
	}
	return out
}

func (s shape) spell(name string) string {
	if s.sensitive {
		return name
	}
	return strings.ToUpper(name)
}

// owned is a field and the class it stands in.
type owned struct {
	*field
	class *class
}

// fieldsOf returns the fields of a class with those it inherits; what is nearer hides
// what is further. They are in order of the classes, the furthest first.
func fieldsOf(line []*class) []owned {
	var out []owned
	at := map[string]int{}
	for _, c := range slices.Backward(line) {
		for i := range c.fields {
			f := owned{&c.fields[i], c}
			if old, ok := at[f.name]; ok {
				out[old] = f
				continue
			}
			at[f.name] = len(out)
			out = append(out, f)
		}
	}
	return out
}

// settingsOf works out what a class of settings reads.
func (p *project) settingsOf(c *class) (usage.Settings, []usage.Read) {
	line := p.lineage(c)
	sh := p.shapeOf(line)
	out := usage.Settings{
		Class: c.name, Range: c.at, Prefix: sh.prefix, CaseSensitive: sh.sensitive, Delimiter: sh.delimiter, Extra: sh.extra,
		EnvFiles: sh.files, Undecidable: sh.oddPrefix || sh.generated,
	}
	b := &builder{project: p, class: c, shape: sh, out: &out, old: p.sortOf(c) == oldSettings, scope: usage.ScopeOf(c.path)}
	for _, f := range fieldsOf(line) {
		b.field(f)
	}
	if out.Undecidable {
		pattern := sh.prefix + "*"
		if sh.oddPrefix {
			pattern = "*"
		}
		b.reads = append(b.reads, usage.Read{Name: pattern, Kind: usage.Dynamic, Scope: b.scope, Via: c.name, Range: c.at})
	}
	return out, b.reads
}

// builder gathers what one class of settings reads.
type builder struct {
	project *project
	class   *class
	shape   shape
	out     *usage.Settings
	reads   []usage.Read
	old     bool
	scope   usage.Scope
	nested  int
}

// field adds what one field reads.
func (b *builder) field(f owned) {
	required := !f.defaulted && !(b.old && f.optional)
	out := usage.SettingsField{Name: f.name, Required: required, Path: f.class.path, Range: f.at}
	models := b.models(f)
	kind := usage.Defaulted
	switch {
	case required && len(f.aliases) > 1:
		kind = usage.Plain
	case required && (len(models) == 0 || b.shape.delimiter == ""):
		kind = usage.Required
	}
	names := f.aliases
	switch {
	case f.odd:
		b.out.Undecidable = true
		return
	case len(names) > 0:
	case b.shape.oddPrefix || b.shape.generated:
		return
	default:
		names = []alias{{b.shape.prefix + f.name, f.at}}
	}
	for _, n := range names {
		name := b.shape.spell(n.name)
		out.Names = append(out.Names, name)
		b.read(f.class, name, kind, n.at)
		if b.shape.delimiter != "" {
			for _, m := range models {
				b.model(m, name, required, f, n.at, 0)
			}
		}
	}
	b.out.Fields = append(b.out.Fields, out)
}

// read notes a read. What stands in another file is read where the class is named.
func (b *builder) read(in *class, name string, kind usage.Kind, at envtight.Range) {
	if in.path != b.class.path {
		at = b.class.at
	}
	b.reads = append(b.reads, usage.Read{Name: name, Kind: kind, Scope: b.scope, Via: b.class.name, Range: at})
}

// models are the models that a field's type names.
func (b *builder) models(f owned) []*class {
	var out []*class
	for _, name := range f.types {
		if _, c := b.project.class(f.class.path, name); c != nil && b.project.sortOf(c) == model {
			out = append(out, c)
		}
	}
	return out
}

// model adds the fields of a nested model.
func (b *builder) model(m *class, before string, required bool, of owned, at envtight.Range, depth int) {
	if depth > maxModelDepth {
		return
	}
	for _, f := range fieldsOf(b.project.lineage(m)) {
		if b.nested++; b.nested > maxModelFields {
			b.out.Undecidable = true
			return
		}
		name := f.name
		if len(f.aliases) > 0 {
			name = f.aliases[0].name
		}
		name = before + b.shape.spell(b.shape.delimiter) + b.shape.spell(name)
		needed := required && !f.defaulted
		models := b.models(f)
		kind := usage.Defaulted
		if needed && len(models) == 0 {
			kind = usage.Required
		}
		b.read(of.class, name, kind, at)
		for _, sub := range models {
			b.model(sub, name, needed, of, at, depth+1)
		}
	}
}
