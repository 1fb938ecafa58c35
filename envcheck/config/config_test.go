package config_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/config"
)

// known are the names of a small program.
func known() config.Known {
	return config.Known{
		Rules: append(config.Rules(),
			&envtight.Rule{ID: "naming/prefix"}, &envtight.Rule{ID: "naming/case"}, &envtight.Rule{ID: "env/unread"},
			&envtight.Rule{ID: "env/extra"}, &envtight.Rule{ID: "dotenv/order", Group: "style"}),
		Platforms: []string{"vercel", "railway", "github"},
		Loaders:   []string{"next", "python-dotenv"},
	}
}

const sample = `version = 1

environment "dev"  { branches = ["dev", "feat/*"] }
environment "prod" { branches = ["main"] }

app "backend" {
  path = "apps/backend"
  platform "railway" {
    project      = "b7c1e1a2-6f0e-4d55-9d7e-0c4b3f0f9a11"
    service      = "backend"
    environments = { dev = "staging", prod = "production" }
    token_env    = { dev = "RAILWAY_TOKEN_DEV", prod = "RAILWAY_TOKEN_PROD" } # names of variables, never tokens
  }
}

app "frontend" {
  path     = "apps/frontend"
  loaders  = ["next"]
  examples = [".env.example", "env/sample"]
  platform "vercel" {
    project      = "frontend"
    team         = "acme"
    environments = { dev = { target = "preview", branch = "dev" }, prod = "production" }
    token_env    = "VERCEL_TOKEN"
    values       = true
    required     = true
    sealed       = "required"
  }
}

app "storybook" {
  path   = "apps/storybook"
  ignore = true
}

variable "SENTRY_DSN" { required_in = ["prod"] }
variable "STRIPE_*" {
  apps        = ["back*"]
  required_in = ["prod"]
  absent_in   = ["dev"]
  optional    = true
  sensitive   = true
  description = "Payments."
  owned_by    = "@acme/payments"
}

naming {
  require_prefix  = { "packages/mailer" = ["MAIL_"] }
  require_suffix  = { "*" = ["_URL", "_KEY"] }
  require_pattern = { frontend = "^[A-Z]" }
  forbid          = { "apps/*" = ["NODE_*"] }
  allow           = ["npm_config_*"]
  rename          = { OLD_KEY = "NEW_KEY" }
  words           = ["acme"]
}

rule "naming/prefix" { severity = "warning" }
rule "env/*" { severity = "info" }
groups  = ["style"]
ignore  = ["legacy/**"]
fail_on = "warning"

suppress {
  rule        = "env/unread"
  name        = "LEGACY_*"
  app         = "backend"
  path        = "apps/**"
  environment = "prod"
  platform    = "railway"
  owner       = "ops"
  expires     = "2027-01-31"
  reason      = "read by a vendor's binary" # compulsory
}
`

func TestParse(t *testing.T) {
	got, diagnostics := config.Parse("envtight.hcl", []byte(sample), known())
	if len(diagnostics) > 0 {
		t.Fatalf("unexpected: %s", render(diagnostics))
	}
	want := &config.Config{
		Path: "envtight.hcl", Version: 1,
		Environments: []config.Environment{{Name: "dev", Branches: []string{"dev", "feat/*"}}, {Name: "prod", Branches: []string{"main"}}},
		Apps: []config.App{
			{Name: "backend", Path: "apps/backend", Links: []envcheck.Link{{
				App: "backend", Platform: "railway", Project: "b7c1e1a2-6f0e-4d55-9d7e-0c4b3f0f9a11", Service: "backend",
				Environments: map[string]envcheck.EnvironmentRef{"dev": {Name: "staging"}, "prod": {Name: "production"}},
				TokenEnv:     map[string]string{"dev": "RAILWAY_TOKEN_DEV", "prod": "RAILWAY_TOKEN_PROD"},
			}}},
			{
				Name: "frontend", Path: "apps/frontend", Loaders: []string{"next"},
				Examples: []string{"apps/frontend/.env.example", "apps/frontend/env/sample"},
				Links: []envcheck.Link{{
					App: "frontend", Platform: "vercel", Team: "acme", Project: "frontend",
					Environments: map[string]envcheck.EnvironmentRef{"dev": {Name: "preview", Branch: "dev"}, "prod": {Name: "production"}},
					TokenEnv:     map[string]string{"": "VERCEL_TOKEN"}, Values: true, Required: true, Sealed: true,
				}},
			},
			{Name: "storybook", Path: "apps/storybook", Ignore: true},
		},
		Variables: []config.Variable{
			{Name: "SENTRY_DSN", RequiredIn: []string{"prod"}},
			{
				Name: "STRIPE_*", Apps: []string{"back*"}, RequiredIn: []string{"prod"}, AbsentIn: []string{"dev"}, Optional: true,
				Class: envtight.ClassSecret, Description: "Payments.", OwnedBy: "@acme/payments",
			},
		},
		Naming: config.Naming{
			RequirePrefix: map[string][]string{"packages/mailer": {"MAIL_"}},
			RequireSuffix: map[string][]string{"*": {"_URL", "_KEY"}},
			Patterns:      map[string]*regexp.Regexp{"frontend": regexp.MustCompile("^[A-Z]")},
			Forbidden:     map[string][]string{"apps/*": {"NODE_*"}},
			Allow:         []string{"npm_config_*"}, Renames: map[string]string{"OLD_KEY": "NEW_KEY"}, Words: []string{"acme"},
		},
		Rules:  []config.RuleSetting{{Rule: "naming/prefix", Severity: envtight.Warning}, {Rule: "env/*", Severity: envtight.Info}},
		Groups: []string{"style"}, Ignore: []string{"legacy/**"}, FailOn: envtight.Warning,
		Suppressions: []envtight.Suppression{{
			Rule: "env/unread", Name: "LEGACY_*", App: "backend", Path: "apps/**", Environment: "prod", Platform: "railway",
			Owner: "ops", Reason: "read by a vendor's binary", Expires: time.Date(2027, 1, 31, 23, 59, 59, 999999999, time.UTC),
		}},
	}
	if diff := cmp.Diff(want, got, ignoreLocations, comparePatterns, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Error(diff)
	}
	if at := got.Apps[0].Links[0].Location; at.String() != "envtight.hcl:8:3" || at.Block != `app "backend" platform "railway"` {
		t.Errorf("the link is at %s in %s", at, at.Block)
	}
}

// TestNotDeployedThere: "" is a word about an environment, and survives writing.
func TestNotDeployedThere(t *testing.T) {
	src := "version = 1\napp \"api\" {\n  platform \"railway\" {\n    project      = \"x\"\n    environments = { dev = \"\", prod = \"production\" }\n  }\n}\n"
	for _, text := range []string{src, ""} {
		if text == "" {
			c, _ := config.Parse("envtight.hcl", []byte(src), known())
			text = string(config.Write(c, nil))
		}
		c, diagnostics := config.Parse("envtight.hcl", []byte(text), known())
		if len(diagnostics) > 0 {
			t.Fatal(render(diagnostics))
		}
		link := c.Links()[0]
		if diff := cmp.Diff(map[string]envcheck.EnvironmentRef{"prod": {Name: "production"}}, link.Environments); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"dev"}, link.NotIn); diff != "" {
			t.Error(diff)
		}
	}
}

var (
	ignoreLocations = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Location" }, cmp.Ignore())
	comparePatterns = cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() })
)

// render shows diagnostics as txtar stories have them.
func render(all []envtight.Diagnostic) string {
	var out strings.Builder
	for i := range all {
		d := &all[i]
		out.WriteString(d.Location.String() + ": " + d.Text() + " [" + d.Rule + "]\n")
		if d.Advice != "" {
			out.WriteString("  advice: " + d.Advice + "\n")
		}
		for _, r := range d.Related {
			out.WriteString("  " + r.Location.String() + ": " + r.Message + "\n")
		}
	}
	return out.String()
}

// TestStories runs testdata/*.txtar: a comment, envtight.hcl, and the section
// "want". ENVTIGHT_UPDATE=1 rewrites that section.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var src, want []byte
			path := ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = f.Data
				} else {
					path, src = f.Name, f.Data
				}
			}
			c, diagnostics := config.Parse(path, src, known())
			diagnostics = append(diagnostics, c.CheckApps([]string{"web", "worker"})...)
			got := render(diagnostics)
			if os.Getenv("ENVTIGHT_UPDATE") != "" {
				archive.Files = append(slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" }), txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestExamples runs the examples that the rules carry.
func TestExamples(t *testing.T) {
	for _, rule := range config.Rules() {
		if len(rule.Examples) == 0 {
			t.Errorf("%s has no example", rule.ID)
		}
		for _, example := range rule.Examples {
			t.Run(rule.ID+" "+example.Title, func(t *testing.T) {
				files := txtar.Parse([]byte(example.Files)).Files
				file := files[0]
				c, diagnostics := config.Parse(file.Name, file.Data, known())
				if rule.ID == "config/app-path-gone" {
					var dirs []string
					for _, f := range files[1:] {
						dirs = append(dirs, path.Dir(f.Name))
					}
					diagnostics = append(diagnostics, c.CheckPaths(dirs, func(path string) (bool, []envtight.Related) { return !slices.Contains(dirs, path), nil })...)
				}
				report, err := envtight.Run(t.Context(), []envtight.Check{config.NewCheck(file.Name, file.Data, diagnostics)}, envtight.Options{})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for i := range report.Diagnostics {
					d := &report.Diagnostics[i]
					if d.Rule != rule.ID {
						t.Errorf("the example also gives %s: %s", d.Rule, d.Text())
						continue
					}
					if d.Snippet == nil {
						t.Errorf("no snippet at %s", d.Location)
					}
					got = append(got, d.Location.String()+": "+d.Text())
				}
				if diff := cmp.Diff(example.Want, strings.Join(got, "\n")); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// TestInvalidSuppressionSuppressesNothing: whatever is wrong in a block, it is
// not handed on.
func TestInvalidSuppressionSuppressesNothing(t *testing.T) {
	tests := []string{
		`rule = "env/unread"`,
		`reason = "no rule"`,
		"rule = \"env/unread\"\nreason = \" \"",
		"rule = \"env/unraed\"\nreason = \"typing error\"",
		"rule = \"env/unread\"\nreason = \"x\"\nenvironment = \"prd\"",
		"rule = \"env/unread\"\nreason = \"x\"\nplatform = \"heroku\"",
		"rule = \"env/unread\"\nreason = \"x\"\nexpires = \"soon\"",
		"rule = \"env/unread\"\nreason = \"x\"\npath = \"../other\"",
		"rule = \"env/unread\"\nreason = \"x\"\nnaem = \"X\"",
		"rule = [\"env/unread\"]\nreason = \"x\"",
		"rule = \"env/unread\"\nreason = \"x\"\nnested {}",
	}
	for _, body := range tests {
		c, diagnostics := config.Parse("envtight.hcl", []byte("version = 1\nsuppress {\n"+body+"\n}\n"), known())
		if !config.HasErrors(diagnostics) || len(c.Suppressions) != 0 {
			t.Errorf("%q: %d suppressions, mistakes:\n%s", body, len(c.Suppressions), render(diagnostics))
		}
	}
	c, diagnostics := config.Parse("envtight.hcl", []byte("version = 1\nsuppress {\nrule = \"env/*\"\nreason = \"x\"\nenvironment = \"p*\"\n}\n"), known())
	if len(diagnostics) != 0 || len(c.Suppressions) != 1 {
		t.Errorf("a valid one is dropped: %s", render(diagnostics))
	}
}

func TestNamesAreNotCheckedWhenUnknown(t *testing.T) {
	src := "version = 1\ngroups = [\"x\"]\nrule \"a/b\" { severity = \"off\" }\napp \"web\" {\n path = \"web\"\n loaders = [\"x\"]\n platform \"other\" { project = \"p\" }\n}\n"
	if _, diagnostics := config.Parse("envtight.hcl", []byte(src), config.Known{}); len(diagnostics) > 0 {
		t.Error(render(diagnostics))
	}
}

func TestPathsCountFromTheFile(t *testing.T) {
	src := `version = 1
ignore = ["old/**"]
app "web" {
  path     = "apps/web"
  examples = ["env.example"]
}
naming {
  require_prefix = { "packages/mailer" = ["MAIL_"], web = ["WEB_"] }
}
suppress {
  rule   = "env/unread"
  path   = "**/*.py"
  reason = "x"
}
`
	tests := []struct{ path, prefix string }{
		{"envtight.hcl", ""}, {"shop/envtight.hcl", "shop/"}, {"../elsewhere/envtight.hcl", ""}, {"/etc/envtight.hcl", ""},
	}
	for _, tt := range tests {
		c, diagnostics := config.Parse(tt.path, []byte(src), known())
		if len(diagnostics) > 0 {
			t.Fatal(render(diagnostics))
		}
		got := []string{c.Ignore[0], c.Apps[0].Path, c.Apps[0].Examples[0], c.Suppressions[0].Path}
		want := []string{tt.prefix + "old/**", tt.prefix + "apps/web", tt.prefix + "apps/web/env.example", tt.prefix + "**/*.py"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", tt.path, diff)
		}
		for _, scope := range []string{tt.prefix + "packages/mailer", "web"} {
			if c.Naming.RequirePrefix[scope] == nil {
				t.Errorf("%s: no scope %s", tt.path, scope)
			}
		}
	}
}

func TestFind(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("version = 1\n")}
	fsys := fstest.MapFS{
		"envtight.hcl": file, "home/me/envtight.hcl": file, "home/me/shop/apps/web/envtight.hcl": file,
		"other/envtight.hcl/x": file, "other/deep/x": file,
		"astray/envtight.hcl": {Mode: fs.ModeSymlink, Data: []byte("nowhere")},
	}
	tests := []struct{ dir, home, want string }{
		{".", "", "envtight.hcl"},
		{"home/me/shop/apps/web", "", "home/me/shop/apps/web/envtight.hcl"},
		{"home/me/shop/apps", "", "home/me/envtight.hcl"},
		{"home/me/shop/apps", "home/me", "envtight.hcl"},
		{".", ".", ""},
		{"other/deep", "", "envtight.hcl"}, // a directory of that name is none
		{"other/deep", ".", ""},
		{"missing/dir", "", "envtight.hcl"},
		{"astray", "", "astray/envtight.hcl"}, // else it would be passed over in silence
		{"../outside", "", ""},
		{"/absolute", "", ""},
	}
	for _, tt := range tests {
		got, found := config.Find(fsys, tt.dir, tt.home)
		if got != tt.want || found != (tt.want != "") {
			t.Errorf("Find(%q, %q) = %q, %t", tt.dir, tt.home, got, found)
		}
	}
}

func TestLoad(t *testing.T) {
	fsys := fstest.MapFS{"envtight.hcl": {Data: []byte(sample)}}
	c, src, diagnostics, err := config.Load(fsys, "envtight.hcl", known())
	if err != nil || len(diagnostics) > 0 || len(c.Apps) != 3 || string(src) != sample {
		t.Errorf("%v %s", err, render(diagnostics))
	}
	if _, _, _, err := config.Load(fsys, "missing.hcl", known()); err == nil {
		t.Error("a missing file is no error")
	}
	fsys["pipe.hcl"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
	if _, _, _, err := config.Load(fsys, "pipe.hcl", known()); err == nil {
		t.Error("a pipe is no error")
	}
}

func TestApply(t *testing.T) {
	c, _ := config.Parse("envtight.hcl", []byte(sample), known())
	o := envtight.Options{Severity: map[string]envtight.Severity{"naming/prefix": envtight.Off}, Groups: []string{"more"}}
	c.Apply(&o)
	want := envtight.Options{
		Severity:     map[string]envtight.Severity{"naming/prefix": envtight.Off, "env/*": envtight.Info},
		Groups:       []string{"style", "more"},
		Suppressions: c.Suppressions,
	}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Error(diff)
	}
}

func TestVariableMatches(t *testing.T) {
	v := config.Variable{Name: "STRIPE_*", Apps: []string{"back*"}}
	if !v.Matches("backend", "STRIPE_KEY") || v.Matches("web", "STRIPE_KEY") || v.Matches("backend", "SENTRY_DSN") {
		t.Error("wrong match")
	}
	if all := (&config.Variable{Name: "A"}); !all.Matches("", "A") {
		t.Error("without apps, all are meant")
	}
}

// TestReferenceIsComplete: every entry has what a reader needs, and the blocks
// of the sample are all documented.
func TestReferenceIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range config.Reference() {
		key := e.Block + " / " + e.Attribute
		if seen[key] || e.Doc == "" || e.Attribute != "" && e.Type == "" || e.Required && e.Default != "" {
			t.Errorf("%s: %+v", key, e)
		}
		seen[key] = true
	}
	for _, want := range []string{
		" / version", `environment "NAME" / branches`, `app "NAME" platform "PLATFORM" / token_env`, "suppress / reason", "suppress / ",
		`rule "RULE" / severity`, `variable "NAME" / required_in`, "naming / require_prefix",
	} {
		if !seen[want] {
			t.Errorf("no entry %q", want)
		}
	}
	for _, e := range config.Reference() {
		if e.Attribute != "" && !regexp.MustCompile(`\b`+e.Attribute+` +=`).MatchString(sample) && e.Attribute != "public" {
			t.Errorf("the sample of the tests does not use %s / %s", e.Block, e.Attribute)
		}
	}
}
