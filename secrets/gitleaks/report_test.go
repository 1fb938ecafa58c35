package gitleaks_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/zricethezav/gitleaks/v8/detect"
	gitleaksreport "github.com/zricethezav/gitleaks/v8/report"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/report"
	"github.com/envtight/envtight/secrets"
	"github.com/envtight/envtight/secrets/gitleaks"
)

// leakOf is a finding as the command reports it.
func leakOf(f *secrets.Finding, commit *envtight.Commit) envtight.Diagnostic {
	return envtight.Diagnostic{
		Rule: "secrets/" + f.Rule.ID, Severity: envtight.Error, Location: f.Location, Message: "a secret",
		Leak: &envtight.Leak{
			Rule: f.Rule.ID, Description: f.Rule.Description, Introduced: commit, Match: "x=" + envtight.Redacted, Tags: []string{"t"},
			StartLine: f.StartLine + 1, EndLine: f.EndLine + 1, StartColumn: f.StartColumn, EndColumn: f.EndColumn, Entropy: f.Entropy,
		},
	}
}

// TestReport shows that gitleaks writes the same bytes for the same findings when
// it redacts, and reads ours as a baseline in which they are; and so do we.
func TestReport(t *testing.T) {
	plain, old := findingAt("a & b.txt", "r", 7), added(findingAt("c.txt", "r", 3), secrets.Added{Commit: commitA, Line: 3})
	commit := &envtight.Commit{
		ID: commitA, Author: "Ada <A>", Email: "ada@example.org", Message: "first\n\nwith more",
		Time: time.Date(2026, 3, 4, 23, 0, 0, 0, time.FixedZone("", -5*60*60)),
	}
	set := leakOf(findingAt("d.txt", "r", 1), nil)
	set.Suppressed = &envtight.Suppressed{By: "inline"}
	r := &envtight.Report{Diagnostics: []envtight.Diagnostic{
		leakOf(plain, nil), leakOf(old, commit), set, {Rule: "env/missing", Message: "no secret", Location: envtight.WholeFile(".env.example")},
	}}

	want := []gitleaksreport.Finding{theirs(plain, "", 7), theirs(old, commitA, 3)}
	want[1].Author, want[1].Email, want[1].Message, want[1].Date = commit.Author, commit.Email, commit.Message, "2026-03-05T04:00:00Z"
	want[0].Fingerprint, want[1].Fingerprint = "a & b.txt:r:7", commitA+":c.txt:r:3"
	for i := range want {
		want[i].Match, want[i].Tags = "x="+want[i].Secret, []string{"t"}
		want[i].Redact(100)
	}
	var ours, gitleaksOwn bytes.Buffer
	if err := report.GitleaksJSON(&ours, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := (&gitleaksreport.JsonReporter{}).Write(closer{&gitleaksOwn}, want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(gitleaksOwn.String(), ours.String()); diff != "" {
		t.Error(diff)
	}

	path := filepath.Join(t.TempDir(), "base.json")
	if err := os.WriteFile(path, ours.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := detect.LoadBaseline(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, read, cmpopts.IgnoreUnexported(gitleaksreport.Finding{})); diff != "" {
		t.Error(diff)
	}
	for _, f := range want {
		if detect.IsNew(f, 100, read) {
			t.Errorf("%s is new to gitleaks", f.Fingerprint)
		}
	}
	b, err := gitleaks.LoadBaseline(gitleaks.BaselineOptions{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if b.Except(plain, nil) == nil || b.Except(old, nil) == nil || len(b.Unused(true)) != 0 {
		t.Error("the findings are new to us")
	}
}

type closer struct{ io.Writer }

func (closer) Close() error { return nil }

// TestReportOfNothing is an array: programs that read reports want one.
func TestReportOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := report.GitleaksJSON(&out, &envtight.Report{}, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := []gitleaksreport.Finding(nil); json.Unmarshal(out.Bytes(), &got) != nil || got == nil || len(got) != 0 {
		t.Errorf("the report is %q", out.String())
	}
}
