package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/clipperhouse/displaywidth"

	"github.com/envtight/envtight"
)

// WhyFormats returns the names of the formats of [Why].
func WhyFormats() []string { return []string{"text", "json"} }

// Why writes all that a report knows of one variable, in a format of [WhyFormats]: the
// accounts of it, what is wrong with it, and what could not be looked at.
func Why(w io.Writer, format string, r *envtight.Report, name string, o Options) error {
	about := *r
	about.Diagnostics = slices.DeleteFunc(slices.Clone(r.Diagnostics), func(d envtight.Diagnostic) bool { return d.Name != name })
	about.Incomplete = slices.DeleteFunc(slices.Clone(r.Incomplete), func(i envtight.Incompleteness) bool {
		return i.Silence == envtight.Undecidable && !slices.Contains(strings.FieldsFunc(i.Cause, notInName), name)
	})
	switch format {
	case "text":
		return whyText(w, &about, name, o)
	case "json":
		return writeJSON(w, whyDocument{
			Version: envtight.ReportVersion, Tool: tool{"envtight", o.Version}, Name: name,
			Accounts: about.Accounts, Diagnostics: about.Diagnostics, Incomplete: about.Incomplete,
		})
	default:
		return fmt.Errorf("write why: there is no format %q: want one of %s", format, strings.Join(WhyFormats(), ", "))
	}
}

// notInName tells that a character ends a name.
func notInName(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// whyDocument is the JSON form.
type whyDocument struct {
	Version     int                       `json:"version"`
	Tool        tool                      `json:"tool"`
	Name        string                    `json:"name"`
	Accounts    []envtight.Account        `json:"accounts"`
	Diagnostics []envtight.Diagnostic     `json:"diagnostics"`
	Incomplete  []envtight.Incompleteness `json:"incomplete"`
}

func whyText(w io.Writer, r *envtight.Report, name string, o Options) error {
	t := &text{page: page{o: o}, report: r}
	class := ""
	if len(r.Accounts) > 0 && r.Accounts[0].Class != envtight.ClassUnknown {
		class = " · " + r.Accounts[0].Class.String()
	}
	t.line(0, 0, unbroken(boldStyle, plain(name)), styled(dimStyle, class))
	t.blank()
	for i := range r.Accounts {
		t.account(&r.Accounts[i])
	}
	for _, d := range shown(r, o.ShowSuppressed) {
		t.finding(d)
		t.blank()
	}
	t.failed()
	t.undecidable()
	t.notAsked()
	if len(shown(r, o.ShowSuppressed)) == 0 {
		t.line(0, 0, styled(dimStyle, "no rule objects to it"))
	}
	return write(w, "why", t.out.String())
}

// labelWidth is that of the first column of an account.
const labelWidth = len("declared")

// maxTraces is how many places of one kind are shown unless all are asked for.
const maxTraces = 8

func (t *text) account(a *envtight.Account) {
	t.line(0, 0, unbroken(boldStyle, cmp.Or(plain(a.App), "the repository as a whole")))
	places := 0
	for _, list := range [][]envtight.Trace{a.Declared, a.Reads, a.Mentions} {
		for _, trace := range list[:min(len(list), t.most())] {
			places = max(places, displaywidth.String(place(&trace)))
		}
	}
	t.traces("declared", a.Declared, places)
	t.traces("read", a.Reads, places)
	t.traces("named", a.Mentions, places)
	t.cells(a)
	t.blank()
}

func (t *text) most() int {
	if t.o.Verbose {
		return int(^uint(0) >> 1)
	}
	return maxTraces
}

// place is the file and the line.
func place(trace *envtight.Trace) string {
	return plain(fmt.Sprintf("%s:%d", trace.Location.Path, trace.Location.Range.Start.Line))
}

func (t *text) traces(label string, list []envtight.Trace, width int) {
	for i := range list {
		trace := &list[i]
		if i == t.most() {
			t.line(2, 2, unbroken(dimStyle, pad("", labelWidth)), say("  "), styled(dimStyle, fmt.Sprintf("… and %d more", len(list)-i)))
			return
		}
		at := unbroken(plainStyle, place(trace))
		at.link = t.o.fileLink(trace.Location.Path)
		parts := []part{
			unbroken(dimStyle, pad(label, labelWidth)), unbroken(plainStyle, "  "), at,
			unbroken(plainStyle, strings.Repeat(" ", 2+width-displaywidth.String(at.text))), say(plain(trace.Text)),
		}
		if len(trace.Via) > 0 {
			parts = append(parts, say(" through "), unbroken(cyanStyle, plain(strings.Join(trace.Via, " → "))))
		}
		if trace.Since.Commit != "" {
			since := fmt.Sprintf(" · since %s (%.12s)", trace.Since.At.UTC().Format(time.DateOnly), trace.Since.Commit)
			parts = append(parts, styled(dimStyle, plain(since)))
		}
		t.line(2, 2+labelWidth+2, parts...)
		label = ""
	}
}

// cells writes one line for each environment and place.
func (t *text) cells(a *envtight.Account) {
	environments, words := 0, 0
	var list []envtight.MatrixEntry
	for _, e := range a.Cells {
		if e.Surface != envtight.OnCode {
			list = append(list, e)
			environments = max(environments, displaywidth.String(plain(e.Environment)))
			words = max(words, displaywidth.String(markOf(e, false).text()))
		}
	}
	label := "set"
	for _, e := range list {
		m := markOf(e, false)
		if m == markOff {
			m = markUnknown
		}
		t.line(2, 2+labelWidth+2,
			unbroken(dimStyle, pad(label, labelWidth)), unbroken(plainStyle, "  "+pad(plain(e.Environment), environments)+"  "),
			unbroken(m.style, pad(m.text(), words)), unbroken(dimStyle, strings.TrimRight("  "+plain(e.Location.String()), " ")))
		label = ""
	}
}
