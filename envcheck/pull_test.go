package envcheck

import (
	"testing"

	"github.com/envtight/envtight"
)

func TestPullNumber(t *testing.T) {
	for name, want := range map[string]int{
		"pr/12": 12, "pr/1": 1, "pr/": 0, "pr/0": 0, "pr/-1": 0, "pr/012": 0, "pr/+1": 0, "pr/1x": 0, "pr/12/": 0,
		"pr": 0, "PR/12": 0, "12": 0, "": 0, "pr/99999999999999999999": 0,
	} {
		got, ok := PullNumber(name)
		if got != want && ok || ok != (want > 0) {
			t.Errorf("PullNumber(%q) = %d, %v, want %d", name, got, ok, want)
		}
		if ok && PullEnvironment(got) != name {
			t.Errorf("PullEnvironment(%d) = %q", got, PullEnvironment(got))
		}
	}
}

// Which environment one of a pull request is a copy of is said by the platform,
// else by the mapping, else by the caller, else by nobody.
func TestOriginal(t *testing.T) {
	pull := func(name string) EnvironmentRef { return EnvironmentRef{Name: name, Pull: Pull{Number: 12}} }
	tests := map[string]struct {
		link   map[string]EnvironmentRef
		pull   EnvironmentRef
		copyOf string
		said   string // by the caller
		want   string
	}{
		"by the platform":                     {map[string]EnvironmentRef{"dev": {Name: "staging"}, "prod": {Name: "production"}}, pull("pr/12"), "production", "dev", "prod"},
		"in any case":                         {map[string]EnvironmentRef{"dev": {Name: "Staging"}}, pull("pr/12"), "staging", "", "dev"},
		"by the place":                        {map[string]EnvironmentRef{"dev": {Name: "preview", Branch: "dev"}, "prod": {Name: "production"}}, pull("preview"), "", "", "dev"},
		"several, one of them said":           {map[string]EnvironmentRef{"dev": {Name: "preview"}, "qa": {Name: "preview", Branch: "qa"}}, pull("preview"), "", "qa", "qa"},
		"several":                             {map[string]EnvironmentRef{"qa": {Name: "preview"}, "dev": {Name: "preview"}}, pull("preview"), "", "", "dev"},
		"not mapped, said":                    {map[string]EnvironmentRef{"prod": {Name: "production"}}, pull("pr/12"), "staging", "dev", ""},
		"not mapped, one called so":           {map[string]EnvironmentRef{"prod": {Name: "production"}}, pull("preview"), "", "preview", "preview"},
		"the branch goes to prod":             {map[string]EnvironmentRef{"prod": {Name: "production"}}, pull("preview"), "", "prod", ""},
		"no place is known":                   {map[string]EnvironmentRef{"dev": {Name: "staging"}}, pull("pr/12"), "", "dev", "dev"},
		"nobody knows":                        {map[string]EnvironmentRef{"prod": {Name: "production"}}, pull("pr/12"), "", "", ""},
		"another pull request is no original": {map[string]EnvironmentRef{"pr/13": {Name: "preview", Pull: Pull{Number: 13}}}, pull("preview"), "", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.link["pr/12"] = tt.pull
			c := &cell{environment: "pr/12", link: &Link{Environments: tt.link}, target: Target{Ref: tt.pull}}
			c.answer.Project.CopyOf = tt.copyOf
			o := &Options{CopyOf: map[string]string{"pr/12": tt.said}}
			if got := o.original(&app{cells: []*cell{c}}, "pr/12"); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// When nobody knows what a pull request's environment is a copy of, nothing is
// forbidden in it, and what the configuration requires elsewhere is not required.
func TestCopyOfNobodyKnowsWhat(t *testing.T) {
	files := "-- apps/api/.env.example --\n# @only(dev)\nDEBUG=1\nPLAIN=\nLISTED=\n-- snapshot --\ncell api pr/12 railway:shop/api/shop-pr-12\n  DEBUG set\n"
	got := findings(check(t, files, Options{Policies: []Policy{{Name: "LISTED", RequiredIn: []string{"dev"}}}}), "")
	want := "apps/api/.env.example:3:1: error: PLAIN is required and not set: pr/12 (railway:shop/api/shop-pr-12) [env/missing]"
	if got != want {
		t.Errorf("got %s", got)
	}
	got = findings(check(t, files, Options{
		CopyOf:   map[string]string{"pr/12": "dev"},
		Policies: []Policy{{Name: "LISTED", RequiredIn: []string{"dev"}, Location: envtight.WholeFile("envtight.hcl")}},
	}), "")
	want += "\nenvtight.hcl: error: LISTED is required by the configuration and not set: pr/12 (railway:shop/api/shop-pr-12) [env/missing]"
	if got != want {
		t.Errorf("got %s", got)
	}
}
