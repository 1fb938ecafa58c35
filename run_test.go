package envtight_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/envtight/envtight"
	"github.com/google/go-cmp/cmp"
)

var (
	ruleError = &envtight.Rule{ID: "env/missing", Default: envtight.Error}
	ruleStyle = &envtight.Rule{ID: "dotenv/order", Default: envtight.Warning, Group: "style"}
)

// reporter is a check that hands in what it is told.
type reporter struct {
	diagnostics []envtight.Diagnostic
	incomplete  []envtight.Incompleteness
	texts       map[string]string
	undecided   []string
	fail        func() error
}

func (*reporter) Rules() []*envtight.Rule { return []*envtight.Rule{ruleError, ruleStyle} }

func (c *reporter) Run(_ context.Context, pass *envtight.Pass) error {
	for path, text := range c.texts {
		pass.LookedAt(path, []byte(text))
	}
	for _, d := range c.diagnostics {
		pass.Report(d)
	}
	for _, i := range c.incomplete {
		pass.Incomplete(i)
	}
	pass.Undecided(c.undecided...)
	if c.fail != nil {
		return c.fail()
	}
	return nil
}

func run(t *testing.T, c *reporter, o envtight.Options) *envtight.Report {
	t.Helper()
	report, err := envtight.Run(t.Context(), []envtight.Check{c}, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func lines(r *envtight.Report) []string {
	var out []string
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		line := fmt.Sprintf("%s %s: %s", d.Rule, d.Severity, d.Text())
		if d.Suppressed != nil {
			line += " (" + d.Suppressed.By + ")"
		}
		out = append(out, line)
	}
	return out
}

func missing(environment string) envtight.Diagnostic {
	place := envtight.Place{Platform: "vercel", Project: "web", Environment: environment}
	return envtight.Diagnostic{
		Rule: "env/missing", App: "web", Environment: environment, Name: "A",
		Location: envtight.FileRange(".env.example", []byte("# x\nA=1\n"), envtight.Span{Start: 4, End: 5}),
		Message:  "A is not set", Advice: "set it in " + environment,
		Cells: []envtight.Cell{{App: "web", Environment: environment, Place: place}},
	}
}

func TestRunJoinsEnvironments(t *testing.T) {
	c := &reporter{diagnostics: []envtight.Diagnostic{missing("prod"), missing("dev")}}
	r := run(t, c, envtight.Options{})
	want := []string{"env/missing error: A is not set: dev (vercel:web/dev), prod (vercel:web/prod)"}
	if diff := cmp.Diff(want, lines(r)); diff != "" {
		t.Error(diff)
	}
	d := r.Diagnostics[0]
	if d.Environment != "" || d.Advice != "set it in dev\nset it in prod" {
		t.Errorf("environment %q, advice %q", d.Environment, d.Advice)
	}
	if d.Cells[0].Fingerprint == d.Cells[1].Fingerprint || d.Fingerprint == "" {
		t.Error("the cells do not have fingerprints of their own")
	}
}

func TestRunSeverities(t *testing.T) {
	style := envtight.Diagnostic{Rule: "dotenv/order", Message: "m"}
	low := envtight.Diagnostic{Rule: "env/missing", Message: "low", Severity: envtight.Info}
	high := envtight.Diagnostic{Rule: "env/missing", Message: "high"}
	tests := []struct {
		name    string
		options envtight.Options
		want    []string
	}{
		{"defaults", envtight.Options{}, []string{"env/missing error: high", "env/missing info: low"}},
		{
			"a group", envtight.Options{Groups: []string{"style"}},
			[]string{"dotenv/order warning: m", "env/missing error: high", "env/missing info: low"},
		},
		{"off", envtight.Options{Severity: map[string]envtight.Severity{"env/*": envtight.Off}}, nil},
		{
			"the rule wins over its topic, the check may go lower",
			envtight.Options{Severity: map[string]envtight.Severity{"env/*": envtight.Off, "env/missing": envtight.Warning}},
			[]string{"env/missing warning: high", "env/missing info: low"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := run(t, &reporter{diagnostics: []envtight.Diagnostic{style, low, high}}, test.options)
			if diff := cmp.Diff(test.want, lines(r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRunSuppressions(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name        string
		check       reporter
		suppression envtight.Suppression
		want        []string
	}{
		{
			"one environment of two", reporter{diagnostics: []envtight.Diagnostic{missing("dev"), missing("prod")}},
			envtight.Suppression{Rule: "env/*", Environment: "dev", Reason: "r"},
			[]string{"env/missing error: A is not set: dev (vercel:web/dev) (config)", "env/missing error: A is not set: prod (vercel:web/prod)"},
		},
		{
			"without a reason", reporter{diagnostics: []envtight.Diagnostic{missing("dev")}},
			envtight.Suppression{Rule: "env/missing"},
			[]string{"env/missing error: A is not set: dev (vercel:web/dev)", "config/invalid-suppression error: a suppression needs a rule and a reason; this one suppresses nothing"},
		},
		{
			"expired", reporter{diagnostics: []envtight.Diagnostic{missing("dev")}},
			envtight.Suppression{Rule: "env/missing", Reason: "r", Expires: now.AddDate(0, 0, -1)},
			[]string{"env/missing error: A is not set: dev (vercel:web/dev)", "config/expired-suppression warning: the suppression of env/missing expired on 2026-11-22"},
		},
		{
			"unused", reporter{},
			envtight.Suppression{Rule: "env/missing", Reason: "r"},
			[]string{"config/unused-suppression warning: the suppression of env/missing matches nothing"},
		},
		{"unused, but nobody could judge", reporter{undecided: []string{"env/missing"}}, envtight.Suppression{Rule: "env/missing", Reason: "r"}, nil},
		{
			"unused, but something failed", reporter{incomplete: []envtight.Incompleteness{{Silence: envtight.Failed, Cause: "x"}}},
			envtight.Suppression{Rule: "env/missing", Reason: "r"}, nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := run(t, &test.check, envtight.Options{Suppressions: []envtight.Suppression{test.suppression}, Now: now})
			if diff := cmp.Diff(test.want, lines(r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRunInlineMarks(t *testing.T) {
	at := func(text, what string) envtight.Diagnostic {
		start := strings.Index(text, what)
		return envtight.Diagnostic{
			Rule: "env/missing", Message: what,
			Location: envtight.FileRange("f", []byte(text), envtight.Span{Start: start, End: start + len(what)}),
		}
	}
	tests := []struct {
		name, text string
		want       []string
	}{
		{"on the line", "A=1 # envtight:ignore env/missing -- r\n", []string{"env/missing error: A=1 (inline)"}},
		{"above", "# envtight:ignore env/missing -- r\n# about A\nA=1\n", []string{"env/missing error: A=1 (inline)"}},
		{"above a blank line", "# envtight:ignore env/missing -- r\n\nA=1\n", []string{
			"config/unused-suppression warning: nothing here is found by env/missing", "env/missing error: A=1",
		}},
		{"no reason", "A=1 # envtight:ignore env/missing\n", []string{
			"env/missing error: A=1", "config/invalid-suppression error: this mark gives no reason, so it suppresses nothing",
		}},
		{"another rule", "A=1 # envtight:ignore dotenv/order, naming/case -- r\n", []string{"env/missing error: A=1"}},
		{"HTML", "<!-- envtight:ignore env/missing -- r -->\n<!-- more -->\nA=1\n", []string{"env/missing error: A=1 (inline)"}},
		{"C, CRLF", "/* envtight:ignore env/missing -- r */\r\n// more\r\nA=1\r\n", []string{"env/missing error: A=1 (inline)"}},
		{"SQL", "A=1 -- envtight:ignore env/missing -- r\n", []string{"env/missing error: A=1 (inline)"}},
		{"a tab", "A=1 #envtight:ignore\tenv/missing -- r\n", []string{"env/missing error: A=1 (inline)"}},
		{"C without a reason", "A=1 /* envtight:ignore env/missing */\n", []string{
			"env/missing error: A=1", "config/invalid-suppression error: this mark gives no reason, so it suppresses nothing",
		}},
		{"no rule", "# envtight:ignore -- r\nA=1\n", []string{
			"config/invalid-suppression error: this mark names no rule, so it suppresses nothing", "env/missing error: A=1",
		}},
		{"a word in place of a rule", "# envtight:ignore missing -- r\nA=1\n", []string{
			"config/invalid-suppression error: this mark names no rule, so it suppresses nothing", "env/missing error: A=1",
		}},
		{"a mark behind prose", "A=1 # unlike `envtight:ignore x`, envtight:ignore env/missing -- r\n", []string{"env/missing error: A=1 (inline)"}},
		{"prose at the end of a line", "# remove it, or write envtight:ignore\nA=1\n", []string{"env/missing error: A=1"}},
		{"prose about marks", "A=1 # see `envtight:ignore env/missing -- r`\n", []string{"env/missing error: A=1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &reporter{diagnostics: []envtight.Diagnostic{at(test.text, "A=1")}, texts: map[string]string{"f": test.text}}
			if diff := cmp.Diff(test.want, lines(run(t, c, envtight.Options{}))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestReasonsAreBlanked: whoever says why may quote what must not be shown.
func TestReasonsAreBlanked(t *testing.T) {
	const planted = "planted"
	masker := envtight.MaskerFunc(func(_ string, text []byte) (out []envtight.Span) {
		for at := range text {
			if strings.HasPrefix(string(text[at:]), planted) {
				out = append(out, envtight.Span{Start: at, End: at + len(planted)})
			}
		}
		return out
	})
	text := "A=1 # envtight:ignore env/missing -- is " + planted + "\nB=1 # envtight:ignore env/miss*," + planted + "/x -- r\n"
	c := &reporter{texts: map[string]string{"f": text}, diagnostics: []envtight.Diagnostic{
		{Rule: "env/missing", Message: "inline", Location: envtight.FileRange("f", []byte(text), envtight.Span{End: 1})},
		{Rule: "env/missing", Message: "of the check", Suppressed: &envtight.Suppressed{By: "x", Reason: planted, Owner: planted}},
		{Rule: "env/missing", Message: "config", Name: "N"},
	}}
	r := run(t, c, envtight.Options{
		Maskers:      []envtight.Masker{masker},
		Suppressions: []envtight.Suppression{{Rule: "env/missing", Name: "N", Reason: "for " + planted, Owner: planted}},
	})
	text = fmt.Sprintf("%+v", r)
	for _, d := range r.Diagnostics {
		text += fmt.Sprintf("%+v", d.Suppressed)
	}
	if strings.Contains(text, planted) {
		t.Errorf("a value shows: %s", strings.ReplaceAll(text, planted, "HERE"))
	}
	if !strings.Contains(text, "is [redacted]") || !strings.Contains(text, "for [redacted]") {
		t.Errorf("the rest of a reason does not show: %s", text)
	}
}

func TestRunBaseline(t *testing.T) {
	c := &reporter{diagnostics: []envtight.Diagnostic{missing("dev"), missing("prod")}}
	baseline := envtight.NewBaseline(run(t, c, envtight.Options{}), "known")
	var file bytes.Buffer
	if err := baseline.Write(&file); err != nil {
		t.Fatal(err)
	}
	baseline, err := envtight.ReadBaseline(&file, "b.json")
	if err != nil {
		t.Fatal(err)
	}
	moved := missing("dev")
	moved.Location = envtight.FileRange(".env.example", []byte("\n\n\nA=1\n"), envtight.Span{Start: 3, End: 4})
	other := missing("dev")
	other.Name, other.Message = "B", "B is not set"
	r := run(t, &reporter{diagnostics: []envtight.Diagnostic{moved, other}}, envtight.Options{Baseline: baseline})
	want := []string{
		"env/missing error: A is not set: dev (vercel:web/dev) (baseline)",
		"env/missing error: B is not set: dev (vercel:web/dev)",
		"config/unused-suppression warning: the baseline entry for env/missing (.env.example web A prod) matches nothing",
	}
	if diff := cmp.Diff(want, lines(r)); diff != "" {
		t.Error(diff)
	}
	if _, err := envtight.ReadBaseline(strings.NewReader(`{"version":99}`), "b.json"); err == nil {
		t.Error("an unknown version is accepted")
	}
}

func TestRunSurvivesItsChecks(t *testing.T) {
	planted := "canary" + "-4711"
	tests := []struct {
		name string
		fail func() error
		want string
	}{
		{"error", func() error { return errors.New("disk is gone") }, "disk is gone"},
		{"panic", func() error { panic(planted) }, "check *envtight_test.reporter stopped by an internal error at "},
		{"unlisted rule", nil, `a check reported under the rule "env/other", which it does not list`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &reporter{fail: test.fail, diagnostics: []envtight.Diagnostic{missing("dev")}}
			if test.fail == nil {
				c.diagnostics = append(c.diagnostics, envtight.Diagnostic{Rule: "env/other"})
			}
			r := run(t, c, envtight.Options{})
			if len(r.Incomplete) != 1 || !strings.HasPrefix(r.Incomplete[0].Cause, test.want) {
				t.Fatalf("incomplete: %v", r.Incomplete)
			}
			if strings.Contains(r.Incomplete[0].Cause, planted) {
				t.Error("the text of the panic is shown")
			}
			if len(r.Diagnostics) != 1 || r.ExitCode(envtight.ExitOptions{}) != envtight.ExitIncomplete {
				t.Errorf("findings %d, exit %d", len(r.Diagnostics), r.ExitCode(envtight.ExitOptions{}))
			}
		})
	}
}

func TestExitCode(t *testing.T) {
	finding := []envtight.Diagnostic{missing("dev")}
	undecidable := []envtight.Incompleteness{{Silence: envtight.Undecidable, Cause: "sealed"}}
	failed := []envtight.Incompleteness{{Silence: envtight.Failed, Cause: "down"}}
	tests := []struct {
		name    string
		check   reporter
		options envtight.ExitOptions
		want    int
	}{
		{"clean", reporter{}, envtight.ExitOptions{}, 0},
		{"not asked", reporter{incomplete: []envtight.Incompleteness{{Silence: envtight.NotAsked}}}, envtight.ExitOptions{Strict: true}, 0},
		{"findings", reporter{diagnostics: finding}, envtight.ExitOptions{}, 1},
		{"failed wins", reporter{diagnostics: finding, incomplete: failed}, envtight.ExitOptions{}, 3},
		{"failed ignored", reporter{diagnostics: finding, incomplete: failed}, envtight.ExitOptions{IgnoreIncomplete: true}, 1},
		{"undecidable", reporter{incomplete: undecidable}, envtight.ExitOptions{}, 0},
		{"undecidable, strict", reporter{incomplete: undecidable}, envtight.ExitOptions{Strict: true}, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := run(t, &test.check, envtight.Options{}).ExitCode(test.options); got != test.want {
				t.Errorf("exit %d, want %d", got, test.want)
			}
		})
	}
}

func TestIncompleteIsOneLineForEachCause(t *testing.T) {
	down := envtight.Incompleteness{Silence: envtight.Failed, Cause: "railway does not answer"}
	dev, prod := down, down
	dev.Cells = []envtight.Cell{{Environment: "dev"}}
	prod.Cells = []envtight.Cell{{Environment: "prod"}}
	r := run(t, &reporter{incomplete: []envtight.Incompleteness{{Silence: envtight.NotAsked, Cause: "values"}, prod, dev}}, envtight.Options{})
	want := []envtight.Incompleteness{
		{Silence: envtight.Failed, Cause: "railway does not answer", Count: 2, Cells: []envtight.Cell{{Environment: "dev"}, {Environment: "prod"}}},
		{Silence: envtight.NotAsked, Cause: "values", Count: 1},
	}
	if diff := cmp.Diff(want, r.Incomplete); diff != "" {
		t.Error(diff)
	}
}

// TestRunSaysThatItWasStopped: what was not looked at is never clean.
func TestRunSaysThatItWasStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	first := &reporter{fail: func() error { cancel(); return ctx.Err() }}
	second := &reporter{diagnostics: []envtight.Diagnostic{missing("dev")}}
	o := envtight.Options{Suppressions: []envtight.Suppression{{Rule: "env/missing", Reason: "r"}}}
	r, err := envtight.Run(ctx, []envtight.Check{first, second}, o)
	if !errors.Is(err, context.Canceled) || len(r.Incomplete) != 1 || r.Incomplete[0].Silence != envtight.Failed || len(r.Diagnostics) != 0 {
		t.Errorf("%v, incomplete %v, findings %v", err, r.Incomplete, lines(r))
	}
	inner := &reporter{fail: func() error { return fmt.Errorf("fetch: %w", context.Canceled) }}
	if r := run(t, inner, envtight.Options{}); r.ExitCode(envtight.ExitOptions{}) != envtight.ExitIncomplete {
		t.Error("a check that stopped by itself counts as clean")
	}
}

// matrixOf is a check that tells the order of environments.
type matrixOf struct {
	reporter
	environments []string
}

func (m *matrixOf) Run(ctx context.Context, pass *envtight.Pass) error {
	pass.Facts.Matrix = &envtight.Matrix{Environments: m.environments}
	return m.reporter.Run(ctx, pass)
}

// TestRunJoinsInTheUsersOrder: place, advice and cells of a joined finding follow
// the user's order, whatever the alphabet and the order of reports say.
func TestRunJoinsInTheUsersOrder(t *testing.T) {
	onPlatform := func(environment string) envtight.Diagnostic {
		d := missing(environment)
		d.Location = envtight.Location{Kind: envtight.AtPlatform, Place: d.Cells[0].Place}
		d.Location.Place.Name = "A"
		return d
	}
	all := []envtight.Diagnostic{onPlatform("prod"), onPlatform("dev"), onPlatform("staging")}
	var fingerprint string
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		c := &matrixOf{environments: []string{"staging", "prod", "dev"}}
		for _, i := range order {
			c.diagnostics = append(c.diagnostics, all[i])
		}
		r, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{})
		if err != nil {
			t.Fatal(err)
		}
		d := &r.Diagnostics[0]
		got := d.Location.String() + ": " + d.Text() + "\n" + d.Advice
		want := "vercel:web/staging/A: A is not set: staging, prod, dev\nset it in staging\nset it in prod\nset it in dev"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if fingerprint == "" {
			fingerprint = d.Fingerprint
		}
		if d.Fingerprint != fingerprint {
			t.Error("the fingerprint depends on the order of reports")
		}
	}
	if all[0].Cells[0].Fingerprint != "" {
		t.Error("Run wrote into the cells of a check")
	}
}

// TestFingerprintsOfTwoServices: mending one leaves the other known.
func TestFingerprintsOfTwoServices(t *testing.T) {
	a, b := missing("prod"), missing("prod")
	a.Cells[0].Place.Service, b.Cells[0].Place.Service = "api", "worker"
	fingerprints := func(d ...envtight.Diagnostic) map[string]string {
		out := map[string]string{}
		for _, found := range run(t, &reporter{diagnostics: d}, envtight.Options{}).Diagnostics {
			for _, c := range found.Cells {
				out[c.Place.Service] = c.Fingerprint
			}
		}
		return out
	}
	both, one := fingerprints(a, b), fingerprints(b)
	if both["worker"] != one["worker"] || both["worker"] == both["api"] {
		t.Error("the fingerprint of a service depends on another service")
	}
}

// TestBaselineOfPartOfARun: entries that the run could not have matched stay.
func TestBaselineOfPartOfARun(t *testing.T) {
	baseline := &envtight.Baseline{Version: 1, Path: "b.json", Entries: []envtight.BaselineEntry{
		{Fingerprint: "1", Rule: "secrets/other"}, {Fingerprint: "2", Rule: "env/missing"},
	}}
	off := envtight.Options{Baseline: baseline, Severity: map[string]envtight.Severity{"env/missing": envtight.Off}}
	off.Suppressions = []envtight.Suppression{{Rule: "env/missing", Reason: "r"}}
	if got := lines(run(t, &reporter{}, off)); len(got) != 0 {
		t.Errorf("a rule that is off: %q", got)
	}
	r := run(t, &reporter{}, envtight.Options{Baseline: baseline})
	if got := lines(r); len(got) != 1 || !strings.Contains(got[0], "env/missing") {
		t.Errorf("%q", got)
	}
	if r.Diagnostics[0].Fingerprint == "" {
		t.Error("what Run itself finds has no fingerprint")
	}
	if again := envtight.NewBaseline(r, ""); len(again.Entries) != 0 {
		t.Error("a baseline accepts mistakes in itself")
	}
}
