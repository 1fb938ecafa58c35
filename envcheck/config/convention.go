package config

import (
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck"
)

// alike are words that people use for one environment, each list by frequency.
var alike = [][]string{
	{"production", "prod", "prd", "live", "main", "master"},
	{"development", "dev", "develop", "staging", "stage", "stg"},
	{"preview", "pr"},
	{"test", "testing", "qa", "ci"},
}

// Conventional returns the links, those without a mapping of environments
// completed by convention as far as it goes without asking the platform. The
// links given are not changed.
func (c *Config) Conventional(links []envcheck.Link) []envcheck.Link {
	out := slices.Clone(links)
	for i := range out {
		if out[i].Environments == nil {
			out[i].Environments = c.ConventionalEnvironments(out[i].Platform, nil, nil)
		}
	}
	return out
}

// ConventionalEnvironments returns what the user's environments are called on a platform when
// nobody wrote it down. there are the names of the platform's environments, and
// branches the branches of the repository; nil: not known. An environment for
// which convention says nothing is left out: nothing is invented.
//
// On Vercel, "local" is development, production and its like are production, an
// environment with a custom environment of its name is that one, and the
// development environment is preview, on the first of its branches that exists.
// Elsewhere an environment is the one of its own name, and otherwise the only or
// most usual one with a name that means the same; one that another of the user's
// environments is named after is never taken.
func (c *Config) ConventionalEnvironments(platform string, there, branches []string) map[string]envcheck.EnvironmentRef {
	out := map[string]envcheck.EnvironmentRef{}
	for _, e := range c.Environments {
		var ref envcheck.EnvironmentRef
		var ok bool
		if platform == "vercel" {
			ref, ok = vercelRef(e, there, branches)
		} else {
			ref.Name, ok = c.nameAlike(e.Name, there)
		}
		if ok {
			out[e.Name] = ref
		}
	}
	return out
}

func vercelRef(e Environment, there, branches []string) (envcheck.EnvironmentRef, bool) {
	name := strings.ToLower(e.Name)
	switch kind := kindOf(name); {
	case name == "local":
		return envcheck.EnvironmentRef{Name: "development"}, true
	case kind == 0:
		return envcheck.EnvironmentRef{Name: "production"}, true
	case slices.Contains(there, e.Name) && !slices.Contains(vercelTargets, e.Name):
		return envcheck.EnvironmentRef{Name: e.Name}, true
	case kind == 1 || kind == 2:
		return envcheck.EnvironmentRef{Name: "preview", Branch: firstBranch(e, branches)}, true
	default:
		branch := firstBranch(e, branches)
		return envcheck.EnvironmentRef{Name: "preview", Branch: branch}, branch != ""
	}
}

// firstBranch returns the first branch that the environment names and that
// exists. Patterns are passed over: which of their branches is meant is open.
func firstBranch(e Environment, branches []string) string {
	for _, b := range e.Branches {
		if slices.Contains(branches, b) {
			return b
		}
	}
	return ""
}

// kindOf returns the index in alike, or -1.
func kindOf(name string) int {
	return slices.IndexFunc(alike, func(words []string) bool { return slices.Contains(words, strings.ToLower(name)) })
}

// nameAlike finds the platform's name for one of the user's. Where the
// platform's names are not known, it is the most usual word for production, and
// the user's own otherwise.
func (c *Config) nameAlike(name string, there []string) (string, bool) {
	kind := kindOf(name)
	if there == nil {
		if kind == 0 {
			return alike[0][0], true
		}
		return name, name != "local"
	}
	for _, same := range []func(string) bool{
		func(s string) bool { return s == name },
		func(s string) bool { return strings.EqualFold(s, name) },
	} {
		if i := slices.IndexFunc(there, same); i >= 0 {
			return there[i], true
		}
	}
	if kind < 0 {
		return "", false
	}
	for _, word := range alike[kind] {
		i := slices.IndexFunc(there, func(s string) bool { return strings.EqualFold(s, word) })
		taken := slices.ContainsFunc(c.Environments, func(e Environment) bool { return strings.EqualFold(e.Name, word) })
		if i >= 0 && !taken {
			return there[i], true
		}
	}
	return "", false
}
