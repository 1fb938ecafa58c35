package vercel_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

var (
	prod    = []string{"production"}
	prev    = []string{"preview"}
	dev     = []string{"development"}
	allThen = []string{"production", "preview", "development"}
)

// TestCells says what an environment is given, row by row of the traps.
func TestCells(t *testing.T) {
	type v = vercelfake.Variable
	type sh = vercelfake.Shared
	linked := []string{"shop"}
	tests := map[string]struct {
		state []func(*vercelfake.State)
		cell  string
		want  string // settings, one a line
	}{
		"states": {
			[]func(*vercelfake.State){vars(
				v{Name: "PLAIN", Value: "x", Type: "plain", Targets: prod},
				v{Name: "PLAIN_EMPTY", Type: "plain", Targets: prod},
				v{Name: "ENCRYPTED", Value: "x", Targets: prod},
				v{Name: "ENCRYPTED_EMPTY", Targets: prod},
				v{Name: "SENSITIVE", Value: "x", Type: "sensitive", Targets: prod},
				v{Name: "LEGACY", Value: "x", Type: "secret", Targets: prod},
				v{Name: "SITE_URL", Value: "VERCEL_URL", Type: "system", Targets: prod},
				v{Name: "POSTGRES_URL", Value: "x", Targets: prod, Integration: "icfg_1"},
				v{Name: "MADE", Value: "x", Targets: prod, System: true},
			)},
			"production",
			"ENCRYPTED set encrypted\nENCRYPTED_EMPTY set encrypted\nLEGACY set secret\n" +
				"MADE set encrypted system\nPLAIN set plain\nPLAIN_EMPTY empty plain\nPOSTGRES_URL set encrypted integration\n" +
				"SENSITIVE unreadable sensitive\nSITE_URL set system system",
		},
		"target as a string": {
			[]func(*vercelfake.State){vars(
				v{Name: "A", Targets: prod, OneTarget: true},
				v{Name: "B", Targets: prev, OneTarget: true},
				v{Name: "C", Targets: allThen},
			)},
			"production", "A set encrypted\nC set encrypted",
		},
		"target is absent with custom environments alone": {
			[]func(*vercelfake.State){vars(
				v{Name: "A", Custom: []string{"staging"}},
				v{Name: "B", Targets: prev},
				v{Name: "C", Targets: prev, Custom: []string{"staging"}},
			)},
			"staging", "A set encrypted\nC set encrypted",
		},
		"a custom environment's variables are not those of preview": {
			[]func(*vercelfake.State){vars(
				v{Name: "A", Custom: []string{"staging"}},
				v{Name: "B", Targets: prev},
			)},
			"preview", "B set encrypted",
		},
		"a custom environment by its ID": {
			[]func(*vercelfake.State){
				func(s *vercelfake.State) { s.Projects[0].Custom[0].ID = "env_staging" },
				vars(v{Name: "A", Custom: []string{"staging"}}),
			},
			"env_staging", "A set encrypted",
		},
		"custom environments that the project's answer lacks": {
			[]func(*vercelfake.State){
				func(s *vercelfake.State) { s.NoCustom = true },
				vars(v{Name: "A", Custom: []string{"staging"}}),
			},
			"staging", "A set encrypted",
		},
		"several rows with one key": {
			[]func(*vercelfake.State){vars(
				v{Name: "A", Type: "sensitive", Value: "x", Targets: prod},
				v{Name: "A", Type: "plain", Targets: prev},
				v{Name: "A", Targets: dev},
			)},
			"preview", "A empty plain",
		},
		"a branch's row stands over the plain one": {
			[]func(*vercelfake.State){vars(
				v{Name: "A", Type: "plain", Value: "x", Targets: prev, Updated: changed},
				v{Name: "A", Type: "plain", Targets: prev, Branch: "dev"},
				v{Name: "B", Targets: prev},
				v{Name: "C", Targets: prev, Branch: "dev"},
				v{Name: "D", Targets: prev, Branch: "other"},
			)},
			"preview@dev", "A empty plain on dev\nB set encrypted\nC set encrypted on dev",
		},
		"a branch's row does not satisfy preview": {
			[]func(*vercelfake.State){vars(
				v{Name: "A", Type: "plain", Targets: prev, Branch: "dev"},
				v{Name: "A", Type: "plain", Value: "x", Targets: prev},
				v{Name: "C", Targets: prev, Branch: "dev"},
			)},
			"preview", "A set plain",
		},
		"shared variables count only where they are linked": {
			[]func(*vercelfake.State){
				vars(v{Name: "OWN", Targets: prod}),
				shared(
					sh{Team: "acme", Name: "LINKED", Value: "x", Targets: prod, Projects: linked},
					sh{Team: "acme", Name: "LINKED_EMPTY", Type: "plain", Targets: prod, Projects: linked},
					sh{Team: "acme", Name: "SEALED", Value: "x", Type: "sensitive", Targets: prod, Projects: linked},
					sh{Team: "acme", Name: "NO_TYPE", Value: "x", Type: "-", Targets: prod, Projects: linked},
					sh{Team: "acme", Name: "OTHER_TARGET", Targets: prev, Projects: linked},
					sh{Team: "acme", Name: "NOT_LINKED", Targets: prod},
				),
			},
			"production",
			"LINKED set encrypted shared\nLINKED_EMPTY empty plain shared\nNO_TYPE set encrypted shared\nOWN set encrypted\nSEALED unreadable sensitive shared",
		},
		"shared variables of other projects, and deleted ones": {
			[]func(*vercelfake.State){
				func(s *vercelfake.State) { s.SharedUnfiltered = true },
				shared(
					sh{Team: "acme", Name: "NOT_LINKED", Targets: prod, Projects: []string{"prj_other"}},
					sh{Team: "acme", Name: "LINKED", Targets: prod, Projects: linked},
					sh{Team: "acme", Name: "DELETED", Targets: prod, Projects: linked, Deleted: changed},
				),
			},
			"production", "LINKED set encrypted shared",
		},
		"shared variables for custom environments": {
			[]func(*vercelfake.State){
				func(s *vercelfake.State) { s.Projects[0].Custom[0].ID = "env_staging" },
				shared(
					sh{Team: "acme", Name: "ALL_CUSTOM", Projects: linked, AllCustom: true},
					sh{Team: "acme", Name: "ONE_CUSTOM", Projects: linked, Custom: []string{"env_staging"}},
					sh{Team: "acme", Name: "OTHER_CUSTOM", Projects: linked, Custom: []string{"env_other"}},
					sh{Team: "acme", Name: "ONLY_PREVIEW", Targets: prev, Projects: linked},
				),
			},
			"staging", "ALL_CUSTOM set encrypted shared\nONE_CUSTOM set encrypted shared",
		},
		"all custom environments are not preview": {
			[]func(*vercelfake.State){shared(sh{Team: "acme", Name: "ALL_CUSTOM", Projects: linked, AllCustom: true})},
			"preview", "",
		},
		"the project's own row stands over the shared one": {
			[]func(*vercelfake.State){
				vars(v{Name: "A", Type: "plain", Targets: prod}),
				shared(sh{Team: "acme", Name: "A", Value: "x", Targets: prod, Projects: linked, Updated: changed}),
			},
			"production", "A empty plain",
		},
		"many pages": {
			[]func(*vercelfake.State){
				func(s *vercelfake.State) { s.VariablePages, s.SharedPages = 2, 1 },
				vars(v{Name: "A", Targets: prod}, v{Name: "B", Targets: prod}, v{Name: "C", Targets: prod}, v{Name: "D", Targets: prod}, v{Name: "E", Targets: prod}),
				shared(
					sh{Team: "acme", Name: "F", Targets: prod, Projects: linked},
					sh{Team: "acme", Name: "G", Targets: prod, Projects: linked},
					sh{Team: "acme", Name: "H", Targets: prod, Projects: linked},
				),
			},
			"production",
			"A set encrypted\nB set encrypted\nC set encrypted\nD set encrypted\nE set encrypted\nF set encrypted shared\nG set encrypted shared\nH set encrypted shared",
		},
		"pages with null as the cursor": {
			[]func(*vercelfake.State){func(s *vercelfake.State) { s.Shape = vercelfake.Paged }, vars(v{Name: "A", Targets: prod})},
			"production", "A set encrypted",
		},
		"the list of 2025": {
			[]func(*vercelfake.State){func(s *vercelfake.State) { s.Shape = vercelfake.Bare }, vars(v{Name: "A", Targets: prod})},
			"production", "A set encrypted",
		},
		"one variable in place of a list": {
			[]func(*vercelfake.State){func(s *vercelfake.State) { s.Shape = vercelfake.Single }, vars(v{Name: "A", Targets: prod})},
			"production", "A set encrypted",
		},
		"nothing at all": {nil, "production", ""},
		"hidden production variables leave preview alone": {
			[]func(*vercelfake.State){
				func(s *vercelfake.State) { s.Tokens[0].HidesProduction = true },
				vars(v{Name: "A", Targets: prod}, v{Name: "B", Targets: prev}),
			},
			"preview", "B set encrypted",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := fetchOne(t, source(t, vercelfake.New(acme(tt.state...))), target(tt.cell))
			if !a.Complete || len(a.Incomplete) > 0 {
				t.Errorf("complete %v, incomplete %v", a.Complete, a.Incomplete)
			}
			if diff := cmp.Diff(tt.want, words(a)); diff != "" {
				t.Errorf("settings differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlaceAndFacts(t *testing.T) {
	s := source(t, vercelfake.New(acme(func(s *vercelfake.State) { s.Projects[0].Custom[0].ID = "env_staging" })))
	id := vercelfake.ID("prj_", teamID, "shop")
	for cell, want := range map[string]struct{ place, id string }{
		"production":  {"vercel:shop/production", "production"},
		"preview@dev": {"vercel:shop/preview@dev", "preview@dev"},
		"env_staging": {"vercel:shop/staging", "env_staging"},
	} {
		a := fetchOne(t, s, target(cell))
		if a.Place.String() != want.place || a.Project.EnvironmentID != want.id {
			t.Errorf("%s: place %s, environment %s", cell, a.Place, a.Project.EnvironmentID)
		}
		f := a.Project
		if f.ID != id || f.Name != "shop" || f.Repository != "acme/shop" || f.RootDirectory != "apps/web" || !f.RootKnown {
			t.Errorf("%s: facts %+v", cell, f)
		}
	}
	byID := target("production")
	byID.Project, byID.Team = id, teamID
	if a := fetchOne(t, s, byID); !a.Complete || a.Place.Project != "shop" {
		t.Errorf("by id: %+v", a)
	}
}

func TestRepositories(t *testing.T) {
	for host, want := range map[string]string{"github": "acme/shop", "gitlab": "acme/group/shop", "bitbucket": "acme/shop"} {
		s := source(t, vercelfake.New(acme(func(s *vercelfake.State) {
			s.Projects[0].Host, s.Projects[0].Repository, s.Projects[0].RootDirectory = host, want, ""
		})))
		f := fetchOne(t, s, target("production")).Project
		if f.Repository != want || f.RootDirectory != "" || !f.RootKnown {
			t.Errorf("%s: facts %+v", host, f)
		}
	}
}

func TestNoSuchEnvironment(t *testing.T) {
	for name, change := range map[string]func(*vercelfake.State){
		"in the project's answer": func(*vercelfake.State) {},
		"in their own list":       func(s *vercelfake.State) { s.NoCustom = true },
	} {
		t.Run(name, func(t *testing.T) {
			a := fetchOne(t, source(t, vercelfake.New(acme(change))), target("qa"))
			if !a.NoSuchEnvironment || a.Complete || len(a.Settings) != 0 || len(failures(a)) != 0 {
				t.Errorf("answer %+v", a)
			}
			if diff := cmp.Diff([]string{"development", "preview", "production", "staging"}, a.Environments); diff != "" {
				t.Errorf("environments (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProvidedNames(t *testing.T) {
	given := fetchOne(t, source(t, vercelfake.New(acme())), target("production"))
	for name, want := range map[string]bool{
		"VERCEL": true, "CI": true, "VERCEL_URL": true, "VERCEL_GIT_COMMIT_SHA": true, "VERCEL_OIDC_TOKEN": true,
		"NEXT_PUBLIC_VERCEL_URL": true, "NEXT_PUBLIC_VERCEL_GIT_COMMIT_REF": true,
		"VITE_VERCEL_URL": false, "NEXT_PUBLIC_VERCEL_OIDC_TOKEN": false, "NEXT_PUBLIC_CI": false,
		"VERCEL_TOKEN": false, "VERCEL_ORG_ID": false, "VERCEL_GIT_": false, "DATABASE_URL": false, "": false,
	} {
		if given.Provides(name) != want {
			t.Errorf("%s is provided: %v, want %v", name, given.Provides(name), want)
		}
	}
	unknown := fetchOne(t, source(t, vercelfake.New(acme(func(s *vercelfake.State) { s.Projects[0].Framework = "" }))), target("production"))
	if !unknown.Provides("VITE_VERCEL_URL") || unknown.Provides("EXPO_PUBLIC_VERCEL_URL") {
		t.Error("without a framework, each known prefix may be the project's")
	}
	hidden := fetchOne(t, source(t, vercelfake.New(acme(func(s *vercelfake.State) { s.Projects[0].HidesSystem = true }))), target("production"))
	if hidden.Provides("VERCEL_URL") {
		t.Error("a project that does not expose system variables is given them")
	}
}

// TestAtMostThreeCalls counts calls for all environments together.
func TestAtMostThreeCalls(t *testing.T) {
	fake := vercelfake.New(acme(vars(vercelfake.Variable{Name: "A", Targets: allThen})))
	s := source(t, fake)
	fetchAll(t, s, "production", "preview", "preview@dev", "development", "staging", "nowhere")
	var routes []string
	for _, r := range fake.Requests() {
		routes = append(routes, r.Route)
		if r.Query.Get("decrypt") != "" {
			t.Error("values were asked for")
		}
	}
	if len(routes) > 3 {
		t.Errorf("%d calls: %s", len(routes), strings.Join(routes, ", "))
	}
}

func TestUpdated(t *testing.T) {
	fake := vercelfake.New(acme(vars(vercelfake.Variable{Name: "A", Targets: prod, Updated: changed})))
	fake.Break(vercelfake.Fault{Route: envRoute, Skip: 1, Answer: vercelfake.Changed(func(m map[string]any) {
		delete(m["envs"].([]any)[0].(map[string]any), "updatedAt")
	})})
	s := source(t, fake)
	for _, what := range []string{"updated", "created"} {
		a := fetchOne(t, s, target("production"))
		if len(a.Settings) != 1 || !a.Settings[0].Updated.Equal(changed) {
			t.Errorf("%s: %v", what, a.Settings)
		}
	}
}
