package naming

import (
	"fmt"
	"slices"
	"strings"

	"github.com/envtight/envtight"
)

var groupIncomplete = &rule{
	Rule: envtight.Rule{
		ID: "naming/group-incomplete", Title: "One half of a pair that is of no use alone", Default: envtight.Warning, Since: "0.1",
		Doc: "An app that declares `R2_ACCESS_KEY_ID` needs `R2_SECRET_ACCESS_KEY`; one that declares an OAuth client's secret " +
			"needs its id. When the other half stands on no surface of the app, nobody who follows the example will set it.\n\n" +
			"The rule knows who uses what for which purpose: `R2_BUCKET_NAME` alone in a front end is right, and so is a client " +
			"id without its secret. Optional declarations ask for nothing.\n\n" +
			"Besides the groups in the table of providers: `..._ACCESS_KEY_ID` and `..._SECRET_ACCESS_KEY` (every S3-compatible " +
			"store), `..._CLIENT_SECRET` with `..._CLIENT_ID` (RFC 6749, section 2.3.1).",
		Examples: []envtight.Example{
			{
				Files: "-- api/.env.example --\nR2_ACCESS_KEY_ID=\nR2_BUCKET_NAME=\n-- web/.env.example --\nR2_BUCKET_NAME=\nGOOGLE_CLIENT_ID=\n",
				Want:  "api/.env.example:1:1: R2_ACCESS_KEY_ID stands without R2_SECRET_ACCESS_KEY: one key of the pair opens nothing",
			},
			{Title: "the other half goes by another name", Files: "-- api/.env.example --\nASTRA_DB_API_ENDPOINT=\nASTRA_DB_TOKEN=\n"},
			{Title: "the other half is public", Files: "-- web/.env.example --\nGOOGLE_CLIENT_SECRET=\nNEXT_PUBLIC_GOOGLE_CLIENT_ID=\n"},
		},
	},
	always: true,
	check:  checkGroups,
}

// shapes are pairs by the ends of their names, whatever comes before.
var shapes = []struct{ has, needs, why string }{
	{"SECRET_ACCESS_KEY", "ACCESS_KEY_ID", "one key of the pair opens nothing"},
	{"ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "one key of the pair opens nothing"},
	{"CLIENT_SECRET", "CLIENT_ID", "a client's secret says nothing without its id"},
}

func checkGroups(j *judge) {
	declared := func(v *envtight.Variable) bool { return v.Surface == envtight.OnExample && !v.Optional }
	for _, n := range j.names {
		if j.allowed(n.text) {
			continue
		}
		for _, g := range groupsOf(n.text) {
			for _, s := range j.spots(n, declared) {
				missing := slices.DeleteFunc(slices.Clone(g.needs), func(need string) bool { return j.groupHas(s, need) })
				if len(missing) == 0 {
					continue
				}
				j.report(n, s, envtight.Diagnostic{

					Message: fmt.Sprintf("%s stands without %s: %s", show(n.text), strings.Join(missing, " and "), g.why),
					Advice:  "declare " + strings.Join(missing, " and ") + " beside it, or remove it if nothing here uses it",
				})
			}
		}
	}
}

func groupsOf(text string) []group {
	var out []group
	for _, g := range indexOf().groups[text] {
		out = append(out, g.group)
	}
	if len(out) > 0 {
		return out
	}
	for _, shape := range shapes {
		if before, ok := strings.CutSuffix(text, shape.has); ok && (before == "" || strings.HasSuffix(before, "_")) {
			return []group{{has: text, needs: []string{before + shape.needs}, why: shape.why}}
		}
	}
	return nil
}

// groupHas reports whether the app of a spot has a name on any surface, with or
// without a public prefix, or what it is also called: of that naming/canonical
// speaks. Where the spot belongs to no app, any place will do.
func (j *judge) groupHas(s spot, text string) bool {
	called := []string{text}
	if known := indexOf().names[text]; known != nil {
		called = append(called, known.aliases...)
	}
	return slices.ContainsFunc(called, func(text string) bool {
		return j.appHas(s.app, text) ||
			slices.ContainsFunc(publicPrefixes, func(p string) bool { return j.appHas(s.app, p+text) })
	})
}
