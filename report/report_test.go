package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/sample"
	"github.com/envtight/envtight/report"
)

func written(t testing.TB, f func(io.Writer, *envtight.Report, report.Options) error, r *envtight.Report, o report.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := f(&out, r, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestColored(t *testing.T) {
	tests := []struct {
		name     string
		flag     string
		env      map[string]string
		terminal bool
		want     bool
	}{
		{"a terminal", "", nil, true, true},
		{"a pipe", "auto", nil, false, false},
		{"always wins over NO_COLOR", "always", map[string]string{"NO_COLOR": "1"}, false, true},
		{"never wins over FORCE_COLOR", "never", map[string]string{"FORCE_COLOR": "1"}, true, false},
		{"NO_COLOR", "", map[string]string{"NO_COLOR": "1"}, true, false},
		{"NO_COLOR wins over FORCE_COLOR", "", map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, true, false},
		{"an empty NO_COLOR says nothing", "", map[string]string{"NO_COLOR": ""}, true, true},
		{"FORCE_COLOR", "", map[string]string{"FORCE_COLOR": "1"}, false, true},
		{"FORCE_COLOR=0", "", map[string]string{"FORCE_COLOR": "0"}, true, false},
		{"CLICOLOR_FORCE", "", map[string]string{"CLICOLOR_FORCE": "1"}, false, true},
		{"FORCE_COLOR wins over TERM=dumb", "", map[string]string{"FORCE_COLOR": "3", "TERM": "dumb"}, false, true},
		{"CLICOLOR_FORCE wins over CLICOLOR=0", "", map[string]string{"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, false, true},
		{"CLICOLOR=0", "", map[string]string{"CLICOLOR": "0"}, true, false},
		{"CLICOLOR=1 asks the terminal", "", map[string]string{"CLICOLOR": "1"}, false, false},
		{"TERM=dumb", "", map[string]string{"TERM": "dumb"}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := report.Colored(tt.flag, func(k string) string { return tt.env[k] }, tt.terminal); got != tt.want {
				t.Errorf("Colored = %v, want %v", got, tt.want)
			}
		})
	}
}

// TestNoColor shows that colored output is the other one with sequences in it,
// so that nothing is told by color alone.
func TestNoColor(t *testing.T) {
	sequences := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, s := range sample.All() {
		for _, width := range []int{0, 40, 80} {
			o := report.Options{Width: width, ShowSuppressed: true}
			want := written(t, report.Text, s.Report, o)
			o.Color = true
			got := sequences.ReplaceAllString(written(t, report.Text, s.Report, o), "")
			// The line is protected as a whole in one, and by its first part in the other.
			if diff := cmp.Diff(want, trimLines(got)); diff != "" {
				t.Errorf("%s at %d: %s", s.Name, width, diff)
			}
		}
	}
}

func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// TestSameText holds that the text form shows what Diagnostic.Text says.
func TestSameText(t *testing.T) {
	for _, s := range sample.All() {
		if s.Name == "hostile" || s.Name == "many" { // see TestFold
			continue
		}
		got := written(t, report.Text, s.Report, report.Options{ShowSuppressed: true})
		for i := range s.Report.Diagnostics {
			if want := s.Report.Diagnostics[i].Text() + " ["; !strings.Contains(got, want) {
				t.Errorf("%s: %q is not shown", s.Name, want)
			}
		}
	}
}

// TestUnchanged holds that writers change nothing and always write the same.
func TestUnchanged(t *testing.T) {
	for _, f := range report.Formats() {
		r := sample.Full()
		first := written(t, f.Write, r, report.Options{Color: true})
		if second := written(t, f.Write, r, report.Options{Color: true}); first != second {
			t.Errorf("%s writes the same report in two ways", f.Name)
		}
		if diff := cmp.Diff(sample.Full(), r); diff != "" {
			t.Errorf("%s changed the report: %s", f.Name, diff)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteError(t *testing.T) {
	for _, f := range append(report.Formats(), report.Format{Name: "step summary", Write: report.StepSummary}) {
		err := f.Write(failing{}, sample.Full(), report.Options{})
		if err == nil || !strings.Contains(err.Error(), f.Name) || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: the error is %v", f.Name, err)
		}
	}
	for _, format := range report.MatrixFormats() {
		if err := report.Matrix(failing{}, format, sample.Full().Matrix, report.MatrixOptions{}); err == nil {
			t.Errorf("matrix as %s: no error", format)
		}
	}
	if err := report.Matrix(io.Discard, "xml", nil, report.MatrixOptions{}); err == nil {
		t.Error("a matrix format that does not exist is accepted")
	}
}

func TestLinePattern(t *testing.T) {
	pattern := regexp.MustCompile(report.LinePattern)
	got := strings.Split(strings.TrimSpace(written(t, report.Line, sample.Full(), report.Options{ShowSuppressed: true})), "\n")
	files := 0
	for _, line := range got {
		if m := pattern.FindStringSubmatch(line); m != nil {
			files++
			if strings.Contains(m[1], ":") {
				t.Errorf("the file is %q", m[1])
			}
		}
	}
	if files != 6 {
		t.Errorf("%d of %d lines match, want 6: all but that on a platform", files, len(got))
	}
	strict := written(t, report.Line, sample.Incomplete(), report.Options{Exit: envtight.ExitOptions{Strict: true}})
	if n := strings.Count(strict, "[incomplete/undecidable]"); n != 8 {
		t.Errorf("%d undecidable lines under strict, want 8", n)
	}
}

// TestGitHubLimits holds the numbers of GitHub, with what is worst in front.
func TestGitHubLimits(t *testing.T) {
	r := &envtight.Report{Version: 1}
	for i := range 60 {
		r.Diagnostics = append(r.Diagnostics, envtight.Diagnostic{
			Rule: "env/missing", Severity: envtight.Severity(1 + i%3), Message: fmt.Sprint("finding ", i), Location: envtight.WholeFile("a"),
		})
	}
	for i := range 7 {
		r.Incomplete = append(r.Incomplete, envtight.Incompleteness{Silence: envtight.Failed, Cause: fmt.Sprint("cause ", i), Count: 1})
	}
	lines := strings.Split(strings.TrimSuffix(written(t, report.GitHub, r, report.Options{}), "\n"), "\n")
	levels := map[string]int{}
	for _, line := range lines {
		level, _, _ := strings.Cut(strings.TrimPrefix(line, "::"), " ")
		levels[level]++
	}
	if diff := cmp.Diff(map[string]int{"error": 10, "warning": 10, "notice": 10}, levels); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(lines[0], "::error title=not looked at::could not look: cause 0") {
		t.Errorf("the first line is %q", lines[0])
	}
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "::notice") || !strings.Contains(last, fmt.Sprint(67-29)) {
		t.Errorf("the last line is %q, want the number of the rest", last)
	}
}

// TestMarkdownFits holds that a report of any size fits into a comment, says how
// much is missing, and keeps what failed.
func TestMarkdownFits(t *testing.T) {
	r := sample.Full()
	long := strings.Repeat("<|&", 40)
	for i := range 3000 {
		d := r.Diagnostics[0]
		d.Message = fmt.Sprint(long, i)
		r.Diagnostics = append(r.Diagnostics, d)
		r.Incomplete = append(r.Incomplete,
			envtight.Incompleteness{Silence: envtight.Failed, Cause: fmt.Sprint(long, i), Advice: long, Count: 1},
			envtight.Incompleteness{Silence: envtight.Undecidable, Cause: fmt.Sprint(long, i), Count: 1},
			envtight.Incompleteness{Silence: envtight.NotAsked, Cause: fmt.Sprint(long, i), Count: 1})
		r.Looked = append(r.Looked, envtight.Looked{What: long, Count: i})
		r.Matrix.Rows = append(r.Matrix.Rows, r.Matrix.Rows[0])
	}
	for name, limit := range map[string]struct {
		write func(io.Writer, *envtight.Report, report.Options) error
		most  int
	}{"comment": {report.Markdown, 65_536}, "step summary": {report.StepSummary, 1 << 20}} {
		got := written(t, limit.write, r, report.Options{})
		if len(got) > limit.most || len(got) < limit.most/2 {
			t.Errorf("the %s has %d bytes, want at most %d, and room used", name, len(got), limit.most)
		}
		for _, want := range []string{"incomplete", "further findings", "more\n", "Cannot tell", "exit 3"} {
			if !strings.Contains(got, want) {
				t.Errorf("the %s does not say %q", name, want)
			}
		}
	}
}

// TestJSON reads back what was written.
func TestJSON(t *testing.T) {
	var got struct {
		envtight.Report
		Counts envtight.Counts
		Exit   int
		Rules  []struct {
			ID                   string
			Findings, Suppressed int
		}
	}
	want := sample.Full()
	if err := json.Unmarshal([]byte(written(t, report.JSON, want, report.Options{})), &got); err != nil {
		t.Fatal(err)
	}
	if got.Exit != envtight.ExitFindings || got.Counts != want.Counts() || len(got.Rules) != len(want.Rules) {
		t.Errorf("exit %d, counts %+v, %d rules", got.Exit, got.Counts, len(got.Rules))
	}
	for _, rule := range got.Rules {
		if rule.ID == "env/drift" && (rule.Findings != 0 || rule.Suppressed != 1) {
			t.Errorf("env/drift has %d findings, %d suppressed", rule.Findings, rule.Suppressed)
		}
	}
	want.Rules = nil
	got.Report.Rules = nil
	onlyForGitleaks := cmpopts.IgnoreFields(envtight.Leak{}, "Match", "StartLine", "EndLine", "StartColumn", "EndColumn", "Entropy")
	if diff := cmp.Diff(want, &got.Report, onlyForGitleaks); diff != "" {
		t.Error(diff)
	}
	empty := written(t, report.JSON, &envtight.Report{}, report.Options{})
	if strings.Contains(empty, "null") {
		t.Errorf("an empty report has null in it: %s", empty)
	}
}

// TestAloud holds that what was not looked at is said in every format.
func TestAloud(t *testing.T) {
	for _, f := range report.Formats() {
		if f.Partial {
			continue // the command says it
		}
		got := written(t, f.Write, sample.Incomplete(), report.Options{})
		for _, want := range []string{"RAILWAY_TOKEN_PROD was refused", ".env.huge"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not say %q", f.Name, want)
			}
		}
	}
	for _, name := range []string{"text", "markdown"} {
		i := slices.IndexFunc(report.Formats(), func(f report.Format) bool { return f.Name == name })
		if got := written(t, report.Formats()[i].Write, sample.Clean(), report.Options{}); !strings.Contains(got, "0 env files") {
			t.Errorf("%s does not say aloud that no file was looked at:\n%s", name, got)
		}
	}
}

// harmless fails when text holds what a terminal, or a reader, could be fooled
// by. Line ends and colors of our own are what it may hold.
func harmless(t testing.TB, name, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s is no UTF-8", name)
	}
	for i, r := range text {
		if r != '\n' && !unicode.IsGraphic(r) {
			t.Errorf("%s holds %U: %q", name, r, text[max(0, i-30):min(len(text), i+30)])
			return
		}
	}
	for _, command := range []string{"##[", "##vso[", "##teamcity["} {
		if !strings.HasSuffix(name, "json") && strings.Contains(text, command) {
			t.Errorf("%s holds the command %q", name, command)
		}
	}
}

// noCommands fails when a line would be taken for a workflow command.
func noCommands(t testing.TB, name, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::") {
			t.Errorf("%s has the line %q", name, line)
		}
	}
}

var githubLine = regexp.MustCompile(`^::(error|warning|notice) (file=[^:,]*,line=\d+,(endLine=\d+,(col=\d+,endColumn=\d+,)?)?)?title=[^:,]*::.*$`)

// checkAll writes a report in every way and checks what must hold for any input.
func checkAll(t testing.TB, r *envtight.Report) {
	t.Helper()
	o := report.Options{ShowSuppressed: true, Verbose: true}
	text := written(t, report.Text, r, o)
	harmless(t, "text", text)
	noCommands(t, "text", text)
	o.Width = 50
	narrow := written(t, report.Text, r, o)
	harmless(t, "narrow text", narrow)
	noCommands(t, "narrow text", narrow)

	line := written(t, report.Line, r, o)
	harmless(t, "line", line)
	noCommands(t, "line", line)
	if got, want := strings.Count(line, "\n"), len(r.Diagnostics)+r.Counts().Failed; got != want {
		t.Errorf("line has %d lines, want %d", got, want)
	}

	document := written(t, report.JSON, r, o)
	harmless(t, "json", document)
	if !json.Valid([]byte(document)) {
		t.Error("json is not valid")
	}

	github := written(t, report.GitHub, r, o)
	harmless(t, "github", github)
	for command := range strings.Lines(github) {
		if !githubLine.MatchString(strings.TrimSuffix(command, "\n")) {
			t.Errorf("github has the line %q", command)
		}
	}

	junit := written(t, report.JUnit, r, o)
	harmless(t, "junit", junit)
	noCommands(t, "junit", junit)
	checkJUnit(t, junit)

	leaks := written(t, report.GitleaksJSON, r, o)
	harmless(t, "gitleaks-json", leaks)
	if !json.Valid([]byte(leaks)) {
		t.Error("gitleaks-json is not valid")
	}

	markdown := written(t, report.Markdown, r, o)
	harmless(t, "markdown", markdown)
	checkMarkdown(t, markdown)
	for _, format := range report.MatrixFormats() {
		var out bytes.Buffer
		if err := report.Matrix(&out, format, r.Matrix, report.MatrixOptions{}); err != nil {
			t.Error(err)
		}
		if format == "json" {
			harmless(t, "json", out.String())
		} else {
			harmless(t, "matrix "+format, out.String())
			noCommands(t, "matrix "+format, out.String())
		}
		if format == "markdown" {
			checkMarkdown(t, out.String())
		}
	}
}

var (
	ownTags  = regexp.MustCompile(`</?(code|br|sub|details|summary)>|<!-- -->`)
	mentions = regexp.MustCompile(`[@#]\w|\w://|(?i:www\.)`)
)

// checkMarkdown holds the number of cells in each table, and that no markup is
// there but our own.
func checkMarkdown(t testing.TB, markdown string) {
	t.Helper()
	columns := 0
	for line := range strings.Lines(markdown) {
		cells := strings.Count(line, "|")
		switch {
		case !strings.HasPrefix(line, "|"):
			columns = 0
			if cells > 0 {
				t.Errorf("a border outside of a table: %q", line)
			}
		case columns == 0:
			columns = cells
		case cells != columns:
			t.Errorf("a row has %d borders, want %d: %q", cells, columns, line)
		}
	}
	if rest := ownTags.ReplaceAllString(markdown, ""); strings.ContainsAny(rest, "<>`") {
		t.Errorf("markup from outside: %q", rest)
	}
	if m := mentions.FindString(markdown); m != "" {
		for line := range strings.Lines(markdown) {
			if !strings.HasPrefix(line, "#") && mentions.MatchString(strings.ReplaceAll(line, "&#", "")) {
				t.Errorf("a mention or link in %q", line)
			}
		}
	}
}

func TestHostile(t *testing.T) { checkAll(t, sample.Hostile()) }

func FuzzHostile(f *testing.F) {
	for i, h := range sample.Hostiles() {
		f.Add(h, h, i)
	}
	f.Fuzz(func(t *testing.T, a, b string, i int) {
		i &= 0xffff
		r := &envtight.Report{Version: 1, Scope: a, Rules: sample.Rules(), Looked: []envtight.Looked{{What: b, Count: 1}}}
		first, second := sample.HostileFinding(a, i), sample.HostileFinding(b, i+1)
		first.Message, second.Advice = b, a
		r.Diagnostics = []envtight.Diagnostic{first, second}
		for _, s := range []envtight.Silence{envtight.Failed, envtight.Undecidable, envtight.NotAsked} {
			r.Incomplete = append(r.Incomplete, envtight.Incompleteness{Silence: s, Cause: a, Advice: b, Location: second.Location, Cells: first.Cells, Count: i})
		}
		r.Matrix = &envtight.Matrix{Environments: []string{a, b}, Rows: []envtight.MatrixRow{{App: a, Name: b, Cells: []envtight.MatrixEntry{
			{Environment: a, Surface: envtight.OnPlatform, State: envtight.State(i % 7), Need: envtight.Need(i % 4)},
		}}}}
		checkAll(t, r)
	})
}
