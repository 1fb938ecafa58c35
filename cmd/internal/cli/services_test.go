package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/workspace"
	"github.com/envtight/envtight/naming"
)

// halves are names of services, the second of which the first needs.
var halves = [][2]string{
	{"ASTRA_DB_API_ENDPOINT", "ASTRA_DB_APPLICATION_TOKEN"},
	{"ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_API_ENDPOINT"},
	{"R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"},
	{"R2_SECRET_ACCESS_KEY", "R2_BUCKET_NAME"},
	{"SENTRY_AUTH_TOKEN", "SENTRY_ORG"},
	{"AUTH0_CLIENT_SECRET", "AUTH0_CLIENT_ID"},
	{"CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID"},
	{"CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL"},
}

// setHere answers with the settings of each environment.
type setHere map[string][]envcheck.Setting

func (setHere) Platform() string { return "railway" }

func (s setHere) Fetch(_ context.Context, targets []envcheck.Target) []envcheck.Answer {
	answers := make([]envcheck.Answer, len(targets))
	for i, t := range targets {
		answers[i] = envcheck.Answer{
			Complete: true, Settings: s[t.Environment],
			Place: envtight.Place{Platform: "railway", Project: "shop", Service: "api", Environment: t.Environment},
		}
	}
	return answers
}

// TestHalvesAreSaidOnce: however the two halves of a pair are declared and set,
// that the second one is absent in an environment where the first is set is said
// once, and by one room, as long as the app knows the second.
func TestHalvesAreSaidOnce(t *testing.T) {
	declared := []string{"", "# %s=\n", "%s=\n"}
	environments := []string{"dev", "prod"}
	cases, said := 0, map[string]int{}
	for _, half := range halves {
		for way := range len(declared) * len(declared) * 16 {
			has, needs, bits := way%3, way/3%3, way/9
			text := ""
			for i, style := range []string{declared[has], declared[needs]} {
				if style != "" {
					text += fmt.Sprintf(style, half[i])
				}
			}
			source := setHere{}
			isSet := func(name, environment int) bool { return bits>>(2*name+environment)&1 == 1 }
			for e, environment := range environments {
				for n := range half {
					if isSet(n, e) {
						source[environment] = append(source[environment], envcheck.Setting{Name: half[n], State: envtight.Set})
					}
				}
				slices.SortFunc(source[environment], func(a, b envcheck.Setting) int { return strings.Compare(a.Name, b.Name) })
			}
			report := halvesReport(t, text, source)
			for e, environment := range environments {
				if !isSet(0, e) || isSet(1, e) {
					continue
				}
				cases++
				rules := absentSaid(report, half, environment)
				known := needs > 0 || isSet(1, 1-e)
				if len(rules) > 1 || known && len(rules) == 0 {
					t.Errorf("%s without %s in %s, set %04b:\n%s%v", half[0], half[1], environment, bits, text, rules)
				}
				for _, rule := range rules {
					said[rule]++
				}
			}
		}
	}
	for _, rule := range []string{"env/missing", "env/drift", "env/service-incomplete", "naming/group-incomplete"} {
		if said[rule] == 0 {
			t.Errorf("%s never spoke in %d cases: %v", rule, cases, said)
		}
	}
}

// absentSaid are the rules that say in a report that the second half is absent.
func absentSaid(r *envtight.Report, half [2]string, environment string) (rules []string) {
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		here := slices.ContainsFunc(d.Cells, func(c envtight.Cell) bool { return c.Environment == environment })
		if d.Name == half[1] && here && d.Rule != "env/extra" ||
			d.Rule == "naming/group-incomplete" && d.Name == half[0] && strings.Contains(d.Message, half[1]) {
			rules = append(rules, d.Rule)
		}
	}
	return rules
}

// halvesReport judges an app with such an example by both rooms.
func halvesReport(t *testing.T, example string, source setHere) *envtight.Report {
	t.Helper()
	fsys := fstest.MapFS{
		"requirements.txt": {Data: []byte("fastapi\n")},
		".env.example":     {Data: []byte("PORT=\n" + example)},
	}
	w, err := workspace.Load(t.Context(), fsys, workspace.Options{Name: "api"})
	if err != nil || len(w.Apps) != 1 {
		t.Fatalf("%d apps, %v", len(w.Apps), err)
	}
	check := envcheck.New(envcheck.Options{
		FS: fsys, Workspace: w, Environments: []string{"dev", "prod"}, Sources: []envcheck.Source{source},
		Class: naming.Class, PublicPrefixes: naming.PublicPrefixes(),
		Tokens: func(envcheck.Link, string) (envcheck.Token, bool) { return envcheck.Token{From: "T"}, true },
		Links: []envcheck.Link{{App: w.Apps[0].Name, Platform: "railway", Project: "shop", Service: "api", Environments: map[string]envcheck.EnvironmentRef{
			"dev": {Name: "dev"}, "prod": {Name: "prod"},
		}}},
	})
	r, err := envtight.Run(t.Context(), []envtight.Check{check, naming.New(naming.Options{})}, envtight.Options{FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
