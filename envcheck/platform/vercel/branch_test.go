package vercel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

// Rows of single branches are told of beside the settings, from every cell of
// the project, and count for no other environment.
func TestBranchSettings(t *testing.T) {
	s := source(t, vercelfake.New(acme(vars(
		vercelfake.Variable{Name: "PLAIN", Targets: prev},
		vercelfake.Variable{Name: "PLAIN", Targets: prev, Branch: "feat/b", Updated: changed},
		vercelfake.Variable{Name: "ONLY", Targets: prev, Branch: "feat/b", Updated: changed.Add(time.Hour)},
		vercelfake.Variable{Name: "A", Targets: prev, Branch: "feat/a", Updated: changed},
	))))
	want := []envcheck.BranchSettings{
		{Branch: "feat/a", Names: []string{"A"}, Updated: changed},
		{Branch: "feat/b", Names: []string{"ONLY", "PLAIN"}, Updated: changed.Add(time.Hour)},
	}
	for _, environment := range []string{"preview", "production", "preview@feat/a"} {
		a := fetchOne(t, s, target(environment))
		if diff := cmp.Diff(want, a.Project.Branches); diff != "" {
			t.Errorf("%s: branches (-want +got):\n%s", environment, diff)
		}
	}
	a := fetchOne(t, s, target("preview"))
	if got := words(a); got != "PLAIN set encrypted" || !a.Complete {
		t.Errorf("preview has %q, complete %v", got, a.Complete)
	}
}

// Without the branch of a pull request, a name that some branch alone has may be
// there or not.
func TestPullRequest(t *testing.T) {
	plain := vercelfake.Variable{Name: "PLAIN", Targets: prev}
	override := vercelfake.Variable{Name: "PLAIN", Targets: prev, Branch: "feat/a"}
	alone := vercelfake.Variable{Name: "ALONE", Targets: prev, Branch: "feat/a"}
	tests := map[string]struct {
		branch string
		vars   []vercelfake.Variable
		want   string // settings
		open   bool
	}{
		"its branch":                     {"feat/a", []vercelfake.Variable{plain, override, alone}, "ALONE set encrypted on feat/a\nPLAIN set encrypted on feat/a", false},
		"another branch":                 {"feat/b", []vercelfake.Variable{plain, override, alone}, "PLAIN set encrypted", false},
		"not known, no such rows":        {"", []vercelfake.Variable{plain}, "PLAIN set encrypted", false},
		"not known, overrides only":      {"", []vercelfake.Variable{plain, override}, "PLAIN set encrypted", false},
		"not known, a name on one alone": {"", []vercelfake.Variable{plain, alone}, "PLAIN set encrypted", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			of := target("preview@" + tt.branch)
			of.Ref.Pull = envcheck.Pull{Number: 12, Repository: "acme/shop"}
			a := fetchOne(t, source(t, vercelfake.New(acme(vars(tt.vars...)))), of)
			if got := words(a); got != tt.want {
				t.Errorf("settings %q, want %q", got, tt.want)
			}
			if a.Complete == tt.open {
				t.Errorf("complete %v", a.Complete)
			}
			if !tt.open {
				return
			}
			if len(a.Incomplete) != 1 || a.Incomplete[0].Silence != envtight.NotAsked || !strings.Contains(a.Incomplete[0].Cause, "branch of pull request 12") {
				t.Errorf("incomplete %+v", a.Incomplete)
			}
		})
	}
}
