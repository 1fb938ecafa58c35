package golang

import (
	"go/ast"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/usage"
)

// maxNesting is how deep structs are followed into one another, and maxFields how many
// fields of nested structs one struct has.
const (
	maxNesting = 8
	maxFields  = 2000
)

// readTags notes what the tags of the file's structs ask for. A struct that another
// one holds under a prefix is read there only.
//
// Sources: github.com/caarlos0/env (env, envDefault, envPrefix),
// github.com/kelseyhightower/envconfig (envconfig, required, default, split_words),
// github.com/sethvargo/go-envconfig (env with options), github.com/ilyakaznacheev/cleanenv
// (env, env-default, env-required, env-prefix).
func (v *finder) readTags() {
	held := v.pkg.held()
	prefix := v.pkg.prefix()
	for _, d := range v.tree.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range d.Specs {
			spec, ok := spec.(*ast.TypeSpec)
			if !ok || held[spec.Name.Name] {
				continue
			}
			if tree, ok := spec.Type.(*ast.StructType); ok {
				t := tags{finder: v, via: spec.Name.Name, whole: prefix}
				t.structure(tree, v.file, prefix.env, 0)
			}
		}
	}
}

// prefixes are what a package puts before the names of its structs.
type prefixes struct{ env, envconfig string }

// prefix finds the prefix that the package hands to a library: env.Options{Prefix: ""},
// envconfig.Process("", &x).
func (pk *pkg) prefix() prefixes {
	if pk.prefixes != nil {
		return *pk.prefixes
	}
	pk.prefixes = &prefixes{}
	for _, f := range pk.files {
		if f.tree == nil {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if sel, ok := n.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Options" && f.isImported(sel.X, "/env") {
					for _, e := range n.Elts {
						if kv, ok := e.(*ast.KeyValueExpr); ok && isNamed(kv.Key, "Prefix") {
							pk.prefixes.env, _ = pk.constant(kv.Value)
						}
					}
				}
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Process" || sel.Sel.Name == "MustProcess") && f.isImported(sel.X, "kelseyhightower/envconfig") && len(n.Args) == 2 {
					if text, _ := pk.constant(n.Args[0]); text != "" {
						pk.prefixes.envconfig = strings.ToUpper(text) + "_"
					}
				}
			}
			return true
		})
	}
	return *pk.prefixes
}

// isImported reports whether an expression is a package whose path has a part.
func (f *file) isImported(e ast.Expr, part string) bool {
	id, ok := e.(*ast.Ident)
	return ok && strings.Contains(f.names[id.Name], part)
}

func isNamed(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// held are the structs of a package that others hold under a prefix.
func (pk *pkg) held() map[string]bool {
	if pk.heldStructs != nil {
		return pk.heldStructs
	}
	pk.heldStructs = map[string]bool{}
	for _, s := range pk.structs {
		for _, field := range s.tree.Fields.List {
			if _, ok := nestedPrefix(tagOf(field)); !ok {
				continue
			}
			if id, ok := pointed(field.Type).(*ast.Ident); ok {
				pk.heldStructs[id.Name] = true
			}
		}
	}
	return pk.heldStructs
}

func tagOf(f *ast.Field) reflect.StructTag {
	if f.Tag == nil {
		return ""
	}
	text, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return ""
	}
	return reflect.StructTag(text)
}

func pointed(e ast.Expr) ast.Expr {
	if star, ok := e.(*ast.StarExpr); ok {
		return star.X
	}
	return e
}

// nestedPrefix is the prefix under which a field holds another struct.
func nestedPrefix(tag reflect.StructTag) (string, bool) {
	for _, key := range []string{"envPrefix", "env-prefix"} {
		if prefix, ok := tag.Lookup(key); ok {
			return prefix, true
		}
	}
	_, rest, _ := strings.Cut(tag.Get("env"), ",")
	for option := range strings.SplitSeq(rest, ",") {
		if prefix, ok := strings.CutPrefix(strings.TrimSpace(option), "prefix="); ok {
			return prefix, true
		}
	}
	return "", false
}

// tags goes through the fields of one struct.
type tags struct {
	*finder
	via    string
	whole  prefixes
	fields int
}

// structure notes what the fields of a struct ask for, which stands in file in.
func (t *tags) structure(s *ast.StructType, in *file, prefix string, depth int) {
	for _, field := range s.Fields.List {
		if t.fields++; t.fields > maxFields {
			return
		}
		tag := tagOf(field)
		if name, kind, ok := tagged(tag); ok {
			before := prefix
			if tag.Get("envconfig") != "" {
				before = t.whole.envconfig
			}
			t.found(before+name, name, kind, field, in)
		}
		nested, ok := nestedPrefix(tag)
		if !ok || depth >= maxNesting {
			continue
		}
		switch inner := pointed(field.Type).(type) {
		case *ast.StructType:
			t.structure(inner, in, prefix+nested, depth+1)
		case *ast.Ident:
			if held := in.pkg.structs[inner.Name]; held != nil {
				t.structure(held.tree, held.file, prefix+nested, depth+1)
			}
		}
	}
}

// tagged returns the name that a field's tag gives, and its kind.
func tagged(tag reflect.StructTag) (string, usage.Kind, bool) {
	name, options, _ := strings.Cut(tag.Get("env"), ",")
	if value := tag.Get("envconfig"); value != "" {
		name, options, _ = strings.Cut(value, ",")
	}
	name = strings.TrimSpace(name)
	if !isEnvName(name) {
		return "", 0, false
	}
	kind := usage.Defaulted
	for option := range strings.SplitSeq(options, ",") {
		switch option = strings.TrimSpace(option); option {
		case "required", "notEmpty":
			kind = usage.Required
		}
	}
	if tag.Get("required") == "true" || tag.Get("env-required") == "true" {
		kind = usage.Required
	}
	for _, key := range []string{"envDefault", "default", "env-default"} {
		if _, ok := tag.Lookup(key); ok {
			kind = usage.Defaulted
		}
	}
	return name, kind, true
}

// isEnvName reports whether a tag holds the name of a variable; tags of other
// libraries use the same word for something else.
func isEnvName(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != "" && name != "-"
}

// found notes a read at the name in the tag, or, when that stands in another file, at
// nothing better than the struct's own place.
func (t *tags) found(full, name string, kind usage.Kind, field *ast.Field, in *file) {
	if in != t.file {
		// The name stands elsewhere; what asks for it is the struct of this file.
		if s := t.pkg.structs[t.via]; s != nil {
			t.add(usage.Read{Name: full, Kind: kind, Via: t.via}, s.tree)
		}
		return
	}
	from := t.set.Position(field.Tag.Pos()).Offset
	at := strings.Index(field.Tag.Value, `"`+name)
	if at < 0 {
		t.add(usage.Read{Name: full, Kind: kind, Via: t.via}, field.Tag)
		return
	}
	from += at + 1
	t.reads = append(t.reads, read{Read: usage.Read{
		Name: full, Kind: kind, Via: t.via, Range: t.lines.Range(envtight.Span{Start: from, End: from + len(name)}),
	}})
}
