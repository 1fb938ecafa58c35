package nearest_test

import (
	"testing"

	"github.com/envtight/envtight/internal/nearest"
)

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"abc", "acb", 1},
		{"kitten", "sitting", 3}, {"prot", "port", 1}, {"ca", "abc", 3}, {"abcdef", "badcfe", 3},
	}
	for _, tt := range tests {
		for _, got := range []int{nearest.Distance(tt.a, tt.b), nearest.Distance(tt.b, tt.a)} {
			if got != tt.want {
				t.Errorf("Distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
			}
		}
	}
}

func TestName(t *testing.T) {
	names := []string{"required_in", "absent_in", "optional", "url", "prod", "dev"}
	tests := []struct{ given, want string }{
		{"require_in", "required_in"}, {"REQUIRED_IN", "required_in"}, {"urll", "url"}, {"ulr", "url"}, {"prd", "prod"},
		{"", ""}, {"x", ""}, {"something_else", ""}, {"de", "dev"},
		{string(make([]byte, 65)), ""},
	}
	for _, tt := range tests {
		if got := nearest.Name(tt.given, names); got != tt.want {
			t.Errorf("Name(%q) = %q, want %q", tt.given, got, tt.want)
		}
	}
}
