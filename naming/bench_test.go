package naming_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/naming"
)

// many makes apps with 200 names each on an example and in two environments. In
// every app, one name in miss is absent from production and
// has another there that differs in one word.
func many(apps, miss int) []envtight.Variable {
	words := []string{"STRIPE", "SENTRY", "MAIL", "QUEUE", "SEARCH", "BILLING", "REPORT", "AUDIT"}
	ends := []string{"URL", "HOST", "PORT", "TOKEN", "REGION"}
	var out []envtight.Variable
	for a := range apps {
		app := fmt.Sprintf("app%d", a)
		for n := range 200 {
			name := fmt.Sprintf("%s_%c%c%c%c_%s", words[n%len(words)], 'A'+n%26, 'B'+n%24, 'A'+a%26, 'C'+n/26, ends[n%len(ends)])
			out = append(out, envtight.Variable{
				Name: name, App: app, Surface: envtight.OnExample, State: envtight.Set,
				Location: envtight.Location{Kind: envtight.AtFile, Path: app + "/.env.example", Range: envtight.Range{
					Start: envtight.Position{Line: n + 1, Column: 1, Offset: n * 40},
					End:   envtight.Position{Line: n + 1, Column: 1 + len(name), Offset: n*40 + len(name)},
				}},
			})
			for e, environment := range []string{"dev", "prod"} {
				there := name
				if miss > 0 && n%miss == 0 && e == 1 {
					there = fmt.Sprintf("%s_%c%c%c%c_%s", words[n%len(words)], 'A'+n%26, 'A'+a%26, 'Z'-n%20, 'C'+n/26, ends[n%len(ends)])
				}
				out = append(out, envtight.Variable{
					Name: there, App: app, Environment: environment, Surface: envtight.OnPlatform, State: envtight.Set,
					Location: envtight.Location{Kind: envtight.AtPlatform, Place: envtight.Place{Platform: "vercel", Project: app, Environment: environment, Name: there}},
				})
			}
		}
	}
	return out
}

// BenchmarkCheck judges 30,000 variables: once all in order, once with half of
// the names in some slip, once with names of one app that differ in one word
// only, the hard case of the search for mistyped names.
func BenchmarkCheck(b *testing.B) {
	b.Run("clean", func(b *testing.B) { benchmark(b, many(50, 0)) })
	b.Run("drift", func(b *testing.B) { benchmark(b, many(50, 2)) })
	b.Run("one bucket", func(b *testing.B) {
		var out []envtight.Variable
		for n := range 30_000 {
			v := envtight.Variable{Name: fmt.Sprintf("APP_%c%c%c%c%c", 'A'+n%26, 'A'+n/26%26, 'A'+n/676%26, 'A'+n/17576%26, 'A'+n%7), App: "a", Surface: envtight.OnExample, State: envtight.Set}
			if n%2 == 1 {
				v.Surface = envtight.OnTerraform
			}
			v.Location = envtight.WholeFile("a/.env.example")
			out = append(out, v)
		}
		benchmark(b, out)
	})
}

func benchmark(b *testing.B, variables []envtight.Variable) {
	check := naming.New(naming.Options{})
	ctx := context.Background()
	for b.Loop() {
		if _, err := envtight.Run(ctx, []envtight.Check{given(variables), check}, envtight.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(variables)), "variables")
}
