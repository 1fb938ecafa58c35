package secrets

import (
	"cmp"
	"slices"

	"github.com/envtight/envtight"
)

// File says of a text what rules ask: where it is from.
type File struct {
	// Path is relative to the root of what is scanned, with "/"; empty when
	// the text has none, as standard input.
	Path string
	// Commit is hexadecimal; empty outside of histories.
	Commit string
}

// Match is a secret in a text.
type Match struct {
	Rule *Rule
	// Secret is the secret itself; of a rule about paths, empty.
	Secret envtight.Secret
	// Span is the secret in the text. When it was decoded, Span is the encoded
	// text that holds it.
	Span envtight.Span
	// Whole is all that the rule's expression matched, in the same way.
	Whole envtight.Span
	// Lines and columns are those that gitleaks gives: of Whole; lines from 0,
	// columns in bytes, from 1 on the first line and from 2 on all others,
	// the end inclusive.
	StartLine, EndLine, StartColumn, EndColumn int
	// Entropy of the secret in bits per byte.
	Entropy float64
	// Decoded says how the secret was encoded, as gitleaks' tags do:
	// "decoded:base64", "decode-depth:2". Nil when it was not.
	Decoded []string
	// Required are the matches of other rules that this one asked for.
	Required []Match
}

// Inspection is what a detector found in one text, before the file it is in is
// asked. It is not changed any more and safe for concurrent use.
type Inspection struct {
	detector *Detector
	matches  []Match
}

// Inspect looks at a text whole: the work that depends on the bytes alone, so that
// one text at many paths is looked at once. The text must not be changed while
// the inspection is used.
func (d *Detector) Inspect(text []byte) *Inspection {
	out := &Inspection{detector: d}
	lines := envtight.NewLines(text)
	for _, r := range d.candidates(text) {
		if r.compile() != nil {
			continue
		}
		for _, span := range r.find(text) {
			at := lines.Range(span)
			out.matches = append(out.matches, Match{
				Rule: &r.Rule, Secret: envtight.NewSecret(string(span.Of(text))), Span: span, Whole: span,
				StartLine: at.Start.Line - 1, EndLine: at.End.Line - 1, StartColumn: at.Start.Column, EndColumn: at.End.Column,
			})
		}
	}
	slices.SortStableFunc(out.matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	return out
}

// None tells that Matches is empty for whatever file.
func (i *Inspection) None() bool { return len(i.matches) == 0 }

// Matches returns what a file with the inspected text holds, ordered by place and
// then by rule: paths, commits and the words round a secret are asked here.
func (i *Inspection) Matches(file File) []Match {
	return i.matches
}

// Detect is Inspect and Matches of one file.
func (d *Detector) Detect(file File, text []byte) []Match { return d.Inspect(text).Matches(file) }

// DetectPath returns what rules find in a path alone, whatever is in the file.
// [Inspection.Matches] does not hold these.
func (d *Detector) DetectPath(file File) []Match {
	return nil
}

// Allows tells whether the allowlists that hold for all rules pass over a file
// as a whole, so that its text need not be looked at.
func (d *Detector) Allows(file File) bool {
	return false
}
