package envtight

import (
	"bytes"
	"slices"
	"strings"

	"github.com/envtight/envtight/internal/glob"
)

// markWord begins an inline mark: "envtight:ignore RULE -- reason", with several
// rules parted by commas.
const markWord = "envtight:ignore"

// mark is an inline suppression. On a line of its own it covers the lines of
// comment below it and the first line after them; behind something else it
// covers that line.
type mark struct {
	rules       []string
	reason      string
	first, last int // lines it covers
	location    Location
	used        bool
}

func (m *mark) covers(d *Diagnostic) bool {
	line := d.Location.Range.Start.Line
	return m.reason != "" && m.first <= line && line <= m.last &&
		slices.ContainsFunc(m.rules, func(rule string) bool { return glob.Match(rule, d.Rule) })
}

// marks finds the marks of all files that were looked at or that a finding is
// in, by path and in order of place.
func (r *run) marks() map[string][]*mark {
	if r.options.NoInlineMarks {
		return nil
	}
	for i := range r.diagnostics {
		if d := &r.diagnostics[i]; d.Location.Kind == AtFile || d.Location.Kind == AtConfig {
			r.files.get(d.Location.Path)
		}
	}
	out := map[string][]*mark{}
	for path, f := range r.files.byPath {
		if f != nil {
			if marks := parseMarks(path, f.text); len(marks) > 0 {
				out[path] = marks
			}
		}
	}
	return out
}

func parseMarks(path string, text []byte) []*mark {
	if !bytes.Contains(text, []byte(markWord)) {
		return nil
	}
	lines := NewLines(text)
	var out []*mark
	for n := 1; n <= lines.Count(); n++ {
		span := lines.Span(n)
		line := string(span.Of(text))
		at := strings.Index(line, markWord+" ")
		if at < 0 || at > 0 && !strings.ContainsRune(" \t#/*;-", rune(line[at-1])) {
			continue
		}
		m := parseMark(line[at+len(markWord):])
		if m == nil {
			continue
		}
		m.first, m.last = n, n
		if isComment(line[:at]) {
			m.last = coveredBelow(lines, text, n)
		}
		m.location = Location{Kind: AtFile, Path: path, Range: lines.Range(Span{span.Start + at, span.End})}
		out = append(out, m)
	}
	return out
}

// parseMark reads what stands behind the word; nil when it names no rule.
func parseMark(rest string) *mark {
	names, reason, _ := strings.Cut(rest, "--")
	m := &mark{reason: strings.TrimSpace(strings.TrimRight(strings.TrimSpace(reason), "*/->"))}
	for _, name := range strings.FieldsFunc(names, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' }) {
		if !strings.Contains(name, "/") {
			return nil
		}
		m.rules = append(m.rules, name)
	}
	if len(m.rules) == 0 {
		return nil
	}
	return m
}

// isComment reports whether only the signs that begin a comment stand before a
// mark.
func isComment(before string) bool { return strings.Trim(before, " \t#/*;-<!") == "" }

func coveredBelow(lines *Lines, text []byte, line int) int {
	for n := line + 1; n <= lines.Count(); n++ {
		trimmed := strings.TrimSpace(string(lines.Span(n).Of(text)))
		if trimmed == "" {
			return n - 1
		}
		if !strings.HasPrefix(trimmed, "#") && !strings.HasPrefix(trimmed, "//") {
			return n
		}
	}
	return lines.Count()
}
