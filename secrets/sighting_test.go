package secrets_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// same compares all of two matches that require nothing.
func same(a, b secrets.Match) bool {
	return a.Rule.ID == b.Rule.ID && a.Secret.Reveal() == b.Secret.Reveal() && a.Span == b.Span && a.Whole == b.Whole &&
		a.StartLine == b.StartLine && a.EndLine == b.EndLine && a.StartColumn == b.StartColumn && a.EndColumn == b.EndColumn &&
		a.Entropy == b.Entropy && slices.Equal(a.Decoded, b.Decoded) && len(a.Required)+len(b.Required)+len(a.Live)+len(b.Live) == 0
}

// TestAgain: what an inspection finds is made of its sighting again, by another teller of
// the text, or the sighting says that it is not exact.
func TestAgain(t *testing.T) {
	d, err := secrets.NewDetector(secrets.RuleSet{Rules: []secrets.Rule{
		{ID: "token", Regex: `\b(tok_[a-z0-9]{8})\b`, Keywords: []string{"tok_"}},
		{ID: "block", Regex: `(?s)BEGIN.*?END`},
		{ID: "path", Path: `/about-the-path$`},
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
		"two in one":         {"b: " + encoded("tok_"+"abcd1234, tok_"+"abcd5678 in it"), []bool{true, true}},
		"on a line too long": {"b: " + encoded("some text with tok_"+"abcd1234 in it") + strings.Repeat(" ", 1<<17), []bool{false}},
		"with another":       {"tok_" + "abcd1234 user=x", []bool{true, false}},
		"about the path":     {"nothing", []bool{true}},
		"UTF-16":             {wide, []bool{false}},
	} {
		text := []byte(test.text)
		file := secrets.File{Path: "keys/" + strings.ReplaceAll(name, " ", "-")}
		matches := slices.Concat(d.DetectPath(file), d.Detect(file, text))
		if len(matches) != len(test.exact) {
			t.Fatalf("%s: %d matches, want %d", name, len(matches), len(test.exact))
		}
		teller, later := d.Teller(text, nil), d.Teller(slices.Clone(text), nil)
		for i := range matches {
			seen, exact := teller.Sighting(&matches[i])
			if exact != test.exact[i] {
				t.Errorf("%s: match %d: exact: %v", name, i, exact)
			}
			if !exact {
				continue
			}
			if again, ok := later.Again(seen); !ok || !same(again, matches[i]) {
				t.Errorf("%s: match %d is another one when it is made again", name, i)
			}
			if seen.Whole.Len() == 0 {
				continue // it is about the path
			}
			for _, short := range []string{"", test.text[:seen.Whole.End-1]} {
				if _, ok := d.Teller([]byte(short), nil).Again(seen); ok {
					t.Errorf("%s: match %d is found beyond the end of a text", name, i)
				}
			}
		}
	}
}

// TestHidden: findings are the same with what an earlier teller found out, and nothing is
// searched for then.
func TestHidden(t *testing.T) {
	set := secrets.RuleSet{Rules: []secrets.Rule{{ID: "token", Regex: `\b(tok_[a-z0-9]{8})\b`, Keywords: []string{"tok_"}}}}
	d, err := secrets.NewDetector(set)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("a\nx: tok_" + "abcd1234, tok_" + "abcd5678 and plain\nb tok_" + "abcd9999\n")
	matches := d.Detect(secrets.File{}, text)
	at := envtight.Location{Kind: envtight.AtFile, Path: "x"}
	first := d.Teller(text, nil)
	want := first.Findings(at, matches, secrets.Options{})
	if len(want) != 3 || len(first.Hidden()) != 2 {
		t.Fatalf("%d findings on %d lines", len(want), len(first.Hidden()))
	}
	compare := cmp.Comparer(same)
	if diff := cmp.Diff(want, d.Teller(text, first.Hidden()).Findings(at, matches, secrets.Options{}), compare); diff != "" {
		t.Errorf("first (-) and second (+):\n%s", diff)
	}
	other, err := secrets.NewDetector(secrets.RuleSet{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, other.Teller(text, first.Hidden()).Findings(at, matches, secrets.Options{}), compare); diff != "" {
		t.Errorf("what is known is not believed; first (-) and second (+):\n%s", diff)
	}
	// What does not fit the text is passed over.
	wrong := secrets.Hidden{{Start: 2, End: 1000}: nil, {Start: -1, End: 3}: nil, {Start: 0, End: 1}: {{Start: 0, End: 2}}}
	if got := d.Teller(text, wrong).Hidden(); len(got) != 0 {
		t.Errorf("%v is taken", got)
	}
}
