// Package gitleaks gives the default rules of gitleaks
// (https://github.com/gitleaks/gitleaks, MIT license) to package secrets. It is
// a package of its own because importing gitleaks' configuration links dozens of
// modules; only its text is used, and none of its loading, which keeps state in
// globals.
package gitleaks

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/envtight/envtight/secrets"
)

// Default returns the rules of the gitleaks release that this module requires,
// in their own order. The slice is the caller's own. It costs some milliseconds,
// so callers keep what they make of it.
func Default() (secrets.RuleSet, error) { return parse(config.DefaultConfig) }

// file is the part of gitleaks' configuration format that describes rules:
// https://github.com/gitleaks/gitleaks#configuration
type file struct {
	Rules []struct {
		ID          string
		Description string
		Regex       string
		SecretGroup int
		Entropy     float64
		Keywords    []string
		Path        string
		Tags        []string
		Allowlists  []struct {
			Condition   string
			RegexTarget string
			Regexes     []string
			Paths       []string
			Commits     []string
			StopWords   []string
		}
	}
}

// parse reads rules.
func parse(text string) (secrets.RuleSet, error) {
	var f file
	if err := toml.Unmarshal([]byte(text), &f); err != nil {
		return secrets.RuleSet{}, fmt.Errorf("read the rules of gitleaks: %w", err)
	}
	if len(f.Rules) == 0 {
		return secrets.RuleSet{}, fmt.Errorf("read the rules of gitleaks: there are none")
	}
	out := make([]secrets.Rule, 0, len(f.Rules))
	for _, r := range f.Rules {
		rule := secrets.Rule{
			ID: r.ID, Description: r.Description, Regex: r.Regex, SecretGroup: r.SecretGroup,
			Entropy: r.Entropy, Path: r.Path, Tags: r.Tags,
		}
		for _, word := range r.Keywords {
			rule.Keywords = append(rule.Keywords, strings.ToLower(word))
		}
		for _, list := range r.Allowlists {
			rule.Allow = append(rule.Allow, secrets.Allowlist{
				All:     strings.EqualFold(list.Condition, "AND") || list.Condition == "&&",
				Commits: list.Commits, Paths: list.Paths, Regexes: list.Regexes, StopWords: list.StopWords,
				Target: secrets.Target(strings.TrimSuffix(list.RegexTarget, "secret")),
			})
		}
		out = append(out, rule)
	}
	return secrets.RuleSet{Rules: out}, nil
}
