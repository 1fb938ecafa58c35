package secrets

import (
	"bytes"
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/envtight/envtight"
)

// Marks sets findings aside that somebody marked in the text itself:
//
//   - "gitleaks:allow" anywhere on one of the lines of a match. A detector does
//     not even find these, unless [RuleSet.IgnoreMarks] says so.
//   - "betterleaks:allow" on one of these lines.
//   - "trufflehog:ignore" behind the secret, on its last line.
//   - "pragma: allowlist secret" of detect-secrets on the line that the match or
//     its secret begins on, and "pragma: allowlist nextline secret" on a line of
//     its own before it.
//   - "secretlint-disable-line", "secretlint-disable-next-line", and
//     "secretlint-disable" up to "secretlint-enable", alone or with names of
//     secretlint's rules. A name stands for the rules here that begin with the
//     same word: "@secretlint/secretlint-rule-aws" for "aws-access-token".
//   - "envtight:ignore RULE -- reason", in texts that are no files of the work
//     tree: in those, [envtight.Run] obeys it.
//
// All but the first are marks in a comment only, and prose otherwise. Live values are
// set aside by ours only: the other programs know nothing of them. The zero Marks is
// ready to use.
type Marks struct {
	// NoGitleaks gives "gitleaks:allow" no effect.
	NoGitleaks bool
	// last are the marks of the text that was asked about last: findings of one
	// text come one after another.
	last *markedText
	// allowed are the marks of gitleaks in files that were looked at, used those
	// that set something aside.
	allowed []allowedLine
	used    map[lineOfFile]bool
}

type lineOfFile struct {
	path string
	line int // from 0
}

// allowedLine is a line with a mark of gitleaks.
type allowedLine struct {
	lineOfFile
	location envtight.Location
}

// LookedAt says that the file at path was looked at by a detector with
// [RuleSet.IgnoreMarks], so that a "gitleaks:allow" that sets nothing aside is
// reported; before its findings or after them, once for each file. Marks of other
// tools are not reported: they may be there for what only that tool finds.
func (m *Marks) LookedAt(path string, text []byte) {
	if m.NoGitleaks || !bytes.Contains(text, []byte(allowMark)) {
		return
	}
	t := &markedText{place: envtight.WholeFile(path), text: text}
	t.read()
	for _, mark := range t.anywhere {
		if mark.word == allowMark {
			m.allowed = append(m.allowed, allowedLine{lineOfFile{path, mark.line}, t.locate(mark)})
		}
	}
}

// IsMarked reports whether a text may hold a mark that is reported when it sets
// nothing aside: one of ours, or of gitleaks.
func IsMarked(text []byte) bool {
	return bytes.Contains(text, []byte(ownMark)) || bytes.Contains(text, []byte(allowMark))
}

// Except implements [Exceptions].
func (m *Marks) Except(f *Finding, text []byte) *envtight.Suppressed {
	if f.Whole.Len() == 0 || f.Whole.End > len(text) {
		return nil // it is about the path
	}
	t := m.of(f.Location, text)
	if t.none {
		return nil
	}
	first, last := t.lineOf(f.Whole.Start), t.lineOf(f.Whole.End-1)
	if f.Live == nil {
		m.use(t, first, last)
		if mark := t.covering(f, first, last, m.NoGitleaks); mark != nil {
			return &envtight.Suppressed{By: "inline", Reason: mark.word, Location: t.locate(mark)}
		}
	}
	if own := t.ownCovering(f, first); own != nil {
		return &envtight.Suppressed{By: "inline", Reason: own.Reason, Location: t.at(own.Location.Range)}
	}
	return nil
}

// use remembers the marks of gitleaks on the lines of a finding.
func (m *Marks) use(t *markedText, first, last int) {
	if t.place.Kind != envtight.AtFile {
		return
	}
	markOn(t.anywhere, first, last, func(mark *inlineMark) bool {
		if mark.word == allowMark {
			if m.used == nil {
				m.used = map[lineOfFile]bool{}
			}
			m.used[lineOfFile{t.place.Path, mark.line}] = true
		}
		return false
	})
}

// Unused implements [Exceptions]: it returns the marks of gitleaks in files that
// were looked at that set nothing aside, by path and line.
func (m *Marks) Unused(bool) []envtight.Diagnostic {
	var out []envtight.Diagnostic
	for _, a := range m.allowed {
		if !m.used[a.lineOfFile] {
			out = append(out, envtight.Diagnostic{
				Rule: "config/unused-suppression", Severity: envtight.Warning, Location: a.location,
				Message: "no secret is found on this line, so " + allowMark + " sets nothing aside", Advice: "remove the mark",
			})
		}
	}
	slices.SortStableFunc(out, func(a, b envtight.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Location.Path, b.Location.Path), cmp.Compare(a.Location.Range.Start.Line, b.Location.Range.Start.Line))
	})
	return out
}

// of returns the marks of a text. A buffer may be used for one text after another,
// so the place has to be the same, too.
func (m *Marks) of(at envtight.Location, text []byte) *markedText {
	at.Range = envtight.Range{}
	if m.last == nil || m.last.place != at || &m.last.text[0] != &text[0] || len(m.last.text) != len(text) {
		m.last = &markedText{place: at, text: text}
		m.last.read()
	}
	return m.last
}

// inlineMark is a mark of another tool.
type inlineMark struct {
	word  string
	line  int // that it covers, from 0
	start int // offset of the mark
	// providers are the words that rules have to begin with; none for all.
	providers []string
	// location is its place, once that was asked.
	location *envtight.Location
}

// markedText is the marks of one text. The lists are in order of lines.
type markedText struct {
	place envtight.Location
	text  []byte
	none  bool
	// starts are the offsets of lines.
	starts []int
	// anywhere cover matches that have a part on their line, behind those whose
	// secret ends before them, first those that begin on it or whose secret does.
	anywhere, behind, first []*inlineMark
	// areas are what secretlint-disable covers, by provider; "" is all.
	areas map[string][]area
	// own are ours, where no run obeys them.
	own   []envtight.Mark
	lines *envtight.Lines // when a place was needed
}

// area is a stretch of text in which a mark counts.
type area struct {
	mark *inlineMark
	end  int
}

// Bounds for texts that are made to be slow: what is beyond sets nothing aside.
const (
	maxProviders = 64
	maxOwnMarks  = 1000
)

const (
	betterleaksMark = "betterleaks:allow"
	trufflehogMark  = "trufflehog:ignore"
	pragmaMark      = "pragma:"
	secretlintMark  = "secretlint-"
	ownMark         = "envtight:ignore"
)

// partsOfMarks are texts of which each mark has one.
var partsOfMarks = []string{":allow", ":ignore", pragmaMark, secretlintMark}

// read finds the marks.
func (t *markedText) read() {
	t.none = !slices.ContainsFunc(partsOfMarks, func(part string) bool { return bytes.Contains(t.text, []byte(part)) })
	if t.none {
		return
	}
	t.areas = map[string][]area{}
	start := 0
	for line := range bytes.Lines(t.text) {
		t.readLine(line, len(t.starts), start)
		t.starts = append(t.starts, start)
		start += len(line)
	}
	if t.place.Kind != envtight.AtFile {
		t.own = envtight.ParseMarks(t.place.Path, t.text)
		t.own = t.own[:min(len(t.own), maxOwnMarks)]
	}
}

func (t *markedText) readLine(line []byte, n, start int) {
	if at := bytes.Index(line, []byte(allowMark)); at >= 0 {
		t.anywhere = append(t.anywhere, &inlineMark{word: allowMark, line: n, start: start + at})
	}
	if at := lastMark(line, betterleaksMark); at >= 0 {
		t.anywhere = append(t.anywhere, &inlineMark{word: betterleaksMark, line: n, start: start + at})
	}
	if at := lastMark(line, trufflehogMark); at >= 0 {
		t.behind = append(t.behind, &inlineMark{word: trufflehogMark, line: n, start: start + at})
	}
	if bytes.Contains(line, []byte(pragmaMark)) {
		t.readPragma(line, n, start)
	}
	if bytes.Contains(line, []byte(secretlintMark)) {
		t.readSecretlint(line, n, start)
	}
}

// The comments that detect-secrets knows.
var (
	pragmaHere = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:#|//|/\*|'|--|<!--[# \t]*) *pragma: ?(?:allow|white)list[ -]secret`)
	})
	pragmaNext = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[ \t]*(?:#|//|/\*|'|--|<!--[# \t]*) *pragma: ?allowlist[ -]nextline[ -]secret`)
	})
)

func (t *markedText) readPragma(line []byte, n, start int) {
	if at := pragmaHere().FindIndex(line); at != nil {
		t.first = append(t.first, &inlineMark{word: "pragma: allowlist secret", line: n, start: start + at[0]})
	}
	if at := pragmaNext().FindIndex(line); at != nil {
		t.first = append(t.first, &inlineMark{word: "pragma: allowlist nextline secret", line: n + 1, start: start + at[0]})
	}
}

// secretlint's directives, longer ones before those that they begin with.
var secretlintWords = []string{"secretlint-disable-next-line", "secretlint-disable-line", "secretlint-disable", "secretlint-enable"}

func (t *markedText) readSecretlint(line []byte, n, start int) {
	for _, word := range secretlintWords {
		at := lastMark(line, word)
		if at < 0 {
			continue
		}
		mark := &inlineMark{word: word, line: n, start: start + at}
		var named bool
		mark.providers, named = providersIn(string(line[at+len(word):]))
		if named && len(mark.providers) == 0 {
			continue // it is for rules that have no like here
		}
		switch word {
		case "secretlint-disable-next-line":
			mark.line++
			t.first = append(t.first, mark)
		case "secretlint-disable-line":
			t.first = append(t.first, mark)
		case "secretlint-disable":
			t.disable(mark)
		case "secretlint-enable":
			t.enable(mark)
		}
	}
}

// providersIn reads the names behind a directive of secretlint, and whether there
// are any.
func providersIn(rest string) (providers []string, named bool) {
	for _, end := range []string{"--", "*/"} {
		rest, _, _ = strings.Cut(rest, end)
	}
	for name := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
		named = true
		if _, provider, ok := strings.Cut(name, "secretlint-rule-"); ok && len(providers) < maxProviders {
			providers = append(providers, strings.ReplaceAll(strings.ToLower(provider), "-", ""))
		}
	}
	return providers, named
}

// disable begins an area for each provider of a mark, or for all.
func (t *markedText) disable(mark *inlineMark) {
	for _, provider := range mark.scope() {
		areas := t.areas[provider]
		if areas == nil && len(t.areas) >= maxProviders {
			continue
		}
		if len(areas) == 0 || areas[len(areas)-1].end >= 0 {
			t.areas[provider] = append(areas, area{mark: mark, end: -1})
		}
	}
}

// enable ends them; without names it ends all.
func (t *markedText) enable(mark *inlineMark) {
	scope := mark.providers
	if len(scope) == 0 {
		scope = slices.Collect(maps.Keys(t.areas))
	}
	for _, provider := range scope {
		areas := t.areas[provider]
		if len(areas) == 0 {
			continue
		}
		if open := &areas[len(areas)-1]; open.end < 0 && open.mark.start < mark.start {
			open.end = mark.start
		}
	}
}

func (m *inlineMark) scope() []string {
	if len(m.providers) == 0 {
		return []string{""}
	}
	return m.providers
}

// isFor reports whether a rule begins with the word of a provider, which
// secretlint writes without hyphens: "privatekey" for "private-key".
func isFor(provider, rule string) bool {
	joined := ""
	for word := range strings.SplitSeq(rule, "-") {
		joined += word
		if joined == provider {
			return true
		}
		if !strings.HasPrefix(provider, joined) {
			return false
		}
	}
	return false
}

func (m *inlineMark) isFor(f *Finding) bool {
	return len(m.providers) == 0 || slices.ContainsFunc(m.providers, func(p string) bool { return isFor(p, f.Rule.ID) })
}

// lastMark returns where a mark stands in a comment of a line, -1 when it does
// not; of several the last.
func lastMark(line []byte, word string) int {
	for end := len(line); ; {
		at := bytes.LastIndex(line[:end], []byte(word))
		if at < 0 {
			return -1
		}
		if beginsMark(line[:at]) && endsMark(line[at+len(word):]) {
			return at
		}
		end = at
	}
}

// beginsMark reports whether a mark can follow: behind a letter, a quote or a
// backquote its word is prose, as it is when no comment has begun. A line that
// begins with "*" is one of a comment of several lines.
func beginsMark(before []byte) bool {
	if len(before) == 0 || strings.IndexByte(" \t#/*;-!%+,(", before[len(before)-1]) < 0 {
		return false
	}
	for _, sign := range []string{"#", "//", "/*", "<!--", "--", ";", "%"} {
		if bytes.Contains(before, []byte(sign)) {
			return true
		}
	}
	return bytes.HasPrefix(bytes.TrimLeft(before, " \t"), []byte("*"))
}

func endsMark(after []byte) bool {
	return len(after) == 0 || strings.IndexByte(" \t\r\n,)+", after[0]) >= 0 ||
		bytes.HasPrefix(after, []byte("*/")) || bytes.HasPrefix(after, []byte("-->"))
}

// lineOf returns the line, from 0, that an offset is on.
func (t *markedText) lineOf(offset int) int {
	line, found := slices.BinarySearch(t.starts, offset)
	if !found {
		line--
	}
	return line
}

// covering returns a mark for a finding on these lines; without those of gitleaks
// when they are to have no effect.
func (t *markedText) covering(f *Finding, first, last int, noGitleaks bool) *inlineMark {
	counts := func(m *inlineMark) bool { return !noGitleaks || m.word != allowMark }
	if m := markOn(t.anywhere, first, last, counts); m != nil {
		return m
	}
	secret := t.lineOf(f.Span.Start)
	end := t.lineOf(max(f.Span.Start, f.Span.End-1))
	if m := markOn(t.behind, end, end, func(m *inlineMark) bool { return m.start >= f.Span.End }); m != nil {
		return m
	}
	for _, line := range []int{first, secret} {
		if m := markOn(t.first, line, line, func(m *inlineMark) bool { return m.isFor(f) }); m != nil {
			return m
		}
	}
	for _, provider := range slices.Sorted(maps.Keys(t.areas)) {
		if provider != "" && !isFor(provider, f.Rule.ID) {
			continue
		}
		if m := areaAt(t.areas[provider], f.Whole.Start); m != nil {
			return m
		}
	}
	return nil
}

// markOn returns the first mark on one of the lines that is fit.
func markOn(marks []*inlineMark, first, last int, fit func(*inlineMark) bool) *inlineMark {
	at, _ := slices.BinarySearchFunc(marks, first, func(m *inlineMark, line int) int { return cmp.Compare(m.line, line) })
	for ; at < len(marks) && marks[at].line <= last; at++ {
		if fit(marks[at]) {
			return marks[at]
		}
	}
	return nil
}

func areaAt(areas []area, offset int) *inlineMark {
	at, found := slices.BinarySearchFunc(areas, offset, func(a area, offset int) int { return cmp.Compare(a.mark.start, offset) })
	if !found {
		at--
	}
	if at >= 0 && (areas[at].end < 0 || offset < areas[at].end) {
		return areas[at].mark
	}
	return nil
}

// ownCovering returns our own mark for a finding.
func (t *markedText) ownCovering(f *Finding, line int) *envtight.Mark {
	for i := range t.own {
		if t.own[i].Covers("secrets/"+f.Rule.ID, line+1) {
			return &t.own[i]
		}
	}
	return nil
}

// locate returns the place of a mark up to the end of its line.
func (t *markedText) locate(mark *inlineMark) envtight.Location {
	if mark.location == nil {
		if t.lines == nil {
			t.lines = envtight.NewLines(t.text)
		}
		start := t.lines.Position(mark.start)
		end := t.lines.Position(max(mark.start, t.lines.Span(start.Line).End))
		at := t.at(envtight.Range{Start: start, End: end})
		mark.location = &at
	}
	return *mark.location
}

func (t *markedText) at(r envtight.Range) envtight.Location {
	out := t.place
	out.Range = r
	return out
}
