package vercel_test

import (
	"testing"

	"github.com/envtight/envtight/envcheck"
	"github.com/envtight/envtight/envcheck/platform/vercel"
)

func TestAdvice(t *testing.T) {
	s, err := vercel.New(vercel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	own, team := &envcheck.Setting{Name: "A"}, &envcheck.Setting{Name: "A", Shared: true}
	override := &envcheck.Setting{Name: "A", Branch: "dev"}
	for got, want := range map[string]string{
		s.SetCommand(target("production"), "A"):                                                   "in the directory of web: vercel env add A production",
		s.SetCommand(target("preview@dev"), "A"):                                                  "in the directory of web: vercel env add A preview dev",
		s.SealCommand(target("production"), own):                                                  "in the directory of web: vercel env rm A production && vercel env add A production --sensitive",
		s.SealCommand(target("preview@dev"), own):                                                 "in the directory of web: vercel env rm A preview && vercel env add A preview --sensitive",
		s.SealCommand(target("preview@dev"), override):                                            "in the directory of web: vercel env rm A preview dev && vercel env add A preview dev --sensitive",
		s.SealCommand(target("production"), team):                                                 "in the team's settings, under Environment Variables",
		s.OpenCommand(target("production"), own):                                                  "in the directory of web: vercel env rm A production && vercel env add A production --no-sensitive",
		s.ApplyCommand(target("production")):                                                      "",
		s.RedeployCommand(target("production"), envcheck.ProjectFacts{Deployment: "dpl_1"}, true): "in the directory of web: vercel redeploy dpl_1",
		s.RedeployCommand(target("production"), envcheck.ProjectFacts{Deployment: "x; y"}, false): "in the directory of web: vercel redeploy 'x; y'",
		s.RedeployCommand(target("staging"), envcheck.ProjectFacts{}, false):                      "",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
