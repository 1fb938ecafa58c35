package workspace

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/yamldoc"
	"github.com/pelletier/go-toml/v2"
	"github.com/tidwall/jsonc"
	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"
)

// Rules returns the rules that [Load] and [Hygiene] report under, sorted by ID.
// The slice is the caller's own.
func Rules() []*envtight.Rule { return []*envtight.Rule{malformedManifest, notIgnored, tracked} }

var malformedManifest = &envtight.Rule{
	ID: "config/malformed-manifest", Title: "A manifest of the workspace cannot be understood", Default: envtight.Error, Since: "0.1",
	Doc: "Which apps and packages a repository has, and which depends on which, stands in manifests: " +
		"`package.json`, `pnpm-workspace.yaml`, `pyproject.toml`, `go.work`, compose files, `.vercel/repo.json` and " +
		"others. One that cannot be parsed hides apps, packages or loaders, and everything that is said afterwards " +
		"may lack them. Discovery goes on with the rest.\n\n" +
		"It is an error at the root, where whole workspaces hang on the file, and a warning below.",
	Examples: []envtight.Example{{
		Files: "-- pnpm-workspace.yaml --\npackages:\n  - \"apps/*\n-- apps/web/package.json --\n{\"name\": \"web\"}\n",
		Want:  "pnpm-workspace.yaml:2:1: pnpm-workspace.yaml is not valid YAML: found unexpected end of stream",
	}, {
		Title: "a nested manifest",
		Files: "-- package.json --\n{\"workspaces\": [\"apps/*\"]}\n-- apps/web/package.json --\n{\"name\": \"web\",}\n",
		Want:  "apps/web/package.json:1:16: package.json is not valid JSON",
	}},
}

// flaw is what is wrong with a manifest. Its text may name keys and syntax; it
// never quotes values.
type flaw struct {
	what string
	span envtight.Span // {0, 0}: the whole file
	line int           // from 1; used when there is no span
}

func (f *flaw) Error() string { return f.what }

// diagnose turns what a reader of the file at path said into a diagnostic.
func diagnose(path string, text []byte, err error) envtight.Diagnostic {
	d := envtight.Diagnostic{
		Rule: malformedManifest.ID, Severity: malformedManifest.Default,
		Location: envtight.WholeFile(path), Message: err.Error(),
		Advice: "mend the file; until then what it says about apps, packages and loaders is not known",
	}
	if strings.Contains(path, "/") {
		d.Severity = envtight.Warning
	}
	found, ok := errors.AsType[*flaw](err)
	if !ok {
		return d
	}
	lines := envtight.NewLines(text)
	switch {
	case found.span != envtight.Span{}:
		d.Location = envtight.FileRange(path, text, found.span)
	case found.line > 0:
		d.Location = envtight.FileRange(path, text, lines.Span(min(found.line, lines.Count())))
	}
	return d
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// decodeJSON decodes strict JSON. On a syntax error it tries again with comments
// and trailing commas allowed, so that v is filled as far as can be, and reports
// the flaw all the same.
func decodeJSON(path string, text []byte, v any) error {
	clean := trimBOM(text)
	err := json.Unmarshal(clean, v)
	if err == nil {
		return nil
	}
	moved := len(text) - len(clean)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		_ = json.Unmarshal(jsonc.ToJSON(clean), v)
		at := max(int(syntax.Offset)-1, 0) + moved
		return &flaw{what: baseName(path) + " is not valid JSON", span: span(at, len(text))}
	}
	if typed, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at := max(int(typed.Offset)-1, 0) + moved
		return &flaw{what: fmt.Sprintf("%s: %s is not what was expected there", baseName(path), jsonKind(typed.Value)), span: span(at, len(text))}
	}
	return &flaw{what: baseName(path) + " cannot be decoded"}
}

// decodeJSONC decodes JSON with comments and trailing commas.
func decodeJSONC(path string, text []byte, v any) error {
	return decodeJSON(path, jsonc.ToJSON(trimBOM(text)), v)
}

// jsonKind names the kind of a JSON value and drops the value.
func jsonKind(value string) string {
	kind, _, _ := strings.Cut(value, " ")
	switch kind {
	case "array":
		return "a list"
	case "object":
		return "an object"
	default:
		return "a " + kind
	}
}

// span marks one byte, inside a text of the given size.
func span(at, size int) envtight.Span {
	at = max(0, min(at, size-1))
	return envtight.Span{Start: at, End: min(at+1, size)}
}

func trimBOM(text []byte) []byte {
	if len(text) >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF {
		return text[3:]
	}
	return text
}

// parseYAML returns the root node of the first document; nil for an empty one.
func parseYAML(path string, text []byte) (*yaml.Node, error) {
	document, err := yamldoc.Parse(text)
	if err != nil {
		found := &flaw{what: baseName(path) + " is " + err.Error()}
		found.line = yamldoc.LineOf(err)
		return nil, found
	}
	return document.Root, nil
}

// yamlFlaw says why package document refused a file: as the parser of YAML does,
// with the line, or else by its own error.
func yamlFlaw(path string, text []byte, refused error) error {
	if _, err := parseYAML(path, text); err != nil {
		return err
	}
	return &flaw{what: fmt.Sprintf("%s: %s", baseName(path), refused)}
}

func decodeTOML(path string, text []byte, v any) error {
	err := toml.Unmarshal(trimBOM(text), v)
	if err == nil {
		return nil
	}
	found := &flaw{what: baseName(path) + " is not valid TOML"}
	if decode, ok := errors.AsType[*toml.DecodeError](err); ok {
		found.line, _ = decode.Position()
	}
	return found
}

// modFlaw turns an error of modfile into a flaw.
func modFlaw(path string, err error) error {
	found := &flaw{what: baseName(path) + " cannot be parsed"}
	if list, ok := errors.AsType[modfile.ErrorList](err); ok && len(list) > 0 {
		found.line = list[0].Pos.Line
		if list[0].Err != nil {
			found.what += ": " + list[0].Err.Error()
		}
	}
	return found
}

// sortFindings puts what parallel readers said in order.
func (w *Workspace) sortFindings() {
	slices.SortStableFunc(w.Diagnostics, func(a, b envtight.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Location.Path, b.Location.Path), cmp.Compare(a.Location.Range.Start.Offset, b.Location.Range.Start.Offset), cmp.Compare(a.Message, b.Message))
	})
	slices.SortStableFunc(w.Incomplete, func(a, b envtight.Incompleteness) int {
		return cmp.Or(cmp.Compare(a.Location.Path, b.Location.Path), cmp.Compare(a.Cause, b.Cause))
	})
}
