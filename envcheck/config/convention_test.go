package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/config"
)

func TestEnvironmentFor(t *testing.T) {
	c := &config.Config{Environments: []config.Environment{
		{Name: "dev", Branches: []string{"dev", "feat/*"}},
		{Name: "staging", Branches: []string{"release/**", "dev"}},
		{Name: "prod", Branches: []string{"main"}},
	}}
	tests := []struct {
		branch string
		want   []string
	}{
		{"main", []string{"prod"}},
		{"feat/x", []string{"dev"}},
		{"feat/x/y", nil},
		{"release/1/2", []string{"staging"}},
		{"dev", []string{"dev", "staging"}},
		{"fix", nil},
		{"", nil},
		{"Main", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, c.EnvironmentFor(tt.branch)); diff != "" {
			t.Errorf("%s: %s", tt.branch, diff)
		}
	}
	for branch, want := range map[string]string{"main": "prod", "master": "prod", "develop": "dev", "dev": "dev"} {
		if diff := cmp.Diff([]string{want}, config.Default().EnvironmentFor(branch)); diff != "" {
			t.Errorf("default, %s: %s", branch, diff)
		}
	}
}

func TestConventionalEnvironments(t *testing.T) {
	type refs = map[string]envcheck.EnvironmentRef
	tests := []struct {
		name            string
		environments    string
		platform        string
		there, branches []string
		want            refs
	}{
		{"vercel", "dev prod", "vercel", nil, nil, refs{"dev": {Name: "preview"}, "prod": {Name: "production"}}},
		{"vercel, with a branch", "dev prod", "vercel", nil, []string{"main", "dev"}, refs{"dev": {Name: "preview", Branch: "dev"}, "prod": {Name: "production"}}},
		{"vercel, local", "local prod", "vercel", nil, nil, refs{"local": {Name: "development"}, "prod": {Name: "production"}}},
		{"vercel, a custom environment", "dev staging prod", "vercel", []string{"production", "preview", "development", "staging"}, nil,
			refs{"dev": {Name: "preview"}, "staging": {Name: "staging"}, "prod": {Name: "production"}}},
		{"vercel, development means dev", "development prod", "vercel", []string{"production", "preview", "development"}, nil,
			refs{"development": {Name: "preview"}, "prod": {Name: "production"}}},
		{"vercel, nothing is invented", "europe prod", "vercel", nil, nil, refs{"prod": {Name: "production"}}},
		{"vercel, its branch says it", "europe prod", "vercel", nil, []string{"europe"}, refs{"europe": {Name: "preview", Branch: "europe"}, "prod": {Name: "production"}}},
		{"railway, names not known", "dev prod local", "railway", nil, nil, refs{"dev": {Name: "dev"}, "prod": {Name: "production"}}},
		{"railway, equal names", "dev prod", "railway", []string{"dev", "prod", "production"}, nil, refs{"dev": {Name: "dev"}, "prod": {Name: "prod"}}},
		{"railway, other words", "dev prod", "railway", []string{"production", "staging"}, nil, refs{"dev": {Name: "staging"}, "prod": {Name: "production"}}},
		{"railway, case", "dev prod", "railway", []string{"Production", "Dev"}, nil, refs{"dev": {Name: "Dev"}, "prod": {Name: "Production"}}},
		{"railway, another's name is not taken", "dev staging prod", "railway", []string{"production", "staging"}, nil,
			refs{"staging": {Name: "staging"}, "prod": {Name: "production"}}},
		{"railway, absent", "dev prod europe", "railway", []string{"production", "pr-1"}, nil, refs{"prod": {Name: "production"}}},
		{"railway, none", "dev prod", "railway", []string{}, nil, refs{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &config.Config{}
			for name := range strings.FieldsSeq(tt.environments) {
				c.Environments = append(c.Environments, config.Environment{Name: name, Branches: []string{name}})
			}
			got := c.ConventionalEnvironments(tt.platform, tt.there, tt.branches)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConventionalKeepsWhatIsWritten(t *testing.T) {
	links := []envcheck.Link{
		{Platform: "vercel", Environments: map[string]envcheck.EnvironmentRef{}},
		{Platform: "vercel"},
	}
	got := config.Default().Conventional(links)
	if len(got[0].Environments) != 0 || len(got[1].Environments) != 2 || links[1].Environments != nil {
		t.Errorf("%v from %v", got, links)
	}
}

func TestWrite(t *testing.T) {
	c, _ := config.Parse("envtight.hcl", []byte(sample), known())
	text := config.Write(c, map[string]string{"backend": "linked to this repository,\nroot directory apps/backend\x1b[31m"})
	for range 5 {
		if again := config.Write(c, map[string]string{"backend": "linked to this repository,\nroot directory apps/backend\x1b[31m"}); string(again) != string(text) {
			t.Fatal("two calls write two texts")
		}
	}
	got, diagnostics := config.Parse("envtight.hcl", text, known())
	if len(diagnostics) > 0 {
		t.Fatalf("%s\n%s", render(diagnostics), text)
	}
	ignored := cmpopts.IgnoreFields(config.Config{}, "Variables", "Naming", "Rules", "Groups", "Suppressions", "FailOn", "Ignore")
	if diff := cmp.Diff(c, got, ignoreLocations, ignored, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{
		"# linked to this repository,\n# root directory apps/backend [31m\napp \"backend\" {\n",
		"\n      dev  = { target = \"preview\", branch = \"dev\" }\n",
		"token_env = \"VERCEL_TOKEN\"\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("does not hold %q:\n%s", want, text)
		}
	}
}

// TestWriteQuotes: names from an API can hold anything.
func TestWriteQuotes(t *testing.T) {
	c := config.Default()
	for _, name := range []string{`a"b`, "${x}", "%{x}", "a\nb", `a\b`, "ä", "x\u2028y"} {
		c.Apps = append(c.Apps, config.App{Name: "app" + string(rune('a'+len(c.Apps))), Path: ".", Links: []envcheck.Link{{
			Platform: "vercel", Project: name, Team: name, Service: name,
			Environments: map[string]envcheck.EnvironmentRef{"dev": {Name: "preview", Branch: name}, "prod": {Name: name}},
		}}})
	}
	got, diagnostics := config.Parse("envtight.hcl", config.Write(c, nil), known())
	if len(diagnostics) > 0 {
		t.Fatal(render(diagnostics))
	}
	for i := range c.Apps {
		c.Apps[i].Links[0].App = c.Apps[i].Name
	}
	if diff := cmp.Diff(c.Apps, got.Apps, ignoreLocations); diff != "" {
		t.Error(diff)
	}
}
