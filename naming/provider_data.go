package naming

import "github.com/envtight/envtight"

func secret(name string, aliases ...string) providerName {
	return providerName{name: name, class: envtight.ClassSecret, aliases: aliases}
}

func config(name string, aliases ...string) providerName {
	return providerName{name: name, class: envtight.ClassConfig, aliases: aliases}
}

// public is a name whose value is made to be seen by everybody, also without a
// public prefix.
func public(name string, aliases ...string) providerName {
	return providerName{name: name, class: envtight.ClassPublic, aliases: aliases}
}

// authProviders are the names of identity, session and user services.
var authProviders = []provider{
	{
		name:   "Auth0",
		source: "github.com/auth0/nextjs-auth0 README.md (names), V4_MIGRATION_GUIDE.md (renames); github.com/auth0-blog/auth0-python-fastapi-sample README.md (names of APIs)",
		names: []providerName{
			config("AUTH0_DOMAIN"), config("AUTH0_CLIENT_ID"), secret("AUTH0_CLIENT_SECRET"), secret("AUTH0_SECRET"),
			config("AUTH0_AUDIENCE"), config("APP_BASE_URL"),
			secret("AUTH0_CLIENT_ASSERTION_SIGNING_KEY"), config("AUTH0_CLIENT_ASSERTION_SIGNING_ALG"),
			config("AUTH0_COOKIE_DOMAIN"), config("AUTH0_COOKIE_PATH"), config("AUTH0_COOKIE_SECURE"),
			config("AUTH0_COOKIE_SAME_SITE"), config("AUTH0_COOKIE_TRANSIENT"),
			secret("AUTH0_DPOP_PRIVATE_KEY"), config("AUTH0_DPOP_PUBLIC_KEY"),
			config("AUTH0_BASE_URL"), config("AUTH0_ISSUER_BASE_URL"),
			config("AUTH0_API_AUDIENCE"), config("AUTH0_ISSUER"), config("AUTH0_ALGORITHMS"),
		},
		groups: []group{
			{has: "AUTH0_CLIENT_SECRET", needs: []string{"AUTH0_CLIENT_ID"}, why: "a client's secret says nothing without its id"},
		},
		renames: []nameChange{
			{from: "AUTH0_BASE_URL", to: "APP_BASE_URL", sdk: "@auth0/nextjs-auth0", since: version{4, 0}, source: "nextjs-auth0 V4_MIGRATION_GUIDE.md"},
			{from: "AUTH0_ISSUER_BASE_URL", to: "AUTH0_DOMAIN", sdk: "@auth0/nextjs-auth0", since: version{4, 0}, source: "nextjs-auth0 V4_MIGRATION_GUIDE.md"},
		},
	},
	{
		name:   "Auth.js",
		source: "github.com/nextauthjs/next-auth docs/pages/getting-started/migrating-to-v5.mdx, packages/core/src/lib/utils/env.ts, packages/next-auth/src/lib/env.ts",
		names: []providerName{
			secret("AUTH_SECRET"), config("AUTH_URL"), config("AUTH_TRUST_HOST"), config("AUTH_REDIRECT_PROXY_URL"),
			secret("NEXTAUTH_SECRET", "NEXT_AUTH_SECRET"), config("NEXTAUTH_URL", "NEXT_AUTH_URL"), config("NEXTAUTH_URL_INTERNAL"),
			config("AUTH_GITHUB_ID"), secret("AUTH_GITHUB_SECRET"), config("AUTH_GOOGLE_ID"), secret("AUTH_GOOGLE_SECRET"),
		},
		renames: []nameChange{
			{from: "NEXTAUTH_SECRET", to: "AUTH_SECRET", sdk: "next-auth", since: version{5, 0}, stillRead: true, source: "next-auth migrating-to-v5.mdx"},
			{from: "NEXTAUTH_URL", to: "AUTH_URL", sdk: "next-auth", since: version{5, 0}, stillRead: true, source: "next-auth migrating-to-v5.mdx"},
		},
	},
	{
		name:   "Clerk",
		source: "clerk.com/docs/guides/development/clerk-environment-variables; @clerk/nextjs 6.10 server/constants.ts",
		names: []providerName{
			secret("CLERK_SECRET_KEY"), public("CLERK_PUBLISHABLE_KEY"), secret("CLERK_ENCRYPTION_KEY"), config("CLERK_API_URL"),
			config("CLERK_SIGN_IN_URL"), config("CLERK_SIGN_UP_URL"),
			config("CLERK_DOMAIN"), config("CLERK_PROXY_URL"), config("CLERK_IS_SATELLITE"),
			secret("CLERK_API_KEY"), public("CLERK_FRONTEND_API"),
		},
		renames: []nameChange{
			{from: "CLERK_API_KEY", to: "CLERK_SECRET_KEY", sdk: "@clerk/nextjs", since: version{6, 0}, source: "@clerk/nextjs 6.10 server/constants.ts"},
			{from: "NEXT_PUBLIC_CLERK_FRONTEND_API", to: "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", sdk: "@clerk/nextjs", since: version{6, 0}, source: "@clerk/nextjs 6.10 server/constants.ts"},
			{from: "CLERK_API_KEY", to: "CLERK_SECRET_KEY", sdk: "gatsby-plugin-clerk", since: version{5, 0}, source: "clerk/javascript release gatsby-plugin-clerk@5.0.0"},
			{from: "GATSBY_CLERK_FRONTEND_API", to: "GATSBY_CLERK_PUBLISHABLE_KEY", sdk: "gatsby-plugin-clerk", since: version{5, 0}, source: "clerk/javascript release gatsby-plugin-clerk@5.0.0"},
		},
	},
	{
		name:   "Google",
		source: "github.com/nextauthjs/next-auth docs/ and apps/; cloud.google.com/docs/authentication/application-default-credentials",
		names: []providerName{
			config("GOOGLE_CLIENT_ID"), secret("GOOGLE_CLIENT_SECRET"), config("GOOGLE_APPLICATION_CREDENTIALS"),
		},
	},
	{
		name:   "GitHub",
		source: "github.com/nextauthjs/next-auth docs/ and apps/; docs.github.com/actions/reference/secrets-reference (GITHUB_TOKEN)",
		names: []providerName{
			config("GITHUB_CLIENT_ID"), secret("GITHUB_CLIENT_SECRET"), config("GITHUB_ID"), secret("GITHUB_SECRET"),
			secret("GITHUB_TOKEN"),
		},
		groups: []group{
			{has: "GITHUB_SECRET", needs: []string{"GITHUB_ID"}, why: "a client's secret says nothing without its id"},
		},
	},
}

// dataProviders are the names of databases, caches, stores and clouds.
var dataProviders = []provider{
	{
		name:   "Amazon Web Services",
		source: "docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html",
		names: []providerName{
			config("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"), secret("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"), secret("AWS_SESSION_TOKEN"),
			config("AWS_REGION"), config("AWS_DEFAULT_REGION"), config("AWS_PROFILE"), config("AWS_ROLE_ARN"), config("AWS_ENDPOINT_URL"),
			config("AWS_ENDPOINT_URL_S3"),
			secret("AWS_BEARER_TOKEN_BEDROCK"),
		},
	},
	{
		name:   "Astra DB",
		source: "github.com/datastax/astra-db-mcp util/db.ts; github.com/datastax/astra-db-ts examples/",
		names: []providerName{
			secret("ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_TOKEN", "ASTRA_TOKEN"), config("ASTRA_DB_API_ENDPOINT", "ASTRA_DB_ENDPOINT", "ASTRA_API_ENDPOINT"),
			config("ASTRA_DB_KEYSPACE"), config("ASTRA_DB_ID"), config("ASTRA_DB_REGION"),
		},
		groups: []group{
			{has: "ASTRA_DB_API_ENDPOINT", needs: []string{"ASTRA_DB_APPLICATION_TOKEN"}, why: "the endpoint answers to nobody without the token"},
		},
	},
	{
		name:   "Cloudflare",
		source: "github.com/cloudflare/workers-sdk packages/workers-utils/src/environment-variables/factory.ts",
		names: []providerName{
			secret("CLOUDFLARE_API_TOKEN"), config("CLOUDFLARE_ACCOUNT_ID"), secret("CLOUDFLARE_API_KEY"), config("CLOUDFLARE_EMAIL"),
			config("CLOUDFLARE_API_BASE_URL"), config("CLOUDFLARE_ENV"), config("CLOUDFLARE_ACCESS_CLIENT_ID"), secret("CLOUDFLARE_ACCESS_CLIENT_SECRET"),
			secret("CF_API_TOKEN"), config("CF_ACCOUNT_ID"), secret("CF_API_KEY"), config("CF_EMAIL"), config("CF_API_BASE_URL"),
		},
		groups: []group{
			{has: "CLOUDFLARE_API_KEY", needs: []string{"CLOUDFLARE_EMAIL"}, why: "the API key is only accepted with the e-mail address of its account"},
		},
		renames: []nameChange{
			{from: "CF_API_TOKEN", to: "CLOUDFLARE_API_TOKEN", sdk: "wrangler", since: version{4, 0}, stillRead: true, source: "workers-sdk environment-variables/factory.ts"},
			{from: "CF_ACCOUNT_ID", to: "CLOUDFLARE_ACCOUNT_ID", sdk: "wrangler", since: version{4, 0}, stillRead: true, source: "workers-sdk environment-variables/factory.ts"},
			{from: "CF_API_KEY", to: "CLOUDFLARE_API_KEY", sdk: "wrangler", since: version{4, 0}, stillRead: true, source: "workers-sdk environment-variables/factory.ts"},
			{from: "CF_EMAIL", to: "CLOUDFLARE_EMAIL", sdk: "wrangler", since: version{4, 0}, stillRead: true, source: "workers-sdk environment-variables/factory.ts"},
			{from: "CF_API_BASE_URL", to: "CLOUDFLARE_API_BASE_URL", sdk: "wrangler", since: version{4, 0}, stillRead: true, source: "workers-sdk environment-variables/factory.ts"},
		},
	},
	{
		name:   "Cloudflare R2",
		source: "developers.cloudflare.com/r2/api/s3/tokens (the pair of keys, the endpoint by account); names as in the env examples of public projects, of which none is Cloudflare's own",
		names: []providerName{
			config("R2_ACCESS_KEY_ID"), secret("R2_SECRET_ACCESS_KEY"), config("R2_ACCOUNT_ID"), config("R2_BUCKET_NAME"), config("R2_BUCKET"),
			config("R2_ENDPOINT"), config("R2_ENDPOINT_URL"),
		},
	},
	{
		name:   "Supabase",
		source: "supabase.com/docs/guides/api/api-keys, docs/guides/getting-started/migrating-to-new-api-keys; github.com/supabase/supabase apps/docs",
		names: []providerName{
			config("SUPABASE_URL"), public("SUPABASE_ANON_KEY"), public("SUPABASE_PUBLISHABLE_KEY"), secret("SUPABASE_SECRET_KEY"),
			secret("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SERVICE_KEY", "SUPABASE_SERVICE_ROLE"),
		},
		groups: []group{
			{has: "SUPABASE_SERVICE_ROLE_KEY", needs: []string{"SUPABASE_URL"}, why: "the key belongs to the project at that URL"},
			{has: "SUPABASE_SECRET_KEY", needs: []string{"SUPABASE_URL"}, why: "the key belongs to the project at that URL"},
		},
	},
	{
		name:   "Upstash",
		source: "upstash.com/docs/redis/sdks/ts/deployment; mintlify.com/upstash/redis-js (KV_ fallbacks)",
		names: []providerName{
			config("UPSTASH_REDIS_REST_URL"), secret("UPSTASH_REDIS_REST_TOKEN"), config("UPSTASH_VECTOR_REST_URL"), secret("UPSTASH_VECTOR_REST_TOKEN"),
			config("KV_REST_API_URL"), secret("KV_REST_API_TOKEN"), secret("KV_REST_API_READ_ONLY_TOKEN"), secret("KV_URL"),
			config("QSTASH_URL"), secret("QSTASH_TOKEN"), secret("QSTASH_CURRENT_SIGNING_KEY"), secret("QSTASH_NEXT_SIGNING_KEY"),
		},
		groups: []group{
			{has: "UPSTASH_REDIS_REST_TOKEN", needs: []string{"UPSTASH_REDIS_REST_URL"}, why: "the client is made from both"},
			{has: "UPSTASH_REDIS_REST_URL", needs: []string{"UPSTASH_REDIS_REST_TOKEN"}, why: "the client is made from both"},
			{has: "UPSTASH_VECTOR_REST_TOKEN", needs: []string{"UPSTASH_VECTOR_REST_URL"}, why: "the client is made from both"},
			{has: "UPSTASH_VECTOR_REST_URL", needs: []string{"UPSTASH_VECTOR_REST_TOKEN"}, why: "the client is made from both"},
			{has: "KV_REST_API_TOKEN", needs: []string{"KV_REST_API_URL"}, why: "the client is made from both"},
			{has: "KV_REST_API_URL", needs: []string{"KV_REST_API_TOKEN"}, why: "the client is made from both"},
			{has: "QSTASH_CURRENT_SIGNING_KEY", needs: []string{"QSTASH_NEXT_SIGNING_KEY"}, why: "after a rotation only the next key verifies"},
			{has: "QSTASH_NEXT_SIGNING_KEY", needs: []string{"QSTASH_CURRENT_SIGNING_KEY"}, why: "until a rotation only the current key verifies"},
		},
	},
	{
		name:   "Postgres on Vercel",
		source: "prisma.io/docs/guides/postgres/vercel; env files written by Vercel's command for its former Postgres",
		names: []providerName{
			secret("POSTGRES_URL"), secret("POSTGRES_PRISMA_URL"), secret("POSTGRES_URL_NON_POOLING"),
			config("POSTGRES_HOST"), config("POSTGRES_DATABASE"), secret("PRISMA_DATABASE_URL"), secret("DATABASE_URL_POOLED"),
		},
	},
}

// serviceProviders are the names of everything else that apps talk to.
var serviceProviders = []provider{
	{
		name:   "Sentry",
		source: "the README of @sentry/webpack-plugin; github.com/getsentry/sentry-go internal/protocol/dsn.go (a DSN holds a public key)",
		names: []providerName{
			public("SENTRY_DSN"), secret("SENTRY_AUTH_TOKEN", "SENTRY_TOKEN"), config("SENTRY_ORG", "SENTRY_ORGANIZATION", "SENTRY_ORG_SLUG"),
			config("SENTRY_PROJECT", "SENTRY_PROJECT_SLUG"), config("SENTRY_ENVIRONMENT"), config("SENTRY_RELEASE"), config("SENTRY_URL"),
		},
	},
	{
		name:   "Stripe",
		source: "docs.stripe.com/keys; github.com/stripe-samples/checkout-one-time-payments .env.example; docs.stripe.com/cli/api_keys (STRIPE_API_KEY)",
		names: []providerName{
			secret("STRIPE_SECRET_KEY"), public("STRIPE_PUBLISHABLE_KEY", "STRIPE_PUBLISHABLE"), secret("STRIPE_WEBHOOK_SECRET"),
			secret("STRIPE_API_KEY"), config("STRIPE_DEVICE_NAME"),
		},
	},
	{
		name:   "Resend",
		source: "github.com/resend/resend-node src/resend.ts",
		names:  []providerName{secret("RESEND_API_KEY", "RESEND_KEY", "RESEND_TOKEN"), config("RESEND_BASE_URL")},
	},
	{
		name:   "SendGrid",
		source: "github.com/sendgrid/sendgrid-nodejs packages/client README.md",
		names:  []providerName{secret("SENDGRID_API_KEY", "SENDGRID_KEY", "SEND_GRID_API_KEY", "SENDGRID_APIKEY")},
	},
	{
		name:   "Twilio",
		source: "github.com/sendgrid/sendgrid-python use_cases/twilio-setup.md; twilio-node (set explicitly or through TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN)",
		names: []providerName{
			config("TWILIO_ACCOUNT_SID", "TWILIO_SID"), secret("TWILIO_AUTH_TOKEN", "TWILIO_TOKEN"), secret("TWILIO_API_KEY"), secret("TWILIO_API_SECRET"),
		},
		groups: []group{
			{has: "TWILIO_AUTH_TOKEN", needs: []string{"TWILIO_ACCOUNT_SID"}, why: "the token is the password of that account"},
			{has: "TWILIO_API_SECRET", needs: []string{"TWILIO_API_KEY"}, why: "the secret is the password of that key"},
			{has: "TWILIO_API_KEY", needs: []string{"TWILIO_API_SECRET"}, why: "the key is refused without its secret"},
		},
	},
	{
		name:   "OpenAI",
		source: "github.com/openai/openai-node src/client.ts",
		names: []providerName{
			secret("OPENAI_API_KEY", "OPENAI_KEY", "OPEN_AI_KEY", "OPEN_AI_API_KEY", "OPENAI_SECRET_KEY", "OPENAI_TOKEN"), config("OPENAI_BASE_URL"), config("OPENAI_ORG_ID"),
			config("OPENAI_PROJECT_ID"), secret("OPENAI_WEBHOOK_SECRET"), secret("OPENAI_ADMIN_KEY"),
		},
	},
	{
		name:   "Anthropic",
		source: "github.com/anthropics/anthropic-sdk-typescript src/client.ts",
		names: []providerName{
			secret("ANTHROPIC_API_KEY", "ANTHROPIC_KEY", "ANTHROPIC_TOKEN"), secret("ANTHROPIC_AUTH_TOKEN"), config("ANTHROPIC_BASE_URL"),
		},
	},
	{
		name:   "PostHog",
		source: "posthog.com/docs/integrate/next-js, posthog.com/docs/web-analytics/installation/nextjs",
		names: []providerName{
			public("POSTHOG_KEY"), public("POSTHOG_PROJECT_TOKEN"), config("POSTHOG_HOST"),
		},
	},
	{
		name:   "Railway",
		source: "github.com/railwayapp/cli src/consts.rs, src/config.rs; docs.railway.com/variables/reference",
		names: []providerName{
			secret("RAILWAY_TOKEN"), secret("RAILWAY_API_TOKEN"),
			config("RAILWAY_DEPLOYMENT_OVERLAP_SECONDS"), config("RAILWAY_DOCKERFILE_PATH"), config("RAILWAY_HEALTHCHECK_TIMEOUT_SEC"),
			config("RAILWAY_DEPLOYMENT_DRAINING_SECONDS"), config("RAILWAY_RUN_UID"), config("RAILWAY_SHM_SIZE_BYTES"),
		},
	},
	{
		name:   "Vercel",
		source: "github.com/vercel/vercel packages/cli/src/index.ts, packages/cli/src/util/projects/link.ts",
		names:  []providerName{secret("VERCEL_TOKEN"), config("VERCEL_ORG_ID"), config("VERCEL_PROJECT_ID")},
		groups: []group{
			{has: "VERCEL_ORG_ID", needs: []string{"VERCEL_PROJECT_ID"}, why: "Vercel's command refuses the one without the other"},
			{has: "VERCEL_PROJECT_ID", needs: []string{"VERCEL_ORG_ID"}, why: "Vercel's command refuses the one without the other"},
		},
	},
	{
		name:   "Turborepo",
		source: "github.com/vercel/turborepo docs/site/content/docs/reference/system-environment-variables.mdx",
		names: []providerName{
			secret("TURBO_TOKEN"), config("TURBO_TEAM"), config("TURBO_TEAMID"), config("TURBO_API"), config("TURBO_LOGIN"),
			secret("TURBO_REMOTE_CACHE_SIGNATURE_KEY"), config("TURBO_REMOTE_CACHE_READ_ONLY"), config("TURBO_REMOTE_CACHE_TIMEOUT"),
			config("TURBO_REMOTE_ONLY"), config("TURBO_CACHE"), config("TURBO_CACHE_DIR"), config("TURBO_CONCURRENCY"), config("TURBO_FORCE"),
			config("TURBO_LOG_ORDER"), config("TURBO_RUN_SUMMARY"), config("TURBO_SCM_BASE"), config("TURBO_SCM_HEAD"), config("TURBO_UI"),
			config("TURBO_HASH"), config("TURBO_PLATFORM_ENV"), config("TURBO_PLATFORM_ENV_DISABLED"),
		},
	},
}

// providers is the whole table.
var providers = append(append(append([]provider(nil), authProviders...), dataProviders...), serviceProviders...)
