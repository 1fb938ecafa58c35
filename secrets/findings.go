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
	if len(matches) == 0 {
		return nil
	}
	lines := envtight.NewLines(text)
	parts := &parts{detector: d, text: text, known: map[envtight.Span][]envtight.Span{}}
	curtain := envtight.NewCurtain(lines, parts.hidden(at.Path, lines, matches, o))
	fingerprints := parts.fingerprints(matches)
	out := make([]Finding, len(matches))
	for i, m := range matches {
		f := Finding{Match: m, Location: at, Grade: Grade(m, at), Fingerprint: fingerprints[i]}
		if !f.aboutPath() {
			f.Location.Range = m.Range(lines)
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

// parts knows what must not be shown of parts of a text: the lines that a match is on
// are shown, and make its fingerprint.
type parts struct {
	detector *Detector
	text     []byte
	known    map[envtight.Span][]envtight.Span
}

// spans are those of the detector in a part of the text, from its begin. They must not
// be changed.
func (p *parts) spans(part envtight.Span) []envtight.Span {
	known, ok := p.known[part]
	if !ok {
		known = p.detector.Spans(part.Of(p.text))
		p.known[part] = known
	}
	return known
}

// hidden are the spans that must not be shown round the matches of a text.
func (p *parts) hidden(path string, lines *envtight.Lines, matches []Match, o Options) []envtight.Span {
	text := p.text
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
		for _, span := range p.spans(region) {
			out = append(out, envtight.Span{Start: region.Start + span.Start, End: region.Start + span.End})
		}
	}
	return out
}
