package vercel_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

func valuesState(change ...func(*vercelfake.State)) vercelfake.State {
	type v = vercelfake.Variable
	linked := []string{"shop"}
	return acme(append([]func(*vercelfake.State){
		vars(
			v{Name: "PLAIN", Value: secretText + "1", Type: "plain", Targets: prod},
			v{Name: "ENCRYPTED", Value: secretText + "2", Targets: prod},
			v{Name: "ENCRYPTED_EMPTY", Targets: prod},
			v{Name: "SENSITIVE", Value: secretText + "3", Type: "sensitive", Targets: prod},
			v{Name: "SITE_URL", Value: "VERCEL_URL", Type: "system", Targets: prod},
			v{Name: "ONLY_PREVIEW", Value: secretText + "4", Targets: prev},
		),
		shared(
			vercelfake.Shared{Team: "acme", Name: "SHARED", Value: secretText + "5", Targets: prod, Projects: linked},
			vercelfake.Shared{Team: "acme", Name: "SHARED_PREVIEW", Value: secretText + "6", Targets: prev, Projects: linked},
		),
	}, change...)...)
}

// readable returns the values that an answer holds, by name.
func readable(a envcheck.Answer) map[string]envtight.Secret {
	out := map[string]envtight.Secret{}
	for _, s := range a.Settings {
		if s.Readable {
			out[s.Name] = s.Value
		}
	}
	return out
}

func withValues() envcheck.Target {
	x := target("production")
	x.Values = true
	return x
}

func TestValues(t *testing.T) {
	want := map[string]string{"PLAIN": secretText + "1", "ENCRYPTED": secretText + "2", "ENCRYPTED_EMPTY": "", "SHARED": secretText + "5"}
	tests := map[string]struct {
		change func(*vercelfake.State)
		calls  int // beyond the three of names
	}{
		"by decrypting the list":        {func(*vercelfake.State) {}, 1},
		"one by one where that is gone": {func(s *vercelfake.State) { s.DecryptIgnored = true }, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			fake := vercelfake.New(valuesState(tt.change))
			a := fetchOne(t, source(t, fake), withValues())
			if !a.Complete || len(a.Incomplete) > 0 {
				t.Errorf("complete %v, incomplete %v", a.Complete, a.Incomplete)
			}
			got := readable(a)
			if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
				t.Fatalf("readable names (-want +got):\n%s", diff)
			}
			for key, value := range want {
				if !got[key].Equal(envtight.NewSecret(value)) {
					t.Errorf("%s has another value", key)
				}
			}
			wantWords := "ENCRYPTED set encrypted readable\nENCRYPTED_EMPTY empty encrypted readable\nPLAIN set plain readable\n" +
				"SENSITIVE unreadable sensitive\nSHARED set encrypted shared readable\nSITE_URL set system system"
			if diff := cmp.Diff(wantWords, words(a)); diff != "" {
				t.Errorf("settings differ (-want +got):\n%s", diff)
			}
			if n := len(fake.Requests()); n != 3+tt.calls {
				t.Errorf("%d calls, want %d: variables of other environments are not asked for", n, 3+tt.calls)
			}
		})
	}
}

// TestCiphertextIsNoValue: what comes encrypted is never kept, compared or
// measured, even when values were asked for and cannot be had.
func TestCiphertextIsNoValue(t *testing.T) {
	fake := vercelfake.New(valuesState(func(s *vercelfake.State) { s.DecryptIgnored = true }))
	fake.Break(vercelfake.Fault{Route: "/v1/projects/{idOrName}/env/{id}", Answer: vercelfake.Error(500, "internal_server_error")})
	a := fetchOne(t, source(t, fake), withValues())
	if !a.Complete {
		t.Errorf("the names are known: %v", a.Incomplete)
	}
	if len(a.Incomplete) != 1 || a.Incomplete[0].Count != 2 || a.Incomplete[0].Silence != envtight.Failed {
		t.Errorf("incomplete %+v, want one for two values", a.Incomplete)
	}
	if diff := cmp.Diff([]string{"PLAIN", "SHARED"}, slices.Sorted(maps.Keys(readable(a)))); diff != "" {
		t.Errorf("readable names (-want +got):\n%s", diff)
	}
	if !strings.Contains(words(a), "ENCRYPTED_EMPTY set encrypted") {
		t.Error("an encrypted variable is said to be empty")
	}
}

// TestNothingDecrypts: an answer that is still encrypted opens nothing.
func TestNothingDecrypts(t *testing.T) {
	fake := vercelfake.New(valuesState(func(s *vercelfake.State) { s.DecryptIgnored, s.NeverDecrypts = true, true }))
	a := fetchOne(t, source(t, fake), withValues())
	if diff := cmp.Diff([]string{"PLAIN"}, slices.Sorted(maps.Keys(readable(a)))); diff != "" {
		t.Errorf("readable names (-want +got):\n%s", diff)
	}
	if !a.Complete || len(a.Incomplete) != 0 {
		t.Errorf("complete %v, incomplete %v", a.Complete, a.Incomplete)
	}
}

// TestAnotherVariable: a value is taken only from the variable asked for.
func TestAnotherVariable(t *testing.T) {
	fake := vercelfake.New(valuesState(func(s *vercelfake.State) { s.DecryptIgnored = true }))
	fake.Break(vercelfake.Fault{Route: "/v1/projects/{idOrName}/env/{id}", Answer: vercelfake.Changed(func(m map[string]any) { m["key"] = "OTHER" })})
	a := fetchOne(t, source(t, fake), withValues())
	if _, ok := readable(a)["ENCRYPTED"]; ok || len(failures(a)) != 1 || failures(a)[0].Count != 2 {
		t.Errorf("readable %v, failures %v", ok, failures(a))
	}
}

func TestValuesRefused(t *testing.T) {
	fake := vercelfake.New(valuesState(func(s *vercelfake.State) { s.Tokens[0].NoValues = true }))
	a := fetchOne(t, source(t, fake), withValues())
	if !a.Complete || len(a.Settings) != 6 {
		t.Errorf("complete %v with %d settings: names are allowed", a.Complete, len(a.Settings))
	}
	if len(a.Incomplete) != 1 || !strings.Contains(a.Incomplete[0].Cause, `may not read the values of project "shop"`) {
		t.Errorf("incomplete %v", a.Incomplete)
	}
	if len(readable(a)) != 0 {
		t.Error("values came even so")
	}
}

// TestNamesAndValuesDoNotMix: a target that did not ask for values gets none,
// though another of the same project did.
func TestNamesAndValuesDoNotMix(t *testing.T) {
	s := source(t, vercelfake.New(valuesState()))
	answers := s.Fetch(t.Context(), []envcheck.Target{withValues(), target("production")})
	if len(readable(answers[0])) == 0 || len(readable(answers[1])) != 0 {
		t.Errorf("%d and %d values", len(readable(answers[0])), len(readable(answers[1])))
	}
	for _, setting := range answers[1].Settings {
		if !setting.Value.IsEmpty() {
			t.Errorf("%s holds a value", setting.Name)
		}
	}
}
