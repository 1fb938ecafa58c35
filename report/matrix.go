package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/envtight/envtight"
)

// MatrixOptions say which part of a matrix is shown, and how.
type MatrixOptions struct {
	Options
	// OnlyProblems leaves out rows in which nothing is wrong or open.
	OnlyProblems bool
	// Keep reports whether a row is shown; nil keeps all.
	Keep func(envtight.MatrixRow) bool
	// Environments are those to show; empty means all.
	Environments []string
}

// MatrixFormats returns the names of the formats of [Matrix].
func MatrixFormats() []string { return []string{"text", "json", "markdown"} }

// Matrix writes the table of apps, variables and environments in a format of
// [MatrixFormats]. A nil matrix has no rows.
func Matrix(w io.Writer, format string, m *envtight.Matrix, o MatrixOptions) error {
	if m == nil {
		m = &envtight.Matrix{}
	}
	switch format {
	case "text":
		return matrixText(w, tabulate(m, o), o)
	case "json":
		return writeJSON(w, matrixJSON(m, o))
	case "markdown":
		return write(w, "matrix", matrixMarkdown(tabulate(m, o)))
	default:
		return fmt.Errorf("write matrix: there is no format %q: want one of %s", format, strings.Join(MatrixFormats(), ", "))
	}
}

// mark is how a cell of the matrix reads: its sign, its word, and what the
// legend says of it.
type mark struct {
	sign, word, legend string
	style              style
	rank               int // the worst of several is shown
}

// Ranks from which on a mark makes a row a problem, or one that nobody can judge.
const (
	open    = 6
	problem = 10
)

// The marks. Signs differ without color.
var (
	markAbsent     = mark{"–", "absent", "not set, and not required", dimStyle, 0}
	markOff        = mark{" ", "", "", plainStyle, -1}
	markSet        = mark{"✓", "set", "set", greenStyle, 3}
	markUnreadable = mark{"✓", "unreadable", "set; nobody can read the value", greenStyle, 4}
	markReference  = mark{"→", "reference", "set; taken from another variable", greenStyle, 4}
	markStaged     = mark{"~", "staged", "changed there, and not applied yet", yellowStyle, 5}
	markEmptyOK    = mark{"∅", "empty", "set to nothing; not required", dimStyle, 3}
	markUndeclared = mark{"+", "undeclared", "set, and nobody declares it", yellowStyle, problem}
	markRead       = mark{"!", "read", "the code reads it; not set, and nobody declares it", yellowStyle, problem + 1}
	markUnknown    = mark{"?", "unknown", "not looked at, or not known", yellowStyle, open}
	markEmpty      = mark{"✗", "empty", "required, and set to nothing", boldRed, problem + 2}
	markForbidden  = mark{"✗", "forbidden", "set where it must not be", boldRed, problem + 3}
	markMissing    = mark{"✗", "missing", "required, and not set", boldRed, problem + 4}
)

// needed tells that the code reads a variable without a default, and nobody declares
// it.
func needed(row envtight.MatrixRow) bool {
	return len(row.Declared) == 0 && slices.ContainsFunc(row.Cells, func(e envtight.MatrixEntry) bool {
		return e.Surface == envtight.OnCode && e.Need == envtight.Required
	})
}

// markOf says what one entry means.
func markOf(e envtight.MatrixEntry, needed bool) mark {
	switch {
	case needed && e.Need == envtight.NotDeclared && e.State == envtight.Unknown:
		return markUnknown
	case needed && e.Need == envtight.NotDeclared && e.State == envtight.Absent:
		return markRead
	case e.State == envtight.Unknown && e.Need == envtight.NotDeclared:
		return markOff
	case e.State == envtight.Unknown:
		return markUnknown
	case e.State == envtight.Absent && e.Need == envtight.Required:
		return markMissing
	case e.State == envtight.Absent:
		return markAbsent
	case e.Need == envtight.Forbidden:
		return markForbidden
	case e.State == envtight.Empty && e.Need == envtight.Required:
		return markEmpty
	case e.Need == envtight.NotDeclared:
		return markUndeclared
	case e.State == envtight.Empty:
		return markEmptyOK
	case e.State == envtight.Unreadable:
		return markUnreadable
	case e.State == envtight.Reference:
		return markReference
	case e.State == envtight.Staged:
		return markStaged
	default:
		return markSet
	}
}

// text is the sign and the word.
func (m mark) text() string { return strings.TrimSpace(m.sign + " " + m.word) }

// table is a matrix as it is shown.
type table struct {
	environments []string
	rows         []tableRow
	left, open   int // rows left out: with nothing wrong, and with something unknown
}

type tableRow struct {
	app, name string
	optional  bool
	marks     []mark // in order of table.environments
}

func tabulate(m *envtight.Matrix, o MatrixOptions) table {
	t := table{environments: environments(m, o)}
	for _, row := range m.Rows {
		if o.Keep != nil && !o.Keep(row) {
			continue
		}
		r := tableRow{app: plain(row.App), name: plain(row.Name), optional: isOptional(row)}
		needed := needed(row)
		worst := markOff
		for _, environment := range t.environments {
			shown := markOff
			for _, e := range row.Cells {
				if e.Surface != envtight.OnPlatform && e.Surface != envtight.OnLocal || e.Environment != environment {
					continue
				}
				if next := markOf(e, needed); next.rank > shown.rank {
					shown = next
				}
			}
			if shown.rank > worst.rank {
				worst = shown
			}
			r.marks = append(r.marks, shown)
		}
		switch {
		case !o.OnlyProblems || worst.rank >= problem:
			t.rows = append(t.rows, r)
		case worst.rank >= open:
			t.open++
		default:
			t.left++
		}
	}
	return t
}

// isOptional reports whether some environment asks for the variable, and none
// requires it.
func isOptional(row envtight.MatrixRow) bool {
	asked := false
	for _, e := range row.Cells {
		if e.Surface == envtight.OnCode {
			continue
		}
		if e.Need == envtight.Required {
			return false
		}
		asked = asked || e.Need == envtight.Optional
	}
	return asked
}

func environments(m *envtight.Matrix, o MatrixOptions) []string {
	if len(o.Environments) == 0 {
		return m.Environments
	}
	return slices.DeleteFunc(slices.Clone(m.Environments), func(e string) bool { return !slices.Contains(o.Environments, e) })
}

// legend lists the marks that a table shows, worst first.
func (t table) legend() []mark {
	var out []mark
	for _, row := range t.rows {
		for _, m := range row.marks {
			if m.word != "" && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b mark) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.word, b.word))
	})
	return out
}

func (r tableRow) label() string {
	if r.optional {
		return r.name + " (optional)"
	}
	return r.name
}

// matrixText writes one block for each app, with columns as wide as the widest
// entry of any app, so that the blocks line up.
func matrixText(w io.Writer, t table, o MatrixOptions) error {
	p := &page{o: o.Options}
	p.o.Width = 0 // a wrapped table cannot be read
	first := displaywidth.String("variable")
	for _, row := range t.rows {
		first = max(first, displaywidth.String(row.label()))
	}
	widths := make([]int, len(t.environments))
	for i, environment := range t.environments {
		widths[i] = displaywidth.String(plain(environment))
		for _, row := range t.rows {
			widths[i] = max(widths[i], displaywidth.String(row.marks[i].text()))
		}
	}
	app := ""
	for i, row := range t.rows {
		if i == 0 || row.app != app {
			if i > 0 {
				p.blank()
			}
			app = row.app
			p.line(0, 0, unbroken(boldStyle, cmp.Or(app, "the repository as a whole")))
			p.line(2, 2, matrixHead(t, first, widths)...)
		}
		p.line(2, 2, matrixLine(row, first, widths)...)
	}
	if len(t.rows) > 0 {
		p.blank()
	}
	matrixFoot(p, t)
	return write(w, "matrix", p.out.String())
}

func matrixHead(t table, first int, widths []int) []part {
	parts := []part{unbroken(dimStyle, pad("variable", first))}
	for i, environment := range t.environments {
		parts = append(parts, unbroken(dimStyle, "  "+pad(plain(environment), widths[i])))
	}
	return parts
}

func matrixLine(row tableRow, first int, widths []int) []part {
	parts := []part{unbroken(plainStyle, row.name)}
	if row.optional {
		parts = append(parts, unbroken(dimStyle, " (optional)"))
	}
	parts = append(parts, unbroken(plainStyle, strings.Repeat(" ", first-displaywidth.String(row.label()))))
	for i, m := range row.marks {
		parts = append(parts, unbroken(plainStyle, "  "), unbroken(m.style, pad(m.text(), widths[i])))
	}
	return parts
}

func matrixFoot(p *page, t table) {
	for _, line := range t.rest() {
		p.line(0, 0, styled(dimStyle, line))
	}
	for _, m := range t.legend() {
		p.line(0, 0, unbroken(m.style, pad(m.text(), 12)), unbroken(dimStyle, "  "+m.legend))
	}
}

// rest says which rows are not shown, and why that is no harm.
func (t table) rest() []string {
	var out []string
	if len(t.rows)+t.left+t.open == 0 {
		out = append(out, "there are no variables")
	}
	if t.open > 0 {
		out = append(out, fmt.Sprintf("not shown: %s that cannot be judged in every environment", count(t.open, "variables")))
	}
	if t.left > 0 {
		out = append(out, fmt.Sprintf("not shown: %s with nothing wrong", count(t.left, "variables")))
	}
	return out
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-displaywidth.String(text)))
}

// matrixMarkdown writes one table; its texts were made plain by tabulate.
func matrixMarkdown(t table) string {
	var out strings.Builder
	out.WriteString("| App | Variable |")
	for _, environment := range t.environments {
		out.WriteString(" " + markdownText(environment) + " |")
	}
	out.WriteString("\n| --- | --- |" + strings.Repeat(" --- |", len(t.environments)) + "\n")
	for _, row := range t.rows {
		fmt.Fprintf(&out, "| %s | %s |", markdownText(row.app), markdownCode(row.label()))
		for _, m := range row.marks {
			text := m.text()
			if m.rank >= problem {
				text = "**" + text + "**"
			}
			out.WriteString(" " + text + " |")
		}
		out.WriteString("\n")
	}
	for _, line := range t.rest() {
		out.WriteString("\n" + line + "\n")
	}
	var legend []string
	for _, m := range t.legend() {
		legend = append(legend, m.text()+": "+m.legend)
	}
	if len(legend) > 0 {
		fmt.Fprintf(&out, "\n<sub>%s</sub>\n", strings.Join(legend, " · "))
	}
	return out.String()
}

// matrixDocument is the JSON form of a matrix alone.
type matrixDocument struct {
	Version int              `json:"version"`
	Tool    tool             `json:"tool"`
	Matrix  *envtight.Matrix `json:"matrix"`
}

func matrixJSON(m *envtight.Matrix, o MatrixOptions) matrixDocument {
	kept := &envtight.Matrix{Environments: environments(m, o), Rows: []envtight.MatrixRow{}, Fetched: m.Fetched}
	if kept.Environments == nil {
		kept.Environments = []string{}
	}
	for _, row := range m.Rows {
		one := tabulate(&envtight.Matrix{Environments: m.Environments, Rows: []envtight.MatrixRow{row}}, o)
		if len(one.rows) == 0 {
			continue
		}
		row.Cells = slices.DeleteFunc(slices.Clone(row.Cells), func(e envtight.MatrixEntry) bool {
			return e.Environment != "" && !slices.Contains(kept.Environments, e.Environment)
		})
		kept.Rows = append(kept.Rows, row)
	}
	return matrixDocument{Version: envtight.ReportVersion, Tool: tool{"envtight", o.Version}, Matrix: kept}
}
