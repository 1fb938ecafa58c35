package secrets_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/envtight/envtight/secrets"
)

// same compares all of two matches that require nothing.
func same(a, b secrets.Match) bool {
	return a.Rule.ID == b.Rule.ID && a.Secret.Reveal() == b.Secret.Reveal() && a.Span == b.Span && a.Whole == b.Whole &&
		a.StartLine == b.StartLine && a.EndLine == b.EndLine && a.StartColumn == b.StartColumn && a.EndColumn == b.EndColumn &&
		a.Entropy == b.Entropy && slices.Equal(a.Decoded, b.Decoded) && len(a.Required)+len(b.Required)+len(a.Live)+len(b.Live) == 0
}

// TestAgain: what an inspection finds is made of its sighting again, or the sighting says
// that it is not exact; in another text it is not found.
func TestAgain(t *testing.T) {
	d, err := secrets.NewDetector(secrets.RuleSet{Rules: []secrets.Rule{
		{ID: "token", Regex: `\b(tok_[a-z0-9]{8})\b`, Keywords: []string{"tok_"}},
		{ID: "block", Regex: `(?s)BEGIN.*?END`},
		{ID: "pair", Regex: `user=\w+`, Required: []secrets.Required{{Rule: "token"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	wide := "\xff\xfe"
	for _, unit := range utf16.Encode([]rune("a tok_" + "abcd1234 b")) {
		wide += string([]byte{byte(unit), byte(unit >> 8)})
	}
	for name, test := range map[string]struct {
		text  string
		exact []bool
	}{
		"plain":              {"a\n x = tok_" + "abcd1234 tok_" + "abcd5678\n", []bool{true, true}},
		"lines":              {"\n\nBEGIN\na\nEND\n", []bool{true}},
		"encoded":            {"a\nb: " + encoded("some text with tok_"+"abcd1234 in it") + "\n", []bool{true}},
		"twice encoded":      {"a\nb: " + encoded("x "+encoded("some text with tok_"+"abcd1234 in it")) + "\n", []bool{true}},
		"two in one":         {"b: " + encoded("tok_"+"abcd1234, tok_"+"abcd5678 in it"), []bool{true, false}},
		"on a line too long": {"b: " + encoded("some text with tok_"+"abcd1234 in it") + strings.Repeat(" ", 1<<17), []bool{false}},
		"with another":       {"tok_" + "abcd1234 user=x", []bool{true, false}},
		"UTF-16":             {wide, []bool{false}},
	} {
		text := []byte(test.text)
		matches := d.Detect(secrets.File{}, text)
		if len(matches) != len(test.exact) {
			t.Fatalf("%s: %d matches, want %d", name, len(matches), len(test.exact))
		}
		for i := range matches {
			seen, exact := d.Sighting(&matches[i], text)
			if exact != test.exact[i] {
				t.Errorf("%s: match %d: exact: %v", name, i, exact)
			}
			if !exact {
				continue
			}
			if again, ok := d.Again(seen, text); !ok || !same(again, matches[i]) {
				t.Errorf("%s: match %d is another one when it is made again", name, i)
			}
			for _, other := range []string{"", test.text[:seen.Span.End-1], strings.Repeat("-", len(text))} {
				if _, ok := d.Again(seen, []byte(other)); ok {
					t.Errorf("%s: match %d is found in another text", name, i)
				}
			}
		}
	}
}
