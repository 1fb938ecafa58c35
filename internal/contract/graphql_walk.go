package contract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// walk goes through an answer along the selection that asked for it. gqlparser
// checks documents and variables, not answers.
type walk struct {
	schema   *ast.Schema
	problems []error
}

func (w *walk) fail(path, format string, args ...any) {
	w.problems = append(w.problems, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
}

func (w *walk) object(path string, selection ast.SelectionSet, def *ast.Definition, value any) {
	members, ok := value.(map[string]any)
	if !ok {
		w.fail(path, "%s wanted, an object, not %s", def.Name, kindOf(value))
		return
	}
	if name, ok := members["__typename"].(string); ok && w.schema.Types[name] != nil {
		def = w.schema.Types[name]
	}
	selected := map[string]bool{}
	w.members(path, selection, false, def, members, selected)
	for name := range members {
		if !selected[name] {
			w.fail(path+"."+name, "was not selected")
		}
	}
}

// members checks what a selection asks of an object. optional tells that
// a directive may have left out the whole of it.
func (w *walk) members(path string, selection ast.SelectionSet, optional bool, def *ast.Definition, members map[string]any, selected map[string]bool) {
	for _, s := range selection {
		switch s := s.(type) {
		case *ast.Field:
			selected[s.Alias] = true
			value, there := members[s.Alias]
			switch {
			case there:
				w.value(path+"."+s.Alias, s.Definition.Type, s.SelectionSet, value)
			case !optional && !conditional(s.Directives):
				w.fail(path+"."+s.Alias, "was selected and is missing")
			}
		case *ast.InlineFragment:
			if w.applies(s.TypeCondition, def) {
				w.members(path, s.SelectionSet, optional || conditional(s.Directives), def, members, selected)
			}
		case *ast.FragmentSpread:
			if w.applies(s.Definition.TypeCondition, def) {
				w.members(path, s.Definition.SelectionSet, optional || conditional(s.Directives), def, members, selected)
			}
		}
	}
}

func conditional(directives ast.DirectiveList) bool {
	return directives.ForName("include") != nil || directives.ForName("skip") != nil
}

func (w *walk) applies(condition string, def *ast.Definition) bool {
	if condition == "" || condition == def.Name {
		return true
	}
	of := w.schema.Types[condition]
	return of != nil && slices.Contains(w.schema.GetPossibleTypes(of), def)
}

func (w *walk) value(path string, typ *ast.Type, selection ast.SelectionSet, value any) {
	if value == nil {
		if typ.NonNull {
			w.fail(path, "%s must not be null", typ)
		}
		return
	}
	if typ.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			w.fail(path, "%s wanted, a list, not %s", typ, kindOf(value))
			return
		}
		for i, v := range list {
			w.value(fmt.Sprintf("%s[%d]", path, i), typ.Elem, selection, v)
		}
		return
	}
	def := w.schema.Types[typ.NamedType]
	switch def.Kind {
	case ast.Object, ast.Interface, ast.Union:
		w.object(path, selection, def, value)
	case ast.Enum:
		name, ok := value.(string)
		if !ok || def.EnumValues.ForName(name) == nil {
			w.fail(path, "is none of the values of %s", def.Name)
		}
	case ast.Scalar:
		if !isScalar(def.Name, value) {
			w.fail(path, "%s wanted, not %s", def.Name, kindOf(value))
		}
	}
}

// isScalar checks the scalars that GraphQL itself defines, and dates; the shape
// of other scalars is not in a schema.
func isScalar(name string, value any) bool {
	switch name {
	case "String", "DateTime":
		_, ok := value.(string)
		return ok
	case "ID":
		switch value.(type) {
		case string, json.Number:
			return true
		}
		return false
	case "Boolean":
		_, ok := value.(bool)
		return ok
	case "Float":
		_, ok := value.(json.Number)
		return ok
	case "Int":
		n, ok := value.(json.Number)
		return ok && !strings.ContainsAny(n.String(), ".eE")
	}
	return true
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	}
	return "a number"
}
