package secrets_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/secrets"
)

// texts is a source of texts that are handed in.
type texts struct {
	at      envtight.Location
	text    string
	change  func(*secrets.Finding)
	failure error
}

func (s texts) Scan(_ context.Context, d *secrets.Detector, o secrets.Options) iter.Seq2[secrets.Finding, error] {
	return func(yield func(secrets.Finding, error) bool) {
		file := secrets.File{Path: s.at.Path, Commit: s.at.Object.Commit}
		matches := d.Detect(file, []byte(s.text))
		for i := range matches {
			span := matches[i].Span
			matches[i].Whole = envtight.Span{Start: max(span.Start-len("tok="), 0), End: span.End}
		}
		for _, f := range d.Findings(s.at, []byte(s.text), matches, o) {
			if s.change != nil {
				s.change(&f)
			}
			o.Except(&f, []byte(s.text))
			if !yield(f, nil) {
				return
			}
		}
		if s.at.Kind == envtight.AtFile {
			o.Text(s.at.Path, []byte(s.text))
			o.File(s.at.Path)
		}
		o.Looked("texts", 1)
		if s.failure != nil {
			yield(secrets.Finding{}, s.failure)
		}
	}
}

// planted is what the rules below find.
const planted = "ghp_" + "0123456789abcdef"

func planting(t *testing.T) *secrets.Detector {
	return detector(t, secrets.Rule{ID: "github-pat", Description: "A token.", Regex: `ghp_[0-9a-f]{16}`, Keywords: []string{"ghp_"}, Tags: []string{"x"}})
}

func file(path string) envtight.Location {
	return envtight.Location{Kind: envtight.AtFile, Path: path}
}

func TestCheck(t *testing.T) {
	blob := envtight.Location{Kind: envtight.AtObject, Path: "old.go", Object: envtight.Object{Blob: "b10b", Commit: "c0ffee00c0ffee00"}}
	member := envtight.Location{Kind: envtight.AtMember, Path: "a.zip", Member: "x/y"}
	text := "first\ntok=" + planted + " password=hunter22 # note\n"
	c := secrets.NewCheck(planting(t), secrets.Options{Maskers: []envtight.Masker{
		envtight.MaskerFunc(func(_ string, text []byte) []envtight.Span {
			at := strings.Index(string(text), "hunter22")
			return []envtight.Span{{Start: at, End: at + 8}}
		}),
	}}, texts{at: file("now.go"), text: text}, texts{at: blob, text: text}, texts{at: member, text: text})
	// The work tree has something else by now.
	report, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{FS: fstest.MapFS{"old.go": {Data: []byte("a\nb\n")}, "now.go": {Data: []byte("a\nb\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range report.Diagnostics {
		got = append(got, fmt.Sprintf("%s: %s: %s [%s] %q %d-%d %q", d.Location, d.Severity, d.Message, d.Rule, d.Snippet.Text, d.Snippet.Start, d.Snippet.End, d.Leak.Match))
	}
	want := []string{
		`a.zip!x/y:2:5: error: GitHub personal access token in plain sight [secrets/github-pat] "tok=[redacted] password=[redacted] # note" 5-15 "tok=[redacted]"`,
		`now.go:2:5: error: GitHub personal access token in plain sight [secrets/github-pat] "tok=[redacted] password=hunter22 # note" 5-15 "tok=[redacted]"`,
		`c0ffee00c0ff:old.go:2:5: error: GitHub personal access token in plain sight [secrets/github-pat] "tok=[redacted] password=[redacted] # note" 5-15 "tok=[redacted]"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	d := report.Diagnostics[0]
	leak := &envtight.Leak{
		Rule: "github-pat", Description: "A token.", Tags: []string{"x"}, Match: "tok=[redacted]",
		StartLine: d.Leak.StartLine, EndLine: d.Leak.EndLine, StartColumn: d.Leak.StartColumn, EndColumn: d.Leak.EndColumn, Entropy: d.Leak.Entropy,
	}
	if diff := cmp.Diff(leak, d.Leak); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(d.Advice, "https://github.com/settings/tokens") {
		t.Errorf("advice %q", d.Advice)
	}
	if diff := cmp.Diff([]envtight.Looked{{What: "texts", Count: 3}}, report.Looked); diff != "" {
		t.Error(diff)
	}
}

func TestCheckOfAHistory(t *testing.T) {
	day := time.Date(2026, 3, 4, 23, 0, 0, 0, time.FixedZone("", -3600))
	brought := secrets.Commit{ID: strings.Repeat("1", 40), Author: "Ada", Email: "ada@example.com", Time: day}
	gone := secrets.Commit{ID: strings.Repeat("2", 40)}
	at := envtight.Location{Kind: envtight.AtObject, Path: "p", Object: envtight.Object{Commit: brought.ID}}
	for _, test := range []struct {
		history secrets.History
		want    string
	}{
		{secrets.History{Introduced: brought, Tips: []string{"refs/heads/main"}}, "still in refs/heads/main"},
		{secrets.History{Introduced: brought, Tips: []string{"refs/heads/a", "refs/heads/b", "refs/tags/v1"}}, "still in refs/heads/a and 2 more"},
		{secrets.History{Introduced: brought, Tips: slices.Repeat([]string{"refs/heads/a"}, 25)}, "still in refs/heads/a and 24 more"},
		{secrets.History{Introduced: brought, Gone: &gone}, "gone since 222222222222"},
		{secrets.History{Introduced: brought}, "in no branch or tag any more"},
	} {
		c := secrets.NewCheck(planting(t), secrets.Options{}, texts{at: at, text: planted, change: func(f *secrets.Finding) { f.History = &test.history }})
		report, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{})
		if err != nil {
			t.Fatal(err)
		}
		d := report.Diagnostics[0]
		want := "GitHub personal access token in plain sight; brought by 111111111111 (Ada, 2026-03-04), " + test.want
		if d.Message != want || d.Leak.Introduced == nil || *d.Leak.Introduced != brought {
			t.Errorf("got %q, want %q", d.Message, want)
		}
		if !strings.Contains(d.Advice, "history") {
			t.Errorf("advice %q", d.Advice)
		}
		if all := len(test.history.Tips); len(d.Leak.Tips) != min(all, 20) || d.Leak.MoreTips != max(all-20, 0) {
			t.Errorf("of %d refs, %d are named and %d counted", all, len(d.Leak.Tips), d.Leak.MoreTips)
		}
	}
}

// TestCheckGrades holds that examples and what is public never decide an exit
// code.
func TestCheckGrades(t *testing.T) {
	for grade, want := range map[envtight.Grade]int{
		envtight.Certain: envtight.ExitFindings, envtight.Likely: envtight.ExitFindings, envtight.Sample: envtight.ExitClean, envtight.Public: envtight.ExitClean,
	} {
		for _, public := range []bool{false, true} {
			c := secrets.NewCheck(planting(t), secrets.Options{Public: public}, texts{at: file("f"), text: planted, change: func(f *secrets.Finding) { f.Grade = grade }})
			report, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := report.ExitCode(envtight.ExitOptions{}); got != want {
				t.Errorf("%s: exit %d, want %d", grade, got, want)
			}
			if shown := len(report.Diagnostics) > 0; shown != (public || grade != envtight.Public) {
				t.Errorf("%s: shown %v", grade, shown)
			}
		}
	}
}

// TestCheckHidesWhatIsEncoded shows no line with an encoded secret, its own or that of
// another finding.
func TestCheckHidesWhatIsEncoded(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte("token=" + planted))
	for _, at := range []envtight.Location{file("f"), {Kind: envtight.AtObject, Path: "f"}} {
		text := "a " + encoded + " b " + planted + " c"
		c := secrets.NewCheck(planting(t), secrets.Options{}, texts{at: at, text: text})
		report, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Diagnostics) != 2 {
			t.Fatalf("%d findings", len(report.Diagnostics))
		}
		for _, d := range report.Diagnostics {
			if d.Snippet == nil || d.Snippet.Text != "a [redacted] b [redacted] c" {
				t.Errorf("%s: a secret is shown, or its line is not", d.Location)
			}
		}
	}
}

// unused is an exception that matched nothing.
type unused struct{}

func (unused) Except(*secrets.Finding, []byte) *envtight.Suppressed { return nil }
func (unused) Unused(bool) []envtight.Diagnostic {
	return []envtight.Diagnostic{{Rule: "config/unused-suppression", Message: "an entry matches nothing", Location: envtight.WholeFile(".gitleaksignore")}}
}

func TestCheckExceptions(t *testing.T) {
	for _, failure := range []error{nil, errors.New("the disk is full")} {
		c := secrets.NewCheck(planting(t), secrets.Options{Exceptions: []secrets.Exceptions{unused{}}},
			texts{at: file("f"), text: planted, failure: failure},
			texts{at: file("g"), text: "# envtight:ignore secrets/github-pat -- made up\n" + planted})
		report, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range report.Diagnostics {
			if d.Suppressed == nil {
				got = append(got, d.Location.String()+": "+d.Message)
			}
		}
		want := []string{".gitleaksignore: an entry matches nothing", "f:1:1: GitHub personal access token in plain sight"}
		if failure != nil {
			want = want[1:] // nobody knows what the entry may be for
			if code := report.ExitCode(envtight.ExitOptions{}); code != envtight.ExitIncomplete || report.Incomplete[0].Cause != "not everything was searched for secrets: the disk is full" {
				t.Errorf("exit %d, %+v", code, report.Incomplete)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// asked is an exception that remembers what it is told.
type asked struct {
	unused
	said []string
}

func (a *asked) LookedAtFile(path string) { a.said = append(a.said, path) }
func (a *asked) Unused(whole bool) []envtight.Diagnostic {
	a.said = append(a.said, fmt.Sprint("whole: ", whole))
	return nil
}

// TestCheckTellsExceptions: exceptions hear what was looked at, and whether that is all.
func TestCheckTellsExceptions(t *testing.T) {
	for name, test := range map[string]struct {
		o    secrets.Options
		want []string
	}{
		"all":        {secrets.Options{}, []string{"f", "whole: true"}},
		"a part":     {secrets.Options{Partial: true}, []string{"f", "whole: false"}},
		"some rules": {secrets.Options{SomeRules: true}, []string{"f"}},
	} {
		e := &asked{}
		test.o.Exceptions = []secrets.Exceptions{e}
		c := secrets.NewCheck(planting(t), test.o, texts{at: file("f"), text: planted})
		if _, err := envtight.Run(t.Context(), []envtight.Check{c}, envtight.Options{}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, e.said); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestFindingsHideAll blanks what stands beside a secret, on lines of any length.
func TestFindingsHideAll(t *testing.T) {
	d := planting(t)
	other := "ghp_" + strings.Repeat("f", 16)
	for _, filler := range []int{0, 100, 70_000, 2_000_000} {
		text := []byte("x " + planted + strings.Repeat(" ", filler) + other + " end")
		matches := d.Detect(secrets.File{}, text)
		matches = slices.DeleteFunc(matches, func(m secrets.Match) bool { return m.Span.Start != 2 })
		found := d.Findings(file("f"), text, matches, secrets.Options{})
		if len(found) != 1 {
			t.Fatalf("%d findings", len(found))
		}
		if s := found[0].Snippet.Text + found[0].Masked; strings.Contains(s, "0123") || strings.Contains(s, "ffff") {
			t.Errorf("filler %d: a secret is shown", filler)
		}
	}
	if found := d.Findings(file("f"), []byte("a\x00b"+planted), d.Detect(secrets.File{}, []byte("a\x00b"+planted)), secrets.Options{}); found[0].Snippet != nil {
		t.Error("a line of a text that is none was shown")
	}
}

func TestRulesOfASet(t *testing.T) {
	d := planting(t)
	rules := d.Rules()
	if len(rules) != 2 || rules[1].ID != "secrets/live-value" || rules[0].ID != "secrets/github-pat" || rules[0].Title != "GitHub personal access token" || rules[0].Default != envtight.Error {
		t.Fatalf("got %+v", rules)
	}
	if doc := rules[0].Doc; !strings.Contains(doc, "A token.") || !strings.Contains(doc, "`github-pat`") || !strings.Contains(doc, "https://github.com/settings/tokens") {
		t.Errorf("documentation %q", doc)
	}
	for id, want := range map[string]string{
		"aws-access-token": "AWS access token", "private-key": "private key", "generic-api-key": "generic API key", "jwt": "JSON web token",
		"our-thing": "Our thing", "é-thing": "É thing", "": "", "--": "", "github": "GitHub", "githubx-key": "Githubx key",
	} {
		set := secrets.RuleSet{Rules: []secrets.Rule{{ID: id}}}
		set.Rules = append(set.Rules, secrets.Rule{ID: "part-of-another", SkipReport: true})
		if got := secrets.Rules(set); len(got) != 2 || got[0].Title != want {
			t.Errorf("%q: %d rules, and it is called %q, want %q", id, len(got), got[0].Title, want)
		}
	}
}
