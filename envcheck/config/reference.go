package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Entry is one line of the reference of the file: a block or an attribute.
type Entry struct {
	// Block is the block as it is written, as in `app "NAME"`, with the
	// blocks around it before; empty for the file itself.
	Block string
	// Attribute is empty for the entry of a block itself.
	Attribute string
	// Type is as in "list of string"; empty for blocks.
	Type     string
	Required bool
	// Values are the words that may be written, where they are few.
	Values []string
	// Default is how the value would be written that counts when there is
	// none; it may be empty.
	Default string
	Doc     string
}

// String returns the entry as lines of a file with its documentation as comment.
func (e Entry) String() string {
	doc := "# " + e.Doc
	if e.Attribute == "" {
		return doc + "\n" + e.Block + " { ... }"
	}
	var notes []string
	if e.Required {
		notes = append(notes, "compulsory")
	}
	if len(e.Values) > 1 {
		notes = append(notes, "one of "+strings.Join(e.Values, ", "))
	}
	if e.Default != "" {
		notes = append(notes, "default "+e.Default)
	}
	line := fmt.Sprintf("%s = <%s>", e.Attribute, e.Type)
	if len(notes) > 0 {
		line += " # " + strings.Join(notes, "; ")
	}
	if e.Block != "" {
		return "  " + doc + "\n  " + line
	}
	return doc + "\n" + line
}

// Reference returns all that can be written in the file, in the order of the
// schema that [Parse] decodes by. The slice is the caller's own.
func Reference() []Entry { return entries("", reflect.TypeFor[rawConfig]()) }

func entries(block string, t reflect.Type) []Entry {
	var out []Entry
	fields := schemaFields(t)
	for _, f := range fields {
		if f.kind == "attribute" {
			out = append(out, Entry{
				Block: block, Attribute: f.name, Type: f.form(), Required: f.required, Values: oneOf(f),
				Default: f.Tag.Get("default"), Doc: f.Tag.Get("doc"),
			})
		}
	}
	for _, f := range fields {
		if f.kind != "block" {
			continue
		}
		inner := f.name
		doc := f.Tag.Get("doc")
		for _, label := range schemaFields(f.Type.Elem()) {
			if label.kind == "label" {
				inner += fmt.Sprintf(" %q", strings.ToUpper(label.name))
				doc += " " + strings.ToUpper(label.name) + ": " + label.Tag.Get("doc")
			}
		}
		if block != "" {
			inner = block + " " + inner
		}
		out = append(out, Entry{Block: inner, Doc: doc})
		out = append(out, entries(inner, f.Type.Elem())...)
	}
	return out
}

func oneOf(f field) []string {
	for rule := range strings.SplitSeq(f.Tag.Get("validate"), ",") {
		if words, ok := strings.CutPrefix(rule, "oneof="); ok {
			return strings.Fields(words)
		}
	}
	return nil
}
