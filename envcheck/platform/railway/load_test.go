package railway_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
)

// Fifty apps in two environments are asked for at once, be they services of one
// project or projects of their own.
func TestManyApps(t *testing.T) {
	// One after the other, the calls of a project each would take 7.5 s.
	const apps, latency, bound = 50, 50 * time.Millisecond, 4 * time.Second
	one := railwayfake.Project{Name: "one", Environments: []railwayfake.Environment{{Name: "dev"}, {Name: "prod"}}}
	state := railwayfake.State{Tokens: []railwayfake.Token{{Text: accountToken}}}
	var together, apart []envcheck.Target
	for i := range apps {
		name := fmt.Sprintf("app%02d", i)
		one.Services = append(one.Services, railwayfake.Service{Name: name})
		own := railwayfake.Project{Name: name, Services: []railwayfake.Service{{Name: name}}, Environments: []railwayfake.Environment{{Name: "dev"}, {Name: "prod"}}}
		for _, environment := range []string{"dev", "prod"} {
			variable := railwayfake.Variable{Service: name, Name: "A", Value: "x"}
			at := map[string]int{"dev": 0, "prod": 1}[environment]
			one.Environments[at].Variables = append(one.Environments[at].Variables, variable)
			own.Environments[at].Variables = append(own.Environments[at].Variables, variable)
			target := envcheck.Target{
				App: name, Environment: environment, Service: name, Ref: envcheck.EnvironmentRef{Name: environment},
				Token: token(accountToken, "RAILWAY_API_TOKEN"), Project: railwayfake.ID("project", "one"),
			}
			together = append(together, target)
			target.Project = railwayfake.ID("project", name)
			apart = append(apart, target)
		}
		state.Projects = append(state.Projects, own)
	}
	state.Projects = append(state.Projects, one)
	for name, tt := range map[string]struct {
		targets []envcheck.Target
		calls   int
	}{"one project": {together, 3}, "a project each": {apart, 150}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, state)
			w.fake.SetLatency(latency)
			start := time.Now()
			for _, a := range w.fetch(t, tt.targets...) {
				wantWhole(t, a)
			}
			if n := len(w.fake.Requests()); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
			if took := time.Since(start); took > bound {
				t.Errorf("it took %v, so calls wait for each other", took.Round(time.Millisecond))
			}
		})
	}
}
