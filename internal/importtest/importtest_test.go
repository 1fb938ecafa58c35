package importtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReaches(t *testing.T) {
	packages := map[string]*Package{
		"a":   {Imports: []string{"b", "c", "fmt"}},
		"b":   {Imports: []string{"c"}},
		"c":   {Imports: []string{"d/e", "a"}},
		"d/e": {},
	}
	tests := []struct {
		from, ban string
		want      []string
	}{
		{"a", "d", []string{"a", "c", "d/e"}},
		{"a", "d/e", []string{"a", "c", "d/e"}},
		{"a", "d/e/f", nil},
		{"a", "f", nil},
		{"a", "fm", nil},
		{"a", "fmt", []string{"a", "fmt"}},
		{"d/e", "d", nil},
		{"unknown", "d", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Reaches(packages, tt.from, tt.ban)); diff != "" {
			t.Errorf("from %s to %s: %s", tt.from, tt.ban, diff)
		}
	}
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failed bool
}

func (*recorder) Helper()                 {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

func TestForbid(t *testing.T) {
	for ban, want := range map[string]bool{"os/exec": true, "net/http": false} {
		r := &recorder{TB: t}
		Forbid(r, "github.com/envtight/envtight/internal/importtest", ban)
		if r.failed != want {
			t.Errorf("forbidding %s fails: %v, want %v", ban, r.failed, want)
		}
	}
}
