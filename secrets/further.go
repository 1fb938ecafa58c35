package secrets

import (
	"cmp"
	"regexp"
	"regexp/syntax"
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

// patienceFor is how many bytes are looked at again for one rule, at most: a match
// may be as long as the text, with anchors all over it.
func patienceFor(text []byte) int { return 4*len(text) + 1<<16 }

// further returns matches of a rule that begin inside of the found ones, and whose
// secrets overlap no other one of the rule.
func (p *pass) further(r *rule, found []hit) []hit {
	if r.expressionOf().NumSubexp() == 0 || len(found) == 0 || r.behind() == nil {
		return nil // mostly, because the secret is all of the match
	}
	var known, added spanSet
	for _, m := range found {
		known.add(m.secret)
	}
	var out []hit
	p.scanner.Reset(len(p.text))
	p.patience = patienceFor(p.text)
	for _, m := range found {
		for _, inner := range p.inside(r, m) {
			if inner.secret.Len() > 0 && inner.whole.Len() > 0 && !known.overlaps(inner.secret) && added.add(inner.secret) {
				out = append(out, inner)
			}
		}
	}
	return out
}

// inside returns matches that begin inside of another. It tries what begins behind
// the begin of the match; and where that finds a secret that is known, what begins
// behind the next anchor, which needs another anchor.
func (p *pass) inside(r *rule, m hit) []hit {
	start, end := m.found.Start, m.found.End
	var anchors []int
	limit := 0
	p.scanner.Scan(p.text, start, min(end+pastEnd, len(p.text)), len(p.text), func(h match.Hit) {
		if h.Expression == r.number && h.Maybe && !h.Keyword && h.Start < end {
			anchors = append(anchors, h.At)
			limit = max(limit, h.End)
		}
	})
	if len(anchors) == 0 {
		return nil // an expression without any
	}
	var out []hit
	last := m
	for behind := start; behind+1 < end; {
		from := behind + 1
		// There must be room for another secret.
		if max(limit-m.secret.End, m.secret.Start-behind) >= r.shortest() {
			if p.patience -= limit - behind; p.patience < 0 {
				break
			}
			groups := p.scanner.Memo().FindSubmatchIndex(r.behind(), p.text[behind:limit])
			if groups == nil || behind+groups[2] >= end {
				break
			}
			from = behind + groups[2]
			h := p.hitOf(r, envtight.Span{Start: from, End: behind + groups[3]})
			if h.isNotOf(m) && h.isNotOf(last) {
				out, last, behind = append(out, h), h, from
				continue
			}
		}
		next, _ := slices.BinarySearch(anchors, from)
		if next == len(anchors) {
			break
		}
		behind = anchors[next]
	}
	return out
}

// isNotOf tells whether h is something else than an end of m.
func (h hit) isNotOf(m hit) bool {
	return h.found.End != m.found.End && (h.secret.End <= m.secret.Start || m.secret.End <= h.secret.Start)
}

// behind is the expression of the rule behind one more character, so that what it
// asks of the character before it is answered. Its first group is the match. It is
// nil for an expression that is as large as they may be.
func (r *rule) behind() *regexp.Regexp {
	r.behindOnce.Do(func() { r.behindRegex, _ = regexp.Compile(`(?s:.)(` + r.Regex + `)`) })
	return r.behindRegex
}

// shortest is how many bytes a secret has at least, and at least 1.
func (r *rule) shortest() int {
	r.shortestOnce.Do(func() {
		r.shortestLength = 1
		if tree, err := syntax.Parse(r.Regex, syntax.Perl); err == nil {
			r.shortestLength = max(1, leastOf(secretsOf(tree, r.SecretGroup), shortestOf))
		}
	})
	return r.shortestLength
}

func shortestOf(tree *syntax.Regexp) int {
	sum := 0
	switch tree.Op {
	case syntax.OpLiteral:
		return len(tree.Rune) // the case of some letters makes them shorter
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpConcat:
		for _, sub := range tree.Sub {
			sum += shortestOf(sub)
		}
		return sum
	case syntax.OpAlternate:
		return leastOf(tree.Sub, shortestOf)
	case syntax.OpCapture, syntax.OpPlus:
		return shortestOf(tree.Sub[0])
	case syntax.OpRepeat:
		return tree.Min * shortestOf(tree.Sub[0])
	default:
		return 0
	}
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
