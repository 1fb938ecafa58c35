package turbo

import (
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/document"
)

// Config is one turbo.json or turbo.jsonc.
type Config struct {
	Path string
	// Old tells that the tasks stand under "pipeline", so that turbo 1 reads it.
	Old bool
	// Extends are the packages whose configuration it adds to; "//" is the root.
	// Nil marks the configuration of a root.
	Extends []string
	// Loose tells that tasks see the whole environment ("envMode": "loose").
	Loose bool
	// GlobalEnv and GlobalPassThrough are for all tasks.
	GlobalEnv, GlobalPassThrough List
	// GlobalInputs are the globs of files that count for the hash of every task.
	GlobalInputs List
	// Tasks are in the order of the file.
	Tasks []Task
}

// Task is one entry of "tasks".
type Task struct {
	// Name is as in the file: "build", "web#build", "//#build".
	Name string
	// Path and Range are where the name stands.
	Path  string
	Range envtight.Range
	// Fresh tells that it inherits nothing ("extends": false).
	Fresh bool
	// Uncached tells that its results are not kept ("cache": false).
	Uncached         bool
	Env, PassThrough List
	// Inputs are the globs of files that count for its hash. Where it is not set,
	// all files of the package that git knows do.
	Inputs List
}

// List is a list of patterns or globs.
type List struct {
	// Set tells that the file has it, possibly empty.
	Set bool
	// Adds tells that it adds to what it inherits ("$TURBO_EXTENDS$").
	Adds    bool
	Entries []Entry
}

// Entry is one string of a [List].
type Entry struct {
	Pattern Pattern
	// Key is the attribute it stands in, and Task the task, empty for those of all.
	Key, Task string
	// Path is the file.
	Path  string
	Range envtight.Range
}

// Parse reads a configuration. The error is one of package document.
func Parse(path string, text []byte) (*Config, error) {
	d, err := document.ParseJSON(text)
	if err != nil {
		return nil, err
	}
	p := &parser{d: d, c: &Config{Path: path}}
	p.root(d.Root())
	return p.c, nil
}

type parser struct {
	d *document.Document
	c *Config
}

func (p *parser) root(root *document.Node) {
	if extends := root.Get("extends"); extends != nil {
		p.c.Extends = []string{}
		for _, item := range extends.Strings() {
			p.c.Extends = append(p.c.Extends, item.Text)
		}
	}
	// "global" holds the same under shorter names, since turbo 2.9.
	global := root.Get("global")
	p.c.Loose = root.Get("envMode").String() == "loose" || global.Get("envMode").String() == "loose"
	p.c.GlobalEnv = p.either(root, "globalEnv", global, "env")
	p.c.GlobalPassThrough = p.either(root, "globalPassThroughEnv", global, "passThroughEnv")
	p.c.GlobalInputs = p.either(root, "globalDependencies", global, "inputs")
	// "globalDotEnv" of turbo 1 names files beside them.
	p.c.GlobalInputs.Entries = append(p.c.GlobalInputs.Entries, p.list(root, "globalDotEnv", "").Entries...)
	tasks := root.Get("tasks")
	if tasks == nil {
		tasks = root.Get("pipeline")
		p.c.Old = tasks != nil
	}
	for _, member := range tasks.Fields() {
		p.c.Tasks = append(p.c.Tasks, p.task(member))
	}
}

func (p *parser) task(m document.Member) Task {
	t := Task{Name: m.Key.Text, Path: p.c.Path, Range: p.d.RangeOf(m.Key)}
	t.Fresh = isFalse(m.Value.Get("extends"))
	t.Uncached = isFalse(m.Value.Get("cache"))
	t.Env = p.list(m.Value, "env", t.Name)
	t.PassThrough = p.list(m.Value, "passThroughEnv", t.Name)
	t.Inputs = p.list(m.Value, "inputs", t.Name)
	// "dotEnv" of turbo 1 names files beside the inputs.
	t.Inputs.Entries = append(t.Inputs.Entries, p.list(m.Value, "dotEnv", t.Name).Entries...)
	return t
}

func isFalse(n *document.Node) bool {
	return n != nil && n.Kind == document.Scalar && n.Text == "false"
}

func (p *parser) either(a *document.Node, keyA string, b *document.Node, keyB string) List {
	if list := p.list(a, keyA, ""); list.Set {
		return list
	}
	return p.list(b, keyB, "")
}

// inherits marks a list that adds to what it inherits.
const inherits = "$TURBO_EXTENDS$"

func (p *parser) list(of *document.Node, key, task string) List {
	n := of.Get(key)
	if n == nil || n.Kind == document.Null {
		return List{}
	}
	l := List{Set: true}
	for _, item := range n.Items {
		for _, text := range texts(item) {
			if text.Text == inherits {
				l.Adds = true
				continue
			}
			l.Entries = append(l.Entries, Entry{Pattern: Pattern(text.Text), Key: key, Task: task, Path: p.c.Path, Range: p.d.RangeOf(text)})
		}
	}
	return l
}

// texts are the strings of an entry: itself, or the globs of a structured input.
func texts(item *document.Node) []*document.Node {
	if item.Kind == document.String {
		return []*document.Node{item}
	}
	return item.Get("globs").Strings()
}

// task returns the entry of a name; nil when there is none.
func (c *Config) task(name string) *Task {
	i := slices.IndexFunc(c.Tasks, func(t Task) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Tasks[i]
}

// isConfig reports whether a base name is that of a configuration.
func isConfig(base string) bool { return base == "turbo.json" || base == "turbo.jsonc" }

// baseName returns the last part of a path.
func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
