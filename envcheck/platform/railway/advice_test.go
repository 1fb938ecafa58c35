package railway_test

import (
	"testing"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/railway"
)

func TestAdvice(t *testing.T) {
	s, err := railway.New(railway.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := &envcheck.Setting{Name: "A"}
	odd := backend("the production")
	for got, want := range map[string]string{
		s.RedeployCommand(backend("production"), envcheck.ProjectFacts{}, false): "railway redeploy --service backend --environment production",
		s.RedeployCommand(backend("production"), envcheck.ProjectFacts{}, true):  "railway redeploy --service backend --environment production --from-source",
		s.RedeployCommand(odd, envcheck.ProjectFacts{}, false):                   "railway redeploy --service backend --environment 'the production'",
		s.ApplyCommand(odd):   "run railway open, look at the staged changes and press Deploy",
		s.SealCommand(odd, a): "run railway open, and choose Seal in the menu of A; that cannot be undone",
		s.OpenCommand(odd, a): "run railway open, remove A and add it anew",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
