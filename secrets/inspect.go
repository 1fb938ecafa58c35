package secrets

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/envtight/envtight"
)

// Inspection is what a detector found in one text, before the file it is in is
// asked. It is not changed any more and safe for concurrent use.
type Inspection struct {
	detector *Detector
	groups   []*group
}

// group is what one rule matched in one pass over a text.
type group struct {
	rule *rule
	// pass counts from 0; the text is decoded once more before each further one.
	pass       int
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
}

// Inspect looks at a text whole: the work that depends on the bytes alone, so that
// one text at many paths is looked at once. The text must not be changed while
// the inspection is used.
func (d *Detector) Inspect(text []byte) *Inspection {
	out := &Inspection{detector: d}
	p := pass{detector: d, original: &places{text: text}, text: text}
	p.lines = map[lineQuestion]bool{}
	p.groups = map[*rule]*group{}
	for _, r := range d.hit(text) {
		if r.SkipReport {
			continue
		}
		if g := p.groupOf(r); g != nil {
			out.groups = append(out.groups, p.withRequired(g))
		}
	}
	return out
}

// None tells that Matches is empty for whatever file.
func (i *Inspection) None() bool { return len(i.groups) == 0 }

// pass is one look at a text: as it is, or decoded.
type pass struct {
	detector *Detector
	original *places
	number   int
	text     []byte
	groups   map[*rule]*group // nil where nothing was found
	lines    map[lineQuestion]bool
	marks    []int // of allow marks in the original text; nil until needed
}

// withRequired looks for what the rule of g requires. Of those rules, no keyword is
// asked.
func (p *pass) withRequired(g *group) *group {
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
	if r.Regex == "" && p.number == 0 {
		g = &group{rule: r, pass: p.number}
	} else if candidates := p.find(r); len(candidates) > 0 {
		g = &group{rule: r, pass: p.number, candidates: candidates}
	}
	p.groups[r] = g
	return g
}

func (p *pass) find(r *rule) []candidate {
	regex := r.expressionOf()
	if regex == nil {
		return nil
	}
	var out []candidate
	for _, match := range regex.FindAllIndex(p.text, -1) {
		if c, ok := p.candidate(r, regex, envtight.Span{Start: match[0], End: match[1]}); ok {
			out = append(out, c)
		}
	}
	return out
}

// candidate judges what an expression matched.
func (p *pass) candidate(r *rule, regex *regexp.Regexp, found envtight.Span) (candidate, bool) {
	whole := trimmed(p.text, found)
	if whole.Len() == 0 {
		return candidate{}, false
	}
	// gitleaks moves the end with the line breaks it cuts off at both sides,
	// and leaves the start.
	at := p.original.of(envtight.Span{Start: found.Start, End: found.Start + whole.Len()})
	if p.isMarked(at.line) {
		return candidate{}, false
	}
	span := r.secretIn(regex, p.text, whole)
	secret := span.Of(p.text)
	bits := entropy(secret)
	if r.Entropy != 0 && bits <= r.Entropy {
		return candidate{}, false
	}
	question := asked{secret: secret, match: whole.Of(p.text), text: p.text, line: at.line, lines: p.lines}
	pending, allowed := askAll(question, p.detector.allow, r.allow)
	if allowed {
		return candidate{}, false
	}
	return candidate{pending: pending, Match: Match{
		Rule: &r.Rule, Secret: envtight.NewSecret(string(secret)), Span: span, Whole: whole,
		StartLine: at.startLine, EndLine: at.endLine, StartColumn: at.startColumn, EndColumn: at.endColumn,
		Entropy: bits,
	}}, true
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
func (r *rule) secretIn(regex *regexp.Regexp, text []byte, whole envtight.Span) envtight.Span {
	if regex.NumSubexp() == 0 {
		return whole
	}
	groups := regex.FindSubmatchIndex(whole.Of(text))
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

const allowMark = "gitleaks:allow"

// isMarked tells whether a line of the original text bears an allow mark.
func (p *pass) isMarked(line envtight.Span) bool {
	if p.detector.ignoreMarks {
		return false
	}
	if p.marks == nil {
		p.marks = []int{}
		for at := 0; ; at++ {
			i := bytes.Index(p.original.text[at:], []byte(allowMark))
			if i < 0 {
				break
			}
			at += i
			p.marks = append(p.marks, at)
		}
	}
	i, _ := slices.BinarySearch(p.marks, line.Start)
	return i < len(p.marks) && p.marks[i]+len(allowMark) <= line.End
}
