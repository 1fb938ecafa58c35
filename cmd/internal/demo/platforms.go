package demo

import (
	"slices"

	"github.com/envtight/envtight/envcheck/platform/railway/railwayfake"
	"github.com/envtight/envtight/envcheck/platform/vercel/vercelfake"
)

// vercelToken opens the fake Vercel. It is no credential of anything.
const vercelToken = "demo-token-for-the-fake-vercel"

// railwayToken is the project token of one environment of the fake Railway, or
// that of the account, which no user of the demo needs.
func railwayToken(environment string) string { return "demo-token-for-the-fake-railway-" + environment }

// railwayState is what the team did on Railway: production lacks a key of the
// bucket, staging has a mistyped name, and a reference leads to a service that
// was renamed.
func railwayState() railwayfake.State {
	backend := func(names ...string) []railwayfake.Variable {
		var out []railwayfake.Variable
		for _, name := range names {
			out = append(out, railwayfake.Variable{Service: "backend", Name: name, Value: "made up"})
		}
		return out
	}
	common := []string{"ASTRA_DB_API_ENDPOINT", "ASTRA_DB_KEYSPACE", "R2_ACCOUNT_ID", "R2_ACCESS_KEY_ID", "R2_BUCKET_NAME", "SESSION_SECRET", "frontendUrl"}
	sealed := railwayfake.Variable{Service: "backend", Name: "ASTRA_DB_APPLICATION_TOKEN", Value: "made up", Sealed: true}
	cache := railwayfake.Variable{Service: "backend", Name: "REDIS_URL", Value: "${{Redis.REDIS_URL}}"}
	pull := backend(append(common, "R2_SECRET_ACCESS_KEY", "SENTRY_DNS", "LOG_LEVEL")...) // a copy, without what is sealed
	staging := append(slices.Clone(pull), sealed)
	production := append(backend(append(common, "SENTRY_DSN")...), sealed, cache)
	return railwayfake.State{
		Workspaces: []railwayfake.Workspace{{Name: "acme"}},
		Projects: []railwayfake.Project{{
			Name: "shop", Workspace: "acme", Base: "staging",
			Environments: []railwayfake.Environment{
				{Name: "production", Variables: production},
				{Name: "staging", Variables: staging},
				{Name: "shop-pr-12", Ephemeral: true, Number: 12, Repo: "acme/shop", Source: "staging", Variables: pull},
			},
			Services: []railwayfake.Service{
				{Name: "backend", Repo: "acme/shop", RootDirectory: "/apps/backend"},
				{Name: "valkey"},
			},
		}},
		Tokens: []railwayfake.Token{
			{Text: railwayToken("staging"), Kind: railwayfake.ProjectToken, Project: "shop", Environment: "staging"},
			{Text: railwayToken("production"), Kind: railwayfake.ProjectToken, Project: "shop", Environment: "production"},
			{Text: railwayToken("account"), Kind: railwayfake.AccountToken},
		},
	}
}

// vercelState is what the team did on Vercel: production was given its own
// address under an old name, preview has an error reporter that is for
// production, and a key of a payment provider was left behind, as was the project
// of an app that was removed.
func vercelState() vercelfake.State {
	both := []string{"production", "preview"}
	set := func(kind string, targets []string, names ...string) []vercelfake.Variable {
		var out []vercelfake.Variable
		for _, name := range names {
			out = append(out, vercelfake.Variable{Name: name, Value: "made up", Type: kind, Targets: targets})
		}
		return out
	}
	variables := slices.Concat(
		set("plain", both, "NEXT_PUBLIC_API_URL", "AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "R2_BUCKET_NAME"),
		set("sensitive", both, "AUTH0_CLIENT_SECRET", "AUTH0_SECRET"),
		set("encrypted", both, "NEXT_PUBLIC_SENTRY_DSN"),
		set("encrypted", []string{"production"}, "DATABASE_URL", "AUTH0_BASE_URL", "STRIPE_SECRET_KEY"),
		set("plain", []string{"preview"}, "APP_BASE_URL"),
		[]vercelfake.Variable{{Name: "DATABASE_URL", Type: "plain", Targets: []string{"preview"}}},
	)
	return vercelfake.State{
		Teams: []vercelfake.Team{{ID: "team_demo", Slug: "acme"}},
		Projects: []vercelfake.Project{{
			Name: "shop-frontend", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/frontend",
			Framework: "nextjs", Variables: variables,
		}, {
			Name: "shop-admin", Owner: "acme", Repository: "acme/shop", RootDirectory: "apps/admin", Framework: "nextjs",
			Variables: set("encrypted", both, "ADMIN_PASSWORD", "DATABASE_URL", "STRIPE_SECRET_KEY"),
		}},
		Tokens: []vercelfake.Token{{Text: vercelToken, Team: "acme"}},
	}
}
