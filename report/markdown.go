package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// Sizes in bytes that GitHub takes: of a comment 65,536 characters, of a step
// summary 1 MiB. Some room is left for what a caller puts round the report.
const (
	commentLimit = 64_000
	summaryLimit = 1_000_000
)

// Markdown writes a report as a comment on a pull request: findings, variables by
// app and environment, and what was not looked at. It fits into one comment of
// GitHub; what does not fit is counted.
func Markdown(w io.Writer, r *envtight.Report, o Options) error {
	return write(w, "markdown", markdown(r, o, commentLimit))
}

// StepSummary is [Markdown] with the room of a GitHub step summary, for the file
// that GITHUB_STEP_SUMMARY names.
func StepSummary(w io.Writer, r *envtight.Report, o Options) error {
	return write(w, "step summary", markdown(r, o, summaryLimit))
}

// tells reports whether a matrix says more than "unknown" all over.
func tells(m *envtight.Matrix) bool {
	return m != nil && slices.ContainsFunc(m.Rows, func(row envtight.MatrixRow) bool {
		return slices.ContainsFunc(row.Cells, func(e envtight.MatrixEntry) bool { return e.State != envtight.Unknown })
	})
}

// markdown writes what matters most first into the room there is: failures,
// the summary, findings, the matrix.
func markdown(r *envtight.Report, o Options, limit int) string {
	head := markdownHead(r, limit/3)
	tail := markdownTail(r, o, limit/6)
	room := limit - len(head) - len(tail)
	findings := markdownFindings(shown(r, o.ShowSuppressed), o, room)
	room -= len(findings)
	var table string
	if tells(r.Matrix) {
		table = "<details><summary>Variables by app and environment</summary>\n\n" +
			matrixMarkdown(tabulate(r.Matrix, MatrixOptions{})) + "\n</details>\n\n"
		if len(table) > room {
			table = "The table of variables is too long for this place.\n\n"
		}
	}
	return head + findings + table + tail
}

func markdownHead(r *envtight.Report, room int) string {
	var out strings.Builder
	c := r.Counts()
	fmt.Fprintf(&out, "### %s envtight: %s\n\n", markdownSign(c), tally(c))
	if failed := silences(r, envtight.Failed); len(failed) > 0 {
		out.WriteString("**This result is incomplete.** Could not look at:\n\n")
		markdownSilences(&out, failed, room)
	}
	return out.String()
}

func markdownSign(c envtight.Counts) string {
	switch {
	case c.Errors > 0 || c.Failed > 0:
		return "❌"
	case c.Warnings > 0:
		return "⚠️"
	default:
		return "✅"
	}
}

func markdownFindings(list []*envtight.Diagnostic, o Options, room int) string {
	if len(list) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("| | Where | Finding | Rule |\n| --- | --- | --- | --- |\n")
	left := len(list)
	for _, e := range fold(list) {
		row := markdownFinding(&e, o)
		if out.Len()+len(row)+200 > room {
			fmt.Fprintf(&out, "| | | … and %s | |\n", count(left, "further findings"))
			break
		}
		out.WriteString(row)
		left -= len(e.all)
	}
	out.WriteString("\n")
	return out.String()
}

func markdownFinding(d *entry, o Options) string {
	text, advice := markdownText(d.Text()), d.Advice
	if d.folded() {
		text, advice = markdownText(d.message()), d.Many.Advice
		for _, n := range d.byCells() {
			text += "<br>" + markdownText(strings.TrimPrefix(n.cells+": ", ": ")+strings.Join(n.names, ", "))
		}
	}
	for line := range strings.SplitSeq(advice, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			text += "<br>→ " + markdownText(line)
		}
	}
	if s := d.Suppressed; s != nil {
		text += "<br>suppressed by " + markdownText(s.By) + ": " + markdownText(s.Reason)
	}
	rule := markdownCode(d.Rule)
	if url := o.ruleURL(d.Rule); url != "" {
		rule = fmt.Sprintf("<a href=\"%s\">%s</a>", markdownAttribute(url), rule)
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", severitySign(d.Severity), markdownCode(d.where()), text, rule)
}

func severitySign(s envtight.Severity) string {
	switch s {
	case envtight.Error:
		return "❌ error"
	case envtight.Warning:
		return "⚠️ warning"
	default:
		return "ℹ️ info"
	}
}

// markdownSilences writes a list of at most room bytes.
func markdownSilences(out *strings.Builder, list []*envtight.Incompleteness, room int) {
	end := out.Len() + room
	for i, inc := range list {
		item := markdownSilence(inc)
		if out.Len()+len(item) > end {
			fmt.Fprintf(out, "- … and %d more\n", len(list)-i)
			break
		}
		out.WriteString(item)
	}
	out.WriteString("\n")
}

func markdownSilence(inc *envtight.Incompleteness) string {
	var out strings.Builder
	out.WriteString("- ")
	if at := inc.Location.String(); at != "" {
		out.WriteString(markdownCode(at) + " ")
	}
	out.WriteString(markdownText(inc.Cause))
	if inc.Count > 1 {
		fmt.Fprintf(&out, " (%d times)", inc.Count)
	}
	if cells := cellList(inc.Cells, false); cells != "" && inc.Silence == envtight.Failed {
		out.WriteString("<br>leaves open: " + markdownText(cells))
	}
	for line := range strings.SplitSeq(inc.Advice, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out.WriteString("<br>→ " + markdownText(line))
		}
	}
	return out.String() + "\n"
}

// shorten bounds a text of the last line, so that the report fits.
func shorten(text string) string {
	const most = 300
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

func markdownTail(r *envtight.Report, o Options, room int) string {
	var out strings.Builder
	for _, section := range []struct {
		kind  envtight.Silence
		title string
	}{{envtight.Undecidable, "Cannot tell"}, {envtight.NotAsked, "Not asked"}} {
		if list := silences(r, section.kind); len(list) > 0 {
			fmt.Fprintf(&out, "<details><summary>%s (%d)</summary>\n\n", section.title, len(list))
			markdownSilences(&out, list, room)
			out.WriteString("</details>\n\n")
		}
	}
	scope := ""
	if r.Scope != "" {
		scope = " of " + markdownText(shorten(r.Scope))
	}
	code, why := o.meaning(r)
	fmt.Fprintf(&out, "<sub>looked at %s%s · exit %d: %s</sub>\n", markdownText(shorten(looked(r))), scope, code, why)
	return out.String()
}

// markdownText makes text fit for a cell of a table, a list or a paragraph:
// it shows as it is and is no markup, no HTML, no cell border, no link, no
// mention of a user and no reference to an issue.
func markdownText(text string) string {
	text = plain(text)
	var out strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case strings.IndexByte("&<>|`\\*[]~$^{}!", c) >= 0, c == '_' && !insideWord(text, i):
			fmt.Fprintf(&out, "&#%d;", c)
		case startsBlock(text, i):
			fmt.Fprintf(&out, "&#%d;", c)
		case c == '@', c == '#', c == ':' && strings.HasPrefix(text[i:], "://"):
			// A comment parts the text in two, so that nothing is linked.
			fmt.Fprintf(&out, "%c<!-- -->", c)
		case c == '.' && i >= 3 && strings.EqualFold(text[i-3:i], "www"):
			out.WriteString("<!-- -->.")
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// startsBlock reports whether the byte at i would make a list or a heading of
// a text that stands at the beginning of an item.
func startsBlock(text string, i int) bool {
	switch text[i] {
	case '-', '+', '=':
		return i == 0
	case '.', ')':
		return i > 0 && strings.Trim(text[:i], "0123456789") == ""
	}
	return false
}

// insideWord reports whether the underscore at i stands between letters, digits
// or underscores, where it is no emphasis.
func insideWord(text string, i int) bool {
	word := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
	}
	return i > 0 && i+1 < len(text) && word(text[i-1]) && word(text[i+1]) &&
		strings.Trim(text[:i], "_") != "" && strings.Trim(text[i:], "_") != ""
}

// markdownCode writes text in a code element. HTML is used for it, as a code
// span cannot hold every text.
func markdownCode(text string) string { return "<code>" + markdownText(text) + "</code>" }

func markdownAttribute(text string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;", "|", "%7C", "`", "%60", " ", "%20", "\n", "", "\r", "").Replace(text)
}
