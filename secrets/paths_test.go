package secrets_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/envtight/envtight/secrets"
)

// TestPaths compares what allowlists and rules say of paths with package regexp,
// expressions without literals, joined ones and wrong ones among them.
func TestPaths(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	expressions := []string{
		`\.lock$`, `(?i)\.(?:png|jpe?g)$`, `(?:^|/)vendor/(?:a|b)(?:/.*)?$`, `^[a-z]$`, `.`, `^$`, `\d+`, `é`, `a/b|b/a`, `(?:^|/)node_modules(?:/.*)?$`, `\Ba\B`, `k`, `(`, `a{1001}`,
	}
	parts := []string{"a", "b", "/", "vendor", "node_modules", ".lock", ".PNG", ".jpg", "é", "7", "\n", "K", "\xff", "ba"}
	for range 500 {
		var list []string
		for range 1 + random.IntN(3) {
			list = append(list, expressions[random.IntN(len(expressions))])
		}
		joined := strings.Join(list, "|")
		regex, err := regexp.Compile(joined)
		d, newErr := secrets.NewDetector(secrets.RuleSet{
			Rules: []secrets.Rule{{ID: "path", Path: joined}}, Allow: []secrets.Allowlist{{Paths: list}},
		})
		if newErr != nil {
			t.Fatal(newErr)
		}
		only, newErr := secrets.NewDetector(secrets.RuleSet{Rules: []secrets.Rule{{ID: "path", Path: joined}}})
		if newErr != nil {
			t.Fatal(newErr)
		}
		for range 40 { // more than are asked without a filter
			path := ""
			for range 1 + random.IntN(5) {
				path += parts[random.IntN(len(parts))]
			}
			allowed, matched := false, err == nil && regex.MatchString(path)
			if err == nil {
				allowed = matched
			} else {
				for _, one := range list { // each for itself, when they cannot be joined
					if regex, err := regexp.Compile(one); err == nil && regex.MatchString(path) {
						allowed = true
					}
				}
			}
			file := secrets.File{Path: path}
			if got := d.Allows(file); got != allowed {
				t.Fatalf("%q: allowed by %q: %v, want %v", path, list, got, allowed)
			}
			if got := len(only.DetectPath(file)) > 0; got != matched {
				t.Fatalf("%q: found by %q: %v, want %v", path, joined, got, matched)
			}
		}
	}
}
