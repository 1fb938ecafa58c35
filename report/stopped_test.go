package report_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/sample"
	"github.com/envtight/envtight/report"
)

func stopped(t *testing.T, r *envtight.Report, exit envtight.ExitOptions) string {
	t.Helper()
	return written(t, func(w io.Writer, r *envtight.Report, _ report.Options) error {
		return report.Stopped(w, r, report.StoppedOptions{What: "commit", Exit: exit, Skip: "git commit --no-verify", More: "envtight check"})
	}, r, report.Options{})
}

// TestStopped: a blocked commit says in at most 15 lines what, where, how to fix,
// allow or skip.
func TestStopped(t *testing.T) {
	finding := func(i int, severity envtight.Severity) envtight.Diagnostic {
		d := envtight.Diagnostic{
			Rule: "secrets/token", Severity: severity, Message: fmt.Sprintf("token %d", i), Advice: "read it from the environment\nand more",
			Location: envtight.Location{Kind: envtight.AtFile, Path: "a.ts"},
		}
		d.Location.Range.Start = envtight.Position{Line: i, Column: 2}
		return d
	}
	r := &envtight.Report{}
	r.Diagnostics = append(r.Diagnostics, finding(1, envtight.Warning), finding(2, envtight.Error))
	want := `envtight stopped this commit: 1 finding
  a.ts:2:2: token 2 [secrets/token]
    fix: read it from the environment
allow: in a comment on that line: envtight:ignore secrets/token -- why it is right here
skip:  git commit --no-verify
`
	if diff := cmp.Diff(want, stopped(t, r, envtight.ExitOptions{})); diff != "" {
		t.Error(diff)
	}
	for i := range 20 {
		r.Diagnostics = append(r.Diagnostics, finding(i+3, envtight.Error))
		r.Incomplete = append(r.Incomplete, envtight.Incompleteness{Silence: envtight.Failed, Cause: fmt.Sprintf("object %d is missing", i)})
	}
	all := stopped(t, r, envtight.ExitOptions{FailOn: envtight.Warning})
	if n := strings.Count(all, "\n"); n > report.StoppedLines {
		t.Errorf("there are %d lines:\n%s", n, all)
	}
	for _, part := range []string{"22 findings, and not all could be looked at\n", "  not looked at: object 1 is missing\n", "  and 36 more: envtight check\n", "a.ts:2:2"} {
		if !strings.Contains(all, part) {
			t.Errorf("%q is not in:\n%s", part, all)
		}
	}
	if strings.Contains(all, "a.ts:1:2") {
		t.Errorf("a warning is shown before errors:\n%s", all)
	}
	r.Diagnostics = nil
	only := stopped(t, r, envtight.ExitOptions{})
	if strings.Contains(only, "allow") || !strings.Contains(only, "stopped this commit: not all could be looked at\n") {
		t.Errorf("without findings:\n%s", only)
	}
}

// TestStoppedPush: of what is committed already the commit has to change; a mark in
// the work tree would allow nothing.
func TestStoppedPush(t *testing.T) {
	d := envtight.Diagnostic{
		Rule: "secrets/token", Severity: envtight.Error, Message: "token", Advice: "make a new one\nevery clone has it",
		Location: envtight.Location{Kind: envtight.AtObject, Path: "a b.ts", Object: envtight.Object{Commit: "0123456789abcdef0123456789abcdef01234567"}},
		Leak:     &envtight.Leak{Rule: "token", StartLine: 7, Introduced: &envtight.Commit{ID: "0123456789abcdef0123456789abcdef01234567"}},
	}
	d.Location.Range.Start = envtight.Position{Line: 7, Column: 2}
	want := `envtight stopped this commit: 1 finding
  0123456789ab:a b.ts:7:2: token [secrets/token]
    fix: make a new one; then take it out of that commit: git rebase --interactive
allow: in .gitleaksignore: 0123456789abcdef0123456789abcdef01234567:a b.ts:token:7
skip:  git commit --no-verify
`
	if diff := cmp.Diff(want, stopped(t, &envtight.Report{Diagnostics: []envtight.Diagnostic{d}}, envtight.ExitOptions{})); diff != "" {
		t.Error(diff)
	}
}

// TestStoppedIsPlain: names of the repository stay on their line.
func TestStoppedIsPlain(t *testing.T) {
	for _, s := range sample.All() {
		text := stopped(t, s.Report, envtight.ExitOptions{FailOn: envtight.Info})
		if n := strings.Count(text, "\n"); n > report.StoppedLines {
			t.Errorf("%s: %d lines", s.Name, n)
		}
		for _, r := range text {
			if r != '\n' && (r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e) {
				t.Errorf("%s shows the character %U", s.Name, r)
			}
		}
		if passed := report.Passed(s.Report); strings.ContainsAny(passed, "\n\x1b") {
			t.Errorf("%s: %q", s.Name, passed)
		}
	}
}
