package sarif

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"golang.org/x/mod/semver"

	"github.com/envtight/envtight"
)

func pointer[T any](v T) *T { return &v }

func level(s envtight.Severity) string {
	switch s {
	case envtight.Error:
		return sarif.LevelError
	case envtight.Warning:
		return sarif.LevelWarning
	case envtight.Info:
		return sarif.LevelNote
	default:
		return sarif.LevelNone
	}
}

// problem is GitHub's word for a severity.
func problem(s envtight.Severity) string {
	switch s {
	case envtight.Error:
		return "error"
	case envtight.Warning:
		return "warning"
	default:
		return "recommendation"
	}
}

// message makes a message of plain text. "[text](target)" would be a link and
// "{0}" a placeholder in it (sections 3.11.5 and 3.11.6), so those are escaped.
func message(text string) *sarif.Message {
	return sarif.NewMessage().WithText(literal(text))
}

func literal(text string) string {
	if strings.Contains(text, "](") {
		text = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
	}
	var out strings.Builder
	for i := range len(text) {
		out.WriteByte(text[i])
		if text[i] == '{' && isPlaceholder(text[i:]) {
			out.WriteByte('{')
		}
		if text[i] == '}' {
			if open := strings.LastIndexByte(text[:i], '{'); open >= 0 && isPlaceholder(text[open:]) && strings.IndexByte(text[open:], '}') == i-open {
				out.WriteByte('}')
			}
		}
	}
	return out.String()
}

// isPlaceholder reports whether text begins with "{", digits and "}".
func isPlaceholder(text string) bool {
	rest := strings.TrimLeft(text[1:], "0123456789")
	return len(rest) < len(text)-1 && strings.HasPrefix(rest, "}")
}

func multiformat(text string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(text)
}

// sentence ends a text with a period, as the standard asks for.
func sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
}

func firstParagraph(doc string) string {
	paragraph, _, _ := strings.Cut(strings.TrimSpace(doc), "\n\n")
	return sentence(strings.Join(strings.Fields(paragraph), " "))
}

// pascal makes an identifier of a rule's ID: "env/not-ignored" is "EnvNotIgnored".
func pascal(id string) string {
	var out strings.Builder
	up := true
	for _, r := range id {
		switch {
		case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			up = true
		case up:
			out.WriteRune(unicode.ToUpper(r))
			up = false
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// slug makes a word for an id of a text.
func slug(text string) string {
	parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '_'
	})
	out := strings.Join(parts, "-")
	const most = 80
	return strings.TrimRight(out[:min(len(out), most)], "-")
}

func isSemantic(version string) bool {
	return semver.IsValid("v"+strings.TrimPrefix(version, "v")) && strings.Count(version, ".") >= 2
}

// encode writes a document without what the library writes for everything that
// is not set: it would be most of the text.
func encode(document *sarif.Report) ([]byte, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree map[string]any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	prune(tree)
	completeSuppressions(tree)
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(tree); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return ascii(out.Bytes()), nil
}

// unset are members whose value -1 is the standard's word for "not set".
var unset = map[string]bool{
	"index": true, "parentIndex": true, "byteOffset": true, "charOffset": true, "rank": true, "id": true, "ruleIndex": true,
}

// kept are lists that mean something when they are empty.
var kept = map[string]bool{"runs": true, "results": true, "rules": true}

func prune(tree map[string]any) {
	for key, value := range tree {
		switch v := value.(type) {
		case map[string]any:
			prune(v)
			if len(v) == 0 {
				delete(tree, key)
			}
		case []any:
			for _, item := range v {
				if m, ok := item.(map[string]any); ok {
					prune(m)
				}
			}
			if len(v) == 0 && !kept[key] {
				delete(tree, key)
			}
		case json.Number:
			if unset[key] && v == "-1" {
				delete(tree, key)
			}
		}
	}
}

// completeSuppressions gives every result of a run a list of suppressions when
// one has it: an empty list says that nobody suppressed a result, and none that it
// is not known (section 3.27.23).
func completeSuppressions(tree map[string]any) {
	runs, _ := tree["runs"].([]any)
	for _, r := range runs {
		run, _ := r.(map[string]any)
		results, _ := run["results"].([]any)
		suppressed := func(item any) bool { return item.(map[string]any)["suppressions"] != nil }
		if !slices.ContainsFunc(results, suppressed) {
			continue
		}
		for _, item := range results {
			if !suppressed(item) {
				item.(map[string]any)["suppressions"] = []any{}
			}
		}
	}
}

// ascii escapes format and control characters beyond ASCII, which JSON allows
// and terminals and readers should not see. They stand in strings only.
func ascii(text []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(text) {
		switch {
		case r < 0x7f || unicode.IsGraphic(r):
			out.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
	return out.Bytes()
}
