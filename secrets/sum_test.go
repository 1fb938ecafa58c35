package secrets_test

import (
	"testing"

	"github.com/envtight/envtight/secrets"
)

// TestSum: everything that changes what is found changes the sum.
func TestSum(t *testing.T) {
	sum := func(change func(*secrets.RuleSet)) string {
		near := 3
		set := secrets.RuleSet{
			Rules: []secrets.Rule{{ID: "a", Regex: "x", Keywords: []string{"x"}, Required: []secrets.Required{{Rule: "b", WithinLines: &near}}}, {ID: "b", Regex: "y"}},
			Allow: []secrets.Allowlist{{StopWords: []string{"s"}}},
		}
		change(&set)
		d, err := secrets.NewDetector(set)
		if err != nil {
			t.Fatal(err)
		}
		out := d.Sum()
		return string(out[:])
	}
	far := 4
	seen := map[string]string{}
	for name, change := range map[string]func(*secrets.RuleSet){
		"nothing":     func(*secrets.RuleSet) {},
		"depth":       func(s *secrets.RuleSet) { s.DecodeDepth = -1 },
		"marks":       func(s *secrets.RuleSet) { s.IgnoreMarks = true },
		"an allow":    func(s *secrets.RuleSet) { s.Allow = nil },
		"a stop word": func(s *secrets.RuleSet) { s.Allow[0].StopWords[0] = "t" },
		"order":       func(s *secrets.RuleSet) { s.Rules[0], s.Rules[1] = s.Rules[1], s.Rules[0] },
		"an entropy":  func(s *secrets.RuleSet) { s.Rules[0].Entropy = 1 },
		"a path":      func(s *secrets.RuleSet) { s.Rules[0].Path = "x" },
		"a distance":  func(s *secrets.RuleSet) { s.Rules[0].Required[0].WithinLines = &far },
	} {
		got := sum(change)
		if other, ok := seen[got]; ok {
			t.Errorf("%s and %s give the same sum", name, other)
		}
		seen[got] = name
		if got != sum(change) {
			t.Errorf("%s: the sum is another one every time", name)
		}
	}
}
