package secrets

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/internal/match"
)

// An expression that matches much finds one secret where there are two: what is
// searched next is what follows the match. gitleaks rarely meets this, as it looks
// at the lines that a commit adds, and we look at whole files. So we search again
// from the anchors inside of each match, for secrets beside those that are found.

// pastEnd is how far behind a match anchors are looked for of matches that begin
// inside of it.
const pastEnd = 64

// further returns matches of a rule that begin inside of the found ones, and whose
// secrets overlap no other one of the rule.
func (p *pass) further(r *rule, regex *regexp.Regexp, found [][]int) []envtight.Span {
	if regex.NumSubexp() == 0 || len(found) == 0 {
		return nil // the secret is all of the match
	}
	var known, added spanSet
	for _, m := range found {
		known.add(r.secretIn(regex, p.text, trimmed(p.text, envtight.Span{Start: m[0], End: m[1]})))
	}
	var out []envtight.Span
	p.scanner.Reset(len(p.text))
	for _, m := range found {
		for _, inner := range p.inside(r, m[0], m[1]) {
			whole := trimmed(p.text, inner)
			if secret := r.secretIn(regex, p.text, whole); secret.Len() > 0 && !known.overlaps(secret) && added.add(secret) {
				out = append(out, inner)
			}
		}
	}
	return out
}

// inside returns matches that begin between start and end, one for each anchor
// there but the first, which is that of the match that is known.
func (p *pass) inside(r *rule, start, end int) []envtight.Span {
	var hits []match.Hit
	limit := 0
	p.scanner.Scan(p.text, start, min(end+pastEnd, len(p.text)), len(p.text), func(h match.Hit) {
		if h.Expression == r.number && h.Maybe && !h.Keyword && h.Start < end {
			hits = append(hits, h)
			limit = max(limit, h.End)
		}
	})
	var out []envtight.Span
	from := start
	for i := 1; i < len(hits); i++ {
		// What begins behind an anchor needs another one.
		behind := hits[i-1].At
		if behind < from || behind+1 >= end {
			continue
		}
		m := r.behind().FindSubmatchIndex(p.text[behind:limit])
		if m == nil || behind+m[2] >= end {
			break
		}
		out = append(out, envtight.Span{Start: behind + m[2], End: behind + m[3]})
		from = behind + m[2]
	}
	return out
}

// behind is the expression of the rule behind one more character, so that what it
// asks of the character before it is answered. Its first group is the match.
func (r *rule) behind() *regexp.Regexp {
	// It compiles as the expression itself does.
	r.behindOnce.Do(func() { r.behindRegex = regexp.MustCompile(`(?s:.)(` + r.Regex + `)`) })
	return r.behindRegex
}

// spanSet is spans in order, of which no two overlap. Adding is cheap where the span
// belongs near the end.
type spanSet []envtight.Span

func (s spanSet) overlaps(span envtight.Span) bool {
	i := s.firstBehind(span.Start)
	return i < len(s) && s[i].Start < span.End
}

// add returns false when the span overlaps another one.
func (s *spanSet) add(span envtight.Span) bool {
	if s.overlaps(span) {
		return false
	}
	*s = slices.Insert(*s, s.firstBehind(span.Start), span)
	return true
}

// firstBehind returns the index of the first span that ends behind a place.
func (s spanSet) firstBehind(place int) int {
	i, _ := slices.BinarySearchFunc(s, place, func(t envtight.Span, place int) int { return cmp.Compare(t.End, place+1) })
	return i
}
