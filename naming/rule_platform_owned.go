package naming

import (
	"fmt"
	"strings"

	"github.com/envtight/envtight"
)

var platformOwned = &rule{
	Rule: envtight.Rule{
		ID: "naming/platform-owned", Title: "Name that belongs to a platform", Default: envtight.Warning, Since: "0.1",
		Doc: "Platforms set some names themselves (`VERCEL_URL`, `RAILWAY_PUBLIC_DOMAIN`) and refuse others (Vercel: `TZ`, " +
			"`AWS_SECRET_KEY`; GitHub: whatever begins with `GITHUB_`). Setting one there has no effect, or hides the " +
			"truth from the app. In the example of an app that is on the platform such a name is info: a stand-in for " +
			"other places may be wanted, but nobody has to set it. Names that a platform reads and the user sets (`RAILWAY_DOCKERFILE_PATH`) are fine.\n\n" +
			"Sources: vercel.com/docs/environment-variables/system-environment-variables and reserved-environment-variables; " +
			"docs.railway.com/variables/reference; docs.github.com/actions/reference/secrets-reference.",
		Examples: []envtight.Example{
			{
				Files: "-- web/.env.example --\nVERCEL_URL=\nRAILWAY_DOCKERFILE_PATH=\n-- snapshot --\ncell web prod vercel:shop/production\n  TZ set\n  VERCEL_URL set\n",
				Want: "vercel:shop/production/VERCEL_URL: VERCEL_URL is set by Vercel itself\n" +
					"vercel:shop/production/TZ: Vercel does not let anybody set TZ",
			},
			{
				Title: "a stand-in",
				Files: "-- web/.env.example --\nVERCEL_URL=\n# VERCEL_ENV=\n-- api/.env.example --\nVERCEL_URL=\n-- snapshot --\ncell web prod vercel:shop/production\n  SHOP_URL set\n",
				Want:  "web/.env.example:1:1: VERCEL_URL is set by Vercel itself",
			},
		},
	},
	check: checkPlatformOwned,
}

var platformTitles = map[string]string{"vercel": "Vercel", "railway": "Railway", "github": "GitHub"}

func checkPlatformOwned(j *judge) {
	for _, n := range j.names {
		if j.allowed(n.text) {
			continue
		}
		owner := provided(n.text)
		onPlatform := func(v *envtight.Variable) bool {
			return v.Surface == envtight.OnPlatform && chosen(v) && v.Location.Place.Platform == owner
		}
		if owner != "" {
			message := fmt.Sprintf("%s is set by %s itself", n.text, platformTitles[owner])
			spots := j.spots(n, onPlatform)
			for _, s := range spots {
				j.report(n, s, envtight.Diagnostic{
					Message: message, Advice: "remove it there: the platform's own value is the true one",
				})
			}
			if len(spots) > 0 {
				continue
			}
			declared := func(v *envtight.Variable) bool {
				return v.Surface == envtight.OnExample && !v.Optional && j.isOn(v.App, owner)
			}
			for _, s := range j.spots(n, declared) {
				j.report(n, s, envtight.Diagnostic{
					Severity: envtight.Info, Message: message,
					Advice: "keep it out of the list of what has to be set, or mark it # @optional",
				})
			}
			continue
		}
		for _, platform := range [...]string{"github", "vercel"} {
			if !refusedNames[platform][n.text] && (platform != "github" || !strings.HasPrefix(n.text, "GITHUB_")) {
				continue
			}
			refused := func(v *envtight.Variable) bool {
				return v.Surface == envtight.OnPlatform && chosen(v) && v.Location.Place.Platform == platform
			}
			for _, s := range j.spots(n, refused) {
				j.report(n, s, envtight.Diagnostic{
					Message: fmt.Sprintf("%s does not let anybody set %s", platformTitles[platform], n.text),
					Advice:  "choose a name of your own, and read that",
				})
			}
		}
	}
}

// isOn reports whether an app, or any app for what belongs to none, has variables
// on a platform.
func (j *judge) isOn(app, platform string) bool {
	if j.onPlatform == nil {
		j.onPlatform = map[claim]bool{}
		for i := range j.vars {
			if v := &j.vars[i]; v.Surface == envtight.OnPlatform {
				j.onPlatform[claim{v.App, v.Location.Place.Platform}] = true
				j.onPlatform[claim{"", v.Location.Place.Platform}] = true
			}
		}
	}
	return j.onPlatform[claim{app, platform}]
}
