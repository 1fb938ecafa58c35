package secrets

import (
	"cmp"
	"slices"

	"github.com/envtight/envtight"
)

// maxShown is the size in bytes above which a line is hidden as a whole: looking
// for everything in it that must not be shown would take too long, and nobody
// reads it.
const maxShown = 64 << 10

// Findings makes findings of what the detector matched in one text, in the order
// of the matches. at says which text it is; the place in it is filled in. What is
// shown of the text has everything blanked that the detector or o.Maskers want
// hidden. Exceptions are not asked: see [Options.Except].
func (d *Detector) Findings(at envtight.Location, text []byte, matches []Match, o Options) []Finding {
	return d.Teller(text, nil).Findings(at, matches, o)
}

// A Hidden is where in parts of a text something must not be shown, without anything of
// the text: what [Detector.Spans] of each part are, from its begin.
type Hidden map[envtight.Span][]envtight.Span

// A Teller makes findings of matches in one text. What it has found out about the text
// serves further findings. It is not safe for concurrent use.
type Teller struct {
	detector *Detector
	text     []byte
	lines    *envtight.Lines
	hidden   Hidden
	size     int // of what was added to hidden
	decoded  decoded
}

// maxHidden is how many spans a teller remembers at about the most.
const maxHidden = 1 << 16

// Teller returns one for a text, which must not be changed while it is used. known is
// what a teller of the same text, by a detector of the same [Detector.Sum], has found
// out, or nil.
func (d *Detector) Teller(text []byte, known Hidden) *Teller {
	t := &Teller{detector: d, text: text, hidden: Hidden{}}
	for part, spans := range known {
		if fit(part, spans, len(text)) {
			t.hidden[part] = spans
		}
	}
	return t
}

// fit tells whether a part is one of a text of the size, and has the spans.
func fit(part envtight.Span, spans []envtight.Span, size int) bool {
	in := func(s envtight.Span, size int) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= size }
	return in(part, size) && !slices.ContainsFunc(spans, func(s envtight.Span) bool { return !in(s, part.Len()) })
}

// Hidden returns what was found out about the text. It must not be changed, nor used
// while the teller is.
func (t *Teller) Hidden() Hidden { return t.hidden }

// Findings is [Detector.Findings] of the text.
func (t *Teller) Findings(at envtight.Location, matches []Match, o Options) []Finding {
	if len(matches) == 0 {
		return nil
	}
	if t.lines == nil {
		t.lines = envtight.NewLines(t.text)
	}
	curtain := envtight.NewCurtain(t.lines, t.round(at.Path, matches, o))
	fingerprints := t.fingerprints(matches)
	out := make([]Finding, len(matches))
	for i, m := range matches {
		f := Finding{Match: m, Location: at, Grade: grade(m, at, t.detector.isRandom), Fingerprint: fingerprints[i]}
		if !f.aboutPath() {
			f.Location.Range = m.Range(t.lines)
			f.Snippet = curtain.Snippet(f.Location.Range)
			if f.Masked = curtain.Text(m.Whole); f.Masked == envtight.Redacted {
				f.Masked = ""
			}
		}
		out[i] = f
	}
	return out
}

// Except asks the exceptions about a finding in a text, all of them, so that each
// knows what it was good for, and sets Suppressed. Calls must not overlap.
func (o Options) Except(f *Finding, text []byte) {
	for _, e := range o.Exceptions {
		if by := e.Except(f, text); by != nil && f.Suppressed == nil {
			f.Suppressed = by
		}
	}
}

// spans are those of the detector in a part of the text, from its begin: of a line that
// a match is on, which is shown, and makes its fingerprint. They must not be changed.
func (t *Teller) spans(part envtight.Span) []envtight.Span {
	known, ok := t.hidden[part]
	if !ok {
		known = t.detector.Spans(part.Of(t.text))
		if t.size += 1 + len(known); t.size > maxHidden {
			t.size = 0
			clear(t.hidden)
		}
		t.hidden[part] = known
	}
	return known
}

// round returns the spans that must not be shown round matches.
func (t *Teller) round(path string, matches []Match, o Options) []envtight.Span {
	text, lines := t.text, t.lines
	var out []envtight.Span
	for _, masker := range o.Maskers {
		out = append(out, masker.Mask(path, text)...)
	}
	var shown []envtight.Span // the lines that matches stand in
	var found []envtight.Span
	var values repeats
	for _, m := range matches {
		found = append(found, m.Span)
		values.add([]byte(m.Secret.Reveal()))
		for _, required := range m.Required {
			found = append(found, required.Span)
			values.add(required.Span.Of(text))
		}
		first, last := lines.Position(m.Whole.Start).Line, lines.Position(m.Whole.End).Line
		shown = append(shown, envtight.Span{Start: lines.Span(first).Start, End: lines.Span(last).End})
	}
	sortSpans(found)
	out = append(out, widen(text, found)...)
	slices.SortFunc(shown, func(a, b envtight.Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	for _, region := range slices.Compact(shown) {
		if region.Len() > maxShown {
			out = append(out, region)
			continue
		}
		out = append(out, values.in(text, region)...)
		for _, span := range t.spans(region) {
			out = append(out, envtight.Span{Start: region.Start + span.Start, End: region.Start + span.End})
		}
	}
	return out
}
