package secrets

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets/internal/match"
)

// Detector finds what its rules describe. It is safe for concurrent use.
type Detector struct {
	set         RuleSet
	rules       []*rule
	pathRules   []*rule // those without an expression for texts
	allow       []*allowlist
	ignoreMarks bool
	depth       int // of decoding
	keywords    *keywords
	live        *live // nil when no live values are looked for
	passedOver  int   // live values that are not looked for

	matchersOnce sync.Once
	matchersSet  atomic.Pointer[match.Set]
	scanners     sync.Pool
	smallTexts   atomic.Int32

	random sync.Map // whether the secrets of a *Rule are, once that was asked
}

// Option changes what a detector looks for.
type Option func(*Detector)

// NewDetector makes a detector. Rules need an ID each, and no two the same.
// Expressions are not looked at yet: see [Detector.Compile].
func NewDetector(set RuleSet, options ...Option) (*Detector, error) {
	rules := set.Rules
	d := &Detector{set: set, allow: newAllowlists(set.Allow), ignoreMarks: set.IgnoreMarks}
	switch {
	case set.DecodeDepth > 0:
		d.depth = set.DecodeDepth
	case set.DecodeDepth == 0:
		d.depth = 5
	}
	byID := map[string]*rule{}
	for i, r := range rules {
		if r.ID == "" {
			return nil, fmt.Errorf("rule %d of %d has no ID", i+1, len(rules))
		}
		if r.ID == LiveRule {
			return nil, fmt.Errorf("a rule has the ID %q, which is that of another kind of rule", r.ID)
		}
		if byID[r.ID] != nil {
			return nil, fmt.Errorf("two rules have the ID %q", r.ID)
		}
		byID[r.ID] = newRule(r, i)
		d.rules = append(d.rules, byID[r.ID])
	}
	for _, r := range d.rules {
		if r.Regex == "" && r.Path != "" {
			d.pathRules = append(d.pathRules, r)
		}
		for _, required := range r.Required {
			r.required = append(r.required, byID[required.Rule])
		}
	}
	d.keywords = newKeywords(d.rules)
	for _, option := range options {
		option(d)
	}
	return d, nil
}

// Compile compiles all expressions now and says which ones are wrong, and which
// rules require rules that do not exist. Rules that a user wrote should be checked
// so; for rules known to be right it only costs time. Without it, a rule whose
// expression is wrong finds nothing, and a wrong expression allows nothing.
func (d *Detector) Compile() error {
	var errs []error
	for _, r := range d.rules {
		errs = append(errs, r.check())
	}
	for _, list := range d.allow {
		errs = append(errs, list.paths.compile(), list.regexes.compile())
	}
	return errors.Join(errs...)
}

// Spans returns what must not be shown of a text, sorted; spans may overlap. It
// hides too much rather than too little: paths and entropy are not asked, and
// where a rule cannot be compiled, the lines that hold one of its keywords are
// hidden as a whole. What is encoded is hidden, too, and what is found in one place
// is hidden in all, also where it is encoded there or written in pieces, as
// "a" + "b". What is left visible on purpose
// are placeholders that the rule itself names, and names of variables
// ("process.env.API_KEY_2").
func (d *Detector) Spans(text []byte) []envtight.Span {
	var lines, out []envtight.Span
	for _, c := range d.candidates(text) {
		if c.compile() != nil {
			lines = append(lines, linesWith(text, c.Keywords)...)
			continue
		}
		out = append(out, c.findShown(text, c.windows)...)
	}
	out = append(out, d.Inspect(text).beyond()...)
	out = append(out, d.acrossJoints(text)...)
	out = slices.DeleteFunc(out, func(s envtight.Span) bool { return s.Len() == 0 || isName(s.Of(text)) })
	all := envtight.Span{Start: 0, End: len(text)}
	for _, hit := range d.live.find(text, all) {
		out = append(out, hit.Span)
	}
	var values repeats
	for _, s := range out {
		values.add(s.Of(text))
		values.addEncoded(s.Of(text))
	}
	out = slices.Concat(out, lines, values.in(text, all))
	sortSpans(out)
	return widen(text, slices.Compact(out))
}

func sortSpans(spans []envtight.Span) {
	slices.SortFunc(spans, func(a, b envtight.Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
}

// maxMasked is the size in bytes above which Mask does not search: it is asked
// for a few lines only, and the expressions take seconds for a large text.
const maxMasked = 1 << 20

// Mask is Spans for all paths; of a text above 1 MiB it hides everything. It
// implements [envtight.Masker].
func (d *Detector) Mask(_ string, text []byte) []envtight.Span {
	if len(text) > maxMasked {
		return []envtight.Span{{Start: 0, End: len(text)}}
	}
	return d.Spans(text)
}

// suspect is a rule that may match, and where.
type suspect struct {
	*rule
	windows []match.Span
}

// candidates returns the rules whose keywords occur in text and that may match, in
// order.
func (d *Detector) candidates(text []byte) []suspect {
	hit := d.keywords.in(text)
	scanner := d.scanner(text)
	defer d.release(scanner)
	windows := make(map[int][]match.Span)
	scanner.Windows(text, hit, func(n int, spans []match.Span) { windows[n] = spans })
	var out []suspect
	for i, r := range d.rules {
		// The scanner does not know what cannot be compiled.
		if hit[i] && r.Regex != "" && (windows[i] != nil || r.expressionOf() == nil) {
			out = append(out, suspect{r, windows[i]})
		}
	}
	return out
}

// find returns the secrets of one compiled rule that are no placeholders.
func (r *rule) find(text []byte) []envtight.Span {
	var out []envtight.Span
	for _, groups := range r.expressionOf().FindAllSubmatchIndex(text, -1) {
		start, end := r.secretOf(groups)
		span := envtight.Span{Start: start, End: end}
		if span.Len() > 0 && !r.isPlaceholder(span.Of(text)) {
			out = append(out, span)
		}
	}
	return out
}

// findShown is find for what is shown to people. Generic rules let a line break
// stand between a name and its secret, so that below an empty "API_KEY=" they take
// the next assignment, name and all, for the secret. Such a line is looked at on
// its own instead.
func (r *rule) findShown(text []byte, windows []match.Span) []envtight.Span {
	var out []envtight.Span
	regex := r.expressionOf()
	for _, found := range match.FindAll(regex, text, windows, nil) {
		whole := envtight.Span{Start: found[0], End: found[1]}
		span := whole
		if groups := regex.FindSubmatchIndex(whole.Of(text)); groups != nil {
			start, end := r.secretOf(groups)
			span = envtight.Span{Start: whole.Start + start, End: whole.Start + end}
		}
		if span.Len() == 0 || r.isPlaceholder(span.Of(text)) {
			continue
		}
		line, ok := assignmentAt(text, span.Start)
		if !ok || !bytes.Contains(text[whole.Start:span.Start], []byte("\n")) {
			out = append(out, span)
			continue
		}
		for _, inner := range r.find(line.Of(text)) {
			out = append(out, envtight.Span{Start: line.Start + inner.Start, End: line.Start + inner.End})
		}
	}
	return out
}

// assignmentAt returns the line that the byte at start is in, and whether it is
// an assignment whose name begins there.
func assignmentAt(text []byte, start int) (line envtight.Span, ok bool) {
	line = lineAt(text, start)
	before := string(bytes.TrimSpace(text[line.Start:start]))
	return line, (before == "" || before == "export") && assignment().Match(text[start:line.End])
}

// lineAt is the line that an offset is in, without its end.
func lineAt(text []byte, offset int) envtight.Span {
	line := envtight.Span{Start: bytes.LastIndexByte(text[:offset], '\n') + 1, End: len(text)}
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		line.End = offset + i
	}
	return line
}

var assignment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*[ \t]*[=:]`)
})

// linesWith returns the lines of text that hold one of the keywords; all of the
// text when there are none.
func linesWith(text []byte, keywords []string) []envtight.Span {
	if len(keywords) == 0 {
		return []envtight.Span{{Start: 0, End: len(text)}}
	}
	var out []envtight.Span
	start := 0
	for line := range bytes.Lines(text) {
		lower := bytes.ToLower(line)
		if slices.ContainsFunc(keywords, func(k string) bool { return bytes.Contains(lower, []byte(k)) }) {
			out = append(out, envtight.Span{Start: start, End: start + len(line)})
		}
		start += len(line)
	}
	return out
}

// nameExpression describes what reads like a secret to generic rules and is the
// name of a variable: a path that begins with a well-known object of settings,
// or words in capitals joined by underscores.
var nameExpression = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:` +
		`(?:process\.env|import\.meta\.env|Deno\.env|Bun\.env|os\.environ|env|settings|config|secrets|vars|var|local|data|this|self)` +
		`(?:\.[A-Za-z_][A-Za-z0-9_]{0,40})+` +
		`|[A-Z]{1,14}[0-9]{0,2}(?:_(?:[A-Z]{1,14}[0-9]{0,2}|[0-9]{1,2}))+` +
		`)$`)
})

func isName(secret []byte) bool { return nameExpression().Match(secret) }
