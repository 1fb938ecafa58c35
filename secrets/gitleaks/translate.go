package gitleaks

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/nearest"
	"github.com/envtight/envtight/secrets"
)

// maxExtend is how many files, one extending the next, are read below the
// first. gitleaks counts them per process, we per configuration.
const maxExtend = 2

// release is the gitleaks release that this package means the same as: the one
// that go.mod requires.
const release = "8.30.1"

// ruleSet is a configuration while it is put together.
type ruleSet struct {
	rules map[string]*rule
	order []string
	allow []secrets.Allowlist
}

// rule is a rule and the last file that had a say in it.
type rule struct {
	secrets.Rule
	source *source
	at     envtight.Span
	// groupAt is where SecretGroup stands in source; at when it does not.
	groupAt envtight.Span
}

// targeted is an allowlist for some rules. They can be looked up only when all
// files are joined.
type targeted struct {
	rules []word
	list  secrets.Allowlist
}

// translate turns what a file says into rules, extended by what it extends.
// depth is 0 for the file that was asked for.
func (l *loader) translate(src *source, c fileConfig, depth int) *ruleSet {
	out := &ruleSet{rules: make(map[string]*rule, len(c.rules))}
	for i := range c.rules {
		l.addRule(out, src, &c.rules[i])
	}
	for i := range c.rules {
		l.checkRequired(out, src, &c.rules[i])
	}
	l.checkVersion(src, c.minVersion)
	targets := l.addAllowlists(out, src, &c, depth)
	l.extend(out, src, &c.extend, depth)
	if depth == 0 {
		for _, id := range out.order {
			l.validate(out.rules[id])
		}
		l.addTargeted(out, src, targets)
	}
	return out
}

func (l *loader) addRule(out *ruleSet, src *source, c *ruleConfig) {
	r := &rule{source: src, at: c.at, groupAt: c.groupAt, Rule: secrets.Rule{
		ID: c.id.text, Description: c.description.text, Regex: c.regex.text, SecretGroup: c.secretGroup, Entropy: c.entropy,
		Path: c.path.text, Keywords: texts(c.keywords), Tags: texts(c.tags), SkipReport: c.skipReport,
	}}
	if r.groupAt == (envtight.Span{}) {
		r.groupAt = c.at
	}
	for i, k := range r.Keywords {
		r.Keywords[i] = strings.ToLower(k)
	}
	l.checkExpression(src, c.regex)
	l.checkExpression(src, c.path)
	lists := c.allows
	if c.allow != nil {
		if len(lists) > 0 {
			l.report.fail(src, c.allow.at, "this rule has allowlists of the old form and of the new one", "write all of them as [[rules.allowlists]]")
		}
		lists = append(slices.Clip(lists), *c.allow)
	}
	for i := range lists {
		r.Allow = append(r.Allow, l.allowlist(src, &lists[i]))
	}
	for _, required := range c.required {
		r.Required = append(r.Required, secrets.Required{
			Rule: required.id.text, WithinLines: required.withinLines, WithinColumns: required.withinColumns,
		})
	}
	if before := out.rules[r.ID]; before != nil {
		l.report.add(ruleEffect, src, before.at, "a later rule of this file has the same ID and replaces this one", "give one of them another ID")
	} else {
		out.order = append(out.order, r.ID)
	}
	out.rules[r.ID] = r
}

// checkRequired holds required rules against those of their own file, as gitleaks
// does: rules of an extended file are not there yet.
func (l *loader) checkRequired(out *ruleSet, src *source, c *ruleConfig) {
	for i := range c.required {
		required := &c.required[i]
		switch {
		case required.id.text == "":
			l.report.fail(src, required.at, "this names no rule", "write: id = \"...\"")
		case out.rules[required.id.text] == nil && out.rules[c.id.text].at == c.at:
			l.report.fail(src, required.id.at, "there is no such rule in this file"+didYouMean(required.id.text, out.order),
				"a required rule has to stand in the same file")
		}
	}
}

func didYouMean(name string, known []string) string {
	if near := nearest.Name(name, known); near != "" && isWord(near) {
		return "; did you mean \"" + near + "\"?"
	}
	return ""
}

// addAllowlists adds those for all rules, and returns the others.
func (l *loader) addAllowlists(out *ruleSet, src *source, c *fileConfig, depth int) []targeted {
	lists := c.allows
	if c.allow != nil {
		if len(lists) > 0 {
			l.report.fail(src, c.allow.at, "there are allowlists of the old form and of the new one", "write all of them as [[allowlists]]")
		}
		lists = append(slices.Clip(lists), *c.allow)
	}
	var targets []targeted
	for i := range lists {
		list := l.allowlist(src, &lists[i])
		if len(lists[i].targetRules) == 0 {
			out.allow = append(out.allow, list)
			continue
		}
		targets = append(targets, targeted{lists[i].targetRules, list})
		if depth > 0 {
			l.report.add(ruleEffect, src, lists[i].at, "an allowlist with targetRules has no effect in a file that another one extends",
				"move it to the file that extends this one")
		}
	}
	return targets
}

func (l *loader) addTargeted(out *ruleSet, src *source, targets []targeted) {
	for _, target := range targets {
		for _, id := range target.rules {
			r := out.rules[id.text]
			if r == nil {
				l.report.fail(src, id.at, "targetRules names a rule that is not there"+didYouMean(id.text, out.order), "")
				continue
			}
			r.Allow = append(slices.Clip(r.Allow), target.list)
		}
	}
}

func (l *loader) allowlist(src *source, c *allowConfig) secrets.Allowlist {
	out := secrets.Allowlist{
		Description: c.description.text, Paths: texts(c.paths), Regexes: texts(c.regexes),
		StopWords: lowered(c.stopWords, func(s string) string { return s }),
		Commits:   lowered(c.commits, strings.TrimSpace),
	}
	switch strings.ToUpper(c.condition.text) {
	case "AND", "&&":
		out.All = true
	case "", "OR", "||":
	default:
		l.report.fail(src, c.condition.at, "condition must be AND or OR", "")
	}
	switch c.regexTarget.text {
	case "", "secret":
	case "match":
		out.Target = secrets.TargetMatch
	case "line":
		out.Target = secrets.TargetLine
	default:
		l.report.fail(src, c.regexTarget.at, "regexTarget must be secret, match or line", "")
	}
	for _, expressions := range [][]word{c.paths, c.regexes} {
		for _, w := range expressions {
			l.checkExpression(src, w)
		}
	}
	if len(c.commits)+len(c.paths)+len(c.regexes)+len(c.stopWords) == 0 {
		l.report.fail(src, c.at, "this allowlist has none of commits, paths, regexes and stopwords", "add one, or remove the allowlist")
	}
	return out
}

func texts(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

// lowered returns the different words in lower case.
func lowered(words []word, trim func(string) string) []string {
	out := make([]string, 0, len(words))
	seen := make(map[string]bool, len(words))
	for _, w := range words {
		if text := trim(strings.ToLower(w.text)); !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// checkExpression reports an expression that does not compile. Those of the
// built-in configuration are known to.
func (l *loader) checkExpression(src *source, w word) {
	if w.text == "" || src == l.builtin {
		return
	}
	if _, err := syntax.Parse(w.text, syntax.Perl); err != nil {
		what, advice := "it cannot be compiled", ""
		if wrong := (*syntax.Error)(nil); errors.As(err, &wrong) {
			what = string(wrong.Code) // its other part quotes the expression
			if strings.Contains(w.text, "(?=") || strings.Contains(w.text, "(?!") || strings.Contains(w.text, "(?<") {
				advice = "the expressions are Go's (RE2), which have no lookahead and no lookbehind"
			}
		}
		l.report.fail(src, w.at, "this is no regular expression: "+what, advice)
	}
}

func (l *loader) checkVersion(src *source, minVersion word) {
	if minVersion.text == "" {
		return
	}
	want, ok := versionOf(minVersion.text)
	if !ok {
		l.report.fail(src, minVersion.at, "minVersion is no version", "write it as in \"v"+release+"\"")
		return
	}
	if have, _ := versionOf(release); slices.Compare(want, have) > 0 {
		l.report.add(ruleEffect, src, minVersion.at, "this asks for a newer gitleaks than "+release+", whose rules and formats are known here",
			"what newer releases brought may be passed over")
	}
}

// versionOf reads the numbers of a version, without the zeros at its end. What
// follows them, as "-rc1", is not compared.
func versionOf(text string) ([]int, bool) {
	text = strings.TrimPrefix(text, "v")
	if end := strings.IndexAny(text, "-+"); end >= 0 {
		text = text[:end]
	}
	var out []int
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || part[0] == '+' || part[0] == '-' {
			return nil, false
		}
		out = append(out, n)
	}
	for len(out) > 0 && out[len(out)-1] == 0 {
		out = out[:len(out)-1]
	}
	return out, true
}

// extend joins the rules of a file with those of the one that it extends.
func (l *loader) extend(out *ruleSet, src *source, c *extendConfig, depth int) {
	if c.url.text != "" {
		l.report.add(ruleEffect, src, c.url.at, "gitleaks does not read extend.url, so it says nothing", "use extend.path with a copy of the file")
	}
	if c.path.text == "" && !c.useDefault {
		if len(c.disabledRules) > 0 {
			l.report.add(ruleEffect, src, c.at, "disabledRules has no effect, as nothing is extended", "add: useDefault = true")
		}
		return
	}
	if depth == maxExtend {
		l.report.add(ruleEffect, src, c.at, "this extend has no effect: it is the third of a chain", "")
		return
	}
	if c.path.text != "" && c.useDefault {
		l.report.fail(src, c.at, "extend has both path and useDefault", "let the file at path have useDefault = true, and leave it out here")
		return
	}
	var base *ruleSet
	if c.useDefault {
		base = l.builtinRules(depth + 1)
	} else if base = l.extended(src, c.path, depth); base == nil {
		return
	}
	l.checkDisabled(src, c, base)
	out.merge(base, texts(c.disabledRules), l)
}

// extended reads the file that another one extends; nil when it cannot be used.
func (l *loader) extended(src *source, path word, depth int) *ruleSet {
	text, err := l.read(path.text)
	if err != nil {
		message := "extend.path names a file that cannot be read"
		if errors.Is(err, fs.ErrNotExist) {
			message = "extend.path names a file that is not there"
		}
		l.report.fail(src, path.at, message, "the path counts from the directory that the command runs in, not from this file")
		return nil
	}
	next := l.add(l.name(within(l.dir, path.text)), text)
	c, ok := l.parse(next)
	if !ok {
		return nil
	}
	return l.translate(next, c, depth+1)
}

func (l *loader) checkDisabled(src *source, c *extendConfig, base *ruleSet) {
	for _, id := range c.disabledRules {
		if base.rules[id.text] == nil {
			l.report.add(ruleEffect, src, id.at, "disabledRules names a rule that the extended file does not have"+didYouMean(id.text, base.order), "")
		}
	}
}

// merge adds the rules of base. Those that are in both are the base's, with what
// is said of them here.
func (s *ruleSet) merge(base *ruleSet, disabled []string, l *loader) {
	for _, id := range base.order {
		if slices.Contains(disabled, id) {
			continue
		}
		ours, theirs := s.rules[id], base.rules[id]
		if ours == nil {
			s.rules[id] = theirs
			s.order = append(s.order, id)
			continue
		}
		s.rules[id] = l.merged(ours, theirs)
	}
	s.allow = append(s.allow, base.allow...)
	slices.Sort(s.order)
}

func (l *loader) merged(ours, base *rule) *rule {
	if len(ours.Required) > 0 || ours.SkipReport {
		l.report.add(ruleEffect, ours.source, ours.at, "required and skipReport have no effect on a rule that the extended file has, too",
			"disable the rule there with disabledRules and write it anew under another ID")
	}
	out := *base
	out.source, out.at, out.groupAt = ours.source, ours.at, ours.groupAt
	out.Description = cmp.Or(ours.Description, base.Description)
	out.Entropy = cmp.Or(ours.Entropy, base.Entropy)
	out.SecretGroup = cmp.Or(ours.SecretGroup, base.SecretGroup)
	out.Regex = cmp.Or(ours.Regex, base.Regex)
	out.Path = cmp.Or(ours.Path, base.Path)
	out.Tags = slices.Concat(base.Tags, ours.Tags)
	out.Keywords = slices.Concat(base.Keywords, ours.Keywords)
	out.Allow = slices.Concat(base.Allow, ours.Allow)
	return &out
}

// validate holds a rule against what gitleaks asks of it once all files are
// joined.
func (l *loader) validate(r *rule) {
	if r.source == l.builtin {
		return
	}
	switch {
	case strings.TrimSpace(r.ID) == "":
		l.report.fail(r.source, r.at, "this rule has no ID", "add: id = \"...\"")
	case r.Regex == "" && r.Path == "":
		l.report.fail(r.source, r.at, "this rule has neither regex nor path, so it would find nothing", missingBase(r.ID))
	case r.Regex != "" && r.SecretGroup > 0:
		tree, err := syntax.Parse(r.Regex, syntax.Perl)
		if err == nil && r.SecretGroup > tree.MaxCap() {
			l.report.fail(r.source, r.groupAt, fmt.Sprintf("secretGroup is %d, and the expression has %d groups", r.SecretGroup, tree.MaxCap()), "")
		}
	}
}

// missingBase tells whoever changes a rule of gitleaks that it is not extended.
func missingBase(id string) string {
	if strings.Contains(config.DefaultConfig, "\nid = "+strconv.Quote(id)+"\n") {
		return "gitleaks has a rule of this ID; to change it, write [extend] with useDefault = true, and leave it out of disabledRules"
	}
	return ""
}
