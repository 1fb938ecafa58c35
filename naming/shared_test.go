package naming_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/naming"
)

func declaration(app, file, name string, line int) envtight.Variable {
	return envtight.Variable{
		Name: name, App: app, Surface: envtight.OnExample, State: envtight.Set,
		Location: envtight.Location{Kind: envtight.AtFile, Path: file, Range: envtight.Range{
			Start: envtight.Position{Line: line, Column: 1, Offset: 100 * line},
			End:   envtight.Position{Line: line, Column: 1 + len(name), Offset: 100*line + len(name)},
		}},
	}
}

func texts(r *envtight.Report) []string {
	var out []string
	for _, d := range r.Diagnostics {
		out = append(out, fmt.Sprintf("%s %q: %s", d.Location, d.App, d.Text()))
	}
	return out
}

// A package's example may be handed out once for each app that uses the package:
// it is one place and gives one finding.
func TestOnePlaceForManyApps(t *testing.T) {
	got := texts(run(t, []envtight.Variable{
		declaration("web", "packages/db/.env.example", "dbUrl", 1),
		declaration("api", "apps/api/.env.example", "dbUrl", 1),
		declaration("jobs", "packages/db/.env.example", "dbUrl", 1),
	}, naming.Options{}))
	want := []string{
		`apps/api/.env.example:1:1 "api": dbUrl is not in upper snake case`,
		`packages/db/.env.example:1:1 "": dbUrl is not in upper snake case`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The root's example speaks for all apps: a rename holds for it only when every
// app that uses the SDK has gone through it.
func TestRenameAtTheRoot(t *testing.T) {
	apps := []naming.App{
		{Name: "web", Dir: "apps/web", SDKs: map[string]string{"@auth0/nextjs-auth0": "^4.0.0"}},
		{Name: "api", Dir: "apps/api"},
	}
	variables := []envtight.Variable{declaration("", ".env.example", "AUTH0_BASE_URL", 1)}
	if got := texts(run(t, variables, naming.Options{Apps: apps})); len(got) != 1 {
		t.Errorf("one app uses the SDK and has the new version: %v", got)
	}
	apps[1].SDKs = map[string]string{"@auth0/nextjs-auth0": "^3.0.0"}
	if got := texts(run(t, variables, naming.Options{Apps: apps})); len(got) != 0 {
		t.Errorf("another app still has the old version: %v", got)
	}
}

// Two runs over the same facts give the same report, whatever the order of maps.
func TestOrderIsStable(t *testing.T) {
	variables := many(4, 3)
	first := texts(run(t, variables, naming.Options{}))
	if len(first) == 0 {
		t.Fatal("nothing was found")
	}
	for range 3 {
		if diff := cmp.Diff(first, texts(run(t, variables, naming.Options{}))); diff != "" {
			t.Fatalf("(-first +again):\n%s", diff)
		}
	}
}

// A name that is absent from a place, though it was asked for, is not a name there.
func TestAbsentIsNoName(t *testing.T) {
	v := declaration("web", ".env.example", "dbUrl", 1)
	v.State = envtight.Absent
	if got := texts(run(t, []envtight.Variable{v}, naming.Options{})); len(got) != 0 {
		t.Errorf("found %v", got)
	}
}

// Among many names that differ in one word only, each slip is found and nothing
// else: the search takes another way there than for a few.
func TestSlipsAmongManyLikeNames(t *testing.T) {
	var variables []envtight.Variable
	var want []string
	for i := range 60 {
		word := fmt.Sprintf("%c%cQ%cX%c%c", 'A'+i%26, 'B'+i/4, 'C'+i%20, 'D'+i%7, 'A'+i/3)
		v := declaration("web", "web/.env.example", "ACME_"+word+"_URL", i+1)
		variables = append(variables, v)
		if i%3 > 0 {
			continue
		}
		slip := word[:2] + word[3:4] + word[2:3] + word[4:] // two letters swapped
		if i%2 == 0 {
			slip = word[:3] + word[4:] // one lost
		}
		v.Name, v.Surface = "ACME_"+slip+"_URL", envtight.OnLocal
		v.Location = envtight.WholeFile("web/.env.local/" + slip)
		variables = append(variables, v)
		want = append(want, "ACME_"+slip+"_URL looks like a mistyped ACME_"+word+"_URL, which web/.env.example has")
	}
	var got []string
	for _, d := range run(t, variables, naming.Options{}).Diagnostics {
		got = append(got, d.Message)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
