package secrets

import (
	"bytes"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/internal/decode"
)

// A Sighting is where a match stands in a text, without anything of the text, for records
// of what was found.
type Sighting struct {
	Rule        string // its ID
	Span, Whole envtight.Span

	StartLine, EndLine, StartColumn, EndColumn int

	// Decoded is that of the match. Secret is where its secret is in what the lines
	// of Whole say after Passes passes of decoding; it is empty without one.
	Decoded []string
	Passes  int
	Secret  envtight.Span
}

// Sighting returns the sighting of a match in the text. It is exact when [Teller.Again]
// makes the same match of it again; it does not of live values, of matches that require
// others, of those in UTF-16 and of those that are encoded on a long line.
func (t *Teller) Sighting(m *Match) (s Sighting, exact bool) {
	s = Sighting{
		Rule: m.Rule.ID, Span: m.Span, Whole: m.Whole,
		StartLine: m.StartLine, EndLine: m.EndLine, StartColumn: m.StartColumn, EndColumn: m.EndColumn,
		Decoded: m.Decoded,
	}
	if m.Live != nil || len(m.Required) > 0 || !s.fits(t.text) {
		return s, false
	}
	secret := []byte(m.Secret.Reveal())
	for i, text := range t.decode(s) {
		if at := bytes.Index(text, secret); at >= 0 {
			s.Passes, s.Secret = i+1, envtight.Span{Start: at, End: at + len(secret)}
			break
		}
	}
	again, ok := t.Again(s)
	return s, ok && again.Rule == m.Rule && again.Secret.Reveal() == string(secret) && again.Entropy == m.Entropy
}

// Again makes the match of an exact sighting in the same text again, as an inspection by
// a detector of the same [Detector.Sum] would. Nothing is searched, so that the caller
// has to know that it is the same text. It returns false when it cannot be.
func (t *Teller) Again(s Sighting) (Match, bool) {
	i := slices.IndexFunc(t.detector.rules, func(r *rule) bool { return r.ID == s.Rule })
	if i < 0 || !s.fits(t.text) {
		return Match{}, false
	}
	m := Match{
		Rule: &t.detector.rules[i].Rule, Span: s.Span, Whole: s.Whole,
		StartLine: s.StartLine, EndLine: s.EndLine, StartColumn: s.StartColumn, EndColumn: s.EndColumn,
		Decoded: s.Decoded,
	}
	if m.Rule.Regex == "" {
		return m, true
	}
	secret := s.Span.Of(t.text)
	if s.Decoded != nil {
		texts := t.decode(s)
		if s.Passes < 1 || s.Passes > len(texts) || s.Secret.Start < 0 || s.Secret.Start > s.Secret.End || s.Secret.End > len(texts[s.Passes-1]) {
			return Match{}, false
		}
		secret = s.Secret.Of(texts[s.Passes-1])
	}
	m.Secret, m.Entropy = envtight.NewSecret(string(secret)), entropy(secret)
	return m, true
}

// fits tells whether a sighting is of a place in the text.
func (s *Sighting) fits(text []byte) bool {
	return 0 <= s.Whole.Start && s.Whole.Start <= s.Span.Start && s.Span.Start <= s.Span.End && s.Span.End <= s.Whole.End && s.Whole.End <= len(text)
}

// decoded is what lines of a text say, after each pass of decoding.
type decoded struct {
	lines envtight.Span
	texts [][]byte
}

// decode decodes the lines that an encoded match is on, if they are not too long.
func (t *Teller) decode(s Sighting) [][]byte {
	lines := decode.Lines(t.text, s.Whole)
	if s.Decoded == nil || lines.Len() > maxShown {
		return nil
	}
	if t.decoded.lines != lines {
		t.decoded = decoded{lines: lines}
		text, segments := decode.Decode(lines.Of(t.text), nil)
		for segments != nil && len(t.decoded.texts) < t.detector.depth {
			t.decoded.texts = append(t.decoded.texts, text)
			text, segments = decode.Decode(text, segments)
		}
	}
	return t.decoded.texts
}
