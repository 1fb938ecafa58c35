package envtight

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says how much a finding matters. The zero Severity is [Off].
type Severity uint8

// The severities, in rising order.
const (
	Off     Severity = iota // the rule does not report
	Info                    // worth knowing; nobody has to act
	Warning                 // likely wrong
	Error                   // wrong: the deployment will fail or leak
)

var severityNames = []string{"off", "info", "warning", "error"}

func (s Severity) String() string { return enumName(severityNames, s) }

// MarshalText returns the name of the severity.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts the names that MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) error {
	return enumParse(severityNames, s, text, "severity")
}

// Grade says how sure a finding is, apart from how much it matters.
type Grade uint8

// The grades.
const (
	Certain Grade = iota // follows from facts alone
	Likely               // follows from a heuristic, as a name that looks like a secret
	Sample               // true, but of an example or a test
	Public               // true, but of something that is meant to be public
)

var gradeNames = []string{"certain", "likely", "sample", "public"}

func (g Grade) String() string { return enumName(gradeNames, g) }

// MarshalText returns the name of the grade.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText accepts the names that MarshalText writes.
func (g *Grade) UnmarshalText(text []byte) error { return enumParse(gradeNames, g, text, "grade") }

// Diagnostic is one finding: a fact about the user's work that a rule objects
// to. It never holds a value of a variable, a part of one, its length or a hash
// of it.
type Diagnostic struct {
	// Rule is the ID of the rule, as in "env/missing".
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Grade    Grade    `json:"grade"`
	Location Location `json:"location"`

	// App, Environment and Name say which variable is meant, where that
	// applies. Environment is empty when the finding is about several: Cells
	// then names them.
	App         string `json:"app,omitempty"`
	Environment string `json:"environment,omitempty"`
	Name        string `json:"name,omitempty"`
	// Cells are the places on platforms that the finding is about, in the
	// user's order of environments in a report.
	// [Run] joins findings that differ only in their environment.
	Cells []Cell `json:"cells,omitempty"`

	// Message says what is the case, with names, without a final period.
	// The cells are not part of it: see [Diagnostic.Text].
	Message string `json:"message"`
	// Advice says what to do: where it can, the very command to paste, with
	// a placeholder for a value.
	Advice string `json:"advice,omitempty"`
	// Many says how writers for people may show this finding and others like
	// it as one; zero: each by itself.
	Many Many `json:"-"`
	// Related are further places that explain the finding.
	Related []Related `json:"related,omitempty"`
	// Fixes are edits that would mend it.
	Fixes []Fix `json:"fixes,omitempty"`

	// Snippet is the line the finding is at, with all values blanked. [Run]
	// fills it for files; what a check has for objects and members of archives
	// is kept.
	Snippet *Snippet `json:"snippet,omitempty"`
	// Fingerprint identifies the finding over time, also when its line moves.
	// [Run] fills it unless the check did.
	Fingerprint string `json:"fingerprint,omitempty"`
	// Suppressed says who set the finding aside and why; nil when nobody did.
	Suppressed *Suppressed `json:"suppressed,omitempty"`

	// Leak says more of a secret in a text; nil for all other findings.
	Leak *Leak `json:"leak,omitempty"`
}

// Many is what many findings with one cause have in common, in words. Findings
// of one rule at one app and place that agree in it may be shown in one block.
// They stay findings of their own for everything else: suppressions, baselines,
// counts, programs.
type Many struct {
	// Message follows their number, as in "variables are set and web does not
	// declare them".
	Message string
	// Advice is for all of them together.
	Advice string
}

// Cell is one app in one environment, at one place of a platform.
type Cell struct {
	App         string `json:"app,omitempty"`
	Environment string `json:"environment"`
	Place       Place  `json:"place,omitzero"`
	// Fingerprint is that of the finding about this cell alone.
	Fingerprint string `json:"fingerprint,omitempty"`
}

// String returns "environment (place)".
func (c Cell) String() string {
	if c.Place.Platform == "" {
		return c.Environment
	}
	place := c.Place
	place.Name = ""
	return fmt.Sprintf("%s (%s)", c.Environment, place)
}

// Related is a further place that explains a finding.
type Related struct {
	Location Location `json:"location"`
	Message  string   `json:"message"`
}

// Text returns the message followed by the cells it is about. Every writer
// shows this text.
func (d *Diagnostic) Text() string {
	if len(d.Cells) == 0 {
		return d.Message
	}
	return d.Message + ": " + strings.Join(d.CellTexts(), ", ")
}

// CellTexts returns the cells in words, in their order. A finding that is at
// a platform says the place already; its cells there are environments only.
func (d *Diagnostic) CellTexts() []string {
	at := d.Location.Place
	at.Name, at.Environment = "", ""
	out := make([]string, len(d.Cells))
	for i, c := range d.Cells {
		out[i] = c.String()
		place := c.Place
		place.Name, place.Environment = "", ""
		if d.Location.Kind == AtPlatform && place == at {
			out[i] = c.Environment
		}
	}
	return out
}

// Suppressed says by whom a finding was set aside, and why.
type Suppressed struct {
	// By is "inline", "config", "baseline" or "ignore-file".
	By       string   `json:"by"`
	Reason   string   `json:"reason,omitempty"`
	Owner    string   `json:"owner,omitempty"`
	Location Location `json:"location,omitzero"`
}

// Snippet is one line of a file, fit to be shown: values are blanked, control
// characters are still in it (writers escape them).
type Snippet struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	// Start and End are the columns of Text to be marked, from 1, in code
	// points; End is exclusive and at least Start.
	Start int `json:"start"`
	End   int `json:"end"`
}

// Fix is a set of edits that mends a finding.
type Fix struct {
	// Message says what applying it does, as in "rename to PORT".
	Message string `json:"message"`
	// Safe tells that applying it cannot change what any program reads.
	Safe  bool   `json:"safe"`
	Edits []Edit `json:"edits"`
}

// Edit replaces a span of one state of a file. The edits of a Fix do not
// overlap.
type Edit struct {
	Path string `json:"path"`
	Span Span   `json:"span"`
	New  string `json:"new"`
	// SHA256 is the hexadecimal hash of the file that Span counts in, so that
	// an edit is never applied to another state of it. Empty means: not checked.
	SHA256 string `json:"sha256,omitempty"`
}

// compareDiagnostics is the order of reports: by file, place in it, rule, and
// then by the variable. Findings without a file come last.
func compareDiagnostics(a, b *Diagnostic) int {
	return cmp.Or(
		compareBool(a.Location.Path == "", b.Location.Path == ""),
		cmp.Compare(a.Location.Path, b.Location.Path),
		cmp.Compare(a.Location.Range.Start.Offset, b.Location.Range.Start.Offset),
		cmp.Compare(a.App, b.App),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Environment, b.Environment),
		cmp.Compare(a.Location.String(), b.Location.String()),
		cmp.Compare(a.Message, b.Message),
		slices.CompareFunc(a.Cells, b.Cells, compareCells),
	)
}

func compareCells(a, b Cell) int {
	return cmp.Or(
		cmp.Compare(a.App, b.App),
		cmp.Compare(a.Environment, b.Environment),
		cmp.Compare(a.Place.String(), b.Place.String()),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

func enumName[E ~uint8](names []string, e E) string {
	if int(e) < len(names) {
		return names[e]
	}
	return fmt.Sprintf("%d", uint8(e))
}

func enumParse[E ~uint8](names []string, e *E, text []byte, what string) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return fmt.Errorf("unknown %s %q: want one of %s", what, text, strings.Join(names, ", "))
	}
	*e = E(i)
	return nil
}
