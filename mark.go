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
	return (d.Location.Kind == AtFile || d.Location.Kind == AtConfig) && m.reason != "" && m.first <= line && line <= m.last &&
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
		at := findMark(line)
		if at < 0 {
			continue
		}
		m := parseMark(line[at+len(markWord):])
		if m == nil || len(m.rules) == 0 && !isComment(line[:at]) {
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

// findMark returns where a mark begins in a line, or -1. Behind a letter, a quote
// or a backquote the word is prose.
func findMark(line string) int {
	for from := 0; ; {
		at := strings.Index(line[from:], markWord)
		if at < 0 {
			return -1
		}
		at += from
		from = at + len(markWord)
		begins := at == 0 || strings.IndexByte(" \t#/*;-!", line[at-1]) >= 0
		ends := from == len(line) || line[from] == ' ' || line[from] == '\t'
		if begins && ends {
			return at
		}
	}
}

// parseMark reads what stands behind the word. A mark without rules is meant as
// one, as it gives a reason, and names none; nil is prose.
func parseMark(rest string) *mark {
	rest = strings.TrimSpace(rest)
	for _, end := range []string{"-->", "*/"} {
		rest = strings.TrimSpace(strings.TrimSuffix(rest, end))
	}
	names, reason, hasReason := strings.Cut(rest, "--")
	m := &mark{reason: strings.TrimSpace(reason)}
	for _, name := range strings.FieldsFunc(names, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' }) {
		if !strings.Contains(name, "/") {
			if hasReason {
				return &mark{}
			}
			return nil
		}
		m.rules = append(m.rules, name)
	}
	if len(m.rules) == 0 && rest != "" && !hasReason {
		return nil
	}
	return m
}

// isComment reports whether only the signs that begin a comment stand before a
// mark.
func isComment(before string) bool { return strings.Trim(before, " \t#/*;-<!") == "" }

// commentSigns begin a line of comment in the languages that are looked at.
var commentSigns = []string{"#", "//", "/*", "* ", "*/", "<!--", "-- ", ";"}

// coveredBelow returns the last line that a mark on a line of its own covers.
func coveredBelow(lines *Lines, text []byte, line int) int {
	for n := line + 1; n <= lines.Count(); n++ {
		trimmed := strings.TrimSpace(string(lines.Span(n).Of(text)))
		if trimmed == "" {
			return n - 1
		}
		if !slices.ContainsFunc(commentSigns, func(sign string) bool { return strings.HasPrefix(trimmed, sign) }) {
			return n
		}
	}
	return lines.Count()
}
