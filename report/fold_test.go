package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/sample"
	"github.com/envtight/envtight/report"
)

// manyOf is a report with n findings that may be shown together.
func manyOf(n int) *envtight.Report {
	r := sample.Many()
	r.Diagnostics = r.Diagnostics[:0]
	for i := range n {
		d := sample.Many().Diagnostics[0]
		d.Name = fmt.Sprintf("LEGACY_%d", i)
		d.Message = d.Name + " is set and backend does not declare it"
		r.Diagnostics = append(r.Diagnostics, d)
	}
	return r
}

// TestFold holds that people see many findings as one, that no name is lost, and
// that programs and counts know nothing of it.
func TestFold(t *testing.T) {
	const together = "variables are set and backend does not declare them"
	// GitHub shows ten at most.
	for _, tt := range []struct{ n, blocks int }{{1, 0}, {3, 0}, {4, 1}, {9, 1}} {
		r := manyOf(tt.n)
		for _, f := range report.Formats() {
			if f.Name == "gitleaks-json" {
				continue // these are no secrets
			}
			got := written(t, f.Write, r, report.Options{})
			blocks := tt.blocks
			if f.Name != "text" && f.Name != "markdown" {
				blocks = 0
			}
			if n := strings.Count(got, fmt.Sprintf("%d %s", tt.n, together)); n != blocks {
				t.Errorf("%d findings in %s: %d blocks, want %d\n%s", tt.n, f.Name, n, blocks, got)
			}
			single := tt.n
			if blocks > 0 {
				single = 0
			}
			message := "is set and backend does not declare it"
			if f.Name == "junit" {
				single *= 2 // in the name and in the text
			}
			if n := strings.Count(strings.ReplaceAll(got, together, ""), message); n != single {
				t.Errorf("%d findings in %s: %d stand by themselves, want %d", tt.n, f.Name, n, single)
			}
			for _, d := range r.Diagnostics {
				if !strings.Contains(got, d.Name) {
					t.Errorf("%d findings in %s: %s is lost", tt.n, f.Name, d.Name)
				}
			}
		}
		if got := written(t, report.Text, r, report.Options{}); !strings.Contains(got, fmt.Sprintf("%d info", tt.n)) {
			t.Errorf("the findings are not counted one by one:\n%s", got)
		}
	}
}

// TestFoldLeavesWhatSaysMore: what a block could not show stays by itself.
func TestFoldLeavesWhatSaysMore(t *testing.T) {
	for name, change := range map[string]func(*envtight.Diagnostic){
		"another rule":     func(d *envtight.Diagnostic) { d.Rule = "env/drift" },
		"another severity": func(d *envtight.Diagnostic) { d.Severity = envtight.Error },
		"another app":      func(d *envtight.Diagnostic) { d.App = "worker" },
		"another service":  func(d *envtight.Diagnostic) { d.Location.Place.Service = "worker" },
		"a fix":            func(d *envtight.Diagnostic) { d.Fixes = []envtight.Fix{{Message: "remove it"}} },
		"a related place":  func(d *envtight.Diagnostic) { d.Related = []envtight.Related{{Message: "here"}} },
		"no words for it":  func(d *envtight.Diagnostic) { d.Many = envtight.Many{} },
		"suppressed":       func(d *envtight.Diagnostic) { d.Suppressed = &envtight.Suppressed{By: "inline", Reason: "x"} },
	} {
		r := manyOf(5)
		change(&r.Diagnostics[2])
		got := written(t, report.Text, r, report.Options{ShowSuppressed: true})
		if !strings.Contains(got, "4 variables are set") || !strings.Contains(got, "LEGACY_2 is set") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}
