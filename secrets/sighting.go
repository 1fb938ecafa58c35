package secrets

import (
	"bytes"
	"slices"

	"github.com/envtight/envtight"
)

// A Sighting is where a match stands in a text, without anything of the text, for records
// of what was found.
type Sighting struct {
	Rule        string // its ID
	Span, Whole envtight.Span
	// Encoded tells that the match is of what the text says when it is decoded.
	Encoded bool

	StartLine, EndLine, StartColumn, EndColumn int
}

// Sighting returns the sighting of a match in its text. It is exact when [Detector.Again]
// makes the same match of it again; it does not of live values, of matches that require
// others, and of those in no text.
func (d *Detector) Sighting(m *Match, text []byte) (s Sighting, exact bool) {
	s = Sighting{
		Rule: m.Rule.ID, Span: m.Span, Whole: m.Whole, Encoded: m.Decoded != nil,
		StartLine: m.StartLine, EndLine: m.EndLine, StartColumn: m.StartColumn, EndColumn: m.EndColumn,
	}
	if m.Live != nil || len(m.Required) > 0 {
		return s, false
	}
	again, ok := d.Again(s, text)
	return s, ok && again.Secret.Reveal() == m.Secret.Reveal() && slices.Equal(again.Decoded, m.Decoded)
}

// Again makes the match of an exact sighting in the same text again, as an inspection by
// a detector of the same [Detector.Sum] would. Only its place is looked at. It returns
// false where the rule finds no such secret there, so that the text must be another one.
func (d *Detector) Again(s Sighting, text []byte) (Match, bool) {
	i := slices.IndexFunc(d.rules, func(r *rule) bool { return r.ID == s.Rule })
	if i < 0 || d.rules[i].expressionOf() == nil || !s.fits(text) {
		return Match{}, false
	}
	r := d.rules[i]
	m, ok := Match{}, false
	if s.Encoded {
		m, ok = d.decodeAgain(r, s, text)
	} else if r.expressionOf().Match(s.Whole.Of(text)) && r.secretIn(text, s.Whole, nil) == s.Span {
		secret := s.Span.Of(text)
		m, ok = Match{Rule: &r.Rule, Secret: envtight.NewSecret(string(secret)), Entropy: entropy(secret)}, true
	}
	m.Span, m.Whole = s.Span, s.Whole
	m.StartLine, m.EndLine, m.StartColumn, m.EndColumn = s.StartLine, s.EndLine, s.StartColumn, s.EndColumn
	return m, ok
}

// fits tells whether a sighting is of a place in the text.
func (s *Sighting) fits(text []byte) bool {
	return 0 <= s.Whole.Start && s.Whole.Start <= s.Span.Start && s.Span.Start <= s.Span.End && s.Span.End <= s.Whole.End && s.Whole.End <= len(text)
}

// decodeAgain inspects the lines that an encoded match is on.
func (d *Detector) decodeAgain(r *rule, s Sighting, text []byte) (found Match, ok bool) {
	lines := envtight.Span{Start: bytes.LastIndexByte(text[:s.Whole.Start], '\n') + 1, End: len(text)}
	if i := bytes.IndexByte(text[s.Whole.End:], '\n'); i >= 0 {
		lines.End = s.Whole.End + i
	}
	if lines.Len() > maxShown {
		return Match{}, false
	}
	shift := func(s envtight.Span) envtight.Span {
		return envtight.Span{Start: lines.Start + s.Start, End: lines.Start + s.End}
	}
	d.Inspect(lines.Of(text)).each(func(c *candidate) {
		if c.Rule == &r.Rule && c.Decoded != nil && shift(c.Span) == s.Span && shift(c.Whole) == s.Whole && !ok {
			found, ok = c.Match, true
		}
	})
	return found, ok
}
