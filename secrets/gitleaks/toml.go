package gitleaks

import (
	"errors"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/envtight/envtight"
)

// value is a value of a TOML file with its place.
type value struct {
	kind kind
	// at is the value, or for tables and lists what they are called: the parser
	// knows no more of these.
	at envtight.Span
	// text is the text of a string; number, fraction and truth are what stands
	// there otherwise.
	text     string
	number   int64
	fraction float64
	truth    bool
	items    []*value
	table    *table
}

type kind uint8

const (
	isText kind = iota
	isNumber
	isFraction
	isTruth
	isDate
	isList
	isTable
)

// table is the keys of a table in the order in which they come first.
type table struct {
	entries []*entry
	byName  map[string]*entry // nil while there are few
}

// entry is a key of a table. Names differ; they may still be the same to
// gitleaks, which does not look at their case.
type entry struct {
	name  string
	at    envtight.Span
	value *value
}

func newTable(at envtight.Span) *value {
	return &value{kind: isTable, at: at, table: &table{}}
}

// fewEntries is how many keys are sooner compared than hashed. Most tables have
// no more.
const fewEntries = 16

func (t *table) add(name string, at envtight.Span, v *value) *entry {
	e := &entry{name: name, at: at, value: v}
	t.entries = append(t.entries, e)
	switch {
	case t.byName != nil:
		t.byName[name] = e
	case len(t.entries) > fewEntries:
		t.byName = make(map[string]*entry, 2*fewEntries)
		for _, e := range t.entries {
			t.byName[e.name] = e
		}
	}
	return e
}

// find returns the entry of a name; nil when there is none.
func (t *table) find(name string) *entry {
	if t.byName != nil {
		return t.byName[name]
	}
	for _, e := range t.entries {
		if e.name == name {
			return e
		}
	}
	return nil
}

// tomlError says where a text is no TOML, without quoting it.
type tomlError struct {
	at      envtight.Span
	message string
}

func (e *tomlError) Error() string { return e.message }

// parseTOML reads a text that nobody has checked. What it accepts and what it
// makes of it is what go-toml's own decoder accepts and makes, which gitleaks
// uses; that one gives no places.
func parseTOML(text []byte) (*table, *tomlError) {
	var discarded map[string]any
	err := toml.Unmarshal(text, &discarded)
	if wrong := (*toml.DecodeError)(nil); errors.As(err, &wrong) {
		line, column := wrong.Position()
		return nil, &tomlError{spanAt(text, line, column), complaint(wrong.Error())}
	} else if err != nil {
		return nil, &tomlError{envtight.Span{}, complaint(err.Error())}
	}
	root, ok := treeOf(text)
	if !ok {
		return nil, &tomlError{envtight.Span{}, complaint("")}
	}
	return root, nil
}

// complaint turns a message of go-toml, which may quote the file, into ours.
func complaint(message string) string {
	if strings.Contains(message, "already") {
		return "this is defined a second time"
	}
	return "this is not TOML"
}

func spanAt(text []byte, line, column int) envtight.Span {
	lines := envtight.NewLines(text)
	within := lines.Span(max(1, min(line, lines.Count())))
	start := min(within.Start+max(0, column-1), within.End)
	return envtight.Span{Start: start, End: within.End}
}

// treeOf reads a text that is valid TOML, and reports whether it is; it does
// not see everything that is wrong.
func treeOf(text []byte) (root *table, ok bool) {
	var p unstable.Parser
	p.Reset(text)
	b := builder{parser: &p}
	top := newTable(envtight.Span{})
	current := top
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			current = b.header(top, e)
		case unstable.KeyValue:
			b.assign(current, e)
		default:
			b.fail()
		}
		if b.failed {
			return nil, false
		}
	}
	return top.table, p.Error() == nil
}

// builder makes values of what the parser gives. Once failed, its results mean
// nothing.
type builder struct {
	parser *unstable.Parser
	failed bool
}

// fail returns an empty table, so that callers need not ask.
func (b *builder) fail() *value {
	b.failed = true
	return newTable(envtight.Span{})
}

func spanOf(n *unstable.Node) envtight.Span {
	return envtight.Span{Start: int(n.Raw.Offset), End: int(n.Raw.Offset) + int(n.Raw.Length)}
}

// header returns the table that a line in brackets begins.
func (b *builder) header(top *value, e *unstable.Node) *value {
	at := top
	keys := e.Key()
	for keys.Next() {
		key := keys.Node()
		name := string(key.Data)
		switch {
		case !keys.IsLast() || e.Kind == unstable.Table:
			at = b.enter(at, name, spanOf(key))
		default:
			at = b.appendTable(at, name, spanOf(key))
		}
	}
	return at
}

// enter returns the table of a name, made when it is not there; of a list of
// tables the last one.
func (b *builder) enter(in *value, name string, at envtight.Span) *value {
	if in.kind != isTable {
		return b.fail()
	}
	e := in.table.find(name)
	if e == nil {
		out := newTable(at)
		in.table.add(name, at, out)
		return out
	}
	switch {
	case e.value.kind == isTable:
		return e.value
	case e.value.kind == isList && len(e.value.items) > 0:
		return e.value.items[len(e.value.items)-1]
	default:
		return b.fail()
	}
}

func (b *builder) appendTable(in *value, name string, at envtight.Span) *value {
	if in.kind != isTable {
		return b.fail()
	}
	e := in.table.find(name)
	if e == nil {
		e = in.table.add(name, at, &value{kind: isList, at: at})
	}
	if e.value.kind != isList {
		return b.fail()
	}
	out := newTable(at)
	e.value.items = append(e.value.items, out)
	return out
}

// assign puts "key = value" into a table.
func (b *builder) assign(in *value, e *unstable.Node) {
	keys := e.Key()
	for keys.Next() {
		key := keys.Node()
		name := string(key.Data)
		if !keys.IsLast() {
			in = b.enter(in, name, spanOf(key))
			continue
		}
		if in.kind != isTable || in.table.find(name) != nil {
			b.fail()
			return
		}
		in.table.add(name, spanOf(key), b.value(e.Value(), spanOf(key)))
	}
}

// value reads what stands behind a key.
func (b *builder) value(n *unstable.Node, key envtight.Span) *value {
	v := &value{at: spanOf(n)}
	switch n.Kind {
	case unstable.String:
		v.text = string(n.Data)
	case unstable.Integer:
		v.kind = isNumber
		v.number = b.number(string(n.Data))
	case unstable.Float:
		v.kind = isFraction
		v.fraction = b.fraction(string(n.Data))
	case unstable.Bool:
		v.kind, v.truth = isTruth, len(n.Data) > 0 && n.Data[0] == 't'
	case unstable.Array:
		v.kind, v.at = isList, key
		for items := n.Children(); items.Next(); {
			v.items = append(v.items, b.value(items.Node(), key))
		}
	case unstable.InlineTable:
		v = newTable(key)
		for pairs := n.Children(); pairs.Next(); {
			b.assign(v, pairs.Node())
		}
	default:
		v.kind = isDate
	}
	return v
}

func (b *builder) number(text string) int64 {
	n, err := strconv.ParseInt(text, 0, 64)
	b.failed = b.failed || err != nil
	return n
}

func (b *builder) fraction(text string) float64 {
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	// Out of range is infinity, as in go-toml.
	b.failed = b.failed || err != nil && !errors.Is(err, strconv.ErrRange)
	return f
}
