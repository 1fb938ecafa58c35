package naming

import (
	"fmt"
	"maps"
	"slices"

	"github.com/envtight/envtight"
)

var renamed = &rule{
	Rule: envtight.Rule{
		ID: "naming/renamed", Title: "Name that its SDK no longer reads", Default: envtight.Warning, Since: "0.1",
		Doc: "Providers rename variables with a new major version, and an app that was upgraded in code only starts " +
			"without the setting. The rule fires only where a manifest of the app names the SDK and even the lowest " +
			"version it lets in has the new name; it is silent for constraints like `latest` and `workspace:*`. Where " +
			"the SDK still reads the old name for old times' sake, the finding is info.\n\n" +
			"The configuration's own `rename` map is obeyed, too. The facts and their sources stand in the table of " +
			"providers of package naming.",
		Examples: []envtight.Example{
			{
				Files: "-- package.json --\n{\"dependencies\": {\"@auth0/nextjs-auth0\": \"^4.1.0\"}}\n-- .env.example --\nAUTH0_BASE_URL=\n",
				Want:  ".env.example:1:1: AUTH0_BASE_URL is called APP_BASE_URL since @auth0/nextjs-auth0 4",
			},
			{
				Title: "the version before",
				Files: "-- package.json --\n{\"dependencies\": {\"@auth0/nextjs-auth0\": \"^3.5.0\"}}\n-- .env.example --\nAUTH0_BASE_URL=\n",
			},
		},
	},
	check: checkRenamed,
}

func checkRenamed(j *judge) {
	changes := indexOf().changes
	for _, n := range j.names {
		if j.allowed(n.text) {
			continue
		}
		to, configured := j.options.Rename[n.text]
		if !configured && changes[n.text] == nil {
			continue
		}
		for _, s := range j.spots(n, chosen) {
			d := envtight.Diagnostic{Message: fmt.Sprintf("%s is called %s: the configuration says so", show(n.text), show(to))}
			target := to
			if !configured {
				change := j.changeFor(s, changes[n.text])
				if change == nil {
					continue
				}
				target = change.to
				d.Message = fmt.Sprintf("%s is called %s since %s %d", show(n.text), change.to, change.sdk, change.since.major)
				if change.stillRead {
					d.Severity = envtight.Info
				}
			}
			d.Advice, d.Fixes = j.advice(s, target), j.rename(n, s, target)
			if j.standsBeside(s, target) {
				d.Advice = fmt.Sprintf("remove it: %s is there", target)
				if !configured && d.Severity == envtight.Off {
					d.Severity = envtight.Info
				}
			}
			j.report(n, s, d)
			j.claim(n, s)
		}
	}
}

// changeFor returns the change that an app at the spot went through, or nil. A
// spot that speaks for several apps has gone through a change when each of them
// that uses the SDK has.
func (j *judge) changeFor(s spot, changes []nameChange) *nameChange {
	for i := range changes {
		c := &changes[i]
		past, before := false, false
		for _, app := range j.appsAt(s) {
			constraint, uses := app.SDKs[c.sdk]
			if !uses {
				continue
			}
			if lowest, ok := lowestVersion(constraint); ok && lowest.atLeast(c.since) {
				past = true
			} else {
				before = true
			}
		}
		if past && !before {
			return c
		}
	}
	return nil
}

// appsAt returns the apps that a spot speaks for: all of them when one of its
// variables belongs to no app.
func (j *judge) appsAt(s spot) []*App {
	var out []*App
	for _, v := range s.vars {
		name := j.vars[v].App
		if name == "" {
			return slices.Collect(maps.Values(j.apps))
		}
		if app := j.apps[name]; app != nil {
			out = append(out, app)
		}
	}
	return out
}

// standsBeside reports whether a name stands wherever a spot is: on the same
// surfaces, in the same environments, for the same apps.
func (j *judge) standsBeside(s spot, text string) bool {
	other := j.byText[text]
	if other == nil {
		return false
	}
	for _, v := range s.vars {
		at := &j.vars[v]
		if !slices.ContainsFunc(other.at, func(i int32) bool {
			o := &j.vars[i]
			return o.Surface == at.Surface && o.Environment == at.Environment && (o.App == at.App || o.App == "" || at.App == "")
		}) {
			return false
		}
	}
	return true
}

// appHas reports whether a name stands somewhere in an app, or where it counts
// for all apps.
func (j *judge) appHas(app, text string) bool {
	n := j.byText[text]
	if n == nil {
		return false
	}
	for _, i := range n.at {
		if a := j.vars[i].App; a == app || a == "" || app == "" {
			return true
		}
	}
	return false
}
