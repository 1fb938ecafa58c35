package sourcetest

import (
	"net/http"
	"testing"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/envcheck"
)

// needs are what it takes to ask about the first cell.
func (s Suite) needs(t testing.TB) envcheck.Needs {
	t.Helper()
	x := s.Cells[0].Target
	return envcheck.NeedsOf(s.fresh(t), envcheck.Link{App: x.App, Team: x.Team, Project: x.Project, Service: x.Service})
}

// testNeeds checks that a source does not hide what it needs.
func testNeeds(t *testing.T, s Suite) {
	needs := s.needs(t)
	if needs.Lacking != "" {
		t.Errorf("something is lacking: %s", needs.Lacking)
	}
	if needs.Connection == s.Offline {
		t.Errorf("the source needs a connection: %v, and the suite says that it reads files: %v", needs.Connection, s.Offline)
	}
}

func testProbe(t *testing.T, s Suite) {
	prober, ok := envcheck.As[envcheck.Prober](s.fresh(t))
	if !ok {
		t.Skip("the source is no Prober")
	}
	for _, c := range s.Cells {
		reach := prober.Probe(s.context(t), c.Target)
		if !reach.OK || reach.Kind == "" || reach.Sees == "" {
			t.Errorf("%s in %s: what can be reached is told as %+v", c.Target.App, c.Target.Environment, reach)
		}
		NoValues(t, s.Values, reach)
		if s.needs(t).Token {
			s.probeWrongToken(t, prober, c.Target)
		}
	}
	if s.Offline {
		return
	}
	broken := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	prober, _ = envcheck.As[envcheck.Prober](s.source(t, broken))
	reach := prober.Probe(s.context(t), s.Cells[0].Target)
	if reach.OK || reach.Problem == "" {
		t.Errorf("a platform that is down is told as %+v", reach)
	}
}

func (s Suite) probeWrongToken(t *testing.T, prober envcheck.Prober, target envcheck.Target) {
	t.Helper()
	target.Token = s.WrongToken
	refused := prober.Probe(s.context(t), target)
	if refused.OK || refused.Problem == "" || refused.Advice == "" {
		t.Errorf("%s in %s: a wrong token is told as %+v", target.App, target.Environment, refused)
	}
	NoValues(t, append([]string{s.WrongToken.Secret.Reveal()}, s.Values...), refused)
}

func testDiscover(t *testing.T, s Suite) {
	api := serve(t, s.API(t))
	discoverer, ok := envcheck.As[envcheck.Discoverer](s.source(t, api))
	if !ok {
		t.Skip("the source is no Discoverer")
	}
	if s.Query == nil {
		t.Fatal("sourcetest: the source is a Discoverer and Suite.Query is nil")
	}
	found, incomplete := discoverer.Discover(s.context(t), *s.Query)
	if len(found) == 0 {
		t.Error("nothing was discovered")
	}
	for _, inc := range incomplete {
		if inc.Silence == envtight.Failed {
			t.Errorf("failed: %s", inc.Cause)
		}
	}
	for _, c := range found {
		if c.App == "" || c.Platform == "" || c.Project == "" || c.Why == "" {
			t.Errorf("a candidate is incomplete: %+v", c)
		}
	}
	wrong := *s.Query
	wrong.Token = s.WrongToken
	none, refused := discoverer.Discover(s.context(t), wrong)
	if len(none) != 0 || len(refused) == 0 {
		t.Errorf("a wrong token discovered %d projects and %d failures", len(none), len(refused))
	}
	NoValues(t, append([]string{s.WrongToken.Secret.Reveal()}, s.Values...), found, incomplete, refused)
}

// testGroups counts the calls for each cell alone, and for all cells of its group
// at once.
func testGroups(t *testing.T, s Suite) {
	grouper, ok := envcheck.As[envcheck.Grouper](s.fresh(t))
	if !ok {
		t.Skip("the source is no Grouper")
	}
	calls := func(targets ...envcheck.Target) int64 {
		api := serve(t, s.API(t))
		fetch(s.context(t), t, s.source(t, api), targets)
		return api.seen.Load()
	}
	for _, c := range s.Cells {
		var group []envcheck.Target
		for _, other := range s.targets(false) {
			if other.Token.From == c.Target.Token.From && other.Token.Secret.Equal(c.Target.Token.Secret) &&
				grouper.Group(other) == grouper.Group(c.Target) {
				group = append(group, other)
			}
		}
		if alone, together := calls(c.Target), calls(group...); alone != together {
			t.Errorf("%s in %s costs %d calls, and %d with the %d cells of its group",
				c.Target.App, c.Target.Environment, alone, together, len(group))
		}
	}
}

func testSurvey(t *testing.T, s Suite) {
	api := serve(t, s.API(t))
	surveyor, ok := envcheck.As[envcheck.Surveyor](s.source(t, api))
	if !ok {
		t.Skip("the source is no Surveyor")
	}
	if s.Query == nil {
		t.Fatal("sourcetest: the source is a Surveyor and Suite.Query is nil")
	}
	found, incomplete := surveyor.Survey(s.context(t), *s.Query)
	if len(found) == 0 {
		t.Error("nothing was found")
	}
	for _, d := range found {
		if d.Place.Platform == "" || d.Place.Project == "" || d.Place.Environment != "" || d.Facts.ID == "" || len(d.Environments) == 0 {
			t.Errorf("what was found is incomplete: %+v", d)
		}
	}
	elsewhere := *s.Query
	elsewhere.Repository = "nobody/nothing"
	if others, _ := surveyor.Survey(s.context(t), elsewhere); len(others) != 0 {
		t.Errorf("%d are found for a repository that nothing is built from", len(others))
	}
	wrong := *s.Query
	wrong.Token = s.WrongToken
	none, refused := surveyor.Survey(s.context(t), wrong)
	if len(none) != 0 || len(refused) == 0 {
		t.Errorf("a wrong token found %d and gave %d reasons", len(none), len(refused))
	}
	broken := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	down, _ := envcheck.As[envcheck.Surveyor](s.source(t, broken))
	none, failed := down.Survey(s.context(t), *s.Query)
	if len(none) != 0 || len(failed) == 0 || failed[0].Silence != envtight.Failed {
		t.Errorf("a platform that is down is told as %d found, %+v", len(none), failed)
	}
	NoValues(t, append([]string{s.WrongToken.Secret.Reveal()}, s.Values...), found, incomplete, refused, failed)
}
