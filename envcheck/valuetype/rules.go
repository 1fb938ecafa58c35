package valuetype

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

// Rules returns the rules of this package, sorted by ID. The slice is the
// caller's own.
func Rules() []*envtight.Rule {
	return envtight.SortRules([]*envtight.Rule{ruleType, ruleUnknownType})
}

var ruleType = &envtight.Rule{
	ID: "value/type", Title: "A sample value is not of its declared type", Default: envtight.Warning, Since: "0.1",
	Doc: "`# @type=url` above a variable says what its value must be. A sample value beside it that is not of that " +
		"type leads whoever copies the example astray, or the type is wrong and its checks will fail where the " +
		"value is right. Empty samples, placeholders (`your-key-here`, `<url>`) and values with references " +
		"(`${OTHER}`) are not judged.\n\nThe types are those of env-spec: string, number, boolean, url, enum, email, " +
		"port, ip, semver, isoDate, uuid, md5, duration, json, simple-object, array, record.",
	Examples: []envtight.Example{{
		Title: "A URL without a scheme",
		Files: "-- .env.example --\n# @type=url\nAPI_URL=api.example.com/v1\n",
		Want:  ".env.example:2:1: the sample value of API_URL is not a URL with a scheme, as in https://example.com",
	}, {
		Title: "A word that is not in the list",
		Files: "-- .env.example --\n# @type=enum(debug, info, error)\nLOG_LEVEL=verbose\n",
		Want:  ".env.example:2:1: the sample value of LOG_LEVEL is not one of debug, info, error",
	}, {
		Title: "A placeholder is to be replaced anyway",
		Files: "-- .env.example --\n# @type=url\nAPI_URL=<your-url>\n",
	}},
}

var ruleUnknownType = &envtight.Rule{
	ID: "value/unknown-type", Title: "A declared type that nobody knows", Default: envtight.Warning, Since: "0.1",
	Doc: "The word behind `@type=` is no type of env-spec, or its arguments make no sense, so nothing is checked. " +
		"Plugins of varlock bring types of their own: a word that is not close to a known one is reported as " +
		"information only.",
	Examples: []envtight.Example{{
		Files: "-- .env.example --\n# @type=emial\nSENDER=shop@example.com\n",
		Want:  ".env.example:2:1: the type of SENDER is unknown; did you mean \"email\"?",
	}},
}

// Declaration is a variable that is declared with a type.
type Declaration struct {
	App  string
	Name string
	// Type is as in "enum(a, b)".
	Type string
	// Value is the sample value.
	Value    envtight.Secret
	Location envtight.Location
}

// Declarations returns what a parsed env file at path declares with a type, in
// order.
func Declarations(path string, f *dotenv.File) []Declaration {
	var out []Declaration
	for _, d := range f.Declarations() {
		if d.Type == "" || d.Entry == nil {
			continue
		}
		t := d.Type
		if d.TypeArgs != "" {
			t += "(" + d.TypeArgs + ")"
		}
		out = append(out, Declaration{Name: d.Name, Type: t, Value: f.Value(d.Entry), Location: f.Location(path, d.Entry.Key)})
	}
	return out
}

// Diagnose holds sample values against their types. No diagnostic holds a value.
func Diagnose(declarations []Declaration) []envtight.Diagnostic {
	var out []envtight.Diagnostic
	for _, d := range declarations {
		if found, ok := diagnose(d); ok {
			found.App, found.Name, found.Location = d.App, d.Name, d.Location
			out = append(out, found)
		}
	}
	return out
}

func diagnose(d Declaration) (envtight.Diagnostic, bool) {
	var problem *Error
	t, err := Parse(d.Type)
	switch {
	case errors.As(err, &problem) && problem.Kind == UnknownType:
		found := envtight.Diagnostic{
			Rule: ruleUnknownType.ID, Severity: envtight.Info, Grade: envtight.Likely,
			Message: fmt.Sprintf("the type of %s is unknown, so its value is not checked", d.Name),
		}
		if problem.Suggestion != "" {
			found.Severity = ruleUnknownType.Default
			found.Message = fmt.Sprintf("the type of %s is unknown; did you mean %q?", d.Name, problem.Suggestion)
		}
		return found, true
	case errors.As(err, &problem):
		return envtight.Diagnostic{
			Rule: ruleUnknownType.ID, Severity: ruleUnknownType.Default,
			Message: fmt.Sprintf("the arguments of the type of %s make no sense: %s", d.Name, problem.Want),
		}, true
	}
	if !judged(d.Value) || !errors.As(t.Check(d.Value), &problem) {
		return envtight.Diagnostic{}, false
	}
	return envtight.Diagnostic{
		Rule: ruleType.ID, Severity: ruleType.Default, Grade: envtight.Sample,
		Message: fmt.Sprintf("the sample value of %s is not %s", d.Name, problem.Want),
		Advice:  "give a sample of that type, leave the value empty, or correct @type",
	}, true
}

// judged reports whether a sample value stands for itself: it is no placeholder
// and is not made of others when it is loaded.
func judged(value envtight.Secret) bool {
	if dotenv.SampleOf(value) != dotenv.SamplePresent {
		return false
	}
	text := strings.TrimSpace(value.Reveal())
	return !strings.Contains(text, "$") && !strings.Contains(text, "{{") &&
		!(strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">")) && !isCall(text)
}

// isCall tells a function of env-spec, as in concat(A, B).
func isCall(text string) bool {
	name, _, ok := strings.Cut(text, "(")
	return ok && strings.HasSuffix(text, ")") && isWord(name)
}

// NewCheck returns a check that reports what [Diagnose] says.
func NewCheck(declarations []Declaration) envtight.Check { return check(declarations) }

type check []Declaration

func (check) Rules() []*envtight.Rule { return Rules() }

func (c check) Run(_ context.Context, pass *envtight.Pass) error {
	pass.Looked("declared types", len(c))
	for _, d := range Diagnose(c) {
		pass.Report(d)
	}
	return nil
}
