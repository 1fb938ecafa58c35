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

// Mark is an inline suppression: "envtight:ignore RULE -- reason". On a line of its
// own it covers the lines of comment below it and the first line after them;
// behind something else it covers that line.
type Mark struct {
	// Rules are IDs or patterns of them. A mark without rules, or without a
	// reason, suppresses nothing.
	Rules  []string
	Reason string
	// First and Last are the lines it covers, from 1.
	First, Last int
	Location    Location
}

// Covers reports whether a finding of the rule on that line is suppressed.
func (m *Mark) Covers(rule string, line int) bool {
	return m.Reason != "" && m.First <= line && line <= m.Last &&
		slices.ContainsFunc(m.Rules, func(pattern string) bool { return glob.Match(pattern, rule) })
}

// usedMark is a mark of a run.
type usedMark struct {
	Mark
	used bool
}

func (m *usedMark) covers(d *Diagnostic) bool {
	return (d.Location.Kind == AtFile || d.Location.Kind == AtConfig) && m.Covers(d.Rule, d.Location.Range.Start.Line)
}

// marks finds the marks of all files that were looked at or that a finding is
// in, by path and in order of place.
func (r *run) marks() map[string][]*usedMark {
	if r.options.NoInlineMarks {
		return nil
	}
	for i := range r.diagnostics {
		if d := &r.diagnostics[i]; d.Location.Kind == AtFile || d.Location.Kind == AtConfig {
			r.files.get(d.Location.Path)
		}
	}
	out := map[string][]*usedMark{}
	for path, f := range r.files.byPath {
		if f != nil {
			for _, m := range ParseMarks(path, f.text) {
				out[path] = append(out[path], &usedMark{Mark: m})
			}
		}
	}
	return out
}

// ParseMarks returns the marks in the text of a file, in order of place. [Run]
// obeys those of the files it is told of; who looks at other texts, as old
// versions of files, obeys theirs.
func ParseMarks(path string, text []byte) []Mark {
	if !bytes.Contains(text, []byte(markWord)) {
		return nil
	}
	lines := NewLines(text)
	var out []Mark
	covered := 0 // up to here a comment is known to reach
	for n := 1; n <= lines.Count(); n++ {
		span := lines.Span(n)
		line := string(span.Of(text))
		at := findMark(line)
		if at < 0 {
			continue
		}
		m := parseMark(line[at+len(markWord):])
		if m == nil || len(m.Rules) == 0 && !isComment(line[:at]) {
			continue
		}
		m.First, m.Last = n, n
		if isComment(line[:at]) {
			if n > covered {
				covered = coveredBelow(lines, text, n)
			}
			m.Last = covered
		}
		m.Location = Location{Kind: AtFile, Path: path, Range: lines.Range(Span{span.Start + at, span.End})}
		out = append(out, *m)
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
func parseMark(rest string) *Mark {
	rest = strings.TrimSpace(rest)
	for _, end := range []string{"-->", "*/"} {
		rest = strings.TrimSpace(strings.TrimSuffix(rest, end))
	}
	names, reason, hasReason := strings.Cut(rest, "--")
	m := &Mark{Reason: strings.TrimSpace(reason)}
	for _, name := range strings.FieldsFunc(names, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' }) {
		if !strings.Contains(name, "/") {
			if hasReason {
				return &Mark{}
			}
			return nil
		}
		m.Rules = append(m.Rules, name)
	}
	if len(m.Rules) == 0 && rest != "" && !hasReason {
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
