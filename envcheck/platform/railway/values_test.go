package railway_test

import (
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

func TestValues(t *testing.T) {
	target := backend("production")
	target.Values = true
	w := newWorld(t, shop())
	a := w.one(t, target)
	wantWhole(t, a)
	for name, value := range map[string]string{"PLAIN": plainValue, "BLANK": "", "DATABASE_URL": databaseValue, "API_KEY": sharedValue} {
		s := setting(t, a, name)
		// A reference is compared by what it leads to, never by its text.
		if !s.Readable || !s.Value.Equal(envtight.NewSecret(value)) {
			t.Errorf("%s: readable %v, or another value", name, s.Readable)
		}
	}
	if got := setting(t, a, "BLANK").State; got != envtight.Empty {
		t.Errorf("BLANK is %v", got)
	}
	for _, r := range w.fake.Requests() {
		for name, v := range r.Variables {
			if name == "decryptVariables" || v == "decryptVariables" {
				t.Error("decryption was asked for")
			}
		}
	}
}

// Sealed variables are set, and their values are never there: whichever way the
// API shows them, they are not empty and not what stands in their place.
func TestSealedInValues(t *testing.T) {
	for name, style := range map[string]railwayfake.SealedStyle{
		"null": railwayfake.SealedNull, "absent": railwayfake.SealedAbsent, "masked": railwayfake.SealedMasked,
	} {
		t.Run(name, func(t *testing.T) {
			state := shop()
			state.Sealed = style
			target := byID()
			target.Values = true
			s := setting(t, newWorld(t, state).one(t, target), "SEALED")
			if s.State != envtight.Unreadable || s.Readable || !s.Value.IsEmpty() {
				t.Errorf("state %v, readable %v", s.State, s.Readable)
			}
		})
	}
}

// Placeholders and nulls say that a variable is there, whatever isSealed says.
func TestPlaceholders(t *testing.T) {
	for name, placeholder := range map[string]any{
		"asterisks": "*****", "hidden": "«hidden»", "dots": "••••••", "null": nil, "absent": nil,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shop())
			w.fake.Break(railwayfake.Fault{Field: "variables", Answer: railwayfake.Changed(func(data map[string]any) {
				for _, m := range []string{"rendered", "typed"} {
					values := data[m].(map[string]any)
					values["PLAIN"] = placeholder
					if name == "absent" {
						delete(values, "PLAIN")
					}
				}
			})})
			target := byID()
			target.Values = true
			s := setting(t, w.one(t, target), "PLAIN")
			if s.State != envtight.Unreadable || s.Readable {
				t.Errorf("state %v, readable %v", s.State, s.Readable)
			}
		})
	}
}

// A value made of something sealed comes back with a hole in it.
func TestValueMadeOfSealed(t *testing.T) {
	for _, style := range []railwayfake.ReferenceStyle{
		railwayfake.ReferencePlain, railwayfake.ReferenceServiceID, railwayfake.ReferenceOpaque,
	} {
		state := shop()
		state.References = style
		production := &state.Projects[0].Environments[0]
		production.Variables = append(production.Variables,
			railwayfake.Variable{Service: "backend", Name: "DIRECT", Value: "x${{Postgres.POSTGRES_PASSWORD}}"},
			railwayfake.Variable{Service: "Postgres", Name: "URL", Value: "u:${{POSTGRES_PASSWORD}}@db"},
			railwayfake.Variable{Service: "backend", Name: "INDIRECT", Value: "${{Postgres.URL}}"},
			railwayfake.Variable{Service: "backend", Name: "DANGLING", Value: "${{Gone.URL}}"},
		)
		target := byID()
		target.Values = true
		a := newWorld(t, state).one(t, target)
		wantWhole(t, a)
		for _, name := range []string{"DIRECT", "INDIRECT", "DANGLING"} {
			if s := setting(t, a, name); s.State != envtight.Reference || s.Readable {
				t.Errorf("style %d, %s: state %v, readable %v", style, name, s.State, s.Readable)
			}
		}
	}
}

// The map of values tells of a variable that the list of names does not have.
func TestValuesOnly(t *testing.T) {
	w := newWorld(t, shop())
	w.fake.Break(railwayfake.Fault{Field: "variables", Answer: railwayfake.Changed(func(data map[string]any) {
		data["rendered"].(map[string]any)["ONLY_THERE"] = "x"
		data["rendered"].(map[string]any)["RAILWAY_OF_TOMORROW"] = "x"
	})})
	target := byID()
	target.Values = true
	a := w.one(t, target)
	if s := setting(t, a, "ONLY_THERE"); s.State != envtight.Set || !s.Readable {
		t.Errorf("state %v", s.State)
	}
	if states(a)["RAILWAY_OF_TOMORROW"].IsSet() {
		t.Error("Railway's own variable is listed")
	}
}

// Names stay good when values cannot be had.
func TestValuesFail(t *testing.T) {
	for name, fault := range map[string]railwayfake.Fault{
		"refused":     {Field: "variables", Answer: railwayfake.Message("Not Authorized")},
		"half":        {Field: "variables", Answer: railwayfake.Half},
		"not a text":  {Field: "variables", Answer: railwayfake.Changed(func(d map[string]any) { d["rendered"].(map[string]any)["PLAIN"] = 7 })},
		"not a map":   {Field: "variables", Answer: railwayfake.Changed(func(d map[string]any) { d["typed"] = []any{} })},
		"not there":   {Field: "variables", Answer: railwayfake.Changed(func(d map[string]any) { delete(d, "typed") })},
		"beside data": {Field: "variables", Answer: railwayfake.Beside("Problem processing request")},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, shop())
			w.fake.Break(fault)
			target := byID()
			target.Values = true
			a := w.one(t, target)
			if !a.Complete || len(a.Settings) != 6 {
				t.Errorf("complete %v, %d settings", a.Complete, len(a.Settings))
			}
			if len(a.Incomplete) != 1 || a.Incomplete[0].Silence != envtight.Failed {
				t.Errorf("incomplete: %+v", a.Incomplete)
			}
			for _, s := range a.Settings {
				if s.Readable || s.State == envtight.Empty {
					t.Errorf("%s: %v, readable %v", s.Name, s.State, s.Readable)
				}
			}
		})
	}
}

// Values of one service are asked for once, and only of services that want them.
func TestValuesCalls(t *testing.T) {
	w := newWorld(t, shop())
	with, without := byID(), byID()
	with.Values = true
	without.Service = "worker"
	w.fetch(t, with, without, with)
	asked := 0
	for _, r := range w.fake.Requests() {
		if r.Operation == "EnvtightValues" {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("values were asked for %d times, want once", asked)
	}
	var none envcheck.Answer = w.fetch(t, without)[0]
	for _, s := range none.Settings {
		if s.Readable {
			t.Errorf("%s has a value that nobody asked for", s.Name)
		}
	}
}
