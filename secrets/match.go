package secrets

import (
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
	// the end inclusive. In UTF-16 they count the same text in UTF-8.
	StartLine, EndLine, StartColumn, EndColumn int
	// Entropy of the secret in bits per byte.
	Entropy float64
	// Decoded says how the secret was encoded, as gitleaks' tags do:
	// "decoded:base64", "decode-depth:2". Nil when it was not.
	Decoded []string
	// Required are the matches of other rules that this one asked for, in the
	// order of [Rule.Required] and of the text, at most 16 of each rule.
	Required []Match
	// Live are the places where platforms have the secret now; nil of other rules
	// than [LiveRule]. Of a live value, lines and columns are those where its first
	// line begins, as its length is nobody's business.
	Live []envtight.Place
}

// Range is the secret's place for reports, in the text that lines are of.
func (m *Match) Range(lines *envtight.Lines) envtight.Range {
	if m.Live != nil {
		start := lines.Span(lines.Position(m.Span.Start).Line).Start
		return lines.Range(envtight.Span{Start: start, End: start})
	}
	return lines.Range(m.Span)
}

// Detect is Inspect and Matches of one file.
func (d *Detector) Detect(file File, text []byte) []Match { return d.Inspect(text).Matches(file) }

// DetectPath returns what rules that ask for nothing else find in a path alone,
// whatever is in the file. [Inspection.Matches] does not hold these.
func (d *Detector) DetectPath(file File) []Match {
	if anyAllowsFile(d.allow, file) {
		return nil
	}
	var out []Match
	for _, r := range d.pathRules {
		if len(r.Keywords) == 0 && !r.SkipReport && r.appliesTo(file) {
			out = append(out, Match{Rule: &r.Rule})
		}
	}
	return out
}

// Allows tells whether the allowlists that hold for all rules pass over a file
// as a whole, so that its text need not be looked at. Where live values are looked
// for, none does.
func (d *Detector) Allows(file File) bool { return d.live == nil && anyAllowsFile(d.allow, file) }

// AsksCommits tells whether what a file holds may depend on its commit.
func (d *Detector) AsksCommits() bool {
	names := func(a Allowlist) bool { return len(a.Commits) > 0 }
	return slices.ContainsFunc(d.set.Allow, names) ||
		slices.ContainsFunc(d.set.Rules, func(r Rule) bool { return slices.ContainsFunc(r.Allow, names) })
}

func anyAllowsFile(lists []*allowlist, file File) bool {
	for _, list := range lists {
		if list.allowsFile(file) {
			return true
		}
	}
	return false
}

// appliesTo tells whether the rule asks about such a file.
func (r *rule) appliesTo(file File) bool {
	return (r.Path == "" || r.pathFilter.matches(r.Path, []byte(file.Path), r.path.matches)) && !anyAllowsFile(r.allow, file)
}
