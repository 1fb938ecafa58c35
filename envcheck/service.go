package envcheck

import "slices"

// service is something that an app talks to, as far as the names of its variables
// tell: which belong together in one environment. The names themselves, what they
// are called elsewhere, and which an example has to declare together, are the
// business of package naming; this is about what is set where.
type service struct {
	name   string
	source string
	// word stands in every name of the service's, so that a name which holds it
	// may be somebody's own name for one of them.
	word   string
	groups []serviceGroup
	// sdks are the dependencies by which an app uses the service, and reads the
	// variables by which it needs to: one of them at least.
	sdks  []string
	reads []string
	// openly tells that the values are no secrets, so that they may well stand
	// in the code.
	openly bool
}

// serviceGroup says that where one of has is set, one of each of needs has to be.
// Which of needs an app uses, it shows elsewhere: one that it knows nowhere may
// stand in its code. A group runs one way: a project's name alone does no harm.
type serviceGroup struct {
	has   []string
	needs [][]string
	why   string
}

// The parts of groups that go by more than one name.
var (
	astraToken    = []string{"ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_TOKEN"}
	astraEndpoint = []string{"ASTRA_DB_API_ENDPOINT", "ASTRA_DB_ENDPOINT"}
	auth0Domain   = []string{"AUTH0_DOMAIN", "AUTH0_ISSUER_BASE_URL"}
	r2Address     = []string{
		"R2_ENDPOINT", "R2_ENDPOINT_URL", "R2_ACCOUNT_ID", "CLOUDFLARE_ACCOUNT_ID", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL",
	}
)

// services are those of which it was read what they need.
var services = []service{
	{
		name:   "Sentry",
		source: "docs.sentry.io/platforms/javascript/guides/nextjs/sourcemaps; the README of @sentry/webpack-plugin (org, project, authToken and their variables); docs.sentry.io/platforms/python/configuration/options (dsn)",
		word:   "SENTRY",
		groups: []serviceGroup{
			{[]string{"SENTRY_AUTH_TOKEN"}, [][]string{{"SENTRY_ORG"}, {"SENTRY_PROJECT"}}, "source maps are uploaded to a project of an organization"},
		},
		sdks:   []string{"@sentry/nextjs", "@sentry/node", "@sentry/react", "sentry-sdk"},
		reads:  []string{"SENTRY_DSN"},
		openly: true,
	},
	{
		name:   "Astra DB",
		source: "docs.datastax.com/en/astra-db-serverless/databases/python-client.html; github.com/datastax/astra-db-ts examples/; the page of the Python package astrapy 0.5.0 (id and region)",
		word:   "ASTRA",
		groups: []serviceGroup{
			{astraEndpoint, [][]string{astraToken}, "the endpoint answers to nobody without the token"},
			{astraToken, [][]string{slices.Concat(astraEndpoint, []string{"ASTRA_DB_ID"})}, "the token does not tell the database"},
			{[]string{"ASTRA_DB_ID"}, [][]string{slices.Concat(astraEndpoint, []string{"ASTRA_DB_REGION"})}, "the address of a database is made of its id and region"},
		},
		sdks:  []string{"@datastax/astra-db-ts", "astrapy"},
		reads: slices.Concat(astraToken, astraEndpoint),
	},
	{
		name:   "Auth0",
		source: "github.com/auth0/nextjs-auth0 README.md, V4_MIGRATION_GUIDE.md (names of version 3)",
		word:   "AUTH0",
		groups: []serviceGroup{
			{
				[]string{"AUTH0_SECRET"},
				[][]string{auth0Domain, {"AUTH0_CLIENT_ID"}, {"AUTH0_CLIENT_SECRET", "AUTH0_CLIENT_ASSERTION_SIGNING_KEY"}},
				"sessions begin with a login at the tenant",
			},
			{[]string{"AUTH0_CLIENT_SECRET"}, [][]string{auth0Domain, {"AUTH0_CLIENT_ID"}, {"AUTH0_SECRET"}}, "a client's secret says nothing by itself"},
			{[]string{"AUTH0_CLIENT_ID"}, [][]string{auth0Domain}, "a client belongs to a tenant"},
		},
		sdks:  []string{"@auth0/nextjs-auth0"},
		reads: slices.Concat(auth0Domain, []string{"AUTH0_SECRET"}),
	},
	{
		name:   "Cloudflare R2",
		source: "developers.cloudflare.com/r2/api/s3/tokens; docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html",
		word:   "R2",
		groups: []serviceGroup{
			{[]string{"R2_ACCESS_KEY_ID"}, [][]string{{"R2_SECRET_ACCESS_KEY"}}, "one key of the pair opens nothing"},
			{
				[]string{"R2_SECRET_ACCESS_KEY"},
				[][]string{{"R2_ACCESS_KEY_ID"}, {"R2_BUCKET_NAME", "R2_BUCKET"}, r2Address},
				"the keys open a bucket at the address of an account",
			},
			{[]string{"AWS_ACCESS_KEY_ID"}, [][]string{{"AWS_SECRET_ACCESS_KEY"}}, "one key of the pair opens nothing"},
			{[]string{"AWS_SECRET_ACCESS_KEY"}, [][]string{{"AWS_ACCESS_KEY_ID"}}, "one key of the pair opens nothing"},
		},
	},
	{
		name:   "Vercel's command",
		source: "github.com/vercel/vercel packages/cli/src/index.ts, packages/cli/src/util/projects/link.ts (one of the two alone is an error)",
		word:   "VERCEL",
		groups: []serviceGroup{
			{[]string{"VERCEL_ORG_ID"}, [][]string{{"VERCEL_PROJECT_ID"}}, "the command takes the two together only"},
		},
	},
	{
		name:   "Turborepo's remote cache",
		source: "turborepo.com/docs/reference/system-environment-variables (TURBO_TOKEN, TURBO_TEAM, TURBO_TEAMID)",
		word:   "TURBO",
		groups: []serviceGroup{
			{[]string{"TURBO_TOKEN"}, [][]string{{"TURBO_TEAM", "TURBO_TEAMID"}}, "a token may reach several teams"},
		},
	},
	{
		name:   "Cloudflare",
		source: "github.com/cloudflare/workers-sdk packages/workers-utils/src/environment-variables/factory.ts",
		word:   "CLOUDFLARE",
		groups: []serviceGroup{
			{[]string{"CLOUDFLARE_API_TOKEN", "CF_API_TOKEN"}, [][]string{{"CLOUDFLARE_ACCOUNT_ID", "CF_ACCOUNT_ID"}}, "a token may reach several accounts"},
			{[]string{"CLOUDFLARE_API_KEY", "CF_API_KEY"}, [][]string{{"CLOUDFLARE_EMAIL", "CF_EMAIL"}}, "the key is only accepted with the e-mail address of its account"},
		},
	},
}
