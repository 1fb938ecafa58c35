package dotenv

import (
	"fmt"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/google/go-cmp/cmp"
)

func describeDeclaration(d *Declaration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", d.Name, d.Need)
	if d.Conditional {
		b.WriteString("?")
	}
	if d.Explicit {
		b.WriteString("!")
	}
	for _, n := range d.Needs {
		fmt.Fprintf(&b, " %s:%s", n.Environment, n.Need)
	}
	if d.Class != envtight.ClassUnknown {
		fmt.Fprintf(&b, " %s", d.Class)
	}
	if d.Type != "" {
		fmt.Fprintf(&b, " type %s<%s>", d.Type, d.TypeArgs)
	}
	if !d.Example.IsEmpty() {
		fmt.Fprintf(&b, " example <%s>", d.Example.Reveal())
	}
	for _, doc := range d.Docs {
		fmt.Fprintf(&b, " docs <%s>", doc)
	}
	if d.Deprecated {
		fmt.Fprintf(&b, " deprecated <%s>", d.DeprecatedNote)
	}
	if d.Description != "" {
		fmt.Fprintf(&b, " text <%s>", d.Description)
	}
	fmt.Fprintf(&b, " %s", d.Sample)
	return b.String()
}

func TestDeclarations(t *testing.T) {
	tests := []struct{ in, want string }{
		{"A=\nB=x\n# CC=\n", "A required empty|B required present|CC optional empty"},
		{"# optional\nAB=", "AB required text <optional> empty"},
		{"AB= # optional", "AB optional! empty"},
		{"AB=x # Optional: only for mail", "AB optional! present"},
		{"AB=x # (optional)", "AB optional! present"},
		{"AB=x # optional-ish", "AB required present"},
		{"AB=x # required", "AB required! present"},
		{"# AB=x # required", "AB required! present"},
		{"# AB=x # required for mail", "AB optional present"},
		{"# [optional] mail\nAB=", "AB optional! empty"},
		{"# mail [Required]\n# AB=", "AB required! empty"},
		{"# @optional\nAB=", "AB optional! empty"},
		{"# @optional\n\nAB=", "AB required empty"},
		{"# @optional\n# ---\nAB=", "AB required empty"},
		{"# @optional\n# text\nAB=", "AB optional! text <text> empty"},
		{"# @required\n# AB=", "AB required! empty"},
		{"# @required=false\nAB=", "AB optional! empty"},
		{"# @optional=false\n# AB=", "AB required! empty"},
		{"AB= # @optional @sensitive", "AB optional! secret empty"},
		{"# @required(prod)\nAB=", "AB optional! prod:required empty"},
		{"# @required(prod, staging)\nAB=", "AB optional! prod:required staging:required empty"},
		{"# @required=forEnv(prod)\nAB=", "AB optional! prod:required empty"},
		{"# @optional(dev)\nAB=", "AB required! dev:optional empty"},
		{"# @optional(dev)\n# AB=", "AB optional! dev:optional empty"},
		{"# @only(prod)\nAB=", "AB forbidden! prod:required empty"},
		{"# @only(prod) @optional\nAB=", "AB forbidden! prod:optional empty"},
		{"# @only(prod, dev) @required(prod)\nAB=", "AB forbidden! dev:optional prod:required empty"},
		{"# @required=if(eq($X, 1), true)\nAB=", "AB optional?! empty"},
		{"# @type=enum(a, b) @example=\"x y\"\nAB=", "AB required type enum<a, b> example <x y> empty"},
		{"# @docs(https://a.test/b)\n# @docs(\"the, guide\", https://c.test)\nAB=", "AB required docs <https://a.test/b> docs <https://c.test> empty"},
		{"# @deprecated=\"use BC\"\nAB=", "AB required deprecated <use BC> empty"},
		{"# @deprecated\nAB=", "AB required deprecated <> empty"},
		{"# @public # may be seen\nAB=", "AB required public empty"},
		{"# @sensitive=false\nAB=", "AB required public empty"},
		{"# @defaultRequired=false\n# ---\nAB=\nBC=\n", "AB optional empty|BC optional empty"},
		{"# @defaultRequired=infer @defaultSensitive=inferFromPrefix(PUBLIC_)\n\nAB=\nPUBLIC_X=1\n", "AB optional secret empty|PUBLIC_X required public present"},
		{"AB=\n\n# @defaultRequired=false\n\nBC=\n", "AB required empty|BC required empty"},
		{"# AB=1\nAB=2\n# AB=3\n", "AB required present"},
		{"AB\n# CD=1\nCD\n", "AB required empty|CD optional present"},
		{"AB=your-key\nBC=<token>\nCD=changeme\nDE=xxx\nEF=...\nFG=['a']\nGH={{ x }}\n",
			"AB required placeholder|BC required placeholder|CD required placeholder|DE required placeholder|EF required placeholder|FG required placeholder|GH required placeholder"},
		{"# mail me @required\nAB=", "AB required text <mail me @required> empty"},
		{"# @team/platform owns this\nAB=", "AB required text <@team/platform owns this> empty"},
		{"# @optional\nbad line\nAB=", "AB required empty"},
	}
	for _, test := range tests {
		var got []string
		declarations := Parse([]byte(test.in)).Declarations()
		for i := range declarations {
			got = append(got, describeDeclaration(&declarations[i]))
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.in, diff)
		}
	}
}

func TestNeedIn(t *testing.T) {
	d := Parse([]byte("# @only(Prod, staging) @optional(staging)\nAB=\n")).Declarations()[0]
	for _, test := range []struct {
		names []string
		want  envtight.Need
	}{
		{[]string{"dev"}, envtight.Forbidden},
		{[]string{"prod"}, envtight.Required},
		{[]string{"production", "prod"}, envtight.Required},
		{[]string{"staging"}, envtight.Optional},
	} {
		if got := d.NeedIn(test.names...); got != test.want {
			t.Errorf("in %q it is %s, want %s", test.names, got, test.want)
		}
	}
}

func TestDecoratorIssues(t *testing.T) {
	tests := []struct{ in, want string }{
		{"# @required @sensitive @type=url\nAB=", ""},
		{"# @required\n# @optional\nAB=", "2:3 AB is both @required and @optional"},
		{"# @required\nAB= # @optional", "2:7 AB is both @required and @optional"},
		{"# @sensitive @public\nAB=", "1:14 AB is both @sensitive and @public"},
		{"# @only(prod) @required(dev)\nAB=", "1:15 AB is @required in dev, but @only allows it elsewhere"},
		{"# @required(dev) @optional(Dev)\nAB=", "1:18 AB is both @required and @optional in dev"},
		{"# @required @optional(dev)\nAB=", ""},
		{"# @only\nAB=", "1:3 AB has @only without an environment"},
		{"# @requierd\nAB=", "1:3 unknown decorator @requierd"},
		{"# @sensitve @optinal\nAB=", "1:3 unknown decorator @sensitve|1:13 unknown decorator @optinal"},
		{"# @johndoe looks after this\nAB=", ""},
		{"# @todo\nAB=", ""},
		{"# @default\n# @tip\n# @icon=mdi:x\nAB=", ""},
	}
	for _, test := range tests {
		f := Parse([]byte(test.in))
		var got []string
		for _, issue := range f.DecoratorIssues() {
			p := f.Range(issue.Span).Start
			got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, strings.TrimSpace(issue.Name+" "+issue.Message)))
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.in, diff)
		}
	}
}
