package secrets

import (
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/internal/decode"
	"github.com/envtight/envtight/secrets/internal/match"
)

// Inspection is what a detector found in one text, before the file it is in is
// asked. It is not changed any more and safe for concurrent use.
type Inspection struct {
	detector *Detector
	groups   []*group
	live     []Match
}

// group is what one rule matched in one pass over a text.
type group struct {
	rule       *rule
	candidates []candidate
	// required are the groups of the rules that the rule requires, in the
	// same pass; they stand beside Rule.Required.
	required []*group
}

// candidate is a match if the file is one that the rule is about, and none that
// is allowed.
type candidate struct {
	Match
	// pending are allowlists that allow it in some files.
	pending []*allowlist
	// further is set for what gitleaks does not find: see [pass.further].
	further bool
}

// Inspect looks at a text whole: the work that depends on the bytes alone, so that
// one text at many paths is looked at once. The text must not be changed while
// the inspection is used.
func (d *Detector) Inspect(text []byte) *Inspection {
	out := &Inspection{detector: d}
	utf16, isWide := fromUTF16(text)
	if isWide {
		text = utf16.text
	}
	original := &places{text: text}
	var segments *decode.Segments
	for number := 0; ; number++ {
		p := &pass{
			detector: d, scanner: d.scanner(text), original: original, text: text, segments: segments,
			groups: map[*rule]*group{}, lines: map[lineQuestion]bool{},
		}
		p.scan()
		out.groups = append(out.groups, p.all()...)
		d.release(p.scanner)
		if number == d.depth {
			break
		}
		if text, segments = decode.Decode(text, segments); segments == nil {
			break
		}
	}
	out.live = d.live.matches(original)
	if isWide {
		utf16.back(out.spans())
	}
	return out
}

// spans are those of all candidates, and of live values.
func (i *Inspection) spans() []*envtight.Span {
	var out []*envtight.Span
	i.each(func(c *candidate) { out = append(out, &c.Span, &c.Whole) })
	for n := range i.live {
		out = append(out, &i.live[n].Span, &i.live[n].Whole)
	}
	return out
}

// beyond are where secrets stand that the rules do not find in the text as it is, one
// after another: encoded ones, and those that another one swallows.
func (i *Inspection) beyond() []envtight.Span {
	var out []envtight.Span
	i.each(func(c *candidate) {
		if c.Decoded != nil || c.further {
			out = append(out, c.Span)
		}
	})
	return out
}

// each calls yield with all candidates.
func (i *Inspection) each(yield func(*candidate)) {
	done := map[*group]bool{}
	add := func(g *group) {
		if g == nil || done[g] {
			return
		}
		done[g] = true
		for n := range g.candidates {
			yield(&g.candidates[n])
		}
	}
	for _, g := range i.groups {
		add(g)
		for _, required := range g.required {
			add(required)
		}
	}
}

// None tells that Matches is empty for whatever file.
func (i *Inspection) None() bool { return len(i.groups) == 0 && len(i.live) == 0 }

// pass is one look at a text: as it is, or decoded.
type pass struct {
	detector *Detector
	scanner  *match.Scanner
	original *places
	text     []byte
	segments *decode.Segments // nil in the first pass
	groups   map[*rule]*group // nil where nothing was found
	lines    map[lineQuestion]bool
	windows  map[int][]match.Span // where rules may match, by their numbers
	patience int                  // see patienceFor
}

// scan finds where rules may match.
func (p *pass) scan() {
	p.windows = map[int][]match.Span{}
	p.scanner.Windows(p.text, nil, func(n int, spans []match.Span) { p.windows[n] = spans })
}

// all returns what the rules whose keywords occur find, in no order.
func (p *pass) all() []*group {
	var out []*group
	for n := range p.windows {
		r := p.detector.rules[n]
		if r.SkipReport || !p.hasKeyword(r) {
			continue
		}
		if g := p.groupOf(r); g != nil {
			out = append(out, p.withRequired(g))
		}
	}
	return out
}

// hasKeyword tells whether the text has a keyword of a rule. Mostly it is where the
// rule may match.
func (p *pass) hasKeyword(r *rule) bool {
	if r.words == nil {
		return true
	}
	for _, s := range p.windows[r.number] {
		if r.words.inAnyCase(p.text[s.Start:s.End]) {
			return true
		}
	}
	return r.words.inAnyCase(p.text)
}

// withRequired looks for what the rule of g requires. Of those rules, no keyword is
// asked. What rules find in paths alone requires nothing.
func (p *pass) withRequired(g *group) *group {
	if g.rule.Regex == "" {
		return g
	}
	for _, r := range g.rule.required {
		var required *group
		if r != nil {
			required = p.groupOf(r)
		}
		g.required = append(g.required, required)
	}
	return g
}

// groupOf returns nil where r finds nothing.
func (p *pass) groupOf(r *rule) *group {
	if known, ok := p.groups[r]; ok {
		return known
	}
	var g *group
	if r.Regex == "" && p.segments == nil {
		g = &group{rule: r}
	} else if candidates := p.find(r); len(candidates) > 0 {
		g = &group{rule: r, candidates: candidates}
	}
	p.groups[r] = g
	return g
}

// hit is what an expression matched, before it is judged.
type hit struct {
	// found is the match; whole is the match without line breaks at its ends.
	found, whole, secret envtight.Span
}

func (p *pass) find(r *rule) []candidate {
	regex := r.expressionOf()
	if regex == nil {
		return nil
	}
	var hits []hit
	for _, m := range match.FindAll(regex, p.text, p.windows[r.number], p.scanner.Memo()) {
		if h := p.hitOf(r, envtight.Span{Start: m[0], End: m[1]}); h.whole.Len() > 0 {
			hits = append(hits, h)
		}
	}
	var out []candidate
	for i, h := range append(hits, p.further(r, hits)...) {
		if c, ok := p.judge(r, h); ok {
			c.further = i >= len(hits)
			out = append(out, c)
		}
	}
	return out
}

func (p *pass) hitOf(r *rule, found envtight.Span) hit {
	h := hit{found: found, whole: trimmed(p.text, found)}
	h.secret = r.secretIn(p.text, h.whole, p.scanner.Memo())
	return h
}

// judge tells whether a hit may be a match.
func (p *pass) judge(r *rule, h hit) (candidate, bool) {
	at, ok := p.locate(h)
	if !ok || !p.detector.ignoreMarks && p.original.isMarked(at.line) {
		return candidate{}, false
	}
	secret := h.secret.Of(p.text)
	bits := entropy(secret)
	if r.Entropy != 0 && bits <= r.Entropy {
		return candidate{}, false
	}
	pending, allowed := askAll(
		asked{secret: secret, match: h.whole.Of(p.text), text: p.text, line: at.current, lines: p.lines},
		p.detector.allow, r.allow)
	if allowed {
		return candidate{}, false
	}
	m := Match{
		Rule: &r.Rule, Secret: envtight.NewSecret(string(secret)), Span: h.secret, Whole: h.whole,
		StartLine: at.startLine, EndLine: at.endLine, StartColumn: at.startColumn, EndColumn: at.endColumn,
		Entropy: bits,
	}
	if p.segments != nil {
		m.Whole, m.Span, m.Decoded = at.original, p.secretBefore(h.secret, at.original), at.tags
	}
	return candidate{Match: m, pending: pending}, true
}

// located is where a match stands.
type located struct {
	place
	// current is the line in the text of the pass; the line of place is one of
	// the original text.
	current envtight.Span
	// original is the match in the original text, and tags say how it is
	// encoded there.
	original envtight.Span
	tags     []string
}

// locate places a hit; it is false for what the pass before has seen already.
func (p *pass) locate(h hit) (located, bool) {
	if p.segments == nil {
		// gitleaks moves the end with the line breaks it cuts off at both
		// sides, and leaves the start.
		at := p.original.of(envtight.Span{Start: h.found.Start, End: h.found.Start + h.whole.Len()})
		return located{place: at, current: at.line, original: h.whole}, true
	}
	part, ok := p.segments.Touching(h.found)
	if !ok {
		return located{}, false
	}
	original := part.Original(h.found)
	return located{
		place: p.original.of(original), current: part.Line(p.text), original: original, tags: part.Tags(),
	}, true
}

// secretBefore is where the secret of a match stands in the original text. Where
// none of it was decoded, only that it is in the match is known.
func (p *pass) secretBefore(span, match envtight.Span) envtight.Span {
	part, ok := p.segments.Touching(span)
	if !ok {
		return match
	}
	original := part.Original(span)
	return envtight.Span{Start: max(original.Start, match.Start), End: min(original.End, match.End)}
}

// askAll returns the lists whose answer depends on the file, and whether one
// allows the match in any.
func askAll(q asked, lists ...[]*allowlist) (pending []*allowlist, allowed bool) {
	for _, list := range slices.Concat(lists...) {
		switch list.ask(q) {
		case allows:
			return nil, true
		case depends:
			pending = append(pending, list)
		case keeps:
		}
	}
	return pending, false
}

// trimmed returns s without line breaks at its ends.
func trimmed(text []byte, s envtight.Span) envtight.Span {
	for s.Start < s.End && text[s.Start] == '\n' {
		s.Start++
	}
	for s.Start < s.End && text[s.End-1] == '\n' {
		s.End--
	}
	return s
}

// secretIn picks the secret of a match. As gitleaks does, it tries the expression
// once more on the match alone, where what is round it does not count any more;
// where it does not match again, all of it is the secret.
func (r *rule) secretIn(text []byte, whole envtight.Span, memo *match.Memo) envtight.Span {
	regex := r.expressionOf()
	if regex.NumSubexp() == 0 {
		return whole
	}
	groups := memo.FindSubmatchIndex(regex, whole.Of(text))
	if groups == nil {
		return whole
	}
	group := func(n int) envtight.Span {
		if groups[2*n] < 0 {
			return envtight.Span{Start: whole.Start, End: whole.Start}
		}
		return envtight.Span{Start: whole.Start + groups[2*n], End: whole.Start + groups[2*n+1]}
	}
	if r.SecretGroup > 0 {
		return group(r.SecretGroup)
	}
	for n := 1; n <= regex.NumSubexp(); n++ {
		if s := group(n); s.Len() > 0 {
			return s
		}
	}
	return whole
}
