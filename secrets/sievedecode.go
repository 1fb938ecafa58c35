package secrets

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/internal/decode"
	"github.com/envtight/envtight/secrets/internal/match"
)

const (
	// decodeReach is how many bytes round decoded lines are looked at with
	// them. What reaches farther is known by its trace, as it is longer than
	// longTrace.
	decodeReach = 512
	// maxDecodeReach is where the search for the end of something ends.
	maxDecodeReach = 1 << 18
	// decodeChunk is about how many bytes are decoded together.
	decodeChunk = 4 << 10
)

// decodeLines looks at what is encoded on s.lines.
func (s *Sieve) decodeLines() {
	if s.detector.depth == 0 {
		return
	}
	slices.SortFunc(s.lines, func(a, b envtight.Span) int { return cmp.Compare(a.Start, b.Start) })
	done := -1
	for i := 0; i < len(s.lines); {
		all := decode.Lines(s.text, s.lines[i])
		for i++; i < len(s.lines) && s.lines[i].Start <= all.End; i++ {
			if s.lines[i].End > all.End {
				all.End = decode.Lines(s.text, s.lines[i]).End
			}
		}
		all.Start = max(all.Start, done)
		s.decode(all)
		done = all.End
	}
}

// decode looks at lines, perhaps none.
func (s *Sieve) decode(lines envtight.Span) {
	for start := lines.Start; start < lines.End; {
		end := lines.End
		if next := start + decodeChunk; next < lines.End {
			if i := bytes.IndexByte(s.text[next:lines.End], '\n'); i >= 0 {
				end = next + i + 1
			}
		}
		chunk := envtight.Span{Start: start, End: end}
		if decode.May(chunk.Of(s.text)) {
			s.decodeChunk(chunk)
		}
		start = end
	}
}

func (s *Sieve) decodeChunk(chunk envtight.Span) {
	for reach := decodeReach; ; reach *= 8 {
		views, region, ok := decode.Around(s.text, chunk, reach, s.detector.depth)
		if !ok {
			s.full = true
			return
		}
		t := trace{
			start: int32(region.Start), end: int32(region.End),
			at: int32(chunk.Start), size: int32(chunk.Len()), kind: plain,
		}
		found, cutOff := s.inViews(views, region, reach)
		if cutOff && reach < maxDecodeReach && !found {
			continue
		}
		if found || cutOff {
			t.kind = encoded
		}
		if region.End == len(s.text) {
			t.end++
		}
		s.add(t)
		return
	}
}

// inViews tells whether something may be in decoded text, and whether that is not
// certain as it depends on more than the views show.
func (s *Sieve) inViews(views []decode.View, region envtight.Span, reach int) (found, cutOff bool) {
	for _, v := range views {
		s.view.Reset(len(v.Text))
		// Everything is told, so that what is cut off by the view is known.
		s.view.Scan(v.Text, max(0, v.Core.Start-reach), min(len(v.Text), v.Core.End+reach), 0, func(h match.Hit) {
			if h.Keyword {
				found = true
			}
			span := envtight.Span{Start: h.Start, End: h.End}
			if _, touches := v.Segments.Touching(span); !touches || found {
				return
			}
			cutOff = cutOff || h.Start == 0 && region.Start > 0 || h.ToEnd && region.End < len(s.text)
			found = h.Maybe && !s.dismissed(s.view, v.Text, h)
		})
	}
	return found, cutOff
}

// isReached tells whether something reaches lines that can be decoded from farther
// away than was looked at with them.
func (s *Sieve) isReached(lines trace) bool {
	return slices.ContainsFunc(s.traces, func(t trace) bool {
		return t.size == 0 && t.start < lines.at+lines.size && t.end > lines.at && (t.start < lines.start || t.end > lines.end)
	})
}
