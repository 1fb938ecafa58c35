package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

// few is how many entries of a list are shown unless all are asked for.
const few = 5

// failed lists what should have been looked at and was not. It is never
// shortened: each of these may hide a finding.
func (t *text) failed() {
	list := silences(t.report, envtight.Failed)
	if len(list) == 0 {
		return
	}
	them := "them"
	if len(list) == 1 {
		them = "it"
	}
	t.line(0, 0, styled(boldRed, "Could not look at "+count(len(list), "things")), styled(dimStyle, " · nothing is known about "+them))
	for _, inc := range list {
		t.silence("✗", boldRed, inc, true)
	}
	t.blank()
}

func (t *text) undecidable() {
	list := silences(t.report, envtight.Undecidable)
	if len(list) == 0 {
		return
	}
	n := 0
	for _, inc := range list {
		n += inc.Count
	}
	t.line(0, 0, styled(boldYellow, "Cannot tell about "+count(n, "things")), styled(dimStyle, " · neither right nor wrong"))
	t.list(list, "?", yellowStyle)
	t.blank()
}

func (t *text) notAsked() {
	list := silences(t.report, envtight.NotAsked)
	if len(list) == 0 {
		return
	}
	t.line(0, 0, styled(boldStyle, "Not asked"))
	t.list(list, "-", dimStyle)
	t.blank()
}

func (t *text) list(list []*envtight.Incompleteness, sign string, s style) {
	for i, inc := range list {
		if i == few && len(list) > few+1 && !t.o.Verbose {
			t.line(2, 4, styled(dimStyle, fmt.Sprintf("… and %d more", len(list)-few)))
			return
		}
		t.silence(sign, s, inc, t.o.Verbose)
	}
}

// silence writes one entry; cells only where they are asked for.
func (t *text) silence(sign string, s style, inc *envtight.Incompleteness, cells bool) {
	parts := []part{styled(s, sign+" ")}
	cause := plain(inc.Cause)
	if at := plain(inc.Location.String()); at != "" && !strings.Contains(cause, at) {
		place := unbroken(boldStyle, at)
		place.link = t.o.fileLink(inc.Location.Path)
		parts = append(parts, place, say(": "))
	}
	parts = append(parts, say(cause))
	// What nobody asked for is one fact, for however many cells.
	if inc.Count > 1 && (inc.Silence != envtight.NotAsked || len(inc.Cells) == 0) {
		parts = append(parts, styled(dimStyle, fmt.Sprintf(" (%d times)", inc.Count)))
	}
	t.line(2, 4, parts...)
	if text := cellList(inc.Cells, cells && t.o.Verbose); text != "" && cells {
		t.labeled(4, "leaves open", say(text))
	}
	t.advice(4, inc.Advice)
}

// cellList names cells app by app, as in "web in dev, prod; api in prod".
// Unless all are asked for, a long list is counted instead.
func cellList(cells []envtight.Cell, all bool) string {
	var apps []string
	environments := map[string][]string{}
	for _, c := range cells {
		if _, ok := environments[c.App]; !ok {
			apps = append(apps, c.App)
		}
		if !slices.Contains(environments[c.App], c.Environment) {
			environments[c.App] = append(environments[c.App], c.Environment)
		}
	}
	var parts []string
	for i, app := range apps {
		if i == few && len(apps) > few+1 && !all {
			parts = append(parts, fmt.Sprintf("%d more", len(apps)-few))
			break
		}
		parts = append(parts, plain(cmp.Or(app, "all apps"))+" in "+plain(strings.Join(environments[app], ", ")))
	}
	return strings.Join(parts, "; ")
}

// summary ends the report: what was found, what was looked at, and what that
// means for the exit code.
func (t *text) summary() {
	c := t.report.Counts()
	t.line(0, 4, t.total(c)...)
	t.line(0, 4, styled(dimStyle, "looked at: "+plain(looked(t.report))))
	code, why := t.o.meaning(t.report)
	s := dimStyle
	if code == envtight.ExitIncomplete {
		s = boldRed
	}
	t.line(0, 4, styled(s, fmt.Sprintf("exit %d", code)), styled(dimStyle, ": "+why))
}

func (t *text) total(c envtight.Counts) []part {
	var parts []part
	add := func(n int, s style, noun string) {
		if n > 0 {
			parts = append(parts, say(", "), styled(s, count(n, noun)))
		}
	}
	add(c.Errors, boldRed, "errors")
	add(c.Warnings, boldYellow, "warnings")
	add(c.Infos, boldBlue, "infos")
	if len(parts) == 0 {
		s := boldGreen
		if c.Failed > 0 {
			s = boldStyle
		}
		parts = append(parts, say(", "), styled(s, "no findings"))
	}
	if c.Suppressed > 0 {
		parts = append(parts, styled(dimStyle, fmt.Sprintf(", %d suppressed", c.Suppressed)))
	}
	if c.Failed > 0 {
		parts = append(parts, say(", "), styled(boldRed, fmt.Sprintf("%d not looked at", c.Failed)))
	}
	return parts[1:]
}
