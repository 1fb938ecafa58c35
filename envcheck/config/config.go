package config

import (
	"regexp"
	"slices"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/internal/glob"
)

// Version is the version of the file form that this package reads.
const Version = 1

// Config is what envtight.hcl says. Paths in it are relative to the root of the
// run, with "/", whatever directory the file stands in.
type Config struct {
	// Path is the file it was read from; empty for [Default].
	Path    string
	Version int
	// Environments are the user's environments in the user's order.
	Environments []Environment
	Apps         []App
	Variables    []Variable
	Naming       Naming
	// Rules are in the order of the file; see [Config.Severities].
	Rules []RuleSetting
	// Groups are the groups of rules that are turned on.
	Groups []string
	// Suppressions are those that are valid.
	Suppressions []envtight.Suppression
	// FailOn is the lowest severity that makes a run fail.
	FailOn envtight.Severity
	// Ignore are patterns of paths that no rule looks at.
	Ignore []string

	appReferences []appReference
}

// Environment is one of the user's environments.
type Environment struct {
	Name string
	// Branches are patterns of git branches whose deployments are this
	// environment; "*" stands for any text without "/", "**" for any text.
	Branches []string
	Location envtight.Location
}

// App is what the file says of an app.
type App struct {
	Name string
	// Path is its directory; "." is the root. Empty: the app is the one that
	// discovery finds under this name.
	Path string
	// Links say what the app is on platforms. Link.Environments is nil where
	// the file leaves it to convention: see
	// [Config.Conventional].
	Links []envcheck.Link
	// Loaders are the identifiers of the env file loaders it uses; empty:
	// discovery tells.
	Loaders []string
	// Examples are its env examples in place of those that discovery finds.
	Examples []string
	// Ignore tells that the directory is not an app, whatever it looks like.
	Ignore   bool
	Location envtight.Location
}

// Variable is what the file says of the variables whose names match a pattern.
type Variable struct {
	// Name is a pattern, as in "SENTRY_*".
	Name string
	// Apps are patterns of the apps it is about; empty: all.
	Apps []string
	// RequiredIn and AbsentIn are environments in which the variable must be
	// set and must not be set.
	RequiredIn []string
	AbsentIn   []string
	// Optional tells that nobody needs it outside of RequiredIn.
	Optional bool
	// Class is ClassUnknown when the file does not say.
	Class       envtight.Class
	Description string
	// OwnedBy is the team or person that answers for it and is to be asked.
	OwnedBy  string
	Location envtight.Location
}

// Matches reports whether the variable is about a name in an app.
func (v *Variable) Matches(app, name string) bool {
	return glob.Match(v.Name, name) && (len(v.Apps) == 0 ||
		slices.ContainsFunc(v.Apps, func(p string) bool { return glob.Match(p, app) }))
}

// Naming is what the file says about names. A scope is an app's name,
// a directory, or a pattern of either; "*" is everything.
type Naming struct {
	// RequirePrefix and RequireSuffix list, by scope, what a name must begin
	// or end with; one of them suffices.
	RequirePrefix map[string][]string
	RequireSuffix map[string][]string
	// Patterns hold, by scope, an expression that must match each name.
	Patterns map[string]*regexp.Regexp
	// Forbidden lists, by scope, patterns of names that must not be used.
	Forbidden map[string][]string
	// Allow lists patterns of names that no rule about names objects to.
	Allow []string
	// Renames maps names of the past to those that replace them.
	Renames map[string]string
	// Words are words in good use here, which are no misspellings.
	Words []string
	// Location is the block; zero when there is none.
	Location envtight.Location
}

// RuleSetting sets the severity of one rule ("env/extra") or of a topic
// ("env/*").
type RuleSetting struct {
	Rule     string
	Severity envtight.Severity
	Location envtight.Location
}

// Severities returns the rule settings in the form of [envtight.Options]. The
// map is the caller's own.
func (c *Config) Severities() map[string]envtight.Severity {
	out := make(map[string]envtight.Severity, len(c.Rules))
	for _, r := range c.Rules {
		out[r.Rule] = r.Severity
	}
	return out
}

// Apply puts severities, groups and suppressions into o; the severities that
// o has already win.
func (c *Config) Apply(o *envtight.Options) {
	severities := c.Severities()
	for id, s := range o.Severity {
		severities[id] = s
	}
	o.Severity = severities
	o.Groups = append(slices.Clone(c.Groups), o.Groups...)
	o.Suppressions = append(slices.Clone(c.Suppressions), o.Suppressions...)
}

// EnvironmentNames returns the names in the user's order.
func (c *Config) EnvironmentNames() []string {
	names := make([]string, len(c.Environments))
	for i, e := range c.Environments {
		names[i] = e.Name
	}
	return names
}

// EnvironmentFor returns the environments that deployments of a branch are, in
// the user's order: all whose patterns match. None or several are an answer,
// too; nothing is guessed.
func (c *Config) EnvironmentFor(branch string) []string {
	var out []string
	for _, e := range c.Environments {
		if slices.ContainsFunc(e.Branches, func(p string) bool { return glob.Match(p, branch) }) {
			out = append(out, e.Name)
		}
	}
	return out
}

// Links returns the links of all apps, in the order of the file.
func (c *Config) Links() []envcheck.Link {
	var out []envcheck.Link
	for i := range c.Apps {
		out = append(out, c.Apps[i].Links...)
	}
	return out
}

// Default returns the configuration of a repository that has none: environments
// dev and prod with their usual branches.
func Default() *Config {
	return &Config{
		Version: Version,
		Environments: []Environment{
			{Name: "dev", Branches: []string{"dev", "develop", "development", "staging"}},
			{Name: "prod", Branches: []string{"main", "master"}},
		},
		FailOn: envtight.Error,
	}
}
