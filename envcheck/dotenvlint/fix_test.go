package dotenvlint

import (
	"slices"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/dotenv"
)

func TestFixes(t *testing.T) {
	tests := []struct {
		rule, input, want string
		safe              bool
	}{
		{"dotenv/final-newline", "A=1", "A=1\n", true},
		{"dotenv/blank-lines", "A=1\n\n\n\nB=1\n", "A=1\n\nB=1\n", true},
		{"dotenv/spaces", "A = 1\n", "A=1\n", false},
		{"dotenv/spaces", "A=\t1\n", "A=1\n", false},
		{"dotenv/spaces", "A =\n", "A=\n", false},
		{"dotenv/trailing-space", "A=1  \r\n", "A=1\r\n", false},
		{"dotenv/trailing-space", "# x \n", "# x\n", true},
		{"dotenv/leading-character", "  A=1\n", "A=1\n", true},
		{"dotenv/needless-quotes", "A='x' # y\n", "A=x # y\n", false},
		{"dotenv/needless-quotes", "A=\"\"\n", "", false},
		{"dotenv/needless-quotes", "A=\"x\"#y\n", "", false},
		{"dotenv/comment-spacing", "#x\n", "# x\n", true},
		{"dotenv/comment-spacing", "##   x\n", "## x\n", true},
		{"dotenv/comment-spacing", "#AB=1\n", "# AB=1\n", false},
		{"dotenv/crlf", "A=1\r\n", "", false},
		{"dotenv/final-newline", "\xff\xfeA\x00=\x00", "", false},
	}
	for _, test := range tests {
		found := Lint(dotenv.Parse([]byte(test.input)), ".env.example", Options{})
		i := slices.IndexFunc(found, func(d envtight.Diagnostic) bool { return d.Rule == test.rule })
		if i < 0 {
			t.Errorf("%s does not fire for %q", test.rule, test.input)
			continue
		}
		if fixes := found[i].Fixes; test.want == "" || len(fixes) != 1 {
			if test.want != "" || len(fixes) != 0 {
				t.Errorf("%s has %d fixes for %q", test.rule, len(fixes), test.input)
			}
			continue
		}
		fix := found[i].Fixes[0]
		if got := apply(test.input, fix); got != test.want || fix.Safe != test.safe {
			t.Errorf("%s makes %q of %q, safe is %v", test.rule, got, test.input, fix.Safe)
		}
		for _, e := range fix.Edits {
			if e.SHA256 == "" || e.Path != ".env.example" {
				t.Errorf("an edit of %s does not name the state of the file", test.rule)
			}
		}
	}
}

// A hash of a real file would let one test guesses of its values.
func TestFixesOfRealFilesHaveNoHash(t *testing.T) {
	for _, d := range Lint(dotenv.Parse([]byte("A = 1")), ".env", Options{}) {
		for _, fix := range d.Fixes {
			for _, e := range fix.Edits {
				if e.SHA256 != "" {
					t.Errorf("the fix of %s has a hash", d.Rule)
				}
			}
		}
	}
}

// apply edits a text, from its end to its start.
func apply(text string, fix envtight.Fix) string {
	for _, e := range slices.SortedFunc(slices.Values(fix.Edits), func(a, b envtight.Edit) int { return b.Span.Start - a.Span.Start }) {
		text = text[:e.Span.Start] + e.New + text[e.Span.End:]
	}
	return text
}
