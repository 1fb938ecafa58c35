package railwayfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// object is a value with fields that can be selected.
type object struct {
	name   string // of its type
	fields map[string]field
}

// field computes the value of a field: nil, a string, bool or int, a list
// ([]any), an *object, or anything else that is a custom scalar.
type field struct {
	value    func(args arguments) (any, error)
	nullable bool
}

type arguments map[string]any

func (a arguments) text(name string) string {
	s, _ := a[name].(string)
	return s
}

func (a arguments) flag(name string) bool {
	b, _ := a[name].(bool)
	return b
}

func plain(v any) field { return field{value: func(arguments) (any, error) { return v, nil }} }

func maybe(v any) field {
	f := plain(v)
	f.nullable = true
	return f
}

func computed(f func(args arguments) (any, error)) field { return field{value: f} }

// invalid is a document that the schema does not allow; nothing is executed.
type invalid string

func (e invalid) Error() string { return string(e) }

// execution runs one operation.
type execution struct {
	doc       *ast.QueryDocument
	variables map[string]any
	errors    []map[string]any
}

// run returns data for a selection; ok is false when an error leaves it null.
func (x *execution) run(o *object, selection ast.SelectionSet, path []any) (data *ordered, ok bool, err error) {
	data, ok = &ordered{}, true
	for _, f := range x.collect(o, selection) {
		at := append(slices.Clone(path), f.Alias)
		value, whole, err := x.field(o, f, at)
		if err != nil {
			return nil, false, err
		}
		if !whole {
			ok = false
		}
		data.set(f.Alias, value)
	}
	return data, ok, nil
}

// collect lists the fields of a selection with its fragments, without what
// directives leave out.
func (x *execution) collect(o *object, selection ast.SelectionSet) []*ast.Field {
	var fields []*ast.Field
	for _, s := range selection {
		switch s := s.(type) {
		case *ast.Field:
			if x.included(s.Directives) {
				fields = append(fields, s)
			}
		case *ast.InlineFragment:
			if x.included(s.Directives) && (s.TypeCondition == "" || s.TypeCondition == o.name) {
				fields = append(fields, x.collect(o, s.SelectionSet)...)
			}
		case *ast.FragmentSpread:
			if f := x.doc.Fragments.ForName(s.Name); f != nil && x.included(s.Directives) && f.TypeCondition == o.name {
				fields = append(fields, x.collect(o, f.SelectionSet)...)
			}
		}
	}
	return fields
}

func (x *execution) included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		arg := d.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		on, _ := x.input(arg.Value).(bool)
		if d.Name == "include" && !on || d.Name == "skip" && on {
			return false
		}
	}
	return true
}

func (x *execution) field(o *object, f *ast.Field, path []any) (value any, ok bool, err error) {
	if f.Name == "__typename" {
		return o.name, true, nil
	}
	def, known := o.fields[f.Name]
	if !known {
		return nil, false, invalid(fmt.Sprintf("Cannot query field %q on type %q.", f.Name, o.name))
	}
	args := arguments{}
	for _, a := range f.Arguments {
		args[a.Name] = x.input(a.Value)
	}
	got, failure := def.value(args)
	if failure != nil {
		if bad, is := errors.AsType[invalid](failure); is {
			return nil, false, bad
		}
		x.errors = append(x.errors, map[string]any{
			"message": failure.Error(), "path": path,
			"extensions": map[string]any{"code": "INTERNAL_SERVER_ERROR"},
		})
		return nil, def.nullable, nil
	}
	value, ok, err = x.complete(got, f, path)
	if !ok && def.nullable {
		return nil, err == nil, err
	}
	return value, ok, err
}

func (x *execution) complete(got any, f *ast.Field, path []any) (value any, ok bool, err error) {
	switch got := got.(type) {
	case *object:
		if got == nil {
			return nil, true, nil
		}
		if len(f.SelectionSet) == 0 {
			return nil, false, invalid(fmt.Sprintf("Field %q of type %q must have a selection of subfields.", f.Name, got.name))
		}
		data, ok, err := x.run(got, f.SelectionSet, path)
		if !ok {
			return nil, false, err
		}
		return data, true, nil
	case []any:
		list := make([]any, len(got))
		for i, item := range got {
			v, ok, err := x.complete(item, f, append(slices.Clone(path), i))
			if !ok {
				return nil, false, err
			}
			list[i] = v
		}
		return list, true, nil
	}
	if len(f.SelectionSet) > 0 && got != nil {
		return nil, false, invalid(fmt.Sprintf("Field %q must not have a selection since it has no subfields.", f.Name))
	}
	return got, true, nil
}

// input is the value of an argument.
func (x *execution) input(v *ast.Value) any {
	switch v.Kind {
	case ast.Variable:
		return x.variables[v.Raw]
	case ast.IntValue:
		n, _ := strconv.Atoi(v.Raw)
		return float64(n)
	case ast.FloatValue:
		n, _ := strconv.ParseFloat(v.Raw, 64)
		return n
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.NullValue:
		return nil
	case ast.ListValue:
		list := []any{}
		for _, c := range v.Children {
			list = append(list, x.input(c.Value))
		}
		return list
	case ast.ObjectValue:
		members := map[string]any{}
		for _, c := range v.Children {
			members[c.Name] = x.input(c.Value)
		}
		return members
	}
	return v.Raw
}

// ordered is a JSON object that keeps the order of the selection.
type ordered struct {
	names  []string
	values map[string]any
}

func (o *ordered) set(name string, value any) {
	if o.values == nil {
		o.values = map[string]any{}
	}
	old, there := o.values[name].(*ordered)
	if add, is := value.(*ordered); there && is {
		// The same field selected twice is one field.
		for _, n := range add.names {
			old.set(n, add.values[n])
		}
		return
	}
	if !slices.Contains(o.names, name) {
		o.names = append(o.names, name)
	}
	o.values[name] = value
}

// MarshalJSON writes the members in the order in which they were set.
func (o *ordered) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, name := range o.names {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o.values[name])
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}
