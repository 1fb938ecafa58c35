package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/envtight/envtight"
)

// Text writes a report for people: each finding with its line and what to do,
// then what could not be looked at, then a summary. On a terminal (Options.Width)
// prose is wrapped and source lines are cut; in a pipe every line is whole.
func Text(w io.Writer, r *envtight.Report, o Options) error {
	t := &text{page: page{o: o}, report: r}
	t.header()
	t.findings()
	t.failed()
	t.undecidable()
	t.notAsked()
	t.summary()
	return write(w, "text", t.out.String())
}

type text struct {
	page
	report *envtight.Report
}

func (t *text) header() {
	if t.report.Scope != "" {
		t.line(0, 0, styled(boldStyle, "envtight"), styled(dimStyle, " looked at "+plain(t.report.Scope)))
		t.blank()
	}
}

// group is the findings of one app.
type group struct {
	app  string
	list []*envtight.Diagnostic
}

// byApp groups findings, apps by name, those of no app last. The order inside
// a group is that of the report.
func byApp(list []*envtight.Diagnostic) []group {
	var groups []group
	index := map[string]int{}
	for _, d := range list {
		i, ok := index[d.App]
		if !ok {
			i = len(groups)
			index[d.App] = i
			groups = append(groups, group{app: d.App})
		}
		groups[i].list = append(groups[i].list, d)
	}
	slices.SortStableFunc(groups, func(a, b group) int {
		if (a.app == "") != (b.app == "") {
			return strings.Compare(b.app, a.app)
		}
		return cmp.Compare(a.app, b.app)
	})
	return groups
}

func (t *text) findings() {
	groups := byApp(shown(t.report, t.o.ShowSuppressed))
	for _, g := range groups {
		if len(groups) > 1 {
			t.heading(g)
		}
		for _, e := range fold(g.list) {
			if e.folded() {
				t.block(&e)
			} else {
				t.finding(e.Diagnostic)
			}
			t.blank()
		}
	}
}

// ruler is as wide as headings are drawn, if the terminal allows.
const ruler = 72

func (t *text) heading(g group) {
	name := cmp.Or(plain(g.app), "the repository as a whole")
	var c envtight.Counts
	for _, d := range g.list {
		c = counted(c, d)
	}
	label := tally(c)
	width := ruler
	if t.o.Width > 0 {
		width = min(ruler, t.o.Width)
	}
	parts := []part{styled(dimStyle, "── "), unbroken(boldStyle, name), styled(dimStyle, " · "+label+" ")}
	used := 0
	for _, p := range parts {
		used += displaywidth.String(p.text)
	}
	if rest := width - used; rest > 1 {
		parts = append(parts, unbroken(dimStyle, strings.Repeat("─", rest)))
	}
	t.line(0, 3, parts...)
	t.blank()
}

func counted(c envtight.Counts, d *envtight.Diagnostic) envtight.Counts {
	switch {
	case d.Suppressed != nil:
		c.Suppressed++
	case d.Severity == envtight.Error:
		c.Errors++
	case d.Severity == envtight.Warning:
		c.Warnings++
	default:
		c.Infos++
	}
	return c
}

func severityStyle(s envtight.Severity) style {
	switch s {
	case envtight.Error:
		return boldRed
	case envtight.Warning:
		return boldYellow
	default:
		return boldBlue
	}
}

// headline writes the first line of a finding or of a block of them.
func (t *text) headline(d *envtight.Diagnostic, where string, message ...part) {
	at := unbroken(boldStyle, plain(where))
	at.link = t.o.fileLink(d.Location.Path)
	rule := unbroken(dimStyle, "["+plain(d.Rule)+"]")
	rule.link = t.o.ruleURL(d.Rule)
	parts := []part{at, styled(boldStyle, ": "), styled(severityStyle(d.Severity), d.Severity.String()+":"), say(" ")}
	parts = append(append(parts, message...), say(" "), rule)
	if d.Grade != envtight.Certain {
		parts = append(parts, styled(dimStyle, " "+d.Grade.String()))
	}
	t.line(0, 4, parts...)
}

// block writes many findings as one: their names by the cells they are found in.
func (t *text) block(e *entry) {
	t.headline(e.Diagnostic, e.where(), say(plain(e.message())))
	for _, n := range e.byCells() {
		var parts []part
		if n.cells != "" {
			parts = append(parts, styled(dimStyle, plain(n.cells)+":"), say(" "))
		}
		for i, name := range n.names {
			if i > 0 {
				parts = append(parts, say(", "))
			}
			parts = append(parts, unbroken(plainStyle, plain(name)))
		}
		t.line(4, 6, parts...)
	}
	t.advice(2, e.Many.Advice)
}

func (t *text) finding(d *envtight.Diagnostic) {
	t.headline(d, where(d), messageOf(d)...)
	if d.Snippet != nil {
		t.snippet(d.Snippet, severityStyle(d.Severity))
	}
	for _, related := range d.Related {
		place := unbroken(plainStyle, plain(related.Location.String()))
		place.link = t.o.fileLink(related.Location.Path)
		t.labeled(2, "see", place, say(": "+plain(related.Message)))
	}
	t.advice(2, d.Advice)
	for _, fix := range d.Fixes {
		label := "fix"
		if fix.Safe {
			label = "safe fix"
		}
		t.labeled(2, label, say(plain(fix.Message)))
	}
	if s := d.Suppressed; s != nil {
		by := plain(s.By)
		if s.Reason != "" {
			by += ": " + plain(s.Reason)
		}
		if s.Owner != "" {
			by += " (" + plain(s.Owner) + ")"
		}
		t.labeled(2, "suppressed", say(by))
	}
}

// longCell is the width from which on even a cell is wrapped inside.
const longCell = 60

// messageOf is the text of a finding, in which a line breaks between cells rather
// than inside of one.
func messageOf(d *envtight.Diagnostic) []part {
	parts := []part{say(plain(d.Message))}
	for i, cell := range d.CellTexts() {
		separator := ", "
		if i == 0 {
			separator = ": "
		}
		shown := say(plain(cell))
		shown.whole = displaywidth.String(shown.text) <= longCell
		parts = append(parts, say(separator), shown)
	}
	return parts
}

// labeled writes "label: parts"; further lines are indented to the text.
func (t *text) labeled(indent int, label string, parts ...part) {
	t.line(indent, indent+2, append([]part{styled(cyanStyle, label+":"), say(" ")}, parts...)...)
}

// advice writes an advice, further lines of it below the first. Lines are never
// wrapped where that would break a command that somebody pastes.
func (t *text) advice(indent int, advice string) {
	const label = "advice:"
	first := true
	for line := range strings.SplitSeq(advice, "\n") {
		line = plain(strings.TrimSpace(line))
		if line == "" {
			continue
		}
		body := []part{say(" "), say(line)}
		if pasteable(line) {
			body = []part{unbroken(plainStyle, " "+line)}
		}
		if first {
			t.line(indent, indent+2, append([]part{styled(cyanStyle, label)}, body...)...)
		} else {
			t.line(indent+len(label), indent+len(label)+1, body...)
		}
		first = false
	}
}

// programs are what commands in advice begin with.
var programs = []string{"envtight", "vercel", "railway", "gh", "git", "terraform", "npx", "pnpm", "export"}

// pasteable guesses whether a line holds a command or something else to be
// copied, which a wrapped line would spoil.
func pasteable(line string) bool {
	isProgram := func(word string) bool { return slices.Contains(programs, word) }
	// "NAME= to" is a sentence about a line, "NAME=x" and "NAME=" are lines.
	assigns := strings.Contains(strings.ReplaceAll(line, "= ", " "), "=")
	return slices.ContainsFunc(strings.Fields(line), isProgram) || strings.ContainsAny(line, "`<") || assigns || strings.Contains(line, " --")
}
