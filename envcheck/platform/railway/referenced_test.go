package railway_test

import (
	"testing"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

// TestReferenced: what others are made of is used, though its app may not read it.
func TestReferenced(t *testing.T) {
	for name, tt := range map[string]struct {
		style railwayfake.ReferenceStyle
		known bool
	}{
		"plain":       {railwayfake.ReferencePlain, true},
		"template":    {railwayfake.ReferenceTemplate, true},
		"service ids": {railwayfake.ReferenceServiceID, true},
		"opaque":      {railwayfake.ReferenceOpaque, false},
		"none":        {railwayfake.ReferenceNone, false},
	} {
		t.Run(name, func(t *testing.T) {
			state := shop()
			state.References = tt.style
			production := &state.Projects[0].Environments[0]
			production.Variables = append(production.Variables,
				railwayfake.Variable{Service: "backend", Name: "INTERNAL_URL", Value: plainValue},
				railwayfake.Variable{Service: "worker", Name: "BACKEND_URL", Value: "${{backend.INTERNAL_URL}}"},
				railwayfake.Variable{Service: "worker", Name: "BLANK", Value: "${{ shared.API_KEY }}"},
				railwayfake.Variable{Service: "backend", Name: "LOOP", Value: "${{LOOP}}"},
			)
			a := newWorld(t, state).one(t, byID())
			want := map[string]bool{
				"INTERNAL_URL": tt.known, // of another service
				"PLAIN":        tt.known, // of the same service
				"BLANK":        false,    // another service has one of this name
				"API_KEY":      false,    // refers itself
				"LOOP":         false,    // refers to itself
			}
			for name, referenced := range want {
				if got := setting(t, a, name).Referenced; got != referenced {
					t.Errorf("%s: referenced %v, want %v", name, got, referenced)
				}
			}
		})
	}
}
