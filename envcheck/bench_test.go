package envcheck

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck/workspace"
)

// everything is a platform on which every fourth variable is missing.
type everything struct{ settings []Setting }

func (everything) Platform() string { return "railway" }

func (e everything) Fetch(_ context.Context, targets []Target) []Answer {
	answers := make([]Answer, len(targets))
	for i, t := range targets {
		answers[i] = Answer{
			Place:    envtight.Place{Platform: "railway", Project: "shop", Service: t.Service, Environment: t.Ref.Name},
			Settings: e.settings, Complete: true,
		}
	}
	return answers
}

// BenchmarkMatrix joins and judges 50 apps × 3 environments × 200 variables that
// are parsed and fetched already.
func BenchmarkMatrix(b *testing.B) {
	const apps, variables = 50, 200
	environments := []string{"dev", "staging", "prod"}
	fsys := fstest.MapFS{}
	var example strings.Builder
	source := everything{}
	for i := range variables {
		fmt.Fprintf(&example, "# what it is for\nVARIABLE_%03d=\n", i)
		if i%4 != 0 {
			source.settings = append(source.settings, Setting{Name: fmt.Sprintf("VARIABLE_%03d", i), State: envtight.Set})
		}
	}
	o := Options{FS: fsys, Environments: environments, Sources: []Source{source}}
	o.Tokens = func(Link, string) (Token, bool) { return Token{}, true }
	for i := range apps {
		name := fmt.Sprintf("app%02d", i)
		fsys["apps/"+name+"/.env.example"] = &fstest.MapFile{Data: []byte(example.String())}
		link := Link{App: name, Platform: "railway", Project: "shop", Service: name, Environments: map[string]EnvironmentRef{}}
		for _, e := range environments {
			link.Environments[e] = EnvironmentRef{Name: e}
		}
		o.Links = append(o.Links, link)
	}
	var err error
	if o.Workspace, err = workspace.Load(b.Context(), fsys, workspace.Options{}); err != nil {
		b.Fatal(err)
	}
	c := New(o)
	files := map[string]*envFile{}
	for _, a := range c.scope() {
		addFile(files, a.Examples[0].Path, a.Name, true, nil)
	}
	list := sortedFiles(files)
	parseAll(fsys, list)
	b.ReportAllocs()
	for b.Loop() {
		declared := c.apps(files)
		cells := c.cells(declared)
		fetchFrom(b.Context(), source, cells)
		for _, cell := range cells {
			cell.index()
		}
		m := join(o, declared, cells, nil, nil)
		facts := &envtight.Facts{}
		m.export(facts)
		if len(facts.Matrix.Rows) != apps*variables {
			b.Fatal("the matrix has other rows")
		}
	}
}
