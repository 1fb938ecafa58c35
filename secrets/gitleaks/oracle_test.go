package gitleaks_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pelletier/go-toml/v2"
	"github.com/rs/zerolog"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/logging"
	"github.com/zricethezav/gitleaks/v8/report"

	"github.com/envtight/envtight/secrets"
)

// oracle is gitleaks itself beside a detector with the same rules.
type oracle struct {
	gitleaks *detect.Detector
	// alone is gitleaks with rules that require nothing.
	alone  *detect.Detector
	ours   *secrets.Detector
	config config.Config
}

// newOracle reads a configuration in gitleaks' format.
func newOracle(t testing.TB, text string, change ...func(*secrets.RuleSet)) *oracle {
	t.Helper()
	var v config.ViperConfig
	if err := toml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	c, err := v.Translate()
	if err != nil {
		t.Fatal(err)
	}
	logging.Logger = zerolog.Nop()
	o := &oracle{gitleaks: detect.NewDetector(c), config: c}
	o.gitleaks.MaxDecodeDepth = 5
	alone := c
	alone.Rules = maps.Clone(c.Rules)
	for id, r := range alone.Rules {
		r.RequiredRules = nil
		alone.Rules[id] = r
	}
	o.alone = detect.NewDetector(alone)
	set := ruleSetOf(c)
	for _, f := range change {
		f(&set)
	}
	if o.ours, err = secrets.NewDetector(set); err != nil {
		t.Fatal(err)
	}
	if err := o.ours.Compile(); err != nil {
		t.Fatal(err)
	}
	return o
}

// ruleSetOf turns gitleaks' own form of rules into ours, past our reader.
func ruleSetOf(c config.Config) secrets.RuleSet {
	set := secrets.RuleSet{Allow: allowOf(c.Allowlists)}
	seen := map[string]bool{}
	for _, id := range c.OrderedRules {
		r := c.Rules[id]
		if seen[id] {
			continue // an ID is listed as often as it is defined
		}
		seen[id] = true
		rule := secrets.Rule{
			ID: id, Description: r.Description, SecretGroup: r.SecretGroup, Entropy: r.Entropy,
			Keywords: r.Keywords, Tags: r.Tags, SkipReport: r.SkipReport, Allow: allowOf(r.Allowlists),
		}
		if r.Regex != nil {
			rule.Regex = r.Regex.String()
		}
		if r.Path != nil {
			rule.Path = r.Path.String()
		}
		for _, q := range r.RequiredRules {
			rule.Required = append(rule.Required, secrets.Required{Rule: q.RuleID, WithinLines: q.WithinLines, WithinColumns: q.WithinColumns})
		}
		set.Rules = append(set.Rules, rule)
	}
	return set
}

func allowOf(lists []*config.Allowlist) []secrets.Allowlist {
	var out []secrets.Allowlist
	for _, a := range lists {
		list := secrets.Allowlist{
			Description: a.Description, All: a.MatchCondition == config.AllowlistMatchAnd, Commits: a.Commits,
			Target: secrets.Target(a.RegexTarget), StopWords: a.StopWords,
		}
		for _, r := range a.Regexes {
			list.Regexes = append(list.Regexes, r.String())
		}
		for _, r := range a.Paths {
			list.Paths = append(list.Paths, r.String())
		}
		out = append(out, list)
	}
	return out
}

// seen is what two findings have to have in common. It shows no secret.
type seen struct {
	Rule                                       string
	StartLine, EndLine, StartColumn, EndColumn int
	Secret                                     string // a hash
	Entropy                                    float32
	Tags                                       string
}

func hashOf(secret string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(secret)))[:12] }

func seenByUs(m secrets.Match) seen {
	tags := append(slices.Clone(m.Rule.Tags), m.Decoded...)
	return seen{
		m.Rule.ID, m.StartLine, m.EndLine, m.StartColumn, m.EndColumn,
		hashOf(m.Secret.Reveal()), float32(m.Entropy), strings.Join(tags, ","),
	}
}

func seenByGitleaks(f report.Finding) seen {
	return seen{
		f.RuleID, f.StartLine, f.EndLine, f.StartColumn, f.EndColumn,
		hashOf(f.Secret), f.Entropy, strings.Join(f.Tags, ","),
	}
}

// compare asks both about a text. Each way in which we mean to differ is told
// apart here and checked by itself.
func (o *oracle) compare(t testing.TB, file secrets.File, text string) (found int) {
	t.Helper()
	matches := o.askUs(file, text)
	theirs := o.askGitleaks(file, text)
	// gitleaks has no end for a match that goes beyond the last LF, and takes the
	// whole text for the line of one that begins there. We find what gitleaks
	// finds when an LF follows.
	lines := strings.Count(text, "\n")
	unterminated := lines > 0 && !strings.HasSuffix(text, "\n")
	beyond := func(s seen) bool {
		return !o.isPathRule(s.Rule) && (s.EndColumn == 0 || unterminated && s.StartLine == lines)
	}
	if unterminated || slices.ContainsFunc(theirs, beyond) {
		theirs = slices.DeleteFunc(theirs, beyond)
		for _, s := range o.askGitleaks(file, text+"\n") {
			if s.EndLine == lines && !o.isPathRule(s.Rule) {
				theirs = append(theirs, s)
			}
		}
		slices.SortFunc(theirs, compareSeen)
	}
	if slices.ContainsFunc(theirs, func(s seen) bool { return o.isPathRule(s.Rule) }) {
		// A generic rule without a secret on the first line: gitleaks lets
		// it give way to a finding about the path, which has none, either.
		matches = slices.DeleteFunc(matches, func(m secrets.Match) bool {
			return isGeneric(m.Rule.ID) && m.Secret.IsEmpty() && m.StartLine == 0
		})
	}
	// What a match before it swallows, gitleaks finds where the text begins with
	// it.
	var ours []seen
	for _, m := range matches {
		if s := seenByUs(m); slices.ContainsFunc(theirs, s.is) || !o.isSwallowed(file, text, m, matches) {
			ours = append(ours, s)
		}
	}
	if diff := cmp.Diff(theirs, ours, cmpopts.EquateApprox(0, 1e-4)); diff != "" {
		t.Errorf("%+v: gitleaks (-) and we (+) differ:\n%s", file, diff)
	}
	return len(ours)
}

func isGeneric(id string) bool { return strings.Contains(strings.ToLower(id), "generic") }

func (o *oracle) isPathRule(id string) bool { return o.config.Rules[id].Regex == nil }

func compareSeen(a, b seen) int {
	a.Entropy, b.Entropy = 0, 0 // rounded in another order
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func (s seen) is(t seen) bool { return compareSeen(s, t) == 0 }

// isSwallowed tells whether gitleaks finds a match when nothing is before it, but
// for one character. The text follows once more for its keywords.
func (o *oracle) isSwallowed(file secrets.File, text string, m secrets.Match, all []secrets.Match) bool {
	if m.Rule.Regex == "" {
		return false
	}
	for _, other := range all {
		inSamePass := other.Rule == m.Rule && other.Decoded == nil && m.Decoded == nil
		if inSamePass && other.Span != m.Span && other.Span.Start < m.Span.End && m.Span.Start < other.Span.End {
			return false
		}
	}
	if m.Decoded != nil {
		// Where the text begins in the text as it was decoded, only our own
		// decoder knows; there is another match in the same part of it.
		return slices.ContainsFunc(all, func(other secrets.Match) bool {
			return other.Rule == m.Rule && other.Decoded != nil && !seenByUs(other).is(seenByUs(m)) && other.Whole.Start < m.Whole.End && m.Whole.Start < other.Whole.End
		})
	}
	_, size := utf8.DecodeLastRuneInString(text[:m.Whole.Start])
	begin := text[m.Whole.Start-size:]
	for _, f := range detectWith(o.alone, file, begin+strings.Repeat("\n", 40)+text) {
		// Another rule may be the one that finds it there.
		same := f.RuleID == m.Rule.ID && f.Secret == m.Secret.Reveal()
		better := isGeneric(m.Rule.ID) && !isGeneric(f.RuleID) && strings.Contains(f.Secret, m.Secret.Reveal())
		if (same || better) && f.StartLine <= strings.Count(begin, "\n") {
			return true
		}
	}
	return false
}

func (o *oracle) askUs(file secrets.File, text string) []secrets.Match {
	out := append(o.ours.Detect(file, []byte(text)), o.ours.DetectPath(file)...)
	slices.SortFunc(out, func(a, b secrets.Match) int { return compareSeen(seenByUs(a), seenByUs(b)) })
	return out
}

func (o *oracle) askGitleaks(file secrets.File, text string) []seen {
	var out []seen
	for _, f := range detectWith(o.gitleaks, file, text) {
		if f.Match != "" { // they report empty matches; we do not
			out = append(out, seenByGitleaks(f))
		}
	}
	slices.SortFunc(out, compareSeen)
	return out
}

func detectWith(d *detect.Detector, file secrets.File, text string) []report.Finding {
	//nolint:staticcheck // Detect asks for the type that is deprecated
	return d.Detect(detect.Fragment{Raw: text, FilePath: file.Path, CommitSHA: file.Commit})
}

// writer makes texts that an expression matches.
type writer struct {
	*rand.Rand
}

func (w writer) matching(expression string) string {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return ""
	}
	var out strings.Builder
	w.write(&out, parsed.Simplify())
	return out.String()
}

func (w writer) write(out *strings.Builder, r *syntax.Regexp) {
	switch r.Op {
	case syntax.OpLiteral:
		for _, c := range r.Rune {
			if r.Flags&syntax.FoldCase != 0 && w.IntN(2) == 0 {
				c = []rune(strings.ToUpper(string(c)))[0]
			}
			out.WriteRune(c)
		}
	case syntax.OpCharClass:
		out.WriteRune(w.oneOf(r.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteByte("abcXYZ019 _-=+/\"'"[w.IntN(17)])
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range r.Sub {
			w.write(out, sub)
		}
	case syntax.OpAlternate:
		w.write(out, r.Sub[w.IntN(len(r.Sub))])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		low, high := map[syntax.Op]int{syntax.OpPlus: 1}[r.Op], map[syntax.Op]int{syntax.OpQuest: 1, syntax.OpStar: 4, syntax.OpPlus: 4}[r.Op]
		for range low + w.IntN(high-low+1) {
			w.write(out, r.Sub[0])
		}
	}
}

// oneOf prefers ASCII.
func (w writer) oneOf(ranges []rune) rune {
	for range 40 {
		i := w.IntN(len(ranges)/2) * 2
		c := ranges[i] + rune(w.IntN(int(min(ranges[i+1], ranges[i]+300)-ranges[i])+1))
		if c < 127 && (c > 31 || c == '\n' || c == '\t') || w.IntN(60) == 0 {
			return c
		}
	}
	return ranges[0]
}

// surroundings are the surroundings of tokens.
var surroundings = []string{
	"%s\n", "TOKEN=%s\n", "export API_KEY=\"%s\"\n", "  key: %s\n", "{\"secret\": \"%s\", \"n\": 1}\n",
	"const client = new Client('%s');\n", "see %s, and more\n", "%s", "a\nb\n%s", "\n\n%s\n\n",
	"curl -u user:%s https://host/\n", "<a href=\"%s\">\n", "x := `%s` // gitleaks:allow\n", "[%s]\r\n",
}

// text plants tokens of rules.
func (w writer) text(expressions []string) string {
	var out strings.Builder
	for range 1 + w.IntN(5) {
		token := w.matching(expressions[w.IntN(len(expressions))])
		fmt.Fprintf(&out, surroundings[w.IntN(len(surroundings))], token)
		if w.IntN(4) == 0 {
			out.WriteString("the quick brown fox; port=80\n")
		}
	}
	return out.String()
}

var oraclePaths = []string{"a.env", "src/app.ts", "deploy/secret.yaml", "main.tf", "nuget.config", "web/index.php", "docs/a.md", "go.sum", ""}

// TestOracle compares us with gitleaks, with its own rules, on texts that hold
// tokens of all of them.
func TestOracle(t *testing.T) {
	o := newOracle(t, config.DefaultConfig)
	w := writer{rand.New(rand.NewPCG(1, 1))}
	var all []string
	found := 0
	for _, id := range o.config.OrderedRules {
		if r := o.config.Rules[id].Regex; r != nil {
			all = append(all, r.String())
		}
	}
	for i := range 1500 {
		text := w.text([]string{all[i%len(all)], all[w.IntN(len(all))]})
		found += o.compare(t, secrets.File{Path: oraclePaths[w.IntN(len(oraclePaths))]}, text)
	}
	if found < 1000 {
		t.Errorf("only %d matches were compared", found)
	}
}

// FuzzTexts compares us with gitleaks, with its own rules, on any text.
func FuzzTexts(f *testing.F) {
	o := newOracle(f, config.DefaultConfig)
	w := writer{rand.New(rand.NewPCG(2, 2))}
	for _, id := range []string{"generic-api-key", "curl-auth-user", "private-key", "jwt", "kubernetes-secret-yaml", "sourcegraph-access-token"} {
		f.Add(w.text([]string{o.config.Rules[id].Regex.String()}), uint8(2))
	}
	f.Add("a\r\nkey%3D%22"+strings.Repeat("x9", 12)+"%22 \\u0041\\u0042", uint8(0))
	f.Fuzz(func(t *testing.T, text string, path uint8) {
		if strings.Contains(text, "\x00") || strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
			t.Skip("UTF-16 is read by us alone")
		}
		o.compare(t, secrets.File{Path: oraclePaths[int(path)%len(oraclePaths)]}, text)
	})
}
