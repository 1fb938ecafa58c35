package glob

import (
	"path"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"LEGACY_*", "LEGACY_X", true},
		{"LEGACY_*", "OLD_LEGACY_X", false},
		{"*", "a/b", false},
		{"**", "a/b", true},
		{"**/.env", ".env", true},
		{"**/.env", "a/b/.env", true},
		{"**/.env", "a/b.env", false},
		{"apps/**", "apps/web/x", true},
		{"apps/*/x", "apps/web/x", true},
		{"apps/*/x", "apps/a/b/x", false},
		{"a/**/z", "a/z", true},
		{"a/**/z", "a/b/c/z", true},
		{"a/**/z", "az", false},
		{"x?", "xy", true},
		{"x?", "x/", false},
		{"[a]", "a", false},
		{"[a]", "[a]", true},
	}
	for _, test := range tests {
		if got := Match(test.pattern, test.name); got != test.want {
			t.Errorf("Match(%q, %q) = %v, want %v", test.pattern, test.name, got, test.want)
		}
	}
}

// FuzzMatch compares with path.Match on the patterns that mean the same there.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "aXbYc")
	f.Add("*/*", "a/b")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		got := Match(pattern, name)
		if strings.ContainsAny(pattern, `[\`) || strings.Contains(pattern, "**") || !ascii(pattern+name) {
			return
		}
		if want, err := path.Match(pattern, name); err == nil && got != want {
			t.Errorf("Match(%q, %q) = %v, path.Match says %v", pattern, name, got, want)
		}
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}
