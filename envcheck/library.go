package envcheck

import (
	"maps"
	"slices"
	"strings"

	"github.com/envtight/envtight/envcheck/usage"
	"github.com/envtight/envtight/internal/glob"
)

// library is a dependency, or a tool, that reads variables by itself: no line of the
// repository names them, and they are needed none the less. Those that begin with its
// own name are not among them, see readings.namesake.
type library struct {
	// modules are patterns of the dependencies by which the repository uses it; none:
	// nobody can tell.
	modules []string
	// names are patterns of the variables.
	names []string
	// source is where it is written that the library reads them.
	source string
}

// libraries are those of which it is documented what they read.
var libraries = []library{
	{[]string{"next-auth", "@auth/*", "@next-auth/*"}, []string{"NEXTAUTH_*", "AUTH_*"}, "next-auth.js.org/configuration/options; authjs.dev/guides/environment-variables"},
	{[]string{"prisma", "@prisma/*"}, []string{"DATABASE_URL", "DIRECT_URL", "DIRECT_DATABASE_URL", "SHADOW_DATABASE_URL", "PRISMA_*", "POSTGRES_*"}, "prisma.io/docs/orm/reference/environment-variables-reference; schemas name the others"},
	{[]string{"better-auth", "@auth0/*"}, []string{"AUTH_SECRET", "APP_BASE_URL"}, "better-auth.com/docs/installation; github.com/auth0/nextjs-auth0 README.md"},
	{[]string{"@neondatabase/*"}, []string{"DATABASE_URL", "PG*"}, "github.com/neondatabase/serverless README.md"},
	{[]string{"@libsql/*"}, []string{"TURSO_*"}, "docs.turso.tech/sdk/ts/quickstart"},
	{[]string{"@upstash/*"}, []string{"QSTASH_*", "KV_*"}, "upstash.com/docs/redis/sdks/ts/deployment; upstash.com/docs/qstash/howto/signature"},
	{[]string{"newrelic", "@newrelic/*"}, []string{"NEW_RELIC_*"}, "docs.newrelic.com/docs/apm/agents/nodejs-agent"},
	{[]string{"expo*", "eas-cli"}, []string{"EAS_*"}, "docs.expo.dev/eas/environment-variables"},
	{[]string{"crawlee", "apify"}, []string{"APIFY_*", "CRAWLEE_*"}, "crawlee.dev/docs/guides/configuration"},
	{[]string{"@vercel/postgres", "@vercel/postgres-kysely"}, []string{"POSTGRES_*"}, "vercel.com/docs/storage/vercel-postgres/sdk"},
	{[]string{"@vercel/kv"}, []string{"KV_*"}, "github.com/vercel/storage packages/kv README.md"},
	{[]string{"@vercel/blob"}, []string{"BLOB_READ_WRITE_TOKEN"}, "vercel.com/docs/vercel-blob/using-blob-sdk"},
	{[]string{"@vercel/edge-config", "@vercel/flags", "flags", "@flags-sdk/*"}, []string{"EDGE_CONFIG*", "FLAGS*"}, "vercel.com/docs/edge-config/edge-config-sdk; flags-sdk.dev/frameworks/next"},
	{[]string{"ai", "@ai-sdk/*", "@vercel/ai", "@openrouter/*", "ollama-ai-provider*"}, []string{"*_API_KEY", "*_BASE_URL", "AI_GATEWAY_*", "AWS_*", "AZURE_*", "GOOGLE_*", "OPENAI_*", "OLLAMA_*"}, "ai-sdk.dev/providers/ai-sdk-providers"},
	{[]string{"openai", "langchain*", "@langchain/*", "litellm", "llama-index*"}, []string{"OPENAI_*", "AZURE_OPENAI_*", "LANGCHAIN_*", "LANGSMITH_*", "*_API_KEY"}, "github.com/openai/openai-node README.md; docs.langchain.com/langsmith"},
	{[]string{"@google/generative-ai", "@google/genai", "google-genai", "google-generativeai"}, []string{"GOOGLE_*", "GEMINI_*"}, "ai.google.dev/gemini-api/docs/api-key"},
	{[]string{"@sentry/*", "sentry-sdk"}, []string{"*SENTRY_*"}, "docs.sentry.io/cli/configuration; docs.sentry.io/platforms/javascript/guides/nextjs/sourcemaps"},
	{[]string{"@aws-sdk/*", "aws-sdk", "sst", "boto3", "aioboto3", "botocore", "aiobotocore", "s3fs", "aws-amplify", "serverless", "aws-cdk*", "@smithy/*"}, []string{"AWS_*"}, "docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html"},
	{[]string{"@google-cloud/*", "google-auth-library", "firebase-admin", "googleapis", "google-cloud-*", "google-auth"}, []string{"GOOGLE_*", "GCLOUD_*", "GCP_*", "FIREBASE_*"}, "cloud.google.com/docs/authentication/application-default-credentials"},
	{[]string{"pg", "postgres", "pg-promise", "psycopg*", "asyncpg"}, []string{"PG*"}, "postgresql.org/docs/current/libpq-envars.html"},
	{[]string{"@logtail/*"}, []string{"*LOGTAIL_*", "*BETTER_STACK_*", "*BETTERSTACK_*"}, "betterstack.com/docs/logs/javascript"},
	{[]string{"@opentelemetry/*", "@vercel/otel", "opentelemetry-*", "logfire"}, []string{"OTEL_*", "LOGFIRE_*", "NEXT_OTEL_*"}, "opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables"},
	{[]string{"dd-trace", "ddtrace", "@datadog/*"}, []string{"DD_*"}, "docs.datadoghq.com/tracing/trace_collection/library_config"},
	{[]string{"nuxt*", "nitropack"}, []string{"NUXT_*", "NITRO_*"}, "nuxt.com/docs/guide/going-further/runtime-config"},
	{[]string{"wrangler", "@cloudflare/*", "miniflare"}, []string{"CLOUDFLARE_*", "CF_*", "WRANGLER_*"}, "developers.cloudflare.com/workers/wrangler/system-environment-variables"},
	{[]string{"django*", "flask*", "celery", "gunicorn", "uvicorn*", "fastapi*", "hypercorn"}, []string{"DJANGO_*", "FLASK_*", "CELERY_*", "GUNICORN_*", "UVICORN_*", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "PORT", "HOST"}, "docs.djangoproject.com/en/stable/topics/settings; flask.palletsprojects.com/en/stable/config; www.uvicorn.org/settings"},
	{[]string{"@tinybirdco/*", "tinybird*", "@chronark/zod-bird"}, []string{"TB_*", "TINYBIRD_*"}, "www.tinybird.co/docs/cli"},
	{[]string{"huggingface-hub", "transformers", "@huggingface/*"}, []string{"HF_*", "HUGGING*"}, "huggingface.co/docs/huggingface_hub/package_reference/environment_variables"},

	// Images of databases and their like are named by no manifest.
	{nil, []string{"POSTGRES_*", "PGDATA", "PGPASSWORD", "PGUSER", "PGHOST", "PGPORT", "PGDATABASE", "MYSQL_*", "MARIADB_*", "REDIS_PASSWORD", "MINIO_*", "RABBITMQ_*", "MONGO_INITDB_*", "CLICKHOUSE_*", "PGADMIN_*", "TRAEFIK_*", "LETSENCRYPT_*"}, "github.com/docker-library/docs"},
	// So are the tools that deploy, build and fetch.
	{nil, []string{"DOCKER_*", "COMPOSE_*", "NIXPACKS_*", "RAILPACK_*", "RAILWAY_*", "VERCEL*", "NETLIFY_*", "FLY_*", "RENDER*", "HEROKU_*", "GITHUB_*", "GH_*", "NPM_*", "NODE_*", "PNPM_*", "YARN_*", "BUN_*", "CI", "TZ", "TURBO_*", "NX_*", "DOPPLER_*", "INFISICAL_*", "OP_*", "SST_*", "PULUMI_*", "TF_*", "SSH_*", "STACK_NAME", "DOMAIN", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "PYTHON*", "PIP_*", "UV_*", "JAVA_*", "GO*", "LD_*", "MALLOC_*", "NEXT_TELEMETRY_DISABLED", "NEXT_PRIVATE_*", "NEXT_SERVER_ACTIONS_ENCRYPTION_KEY", "ENABLE_EXPERIMENTAL_COREPACK", "SENTRY_*"}, "the tools' own documentation"},
}

// library returns the library or tool of the repository that reads a variable by
// itself; nil when none is known.
func (r *readings) library(name string) *library {
	for i := range libraries {
		l := &libraries[i]
		if slices.ContainsFunc(l.names, func(p string) bool { return glob.Match(p, name) }) && (l.modules == nil || r.dependsOn(l.modules)) {
			return l
		}
	}
	return nil
}

// namesake returns a dependency outside the repository that has the first word of a
// variable in its name, as @chat-adapter/slack has that of SLACK_SIGNING_SECRET: what
// such libraries read by themselves no table can tell.
func (r *readings) namesake(name string, publicPrefixes []string) string {
	for _, prefix := range publicPrefixes {
		name = strings.TrimPrefix(name, prefix)
	}
	word, _, _ := strings.Cut(strings.ToLower(name), "_")
	if len(word) < 3 {
		return ""
	}
	return r.byWord[word]
}

// byWord gives, for each word in the name of a dependency, the first such dependency.
func byWord(modules map[string]bool) map[string]string {
	out := map[string]string{}
	for _, module := range slices.Sorted(maps.Keys(modules)) {
		for word := range strings.FieldsFuncSeq(strings.ToLower(module), func(r rune) bool { return strings.ContainsRune("@/-_.", r) }) {
			if _, ok := out[word]; !ok {
				out[word] = module
			}
		}
	}
	return out
}

// dependsOn reports whether the repository has a dependency that matches one of the
// patterns.
func (r *readings) dependsOn(patterns []string) bool {
	for module := range r.modules {
		if slices.ContainsFunc(patterns, func(p string) bool { return glob.Match(p, module) }) {
			return true
		}
	}
	return false
}

// provided reports whether somebody gives the variable to an app without being asked:
// the platform, the framework, a tool.
func (a *app) provided(name string) bool {
	return usage.Provided(name) != "" || toolName(name) || slices.ContainsFunc(a.cells, func(c *cell) bool {
		s := c.settings[name]
		return c.provides(name) || s != nil && s.Managed != ""
	})
}
