package report_test

import (
	"encoding/xml"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/internal/sample"
	"github.com/envtight/envtight/report"
)

// suites is what readers of JUnit's XML take from it.
type suites struct {
	counts
	Suites []struct {
		counts
		Name  string `xml:"name,attr"`
		Cases []struct {
			Name    string    `xml:"name,attr"`
			Class   string    `xml:"classname,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type counts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

func (c *counts) add(o counts) {
	c.Tests += o.Tests
	c.Failures += o.Failures
	c.Errors += o.Errors
	c.Skipped += o.Skipped
}

// checkJUnit reads it back: the numbers have to be those of the cases, and each
// case has one outcome at most.
func checkJUnit(t testing.TB, text string) suites {
	t.Helper()
	var got suites
	if err := xml.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	var all counts
	for _, s := range got.Suites {
		var of counts
		for _, c := range s.Cases {
			one := counts{Tests: 1}
			if c.Failure != nil {
				one.Failures++
			}
			if c.Error != nil {
				one.Errors++
			}
			if c.Skipped != nil {
				one.Skipped++
			}
			if one.Failures+one.Errors+one.Skipped > 1 || c.Class == "" {
				t.Errorf("the case %q has several outcomes, or no class", c.Name)
			}
			of.add(one)
		}
		if of != s.counts {
			t.Errorf("the suite %s says %+v of %+v", s.Name, s.counts, of)
		}
		all.add(of)
	}
	if all != got.counts {
		t.Errorf("it says %+v of %+v", got.counts, all)
	}
	return got
}

// TestJUnit holds that as much fails as counts for the exit code, and that a rule
// that found nothing is a test that passed.
func TestJUnit(t *testing.T) {
	for _, exit := range []envtight.ExitOptions{{}, {FailOn: envtight.Warning}, {FailOn: envtight.Info}, {Strict: true}, {IgnoreIncomplete: true}} {
		for _, s := range []sample.Named{{Name: "full", Report: sample.Full()}, {Name: "incomplete", Report: sample.Incomplete()}, {Name: "clean", Report: sample.Clean()}} {
			got := checkJUnit(t, written(t, report.JUnit, s.Report, report.Options{Exit: exit}))
			failOn := max(exit.FailOn, envtight.Info)
			if exit.FailOn == envtight.Off {
				failOn = envtight.Error
			}
			var want counts
			fired := map[string]bool{}
			for _, d := range s.Report.Diagnostics {
				fired[d.Rule] = true
				switch {
				case d.Suppressed != nil:
					want.Skipped++
				case d.Severity >= failOn:
					want.Failures++
				}
			}
			want.Tests = len(s.Report.Diagnostics)
			for _, rule := range s.Report.Rules {
				if !fired[rule.ID] {
					want.Tests++
				}
			}
			c := s.Report.Counts()
			want.Tests += c.Failed + c.Undecidable
			if !exit.IgnoreIncomplete {
				want.Errors = c.Failed
			}
			if exit.Strict {
				want.Errors += c.Undecidable
			}
			if got.counts != want {
				t.Errorf("%s with %+v: %+v, want %+v", s.Name, exit, got.counts, want)
			}
		}
	}
}
