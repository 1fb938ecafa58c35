package naming_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/naming"
)

// surfaces of fuzzed names, in turn.
var fuzzSurfaces = []envtight.Surface{
	envtight.OnExample, envtight.OnPlatform, envtight.OnCode, envtight.OnTurbo, envtight.OnLocal, envtight.OnTerraform,
	envtight.OnCompose, envtight.OnWorkflow, "a surface that nobody knows",
}

// FuzzNames judges names of any bytes, parted by newlines. Nothing may panic,
// each finding is about a name that was given, and no message holds a control
// character.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{
		"PORT_\nPORT", "API_KEY\nAPIKEY", "DB_EMAIl\nDB_EMAIL", "\x00\n\xff\xfe\n\u202e", "___\n__\n_", "é\nK=V", "2\n2FA",
		"NEXT_PUBLIC_\nNEXT_PUBLIC_SECRET", "Logging__A\nlogging__", "KEY\nTEMP_VALUE_2", "_SECRET_ACCESS_KEY\nSECRET_ACCESS_KEY",
		"STRIPE_KEY\nSTRPE_KEY\nSTRIEP_KEY", strings.Repeat("A_", 300), "AUTH0_BASE_URL\nOPENAI_KEY\nGITHUB_X\nTZ\nPATH",
	} {
		f.Add(seed)
	}
	options := naming.Options{
		Apps:          []naming.App{{Name: "a", Dir: "a", SDKs: map[string]string{"@auth0/nextjs-auth0": "^4"}}},
		RequirePrefix: map[string][]string{"a": {"X_"}},
		Forbid:        map[string][]string{"*": {"*SECRET*"}},
	}
	f.Fuzz(func(t *testing.T, text string) {
		var variables []envtight.Variable
		given := map[string]bool{}
		for i, name := range strings.Split(text, "\n") {
			given[name] = true
			v := envtight.Variable{
				Name: name, App: []string{"a", "", "b"}[i%3], Surface: fuzzSurfaces[i%len(fuzzSurfaces)], State: envtight.Set,
				Location: envtight.Location{Kind: envtight.AtFile, Path: "a/.env.example", Range: envtight.Range{
					Start: envtight.Position{Line: i + 1, Column: 1, Offset: i},
					End:   envtight.Position{Line: i + 1, Column: 1 + len(name), Offset: i + len(name)},
				}},
			}
			if v.Surface == envtight.OnPlatform {
				v.Location = envtight.Location{Kind: envtight.AtPlatform, Place: envtight.Place{Platform: "vercel", Name: name}}
			}
			variables = append(variables, v)
			naming.Class(name)
			for _, w := range naming.SplitWords(name) {
				if w == "" || w != strings.ToUpper(w) {
					t.Fatalf("SplitWords(%q) gives %q", name, w)
				}
			}
		}
		for _, d := range run(t, variables, options).Diagnostics {
			if !given[d.Name] {
				t.Errorf("a finding about %q, which was not given", d.Name)
			}
			if strings.ContainsFunc(d.Message+d.Advice, unicode.IsControl) {
				t.Errorf("a control character in %q, %q", d.Message, d.Advice)
			}
			for _, fix := range d.Fixes {
				if fix.Safe {
					t.Errorf("a rename is never safe: %q", fix.Message)
				}
			}
		}
	})
}
