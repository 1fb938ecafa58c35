package envcheck

import (
	"context"
	"testing"

	"github.com/envtight/envtight"
	"github.com/google/go-cmp/cmp"
)

// needySource has one variable for everybody whom it is asked about.
type needySource struct {
	needs Needs
	asked *int
}

func (needySource) Platform() string   { return "railway" }
func (s needySource) Needs(Link) Needs { return s.needs }
func (s needySource) Fetch(_ context.Context, targets []Target) []Answer {
	*s.asked += len(targets)
	answers := make([]Answer, len(targets))
	for i := range answers {
		answers[i] = Answer{Complete: true, Settings: []Setting{{Name: "A", State: envtight.Set}}}
	}
	return answers
}

// TestNeeds: a source is asked when what it takes is there, and otherwise the run
// says what is not.
func TestNeeds(t *testing.T) {
	const repository = "-- apps/api/.env.example --\nA=\n-- snapshot --\ncell api prod railway:shop/api/production\n"
	tests := []struct {
		name             string
		needs            Needs
		offline, noToken bool
		want             string // the cause; empty: it was asked
	}{
		{name: "nothing", offline: true, noToken: true},
		{name: "a connection, and there is one", needs: Needs{Connection: true}, noToken: true},
		{name: "a connection, offline", needs: Needs{Connection: true}, offline: true, want: "platforms were not asked: the run is offline"},
		{name: "a token, and there is one", needs: Needs{Token: true}, offline: true},
		{name: "a token", needs: Needs{Token: true}, noToken: true, want: "railway was not asked: no token"},
		{name: "something else", needs: Needs{Lacking: "no program is named for it", Advice: "name one"}, want: "railway was not asked: no program is named for it"},
		{name: "something else, offline", needs: Needs{Connection: true, Lacking: "no program"}, offline: true, want: "platforms were not asked: the run is offline"},
	}
	for _, test := range tests {
		for _, required := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				asked := 0
				report := runOver(t, repository, func(o *Options) {
					o.Sources, o.Offline = []Source{needySource{test.needs, &asked}}, test.offline
					o.Links[0].Required = required
					if test.noToken {
						o.Tokens = nil
					}
				})
				got := ""
				for _, inc := range report.Incomplete {
					got += inc.Cause
					if want := map[bool]envtight.Silence{false: envtight.NotAsked, true: envtight.Failed}[required]; inc.Silence != want {
						t.Errorf("%s: %s, want %s", inc.Cause, inc.Silence, want)
					}
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
				if want := map[bool]int{true: 1}[test.want == ""]; asked != want {
					t.Errorf("asked about %d cells, want %d", asked, want)
				}
			})
		}
	}
}

// unasking is a source that could be asked, and then did not ask its platform.
type unasking struct{}

func (unasking) Platform() string { return "railway" }

func (unasking) Fetch(_ context.Context, targets []Target) []Answer {
	answers := make([]Answer, len(targets))
	for i := range answers {
		answers[i].Incomplete = []envtight.Incompleteness{{Silence: envtight.NotAsked, Cause: "not asked after all"}}
	}
	return answers
}

// TestRequiredIsAnswered: for a required platform, a source that did not ask has failed.
func TestRequiredIsAnswered(t *testing.T) {
	for required, want := range map[bool]envtight.Silence{false: envtight.NotAsked, true: envtight.Failed} {
		report := runOver(t, "-- apps/api/.env.example --\nA=\n-- snapshot --\ncell api prod railway:shop/api/production\n", func(o *Options) {
			o.Sources = []Source{unasking{}}
			o.Links[0].Required = required
		})
		if len(report.Incomplete) != 1 || report.Incomplete[0].Silence != want {
			t.Errorf("required %v: %+v, want %s", required, report.Incomplete, want)
		}
	}
}
